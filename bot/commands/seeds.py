"""`/papers seeds`: the papers that a channel named as examples of what it wants."""

from collections.abc import Sequence

from bot.commands.desk import Desk, shortened, subscribed, subscription_or_new
from bot.commands.follow import begun_text
from bot.commands.named import known_paper, named_paper
from bot.errors import UserError
from bot.identity import clean_text, id_from_text
from bot.model import Channel, Interest, Message, Paper, PaperId, Request
from bot.steering import MOST_INTERESTS

_LONGEST = 100
_AT_ONCE = 20
_EXAMPLE = "For example: /papers seeds add 2401.01234 2402.04567"


def seeds(desk: Desk, request: Request) -> Message:
    """Without words: the seed papers by number. With: `add` papers, or `remove` one."""
    verb, _, rest = clean_text(request.text).partition(" ")
    steps = {"": _shown, "list": _shown, "add": _add, "remove": _remove, "delete": _remove}
    if verb.casefold() not in steps:
        if id_from_text(verb):
            raise UserError(f"Did you mean /papers seeds add {clean_text(request.text)[:_LONGEST]}?")
        raise UserError(f"I do not understand “{verb[:60]}”. {_EXAMPLE}")
    return steps[verb.casefold()](desk, request, rest)


def _shown(desk: Desk, request: Request, rest: str) -> Message:
    known = _seeds_of(desk, request.channel)
    if not known:
        return Message(f"No seed papers yet: name some and I bring papers like them. {_EXAMPLE}")
    lines = [f"{i}. {shortened(one.name, 80)} ({one.paper})" for i, one in enumerate(known, 1)]
    hint = "/papers seeds add PAPER adds one, /papers seeds remove 1 takes one away."
    return Message("\n".join([*lines, hint]), "Seed papers of this channel")


def _seeds_of(desk: Desk, channel: Channel) -> tuple[Interest, ...]:
    return tuple(one for one in subscription_or_new(desk, channel).interests if one.paper)


def _add(desk: Desk, request: Request, text: str) -> Message:
    papers, unknown = _named(desk, request.channel, text)
    before = desk.store.subscription(request.channel)
    subscription = subscribed(desk, request.channel)
    followed = {one.paper for one in subscription.interests}
    new = [paper for paper in papers if paper.id not in followed]
    if len(subscription.interests) + len(new) > MOST_INTERESTS:
        raise UserError(
            f"A channel has at most {MOST_INTERESTS} topics and seed papers. /papers seeds remove 1 makes room."
        )
    added = [
        paper
        for paper in new
        if desk.store.add_interest(request.channel, Interest(paper.title[:_LONGEST], paper=paper.id))
    ]
    said = (
        f"Added: {_titles(added)}. I bring papers like {'it' if len(added) == 1 else 'them'}."
        if added
        else "",
        f"Here already: {_titles(again)}." if (again := [one for one in papers if one not in added]) else "",
        f"No source knows {', '.join(unknown)}. Check the ids." if unknown else "",
        begun_text(desk, before, subscription).strip() or "/papers today shows a preview.",
    )
    return Message(" ".join(part for part in said if part))


def _titles(papers: Sequence[Paper]) -> str:
    return ", ".join(f"“{shortened(paper.title)}”" for paper in papers)


def _named(desk: Desk, channel: Channel, text: str) -> tuple[list[Paper], list[str]]:
    """The papers that were named, each once, and the ids that nobody knows; raises UserError where none is known."""
    parts = text.replace(",", " ").split()
    if not parts:
        raise UserError(f"Name one paper or several. {_EXAMPLE}")
    if len(parts) > _AT_ONCE:
        raise UserError(f"Name at most {_AT_ONCE} papers at once.")
    ids = [id_from_text(part.partition("|")[0].strip("<>")) for part in parts]
    if None in ids:
        return [_one(desk, channel, text, parts, ids)], []
    looked_up = {one: known_paper(desk, channel, one) for one in dict.fromkeys(ids) if one}
    papers = {paper.id: paper for paper in looked_up.values() if paper}
    unknown = [str(one) for one, paper in looked_up.items() if paper is None]
    if not papers:
        raise UserError(f"No source knows {', '.join(unknown)[:200]}. Check the id or address.")
    return list(papers.values()), unknown


def _one(
    desk: Desk, channel: Channel, text: str, parts: Sequence[str], ids: Sequence[PaperId | None]
) -> Paper:
    """The paper of that number or title. Raises UserError where ids and other words are mixed."""
    if any(ids):
        odd = next(part for part, one in zip(parts, ids, strict=True) if one is None)
        raise UserError(f"“{odd[:60]}” is neither an id nor an address of a paper. {_EXAMPLE}")
    return named_paper(desk, channel, text)


def _remove(desk: Desk, request: Request, text: str) -> Message:
    known = _seeds_of(desk, request.channel)
    if not known:
        raise UserError(f"There are no seed papers here. {_EXAMPLE}")
    if not text:
        raise UserError("Name a number: /papers seeds remove 1. /papers seeds lists them.")
    one = _meant(desk, known, text)
    if one is None or not desk.store.forget_interest(request.channel, one.name):
        raise UserError(f"“{text[:60]}” is no seed paper here. /papers seeds lists them with their numbers.")
    return Message(f"“{shortened(one.name)}” is no seed paper any more. /papers undo takes that back.")


def _meant(desk: Desk, known: Sequence[Interest], text: str) -> Interest | None:
    by_name = {str(i): one for i, one in enumerate(known, 1)} | {one.name.casefold(): one for one in known}
    paper_id = id_from_text(text)
    stored = desk.store.papers([paper_id]) if paper_id else {}
    canonical = {paper.id for paper in stored.values()}
    return by_name.get(text.casefold()) or next((one for one in known if one.paper in canonical), None)
