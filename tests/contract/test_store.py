"""Papers, in every store: added, merged, found by any id, read in order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.identity import title_id
from bot.model import Link, Paper, PaperId
from bot.ports import Added, Store
from bot.store.memory import MemoryStore
from tests.store.samples import DAY, paper

FULL = paper(
    1,
    abstract="All about it.",
    summary="It is.",
    authors=("Ada Lovelace", "Émilie du Châtelet"),
    categories=("cs.CL", "stat.ML"),
    keywords=("numbers",),
    url="https://arxiv.org/abs/2601.00001",
    links=(Link("code", "https://example.org/a"), Link("page", "https://example.org/b")),
    published_on=date(2026, 1, 2),
    version=2,
    withdrawn=True,
    upvotes=7,
    stars=0,
    aliases=(PaperId("doi:10.1/one"), PaperId("hf:one")),
    sources=("arxiv", "huggingface"),
    labs=("Analytical Engines", "École"),
    venue="Proc. of 1843",
    citations=0,
    title_as_given="$1$",
    abstract_as_given="\\emph{All} about it.",
)
BARE = paper(2, authors=(), announced_on=None)


def test_an_empty_store_answers(store: Store) -> None:
    assert store.papers([PaperId("arxiv:2601.00001")]) == {}
    assert store.papers([]) == {}
    assert store.papers_after(0, 10) == []
    assert store.paper_count() == 0
    assert store.recent_papers(DAY, DAY) == []
    assert store.add_papers([]) == Added()


def test_a_paper_comes_back_as_it_went_in(store: Store) -> None:
    assert store.add_papers([FULL, BARE]) == Added(new=2)
    assert store.papers([FULL.id, BARE.id]) == {FULL.id: FULL, BARE.id: BARE}
    assert store.paper_count() == 2


def test_a_paper_is_found_by_any_id_and_keyed_as_asked(store: Store) -> None:
    store.add_papers([FULL])
    asked = [FULL.id, *FULL.aliases, title_id(FULL.title)]
    assert store.papers([*asked, PaperId("doi:10.1/other")]) == dict.fromkeys(asked, FULL)


def test_adding_again_changes_nothing(store: Store) -> None:
    papers = [FULL, BARE, paper(3)]
    store.add_papers(papers)
    assert store.add_papers(papers) == Added(unchanged=3)
    assert [position for position, _ in store.papers_after(0, 10)] == [1, 2, 3]


def test_what_was_not_tidied_is_unchanged_too_when_it_comes_again(store: Store) -> None:
    untidy = replace(FULL, aliases=(FULL.id, *reversed(FULL.aliases)), categories=("cs.CL", "cs.CL"))
    assert store.add_papers([untidy]) == Added(new=1)
    assert store.add_papers([untidy]) == Added(unchanged=1)


def test_a_newer_version_changes_the_paper(store: Store) -> None:
    store.add_papers([paper(1, version=1, abstract="Old words."), paper(2)])
    newer = paper(1, version=2, abstract="New words.")
    assert store.add_papers([newer, paper(2)]) == Added(changed=1, unchanged=1)
    assert store.papers([newer.id])[newer.id] == newer


def test_one_paper_twice_in_a_batch_is_one(store: Store) -> None:
    other = replace(paper(1, upvotes=3), id=PaperId("hf:x"), aliases=(paper(1).id,))
    assert store.add_papers([paper(1), paper(1), other]) == Added(new=1, changed=1, unchanged=1)
    assert store.paper_count() == 1
    stored = store.papers([other.id])[other.id]
    assert (stored.id, stored.upvotes) == (paper(1).id, 3)


def test_a_paper_without_ids_is_recognised_by_its_title(store: Store) -> None:
    title = paper(1).title
    titled = replace(paper(1), id=title_id(title), title=title.upper())
    store.add_papers([paper(1)])
    assert store.add_papers([titled]) == Added(changed=1)
    assert set(store.papers([titled.id, paper(1).id])) == {titled.id, paper(1).id}
    assert store.papers([titled.id])[titled.id].id == paper(1).id


def test_a_better_id_joins_the_paper_that_had_none(store: Store) -> None:
    titled = replace(paper(1), id=title_id(paper(1).title))
    store.add_papers([titled])
    assert store.add_papers([paper(1, abstract="More.")]) == Added(changed=1)
    stored = store.papers([paper(1).id])[paper(1).id]
    assert (stored.id, stored.aliases, stored.abstract) == (titled.id, (paper(1).id,), "More.")


@pytest.mark.parametrize(
    "other", [paper(2), replace(paper(2), id=PaperId("doi:10.1/x"), authors=("Alan Turing",))]
)
def test_one_title_is_not_enough_to_be_one_work(store: Store, other: Paper) -> None:
    same_title = replace(other, title=paper(1).title)
    assert store.add_papers([paper(1), same_title]) == Added(new=2)
    assert store.add_papers([same_title, paper(1)]) == Added(unchanged=2)
    found = title_id(paper(1).title)
    assert store.papers([found])[found].id == paper(1).id, "the title belongs to whoever had it first"


def test_an_id_of_its_own_beats_the_title_of_another(store: Store) -> None:
    title = paper(1).title
    other_work = replace(paper(1), id=title_id(title), authors=("Alan Turing",))
    store.add_papers([paper(1)])
    assert store.add_papers([other_work]) == Added(new=1)
    assert store.papers([other_work.id]) == {other_work.id: other_work}
    assert store.add_papers([paper(1), other_work]) == Added(unchanged=2)


def test_short_titles_are_no_sign_of_one_work(store: Store) -> None:
    assert store.add_papers([paper(1, title="0"), paper(2, title="0")]) == Added(new=2)


def test_a_paper_of_two_stored_ones_makes_them_one(store: Store) -> None:
    preprint = paper(1, aliases=(PaperId("hf:1"),))
    journal = replace(paper(2, summary="In print."), id=PaperId("doi:10.1/j"), aliases=(PaperId("url:j"),))
    store.add_papers([preprint, journal, paper(3)])
    link = paper(1, aliases=(journal.id,))
    assert store.add_papers([link]) == Added(changed=1)
    assert store.paper_count() == 2
    ids = [preprint.id, PaperId("hf:1"), journal.id, PaperId("url:j"), title_id(journal.title)]
    found = store.papers(ids)
    assert set(found) == set(ids)
    assert {one.id for one in found.values()} == {preprint.id}, "the one stored first survives"
    assert found[journal.id].summary == "In print."
    assert store.add_papers([preprint, journal, link]) == Added(unchanged=3)


def test_the_first_stored_survives_even_if_it_changed_last(store: Store) -> None:
    first, second = paper(1), replace(paper(2), id=PaperId("doi:10.1/j"))
    store.add_papers([first, second])
    store.add_papers([replace(first, upvotes=9)])
    store.add_papers([replace(second, aliases=(first.id,))])
    assert store.papers([second.id])[second.id].id == first.id


def test_a_chain_of_links_in_one_batch_is_one_paper(store: Store) -> None:
    store.add_papers([paper(1), replace(paper(2), id=PaperId("doi:10.1/2"))])
    chain = [
        replace(paper(3), id=PaperId("url:a")),
        replace(paper(4), id=PaperId("url:b"), aliases=(PaperId("doi:10.1/2"),)),
        replace(paper(5), id=PaperId("url:c"), aliases=(PaperId("url:a"), PaperId("url:b"))),
        replace(paper(6), id=PaperId("url:d"), aliases=(PaperId("url:c"), paper(1).id)),
    ]
    assert store.add_papers(chain) == Added(new=1, changed=3)
    assert store.paper_count() == 1
    assert {one.id for one in store.papers([one.id for one in chain]).values()} == {paper(1).id}
    assert len(store.papers([one.id for one in chain])) == 4


def test_positions_rise_with_every_addition_and_change(store: Store) -> None:
    store.add_papers([paper(1), paper(2), paper(3)])
    store.add_papers([paper(1, upvotes=1)])
    after = store.papers_after(0, 10)
    assert [one.id for _, one in after] == [paper(2).id, paper(3).id, paper(1).id]
    positions = [position for position, _ in after]
    assert positions == sorted(set(positions))
    assert positions[0] > 0
    assert store.papers_after(positions[1], 10) == after[2:]
    assert store.papers_after(positions[2], 10) == []
    assert store.papers_after(0, 2) == after[:2]


def test_the_edition_rises_whenever_a_paper_changes_and_only_then(store: Store) -> None:
    seen = [store.edition()]
    store.add_papers([paper(1), paper(2)])
    seen.append(store.edition())
    store.add_papers([paper(1, upvotes=1)])
    seen.append(store.edition())
    store.add_papers([replace(paper(1), aliases=(paper(2).id,))])
    seen.append(store.edition())
    assert store.prune_papers(DAY + timedelta(days=1)) == 1
    seen.append(store.edition())
    assert seen == sorted(set(seen))
    store.add_papers([paper(3)])
    after = store.edition()
    store.add_papers([paper(3)])
    assert store.prune_papers(DAY) == 0
    assert store.edition() == after > seen[-1]


def test_a_store_is_told_from_every_other(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = set(pool.map(lambda _: store.identity(), range(16)))
    store.add_papers([paper(1)])
    assert asked == {store.identity()}
    assert store.identity() not in {"", MemoryStore().identity()}


def test_a_merge_is_a_change_and_the_merged_away_is_gone(store: Store) -> None:
    other = replace(paper(2), id=PaperId("doi:10.1/2"))
    store.add_papers([paper(1), other])
    last = store.papers_after(0, 10)[-1][0]
    store.add_papers([paper(1, aliases=(other.id,))])
    assert [one.id for _, one in store.papers_after(last, 10)] == [paper(1).id]
    assert len(store.papers_after(0, 10)) == 1


def test_recent_papers_are_of_the_days_asked_newest_day_first(store: Store) -> None:
    day = timedelta(days=1)
    store.add_papers(
        [
            paper(4, announced_on=DAY),
            paper(1, announced_on=DAY),
            paper(2, announced_on=DAY - 2 * day),
            paper(3, announced_on=DAY + day),
            paper(5, announced_on=DAY - 3 * day),
            paper(6, announced_on=None),
        ]
    )
    recent = store.recent_papers(DAY - 2 * day, DAY)
    assert [one.id[-1] for one in recent] == ["1", "4", "2"]
    assert store.recent_papers(DAY, DAY - day) == []


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "שלום \u202eabc",
        "a'; DROP TABLE papers; --",
        "$\\alpha$ {}[]\n\t",
        "😀 é ﬁ",
        '"\\u0000"',
        " ",
    ],
)
def test_hostile_text_is_only_text(store: Store, text: str) -> None:
    hostile = replace(
        FULL,
        title=text,
        abstract=text,
        authors=(text,),
        links=(Link(text, text),),
        keywords=(text,),
        labs=(text,),
        venue=text,
        title_as_given=text,
        abstract_as_given=text,
    )
    assert store.add_papers([hostile]) == Added(new=1)
    assert store.papers([hostile.id])[hostile.id] == hostile
    assert store.papers([PaperId(text)]) == {}


@pytest.mark.parametrize("broken", ["\0", "\ud800"])
def test_characters_that_no_database_takes_are_replaced(store: Store, broken: str) -> None:
    text = f"one{broken} two three four five"
    hostile = replace(FULL, id=PaperId(f"url:{text}"), title=text, abstract=text, authors=(text,))
    assert store.add_papers([hostile]) == Added(new=1)
    assert store.add_papers([hostile]) == Added(unchanged=1)
    (_, stored), *_ = store.papers_after(0, 1)
    assert stored.title == stored.abstract == stored.authors[0] == "one\ufffd two three four five"
    assert store.papers([PaperId(broken)]) == {}


def test_a_batch_may_be_large(store: Store) -> None:
    many = [paper(number) for number in range(3000)]
    assert store.add_papers(many) == Added(new=3000)
    assert len(store.papers([one.id for one in many])) == 3000


def test_threads_adding_the_same_papers_add_them_once(store: Store) -> None:
    batches = [[paper(number) for number in range(start, start + 20)] for start in (0, 10, 20, 10, 0)]
    with ThreadPoolExecutor(len(batches)) as pool:
        added = list(pool.map(store.add_papers, batches))
    assert store.paper_count() == 40
    assert sum(one.new for one in added) == 40
    positions = [position for position, _ in store.papers_after(0, 100)]
    assert positions == sorted(set(positions))


def test_closing_twice_is_allowed(store: Store) -> None:
    store.add_papers([FULL])
    store.close()
    store.close()
