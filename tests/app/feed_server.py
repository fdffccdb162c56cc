"""A local server that announces papers as arXiv does: one RSS feed per category, the batch of the clock's day."""

import html
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import format_datetime

from aiohttp import web

from bot.model import Paper


class FeedServer:
    """Serves `/rss/{category}`; `failing` answers HTTP 500 instead. Runs on the test's own loop."""

    def __init__(self, batches: Mapping[date, Sequence[Paper]], today: Callable[[], date]) -> None:
        self._batches = batches
        self._today = today
        self.failing = False
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> "FeedServer":
        app = web.Application()
        app.router.add_get("/rss/{category}", self._feed)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def _feed(self, request: web.Request) -> web.Response:
        if self.failing:
            return web.Response(status=500, text="<html>broken</html>")
        day = self._today()
        text = rss(day, self._batches.get(day, ()), request.match_info["category"])
        return web.Response(text=text, content_type="application/rss+xml")


def rss(day: date, papers: Sequence[Paper], category: str) -> str:
    """The feed of one day; every paper is announced as new."""
    at = format_datetime(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    items = "".join(_item(paper, at, category) for paper in papers)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><title>updates on arXiv.org</title>'
        f"<lastBuildDate>{at}</lastBuildDate><pubDate>{at}</pubDate>{items}</channel></rss>"
    )


def _item(paper: Paper, at: str, category: str) -> str:
    number = paper.id.removeprefix("arxiv:")
    about = html.escape(f"arXiv:{number}v1 Announce Type: new \nAbstract: {paper.abstract}")
    return (
        f"<item><title>{html.escape(paper.title)}</title><link>https://arxiv.org/abs/{number}</link>"
        f"<description>{about}</description><guid isPermaLink='false'>oai:arXiv.org:{number}v1</guid>"
        f"<category>{category}</category><pubDate>{at}</pubDate>"
        f"<arxiv:announce_type>new</arxiv:announce_type><dc:creator>A. Author, B. Author</dc:creator></item>"
    )
