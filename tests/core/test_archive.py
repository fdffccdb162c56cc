from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Paper, PaperId
from bot.ports import Query
from bot.search.archive import RANKED, Archive, Found, Page, search, similar, suggestion
from bot.search.catchup import catch_up
from bot.search.query import asked_from_text
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.core.test_search_meaning import a_meaning

WRITTEN = (
    "graph",
    "networks",
    '"graph',
    'networks"',
    "-roads",
    "title:deep",
    'author:"j gilmer"',
    "cat:cs",
    "since:2w",
    "-",
    ":",
    "\ud800",
    "the",
    "a" * 70,
)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NETS = "Graph networks pass messages between nodes of molecules and learn their energies."


def paper(number: int, title: str, abstract: str = "", **more: object) -> Paper:
    return Paper(PaperId(f"arxiv:2401.{number:05}"), title, abstract, **more)  # type: ignore[arg-type]


PAPERS = (
    paper(1, "Deep sets", "We study functions on sets.", authors=("Manzil Zaheer",)),
    paper(2, "Message passing for molecules", NETS, authors=("Justin Gilmer", "Oriol Vinyals")),
    paper(
        3, "Energies of molecules from graph networks", f"{NETS} We predict energies.", categories=("cs.LG",)
    ),
    paper(
        4, "A survey of graph networks", "What is known of networks on graphs.", published_on=date(2020, 1, 1)
    ),
    paper(5, "Painting by van Gogh", "Sunflowers.", sources=("feed:https://lab.example/feed",)),
    paper(6, "Networks of roads", "A graph of roads has nodes and networks of its own."),
    *(
        paper(100 + n, f"Roads of region {n}", "Traffic and nodes.", published_on=date(2025, 1, 1))
        for n in range(240)
    ),
)


@pytest.fixture
def archive() -> Iterator[Archive]:
    store, index = MemoryStore(), TantivyIndex(None)
    store.add_papers(PAPERS)
    catch_up(index, store)
    yield Archive(index, store, NOW)
    index.close()
    store.close()


def asked(text: str) -> Query:
    return asked_from_text(text, NOW.date()).query


def titles(page: Page) -> list[str]:
    return [one.paper.title for one in page.found]


def found(archive: Archive, text: str, size: int = 5, offset: int = 0) -> list[str]:
    return titles(search(archive, asked(text), size, offset))


def test_the_title_that_was_typed_comes_first(archive: Archive) -> None:
    assert found(archive, "deep sets")[0] == "Deep sets"
    assert found(archive, "survey graph networks")[0] == "A survey of graph networks"


def test_what_was_found_is_shown_where_it_stands(archive: Archive) -> None:
    one = search(archive, asked("molecules energies"), 1).found[0]
    assert isinstance(one, Found)
    assert one.excerpt.startswith("Graph networks pass")
    assert set(one.marks) == {"Energies", "energies", "molecules"}


def test_pages_follow_one_another_without_a_repeat(archive: Archive) -> None:
    whole = found(archive, "roads nodes", 300)
    assert len(whole) == len(set(whole)) == 243
    pages = [search(archive, asked("roads nodes"), 50, offset) for offset in range(0, 300, 50)]
    assert [title for page in pages for title in titles(page)] == whole
    assert [page.more for page in pages] == [True] * 4 + [False] * 2


def test_no_more_is_told_where_the_last_page_is_full(archive: Archive) -> None:
    assert not search(archive, asked("roads nodes"), 243).more
    assert search(archive, asked("roads nodes"), 242).more


def test_what_the_asker_may_not_see_is_not_found(archive: Archive) -> None:
    public = replace(archive, visible=lambda one: not one.sources)
    assert found(archive, "sunflowers") == ["Painting by van Gogh"]
    assert found(public, "sunflowers") == []


def test_a_page_is_filled_although_the_first_hundred_are_hidden(archive: Archive) -> None:
    hidden = {hit.paper for hit in archive.index.search(asked("region"), RANKED)}
    rest = replace(archive, visible=lambda one: one.id not in hidden)
    assert len(found(rest, "region", 200)) == 240 - RANKED


def test_a_paper_that_is_gone_from_the_store_is_passed_over(archive: Archive) -> None:
    other = MemoryStore()
    other.add_papers(PAPERS[:2])
    assert found(replace(archive, store=other), "molecules") == ["Message passing for molecules"]


def test_two_entries_that_were_merged_since_are_one_paper(archive: Archive) -> None:
    other = MemoryStore()
    other.add_papers([replace(PAPERS[1], aliases=(PAPERS[2].id,))])
    assert len(found(replace(archive, store=other), "molecules")) == 1


def test_without_words_the_latest_come_first(archive: Archive) -> None:
    archive.store.add_papers(
        [paper(7, "New", published_on=date(2026, 11, 1)), paper(8, "Newer", announced_on=NOW.date())]
    )
    catch_up(archive.index, archive.store)
    assert found(archive, "since:2026", 5) == ["Newer", "New"]


def test_an_order_of_the_channels_own_decides_among_what_was_found(archive: Archive) -> None:
    def short_titles(papers: Sequence[Paper]) -> list[float]:
        return [-float(len(one.title)) for one in papers]

    plain = search(archive, asked("graph networks"), 5)
    ours = search(archive, asked("graph networks"), 5, orders=[short_titles] * 9)
    assert set(titles(ours)) == set(titles(plain))
    assert titles(ours) == sorted(titles(plain), key=len)
    assert found(archive, "nothingofthekind") == []


def test_behind_the_few_with_the_phrase_come_those_with_its_words(archive: Archive) -> None:
    page = search(archive, asked('"graph of roads" nodes'), 5)
    assert titles(page)[0] == "Networks of roads"
    assert len(page.found) == 5
    assert page.loosened
    assert not search(archive, asked('"graph of roads"'), 1).loosened


def test_where_enough_have_the_phrase_no_others_follow(archive: Archive) -> None:
    page = search(archive, asked('"traffic and nodes"'), 300)
    assert len(page.found) == 240
    assert not page.loosened


def test_a_paper_is_found_by_a_part_of_a_name(archive: Archive) -> None:
    assert found(archive, "author:vinyals") == ["Message passing for molecules"]


def test_papers_like_one_are_about_the_same_and_never_itself(archive: Archive) -> None:
    page = similar(archive, PAPERS[1], 2)
    assert titles(page)[0] == "Energies of molecules from graph networks"
    assert PAPERS[1].id not in [one.paper.id for one in similar(archive, PAPERS[1], 50).found]


def test_another_description_of_the_same_work_is_not_like_it(archive: Archive) -> None:
    work = paper(
        900, "Energies of molecules learned from quantum data", NETS, authors=("Ada Byron", "Emmy Noether")
    )
    twin = replace(work, id=PaperId("doi:10.1/x"), title="Energies of Molecules Learned from Quantum Data.")
    later = replace(
        work, id=PaperId("arxiv:2401.00901"), title="Energies of molecules, learned from quantum data"
    )
    archive.store.add_papers([later])
    catch_up(archive.index, archive.store)
    for one in (work, twin):
        assert later.id not in [other.paper.id for other in similar(archive, one, 50).found]
    assert later.id in [other.paper.id for other in similar(archive, PAPERS[1], 5).found]


def test_a_paper_without_a_known_word_has_none_like_it(archive: Archive) -> None:
    assert similar(archive, paper(901, "Zzz", "Qqq xyzzy"), 5) == Page()


def test_similar_papers_come_in_pages(archive: Archive) -> None:
    whole = titles(similar(archive, PAPERS[-1], 40))
    assert [title for at in (0, 20) for title in titles(similar(archive, PAPERS[-1], 20, at))] == whole


def test_a_word_that_nobody_has_is_replaced_by_one_like_it(archive: Archive) -> None:
    assert suggestion(archive, asked("traffic in reegions")) == "traffic in region"
    assert suggestion(archive, asked("Raods of regoin")) == "roads of region"
    assert suggestion(archive, asked('"raods of region" cat:cs')) == '"roads of region"'
    assert suggestion(archive, asked("graph networks")) == ""
    assert suggestion(archive, Query()) == ""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("title:raods", "title:roads"),
        ('title:"raods of region" nodes', 'title:"roads of region" nodes'),
        ("author:gillmer cat:cs", "author:gilmer cat:cs"),
        ('-survey author:"Oriol Vinylas"', '-survey author:"Oriol vinyals"'),
        ("regoin posted:here since:2020", "region posted:here since:2020"),
        ("author:zahere", "author:zaheer"),
        ("author:gilmer", ""),
        ('author:"o vinyals"', ""),
        ("author:nobody", ""),
        ('author:""', ""),
    ],
)
def test_fields_are_corrected_too_and_the_rest_of_the_text_stays(
    archive: Archive, text: str, meant: str
) -> None:
    assert suggestion(archive, asked(text), text) == meant


def test_a_suggestion_without_the_text_has_its_fields(archive: Archive) -> None:
    query = asked('regoin title:raods author:"oriol vinylas" cat:cs')
    assert suggestion(archive, query) == 'region title:roads author:"oriol vinyals"'


def test_a_rare_word_is_no_misspelling_of_one_that_is_hardly_less_rare(archive: Archive) -> None:
    # Two letters apart; of a small archive, 1 of 500 papers is none.
    few = [paper(1000 + n, f"Lamps {n}", "Lamps shine.") for n in range(1000)]
    some = [paper(3000, "Catering for guests")]
    archive.store.add_papers([*few, *some])
    catch_up(archive.index, archive.store)
    assert suggestion(archive, asked("catenin")) == ""
    assert suggestion(archive, asked("caterng")) == "catering"
    more = [paper(3100 + n, f"Catering for {n} guests") for n in range(9)]
    archive.store.add_papers(more)
    catch_up(archive.index, archive.store)
    assert suggestion(archive, asked("catenin")) == "catering"


def test_what_some_papers_have_is_doubted_only_beside_a_hundred_times_as_many(archive: Archive) -> None:
    rare = [paper(3000, "Toads"), paper(3001, "Raods"), paper(3002, "Raods"), paper(3003, "Raods")]
    archive.store.add_papers(rare)
    catch_up(archive.index, archive.store)
    assert suggestion(archive, asked("toads")) == "roads"
    assert suggestion(archive, asked("raods")) == ""


def test_a_word_that_titles_know_without_its_hyphen_is_offered(archive: Archive) -> None:
    archive.store.add_papers([paper(3000, "AlphaFold at work"), paper(3001, "BERT-base", "Alpha and fold")])
    catch_up(archive.index, archive.store)
    assert suggestion(archive, asked("Alpha-Fold cat:cs"), "Alpha-Fold cat:cs") == "alphafold cat:cs"
    assert suggestion(archive, asked("BERT-base alpha-road")) == ""


def test_what_means_the_same_is_found_and_leads_where_words_say_nothing(archive: Archive) -> None:
    kin = [
        paper(700 + n, title, "Nothing else.")
        for n, title in enumerate(("robot one", "automaton two", "robot six"))
    ]
    archive.store.add_papers(kin)
    catch_up(archive.index, archive.store)
    wise = replace(archive, meaning=a_meaning(kin))
    assert "automaton two" not in found(archive, "robot")
    assert found(wise, "robot")[-1] == "automaton two"
    assert titles(similar(wise, kin[0], 2)) == ["robot six", "automaton two"]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=500) | st.lists(st.sampled_from(WRITTEN), max_size=12).map(" ".join))
def test_any_string_has_an_answer(archive: Archive, text: str) -> None:
    query = asked(text)
    page = search(archive, query, 5)
    assert len(page.found) <= 5
    assert len({one.paper.id for one in page.found}) == len(page.found)
    assert isinstance(suggestion(archive, query), str)
