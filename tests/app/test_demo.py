"""The demo: its story is true, and a person at its terminal is never lost."""

import io

from rich.console import Console as Screen

from bot.__main__ import MOST_MORNINGS
from bot.demo import TOPIC, open_stage, play


def paper() -> Screen:
    return Screen(file=io.StringIO(), width=200)


def printed(screen: Screen) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


async def test_no_later_morning_of_the_story_is_worse_than_the_first_and_the_last_is_better() -> None:
    rates = await play(paper(), topic=TOPIC, mornings=4, size=3)
    assert len(rates) == 4
    assert min(rates[1:]) >= rates[0]
    assert rates[-1] > rates[0]


async def test_the_command_line_offers_no_more_mornings_than_the_sample_has() -> None:
    async with open_stage(paper()) as stage:
        assert len(stage.coming()) >= MOST_MORNINGS


async def test_next_says_why_nothing_comes_and_what_can_be_typed() -> None:
    screen = paper()
    async with open_stage(screen) as stage:
        await stage.console.handle("next", stage.app)
        assert "quit" in printed(screen).splitlines()[-1]
        await stage.console.handle("👍🏽 2", stage.app)
        await stage.console.handle("undo 2", stage.app)
        await stage.console.handle("undo 2", stage.app)
        assert "Taken back: 👍" in printed(screen)
        assert "There was nothing to take back." in printed(screen).splitlines()[-1]
        await stage.console.handle("/papersfoo", stage.app)
        assert "not a command" in printed(screen).splitlines()[-1]
        await stage.console.handle("/papers pause", stage.app)
        await stage.console.handle("next", stage.app)
        assert "digests are paused" in printed(screen)
