"""Which workspaces take no part in the crowd, in SQL."""

from bot.store.dialect import Connection


def save_crowd(connection: Connection, platform: str, workspace: str, taking_part: bool) -> None:
    """Inside a writing transaction."""
    statement = (
        "DELETE FROM workspaces_apart WHERE platform = ? AND workspace = ?"
        if taking_part
        else "INSERT INTO workspaces_apart (platform, workspace) VALUES (?, ?)"
        " ON CONFLICT (platform, workspace) DO NOTHING"
    )
    connection.execute(statement, (platform, workspace))


def not_in_crowd(connection: Connection) -> frozenset[tuple[str, str]]:
    """As (platform, workspace)."""
    rows = connection.execute("SELECT platform, workspace FROM workspaces_apart")
    return frozenset((platform, workspace) for platform, workspace in rows)
