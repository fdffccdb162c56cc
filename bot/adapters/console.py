"""The terminal as a chat platform: the demo's, with one channel and one person."""

import asyncio
import re
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

from rich.console import Console as Screen
from rich.text import Text

from bot.adapters import pictures
from bot.adapters.panels import offer, panel
from bot.adapters.verbatim import copied
from bot.errors import PlatformError
from bot.identity import clean_text
from bot.model import (
    DOWN,
    OFF_TOPIC,
    SAVE,
    UP,
    Button,
    Channel,
    DeliveryKey,
    Message,
    MessageId,
    Picture,
    Reaction,
    Request,
    UserId,
    message_id,
    split_message_id,
)
from bot.ports import Clock, Inbox

# Not every system has them: arrow keys while typing, and the terminal's modes.
termios: ModuleType | None = None
with suppress(ImportError):
    import readline  # noqa: F401 (`input` uses it once it is there)
with suppress(ImportError):
    import termios

Verb = Callable[[], Awaitable[None]]
"""What a word of the caller's own does, such as the demo's `next`."""

CHANNEL = Channel("console", "terminal", "papers")
_EMOJI = {"+": UP, "like": UP, UP: UP, "-": DOWN, "dislike": DOWN, DOWN: DOWN, "save": SAVE, SAVE: SAVE} | {
    "off": OFF_TOPIC,
    OFF_TOPIC: OFF_TOPIC,
}
_TYPED = {UP: "+", DOWN: "-", SAVE: "save", OFF_TOPIC: "off"}
# An emoji may come with a skin colour or a mark that asks for its picture.
_REACTION = re.compile(
    rf"(undo\b)?\s*({'|'.join(map(re.escape, _EMOJI))})?[\ufe0f\U0001f3fb-\U0001f3ff]*\s*(\d{{1,2}})",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"/papers(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_QUIT = {"quit", "exit", "q"}
HINT = "+ 2 like · - 3 dislike · save 1 · undo 2 · /papers help · quit"
"""What can be typed, in one line."""


class Console:
    """Fulfils ChatPlatform. What is posted is printed; what is typed is a reaction or a command.

    What it printed is known as long as the process lives, and beyond it where a `ledger` file keeps the keys.
    """

    name = "console"
    remembers_keys = timedelta(0)

    def __init__(
        self,
        screen: Screen,
        clock: Clock,
        verbs: Mapping[str, Verb] | None = None,
        *,
        ledger: Path | None = None,
        hint: str = HINT,
    ) -> None:
        self._screen = screen
        self._clock = clock
        self._verbs = dict(verbs or {})
        self._me = UserId("console:you")
        self._hint = hint
        self._cards: dict[int, MessageId] = {}
        self._given: dict[MessageId, list[str]] = {}
        self._ledger = ledger
        self._printed = _remembered(ledger)

    async def run(self, inbox: Inbox) -> None:
        """Ask for a line and act on it, until the input ends or `quit`."""
        with _terminal_kept():
            while (line := await _ask("› ")) is not None and line.strip().casefold() not in _QUIT:
                await self.handle(line, inbox)

    async def handle(self, line: str, inbox: Inbox) -> None:
        """Act on one line as typed: a reaction, a `/papers` command, or a verb."""
        line = line.strip()
        if (reaction := _REACTION.fullmatch(line)) and (reaction[1] or reaction[2]):
            await self._react(reaction, inbox)
        elif command := _COMMAND.fullmatch(line):
            self.show(await inbox.on_command(Request(CHANNEL, self._me, (command[1] or "").strip())))
        elif verb := self._verbs.get(line.casefold()):
            await verb()
        elif line.casefold() in {"help", "?"}:
            self.show(await inbox.on_command(Request(CHANNEL, self._me, "help")))
            self.remind()
        elif line.startswith("/"):
            self.say(
                f"{line.split()[0]} is not a command: commands begin with /papers, such as /papers help."
            )
        elif line:
            self.remind()

    def remind(self) -> None:
        """Print what can be typed."""
        self._screen.print(Text(self._hint, style="yellow"))

    async def _react(self, match: re.Match[str], inbox: Inbox) -> None:
        number = int(match[3])
        if number not in self._cards:
            return self.say(f"There is no paper {number} on the screen.")
        message = self._cards[number]
        given = self._given.setdefault(message, [])
        named = [_EMOJI[match[2].casefold()]] if match[2] else list(given)
        if not match[1]:
            receipt = await self._put(message, named[0], inbox)
            return self._offer(receipt.buttons, number) if receipt else None
        for emoji in (taken := [emoji for emoji in named if emoji in given]):
            await self._put(message, emoji, inbox, on=False)
        return None if taken else self.say("There was nothing to take back.")

    async def _put(self, message: MessageId, emoji: str, inbox: Inbox, *, on: bool = True) -> Message | None:
        receipt = await inbox.on_reaction(
            Reaction(CHANNEL, self._me, emoji, self._clock(), on, message=message)
        )
        self.say(receipt.text if receipt else "That paper is not one of mine.")
        given = [known for known in self._given[message] if known != emoji]
        self._given[message] = [*given, emoji] if on and receipt else given
        return receipt

    async def check(self) -> str:
        """A terminal is always there."""
        return "the terminal"

    async def post(
        self, channel: Channel, message: Message, *, key: DeliveryKey, thread: MessageId | None = None
    ) -> MessageId:
        """Print it once per key. Raises PlatformError, permanent, for a channel that is not this terminal's."""
        self._check_mine(channel)
        if key not in self._printed:
            printed = message_id(channel, str(len(self._printed) + 1))
            if message.heading:
                self._cards.clear()
            self._cards |= {card.number: printed for card in message.cards if card.number}
            self.show(message)
            self._printed[key] = printed, self._clock()
            self._note(key)
        return self._printed[key][0]

    async def find(
        self, channel: Channel, message: Message, *, key: DeliveryKey, since: datetime
    ) -> MessageId | None:
        """What this process printed under the key."""
        self._check_mine(channel)
        printed, at = self._printed.get(key, (None, since))
        return printed if at >= since else None

    def _note(self, key: DeliveryKey) -> None:
        if self._ledger:
            with self._ledger.open("a") as book:
                book.write(f"{key}\n")

    async def edit(self, message_id: MessageId, message: Message) -> None:
        """A terminal cannot take back what it printed, so the new text is printed below."""
        self._check_mine(split_message_id(message_id)[0])
        self.show(message)

    def _check_mine(self, channel: Channel) -> None:
        if channel != CHANNEL:
            raise PlatformError(self.name, f"no channel {channel.id}", permanent=True)

    async def close(self) -> None:
        """Nothing to give back."""

    def show(self, message: Message) -> None:
        """Print a message: heading, text, picture in words, what is to be copied, a card per paper, what can be typed.

        Raises ValueError for a picture that is none or too large.
        """
        picture = _told(message.picture) if message.picture else ""
        if message.heading:
            self._screen.print()
            self._screen.print(Text(clean_text(message.heading), style="bold cyan"))
        for line in message.text.splitlines():
            self.say(line)
        if picture:
            self.say(picture)
        if message.verbatim:
            self._screen.print(Text(copied(message.verbatim)), soft_wrap=True)
        for card in message.cards:
            self._screen.print(panel(card, CHANNEL))
        self._offer(message.buttons)
        if message.picker:
            self._screen.print(offer(f"/papers {message.picker.command} …", message.picker.label))

    def _offer(self, buttons: Sequence[Button], number: int | None = None) -> None:
        """Print what to type in place of pressing; a reaction can be typed where its paper has a `number`."""
        for button in buttons:
            if typed := _typed(button, number):
                self._screen.print(offer(typed, button.label))

    def say(self, line: str) -> None:
        """Print one line of plain text."""
        self._screen.print(Text(clean_text(line)))


def _remembered(ledger: Path | None) -> dict[DeliveryKey, tuple[MessageId, datetime]]:
    keys = ledger.read_text().splitlines() if ledger and ledger.exists() else []
    latest = datetime.max.replace(tzinfo=UTC)
    return {DeliveryKey(key): (message_id(CHANNEL, str(n)), latest) for n, key in enumerate(keys, 1)}


def _told(picture: Picture) -> str:
    png = pictures.checked(picture)
    width, height = pictures.pixels(picture)
    return f"[Picture, {width} × {height}, {len(png) / 1000:.0f} kB: {pictures.description(picture, 1000)}]"


def _typed(button: Button, number: int | None) -> str:
    """What stands for the button here; empty where nothing does, or where the hint says it (undo)."""
    if button.command:
        return f"/papers {button.command}"
    if number is None or not button.on:
        return ""
    word = _TYPED.get(button.reaction)
    return f"{word} {number}" if word else ""


@contextmanager
def _terminal_kept() -> Iterator[None]:
    """Leave the terminal as it was: a line that nobody finished would leave it without echo."""
    if termios is None or not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


async def _ask(prompt: str) -> str | None:
    """One line from the keyboard, None at its end. The thread is a daemon: Ctrl-C need not wait for Enter."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str | None] = loop.create_future()

    def settle(line: str | None) -> None:
        if not answer.done():
            answer.set_result(line)

    def read() -> None:
        try:
            line: str | None = input(prompt)
        except EOFError:
            line = None
        loop.call_soon_threadsafe(settle, line)

    threading.Thread(target=read, daemon=True).start()
    return await answer
