"""What people did with the papers, in SQL."""

from dataclasses import replace
from datetime import timedelta

from bot.model import PaperId, Reaction, UserId, channel_from_text
from bot.store.dialect import Connection
from bot.store.papers import canonical
from bot.store.rows import row_from_reaction, text_from_time

_REMEMBERED = timedelta(days=2)


def set_reaction(connection: Connection, reaction: Reaction) -> PaperId | None:
    """Inside a writing transaction. The canonical id; None where it is not about a paper of ours."""
    placed = _placed(connection, reaction)
    if placed.paper is None:
        return None
    if _is_news(connection, reaction):
        _put(connection, placed)
    return canonical(connection, placed.paper) or placed.paper


def _is_news(connection: Connection, reaction: Reaction) -> bool:
    """Whether this event was not seen before; from now on it was. It is remembered without the person."""
    if not reaction.event_id:
        return True
    oldest = text_from_time(reaction.at - _REMEMBERED)
    connection.execute("DELETE FROM events WHERE at < ?", (oldest,))
    seen = connection.execute(
        "INSERT INTO events (name, at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        (f"{reaction.channel.platform}:{reaction.event_id}", text_from_time(reaction.at)),
    )
    return seen.rowcount > 0


def _put(connection: Connection, placed: Reaction) -> None:
    connection.execute(
        """
        INSERT INTO reactions (channel, "user", name, paper, at, is_on, message)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (channel, "user", name, paper) DO UPDATE
        SET (number, at, is_on, message) = (excluded.number, excluded.at, excluded.is_on, excluded.message)
        WHERE excluded.at >= reactions.at
        """,
        row_from_reaction(placed),
    )


def _placed(connection: Connection, reaction: Reaction) -> Reaction:
    """With the channel and the paper it is about; without a paper where it is not about one of ours."""
    row = connection.execute(
        "SELECT channel, paper FROM posts WHERE message_id = ? AND state = 'sent' ORDER BY day, position LIMIT 1",
        (reaction.message,),
    ).fetchone()
    channel, shown = (channel_from_text(row[0]), row[1]) if row else (reaction.channel, None)
    known = reaction.paper is not None and canonical(connection, reaction.paper) is not None
    return replace(reaction, channel=channel, paper=reaction.paper if known else shown)


def forget_user(connection: Connection, user: UserId) -> int:
    """Inside a writing transaction. Reactions and the journal are all that names a person."""
    return sum(connection.execute(statement, (user,)).rowcount for statement in _FORGET)


_FORGET = ('DELETE FROM reactions WHERE "user" = ?', 'DELETE FROM changes WHERE "user" = ?')
