"""A Slack of our own on 127.0.0.1: the Web API methods the adapter uses, Socket Mode, response_urls.

It runs in a thread with its own loop, so that a bot which blocks its loop cannot also stop Slack's clock.
Everything it is asked is kept in `calls`; `fail` scripts what goes wrong next. Methods whose names are
`async` are called from a test's loop. Shapes follow docs.slack.dev; nothing here imports the adapter.
"""

import asyncio
import itertools
import json
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import WSMsgType, web

from tests.adapters import slack_history
from tests.adapters.slack_blocks import content_error, error
from tests.adapters.slack_calls import SlackCalls
from tests.adapters.slack_faults import Fault, abort, failure, rate_limited
from tests.adapters.slack_files import SlackFiles
from tests.adapters.slack_payloads import APP, BOT, BOT_USER, TEAM, event_callback
from tests.adapters.slack_values import Answer, Call, Delivery, Place, Private

Json = dict[str, Any]
T = TypeVar("T")

BOT_TOKEN, APP_TOKEN = "xoxb-right", "xapp-right"
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.postEphemeral": "chat:write",
    "apps.connections.open": "connections:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
}
"""What each method needs; the others need nothing, or it depends on the channel."""


class SlackServer:
    """See the module. `redeliver_after` is how many seconds an event may stay without an acknowledgement.

    A `deaf` server reads nothing from the connections made from then on. `paces` are the rate limits. What is
    `held` is answered only when that event is set.
    """

    def __init__(self, *, scopes: set[str] | None = None) -> None:
        self.scopes = scopes
        self.redeliver_after = 3.0
        self.calls: list[Call] = []
        self.messages: list[Json] = []
        self.privates: list[Private] = []
        self.acks: list[str] = []
        self.sent: list[str] = []
        self.opened = 0
        self.deaf = False
        self.http: SlackCalls | None = None
        self.places: dict[str, Place] = {}
        self.paces = slack_history.Paces()
        self.files = SlackFiles()
        self._held: dict[str, threading.Event] = {}
        self._faults: dict[str, deque[Fault]] = {}
        self._numbers = itertools.count(1)
        self._tickets: set[str] = set()
        self._answers: dict[str, Answer] = {}
        self._waiting: dict[str, asyncio.Event] = {}
        self._said: dict[str, Json | None] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._transports: list[asyncio.Transport] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    # --- what a test does with it ---

    def start(self) -> None:
        """Listen. `url` is known from here on."""
        self._thread.start()
        self._runner, self.url = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def close(self) -> None:
        """Stop; what hangs is cut off."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def api_url(self) -> str:
        """What the setting `slack.api_url` must be."""
        return f"{self.url}/api/"

    @property
    def sockets(self) -> int:
        """How many Socket Mode connections are open."""
        return sum(not socket.closed for socket in self._sockets)

    def calls_of(self, method: str) -> list[Json]:
        """The arguments of all calls of one method, oldest first."""
        return [call.args for call in self.calls if call.method == method]

    def fail(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next `times` calls of `method` (or of `response_url`, or `link`) end so."""
        self._faults.setdefault(method, deque()).extend([fault] * times)

    def hold(self, method: str) -> threading.Event:
        """Calls of the method are done at once, but answered when the returned event is set."""
        return self._held.setdefault(method, threading.Event())

    def say(self, place: str, text: str, **more: Any) -> Json:
        """Somebody else says something."""
        message = {"type": "message", "channel": place, "user": "UALICE", "text": text, "ts": self.stamp()}
        self.messages.append(message | more)
        return self.messages[-1]

    async def event(self, event: Json) -> Delivery:
        """Tell the bot, again and again until it acknowledges, at most four times."""
        number = next(self._numbers)
        return await self._there(
            self._deliver("events_api", event_callback(event, f"Ev{number}"), attempts=4)
        )

    async def interaction(self, kind: str, payload: Json, place: str, user: str) -> Delivery:
        """Deliver a `slash_commands` or `interactive` payload once, with a fresh response_url."""
        key = str(next(self._numbers))
        self._answers[key] = Answer(place, user, [5])
        payload = {**payload, "response_url": f"{self.url}/respond/{key}", "trigger_id": f"{key}.1.x"}
        return await self._there(self._deliver(kind, payload, attempts=1))

    async def suggestion(self, payload: Json) -> Delivery:
        """Ask once for a menu's options; there is no response_url."""
        return await self._there(self._deliver("interactive", payload, attempts=1))

    async def disconnect(self, reason: str) -> None:
        """Ask every client to go, as Slack does before it restarts a server."""
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
        await self._there(self._to_all(lambda socket: socket.send_json(frame)))

    async def drop_sockets(self) -> None:
        """Close every Socket Mode connection without a word."""
        await self._there(self._to_all(lambda socket: socket.close()))

    def stamp(self) -> str:
        """A new message timestamp, later than all before."""
        return f"{int(time.time() + self.paces.seconds_passed)}.{next(self._numbers):06d}"

    # --- the thread's side ---

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _listen(self) -> tuple[web.AppRunner, str]:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/respond/{key}", self._respond)
        app.router.add_get("/link", self._link)
        app.router.add_post("/upload/{file}", self._upload)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _stop(self) -> None:
        for socket in self._sockets:
            if (
                socket._req is not None and socket._req.transport is not None
            ):  # a close would wait for the peer
                socket._req.transport.abort()
        await self._runner.cleanup()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _to_all(self, act: Callable[[web.WebSocketResponse], Coroutine[Any, Any, Any]]) -> None:
        for socket in [socket for socket in self._sockets if not socket.closed]:
            await act(socket)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append(Call(method, args, token))
        fault = self._next_fault(method)
        if fault and not fault.drop:
            return await failure(fault)
        answer = self._refused(method, token)
        if not answer and (wait := self.paces.wait(method, _paced_by(method, args))):
            return await failure(rate_limited(math.ceil(wait)))
        answer = answer or self._done(method, args)
        while method in self._held and not self._held[method].is_set():  # noqa: ASYNC110 - set elsewhere
            await asyncio.sleep(0.005)
        if fault:
            abort(request)
        return web.json_response(answer)

    def _next_fault(self, method: str) -> Fault | None:
        faults = self._faults.get(method)
        return faults.popleft() if faults else None

    def _refused(self, method: str, token: str) -> Json | None:
        if token not in {BOT_TOKEN, APP_TOKEN}:
            return error("invalid_auth")
        if (token == APP_TOKEN) != (method == "apps.connections.open"):
            return error("not_allowed_token_type")
        needed = SCOPES.get(method)
        if needed and self.scopes is not None and token == BOT_TOKEN and needed not in self.scopes:
            return error("missing_scope") | {"needed": needed, "provided": ",".join(sorted(self.scopes))}
        return None

    def _done(self, method: str, args: Json) -> Json:  # noqa: PLR0911 - one for each method
        match method:
            case "auth.test":
                who = {"team": "T", "user": "paperbot", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT}
                return {"ok": True, "url": "https://t.slack.com/", **who, "is_enterprise_install": False}
            case "apps.connections.open":
                return {"ok": True, "url": f"{self.url.replace('http', 'ws')}/link?ticket={self._ticket()}"}
            case "chat.postMessage":
                return self._posted(args)
            case "chat.update":
                return self._updated(args)
            case "chat.postEphemeral":
                return self._whispered(args)
            case "conversations.history":
                return self._history(args)
            case "files.getUploadURLExternal" | "files.completeUploadExternal":
                return self.files.answer(method, args, f"{self.url}/upload")
        return error("unknown_method")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if fault := self._next_fault("upload"):
            return await failure(fault)
        return web.Response(status=self.files.take(request.match_info["file"], await request.read()))

    def _ticket(self) -> str:
        self._tickets.add(ticket := f"ticket{next(self._numbers)}")
        return ticket

    def _unfit(self, args: Json) -> Json | None:
        """Why the message cannot be taken: the channel or the content."""
        place = self.places.get(args.get("channel", ""))
        if place is None:
            return error("channel_not_found")
        return error(place.refuses) if place.refuses else self._content_error(args)

    def _content_error(self, body: Json) -> Json | None:
        return content_error(body) or self.files.refusal(body.get("blocks") or [])

    def _posted(self, args: Json) -> Json:
        if refused := self._unfit(args):
            return refused
        args = args | {"channel": self.places[args["channel"]].id}
        who = {"type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": APP, "team": TEAM}
        message = {**args, **who, "ts": self.stamp()}
        self.messages.append(message)
        return {"ok": True, "channel": args["channel"], "ts": message["ts"], "message": message}

    def _updated(self, args: Json) -> Json:
        old = [m for m in self.messages if (m["channel"], m["ts"]) == (args["channel"], args["ts"])]
        if not old:
            return error("message_not_found")
        if refused := self._unfit(args):
            return refused
        old[0].update({key: args[key] for key in ("text", "blocks", "parse", "link_names") if key in args})
        return {"ok": True, "channel": args["channel"], "ts": args["ts"], "text": old[0]["text"]}

    def _whispered(self, args: Json) -> Json:
        if refused := self._unfit(args):
            return refused
        self.privates.append(Private("chat.postEphemeral", args["channel"], args["user"], args))
        return {"ok": True, "message_ts": self.stamp()}

    def _history(self, args: Json) -> Json:
        place = self.places.get(args.get("channel", ""))
        if place is None:
            return error("channel_not_found")
        needed = slack_history.SCOPES[place.id[0]]
        if self.scopes is not None and needed not in self.scopes:
            return error("missing_scope") | {"needed": needed, "provided": ",".join(sorted(self.scopes))}
        if place.refuses == "not_in_channel" or not place.joined:
            return error("not_in_channel")
        return slack_history.page([m for m in self.messages if m["channel"] == place.id], args)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        answer = self._answers.get(request.match_info["key"])
        if fault := self._next_fault("response_url"):
            return await failure(fault)
        if answer is None or answer.left[0] == 0:
            return web.json_response(error("used_url" if answer else "expired_url"), status=404)
        answer.left[0] -= 1
        body = await request.json()
        if refused := self._content_error(body):
            return web.json_response(refused, status=404)
        self.privates.append(Private("response_url", answer.place, answer.user, body))
        return web.Response(text="ok")

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if fault := self._next_fault("link"):
            return await failure(fault)
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        assert request.transport is not None
        self._transports.append(request.transport)
        await socket.send_json(
            {"type": "hello", "num_connections": self.sockets, "connection_info": {"app_id": APP}}
        )
        self.opened += 1
        if self.deaf:
            await asyncio.Event().wait()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT and frame.data.startswith("{"):
                self._acked(json.loads(frame.data))
        return socket

    def _acked(self, frame: Json) -> None:
        self.acks.append(frame["envelope_id"])
        self._said[frame["envelope_id"]] = frame.get("payload")
        if event := self._waiting.get(frame["envelope_id"]):
            event.set()

    async def _deliver(self, kind: str, payload: Json, *, attempts: int) -> Delivery:
        """Like Slack: only events are sent again, with a new envelope id and the same event id."""
        for attempt in range(attempts):
            envelope = f"env{next(self._numbers)}"
            frame = {
                "envelope_id": envelope,
                "type": kind,
                "payload": payload,
                "accepts_response_payload": True,
            }
            if kind == "events_api":
                frame |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
            if await self._sent(envelope, frame):
                said = self.http.said() if self.http else self._said.get(envelope)
                return Delivery(attempt + 1, acked=True, answer=said)
        return Delivery(attempts, acked=False)

    async def _sent(self, envelope: str, frame: Json) -> bool:
        """Whether the newest connection, or the bot's `http` address, acknowledged it in time."""
        if self.http:
            return await self.http.sent(frame, self.redeliver_after)
        acked = self._waiting[envelope] = asyncio.Event()
        try:
            async with asyncio.timeout(self.redeliver_after):
                open_sockets = [socket for socket in self._sockets if not socket.closed]
                if open_sockets:
                    await open_sockets[-1].send_json(frame)
                    self.sent.append(envelope)
                await acked.wait()
        except (TimeoutError, ConnectionError):
            return False
        finally:
            del self._waiting[envelope]
        return True


def _paced_by(method: str, args: Json) -> str:
    """A channel has its own pace for posts; a method as a whole for everything else."""
    return str(args.get("channel", "")) if method == "chat.postMessage" else ""


async def _arguments(request: web.Request) -> Json:
    """Query, form and JSON together, as slack_sdk uses all three; JSON inside strings is decoded."""
    args: Json = dict(request.query)
    if request.can_read_body:
        args |= await request.json() if "json" in request.content_type else dict(await request.post())
    for key in ("blocks", "metadata"):
        if isinstance(args.get(key), str):
            args[key] = json.loads(args[key])
    return args
