"""The credit of recommenders that were interleaved in live digests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.evaluate.cases import verdicts
from bot.model import Channel, Impression, PaperId, Subscription
from bot.ports import Facts
from bot.recommend.credit import Credit, credit


def credits_of(
    subscriptions: Iterable[Subscription], facts: Mapping[Channel, Facts], since: date | None = None
) -> tuple[Credit, ...]:
    """One per pair of versions that shared digests from `since` on; wild cards are no part of it."""
    likes: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for subscription in subscriptions:
        mine = facts[subscription.channel]
        rated = verdicts(subscription, mine)
        for day, shown in _digests(mine):
            if since is None or day >= since:
                for pair, counts in _match(shown, rated):
                    likes[pair].append(counts)
    return tuple(credit(*pair, counts) for pair, counts in sorted(likes.items()))


def _digests(facts: Facts) -> Iterator[tuple[date, list[Impression]]]:
    days: dict[date, list[Impression]] = defaultdict(list)
    for offer in facts.offers:
        days[offer.day].append(offer.impression)
    yield from days.items()


def _match(
    shown: Iterable[Impression], rated: Mapping[PaperId, float]
) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    """The two teams of one digest and their liked picks; nothing where it had one team."""
    liked: dict[str, int] = {}
    for one in shown:
        if not one.explores:
            liked[one.model] = liked.get(one.model, 0) + (rated.get(one.paper, 0.0) > 0)
    if len(liked) == 2:
        first, second = sorted(liked)
        yield (first, second), (liked[first], liked[second])
