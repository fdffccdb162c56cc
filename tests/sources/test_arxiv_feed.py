"""arXiv's announcement feeds, in both forms, in good and in bad shape, on time and late."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.ports import Reading, Skipped
from bot.sources.arxiv.feed import ArxivFeed, announcements, primary_first
from bot.sources.web.http import Door
from tests.sources.site import HTML, Reply, Site, item, rss, sample

DAY = date(2025, 6, 12)
LONG_AGO = date(2020, 1, 1)
THURSDAY = datetime(2025, 6, 12, 12, 0, tzinfo=UTC)
SATURDAY = datetime(2025, 6, 14, 12, 0, tzinfo=UTC)
TUESDAY, WEDNESDAY = (datetime(2026, 8, day, 8, 0, tzinfo=UTC) for day in (11, 12))


class Hand:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand(THURSDAY)


Made = Callable[..., ArxivFeed]


@pytest.fixture
def made(site: Site, door: Door, clock: Hand) -> Made:
    def feed(category: str = "cs.CL", form: str = "rss") -> ArxivFeed:
        return ArxivFeed(door, category, base_url=site.url, form=form, clock=clock)

    return feed


@dataclass(frozen=True)
class Read:
    """What one fetch yielded: entries, readings, and the error that ended it."""

    entries: list[Paper | Skipped]
    readings: list[Reading]
    error: SourceError | None

    @property
    def reading(self) -> Reading:
        assert self.error is None
        (only,) = self.readings
        return only

    @property
    def days(self) -> list[date | None]:
        return [entry.announced_on for entry in self.entries if isinstance(entry, Paper)]


async def read(source: ArxivFeed, cursor: str = "", since: date = LONG_AGO) -> Read:
    entries, readings, error = [], [], None
    try:
        async for entry in source.fetch(since, cursor):
            assert not readings, "nothing comes after the reading"
            (readings if isinstance(entry, Reading) else entries).append(entry)
    except SourceError as failure:
        error = failure
    return Read(entries, readings, error)


def batch(
    ids: Sequence[str],
    day: str = "Tue, 11 Aug 2026 00:00:00 -0400",
    kind: str = "new",
    categories: Sequence[str] = ("cs.CL",),
) -> list[str]:
    """Entries of these ids, as a feed claims that they are of that day."""
    named = "".join(f"<category>{category}</category>" for category in categories)
    return [
        f"<item><title>A paper</title><guid isPermaLink='false'>oai:arXiv.org:{one}v1</guid>"
        f"<description>arXiv:{one}v1 Announce Type: {kind} \nAbstract: Short.</description>{named}"
        f"<pubDate>{day}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type></item>"
        for one in ids
    ]


def ids(first: int, last: int) -> list[str]:
    return [f"2608.{number:05}" for number in range(last, first - 1, -1)]


TUE, WED = "Tue, 11 Aug 2026 00:00:00 -0400", "Wed, 12 Aug 2026 00:00:00 -0400"
THU, FRI = "Thu, 13 Aug 2026 00:00:00 -0400", "Fri, 14 Aug 2026 00:00:00 -0400"
BEFORE = ids(9901, 9930)
AFTER = ids(10501, 10540)
VALIDATORS = {"ETag": '"abc"', "Last-Modified": "Tue, 11 Aug 2026 04:00:07 GMT"}
UNCHANGED = Reply(b"", 304)


def entries_of(body: bytes) -> list[Paper | Skipped]:
    return [announced.entry for announced in announcements(body)]


def titles(entries: list[Paper | Skipped]) -> list[str]:
    return [entry.title for entry in entries if isinstance(entry, Paper)]


def test_a_feed_says_which_part_of_arxiv_it_is_and_how_often_to_ask(made: Made):
    feed = made("hep-th")
    assert (feed.name, feed.area, feed.every) == ("arxiv", "hep-th", timedelta(minutes=30))


@pytest.mark.parametrize("form", ["rss", "atom"])
async def test_both_forms_give_the_same_papers(site: Site, made: Made, form: str):
    site.says(f"/{form}/cs.CL", sample(f"cs.CL.{form}"))
    got = await read(made(form=form), since=DAY)
    assert got.entries[0] == Paper(
        id="arxiv:2305.14725",
        title="AMELI: Enhancing Multimodal Entity Linking with Fine-Grained Attributes",
        abstract="Entities are linked by their attributes as well, in words and pictures: p < 0.01.",
        abstract_as_given="Entities are linked by their attributes as well, in words and pictures: $p < 0.01$.",
        authors=("Barry Menglong Yao", "Sijia Wang", "Yu Chen", "Lifu Huang"),
        categories=("cs.CL",),
        url="https://arxiv.org/abs/2305.14725",
        links=(Link("PDF", "https://arxiv.org/pdf/2305.14725"),),
        announced_on=DAY,
        version=1,
        sources=("arxiv",),
    )
    cross, replaced, replaced_cross = got.entries[1:]
    assert (
        cross.title
        == "Listen, Chat, and Remix: Text-Guided Soundscape Remixing for Enhanced Auditory Experience"
    )
    assert (cross.categories, cross.aliases) == (("eess.AS", "cs.CL", "cs.SD"), ("doi:10.9999/rebuilt.1",))
    assert cross.announced_on == DAY
    assert (replaced.version, replaced.announced_on) == (3, None)
    assert (replaced_cross.version, replaced_cross.announced_on) == (2, None)
    reading = got.reading
    assert (reading.status, reading.batch, reading.greatest) == (200, DAY, "2402.03710")
    assert (reading.stale, reading.note) == (False, "")


async def test_papers_of_a_batch_before_the_day_asked_for_are_left_out_and_the_reading_says_which(
    site: Site, made: Made
):
    site.says("/rss/cs.CL", sample("cs.CL.rss"))
    got = await read(made(), since=date(2025, 6, 13))
    assert (got.entries, got.reading.batch) == ([], DAY)


async def test_two_categories_are_two_sources_with_one_pace(site: Site, made: Made):
    site.says("/rss/cs.CL", rss(item(1)))
    site.says("/rss/cs.LG", Reply(b"", 404))
    first, second = await read(made("cs.CL")), await read(made("cs.LG"))
    assert (len(first.entries), first.error) == (1, None)
    assert (second.readings, second.error.reason) == ([], "HTTP 404")
    asked = [request.at for request in site.requests]
    assert asked[1] - asked[0] >= 3.0


async def test_when_asked_to_come_back_later_the_error_says_when(site: Site, made: Made):
    site.says("/rss/cs.AI", Reply(b"", 429, {"Retry-After": "600"}))
    assert (await read(made("cs.AI"))).error.retry_after == 600.0


# Which batch it is.


async def test_a_feed_that_claims_a_new_day_over_the_old_batch_is_late_until_the_new_one_comes(
    site: Site, made: Made, clock: Hand
):
    site.says(
        "/rss/cs.CL", rss(*batch(BEFORE, TUE)), rss(*batch(BEFORE, WED)), rss(*batch(AFTER, WED, "cross"))
    )
    clock.now = TUESDAY
    first = (await read(made())).reading
    assert (first.batch, first.greatest, first.stale) == (date(2026, 8, 11), "2608.09930", False)
    clock.now = WEDNESDAY
    late = await read(made(), first.cursor)
    assert set(late.days) == {date(2026, 8, 11)}
    assert late.reading.stale
    assert late.reading.note == "still the batch of 11 August; greatest id 2608.09930"
    assert (late.reading.batch, late.reading.greatest) == (date(2026, 8, 11), "2608.09930")
    news = await read(made(), late.reading.cursor)
    assert set(news.days) == {date(2026, 8, 12)}
    assert (news.reading.batch, news.reading.greatest) == (date(2026, 8, 12), "2608.10540")
    assert (news.reading.stale, news.reading.note) == (False, "")


async def test_the_same_batch_is_on_time_while_no_newer_one_is_due(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)))
    clock.now = TUESDAY
    first = await read(made())
    clock.now = datetime(2026, 8, 12, 4, 59, tzinfo=UTC)
    second = await read(made(), first.reading.cursor)
    assert (second.reading.stale, second.reading.note) == (False, "the batch of 11 August again")
    assert second.entries == first.entries
    clock.now = datetime(2026, 8, 12, 5, 0, tzinfo=UTC)
    assert (await read(made(), second.reading.cursor)).reading.stale


async def test_the_same_batch_passed_off_as_newer_is_late_even_before_the_newer_one_is_due(
    site: Site, made: Made, clock: Hand
):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)), rss(*batch(BEFORE, WED)))
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 8, 12, 4, 30, tzinfo=UTC)
    got = await read(made(), cursor)
    assert (got.reading.stale, set(got.days)) == (True, {date(2026, 8, 11)})


@pytest.mark.parametrize(
    ("shown", "stale"),
    [
        (BEFORE[:15] + ids(9001, 9015), True),
        (BEFORE[:15] + ids(9001, 9016), False),
        (BEFORE[:3], True),
        ([*BEFORE, "2608.09931"], False),
        (["math/0309136", *BEFORE[:1]], True),
        (["math/0309136"], False),
    ],
)
async def test_half_in_common_and_no_greater_id_make_it_the_same_batch(
    site: Site, made: Made, clock: Hand, shown: list[str], stale: bool
):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)), rss(*batch(shown, WED)))
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    clock.now = WEDNESDAY
    got = await read(made(), cursor)
    assert got.reading.stale is stale
    assert set(got.days) == {date(2026, 8, 11 if stale else 12)}


async def test_a_batch_that_grows_is_known_again_by_all_that_it_showed(site: Site, made: Made, clock: Hand):
    bodies = [rss(*batch(BEFORE[:10], TUE)), rss(*batch(BEFORE[:20], TUE)), rss(*batch(BEFORE[10:20], WED))]
    site.says("/rss/cs.CL", *bodies)
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    cursor = (await read(made(), cursor)).reading.cursor
    clock.now = WEDNESDAY
    assert (await read(made(), cursor)).reading.stale


async def test_an_older_batch_that_comes_back_keeps_its_day_and_is_not_remembered(
    site: Site, made: Made, clock: Hand
):
    site.says("/rss/cs.CL", rss(*batch(AFTER, WED)), rss(*batch(BEFORE, TUE)))
    clock.now = WEDNESDAY
    cursor = (await read(made())).reading.cursor
    got = await read(made(), cursor)
    assert set(got.days) == {date(2026, 8, 11)}
    assert (got.reading.stale, got.reading.cursor) == (True, None)
    assert got.reading.note == (
        "an older batch than that of 12 August, claimed for 11 August; greatest id 2608.09930"
    )


async def test_a_first_look_at_a_late_feed_that_is_honest_says_that_it_is_late(
    site: Site, made: Made, clock: Hand
):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)))
    clock.now = WEDNESDAY
    got = await read(made())
    assert (got.reading.stale, got.reading.batch) == (True, date(2026, 8, 11))
    assert got.reading.note == "still the batch of 11 August; greatest id 2608.09930"


@pytest.mark.parametrize(
    ("now", "claimed", "day"),
    [
        (WEDNESDAY, "Fri, 14 Aug 2026 00:00:00 -0400", date(2026, 8, 12)),
        (datetime(2026, 8, 15, 12, tzinfo=UTC), "Sat, 15 Aug 2026 00:00:00 -0400", date(2026, 8, 14)),
        (datetime(2026, 11, 27, 12, tzinfo=UTC), "Fri, 27 Nov 2026 00:00:00 -0500", date(2026, 11, 26)),
        (datetime(2026, 8, 12, 4, 10, tzinfo=UTC), WED, date(2026, 8, 12)),
    ],
)
async def test_a_claimed_day_that_cannot_be_is_corrected(
    site: Site, made: Made, clock: Hand, now: datetime, claimed: str, day: date
):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, claimed)))
    clock.now = now
    assert set((await read(made())).days) == {day}


async def test_an_announcement_on_a_day_without_one_is_believed_where_its_papers_are_new(
    site: Site, made: Made, clock: Hand
):
    site.says(
        "/rss/cs.CL",
        rss(*batch(["2611.20001"], "Thu, 26 Nov 2026 00:00:00 -0500")),
        rss(*batch(["2611.20009"], "Fri, 27 Nov 2026 00:00:00 -0500")),
    )
    clock.now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    got = await read(made(), cursor)
    assert (got.days, got.reading.stale) == ([date(2026, 11, 27)], False)


async def test_one_entry_with_another_day_does_not_move_the_batch(site: Site, made: Made, clock: Hand):
    odd = batch(["2608.09001"], "Fri, 07 Aug 2026 00:00:00 -0400")
    site.says("/rss/cs.CL", rss(*odd, *batch(BEFORE, TUE)))
    clock.now = TUESDAY
    got = await read(made())
    assert set(got.days) == {date(2026, 8, 11)}


async def test_batches_that_were_never_read_are_noted(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, "Mon, 10 Aug 2026 00:00:00 -0400")), rss(*batch(AFTER, WED)))
    clock.now = datetime(2026, 8, 10, 12, tzinfo=UTC)
    cursor = (await read(made())).reading.cursor
    clock.now = WEDNESDAY
    note = (await read(made(), cursor)).reading.note
    assert note == "nothing was read between the batches of 10 August and 12 August"


async def test_a_batch_of_replacements_only_is_known_by_their_versions(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE, "replace")), rss(*batch(BEFORE, WED, "replace-cross")))
    clock.now = TUESDAY
    first = await read(made())
    assert set(first.days) == {None}
    assert (first.reading.batch, first.reading.greatest) == (date(2026, 8, 11), "")
    clock.now = WEDNESDAY
    second = (await read(made(), first.reading.cursor)).reading
    assert (second.stale, second.note) == (True, "still the batch of 11 August")


@pytest.mark.parametrize(
    ("shown", "greatest"), [(["2608.09930", "math/0309136"], "2608.09930"), (["math/0309136"], "")]
)
async def test_the_greatest_id_is_a_new_style_one_and_none_of_a_replacement(
    site: Site, made: Made, clock: Hand, shown: list[str], greatest: str
):
    site.says("/rss/cs.CL", rss(*batch(shown, TUE, "cross"), *batch(["2608.11111"], TUE, "replace")))
    clock.now = TUESDAY
    assert (await read(made())).reading.greatest == greatest


# Nothing there, nothing changed, or nothing that can be read.


@pytest.mark.parametrize(
    ("now", "note"),
    [
        (SATURDAY, "arXiv announces nothing at weekends"),
        (datetime(2026, 8, 15, 4, 30, tzinfo=UTC), "arXiv announces nothing at weekends"),
        (datetime(2026, 8, 17, 4, 30, tzinfo=UTC), "arXiv announces nothing at weekends"),
        (
            datetime(2026, 11, 27, 12, tzinfo=UTC),
            "arXiv had no mailing on 26 November, a holiday",
        ),
    ],
)
async def test_an_empty_feed_on_a_day_without_a_batch_is_as_it_should_be(
    site: Site, made: Made, clock: Hand, now: datetime, note: str
):
    site.says("/rss/cs.CL", sample("weekend.rss"))
    clock.now = now
    got = await read(made())
    assert got.entries == []
    assert (got.reading.stale, got.reading.note, got.reading.batch) == (False, note, None)


@pytest.mark.parametrize(
    ("now", "note"),
    [
        (TUESDAY, "the feed is empty, though the batch of 11 August is due"),
        (
            datetime(2027, 6, 18, 12, tzinfo=UTC),
            "the feed is empty, though the batch of 18 June is due, unless it is a holiday at arXiv",
        ),
    ],
)
async def test_an_empty_feed_on_a_day_that_ought_to_have_a_batch_is_late(
    site: Site, made: Made, clock: Hand, now: datetime, note: str
):
    site.says("/rss/cs.CL", sample("weekend.rss"))
    clock.now = now
    reading = (await read(made())).reading
    assert (reading.stale, reading.note) == (True, note)


async def test_a_feed_that_is_emptied_after_its_batch_was_read_is_not_late(
    site: Site, made: Made, clock: Hand
):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)), sample("weekend.rss"))
    clock.now = TUESDAY
    reading = (await read(made(), (await read(made())).reading.cursor)).reading
    assert (reading.stale, reading.note) == (False, "the feed is empty now; 11 August was read before")
    assert (reading.batch, reading.greatest) == (date(2026, 8, 11), "2608.09930")


def built(text: str) -> bytes:
    """A feed without entries that says it was made then."""
    return rss(f"<lastBuildDate>{text}</lastBuildDate><pubDate>{text}</pubDate>")


@pytest.mark.parametrize(
    ("hour", "minute", "stale"), [(5, 0, True), (7, 59, True), (8, 0, False), (20, 0, False)]
)
async def test_an_empty_feed_of_the_batchs_day_is_believed_three_hours_after_the_batch_is_due(
    site: Site, made: Made, clock: Hand, hour: int, minute: int, stale: bool
):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)), built(WED))
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 8, 12, hour, minute, tzinfo=UTC)
    reading = (await read(made(), cursor)).reading
    assert (reading.stale, reading.batch) == (stale, date(2026, 8, 11 if stale else 12))
    late = "the feed is empty, though the batch of 12 August is due"
    assert reading.note == (late if stale else "no papers in cs.CL today")


@pytest.mark.parametrize(
    "body",
    [
        built(TUE),
        built("soon"),
        rss(f"<lastBuildDate>{WED}</lastBuildDate><pubDate>{TUE}</pubDate>"),
        rss(),
    ],
)
async def test_an_empty_feed_of_another_day_is_late_however_long(
    site: Site, made: Made, clock: Hand, body: bytes
):
    site.says("/rss/cs.CL", body)
    clock.now = datetime(2026, 8, 12, 20, tzinfo=UTC)
    reading = (await read(made())).reading
    assert (reading.stale, reading.batch) == (True, None)


@pytest.mark.parametrize("first", [rss(*batch(BEFORE, TUE)), built(TUE)])
async def test_a_day_without_papers_is_remembered(site: Site, made: Made, clock: Hand, first: bytes):
    bodies = [rss(*batch(BEFORE, THU)), rss(*batch(AFTER, FRI))]
    site.says("/rss/cs.CL", first, Reply(built(WED), headers=VALIDATORS), UNCHANGED, UNCHANGED, *bodies)
    clock.now = datetime(2026, 8, 11, 12, tzinfo=UTC)
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 8, 12, 6, tzinfo=UTC)
    cursor = (await read(made(), cursor)).reading.cursor
    clock.now = datetime(2026, 8, 12, 12, tzinfo=UTC)
    quiet = (await read(made(), cursor)).reading
    assert (quiet.status, quiet.batch, quiet.stale) == (304, date(2026, 8, 12), False)
    assert quiet.note == "nothing changed: no papers in cs.CL today"
    clock.now = datetime(2026, 8, 12, 18, tzinfo=UTC)
    assert (await read(made(), quiet.cursor)).reading == replace(quiet, cursor=None)
    if first != built(TUE):
        clock.now = datetime(2026, 8, 13, 12, tzinfo=UTC)
        old = await read(made(), quiet.cursor)
        assert (set(old.days), old.reading.stale) == ({date(2026, 8, 11)}, True)
        quiet = old.reading
        clock.now = datetime(2026, 8, 14, 12, tzinfo=UTC)
        news = await read(made(), quiet.cursor)
        assert (news.days[0], news.reading.stale) == (date(2026, 8, 14), False)
        assert news.reading.note == "nothing was read between the batches of 12 August and 14 August"


async def test_the_weekend_after_a_friday_without_papers_misses_nothing(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, THU)), built(FRI), sample("weekend.rss"))
    cursor = ""
    for day in (13, 14, 15):
        clock.now = datetime(2026, 8, day, 12, tzinfo=UTC)
        reading = (await read(made(), cursor)).reading
        cursor = reading.cursor
    assert (reading.note, reading.batch) == ("arXiv announces nothing at weekends", date(2026, 8, 14))


async def test_papers_that_come_after_all_are_news_of_that_day(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)), built(WED), rss(*batch(AFTER, WED)))
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 8, 12, 12, tzinfo=UTC)
    cursor = (await read(made(), cursor)).reading.cursor
    got = await read(made(), cursor)
    assert (set(got.days), got.reading.note) == ({date(2026, 8, 12)}, "")


async def test_an_empty_atom_feed_is_believed_by_the_day_of_its_update(site: Site, made: Made, clock: Hand):
    feed = "<feed xmlns='http://www.w3.org/2005/Atom'><updated>2026-08-12T04:00:10.1+00:00</updated></feed>"
    site.says("/atom/cs.CL", feed.encode())
    clock.now = datetime(2026, 8, 12, 12, tzinfo=UTC)
    assert (await read(made(form="atom"))).reading.note == "no papers in cs.CL today"


async def test_the_weekend_does_not_hide_that_fridays_batch_was_not_read(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", rss(*batch(AFTER, WED)), sample("weekend.rss"))
    clock.now = WEDNESDAY
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 8, 15, 12, tzinfo=UTC)
    reading = (await read(made(), cursor)).reading
    assert reading.note == "arXiv announces nothing at weekends; the batch of 14 August was not read"


async def test_the_batch_is_remembered_over_an_empty_weekend(site: Site, made: Made, clock: Hand):
    friday, monday = "Fri, 14 Aug 2026 00:00:00 -0400", "Mon, 17 Aug 2026 00:00:00 -0400"
    site.says("/rss/cs.CL", rss(*batch(BEFORE, friday)), sample("weekend.rss"), rss(*batch(BEFORE, monday)))
    clock.now = datetime(2026, 8, 14, 12, tzinfo=UTC)
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 8, 15, 12, tzinfo=UTC)
    cursor = (await read(made(), cursor)).reading.cursor
    clock.now = datetime(2026, 8, 17, 12, tzinfo=UTC)
    got = await read(made(), cursor)
    assert set(got.days) == {date(2026, 8, 14)}
    assert got.reading.note == "still the batch of 14 August; greatest id 2608.09930"


async def test_what_is_unchanged_is_not_sent_again_and_is_late_once_a_newer_batch_is_due(
    site: Site, made: Made, clock: Hand
):
    site.says("/rss/cs.CL", Reply(rss(*batch(BEFORE, TUE)), headers=VALIDATORS), UNCHANGED)
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    assert "If-None-Match" not in site.requests[0].headers
    same = await read(made(), cursor)
    sent = site.requests[1].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"abc"', VALIDATORS["Last-Modified"])
    assert (same.entries, same.reading) == (
        [],
        Reading(304, "2608.09930", date(2026, 8, 11), False, "nothing changed: the batch of 11 August again"),
    )
    clock.now = WEDNESDAY
    late = (await read(made(), cursor)).reading
    assert (late.stale, late.batch) == (True, date(2026, 8, 11))
    assert late.note == "nothing changed: still the batch of 11 August; greatest id 2608.09930"


async def test_an_empty_feed_that_is_unchanged_is_still_empty(site: Site, made: Made, clock: Hand):
    site.says(
        "/rss/cs.CL",
        rss(*batch(BEFORE, TUE)),
        Reply(sample("weekend.rss"), headers=VALIDATORS),
        UNCHANGED,
    )
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    clock.now = datetime(2026, 8, 15, 12, tzinfo=UTC)
    cursor = (await read(made(), cursor)).reading.cursor
    saturday = (await read(made(), cursor)).reading
    assert (saturday.status, saturday.batch, saturday.stale) == (304, date(2026, 8, 11), False)
    assert saturday.note.startswith("nothing changed: arXiv announces nothing at weekends")
    clock.now = datetime(2026, 8, 17, 12, tzinfo=UTC)
    monday = (await read(made(), cursor)).reading
    assert (monday.stale, monday.note) == (
        True,
        "nothing changed: the feed is empty, though the batch of 17 August is due",
    )


async def test_validators_are_for_the_address_they_came_from(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", Reply(rss(*batch(BEFORE, TUE)), headers=VALIDATORS))
    site.says("/atom/cs.CL", sample("cs.CL.atom"))
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    await read(made(form="atom"), cursor)
    assert "If-None-Match" not in site.requests[1].headers
    assert "If-Modified-Since" not in site.requests[1].headers


async def test_a_validator_that_could_not_be_sent_back_is_not_kept(site: Site, made: Made):
    headers = {"ETag": "x" * 600, "Last-Modified": "Tüesday"}
    site.says("/rss/cs.CL", Reply(sample("cs.CL.rss"), headers=headers))
    cursor = (await read(made())).reading.cursor
    assert (json.loads(cursor)["etag"], json.loads(cursor)["modified"]) == ("", "")


GOOD = {
    "url": "",
    "etag": '"abc"',
    "modified": "",
    "empty": False,
    "batch": {"day": "2025-06-11", "ids": "2305.14725 2402.03710", "greatest": "2402.03710"},
}


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "not JSON",
        "null",
        "[]",
        "7",
        "9" * 5000,
        "[" * 100_000,
        "{}",
        '{"url": 1}',
        json.dumps(GOOD | {"batch": []}),
        json.dumps(GOOD | {"built": "soon"}),
        json.dumps(GOOD | {"built": 7}),
        json.dumps(GOOD | {"batch": "soon"}),
        json.dumps(GOOD | {"batch": {"day": "soon", "ids": "", "greatest": ""}}),
        json.dumps(GOOD | {"batch": {"day": 7, "ids": "", "greatest": ""}}),
        json.dumps(GOOD | {"batch": {"day": "2025-06-11", "ids": ["2305.14725"], "greatest": ""}}),
        json.dumps(GOOD | {"batch": {"day": "2025-06-11", "ids": "2305.14725", "greatest": None}}),
    ],
)
async def test_a_nonsense_cursor_counts_as_none(site: Site, made: Made, cursor: str):
    site.says("/rss/cs.CL", sample("cs.CL.rss"))
    got = await read(made(), cursor)
    assert (got.reading.stale, got.days[:2]) == (False, [DAY, DAY])
    assert "If-None-Match" not in site.requests[0].headers


async def test_a_cursor_with_hostile_validators_costs_nothing(site: Site, made: Made):
    site.says("/rss/cs.CL", sample("cs.CL.rss"))
    first = json.loads((await read(made())).reading.cursor)
    for bad in ("a\r\nX-Bad: 1", "\ud800", 7, None, "x" * 10_000):
        got = await read(made(), json.dumps(first | {"etag": bad, "modified": bad}))
        assert got.error is None
    assert not any("X-Bad" in request.headers for request in site.requests)


async def test_the_cursor_of_a_great_batch_is_small(site: Site, made: Made, clock: Hand):
    site.says("/rss/cs.CL", rss(*batch(ids(1, 2500), TUE)))
    clock.now = TUESDAY
    got = await read(made())
    assert len(got.entries) == 2500
    assert len(got.reading.cursor) < 2000 * 11 + 500
    again = await read(made(), got.reading.cursor)
    assert again.reading.note == "the batch of 11 August again"


async def test_half_a_feed_gives_its_whole_entries_then_the_error_and_is_read_in_full_again(
    site: Site, made: Made, clock: Hand
):
    whole = rss(*batch(ids(1, 500), TUE))
    half = Reply(whole[: whole.index(b"2608.00100v1") + 100], headers=VALIDATORS)
    site.says("/rss/cs.CL", half, whole)
    clock.now = TUESDAY
    got = await read(made())
    assert got.days == [date(2026, 8, 11)] * 400
    assert got.readings == []
    assert "half a document" in got.error.reason
    assert len((await read(made())).entries) == 500


async def test_half_of_a_late_feed_is_dated_by_the_batch_it_is(site: Site, made: Made, clock: Hand):
    whole = rss(*batch(BEFORE, WED))
    site.says("/rss/cs.CL", rss(*batch(BEFORE, TUE)), whole[: whole.index(b"2608.09920v1")])
    clock.now = TUESDAY
    cursor = (await read(made())).reading.cursor
    clock.now = WEDNESDAY
    got = await read(made(), cursor)
    assert got.days == [date(2026, 8, 11)] * 10
    assert got.error is not None


async def test_an_entry_that_is_not_well_formed_costs_only_itself(site: Site, made: Made):
    site.says("/rss/cs.CL", rss(item(1), item(2), "<item><title>a & b</title></item>", item(3)))
    got = await read(made())
    assert got.error is None
    [skipped] = [entry for entry in got.entries if isinstance(entry, Skipped)]
    assert len(titles(got.entries)) == 3
    assert (skipped.what, skipped.why[:19]) == ("entry 3", "not well-formed XML")
    assert got.reading.cursor, "the rest was read, so there is nothing to read again"


async def test_entries_of_which_none_can_be_read_are_told_and_asked_for_again(
    site: Site, made: Made, clock: Hand
):
    body = rss(*batch(BEFORE, TUE)).replace(b"oai:arXiv.org:", b"urn:new:")
    site.says("/rss/cs.CL", Reply(body, headers=VALIDATORS))
    clock.now = TUESDAY
    got = await read(made())
    assert [type(entry) for entry in got.entries] == [Skipped] * 30
    assert (got.reading.stale, got.reading.cursor) == (True, None)
    assert got.reading.note == "none of 30 entries could be read"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML, "a web page instead of a feed"),
        (b"", "half a document"),
        (b"Rate exceeded.", "not well-formed XML"),
        (b'{"error": 1}', "not well-formed XML"),
        (b"<opml version='2.0'><head/></opml>", "not a feed: the document is <opml>"),
        (b"<?xml version='1.0' encoding='klingon'?><rss/>", ""),
        (b"<rss>" + b"<a>" * 100_000, "elements nested too deeply"),
        (rss(end="</rss>"), "not well-formed XML"),
        (rss().replace(b"cs.CL updates", b"Feed error for query: cs.XX"), "Feed error for query: cs.XX"),
    ],
)
async def test_what_is_not_a_feed_is_an_error(site: Site, made: Made, body: bytes, reason: str):
    site.says("/rss/cs.CL", body)
    got = await read(made())
    assert (got.entries, got.readings) == ([], [])
    assert got.error.reason.startswith(reason)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
async def test_entities_are_never_expanded(site: Site, made: Made, doctype: str):
    site.says("/rss/cs.CL", doctype.encode() + rss(item(1, title="&c;")))
    got = await read(made())
    assert got.entries == []
    assert got.error.reason == "a document type or entity, which no feed needs"


async def test_check_says_how_many_and_of_which_day(site: Site, made: Made):
    site.says("/rss/cs.CL", sample("cs.CL.rss"), sample("weekend.rss"), Reply(b"", 404))
    source = made()
    assert await source.check() == "4 papers in cs.CL on 12 June 2025"
    assert await source.check() == "answers; no papers in cs.CL today, as on weekends and holidays"
    with pytest.raises(SourceError, match=r"arxiv: HTTP 404"):
        await source.check()


# Which category is the primary one.


@pytest.mark.parametrize(
    ("category", "kind", "named", "first"),
    [
        ("cs.CL", "new", ["cs.AI", "cs.CL"], ("cs.CL", "cs.AI")),
        ("cs.CL", "replace", ["cs.AI", "stat.ML", "cs.CL"], ("cs.CL", "cs.AI", "stat.ML")),
        ("cs.CL", "new", ["cs.CL", "cs.AI"], ("cs.CL", "cs.AI")),
        ("cs.CL", "cross", ["cs.CL", "eess.AS", "cs.SD"], ("eess.AS", "cs.CL", "cs.SD")),
        ("cs.CL", "replace-cross", ["cs.CL", "cs.AI"], ("cs.AI", "cs.CL")),
        ("cs.CL", "cross", ["eess.AS", "cs.CL"], ("eess.AS", "cs.CL")),
        ("cs.CL", "cross", ["cs.CL"], ("cs.CL",)),
        ("cs.CL", "cross", ["cs.CL", "I.2.7"], ("cs.CL",)),
        ("cs", "new", ["cs.AI", "cs.CL"], ("cs.AI", "cs.CL")),
        ("cs", "cross", ["cs.AI", "math.ST"], ("cs.AI", "math.ST")),
        ("hep-th", "new", ["gr-qc", "hep-th"], ("hep-th", "gr-qc")),
        ("cs.IT", "new", ["math.IT", "cs.IT"], ("math.IT", "cs.IT")),
        ("cs.IT", "cross", ["cs.IT", "math.IT", "eess.SP"], ("eess.SP", "cs.IT", "math.IT")),
        ("cs.IT", "cross", ["math.IT", "cs.IT"], ("math.IT", "cs.IT")),
        ("cs.CL", "new", ["cs.AI"], ("cs.AI",)),
        ("cs.CL", "new", [], ()),
    ],
)
async def test_the_type_of_an_entry_tells_which_category_is_primary(
    site: Site, made: Made, category: str, kind: str, named: list[str], first: tuple[str, ...]
):
    site.says(f"/rss/{category}", rss(*batch(["2506.00001"], "Thu, 12 Jun 2025 00:00:00 -0400", kind, named)))
    (paper,) = (await read(made(category))).entries
    assert paper.categories == first


def test_the_order_of_categories_is_settled_once():
    for crossed in (False, True):
        once = primary_first(("cs.CL", "cs.AI", "cs.LG"), "cs.AI", crossed=crossed)
        assert primary_first(once, "cs.AI", crossed=crossed) == once


async def test_an_entry_without_its_own_element_says_its_type_in_its_description(site: Site, made: Made):
    entry = item(1).replace("Announce Type: new", "Announce Type: replace-cross")
    site.says("/rss/cs.CL", rss(entry.replace("</category>", "</category><category>cs.AI</category>")))
    (paper,) = (await read(made())).entries
    assert (paper.announced_on, paper.categories) == (None, ("cs.AI", "cs.CL"))


# Entries.


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("Thu, 12 Jun 2025 00:00:00 -0400", date(2025, 6, 12)),
        ("Thu, 12 Jun 2025 04:00:00 +0000", date(2025, 6, 12)),
        ("Thu, 12 Jun 2025 03:59:00 GMT", date(2025, 6, 11)),
        ("Fri, 12 Dec 2025 04:30:00 GMT", date(2025, 12, 11)),
        ("2025-12-12T05:00:00+00:00", date(2025, 12, 12)),
    ],
)
def test_the_day_is_that_of_arxivs_own_calendar_in_summer_and_winter(published: str, day: date):
    assert entries_of(rss(item(1, day=published)))[0].announced_on == day


@pytest.mark.parametrize("day", ["", "soon", "Thu, 99 Jun 2025 00:00:00 -0400", "0001-01-01T00:00:00+09:00"])
def test_an_entry_without_a_day_is_skipped_with_a_reason(day: str):
    assert entries_of(rss(item(1, day=day), item(2)))[0] == Skipped(
        "oai:arXiv.org:9913.00001v1", "no announcement day"
    )


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59-11:00"])
async def test_a_day_at_the_end_of_time_raises_nothing(site: Site, made: Made, day: str):
    site.says("/rss/cs.CL", rss(item(1, day=day), item(2, day=day)))
    got = await read(made(), (await read(made())).reading.cursor or "")
    assert got.error is None


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("<item><title>No id</title></item>", "no arXiv id"),
        ("<item><guid>oai:arXiv.org:not/an/id</guid><title>Bad id</title></item>", "no arXiv id"),
        (item(7, title=""), "no title"),
        (item(7, title="\n &#8238;&#8203; "), "no title"),
    ],
)
async def test_one_bad_entry_among_good_ones_is_skipped(site: Site, made: Made, bad: str, why: str):
    site.says("/rss/cs.CL", rss(item(1), bad, item(2)))
    first, second, third = (await read(made())).entries
    assert (first.title, third.title) == ("A paper", "A paper")
    assert second.why == why


def test_hostile_titles_stay_text():
    long = "long " * 1000
    hostile = ["&lt;!channel&gt;", "@everyone", "](http://x)", "$\\alpha$ {\\'e} \\%", "0", long]
    assert titles(entries_of(rss(*(item(n, title=title) for n, title in enumerate(hostile))))) == [
        "<!channel>",
        "@everyone",
        "](http://x)",
        "α é %",
        "0",
        long.strip(),
    ]


def test_direction_changes_and_control_characters_are_taken_out():
    body = rss(item(1, title="a&#8238;b"), item(2, title="c\x0b\x00d"))
    assert titles(entries_of(body)) == ["ab", "cd"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("A. One, B. Two", ("A. One", "B. Two")),
        ("A. One (MIT, Boston), B. Two (ETH (Zürich), CH)", ("A. One", "B. Two")),
        ("A. One, Jr., B. Two, III", ("A. One, Jr.", "B. Two, III")),
        ("A. One (MIT, B. Two", ("A. One (MIT", "B. Two")),
        ("A. One and B. Two", ("A. One", "B. Two")),
        ("Ferdinand Anderson", ("Ferdinand Anderson",)),
        ("  ,, ", ()),
    ],
)
def test_the_line_of_authors_is_taken_apart(line: str, names: tuple[str, ...]):
    assert entries_of(rss(item(1, more=f"<dc:creator>{line}</dc:creator>")))[0].authors == names


def test_acm_and_msc_codes_are_no_categories_and_retired_ones_are():
    codes = ["I.2.7", "68T50 (Primary)", "I.2.7; J.3", "es: 62M10", "cs.XX", "N/A", "msc", "68T"]
    fine = ["cond-mat.mtrl-sci", "astro-ph", "cs.LG", "cmp-lg", "q-alg", "math.MP"]
    more = "".join(f"<category>{code}</category>" for code in [*codes, *fine])
    assert entries_of(rss(item(1, more=more)))[0].categories == ("cs.CL", *fine)


@pytest.mark.parametrize(
    ("version", "abstract", "withdrawn"),
    [
        (2, "This paper has been withdrawn by the authors.", True),
        (3, "Withdrawn due to an error.", True),
        (2, "The submission is temporarily withdrawn.", True),
        (1, "This paper has been withdrawn by the authors.", False),
        (2, "Drugs withdrawn from the market are studied.", False),
        (2, "We ask why papers are withdrawn by their authors.", False),
    ],
)
def test_a_newer_version_may_say_that_it_is_withdrawn(version: int, abstract: str, withdrawn: bool):
    body = rss(item(1)).replace(b"00001v1", b"00001v%d" % version).replace(b"Short.", abstract.encode())
    paper = entries_of(body)[0]
    assert (paper.version, paper.withdrawn, paper.abstract) == (version, withdrawn, abstract)
