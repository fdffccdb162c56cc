"""The door: limits, retries, pace. Time passes only by sleeping."""

import asyncio
import gzip
from datetime import timedelta

import pytest

from bot import __version__
from bot.errors import SourceError
from bot.sources.web.http import Door
from tests.sources.site import BUSY, FakeTime, Reply, Site, apart


async def refused(door: Door, url: str, **options) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await door.get(url, source="somewhere", **options)
    return caught.value


async def test_an_answer_is_status_body_and_headers_by_any_spelling(site: Site, door: Door):
    site.says("/page", Reply(b"hello", 200, {"X-Thing": "1"}))
    answer = await door.get(f"{site.url}/page", source="somewhere", params={"q": "a b&c"})
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (200, b"hello", "1")
    assert site.requests[0].query == {"q": "a b&c"}


async def test_it_says_who_we_are_and_whom_to_ask(site: Site, door: Door):
    site.says("/page", b"")
    await door.get(f"{site.url}/page", source="somewhere")
    assert site.requests[0].headers["User-Agent"] == f"paperboy/{__version__} (+papers@example.org)"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_what_may_pass_is_tried_again_with_growing_waits(
    site: Site, door: Door, time: FakeTime, status: int
):
    site.says("/page", Reply(b"", status), Reply(b"", status), b"at last")
    assert (await door.get(f"{site.url}/page", source="somewhere")).body == b"at last"
    assert time.naps == [1.0, 2.0]


async def test_waits_are_spread_by_chance(site: Site, time: FakeTime):
    site.says("/page", BUSY, BUSY, b"at last")
    chances = iter([0.0, 0.999])
    door = Door(clock=time.clock, sleep=time.sleep, jitter=lambda: next(chances))
    await door.get(f"{site.url}/page", source="somewhere")
    await door.close()
    assert time.naps == pytest.approx([0.5, 2.998])


async def test_it_gives_up_after_four_tries_and_says_so(site: Site, door: Door):
    site.says("/page", BUSY)
    error = await refused(door, f"{site.url}/page")
    assert str(error) == "somewhere: HTTP 503, tried 4 times"
    assert len(site.requests) == 4


async def test_what_cannot_pass_is_not_tried_again(site: Site, door: Door):
    error = await refused(door, f"{site.url}/nowhere")
    assert (error.reason, len(site.requests)) == ("HTTP 404", 1)


async def test_an_accepted_status_is_an_answer(site: Site, door: Door):
    site.says("/page", Reply(b"malformed", 400))
    assert (await door.get(f"{site.url}/page", source="somewhere", accept={400})).body == b"malformed"


async def test_retry_after_seconds_are_waited(site: Site, door: Door, time: FakeTime):
    site.says("/page", Reply(b"", 429, {"Retry-After": "7"}), b"at last")
    await door.get(f"{site.url}/page", source="somewhere")
    assert time.naps == [7.0]


async def test_retry_after_as_a_date_counts_from_the_servers_own_clock(
    site: Site, door: Door, time: FakeTime
):
    headers = {"Retry-After": "Thu, 12 Jun 2025 04:00:20 GMT", "Date": "Thu, 12 Jun 2025 04:00:05 GMT"}
    site.says("/page", Reply(b"", 503, headers), b"at last")
    await door.get(f"{site.url}/page", source="somewhere")
    assert time.naps == [15.0]


@pytest.mark.parametrize("value", ["soon", "-5", "Thu, 99 Foo", "٣", ""])
async def test_a_senseless_retry_after_is_as_good_as_none(site: Site, door: Door, time: FakeTime, value: str):
    site.says("/page", Reply(b"", 429, {"Retry-After": value}), b"at last")
    await door.get(f"{site.url}/page", source="somewhere")
    assert time.naps == [1.0]


async def test_a_long_retry_after_is_reported_instead_of_waited(site: Site, door: Door, time: FakeTime):
    site.says("/page", Reply(b"", 429, {"Retry-After": "3600"}))
    error = await refused(door, f"{site.url}/page")
    assert (error.reason, error.retry_after) == ("HTTP 429, asked us to wait 3600 s", 3600.0)
    assert (time.naps, len(site.requests)) == ([], 1)


async def test_whoever_shares_the_pace_does_not_even_ask_until_then(site: Site, door: Door, time: FakeTime):
    site.says("/page", Reply(b"", 429, {"Retry-After": "3600"}), b"at last")
    await refused(door, f"{site.url}/page", pace="arxiv")
    time.now += 600
    error = await refused(door, f"{site.url}/page", pace="arxiv")
    assert (error.retry_after, len(site.requests)) == (3000.0, 1)
    time.now += 3000
    assert (await door.get(f"{site.url}/page", source="somewhere", pace="arxiv")).body == b"at last"


async def test_a_pace_keeps_requests_apart_one_at_a_time(site: Site, door: Door):
    site.says("/feed", b"")
    site.says("/api", BUSY, b"")
    urls = [f"{site.url}/{page}" for page in ("feed", "api", "feed", "api", "feed")]
    await asyncio.gather(*(door.get(url, source="arxiv", pace="arxiv") for url in urls))
    times = [request.at for request in site.requests]
    assert len(times) == 6
    assert apart(times, 3.0)
    assert site.most_together == 1


async def test_without_a_pace_requests_go_at_once(site: Site, door: Door, time: FakeTime):
    site.says("/page", b"")
    await asyncio.gather(*(door.get(f"{site.url}/page", source="somewhere") for _ in range(5)))
    assert time.naps == []


async def test_a_body_over_the_cap_is_refused_before_it_is_read_whole(site: Site, door: Door):
    site.says("/page", Reply(b"x" * 3_000_000))
    error = await refused(door, f"{site.url}/page", max_bytes=1 << 20)
    assert (error.reason, len(site.requests)) == ("the answer is larger than 1 MB", 1)


async def test_the_cap_counts_unpacked_bytes(site: Site, door: Door):
    site.says("/page", Reply(gzip.compress(b"x" * 5_000_000), 200, {"Content-Encoding": "gzip"}))
    error = await refused(door, f"{site.url}/page", max_bytes=1 << 20)
    assert error.reason == "the answer is larger than 1 MB"


async def test_redirects_are_followed_but_not_in_circles(site: Site, door: Door):
    site.says("/old", Reply(b"", 301, {"Location": "/page"}))
    site.says("/page", b"here")
    assert (await door.get(f"{site.url}/old", source="somewhere")).body == b"here"
    site.says("/loop", Reply(b"", 302, {"Location": "/loop"}))
    assert (await refused(door, f"{site.url}/loop")).reason == "redirected in circles"
    assert len(site.requests) < 12


async def test_a_server_that_is_down_is_named_in_plain_words(site: Site, door: Door, unused_tcp_port: int):
    error = await refused(door, f"http://127.0.0.1:{unused_tcp_port}/page")
    assert error.reason == "cannot connect, tried 4 times"


async def test_half_an_answer_is_no_answer(site: Site, door: Door):
    site.says("/page", Reply(b"half", promise=100))
    assert (await refused(door, f"{site.url}/page")).reason == "the answer broke off, tried 4 times"


async def test_a_lost_connection_is_tried_again(site: Site, door: Door):
    site.says("/page", Reply(lost=True), b"at last")
    assert (await door.get(f"{site.url}/page", source="somewhere")).body == b"at last"


async def test_a_server_that_never_answers_is_left_alone_in_time(site: Site, time: FakeTime):
    started = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        started.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    door = Door(total=timedelta(seconds=0.05), attempts=2, sleep=time.sleep, clock=time.clock)
    async with server:
        error = await refused(door, f"http://127.0.0.1:{port}/page")
        await door.close()
    assert started.is_set()
    assert error.reason == "no whole answer in time, tried 2 times"


@pytest.mark.parametrize(
    "url", ["not an address", "ftp://example.org/x", "http://", "http://[::1/x", "http://a..b/"]
)
async def test_what_is_no_web_address_is_said_to_be_none(door: Door, url: str):
    assert (await refused(door, url)).reason == "its address is not a web address"


@pytest.mark.parametrize(
    "target", ["ftp://example.org/x", "http://a..b/", "file:///etc/passwd", "http://[::1/x"]
)
async def test_a_redirect_leads_to_web_addresses_only(site: Site, door: Door, target: str):
    site.says("/page", Reply(b"", 302, {"Location": target}))
    assert (await refused(door, f"{site.url}/page")).reason == "its address is not a web address"


@pytest.mark.parametrize(
    "reply", [BUSY, Reply(b"", 404), Reply(b"h", promise=9), Reply(b"", 302, {"Location": "/page"})]
)
async def test_errors_never_show_the_query(site: Site, door: Door, reply: Reply):
    site.says("/page", reply)
    error = await refused(door, f"{site.url}/page?token=secret", params={"key": "secret"})
    assert "secret" not in str(error)
    assert error.__cause__ is None


async def test_it_may_be_closed_twice_and_used_again(site: Site, door: Door):
    site.says("/page", b"here")
    await door.get(f"{site.url}/page", source="somewhere")
    await door.close()
    await door.close()
    assert (await door.get(f"{site.url}/page", source="somewhere")).body == b"here"


async def test_a_key_does_not_follow_a_redirect(site: Site, door: Door):
    site.says("/api", Reply(b"", 302, {"Location": f"{site.url}/elsewhere"}))
    site.says("/elsewhere", b"you have given me your key")
    with pytest.raises(SourceError, match="HTTP 302"):
        await door.get(f"{site.url}/api", source="scholar", headers={"x-api-key": "secret"})
    assert [seen.path for seen in site.requests] == ["/api"]
    assert (await door.get(f"{site.url}/api", source="scholar")).body == b"you have given me your key"


async def test_an_error_names_the_status(site: Site, door: Door):
    site.says("/api", Reply(b"", 404))
    with pytest.raises(SourceError) as refusal:
        await door.get(f"{site.url}/api", source="scholar")
    assert refusal.value.status == 404
