"""`/papers search WORDS`: papers of the whole archive."""

from bot.commands.desk import Desk, add_found, found_papers, known_paper, readable_papers
from bot.digest import card_of
from bot.identity import id_from_text
from bot.model import Channel, Message, Request

_SHOWN = 5


def search(desk: Desk, request: Request) -> Message:
    """The best five; an id or address finds that paper. What the archive lacks is asked of the sources."""
    if paper_id := id_from_text(request.text):
        paper = known_paper(desk, request.channel, paper_id)
        if paper is None:
            return Message(f"No source knows {paper_id}. Check the id, or search for words of the title.")
        return Message(cards=(card_of(paper),))
    if papers := found_papers(desk, request.channel, request.text, _SHOWN):
        cards = tuple(map(card_of, papers))
        return Message(heading=f"Search: {request.text[:100]}", cards=cards)
    return _elsewhere(desk, request.channel, request.text)


def _elsewhere(desk: Desk, channel: Channel, words: str) -> Message:
    """What the sources find for words that no paper of the archive has; they are in the archive then."""
    found = desk.find(words, _SHOWN)
    add_found(desk, found)
    papers = readable_papers(desk, channel, [paper.id for paper in found])
    if not papers:
        return Message(f"Nothing found for “{words[:100]}”. Try fewer or other words.")
    heading = f"Not in the archive; the sources found for: {words[:100]}"
    return Message(heading=heading, cards=tuple(card_of(paper) for paper in papers))
