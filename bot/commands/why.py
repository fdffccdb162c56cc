"""`/papers why PAPER`: what raised it, what lowered it, and where it stands."""

from bot.commands.desk import Desk, named_paper, subscription_or_new
from bot.digest import choose, short_day
from bot.identity import id_from_text
from bot.model import Message, Offer, Paper, Request
from bot.morning import Morning
from bot.ports import Explanation
from bot.recommend import bare_words


def why(desk: Desk, request: Request) -> Message:
    """The reason stored when it was offered, then its score by today's taste, taken apart."""
    paper = named_paper(desk, request.channel, request.text)
    subscription = subscription_or_new(desk, request.channel)
    choice = choose(
        Morning(desk.store, desk.now), desk.recommender, subscription, desk.now.date(), desk.window_days
    )
    told = desk.recommender.explain(choice.profile, choice.candidates, paper)
    offered = [offer for offer in desk.store.offers(request.channel) if offer.impression.paper == paper.id]
    first = f"{_offered(offered[-1])} {_place(told)}" if offered else _not_offered(told)
    lines = [first, *_competes(told), *_told(told, paper)]
    return Message(
        "\n".join(lines), f"{'Why' if _is_meant(request.text, paper) else 'Nearest title'}: {paper.title}"
    )


def _is_meant(text: str, paper: Paper) -> bool:
    """Whether the paper was named by its number or id, or by words that all stand in its title."""
    numbered = text.isdecimal() and len(text) <= 2
    return numbered or id_from_text(text) is not None or bare_words(text) <= bare_words(paper.title)


def _offered(offer: Offer) -> str:
    seen = offer.impression
    place = f" for “{seen.interest}”" if seen.interest else ""
    wild = " It was a wild card: picked so that I learn from what you think of it." if seen.explores else ""
    reason = _clause(seen.reason.removeprefix("a wild card: "))
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


def _told(told: Explanation, paper: Paper) -> list[str]:
    total = ", ".join(f"{name} {value:+.3f}" for name, value in told.parts if abs(value) >= 0.0005)
    lines = [f"By today's taste: {told.score:+.3f}" + (f" = {total}" if total else "")]
    if told.raised:
        lines.append("Raised by: " + _words(told.raised))
    if told.lowered:
        lines.append("Lowered by: " + _words(told.lowered))
    if told.nearest and told.nearest.id != paper.id and told.similarity >= 0.1:
        lines.append(f"Nearest liked paper: “{told.nearest.title}” (similarity {told.similarity:.2f})")
    return lines


def _words(terms: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{gram.removeprefix('cat:')} {value:+.3f}" for gram, value in terms)
