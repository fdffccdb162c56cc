"""Asks finders for papers that the store lacks."""

import asyncio
from collections.abc import Sequence

from bot.errors import SourceError
from bot.model import Paper, PaperId
from bot.ports import PaperFinder


async def look_up(finders: Sequence[PaperFinder], paper: PaperId) -> Paper | None:
    """What the first finder that knows the paper says of it; None where none does.

    Raises SourceError where none knows it and one of them could not be asked.
    """
    failure: SourceError | None = None
    for finder in finders:
        try:
            if found := await finder.look_up(paper):
                return found
        except SourceError as error:
            failure = failure or error
    if failure:
        raise failure
    return None


async def find(finders: Sequence[PaperFinder], words: str, limit: int) -> list[Paper]:
    """The best of all finders, asked at once, in turn: each one's first, then each one's second, at most `limit`.

    Raises SourceError where all that there are could not be asked.
    """
    ended = await asyncio.gather(*(finder.find(words, limit) for finder in finders), return_exceptions=True)
    rows, failures = [], []
    for outcome in ended:
        if isinstance(outcome, SourceError):
            failures.append(outcome)
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            rows.append(outcome)
    if failures and not rows:
        raise failures[0]
    dealt = (row[place] for place in range(limit) for row in rows if place < len(row))
    return list({paper.id: paper for paper in dealt}.values())[:limit]
