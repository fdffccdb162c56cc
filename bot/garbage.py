"""When Python looks for dead values that hold one another: not while very many are made, and all of them live."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing is looked for inside; what no other value holds goes at once, as ever. For a second, not for long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
