"""References in RIS, as several exporters write them."""

from datetime import date
from pathlib import Path

import pytest

from bot.identity import title_id
from bot.model import Link, Paper
from bot.ports import Skipped
from bot.sources.files.load import load
from bot.sources.files.ris import looks_like_ris
from tests.sources.site import DATA, Write


def loaded(path: Path) -> list[Paper | Skipped]:
    return list(load(path))


def one(write: Write, *lines: str) -> Paper | Skipped:
    text = "\r\n".join(["TY  - JOUR", *lines, "ER  - ", ""])
    (entry,) = loaded(write("one.ris", text.encode()))
    return entry


def test_a_library_as_a_reference_manager_exports_it():
    entries = loaded(DATA / "library.ris")
    assert entries[0] == Paper(
        id="arxiv:0704.0001",
        title="Calculation of prompt diphoton production cross sections at Tevatron and LHC energies",
        abstract="How many pairs of photons a collider makes, at 10⁻³ of the cost.",
        authors=("C. Balázs", "E. L. Berger", "The DIPHOX Collaboration"),
        keywords=("photons", "colliders"),
        url="https://arxiv.org/abs/0704.0001",
        links=(Link("PDF", "https://arxiv.org/pdf/0704.0001"),),
        aliases=("doi:10.1103/physrevd.76.013009",),
        sources=("import",),
        venue="Physical Review D",
        abstract_as_given="How many pairs of photons a collider makes, at $10^{-3}$ of the cost.",
    )
    second, third, skipped = entries[1:]
    assert (second.id, second.published_on) == ("pubmed:19304878", date(2009, 3, 20))
    assert second.url == "https://pubmed.ncbi.nlm.nih.gov/19304878/"
    assert (third.id, third.published_on) == (title_id("A Book of the Old Style"), date(1999, 1, 1))
    assert third.authors == ("Ada Byron, Jr.",)
    assert skipped == Skipped("library.ris line 37", "the reference breaks off")


def test_a_reference_that_runs_into_the_next_costs_itself_alone(write: Write):
    text = "TY  - JOUR\nTI  - Half\nTY  - JOUR\nTI  - Whole\nER  -\nTY  - JOUR\nER  - \n"
    first, second, third = loaded(write("a.ris", text.encode()))
    assert first == Skipped("a.ris line 1", "the reference breaks off")
    assert (second.title, third) == ("Whole", Skipped("a.ris line 6", "no title"))


@pytest.mark.parametrize(
    ("line", "paper_id"),
    [
        ("DO  - https://doi.org/10.1000/ABC", "doi:10.1000/abc"),
        ("DO  - 10.48550/arXiv.2401.01234", "arxiv:2401.01234"),
        ("UR  - http://arxiv.org/abs/2401.01234v2", "arxiv:2401.01234"),
        ("M1  - arXiv:2401.01234", "arxiv:2401.01234"),
        ("JO  - arXiv preprint arXiv:2401.01234", "arxiv:2401.01234"),
        ("UR  - https://www.ncbi.nlm.nih.gov/pubmed/77", "pubmed:77"),
        ("N1  - builds on DOI: 10.1000/other", title_id("T")),
        ("AN  - 77", title_id("T")),
    ],
)
def test_ids_from_any_field(write: Write, line: str, paper_id: str):
    assert one(write, "TI  - T", line).id == paper_id


def test_one_space_latin_1_and_continued_lines(write: Write):
    text = "\n\nTY - JOUR\nTI - Über\n alles\nAU - Groß, Jürgen\nXX - odd\nER - \n"
    (paper,) = loaded(write("old.txt", text.encode("latin-1")))
    assert (paper.title, paper.authors) == ("Über alles", ("Jürgen Groß",))


@pytest.mark.parametrize(
    "line", ["", "  continued", "ZZ  - odd", "UR  - javascript:alert(1)", "PY  - 99999999"]
)
def test_odd_lines_cost_nothing(write: Write, line: str):
    paper = one(write, line, "TI  - T")
    assert (paper.title, paper.url, paper.published_on) == ("T", "", None)


def test_a_reference_without_end_is_bounded(write: Write):
    (entry,) = loaded(write("long.ris", b"TY  - JOUR\nTI  - T\n" + b"KW  - word\n" * 50_000))
    assert entry == Skipped("long.ris line 1", "the reference breaks off")


def test_what_looks_like_ris():
    assert looks_like_ris(b"\xef\xbb\xbf\r\nTY  - JOUR\r\n")
    assert not looks_like_ris(b"TYPE,title\n")
