"""The promises of a recommender, and what it is asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bot.model import Interest, Paper, PaperId, Recommendation


@dataclass(frozen=True, slots=True)
class Group:
    """An interest made of examples that people kept under its name, with these papers."""

    interest: Interest
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a channel likes on a day, derived from facts and never stored.

    `ratings` maps a paper to -1 … 1: its members' votes, one per person, faded with age, damped where one person
    votes much more than all others. `ignored` were shown and left without a reaction, oldest first. `off_topic`
    are those of the rated papers whose whole topic is not wanted. `interests` are followed by hand (words, categories,
    authors, labs); `groups` are kept examples. Interests that are muted on that day are among `muted` too.
    `crowd`: what similar channels like counts here. `voters` is how many people's votes these are, at least 1.
    """

    interests: tuple[Interest, ...] = ()
    seeds: tuple[Paper, ...] = ()
    ratings: tuple[tuple[Paper, float], ...] = ()
    ignored: tuple[Paper, ...] = ()
    off_topic: tuple[PaperId, ...] = ()
    groups: tuple[Group, ...] = ()
    muted: frozenset[str] = frozenset()
    crowd: bool = True
    voters: int = 1


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the interests that a digest's places are shared among, as the learner sees it now.

    `name` is the interest's where people named it, otherwise made of its strongest words. `share` is its part of the
    likes, each theme counting one more, times the share that people gave it; 0 … 1 over all themes, 0 while muted.
    It says what the channel is about, and not how many places a digest has for it. `papers` are the liked papers and
    seeds in it, the latest last.
    """

    name: str
    share: float
    words: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    interest: Interest | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper stands where it stands. The values of `parts` add up to `score`.

    `theme` names the interest for whose places it competes; empty where there is none. `rank` is its place among the
    `of` candidates of all interests.
    """

    score: float
    parts: tuple[tuple[str, float], ...]
    raised: tuple[tuple[str, float], ...]
    lowered: tuple[tuple[str, float], ...]
    nearest: Paper | None
    similarity: float
    rank: int
    of: int
    theme: str = ""


Likes = Sequence[tuple[PaperId, float]]
"""One channel's rated papers and what each is worth, -1 … 1."""


class Wish(NamedTuple):
    """What one channel wants: the best `k` of the candidates, `wild_cards` of them at most to explore."""

    profile: Profile
    candidates: Sequence[Paper]
    k: int
    wild_cards: int = 0


class Recommender(Protocol):
    """Ranks candidates for a profile. The same studies and the same input give the same output, to the last bit."""

    version: str

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        """Learn what all channels share: how words are used in `papers`, and which papers are liked together.

        Slow and seldom; what was computed for channels before stays valid. Safe while others recommend.
        """

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        """The best k, best first; fewer where there are fewer. None twice, none from elsewhere.

        At most `wild_cards` of them explore; these come last.
        """

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        """For each what `recommend` gives: many together may cost less than one by one."""

    def questions(self, profile: Profile, candidates: Sequence[Paper], k: int) -> list[Paper]:
        """The k candidates whose rating would teach most: plausible, uncertain, unlike one another."""

    def explain(self, profile: Profile, candidates: Sequence[Paper], paper: Paper) -> Explanation:
        """The score of `paper` among `candidates` (it may be one of them), taken apart."""

    def themes(self, profile: Profile) -> tuple[Theme, ...]:
        """The channel's interests: those kept or followed by hand in their order, then those found in its likes."""

    def halves(self, papers: Sequence[Paper]) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """The papers in two groups that are more alike; the second is empty where there are fewer than two."""

    def leanings(self, profile: Profile, most: int) -> tuple[list[str], list[str]]:
        """The words a channel's ratings and seeds speak for and against, strongest first, at most `most` each."""
