"""Several interests in one channel: each has its places, and people decide how many."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.model import Interest, Paper
from bot.ports import Group, Profile, Theme
from tests.core.archive import TOPICS, counted, liked, made, new, old, studied, topic_of

THREE = Profile(ratings=liked("robot", "galaxy", "speech"))


def kept(name: str, topic: str, count: int = 4, **fields: object) -> Group:
    papers = tuple(old(topic, count))
    return Group(Interest(name, papers=tuple(p.id for p in papers), **fields), papers)  # type: ignore[arg-type]


def places(profile: Profile, k: int = 9) -> dict[str, int]:
    return counted(studied().recommend(profile, new(), k))


def topics(theme: Theme) -> set[str]:
    return {topic_of(paper) for paper in theme.papers}


def test_each_interest_has_places_even_where_one_is_liked_far_more() -> None:
    assert set(places(THREE)) == {"robot", "galaxy", "speech"}
    much = Profile(ratings=(*liked("robot", count=20), *liked("galaxy", "speech")))
    served = places(much, 10)
    assert set(served) == {"robot", "galaxy", "speech"}
    assert min(served.values()) >= 1


def test_the_themes_found_are_the_topics_with_their_members_and_words() -> None:
    themes = studied().themes(THREE)
    assert sorted(topics(theme).pop() for theme in themes) == ["galaxy", "robot", "speech"]
    for theme in themes:
        (topic,) = topics(theme)
        assert len(theme.papers) == 4
        assert theme.share == pytest.approx(1 / 3)
        assert all(set(part.split()) & set(TOPICS[topic].split()) for part in theme.name.split(", "))
        assert theme.interest is None


def named_after(*papers: Paper) -> str:
    (theme,) = studied().themes(Profile(seeds=papers))
    return theme.name


def test_one_or_two_papers_are_named_by_their_titles() -> None:
    one = replace(old("robot", 1)[0], title="Juggling seals", abstract="odd wording odd wording odd wording")
    assert named_after(one) == "juggling seal"
    assert named_after(one, replace(one, id=old("robot", 2)[1].id)) == "juggling seal"


def test_words_that_stand_everywhere_name_nothing_while_there_are_others() -> None:
    title = "Language Model Token Framework for Knitting"
    papers = [
        replace(paper, title=title, abstract="A language model. The token. A framework. Some knitting.")
        for paper in old("robot", 5)
    ]
    assert "knitting" in named_after(*papers)
    assert not {"language", "model", "token", "framework"} & set(named_after(*papers).split(", "))
    bare = [replace(paper, title="Language Model", abstract="") for paper in papers]
    assert named_after(*bare) == "language model"


def test_two_words_that_stand_side_by_side_are_one_pair() -> None:
    papers = [replace(paper, title="Protein ligand", abstract="") for paper in old("protein", 2)]
    apart = replace(papers[0], title="Ligand of seas, protein of lakes")
    assert named_after(*papers, apart).split(", ")[0] == "protein ligand"


def test_one_topic_is_one_theme_however_much_of_it_is_liked() -> None:
    for count in (1, 2, 6, 25, 60):
        (theme,) = studied().themes(Profile(ratings=liked("robot", count=count)))
        assert theme.papers == tuple(old("robot", count))


def test_more_likes_of_one_topic_do_not_cut_up_another() -> None:
    themes = studied().themes(Profile(ratings=(*liked("robot", count=40), *liked("galaxy", count=5))))
    assert [topics(theme) for theme in themes] == [{"robot"}, {"galaxy"}]


def test_a_kept_group_keeps_its_papers_and_its_name_and_takes_what_is_like_it() -> None:
    profile = replace(THREE, groups=(kept("hands", "robot", 3),), ratings=liked("robot", "galaxy", count=6))
    first, second = studied().themes(profile)
    assert (first.name, first.papers) == ("hands", tuple(old("robot", 6)))
    assert topics(second) == {"galaxy"}
    assert {p.interest for p in studied().recommend(profile, new("robot"), 3)} == {"hands"}


def test_a_strange_paper_stays_in_the_group_where_people_put_it() -> None:
    odd = old("galaxy", 1)[0]
    group = Group(Interest("hands", papers=(odd.id,)), (*old("robot", 3), odd))
    first, *_ = studied().themes(Profile(groups=(group,), ratings=((odd, 1.0), *liked("speech"))))
    assert odd in first.papers


def test_a_topic_followed_in_words_takes_the_likes_that_are_about_it() -> None:
    about = [p for p in old("robot", 70) if "gripper" in f"{p.title} {p.abstract}".split()][:5]
    ratings = (*((p, 1.0) for p in about), *liked("galaxy"))
    first, second = studied().themes(Profile(interests=(Interest("gripper"),), ratings=ratings))
    assert (first.name, first.papers) == ("gripper", tuple(about))
    assert topics(second) == {"galaxy"}


@pytest.mark.parametrize("count", [0, 1, 2, 5, 20])
def test_likes_of_a_followed_topic_do_not_throw_it_out(count: int) -> None:
    """Few papers use its words, and these stand far above all others."""
    rare = {"robot": "zeppelin", "galaxy": "marzipan"}

    def about(topic: str, papers: list[Paper]) -> list[Paper]:
        word = rare[topic]
        return [replace(p, title=f"{word} {p.title}", abstract=f"{p.abstract} {word} {word}") for p in papers]

    interests = tuple(map(Interest, rare.values()))
    ratings = tuple((paper, 1.0) for paper in about("robot", old("robot", count)))
    few = [paper for topic in rare for paper in about(topic, new(topic)[:4])]
    usual = [paper for topic in TOPICS for paper in new(topic)[4:]]
    picks = studied().recommend(Profile(interests=interests, ratings=ratings), [*few, *usual], 4)
    shown = [pick.interest for pick in picks]
    assert min(map(shown.count, rare.values())) >= 1


@pytest.mark.parametrize(("share", "compare"), [(2.0, int.__gt__), (0.5, int.__lt__)])
def test_a_share_gives_more_places_or_fewer(share: float, compare: Callable[[int, int], bool]) -> None:
    usual = replace(THREE, groups=(kept("hands", "robot"),))
    changed = replace(THREE, groups=(kept("hands", "robot", share=share),))
    assert compare(places(changed)["robot"], places(usual)["robot"])
    assert set(places(changed)) == {"robot", "galaxy", "speech"}
    shares = [studied().themes(profile)[0].share for profile in (changed, usual)]
    assert (shares[0] > shares[1]) == (share > 1)


MUTED = [
    Profile(ratings=THREE.ratings, groups=(kept("r", "robot"),), muted=frozenset({"r"})),
    Profile(interests=(Interest("r", category="cs.RO"),), ratings=THREE.ratings, muted=frozenset({"r"})),
    Profile(interests=(Interest("galaxy survey"), Interest("r", category="cs.RO")), muted=frozenset({"r"})),
    Profile(interests=(Interest("robot", pinned=True), Interest("galaxy")), muted=frozenset({"robot"})),
    Profile(interests=(Interest("robot"),), muted=frozenset({"robot"})),
    Profile(interests=(Interest("robot"), Interest("a", category="astro-ph.GA")), muted=frozenset({"robot"})),
]


def of_it(profile: Profile, paper: Paper) -> bool:
    """Whether it belongs to what is muted there: a group or a category of robots, or the word itself."""
    return topic_of(paper) == "robot" and (
        "robot" not in profile.muted or "robot" in f"{paper.title} {paper.abstract}"
    )


@pytest.mark.parametrize("profile", MUTED)
def test_nothing_of_a_muted_interest_comes_and_other_picks_fill_up(profile: Profile) -> None:
    picks = studied().recommend(profile, new(), 8, 2)
    assert len(picks) == 8
    assert [pick.paper.title for pick in picks if of_it(profile, pick.paper)] == []
    assert not profile.muted & {pick.interest for pick in picks}


@pytest.mark.parametrize("profile", MUTED)
def test_nothing_of_it_comes_even_where_there_is_little_else(profile: Profile) -> None:
    candidates = [*new("robot"), *new("market")[:2]]
    picks = studied().recommend(profile, candidates, 10, 3)
    assert [pick.paper.title for pick in picks if of_it(profile, pick.paper)] == []


def test_a_muted_author_is_not_read_for_a_while() -> None:
    by = [replace(paper, authors=("Ada Byron",)) for paper in new("robot")]
    profile = Profile(interests=(Interest("ada", author="Ada Byron"),), ratings=liked("robot"))
    loud = studied().recommend(profile, [*by, *new("galaxy")], 5)
    quiet = studied().recommend(replace(profile, muted=frozenset({"ada"})), [*by, *new("galaxy")], 5)
    assert counted(loud) == {"robot": 5}
    assert counted(quiet) == {"galaxy": 5}


def test_muting_changes_nothing_else() -> None:
    group = kept("hands", "robot")
    loud = Profile(ratings=THREE.ratings, groups=(group,))
    quiet = replace(loud, muted=frozenset({"hands"}))
    scores = [
        {
            p.paper.id: (p.score, p.reason)
            for p in studied().recommend(one, new(), 25)
            if topic_of(p.paper) != "robot"
        }
        for one in (loud, quiet)
    ]
    both = scores[0].keys() & scores[1].keys()
    assert len(both) >= 10
    assert all(scores[0][one] == scores[1][one] for one in both)


def test_a_pinned_interest_has_a_place_whenever_something_of_it_is_new() -> None:
    candidates = [*new("robot"), new("market")[0]]
    loose = Profile(interests=(Interest("market portfolio"),), ratings=liked("robot", count=30))
    tight = replace(loose, interests=(Interest("market portfolio", pinned=True),))
    low = replace(tight, interests=(Interest("market portfolio", pinned=True, share=0.2),))
    for profile in (tight, low):
        assert counted(studied().recommend(profile, candidates, 3))["market"] == 1
        assert counted(studied().recommend(profile, candidates, 3, 1))["market"] == 1
        assert set(counted(studied().recommend(profile, new("robot"), 3))) == {"robot"}


def test_a_pinned_category_has_a_place_too() -> None:
    profile = Profile(
        interests=(Interest("a", category="q-bio.BM", pinned=True),), ratings=liked("robot", count=12)
    )
    assert counted(studied().recommend(profile, new(), 4))["protein"] >= 1
    assert "protein" not in counted(studied().recommend(replace(profile, muted=frozenset({"a"})), new(), 4))


def test_two_pinned_interests_do_not_take_the_place_from_each_other() -> None:
    groups = tuple(kept(name, name, pinned=True, share=0.2) for name in ("robot", "galaxy", "speech"))
    profile = Profile(ratings=liked("protein", "climate", "market", count=8), groups=groups)
    assert {"robot", "galaxy", "speech"} <= set(places(profile, 4))
    assert set(places(profile, 3)) == {"robot", "galaxy", "speech"}


def test_two_themes_are_merged_and_one_is_split_by_their_papers() -> None:
    both = (*old("robot", 4), *old("galaxy", 4))
    merged = Group(Interest("both", papers=tuple(p.id for p in both)), both)
    profile = replace(THREE, groups=(merged,))
    assert [(t.name, topics(t)) for t in studied().themes(profile)] == [
        ("both", {"robot", "galaxy"}),
        (studied().themes(profile)[1].name, {"speech"}),
    ]
    apart = replace(
        THREE, groups=(kept("one", "robot", 2), Group(Interest("two"), tuple(old("robot", 2, 2))))
    )
    first, second, *_ = studied().themes(apart)
    assert (first.papers, second.papers) == (tuple(old("robot", 2)), tuple(old("robot", 2, 2)))


def test_halves_of_two_topics_are_the_topics() -> None:
    mixed = [paper for pair in zip(old("robot", 6), old("galaxy", 6), strict=True) for paper in pair]
    halves = studied().halves(mixed)
    assert sorted(map(sorted, ([topic_of(p) for p in half] for half in halves))) == [
        ["galaxy"] * 6,
        ["robot"] * 6,
    ]
    one = old("robot", 1)
    assert studied().halves(one) == (tuple(one), ())
    assert studied().halves([]) == ((), ())
    twins = [made("robot", 1), made("robot", 1, id=new()[0].id)]
    assert all(map(len, studied().halves(twins)))


BY_HAND = (
    Interest("robot grasping"),
    Interest("cs.SD", category="cs.SD"),
    Interest("author: Ada Byron", author="Ada Byron"),
    Interest("lab: CERN", lab="CERN"),
    Interest("galaxy survey", share=2.0),
    Interest("q-bio.BM", category="q-bio.BM"),
)


@pytest.mark.parametrize("ratings", [(), liked("market"), liked("market", "climate", "robot")])
@pytest.mark.parametrize("muted", [(), ("robot grasping",), ("cs.SD", "lab: CERN"), ("hands",)])
@pytest.mark.parametrize("groups", [(), (kept("hands", "robot"),)])
@pytest.mark.parametrize("count", [0, 2, 6])
def test_all_that_is_followed_is_listed_once_in_order_and_shares_add_up(
    ratings: tuple[tuple[Paper, float], ...], muted: tuple[str, ...], groups: tuple[Group, ...], count: int
) -> None:
    profile = Profile(interests=BY_HAND[:count], ratings=ratings, groups=groups, muted=frozenset(muted))
    themes = studied().themes(profile)
    mine = [*(group.interest for group in groups), *profile.interests]
    assert [theme.interest for theme in themes[: len(mine)]] == mine
    assert all(theme.interest is None and theme.papers for theme in themes[len(mine) :])
    total = sum(theme.share for theme in themes)
    assert total == pytest.approx(1.0) or (total == 0 and not ratings)


@pytest.mark.parametrize("followed", [BY_HAND[1:2], (BY_HAND[1], BY_HAND[5])])
def test_followed_categories_alone_share_all_places(followed: tuple[Interest, ...]) -> None:
    themes = studied().themes(Profile(interests=followed))
    assert [theme.share for theme in themes] == pytest.approx([1 / len(followed)] * len(followed))
