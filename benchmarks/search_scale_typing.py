"""How fast is offered what somebody may mean who types after `/papers search`, in a process of its own.

usage: python -m benchmarks.search_scale_typing DATABASE INDEX
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.scale_papers import QUERIES
from benchmarks.search_scale import NOW, percentile, timed
from bot.commands import Desk, complete
from bot.model import Channel, Typing, UserId
from bot.recommend.newest import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.store.sqlite import SqliteStore

HERE = Channel("slack", "T1", "C1")
SOMEBODY = UserId("slack:T1/U1")
_MOMENTS = 400


def moments() -> Iterator[Typing]:
    """Some of those at which the queries are typed, letter by letter; the same ones each time."""
    begun = [text[:length] for text in QUERIES for length in range(1, len(text) + 1)]
    return (Typing(HERE, SOMEBODY, "search", text) for text in random.Random(5).sample(begun, _MOMENTS))


def measure(database: Path, folder: Path) -> dict[str, float]:
    """Milliseconds from a key pressed to titles, words, authors and topics."""
    store, index = SqliteStore(database), TantivyIndex(folder)
    desk = Desk(store, index, NewestFirst(), NOW)
    times = timed([lambda one=one: complete(desk, one) for one in moments()])  # type: ignore[misc]
    index.close()
    store.close()
    return {"autocomplete_ms_p50": percentile(times, 0.5), "autocomplete_ms_p99": percentile(times, 0.99)}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]))))
