"""What is asked every minute goes through indexes, whatever the planner knows of the tables."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.model import Interest, PaperId, Subscription
from bot.store.channels import subscriptions
from bot.store.dialect import Connection, Rows, for_postgres
from bot.store.digests import withdrawn_posts
from bot.store.facts import channels_of, facts, reactions_to, recent_reactions
from bot.store.mentions import mentions
from bot.store.sharing import posted, share, shown
from tests.store.samples import ANNA, DAY, DISCORD, NOW, SLACK, new_store, paper, send, shared, thumb

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgres": "EXPLAIN"}


class Explained:
    """A connection that asks how each statement would be run before it runs it."""

    def __init__(self, connection: Connection, explain: str) -> None:
        self._connection, self._explain = connection, explain
        self.plan = ""
        self.plans: list[str] = []

    def execute(self, sql: str, parameters: Any = (), /) -> Rows:
        rows = self._connection.execute(f"{self._explain} {sql}", parameters)
        self.plan = "\n".join(row[-1] for row in rows)
        self.plans.append(self.plan)
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> object:
        return self._connection.executemany(sql, parameters)


@pytest.mark.parametrize("kind", EXPLAIN)
def test_withdrawn_papers_lead_to_their_messages(kind: str, tmp_path: Path) -> None:
    shown = paper(1, withdrawn=True)
    with new_store(kind, tmp_path) as store:
        store.add_papers([shown, paper(2)])
        send(store, [shown, paper(2)])
        with store.database.reading() as connection:  # type: ignore[attr-defined]
            if kind == "postgres":  # tables of three rows are read whole otherwise, depending on statistics
                connection.execute("SET LOCAL enable_seqscan = off")
                connection.execute("SET LOCAL enable_bitmapscan = off")
            explained = Explained(connection, EXPLAIN[kind])
            assert [post.position for post in withdrawn_posts(explained, DAY)] == [1]
    steps = [
        explained.plan.index(name) for name in ("withdrawn_papers", "aliases_by_paper", "correctable_posts")
    ]
    assert steps == sorted(steps)
    assert "SCAN posts" not in explained.plan
    assert "Seq Scan" not in explained.plan


def test_a_private_source_leads_to_its_papers(tmp_path: Path) -> None:
    """In PostgreSQL a table of three rows is read whole, whatever the indexes."""
    told = [replace(paper(number), sources=(f"feed:{number}",)) for number in range(3)]
    with new_store("sqlite", tmp_path) as store:
        store.add_papers(told)
        with store.database.reading() as connection:  # type: ignore[attr-defined]
            explained = Explained(connection, EXPLAIN["sqlite"])
            assert mentions(explained, ["feed:1"], DAY, DAY) == [told[1]]
    assert "mentions_by_day" in explained.plan
    assert "SCAN mentions" not in explained.plan
    assert "SCAN papers" not in explained.plan


@pytest.mark.parametrize("kind", EXPLAIN)
def test_channels_lead_to_their_facts(kind: str, tmp_path: Path) -> None:
    papers = [paper(number, aliases=(PaperId(f"hf:{number}"),)) for number in range(1, 4)]
    with new_store(kind, tmp_path) as store:
        store.add_papers(papers)
        for channel in (SLACK, DISCORD):
            send(store, [replace(one, id=one.aliases[0]) for one in papers], channel)
            store.set_reaction(thumb(channel=channel, paper=papers[0].id))
        with store.database.reading() as connection:  # type: ignore[attr-defined]
            if kind == "postgres":  # tables of three rows are read whole otherwise
                connection.execute("SET LOCAL enable_seqscan = off")
            explained = Explained(connection, EXPLAIN[kind])
            found = facts(explained, [SLACK, DISCORD])
            assert [(len(one.offers), len(one.reactions)) for one in found.values()] == [(3, 1), (3, 1)]
            recent = recent_reactions(explained, NOW)
            assert len(recent) == 2
    said = "\n".join(explained.plans)
    assert "reactions_by_time" in said
    assert "shared_posts" in said
    assert "Seq Scan" not in said
    assert not re.search(r"SCAN (impressions|digests|posts|reactions|aliases|papers)", said)


@pytest.mark.parametrize("kind", EXPLAIN)
def test_papers_lead_to_where_they_stand_and_who_reacted(kind: str, tmp_path: Path) -> None:
    papers = [paper(number, aliases=(PaperId(f"hf:{number}"),)) for number in range(1, 4)]
    with new_store(kind, tmp_path) as store:
        store.add_papers(papers)
        send(store, papers)
        for user in range(9):
            store.set_reaction(thumb(paper=papers[0].id, user=f"slack:T1/U{user}"))
        store.set_reaction(thumb(paper=papers[1].id))
        with store.database.writing() as connection:  # type: ignore[attr-defined]
            if kind == "postgres":  # tables of three rows are read whole otherwise
                connection.execute("SET LOCAL enable_seqscan = off")
            explained = Explained(connection, EXPLAIN[kind])
            assert len(shown(explained, [papers[0].aliases[0], papers[1].id], "slack", "T1")) == 2
            assert len(reactions_to(explained, [papers[0].id], "slack", "T1")) == 9
            assert posted(explained, SLACK) == [one.id for one in reversed(papers)]
            assert channels_of(explained, ANNA) == {SLACK}
            assert share(explained, shared(papers[0]))
    said = "\n".join(explained.plans)
    for index in ("sent_posts", "reactions_by_paper", "reactions_by_user"):
        assert index in said
    assert "Seq Scan" not in said
    assert "USE TEMP B-TREE" not in said
    assert not re.search(r"SCAN (posts|reactions|aliases|papers|asked|every)", said)


@pytest.mark.parametrize("kind", EXPLAIN)
def test_as_many_statements_read_all_subscriptions_however_many(kind: str, tmp_path: Path) -> None:
    counts = []
    with new_store(kind, tmp_path) as store:
        store.add_papers([paper(1)])
        for channel in (SLACK, DISCORD):
            store.add_subscription(Subscription(channel, NOW, (Interest("seed", paper=paper(1).id),)))
            with store.database.reading() as connection:  # type: ignore[attr-defined]
                explained = Explained(connection, EXPLAIN[kind])
                assert len(subscriptions(explained)) == len(counts) + 1
            counts.append(len(explained.plans))
    assert counts[0] == counts[1]


def test_a_list_of_values_is_an_array_in_postgres() -> None:
    """A join with a list may read all of a table of which nothing is known yet."""
    listed = "x IN (SELECT value FROM json_each(:those)) AND y NOT IN (SELECT value FROM json_each(?))"
    assert for_postgres(listed) == (
        b"x = ANY (ARRAY(SELECT value FROM jsonb_array_elements_text(%(those)s)))"
        b" AND y NOT IN (SELECT value FROM jsonb_array_elements_text(%s))"
    )
