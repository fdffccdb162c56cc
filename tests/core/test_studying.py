"""When the recommender studies, and what of the store it is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.model import UP, Channel, Paper, PaperId, Reaction, Subscription, UserId
from bot.ports import Likes
from bot.recommend import NewestFirst
from bot.store.memory import MemoryStore
from bot.studying import Studying

NOW = datetime(2025, 10, 20, 9, tzinfo=UTC)
HERE, ELSEWHERE = Channel("slack", "T1", "C1"), Channel("slack", "T2", "C1")


class Student(NewestFirst):
    """Notes what it is given to study."""

    def __init__(self) -> None:
        self.studied: list[tuple[Sequence[Paper], Sequence[Likes]]] = []

    def study(self, papers: Sequence[Paper], libraries: Sequence[Likes]) -> None:
        self.studied.append((papers, libraries))


def papers(count: int, **more: object) -> list[Paper]:
    day = date(2025, 10, 17)
    return [
        replace(Paper(PaperId(f"arxiv:2510.{i:05}"), f"Title {i}", announced_on=day), **more)  # type: ignore[arg-type]
        for i in range(1, count + 1)
    ]


def a_studio(*, crowd: bool = True) -> tuple[MemoryStore, Student, Studying, list[datetime]]:
    store, student, now = MemoryStore(), Student(), [NOW]
    return store, student, Studying(store, student, lambda: now[0], crowd=crowd), now


def like(store: MemoryStore, channel: Channel, paper: PaperId, at: datetime = NOW) -> None:
    store.add_subscription(Subscription(channel, since=NOW))
    store.set_reaction(Reaction(channel, UserId(f"{channel}:U1"), UP, at, paper=paper))


def test_an_empty_archive_is_not_studied() -> None:
    _, student, studying, _ = a_studio()
    assert not studying.study()
    assert student.studied == []


def test_it_studies_again_only_when_the_archive_has_grown_by_half() -> None:
    store, student, studying, _ = a_studio()
    store.add_papers(papers(10))
    assert studying.study()
    store.add_papers(papers(14))
    assert not studying.study()
    store.add_papers(papers(15))
    assert studying.study()
    assert [len(studied) for studied, _ in student.studied] == [10, 15]


def test_new_likes_are_studied_after_a_day() -> None:
    store, student, studying, now = a_studio()
    store.add_papers(papers(10))
    assert studying.study()
    like(store, HERE, PaperId("arxiv:2510.00001"), NOW + timedelta(hours=1))
    now[0] += timedelta(hours=23)
    assert not studying.study()
    now[0] += timedelta(hours=1)
    assert studying.study()
    (found,) = student.studied[-1][1]
    assert [paper for paper, _ in found] == ["arxiv:2510.00001"]


def test_papers_of_private_sources_are_not_studied_nor_their_likes() -> None:
    store, student, studying, _ = a_studio()
    public, private = papers(2)
    store.add_papers([public, replace(private, sources=("feed:https://example.org/f",))])
    like(store, HERE, public.id)
    like(store, HERE, private.id)
    studying.study()
    studied, libraries = student.studied[-1]
    assert [paper.id for paper in studied] == [public.id]
    assert [[paper for paper, _ in library] for library in libraries] == [[public.id]]


def test_a_workspace_that_opted_out_gives_nothing() -> None:
    store, student, studying, _ = a_studio()
    store.add_papers(papers(2))
    for channel in (HERE, ELSEWHERE):
        like(store, channel, PaperId("arxiv:2510.00001"))
    store.save_crowd("slack", "T2", False)
    studying.study()
    assert len(student.studied[-1][1]) == 1


def test_without_a_crowd_no_likes_are_studied() -> None:
    store, student, studying, _ = a_studio(crowd=False)
    store.add_papers(papers(2))
    like(store, HERE, PaperId("arxiv:2510.00001"))
    studying.study()
    assert student.studied[-1][1] == []
