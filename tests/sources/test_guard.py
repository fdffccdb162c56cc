"""The door for addresses that people give: what it does not ask, however the address is spelled."""

import asyncio
import gzip
import socket
import time as wall
import tracemalloc
import zlib
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import SourceError
from bot.sources.web.guard import CREDENTIALS, NO_WEB_ADDRESS, PRIVATE, AddressRefusedError, Guard, is_public
from bot.sources.web.http import Answer, Door
from tests.sources.site import BUSY, FakeTime, Reply, Site


class Names(AbstractResolver):
    """A phone book of ours: each name's answers in turn, the last one for ever."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): list(found) for name, found in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self._answers[host]
        addresses = found.pop(0) if len(found) > 1 else found[0]
        return [
            ResolveResult(hostname=host, host=a, port=port, family=2, proto=0, flags=0) for a in addresses
        ]

    async def close(self) -> None:
        pass


def door_with(time: FakeTime, *hosts: str, names: AbstractResolver | None = None, **options) -> Door:
    return Door(
        guard=Guard(hosts, resolver=names), clock=time.clock, sleep=time.sleep, jitter=lambda: 0.5, **options
    )


async def outcome(door: Door, url: str) -> Answer | str:
    try:
        return await door.get(url, source="feed")
    except SourceError as error:
        return error.reason
    finally:
        await door.close()


def port_of(site: Site) -> int:
    port = urlsplit(site.url).port
    assert port
    return port


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"],
)
def test_the_open_internet_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "no address",
    ],
)
def test_what_is_not_on_the_open_internet_is_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("127.0.0.1", PRIVATE),
        ("0.0.0.0", PRIVATE),
        ("[::1]", PRIVATE),
        ("[::ffff:127.0.0.1]", PRIVATE),
        ("[::ffff:7f00:1]", PRIVATE),
        ("[64:ff9b::7f00:1]", PRIVATE),
        ("[fe80::1%25lo]", PRIVATE),
        ("localhost", PRIVATE),
        ("LOCALHOST", PRIVATE),
        ("2130706433", NO_WEB_ADDRESS),
        ("0x7f000001", NO_WEB_ADDRESS),
        ("0x7f.1", NO_WEB_ADDRESS),
        ("0177.0.0.1", NO_WEB_ADDRESS),
        ("127.1", NO_WEB_ADDRESS),
        ("127.0.0.1.", NO_WEB_ADDRESS),
        ("localhost.", NO_WEB_ADDRESS),
        ("127.0.0.0x1", NO_WEB_ADDRESS),
        ("anyone@127.0.0.1", CREDENTIALS),
        ("anyone:secret@127.0.0.1", CREDENTIALS),
        (":@127.0.0.1", CREDENTIALS),
        ("example.org@127.0.0.1", CREDENTIALS),
    ],
)
async def test_no_spelling_of_this_machine_gets_through(site: Site, time: FakeTime, host: str, reason: str):
    site.says("/feed", b"secret")
    assert await outcome(door_with(time), f"http://{host}:{port_of(site)}/feed") == reason
    assert site.requests == []


@pytest.mark.parametrize(
    "host",
    [
        "１２７.0.0.1",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "127%2E0.0.1",
        "ⓛocalhost",
        "127.0.0.1%00.example.org",
        "127.0.0.1\\",
    ],
)
async def test_no_spelling_in_other_alphabets_gets_through(site: Site, time: FakeTime, host: str):
    site.says("/feed", b"secret")
    assert isinstance(await outcome(door_with(time), f"http://{host}:{port_of(site)}/feed"), str)
    assert site.requests == []


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "//example.org/feed", "example.org/feed", "http://", ""],
)
async def test_only_web_addresses_are_asked(time: FakeTime, url: str):
    assert await outcome(door_with(time), url) == NO_WEB_ADDRESS


async def test_a_foreign_name_is_a_name(time: FakeTime):
    names = Names(**{"xn--bcher-kva_example": [["10.0.0.1"]]})
    assert await outcome(door_with(time, names=names), "http://bücher.example/feed") == PRIVATE
    assert names.asked == ["xn--bcher-kva.example"]


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["169.254.169.254"]])
async def test_a_name_with_a_private_address_among_its_own_is_not_asked(
    site: Site, time: FakeTime, answer: list[str]
):
    names = Names(evil_example=[answer])
    door = door_with(time, names=names)
    assert await outcome(door, f"http://evil.example:{port_of(site)}/feed") == PRIVATE
    assert (site.requests, names.asked) == ([], ["evil.example"])


async def test_the_very_answer_that_is_connected_to_is_checked():
    resolver = Guard(resolver=Names(evil_example=[["8.8.8.8"], ["127.0.0.1"]])).resolver()
    assert [found["host"] for found in await resolver.resolve("evil.example", 80)] == ["8.8.8.8"]
    with pytest.raises(AddressRefusedError, match="private"):
        await resolver.resolve("evil.example", 80)


async def test_the_operator_allows_a_host_by_name(site: Site, time: FakeTime):
    site.says("/feed", b"here")
    names = Names(feeds_lab_internal=[["127.0.0.1"]], other_lab_internal=[["127.0.0.1"]])
    allowed = door_with(time, "Feeds.Lab.Internal", names=names)
    answer = await outcome(allowed, f"http://FEEDS.lab.internal:{port_of(site)}/feed")
    assert isinstance(answer, Answer) and answer.body == b"here"
    for other in ("other.lab.internal", "127.0.0.1"):
        assert await outcome(allowed, f"http://{other}:{port_of(site)}/feed") == PRIVATE
    assert len(site.requests) == 1


async def test_a_redirect_is_checked_like_an_address(site: Site, time: FakeTime):
    port = port_of(site)
    names = Names(feeds_lab_internal=[["127.0.0.1"]], evil_example=[["127.0.0.1"]])
    door = door_with(time, "feeds.lab.internal", names=names)
    targets = {
        f"http://127.0.0.1:{port}/secret": PRIVATE,
        f"http://evil.example:{port}/secret": PRIVATE,
        f"//evil.example:{port}/secret": PRIVATE,
        f"http://me:you@feeds.lab.internal:{port}/secret": CREDENTIALS,
        f"http://2130706433:{port}/secret": NO_WEB_ADDRESS,
        "file:///etc/passwd": NO_WEB_ADDRESS,
        "http://[::1/x": NO_WEB_ADDRESS,
    }
    for target, reason in targets.items():
        site.says("/feed", Reply(b"", 302, {"Location": target}))
        assert await outcome(door, f"http://feeds.lab.internal:{port}/feed") == reason
    assert {seen.path for seen in site.requests} == {"/feed"}


def redirect(target: str, status: int = 302) -> Reply:
    return Reply(b"", status, {"Location": target})


async def test_redirects_are_followed_five_times(site: Site, time: FakeTime):
    for step in range(6):
        site.says(f"/{step}", redirect(f"/{step + 1}"))
    site.says("/6", b"here")
    door = door_with(time, "127.0.0.1")
    answer = await outcome(door, f"{site.url}/1")
    assert isinstance(answer, Answer) and answer.body == b"here"
    assert await outcome(door, f"{site.url}/0") == "redirected in circles"


async def test_it_tells_where_a_page_has_moved_for_good(site: Site, time: FakeTime):
    site.says("/old", redirect("/older", 301))
    site.says("/older", redirect("/home", 308))
    site.says("/home", redirect("/today", 302))
    site.says("/today", redirect("/tonight", 301))
    site.says("/tonight", b"here")
    answer = await outcome(door_with(time, "127.0.0.1"), f"{site.url}/old")
    assert isinstance(answer, Answer)
    assert answer.address == f"{site.url}/home"


async def test_a_question_is_not_sent_on(site: Site, time: FakeTime):
    site.says("/old", redirect("/new", 307))
    door = door_with(time, "127.0.0.1")
    with pytest.raises(SourceError, match="HTTP 307"):
        await door.post(f"{site.url}/old", {"a": 1}, source="feed")
    await door.close()
    assert len(site.requests) == 1


def bomb(size: int, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    piece = b"\0" * (1 << 20)
    return b"".join([*(packer.compress(piece) for _ in range(size >> 20)), packer.flush()])


@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("deflate", 15)])
async def test_a_bomb_is_refused_before_it_fills_the_memory(
    site: Site, time: FakeTime, encoding: str, wbits: int
):
    packed = bomb(200 << 20, wbits)
    site.says("/feed", Reply(packed, 200, {"Content-Encoding": encoding}))
    assert len(packed) < 1 << 20
    tracemalloc.start()
    refused = await outcome(door_with(time, "127.0.0.1", max_bytes=100 << 20), f"{site.url}/feed")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused == "the answer is larger than 5 MB"
    assert most < 40 << 20


async def test_no_call_may_ask_for_more(site: Site, time: FakeTime):
    site.says("/feed", Reply(gzip.compress(b"x" * (6 << 20)), 200, {"Content-Encoding": "gzip"}))
    door = door_with(time, "127.0.0.1")
    with pytest.raises(SourceError, match="larger than 5 MB"):
        await door.get(f"{site.url}/feed", source="feed", max_bytes=100 << 20)
    await door.close()


async def test_a_server_that_drips_is_left_in_time(time: FakeTime):
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
    begun = wall.monotonic()
    async with server:
        refused = await outcome(door_with(time, "127.0.0.1", total=timedelta(seconds=0.2)), url)
    assert refused == "no whole answer in time, tried 2 times"
    assert wall.monotonic() - begun < 5


async def test_the_time_counts_over_all_redirects(time: FakeTime):
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.15)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /on\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
    async with server:
        refused = await outcome(door_with(time, "127.0.0.1", total=timedelta(seconds=0.4)), url)
    assert refused == "no whole answer in time, tried 2 times"


async def test_it_is_not_asked_for_ever(site: Site, time: FakeTime):
    site.says("/feed", BUSY)
    assert await outcome(door_with(time, "127.0.0.1"), f"{site.url}/feed") == "HTTP 503, tried 2 times"


async def test_cookies_and_proxies_of_the_environment_are_not_used(
    site: Site, time: FakeTime, monkeypatch: pytest.MonkeyPatch
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"{site.url}/proxy")
    site.says("/feed", Reply(b"here", 200, {"Set-Cookie": "who=me"}))
    door = door_with(time, "127.0.0.1")
    for _ in range(2):
        await door.get(f"{site.url}/feed", source="feed")
    names = Names(evil_example=[["10.0.0.1"]])
    assert await outcome(door_with(time, names=names), "http://evil.example/feed") == PRIVATE
    await door.close()
    assert [seen.path for seen in site.requests] == ["/feed", "/feed"]
    assert all("Cookie" not in seen.headers for seen in site.requests)


async def test_refusals_never_show_the_address(site: Site, time: FakeTime):
    site.says("/feed", redirect("http://secret.internal@10.0.0.1/token"))
    reason = await outcome(door_with(time, "127.0.0.1"), f"{site.url}/feed?{quote('key=secret')}")
    assert isinstance(reason, str) and "secret" not in reason


def test_a_port_is_anybodys_choice():
    Guard().check(URL("https://feeds.example.org:8443/feed"))
    Guard().check(URL("http://8.8.8.8:8080/feed"))
