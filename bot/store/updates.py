"""What those who follow a store have to know: which store it is. In SQL."""

from secrets import token_hex

from bot.store.dialect import Connection

_BYTES = 16


def identity(connection: Connection) -> str:
    """Empty where it was never asked for."""
    row = connection.execute("SELECT value FROM identity WHERE name = 'store'").fetchone()
    return str(row[0]) if row else ""


def new_identity(connection: Connection) -> str:
    """Inside a writing transaction. Of several that make one at once, the first one's holds."""
    connection.execute(
        "INSERT INTO identity (name, value) VALUES ('store', ?) ON CONFLICT (name) DO NOTHING",
        (token_hex(_BYTES),),
    )
    return identity(connection)
