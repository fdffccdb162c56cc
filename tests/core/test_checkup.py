"""What `paperboy check` finds and advises, and what feeds are called."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.checkup import AT_ONCE, check_all, feed_names
from bot.cli.advice import source_advice
from bot.errors import BotError, SourceError, StoreError
from bot.model import Channel, Feed
from bot.ports import Entry
from bot.settings import SourcesSettings
from bot.sources.web.guard import PRIVATE
from bot.store.memory import MemoryStore

LAB = "https://lab.example/rss"


class Asked:
    """A source that answers `check` with a word or an error."""

    every = timedelta(hours=1)
    open = most = 0

    def __init__(self, name: str, area: str = "", error: BotError | None = None) -> None:
        self.name, self.area = name, area
        self._error = error

    async def fetch(self, since: date, cursor: str = "") -> AsyncIterator[Entry]:
        return
        yield

    async def check(self) -> str:
        Asked.open += 1
        Asked.most = max(Asked.most, Asked.open)
        await asyncio.sleep(0)
        Asked.open -= 1
        if self._error:
            raise self._error
        return "fine"


DOWN = SourceError("x", "cannot connect")


@pytest.mark.parametrize(
    ("name", "area", "host", "key", "not_key"),
    [
        ("arxiv", "cs.CL", "rss.arxiv.org", "sources.arxiv_feed_url", "oai"),
        ("arxiv", "history cs.CL", "oaipmh.arxiv.org", "sources.arxiv_oai_url", "arxiv_feed_url"),
        ("huggingface", "daily", "huggingface.co", "sources.huggingface_url", "arxiv"),
        ("medrxiv", "", "api.biorxiv.org", "sources.biorxiv_url", "arxiv_feed"),
        ("semantic-scholar", "details", "api.semanticscholar.org", "semantic_scholar_url", "_searches"),
        ("semantic-scholar", "speech", "api.semanticscholar.org", "sources.semantic_scholar_searches", "-"),
        ("crossref", "1476-4687", "api.crossref.org", "sources.crossref_issns", "openalex"),
    ],
)
def test_advice_names_the_host_and_the_settings_of_that_part(
    name: str, area: str, host: str, key: str, not_key: str
) -> None:
    told = source_advice(SourcesSettings(), Asked(name, area), DOWN)
    assert f"can {host} be reached" in told
    assert key in told
    assert not_key not in told.replace("semantic-", "")
    assert "_…" not in told


def test_advice_names_only_settings_that_there_are() -> None:
    for name in ("arxiv", "huggingface", "biorxiv", "semantic-scholar", "pubmed", "openalex", "openreview"):
        told = source_advice(SourcesSettings(), Asked(name, "area"), DOWN)
        keys = [word.rstrip("?").removeprefix("sources.") for word in told.split() if "sources." in word]
        assert keys
        assert all(hasattr(SourcesSettings(), key) for key in keys)
    assert (
        source_advice(SourcesSettings(), Asked("sample"), DOWN)
        == "If this lasts: can it be reached from here?"
    )


def test_advice_for_a_feed_depends_on_whose_it_is() -> None:
    mine = SourcesSettings(feeds=(LAB,))
    assert "can lab.example be reached" in source_advice(mine, Asked("feed", LAB), DOWN)
    assert "sources.feeds" in source_advice(mine, Asked("feed", LAB), DOWN)
    theirs = source_advice(SourcesSettings(), Asked("feed", LAB), DOWN)
    assert "sources.feed" not in theirs
    assert "/papers sources remove" in theirs


def test_advice_for_a_private_address_names_what_to_allow() -> None:
    refused, source = SourceError("feed", PRIVATE), Asked("feed", "http://127.0.0.1:8777/rss")
    told = source_advice(SourcesSettings(), source, refused)
    assert told == "If you trust it, add 127.0.0.1 to sources.private_hosts."
    led_on = source_advice(SourcesSettings(private_hosts=("127.0.0.1",)), source, refused)
    assert "127.0.0.1 leads on to a private host" in led_on


async def test_a_failing_database_is_said_once_and_does_not_count_against_sources() -> None:
    store = MemoryStore()
    broken = Asked("arxiv", "cs.CL", StoreError("database p.db: locked"))
    findings = await check_all(store, (), [broken, Asked("crossref")], lambda source, error: "advice")
    told = {finding.what: (finding.ok, finding.text, finding.advice) for finding in findings}
    assert told["arxiv cs.CL"] == (False, "not asked: the database failed", "")
    assert told["crossref"] == (True, "fine", "")


async def test_a_source_that_fails_is_told_without_its_name_twice() -> None:
    failing = Asked("feed", LAB, SourceError("feed", "HTTP 404"))
    findings = await check_all(MemoryStore(), (), [failing], lambda source, error: source.area)
    found = next(finding for finding in findings if finding.what == f"feed {LAB}")
    assert (found.text, found.advice) == ("HTTP 404", LAB)


async def test_only_so_many_questions_are_open_at_once() -> None:
    Asked.most = 0
    await check_all(MemoryStore(), (), [Asked("feed", str(number)) for number in range(3 * AT_ONCE)])
    assert Asked.most == AT_ONCE


def test_feeds_are_called_by_a_title_that_no_other_has_else_by_their_address() -> None:
    first = Feed(Channel("slack", "T1", "C1"), LAB, "Notes", datetime(2026, 11, 22, tzinfo=UTC))
    other = replace(first, url="https://b.example/rss")
    own = replace(first, url="https://c.example/rss", title="Journal")
    bare = replace(first, url="https://d.example/rss", title="")
    assert feed_names(["https://e.example/rss"], [first, other, own, bare]) == {
        "https://e.example/rss": "https://e.example/rss",
        LAB: LAB,
        other.url: other.url,
        own.url: "Journal",
        bare.url: bare.url,
    }
    assert feed_names([], [first, replace(first, channel=Channel("slack", "T1", "C2"))]) == {LAB: "Notes"}
