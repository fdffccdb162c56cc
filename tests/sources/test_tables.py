"""Tables of papers: what several exporters and people call their columns."""

from datetime import date
from pathlib import Path

import pytest

from bot.identity import title_id
from bot.model import Paper
from bot.ports import Skipped
from bot.sources.files.load import load
from tests.sources.site import DATA, Write


def loaded(path: Path) -> list[Paper | Skipped]:
    return list(load(path))


def only(write: Write, text: str, name: str = "papers.csv") -> Paper:
    (paper,) = loaded(write(name, text.encode()))
    assert isinstance(paper, Paper), paper
    return paper


def test_zoteros_table():
    first, second = loaded(DATA / "zotero.csv")
    assert first == Paper(
        id="doi:10.1103/physrevd.76.013009",
        title="Calculation of prompt diphoton production cross sections",
        abstract='How many pairs of photons, and "why", on two lines.',
        authors=("C. Balázs", "E. L. Berger"),
        keywords=("photons", "colliders", "hep-ph"),
        url="https://example.org/paper",
        published_on=date(2007, 7, 1),
        sources=("import",),
        venue="Physical Review D",
    )
    assert (second.id, second.published_on, second.venue) == ("arxiv:1706.03762", None, "")
    assert second.authors == ("Ashish Vaswani",)


def test_the_table_of_scopus(write: Write):
    paper = only(
        write,
        '"Authors","Author full names","Title","Year","Source title","DOI","Link","Abstract","Author Keywords"\n'
        '"One A.; Two B.","One, Ann (571900); Two, Bob (572000)","A study","2021","A Journal","10.1000/ABC",'
        '"https://www.scopus.com/x","In short.","first; second"\n',
    )
    assert (paper.id, paper.authors, paper.venue) == ("doi:10.1000/abc", ("Ann One", "Bob Two"), "A Journal")
    assert (paper.keywords, paper.published_on) == (("first", "second"), date(2021, 1, 1))


def test_the_table_of_the_web_of_science_in_utf_16(write: Write):
    text = (
        "PT\tAU\tTI\tSO\tAB\tDI\tPY\tPM\nJ\tÖne, A; Two, B\tA study\tJOURNAL\tShort.\t10.1000/abc\t2020\t77\n"
    )
    (paper,) = loaded(write("savedrecs.txt", text.encode("utf-16")))
    assert (paper.id, paper.aliases, paper.authors) == ("doi:10.1000/abc", ("pubmed:77",), ("A Öne", "B Two"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_a_byte_order_mark(write: Write, delimiter: str):
    rows = [["TITLE", "Arxiv ID", "Abstract"], ["A study", "2401.01234v2", "Short"]]
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)
    paper = only(write, text, "papers")
    assert (paper.id, paper.version, paper.abstract) == ("arxiv:2401.01234", 2, "Short")


@pytest.mark.parametrize(
    ("header", "value", "paper_id"),
    [
        ("id", "arXiv:2401.01234", "arxiv:2401.01234"),
        ("DOI", "doi:10.1000/X", "doi:10.1000/x"),
        ("DOI", "10.48550/arXiv.2401.01234", "arxiv:2401.01234"),
        ("PMID", "77", "pubmed:77"),
        ("PMID", "７７", title_id("T")),
        ("Extra", "PMID: 77", "pubmed:77"),
        ("url", "https://arxiv.org/pdf/2401.01234", "arxiv:2401.01234"),
        ("ID", "DEEP LEARNING; 2401.01234", title_id("T")),
    ],
)
def test_ids_from_any_column(write: Write, header: str, value: str, paper_id: str):
    assert only(write, f"title,{header}\nT,{value}\n").id == paper_id


def test_authors_as_people_write_them(write: Write):
    assert only(write, 'title,authors\nT,"A. One, B. Two and C. Three"\n').authors == (
        "A. One",
        "B. Two",
        "C. Three",
    )
    assert only(write, 'title,authors\nT,"One, A."\n').authors == ("A. One",)
    assert only(write, 'title,authors\nT,"One, A. and Two, B."\n').authors == ("A. One", "B. Two")
    assert only(write, 'title,authors\nT,"Ann One, Bob Two"\n').authors == ("Ann One", "Bob Two")


def test_broken_rows_cost_themselves_alone(write: Write):
    text = (
        'title,doi\nFirst,10.1000/a\n,10.1000/b\nShort\nLong,10.1000/c,more,and,more\n\n"Open,'
        + "x" * 200_000
    )
    entries = loaded(write("a.csv", text.encode()))
    assert [entry.title for entry in entries if isinstance(entry, Paper)] == ["First", "Short", "Long"]
    skipped = [entry for entry in entries if isinstance(entry, Skipped)]
    assert [entry.what for entry in skipped] == ["a.csv line 3", "a.csv line 7"]
    assert skipped[0].why == "no title"


def test_a_table_cut_in_the_middle_gives_what_was_whole(write: Write):
    text = "title,doi\n" + "".join(f"Paper {number},10.1000/{number}\n" for number in range(100)) + '"Half'
    papers = loaded(write("a.csv", text.encode()))
    assert [paper.id for paper in papers[:100]] == [f"doi:10.1000/{number}" for number in range(100)]
    assert len(papers) == 101


def test_text_that_is_no_text(write: Write):
    entries = loaded(write("a.csv", b"title,doi\n\xff\x00\xfe,\x00\nT\r,x\n" + b"\x00" * 1000))
    assert all(isinstance(entry, Paper | Skipped) for entry in entries)
