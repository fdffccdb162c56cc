"""What Slack's refusals mean, as facts, and what its library may write into a log."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import PlatformError

VENDOR_ERRORS = (
    SlackClientError,
    aiohttp.ClientError,
    OSError,  # TimeoutError is one
    ValueError,  # an answer that is not UTF-8
    AttributeError,  # slack_sdk meets a text/plain answer with status 200 this way
)
"""All that a call through slack_sdk may raise."""

_BAD_TOKEN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "not_allowed_token_type",
    }
)
_CLOSED_TO_US = {
    "channel_not_found": "the channel is gone, or private without us: type /invite @paperboy there",
    "not_in_channel": "we are not in the channel: type /invite @paperboy there",
    "is_archived": "the channel is archived",
    "team_access_not_granted": "the workspace has not let the app in",
}
# "some aspect of the operation may have succeeded" (docs.slack.dev, chat.postMessage)
_PERHAPS_DONE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_REPLACE_BOT = (
    "Slack does not accept SLACK_BOT_TOKEN: copy the Bot User OAuth Token (xoxb-…) "
    "from the app's page OAuth & Permissions"
)
_REPLACE_APP = (
    "Slack does not accept SLACK_APP_TOKEN: make an app-level token (xapp-…) with the scope "
    "connections:write on the app's page Basic Information"
)
_SOON = 3.0
_SECRETS = re.compile(r"(?:https?|wss?)://\S+|xox[a-z]-[\w-]+|xapp-[\w-]+")


class PictureError(PlatformError):
    """Slack does not know the picture that a message shows, in most cases not yet. Nothing was posted.

    Files are worked on after the upload has ended (github.com/slackapi/node-slack-sdk/issues/1865).
    """


@contextmanager
def calling(method: str) -> Iterator[None]:
    """Turn what slack_sdk raises inside the block into a PlatformError about `method`."""
    try:
        yield
    except VENDOR_ERRORS as error:
        raise platform_error(method, error) from error


def platform_error(method: str, error: Exception) -> PlatformError:
    """The facts of one failure: `permanent` where Slack's answer ends the matter, `retry_after` on HTTP 429, `unsure`
    where there was no answer or a broken one.
    """
    if not isinstance(error, SlackApiError):
        return PlatformError("slack", f"{method}: no usable answer ({type(error).__name__})", unsure=True)
    status, answer, headers = _response(error)
    code = str(answer.get("error", "")) or f"HTTP {status}"
    if status == 429 or code == "ratelimited":
        return _rate_limited(method, headers)
    if code == "invalid_blocks" and "slack_file" in str(answer):
        return PictureError("slack", f"{method}: the picture is not ready", retry_after=_SOON)
    permanent = code in _BAD_TOKEN or code in _CLOSED_TO_US or code.startswith("restricted_action")
    unsure = status >= 500 or code in _PERHAPS_DONE
    return PlatformError(
        "slack",
        _reason(method, code, answer),
        permanent=permanent,
        unsure=unsure,
        about_us=code in _BAD_TOKEN or code == "missing_scope",
    )


def error_code(error: Exception) -> str:
    """Slack's own name for a refusal; empty where it is none."""
    return str(_response(error)[1].get("error", "")) if isinstance(error, SlackApiError) else ""


def _response(error: SlackApiError) -> tuple[int, dict[str, Any], Any]:
    """Status, body and headers; the body is empty where it was not a JSON object."""
    response = error.response
    data = getattr(response, "data", None)
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return int(status or 0), data if isinstance(data, dict) else {}, getattr(response, "headers", {})


def _rate_limited(method: str, headers: Any) -> PlatformError:
    named = str(headers.get("Retry-After", ""))
    seconds = float(named) if named.isdecimal() else None
    wait = f", retry in {named} s" if seconds is not None else ""
    return PlatformError("slack", f"{method}: too many requests{wait}", retry_after=seconds)


def _reason(method: str, code: str, answer: dict[str, Any]) -> str:
    if code in _BAD_TOKEN:
        return f"{_REPLACE_APP if method == 'apps.connections.open' else _REPLACE_BOT} ({method}: {code})"
    if code == "missing_scope":
        return f"{method}: the app lacks the scope {answer.get('needed')}: add it, then install the app again"
    advice = _CLOSED_TO_US.get(code)
    return f"{method}: {code} ({advice})" if advice else f"{method}: {code}"


def _without_secrets(record: logging.LogRecord) -> bool:
    record.msg, record.args = _SECRETS.sub("…", record.getMessage()), ()
    record.exc_info = record.exc_text = None
    return True


def vendor_logger() -> logging.Logger:
    """For slack_bolt and slack_sdk: errors only, with no address or token in them and no traceback.

    Below ERROR they write whole payloads, above it the one-use address of the socket.
    """
    logger = logging.getLogger("bot.adapters.slack.vendor")
    logger.setLevel(logging.ERROR)
    if _without_secrets not in logger.filters:
        logger.addFilter(_without_secrets)
    return logger
