"""What people can ask, and what they get told when they ask it wrongly."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.circumstances import Circumstances
from bot.commands import COMMANDS, SPECS, Desk
from bot.digest import choose, header
from bot.errors import UserError
from bot.model import (
    Cadence,
    Fetch,
    Interest,
    Paper,
    PaperId,
    Reaction,
    Subscription,
    UserId,
)
from bot.morning import Morning
from bot.recommend import Learner
from bot.search.catchup import catch_up
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.core.asking import ALICE, CHANNEL, NOW, ask, like, open_desk, serve
from tests.core.shelves import Shelves
from tests.papers import DAY, paper, shelf, topic_of


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield from open_desk()


def test_nothing_typed_is_answered_with_help_that_lists_every_command(desk: Desk) -> None:
    text = ask(desk, "").text
    assert all(f"/papers {spec.name}" in text for spec in SPECS)


def prepare_topics(desk: Desk, example: str) -> None:
    """Three kept topics, where the second is as the example needs it."""
    papers = tuple(one.id for one in shelf()[:6])
    like(desk, *shelf()[:6])
    kept = tuple(Interest(name, papers=papers[i : i + 2]) for name, i in (("a", 0), ("b", 2), ("c", 4)))
    second = {
        "topics boost 2 off": replace(kept[1], share=2.0),
        "topics unmute 2": replace(kept[1], muted_until=DAY + timedelta(days=1)),
        "topics unpin 2": replace(kept[1], pinned=True),
    }
    interests = (kept[0], second.get(example, kept[1]), kept[2])
    desk.store.add_subscription(Subscription(CHANNEL, NOW, interests))


@pytest.mark.parametrize("example", [e for command in COMMANDS for e in command.examples])
def test_every_documented_example_is_understood(desk: Desk, example: str) -> None:
    desk = replace(
        desk,
        look_up=lambda wanted: Paper(wanted, "A fetched paper of some kind"),
        feed_title=lambda url: (url, "A feed"),
        asked=(("arxiv", "cs.CL"),),
    )
    ask(desk, "follow robot learning") if example.startswith("unfollow") else None
    ask(desk, "filter not survey") if example.startswith("filter remove") else None
    ask(desk, "sources add https://example.org/other.xml") if example.startswith("sources remove") else None
    ask(desk, "seeds add 2603.00003") if example.startswith("seeds remove") else None
    if example.startswith(("topics", "reset")):
        desk = replace(desk, recommender=Shelves())
        prepare_topics(desk, example)
    if example in {"why 2", "like 2", "cite 2"}:
        ask(desk, "follow robots")
        serve(desk)
    if example != "follow robot learning":
        said = ask(desk, example)
        assert said.text or said.cards or said.verbatim


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("serach diffusion", "/papers search"),
        ("diffusion", "/papers search diffusion"),
        ("like", "for example /papers like 2401.01234"),
        ("cite", "for example /papers cite 2401.01234"),
        ("share", "for example /papers share 2401.01234"),
        ("why nosuchpaperanywhere", "arXiv id"),
        ("why 3", "arXiv id"),
        ("unfollow x", "/papers follow"),
        ("when 25:00", "/papers when"),
        ("when Europe/Berln", "Europe/Berlin"),
        ("when berln", "Europe/Berlin"),
        ("when 99 papers", "1 to 25"),
        ("follow ?!", "/papers follow robot learning"),
        ("follow " + "x" * 101, "100 characters"),
    ],
)
def test_a_wrong_command_says_what_to_type_next(desk: Desk, text: str, hint: str) -> None:
    with pytest.raises(UserError) as refused:
        ask(desk, text)
    assert hint in str(refused.value)


def test_search_finds_papers_and_shows_five(desk: Desk) -> None:
    answer = ask(desk, "search galaxy telescope")
    assert len(answer.cards) == 5
    assert all("galaxy" in card.title for card in answer.cards)


def test_search_for_nothing_known_says_so(desk: Desk) -> None:
    assert "Nothing found" in ask(desk, "search zyxwvut").text


def test_search_by_address_finds_that_paper(desk: Desk) -> None:
    answer = ask(desk, "search https://arxiv.org/abs/2603.00003v2")
    assert [card.paper for card in answer.cards] == ["arxiv:2603.00003"]


def test_an_unknown_id_is_fetched_from_its_source_and_kept(desk: Desk) -> None:
    asked: list[PaperId] = []

    def look_up(wanted: PaperId) -> Paper:
        asked.append(wanted)
        return Paper(wanted, "Attention Is All You Need")

    desk = replace(desk, look_up=look_up)
    assert ask(desk, "search 1706.03762").cards[0].title == "Attention Is All You Need"
    assert ask(desk, "search arxiv:1706.03762").cards
    assert asked == ["arxiv:1706.03762"]


def test_an_id_that_no_source_knows_is_said_to_be_unknown(desk: Desk) -> None:
    assert "No source knows" in ask(desk, "search 1706.99999").text


def test_the_first_follow_subscribes_and_says_when_the_digest_comes(desk: Desk) -> None:
    answer = ask(desk, "follow robot learning")
    assert "Mon–Fri at 09:00 (UTC)" in answer.text
    assert "Mon 2 Mar, 09:00" in answer.text
    subscription = desk.store.subscription(CHANNEL)
    assert subscription
    assert [interest.name for interest in subscription.interests] == ["robot learning"]


def test_following_twice_is_refused_whatever_the_case(desk: Desk) -> None:
    ask(desk, "follow Robot Learning")
    with pytest.raises(UserError, match="followed here already"):
        ask(desk, "follow robot learning")


def test_follow_knows_categories_and_papers(desk: Desk) -> None:
    assert "cs.RO (category)" in ask(desk, "follow cs.RO").text
    assert "astro-ph" in ask(desk, "follow astro-ph").text
    assert "papers like" in ask(desk, "follow 2603.00001").text


def test_unfollow_by_name_number_or_paper(desk: Desk) -> None:
    for topic in ("robots", "galaxies", "2603.00001"):
        ask(desk, f"follow {topic}")
    assert "robots" in ask(desk, "unfollow ROBOTS").text
    assert "galaxies" in ask(desk, "unfollow 1").text
    ask(desk, "unfollow https://arxiv.org/abs/2603.00001")
    with pytest.raises(UserError):
        ask(desk, "unfollow 1")


def test_unfollow_suggests_the_nearest(desk: Desk) -> None:
    ask(desk, "follow robot learning")
    with pytest.raises(UserError, match="Did you mean “robot learning”"):
        ask(desk, "unfollow robot lerning")


def test_today_previews_without_storing_anything(desk: Desk) -> None:
    answer = ask(desk, "today")
    assert len(answer.cards) == 5
    assert "Nothing was sent" in answer.text
    assert desk.store.offers(CHANNEL) == []
    assert desk.store.subscription(CHANNEL) is None


def test_today_follows_the_interests(desk: Desk) -> None:
    ask(desk, "follow protein folding")
    assert all("protein" in card.title for card in ask(desk, "today").cards)


@pytest.mark.parametrize(
    ("typed", "cadence", "size"),
    [
        ("mon-fri 08:30 Europe/Berlin", Cadence((0, 1, 2, 3, 4), time(8, 30), "Europe/Berlin"), 5),
        ("daily 7am 8 papers", Cadence(tuple(range(7)), time(7), "UTC"), 8),
        ("every day at 7 am", Cadence(tuple(range(7)), time(7), "UTC"), 5),
        ("fri-mon", Cadence((0, 4, 5, 6), time(9), "UTC"), 5),
        ("tuesday, thursday 17:05", Cadence((1, 3), time(17, 5), "UTC"), 5),
        ("12am size 1", Cadence((0, 1, 2, 3, 4), time(0), "UTC"), 1),
        ("12pm america/new_york", Cadence((0, 1, 2, 3, 4), time(12), "America/New_York"), 5),
    ],
)
def test_when_understands_days_time_zone_and_size_in_any_order(
    desk: Desk, typed: str, cadence: Cadence, size: int
) -> None:
    ask(desk, f"when {typed}")
    stored = desk.store.subscription(CHANNEL)
    assert stored
    assert (stored.cadence, stored.size) == (cadence, size)


def test_when_alone_changes_nothing(desk: Desk) -> None:
    assert "Mon–Fri at 09:00" in ask(desk, "when").text
    assert desk.store.subscription(CHANNEL) is None


def _said(desk: Desk, text: str) -> str:
    try:
        answer = ask(desk, text)
    except UserError as refused:
        return str(refused)
    return answer.text or answer.verbatim or answer.cards[0].title


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_answered_or_refused_kindly(text: str) -> None:
    desk = Desk(MemoryStore(), TantivyIndex(None), Learner(), NOW)
    commands = "search follow unfollow when why filter sources author feed start".split()
    steps = (
        "filter only ",
        "filter not ",
        "filter remove ",
        "sources add ",
        "sources only ",
        "sources remove ",
        "like ",
        "share ",
        "cite ",
    )
    for name in ("", *(f"{command} " for command in commands), *steps):
        assert _said(desk, name + text)


def test_pause_and_resume(desk: Desk) -> None:
    ask(desk, "follow robots")
    ask(desk, "pause")
    paused = desk.store.subscription(CHANNEL)
    assert paused
    assert "paused here" in paused.paused
    assert "already" in ask(desk, "pause").text
    later = replace(desk, now=NOW + timedelta(days=3))
    ask(later, "resume")
    running = desk.store.subscription(CHANNEL)
    assert running
    assert (running.paused, running.since) == ("", later.now)


def test_why_takes_the_score_apart(desk: Desk) -> None:
    ask(desk, "follow robot grasping")
    serve(desk)
    answer = ask(desk, "why 1")
    assert "Picked on 2 Mar as number 1 for “robot grasping”, because you follow" in answer.text
    assert "Raised by: " in answer.text
    assert "robot" in answer.text


def test_why_names_what_lowered_a_paper(desk: Desk) -> None:
    galaxies = [p for p in shelf() if topic_of(p) == "galaxy"]
    like(desk, *[p for p in shelf() if topic_of(p) == "robot"][:2])
    desk.store.set_reaction(Reaction(CHANNEL, ALICE, "👎", NOW, paper=galaxies[0].id))
    answer = ask(desk, f"why {galaxies[1].id}")
    assert "Lowered by: " in answer.text
    assert "Not offered here yet" in answer.text


def test_topics_shows_what_was_followed_and_what_was_learned(desk: Desk) -> None:
    ask(desk, "follow protein folding")
    like(desk, *[p for p in shelf() if topic_of(p) == "robot"][:2])
    text = ask(desk, "topics").text
    assert "1. “protein folding”" in text
    assert "Learned from 2 liked papers:" in text
    assert "robot" in text.split("more of:")[1]


def test_topics_of_a_new_channel_say_how_to_begin(desk: Desk) -> None:
    assert "/papers follow" in ask(desk, "topics").text


def test_hostile_titles_pass_through_as_plain_text(desk: Desk) -> None:
    hostile = paper(900, "<!channel> @everyone ](http://x) zebra")
    desk.store.add_papers([hostile])
    catch_up(desk.index, desk.store)
    assert ask(desk, "search zebra").cards[0].title == hostile.title


@pytest.mark.parametrize(
    ("typed", "category"),
    [
        ("cs.ro", "cs.RO"),
        ("CS.CL", "cs.CL"),
        ("stat.ml", "stat.ML"),
        ("physics.optics", "physics.optics"),
        ("cond-mat.mtrl-sci", "cond-mat.mtrl-sci"),
        ("q-fin.ST", "q-fin.ST"),
        ("hep-th", "hep-th"),
        ("math", "math"),
        ("node.js", ""),
    ],
)
def test_categories_are_recognised_in_any_case(desk: Desk, typed: str, category: str) -> None:
    ask(desk, f"follow {typed}")
    stored = desk.store.subscription(CHANNEL)
    assert stored and stored.interests[0].category == category


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("follow cs.XX", "Did you mean cs."),
        ("follow https://example.org/page", "arXiv, DOI and Hugging Face"),
        ("follow the and of", "telling words"),
        ("follow robotics, vision, llm", "one by one: /papers follow robotics, then"),
        ("when 3", "3 papers, or /papers when 3:00"),
        ("when off", "/papers pause"),
        ("when 9:00 10:00", "one time"),
        ("when Berlin Paris", "one time zone"),
        ("why 2", "no digest here yet"),
        ("xyzzy", "/papers search xyzzy. /papers help"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_can(desk: Desk, typed: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        ask(desk, typed)
    assert said in str(refused.value)
    assert desk.store.subscription(CHANNEL) is None


@pytest.mark.parametrize("word", ["tomorrow", "noon", "hourly"])
def test_no_absurd_time_zone_is_suggested(desk: Desk, word: str) -> None:
    with pytest.raises(UserError) as refused:
        ask(desk, f"when {word}")
    assert "Did you mean" not in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "at", "zone"),
    [
        ("9.30 Berlin", time(9, 30), "Europe/Berlin"),
        ("0830 new york", time(8, 30), "America/New_York"),
        ("at 8 New_York", time(8), "America/New_York"),
    ],
)
def test_when_understands_cities_and_plain_times(desk: Desk, typed: str, at: time, zone: str) -> None:
    answer = ask(desk, f"when {typed}")
    stored = desk.store.subscription(CHANNEL)
    assert stored and (stored.cadence.at, stored.cadence.zone) == (at, zone)
    assert "/papers when" not in answer.text


def test_a_followed_archive_matches_its_categories(desk: Desk) -> None:
    desk.store.add_papers([paper(700, "Of quarks", categories=("math.PR",))])
    assert "1 of the 41 papers of the last 4 days match" in ask(desk, "follow math").text
    assert ask(desk, "today").cards[0].title == "Of quarks"
    assert "1 of 5 matches what you follow; the rest is simply new." in ask(desk, "today").text


def test_unfollow_suggests_by_a_contained_word(desk: Desk) -> None:
    ask(desk, "follow speech recognition")
    with pytest.raises(UserError, match="Did you mean “speech recognition”"):
        ask(desk, "unfollow speech")


def test_a_day_that_was_served_is_not_promised_again(desk: Desk) -> None:
    ask(desk, "follow robots")
    serve(desk)
    assert "next: Tue 3 Mar, 09:00" in ask(desk, "when").text
    assert "Tue 3 Mar" in ask(desk, "today").heading


def test_previews_bear_no_numbers(desk: Desk) -> None:
    assert {card.number for card in ask(desk, "today").cards} == {None}


def test_saved_lists_the_askers_own_newest_first(desk: Desk) -> None:
    assert "saved nothing" in ask(desk, "saved").text
    papers = shelf()
    for i, one in enumerate(papers[:12]):
        at = NOW + timedelta(minutes=i)
        desk.store.set_reaction(Reaction(CHANNEL, ALICE, "📌" if i % 2 else "🔖", at, paper=one.id))
    bob = UserId("slack:T1/U2")
    desk.store.set_reaction(Reaction(CHANNEL, bob, "🔖", NOW, paper=papers[20].id))
    answer = ask(desk, "saved")
    assert [card.paper for card in answer.cards] == [one.id for one in papers[11:1:-1]]
    assert answer.text == "And 2 more. Others here saved 1 more."


def test_a_paper_not_offered_is_told_where_it_would_stand(desk: Desk) -> None:
    first = ask(desk, "why 2603.00001").text.splitlines()[0]
    assert re.fullmatch(r"Not offered here yet; it would stand at \d+ of 40\.", first)


def test_sources_that_all_failed_are_named_without_details(desk: Desk) -> None:
    store = MemoryStore()
    fetches = [Fetch(name, NOW, error=f"{name}: HTTP 500 from dns") for name in ("arxiv", "huggingface")]
    choice = choose(Morning(store, NOW), desk.recommender, Subscription(CHANNEL, NOW), DAY, 4)
    assert header(choice, DAY, Circumstances(NOW, tuple(fetches))).text == (
        "No papers today: arXiv and Hugging Face could not be read. What was missed comes when they are back."
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "follow author: Fei-Fei Li, Ada Lovelace",
            "/papers follow author: Fei-Fei Li, then /papers follow author: Ada Lovelace",
        ),
        ("follow lab: CERN, author: Ada Lovelace", "lab: CERN, then /papers follow author: Ada Lovelace"),
        ("follow category: cs.CL, cs.LG", "category: cs.CL, then /papers follow category: cs.LG"),
        ("follow category: cs.CLL", "Did you mean cs.CL?"),
        ("follow author:", "Name the author too: for example /papers follow author: Fei-Fei Li"),
        ("follow Lab :", "Name the lab too: for example /papers follow lab: Allen Institute for AI"),
        ("follow category:", "Name the category too: for example /papers follow cs.RO"),
        ("follow author: ?!", "telling words"),
        ("author Fei-Fei Li", "Did you mean /papers follow author: Fei-Fei Li?"),
        ("author: Fei-Fei Li", "Did you mean /papers follow author: Fei-Fei Li?"),
        ("lab CERN", "Did you mean /papers follow lab: CERN?"),
        ("stop", "Did you mean /papers pause?"),
        ("Unsubscribe", "Did you mean /papers pause?"),
        ("off", "Did you mean /papers pause?"),
        ("start", "/papers resume?"),
        ("subscribe robotics", "Did you mean /papers follow robotics?"),
        ("feeds", "Did you mean /papers sources?"),
        ("rss https://a.example/feed", "Did you mean /papers sources add https://a.example/feed?"),
        ("list", "Did you mean /papers topics?"),
        ("settings", "Did you mean /papers topics?"),
        ("config", "Did you mean /papers topics?"),
        ("time 9am", "Did you mean /papers when 9am?"),
        ("schedule", "Did you mean /papers when?"),
        ("preview", "Did you mean /papers today?"),
        ("quokka habitats", "To search for it: /papers search quokka habitats."),
        ("why", "/papers why needs a paper: for example"),
        ("unfollow", "/papers unfollow needs a topic: for example"),
        ("exclude", "/papers exclude needs words: for example"),
        ("similar 2401.01234", "Did you mean /papers like 2401.01234?"),
        ("bibtex 2", "Did you mean /papers cite 2?"),
    ],
)
def test_what_was_meant_is_told_with_the_whole_command(desk: Desk, typed: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        ask(desk, typed)
    assert said in str(refused.value)


def test_a_name_turned_round_is_one_author(desk: Desk) -> None:
    assert "Following papers by Fei-Fei Li." in ask(desk, "follow author: Li, Fei-Fei").text
    assert "No longer following" in ask(desk, "unfollow author: Li, Fei-Fei").text


def test_a_category_may_be_called_one(desk: Desk) -> None:
    assert "Following cs.CL (category)." in ask(desk, "follow category: cs.cl").text


def test_one_paper_is_one_paper(desk: Desk) -> None:
    store = MemoryStore()
    store.add_papers([paper(1, "A robot hand")])
    one = replace(desk, store=store, size=1, window_days=1)
    said = ask(one, "follow robot hand").text
    assert "1 of 1 paper of the last day matches. 1 paper Mon–Fri" in said
    assert "1 of 1 paper of the last day passes." in ask(one, "filter only robot").text


def test_every_day_is_written_small_within_a_sentence(desk: Desk) -> None:
    assert "Done: 3 papers every day at 07:00" in ask(desk, "when daily 7am 3 papers").text


def test_a_paused_channel_is_told_so_in_whole_sentences(desk: Desk) -> None:
    ask(desk, "pause")
    for text in ("status", "topics", "when", "follow robots", "when 7am"):
        said = ask(desk, text).text
        assert "/papers resume starts them." in said
        assert ".." not in said


def test_topics_counts_what_it_learned_from(desk: Desk) -> None:
    assert "Nothing learned from reactions yet:" in ask(desk, "topics").text
    like(desk, shelf()[0])
    assert "Learned from 1 liked paper:" in ask(desk, "topics").text
    for one in shelf()[1:3]:
        desk.store.set_reaction(Reaction(CHANNEL, ALICE, "👎", NOW, paper=one.id))
    assert "Learned from 1 liked paper and 2 turned-down papers:" in ask(desk, "topics").text


def test_why_owns_up_to_a_guess(desk: Desk) -> None:
    desk.store.add_papers(
        [paper(900, "A robot hand", abstract="Not by a wizard."), paper(901, "Of 2048 stars")]
    )
    catch_up(desk.index, desk.store)
    assert ask(desk, "why robot hand").heading == "Why: A robot hand"
    assert ask(desk, "why robot hand wizard").heading == "Nearest title: A robot hand"
    assert ask(desk, "why 2603.00900").heading == "Why: A robot hand"
    assert ask(desk, "why 2048").heading == "Why: Of 2048 stars"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("EST", "EST has no summer time; America/New_York has."),
        ("mst", "MST has no summer time; America/Denver has."),
        ("HST", "HST has no summer time; Pacific/Honolulu has none either."),
    ],
)
def test_a_zone_without_summer_time_is_taken_with_a_warning(desk: Desk, zone: str, said: str) -> None:
    assert said in ask(desk, f"when 9am {zone}").text
    stored = desk.store.subscription(CHANNEL)
    assert stored and stored.cadence.zone == zone.upper()
    assert "summer" not in ask(desk, "when 9am America/New_York").text
