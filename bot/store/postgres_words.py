"""What PostgreSQL's failures mean in plain words: never a password, never what was written."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bot.errors import StoreError

_TO_DO = "run `paperboy migrate`"
_FORM = "expected postgresql://user:password@host:port/database, special characters percent-encoded"

_BY_STATE = {
    "08": "the connection was lost; try again",
    "25006": "it is read-only; connect to the primary server",
    "28": "the user or the password was refused",
    "40": "another process is writing; try again",
    "42501": "the user may not do that; grant it the schema and its tables",
    "42P01": f"a table is missing; {_TO_DO}",
    "53100": "the disk is full",
    "53300": "the server has no connection left; raise max_connections or run fewer processes",
    "53": "the server lacks memory or disk",
    "55P03": "another process is writing; try again",
    "57014": "the server stopped waiting; try again",
    "57P": "the server is shutting down or starting; try again",
    "58": "the server's disk failed to read or write",
    "XX": "the database is damaged; put back a copy of it",
}

# A refused connection has no code, only a text in the server's language; these are its usual ones.
_BY_TEXT = {
    "password authentication failed": "the password was refused",
    "no password supplied": "a password is needed",
    "no pg_hba.conf entry": "the server does not let this user in from here",
    "is not permitted to log in": "this user may not log in",
    "shutting down": _BY_STATE["57P"],
    "starting up": _BY_STATE["57P"],
    "too many clients": _BY_STATE["53300"],
    "remaining connection slots": _BY_STATE["53300"],
    "Connection refused": "cannot connect; is the server running there?",
    "No such file or directory": "cannot connect; is the server running there?",
    "could not translate host name": "cannot connect; there is no such host",
    "failed to resolve host": "cannot connect; there is no such host",
    "imeout": "cannot connect; the server does not answer",
}


def address(url: str) -> dict[str, str]:
    """The parts of an address. Raises StoreError without it where it is none: it may hold a password."""
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except (psycopg.Error, UnicodeError):
        raise StoreError(f"not a PostgreSQL address; {_FORM}") from None
    # A password with a bare @, / or : is taken for the host or the port, and would be shown as such.
    ports = parts.get("port", "5432").split(",")
    if "@" in parts.get("host", "") or not all(port.isdecimal() for port in ports if port):
        raise StoreError(f"not a PostgreSQL address; {_FORM}")
    return parts


def place(parts: dict[str, str]) -> str:
    """What operators call it: `PostgreSQL at host:5432`."""
    host = parts.get("host") or parts.get("hostaddr") or "this machine"
    return f"PostgreSQL at {host}:{parts['port']}" if parts.get("port") else f"PostgreSQL at {host}"


def words_for(error: psycopg.Error) -> str:
    """Why it failed, and what to do."""
    if error.sqlstate:
        return _words_for_state(error, error.sqlstate)
    text = str(error)
    if "does not exist" in text and "database" in text:
        return f"the database does not exist; create it (createdb), then {_TO_DO}"
    if "does not exist" in text and "role" in text:
        return "the user does not exist"
    if found := [words for known, words in _BY_TEXT.items() if known in text]:
        return found[0]
    return "cannot connect" if "connection failed" in text else _BY_STATE["08"]


def _words_for_state(error: psycopg.Error, state: str) -> str:
    if isinstance(error, psycopg.DataError):
        return "a value that PostgreSQL cannot hold"
    for length in (5, 3, 2):
        if words := _BY_STATE.get(state[:length]):
            return words
    return error.diag.message_primary or f"the server refused it ({state})"
