"""One morning of very many channels: a profile from stored facts and a ranked digest for each.

usage: python -m benchmarks.rank [--channels 10000] [--papers 1000] [--data DIR] [--workers 2]

Called is what a morning calls, `digest.choose_all`, over an SQLite file: facts are read for some hundred channels at a
time, each becomes a profile, and the candidates that its filters let through are ranked, with reasons. As many
processes as workers divide the channels among them: who has finished some takes the next, as the bot's processes do.
Not done is what follows: composing and writing the messages.
`seconds` is from their common start until the last has finished, `peak_mb` the sum of what each needed. `cpu_seconds`
is what the cores spent on it: where it is less than `seconds` times workers, others had the cores. `ms_per_channel` is
a channel's part of it, and `ratio_to_svm` that part against arxiv-sanity-lite's method, a linear SVM for each of some
channels.

Each channel follows 1 to 3 topics and up to 3 papers and has 40 offers and 15 reactions of 1 to 4 people behind it; a
tenth filters by category, a tenth by words, a twentieth reads a feed. Papers are the latest of DIR/papers.jsonl(.gz),
otherwise made of the sample's words. Not timed are building the store, and the study of what all channels share, which
is seldom: `study_seconds`, of the slowest.
"""

import argparse
import json
import multiprocessing
import os
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.queues import SimpleQueue
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from benchmarks.importing import recombined
from benchmarks.memory import peak_mb
from bot.digest import choose, choose_all
from bot.model import (
    DOWN,
    SAVE,
    UP,
    Cadence,
    Channel,
    Digest,
    Feed,
    Filters,
    Impression,
    Interest,
    Paper,
    PaperId,
    Reaction,
    Recommendation,
    Subscription,
    UserId,
)
from bot.morning import Morning
from bot.planning import CHOSEN, TOGETHER
from bot.ports import Facts, Recommender, Skipped, Wish
from bot.recommend import Learner, bare_words
from bot.sources.files.load import load
from bot.store import channels as channels_sql
from bot.store import digests as digests_sql
from bot.store import reactions as reactions_sql
from bot.store.sqlite import SqliteStore
from bot.studying import Studying

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
WINDOW = 4
OLDER = 4000
WORKERS = min(2, os.cpu_count() or 1)
STUDY_WITHIN = 3600.0
"""Seconds that a worker waits for the others before it starts to rank."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
DIGESTS, SIZE, REACTIONS = 8, 5, 15
FEEDS = [f"https://lab{number}.example/rss" for number in range(10)]
CATEGORIES = (("cs",), ("cs.CL", "cs.LG"), ("cs.CV",), ("cs.RO", "eess"), ("stat", "cs.LG"))

Topics = Mapping[str, Sequence[Paper]]


class Read(SqliteStore):
    """The store; it knows what reading facts cost."""

    reading = 0.0

    def facts(self, channels: Collection[Channel]) -> dict[Channel, Facts]:
        began = time.thread_time()
        found = super().facts(channels)
        self.reading += time.thread_time() - began
        return found


class Timed:
    """The bot's recommender, and the seconds of a core that it took."""

    def __init__(self, ours: Recommender) -> None:
        self._ours = ours
        self.seconds = 0.0

    @property
    def version(self) -> str:
        return self._ours.version

    def recommend_all(self, wishes: Sequence[Wish]) -> list[list[Recommendation]]:
        began = time.thread_time()
        picks = self._ours.recommend_all(wishes)
        self.seconds += time.thread_time() - began
        return picks


@dataclass(frozen=True)
class Share:
    """What one process did: channels it ranked for, and what that took.

    `began` and `ended` are seconds of the clock that all processes share; `cpu`, and of it `facts` and `recommend`, are
    seconds of a core; `studied` are seconds.
    """

    ranked: int
    began: float
    ended: float
    cpu: float
    facts: float
    recommend: float
    studied: float = 0.0
    peak_mb: float = 0.0


# -- building


def papers_from(folder: Path, data: Path | None, count: int, older: int) -> list[Paper]:
    """`count` papers of today and `older` ones of the 100 days before, with categories."""
    wanted = count + older
    path = next((p for p in data.glob("papers.jsonl*")), None) if data else None
    found = [p for p in load(path or recombined(folder, wanted)) if not isinstance(p, Skipped)][-wanted:]
    dice = random.Random(11)
    names = [name for names in CATEGORIES for name in names if "." in name]
    return [
        replace(
            paper,
            announced_on=TODAY if place < count else TODAY - timedelta(days=WINDOW + 1 + place % 100),
            categories=paper.categories or tuple(dice.sample(names, 2)),
            sources=("arxiv",),
        )
        for place, paper in enumerate(reversed(found))
    ]


def topics_of(papers: Sequence[Paper]) -> Topics:
    """Papers by the rarest word of their titles that at least one title in 200 has."""
    words = {paper.id: bare_words(paper.title) for paper in papers}
    counts = Counter(word for mine in words.values() for word in mine if len(word) > 4)
    common = {word for word, count in counts.items() if len(papers) / 200 <= count <= len(papers) / 20}
    found: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        for word in sorted(words[paper.id] & common, key=lambda word: (counts[word], word))[:1]:
            found[word].append(paper)
    return {word: mine for word, mine in sorted(found.items()) if len(mine) >= 4}


def build(path: Path, data: Path | None, channels: int, count: int, before: int = OLDER) -> None:
    """A store with all papers, channels and facts. The same numbers make the same store."""
    with TemporaryDirectory() as folder:
        papers = papers_from(Path(folder), data, count, before)
    store = SqliteStore(path)
    store.migrate()
    store.add_papers(papers)
    store.add_papers([_posted(url, number) for url in FEEDS for number in range(10)])
    older = papers[count:]
    topics = topics_of(older)
    for start in range(0, channels, 1000):
        with store.database.writing() as connection:
            for number in range(start, min(start + 1000, channels)):
                dice = random.Random(number)
                subscription, tastes = _subscription(number, dice, topics)
                channels_sql.add_subscription(connection, subscription)
                if dice.random() < 0.05:
                    feed = Feed(subscription.channel, dice.choice(FEEDS), "A lab", NOW)
                    channels_sql.add_feed(connection, feed)
                offered = list(_offered(dice, older, topics, tastes))
                for digest in _digests(subscription.channel, offered):
                    digests_sql.plan_digest(connection, digest, ())
                for reaction in _reactions(subscription.channel, dice, offered):
                    reactions_sql.set_reaction(connection, reaction)
    store.close()


def _posted(url: str, number: int) -> Paper:
    name = PaperId(f"url:{url}/{number}")
    return Paper(name, f"Post {number} of {url}", announced_on=TODAY, sources=(f"feed:{url}",))


def _subscription(number: int, dice: random.Random, topics: Topics) -> tuple[Subscription, list[str]]:
    tastes = dice.sample(list(topics), dice.randint(1, 3))
    seeds = dice.sample(topics[tastes[0]], dice.randint(0, 3))
    words = (dice.choice(list(topics)),) if dice.random() < 0.1 else ()
    filters = Filters(categories=dice.choice(CATEGORIES) if dice.random() < 0.1 else (), exclude=words)
    channel = Channel("slack", f"T{number % 100}", f"C{number}")
    followed = [Interest(name) for name in tastes] + [Interest(p.title, paper=p.id) for p in seeds]
    cadence = Cadence(tuple(range(7)))
    return Subscription(channel, NOW - timedelta(days=60), tuple(followed), cadence, filters=filters), tastes


def _offered(
    dice: random.Random, older: Sequence[Paper], topics: Topics, tastes: Sequence[str]
) -> Iterator[tuple[Paper, bool]]:
    """Papers, each once, and whether they are to the channel's taste: most are."""
    wanted = [paper for name in tastes for paper in topics[name]]
    liked = {paper.id for paper in wanted}
    mixed = dice.sample(wanted, min(len(wanted), 28)) + dice.sample(older, 60)
    for paper in list(dict.fromkeys(mixed))[: DIGESTS * SIZE]:
        yield paper, paper.id in liked


def _digests(channel: Channel, offered: Sequence[tuple[Paper, bool]]) -> Iterator[Digest]:
    for place in range(DIGESTS):
        mine = offered[place::DIGESTS]
        shown = tuple(
            Impression(paper.id, rank, 1 / rank, "old-1", "you follow it")
            for rank, (paper, _) in enumerate(mine, 1)
        )
        day = TODAY - timedelta(days=DIGESTS - place)
        yield Digest(channel, day, datetime(day.year, day.month, day.day, 9, tzinfo=UTC), shown)


def _reactions(
    channel: Channel, dice: random.Random, offered: Sequence[tuple[Paper, bool]]
) -> Iterator[Reaction]:
    people = [UserId(f"slack:{channel.workspace}/U{channel.id}{n}") for n in range(dice.randint(1, 4))]
    for paper, liked in dice.sample(offered, REACTIONS):
        at = NOW - timedelta(minutes=dice.randint(30, 10_000))
        name = dice.choice((UP, UP, SAVE)) if liked else DOWN
        yield Reaction(channel, dice.choice(people), name, at, paper=paper.id)


# -- measuring


def rank_all(store: Read, recommender: Timed, parts: Iterator[int]) -> Share:
    """Choose for the channels of these parts, of `TOGETHER` each, until one is empty. Closes the store."""
    before, began, ranked = time.process_time(), time.monotonic(), 0
    morning, everybody = Morning(store, NOW), store.subscriptions()
    starts = takewhile(len(everybody).__gt__, (part * TOGETHER for part in parts))
    for some in (everybody[start : start + TOGETHER] for start in starts):
        with morning.turned_to([one.channel for one in some]):
            for first in range(0, len(some), CHOSEN):
                asked = [(one, TODAY) for one in some[first : first + CHOSEN]]
                ranked += sum(bool(one.picks) for one in choose_all(morning, recommender, asked, WINDOW))  # type: ignore[arg-type]
    ended, cpu = time.monotonic(), time.process_time() - before
    store.close()
    return Share(ranked, began, ended, cpu, store.reading, recommender.seconds)


def studied(path: Path) -> tuple[Learner, float]:
    """A learner that has studied the store, and the seconds that took."""
    store, learner = SqliteStore(path), Learner()
    began = time.perf_counter()
    Studying(store, learner, lambda: NOW).study()
    spent = time.perf_counter() - began
    store.close()
    return learner, spent


def untaken(taken: "Synchronized[int]") -> Iterator[int]:
    """The numbers of parts, each for one worker alone; where the bot plans, leases see to that."""
    while True:
        with taken.get_lock():
            part = taken.value
            taken.value += 1
        yield part


def work(path: Path, start: Barrier, told: "SimpleQueue[Share]", taken: "Synchronized[int]") -> None:
    """One worker's morning, in a process of its own: study, wait for the others, rank, tell."""
    try:
        learner, spent = studied(path)
        start.wait()
    except BaseException:
        start.abort()
        raise
    share = rank_all(Read(path), Timed(learner), untaken(taken))
    told.put(replace(share, studied=spent, peak_mb=peak_mb()))


def shares_of(path: Path, workers: int) -> list[Share]:
    """What each of so many processes did that share one morning."""
    processes = multiprocessing.get_context("spawn")
    start, told = processes.Barrier(workers, timeout=STUDY_WITHIN), processes.SimpleQueue()
    taken = processes.Value("i", 0)
    with one_thread():
        running = [started(processes, work, path, start, told, taken) for _ in range(workers)]
    for process in running:
        process.join()
    assert all(process.exitcode == 0 for process in running), "a worker failed"
    return [told.get() for _ in running]


def started(processes: SpawnContext, target: Callable[..., None], *given: object) -> SpawnProcess:
    process = processes.Process(target=target, args=given)
    process.start()
    return process


@contextmanager
def one_thread() -> Iterator[None]:
    """Processes started inside calculate with one thread each: there is one for each core already."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({name: value} if value is not None else {})


def one_channel(store: SqliteStore, recommender: Recommender, times: int = 15) -> float:
    """Milliseconds from a reaction to the next pick that knows of it, as `/papers today` makes it; the median.

    Of a process that has picked for the channel before, as the one that planned its morning has.
    """
    spent = []
    paper = store.recent_papers(TODAY, TODAY)[0]
    for subscription in store.subscriptions()[:times]:
        choose(Morning(store, NOW), recommender, subscription, TODAY, WINDOW)
        began = time.perf_counter()
        user = UserId(f"slack:{subscription.channel.workspace}/U1")
        store.set_reaction(Reaction(subscription.channel, user, UP, NOW, paper=paper.id))
        assert choose(Morning(store, NOW), recommender, subscription, TODAY, WINDOW).picks
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def svm(store: SqliteStore, sample: int = 20) -> float:
    """Milliseconds of a core per channel, arxiv-sanity-lite's way: liked papers against all others, features made."""
    papers = store.recent_papers(TODAY - timedelta(days=400), TODAY)
    places = {paper.id: place for place, paper in enumerate(papers)}
    texts = [f"{paper.title} {paper.title} {paper.abstract}" for paper in papers]
    rows = TfidfVectorizer(
        ngram_range=(1, 2), max_features=20_000, sublinear_tf=True, stop_words="english"
    ).fit_transform(texts)
    new = [place for place, paper in enumerate(papers) if paper.announced_on == TODAY]
    subscriptions = store.subscriptions()[:sample]
    began = time.thread_time()
    for subscription in subscriptions:
        profile = Morning(store, NOW).profile(subscription)
        liked = [paper for paper, worth in profile.ratings if worth > 0]
        labels = [0] * len(papers)
        for paper in (*profile.seeds, *liked):
            labels[places[paper.id]] = 1
        machine = LinearSVC(class_weight="balanced", C=0.01, max_iter=10_000, tol=1e-6)
        scores = machine.fit(rows, labels).decision_function(rows[new])
        sorted(zip(scores, new, strict=True), reverse=True)
    return 1000 * (time.thread_time() - began) / len(subscriptions)


def measure(
    channels: int = 10_000,
    papers: int = 1000,
    data: Path | None = None,
    older: int = OLDER,
    workers: int = WORKERS,
) -> dict[str, object]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "papers.db"
        # In a process of its own: what it needs of memory is not what ranking needs.
        processes = multiprocessing.get_context("spawn")
        building = started(processes, build, path, data, channels, papers, older)
        building.join()
        assert building.exitcode == 0, "the store could not be built"
        shares = shares_of(path, workers)
        store, (learner, _) = SqliteStore(path), studied(path)
        ms_one, ms_svm = one_channel(store, learner), svm(store)
        store.close()
    assert sum(share.ranked for share in shares) == channels, "a channel has no picks"
    seconds = max(share.ended for share in shares) - min(share.began for share in shares)
    stages, cpu = stages_of(shares), sum(share.cpu for share in shares)
    return {
        "channels": channels,
        "papers": papers,
        "workers": workers,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb": round(sum(share.peak_mb for share in shares)),
        "ms_one_channel": round(ms_one, 1),
        "ratio_to_svm": round(1000 * cpu / channels / ms_svm, 4),
        "ms_per_channel": {name: round(1000 * spent / channels, 3) for name, spent in stages.items()},
        "svm_ms_per_channel": round(ms_svm, 1),
        "study_seconds": round(max(share.studied for share in shares), 1),
        "ranked": [share.ranked for share in shares],
        "recommender": learner.version,
    }


def stages_of(shares: Sequence[Share]) -> dict[str, float]:
    """Seconds of a core, of all processes together."""
    known = {name: sum(getattr(one, name) for one in shares) for name in ("facts", "recommend")}
    return known | {"rest": sum(one.cpu for one in shares) - sum(known.values())}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--channels", type=int, default=10_000)
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--workers", type=int, default=WORKERS)
    given = parser.parse_args()
    print(json.dumps(measure(given.channels, given.papers, given.data, workers=given.workers)))
