"""How the sources' drains went, and where they go on, in SQL."""

from datetime import datetime

from bot.model import Fetch
from bot.store.dialect import Connection
from bot.store.rows import fetch_from_row, row_from_fetch, text_from_time


def record_fetch(connection: Connection, fetch: Fetch, keep: int) -> None:
    """Inside a writing transaction. Of each source and area the newest `keep` stay, and the newest success."""
    connection.execute(
        """
        INSERT INTO fetches (source, started_at, seen, new, changed, skipped, error,
                             area, status, greatest, batch, stale, note, failures, retry_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        row_from_fetch(fetch),
    )
    connection.execute(
        """
        DELETE FROM fetches WHERE source = :source AND area = :area
        AND number NOT IN (
            SELECT number FROM fetches WHERE source = :source AND area = :area
            ORDER BY started_at DESC, number DESC LIMIT :keep)
        AND number <> COALESCE((
            SELECT number FROM fetches WHERE source = :source AND area = :area AND error = ''
            ORDER BY started_at DESC, number DESC LIMIT 1), 0)
        """,
        {"source": fetch.source, "area": fetch.area, "keep": keep},
    )


def last_fetches(connection: Connection) -> list[Fetch]:
    """The newest of every source and area, by these."""
    rows = (
        connection.execute(
            """
            SELECT source, started_at, seen, new, changed, skipped, error,
                   area, status, greatest, batch, stale, note, failures, retry_at
            FROM fetches WHERE source = ? AND area = ? ORDER BY started_at DESC, number DESC LIMIT 1
            """,
            part,
        ).fetchone()
        for part in _parts(connection)
    )
    return list(map(fetch_from_row, rows))


def last_successes(connection: Connection) -> list[Fetch]:
    """The newest without error of every source and area, by these."""
    rows = (
        connection.execute(
            """
            SELECT source, started_at, seen, new, changed, skipped, error,
                   area, status, greatest, batch, stale, note, failures, retry_at
            FROM fetches WHERE source = ? AND area = ? AND error = '' ORDER BY started_at DESC, number DESC LIMIT 1
            """,
            part,
        ).fetchone()
        for part in _parts(connection)
    )
    return [fetch_from_row(row) for row in rows if row]


def _parts(connection: Connection) -> list[tuple[str, str]]:
    # Asked one by one: of everything at once, PostgreSQL compares every record with every part.
    rows = connection.execute("SELECT DISTINCT source, area FROM fetches")
    return sorted((source, area) for source, area in rows)


def recent_fetches(connection: Connection, since: datetime) -> list[Fetch]:
    """Oldest first."""
    rows = connection.execute(
        """
        SELECT source, started_at, seen, new, changed, skipped, error,
               area, status, greatest, batch, stale, note, failures, retry_at
        FROM fetches WHERE started_at >= ? ORDER BY started_at, number
        """,
        (text_from_time(since),),
    )
    return list(map(fetch_from_row, rows))


def cursor(connection: Connection, source: str, area: str) -> str:
    """Empty where nothing is kept."""
    row = connection.execute(
        "SELECT value FROM cursors WHERE source = ? AND area = ?", (source, area)
    ).fetchone()
    return str(row[0]) if row else ""


def save_cursor(connection: Connection, source: str, area: str, value: str) -> None:
    """Inside a writing transaction."""
    connection.execute(
        """
        INSERT INTO cursors (source, area, value) VALUES (?, ?, ?)
        ON CONFLICT (source, area) DO UPDATE SET value = excluded.value
        """,
        (source, area, value),
    )
