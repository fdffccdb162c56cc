"""Searching by what words mean: what other words say the same widens and orders what words alone find."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import semantic_search, static_model
from bot.model import Paper
from bot.ports import Hit, Query, Words
from bot.recommend.embedder import embedder_from_settings
from bot.recommend.meaning import MOST_COMPARED, Meaning
from bot.recommend.vector_file import VectorFile
from bot.recommend.vectors import Array, unit
from bot.search.meaning import LIKE_NEAREST, NEAREST, Sense, sense_of_paper, sense_of_query, widened
from tests.papers import DAY, paper

KINDS = (("robot", "automaton"), ("galaxy", "nebula"), ("speech", "utterance"))
PAPERS = [
    paper(
        100 * kind + i,
        f"{names[i % 2]} of kind {i}",
        abstract=" ".join([names[i % 2]] * (1 + i)) + " and this",
        categories=("cs.RO" if i % 4 < 2 else "cs.CL",),
        announced_on=DAY - timedelta(days=i),
    )
    for kind, names in enumerate(KINDS)
    for i in range(30)
]


class Synonyms:
    """Fulfils Embedder: knows three pairs of words, each of which means one thing. The rest of a text is haze."""

    name, dimensions = "synonyms", 4

    def embed(self, texts: Sequence[str]) -> Array:
        counts = [[sum(map(text.lower().count, names)) for names in KINDS] for text in texts]
        known = np.array(counts, np.float32)
        haze = [len(text) % 7 / 10 if row.any() else 0 for text, row in zip(texts, known, strict=True)]
        return unit(np.hstack([known, np.array(haze, np.float32)[:, None]]))


class Shelf:
    """The search of a SearchIndex, by looking at every paper: what is in it, and nothing else."""

    def __init__(self, papers: Sequence[Paper] = PAPERS) -> None:
        self._papers = papers

    def search(self, query: Query, limit: int, offset: int = 0) -> list[Hit]:
        hits = [Hit(one.id, 1.0) for one in self._papers if _holds(one, query)]
        return hits[offset : offset + limit]


def _holds(one: Paper, query: Query) -> bool:
    text, day = f"{one.title} {one.abstract}".lower(), one.announced_on or DAY
    return (
        (query.within is None or one.id in query.within)
        and one.id not in query.beyond
        and all(words.text in text for words in query.wanted)
        and not any(words.text in text for words in query.unwanted)
        and (not query.categories or bool({*query.categories} & {*one.categories}))
        and (query.since is None or day >= query.since)
    )


def a_meaning(papers: Sequence[Paper] = PAPERS, most_compared: int = MOST_COMPARED) -> Meaning:
    meaning = Meaning(Synonyms(), VectorFile(None, Synonyms.dimensions), most_compared=most_compared)
    meaning.embed(papers)
    return meaning


MEANING = a_meaning()


def asked(*wanted: str, **fields: object) -> Query:
    return Query(tuple(map(Words, wanted)), **fields)  # type: ignore[arg-type]


def sense(query: Query, meaning: Meaning = MEANING) -> Sense:
    found = sense_of_query(meaning, query)
    assert found is not None
    return found


def near(query: Query, meaning: Meaning = MEANING) -> list[Paper]:
    stored = {one.id: one for one in PAPERS}
    return [stored[one] for one in sense(query, meaning).near(Shelf(), query)]  # type: ignore[arg-type]


# -- the nearest vectors


def test_the_nearest_are_those_of_the_highest_cosine_in_their_order() -> None:
    towards = MEANING.sense("automaton galaxy galaxy")
    cosines = MEANING.cosines(towards, PAPERS)
    best = [PAPERS[i].id for i in sorted(range(len(PAPERS)), key=lambda i: -cosines[i])]
    found = MEANING.nearest(towards, 40)
    value = {one.id: cosine for one, cosine in zip(PAPERS, cosines, strict=True)}
    assert [value[one] for one in found] == pytest.approx([value[one] for one in best[:40]])
    assert len(set(found)) == 40


@settings(deadline=None)
@given(st.integers(1, 4500), st.integers(0, 5))
def test_all_vectors_are_compared_whatever_their_number(count: int, seed: int) -> None:
    file, chance = VectorFile(None, 3), np.random.default_rng(seed)
    vectors = chance.normal(size=(count, 3)).astype(np.float16)
    with file.alone():
        file.append([chance.bytes(16) for _ in range(count)], vectors)
    towards = chance.normal(size=3).astype(np.float32)
    assert file.cosines(towards) == pytest.approx(vectors.astype(np.float32) @ towards, abs=1e-5)
    file.close()


def test_of_no_vectors_none_is_near() -> None:
    assert a_meaning([]).nearest(MEANING.sense("robot"), 5) == []


def test_a_paper_is_known_again_after_a_restart_once_it_was_handed_in(tmp_path: Path) -> None:
    def opened() -> Meaning:
        return Meaning(Synonyms(), VectorFile(tmp_path / "v", Synonyms.dimensions))

    opened().embed(PAPERS)
    later = opened()
    towards = later.sense("robot")
    assert later.nearest(towards, 3) == []
    assert later.embed(PAPERS) == 0
    assert later.nearest(towards, 3) == MEANING.nearest(towards, 3)


def test_a_paper_whose_text_changed_is_near_to_what_it_says_now() -> None:
    meaning, changed = a_meaning(), replace(PAPERS[0], title="A nebula", abstract="Galaxy.")
    meaning.embed([changed])
    assert changed.id in meaning.nearest(meaning.sense("galaxy"), 31)
    assert changed.id not in meaning.nearest(meaning.sense("robot"), 30)


def test_above_the_limit_only_few_are_compared() -> None:
    meaning = a_meaning(most_compared=len(PAPERS) * 4 - 1)
    towards, within = meaning.sense("robot"), frozenset(one.id for one in PAPERS[:5])
    assert meaning.nearest(towards, 9) == []
    assert set(meaning.nearest(towards, 9, within)) == within
    assert a_meaning(most_compared=len(PAPERS) * 4).nearest(towards, 9) != []


# -- widening


def test_papers_of_other_words_are_found() -> None:
    titles = [one.title for one in near(asked("automaton"))]
    assert len(titles) == NEAREST
    assert any(title.startswith("robot") for title in titles)
    assert not any(title.startswith(("galaxy", "speech")) for title in titles)


def test_the_filters_hold() -> None:
    latest = DAY - timedelta(days=12)
    within = frozenset(one.id for one in PAPERS[:20])
    query = asked(
        "automaton", categories=("cs.RO",), since=latest, within=within, beyond=frozenset([PAPERS[1].id])
    )
    found = near(query)
    assert found
    assert PAPERS[1] not in found
    for one in found:
        assert "cs.RO" in one.categories and one.announced_on >= latest and one.id in within


def test_what_must_not_be_there_is_not() -> None:
    found = near(replace(asked("automaton"), unwanted=(Words("robot"),)))
    assert found
    assert not any("robot" in one.title for one in found)


def test_only_what_lies_near_is_asked_of_the_index() -> None:
    assert {*near(asked("utterance"), a_meaning(PAPERS[-5:]))} == {*PAPERS[-5:]}


def test_a_phrase_must_still_stand_there() -> None:
    query = Query((Words("automaton"), Words("kind 7", phrase=True)))
    assert {one.title for one in near(query)} == {
        "automaton of kind 7",
        "nebula of kind 7",
        "utterance of kind 7",
    }


@pytest.mark.parametrize(
    "query", [Query(), asked("of no known word"), Query((Words("Robot", field="author"),))]
)
def test_where_nothing_is_meant_nothing_is_near(query: Query) -> None:
    assert sense_of_query(MEANING, query) is None


def test_what_only_lies_near_stands_behind_what_words_found() -> None:
    one, two, three = (p.id for p in PAPERS[:3])
    hits = [Hit(one, 3.0), Hit(two, 2.0)]
    assert widened(hits, [two, three]) == [*hits, Hit(three, 2.0)]
    assert widened([], [three]) == [Hit(three, 0.0)]


# -- the order


def test_papers_that_mean_it_come_before_others() -> None:
    found = sense(asked("automaton")).order(PAPERS)
    assert min(found[:30]) > max(found[30:])


def test_a_paper_without_a_vector_counts_as_the_mean() -> None:
    new = paper(999, "Robot")
    found = sense(asked("galaxy and")).order([*PAPERS, new])
    assert found[-1] == pytest.approx(np.mean(found[:-1]))
    assert sense(asked("galaxy and")).order([new]) == [0.0]
    assert sense(asked("galaxy")).order([]) == []


@given(st.integers(0, 89), st.booleans())
def test_no_paper_passes_one_of_that_title_by_its_meaning(number: int, split: bool) -> None:
    wanted = replace(PAPERS[number], title=f"On Robots: {PAPERS[number].title}, again")
    words = PAPERS[number].title.upper()
    query = asked(*words.split()) if split else asked(words)
    candidates = [*PAPERS[:number], wanted, *PAPERS[number + 1 :]]
    found = sense(query).order(candidates)
    assert found[number] == max(found)


@pytest.mark.parametrize("number", range(0, 90, 7))
def test_a_paper_whose_title_is_typed_stands_no_lower_than_by_words_alone(number: int) -> None:
    other = KINDS[(number // 30 + 1) % 3][0]
    wanted = replace(PAPERS[number], abstract=f"{PAPERS[number].abstract} {' '.join([other] * 60)}")
    papers = [*PAPERS[:number], wanted, *PAPERS[number + 1 :]]
    index, query = semantic_search.Words25(papers), asked(wanted.title)
    plain = [hit.paper for hit in index.search(query, 100)]
    both = semantic_search.beside(a_meaning(papers), index, {one.id: one for one in papers}, query)
    assert both.index(wanted.id) <= plain.index(wanted.id)


# -- like a paper


def test_like_a_paper_is_what_means_the_same() -> None:
    found = sense_of_paper(MEANING, PAPERS[0])
    assert found is not None
    near = found.near(Shelf(), Query())  # type: ignore[arg-type]
    assert {*near[:30]} == {one.id for one in PAPERS[:30]}
    assert len(near) == LIKE_NEAREST


def test_a_paper_that_was_not_read_yet_is_read_now() -> None:
    new = paper(999, "Robot")
    found, known = sense_of_paper(MEANING, new), sense_of_paper(MEANING, PAPERS[0])
    assert found is not None and known is not None
    assert found.vector @ known.vector > 0.9
    assert sense_of_paper(MEANING, paper(998, "Of no known word")) is None


def test_a_paper_read_already_is_not_read_again() -> None:
    sense_found = sense_of_paper(MEANING, PAPERS[3])
    assert sense_found is not None
    rows = MEANING.rows([PAPERS[3]])
    assert (sense_found.vector == MEANING.vectors(rows)[0]).all()


# -- the benchmark


def test_the_benchmark_compares_with_and_without_a_model_made_of_the_texts(tmp_path: Path) -> None:
    rows = [{"_id": one.id, "title": one.title, "text": one.abstract} for one in PAPERS]
    rows += [
        {"_id": f"both:{i}", "title": "A robot", "text": "Automaton or robot, both are."} for i in range(3)
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q", "text": "robot 0"}\n{"_id": "idle", "text": "?"}', "utf-8"
    )
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(
        f"query\tpaper\tscore\nq\t{PAPERS[0].id}\t1\nq\tx\t0\n", "utf-8"
    )
    static_model.save_model(tmp_path / "model", [*static_model.texts_in(tmp_path / "corpus.jsonl")], 4)
    model = embedder_from_settings(str(tmp_path / "model"), download=False)
    found = semantic_search.measure(tmp_path, model, most=100)
    assert found["questions"] == 1
    assert found["words"] == found["words_and_meaning"] == {"ndcg_at_10": 1.0, "recall_at_100": 1.0}
    robot, automaton, galaxy = model.embed(["robot", "automaton", "galaxy"])
    assert robot @ automaton > robot @ galaxy
