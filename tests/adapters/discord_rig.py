"""Discord under test: the local server, and people who read, react, press and type there."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.adapters.discord import DiscordPlatform
from bot.adapters.discord.platform import utc_now
from bot.model import (
    Channel,
    CommandSpec,
    Completion,
    Message,
    MessageId,
    Reaction,
    Request,
    Typing,
    UserId,
    message_id,
    split_message_id,
)
from tests.adapters.discord_files import pictures
from tests.adapters.discord_limits import may_ping
from tests.adapters.discord_server import COMMAND, COMPONENT, TYPING, Asked, DiscordServer
from tests.rig import Said

Json = dict[str, Any]

COMMANDS = (
    CommandSpec("search", "Find papers by words", "words", required=True, completes=True),
    CommandSpec("like", "Papers like one", "paper", completes=True, about_message="More like this"),
    CommandSpec("when", "See or change when papers come", "days and time"),
    CommandSpec("help", "What I can do"),
)
PATIENCE = 10.0

_MARKUP = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\(https?://[^\s)]*\)"
    r"|<(?P<address>https?://[^\s<>]+)>"
    r"|(?P<hidden>\*\*|`|\u200b)",
    re.DOTALL,
)


def as_read(text: str) -> str:
    """The characters that people see when Discord has interpreted its Markdown."""
    return _MARKUP.sub(_as_read, text)


def _as_read(match: re.Match[str]) -> str:
    return match["escaped"] or as_read(match["label"] or "") or match["address"] or ""


def visible_text(message: Json) -> str:
    texts = [as_read(message["content"])]
    for embed in message["embeds"]:
        texts += [as_read(embed.get("title") or ""), as_read(embed.get("description") or "")]
        texts.append((embed.get("footer") or {}).get("text") or "")
    return "\n".join(text for text in texts if text)


def buttons(message: Json) -> list[Json]:
    """All that can be pressed: each has a label, the data that a press of it brings, and what it carries."""
    return [one for row in message["components"] for item in row["components"] for one in _pressable(item)]


def _pressable(item: Json) -> Iterator[Json]:
    data = {"custom_id": item["custom_id"], "component_type": item["type"], "id": item["id"]}
    if item["type"] == 2:
        yield {"label": item["label"], "data": data, "carried": item["custom_id"]}
    for option in item.get("options", ()):
        yield {
            "label": option["label"],
            "data": {**data, "values": [option["value"]]},
            "carried": option["value"],
        }


class Listened:
    """An Inbox that keeps what came in and answers everything with `answer`, once it is `allowed` to."""

    def __init__(self, answer: Message | Exception | None = Message("Noted.")) -> None:  # noqa: B008 - frozen
        self.came: asyncio.Queue[Any] = asyncio.Queue()
        self.allowed = asyncio.Event()
        self.allowed.set()
        self.completions: Sequence[Completion] = ()
        self._answer = answer

    async def on_command(self, request: Request) -> Message:
        answer = await self._note(request)
        assert answer is not None
        return answer

    async def on_reaction(self, reaction: Reaction) -> Message | None:
        return await self._note(reaction)

    async def on_typing(self, typing: Typing) -> Sequence[Completion]:
        await self._note(typing)
        return self.completions

    async def on_left(self, channel: Channel, reason: str) -> None:
        await self._note((channel, reason))

    async def next(self) -> Any:
        return await asyncio.wait_for(self.came.get(), PATIENCE)

    async def _note(self, what: Any) -> Message | None:
        await self.came.put(what)
        await self.allowed.wait()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class DiscordRig:
    """Fulfils tests.rig.Rig. What only Discord has is reached through `server`."""

    def __init__(
        self, commands: Sequence[CommandSpec] = COMMANDS, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.server = DiscordServer()
        self.channel = Channel("discord", self.server.guild, self.server.channel)
        self.direct = Channel("discord", "@me", self.server.direct)
        self._commands = commands
        self._clock = clock

    def platform(
        self, *, token: str = "", commands: Sequence[CommandSpec] = (), **options: Any
    ) -> DiscordPlatform:
        return DiscordPlatform(
            token or self.server.token,
            commands or self._commands,
            api_url=self.server.api_url,
            gateway_url=self.server.gateway_url,
            ready_timeout=0.05,
            clock=self._clock,
            **options,
        )

    @contextlib.asynccontextmanager
    async def listening(
        self, inbox: Listened, platform: DiscordPlatform | None = None
    ) -> AsyncIterator[DiscordPlatform]:
        """A platform that listens until the block ends."""
        platform = platform or self.platform()
        task = asyncio.create_task(platform.run(inbox))
        try:
            await self.connected()
            yield platform
        finally:
            task.cancel()
            ended, _ = await asyncio.wait([task], timeout=PATIENCE)
            await platform.close()
            assert ended, "run did not end when cancelled"

    async def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine of the server, over there."""
        return await asyncio.wrap_future(self.server.call(work))

    def user(self, name: str) -> UserId:
        """How the core knows the person of that name."""
        return UserId(f"discord:{self.server.person(name)['id']}")

    async def connected(self) -> None:
        live = self.server.call(self.server.gateway.until_live())
        await asyncio.wait_for(asyncio.wrap_future(live), PATIENCE)

    def lose_next_answer(self) -> None:
        """The next post arrives, then the connection breaks."""
        self.server.fail("POST", "/messages", after=True)

    def pass_time(self, seconds: float) -> None:
        """Turn Discord's clock forward."""
        self.server.seconds_passed += seconds

    def said(self) -> list[Said]:
        found = [m for m in list(self.server.messages.values()) if m["channel_id"] == self.channel.id]
        return [self._said(message) for message in found]

    async def react(self, message: MessageId, emoji: str, *, user: str = "alice", on: bool = True) -> None:
        channel, local_id = split_message_id(message)
        work = self.server.react(local_id, emoji, user, on=on, direct=channel == self.direct)
        await self.do(work)

    async def press(self, message: MessageId, label: str, *, user: str = "alice") -> Said:
        return await self._pressed(self.server.messages[split_message_id(message)[1]], label, user)

    async def press_private(self, reply: Said, label: str, *, user: str = "alice") -> Said:
        assert reply.id is not None
        return await self._pressed(self.server.private[split_message_id(reply.id)[1]], label, user)

    async def command(self, text: str, *, user: str = "alice") -> Said:
        return await self.answer(await self.type(text, user=user))

    async def type(self, text: str, *, user: str = "alice", direct: bool = False) -> Asked:
        """Send the command without waiting for its answer."""
        return await self._ask(COMMAND, self._command_data(text), user, direct=direct)

    async def offered(self, text: str, *, user: str = "alice") -> list[Json]:
        """Type `/papers text` without sending it; returns the choices that are offered."""
        asked = await self._ask(TYPING, self._command_data(text, focused=True), user)
        acknowledged = await self.acknowledgement(asked)
        return list(acknowledged["data"]["choices"])

    async def ask_about(self, message: Json, label: str, *, user: str = "alice") -> Said:
        """Choose `label` in the menu of a message; returns the private answer."""
        [menu] = [one for one in self.server.commands if (one["type"], one["name"]) == (3, label)]
        resolved = {"messages": {message["id"]: message}}
        data = {"id": menu["id"], "type": 3, "name": label, "target_id": message["id"], "resolved": resolved}
        return await self.answer(await self._ask(COMMAND, data, user))

    async def answer(self, asked: Asked) -> Said:
        """The private answer to what was asked."""
        return self._said(await asyncio.wait_for(asyncio.wrap_future(asked.reply), PATIENCE))

    async def acknowledgement(self, asked: Asked) -> Json:
        """The first answer to an interaction."""
        return await asyncio.wait_for(asyncio.wrap_future(asked.acknowledged), PATIENCE)

    async def expel(self) -> None:
        await self.do(self.server.expel())

    def close(self) -> None:
        self.server.close()

    async def _pressed(self, message: Json, label: str, user: str) -> Said:
        found = [button["data"] for button in buttons(message) if button["label"] == label]
        assert found, f"no button {label!r} among {[button['label'] for button in buttons(message)]}"
        return await self.answer(await self._ask(COMPONENT, found[0], user, message=message))

    async def _ask(self, kind: int, data: Json, user: str, **more: Any) -> Asked:
        asked: Asked = await self.do(self.server.ask(kind, data, user, **more))
        return asked

    def _command_data(self, text: str, *, focused: bool = False) -> Json:
        """What Discord sends for `/papers text`, if the registered command allows it."""
        name, _, argument = text.partition(" ")
        [group] = [one for one in self.server.commands if one["type"] == 1]
        offered = {option["name"]: option.get("options", []) for option in group["options"]}
        assert name in offered, f"/papers {name} is not offered: {sorted(offered)}"
        given: list[Json] = [
            {"type": 3, "name": option["name"], "value": argument}
            for option in offered[name]
            if argument or focused
        ]
        if focused:
            assert offered[name][0].get("autocomplete"), f"{name} offers nothing while somebody types"
            given[0]["focused"] = True
        assert given or not any(option.get("required") for option in offered[name]), f"{name} needs more"
        subcommand = {"type": 1, "name": name, "options": given}
        return {"id": group["id"], "type": 1, "name": group["name"], "options": [subcommand]}

    def _said(self, message: Json) -> Said:
        channel = self.direct if message["channel_id"] == self.direct.id else self.channel
        return Said(
            message_id(channel, message["id"]),
            visible_text(message),
            tuple(button["label"] for button in buttons(message)),
            may_ping(self.server.mentions[message["id"]]),
            pictures(message),
        )
