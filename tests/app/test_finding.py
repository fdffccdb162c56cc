"""Papers that the store lacks are asked of every finder, and one that fails costs nobody the answer."""

import pytest

from bot.errors import SourceError
from bot.finding import find, look_up
from bot.model import Paper, PaperId
from tests.papers import paper


class Finder:
    """Knows some papers; fails where a test says so."""

    def __init__(self, name: str, *known: Paper, down: bool = False) -> None:
        self.name, self._known, self._down = name, known, down

    async def find(self, words: str, limit: int) -> list[Paper]:
        if self._down:
            raise SourceError(self.name, "HTTP 503")
        return list(self._known)[:limit]

    async def look_up(self, paper: PaperId) -> Paper | None:
        found = await self.find("", 99)
        return next((one for one in found if one.id == paper), None)


ONE, TWO, THREE = paper(1), paper(2), paper(3)


async def test_the_first_that_knows_a_paper_answers() -> None:
    assert await look_up([Finder("a"), Finder("b", ONE)], ONE.id) == ONE
    assert await look_up([Finder("a", ONE, down=True), Finder("b", ONE)], ONE.id) == ONE


async def test_nobody_knowing_is_an_answer_and_nobody_answering_is_not() -> None:
    assert await look_up([Finder("a"), Finder("b")], ONE.id) is None
    assert await look_up([], ONE.id) is None
    with pytest.raises(SourceError, match="a: HTTP 503"):
        await look_up([Finder("a", down=True), Finder("b")], ONE.id)


async def test_finders_take_turns_and_a_paper_comes_once() -> None:
    finders = [Finder("a", ONE, THREE), Finder("b", TWO, ONE), Finder("c", down=True)]
    assert await find(finders, "words", 5) == [ONE, TWO, THREE]
    assert await find(finders, "words", 1) == [ONE]
    assert await find([], "words", 5) == []


async def test_all_failing_is_said() -> None:
    with pytest.raises(SourceError):
        await find([Finder("a", down=True)], "words", 5)
