"""What a channel lets through."""

from hypothesis import given
from hypothesis import strategies as st

from bot.filters import announce_type, passes, private_sources
from bot.model import Channel, Filters, PaperId
from tests.papers import paper

CHANNEL = Channel("slack", "T1", "C1")
ROBOT = paper(1, "A robot arm that grasps", categories=("cs.RO", "cs.LG"), sources=("arxiv",))
SURVEY = paper(2, "A survey of speech recognition", categories=("cs.SD",), sources=("huggingface",))
BLOG = paper(3, "Notes on robot arms", sources=("feed:https://lab.example/rss",))


def test_without_filters_everything_public_passes() -> None:
    assert passes(ROBOT, Filters())
    assert passes(SURVEY, Filters())


def test_a_feed_is_for_the_channels_that_read_it() -> None:
    private = private_sources(CHANNEL, ["https://lab.example/rss"])
    assert not passes(BLOG, Filters())
    assert passes(BLOG, Filters(), private)
    assert not passes(BLOG, Filters(), private_sources(CHANNEL, ["https://other.example/rss"]))


def test_a_paper_that_is_public_too_is_everybodys() -> None:
    both = paper(4, "Both", sources=("feed:https://lab.example/rss", "arxiv"))
    assert passes(both, Filters())


def test_what_was_recommended_to_one_channel_is_its_own() -> None:
    picked = paper(5, "Picked", sources=("semantic-scholar:slack:T1/C1",))
    assert passes(picked, Filters(), private_sources(CHANNEL, []))
    assert not passes(picked, Filters(), private_sources(Channel("slack", "T1", "C2"), []))


def test_only_chosen_sources_and_own_feeds() -> None:
    only = Filters(sources=("arxiv",))
    assert passes(ROBOT, only)
    assert not passes(SURVEY, only)
    assert passes(BLOG, only, private_sources(CHANNEL, ["https://lab.example/rss"]))


def test_categories_stop_arxivs_papers_and_cross_lists_pass() -> None:
    assert passes(ROBOT, Filters(categories=("cs.LG",)))
    assert passes(ROBOT, Filters(categories=("cs",)))
    assert not passes(ROBOT, Filters(categories=("cs.CL",)))
    elsewhere = paper(6, "In a journal", sources=("pubmed",))
    journal = passes(
        elsewhere.__class__(PaperId("doi:10.1/x"), "In a journal"), Filters(categories=("cs.CL",))
    )
    assert journal


def test_words_wanted_and_unwanted() -> None:
    assert passes(ROBOT, Filters(include=("robot arm", "protein")))
    assert not passes(SURVEY, Filters(include=("robot arm",)))
    assert not passes(SURVEY, Filters(exclude=("surveys",)))
    assert not passes(ROBOT, Filters(include=("robot",), exclude=("arm",)))


def test_the_type_is_the_channels_not_the_papers() -> None:
    assert announce_type(ROBOT, ("cs.RO",)) == ""
    assert announce_type(ROBOT, ("cs.LG",)) == "cross-list"
    assert announce_type(ROBOT, ("cs",)) == ""
    assert announce_type(ROBOT, ()) == ""
    assert announce_type(BLOG, ("cs.LG",)) == ""


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_words_are_words(include: str, exclude: str) -> None:
    passes(ROBOT, Filters(include=(include,), exclude=(exclude,)))
