"""How the sources' drains went, in SQL."""

from datetime import datetime

from bot.model import Fetch
from bot.store.dialect import Connection
from bot.store.rows import fetch_from_row, row_from_fetch, time_from_text


def record_fetch(connection: Connection, fetch: Fetch, keep: int) -> None:
    """Inside a writing transaction. Of each source the newest `keep` stay, and the newest success."""
    connection.execute(
        """
        INSERT INTO fetches (source, started_at, seen, new, changed, skipped, error)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        row_from_fetch(fetch),
    )
    connection.execute(
        """
        DELETE FROM fetches WHERE source = :source
        AND number NOT IN (
            SELECT number FROM fetches WHERE source = :source
            ORDER BY started_at DESC, number DESC LIMIT :keep)
        AND number <> COALESCE((
            SELECT number FROM fetches WHERE source = :source AND error = ''
            ORDER BY started_at DESC, number DESC LIMIT 1), 0)
        """,
        {"source": fetch.source, "keep": keep},
    )


def last_fetches(connection: Connection) -> list[Fetch]:
    """The newest of every source, by source."""
    rows = connection.execute(
        """
        SELECT source, started_at, seen, new, changed, skipped, error FROM (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY source ORDER BY started_at DESC, number DESC) AS age
            FROM fetches) AS aged
        WHERE age = 1 ORDER BY source
        """
    )
    return list(map(fetch_from_row, rows))


def last_success(connection: Connection, source: str) -> datetime | None:
    """When the newest drain without error started."""
    row = connection.execute(
        "SELECT MAX(started_at) FROM fetches WHERE source = ? AND error = ''", (source,)
    ).fetchone()
    return time_from_text(row[0]) if row[0] else None
