"""The Slack platform under test, with the Slack of our own behind it (see tests/rig.py)."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bot.adapters.slack import SlackPlatform
from bot.model import Channel, MessageId, message_id, split_message_id
from tests.adapters.slack_blocks import buttons, menus, options_problem, pictures, pings, visible
from tests.adapters.slack_faults import Fault
from tests.adapters.slack_payloads import (
    BOT_USER,
    TEAM,
    block_suggestion,
    button_press,
    message_action,
    option_choice,
    reaction_event,
    slash_command,
)
from tests.adapters.slack_server import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.adapters.slack_values import Delivery, Place, Private
from tests.rig import Said

Json = dict[str, Any]

NAMES = {
    "👍": "+1",
    "👎": "-1",
    "❤": "heart",
    "🔥": "fire",
    "🎉": "tada",
    "⭐": "star",
    "💯": "100",
    "👏": "clap",
    "🚀": "rocket",
    "🔖": "bookmark",
    "📌": "pushpin",
    "😴": "sleeping",
    "🥱": "yawning_face",
    "❌": "x",
    "🚫": "no_entry_sign",
}
"""How a person's emoji picker names them to Slack."""


async def until(condition: Callable[[], object], what: str, seconds: float = 10) -> None:
    """Wait for the other thread; TimeoutError names what did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        await asyncio.sleep(0.005)


def user_id(user: str) -> str:
    """`alice` → UALICE; `bot` is the bot itself."""
    return BOT_USER if user == "bot" else f"U{user.upper()}"


class SlackRig:
    """Starts its server at once; `server` is there for what the Rig does not cover."""

    def __init__(self, *, scopes: set[str] | None = None) -> None:
        self.channel = Channel("slack", TEAM, "C1")
        self.server = SlackServer(scopes=scopes)
        self.server.places["C1"] = Place("C1")
        self.server.start()
        self._opened_before = 0
        self._replies: list[tuple[Said, Private]] = []

    def platform(
        self, *, bot_token: str = BOT_TOKEN, app_token: str = APP_TOKEN, **options: Any
    ) -> SlackPlatform:
        """A fresh instance; it pings often, so that a lost connection is noticed soon."""
        self._opened_before = self.server.opened
        options = {
            "ping_interval": 0.2,
            "grace": 1,
            "picture_wait": 0,
            "seconds": self.server.paces.now,
            **options,
        }
        return SlackPlatform(bot_token, app_token, api_url=self.server.api_url, **options)

    async def connected(self) -> None:
        """Wait until the newest platform listens."""
        server = self.server
        await until(
            lambda: server.opened > self._opened_before and server.sockets, "a Socket Mode connection"
        )

    def lose_next_answer(self) -> None:
        """The next post arrives, then the connection breaks."""
        self.server.fail("chat.postMessage", Fault(drop=True))

    def pass_time(self, seconds: float) -> None:
        """Turn the clocks of Slack and of the platforms forward."""
        self.server.paces.seconds_passed += seconds

    def said(self) -> list[Said]:
        """What stands in the channel, oldest first."""
        here = [message for message in self.server.messages if message["channel"] == self.channel.id]
        return [_said(message, message_id(self.channel, message["ts"])) for message in here]

    async def react(self, message: MessageId, emoji: str, *, user: str = "alice", on: bool = True) -> None:
        """Returns when the bot has acknowledged it, which it does when it has kept it."""
        channel, stamp = split_message_id(message)
        name = NAMES.get(emoji.removesuffix("\ufe0f"), emoji.strip(":"))
        event = reaction_event(name, channel.id, stamp, user_id(user), self.server.stamp(), on=on)
        assert (await self.server.event(event)).acked, "the bot did not acknowledge the reaction"

    async def press(self, message: MessageId, label: str, *, user: str = "alice") -> Said:
        """Press a button in the channel."""
        channel, stamp = split_message_id(message)
        found = next(m for m in self.server.messages if (m["channel"], m["ts"]) == (channel.id, stamp))
        container = {"message_ts": stamp, "is_ephemeral": False}
        if "thread_ts" in found:
            container["thread_ts"] = found["thread_ts"]
        return await self._press(found, label, user, container, {"message": found})

    async def press_private(self, reply: Said, label: str, *, user: str = "alice") -> Said:
        """Press a button of a private reply; Slack names no message then."""
        private = next(p for said, p in reversed(self._replies) if said is reply)
        container = {"message_ts": self.server.stamp(), "is_ephemeral": True}
        return await self._press(private.body, label, user, container, {})

    async def type_into(self, reply: Said, text: str, *, user: str = "alice") -> list[Json]:
        """Type into the menu of a private reply; returns the options that Slack shows then."""
        menu, container = self._menu(reply)
        typing = block_suggestion(menu, text, self.channel.id, user_id(user), container)
        delivery = await self.server.suggestion(typing)
        assert delivery.acked, "the bot gave no options in time: the person sees an error"
        assert options_problem(delivery.answer) is None
        assert delivery.answer is not None
        return list(delivery.answer["options"])

    async def choose(self, reply: Said, option: Json, *, user: str = "alice") -> Said:
        """Choose one of the options."""
        menu, container = self._menu(reply)
        at = self.server.stamp()
        choice = option_choice(menu, option, self.channel.id, user_id(user), at, container)
        return await self._ask("interactive", choice, user)

    async def ask_about(
        self, message: Json, *, callback_id: str = "like_message", user: str = "alice"
    ) -> Said:
        """Choose a shortcut in the menu of any message."""
        about = message_action(callback_id, message, self.channel.id, user_id(user), self.server.stamp())
        return await self._ask("interactive", about, user)

    async def command(self, text: str, *, user: str = "alice") -> Said:
        """Type `/papers text` in the channel."""
        return await self._ask("slash_commands", slash_command(text, self.channel.id, user_id(user)), user)

    async def expel(self) -> None:
        """The bot is removed from the channel, and told so if it listens."""
        self.server.places[self.channel.id].refuses = "not_in_channel"
        if self.server.sockets:
            event = {"type": "channel_left", "channel": self.channel.id, "actor_id": "UBOSS"}
            await self.server.event({**event, "event_ts": self.server.stamp()})

    def close(self) -> None:
        """Stop the server."""
        self.server.close()

    def _menu(self, reply: Said) -> tuple[Json, Json]:
        private = next(p for said, p in reversed(self._replies) if said is reply)
        container = {"message_ts": self.server.stamp(), "is_ephemeral": True}
        return menus(private.body["blocks"])[0], container

    async def _press(self, body: Json, label: str, user: str, container: Json, where: Json) -> Said:
        button = next(b for b in buttons(body["blocks"]) if b["text"]["text"] == label)
        payload = button_press(button, self.channel.id, user_id(user), self.server.stamp(), container)
        return await self._ask("interactive", payload | where, user)

    async def _ask(self, kind: str, payload: Json, user: str) -> Said:
        """Deliver it, and wait for what the person is told in private."""
        known = len(self.server.privates)
        delivery: Delivery = await self.server.interaction(kind, payload, self.channel.id, user_id(user))
        assert delivery.acked, "the bot did not acknowledge in time: the person sees dispatch_failed"
        await until(lambda: self._private(known, user), "a private reply")
        private = self._private(known, user)[0]
        said = _said(private.body, None)
        self._replies.append((said, private))
        return said

    def _private(self, known: int, user: str) -> list[Private]:
        return [private for private in self.server.privates[known:] if private.user == user_id(user)]


def _said(body: Json, id: MessageId | None) -> Said:
    labels = tuple(button["text"]["text"] for button in buttons(body.get("blocks") or []))
    return Said(id, visible(body), labels, pings(body), tuple(pictures(body)))
