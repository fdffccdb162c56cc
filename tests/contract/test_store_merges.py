"""Two papers become one, in every store: no fact of either is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Interest, Paper, PaperId
from bot.ports import Added, Store
from tests.store.samples import BEN, DAY, MINUTE, NOW, SLACK, message, paper, send, subscribed, thumb

PREPRINT = paper(1)
JOURNAL = replace(paper(2), id=PaperId("doi:10.1/j"))
OTHER = paper(3)
LINK = replace(PREPRINT, aliases=(JOURNAL.id,))


@pytest.fixture(params=[(PREPRINT, JOURNAL), (JOURNAL, PREPRINT)], ids=["preprint first", "journal first"])
def first_and_second(store: Store, request: pytest.FixtureRequest) -> tuple[Paper, Paper]:
    first, second = request.param
    store.add_papers([first, OTHER, second])
    return first, second


def merge(store: Store) -> None:
    assert store.add_papers([LINK]) == Added(changed=1)


def test_both_offers_stay_as_they_happened(store: Store, first_and_second: tuple[Paper, Paper]) -> None:
    first, second = first_and_second
    send(store, [second, OTHER])
    send(store, [first], day=DAY + timedelta(days=1))
    merge(store)
    assert [(one.day, one.impression.paper) for one in store.offers(SLACK)] == [
        (DAY, first.id),
        (DAY, OTHER.id),
        (DAY + timedelta(days=1), first.id),
    ]
    digest = store.digest(SLACK, DAY)
    assert digest is not None
    assert [one.paper for one in digest.impressions] == [first.id, OTHER.id]
    assert store.posts(SLACK, DAY)[1].paper == first.id


def test_messages_of_both_are_about_the_one(store: Store, first_and_second: tuple[Paper, Paper]) -> None:
    first, second = first_and_second
    send(store, [first, second])
    merge(store)
    for position in (1, 2):
        shown = message(SLACK, DAY, position)
        assert store.set_reaction(thumb(message=shown, at=NOW + position * MINUTE)) == first.id
    assert store.reactions(SLACK) == [
        thumb(message=message(SLACK, DAY, 2), paper=first.id, at=NOW + 2 * MINUTE)
    ], "one person, one reaction, one paper"


def test_reactions_to_both_count_once(store: Store, first_and_second: tuple[Paper, Paper]) -> None:
    first, second = first_and_second
    store.set_reaction(thumb(paper=second.id, at=NOW))
    store.set_reaction(thumb(paper=first.id, at=NOW + MINUTE))
    store.set_reaction(thumb(paper=second.id, user=BEN, at=NOW + 2 * MINUTE))
    store.set_reaction(thumb(paper=first.id, name="🔖", at=NOW + 3 * MINUTE))
    store.set_reaction(thumb(False, paper=second.id, name="🔖", at=NOW + 4 * MINUTE))
    merge(store)
    assert store.reactions(SLACK) == [
        thumb(paper=first.id, at=NOW + MINUTE),
        thumb(paper=first.id, user=BEN, at=NOW + 2 * MINUTE),
    ], "Anna took the bookmark back, though on the other id"


def test_seeds_follow(store: Store, first_and_second: tuple[Paper, Paper]) -> None:
    first, second = first_and_second
    subscribed(store)
    store.add_interest(SLACK, Interest("one", paper=first.id))
    store.add_interest(SLACK, Interest("two", paper=second.id))
    merge(store)
    stored = store.subscription(SLACK)
    assert stored is not None
    assert [one.paper for one in stored.interests] == [first.id, first.id]


def test_facts_survive_two_merges_in_a_row(store: Store, first_and_second: tuple[Paper, Paper]) -> None:
    first, second = first_and_second
    older = paper(9)
    store.set_reaction(thumb(paper=second.id))
    merge(store)
    store.add_papers([older])
    store.add_papers([replace(OTHER, aliases=(second.id, older.id))])
    assert store.paper_count() == 1
    assert [one.paper for one in store.reactions(SLACK)] == [first.id]
    assert set(store.papers([first.id, second.id, OTHER.id, older.id]).values()) == {
        store.papers([first.id])[first.id]
    }


LONG = replace(
    PREPRINT,
    title="PolicyNet: Learning Real-Time Behaviour of Many Robots in Networks",
    authors=("Ada Lovelace", "Alan Turing"),
)
PRINTED = replace(
    JOURNAL,
    title="Learning realtime behavior of many robots in network",
    authors=("Lovelace, A.", "Turing, A."),
)


@pytest.mark.parametrize("order", [(LONG, PRINTED), (PRINTED, LONG)], ids=["preprint first", "journal first"])
def test_two_spellings_of_one_title_are_one_paper(store: Store, order: tuple[Paper, Paper]) -> None:
    first, second = (replace(one, title=one.title.removeprefix("PolicyNet: ")) for one in order)
    store.add_papers([first, OTHER])
    store.set_reaction(thumb(paper=first.id))
    send(store, [first])
    assert store.add_papers([second]) == Added(changed=1)
    assert store.paper_count() == 2
    assert store.papers([second.id])[second.id].id == first.id
    assert [one.paper for one in store.reactions(SLACK)] == [first.id]
    assert [one.impression.paper for one in store.offers(SLACK)] == [first.id]
    assert store.add_papers([second, first, second]) == Added(unchanged=3)


@pytest.mark.parametrize("order", [0, 1], ids=["named first", "named second"])
def test_a_name_before_the_title_makes_no_second_paper(store: Store, order: int) -> None:
    bare = replace(PRINTED, title=LONG.title.removeprefix("PolicyNet: "))
    store.add_papers([LONG, bare] if order == 0 else [bare, LONG])
    assert store.paper_count() == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(PRINTED, id=PaperId("arxiv:2601.00009")),
        replace(PRINTED, authors=("Alan Turing", "Ada Lovelace")),
        replace(PRINTED, authors=("Ada Lovelace", "Charles Babbage", "Mary Somerville")),
        replace(PRINTED, title=f"{PRINTED.title} II"),
        replace(PRINTED, title=f"Reply to: {PRINTED.title}"),
    ],
    ids=["another arXiv paper", "another first author", "another group", "another part", "a reply"],
)
def test_two_works_stay_two(store: Store, other: Paper) -> None:
    store.add_papers([LONG, other])
    assert store.paper_count() == 2
    assert set(store.papers([LONG.id, other.id])) == {LONG.id, other.id}
    assert store.add_papers([LONG, other]) == Added(unchanged=2)
