"""The gateway half of the local Discord server: hello, identify, resume, heartbeats, events.

https://discord.com/developers/docs/events/gateway
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

Json = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 9, 10, 11
GUILDS, GUILD_REACTIONS, DIRECT_REACTIONS = 1 << 0, 1 << 10, 1 << 13


@dataclass
class Session:
    """One identified client; outlives its socket, so that it can resume."""

    id: str
    intents: int
    socket: web.WebSocketResponse | None
    shard: tuple[int, int] = (0, 1)
    events: list[Json] = field(default_factory=list)

    def wants(self, event: str, data: Json) -> bool:
        if not self.serves(data.get("id") if event.startswith("GUILD_") else data.get("guild_id")):
            return False
        if event.startswith("MESSAGE_REACTION"):
            return bool(self.intents & (GUILD_REACTIONS if "guild_id" in data else DIRECT_REACTIONS))
        return bool(self.intents & GUILDS) or event in {"READY", "RESUMED", "INTERACTION_CREATE"}

    def serves(self, guild: str | None) -> bool:
        """Whether that server is of the session's shard; what is in none goes to shard 0."""
        number, count = self.shard
        return (int(guild or 0) >> 22) % count == number


class Gateway:
    """Accepts clients with the right token. All coroutines run on the server's loop.

    While `deaf` it reads and answers nothing, on old connections and new ones.
    """

    def __init__(self, token: str, bot: Json, guild: Json) -> None:
        self.identifies: list[Json] = []
        self.resumes = 0
        self.sessions: dict[str, Session] = {}
        self._token, self._bot, self._guild = token, bot, guild
        self.heartbeat_ms = 41250
        self.deaf = False
        self._open, self._pong = asyncio.Event(), asyncio.Event()
        self._open.set()

    async def until_live(self) -> None:
        """Wait until somebody answers a ping: whoever does has read all that we sent before."""
        self._pong.clear()
        while not self._pong.is_set():
            for socket in [session.socket for session in self.sessions.values() if session.socket]:
                with contextlib.suppress(ConnectionError):
                    await socket.ping()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._pong.wait(), 0.02)

    async def until_left(self) -> None:
        """Wait until everybody has said goodbye properly."""
        while self.sessions:  # noqa: ASYNC110 - they leave on their own
            await asyncio.sleep(0.005)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        await self._open.wait()
        socket = web.WebSocketResponse(max_msg_size=0, autoping=False)
        await socket.prepare(request)
        if self.deaf:
            await asyncio.Event().wait()
        await _send(socket, HELLO, {"heartbeat_interval": self.heartbeat_ms})
        async for frame in socket:
            if self.deaf:
                continue
            if frame.type == WSMsgType.TEXT:
                await self._received(socket, json.loads(frame.data), request.host)
            elif frame.type == WSMsgType.PONG:
                self._pong.set()
        self._detach(socket)
        return socket

    async def emit(self, event: str, data: Json) -> None:
        """Send to every session that asked for it; those without a socket get it when they resume."""
        for session in list(self.sessions.values()):
            if session.wants(event, data):
                await self._dispatch(session, event, data)

    async def cut(self) -> None:
        """Break every connection; nobody gets in again before `mend`."""
        self._open.clear()
        sockets = [session.socket for session in self.sessions.values() if session.socket]
        for session in self.sessions.values():
            session.socket = None
        for socket in sockets:
            await socket.close(code=4000)

    async def mend(self) -> None:
        self._open.set()

    async def end(self, code: int) -> None:
        """Close every connection with a code."""
        for session in list(self.sessions.values()):
            if session.socket:
                await session.socket.close(code=code)

    async def _received(self, socket: web.WebSocketResponse, frame: Json, host: str) -> None:
        if frame["op"] == HEARTBEAT:
            await _send(socket, HEARTBEAT_ACK, None)
        elif frame["op"] in {IDENTIFY, RESUME} and frame["d"]["token"] != self._token:
            await socket.close(code=4004)
        elif frame["op"] == IDENTIFY:
            await self._identified(socket, frame["d"], host)
        elif frame["op"] == RESUME:
            await self._resumed(socket, frame["d"])

    async def _identified(self, socket: web.WebSocketResponse, data: Json, host: str) -> None:
        self.identifies.append(data)
        number, count = data.get("shard", (0, 1))
        if not 0 <= number < count:
            await socket.close(code=4010)
            return
        session = Session(f"session-{len(self.identifies)}", data["intents"], socket, (number, count))
        at_home = session.serves(self._guild["id"])
        self.sessions[session.id] = session
        ready = {
            "v": 10,
            "user": self._bot,
            "guilds": [{"id": self._guild["id"], "unavailable": True}] if at_home else [],
            "session_id": session.id,
            "resume_gateway_url": f"ws://{host}/gateway",
            "application": {"id": self._bot["id"], "flags": 0},
            **({"shard": data["shard"]} if "shard" in data else {}),
        }
        await self._dispatch(session, "READY", ready)
        if at_home:
            await self._dispatch(session, "GUILD_CREATE", self._guild)

    async def _resumed(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.resumes += 1
        session = self.sessions.get(data["session_id"])
        if session is None:
            await _send(socket, INVALID_SESSION, False)
            return
        session.socket = socket
        for event in [event for event in session.events if event["s"] > data["seq"]]:
            await socket.send_str(json.dumps(event))
        await self._dispatch(session, "RESUMED", {"_trace": []})

    async def _dispatch(self, session: Session, event: str, data: Json) -> None:
        frame = {"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": data}
        session.events.append(frame)
        if session.socket and not session.socket.closed:
            await session.socket.send_str(json.dumps(frame))

    def _detach(self, socket: web.WebSocketResponse) -> None:
        for session in [session for session in self.sessions.values() if session.socket is socket]:
            session.socket = None
            if socket.close_code == 1000:
                del self.sessions[session.id]


async def _send(socket: web.WebSocketResponse, op: int, data: Any) -> None:
    await socket.send_str(json.dumps({"op": op, "d": data, "s": None, "t": None}))
