"""Which paper is certainly meant, where all would see a mistake; and what is asked where it is not certain."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.named import (
    address_of,
    archive_of,
    id_within,
    ids_within,
    is_number,
    known_paper,
    named_paper,
    readable_papers,
    unknown_paper,
    unlinked,
)
from bot.commands.results import SHOWN, result_cards
from bot.errors import UserError
from bot.identity import normal_title
from bot.model import Button, Card, Channel, Message, Paper, Request
from bot.ports import Query, Words
from bot.recommend import bare_words
from bot.search.archive import Found
from bot.search.archive import search as search_archive
from bot.search.query import asked_from_text

_TITLES = 50
"""Where more titles have the words, no single one is meant by them."""
_LONGEST = 100


def certain_paper(desk: Desk, channel: Channel, text: str) -> Paper | None:
    """The paper of that number, id or address, that title, or the only one whose title has all the words.

    None where these are words that fit none or several. Raises UserError where a number or id names none.
    """
    ids = dict.fromkeys(ids_within(text))
    if is_number(text) or address_of(text) or len(ids) == 1 or (not ids and id_within(text)):
        return named_paper(desk, channel, text)
    return None if ids else _titled(desk, channel, text)


def _titled(desk: Desk, channel: Channel, text: str) -> Paper | None:
    words = normal_title(text)
    if not bare_words(text):
        return None
    hits = desk.index.search(Query(wanted=(Words(words, field="title"),)), _TITLES)
    papers = readable_papers(desk, channel, [hit.paper for hit in hits])
    same = [paper for paper in papers if normal_title(paper.title) == words]
    having = [paper for paper in papers if set(words.split()) <= set(normal_title(paper.title).split())]
    if len(same) == 1:
        return same[0]
    return having[0] if len(having) == 1 and len(hits) < _TITLES else None


def which(desk: Desk, request: Request, label: str, command: str) -> Message:
    """The papers that may be meant, each with a button of that label. Raises UserError where there are none."""
    found = _candidates(desk, request)
    if not found:
        raise UserError(unknown_paper(request.text))
    cards = result_cards(desk, request, found)
    text = f"“{request.text[:_LONGEST]}” may be several papers or none. Press {label} below the one you mean."
    return Message(text, f"{label}: which paper?", tuple(_only(card, label, command) for card in cards))


def _only(card: Card, label: str, command: str) -> Card:
    return replace(card, buttons=(Button(label, command=f"{command} {card.paper}"),))


def _candidates(desk: Desk, request: Request) -> Sequence[Found]:
    ids = list(dict.fromkeys(ids_within(request.text)))
    if ids:
        known = (known_paper(desk, request.channel, one) for one in ids[:SHOWN])
        return [Found(paper, 0.0) for paper in known if paper]
    asked = asked_from_text(unlinked(request.text), desk.now.date())
    if not asked.query.wanted:
        return []
    return search_archive(archive_of(desk, request.channel), asked.query, SHOWN).found
