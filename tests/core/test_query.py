from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ports import Query, Words
from bot.search.days import day_from_text
from bot.search.language import FIELDS, Field
from bot.search.query import MOST_PAGES, MOST_TERMS, MOST_WORDS, Asked, Scope, asked_from_text

TODAY = date(2026, 11, 22)
PARTS = st.sampled_from(
    [
        *(f"{name}:" for name in FIELDS),
        '"',
        "“",
        "-",
        ":",
        " ",
        "http://",
        "arxiv.org/abs/2401.01234",
        "cs.CL",
        "here",
    ]
)
TEXTS = st.text(max_size=500) | st.lists(PARTS | st.text(max_size=8), max_size=30).map("".join)


def asked(text: str) -> Asked:
    return asked_from_text(text, TODAY)


def wanted(*words: Words) -> Query:
    return Query(wanted=words)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("graph networks", wanted(Words("graph networks"))),
        ('"graph networks" survey', wanted(Words("survey"), Words("graph networks", phrase=True))),
        ("“graph networks”", wanted(Words("graph networks", phrase=True))),
        ("title:attention", wanted(Words("attention", field="title"))),
        ('title:"scaling laws"', wanted(Words("scaling laws", phrase=True, field="title"))),
        ("author:vaswani", wanted(Words("vaswani", field="author"))),
        ('AUTHOR:"Yann LeCun"', wanted(Words("Yann LeCun", field="author"))),
        ("-survey", Query(unwanted=(Words("survey", phrase=True),))),
        ("-GPT-4", Query(unwanted=(Words("GPT-4", phrase=True),))),
        ('-"a survey"', Query(unwanted=(Words("a survey", phrase=True),))),
        ("-author:lee", Query(unwanted=(Words("lee", field="author"),))),
        ("cat:CS.cl,cs.LG", Query(categories=("cs.CL", "cs.LG"))),
        ("cat:cs -cat:cs.CV", Query(categories=("cs",), no_categories=("cs.CV",))),
        ("source:arXiv -source:pubmed", Query(sources=("arxiv",), no_sources=("pubmed",))),
        ("since:2026-01 before:2026-03-05", Query(since=date(2026, 1, 1), before=date(2026, 3, 5))),
        ("-since:2025", Query(before=date(2025, 1, 1))),
        ("since:2024 since:2025 since:2023", Query(since=date(2025, 1, 1))),
        ("before:2024 before:2023 before:2025", Query(before=date(2023, 1, 1))),
        ("cells at -80 degrees", wanted(Words("cells at -80 degrees"))),
        ("GPT-4 BERT-base", wanted(Words("GPT-4 BERT-base"))),
        ("BERT: pre-training", wanted(Words("BERT: pre-training"))),
    ],
)
def test_what_is_typed_becomes_a_query(text: str, query: Query) -> None:
    assert asked(text).query == query
    assert not asked(text).notes


@pytest.mark.parametrize(
    ("text", "words", "note"),
    [
        ("nerf since:whenever", "nerf", "“since:whenever” was left out: write a day, a month or a year"),
        ("since:2025-02-30 diffusion", "diffusion", "“since:2025-02-30” was left out: write a day"),
        ("-before:2026-13 diffusion", "diffusion", "write a day"),
        ("order:me diffusion", "diffusion", "“order:me” was left out: write order:us."),
        ("nerf posted:there", "nerf", "write posted:here"),
        ("x -page:3", "x", "write it as a word of its own"),
        ("autor:lecun", "lecun", "“autor:lecun” was searched as words: did you mean author:?"),
        ("flavour:sweet", "flavour sweet", "flavour: means nothing here"),
        ("x page:0", "x", "is no page"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_is_searched(text: str, words: str, note: str) -> None:
    understood = asked(text)
    assert understood.query == wanted(Words(words))
    assert len(understood.notes) == 1
    assert note in understood.notes[0]


@pytest.mark.parametrize(
    ("name", "category", "note"),
    [
        ("robotics", "cs.RO", "“robotics” was taken as the category cs.RO."),
        ("cs.CLL", "cs.CL", "“cs.CLL” was taken as the category cs.CL."),
        ("stat-ml", "stat.ML", "was taken as the category stat.ML"),
        ("cs.QQ", "", "“cs.QQ” was left out: arXiv has no such category; the nearest is cs.SY."),
        ("nosuch", "", "the nearest is nucl-th"),
        ("neuroscience", "neuroscience", ""),
        ("Biophysics", "Biophysics", ""),
        (
            "nutrition",
            "nutrition",
            "“nutrition” is no category of arXiv: only papers are found to which another",
        ),
    ],
)
def test_only_a_category_that_was_certainly_meant_narrows_down(name: str, category: str, note: str) -> None:
    for minus in ("", "-"):
        understood = asked(f"x {minus}cat:{name}")
        query = understood.query
        assert query.wanted == (Words("x"),)
        assert (query.no_categories if minus else query.categories) == ((category,) if category else ())
        assert len(understood.notes) == bool(note)
        assert note in " ".join(understood.notes)


@pytest.mark.parametrize("text", ["](", '"', "-", "🤖", 'title:""', 'author:""', "cat:,", "- & :"])
def test_where_there_is_nothing_to_look_for_it_is_said(text: str) -> None:
    understood = asked(text)
    assert understood.query == Query()
    assert understood.notes == (f"No words to look for in “{text}”; these are the latest papers.",)


@pytest.mark.parametrize("text", ["", "page:2", "cat:cs", "order:us", "posted:here", "since:2026", "-x"])
def test_who_asks_for_no_words_is_not_told_that_there_are_none(text: str) -> None:
    assert not asked(text).notes


def test_a_day_that_cannot_be_is_said() -> None:
    assert "No day is both" in asked("since:2026 before:2025").notes[0]


@pytest.mark.parametrize("text", ["since:2026 before:2025", "word " * (MOST_WORDS + 1)])
def test_what_was_not_heeded_is_told_once(text: str) -> None:
    assert len(asked(text).notes) == 1


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("2401.01234", "arxiv:2401.01234"),
        (" arXiv:2401.01234v2 ", "arxiv:2401.01234"),
        ("https://arxiv.org/abs/2401.01234", "arxiv:2401.01234"),
        ("see https://arxiv.org/pdf/2401.01234v3.pdf, please", "arxiv:2401.01234"),
        ("<https://arxiv.org/abs/2401.01234>", "arxiv:2401.01234"),
        ("10.1038/s41586-021-03819-2", "doi:10.1038/s41586-021-03819-2"),
        ("title:0123456789abcdef01234567", "title:0123456789abcdef01234567"),
        ("attention 2401.01234", None),
        ("title:attention", None),
        ("https://example.org/a", None),
    ],
)
def test_an_id_or_address_is_that_paper(text: str, paper: str | None) -> None:
    assert asked(text).paper == paper


def test_scopes_and_order_are_told_apart_from_words() -> None:
    understood = asked("nerf posted:here -saved:me posted:here order:us")
    assert understood.scopes == (Scope("posted:here"), Scope("saved:me", without=True))
    assert understood.for_us
    assert understood.query == wanted(Words("nerf"))


def test_the_page_is_left_out_of_the_text() -> None:
    understood = asked('page:3 "neural  fields"   -nerf')
    assert (understood.page, understood.text) == (3, '"neural fields" -nerf')
    assert asked("nerf page:9999999999").page == 1
    assert asked("nerf page:99999").page == MOST_PAGES


def test_a_pasted_text_is_words_whatever_stands_in_it() -> None:
    pasted = 'We ask: "why" -- and title:this is -not answered. ' * MOST_TERMS
    query = asked(pasted).query
    assert not query.unwanted
    assert [one.phrase or one.field for one in query.wanted] == [""]
    assert len(query.wanted[0].text.split()) == MOST_WORDS


def test_fields_before_and_behind_a_pasted_text_count_and_those_in_it_are_said_to_mean_nothing() -> None:
    pasted = "word " * MOST_TERMS
    around = asked(f"cat:cs {pasted} since:2026 order:us")
    assert around.query == Query((Words(pasted.strip()),), categories=("cs",), since=date(2026, 1, 1))
    assert around.for_us
    assert not around.notes
    for part in ("cat:cs", "-survey", '"a survey"'):
        inside = asked(f"{pasted} {part} {pasted} posted:here")
        assert inside.query == wanted(Words(" ".join(f"{pasted} {part} {pasted}".split())))
        assert inside.scopes == (Scope("posted:here"),)
        assert "In so long a text" in inside.notes[0]
    assert asked(" ".join(["-author:lee"] * (MOST_TERMS + 1))).query == Query(
        unwanted=(Words("lee", field="author"),)
    )


@given(TEXTS)
@example("title:\ud800")
@example('-"')
@example("page:²")
@example("since:0000-01")
@example("since:9999y")
def test_any_string_is_a_question(text: str) -> None:
    understood = asked(text)
    assert understood.page >= 1
    assert all(words.text.strip() for words in (*understood.query.wanted, *understood.query.unwanted))


@given(TEXTS)
def test_asking_for_the_text_again_is_the_same_question(text: str) -> None:
    first = asked(text)
    again = asked(first.text)
    assert (again.query, again.paper, again.scopes) == (first.query, first.paper, first.scopes)


@given(st.text(alphabet="abcdefgé -", max_size=100))
def test_no_word_is_lost(text: str) -> None:
    query = asked(text).query
    found = " ".join(one.text for one in (*query.wanted, *query.unwanted))
    assert all(word.strip("-") in found for word in text.split() if any(map(str.isalnum, word)))


@pytest.mark.parametrize("row", FIELDS.values(), ids=list(FIELDS))
def test_every_example_of_the_language_is_understood(row: Field) -> None:
    for one in row.examples:
        understood = asked(f"words {one}")
        assert not understood.notes
        assert understood != asked("words")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026", date(2026, 1, 1)),
        ("2026-02", date(2026, 2, 1)),
        ("2026/2/3", date(2026, 2, 3)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 21)),
        ("7d", date(2026, 11, 15)),
        ("2w", date(2026, 11, 8)),
        ("9M", date(2026, 2, 22)),
        ("1y", date(2025, 11, 22)),
        ("2026-02-30", None),
        ("0000", None),
        ("9999y", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert day_from_text(text, TODAY) == day


def test_the_end_of_a_longer_month_is_the_end_of_a_shorter_one() -> None:
    assert day_from_text("1m", date(2026, 3, 31)) == date(2026, 2, 28)
