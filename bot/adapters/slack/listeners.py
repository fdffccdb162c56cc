"""What Slack tells us, acknowledged and handed to the Inbox.

A command, button or shortcut is acknowledged at once and answered afterwards. An event is acknowledged when the
Inbox has kept it, or after `ack_within` seconds at the latest, because Slack waits for three; an event that the
Inbox could not keep is not acknowledged, and Slack delivers it again. What may be meant by what is being typed is
told with the acknowledgement, within the same time, or nothing is.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import inbound, shortcuts
from bot.adapters.slack.buttons import PICKED, PRESSED, to_option
from bot.adapters.slack.errors import vendor_logger
from bot.adapters.slack.inbound import Asker, Payload
from bot.adapters.slack.pictures import Pictures
from bot.adapters.slack.replies import reply
from bot.errors import BotError, PlatformError, UserError
from bot.model import Completion, Message, Reaction, Request, Typing
from bot.ports import Inbox

log = logging.getLogger(__name__)

_ANYTHING = re.compile(r".*", re.DOTALL)
_MAX_OPTIONS = 100  # docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
_SORRY = Message("Something went wrong here. Please try again in a minute.")
_UNKNOWN_BUTTON = Message("This button is of an older kind and does nothing any more.")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in the one workspace that the bot token belongs to."""

    user: str
    name: str
    workspace: str
    workspace_name: str
    bot: str = ""
    enterprise: str | None = None


class Listeners:
    """One bolt app whose listeners feed one Inbox, and the work they have begun."""

    def __init__(
        self,
        inbox: Inbox,
        client: AsyncWebClient,
        identity: Identity,
        pictures: Pictures,
        *,
        ack_within: float,
        signing_secret: str = "",
    ) -> None:
        self._inbox = inbox
        self._client = client
        self._identity = identity
        self._pictures = pictures
        self._ack_within = ack_within
        self._work: set[asyncio.Task[Any]] = set()
        self.app = self._app(signing_secret)

    async def finish(self, grace: float) -> None:
        """Let what has begun end within `grace` seconds, then cancel it."""
        if self._work:
            _, late = await asyncio.wait(self._work, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _app(self, signing_secret: str) -> AsyncApp:
        app = AsyncApp(
            name="slack_bolt.paperboy",  # bolt configures the logger of this name
            client=self._client,
            signing_secret=signing_secret,  # given even where empty, or bolt looks into the environment
            authorize=_authorizer(self._identity, self._client.token),
            process_before_response=True,  # otherwise bolt acknowledges events before we have kept them
            logger=vendor_logger(),
        )
        app.error(self._on_error)
        app.command(inbound.COMMAND)(self._on_command)
        app.action(PRESSED)(self._on_press)
        app.action(PICKED)(self._on_pick)
        app.action(_ANYTHING)(self._on_other_press)
        app.options(PICKED)(self._on_typing)
        app.options(_ANYTHING)(self._on_other_typing)
        app.message_shortcut(shortcuts.ABOUT)(self._on_shortcut)
        for event in inbound.REACTION_EVENTS:
            app.event(event)(self._on_reaction)
        for event in inbound.LEFT_EVENTS:
            app.event(event)(self._on_left)
        app.event(_ANYTHING)(self._on_other_event)
        return app

    async def _on_command(self, ack: AsyncAck, command: Payload) -> None:
        await ack()
        asking = self._inbox.on_command(inbound.request_from_command(command))
        self._begin(self._answer(inbound.asker_from_command(command), asking))

    async def _on_press(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        self._begin(self._answer(inbound.asker_from_press(body), self._asked(inbound.pressed(body))))

    async def _asked(self, pressed: Reaction | Request | None) -> Message | None:
        match pressed:
            case Reaction():
                return await self._inbox.on_reaction(pressed)
            case Request():
                return await self._inbox.on_command(pressed)
        return _UNKNOWN_BUTTON

    async def _on_pick(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        asking = self._inbox.on_command(inbound.picked(body))
        self._begin(self._answer(inbound.asker_from_press(body), asking))

    async def _on_typing(self, ack: AsyncAck, body: Payload) -> None:
        options = map(to_option, await self._completions(inbound.typing_from_suggestion(body)))
        by_value: dict[object, dict[str, object]] = {}
        for option in filter(None, options):
            by_value.setdefault(option["value"], option)
        await ack(options=list(by_value.values())[:_MAX_OPTIONS])

    async def _completions(self, typing: Typing) -> Sequence[Completion]:
        """What the Inbox offers, or nothing where it fails or takes too long."""
        try:
            async with asyncio.timeout(self._ack_within):
                return await self._inbox.on_typing(typing)
        except TimeoutError:
            log.warning("slack: completions took longer than %g s", self._ack_within)
        except BotError as error:
            log.error("slack: not completed: %s", error)
        return ()

    async def _on_other_typing(self, ack: AsyncAck) -> None:
        await ack(options=[])

    async def _on_shortcut(self, ack: AsyncAck, body: Payload) -> None:
        await ack()
        asking = self._inbox.on_command(shortcuts.request_from_message(body, self._identity.bot))
        self._begin(self._answer(shortcuts.asker_from_message(body), asking))

    async def _on_other_press(self, ack: AsyncAck) -> None:
        await ack()

    async def _on_reaction(self, body: Payload) -> BoltResponse | None:
        reaction = inbound.reaction_from_event(body)
        return await self._kept(self._inbox.on_reaction(reaction)) if reaction else None

    async def _on_left(self, body: Payload) -> BoltResponse | None:
        left = inbound.left_from_event(body, self._identity.user)
        return await self._kept(self._inbox.on_left(*left)) if left else None

    async def _on_other_event(self) -> None:
        """Without a listener bolt would not acknowledge it, and Slack would deliver it three times more."""

    async def _on_error(self, error: Exception) -> None:
        log.error("slack: a payload could not be read", exc_info=error)

    async def _kept(self, work: Coroutine[Any, Any, object]) -> BoltResponse | None:
        """None once it is kept or takes too long; where it failed, an answer that is no acknowledgement."""
        task = self._begin(work)
        done, _ = await asyncio.wait({task}, timeout=self._ack_within)
        failed = bool(done) and not task.cancelled() and task.exception() is not None
        return BoltResponse(status=500) if failed else None

    def _begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run it in a task that is referenced until it ends, and whose failure is logged."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._work.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, BotError):
            log.error("slack: not done: %s", error)
        elif error is not None:
            log.error("slack: not done", exc_info=error)

    async def _answer(self, asker: Asker, asking: Coroutine[Any, Any, Message | None]) -> None:
        message = await _message_from(asking)
        if message is None:
            return
        try:
            await reply(self._client, self._pictures, asker, message)
        except PlatformError as error:
            log.warning("slack: a private reply was not delivered: %s", error.reason)


def _authorizer(identity: Identity, token: str | None) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Given, so that bolt asks neither Slack nor the environment who we are, and knows our own reactions."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.enterprise,
            team_id=identity.workspace,
            bot_user_id=identity.user,
            bot_id=identity.bot,
            bot_token=token,
        )

    return authorize


async def _message_from(asking: Coroutine[Any, Any, Message | None]) -> Message | None:
    """What the Inbox says, or what we say in its place where it failed."""
    try:
        return await asking
    except UserError as error:
        return Message(str(error))
    except BotError as error:
        log.error("slack: not answered: %s", error)
        return _SORRY
