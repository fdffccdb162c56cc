"""Other processes at work on one store: each reads lines, answers lines, and ends with its input."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

MIGRATE = """
print("ready", flush=True)
input()
print(open_store(url).migrate(), flush=True)
"""

IDENTIFY = """
store = open_store(url)
store.paper_count()
print("ready", flush=True)
input()
print(store.identity(), flush=True)
"""

PLAN = """
store = open_store(url)
store.paper_count()
print("ready", flush=True)
input()
print(plan(store, [paper(1), paper(2)]), flush=True)
"""

SHARE = """
from dataclasses import replace
from os import getpid
store = open_store(url)
store.paper_count()
print("ready", flush=True)
input()
for number in range(20):
    post = shared(paper(number))
    print("own", store.share(replace(post, key=f"{post.key}#{getpid()}")), flush=True)
print("same", store.share(shared(paper(1))), flush=True)
"""

DELIVER = """
store = open_store(url)
print("ready", flush=True)
input()
while post := store.claim_post(NOW, LONG_AGO):
    print(post.key, flush=True)
    store.mark_sent(post.key, message(post.channel, post.day, post.position))
"""

SEND_FOR_EVER = """
from datetime import timedelta
store = open_store(url)
print("ready", flush=True)
input()
now = NOW
while True:
    if post := store.claim_post(now, now - timedelta(minutes=2)):
        print(post.key, flush=True)
        store.mark_sent(post.key, message(post.channel, post.day, post.position))
"""

WRITE_FOR_EVER = """
from itertools import count
store = open_store(url)
for number in count():
    store.add_papers([paper(50 * number + one) for one in range(50)])
    assert plan(store, [paper(50 * number)], day=DAY + timedelta(days=number))
    print(number, flush=True)
"""

_BEGIN = """
import sys
from datetime import timedelta
from bot.store.open import open_store
from tests.store.samples import DAY, LONG_AGO, NOW, message, paper, plan, shared
url = sys.argv[1]
"""


@contextmanager
def process(script: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process running the script on the store; killed in the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-c", _BEGIN + script, url],
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


def run_together(script: str, url: str, count: int) -> list[list[str]]:
    """What each of the processes said, after all were let go at once."""
    with ExitStack() as stack:
        children = [stack.enter_context(process(script, url)) for _ in range(count)]
        assert [line(child) for child in children] == ["ready"] * count
        for child in children:
            start(child)
        said = [child.communicate(timeout=60)[0].split("\n")[:-1] for child in children]
        assert [child.returncode for child in children] == [0] * count
        return said
