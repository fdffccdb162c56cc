"""The SQLite schema: numbered functions, only ever appended to.

`papers` have a number (the order in which they were stored) and a position (the order in which they last
changed). `aliases` holds every id of every paper. All other tables keep the id they were written with and find
the paper through `aliases`, so two papers become one by repointing ids. Times are ISO text in UTC, days ISO text,
lists JSON.
"""

from contextlib import closing
from functools import cache

from sqlite_utils import Database, Migrations

migrations = Migrations("paperboy")


@cache
def migration_names() -> tuple[str, ...]:
    """All that there are, in order: those an empty database still needs."""
    empty = Database(memory=True, execute_plugins=False)
    with closing(empty.conn):
        return tuple(migration.name for migration in migrations.pending(empty))


@migrations()
def m0001_facts(db: Database) -> None:
    """Papers, what channels asked for, what they were offered, what they did with it."""
    for statement in (_PAPERS, _PAPERS_BY_DAY, _ALIASES, _ALIASES_BY_PAPER, _SUBSCRIPTIONS, _INTERESTS):
        db.conn.execute(statement)
    for statement in (_DIGESTS, _IMPRESSIONS, _POSTS, _OPEN_POSTS, _POSTS_BY_MESSAGE):
        db.conn.execute(statement)
    for statement in (_REACTIONS, _FETCHES, _FETCHES_BY_SOURCE):
        db.conn.execute(statement)


_PAPERS = """
CREATE TABLE papers (
    number INTEGER PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    summary TEXT NOT NULL,
    authors TEXT NOT NULL,
    categories TEXT NOT NULL,
    keywords TEXT NOT NULL,
    url TEXT NOT NULL,
    links TEXT NOT NULL,
    published_on TEXT,
    announced_on TEXT,
    version INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    upvotes INTEGER,
    stars INTEGER,
    aliases TEXT NOT NULL,
    sources TEXT NOT NULL
) STRICT
"""
_PAPERS_BY_DAY = "CREATE INDEX papers_by_day ON papers (announced_on DESC, id)"

_ALIASES = """
CREATE TABLE aliases (
    alias TEXT PRIMARY KEY,
    paper INTEGER NOT NULL REFERENCES papers (number)
) STRICT, WITHOUT ROWID
"""
_ALIASES_BY_PAPER = "CREATE INDEX aliases_by_paper ON aliases (paper)"

_SUBSCRIPTIONS = """
CREATE TABLE subscriptions (
    channel TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    weekdays TEXT NOT NULL,
    at TEXT NOT NULL,
    zone TEXT NOT NULL,
    size INTEGER NOT NULL,
    paused TEXT NOT NULL
) STRICT
"""

_INTERESTS = """
CREATE TABLE interests (
    number INTEGER PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES subscriptions (channel),
    folded TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    paper TEXT,
    UNIQUE (channel, folded)
) STRICT
"""

_DIGESTS = """
CREATE TABLE digests (
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    planned_at TEXT NOT NULL,
    PRIMARY KEY (channel, day)
) STRICT
"""

_IMPRESSIONS = """
CREATE TABLE impressions (
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    place INTEGER NOT NULL,
    paper TEXT NOT NULL,
    rank INTEGER NOT NULL,
    score REAL NOT NULL,
    model TEXT NOT NULL,
    reason TEXT NOT NULL,
    explores INTEGER NOT NULL,
    PRIMARY KEY (channel, day, place),
    FOREIGN KEY (channel, day) REFERENCES digests (channel, day)
) STRICT
"""

_POSTS = """
CREATE TABLE posts (
    key TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    position INTEGER NOT NULL,
    message TEXT NOT NULL,
    paper TEXT,
    state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'failed')),
    attempts INTEGER NOT NULL,
    message_id TEXT,
    not_before TEXT,
    sending_at TEXT,
    error TEXT NOT NULL,
    UNIQUE (channel, day, position),
    FOREIGN KEY (channel, day) REFERENCES digests (channel, day)
) STRICT
"""
_OPEN_POSTS = """
CREATE INDEX open_posts ON posts (day, channel, position) WHERE state IN ('planned', 'sending')
"""
_POSTS_BY_MESSAGE = "CREATE INDEX posts_by_message ON posts (message_id) WHERE message_id IS NOT NULL"

_REACTIONS = """
CREATE TABLE reactions (
    number INTEGER NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    paper TEXT NOT NULL,
    at TEXT NOT NULL,
    is_on INTEGER NOT NULL,
    message TEXT,
    PRIMARY KEY (channel, user, name, paper)
) STRICT
"""

_FETCHES = """
CREATE TABLE fetches (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen INTEGER NOT NULL,
    new INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    skipped TEXT NOT NULL,
    error TEXT NOT NULL
) STRICT
"""
_FETCHES_BY_SOURCE = "CREATE INDEX fetches_by_source ON fetches (source, started_at, number)"
