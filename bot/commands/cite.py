"""`/papers cite PAPER`: an entry for a bibliography."""

from bot.commands.bibtex import bibtex
from bot.commands.certain import certain_paper, which
from bot.commands.desk import Desk, shortened
from bot.model import Message, Request


def cite(desk: Desk, request: Request) -> Message:
    """BibTeX, to be copied as it is; where the paper is not certain, which one is meant."""
    paper = certain_paper(desk, request.channel, request.text)
    if paper is None:
        return which(desk, request, "Cite", "cite")
    return Message(heading=f"Cite: {shortened(paper.title, 100)}", verbatim=bibtex(paper))
