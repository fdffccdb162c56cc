"""`/papers why PAPER`: what raised it, what lowered it, and where it stands."""

from collections.abc import Sequence

from bot.circumstances import listed
from bot.commands.desk import Desk, local_day, subscription_or_new
from bot.commands.named import is_meant, named_paper
from bot.digest import choose, short_day
from bot.model import Message, Offer, Paper, Request
from bot.morning import Morning
from bot.ports import Explanation, Profile
from bot.steering import by_words

_PLAINER = {"age": "freshness", "how much is liked there": "starting point"}
_FAINT = 0.05
"""A word that counts for less than this share of the strongest one is not worth a reader's time."""
_NAMED = 3


def why(desk: Desk, request: Request) -> Message:
    """The reason stored when it was offered, then its score by today's taste, taken apart."""
    paper = named_paper(desk, request.channel, request.text)
    subscription = subscription_or_new(desk, request.channel)
    day = local_day(desk, subscription)
    choice = choose(Morning(desk.store, desk.now), desk.recommender, subscription, day, desk.window_days)
    told = desk.recommender.explain(choice.profile, choice.candidates, paper)
    offered = [offer for offer in desk.store.offers(request.channel) if offer.impression.paper == paper.id]
    first = f"{_offered(offered[-1])} {_place(told)}" if offered else _not_offered(told)
    lines = [first, *_competes(told), *_told(told, paper, choice.profile)]
    return Message(
        "\n".join(lines), f"{'Why' if is_meant(request.text, paper) else 'Nearest title'}: {paper.title}"
    )


def _offered(offer: Offer) -> str:
    seen = offer.impression
    place = f" for “{seen.interest}”" if seen.interest else ""
    wild = " It was a wild card: picked so that I learn from what you think of it." if seen.explores else ""
    reason = _clause(seen.reason)
    return f"Picked on {short_day(offer.day)} as number {seen.rank}{place}, because {reason}.{wild}"


def _place(told: Explanation) -> str:
    return f"Today it would stand at {told.rank} of {told.of}."


def _competes(told: Explanation) -> list[str]:
    return [f"It competes for the places of “{told.theme}”."] if told.theme else []


def _not_offered(told: Explanation) -> str:
    return f"Not offered here yet; it would stand at {told.rank} of {told.of}."


def _clause(reason: str) -> str:
    starts = {"new": "it was ", "shares ": "it ", "close to ": "it is ", "like the ": "it is "}
    return next((lead for start, lead in starts.items() if reason.startswith(start)), "") + reason


def _told(told: Explanation, paper: Paper, profile: Profile) -> list[str]:
    names = _PLAINER | {"topics you follow": _followed(told.theme, profile)}
    parts = [(names.get(name, name), value) for name, value in told.parts]
    total = ", ".join(f"{name} {value:+.3f}" for name, value in parts if abs(value) >= 0.0005)
    lines = [f"By today's taste: {told.score:+.3f}" + (f" = {total}" if total else "")]
    least = _FAINT * max((abs(value) for _, value in (*told.raised, *told.lowered)), default=0.0)
    for what, terms in (("Raised", told.raised), ("Lowered", told.lowered)):
        if strong := [(gram, value) for gram, value in terms if abs(value) >= least]:
            lines.append(f"{what} by: {_words(strong)}")
    if told.nearest and told.nearest.id != paper.id and told.similarity >= 0.1:
        lines.append(f"Nearest liked paper: “{told.nearest.title}” (similarity {told.similarity:.2f})")
    return lines


def _followed(theme: str, profile: Profile) -> str:
    """Whose words speak for it: the topic for whose places it competes, and the categories, which speak for all."""
    spoken = [one for one in profile.interests if one.name not in profile.muted]
    names = [f"“{one.name}”" for one in spoken if one.name == theme and by_words(one)]
    names += [one.name for one in spoken if one.category]
    return f"what you follow ({listed(names)})" if 0 < len(names) <= _NAMED else "topics you follow"


def _words(terms: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{gram.removeprefix('cat:')} {value:+.3f}" for gram, value in terms)
