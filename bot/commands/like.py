"""`/papers like PAPER`: papers like one."""

from bot.commands.desk import Desk, shortened
from bot.commands.named import archive_of, is_meant, named_paper
from bot.commands.results import SHOWN, page_of, place_text, result_cards, turns
from bot.model import Message, Request
from bot.search.archive import similar

_LONGEST = 100


def like(desk: Desk, request: Request) -> Message:
    """A page of the five most like it, never the paper itself; a text that holds its address names it too."""
    text, number = page_of(request.text)
    paper = named_paper(desk, request.channel, text)
    page = similar(archive_of(desk, request.channel), paper, SHOWN, (number - 1) * SHOWN)
    lead = "More like" if is_meant(text, paper) else "More like the nearest title:"
    heading = f"{lead} “{shortened(paper.title, _LONGEST)}”"
    if not page.found:
        return Message(
            "There is nothing more." if number > 1 else "The archive has nothing like it yet.", heading
        )
    buttons = turns(desk, request.channel, "like", paper.id, number, page.more)
    cards = result_cards(desk, request, page.found)
    return Message(place_text(number, page.more), heading, cards, buttons)
