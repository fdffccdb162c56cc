"""Texts that are too long for a button, in SQL."""

from datetime import datetime

from bot.store.dialect import Connection
from bot.store.rows import text_from_time
from bot.store.rules import TEXTS_KEPT, text_key


def keep_text(connection: Connection, text: str, now: datetime) -> str:
    """Inside a writing transaction. Those whose time is over go."""
    key = text_key(text)
    connection.execute("DELETE FROM texts WHERE kept_at < ?", (text_from_time(now - TEXTS_KEPT),))
    connection.execute(
        """
        INSERT INTO texts (key, content, kept_at) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET kept_at = excluded.kept_at WHERE excluded.kept_at > texts.kept_at
        """,
        (key, text, text_from_time(now)),
    )
    return key


def kept_text(connection: Connection, key: str) -> str:
    """Empty where none is kept."""
    row = connection.execute("SELECT content FROM texts WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""
