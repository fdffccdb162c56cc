"""What many channels were offered and did, read at once, in every store."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Channel, Impression, PaperId
from bot.ports import Facts, Store
from tests.store.samples import (
    ANNA,
    BEN,
    DAY,
    DISCORD,
    MINUTE,
    NOW,
    SLACK,
    STORES,
    digest,
    new_store,
    paper,
    plan,
    thumb,
)

ONE, TWO, THREE = paper(1, aliases=(PaperId("hf:1"),)), paper(2), paper(3)
A_DAY = timedelta(days=1)
OTHER = Channel("slack", "T1", "C2")


def test_every_channel_asked_for_has_an_entry(store: Store) -> None:
    assert store.facts([]) == {}
    assert store.facts([SLACK, DISCORD, SLACK]) == {SLACK: Facts(), DISCORD: Facts()}


def test_many_channels_have_each_their_own(store: Store) -> None:
    """More than are read with one statement."""
    store.add_papers([ONE, TWO])
    channels = [Channel("slack", "T1", f"C{number}") for number in range(1201)]
    some = channels[::100]
    for channel in some:
        plan(store, [ONE, TWO], channel)
        store.set_reaction(thumb(channel=channel, paper=ONE.id))
    found = store.facts(channels)
    assert list(found) == channels
    for channel in channels:
        expected = Facts(tuple(store.offers(channel)), tuple(store.reactions(channel)))
        assert found[channel] == expected
        assert (len(found[channel].offers), len(found[channel].reactions)) == (
            (2, 1) if channel in some else (0, 0)
        )


def test_offers_are_in_the_order_of_planning_then_by_rank(store: Store) -> None:
    papers = [paper(number) for number in range(1, 7)]
    store.add_papers(papers)
    for planned_at, day, shown in (
        (NOW + MINUTE, DAY, papers[:2]),
        (NOW, DAY + A_DAY, papers[2:4]),
        (NOW + MINUTE, DAY - A_DAY, papers[4:]),
    ):
        offered, posts = digest(shown, day=day)
        backwards = tuple(reversed(offered.impressions))
        assert store.plan_digest(replace(offered, planned_at=planned_at, impressions=backwards), posts)
    offers = store.facts([SLACK, DISCORD])[SLACK].offers
    assert [offer.impression.paper for offer in offers] == [papers[n].id for n in (2, 3, 4, 5, 0, 1)]
    assert [(offer.day, offer.planned_at) for offer in offers[::2]] == [
        (DAY + A_DAY, NOW),
        (DAY - A_DAY, NOW + MINUTE),
        (DAY, NOW + MINUTE),
    ]
    assert list(offers) == store.offers(SLACK)


def test_an_impression_comes_back_as_it_went_in(store: Store) -> None:
    given = Impression(PaperId("hf:1"), 1, 0.1, "words-1", "because é", True, "my interest")
    offered, _ = digest([])
    assert store.plan_digest(replace(offered, impressions=(given, given._replace(rank=2, interest=""))), [])
    assert [one.impression for one in store.facts([SLACK])[SLACK].offers] == [
        given,
        given._replace(rank=2, interest=""),
    ]
    store.add_papers([ONE])
    assert [one.impression.paper for one in store.facts([SLACK])[SLACK].offers] == [ONE.id, ONE.id]
    kept = store.digest(SLACK, DAY)
    assert kept is not None
    assert kept.impressions[0] == given._replace(paper=ONE.id)


def test_what_is_merged_is_one_for_each_channel(store: Store) -> None:
    other = replace(TWO, id=PaperId("doi:10.1/j"))
    store.add_papers([ONE, other])
    for channel in (SLACK, DISCORD):
        plan(store, [other], channel)
        store.set_reaction(thumb(channel=channel, paper=other.id, at=NOW + MINUTE))
        store.set_reaction(thumb(channel=channel, paper=ONE.id, on=channel == SLACK))
    store.add_papers([replace(ONE, aliases=(*ONE.aliases, other.id))])
    for channel, facts in store.facts([DISCORD, SLACK]).items():
        assert facts.offers[0].impression.paper == ONE.id
        assert facts.reactions == (thumb(channel=channel, paper=ONE.id, at=NOW + MINUTE),)


def test_recent_reactions_are_of_all_channels_and_oldest_first(store: Store) -> None:
    store.add_papers([ONE, TWO, THREE])
    kept = [
        thumb(paper=TWO.id, channel=DISCORD, at=NOW),
        thumb(paper=ONE.id, at=NOW + MINUTE),
        thumb(paper=ONE.id, channel=OTHER, user=BEN, name="🔖", at=NOW + MINUTE),
        thumb(paper=THREE.id, at=NOW + 2 * MINUTE),
    ]
    for reaction in (kept[3], kept[1], kept[2], kept[0]):
        store.set_reaction(reaction)
    store.set_reaction(thumb(paper=TWO.id, at=NOW - MINUTE))
    store.set_reaction(thumb(paper=THREE.id, user=BEN, at=NOW))
    store.set_reaction(thumb(False, paper=THREE.id, user=BEN, at=NOW + MINUTE))
    assert store.recent_reactions(NOW) == kept
    assert store.recent_reactions(NOW + MINUTE) == kept[1:]
    assert store.recent_reactions(NOW + 9 * MINUTE) == []


def test_a_recent_reaction_that_another_id_took_off_is_off(store: Store) -> None:
    other = replace(TWO, id=PaperId("doi:10.1/j"))
    store.add_papers([ONE, other])
    store.set_reaction(thumb(paper=ONE.id, at=NOW - MINUTE))
    store.set_reaction(thumb(paper=other.id, at=NOW))
    store.set_reaction(thumb(False, paper=ONE.id, at=NOW + MINUTE))
    store.set_reaction(thumb(paper=other.id, user=BEN, at=NOW))
    store.add_papers([replace(ONE, aliases=(*ONE.aliases, other.id))])
    assert store.recent_reactions(NOW) == [thumb(paper=ONE.id, user=BEN, at=NOW)]
    assert store.recent_reactions(NOW - MINUTE) == store.reactions(SLACK)


REACTIONS = st.builds(
    thumb,
    st.booleans(),
    channel=st.sampled_from([SLACK, DISCORD]),
    user=st.sampled_from([ANNA, BEN]),
    paper=st.sampled_from([ONE.id, PaperId("hf:1"), TWO.id]),
    at=st.integers(0, 4).map(lambda minutes: NOW + minutes * MINUTE),
)


@pytest.mark.parametrize("kind", [kind for kind in STORES if kind != "memory"])
@settings(max_examples=15, deadline=None)
@given(given=st.lists(REACTIONS, max_size=12))
def test_whatever_was_done_every_store_tells_the_same(kind: str, given: list[object]) -> None:
    with TemporaryDirectory() as directory:
        stores = [new_store(one, Path(directory)) for one in ("memory", kind)]
        with stores[0] as memory, stores[1] as store:
            for one in (memory, store):
                one.add_papers([replace(ONE, aliases=()), replace(TWO, id=PaperId("hf:1")), TWO])
                for reaction in given:
                    one.set_reaction(reaction)  # type: ignore[arg-type]
                one.add_papers([ONE])
            assert store.facts([SLACK, DISCORD]) == memory.facts([SLACK, DISCORD])
            for minutes in (0, 2, 5):
                since = NOW + minutes * MINUTE
                assert store.recent_reactions(since) == memory.recent_reactions(since)
