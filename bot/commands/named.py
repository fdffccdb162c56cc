"""Which papers a channel may see, and which one somebody means."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.commands.desk import Desk, latest_digest
from bot.digest import own_sources
from bot.errors import UserError
from bot.filters import is_readable
from bot.identity import id_from_text, url_id
from bot.model import Channel, Paper, PaperId
from bot.recommend import bare_words
from bot.search.archive import Archive
from bot.search.archive import search as search_archive
from bot.search.query import asked_from_text

_BETWEEN = re.compile(r'[\s<>|"“”]+|\]\(')
"""What stands between an address and the rest of a message, on any platform."""
_LINK = re.compile(r"<(https?://[^\s|<>]+)(?:\|[^<>]*)?>", re.IGNORECASE)
"""An address as Slack writes it, with or without a text."""
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_AROUND = "()[]{}'‘’*_`.,;:!?…"
_MOST_PARTS = 200


def archive_of(desk: Desk, channel: Channel) -> Archive:
    """All papers, as far as the channel may see them: another channel's feed is not everybody's."""
    return Archive(desk.index, desk.store, desk.now, _visible(desk, channel), desk.meaning)


def readable_papers(desk: Desk, channel: Channel, ids: Sequence[PaperId]) -> list[Paper]:
    """The stored ones that the channel may see, each once, in that order."""
    stored = desk.store.papers(ids)
    papers = {stored[one].id: stored[one] for one in ids if one in stored}
    return list(filter(_visible(desk, channel), papers.values()))


def _visible(desk: Desk, channel: Channel) -> Callable[[Paper], bool]:
    private = own_sources(desk.store, channel)
    return lambda paper: is_readable(paper, private)


def known_paper(desk: Desk, channel: Channel, paper_id: PaperId) -> Paper | None:
    """The paper from the store, or from its source, which puts it into the store."""
    if found := readable_papers(desk, channel, [paper_id]):
        return found[0]
    fetched = desk.look_up(paper_id)
    if fetched is None:
        return None
    add_found(desk, [fetched])
    return desk.store.papers([paper_id]).get(paper_id)


def add_found(desk: Desk, papers: Sequence[Paper]) -> None:
    """Keep what a source was asked for, without its name: looking for a paper makes it nobody's news."""
    desk.store.add_papers([replace(paper, sources=()) for paper in papers])


def named_paper(desk: Desk, channel: Channel, text: str) -> Paper:
    """The paper a person means: its number in the latest digest, an id or address (alone, or the first in a longer
    text), or words of its title.

    Raises UserError where there is none.
    """
    if is_number(text):
        return _numbered(desk, channel, int(text))
    paper_id = id_within(text)
    if paper_id is None and (address := address_of(text)):
        return _addressed(desk, channel, address)
    paper = known_paper(desk, channel, paper_id) if paper_id else _best_match(desk, channel, text)
    if paper is None:
        raise UserError(unknown_paper(text))
    return paper


def unknown_paper(text: str) -> str:
    """What is said where no paper is meant by the text."""
    return f"I know no paper “{text[:100]}”. Try its arXiv id, or /papers search with words of its title."


def is_number(text: str) -> bool:
    """Whether it can be a paper's number in a digest."""
    return text.isdecimal() and len(text) <= 2


def is_meant(text: str, paper: Paper) -> bool:
    """Whether the paper was named by its number or id, or by words that all stand in its title."""
    return is_number(text) or id_within(text) is not None or bare_words(text) <= bare_words(paper.title)


def id_within(text: str) -> PaperId | None:
    """The id or address that the text is, otherwise the first one in it; None where there is none."""
    return id_from_text(text) or next(ids_within(text), None)


def ids_within(text: str) -> Iterator[PaperId]:
    """All ids and addresses that stand in the text."""
    for part in _BETWEEN.split(text)[:_MOST_PARTS]:
        if found := id_from_text(part) or id_from_text(part.strip(_AROUND)):
            yield found


def unlinked(text: str) -> str:
    """The text with addresses as they were before Slack wrote `<address|text>`."""
    return _LINK.sub(r"\1", text)


def address_of(text: str) -> str:
    """The address that the whole text is; empty where it is none."""
    text = unlinked(text).strip().strip("<>")
    return text if _ADDRESS.fullmatch(text) else ""


def paper_at(desk: Desk, channel: Channel, address: str) -> Paper | None:
    """The stored paper that has no better id than this address."""
    twin = address.removesuffix("/") if address.endswith("/") else f"{address}/"
    return next(iter(readable_papers(desk, channel, [url_id(address), url_id(twin)])), None)


def _addressed(desk: Desk, channel: Channel, address: str) -> Paper:
    paper = paper_at(desk, channel, address)
    if paper is None:
        raise UserError(f"{unknown_address(address)} Try words of its title.")
    return paper


def unknown_address(address: str) -> str:
    """One sentence."""
    return f"No source knows the address {address[:100]}."


def _numbered(desk: Desk, channel: Channel, number: int) -> Paper:
    digest = latest_digest(desk, channel)
    if digest is None:
        raise UserError(
            f"There has been no digest here yet, so nothing is number {number}. "
            "Name a paper by its arXiv id or words of its title: /papers why 2401.01234"
        )
    ids = [impression.paper for impression in digest.impressions if impression.rank == number]
    if not ids:
        raise UserError(f"The latest digest has papers 1 to {len(digest.impressions)}.")
    return desk.store.papers(ids)[ids[0]]


def _best_match(desk: Desk, channel: Channel, text: str) -> Paper | None:
    asked = asked_from_text(text, desk.now.date())
    if not asked.query.wanted:
        return None
    found = search_archive(archive_of(desk, channel), asked.query, 1).found
    return found[0].paper if found else None
