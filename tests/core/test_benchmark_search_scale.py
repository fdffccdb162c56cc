"""The benchmark of large archives, on a small one."""

from itertools import islice
from pathlib import Path

from benchmarks.scale_papers import QUERIES, load_parts, recombined
from benchmarks.search_scale import measure, percentile
from bot.search.analysis import STOP_WORDS


def test_there_are_fifty_queries_of_one_to_six_words() -> None:
    lengths = [sum(word not in STOP_WORDS for word in query.split()) for query in QUERIES]
    assert len(QUERIES) == len(set(QUERIES)) == 50
    assert set(lengths) == {1, 2, 3, 4, 5, 6}


def test_recombined_papers_are_always_the_same_and_all_different() -> None:
    parts = load_parts(Path("there is none"))
    papers = list(recombined(parts, 300))
    assert papers == list(recombined(parts, 300))
    assert len({paper.id for paper in papers}) == 300
    assert len({paper.abstract for paper in papers}) > 290
    assert [paper.id for paper in islice(recombined(parts, 1000), 300)] == [paper.id for paper in papers]


def test_percentiles() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 0.99) == 2.0


def test_its_figures() -> None:
    figures = measure(400)
    assert figures["papers"] == 400
    for name, ours in (("ratios", "ms_p50"), ("ratios_index", "index_ms_p50")):
        assert figures[name] == {
            engine: round(one["ms_p50"] / figures[ours], 2) for engine, one in figures["others"].items()
        }
        assert figures[name].keys() == {"fts5", "bm25s", "tantivy"}
    for name in (
        "build_papers_per_s",
        "ms_p50",
        "ms_p99",
        "autocomplete_ms_p99",
        "bytes_per_paper",
        "peak_mb",
    ):
        assert figures[name] > 0, name
