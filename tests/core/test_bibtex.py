"""A paper as BibTeX: what a reader of the format makes of it, whatever the paper's words hold."""

import re
from datetime import date

import bibtexparser
import pytest
from bibtexparser.model import Entry
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.bibtex import bibtex, escaped
from bot.model import Link, Paper, PaperId

ATTENTION = Paper(
    PaperId("arxiv:1706.03762"),
    "Attention Is All You Need",
    authors=("Ashish Vaswani", "Noam Shazeer"),
    categories=("cs.CL", "cs.LG"),
    url="https://arxiv.org/abs/1706.03762",
    published_on=date(2017, 6, 12),
)

nasty = st.text(
    st.one_of(st.sampled_from("{}\\$&%#_^~\"'@=, \n"), st.characters(exclude_categories=["Cs", "Cc"])),
    max_size=40,
)


def entry_of(paper: Paper) -> Entry:
    """As bibtexparser reads it: exactly one entry, and nothing that it could not read."""
    library = bibtexparser.parse_string(bibtex(paper))
    assert not library.failed_blocks
    assert len(library.blocks) == 1
    return library.entries[0]


def fields_of(paper: Paper) -> dict[str, str]:
    return {field.key: field.value for field in entry_of(paper).fields}


def test_a_preprint_names_its_archive() -> None:
    entry = entry_of(ATTENTION)
    assert (entry.entry_type, entry.key) == ("misc", "vaswani2017attention")
    assert fields_of(ATTENTION) == {
        "title": "Attention Is All You Need",
        "author": "Ashish Vaswani and Noam Shazeer",
        "year": "2017",
        "eprint": "1706.03762",
        "archivePrefix": "arXiv",
        "primaryClass": "cs.CL",
        "url": "https://arxiv.org/abs/1706.03762",
    }


def test_a_published_paper_is_an_article_with_its_doi() -> None:
    paper = Paper(
        PaperId("doi:10.1038/nature12373"),
        "Nanometre-scale thermometry",
        venue="Nature",
        aliases=(ATTENTION.id,),
    )
    assert entry_of(paper).entry_type == "article"
    fields = fields_of(paper)
    assert (fields["journal"], fields["doi"], fields["eprint"]) == (
        "Nature",
        "10.1038/nature12373",
        "1706.03762",
    )


def test_a_doi_too_long_for_an_id_is_taken_from_the_links() -> None:
    links = (Link("doi", "https://doi.org/10.1000/long"),)
    assert fields_of(Paper(PaperId("doi:" + "a1" * 12), "T", links=links))["doi"] == "10.1000/long"
    assert "doi" not in fields_of(Paper(PaperId("doi:" + "a1" * 12), "T"))


@pytest.mark.parametrize(
    ("paper", "key"),
    [
        (
            Paper(PaperId("arxiv:hep-ex/0307015"), "The top quark", authors=("Ångström, Ö.",)),
            "angstrom2003top",
        ),
        (Paper(PaperId("arxiv:math/9912001"), "On Σ-algebras"), "paper1999sigma"),
        (Paper(PaperId("title:ab"), "你好", authors=("李飞飞",)), "papertitleab"),
        (Paper(PaperId("title:ab"), "The", authors=("Jean-Luc O'Neil",)), "neilthe"),
    ],
)
def test_a_key_is_plain_letters_and_digits(paper: Paper, key: str) -> None:
    assert entry_of(paper).key == key


def test_words_with_capitals_inside_keep_them() -> None:
    assert (
        fields_of(Paper(PaperId("title:ab"), "BERT and mT5: A Study"))["title"] == "{BERT} and {mT5:} A Study"
    )


def test_an_author_that_looks_like_two_stays_one() -> None:
    paper = Paper(PaperId("title:ab"), "T", authors=("Barnes and Noble", "a, b, c, d", "others"))
    assert fields_of(paper)["author"] == "{Barnes and Noble} and {a, b, c, d} and {others}"


def test_what_latex_reads_as_commands_is_escaped_and_letters_of_any_script_stay() -> None:
    assert escaped(r"50% of $x_1$ & é β \end{x}") == (
        r"50\% of \$x\_1\$ \& é β \textbackslash{}end\textbraceleft{}x\textbraceright{}"
    )


@given(title=nasty, author=nasty, venue=nasty, url=nasty, doi=nasty)
def test_hostile_words_stay_inside_their_field(
    title: str, author: str, venue: str, url: str, doi: str
) -> None:
    paper = Paper(PaperId(f"doi:{doi}"), title or "T", authors=(author,), venue=venue, url=url)
    text = bibtex(paper)
    assert text.count("{") == text.count("}")
    assert re.fullmatch(r"[a-z][a-z0-9]*", entry_of(paper).key)
    assert set(fields_of(paper)) <= {"title", "author", "journal", "doi", "url"}
    assert all(not re.search(r"(?<!\\)[$&%#_]", value) for value in (escaped(title), escaped(author)))
