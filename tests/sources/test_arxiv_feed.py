"""arXiv's announcement feeds, in both forms, in good and in bad shape."""

from datetime import date

import pytest

from bot.errors import SourceError
from bot.model import Link, Paper
from bot.ports import Skipped
from bot.sources.arxiv_feed import ArxivFeed, announcements
from bot.sources.http import Door
from tests.sources.site import HTML, Reply, Site, item, rss, sample, taken

DAY = date(2025, 6, 12)


def feed(site: Site, door: Door, *categories: str, form="rss") -> ArxivFeed:
    return ArxivFeed(door, categories or ("cs.CL",), base_url=site.url, form=form)


def entries_of(body: bytes) -> list[Paper | Skipped]:
    return [announced.entry for announced in announcements(body)]


def titles(entries: list[Paper | Skipped]) -> list[str]:
    return [entry.title for entry in entries if isinstance(entry, Paper)]


@pytest.mark.parametrize("form", ["rss", "atom"])
async def test_both_forms_give_the_same_papers(site: Site, door: Door, form: str):
    site.says(f"/{form}/cs.CL", sample(f"cs.CL.{form}"))
    entries, error = await taken(feed(site, door, form=form), DAY)
    assert error is None
    assert entries[0] == Paper(
        id="arxiv:2305.14725",
        title="AMELI: Enhancing Multimodal Entity Linking with Fine-Grained Attributes",
        abstract="Entities are linked by their attributes as well, in words and pictures: $p < 0.01$.",
        authors=("Barry Menglong Yao", "Sijia Wang", "Yu Chen", "Lifu Huang"),
        categories=("cs.CL",),
        url="https://arxiv.org/abs/2305.14725",
        links=(Link("PDF", "https://arxiv.org/pdf/2305.14725"),),
        announced_on=DAY,
        version=1,
        sources=("arxiv",),
    )
    cross, replaced, replaced_cross = entries[1:]
    assert (
        cross.title
        == "Listen, Chat, and Remix: Text-Guided Soundscape Remixing for Enhanced Auditory Experience"
    )
    assert (cross.categories, cross.aliases) == (("eess.AS", "cs.CL", "cs.SD"), ("doi:10.9999/rebuilt.1",))
    assert cross.announced_on == DAY
    assert (replaced.version, replaced.announced_on) == (3, None)
    assert (replaced_cross.version, replaced_cross.announced_on) == (2, None)


async def test_a_weekend_has_no_papers_and_no_error(site: Site, door: Door):
    site.says("/rss/cs.CL", sample("weekend.rss"))
    assert await taken(feed(site, door), DAY) == ([], None)


async def test_each_category_is_asked_for_by_itself_and_a_paper_comes_once(site: Site, door: Door):
    site.says("/rss/cs.CL", rss(item(1), item(2)))
    site.says("/rss/cs.LG", rss(item(2), item(3)))
    entries, _ = await taken(feed(site, door, "cs.CL", "cs.LG"), DAY)
    assert [entry.id for entry in entries] == ["arxiv:9913.00001", "arxiv:9913.00002", "arxiv:9913.00003"]
    first, second = site.requests
    assert second.at - first.at >= 3.0


async def test_a_category_that_fails_does_not_cost_the_others(site: Site, door: Door):
    site.says("/rss/cs.AI", Reply(b"", 500))
    site.says("/rss/cs.CL", rss(item(1)))
    site.says("/rss/cs.LG", Reply(b"", 500))
    entries, error = await taken(feed(site, door, "cs.AI", "cs.CL", "cs.LG"), DAY)
    assert titles(entries) == ["A paper"]
    assert str(error) == "arxiv: cs.AI, cs.LG: HTTP 500, tried 4 times"


async def test_when_asked_to_come_back_later_the_other_categories_wait_too(site: Site, door: Door):
    site.says("/rss/cs.AI", Reply(b"", 429, {"Retry-After": "600"}))
    _, error = await taken(feed(site, door, "cs.AI", "cs.CL"), DAY)
    assert error.retry_after == 600.0
    assert len(site.requests) == 1


async def test_a_late_feed_shows_the_batch_before_and_nothing_of_it_comes_again(site: Site, door: Door):
    site.says("/rss/cs.CL", sample("cs.CL.rss"))
    assert await taken(feed(site, door), date(2025, 6, 13)) == ([], None)


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


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("<item><title>No id</title></item>", "no arXiv id"),
        ("<item><guid>oai:arXiv.org:not/an/id</guid><title>Bad id</title></item>", "no arXiv id"),
        (item(7, title=""), "no title"),
        (item(7, title="\n &#8238;&#8203; "), "no title"),
    ],
)
def test_one_bad_entry_among_good_ones_is_skipped(bad: str, why: str):
    first, second, third = entries_of(rss(item(1), bad, item(2)))
    assert (first.title, third.title) == ("A paper", "A paper")
    assert second.why == why


def test_hostile_titles_stay_text():
    long = "long " * 1000
    hostile = ["&lt;!channel&gt;", "@everyone", "](http://x)", "$\\alpha$ {\\'e} \\%", "0", long]
    assert titles(entries_of(rss(*(item(n, title=title) for n, title in enumerate(hostile))))) == [
        "<!channel>",
        "@everyone",
        "](http://x)",
        "$\\alpha$ {\\'e} \\%",
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


def test_acm_and_msc_codes_are_no_categories():
    codes = [
        "I.2.7",
        "68T50 (Primary)",
        "I.2.7; J.3",
        "es: 62M10",
        "cond-mat.mtrl-sci",
        "astro-ph",
        "cs.LG",
        "N/A",
    ]
    more = "".join(f"<category>{code}</category>" for code in codes)
    assert entries_of(rss(item(1, more=more)))[0].categories == (
        "cs.CL",
        "cond-mat.mtrl-sci",
        "astro-ph",
        "cs.LG",
    )


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


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML, "cs.CL: a web page instead of a feed"),
        (b"", "cs.CL: half a document"),
        (b"Rate exceeded.", "cs.CL: not well-formed XML"),
        (b'{"error": 1}', "cs.CL: not well-formed XML"),
        (b"<opml version='2.0'><head/></opml>", "cs.CL: not a feed: the document is <opml>"),
        (b"<?xml version='1.0' encoding='klingon'?><rss/>", "cs.CL: "),
        (b"<rss>" + b"<a>" * 100_000, "cs.CL: elements nested too deeply"),
        (rss(end="</rss>"), "cs.CL: not well-formed XML"),
    ],
)
async def test_what_is_not_a_feed_is_an_error(site: Site, door: Door, body: bytes, reason: str):
    site.says("/rss/cs.CL", body)
    entries, error = await taken(feed(site, door), DAY)
    assert entries == []
    assert error.reason.startswith(reason)


async def test_half_a_feed_gives_its_whole_entries_and_then_the_error(site: Site, door: Door):
    whole = rss(*(item(n) for n in range(500)))
    site.says("/rss/cs.CL", whole[: whole.index(b"00400v1") + 100])
    entries, error = await taken(feed(site, door), DAY)
    assert len(titles(entries)) == 400
    assert "half a document" in error.reason


async def test_a_document_that_breaks_gives_what_stood_before(site: Site, door: Door):
    site.says("/rss/cs.CL", rss(item(1), item(2), "<item><title>a & b</title></item>", item(3)))
    entries, error = await taken(feed(site, door), DAY)
    assert len(titles(entries)) == 2
    assert "not well-formed" in error.reason


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
async def test_entities_are_never_expanded(site: Site, door: Door, doctype: str):
    site.says("/rss/cs.CL", doctype.encode() + rss(item(1, title="&c;")))
    entries, error = await taken(feed(site, door), DAY)
    assert entries == []
    assert error.reason == "cs.CL: a document type or entity, which no feed needs"


async def test_the_servers_own_error_feed_is_an_error(site: Site, door: Door):
    body = rss().replace(b"cs.CL updates on arXiv.org", b"Feed error for query: cs.XX")
    site.says("/rss/cs.CL", body)
    _, error = await taken(feed(site, door), DAY)
    assert error.reason == "cs.CL: Feed error for query: cs.XX"


async def test_check_says_how_many_and_of_which_day(site: Site, door: Door):
    site.says("/rss/cs.CL", sample("cs.CL.rss"), sample("weekend.rss"), Reply(b"", 404))
    source = feed(site, door)
    assert await source.check() == "4 papers in cs.CL on 12 June 2025"
    assert await source.check() == "answers; no papers in cs.CL today, as on weekends and holidays"
    with pytest.raises(SourceError, match=r"arxiv: cs\.CL: HTTP 404"):
        await source.check()
