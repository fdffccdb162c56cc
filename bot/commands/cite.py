"""`/papers cite PAPER`: an entry for a bibliography."""

from bot.commands.bibtex import bibtex
from bot.commands.desk import Desk, shortened
from bot.commands.named import named_paper
from bot.commands.results import whole_text
from bot.model import Message, Request


def cite(desk: Desk, request: Request) -> Message:
    """BibTeX, to be copied as it is."""
    paper = named_paper(desk, request.channel, whole_text(desk, request.text))
    return Message(heading=f"Cite: {shortened(paper.title, 100)}", verbatim=bibtex(paper))
