"""A local Discord: REST v10 and gateway on 127.0.0.1, in a thread of its own, strict like the real one.

Every REST call is kept in `exchanges`. Failures are scripted with `fail`, `forbid` and the gateway's `cut`.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any

from aiohttp import web

from tests.adapters import discord_files as files
from tests.adapters import discord_payloads as payloads
from tests.adapters.discord_answers import EPHEMERAL, OFFER, SAY, UPDATE, callback_answer, response
from tests.adapters.discord_gateway import Gateway
from tests.adapters.discord_limits import choice_problems, problems
from tests.adapters.discord_values import Asked, Exchange, Fault, Refusal

Json = dict[str, Any]
Answer = tuple[int, Any]
Handler = Callable[[web.Request, Any], Answer]

API = "/api/v10"
FIRST_MILLISECOND = 1_420_070_400_000
COMMAND, COMPONENT, TYPING = 2, 3, 4
SECONDS_TO_ACKNOWLEDGE, SECONDS_OF_NONCE, SECONDS_OF_TOKEN = 3, 120, 900


class DiscordServer:
    """One server with one channel, one bot, and as many people as are named."""

    token = "local.discord.token"

    def __init__(self) -> None:
        self._last_id = 0
        self._one_at_a_time = threading.Lock()
        self.seconds_passed = 0.0
        self.guild, self.channel, self.direct = self.new_id(), self.new_id(), self.new_id()
        self.people = {"bot": payloads.user(self.new_id(), "paperbot", bot=True)}
        self.bot = self.people["bot"]
        self.exchanges: list[Exchange] = []
        self.messages: dict[str, Json] = {}
        self.private: dict[str, Json] = {}
        self.mentions: dict[str, Json | None] = {}
        self.permissions: dict[str, str] = {}
        """What people without all rights may do, by their names."""
        self.commands: list[Json] = []
        self.asked: dict[str, Asked] = {}
        self.closed: dict[str, Refusal] = {}
        self.threads: set[str] = set()
        self.servers = 1
        self.session_limit = {"remaining": 1000, "max_concurrency": 1}
        self.faults: list[Fault] = []
        self.may_read = self.may_attach = True
        self._newest: dict[str, str] = {}
        self._held: dict[str, threading.Event] = {}
        self._nonces: dict[tuple[str, str], tuple[str, float]] = {}
        guild = payloads.guild(self.guild, self.channel, self.person("owner"), self.bot)
        self.gateway = Gateway(self.token, self.bot, guild)
        self._start()

    def new_id(self) -> str:
        """A snowflake: when it was made, then what tells it apart."""
        with self._one_at_a_time:
            milliseconds = int((time.time() + self.seconds_passed) * 1000) - FIRST_MILLISECOND
            self._last_id = max(self._last_id + 1, milliseconds << 22)
            return str(self._last_id)

    def person(self, name: str) -> Json:
        """The user of that name; one whose name ends in `bot` is a bot."""
        if name not in self.people:
            self.people[name] = payloads.user(self.new_id(), name, bot=name.endswith("bot"))
        return self.people[name]

    # The thread

    def _start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="discord-server", daemon=True)
        self._thread.start()
        self.port = self.call(self._listen()).result(10)
        self.api_url = f"http://127.0.0.1:{self.port}{API}"
        self.gateway_url = f"ws://127.0.0.1:{self.port}/gateway"

    def call(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Run on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        if self._loop.is_closed():
            return
        self.call(self._runner.cleanup()).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> int:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.serve)
        for method, route, answer in self._routes():
            app.router.add_route(method, API + route, self._served(route, answer))
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return int(self._runner.addresses[0][1])

    def _routes(self) -> list[tuple[str, str, Handler]]:
        messages = "/channels/{channel_id}/messages"
        original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        return [
            ("GET", "/users/@me", self._me),
            ("GET", "/gateway/bot", self._gateway_bot),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/{application_id}/commands", self._registered),
            ("PUT", "/applications/{application_id}/commands", self._register),
            ("GET", "/channels/{channel_id}", self._channel),
            ("GET", messages, self._list),
            ("POST", messages, self._create),
            ("PATCH", f"{messages}/{{message_id}}", self._edit),
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", self._callback),
            ("PATCH", original, self._reply),
            ("POST", original.removesuffix("/messages/@original"), self._follow_up),
        ]

    # Scripting

    def fail(
        self,
        method: str,
        route: str,
        status: int = 0,
        answer: Any = None,
        *,
        after: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next calls of a route go wrong; `after`: the call works, but its answer is lost."""
        self.faults += [Fault(method, route, status, answer, after) for _ in range(times)]

    def forbid(self, channel: str, status: int, code: int, message: str) -> None:
        """Let every post in a channel be refused."""
        self.closed[channel] = Refusal(status, code, message)

    def hold(self, route: str) -> threading.Event:
        """Calls of the route are done at once, but answered when the returned event is set."""
        return self._held.setdefault(route, threading.Event())

    def say(self, content: str, *, who: str = "alice", **body: Any) -> Json:
        """Somebody else says something in the channel."""
        body = {"content": content, **body}
        message = payloads.message(self.new_id(), self.channel, self.person(who), body)
        self.messages[message["id"]] = message
        self._newest[self.channel] = message["id"]
        self.mentions[message["id"]] = None
        return message

    def delete(self, message: str) -> None:
        del self.messages[message]

    def calls(self, method: str, end: str) -> list[Exchange]:
        """The recorded calls of the routes that end so."""
        return [one for one in self.exchanges if one.method == method and one.route.endswith(end)]

    async def ask(
        self, kind: int, data: Json, who: str, *, message: Json | None = None, direct: bool = False
    ) -> Asked:
        """A person uses a command, a button or a menu, or types what a command is to be about."""
        snowflake, person = self.new_id(), self.person(who)
        in_server = payloads.in_server(
            self.guild, self.channel, person, self.permissions.get(who, payloads.ALL_PERMISSIONS)
        )
        place = payloads.in_private(self.direct, person) if direct else in_server
        event = payloads.interaction(snowflake, kind, data, application_id=self.bot["id"], place=place)
        asked = self.asked[event["token"]] = Asked(
            snowflake, event["token"], kind, self._now(), direct, message
        )
        await self.gateway.emit("INTERACTION_CREATE", {**event, "message": message} if message else event)
        return asked

    async def react(
        self, message: str, emoji: str, who: str, *, on: bool = True, direct: bool = False
    ) -> None:
        person = self.person(who)
        channel, guild = (self.direct, None) if direct else (self.channel, self.guild)
        data = payloads.reaction(person, emoji, channel=channel, guild_id=guild, message_id=message)
        if on and guild:
            data["member"] = payloads.member(person)
        await self.gateway.emit(f"MESSAGE_REACTION_{'ADD' if on else 'REMOVE'}", data)

    async def repeat(self, event: str) -> None:
        """Tell everybody the newest event of that kind once more."""
        for session in list(self.gateway.sessions.values()):
            told = next(frame for frame in reversed(session.events) if frame["t"] == event)
            await self.gateway.emit(event, told["d"])

    async def expel(self) -> None:
        """The bot is thrown out of the server."""
        self.forbid(self.channel, 403, 50001, "Missing Access")
        self.servers = 0
        await self.gateway.emit("GUILD_DELETE", {"id": self.guild})

    async def remove_channel(self) -> None:
        self.forbid(self.channel, 404, 10003, "Unknown Channel")
        channel = {**payloads.text_channel(self.channel), "guild_id": self.guild}
        await self.gateway.emit("CHANNEL_DELETE", channel)

    # REST

    def _served(self, route: str, answer: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            body, self._files = await files.body_of(request)
            fault = self._fault(request.method, route)
            if fault and not fault.after:
                status, said = fault.status, fault.answer
            else:
                status, said = self._answer(answer, request, body)
            path = request.path.removeprefix(API)
            self.exchanges.append(
                Exchange(request.method, route, path, body, status, said, dict(request.query))
            )
            held = self._held.get(route) if request.method == "POST" else None
            while held and not held.is_set():  # noqa: ASYNC110 - set in another thread
                await asyncio.sleep(0.005)
            if fault and (fault.after or not fault.status) and request.transport:
                request.transport.abort()
            return response(status, said)

        return serve

    def _fault(self, method: str, route: str) -> Fault | None:
        found = next((f for f in self.faults if f.method == method and route.endswith(f.route)), None)
        if found:
            self.faults.remove(found)
        return found

    def _answer(self, answer: Handler, request: web.Request, body: Any) -> Answer:
        try:
            if "interaction_token" not in request.match_info and "webhook_token" not in request.match_info:
                self._check_token(request)
            return answer(request, body)
        except Refusal as refusal:
            return refusal.status, {"message": refusal.message, "code": refusal.code}

    def _check_token(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self.token}":
            raise Refusal(401, 0, "401: Unauthorized")

    def _me(self, request: web.Request, body: Any) -> Answer:
        return 200, payloads.me(self.bot)

    def _gateway_bot(self, request: web.Request, body: Any) -> Answer:
        limit = {"total": 1000, "reset_after": 14_400_000, **self.session_limit}
        return 200, {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}

    def _application(self, request: web.Request, body: Any) -> Answer:
        return 200, payloads.application(self.bot, self.person("owner"), self.servers)

    def _registered(self, request: web.Request, body: Any) -> Answer:
        return 200, self.commands

    def _register(self, request: web.Request, body: list[Json]) -> Answer:
        self.commands = [payloads.registered_command(self.new_id(), self.bot["id"], one) for one in body]
        return 200, self.commands

    def _channel(self, request: web.Request, body: Any) -> Answer:
        snowflake = self._open_channel(request)
        newest = self._newest.get(snowflake)
        if snowflake == self.direct:
            return 200, {
                **payloads.direct_channel(snowflake, self.person("alice")),
                "last_message_id": newest,
            }
        channel = {**payloads.text_channel(snowflake), "flags": 0, "guild_id": self.guild}
        return 200, {**channel, "last_message_id": newest}

    def _list(self, request: web.Request, body: Any) -> Answer:
        """The first `limit` after `after`, newest first; none where we may not read what was said before."""
        channel = self._open_channel(request)
        limit, after = int(request.query.get("limit", 50)), int(request.query.get("after", 0))
        if not 1 <= limit <= 100 or set(request.query) - {"limit", "after"}:
            raise Refusal(400, 50035, "Invalid Form Body")
        here = [m for m in self.messages.values() if m["channel_id"] == channel and int(m["id"]) > after]
        found = sorted(here, key=lambda message: int(message["id"]))[:limit]
        shown = [{k: v for k, v in message.items() if k != "nonce"} for message in reversed(found)]
        return 200, shown if self.may_read else []

    def _create(self, request: web.Request, body: Json) -> Answer:
        channel = self._open_channel(request)
        self._check_form(body)
        nonce = (channel, body["nonce"]) if body.get("enforce_nonce") else None
        if nonce and (known := self._said_with(nonce)):
            return 200, known
        message = payloads.message(self.new_id(), channel, self.bot, self._attached(body))
        self.messages[message["id"]] = message
        self._newest[channel] = message["id"]
        self.mentions[message["id"]] = body.get("allowed_mentions")
        if nonce:
            self._nonces[nonce] = (message["id"], self._now())
        return 200, message

    def _said_with(self, nonce: tuple[str, str]) -> Json | None:
        message, at = self._nonces.get(nonce, ("", 0.0))
        if not message or self._now() - at > SECONDS_OF_NONCE:
            return None
        if message not in self.messages:
            raise Refusal(404, 10008, "Unknown Message")
        return self.messages[message]

    def _open_channel(self, request: web.Request) -> str:
        channel = request.match_info["channel_id"]
        if channel in self.closed:
            raise self.closed[channel]
        if channel not in {self.channel, self.direct, *self.threads}:
            raise Refusal(404, 10003, "Unknown Channel")
        return channel

    def _edit(self, request: web.Request, body: Json) -> Answer:
        channel, snowflake = self._open_channel(request), request.match_info["message_id"]
        known = self.messages.get(snowflake)
        if known is None or known["channel_id"] != channel:
            raise Refusal(404, 10008, "Unknown Message")
        changed = {"content": known["content"], "embeds": known["embeds"], **_given(body)}
        self._check_form(changed)
        changed = self._attached(changed)
        self.messages[snowflake] = payloads.message(snowflake, channel, self.bot, changed)
        self.mentions[snowflake] = body.get("allowed_mentions")
        return 200, self.messages[snowflake]

    def _callback(self, request: web.Request, body: Json) -> Answer:
        asked = self._interaction(request.match_info["interaction_token"])
        if asked.callbacks:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if self._now() - asked.at > SECONDS_TO_ACKNOWLEDGE:
            raise Refusal(404, 10062, "Unknown interaction")
        if (asked.kind == TYPING) != (body["type"] == OFFER):
            raise Refusal(400, 50035, "Invalid Form Body")
        if wrong := choice_problems((body.get("data") or {}).get("choices") or []):
            raise Refusal(400, 50035, "; ".join(wrong))
        asked.callbacks.append(body)
        asked.flags = (body.get("data") or {}).get("flags", 0)
        asked.acknowledged.set_result(body)
        if body["type"] == SAY:
            self._say(asked, body["data"])
        elif body["type"] == UPDATE:
            self._update(asked, body["data"])
        return 200, callback_answer(asked, body["type"])

    def _update(self, asked: Asked, body: Json) -> None:
        """Replace the message that was pressed, wherever it stands."""
        assert asked.message is not None
        where = self.private if asked.message["id"] in self.private else self.messages
        changed = {"content": asked.message["content"], "embeds": asked.message["embeds"], **_given(body)}
        self._check_form(changed)
        made = payloads.message(asked.message["id"], asked.message["channel_id"], self.bot, changed)
        asked.message = where[made["id"]] = {**made, "flags": asked.message["flags"]}

    def _follow_up(self, request: web.Request, body: Json) -> Answer:
        """One more message; private as its own flags say."""
        asked = self._interaction(request.match_info["webhook_token"])
        if not asked.callbacks:
            raise Refusal(404, 10015, "Unknown Webhook")
        asked.flags = body.get("flags", 0)
        return 200, self._say(asked, body)

    def _reply(self, request: web.Request, body: Json) -> Answer:
        asked = self._interaction(request.match_info["webhook_token"])
        if not asked.callbacks:
            raise Refusal(404, 10015, "Unknown Webhook")
        if self._now() - asked.at > SECONDS_OF_TOKEN:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return 200, self._say(asked, body)

    def _say(self, asked: Asked, body: Json) -> Json:
        self._check_form(body)
        snowflake, channel = self.new_id(), self.direct if asked.direct else self.channel
        message = payloads.message(snowflake, channel, self.bot, self._attached(body), flags=asked.flags)
        where = self.private if asked.flags & EPHEMERAL else self.messages
        where[snowflake] = message
        self.mentions[snowflake] = body.get("allowed_mentions")
        if not asked.reply.done():
            asked.reply.set_result(message)
        return message

    def _check_form(self, body: Json) -> None:
        if self._files and not self.may_attach:
            raise Refusal(403, 50013, "Missing Permissions")
        found = [*problems(body), *files.problems(body, self._files)]
        if found:
            raise Refusal(400, 50006 if "empty" in found[0] else 50035, "; ".join(found))

    def _attached(self, body: Json) -> Json:
        """The body with its attachments as they are listed from then on."""
        return {**body, "attachments": files.kept(body, self._files)}

    def _interaction(self, token: str) -> Asked:
        if token not in self.asked:
            raise Refusal(404, 10062, "Unknown interaction")
        return self.asked[token]

    def _now(self) -> float:
        return time.monotonic() + self.seconds_passed


def _given(body: Json) -> Json:
    return {key: body[key] for key in ("content", "embeds", "components", "attachments") if key in body}
