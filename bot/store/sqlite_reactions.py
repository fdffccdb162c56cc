"""What people did with the papers, in SQLite."""

from dataclasses import replace
from sqlite3 import Connection

from bot.model import Channel, PaperId, Reaction, channel_from_text
from bot.store.rows import reaction_from_row, row_from_reaction
from bot.store.sqlite_papers import canonical


def set_reaction(connection: Connection, reaction: Reaction) -> PaperId | None:
    """Inside a writing transaction. The canonical id; None where it is not about a paper of ours."""
    placed = _placed(connection, reaction)
    if placed.paper is None:
        return None
    connection.execute(
        """
        INSERT INTO reactions (number, channel, user, name, paper, at, is_on, message)
        VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM reactions), ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (channel, user, name, paper) DO UPDATE
        SET (number, at, is_on, message) = (excluded.number, excluded.at, excluded.is_on, excluded.message)
        WHERE excluded.at >= reactions.at
        """,
        row_from_reaction(placed),
    )
    return canonical(connection, placed.paper) or placed.paper


def _placed(connection: Connection, reaction: Reaction) -> Reaction:
    """With the channel and the paper it is about; without a paper where it is not about one of ours."""
    row = connection.execute(
        "SELECT channel, paper FROM posts WHERE message_id = ? AND state = 'sent' ORDER BY day, position LIMIT 1",
        (reaction.message,),
    ).fetchone()
    channel, shown = (channel_from_text(row[0]), row[1]) if row else (reaction.channel, None)
    known = reaction.paper is not None and canonical(connection, reaction.paper) is not None
    return replace(reaction, channel=channel, paper=reaction.paper if known else shown)


def reactions(connection: Connection, channel: Channel) -> list[Reaction]:
    """Those that are on, oldest first. Of several ids of one paper the newest reaction counts."""
    rows = connection.execute(
        """
        SELECT channel, user, name, paper, at, is_on, message FROM (
            SELECT reactions.number, channel, user, name, COALESCE(papers.id, reactions.paper) AS paper, at, is_on,
                   message, ROW_NUMBER() OVER (
                       PARTITION BY user, name, COALESCE(papers.id, reactions.paper)
                       ORDER BY at DESC, reactions.number DESC) AS age
            FROM reactions
            LEFT JOIN aliases ON aliases.alias = reactions.paper
            LEFT JOIN papers ON papers.number = aliases.paper
            WHERE channel = ?)
        WHERE age = 1 AND is_on ORDER BY at, number
        """,
        (str(channel),),
    )
    return list(map(reaction_from_row, rows))
