"""Which of two interleaved recommenders is liked better, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import bdtr, betaincinv

_OUTSIDE = 0.05
"""The interval holds the truth at least 95 times of 100."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Digests in which more of one team's picks were liked; those with as many on both sides say nothing.

    `first_likes` and `second_likes` count liked picks over all digests. `share` is `wins` among the decided digests,
    None where there are none; `low` and `high` are its exact 95 % interval (Clopper and Pearson 1934). `p` is how
    often two equally good teams would differ at least so much (sign test, two-sided).
    """

    first: str
    second: str
    digests: int
    first_likes: int
    second_likes: int
    wins: int
    losses: int
    share: float | None
    low: float
    high: float
    p: float


def credit(first: str, second: str, likes: Sequence[tuple[int, int]]) -> Credit:
    """From each digest's likes of the two teams, which have these versions."""
    wins = sum(ours > theirs for ours, theirs in likes)
    losses = sum(ours < theirs for ours, theirs in likes)
    low, high = exact_interval(wins, wins + losses)
    return Credit(
        first,
        second,
        len(likes),
        sum(ours for ours, _ in likes),
        sum(theirs for _, theirs in likes),
        wins,
        losses,
        wins / (wins + losses) if wins + losses else None,
        low,
        high,
        sign_test(wins, losses),
    )


def exact_interval(successes: int, trials: int) -> tuple[float, float]:
    """Clopper and Pearson's: from 0 to 1 where there are no trials."""
    failures = trials - successes
    low = float(betaincinv(successes, failures + 1, _OUTSIDE / 2)) if successes else 0.0
    high = float(betaincinv(successes + 1, failures, 1 - _OUTSIDE / 2)) if failures else 1.0
    return low, high


def sign_test(wins: int, losses: int) -> float:
    """Two-sided: 1 where nothing was decided."""
    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5))) if wins + losses else 1.0
