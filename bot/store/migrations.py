"""The schema: numbered functions, only ever appended to.

Written in SQLite's words; `dialect.py` turns them into PostgreSQL's.

`papers` have a number (the order in which they were stored) and a position (the order in which they last
changed). `aliases` holds every id of every paper. All other tables keep the id they were written with and find
the paper through `aliases`, so two papers become one by repointing ids. Times are ISO text in UTC, days ISO text,
lists JSON.
"""

from contextlib import closing
from functools import cache

from sqlite_utils import Database, Migrations

from bot.store import schema_search as search

migrations = Migrations("paperboy")


@cache
def migration_names() -> tuple[str, ...]:
    """All that there are, in order: those an empty database still needs."""
    empty = Database(memory=True, execute_plugins=False)
    with closing(empty.conn):
        return tuple(migration.name for migration in migrations.pending(empty))


def statements(name: str) -> tuple[str, ...]:
    """What the migration of that name does, in order."""
    return _STATEMENTS[name]


@migrations()
def m0001_facts(db: Database) -> None:
    """Papers, what channels asked for, what they were offered, what they did with it."""
    _run(db, "m0001_facts")


@migrations()
def m0002_sharing(db: Database) -> None:
    """What several processes need: lost attempts, unknown ends, leases, events seen, a counter that never falls."""
    _run(db, "m0002_sharing")


@migrations()
def m0003_sources(db: Database) -> None:
    """What sources say of themselves and of papers, feeds, mentions, cursors, filters, which posts were corrected."""
    _run(db, "m0003_sources")


@migrations()
def m0004_taste(db: Database) -> None:
    """How people steer: interests of examples, shares, mutes, pins, wild cards, resets; what they changed."""
    _run(db, "m0004_taste")


@migrations()
def m0005_search(db: Database) -> None:
    """What search needs: messages without a digest, where papers were posted, who reacted to them, long texts."""
    _run(db, "m0005_search")


@migrations()
def m0006_updates(db: Database) -> None:
    """What those who follow a store need, as indexes do: which store it is, and which papers went."""
    _run(db, "m0006_updates")


def _run(db: Database, name: str) -> None:
    for statement in statements(name):
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

_NEWER_POSTS = """
CREATE TABLE newer_posts (
    key TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    position INTEGER NOT NULL,
    message TEXT NOT NULL,
    paper TEXT,
    state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unknown')),
    attempts INTEGER NOT NULL,
    message_id TEXT,
    not_before TEXT,
    sending_at TEXT,
    lost_at TEXT,
    error TEXT NOT NULL,
    UNIQUE (channel, day, position),
    FOREIGN KEY (channel, day) REFERENCES digests (channel, day)
) STRICT
"""
_FILL_POSTS = """
INSERT INTO newer_posts (key, channel, day, position, message, paper, state, attempts, message_id, not_before,
                         sending_at, error)
SELECT key, channel, day, position, message, paper, state, attempts, message_id, not_before, sending_at, error
FROM posts
"""
_OPEN_POSTS_BY_CHANNEL = """
CREATE INDEX open_posts_by_channel ON posts (channel, day, position) WHERE state IN ('planned', 'sending')
"""
_TROUBLED_POSTS = "CREATE INDEX troubled_posts ON posts (day) WHERE state IN ('failed', 'unknown')"

_NEWER_REACTIONS = """
CREATE TABLE newer_reactions (
    number INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    paper TEXT NOT NULL,
    at TEXT NOT NULL,
    is_on INTEGER NOT NULL,
    message TEXT,
    UNIQUE (channel, user, name, paper)
) STRICT
"""
_FILL_REACTIONS = """
INSERT INTO newer_reactions (channel, "user", name, paper, at, is_on, message)
SELECT channel, "user", name, paper, at, is_on, message FROM reactions ORDER BY number
"""
_REACTIONS_BY_USER = 'CREATE INDEX reactions_by_user ON reactions ("user")'

_COUNTERS = "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT"
_FILL_COUNTERS = (
    "INSERT INTO counters (name, value) SELECT 'position', COALESCE(MAX(position), 0) FROM papers"
)
_LEASES = "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL) STRICT"
_EVENTS = "CREATE TABLE events (name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT"
_EVENTS_BY_TIME = "CREATE INDEX events_by_time ON events (at)"

_MORE_OF_PAPERS = (
    "ALTER TABLE papers ADD COLUMN labs TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE papers ADD COLUMN venue TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE papers ADD COLUMN citations INTEGER",
    "ALTER TABLE papers ADD COLUMN title_as_given TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE papers ADD COLUMN abstract_as_given TEXT NOT NULL DEFAULT ''",
)
_MORE_OF_CHANNELS = (
    "ALTER TABLE subscriptions ADD COLUMN filters TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE interests ADD COLUMN author TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE interests ADD COLUMN lab TEXT NOT NULL DEFAULT ''",
)
_CORRECTED = "ALTER TABLE posts ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0"
_WITHDRAWN_PAPERS = "CREATE INDEX withdrawn_papers ON papers (number) WHERE withdrawn = 1"
_CORRECTABLE_POSTS = """
CREATE INDEX correctable_posts ON posts (paper, day) WHERE state = 'sent' AND corrected = 0 AND paper IS NOT NULL
"""

_FEEDS = """
CREATE TABLE feeds (
    number INTEGER PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES subscriptions (channel),
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    added_at TEXT NOT NULL,
    UNIQUE (channel, url)
) STRICT
"""

_MORE_OF_FETCHES = (
    "ALTER TABLE fetches ADD COLUMN area TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE fetches ADD COLUMN status INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE fetches ADD COLUMN greatest TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE fetches ADD COLUMN batch TEXT",
    "ALTER TABLE fetches ADD COLUMN stale INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE fetches ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE fetches ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE fetches ADD COLUMN retry_at TEXT",
)
_FETCHES_BY_AREA = "CREATE INDEX fetches_by_area ON fetches (source, area, started_at, number)"
_FETCHES_BY_TIME = "CREATE INDEX fetches_by_time ON fetches (started_at, number)"

_CURSORS = """
CREATE TABLE cursors (
    source TEXT NOT NULL,
    area TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (source, area)
) STRICT, WITHOUT ROWID
"""

_MENTIONS = """
CREATE TABLE mentions (
    source TEXT NOT NULL,
    paper TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (source, paper)
) STRICT, WITHOUT ROWID
"""
_MENTIONS_BY_DAY = "CREATE INDEX mentions_by_day ON mentions (source, day)"

_TASTE = (
    "ALTER TABLE interests ADD COLUMN papers TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE interests ADD COLUMN share REAL NOT NULL DEFAULT 1",
    "ALTER TABLE interests ADD COLUMN muted_until TEXT",
    "ALTER TABLE interests ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE subscriptions ADD COLUMN wild_cards INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE subscriptions ADD COLUMN reset_at TEXT",
    "ALTER TABLE subscriptions ADD COLUMN reports INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE impressions ADD COLUMN interest TEXT NOT NULL DEFAULT ''",
)
_REACTIONS_BY_TIME = "CREATE INDEX reactions_by_time ON reactions (at)"

_CHANGES = """
CREATE TABLE changes (
    number INTEGER PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES subscriptions (channel),
    user TEXT NOT NULL,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
) STRICT
"""
_CHANGES_BY_CHANNEL = "CREATE INDEX changes_by_channel ON changes (channel, number)"
_CHANGES_BY_USER = 'CREATE INDEX changes_by_user ON changes ("user")'

_WORKSPACES_APART = """
CREATE TABLE workspaces_apart (
    platform TEXT NOT NULL,
    workspace TEXT NOT NULL,
    PRIMARY KEY (platform, workspace)
) STRICT, WITHOUT ROWID
"""

_STATEMENTS = {
    "m0001_facts": (
        *(_PAPERS, _PAPERS_BY_DAY, _ALIASES, _ALIASES_BY_PAPER, _SUBSCRIPTIONS, _INTERESTS),
        *(_DIGESTS, _IMPRESSIONS, _POSTS, _OPEN_POSTS, _POSTS_BY_MESSAGE),
        *(_REACTIONS, _FETCHES, _FETCHES_BY_SOURCE),
    ),
    "m0002_sharing": (
        *(_NEWER_POSTS, _FILL_POSTS, "DROP TABLE posts", "ALTER TABLE newer_posts RENAME TO posts"),
        *(_OPEN_POSTS, _POSTS_BY_MESSAGE, _OPEN_POSTS_BY_CHANNEL, _TROUBLED_POSTS),
        *(_NEWER_REACTIONS, _FILL_REACTIONS, "DROP TABLE reactions"),
        *("ALTER TABLE newer_reactions RENAME TO reactions", _REACTIONS_BY_USER),
        *(_COUNTERS, _FILL_COUNTERS, _LEASES, _EVENTS, _EVENTS_BY_TIME),
    ),
    "m0003_sources": (
        *_MORE_OF_PAPERS,
        *_MORE_OF_CHANNELS,
        *(_CORRECTED, _WITHDRAWN_PAPERS, _CORRECTABLE_POSTS, _FEEDS),
        *_MORE_OF_FETCHES,
        *("DROP INDEX fetches_by_source", _FETCHES_BY_AREA, _FETCHES_BY_TIME, _CURSORS),
        *(_MENTIONS, _MENTIONS_BY_DAY),
    ),
    "m0004_taste": (
        *_TASTE,
        *(_REACTIONS_BY_TIME, _CHANGES, _CHANGES_BY_CHANNEL, _CHANGES_BY_USER, _WORKSPACES_APART),
    ),
    "m0005_search": (
        *(search.FREED_POSTS, search.FREE_POSTS),
        *("DROP TABLE posts", "ALTER TABLE freed_posts RENAME TO posts"),
        *(_OPEN_POSTS, _POSTS_BY_MESSAGE, _OPEN_POSTS_BY_CHANNEL, _TROUBLED_POSTS, _CORRECTABLE_POSTS),
        *(search.SENT_POSTS, search.SHARED_POSTS, search.REACTIONS_BY_PAPER),
        *(search.TEXTS, search.TEXTS_BY_TIME),
    ),
    "m0006_updates": (search.IDENTITY, search.REMOVALS),
}
