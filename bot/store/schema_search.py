"""What the migrations for search say: a message needs no digest; papers lead to messages and reactions; long texts;
which store it is, and which papers went.
"""

FREED_POSTS = """
CREATE TABLE freed_posts (
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
    corrected INTEGER NOT NULL DEFAULT 0,
    UNIQUE (channel, day, position)
) STRICT
"""
FREE_POSTS = """
INSERT INTO freed_posts (key, channel, day, position, message, paper, state, attempts, message_id, not_before,
                         sending_at, lost_at, error, corrected)
SELECT key, channel, day, position, message, paper, state, attempts, message_id, not_before, sending_at, lost_at,
       error, corrected
FROM posts
"""
SENT_POSTS = """
CREATE INDEX sent_posts ON posts (paper, channel) WHERE state = 'sent' AND paper IS NOT NULL
"""
SHARED_POSTS = "CREATE INDEX shared_posts ON posts (channel, day, position) WHERE position >= 1000"
REACTIONS_BY_PAPER = "CREATE INDEX reactions_by_paper ON reactions (paper, channel)"
TEXTS = "CREATE TABLE texts (key TEXT PRIMARY KEY, content TEXT NOT NULL, kept_at TEXT NOT NULL) STRICT"
TEXTS_BY_TIME = "CREATE INDEX texts_by_time ON texts (kept_at)"

IDENTITY = "CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"
REMOVALS = """
CREATE TABLE removals (
    position INTEGER PRIMARY KEY,
    ids TEXT NOT NULL,
    before TEXT NOT NULL
) STRICT
"""
