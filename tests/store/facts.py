"""A store with facts of every kind, and everything it can be asked about them."""

from dataclasses import replace
from datetime import date, timedelta

from bot.identity import title_id
from bot.model import (
    Change,
    Channel,
    Feed,
    Fetch,
    Filters,
    Interest,
    Link,
    Message,
    MessageId,
    Paper,
    PaperId,
    Picture,
    Steering,
    Subscription,
    UserId,
    steering_of,
)
from bot.ports import Store
from bot.store.rules import text_key
from tests.store.samples import (
    ANNA,
    BEN,
    DAY,
    DISCORD,
    LONG_AGO,
    MINUTE,
    NOW,
    SLACK,
    digest,
    key,
    paper,
    plan,
    send,
    share,
    shared,
    thumb,
)

A_DAY = timedelta(days=1)
PAPERS = [
    paper(1, aliases=(PaperId("hf:1"),), links=(Link("code", "https://example.org/é"),), upvotes=3),
    paper(2, abstract="Words. " * 50, keywords=("straße", "😀"), withdrawn=True),
    paper(3, announced_on=None),
    replace(paper(4), id=PaperId("doi:10.1/Z")),
]
OTHER = Channel("slack", "T2", "C1")
FEED_OF_OTHER = "feed:https://example.org/é.xml"
MORE = paper(
    6,
    labs=("Analytical Engines", "École"),
    venue="Proc. of 1843",
    citations=3,
    title_as_given="$6$",
    abstract_as_given="\\emph{six}",
)
TOLD = Fetch(
    "arxiv",
    NOW,
    *(5, 4, 1),
    area="cs.LG",
    status=200,
    greatest="arxiv:2601.00006",
    batch=DAY,
    stale=True,
    note="claims to be of tomorrow",
)


def fill_first(store: Store) -> None:
    """What the first version of the schema could keep."""
    store.add_papers(PAPERS)
    store.add_papers([replace(PAPERS[0], upvotes=9)])
    store.add_papers([paper(5, aliases=(PAPERS[3].id,))])
    store.add_subscription(
        Subscription(SLACK, NOW, (Interest("words"), Interest("seed", paper=PaperId("hf:1"))))
    )
    store.add_subscription(Subscription(DISCORD, NOW, paused="on holiday"))
    _, first, second, _ = send(store, PAPERS[:3])
    plan(store, PAPERS[:2], day=DAY + A_DAY)
    plan(store, PAPERS[:1], DISCORD)
    store.mark_unsent(key(DISCORD, DAY, 0), "channel gone", None)
    store.claim_post(NOW, LONG_AGO)
    store.set_reaction(thumb(message=first))
    store.set_reaction(thumb(message=second, at=NOW + MINUTE, user=BEN, name="🔖"))
    store.set_reaction(thumb(False, paper=PaperId("hf:1"), user=BEN, at=NOW + MINUTE))
    store.record_fetch(Fetch("arxiv", NOW, 5, 4, 1, skipped=("entry 3: no title",)))
    store.record_fetch(Fetch("arxiv", NOW + MINUTE, error="HTTP 503"))


def fill_second(store: Store) -> None:
    """What the second version could."""
    fill_first(store)
    later = NOW + 5 * MINUTE
    store.claim_post(later, later - MINUTE)
    store.mark_unknown(key(SLACK, DAY + A_DAY, 1), "no history")
    store.set_reaction(thumb(paper=PAPERS[1].id, event_id="E1"))
    store.add_papers([paper(9, announced_on=DAY - 9 * A_DAY)])
    store.prune_papers(DAY - A_DAY)


def fill_third(store: Store) -> None:
    """What the third version could."""
    fill_second(store)
    store.add_papers([MORE, replace(MORE, id=PaperId("doi:10.1/w"), title="Withdrawn", withdrawn=True)])
    store.add_subscription(
        Subscription(OTHER, NOW, filters=Filters(("arxiv",), ("cs.CL",), ("é",), ("x", "y")))
    )
    store.save_filters(DISCORD, Filters(exclude=("surveys",)))
    store.add_interest(OTHER, Interest("Ada", author="Ada Lovelace"))
    store.add_interest(OTHER, Interest("the Society", lab="Royal Society"))
    store.add_feed(Feed(OTHER, "https://example.org/é.xml", "A feed", NOW))
    store.add_feed(Feed(DISCORD, "https://example.org/é.xml", "", NOW))
    store.add_feed(Feed(OTHER, "https://example.org/a.xml", "Another", NOW))
    store.forget_feed(DISCORD, "https://example.org/é.xml")
    store.mark_corrected(key(SLACK, DAY, 1), Message("corrected"))
    store.record_fetch(TOLD)
    store.record_fetch(replace(TOLD, area="cs.CL", error="HTTP 503", failures=2, retry_at=NOW + MINUTE))
    store.save_cursor("arxiv", "cs.LG", '{"etag": "é"}')
    store.save_cursor("arxiv", "", "12")
    store.add_papers([told(PAPERS[1], DAY), told(PAPERS[0], DAY + A_DAY, "semantic-scholar:slack:T2/C1")])
    store.add_papers([told(replace(PAPERS[0], id=PaperId("hf:1")), DAY)])


STEERED = Steering(
    (
        Interest("decoding", papers=(PaperId("hf:1"), PAPERS[1].id), share=0.1, pinned=True),
        Interest("words", muted_until=DAY + A_DAY),
        Interest("seed", paper=PaperId("hf:1")),
    ),
    Filters(exclude=("é",)),
    wild_cards=3,
    reset_at=LONG_AGO,
)


def fill_fourth(store: Store) -> None:
    """What the fourth version could."""
    fill_third(store)
    steer(store, STEERED, ANNA)
    steer(store, replace(STEERED, wild_cards=0), BEN)
    steer(store, replace(STEERED, wild_cards=2), ANNA)
    change = store.last_change(SLACK)
    assert change is not None
    assert store.take_back(change)
    store.save_reports(DISCORD, True)
    store.save_crowd("slack", "T2", False)
    offered, posts = digest([PAPERS[0]], day=DAY + 2 * A_DAY)
    posts[0] = replace(posts[0], message=Message("this month", picture=Picture(b"\x89PNG\0", "a curve")))
    first = offered.impressions[0]._replace(interest="decoding")
    assert store.plan_digest(replace(offered, impressions=(first,)), posts)


def fill(store: Store) -> None:
    """What today's can."""
    fill_fifth(store)


def fill_fifth(store: Store) -> None:
    """What the fifth version could."""
    fill_fourth(store)
    for one, channel, day in ((PAPERS[1], SLACK, DAY), (MORE, SLACK, DAY + 9 * A_DAY), (MORE, OTHER, DAY)):
        share(store, one, channel, day)
    share(store, replace(PAPERS[0], id=PaperId("hf:1")))
    store.mark_sent(shared(PAPERS[1]).key, MessageId(f"{SLACK}/shared"))
    store.mark_unsent(shared(MORE, OTHER).key, "channel gone", None)
    store.set_reaction(thumb(message=MessageId(f"{SLACK}/shared"), at=NOW + 2 * MINUTE))
    store.keep_text("é " * 100, NOW)


def steer(store: Store, after: Steering, user: UserId) -> None:
    """As a command does it: the change, then its record."""
    stored = store.subscription(SLACK)
    assert stored is not None
    before = steering_of(stored)
    assert store.steer(SLACK, before, after)
    store.record_change(Change(SLACK, user, NOW, "topics é", before, after))


def told(paper: Paper, day: date, source: str = FEED_OF_OTHER) -> Paper:
    """As a private source tells it."""
    return replace(paper, announced_on=day, sources=(source,))


def answers(store: Store) -> list[object]:
    """Equal for two stores that hold the same facts."""
    ids = [key for one in PAPERS for key in (one.id, *one.aliases, title_id(one.title))]
    # Removals took no positions in earlier versions: only the order of papers is the same.
    ordered = [one for _, one in store.papers_after(0, 99)]
    found: list[object] = [store.papers(ids), ordered, store.subscriptions()]
    found += [store.last_fetches(), store.last_successes(), store.recent_fetches(LONG_AGO)]
    found += [store.troubled_posts(DAY), store.withdrawn_posts(DAY), store.feeds()]
    found += [
        store.mentions([source], DAY, DAY + A_DAY) for source in (FEED_OF_OTHER, f"semantic-scholar:{OTHER}")
    ]
    found += [store.facts([SLACK, DISCORD]), store.recent_reactions(NOW + MINUTE), store.not_in_crowd()]
    found += [store.shown(ids, "slack", "T1"), store.reactions_to(ids, "slack", "T1")]
    found += [store.channels_of(ANNA), store.channels_of(BEN), store.kept_text(text_key("é " * 100))]
    found += [store.cursor("arxiv", area) for area in ("", "cs.LG", "cs.CL")]
    for channel in (SLACK, DISCORD):
        found += [store.offers(channel), store.reactions(channel), store.posted(channel)]
        found += [store.last_change(channel, user) for user in (None, ANNA, BEN)]
        for day in (DAY, DAY + A_DAY, DAY + 2 * A_DAY):
            found += [store.digest(channel, day), store.posts(channel, day)]
    return found


def go_on(store: Store) -> list[object]:
    """Write more of everything; what came of it."""
    position = store.papers_after(0, 99)[-1][0]
    return [
        store.add_papers([paper(70), replace(PAPERS[1], stars=1)]),
        [one.id for _, one in store.papers_after(position, 99)],
        store.set_reaction(thumb(paper=PAPERS[1].id, user=UserId("slack:T1/U9"))),
        store.set_reaction(thumb(False, paper=PAPERS[1].id, user=UserId("slack:T1/U9"))),
        store.add_interest(SLACK, Interest("another", author="Émilie du Châtelet")),
        store.add_feed(Feed(SLACK, "https://example.org/b.xml", "", NOW)),
        store.save_paused(SLACK, "on holiday"),
        store.save_filters(SLACK, Filters(sources=("arxiv",))),
        store.save_cursor("arxiv", "cs.LG", "later"),
        store.add_papers([replace(PAPERS[0], version=9, withdrawn=True)]),
        store.record_fetch(Fetch("huggingface", NOW)),
        store.add_papers([told(PAPERS[1], DAY + A_DAY), told(paper(71), DAY)]),
        plan(store, PAPERS[:1], DISCORD, DAY + A_DAY),
        store.claim_post(NOW + A_DAY, NOW + A_DAY),
        store.save_crowd("discord", "9", False),
        store.save_reports(SLACK, True),
        store.share(shared(PAPERS[2], DISCORD)),
        store.share(shared(PAPERS[1])),
        store.share(shared(paper(70))),
        store.posts(SLACK, DAY),
        store.keep_text("another", NOW + A_DAY),
        steer(store, replace(STEERED, wild_cards=1), BEN),
        answers(store),
    ]
