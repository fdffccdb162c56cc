"""One event is one fact, however often a platform tells of it, in every store."""

from datetime import timedelta

from bot.ports import Store
from tests.store.samples import DISCORD, MINUTE, NOW, SLACK, paper, send, thumb

ONE = paper(1)
A_DAY = timedelta(days=1)


def test_an_event_seen_again_changes_nothing(store: Store) -> None:
    store.add_papers([ONE])
    on = thumb(paper=ONE.id, event_id="E1")
    off = thumb(False, paper=ONE.id, event_id="E2", at=NOW)
    assert store.set_reaction(on) == ONE.id
    assert store.set_reaction(off) == ONE.id
    assert store.set_reaction(on) == ONE.id, "it is still known whose paper it is about"
    assert store.reactions(SLACK) == [], "without the id the later call would have won"


def test_a_reaction_is_the_same_fact_with_and_without_an_event(store: Store) -> None:
    store.add_papers([ONE])
    store.set_reaction(thumb(paper=ONE.id, event_id="E1"))
    assert store.reactions(SLACK) == [thumb(paper=ONE.id)]


def test_events_without_an_id_all_count(store: Store) -> None:
    store.add_papers([ONE])
    for on in (True, False, True):
        store.set_reaction(thumb(on, paper=ONE.id))
    assert len(store.reactions(SLACK)) == 1


def test_platforms_name_their_events_for_themselves(store: Store) -> None:
    store.add_papers([ONE])
    store.set_reaction(thumb(paper=ONE.id, event_id="7"))
    store.set_reaction(thumb(paper=ONE.id, event_id="7", channel=DISCORD))
    assert (len(store.reactions(SLACK)), len(store.reactions(DISCORD))) == (1, 1)


def test_an_event_is_remembered_for_two_days(store: Store) -> None:
    store.add_papers([ONE])
    store.set_reaction(thumb(paper=ONE.id, event_id="E1"))
    store.set_reaction(thumb(False, paper=ONE.id, event_id="E2", at=NOW + 2 * A_DAY))
    store.set_reaction(thumb(paper=ONE.id, event_id="E1", at=NOW + 2 * A_DAY))
    assert store.reactions(SLACK) == []
    store.set_reaction(thumb(paper=ONE.id, event_id="E1", at=NOW + 2 * A_DAY + MINUTE))
    assert len(store.reactions(SLACK)) == 1, "then the name may be used again"


def test_an_event_that_came_too_early_counts_when_it_comes_again(store: Store) -> None:
    store.add_papers([ONE])
    shown = thumb(message="slack:T1/C1/20.1", event_id="E1")
    assert store.set_reaction(shown) is None, "its message is not known to be sent yet"
    send(store, [ONE])
    assert store.set_reaction(shown) == ONE.id
    assert len(store.reactions(SLACK)) == 1
