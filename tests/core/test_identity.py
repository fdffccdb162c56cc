"""What makes two descriptions one paper."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity import (
    arxiv_version,
    clean_text,
    cleaned,
    doi_id,
    id_from_text,
    is_private,
    keys,
    merged,
    normal_title,
    scheme_id,
    title_id,
    url_id,
)
from bot.model import Link, Paper, PaperId
from tests.papers import paper


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2203.01250v3", ("arxiv:2203.01250", 3)),
        ("arXiv:2203.01250", ("arxiv:2203.01250", 0)),
        ("oai:arXiv.org:2203.01250v12", ("arxiv:2203.01250", 12)),
        ("http://arxiv.org/abs/1706.03762v7", ("arxiv:1706.03762", 7)),
        ("https://arxiv.org/pdf/1706.03762.pdf", ("arxiv:1706.03762", 0)),
        ("https://export.arxiv.org/abs/hep-ex/0307015v1", ("arxiv:hep-ex/0307015", 1)),
        ("math.GT/0309136", ("arxiv:math/0309136", 0)),
        ("https://huggingface.co/papers/2606.00467", ("arxiv:2606.00467", 0)),
        ("0704.0001", ("arxiv:0704.0001", 0)),
    ],
)
def test_knows_an_arxiv_paper_however_it_is_written(text: str, found: tuple[str, int]) -> None:
    assert arxiv_version(text) == found


@pytest.mark.parametrize(
    "text", ["", "diffusion", "3.14", "2203.012", "10.1145/3292500", "http://arxiv.org/list/cs.CL"]
)
def test_takes_nothing_else_for_an_arxiv_paper(text: str) -> None:
    assert arxiv_version(text) is None


def test_an_arxiv_doi_is_the_arxiv_paper() -> None:
    assert doi_id("https://doi.org/10.48550/arXiv.2401.01234") == "arxiv:2401.01234"


def test_dois_are_folded_and_freed_of_their_address() -> None:
    assert doi_id("https://doi.org/10.1145/3292500.ABC.") == "doi:10.1145/3292500.abc"
    assert doi_id("no doi") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "https://www.biorxiv.org/content/10.1101/2024.01.02.573742v2.full.pdf",
            "doi:10.1101/2024.01.02.573742",
        ),
        ("https://www.medrxiv.org/content/10.1101/2024.01.02.24300001v1", "doi:10.1101/2024.01.02.24300001"),
        ("biorxiv.org/content/10.64898/2025.12.01.123456v1?rss=1", "doi:10.64898/2025.12.01.123456"),
        ("https://www.biorxiv.org/content/10.1101/123456", "doi:10.1101/123456"),
        ("PMID: 31978945", "pubmed:31978945"),
        ("https://pubmed.ncbi.nlm.nih.gov/31978945/", "pubmed:31978945"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/0123?x=1", "pubmed:123"),
        ("W2741809807", "openalex:W2741809807"),
        ("https://openalex.org/w2741809807", "openalex:W2741809807"),
        ("https://api.openalex.org/works/W12", "openalex:W12"),
        ("https://openreview.net/forum?id=rJl-b3RcF7", "openreview:rJl-b3RcF7"),
        ("https://openreview.net/pdf?x=1&id=rJl-b3RcF7#discussion", "openreview:rJl-b3RcF7"),
        (f"https://www.semanticscholar.org/paper/Some-Title-Lee/{'Ab' * 20}?p=1", f"s2:{'ab' * 20}"),
        (f"s2:{'0f' * 20}", f"s2:{'0f' * 20}"),
        ("CorpusId:215416146", "s2corpus:215416146"),
        ("https://api.semanticscholar.org/CorpusID:215416146", "s2corpus:215416146"),
        ("hf:some-paper", "hf:some-paper"),
        ("url:https://example.org/x", "url:https://example.org/x"),
    ],
)
def test_knows_the_ids_and_addresses_of_every_scheme(text: str, found: str) -> None:
    assert id_from_text(text) == found
    assert id_from_text(found) == found, "an id is its own spelling"


@pytest.mark.parametrize(
    "text",
    [
        "W2024",
        "pubmed:0",
        "31978945",
        "s2:abc",
        "openreview.net/forum",
        "https://openreview.net/group?id=ICLR.cc",
        "https://www.semanticscholar.org/author/123",
        "https://www.biorxiv.org/content/early/recent",
        "pubmed: cancer",
        "CorpusId: x",
        "https://openalex.org/A5023888391",
        "10." * 2000,
        "W" + "1" * 5000,
        "openreview.net/forum?" + "a&" * 5000,
    ],
)
def test_takes_nothing_else_for_an_id(text: str) -> None:
    assert id_from_text(text) is None


def test_a_source_asks_for_the_scheme_it_knows() -> None:
    assert scheme_id("pubmed", "pubmed:31978945") == "pubmed:31978945"
    assert scheme_id("openalex", "PMID: 31978945") is None


def test_every_id_fits_into_a_button() -> None:
    assert len(doi_id("10.1000/" + "x" * 500) or "") <= 80
    assert len(url_id("https://example.org/" + "y" * 500)) <= 80
    shortened = doi_id("10.1000/" + "x" * 500)
    assert id_from_text(str(shortened)) == shortened


def test_people_may_mean_an_id_an_address_or_words() -> None:
    assert id_from_text("<https://arxiv.org/abs/2401.01234>") == "arxiv:2401.01234"
    assert id_from_text("title:0123abcd") == "title:0123abcd"
    assert id_from_text("speculative decoding") is None
    assert id_from_text("title: something with words") is None


def test_the_paper_titled_0_is_a_paper_but_its_title_tells_nothing() -> None:
    zero = cleaned(Paper(PaperId("arxiv:2104.12255"), "0"))
    assert keys(zero) == ("arxiv:2104.12255",)


def test_titles_are_compared_by_their_words() -> None:
    assert title_id("Attention Is All  You Need!") == title_id("attention is all you need")
    assert title_id("Attention is all you need") != title_id("Attention is all you want")


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("Modelling $\\alpha$ decay", "Modelling α decay"),
        ("The Ω_m of Łukasz Søndergård", "the omega m of lukasz sondergard"),
        ("A naïve ﬁt", "A naive fit"),
        ("Ⅱ. More of it", "II. More of it"),
    ],
)
def test_a_title_has_one_key_in_all_alphabets(title: str, same: str) -> None:
    assert normal_title(title) == normal_title(same)


def test_a_newer_version_wins_and_an_older_one_changes_nothing() -> None:
    first = paper(1, "First title", abstract="one", version=1)
    second = replace(first, title="Second title", abstract="two", version=2)
    both = merged(first, second)
    assert (both.title, both.abstract, both.version) == ("Second title", "two", 2)
    assert merged(both, first) == both


def test_two_routes_fill_each_others_gaps() -> None:
    feed = paper(1, abstract="long", categories=("cs.CL",), sources=("arxiv",), version=1)
    daily = replace(
        feed,
        abstract="",
        summary="short",
        upvotes=12,
        version=0,
        announced_on=date(2026, 3, 5),
        categories=(),
        links=(Link("code", "https://example.org/x"),),
        sources=("huggingface",),
    )
    both = merged(feed, daily)
    assert (both.abstract, both.summary, both.upvotes) == ("long", "short", 12)
    assert both.announced_on == date(2026, 3, 5)
    assert both.sources == ("arxiv", "huggingface")
    assert both.links == (Link("code", "https://example.org/x"),)


def test_upvotes_are_the_latest_even_when_they_fall() -> None:
    assert merged(paper(1, upvotes=12), paper(1, upvotes=0)).upvotes == 0
    assert merged(paper(1, upvotes=12), paper(1)).upvotes == 12


def test_a_readable_title_replaces_the_text_that_it_was_made_of() -> None:
    before = paper(1, "On $\\alpha$ decay", version=1)
    seen = paper(1, "On α decay", title_as_given="On $\\alpha$ decay", version=1)
    for both in (merged(before, seen), merged(seen, before), merged(replace(before, version=0), seen)):
        assert (both.title, both.title_as_given) == ("On α decay", "On $\\alpha$ decay")
    later = merged(seen, replace(before, version=2))
    assert (later.title, later.version) == ("On α decay", 2), "the same text again is no news"


def test_a_text_as_given_goes_with_its_own_text() -> None:
    first = paper(1, "First", title_as_given="$First$", abstract="one", abstract_as_given="$one$", version=1)
    second = paper(1, "Second", abstract="two", abstract_as_given="", version=2)
    both = merged(first, second)
    assert (both.title, both.title_as_given) == ("Second", "")
    assert (both.abstract, both.abstract_as_given) == ("two", "")
    assert merged(second, first) == replace(both, aliases=())
    assert merged(replace(first, title_as_given="", abstract_as_given=""), first) == first
    filled = merged(replace(second, abstract=""), first)
    assert (filled.title, filled.abstract, filled.abstract_as_given) == ("Second", "one", "$one$")


@pytest.mark.parametrize("cut", ["", "We show", "We show…", "We show ...", "Another teaser…"])
def test_a_shortened_abstract_gives_way_to_the_whole(cut: str) -> None:
    whole = paper(1, abstract="We show what there is. And more.", version=1)
    for short in (paper(1, abstract=cut, version=1), paper(1, abstract=cut)):
        assert merged(short, whole).abstract == whole.abstract
        assert merged(whole, short).abstract == whole.abstract
    short = paper(1, abstract=cut, version=1)
    assert merged(short, replace(whole, version=0)).abstract == whole.abstract, (
        "a source that names no version"
    )
    assert merged(replace(whole, version=0), short).abstract == whole.abstract


def test_another_version_may_shorten_its_abstract() -> None:
    long, short = (
        paper(1, abstract="We show it. And more.", version=1),
        paper(1, abstract="We show it.", version=2),
    )
    assert merged(long, short).abstract == "We show it."
    assert merged(short, long).abstract == "We show it."
    assert (
        merged(paper(1, abstract="Mine."), paper(1, abstract="Something else, and longer.")).abstract
        == "Mine."
    )


def test_labs_are_united_and_the_venue_and_the_newest_count_are_kept() -> None:
    one = paper(1, labs=("CERN",), citations=3)
    both = merged(one, paper(1, labs=("MIT", "CERN"), venue="Nature", citations=0))
    assert (both.labs, both.venue, both.citations) == (("CERN", "MIT"), "Nature", 0)
    assert merged(both, paper(1, venue="Science")).venue == "Nature"
    assert merged(both, one).citations == 3
    assert merged(both, paper(1)).citations == 0


def test_arxivs_categories_come_first_and_in_its_order() -> None:
    bio = paper(1, categories=("neuroscience", "q-bio.NC"), sources=("biorxiv",))
    arxiv = paper(1, categories=("cs.LG", "q-bio.NC", "I.2.6"), sources=("arxiv",))
    for both in (merged(bio, arxiv), merged(arxiv, bio)):
        assert both.categories == ("cs.LG", "q-bio.NC", "I.2.6", "neuroscience")
        assert merged(both, bio).categories == merged(both, arxiv).categories == both.categories
        crossed = merged(both, replace(arxiv, categories=("cs.LG", "stat.ML")))
        assert crossed.categories == ("cs.LG", "q-bio.NC", "stat.ML", "I.2.6", "neuroscience")


papers = st.builds(
    lambda **fields: cleaned(Paper(PaperId("arxiv:2401.00001"), **fields)),
    title=st.sampled_from(["One title", "Another title", "$One$ title"]),
    title_as_given=st.sampled_from(["", "$One$ title"]),
    abstract=st.sampled_from(["", "a", "b", "a b", "a…", "..."]),
    abstract_as_given=st.sampled_from(["", "a", "$a$"]),
    authors=st.sampled_from([(), ("A",), ("B", "C")]),
    labs=st.sampled_from([(), ("MIT",), ("CERN", "MIT")]),
    categories=st.sampled_from(
        [(), ("cs.CL",), ("cs.CV", "cs.CL"), ("neuroscience", "q-bio.NC"), ("cs.CL", "cs.CV")]
    ),
    keywords=st.sampled_from([(), ("x",), ("y", "x")]),
    links=st.sampled_from([(), (Link("code", "https://a.example"),), (Link("pdf", "https://b.example"),)]),
    venue=st.sampled_from(["", "Nature", "Science"]),
    version=st.integers(0, 3),
    withdrawn=st.booleans(),
    upvotes=st.none() | st.integers(0, 3),
    citations=st.none() | st.integers(0, 3),
    announced_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 3)),
    aliases=st.sampled_from([(), (PaperId("doi:10.1/a"),), (PaperId("s2:b"), PaperId("hf:c"))]),
    sources=st.sampled_from([(), ("arxiv",), ("huggingface",), ("feed:https://a.example", "arxiv")]),
)
private_papers = st.builds(
    lambda paper, sources: replace(paper, sources=sources),
    papers,
    st.sampled_from(
        [("feed:https://a.example",), ("semantic-scholar:slack:T1/C1",), ("feed:https://b.example",)]
    ),
)
both_kinds = papers | private_papers


@given(both_kinds, both_kinds)
def test_seeing_the_same_again_changes_nothing(known: Paper, seen: Paper) -> None:
    once = merged(known, seen)
    assert merged(once, seen) == once


@given(st.tuples(papers, papers) | st.tuples(private_papers, private_papers))
def test_nothing_that_can_be_united_is_lost(pair: tuple[Paper, Paper]) -> None:
    known, seen = pair[0], replace(pair[1], id=PaperId("doi:10.1/seen"))
    both = merged(known, seen)
    for name in ("categories", "keywords", "links", "labs", "sources"):
        assert set(getattr(both, name)) == {*getattr(known, name), *getattr(seen, name)}
        assert len(set(getattr(both, name))) == len(getattr(both, name))
    assert {both.id, *both.aliases} == {known.id, *known.aliases, seen.id, *seen.aliases}
    assert bool(both.abstract) == bool(known.abstract or seen.abstract)
    assert bool(both.venue) == bool(known.venue or seen.venue)


@given(both_kinds, both_kinds)
def test_what_is_united_is_the_same_in_any_order(known: Paper, seen: Paper) -> None:
    one, other = merged(known, seen), merged(seen, known)
    for name in ("categories", "keywords", "links", "labs", "sources", "aliases"):
        assert set(getattr(one, name)) == set(getattr(other, name))
    assert (one.version, one.published_on, one.announced_on) == (
        other.version,
        other.published_on,
        other.announced_on,
    )


@given(papers, private_papers)
def test_a_private_description_adds_its_source_alone(public: Paper, private: Paper) -> None:
    both = merged(public, private)
    assert replace(both, sources=public.sources) == merged(public, public)
    assert set(both.sources) == ({*public.sources, *private.sources} if public.sources else set())
    assert not is_private(both)
    swapped = merged(private, public)
    assert replace(swapped, sources=both.sources) == both
    assert set(swapped.sources) == set(both.sources)


@given(papers, private_papers, private_papers)
def test_private_descriptions_before_and_after_make_no_difference(
    public: Paper, one: Paper, other: Paper
) -> None:
    orders = (
        merged(merged(public, one), other),
        merged(merged(one, public), other),
        merged(merged(one, other), public),
    )
    assert {replace(both, sources=tuple(sorted(both.sources))) for both in orders} == {
        replace(orders[0], sources=tuple(sorted(orders[0].sources)))
    }


@given(papers, private_papers)
def test_ids_that_only_a_private_description_names_are_not_taken(public: Paper, private: Paper) -> None:
    elsewhere = replace(public, id=PaperId("doi:10.1/a"), aliases=(private.id,))
    named = {elsewhere.id, *elsewhere.aliases}
    for both in (
        merged(elsewhere, replace(private, aliases=(PaperId("arxiv:2401.00002"),))),
        merged(replace(private, aliases=(PaperId("arxiv:2401.00002"),)), elsewhere),
    ):
        assert {both.id, *both.aliases} == named
        assert both.id not in both.aliases


def test_a_line_is_freed_of_control_and_direction_characters() -> None:
    assert clean_text("a\u202eb\x00c\ud800\n  d\u200b") == "abc d"


def test_a_paper_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match="no title"):
        cleaned(Paper(PaperId("arxiv:2401.00001"), " \u202e "))


PUBLIC = Paper(PaperId("arxiv:2601.00001"), "A paper", announced_on=date(2026, 1, 5), sources=("arxiv",))
PRIVATE = replace(PUBLIC, announced_on=date(2026, 1, 20), sources=("feed:https://lab.example/rss",))


def test_a_channels_own_feed_does_not_make_everybodys_paper_news_again() -> None:
    assert merged(PUBLIC, PRIVATE).announced_on == date(2026, 1, 5)
    assert merged(PRIVATE, PUBLIC).announced_on == date(2026, 1, 5)
    assert merged(replace(PUBLIC, announced_on=None), PRIVATE).announced_on is None
    later = replace(PUBLIC, announced_on=date(2026, 1, 30))
    assert merged(merged(PRIVATE, PUBLIC), later).announced_on == date(2026, 1, 30)
    assert merged(PRIVATE, replace(PRIVATE, announced_on=date(2026, 1, 21))).announced_on == date(2026, 1, 21)
    assert merged(PRIVATE, replace(PUBLIC, announced_on=None)).announced_on is None
    assert merged(PRIVATE, replace(PUBLIC, announced_on=None, sources=())).announced_on is None


def test_a_hostile_feed_entry_changes_nothing_of_a_public_paper_whichever_comes_first() -> None:
    public = replace(PUBLIC, url="https://arxiv.org/abs/2601.00001", keywords=("logic",))
    hostile = replace(
        PRIVATE,
        title="Buy this",
        title_as_given="$Buy$ this",
        abstract="A longer abstract than there is.",
        url="https://evil.example",
        links=(Link("PDF", "https://evil.example/pdf"),),
        keywords=("pills",),
        version=99,
        withdrawn=True,
        upvotes=10**6,
        published_on=date(1999, 1, 1),
        aliases=(PaperId("doi:10.1/other"),),
    )
    assert merged(public, hostile) == replace(public, sources=("arxiv", "feed:https://lab.example/rss"))
    assert merged(hostile, public) == replace(public, sources=("feed:https://lab.example/rss", "arxiv"))


@pytest.mark.parametrize(
    ("sources", "private"),
    [
        ((), False),
        (("arxiv",), False),
        (("feed:https://a.example", "arxiv"), False),
        (("feeds",), False),
        (("feed:https://a.example",), True),
        (("semantic-scholar:slack:T1/C1", "feed:https://a.example"), True),
    ],
)
def test_what_single_channels_alone_were_told_is_private(sources: tuple[str, ...], private: bool) -> None:
    assert is_private(replace(PUBLIC, sources=sources)) == private
