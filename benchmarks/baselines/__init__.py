"""How others rank papers, rebuilt to be compared on the same input: seeds, ratings, the day's papers."""

from benchmarks.baselines.chance import Chance
from benchmarks.baselines.classifiers import ArxivSanity, ScholarInbox
from benchmarks.baselines.library import LibrarySimilarity, PlainRocchio, Rocchio, Slots
from benchmarks.baselines.words import Counts, Words

__all__ = [
    "ArxivSanity",
    "Chance",
    "Counts",
    "LibrarySimilarity",
    "PlainRocchio",
    "Rocchio",
    "ScholarInbox",
    "Slots",
    "Words",
]
