"""Who holds what alone, and until when, in SQL."""

from datetime import datetime

from bot.store.dialect import Connection
from bot.store.rows import text_from_time


def take_lease(connection: Connection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Inside a writing transaction."""
    taken = connection.execute(
        """
        INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until)
        ON CONFLICT (name) DO UPDATE SET (holder, until) = (excluded.holder, excluded.until)
        WHERE leases.holder = excluded.holder OR leases.until <= :now
        """,
        {"name": name, "holder": holder, "now": text_from_time(now), "until": text_from_time(until)},
    )
    return taken.rowcount > 0


def drop_lease(connection: Connection, name: str, holder: str) -> None:
    """Inside a writing transaction."""
    connection.execute("DELETE FROM leases WHERE name = ? AND holder = ?", (name, holder))
