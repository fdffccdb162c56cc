"""`/papers search WORDS`: papers of the whole archive."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.named import add_found, archive_of, known_paper, readable_papers
from bot.commands.results import SHOWN, asking, result_cards, turns, whole_text
from bot.commands.scopes import scoped, taste_order
from bot.errors import SourceError
from bot.model import Button, Message, PaperId, Picker, Request
from bot.ports import Query
from bot.search.archive import Found, suggestion
from bot.search.archive import search as search_archive
from bot.search.language import FIELDS
from bot.search.query import Asked, asked_from_text

_FEW = 3
"""So few papers on the first page that something else may have been meant."""
_LONGEST = 100
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
    """A page of the best five; an id or address finds that paper. What the archive lacks is asked of the sources."""
    text = whole_text(desk, request.text)
    asked = asked_from_text(text, desk.now.date())
    if not asked.text.strip():
        return PROMPT
    return _one(desk, request, asked) if asked.paper else _page(desk, request, asked)


def _one(desk: Desk, request: Request, asked: Asked) -> Message:
    assert asked.paper
    paper = known_paper(desk, request.channel, asked.paper)
    if paper is None:
        return Message(f"No source knows {asked.paper}. Check the id, or search for words of the title.")
    cards = result_cards(desk, request, [Found(paper, 0.0)], voted=True)
    return Message(" ".join(asked.notes), cards=cards)


def _page(desk: Desk, request: Request, asked: Asked) -> Message:
    archive = archive_of(desk, request.channel)
    query = scoped(desk, request, asked.query, asked.scopes)
    ours = taste_order(desk, request.channel) if asked.for_us else None
    if asked.for_us and ours is None:
        asked = replace(asked, notes=(*asked.notes, _NO_TASTE))
    page = search_archive(archive, query, SHOWN, (asked.page - 1) * SHOWN, [ours] if ours else [])
    if page.loosened:
        asked = replace(asked, notes=(*asked.notes, _LOOSENED))
    few = asked.page == 1 and len(page.found) < _FEW
    meant = _meant(desk, suggestion(archive, query, asked.text)) if few else ()
    if not page.found and asked.page == 1:
        return _elsewhere(desk, request, asked, meant)
    buttons = (*meant, *turns(desk, "search", asked.text, asked.page, page.more))
    cards = result_cards(desk, request, page.found)
    return Message(_told(asked, bool(cards)), f"Search: {asked.text[:_LONGEST]}", cards, buttons)


def _told(asked: Asked, found: bool) -> str:
    """What was understood, and which page it is."""
    place = f"Page {asked.page}." if asked.page > 1 else ""
    end = "" if found else "There is nothing more."
    return " ".join(part for part in (*asked.notes, place, end) if part)


def _meant(desk: Desk, text: str) -> tuple[Button, ...]:
    """A button that asks the same with the words that were likely meant; none where there are none."""
    return (asking(desk, f"Did you mean “{text}”?", "search", text),) if text else ()


def _elsewhere(desk: Desk, request: Request, asked: Asked, meant: tuple[Button, ...]) -> Message:
    """What the sources find for words that no paper of the archive has; they are in the archive then."""
    note = " ".join(asked.notes)
    words = _bare_words(asked)
    papers = readable_papers(desk, request.channel, _asked_of_sources(desk, words, bool(meant)))
    if not papers:
        hint = f"Nothing found for “{asked.text[:_LONGEST]}”. Try fewer or other words."
        return Message(f"{note} {hint}".strip(), buttons=meant)
    heading = f"Not in the archive; the sources found for: {words[:_LONGEST]}"
    cards = result_cards(desk, request, [Found(paper, 0.0) for paper in papers])
    return Message(note, heading, cards, meant)


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
