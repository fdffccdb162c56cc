"""The console under test: a screen that can be read back. Only what makes sense at a terminal (see tests/rig.py)."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console as Screen

from bot.adapters.console import CHANNEL, Console
from tests.rig import Said

_PICTURE = re.compile(r"\[Picture, \d+ × \d+, \d+ kB: (.*)\]")


class ConsoleRig:
    """Whatever is printed is one thing said per line; a bell is the only way in which a terminal can ping."""

    channel = CHANNEL

    def __init__(self) -> None:
        self._paper = StringIO()
        self._passed = timedelta(0)

    def platform(self) -> Console:
        screen = Screen(file=self._paper, width=4000, force_terminal=False)
        return Console(screen, lambda: datetime.now(UTC) + self._passed)

    def said(self) -> list[Said]:
        lines = self._paper.getvalue().splitlines()
        return [
            Said(None, line, pings="\a" in line, pictures=tuple(_PICTURE.findall(line)))
            for line in lines
            if line.strip()
        ]

    def pass_time(self, seconds: float) -> None:
        self._passed += timedelta(seconds=seconds)

    def close(self) -> None: ...
