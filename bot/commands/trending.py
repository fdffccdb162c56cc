"""`/papers trending`: what is much liked now, here, in the workspace, or everywhere."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from bot.commands.desk import Desk
from bot.commands.named import readable_papers
from bot.digest import card_of
from bot.errors import UserError
from bot.identity import is_private
from bot.model import Card, Channel, Message, Paper, Reaction, Request
from bot.recommend.trending import DAYS, Trend, shareable, trends

_SHOWN = 10
_SCOPES = ("here", "workspace", "everywhere")
_HEADINGS = {
    "here": "Trending in this channel",
    "workspace": "Trending in this workspace",
    "everywhere": "Trending everywhere",
}
_APART = (
    "This workspace takes no part in the crowd, so these are upvotes alone; /papers crowd on changes that."
)


def trending(desk: Desk, request: Request) -> Message:
    """Ten papers, most liked first, with their counts; a vote fades within days."""
    scope = request.text.casefold() or "here"
    if scope not in _SCOPES:
        raise UserError(
            f"I do not understand “{request.text[:60]}”. /papers trending here, workspace or everywhere"
        )
    papers, reactions = (
        _everywhere(desk, request.channel) if scope == "everywhere" else _inside(desk, request, scope)
    )
    note = _APART if scope == "everywhere" and _is_apart(desk, request.channel) else ""
    found = trends((paper for paper in papers if not paper.withdrawn), reactions, desk.now, _SHOWN)
    if not found:
        return Message(f"{_nothing(scope)} {note}".strip(), _HEADINGS[scope])
    return Message(
        note or f"Of the last {DAYS} days; fresh votes count most.",
        _HEADINGS[scope],
        tuple(map(_card, found)),
    )


def _recent(desk: Desk) -> list[Reaction]:
    return desk.store.recent_reactions(desk.now - timedelta(days=DAYS))


def _inside(desk: Desk, request: Request, scope: str) -> tuple[list[Paper], list[Reaction]]:
    """What was voted on in the channel, or in its workspace, as far as the channel may see it."""
    here = request.channel
    reactions = [one for one in _recent(desk) if here == (one.channel if scope == "here" else _at(one, here))]
    voted = dict.fromkeys(one.paper for one in reactions if one.paper)
    return readable_papers(desk, here, list(voted)), reactions


def _at(reaction: Reaction, here: Channel) -> Channel:
    """The channel of the reaction, as if it were this one where the workspace is the same."""
    return replace(reaction.channel, id=here.id)


def _everywhere(desk: Desk, here: Channel) -> tuple[Iterable[Paper], list[Reaction]]:
    """Public papers that are news and have upvotes, and those on which enough channels voted."""
    apart = desk.store.not_in_crowd()
    cast = [] if _is_apart(desk, here) else _recent(desk)
    papers = desk.store.papers(list({one.paper for one in cast if one.paper}))
    reactions = shareable(cast, papers, apart)
    since = (desk.now - timedelta(days=DAYS)).date()
    upvoted = [paper for paper in desk.store.recent_papers(since, desk.now.date()) if paper.upvotes]
    public = {paper.id: paper for paper in upvoted if not is_private(paper)}
    return (public | {one.paper: papers[one.paper] for one in reactions if one.paper}).values(), reactions


def _is_apart(desk: Desk, here: Channel) -> bool:
    return (here.platform, here.workspace) in desk.store.not_in_crowd()


def _nothing(scope: str) -> str:
    wider = {"here": "workspace", "workspace": "everywhere"}.get(scope)
    more = f" /papers trending {wider} looks further." if wider else ""
    return f"Nothing was liked in the last {DAYS} days: react 👍 to a paper.{more}"


def _card(trend: Trend) -> Card:
    counts = (
        (trend.liked, f"{trend.liked} for it"),
        (trend.saved, f"{trend.saved} saved it"),
        (trend.against, f"{trend.against} against it"),
        (trend.upvotes, "1 upvote" if trend.upvotes == 1 else f"{trend.upvotes} upvotes"),
    )
    return card_of(trend.paper, ", ".join(text for count, text in counts if count))
