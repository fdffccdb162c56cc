"""Readers of real days: who likes what, what each was shown, and what that teaches a ranker."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import nan

from benchmarks.figures import auc, mean
from benchmarks.folders import Days
from benchmarks.ours import Ranker
from bot.model import Paper, PaperId
from bot.ports import Profile

SHOWN, LEAST, IGNORED = 10, 50, 200
FIRST_STUDY, GROWTH, STUDIED = 500, 1.5, 30_000


@dataclass
class Reader:
    """A channel's people. `topics` are what they list, each without the seeds; a paper may be in several.

    👍 for a listed paper among those shown, no reaction to the others.
    """

    name: str
    seeds: tuple[Paper, ...]
    topics: tuple[frozenset[PaperId], ...]
    liked: list[Paper] = field(default_factory=list)
    ignored: list[Paper] = field(default_factory=list)
    announced: set[PaperId] = field(default_factory=set)
    aucs: list[float] = field(default_factory=list)

    @property
    def since(self) -> date:
        """The day of the last seed: what comes later is to be found."""
        return max((seed.announced_on or date.min for seed in self.seeds), default=date.min)

    def wanted(self, papers: Sequence[Paper]) -> set[PaperId]:
        return {paper.id for paper in papers if any(paper.id in topic for topic in self.topics)}

    def profile(self) -> Profile:
        likes = tuple((paper, 1.0) for paper in self.liked)
        return Profile(seeds=self.seeds, ratings=likes, ignored=tuple(self.ignored[-IGNORED:]))

    def see(self, shown: Sequence[Paper], announced: Sequence[Paper]) -> None:
        wanted = self.wanted(announced)
        self.announced |= wanted
        self.liked += [paper for paper in shown if paper.id in wanted]
        self.ignored += [paper for paper in shown if paper.id not in wanted]

    def recall(self) -> float:
        """Listed papers shown ÷ listed papers announced, over all days."""
        return len(self.liked) / len(self.announced) if self.announced else nan

    def topic_recalls(self) -> list[float]:
        """The same for each topic alone; nan where nothing of it was announced."""
        found = {paper.id for paper in self.liked}
        listed = [topic & self.announced for topic in self.topics]
        return [len(topic & found) / len(topic) if topic else nan for topic in listed]


@dataclass
class Run:
    """One ranker with readers of its own, and how long it took in seconds."""

    ranker: Ranker
    readers: list[Reader]
    spent: list[float] = field(default_factory=list)
    studying: float = 0.0

    def study(self, papers: Sequence[Paper]) -> None:
        start = time.perf_counter()
        self.ranker.study(papers, [])
        self.studying += time.perf_counter() - start

    def morning(self, day: date, papers: Sequence[Paper], with_auc: bool) -> None:
        """Rank the day for each reader whose seeds are older, and let them react."""
        for reader in self.readers:
            if reader.since < day:
                self._serve(reader, papers, with_auc)

    def _serve(self, reader: Reader, papers: Sequence[Paper], with_auc: bool) -> None:
        profile = reader.profile()
        start = time.perf_counter()
        shown = self.ranker.recommend(profile, papers, SHOWN)
        self.spent.append(time.perf_counter() - start)
        if with_auc and (wanted := reader.wanted(papers)):
            ranked = self.ranker.recommend(profile, papers, len(papers))
            reader.aucs.append(auc(ranked, wanted, len(papers)))
        reader.see([pick.paper for pick in shown], papers)

    def milliseconds(self) -> float:
        """Per reader and day."""
        return 1000 * mean(self.spent)


def replayed(
    rankers: Sequence[Ranker], days: Days, readers: Callable[[], list[Reader]], with_auc: bool = True
) -> list[Run]:
    """Every ranker through the same days: on those with at least 50 papers 10 are shown to each reader.

    A ranker studies what is known by then, the day's papers included, whenever that has grown by half.
    """
    runs = [Run(ranker, readers()) for ranker in rankers]
    known: list[Paper] = []
    due = float(FIRST_STUDY)
    for day, papers in days.items():
        known += papers
        if len(known) >= due:
            due = GROWTH * len(known)
            latest = known[-STUDIED:]
            for run in runs:
                run.study(latest)
        if len(papers) >= LEAST:
            for run in runs:
                run.morning(day, papers, with_auc)
    return runs
