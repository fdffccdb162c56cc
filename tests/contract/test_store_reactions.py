"""What people did with the papers, in every store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import MessageId, PaperId, Reaction
from bot.ports import Store
from tests.store.samples import (
    ANNA,
    BEN,
    DISCORD,
    MINUTE,
    NOW,
    SLACK,
    STORES,
    new_store,
    paper,
    plan,
    send,
    thumb,
)

ONE, TWO = paper(1), paper(2)


def test_a_reaction_to_a_message_is_about_its_paper(store: Store) -> None:
    store.add_papers([ONE, TWO])
    _, first, second = send(store, [ONE, TWO])
    assert store.set_reaction(thumb(message=second)) == TWO.id
    assert store.reactions(SLACK) == [thumb(message=second, paper=TWO.id)]
    assert store.set_reaction(thumb(message=first, at=NOW + MINUTE)) == ONE.id
    assert [one.paper for one in store.reactions(SLACK)] == [TWO.id, ONE.id]


def test_a_reaction_to_a_paper_needs_no_message(store: Store) -> None:
    store.add_papers([ONE])
    assert store.set_reaction(thumb(paper=ONE.id)) == ONE.id
    assert store.reactions(SLACK) == [thumb(paper=ONE.id)]
    assert store.reactions(DISCORD) == []


def test_a_reaction_to_a_message_counts_where_the_message_is(store: Store) -> None:
    store.add_papers([ONE])
    _, shown = send(store, [ONE])
    thread = replace(SLACK, id="thread")
    assert store.set_reaction(thumb(channel=thread, message=shown)) == ONE.id
    assert store.reactions(thread) == []
    assert store.reactions(SLACK) == [thumb(message=shown, paper=ONE.id)]


def test_what_is_not_ours_is_none(store: Store) -> None:
    store.add_papers([ONE])
    header, _ = send(store, [ONE])
    plan(store, [ONE], DISCORD)
    foreign = [
        thumb(message=MessageId("slack:T1/C1/999")),
        thumb(message=header),
        thumb(message=MessageId("")),
        thumb(paper=PaperId("arxiv:2601.99999")),
        thumb(paper=PaperId("' OR 1=1")),
        thumb(),
    ]
    assert [store.set_reaction(reaction) for reaction in foreign] == [None] * len(foreign)
    assert store.reactions(SLACK) == []
    assert store.reactions(DISCORD) == []


def test_a_button_below_a_message_is_about_the_buttons_paper(store: Store) -> None:
    store.add_papers([ONE, TWO])
    header, shown = send(store, [ONE])
    assert store.set_reaction(thumb(message=header, paper=TWO.id)) == TWO.id
    assert store.set_reaction(thumb(message=shown, paper=TWO.id, user=BEN)) == TWO.id
    assert store.set_reaction(thumb(message=MessageId("elsewhere"), paper=TWO.id, name="🔖")) == TWO.id
    assert store.set_reaction(thumb(message=shown, paper=PaperId("x:unknown"))) == ONE.id


def test_taking_off_takes_back(store: Store) -> None:
    store.add_papers([ONE])
    store.set_reaction(thumb(paper=ONE.id))
    assert store.set_reaction(thumb(on=False, paper=ONE.id, at=NOW + MINUTE)) == ONE.id
    assert store.reactions(SLACK) == []
    assert store.set_reaction(thumb(paper=ONE.id, at=NOW + 2 * MINUTE)) == ONE.id
    assert len(store.reactions(SLACK)) == 1


def test_the_same_reaction_twice_is_one(store: Store) -> None:
    store.add_papers([ONE])
    store.set_reaction(thumb(paper=ONE.id))
    assert store.set_reaction(thumb(paper=ONE.id)) == ONE.id
    assert store.reactions(SLACK) == [thumb(paper=ONE.id)]


def test_people_names_and_channels_react_for_themselves(store: Store) -> None:
    store.add_papers([ONE])
    minute = iter(range(9))
    kept = [
        thumb(paper=ONE.id, at=NOW + next(minute) * MINUTE),
        thumb(paper=ONE.id, user=BEN, at=NOW + next(minute) * MINUTE),
        thumb(paper=ONE.id, name="👎", at=NOW + next(minute) * MINUTE),
    ]
    for reaction in (*kept, thumb(paper=ONE.id, channel=DISCORD)):
        store.set_reaction(reaction)
    store.set_reaction(thumb(on=False, paper=ONE.id, name="🔖"))
    assert store.reactions(SLACK) == kept
    assert store.reactions(DISCORD) == [thumb(paper=ONE.id, channel=DISCORD)]


def test_the_newest_wins_though_it_came_first(store: Store) -> None:
    store.add_papers([ONE])
    store.set_reaction(thumb(on=False, paper=ONE.id, at=NOW + MINUTE))
    assert store.set_reaction(thumb(paper=ONE.id, at=NOW)) == ONE.id
    assert store.reactions(SLACK) == []


def test_at_the_same_moment_the_later_call_wins(store: Store) -> None:
    store.add_papers([ONE])
    for on in (True, False, True, False):
        store.set_reaction(thumb(on, paper=ONE.id))
        assert bool(store.reactions(SLACK)) == on


def test_by_whatever_id_a_paper_has_one_reaction(store: Store) -> None:
    alias = PaperId("hf:1")
    store.add_papers([replace(ONE, aliases=(alias,))])
    assert store.set_reaction(thumb(paper=alias)) == ONE.id
    assert store.set_reaction(thumb(paper=ONE.id, at=NOW + MINUTE)) == ONE.id
    assert store.reactions(SLACK) == [thumb(paper=ONE.id, at=NOW + MINUTE)]
    store.set_reaction(thumb(on=False, paper=alias, at=NOW + 2 * MINUTE))
    assert store.reactions(SLACK) == []
    store.set_reaction(thumb(paper=ONE.id, at=NOW + 2 * MINUTE))
    assert len(store.reactions(SLACK)) == 1, "at one moment the later call wins, by any id"


def test_reactions_are_oldest_first(store: Store) -> None:
    store.add_papers([paper(number) for number in range(5)])
    for number in (3, 0, 4, 1, 2):
        store.set_reaction(thumb(paper=paper(number).id, at=NOW + number * MINUTE))
    assert [one.at for one in store.reactions(SLACK)] == [NOW + number * MINUTE for number in range(5)]


def test_hostile_names_and_users_are_only_text(store: Store) -> None:
    store.add_papers([ONE])
    for name in ("x" * 5000, "'; DROP TABLE reactions; --", "\u202e", ""):
        assert store.set_reaction(thumb(paper=ONE.id, name=name, user=name)) == ONE.id
    assert store.set_reaction(thumb(paper=ONE.id, name="\0\ud800")) == ONE.id
    assert len(store.reactions(SLACK)) == 5


def test_threads_reacting_at_once_are_all_heard(store: Store) -> None:
    store.add_papers([ONE])
    crowd = [thumb(paper=ONE.id, user=f"slack:T1/U{number}") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(store.set_reaction, crowd)) == {ONE.id}
    assert {one.user for one in store.reactions(SLACK)} == {one.user for one in crowd}


ALIAS = PaperId("hf:1")
storms = st.lists(
    st.builds(
        thumb,
        on=st.booleans(),
        user=st.sampled_from([ANNA, BEN]),
        paper=st.sampled_from([ONE.id, ALIAS, TWO.id]),
        at=st.integers(0, 10_000).map(lambda number: NOW + timedelta(microseconds=number)),
    ),
    min_size=2,
    max_size=8,
    unique_by=lambda reaction: reaction.at,
)


@pytest.mark.parametrize("kind", STORES)
@settings(max_examples=15, deadline=None)
@given(storm=storms, data=st.data())
def test_a_storm_of_reactions_ends_the_same_in_any_order(
    kind: str, storm: list[Reaction], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(storm))
    assert _after(kind, storm) == _after(kind, shuffled)


def _after(kind: str, storm: list[Reaction]) -> list[Reaction]:
    with TemporaryDirectory() as directory, new_store(kind, Path(directory)) as store:
        store.add_papers([replace(ONE, aliases=(ALIAS,)), TWO])
        for reaction in storm:
            store.set_reaction(reaction)
        found = store.reactions(SLACK)
    assert all(one.at <= other.at for one, other in pairwise(found))
    return found


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_on_off_on_ends_on_in_any_order(store: Store, order: tuple[int, ...]) -> None:
    store.add_papers([ONE])
    events = [thumb(on, paper=ONE.id, at=NOW + n * MINUTE) for n, on in enumerate([True, False, True])]
    for number in order:
        store.set_reaction(events[number])
    assert store.reactions(SLACK) == [events[2]]
