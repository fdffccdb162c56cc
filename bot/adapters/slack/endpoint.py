"""The address that Slack calls in HTTP mode: one path for everything, and one for a load balancer.

Nothing is remembered between two requests, so any number of processes may stand behind one address.
"""

from collections.abc import Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

PATH = "/slack/events"
HEALTH = "/health"
_MOST_BYTES = 4 * 2**20


class Endpoint:
    """Serves one bolt app, which has the same `signing_secret`, at `host` and `port` (0: any free one)."""

    def __init__(self, app: AsyncApp, signing_secret: str, host: str, port: int, *, grace: float) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._host, self._port = host, port
        site = web.Application(client_max_size=_MOST_BYTES)
        site.router.add_post(PATH, self._events)
        site.router.add_get(HEALTH, _health)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=grace)

    @property
    def port(self) -> int:
        """Where it listens; 0 where it does not."""
        return int(self._runner.addresses[0][1]) if self._runner.addresses else 0

    async def open(self) -> None:
        """Listen. Raises OSError where the address is taken or not ours."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def close(self) -> None:
        """Take no new connection, let what came in be answered within `grace` seconds, then hang up."""
        await self._runner.cleanup()

    async def _events(self, request: web.Request) -> web.Response:
        raw = await request.read()
        # Bolt checks the signature too, but only after it has read the body, and trips over odd headers.
        if not self._is_slacks(raw, request):
            return web.json_response({"error": "invalid request"}, status=401)
        headers: dict[str, str | Sequence[str]] = dict(request.headers)
        asked = AsyncBoltRequest(body=raw.decode(), query=request.query_string, headers=headers)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _is_slacks(self, raw: bytes, request: web.Request) -> bool:
        """Whether it is signed with our secret, and at most five minutes old."""
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        try:
            return signature.isascii() and self._verifier.is_valid(raw, stamp, signature)
        except ValueError:  # a time that is no number, a body that is not UTF-8
            return False


async def _health(request: web.Request) -> web.Response:
    return web.Response(text="ok")
