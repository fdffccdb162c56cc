"""`paperboy fetch`, `import` and `status` as an operator types them, against a local arXiv in a thread of its own."""

import asyncio
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.app.test_command_line import paperboy

STORE = ("--store", "sqlite:///p.db")
CHANNEL = "slack:T1/C1"


def record(number: int) -> str:
    """A record of the archive; the ids are of a month that never was."""
    return (
        f"<record><header><identifier>oai:arXiv.org:9913.{number:05}</identifier><datestamp>2026-02-03</datestamp>"
        f"</header><metadata><arXivRaw xmlns='http://arxiv.org/OAI/arXivRaw/'><id>9913.{number:05}</id>"
        "<version version='v1'><date>Mon, 02 Feb 2026 15:00:00 GMT</date></version>"
        f"<title>On the H$_2$O of number {number}</title><authors>A. One</authors><categories>cs.CL</categories>"
        "<abstract>Short.</abstract></arXivRaw></metadata></record>"
    )


class LocalArxiv:
    """An empty feed, and an archive of three pages whose second is missing until `whole` is set."""

    def __init__(self) -> None:
        self.whole = False
        self.tokens: list[str] = []
        self.agents: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        assert self._ready.wait(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/rss/{category}", self._feed)
        app.router.add_get("/oai", self._oai)
        app.router.add_get("/notes/{number}", self._notes)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _feed(self, request: web.Request) -> web.Response:
        return web.Response(text="<rss version='2.0'><channel><title>cs.CL</title></channel></rss>")

    async def _notes(self, request: web.Request) -> web.Response:
        return web.Response(text="<rss version='2.0'><channel><title>Notes</title></channel></rss>")

    async def _oai(self, request: web.Request) -> web.Response:
        token = request.query.get("resumptionToken", "")
        self.tokens.append(token)
        self.agents.add(request.headers["User-Agent"])
        page = int(token.removeprefix("page") or 1)
        if page == 2 and not self.whole:
            return web.Response(status=404)
        more = f"page{page + 1}" if page < 3 else ""
        records = "".join(record(10 * page + i) for i in range(4))
        end = f"<resumptionToken cursor='{4 * page - 4}' completeListSize='12'>{more}</resumptionToken>"
        return web.Response(
            text="<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>"
            f"<ListRecords>{records}{end}</ListRecords></OAI-PMH>"
        )

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)


@pytest.fixture
def arxiv() -> Iterator[LocalArxiv]:
    made = LocalArxiv()
    yield made
    made.close()


def fetch(arxiv: LocalArxiv, folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return paperboy(
        *STORE,
        *words,
        cwd=folder,
        **environ,
        PAPERBOY_SOURCES__ARXIV_CATEGORIES="cs.CL",
        PAPERBOY_SOURCES__ARXIV_FEED_URL=arxiv.url,
        PAPERBOY_SOURCES__ARXIV_OAI_URL=arxiv.url,
        PAPERBOY_SOURCES__ARXIV_SECONDS_BETWEEN_REQUESTS="0",
        PAPERBOY_SOURCES__HUGGINGFACE="false",
        PAPERBOY_SOURCES__CONTACT="mailto:lab@example.org",
    )


def test_history_that_broke_off_goes_on_where_it_was(arxiv: LocalArxiv, tmp_path: Path) -> None:
    assert paperboy(*STORE, "migrate", cwd=tmp_path).returncode == 0
    asked = ("fetch", "--source", "arxiv", "--since", "2026-01-01")
    first = fetch(arxiv, tmp_path, *asked)
    assert first.returncode == 1
    assert "arXiv history cs.CL: 4 seen, 4 new" in first.stdout
    assert "\n  FAILED: HTTP 404\n" in first.stdout
    arxiv.whole = True
    second = fetch(arxiv, tmp_path, *asked)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "arXiv history cs.CL: 8 seen, 8 new" in second.stdout
    assert arxiv.tokens == ["", "page2", "page2", "page3"]
    assert "mailto:lab@example.org" in next(iter(arxiv.agents))
    found = paperboy(*STORE, "search", "H₂O", "--limit", "20", "--json", cwd=tmp_path)
    titles = [json.loads(line)["title"] for line in found.stdout.splitlines()]
    assert len(titles) == 12
    assert "On the H₂O of number 10" in titles


def test_status_says_how_each_part_is(arxiv: LocalArxiv, tmp_path: Path) -> None:
    paperboy(*STORE, "migrate", cwd=tmp_path)
    fetch(arxiv, tmp_path, "fetch")
    told = paperboy(*STORE, "status", cwd=tmp_path).stdout
    assert "arXiv cs.CL: " in told
    assert "last read " in told
    assert "arXiv history cs.CL: FAILED: HTTP 404; never read well so far" in told
    assert "next try" in told
    log = paperboy(*STORE, "status", "--log", "24", cwd=tmp_path).stdout
    assert "404 arXiv history cs.CL: 4 seen, 4 new" in log
    assert "200 arXiv cs.CL: 0 seen" in log
    assert len(log.splitlines()) == 3, "the failure has a line of its own"
    parsed = json.loads(paperboy(*STORE, "status", "--json", cwd=tmp_path).stdout)
    assert {fetch["area"]: fetch["status"] for fetch in parsed["fetches"]} == {
        "cs.CL": 200,
        "history cs.CL": 404,
    }


RIS = "TY  - JOUR\nTI  - Of quarks and stars\nAU  - Meitner, Lise\nDO  - 10.1000/quarks\nPY  - 1939\nER  - \n"
OPML = (
    "<opml version='2.0'><body><outline text='Lab'><outline type='rss' text='Notes' "
    "xmlUrl='https://lab.example/rss'/></outline></body></opml>"
)


def test_seed_papers_and_feeds_come_into_a_channel(tmp_path: Path) -> None:
    paperboy(*STORE, "migrate", cwd=tmp_path)
    (tmp_path / "zotero.ris").write_text(RIS)
    (tmp_path / "feeds.opml").write_text(OPML)
    done = paperboy(
        *STORE, "import", "zotero.ris", "feeds.opml", "--channel", CHANNEL, "--seeds", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"1 new; {CHANNEL}: 1 feed added, follows 1 paper more\n"
    again = paperboy(
        *STORE, "import", "zotero.ris", "feeds.opml", "--channel", CHANNEL, "--seeds", cwd=tmp_path
    )
    assert again.stdout == f"1 known already; {CHANNEL}: 1 feed read already, 1 paper followed already\n"
    told = json.loads(paperboy(*STORE, "status", "--json", cwd=tmp_path).stdout)
    assert [feed["url"] for feed in told["feeds"]] == ["https://lab.example/rss"]
    assert [interest["name"] for interest in told["subscriptions"][0]["interests"]] == ["Of quarks and stars"]


def test_feeds_that_are_left_out_are_named(tmp_path: Path) -> None:
    paperboy(*STORE, "migrate", cwd=tmp_path)
    rows = [
        "<outline text='A' xmlUrl='https://a.example/rss'/><outline text='B' xmlUrl='https://b.example/rss'/>",
        "<outline text='Bad' xmlUrl='ftp://c.example/rss'/><outline text='Lab' type='rss'/>",
    ]
    (tmp_path / "feeds.opml").write_text(f"<opml version='2.0'><body>{''.join(rows)}</body></opml>")
    done = paperboy(*STORE, "import", "feeds.opml", "--channel", CHANNEL, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    left_out = "2 feeds left out: “Bad” (ftp), “Lab” (no address)"
    assert done.stdout == f"{CHANNEL}: 2 feeds added; {left_out}\n"
    parsed = paperboy(*STORE, "import", "feeds.opml", "--channel", CHANNEL, "--json", cwd=tmp_path)
    told = json.loads(parsed.stdout)["feeds_left_out"]
    assert [feed["what"] for feed in told] == ["Bad", "Lab"]
    (tmp_path / "feeds.opml").write_text("<opml version='2.0'><body/></opml>")
    empty = paperboy(*STORE, "import", "feeds.opml", "--channel", CHANNEL, cwd=tmp_path)
    assert (empty.returncode, empty.stdout) == (1, "")
    assert "no feed found in feeds.opml" in empty.stderr


def test_of_many_feeds_that_are_left_out_the_first_are_named(tmp_path: Path) -> None:
    paperboy(*STORE, "migrate", cwd=tmp_path)
    rows = "".join(f"<outline text='N{number}'/>" for number in range(12))
    (tmp_path / "feeds.opml").write_text(f"<opml version='2.0'><body>{rows}</body></opml>")
    done = paperboy(*STORE, "import", "feeds.opml", "--channel", CHANNEL, cwd=tmp_path)
    assert "12 feeds left out: “N0” (no address), " in done.stdout
    assert done.stdout.endswith("“N9” (no address) and 2 more\n")


def with_feeds(folder: Path, *urls: str) -> None:
    """A channel in a new database reads these feeds, under the titles of a list."""
    paperboy(*STORE, "migrate", cwd=folder)
    rows = "".join(f"<outline text='Lab {number}' xmlUrl='{url}'/>" for number, url in enumerate(urls, 1))
    (folder / "feeds.opml").write_text(f"<opml version='2.0'><body>{rows}</body></opml>")
    done = paperboy(*STORE, "import", "feeds.opml", "--channel", CHANNEL, cwd=folder)
    assert done.returncode == 0, done.stderr


def test_feeds_of_channels_alone_can_be_fetched_and_are_told_apart(arxiv: LocalArxiv, tmp_path: Path) -> None:
    with_feeds(tmp_path, f"{arxiv.url}/notes/1", f"{arxiv.url}/notes/2")
    mine = {
        "PAPERBOY_SOURCES__FEEDS": f"{arxiv.url}/notes/3",
        "PAPERBOY_SOURCES__PRIVATE_HOSTS": "127.0.0.1",
    }
    of_channels = fetch(
        arxiv, tmp_path, "fetch", "--source", "feed", PAPERBOY_SOURCES__PRIVATE_HOSTS="127.0.0.1"
    )
    assert of_channels.returncode == 0, of_channels.stdout + of_channels.stderr
    assert [line.split(":")[0] for line in of_channels.stdout.splitlines()] == ["“Lab 1”", "“Lab 2”"]
    both = fetch(arxiv, tmp_path, "fetch", **mine)
    assert f"“{arxiv.url}/notes/3”: 0 seen" in both.stdout
    told = fetch(arxiv, tmp_path, "status", **mine).stdout
    assert "“Lab 1”: last read " in told
    assert f"“{arxiv.url}/notes/3”: last read " in told


def test_check_asks_the_feeds_of_channels_too(arxiv: LocalArxiv, tmp_path: Path) -> None:
    with_feeds(tmp_path, f"{arxiv.url}/notes/1")
    refused = fetch(arxiv, tmp_path, "check").stdout
    assert f"FAIL  feed {arxiv.url}/notes/1: feeds at private addresses are not read" in refused
    assert "If you trust it, add 127.0.0.1 to sources.private_hosts." in refused
    allowed = fetch(arxiv, tmp_path, "check", PAPERBOY_SOURCES__PRIVATE_HOSTS="127.0.0.1").stdout
    assert f"ok    feed {arxiv.url}/notes/1: 0 entries" in allowed


def test_check_before_the_database_says_so_once_and_asks_the_sources(
    arxiv: LocalArxiv, tmp_path: Path
) -> None:
    done = fetch(arxiv, tmp_path, "check")
    assert done.returncode == 1
    assert done.stdout.count("paperboy migrate") == 1
    assert "FAIL  database: " in done.stdout
    assert "ok    arxiv cs.CL: answers" in done.stdout
    assert "ok    arxiv history cs.CL: more than 4 records" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "feeds.opml"), "feeds.opml: a list of feeds; name the channel"),
        (("import", "zotero.ris", "--seeds"), "--seeds needs --channel"),
        (("import", "zotero.ris", "--channel", "nowhere"), "not a channel"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    paperboy(*STORE, "migrate", cwd=tmp_path)
    (tmp_path / "zotero.ris").write_text(RIS)
    (tmp_path / "feeds.opml").write_text(OPML)
    done = paperboy(*STORE, *words, cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
