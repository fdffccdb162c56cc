"""How good the picks are after 0, 1, 3, 5, 10, 20 and 50 reactions, with and without exploration and active learning.

usage: python -m benchmarks.learning [DIR] [--channels N] [--pictures DOCS]

DIR is as for benchmarks.replay (default: replay in the folder that BENCH_DATA names, or in ../shared/data). A reader
starts with a few words, the channel's name. Each day 5 papers are picked of all papers of the day. The reader reacts
with 👍 to a listed one and with 👎 to one plainly off the topic: its words are less like the channel's whole list than
those of nine in ten listed papers are. The rest is passed over, because lists are incomplete. *Exploration*: one of
the 5 is a wild card. *Active learning*: before the first pick the reader is asked about five papers.

After so many reactions, or as many as the days bring, the profile stands still and recall@10 is measured on the same
15 later days for everyone. Each figure is the mean over the channels and three first days. Only the words of papers
are studied, once, from the days before the measured ones. `curve` has the quality, `found` the share of listed papers
among all that were shown until then: what learning costs. Also draws the curves, and the comparison that
benchmarks.replay measured last, for docs/how-it-learns.md.
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import islice
from math import nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.baselines import Counts, Words
from benchmarks.figures import mean, rounded
from benchmarks.folders import Days, channels_in, days_of, papers_in
from benchmarks.ours import ours
from benchmarks.pictures import draw_comparison, draw_curves
from benchmarks.readers import IGNORED, LEAST, SHOWN, STUDIED
from bot.model import Interest, Paper, PaperId
from bot.ports import Profile, Recommender

REACTIONS = (0, 1, 3, 5, 10, 20, 50)
SIZE, ASKED, MEASURED, STARTS, APART = 5, 5, 15, 3, 5
OFF_TOPIC = 0.1
"""The share of listed papers that are as unlike the list as an unlisted one that gets 👎."""
DOCS = Path(__file__).resolve().parent.parent / "docs"


class Way(NamedTuple):
    """How a channel is taught."""

    wild_cards: int
    asks: bool


WAYS = {
    "plain": Way(0, False),
    "exploration": Way(1, False),
    "active learning": Way(0, True),
    "both": Way(1, True),
}


class Lesson(NamedTuple):
    """One channel's opinions and days: first those on which it is taught, then those on which it is measured."""

    name: str
    likes: AbstractSet[PaperId]
    dislikes: AbstractSet[PaperId]
    taught: Sequence[list[Paper]]
    measured: Sequence[list[Paper]]


class Step(NamedTuple):
    """The profile after a reaction, and how many papers were shown until then."""

    profile: Profile
    shown: int


class Reader:
    """Someone who takes a lesson."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.profile = Profile(interests=(Interest(lesson.name.replace("-", " ")),))
        self.known: set[PaperId] = set()

    def step(self) -> Step:
        return Step(self.profile, len(self.known))

    def see(self, papers: Sequence[Paper]) -> Iterator[Step]:
        """Look at them in order; a step for each reaction."""
        for paper in papers:
            self.known.add(paper.id)
            worth = float(paper.id in self.lesson.likes) - float(paper.id in self.lesson.dislikes)
            if worth:
                self.profile = replace(self.profile, ratings=(*self.profile.ratings, (paper, worth)))
                yield self.step()
            else:
                self.profile = replace(self.profile, ignored=(*self.profile.ignored, paper)[-IGNORED:])


def lessons_of(days: Days, channels: dict[str, list[PaperId]]) -> list[Lesson]:
    """Each channel from three first days; the first half of the days teaches, the other measures."""
    full = [papers for papers in days.values() if len(papers) >= LEAST]
    half = len(full) // 2
    everything = [paper for papers in days.values() for paper in papers]
    words = Words(Counts(everything))
    words.study(everything)
    lessons = []
    for name, listed in channels.items():
        likes = frozenset(listed)
        later = [papers for papers in full[half:] if any(paper.id in likes for paper in papers)]
        if measured := later[:: max(1, len(later) // MEASURED)][:MEASURED]:
            dislikes = off_topic(words, everything, likes)
            starts = range(0, APART * STARTS, APART)
            lessons += [Lesson(name, likes, dislikes, full[start:half], measured) for start in starts]
    return lessons


def off_topic(words: Words, papers: Sequence[Paper], likes: AbstractSet[PaperId]) -> frozenset[PaperId]:
    """The unlisted papers that are less like the list than nine in ten listed ones."""
    listed = [paper for paper in papers if paper.id in likes]
    centre = np.asarray(words.rows(listed).mean(axis=0)).ravel()
    least = np.quantile(words.rows(listed) @ centre, OFF_TOPIC)
    near = words.candidates(papers) @ centre
    return frozenset(
        p.id for p, value in zip(papers, near, strict=True) if value < least and p.id not in likes
    )


def taught(recommender: Recommender, lesson: Lesson, way: Way) -> Iterator[Step]:
    """The start, then what each reaction made of it."""
    reader = Reader(lesson)
    yield reader.step()
    if way.asks and lesson.taught:
        yield from reader.see(recommender.questions(reader.profile, lesson.taught[0], ASKED))
    for papers in lesson.taught:
        fresh = [paper for paper in papers if paper.id not in reader.known]
        picks = recommender.recommend(reader.profile, fresh, SIZE, way.wild_cards)
        yield from reader.see([pick.paper for pick in picks])


def quality(recommender: Recommender, profile: Profile, lesson: Lesson) -> float:
    """recall@10 over the measured days."""
    found = announced = 0
    for papers in lesson.measured:
        shown = recommender.recommend(profile, papers, SHOWN)
        found += sum(pick.paper.id in lesson.likes for pick in shown)
        announced += sum(paper.id in lesson.likes for paper in papers)
    return found / announced


def curve(recommender: Recommender, lesson: Lesson, way: Way) -> tuple[list[float], float]:
    """The quality at each of REACTIONS, and the share of 👍 among all that was shown."""
    steps = list(islice(taught(recommender, lesson, way), max(REACTIONS) + 1))
    measured: dict[int, float] = {}
    for place in {min(count, len(steps) - 1) for count in REACTIONS}:
        measured[place] = quality(recommender, steps[place].profile, lesson)
    liked = sum(worth > 0 for _, worth in steps[-1].profile.ratings)
    share = liked / steps[-1].shown if steps[-1].shown else nan
    return [measured[min(count, len(steps) - 1)] for count in REACTIONS], share


def compare(recommender: Recommender, lessons: Sequence[Lesson]) -> dict[str, object]:
    """Every way to teach, on the same lessons."""
    longest = max((lesson.taught for lesson in lessons), key=len, default=())
    recommender.study([paper for papers in longest for paper in papers][-STUDIED:], [])
    curves, found = {}, {}
    for name, way in WAYS.items():
        rows = [curve(recommender, lesson, way) for lesson in lessons]
        columns = zip(*(row for row, _ in rows), strict=True)
        curves[name] = {
            str(count): rounded(mean(column)) for count, column in zip(REACTIONS, columns, strict=True)
        }
        found[name] = rounded(mean(share for _, share in rows))
        print(f"{name:16} {curves[name]}, found {found[name]}")
    return {"version": recommender.version, "lessons": len(lessons), "curve": curves, "found": found}


def measure(
    folder: Path | None = None, pictures: Path | None = DOCS, most_channels: int | None = None
) -> dict[str, object]:
    folder = folder or Path(os.environ.get("BENCH_DATA", "../shared/data")) / "replay"
    channels = dict(islice(channels_in(folder).items(), most_channels))
    lessons = lessons_of(days_of(papers_in(folder)), channels)
    if not lessons:
        raise SystemExit(f"{folder} has no listed paper on a later day with at least {LEAST} papers")
    result = compare(ours(), lessons)
    if pictures:
        draw_curves(result, pictures / "learning.png")
        draw_comparison(kept_replay(), pictures / "comparison.png")
    return result


def kept_replay() -> dict[str, Any]:
    """What benchmarks.replay measured last, out of docs/benchmarks.json; empty where it never ran."""
    kept = json.loads((DOCS / "benchmarks.json").read_text(encoding="utf-8"))
    figures: dict[str, Any] = kept.get("replay", {}).get("figures", {})
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--channels", type=int)
    parser.add_argument("--pictures", type=Path, default=DOCS, help="where the pictures go (default: docs)")
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.pictures, given.channels)))
