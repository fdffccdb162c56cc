"""Choose a day's papers for a channel; compose its messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from bot.circumstances import Circumstances, calendar_reason, nothing_came, trouble
from bot.filters import announce_type, private_sources
from bot.model import (
    DOWN,
    SAVE,
    UP,
    Button,
    Card,
    Channel,
    DeliveryKey,
    Digest,
    Impression,
    Message,
    Offer,
    Paper,
    PaperId,
    Post,
    Recommendation,
    Standing,
    Subscription,
)
from bot.morning import Morning
from bot.ports import Profile, Recommender, Store, Wish

_LONGEST_VENUE = 40
_LONGEST_WINDOW = 14
_HINT = "React 👍 or 👎 and the next pick is better; /papers why 1 explains a pick."
NO_TITLES: Mapping[str, str] = MappingProxyType({})
_WITHDRAWN = "⚠ Withdrawn: "


@dataclass(frozen=True, slots=True)
class Choice:
    """What would be offered now, out of what, and why nothing would be where nothing is.

    `announced` counts the recent papers of the sources that the channel reads, `stopped` those that its filters held
    back. `version` is the recommender's.
    """

    profile: Profile
    candidates: Sequence[Paper]
    picks: tuple[Recommendation, ...]
    announced: int
    stopped: int = 0
    size: int = 0
    version: str = ""


def choose(
    morning: Morning, recommender: Recommender, subscription: Subscription, day: date, window_days: int
) -> Choice:
    """The best papers that the channel was never offered. Reads only."""
    return choose_all(morning, recommender, [(subscription, day)], window_days)[0]


def choose_all(
    morning: Morning,
    recommender: Recommender,
    channels: Sequence[tuple[Subscription, date]],
    window_days: int,
) -> list[Choice]:
    """The same for many channels and their days, for less than one by one."""
    asked = [_asked(morning, subscription, day, window_days) for subscription, day in channels]
    wishes = [
        Wish(before.profile, before.candidates, subscription.size, subscription.wild_cards)
        for before, (subscription, _) in zip(asked, channels, strict=True)
    ]
    # As it is before it ranks: a study may end at any time.
    version = recommender.version
    picks = recommender.recommend_all(wishes)
    return [
        replace(before, picks=tuple(some), version=version) for before, some in zip(asked, picks, strict=True)
    ]


def _asked(morning: Morning, subscription: Subscription, day: date, window_days: int) -> Choice:
    """Without picks."""
    offers = morning.facts(subscription.channel).offers
    profile = morning.profile(subscription, day)
    known = {offer.impression.paper for offer in offers}
    known |= {*morning.facts(subscription.channel).shared}
    known |= {paper.id for paper in profile.seeds} | {paper.id for paper, _ in profile.ratings}
    window_days = max(window_days, days_since(offers, day))
    pool = morning.pool(subscription.filters.sources, day, window_days)
    own = morning.own_papers(subscription, day, window_days)
    candidates, stopped = pool.left(known, subscription.filters, own)
    announced = len(pool.papers) + len(own)
    return Choice(profile, candidates, (), announced, stopped, subscription.size)


def days_since(offers: Sequence[Offer], day: date) -> int:
    """How long ago the channel's last digest was, so that a weekly one has its whole week; 0 for a first one."""
    return min((day - offers[-1].day).days, _LONGEST_WINDOW) if offers else 0


def own_sources(store: Store, channel: Channel) -> frozenset[str]:
    """The names of the sources that are read for that channel alone."""
    return private_sources(channel, [feed.url for feed in store.feeds(channel)])


def plan(
    choice: Choice,
    subscription: Subscription,
    day: date,
    now: datetime,
    given: Circumstances,
    troubled: Sequence[Post] = (),
    closing: Message | None = None,
) -> tuple[Digest, list[Post]]:
    """The digest to claim and its messages in order: a header, then one message per paper, then `closing`.

    `troubled` are the `unsettled` messages; the header owns up to them.
    """
    impressions = tuple(
        Impression(
            pick.paper.id,
            rank,
            pick.score,
            pick.model or choice.version,
            pick.reason,
            pick.explores,
            pick.interest,
        )
        for rank, pick in enumerate(choice.picks, 1)
    )
    cards = picked_cards(choice.picks, given.categories, given.titles)
    messages = [header(choice, day, given, troubled), *(Message(cards=(card,)) for card in cards)]
    messages += [closing] if closing else []
    posts = [
        Post(
            delivery_key(subscription.channel, day, i), subscription.channel, day, i, message, _paper(message)
        )
        for i, message in enumerate(messages)
    ]
    return Digest(subscription.channel, day, now, impressions), posts


def wants_report(subscription: Subscription, offers: Sequence[Offer], choice: Choice, day: date) -> bool:
    """Whether this is the first digest of a month in a channel that wants its report, and not its first of all."""
    if not (subscription.reports and choice.picks and offers):
        return False
    last = offers[-1].day
    return (last.year, last.month) != (day.year, day.month)


def delivery_key(channel: Channel, day: date, position: int) -> DeliveryKey:
    """`slack:T1/C1#2026-11-22#0`: the same for ever for the same message."""
    return DeliveryKey(f"{channel}#{day}#{position}")


def picked_cards(
    picks: Sequence[Recommendation], categories: Sequence[str] = (), titles: Mapping[str, str] = NO_TITLES
) -> tuple[Card, ...]:
    """Numbered cards with their reasons, for a channel that reads these categories and feeds."""
    return tuple(
        card_of(pick.paper, reason_of(pick), number, categories, titles)
        for number, pick in enumerate(picks, 1)
    )


def reason_of(pick: Recommendation) -> str:
    """As its card gives it: an exploration is labelled."""
    return f"Wild card: {pick.reason}" if pick.explores else pick.reason


def card_of(
    paper: Paper,
    reason: str = "",
    number: int | None = None,
    categories: Sequence[str] = (),
    titles: Mapping[str, str] = NO_TITLES,
    *,
    buttons: tuple[Button, ...] = (),
    excerpt: str = "",
    marks: tuple[str, ...] = (),
    posted: tuple[Standing, ...] = (),
) -> Card:
    """One paper as a card: plain text, everything a reader wants before opening it.

    `buttons` are the votes and *More like this* unless others are given; `excerpt` stands in place of the summary.
    """
    return Card(
        paper=paper.id,
        title=_struck(paper.title) if paper.withdrawn else paper.title,
        url=paper.url,
        byline=byline(paper, categories, titles),
        summary=excerpt or paper.summary or first_sentences(paper.abstract),
        reason=reason,
        links=paper.links,
        number=number,
        buttons=buttons or (*vote_buttons(paper.id), more_like(paper.id)),
        marks=marks,
        posted=posted,
    )


def vote_buttons(paper: PaperId) -> tuple[Button, ...]:
    """👍, 👎 and 🔖."""
    return tuple(Button(emoji, emoji, paper) for emoji in (UP, DOWN, SAVE))


def more_like(paper: PaperId) -> Button:
    """Asks for papers like that one; an id is short enough to fit into any button."""
    return Button("More like this", command=f"like {paper}")


def byline(paper: Paper, categories: Sequence[str] = (), titles: Mapping[str, str] = NO_TITLES) -> str:
    """`A. Author, B. Author +3 · cs.CL · 30 Oct · ▲ 12`; what is unknown is left out.

    A paper whose primary category is none of those the channel reads is a cross-list there. One that came by feeds of
    the channel alone names the first of them.
    """
    names = ", ".join(paper.authors[:2])
    more = f" +{len(paper.authors) - 2}" if len(paper.authors) > 2 else ""
    parts = (
        names + more,
        ", ".join(paper.categories[:2]),
        announce_type(paper, categories),
        paper.venue[:_LONGEST_VENUE],
        _feed_of(paper, titles),
        short_day(paper.announced_on or paper.published_on),
        f"▲ {paper.upvotes}" if paper.upvotes else "",
        f"★ {paper.stars}" if paper.stars else "",
        f"cited {paper.citations}×" if paper.citations else "",
    )
    return " · ".join(part for part in parts if part)


def _feed_of(paper: Paper, titles: Mapping[str, str]) -> str:
    feeds = [source.removeprefix("feed:") for source in paper.sources if source.startswith("feed:")]
    own = len(feeds) == len(paper.sources)
    return next((f"“{titles[url][:_LONGEST_VENUE]}”" for url in feeds if own and url in titles), "")


@lru_cache(maxsize=1000)
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


def header(choice: Choice, day: date, given: Circumstances, troubled: Sequence[Post] = ()) -> Message:
    """The day, how many of how many, and what went wrong; a day with few papers or none says why."""
    heading = f"Daily papers · {day:%A} {day.day} {day:%B}"
    few = f"{len(choice.picks)} of {_papers(len(choice.candidates), 'new ')}."
    # Who has reacted once knows how.
    hint = "" if choice.profile.ratings else _HINT
    full = (few, _fewer(choice, given), fitting(choice), trouble(given), hint)
    parts = (*(full if choice.picks else (_quiet(choice, given),)), _missing(troubled))
    return Message(" ".join(part for part in parts if part), heading)


def _fewer(choice: Choice, given: Circumstances) -> str:
    """Why there are fewer than the channel asked for; empty where there are not."""
    if len(choice.picks) >= choice.size:
        return ""
    reasons = [text for text in (calendar_reason(given).rstrip("."), _stopped(choice)) if text]
    return f"That is all: {'; '.join(reasons)}." if reasons else ""


def _stopped(choice: Choice) -> str:
    """How many papers the channel's own filters held back."""
    papers = _papers(choice.stopped, "recent ")
    return f"this channel's filters held back {papers} (/papers filter)" if choice.stopped else ""


def _papers(count: int, kind: str = "") -> str:
    return f"{count} {kind}paper{'' if count == 1 else 's'}"


def fitting(choice: Choice) -> str:
    """How many picks fit what the channel follows or likes; empty where all do but wild cards, or there is nothing."""
    fit, knows = sum(pick.matches for pick in choice.picks), _is_learned(choice.profile)
    others = [pick for pick in choice.picks if not (pick.matches or pick.explores)]
    if not others or not (choice.profile.interests or knows):
        return ""
    what = "what you follow or like" if knows else "what you follow"
    if not fit:
        return f"None matches {what}; they {'come nearest to it' if knows else 'are simply new'}."
    verb = "matches" if fit == 1 else "match"
    rest = "comes nearest to it" if knows else "is simply new"
    return f"{fit} of {len(choice.picks)} {verb} {what}; the rest {rest}."


def _is_learned(profile: Profile) -> bool:
    """Whether papers were liked or named as examples: then nothing is picked only because it is new."""
    return bool(profile.seeds or profile.groups or any(worth > 0 for _, worth in profile.ratings))


def _quiet(choice: Choice, given: Circumstances) -> str:
    """Why there is nothing at all."""
    reason = calendar_reason(given).rstrip(".")
    if choice.stopped:
        why = "; ".join(filter(None, (reason, _stopped(choice))))
        return f"Nothing for this channel today: {why}. {trouble(given)}".strip()
    if not choice.announced or (given.fetches and all(fetch.error for fetch in given.fetches)):
        return nothing_came(given)
    offered = f"{_papers(choice.announced, 'recent ')}, all offered here before"
    return f"Nothing new today: {'; '.join(filter(None, (reason, offered)))}. {trouble(given)}".strip()


def unsettled(troubled: Sequence[Post], last: date | None, day: date) -> list[Post]:
    """Of a channel's messages that failed or are unknown, those that the digest of `day` owns up to.

    The messages of the `last` digest before it, and what was shared since that day; today's is told tomorrow.
    """
    since = last or date.min
    return [post for post in troubled if (since <= post.day < day if post.is_shared else post.day == last)]


def _missing(troubled: Sequence[Post]) -> str:
    """What the last digest may have come without, and what of the shared may not have come."""
    own, shared = ([post for post in troubled if post.is_shared == kind] for kind in (False, True))
    told = []
    if own:
        what, day = _titles(own) or "its first message", short_day(own[0].day)
        told.append(f"The digest of {day} may have come without {what}: {own[0].error}.")
    if shared:
        what = _titles(shared) or "a message"
        told.append(f"What was shared here may not have come: {what} ({shared[0].error}).")
    return " ".join(told)


def _titles(posts: Sequence[Post]) -> str:
    return ", ".join(f"“{post.message.cards[0].title}”" for post in posts if post.message.cards)


def withdrawn(message: Message) -> Message:
    """A posted card's message as it reads once its paper is withdrawn."""
    return replace(message, cards=tuple(replace(card, title=_struck(card.title)) for card in message.cards))


def _struck(title: str) -> str:
    return title if title.startswith(_WITHDRAWN) else f"{_WITHDRAWN}{title}"


def _paper(message: Message) -> PaperId | None:
    return message.cards[0].paper if message.cards else None
