"""Followed people and places: whether a paper is by an author, or from a lab."""

import re
from functools import lru_cache

from bot.identity import normal_title
from bot.model import Interest, Paper


def is_by(paper: Paper, author: str) -> bool:
    """Whether one of its authors may be that person: the same surname, and first names that do not differ.

    An initial agrees with every name that begins with it; a surname alone agrees with all who bear it.
    """
    wanted = _parts(author)
    return bool(wanted) and any(_agree(_parts(name), wanted) for name in paper.authors)


@lru_cache(maxsize=50_000)
def _parts(name: str) -> tuple[str, ...]:
    """First names and surname, folded; `LeCun, Yann` is turned round."""
    last, comma, first = name.partition(",")
    bare = normal_title(re.sub(r"[.\-]", " ", f"{first} {last}" if comma else name))
    return tuple(bare.split())


def _agree(name: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    if not name or name[-1] != wanted[-1]:
        return False
    return all(
        one.startswith(other) or other.startswith(one)
        for one, other in zip(name[:-1], wanted[:-1], strict=False)
    )


def is_from(paper: Paper, lab: str) -> bool:
    """Whether one of the institutions it names has all words of the lab's name, in order."""
    wanted = _padded(lab)
    return len(wanted) > 2 and any(wanted in _padded(name) for name in paper.labs)


@lru_cache(maxsize=50_000)
def _padded(name: str) -> str:
    return f" {normal_title(name)} "


def is_followed(paper: Paper, interest: Interest) -> bool:
    """Whether it is by the author or from the lab that the interest names; False where it names none."""
    return bool(
        (interest.author and is_by(paper, interest.author)) or (interest.lab and is_from(paper, interest.lab))
    )
