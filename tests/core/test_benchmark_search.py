import json
from pathlib import Path

import pytest

from benchmarks.search import collection_in, graded_ndcg, judged_by, measure

TOPICS = {"d1": "graph networks", "d2": "deep sets", "d3": "van gogh", "q2": "sets of graphs"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four documents, of which one is a question as well, and judgements in three grades."""
    (tmp_path / "qrels").mkdir()
    rows = [
        {"_id": name, "title": topic, "text": f"About {topic}, at length."} for name, topic in TOPICS.items()
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    texts = {"q1": "graph network", "q2": "sets of graphs", "q3": "x"}
    asked = [{"_id": name, "text": text} for name, text in texts.items()]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    lines = ["query-id\tcorpus-id\tscore", "q1\td1\t2", "q1\td3\t0", "q2\td2\t1", "q2\td1\t1"]
    (tmp_path / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_only_questions_with_an_answer_count(folder: Path) -> None:
    collection = collection_in(folder)
    assert collection.queries.keys() == {"q1", "q2"}
    assert collection.judged == {"q1": {"d1": 2.0}, "q2": {"d2": 1.0, "d1": 1.0}}
    assert len(collection.papers) == len({paper.id for paper in collection.papers.values()}) == 4


def test_grades_are_discounted_by_place() -> None:
    assert graded_ndcg(["a", "b"], {"a": 2.0, "b": 1.0}, 10) == 1.0
    assert graded_ndcg(["x", "a"], {"a": 1.0}, 10) == pytest.approx(0.6309, abs=1e-4)
    assert graded_ndcg(["b", "a"], {"a": 2.0, "b": 1.0}, 10) == pytest.approx(0.8597, abs=1e-4)
    assert graded_ndcg(["x", "a"], {"a": 1.0}, 1) == 0.0


def test_no_document_is_an_answer_to_itself(folder: Path) -> None:
    figures = judged_by(collection_in(folder), lambda _, size: ["q2", "d1", "d2", "d3"][:size])
    # The second question is the first document; the first question has its answer behind it.
    assert (figures["ndcg_at_10"], figures["mrr_at_10"]) == (pytest.approx(0.8155), 0.75)


def test_the_figures_are_of_the_search_itself(folder: Path) -> None:
    figures = measure(folder)
    assert figures["ndcg_at_10"] == figures["recall_at_100"] == figures["mrr_at_10"] == 1.0
    assert figures.keys() >= {"ms_p50", "ms_p99", "index_seconds"}
    assert isinstance(figures["index_bytes"], int)
    assert figures["index_bytes"] > 0
    assert figures["baselines"].keys() == {"bm25s", "fts5", "tfidf_cosine"}  # type: ignore[attr-defined]


def test_a_folder_without_a_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="there is no"):
        collection_in(tmp_path)
