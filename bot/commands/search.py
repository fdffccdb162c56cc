"""`/papers search WORDS`: papers of the whole archive."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from urllib.parse import urlsplit

from bot.commands.desk import Desk
from bot.commands.named import (
    add_found,
    address_of,
    archive_of,
    known_paper,
    paper_at,
    readable_papers,
    unknown_address,
    unlinked,
)
from bot.commands.results import SHOWN, asking, place_text, result_cards, turns
from bot.commands.scopes import scoped, taste_order
from bot.errors import SourceError
from bot.model import Button, Channel, Message, Paper, PaperId, Picker, Request
from bot.ports import Query
from bot.search.archive import Found, suggestion
from bot.search.archive import search as search_archive
from bot.search.language import FIELDS
from bot.search.query import Asked, asked_from_text, id_meant

_FEW = 3
"""So few papers on the first page that something else may have been meant."""
_LONGEST = 100
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_BETWEEN = re.compile(r"\s+|[,;](?=\s|10\.\d|\d{4}\.\d{4}|https?:|arxiv:|doi:)", re.IGNORECASE)
"""What stands between two ids; a DOI may hold a comma."""
_NOTHING_MORE = "There is nothing more."
_NO_TASTE = "Nothing is followed or liked here yet, so there is no order for this channel."
_LOOSENED = "Few papers have that phrase; behind these come papers with words of it."
_SUCH_AS = ", ".join(one.examples[0] for one in FIELDS.values() if one.name not in {"order", "page"})
PROMPT = Message(
    "Type words of the title or abstract: /papers search speculative decoding. What narrows it down: "
    f'"gaussian splatting", -survey, {_SUCH_AS}; order:us puts first what this channel likes. '
    "An arXiv id, DOI or address finds that paper.",
    "Search",
    picker=Picker("Find a paper", "search"),
)


def search(desk: Desk, request: Request) -> Message:
    """A page of the best five; ids and addresses find these papers. What the archive lacks is asked of the sources."""
    asked = asked_from_text(unlinked(request.text), desk.now.date())
    if not asked.text.strip():
        return PROMPT
    if len(ids := _only_ids(asked.text)) > 1:
        return _several(desk, request, asked, ids)
    if asked.paper:
        return _one(desk, request, asked, asked.paper)
    if address := address_of(asked.text):
        return _addressed(desk, request, asked, address)
    return _page(desk, request, asked)


def _only_ids(text: str) -> list[PaperId]:
    """The ids and addresses of which the text is made, each once; none where anything else stands in it."""
    parts = [part for part in _BETWEEN.split(text) if part]
    # Most questions begin with a word that is no id: the rest of it need not be looked at.
    ids = list(takewhile(bool, map(id_meant, parts)))
    return list(dict.fromkeys(filter(None, ids))) if len(ids) == len(parts) else []


def _one(desk: Desk, request: Request, asked: Asked, wanted: PaperId) -> Message:
    paper = known_paper(desk, request.channel, wanted)
    if paper is None:
        return Message(f"No source knows {wanted}. Check the id, or search for words of the title.")
    return _cards_of(desk, request, asked, [paper])


def _cards_of(desk: Desk, request: Request, asked: Asked, papers: Sequence[Paper]) -> Message:
    cards = result_cards(desk, request, [Found(paper, 0.0) for paper in papers], voted=True)
    return Message(" ".join(asked.notes), cards=cards)


def _several(desk: Desk, request: Request, asked: Asked, ids: Sequence[PaperId]) -> Message:
    """All of them, five on a page; only these are looked for."""
    first = (asked.page - 1) * SHOWN
    looked_up = {one: known_paper(desk, request.channel, one) for one in ids[first : first + SHOWN]}
    papers = {paper.id: paper for paper in looked_up.values() if paper}
    unknown = ", ".join(one for one, paper in looked_up.items() if paper is None)
    more = len(ids) > first + SHOWN
    told = (*asked.notes, f"No source knows {unknown}." if unknown else "", place_text(asked.page, more))
    if not looked_up:
        told = (*told, _NOTHING_MORE)
    answer = _cards_of(desk, request, asked, list(papers.values()))
    buttons = turns(desk, request.channel, "search", asked.text, asked.page, more)
    return replace(answer, text=_sentences(told), buttons=buttons)


def _addressed(desk: Desk, request: Request, asked: Asked, address: str) -> Message:
    """The paper of that address, otherwise papers with words of it."""
    if paper := paper_at(desk, request.channel, address):
        return _cards_of(desk, request, asked, [paper])
    words = " ".join(_LONG_WORD.findall(urlsplit(address).path if _is_whole(address) else ""))
    if not words:
        return Message(f"{unknown_address(address)} Search for words of the title.")
    note = f"{unknown_address(address)} These are papers with words of it."
    about = asked_from_text(words, desk.now.date())
    return _page(desk, request, replace(about, page=asked.page, notes=(note,)))


def _is_whole(address: str) -> bool:
    """Whether it can be taken apart: `http://[` cannot."""
    try:
        return bool(urlsplit(address).netloc)
    except ValueError:
        return False


def _page(desk: Desk, request: Request, asked: Asked) -> Message:
    archive = archive_of(desk, request.channel)
    query = scoped(desk, request, asked.query, asked.scopes)
    ours = taste_order(desk, request.channel) if asked.for_us else None
    if asked.for_us and ours is None:
        asked = replace(asked, notes=(*asked.notes, _NO_TASTE))
    page = search_archive(archive, query, SHOWN, (asked.page - 1) * SHOWN, [ours] if ours else [])
    if page.loosened:
        asked = replace(asked, notes=(*asked.notes, _LOOSENED))
    first = asked.page == 1
    unread = _unread(desk) if first and len(page.found) < _FEW else ""
    meant = _meant(desk, request.channel, suggestion(archive, query, asked.text)) if first else ()
    if not page.found and first:
        if unread:
            return Message(_sentences((*asked.notes, _nothing(asked), unread)), buttons=meant)
        return _elsewhere(desk, request, asked, meant)
    buttons = (*meant, *turns(desk, request.channel, "search", asked.text, asked.page, page.more))
    cards = result_cards(desk, request, page.found)
    end = "" if cards else _NOTHING_MORE
    place = place_text(asked.page, page.more)
    text = _sentences((*(one.label for one in meant), *asked.notes, unread, place, end))
    return Message(text, f"Search: {asked.text[:_LONGEST]}", cards, buttons)


def _sentences(parts: Iterable[str]) -> str:
    return " ".join(filter(None, parts))


def _nothing(asked: Asked) -> str:
    return f"Nothing found for “{asked.text[:_LONGEST]}”."


def _unread(desk: Desk) -> str:
    """What is said while the index lacks papers of the store; empty where it has them all."""
    position = desk.index.position()
    if not desk.store.papers_after(position, 1):
        return ""
    papers = desk.store.paper_count()
    # Positions rise with changes, too: this is as many papers as the index has if they were all changed as often.
    read = min(papers - 1, papers * position // max(desk.store.edition(), 1))
    return (
        f"The search index is still being built ({read:,} of {papers:,} papers); "
        "more may be found in a minute."
    )


def _meant(desk: Desk, channel: Channel, text: str) -> tuple[Button, ...]:
    """A button that asks the same with the words that were likely meant; none where there are none."""
    return (asking(desk, channel, f"Did you mean “{text}”?", "search", text),) if text else ()


def _elsewhere(desk: Desk, request: Request, asked: Asked, meant: tuple[Button, ...]) -> Message:
    """What the sources find for words that no paper of the archive has; they are in the archive then."""
    words = _bare_words(asked)
    papers = readable_papers(desk, request.channel, _asked_of_sources(desk, words, bool(meant)))
    if not papers:
        hint = f"{_nothing(asked)} Try fewer or other words."
        return Message(_sentences((*asked.notes, hint)), buttons=meant)
    heading = f"Not in the archive; the sources found for: {words[:_LONGEST]}"
    cards = result_cards(desk, request, [Found(paper, 0.0) for paper in papers])
    return Message(_sentences(asked.notes), heading, cards, meant)


def _asked_of_sources(desk: Desk, words: str, guessed: bool) -> Sequence[PaperId]:
    """The papers that the sources know, now in the store. Raises SourceError, unless there is a guess to offer."""
    try:
        found = desk.find(words, SHOWN) if words else []
    except SourceError:
        if not guessed:
            raise
        found = []
    add_found(desk, found)
    return [paper.id for paper in found]


def _bare_words(asked: Asked) -> str:
    """The words for a source; empty where there is more to the question, which no source would heed."""
    query = asked.query
    words = tuple(one for one in query.wanted if not one.field)
    if asked.scopes or query != replace(Query(), wanted=words):
        return ""
    return " ".join(one.text for one in words)
