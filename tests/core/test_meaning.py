"""The meaning of texts beside their words: computed once, kept, looked up, and part of an exact explanation."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model2vec import StaticModel
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from benchmarks import semantic
from bot.app import App, Parts
from bot.build import meaning_of
from bot.errors import SettingsError
from bot.model import Channel, Interest, Paper, Recommendation, Subscription
from bot.ports import Likes, Profile
from bot.recommend import Learner, NewestFirst
from bot.recommend.embedder import embedder_from_settings
from bot.recommend.meaning import Meaning
from bot.recommend.scoring import MEANT
from bot.recommend.vector_file import VectorFile, vector_file_at
from bot.recommend.vectors import Array, unit
from bot.search.fts5 import Fts5Index
from bot.settings import Settings, StoreSettings, TasteSettings
from bot.store.memory import MemoryStore
from bot.studying import Studying
from tests.papers import DAY, paper, shelf, topic_of

WORDS = ["robot", "galaxy", "speech", "protein", "automaton"]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HERE = Channel("slack", "T1", "C1")
PAPERS = shelf(150)
ROBOTS = [p for p in PAPERS if topic_of(p) == "robot"]
AUTOMATON = paper(9001, "Automaton automaton", abstract="Automaton.")


class Synonyms:
    """Fulfils Embedder: knows five words, and that an automaton is a robot. Counts the texts it has read."""

    name, dimensions = "synonyms", 6

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> Array:
        self.read += texts
        counts = np.array([[text.lower().count(word) for word in WORDS] for text in texts], np.float32)
        counts[:, 0] += counts[:, 4]
        noise = [np.random.default_rng(len(text)).normal(size=2) for text in texts]
        return unit(np.hstack([counts[:, :4], 0.1 * np.array(noise)]))


def a_meaning(path: Path | None = None) -> tuple[Meaning, Synonyms]:
    embedder = Synonyms()
    return Meaning(embedder, VectorFile(path, embedder.dimensions)), embedder


def spoken(meaning: Meaning, papers: Sequence[Paper]) -> Array:
    rows = meaning.rows(papers)
    assert (rows >= 0).all()
    return meaning.vectors(rows)


# -- the vectors


def test_each_text_is_read_once(tmp_path: Path) -> None:
    meaning, embedder = a_meaning(tmp_path / "v")
    again = replace(PAPERS[0], upvotes=3)
    assert meaning.embed([*PAPERS[:50], again]) == 50
    assert meaning.embed(PAPERS[:50]) == 0
    later, other = a_meaning(tmp_path / "v")
    assert later.embed(PAPERS[:51]) == 1
    assert (len(embedder.read), len(other.read)) == (50, 1)
    assert spoken(later, [PAPERS[0]]) == pytest.approx(embedder.embed([embedder.read[0]]), abs=1e-3)


def test_a_paper_whose_text_changed_is_read_again() -> None:
    meaning, _ = a_meaning()
    meaning.embed([AUTOMATON])
    assert meaning.rows([replace(AUTOMATON, abstract="Galaxy.")]).tolist() == [-1]


def test_two_processes_share_what_they_compute(tmp_path: Path) -> None:
    (one, _), (other, embedder) = a_meaning(tmp_path / "v"), a_meaning(tmp_path / "v")
    one.embed(PAPERS[:40])
    assert other.embed(PAPERS[:60]) == 20
    assert one.embed(PAPERS[:60]) == 0
    assert len(embedder.read) == 20
    # The other is faster, while this one waits for its turn.
    assert one.embed(PAPERS, lambda: other.embed(PAPERS) >= 0) == 0
    assert (spoken(one, PAPERS[:60]) == spoken(other, PAPERS[:60])).all()


@given(torn=st.integers(1, 27))
def test_what_a_killed_process_left_half_written_is_cut_off(
    tmp_path_factory: pytest.TempPathFactory, torn: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "v"
    a_meaning(path)[0].embed(PAPERS[:3])
    path.write_bytes(path.read_bytes() + b"\xff" * torn)
    meaning, embedder = a_meaning(path)
    assert meaning.count == 3
    assert meaning.embed(PAPERS[:4]) == 1
    assert path.stat().st_size == 4 * (16 + 2 * embedder.dimensions)
    assert a_meaning(path)[0].count == 4


def test_another_model_has_another_file(tmp_path: Path) -> None:
    place = str(tmp_path / "papers.db")
    for model in ("one", "two"):
        vector_file_at(place, model, 6).close()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "papers.db.one.vectors",
        "papers.db.two.vectors",
    ]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"taste\.semantic_vectors: .* cannot be written"):
        vector_file_at(str(tmp_path / "no" / "such"), "one", 6)


def test_it_stops_between_two_batches_and_goes_on_later() -> None:
    meaning, embedder = a_meaning()
    assert meaning.embed(PAPERS[:100], lambda: not embedder.read) == 32
    assert meaning.embed(PAPERS[:100]) == 68
    assert len(embedder.read) == 100


# -- the learner


def learner(embedded: Sequence[Paper]) -> Learner:
    meaning, _ = a_meaning()
    meaning.embed(embedded)
    made = Learner(meaning=meaning)
    made.study(PAPERS, [])
    return made


LIKES_ROBOTS = Profile(ratings=tuple((liked, 1.0) for liked in ROBOTS[:5]))
CANDIDATES = [*PAPERS[400:460], AUTOMATON]


def test_a_paper_of_other_words_is_found_by_its_meaning() -> None:
    plain, meant = learner([]), learner([*PAPERS, AUTOMATON])
    before = plain.explain(LIKES_ROBOTS, CANDIDATES, AUTOMATON)
    after = meant.explain(LIKES_ROBOTS, CANDIDATES, AUTOMATON)
    assert after.score > before.score
    assert dict(after.parts)[MEANT] > 0
    assert MEANT not in dict(before.parts)


def test_a_paper_without_a_vector_gets_nothing_for_its_meaning() -> None:
    meant = learner(PAPERS)
    assert dict(meant.explain(LIKES_ROBOTS, CANDIDATES, AUTOMATON).parts)[MEANT] == 0
    assert dict(meant.explain(LIKES_ROBOTS, CANDIDATES, CANDIDATES[0]).parts)[MEANT] != 0


def test_without_vectors_it_ranks_by_words_alone() -> None:
    words = Learner()
    words.study(PAPERS, [])
    assert learner([]).recommend(LIKES_ROBOTS, CANDIDATES, 20) == words.recommend(
        LIKES_ROBOTS, CANDIDATES, 20
    )
    assert learner(PAPERS[:499]).version == words.version


def test_the_version_names_the_model_once_it_counts() -> None:
    assert learner(PAPERS).version.endswith("+synonyms")


def test_a_vector_that_comes_later_counts_at_once() -> None:
    meaning, _ = a_meaning()
    meaning.embed(PAPERS)
    made = Learner(meaning=meaning)
    made.study(PAPERS, [])
    score = made.explain(LIKES_ROBOTS, CANDIDATES, AUTOMATON).score
    meaning.embed([AUTOMATON])
    assert made.explain(LIKES_ROBOTS, CANDIDATES, AUTOMATON).score > score


def test_what_the_words_say_stays_as_it_is() -> None:
    ratings = tuple((p, 1.0) for p in (*ROBOTS[:8], *PAPERS[1:33:4]))
    profile = Profile(ratings=ratings, ignored=tuple(PAPERS[100:130]))
    plain, meant = learner([]), learner(PAPERS)
    for one in CANDIDATES[:40]:
        words = dict(plain.explain(profile, CANDIDATES, one).parts)
        both = dict(meant.explain(profile, CANDIDATES, one).parts)
        meaning = both.pop(MEANT)
        assert meaning != 0
        if both["words you like"] == words["words you like"]:  # otherwise it stands for another interest now
            assert both == pytest.approx(words, abs=1e-5)


def test_the_parts_add_up_with_several_interests_and_what_was_turned_down() -> None:
    ratings = (*((p, 1.0) for p in (*ROBOTS[:6], *PAPERS[1:25:4])), (PAPERS[2], -1.0))
    profile = Profile((Interest("speech"),), ratings=ratings, ignored=tuple(PAPERS[100:130]))
    made = learner([*PAPERS, AUTOMATON])
    picks = {pick.paper.id: pick.score for pick in made.recommend(profile, CANDIDATES, 61)}
    for one in CANDIDATES:
        told = made.explain(profile, CANDIDATES, one)
        assert sum(value for _, value in told.parts) == pytest.approx(told.score, abs=1e-9)
        assert told.score == picks[one.id]


# -- the model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of model2vec as small as can be."""
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(["[UNK]", *WORDS])}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    path = tmp_path_factory.mktemp("models") / "tiny"
    StaticModel(np.eye(6, 8, dtype=np.float32), tokenizer).save_pretrained(path)
    return path


def test_a_folder_of_model2vec_turns_texts_into_vectors(folder: Path) -> None:
    model = embedder_from_settings(str(folder), download=False)
    found = model.embed(["robot galaxy", "robot", "of no known word"])
    assert model.dimensions == 8
    assert found.shape == (3, 8)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert float(found[0] @ found[1]) == pytest.approx(0.5**0.5, abs=1e-6)


def test_a_model_is_named_by_what_it_is_not_by_where_it_lies(folder: Path, tmp_path: Path) -> None:
    name = embedder_from_settings(str(folder), download=False).name
    moved, other = tmp_path / "moved", tmp_path / "other"
    StaticModel.from_pretrained(folder).save_pretrained(moved)
    changed = StaticModel.from_pretrained(folder)
    changed.embedding = changed.embedding[::-1]
    changed.save_pretrained(other)
    assert embedder_from_settings(str(moved), download=False).name == name
    assert embedder_from_settings(str(other), download=False).name != name


def test_the_network_is_not_touched(folder: Path) -> None:
    code = """if True:
        import sys
        def hook(event, found):
            assert event not in ("socket.connect", "socket.getaddrinfo"), found
        sys.addaudithook(hook)
        from bot.recommend.embedder import embedder_from_settings
        print(embedder_from_settings(sys.argv[1], download=False).embed(["robot"]).shape)
    """
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "(1, 8)\n"), done.stderr


@pytest.mark.parametrize("name", ["no/such-model", "/no/such/folder"])
def test_what_is_no_folder_is_not_looked_for_elsewhere(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        embedder_from_settings(name, download=False)
    (problem,) = caught.value.problems
    assert problem.startswith(f"taste.semantic_model: {name} is no folder")
    assert "taste.semantic_download" in problem


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "model2vec"}', "utf-8")
    with pytest.raises(SettingsError, match=r"taste\.semantic_model: .* holds no model that can be read"):
        embedder_from_settings(str(tmp_path), download=False)


@pytest.mark.skipif(find_spec("sentence_transformers") is not None, reason="it is installed here")
def test_a_missing_library_is_said_with_what_to_type(tmp_path: Path) -> None:
    parts = [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"}]
    (tmp_path / "modules.json").write_text(json.dumps(parts), "utf-8")
    with pytest.raises(SettingsError, match="Type: pip install sentence-transformers"):
        embedder_from_settings(str(tmp_path), download=False)


def test_the_settings_bring_model_and_file_together(folder: Path, tmp_path: Path) -> None:
    store = StoreSettings(url=f"sqlite:///{tmp_path / 'papers.db'}")
    assert meaning_of(Settings(store)) is None
    made = meaning_of(Settings(store, taste=TasteSettings(semantic_model=str(folder))))
    assert made is not None
    assert made.embed(PAPERS[:3]) == 3
    made.close()
    assert [file.name for file in tmp_path.iterdir()] == [f"papers.db.{made.name}.vectors"]


# -- in the background


class Student(NewestFirst):
    """Notes how many papers it is given to study."""

    def __init__(self) -> None:
        self.studied: list[int] = []

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        self.studied.append(len(papers))


def a_studio(papers: Sequence[Paper]) -> tuple[Studying, MemoryStore, Synonyms, list[datetime]]:
    store, (meaning, embedder), now = MemoryStore(), a_meaning(), [NOW]
    store.add_papers(papers)
    return Studying(store, Student(), lambda: now[0], meaning=meaning), store, embedder, now


def test_new_papers_and_seeds_come_before_the_archive() -> None:
    old = [paper(i, f"Old {i}", announced_on=DAY - timedelta(days=60)) for i in range(1, 41)]
    new = [paper(i, f"New {i}") for i in range(101, 111)]
    studying, store, embedder, _ = a_studio([*old, *new])
    store.add_subscription(Subscription(HERE, since=NOW))
    store.add_interest(HERE, Interest("a seed", paper=old[7].id))
    assert studying.embed(lambda: len(embedder.read) < 11) == 11
    assert {text.split("\n")[0] for text in embedder.read} == {p.title for p in (*new, old[7])}
    assert studying.embed(lambda: True) == 39


def test_the_archive_is_gone_through_once_a_day_and_new_papers_always() -> None:
    studying, store, _, now = a_studio([paper(1)])
    assert studying.embed(lambda: True) == 1
    store.add_papers([paper(2, announced_on=DAY - timedelta(days=30)), paper(3)])
    assert studying.embed(lambda: True) == 1
    now[0] += timedelta(days=1)
    assert studying.embed(lambda: True) == 1


def test_nothing_is_computed_where_nothing_may_go_on() -> None:
    studying, _, embedder, _ = a_studio(PAPERS[:5])
    assert studying.embed(lambda: False) == 0
    assert embedder.read == []


def test_it_gives_a_study_its_turn_after_some_minutes() -> None:
    studying, _, embedder, now = a_studio(PAPERS)

    def slow() -> bool:
        now[0] += timedelta(minutes=1)
        return True

    assert studying.embed(slow) == 3 * 32
    assert len(embedder.read) == 96


def test_a_study_follows_once_there_are_enough_vectors() -> None:
    studying, _, _, _ = a_studio(PAPERS)
    assert studying.study()
    assert not studying.study()
    assert studying.embed(lambda: True) == 600
    assert studying.study()
    assert not studying.study()


async def test_the_app_computes_vectors_in_the_background() -> None:
    meaning, embedder = a_meaning()
    store = MemoryStore()
    store.add_papers(PAPERS[:5])
    app = App(
        Parts(store=store, index=Fts5Index(None), recommender=Learner(), clock=lambda: NOW, meaning=meaning)
    )
    assert await app.embed() == 5
    assert len(embedder.read) == 5
    await app.close()


class Asking(NewestFirst):
    """Asks for vectors while it ranks, and notes how many were computed."""

    def __init__(self) -> None:
        self.embed: Callable[[], int] = lambda: -1
        self.computed: list[int] = []

    def recommend(
        self, profile: Profile, candidates: Sequence[Paper], k: int, wild_cards: int = 0
    ) -> list[Recommendation]:
        self.computed.append(self.embed())
        return super().recommend(profile, candidates, k, wild_cards)


async def test_no_vectors_are_computed_while_a_digest_is_being_chosen() -> None:
    meaning, _ = a_meaning()
    store, asking, loop = MemoryStore(), Asking(), asyncio.get_running_loop()
    store.add_papers(PAPERS[:5])
    store.add_subscription(Subscription(HERE, since=NOW - timedelta(days=1)))
    parts = Parts(store=store, index=Fts5Index(None), recommender=asking, clock=lambda: NOW, meaning=meaning)
    app = App(parts)
    asking.embed = lambda: asyncio.run_coroutine_threadsafe(app.embed(), loop).result(10)
    assert await app.plan() == 1
    assert asking.computed == [0]
    assert await app.embed() == 5
    await app.close()


# -- the benchmark


def test_the_benchmark_compares_on_the_same_days_and_keeps_its_vectors(tmp_path: Path) -> None:
    rows = [
        {"id": f"x:{d}-{i}", "title": f"{WORDS[i % 4]} study {i}", "day": f"2026-01-{5 + d:02}"}
        for d in range(3)
        for i in range(60)
    ]
    (tmp_path / "papers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    listed = [row["id"] for row in rows if str(row["title"]).startswith("galaxy")]
    (tmp_path / "channels.jsonl").write_text(json.dumps({"channel": "c", "papers": listed}), "utf-8")
    first, again = Synonyms(), Synonyms()
    found = semantic.measure(tmp_path, first, tmp_path / "v", most_days=2)
    assert semantic.measure(tmp_path, again, tmp_path / "v", most_days=2)["gain"] == found["gain"]
    assert (found["days"], len(first.read), len(again.read)) == (2, 60, 0)
    assert found["per_channel"] == {
        "c": [0.6667, 0.6667, 15]
    }  # ten of the 15 are shown, and all ten are right
