"""`/papers search WORDS`: papers of the whole archive."""

from bot.commands.desk import Desk, add_found, known_paper
from bot.digest import card_of
from bot.identity import id_from_text
from bot.model import Message, Request

_SHOWN = 5


def search(desk: Desk, request: Request) -> Message:
    """The best five; an id or address finds that paper. What the archive lacks is asked of the sources."""
    if paper_id := id_from_text(request.text):
        paper = known_paper(desk, paper_id)
        if paper is None:
            return Message(f"No source knows {paper_id}. Check the id, or search for words of the title.")
        return Message(cards=(card_of(paper),))
    hits = desk.index.search(request.text, _SHOWN * 2)
    found = desk.store.papers([hit.paper for hit in hits])
    papers = list({found[hit.paper].id: found[hit.paper] for hit in hits if hit.paper in found}.values())
    if papers:
        cards = tuple(card_of(paper) for paper in papers[:_SHOWN])
        return Message(heading=f"Search: {request.text[:100]}", cards=cards)
    return _elsewhere(desk, request.text)


def _elsewhere(desk: Desk, words: str) -> Message:
    """What the sources find for words that no paper of the archive has; they are in the archive then."""
    found = desk.find(words, _SHOWN)
    add_found(desk, found)
    stored = desk.store.papers([paper.id for paper in found])
    papers = list({stored[paper.id].id: stored[paper.id] for paper in found if paper.id in stored}.values())
    if not papers:
        return Message(f"Nothing found for “{words[:100]}”. Try fewer or other words.")
    heading = f"Not in the archive; the sources found for: {words[:100]}"
    return Message(heading=heading, cards=tuple(card_of(paper) for paper in papers))
