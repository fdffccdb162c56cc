"""Every store gives the same answers, in the same order, to the same facts."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.errors import StoreError
from bot.identity import title_id
from bot.model import (
    Channel,
    Digest,
    Feed,
    Fetch,
    Filters,
    Impression,
    Interest,
    Message,
    MessageId,
    Paper,
    PaperId,
    Post,
    Reaction,
    Subscription,
    UserId,
)
from bot.store.memory import MemoryStore
from bot.store.rules import text_key
from tests.store.samples import ANNA, BEN, DAY, DISCORD, NOW, SLACK, key, message, new_store, shared

TITLES = ["A paper about the same thing", "Another paper about some things", "Short one"]
IDS = [PaperId(f"{scheme}:{number}") for scheme in ("arxiv", "doi", "url") for number in range(3)]
IDS += [title_id(title) for title in TITLES]

FEED, PICKS = "feed:https://example.org/é", f"semantic-scholar:{SLACK}"

channels = st.sampled_from([SLACK, DISCORD, Channel("slack", "T1", "C0")])
days = st.integers(0, 3).map(lambda number: DAY + timedelta(days=number))
times = st.integers(0, 8).map(lambda number: NOW + timedelta(minutes=number))
ids = st.sampled_from(IDS)
papers = st.builds(
    Paper,
    id=ids,
    title=st.sampled_from(TITLES),
    abstract=st.sampled_from(["", "a", "b\0"]),
    authors=st.sampled_from([(), ("Ada Lovelace",), ("Turing, Alan",)]),
    version=st.integers(0, 2),
    announced_on=st.none() | days,
    upvotes=st.none() | st.integers(0, 2),
    withdrawn=st.booleans(),
    labs=st.sampled_from([(), ("École",)]),
    citations=st.none() | st.integers(0, 2),
    aliases=st.lists(ids, max_size=2).map(tuple),
    sources=st.sampled_from([(), ("arxiv",), (FEED,), (PICKS,), ("arxiv", FEED)]),
)
filters = st.builds(
    Filters, sources=st.sampled_from([(), ("arxiv",)]), exclude=st.sampled_from([(), ("é\0",)])
)
addresses = st.sampled_from(["https://example.org/é", "https://example.org/a"])
names = st.sampled_from(["One", "one", "two", "Straße", "STRASSE"])


class Stores(RuleBasedStateMachine):
    """Does everything to memory and to the others."""

    kinds = ("sqlite",)

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        directory = Path(self.open.enter_context(TemporaryDirectory()))
        self.memory = MemoryStore()
        self.others = [self.open.enter_context(new_store(kind, directory)) for kind in self.kinds]

    def teardown(self) -> None:
        self.open.close()

    def both(self, method: str, *arguments: object) -> object:
        outcomes = []
        for store in (self.memory, *self.others):
            try:
                outcomes.append(getattr(store, method)(*arguments))
            except StoreError as error:
                outcomes.append(type(error))
        assert all(outcome == outcomes[0] for outcome in outcomes), method
        return outcomes[0]

    @rule(batch=st.lists(papers, max_size=4))
    def add_papers(self, batch: list[Paper]) -> None:
        self.both("add_papers", batch)
        again = self.both("add_papers", [paper for _, paper in self.memory.papers_after(0, 100)])
        assert again.new == 0  # type: ignore[attr-defined]

    @rule(channel=channels, at=times, topics=st.lists(names.map(Interest), max_size=2), lets=filters)
    def add_subscription(self, channel: Channel, at: object, topics: list[Interest], lets: Filters) -> None:
        self.both("add_subscription", Subscription(channel, at, tuple(topics), filters=lets))  # type: ignore[arg-type]

    @rule(channel=channels, at=times, size=st.integers(1, 9))
    def save_subscription(self, channel: Channel, at: object, size: int) -> None:
        self.both("save_subscription", Subscription(channel, at, size=size, paused="x" * size))  # type: ignore[arg-type]

    @rule(channel=channels, reason=st.sampled_from(["", "x", "y"]), since=st.none() | times)
    def save_paused(self, channel: Channel, reason: str, since: object) -> None:
        self.both("save_paused", channel, reason, since)

    @rule(channel=channels, lets=filters)
    def save_filters(self, channel: Channel, lets: Filters) -> None:
        self.both("save_filters", channel, lets)

    @rule(channel=channels, url=addresses, title=names, at=times)
    def add_feed(self, channel: Channel, url: str, title: str, at: object) -> None:
        self.both("add_feed", Feed(channel, url, title, at))  # type: ignore[arg-type]

    @rule(channel=channels, url=addresses)
    def forget_feed(self, channel: Channel, url: str) -> None:
        self.both("forget_feed", channel, url)

    @rule(channel=channels, interest=st.builds(Interest, names, paper=st.none() | ids, author=names))
    def add_interest(self, channel: Channel, interest: Interest) -> None:
        self.both("add_interest", channel, interest)

    @rule(channel=channels, name=names)
    def forget_interest(self, channel: Channel, name: str) -> None:
        self.both("forget_interest", channel, name)

    @rule(channel=channels, day=days, at=times, shown=st.lists(ids, max_size=3), later=st.none() | times)
    def plan_digest(
        self, channel: Channel, day: object, at: object, shown: list[PaperId], later: object
    ) -> None:
        impressions = tuple(Impression(one, rank, 0.5, "m", "r") for rank, one in enumerate(shown))
        posts = [
            Post(key(channel, day, place), channel, day, place, Message(f"{one}"), one, not_before=later)  # type: ignore[arg-type]
            for place, one in enumerate([None, *shown])
        ]
        self.both("plan_digest", Digest(channel, day, at, impressions), posts)  # type: ignore[arg-type]

    @rule(channel=channels, day=days, one=ids)
    def share(self, channel: Channel, day: date, one: PaperId) -> None:
        self.both("share", shared(Paper(one, "A title"), channel, day))

    @rule(text=st.sampled_from(["a", "é\0", "b"]), weeks=st.integers(0, 20))
    def keep_text(self, text: str, weeks: int) -> None:
        key = self.both("keep_text", text, NOW + timedelta(weeks=weeks))
        assert self.both("kept_text", key)

    @rule(
        now=times, ago=st.integers(0, 3), skip=st.lists(channels, max_size=1), then=st.sampled_from("sfrnu")
    )
    def deliver(self, now: object, ago: int, skip: list[Channel], then: str) -> None:
        post = self.both("claim_post", now, now - timedelta(minutes=ago), skip)  # type: ignore[operator]
        if isinstance(post, Post) and then == "s":
            self.both("mark_sent", post.key, message(post.channel, post.day, post.position))
        elif isinstance(post, Post) and then == "u":
            self.both("mark_unknown", post.key, "who knows")
        elif isinstance(post, Post) and then in "fr":
            self.both("mark_unsent", post.key, "why", None if then == "f" else now)

    @rule(channel=channels, day=days, position=st.integers(0, 3), at=st.none() | times)
    def mark_late(self, channel: Channel, day: object, position: int, at: object) -> None:
        self.both("mark_unsent", key(channel, day, position), "late", at)  # type: ignore[arg-type]

    @rule(channel=channels, day=days, position=st.integers(0, 3))
    def correct(self, channel: Channel, day: object, position: int) -> None:
        self.both("mark_corrected", key(channel, day, position), Message("corrected"))  # type: ignore[arg-type]

    @rule(
        channel=channels,
        user=st.sampled_from([ANNA, BEN]),
        name=st.sampled_from("👍👎"),
        at=times,
        on=st.booleans(),
        paper=st.none() | ids,
        day=days,
        position=st.none() | st.integers(0, 3),
        event=st.sampled_from(["", "E1", "E2"]),
    )
    def react(
        self,
        channel: Channel,
        user: UserId,
        name: str,
        at: object,
        on: bool,
        paper: PaperId | None,
        day: object,
        position: int | None,
        event: str,
    ) -> None:
        where: MessageId | None = None if position is None else message(channel, day, position)  # type: ignore[arg-type]
        self.both("set_reaction", Reaction(channel, user, name, at, on, where, paper, event))  # type: ignore[arg-type]

    @rule(
        source=st.sampled_from("ab"),
        area=st.sampled_from(["", "é", "z"]),
        at=times,
        error=st.sampled_from(["", "HTTP 503"]),
        seen=st.integers(0, 9),
        again=st.none() | times,
    )
    def record_fetch(self, source: str, area: str, at: object, error: str, seen: int, again: object) -> None:
        self.both("record_fetch", Fetch(source, at, seen, error=error, area=area, retry_at=again))  # type: ignore[arg-type]

    @rule(source=st.sampled_from("ab"), area=st.sampled_from(["", "é"]), value=st.text(max_size=9))
    def save_cursor(self, source: str, area: str, value: str) -> None:
        self.both("save_cursor", source, area, value)

    @rule(name=st.sampled_from("ab"), holder=st.sampled_from("xy"), now=times, minutes=st.integers(0, 3))
    def take_lease(self, name: str, holder: str, now: object, minutes: int) -> None:
        self.both("take_lease", name, holder, now, now + timedelta(minutes=minutes))  # type: ignore[operator]

    @rule(name=st.sampled_from("ab"), holder=st.sampled_from("xy"))
    def drop_lease(self, name: str, holder: str) -> None:
        self.both("drop_lease", name, holder)

    @rule(user=st.sampled_from([ANNA, BEN]))
    def forget_user(self, user: UserId) -> None:
        self.both("forget_user", user)

    @rule(channel=channels)
    def forget_channel(self, channel: Channel) -> None:
        self.both("forget_channel", channel)

    @rule(before=days)
    def prune_papers(self, before: object) -> None:
        self.both("prune_papers", before)

    @invariant()
    def answers_are_the_same(self) -> None:
        self.both("papers", IDS)
        self.both("papers_after", 0, 100)
        self.both("papers_after", 2, 2)
        self.both("updates_after", 0, 100)
        self.both("updates_after", 2, 2)
        self.both("paper_count")
        self.both("recent_papers", DAY, DAY + timedelta(days=2))
        self.both("mentions", [FEED, PICKS], DAY, DAY + timedelta(days=2))
        self.both("mentions", [PICKS], DAY + timedelta(days=1), DAY + timedelta(days=3))
        self.both("subscriptions")
        self.both("troubled_posts", DAY + timedelta(days=1))
        self.both("last_fetches")
        self.both("last_successes")
        self.both("recent_fetches", NOW + timedelta(minutes=3))
        self.both("cursor", "a", "é")
        self.both("feeds")
        self.both("withdrawn_posts", DAY + timedelta(days=1))
        for workspace in (SLACK, DISCORD):
            self.both("shown", IDS, workspace.platform, workspace.workspace)
            self.both("reactions_to", IDS[::2], workspace.platform, workspace.workspace)
        self.both("facts", [SLACK, DISCORD])
        self.both("channels_of", ANNA)
        for text in ("a", "é\ufffd", "b"):
            self.both("kept_text", text_key(text))
        for channel in (SLACK, DISCORD):
            self.both("subscription", channel)
            self.both("offers", channel)
            self.both("reactions", channel)
            self.both("posted", channel)
            for number in range(3):
                self.both("digest", channel, DAY + timedelta(days=number))
                self.both("posts", channel, DAY + timedelta(days=number))

    @invariant()
    def every_id_of_a_paper_finds_it(self) -> None:
        for _, paper in self.memory.papers_after(0, 100):
            found = self.memory.papers([paper.id, *paper.aliases])
            assert found == dict.fromkeys([paper.id, *paper.aliases], replace(paper))


Stores.TestCase.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
TestStoresAreAlike = Stores.TestCase


class PostgresToo(Stores):
    kinds = ("postgres",)


PostgresToo.TestCase.settings = settings(max_examples=5, stateful_step_count=25, deadline=None)
TestPostgresIsAlike = PostgresToo.TestCase


@settings(max_examples=50, deadline=None)
@given(batch=st.lists(papers, max_size=8))
def test_one_batch_is_as_good_as_many(batch: list[Paper]) -> None:
    at_once, one_by_one = MemoryStore(), MemoryStore()
    at_once.add_papers(batch)
    for paper in batch:
        one_by_one.add_papers([paper])
    assert at_once.papers_after(0, 100) == one_by_one.papers_after(0, 100)
    assert at_once.papers(IDS) == one_by_one.papers(IDS)
    assert at_once.mentions([FEED], DAY, DAY) == one_by_one.mentions([FEED], DAY, DAY)
