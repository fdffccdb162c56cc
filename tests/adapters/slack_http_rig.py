"""The Slack platform in HTTP mode under test; everything else is as in slack_rig.py."""

from typing import Any

from bot.adapters.slack import SlackHttpPlatform
from tests.adapters.slack_calls import SECRET, SlackCalls
from tests.adapters.slack_rig import SlackRig, until
from tests.adapters.slack_server import BOT_TOKEN


class SlackHttpRig(SlackRig):
    """Every platform of this rig stands behind the load balancer `calls` once it is `connected`."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.server.http = SlackCalls()
        self._platforms: list[SlackHttpPlatform] = []

    def platform(self, *, bot_token: str = BOT_TOKEN, secret: str = SECRET, **options: Any) -> Any:
        """A fresh instance, at a free port."""
        options = {"port": 0, "grace": 1, "picture_wait": 0, "seconds": self.server.paces.now, **options}
        platform = SlackHttpPlatform(bot_token, secret, api_url=self.server.api_url, **options)
        self._platforms.append(platform)
        return platform

    async def connected(self) -> None:
        """Wait until the newest platform listens, then send it its share."""
        newest = self._platforms[-1]
        await until(lambda: newest.port, "an open port")
        self.calls.addresses.append(f"http://127.0.0.1:{newest.port}")

    async def expel(self) -> None:
        """The bot is removed from the channel, and told so if it listens."""
        self.server.places[self.channel.id].refuses = "not_in_channel"
        if any(platform.port for platform in self._platforms):
            event = {"type": "channel_left", "channel": self.channel.id, "actor_id": "UBOSS"}
            await self.server.event({**event, "event_ts": self.server.stamp()})
