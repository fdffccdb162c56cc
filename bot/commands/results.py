"""What was found, as people see it: cards, where each paper was posted before, and the way to the next page."""

import re
from collections.abc import Sequence

from bot.commands.desk import Desk, shortened
from bot.digest import card_of, more_like, vote_buttons
from bot.errors import UserError
from bot.model import SAVE, Button, Card, Channel, Paper, PaperId, Request, Standing
from bot.recommend.rating import votes
from bot.search.archive import Found
from bot.search.query import MOST_PAGES

SHOWN = 5
"""Cards on a page."""
_LONGEST_COMMAND = 90
_LONGEST_LABEL = 70
_MOST_STANDINGS = 3
_PAGE = re.compile(r"(?:^|\s)page:(\d{1,9})\s*$", re.IGNORECASE | re.ASCII)
_KEPT = re.compile(r"kept:([a-z0-9]{12})(?=\s|$)", re.IGNORECASE | re.ASCII)


def whole_text(desk: Desk, channel: Channel, text: str) -> str:
    """The text, or the one that a button of that channel had no room for. Raises UserError where that is gone."""
    match = _KEPT.match(text)
    if match is None:
        return text
    # What is asked in one channel is nobody's business in another, where somebody may type the key.
    of, _, kept = desk.store.kept_text(match[1]).partition("\n")
    if of != str(channel):
        raise UserError("That was too long ago: I no longer have what was asked. Type it once more.")
    return f"{kept}{text[match.end() :]}"


def page_of(text: str) -> tuple[str, int]:
    """`2401.01234 page:2` → (`2401.01234`, 2); page 1 where none is named."""
    match = _PAGE.search(text)
    return (text[: match.start()].strip(), min(max(1, int(match[1])), MOST_PAGES)) if match else (text, 1)


def asking(desk: Desk, channel: Channel, label: str, command: str, text: str, page: int = 1) -> Button:
    """A button that asks the command with that text in that channel, however long it is, after a restart too."""
    end = f" page:{page}" if page > 1 else ""
    whole = f"{command} {text}{end}"
    if len(whole) > _LONGEST_COMMAND:
        key = desk.store.keep_text(f"{channel}\n{text}", desk.now)
        whole = f"{command} kept:{key}{end}"
    return Button(shortened(label, _LONGEST_LABEL), command=whole)


def turns(
    desk: Desk, channel: Channel, command: str, text: str, number: int, more: bool
) -> tuple[Button, ...]:
    """To the page before and to the page behind, as far as there are any."""
    back = [asking(desk, channel, "‹ Back", command, text, number - 1)] if number > 1 else []
    on = more and number < MOST_PAGES
    return (*back, *([asking(desk, channel, "More ›", command, text, number + 1)] if on else []))


def place_text(number: int, more: bool) -> str:
    """Which page it is, where it is not the first."""
    if number == 1:
        return ""
    last = " It is the last one that I show; more words find fewer papers." if more else ""
    return f"Page {number}.{last if number == MOST_PAGES else ''}"


def result_cards(
    desk: Desk, request: Request, found: Sequence[Found], *, voted: bool = False
) -> tuple[Card, ...]:
    """A card for each, with what can be done with the paper; `voted`: 👍 and 👎 as well."""
    stands = standings(desk, request, [one.paper.id for one in found])
    return tuple(_card(one, stands.get(one.paper.id, ()), voted) for one in found)


def _card(found: Found, posted: tuple[Standing, ...], voted: bool) -> Card:
    paper = found.paper
    return card_of(
        paper,
        buttons=_buttons(paper, voted),
        excerpt=found.excerpt,
        marks=found.marks,
        posted=posted,
    )


def _buttons(paper: Paper, voted: bool) -> tuple[Button, ...]:
    return (
        *(vote_buttons(paper.id) if voted else (Button("Save", SAVE, paper.id),)),
        Button("Share", command=f"share {paper.id}"),
        Button("Why", command=f"why {paper.id}"),
        more_like(paper.id),
        Button("Cite", command=f"cite {paper.id}"),
    )


def standings(desk: Desk, request: Request, papers: Sequence[PaperId]) -> dict[PaperId, tuple[Standing, ...]]:
    """Where each was posted, here first, and how many people like it there.

    Of the workspace's other channels only those in which the asker has reacted: these the asker can certainly read.
    """
    here = request.channel
    shown = desk.store.shown(papers, here.platform, here.workspace)
    readable = {here} | (desk.store.channels_of(request.user) if shown else frozenset())
    likes = _likes(desk, here, [one.paper for one in shown])
    latest: dict[tuple[PaperId, Channel], Standing] = {}
    for one in sorted(shown, key=lambda one: one.channel != here):
        if one.channel in readable:
            liked, earlier_year = likes.get((one.paper, one.channel), 0), one.day.year < desk.now.year
            standing = Standing(one.channel, one.day, liked, earlier_year)
            latest.setdefault((one.paper, one.channel), standing)
    return {
        paper: tuple(stands for (mine, _), stands in latest.items() if mine == paper)[:_MOST_STANDINGS]
        for paper in papers
    }


def _likes(desk: Desk, here: Channel, papers: Sequence[PaperId]) -> dict[tuple[PaperId, Channel], int]:
    """How many people are for each paper in each channel: one person, one vote."""
    cast = desk.store.reactions_to(papers, here.platform, here.workspace) if papers else []
    counts: dict[tuple[PaperId, Channel], int] = {}
    for channel in {one.channel for one in cast}:
        mine = votes(one for one in cast if one.channel == channel)
        counts |= {(paper, channel): sum(vote.worth > 0 for vote in of) for paper, of in mine.items()}
    return counts
