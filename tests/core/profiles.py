"""Profiles of any kind, and candidates for them."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from bot.model import Interest
from bot.ports import Group, Profile
from tests.core.archive import DAY, new, old

FEW = [
    replace(
        paper, upvotes=i, authors=("Ada Byron",) if i % 5 == 0 else (), announced_on=DAY - timedelta(i % 4)
    )
    for i, paper in enumerate(new()[::4])
]
KNOWN = [*old("robot", 5), *old("galaxy", 5), *old("speech", 5), *FEW[:3]]
FOLLOWED = [
    Interest("robot grasping"),
    Interest("galaxy survey", share=2.0),
    Interest("stars", category="astro-ph.GA", pinned=True),
    Interest("cs.RO", category="cs.RO", share=0.5),
    Interest("author: Ada Byron", author="Ada Byron"),
    Interest("lab: CERN", lab="CERN"),
    Interest("???"),
]
papers = st.lists(st.sampled_from(KNOWN), unique=True, max_size=8)
interests = st.lists(st.sampled_from(FOLLOWED), unique=True, max_size=4)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Of any kind, contradictions included: a paper may be liked, a seed, passed over and kept in a group."""
    worths = st.sampled_from([1.0, 0.8, 0.5, 1e-9, -0.3, -1.0])
    rated = tuple((paper, draw(worths)) for paper in draw(papers))
    followed = tuple(draw(interests))
    kept = draw(papers)
    group = Group(
        Interest("kept", papers=tuple(p.id for p in kept), share=draw(st.sampled_from([0.2, 5.0]))),
        tuple(kept),
    )
    groups = (group,) if kept else ()
    names = [one.name for one in followed] + ["kept"]
    return Profile(
        interests=followed,
        seeds=tuple(draw(papers)),
        ratings=rated,
        ignored=tuple(draw(papers)),
        off_topic=tuple(paper.id for paper, _ in rated if draw(st.booleans())),
        groups=groups,
        muted=frozenset(draw(st.lists(st.sampled_from(names), max_size=2))),
        crowd=draw(st.booleans()),
    )
