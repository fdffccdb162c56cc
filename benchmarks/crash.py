"""Seeded random kill -9 in the middle of digests: does every message stand in the channel once and in order?

usage: python -m benchmarks.crash [--kills 200] [--seed 1]

Each round is a fresh channel on Slack, Discord or the terminal, over SQLite or PostgreSQL. Its bot is a real process
that kills itself at a random step, is started again, dies again now and then, and in the end lives.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store.open import open_store
from tests import postgres
from tests.app import crash, victim

MOST_STEPS = 2 + 4 * (crash.SIZE + 1)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/papers.db"
    else:
        with postgres.postgres_server().database() as address:
            yield address


def one_round(dice: random.Random, platform: str, kind: str) -> tuple[int, list[str]]:
    """How many kills it took, and what was wrong in the end."""
    with TemporaryDirectory() as name, database(kind, Path(name)) as url:
        store = open_store(url)
        store.migrate()
        with crash.scene(platform, Path(name)) as scene:
            if scene.rig and platform == "slack":
                scene.rig.server.paces.every["conversations.history"] = 0.0  # type: ignore[union-attr]
            crash.prepare(store, scene.channel)
            kills = 0
            while kills == 0 or dice.random() < 0.3:
                nth = dice.randint(1, MOST_STEPS)
                orders = victim.Orders(url, scene.channel, scene.platform, "", nth)
                if crash.run(orders) == 0:  # it got through before its step came
                    break
                kills += 1
            alive = victim.Orders(url, scene.channel, scene.platform)
            wrong = [] if crash.run(alive) == 0 else ["did not finish"]
            wrong += crash.whole_and_once(store, scene)
        store.close()
    return kills, wrong


def measure(kills: int = 200, seed: int = 1) -> dict[str, object]:
    dice = random.Random(seed)
    done, wrong, rounds = 0, Counter[str](), 0
    while done < kills:
        platform, kind = dice.choice(crash.PLATFORMS), dice.choice(["sqlite", "postgresql"])
        killed, found = one_round(dice, platform, kind)
        done, rounds = done + killed, rounds + 1
        wrong.update(word for text in found for word in ("lost", "doubled", "out of order") if word in text)
        if found:
            print(f"round {rounds} ({platform}, {kind}): {found}")
    names = {"lost": "lost", "doubled": "doubled", "out_of_order": "out of order"}
    return {"kills": done, "rounds": rounds} | {key: wrong[word] for key, word in names.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(measure(given.kills, given.seed)))
