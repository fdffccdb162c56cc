"""Choose a day's papers for a channel; compose its messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.model import (
    Card,
    Channel,
    DeliveryKey,
    Digest,
    Fetch,
    Impression,
    Message,
    Offer,
    Paper,
    PaperId,
    Post,
    Recommendation,
    Subscription,
)
from bot.ports import Profile, Recommender, Store
from bot.recommend import profile_from_facts


@dataclass(frozen=True, slots=True)
class Choice:
    """What would be offered now, out of what, and why nothing would be where nothing is."""

    profile: Profile
    candidates: tuple[Paper, ...]
    picks: tuple[Recommendation, ...]
    announced: int


def profile_of(store: Store, subscription: Subscription) -> Profile:
    """The channel's profile, derived from its facts as they are now."""
    return _profile(store, subscription, store.offers(subscription.channel))


def _profile(store: Store, subscription: Subscription, offers: Sequence[Offer]) -> Profile:
    reactions = store.reactions(subscription.channel)
    named = {offer.impression.paper for offer in offers} | {r.paper for r in reactions if r.paper}
    named |= {interest.paper for interest in subscription.interests if interest.paper}
    return profile_from_facts(subscription.interests, offers, reactions, store.papers(named))


def recent(store: Store, day: date, window_days: int) -> list[Paper]:
    """Papers still new on that local day. One day ahead is allowed: sources live in other time zones."""
    papers = store.recent_papers(day - timedelta(days=window_days), day + timedelta(days=1))
    return [paper for paper in papers if not paper.withdrawn]


def choose(
    store: Store, recommender: Recommender, subscription: Subscription, day: date, window_days: int
) -> Choice:
    """The best papers that the channel was never offered. Reads only."""
    offers = store.offers(subscription.channel)
    profile = _profile(store, subscription, offers)
    known = {offer.impression.paper for offer in offers}
    known |= {paper.id for paper in profile.seeds} | {paper.id for paper, _ in profile.ratings}
    papers = recent(store, day, window_days)
    # By aliases too: the store may have made two papers one between the two questions.
    candidates = tuple(paper for paper in papers if known.isdisjoint((paper.id, *paper.aliases)))
    picks = recommender.recommend(profile, candidates, subscription.size)
    return Choice(profile, candidates, tuple(picks), len(papers))


def plan(
    choice: Choice,
    subscription: Subscription,
    day: date,
    now: datetime,
    version: str,
    fetches: Sequence[Fetch],
    troubled: Sequence[Post] = (),
) -> tuple[Digest, list[Post]]:
    """The digest to claim and its messages in order: a header, then one message per paper.

    `troubled` are the last digest's messages that failed or are unknown; the header owns up to them.
    """
    impressions = tuple(
        Impression(pick.paper.id, rank, pick.score, version, pick.reason, pick.explores)
        for rank, pick in enumerate(choice.picks, 1)
    )
    cards = picked_cards(choice.picks)
    messages = [header(choice, day, fetches, troubled), *(Message(cards=(card,)) for card in cards)]
    posts = [
        Post(
            delivery_key(subscription.channel, day, i), subscription.channel, day, i, message, _paper(message)
        )
        for i, message in enumerate(messages)
    ]
    return Digest(subscription.channel, day, now, impressions), posts


def delivery_key(channel: Channel, day: date, position: int) -> DeliveryKey:
    """`slack:T1/C1#2026-11-22#0`: the same for ever for the same message."""
    return DeliveryKey(f"{channel}#{day}#{position}")


_SOURCE_NAMES = {"arxiv": "arXiv", "huggingface": "Hugging Face", "sample": "the sample"}


def picked_cards(picks: Sequence[Recommendation]) -> tuple[Card, ...]:
    """Numbered cards with their reasons."""
    return tuple(card_of(pick.paper, pick.reason, number) for number, pick in enumerate(picks, 1))


def card_of(paper: Paper, reason: str = "", number: int | None = None) -> Card:
    """One paper as a card: plain text, everything a reader wants before opening it."""
    return Card(
        paper=paper.id,
        title=paper.title,
        url=paper.url,
        byline=byline(paper),
        summary=paper.summary or first_sentences(paper.abstract),
        reason=reason,
        links=paper.links,
        number=number,
    )


def byline(paper: Paper) -> str:
    """`A. Author, B. Author +3 · cs.CL · 30 Oct · ▲ 12`; what is unknown is left out."""
    names = ", ".join(paper.authors[:2])
    more = f" +{len(paper.authors) - 2}" if len(paper.authors) > 2 else ""
    parts = (
        names + more,
        ", ".join(paper.categories[:2]),
        short_day(paper.announced_on or paper.published_on),
        f"▲ {paper.upvotes}" if paper.upvotes else "",
        f"★ {paper.stars}" if paper.stars else "",
    )
    return " · ".join(part for part in parts if part)


def short_day(day: date | None) -> str:
    """`3 Oct`; empty for None."""
    return f"{day.day} {day:%b}" if day else ""


def first_sentences(text: str, most: int = 320) -> str:
    """The beginning of a text, whole sentences where that leaves something, at most `most` characters."""
    if len(text) <= most:
        return text
    cut = text[:most]
    end = max(cut.rfind(". "), cut.rfind("! "), cut.rfind("? "))
    return cut[: end + 1] if end > most // 3 else cut.rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def header(choice: Choice, day: date, fetches: Sequence[Fetch], troubled: Sequence[Post] = ()) -> Message:
    """The day, how many of how many, and what went wrong; with no paper it says why."""
    heading = f"Daily papers · {day:%A} {day.day} {day:%B}"
    few = f"{len(choice.picks)} of {len(choice.candidates)} new papers."
    hint = "React 👍 or 👎 and tomorrow's pick is better; /papers why 1 explains a pick."
    full = (few, fitting(choice), hint, _trouble(fetches))
    parts = (*(full if choice.picks else (_quiet(choice, day, fetches),)), _missing(troubled))
    return Message(" ".join(part for part in parts if part), heading)


def fitting(choice: Choice) -> str:
    """How many picks fit what the channel follows; empty where all do, or where it follows nothing."""
    fit = sum(pick.matches for pick in choice.picks)
    if fit == len(choice.picks) or not (choice.profile.interests or choice.profile.seeds):
        return ""
    if not fit:
        return "None matches what you follow; they are simply new."
    verb = "matches" if fit == 1 else "match"
    return f"{fit} of {len(choice.picks)} {verb} what you follow; the rest is simply new."


def _quiet(choice: Choice, day: date, fetches: Sequence[Fetch]) -> str:
    if fetches and all(fetch.error for fetch in fetches):
        they = "it is" if len(fetches) == 1 else "they are"
        return f"No papers today: {_unread(fetches)}. What was missed comes when {they} back."
    return f"{_nothing(choice, day, fetches)} {_trouble(fetches)}".strip()


def _nothing(choice: Choice, day: date, fetches: Sequence[Fetch]) -> str:
    if choice.announced:
        return f"Nothing new today: all {choice.announced} recent papers were offered here before."
    if not fetches:
        return "Nothing new today: no source has been read yet."
    if day.weekday() >= 5:
        return "Nothing new today: arXiv announces no papers at weekends."
    return "Nothing new today: the sources announced no papers."


def _missing(troubled: Sequence[Post]) -> str:
    if not troubled:
        return ""
    titles = ", ".join(f"“{post.message.cards[0].title}”" for post in troubled if post.message.cards)
    what = titles or "its first message"
    return f"The digest of {short_day(troubled[0].day)} may have come without {what}: {troubled[0].error}."


def _trouble(fetches: Sequence[Fetch]) -> str:
    failed = [fetch for fetch in fetches if fetch.error]
    return f"Some may be missing: {_unread(failed)}; what was missed comes later." if failed else ""


def _unread(failed: Sequence[Fetch]) -> str:
    """`arXiv and Hugging Face could not be read`: the details are the operator's, in status and log."""
    names = [_SOURCE_NAMES.get(fetch.source, fetch.source) for fetch in failed]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"{listed} could not be read"


def _paper(message: Message) -> PaperId | None:
    return message.cards[0].paper if message.cards else None
