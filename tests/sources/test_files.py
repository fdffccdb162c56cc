"""Files of papers, whole and broken, packed and not."""

import gzip
import json
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.identity import title_id
from bot.model import Link, Paper
from bot.ports import Skipped
from bot.sources.files.load import load, size
from tests.sources.parsers import survives
from tests.sources.site import DATA, HTML, Write, item, lines, rss, sample


def taken(path: Path) -> tuple[list[Paper | Skipped], str]:
    """All that a file gives, and the error that ended it."""
    entries: list[Paper | Skipped] = []
    try:
        for entry in load(path):
            entries.append(entry)
    except SourceError as error:
        return entries, str(error)
    return entries, ""


WANTED = "neither JSON, JSON Lines, arXiv Atom, BibTeX, RIS nor CSV with a title column"
OPML = "a list of feeds (OPML): name the channel that shall read them with --channel"

OWN = {
    "id": "arxiv:2503.11685",
    "title": "CORDIC Is All You Need",
    "abstract": "A\n  short one.",
    "day": "2025-03-18",
}


def test_our_own_lines_with_few_keys(write: Write):
    record = OWN | {"authors": None, "categories": ["cs.AR", "68T50, 68T07", "cs.CV"]}
    assert taken(write("papers.jsonl", lines(record))) == (
        [
            Paper(
                id="arxiv:2503.11685",
                title="CORDIC Is All You Need",
                abstract="A short one.",
                categories=("cs.AR", "cs.CV"),
                url="https://arxiv.org/abs/2503.11685",
                announced_on=date(2025, 3, 18),
                sources=("import",),
            )
        ],
        "",
    )


def test_our_own_lines_with_all_keys(write: Write):
    record = {
        "id": "10.1145/3366423.3380000",
        "title": "A paper",
        "summary": "In short.",
        "authors": ["A. One", "", "B. Two", 3],
        "categories": ["neuroscience"],
        "keywords": ["one", "two", "one"],
        "url": "https://example.org/paper",
        "links": [
            {"label": "code", "url": "https://example.org/code"},
            {"label": "bad", "url": "javascript:1"},
            7,
        ],
        "published_on": "2025-01-02",
        "announced_on": "2025-01-03T23:00:00Z",
        "version": 2,
        "withdrawn": True,
        "upvotes": 0,
        "stars": 5,
        "aliases": ["arXiv:2501.00001v3", "nonsense"],
        "sources": ["openreview"],
    }
    (paper,), error = taken(write("papers.jsonl", lines(record)))
    assert paper == Paper(
        id="doi:10.1145/3366423.3380000",
        title="A paper",
        summary="In short.",
        authors=("A. One", "B. Two"),
        categories=("neuroscience",),
        keywords=("one", "two"),
        url="https://example.org/paper",
        links=(Link("code", "https://example.org/code"),),
        published_on=date(2025, 1, 2),
        announced_on=date(2025, 1, 3),
        version=2,
        withdrawn=True,
        upvotes=0,
        stars=5,
        aliases=("arxiv:2501.00001",),
        sources=("openreview",),
    )
    assert error == ""


@pytest.mark.parametrize(
    ("record", "paper_id"),
    [
        (
            {"title": "MindAgent: Emergent Gaming Interaction"},
            title_id("MindAgent: Emergent Gaming Interaction"),
        ),
        ({"title": "T", "id": "2401.01234v3"}, "arxiv:2401.01234"),
        ({"title": "T", "id": "hep-th/9901001"}, "arxiv:hep-th/9901001"),
        ({"title": "T", "url": "https://arxiv.org/abs/2401.01234v3"}, "arxiv:2401.01234"),
        ({"title": "T", "doi": "https://doi.org/10.1000/ABC"}, "doi:10.1000/abc"),
        ({"title": "T", "url": "https://doi.org/10.1000/ABC"}, "doi:10.1000/abc"),
        ({"title": "T", "id": "hf:report"}, "hf:report"),
        ({"title": "T", "id": "4983"}, title_id("T")),
        ({"title": "T", "id": 4983}, title_id("T")),
        ({"title": "T\ud800", "id": "10.1000/\ud800"}, title_id("T")),
    ],
)
def test_a_paper_gets_the_best_id_that_its_line_names(write: Write, record: dict[str, object], paper_id: str):
    (paper,), _ = taken(write("papers.jsonl", lines(record)))
    assert paper.id == paper_id


def test_lines_of_arxivs_metadata_snapshot(write: Write):
    (first, second), error = taken(DATA / "snapshot.jsonl")
    assert first == Paper(
        id="arxiv:0704.0001",
        title="Calculation of prompt diphoton production cross sections at Tevatron and LHC energies",
        abstract="How many pairs of photons a collider makes.",
        authors=("C. Balázs", "E. L. Berger", "P. M. Nadolsky", "C. -P. Yuan"),
        categories=("hep-ph",),
        url="https://arxiv.org/abs/0704.0001",
        links=(Link("PDF", "https://arxiv.org/pdf/0704.0001"),),
        published_on=date(2007, 4, 2),
        version=2,
        aliases=("doi:10.1103/physrevd.76.013009",),
        sources=("import",),
    )
    assert second.id == "arxiv:hep-th/9901001"
    assert second.authors == ("A. One", "B. Two, Jr.", "C. Three")
    assert (second.categories, second.withdrawn, second.published_on) == (
        ("hep-th", "math-ph"),
        True,
        date(1999, 1, 1),
    )
    assert error == ""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"id": "2401.01234", "title": "Half', "not JSON"),
        (b"nonsense", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"{}", "no title"),
        (b'{"title": " \\u202e "}', "no title"),
        (b'{"title": 7}', "no title"),
        (b'{"submitter": "x", "id": 704.0001, "title": "T"}', "no arXiv id"),
        (b'{"title": "\xff\xfe"}', "not UTF-8"),
        (b'{"a":' * 100_000, "not JSON"),
        (b'{"title": "T", "upvotes": ' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_a_broken_line_is_skipped_by_its_number_and_the_others_load(write: Write, line: bytes, why: str):
    path = write("papers.jsonl", lines(OWN) + b"\n" + line + b"\r\n" + lines({"title": "Last"}))
    (first, skipped, last), error = taken(path)
    assert (first.title, last.title, error) == (OWN["title"], "Last", "")
    assert skipped == Skipped("papers.jsonl line 3", why)


def test_fields_of_a_wrong_kind_are_as_good_as_absent(write: Write):
    record = OWN | {
        "authors": {"a": 1},
        "categories": "cs.CL",
        "links": {"code": 1},
        "day": 7,
        "aliases": [None],
    }
    (paper,), _ = taken(write("papers.jsonl", lines(record)))
    assert (paper.authors, paper.categories, paper.links, paper.announced_on, paper.aliases) == (
        (),
        (),
        (),
        None,
        (),
    )


CSL = {
    "id": "vaswani2017",
    "type": "paper-conference",
    "title": "Attention Is All You Need",
    "container-title": "Advances in Neural Information Processing Systems",
    "author": [
        {"family": "Vaswani", "given": "Ashish"},
        {"family": "Berg", "non-dropping-particle": "van der", "given": "Jane", "suffix": "Jr."},
        {"literal": "The Team"},
        7,
    ],
    "issued": {"date-parts": [["2017", 6, 12]]},
    "DOI": "10.5555/3295222.3295349",
    "URL": "https://example.org/attention",
    "PMID": 123,
    "keyword": "attention, sequence models",
    "abstract": "<jats:p>H<sub>2</sub>O is $\\alpha$ &amp; <i>x</i>.</jats:p>",
}


def test_a_list_in_csl_json(write: Write):
    (paper,), error = taken(write("library.json", json.dumps([CSL]).encode()))
    assert paper == Paper(
        id="doi:10.5555/3295222.3295349",
        title="Attention Is All You Need",
        abstract="H₂O is α & x.",
        authors=("Ashish Vaswani", "Jane van der Berg Jr.", "The Team"),
        keywords=("attention", "sequence models"),
        url="https://example.org/attention",
        published_on=date(2017, 6, 12),
        aliases=("pubmed:123",),
        sources=("import",),
        venue="Advances in Neural Information Processing Systems",
        abstract_as_given=CSL["abstract"],
    )
    assert error == ""
    assert taken(write("library.jsonl", lines(CSL)))[0] == [paper]


@pytest.mark.parametrize(
    ("fields", "paper_id", "aliases"),
    [
        (
            {"note": "arXiv:1706.03762 [cs]"},
            "arxiv:1706.03762",
            ("doi:10.5555/3295222.3295349", "pubmed:123"),
        ),
        ({"DOI": "10.48550/arXiv.1706.03762"}, "arxiv:1706.03762", ("pubmed:123",)),
        (
            {"URL": "http://arxiv.org/abs/1706.03762v5"},
            "arxiv:1706.03762",
            ("doi:10.5555/3295222.3295349", "pubmed:123"),
        ),
        ({"DOI": None, "note": "PMID: 99\nDOI: 10.1000/X"}, "doi:10.1000/x", ("pubmed:123",)),
        ({"DOI": None, "PMID": None, "note": "PMID: 99"}, "pubmed:99", ()),
        (
            {"DOI": 1, "PMID": {}, "note": "an answer to arXiv:1706.03762"},
            title_id("Attention Is All You Need"),
            (),
        ),
    ],
)
def test_every_id_that_a_reference_names_is_kept(
    write: Write, fields: dict[str, object], paper_id: str, aliases: tuple[str, ...]
):
    (paper,), _ = taken(write("library.json", json.dumps([CSL | fields]).encode()))
    assert (paper.id, paper.aliases) == (paper_id, aliases)


@pytest.mark.parametrize(
    ("issued", "day"),
    [
        ({"date-parts": [[2021]]}, date(2021, 1, 1)),
        ({"date-parts": [[2021, 4]]}, date(2021, 4, 1)),
        ({"date-parts": [[2021, 13, 40]]}, date(2021, 1, 1)),
        ({"date-parts": [[None]], "raw": "2021 Mar 5"}, date(2021, 3, 5)),
        ({"literal": "Spring 2020"}, date(2020, 1, 1)),
        ({"date-parts": "2021"}, None),
        ("2019-02-03", date(2019, 2, 3)),
        ({"date-parts": [["٢٠٢١"]]}, None),
        ({"date-parts": [[0]]}, None),
    ],
)
def test_days_of_references(write: Write, issued: object, day: date | None):
    (paper,), _ = taken(write("library.json", json.dumps([CSL | {"issued": issued}]).encode()))
    assert paper.published_on == day


def test_a_list_of_our_own_records_and_of_anything(write: Write):
    entries, error = taken(
        write("list.json", json.dumps([OWN, 7, None, {"title": "T"}, [], {"DOI": "x"}]).encode())
    )
    assert [entry.id for entry in entries if isinstance(entry, Paper)] == ["arxiv:2503.11685", title_id("T")]
    assert [entry for entry in entries if isinstance(entry, Skipped)] == [
        Skipped("list.json item 2", "not a JSON object"),
        Skipped("list.json item 3", "not a JSON object"),
        Skipped("list.json item 5", "not a JSON object"),
        Skipped("list.json item 6", "no title"),
    ]
    assert error == ""


def test_half_a_list_gives_what_was_whole(write: Write):
    whole = json.dumps([CSL] * 3, indent=2).encode()
    entries, error = taken(write("list.json", whole[: -len(whole) // 6]))
    assert [type(entry) for entry in entries] == [Paper, Paper]
    assert error == "list.json: not JSON, or half of it"
    assert taken(write("empty.json", b" [ ] ")) == ([], "")


def test_the_sources_own_words_are_kept_beside_the_readable_ones(write: Write):
    (paper,), _ = taken(write("a.jsonl", lines({"title": r"Fast $\alpha$-divergence", "abstract": "Plain."})))
    assert (paper.title, paper.title_as_given) == ("Fast α-divergence", r"Fast $\alpha$-divergence")
    assert (paper.abstract, paper.abstract_as_given) == ("Plain.", "")
    assert paper.id == title_id("Fast α-divergence")


def test_a_query_answer_kept_as_a_file(write: Write):
    entries, error = taken(DATA / "query.xml")
    assert [entry.title[:7] for entry in entries] == ["Testing", "Frequen", "0", "Active "]
    assert {entry.sources for entry in entries} == {("import",)}
    assert error == ""
    (skipped,), _ = taken(DATA / "error.xml")
    assert skipped == Skipped("error.xml entry 1", "arXiv reports an error: incorrect id format for abc")


def test_an_announcement_feed_kept_as_a_file(write: Write):
    entries, _ = taken(DATA / "cs.CL.rss")
    assert [entry.announced_on for entry in entries] == [date(2025, 6, 12)] * 2 + [None] * 2
    assert taken(DATA / "cs.CL.atom")[0] == entries
    broken, error = taken(write("half.xml", rss(item(1), item(2), end="<item><title>Ha")))
    assert len(broken) == 2
    assert error.startswith("half.xml: half a document")


def test_bibtex_as_people_have_it():
    entries, error = taken(DATA / "library.bib")
    assert error == ""
    assert entries[0] == Paper(
        id="arxiv:0704.0001",
        title="Calculation of Études at √s and 100% of LHC Energies",
        abstract="50% of a short sentence.",
        authors=("C. Balázs", "The DIPHOX Collaboration", "Jane van der Berg"),
        categories=("hep-ph",),
        keywords=("photons", "QCD", "colliders"),
        url="https://arxiv.org/abs/0704.0001",
        links=(Link("PDF", "https://arxiv.org/pdf/0704.0001"),),
        aliases=("doi:10.1103/physrevd.76.013009",),
        sources=("import",),
        title_as_given=r"Calculation of {\'E}tudes at $\sqrt{s}$ and 100% of {LHC} Energies",
        abstract_as_given=r"50\% of a short sentence.",
    )
    assert [entry.id for entry in entries if isinstance(entry, Paper)][1:] == [
        "arxiv:1706.03762",
        "arxiv:2005.14124",
        title_id("A Book under a key used before"),
    ]
    book = entries[-2]
    assert (book.title, book.authors) == ("A Book under a key used before", ("John Roe",))
    assert (book.url, book.published_on) == ("https://example.org/book~1", date(2021, 10, 1))


@pytest.mark.parametrize(
    ("fields", "paper_id", "aliases", "venue"),
    [
        ("pmid = {77}, journal = {The {J}ournal of \\'Etudes}", "pubmed:77", (), "The Journal of Études"),
        ("pmid = 77, doi = {10.1000/x}, booktitle = {P}", "doi:10.1000/x", ("pubmed:77",), "P"),
        ("eprint = {77}, eprinttype = {pubmed}", "pubmed:77", (), ""),
        ("eprint = {77}, journal = {CoRR}", title_id("T"), (), ""),
        ("journal = {arXiv preprint arXiv:2401.01234}, pmid = {PMC1}", "arxiv:2401.01234", (), ""),
        ("journal = {Corrosion Science}", title_id("T"), (), "Corrosion Science"),
    ],
)
def test_bibtex_names_pubmeds_ids_and_venues(
    write: Write, fields: str, paper_id: str, aliases: tuple[str, ...], venue: str
):
    (paper,), _ = taken(write("a.bib", f"@article{{a, title = {{T}}, {fields}}}".encode()))
    assert (paper.id, paper.aliases, paper.venue) == (paper_id, aliases, venue)


def test_broken_bibtex_entries_are_skipped_by_line_and_the_others_load():
    skipped = [entry for entry in taken(DATA / "library.bib")[0] if isinstance(entry, Skipped)]
    assert [entry.what for entry in skipped] == ["library.bib line 16", "library.bib line 24"]
    assert skipped[0].why.startswith("Unexpected block start")
    assert skipped[1].why == "no title"


@pytest.mark.parametrize("year", ["2021", "0", "x", "9" * 12, "9" * 30, "9" * 5000])
def test_a_year_that_is_none_costs_the_day_only(write: Write, year: str):
    (paper,), error = taken(write("a.bib", f"@misc{{a, title={{A}}, year={{{year}}}}}".encode()))
    assert (paper.published_on, error) == (date(2021, 1, 1) if year == "2021" else None, "")


def test_bibtex_in_latin_1(write: Write):
    (paper,), _ = taken(
        write("old.bib", "@misc{a, title={Über alles}, author={Jürgen Groß}}".encode("latin-1"))
    )
    assert (paper.title, paper.authors) == ("Über alles", ("Jürgen Groß",))


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{A}ll {\"o}f {\'E}t\'e \& 5\% \ss \o", "All öf Été & 5% ß ø"),
        ("100% of {it}", "100% of it"),
        (r"50% and \textbf{bold}", "50% and bold"),
        (r"\input{/etc/passwd} x", "x"),
        (r"\unknown{kept} $x_{1}$", "kept x₁"),
        ("{" * 3000 + "\\", "{" * 3000),
    ],
)
def test_latex_in_titles_becomes_text(write: Write, latex: str, text: str):
    path = write("one.bib", f"@misc{{a,\n title = {{{latex}}}\n}}".encode())
    found = taken(path)[0][0]
    assert isinstance(found, Skipped) or found.title == text


@pytest.mark.parametrize("name", ["papers.jsonl.gz", "papers.jsonl", "papers", "papers.bib"])
def test_gzip_and_format_are_known_by_the_content_whatever_the_name(write: Write, name: str):
    (paper,), error = taken(write(name, gzip.compress(lines(OWN))))
    assert (paper.id, error) == ("arxiv:2503.11685", "")
    assert len(taken(write(name, lines(OWN)))[0]) == 1


def test_a_byte_order_mark_is_no_text(write: Write):
    mark = b"\xef\xbb\xbf"
    assert [type(entry) for entry in taken(write("papers.txt", mark + lines(OWN)))[0]] == [Paper]
    assert len(taken(write("a.bib", mark + sample("library.bib")))[0]) == 6
    assert len(taken(write("a.xml", mark + sample("query.xml")))[0]) == 4


def test_several_gzip_files_joined_are_one(write: Write):
    joined = gzip.compress(lines(OWN)) + gzip.compress(lines({"title": "Two"})) + b"\0" * 512
    entries, error = taken(write("papers.gz", joined))
    assert (len(entries), error) == (2, "")


@pytest.mark.parametrize("content", [lines(*[OWN] * 5000), rss(*(item(n) for n in range(5000)))])
def test_a_gzip_file_that_breaks_off_gives_what_was_whole(write: Write, content: bytes):
    packed = gzip.compress(content)
    entries, error = taken(write("papers.gz", packed[: len(packed) // 2]))
    assert 1000 < len(entries) < 5000
    assert all(isinstance(entry, Paper) for entry in entries)
    assert error == "papers.gz: the gzip file breaks off"


def test_a_damaged_gzip_file_is_an_error(write: Write):
    assert taken(write("papers.gz", b"\x1f\x8b" + b"\xff" * 500)) == ([], "papers.gz: damaged gzip")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("page.jsonl", HTML, "a web page, not papers"),
        ("paper.pdf", b"%PDF-1.7 \x00\x01", WANTED),
        ("notes.txt", b"hello", WANTED),
        ("words.csv", b"word,count\na,1\n", "no column named title in the first line"),
        ("other.xml", b"<papers/>", "not a feed: the document is <papers>"),
        ("feeds.xml", b"<?xml version='1.0'?><opml><head/></opml>", OPML),
        ("feeds.opml", b"<outline/>", OPML),
        (
            "library.rdf",
            b"<rdf:RDF xmlns:z='x'/>",
            "Zotero RDF; export the library as CSL JSON, RIS, BibTeX or CSV",
        ),
        ("half.json", b'[{"title": "Half', "not JSON, or half of it"),
        ("deep.json", b"[" * 100_000, "not JSON, or half of it"),
        (
            "bomb.xml",
            b'<!DOCTYPE x [<!ENTITY a "ha">]><rss/>',
            "a document type or entity, which no feed needs",
        ),
        ("wide.jsonl", b'{"title": "' + b"x" * 17_000_000, "a line longer than 16 MB; JSON Lines is wanted"),
        (
            "wide.gz",
            gzip.compress(b'{"title": "' + b"x" * 90_000_000),
            "a line longer than 16 MB; JSON Lines is wanted",
        ),
    ],
)
def test_a_file_of_another_kind_is_an_error_that_names_it(
    write: Write, name: str, content: bytes, reason: str
):
    assert taken(write(name, content)) == ([], f"{name}: {reason}")


def test_an_absent_file_and_a_folder_are_errors(tmp_path: Path):
    assert taken(tmp_path / "absent.jsonl")[1] == "absent.jsonl: no such file or directory"
    assert taken(tmp_path)[1] == f"{tmp_path.name}: is a directory"
    with pytest.raises(SourceError, match=r"absent\.jsonl: no such file or directory"):
        size(tmp_path / "absent.jsonl")


KEYS = st.sampled_from(["date-parts", "raw", "family"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from([*CSL, "note", "container-title", "number"]),
        ANYTHING | st.sampled_from(["T", [[2021]]]),
    )
)
@settings(max_examples=200, deadline=None)
def test_any_csl_item_is_a_paper_or_a_reason(item: dict[str, object]):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.json"
        path.write_text(json.dumps([item]))
        survives(load(path))


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.bib", "empty.ris"])
def test_an_empty_file_holds_no_papers(write: Write, name: str):
    assert taken(write(name, b"")) == ([], "")


def test_progress_counts_the_files_own_bytes_up_to_its_size(write: Write):
    records = [OWN | {"abstract": f"{number * 7919:x} " * 50} for number in range(5000)]
    path = write("papers.jsonl.gz", gzip.compress(lines(*records), compresslevel=0))
    told: list[int] = []
    assert sum(1 for _ in load(path, told.append)) == 5000
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == size(path) == path.stat().st_size
