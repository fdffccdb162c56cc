"""The drivers of the learner's benchmarks on tiny folders whose figures can be worked out by hand."""

import csv
import gzip
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks import cold, learning, mixture, replay
from benchmarks.baselines import (
    ArxivSanity,
    Counts,
    LibrarySimilarity,
    PlainRocchio,
    Rocchio,
    ScholarInbox,
    Slots,
    Words,
)
from benchmarks.baselines.library import deal
from benchmarks.folders import channels_in, days_of, papers_in
from benchmarks.pictures import draw_comparison
from benchmarks.readers import Reader, replayed
from bot.model import Paper, PaperId, Recommendation
from bot.ports import Profile
from bot.recommend import NewestFirst

ROOT = Path(__file__).resolve().parents[2]
FIRST = date(2026, 1, 5)
TOPICS = {
    "robots": "robot grasping gripper",
    "galaxies": "galaxy redshift survey",
    "speech": "speech phoneme audio",
}
PNG = b"\x89PNG"
FILL = "ordinary unrelated writing about number"


def row(name, day, words):
    text = {
        "id": name,
        "title": words,
        "abstract": f"{words} in brief",
        "authors": None,
        "categories": ["cs.LG"],
    }
    return text | {"day": (FIRST + timedelta(days=day)).isoformat()}


def folder_of(path, days=16, size=50, topics=TOPICS):
    """Each day brings one paper of each topic, which its channel lists, and other papers."""
    rows = []
    for day in range(days):
        rows += [row(f"{topic}:{day}", day, f"{words} day{day}") for topic, words in topics.items()]
        rows += [row(f"fill:{day}-{i}", day, f"{FILL} w{day}x{i}") for i in range(size - len(topics))]
    with gzip.open(path / "papers.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    channels = [{"channel": topic, "papers": [f"{topic}:{day}" for day in range(days)]} for topic in topics]
    (path / "channels.jsonl").write_text("".join(json.dumps(channel) + "\n" for channel in channels))
    return path


def table(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("channel", "paper"), *rows])


class Scripted:
    """Fulfils Ranker: what is on the list comes first, in its order; all else follows in the order given."""

    version = "scripted"

    def __init__(self, *first):
        self.first = first
        self.studied = []
        self.profiles = []

    def study(self, papers, libraries):
        self.studied.append((len(papers), libraries))

    def recommend(self, profile, candidates, k, wild_cards=0):
        self.profiles.append(profile)
        by_id = {paper.id: paper for paper in candidates}
        ahead = [by_id.pop(PaperId(name)) for name in self.first if name in by_id]
        ordered = [*ahead, *by_id.values()]
        return [Recommendation(paper, -float(i), "") for i, paper in enumerate(ordered[:k])]

    def questions(self, profile, candidates, k):
        return list(candidates[:k])


def test_papers_keep_the_ids_and_days_of_the_file(tmp_path):
    rows = [row("citeulike-a:7", 0, "Some title"), {"id": "no-title", "title": "", "day": "2026-01-05"}]
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    papers = papers_in(tmp_path)
    assert [(paper.id, paper.authors) for paper in papers.values()] == [("citeulike-a:7", ())]
    assert list(days_of(papers)) == [FIRST]


def test_a_folder_without_papers_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"holds no papers\.jsonl"):
        papers_in(tmp_path)


def test_replay_figures_by_hand(tmp_path):
    # Seeds: days 0–4. Days 5–9 follow; the list puts the topic's paper first on three of them, the others end below
    # the ten that are shown, because 50 other papers come first in the file.
    rows = [row(f"f:{d}-{i}", d, f"{FILL} {i}") for d in range(10) for i in range(50)]
    rows += [row(f"t:{d}", d, "topic") for d in range(10)]
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    days = days_of(papers_in(tmp_path))
    ranker = Scripted("t:5", "t:6", "t:9")
    found = replay.compare(ranker, [NewestFirst()], days, {"c": [PaperId(f"t:{d}") for d in range(10)]})
    assert found["recall_at_10"] == 3 / 5
    assert found["auc"] == 3 / 5  # first of all on three days, last of all on two
    assert found["channels"] == {"c": 3 / 5}
    assert found["baselines"]["newest-1"]["auc"] == 0.5  # one day's papers are all equally new


def test_a_profile_knows_earlier_days_only():
    days = {
        FIRST + timedelta(days=d): [paper(f"{kind}{d}-{i}", d) for kind in "tf" for i in range(30)]
        for d in (1, 2)
    }
    seed = paper("seed", 0)
    ranker = Scripted("t1-0", "f1-0")
    replayed([ranker], days, lambda: [Reader("c", (seed,), (frozenset({PaperId("t1-0")}),))], with_auc=False)
    first, second = ranker.profiles
    assert (first.seeds, first.ratings, first.ignored) == ((seed,), (), ())
    assert [(one.id, worth) for one, worth in second.ratings] == [("t1-0", 1.0)]
    assert len(second.ignored) == 9


def paper(name, day):
    return Paper(PaperId(name), name, announced_on=FIRST + timedelta(days=day))


def test_short_days_are_known_and_not_ranked():
    days = {FIRST + timedelta(days=1): [paper(f"p{i}", 1) for i in range(49)]}
    ranker = Scripted()
    replayed([ranker], days, lambda: [Reader("c", (paper("seed", 0),), (frozenset(),))])
    assert not ranker.profiles


def test_it_studies_when_the_known_papers_have_grown_by_half():
    days = {FIRST + timedelta(days=d): [paper(f"p{d}-{i}", d) for i in range(250)] for d in range(6)}
    ranker = Scripted()
    replayed([ranker], days, list)
    assert ranker.studied == [(500, []), (750, []), (1250, [])]


def test_mixture_figures_by_hand(tmp_path):
    days = days_of(papers_in(folder_of(tmp_path, days=8)))
    papers = [f"robots:{d}" for d in range(4, 8)] + ["speech:4"]
    # All topics' papers come first in the file; what is listed for nobody is put before those not on the list.
    fill = [f"fill:{d}-{i}" for d in range(8) for i in range(12)]
    found = mixture.compare(Scripted(*papers, *fill), [], days, channels_in(tmp_path))
    assert found["mixtures"] == {"robots + galaxies + speech": [1.0, 0.0, 0.25]}
    assert found["recall_at_10"] == round(5 / 12, 4)
    assert found["worst_interest"] == 0


def test_mixtures_are_the_named_ones_or_triples_in_order():
    assert mixture.mixtures_of([*mixture.NAMED[0], "x"]) == mixture.NAMED[:1]
    assert mixture.mixtures_of("abc") == (("a", "b", "c"),)
    assert mixture.mixtures_of("abcdef") == (
        ("a", "b", "c"),
        ("a", "c", "e"),
        ("b", "c", "d"),
        ("b", "e", "f"),
    )


def test_a_mixture_has_four_seeds_of_each_and_looks_for_the_rest(tmp_path):
    folder_of(tmp_path, days=6)
    reader = mixture.reader_of(tuple(TOPICS), channels_in(tmp_path), papers_in(tmp_path))
    assert len(reader.seeds) == 12
    assert reader.since == FIRST + timedelta(days=3)
    assert [sorted(topic) for topic in reader.topics] == [[f"{name}:4", f"{name}:5"] for name in TOPICS]


def cold_folder(path):
    rows = [{"id": f"x:{i}", "title": f"title {i}"} for i in range(400)]
    (path / "papers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    table(path / "train.csv", [("u1", "x:0"), ("u2", "x:1"), ("u2", "x:2")])
    table(path / "test.csv", [("u1", "x:100"), ("u1", "x:101"), *(("u2", f"x:{i}") for i in range(102, 400))])
    return path


def test_cold_figures_by_hand(tmp_path):
    # Ranked in the order of the table: x:100 and x:101 are the first two, then those of u2.
    ranker = Scripted()
    found = cold.compare(ranker, [], cold_folder(tmp_path), None)
    assert found["recall_at_50"] == round((1 + 48 / 298) / 2, 4)
    assert found["recall_at_100"] == round((1 + 98 / 298) / 2, 4)
    assert found["recall_at_300"] == 1.0
    assert 0.5 < found["ndcg_at_20"] < 1
    assert ranker.studied == [(400, [[("x:0", 1.0)], [("x:1", 1.0), ("x:2", 1.0)]])]
    assert [paper.id for paper, _ in ranker.profiles[1].ratings] == ["x:1", "x:2"]


def test_fewer_libraries_rank_the_same_unseen_papers(tmp_path):
    found = cold.compare(Scripted("x:399"), [], cold_folder(tmp_path), 1)
    assert found["recall_at_50"] == 1.0
    assert found["ndcg_at_20"] < 1  # a paper of the library that was left out stands first


def test_lessons_by_hand(tmp_path):
    folder_of(tmp_path, days=12)
    lesson = learning.lessons_of(days_of(papers_in(tmp_path)), channels_in(tmp_path))[0]
    assert (len(lesson.taught), len(lesson.measured)) == (6, 6)
    assert {name.partition(":")[0] for name in lesson.dislikes} == {"galaxies", "speech", "fill"}
    # The scripted one shows the listed paper first in the first half and never in the other.
    ranker = Scripted(*(f"robots:{day}" for day in range(6)))
    fill = [f"fill:{day}-{i}" for day in range(12) for i in range(12)]
    ranker.first += tuple(fill)
    steps = list(learning.taught(ranker, lesson, learning.WAYS["plain"]))
    assert len(steps) == 1 + 6 * 5
    assert [worth for _, worth in steps[5].profile.ratings] == [1.0, -1.0, -1.0, -1.0, -1.0]
    curve, share = learning.curve(ranker, lesson, learning.WAYS["plain"])
    assert curve == [0.0] * len(learning.REACTIONS)
    assert share == 1 / 5


def test_active_learning_asks_first_and_shows_nothing_twice(tmp_path):
    lesson = learning.lessons_of(days_of(papers_in(folder_of(tmp_path, days=12))), channels_in(tmp_path))[0]
    steps = list(learning.taught(Scripted(), lesson, learning.WAYS["active learning"]))
    asked = [paper.id for paper, _ in steps[5].profile.ratings]
    assert asked == [paper.id for paper in lesson.taught[0][:5]]
    rated = [paper.id for paper, _ in steps[-1].profile.ratings]
    assert len(set(rated)) == len(rated) == 5 + 6 * 5


@pytest.mark.parametrize("kind", [PlainRocchio, Rocchio, LibrarySimilarity, ArxivSanity, ScholarInbox, Slots])
def test_every_baseline_finds_the_topic(tmp_path, kind):
    papers = papers_in(folder_of(tmp_path, days=4))
    days = list(days_of(papers).values())
    ranker = kind(Words(Counts(papers.values())))
    ranker.study([paper for day in days[:3] for paper in day], [])
    likes = tuple((papers[PaperId(f"galaxies:{day}")], 1.0) for day in range(3))
    picks = ranker.recommend(Profile(ratings=likes), days[3], len(days[3]))
    assert picks[0].paper.id == "galaxies:3"
    assert sorted(pick.paper.id for pick in picks) == sorted(paper.id for paper in days[3])


def test_what_another_queue_gave_costs_no_turn():
    assert deal([iter([1, 2, 3]), iter([1, 3, 2])]) == [1, 3, 2]


def test_slots_are_dealt_in_turn(tmp_path):
    papers = papers_in(folder_of(tmp_path, days=6))
    words = Words(Counts(papers.values()))
    words.study(list(papers.values()))
    likes = tuple((papers[PaperId(f"{topic}:{day}")], 1.0) for topic in TOPICS for day in range(3))
    fresh = [one for one in papers.values() if one.announced_on >= FIRST + timedelta(days=4)]
    picks = Slots(words).recommend(Profile(ratings=likes), fresh, 6)
    for turn in (picks[:3], picks[3:]):
        assert {pick.paper.id.partition(":")[0] for pick in turn} == set(TOPICS)


def test_what_is_ignored_pushes_away(tmp_path):
    papers = papers_in(folder_of(tmp_path, days=4))
    ranker = Rocchio(Words(Counts(papers.values())))
    likes = ((papers[PaperId("robots:0")], 1.0), (papers[PaperId("speech:0")], 1.0))
    fresh = [papers[PaperId("robots:3")], papers[PaperId("speech:3")]]
    ranker.study(list(papers.values()), [])
    ignored = (papers[PaperId("robots:1")], papers[PaperId("robots:2")])
    picks = ranker.recommend(Profile(ratings=likes, ignored=ignored), fresh, 2)
    assert [pick.paper.id for pick in picks] == ["speech:3", "robots:3"]


def last_line(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_the_last_line_of_replay_is_its_figures(tmp_path):
    found = last_line("benchmarks.replay", folder_of(tmp_path, days=7))
    assert {"recall_at_10", "auc", "ms_per_channel_day", "baselines"} <= found.keys()
    names = {
        "arxiv-sanity-lite",
        "scholar-inbox",
        "zotero-arxiv-daily",
        "plain-rocchio",
        "newest-1",
        "random",
    }
    assert names <= found["baselines"].keys()
    assert found["recall_at_10"] == 1.0


def test_the_last_line_of_mixture_is_its_figures(tmp_path):
    found = last_line("benchmarks.mixture", folder_of(tmp_path, days=6))
    assert {"recall_at_10", "worst_interest", "baselines"} <= found.keys()
    assert {"plain-rocchio", "rocchio", "k-means-slots"} == found["baselines"].keys()


def test_the_last_line_of_cold_is_its_figures(tmp_path):
    found = last_line("benchmarks.cold", cold_folder(tmp_path))
    keys = {"recall_at_50", "recall_at_100", "recall_at_300", "ndcg_at_20", "seconds", "baselines"}
    assert keys <= found.keys()
    assert {"plain-rocchio", "random"} == found["baselines"].keys()


def test_the_last_line_of_learning_is_its_curve_and_a_picture_is_drawn(tmp_path):
    found = last_line(
        "benchmarks.learning", folder_of(tmp_path, days=8), "--channels", 1, "--pictures", tmp_path
    )
    assert found["curve"].keys() == set(learning.WAYS)
    assert list(found["curve"]["plain"]) == ["0", "1", "3", "5", "10", "20", "50"]
    assert (tmp_path / "learning.png").read_bytes().startswith(PNG)


def test_the_comparison_is_drawn_where_it_was_measured(tmp_path):
    path = tmp_path / "comparison.png"
    draw_comparison({}, path)
    assert not path.exists()
    rows = {"random": {"recall_at_10": 0.02}, "newest-1": {"recall_at_10": None}}
    draw_comparison({"version": "learner", "recall_at_10": 0.8, "baselines": rows}, path)
    assert path.read_bytes().startswith(PNG)
