"""What those who follow a store have to know: which store it is, and what changed and went. In SQL."""

import json
from collections.abc import Sequence
from datetime import date

from bot.model import PaperId
from bot.ports import Removed
from bot.store.dialect import Connection
from bot.store.rules import REMOVALS_KEPT, random_identity


def identity(connection: Connection) -> str:
    """Empty where it was never asked for."""
    row = connection.execute("SELECT value FROM identity WHERE name = 'store'").fetchone()
    return str(row[0]) if row else ""


def new_identity(connection: Connection) -> str:
    """Inside a writing transaction. Of several that make one at once, the first one's holds."""
    connection.execute(
        "INSERT INTO identity (name, value) VALUES ('store', ?) ON CONFLICT (name) DO NOTHING",
        (random_identity(),),
    )
    return identity(connection)


def removals_after(connection: Connection, position: int, limit: int) -> list[tuple[int, Removed]]:
    """In the order of their positions."""
    rows = connection.execute(
        "SELECT position, ids FROM removals WHERE position > ? ORDER BY position LIMIT ?", (position, limit)
    )
    return [(place, Removed(tuple(map(PaperId, json.loads(ids))))) for place, ids in rows]


def record_removals(
    connection: Connection, gone: Sequence[tuple[PaperId, ...]], before: date, position: int
) -> None:
    """Of papers announced before that day, at the positions after `position`. Inside a writing transaction."""
    connection.execute("DELETE FROM removals WHERE before < ?", ((before - REMOVALS_KEPT).isoformat(),))
    connection.executemany(
        "INSERT INTO removals (position, ids, before) VALUES (?, ?, ?)",
        ((place, json.dumps(ids), before.isoformat()) for place, ids in enumerate(gone, start=position + 1)),
    )
