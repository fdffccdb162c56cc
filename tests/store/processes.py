"""Other processes at work on one database file: each reads lines, answers lines, and ends with its input."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

MIGRATE = """
print("ready", flush=True)
input()
print(SqliteStore(path).migrate(), flush=True)
"""

PLAN = """
store = SqliteStore(path)
store.paper_count()
print("ready", flush=True)
input()
print(plan(store, [paper(1), paper(2)]), flush=True)
"""

DELIVER = """
store = SqliteStore(path)
print("ready", flush=True)
input()
while post := store.claim_post(NOW, LONG_AGO):
    print(post.key, flush=True)
    store.mark_sent(post.key, message(post.channel, post.day, post.position))
"""

WRITE_FOR_EVER = """
from itertools import count
store = SqliteStore(path)
for number in count():
    store.add_papers([paper(50 * number + one) for one in range(50)])
    assert plan(store, [paper(50 * number)], day=DAY + timedelta(days=number))
    print(number, flush=True)
"""

_BEGIN = """
import sys
from datetime import timedelta
from bot.store.sqlite import SqliteStore
from tests.store.samples import DAY, LONG_AGO, NOW, message, paper, plan
path = sys.argv[1]
"""


@contextmanager
def process(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python process running the script on the file; killed in the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-c", _BEGIN + script, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def start(child: subprocess.Popen[str]) -> None:
    """Let a child that said it is ready go on."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()
