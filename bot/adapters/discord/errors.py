"""Discord's and discord.py's failures → PlatformError: facts only, never what was sent."""

import contextlib

import aiohttp
import discord

from bot.errors import PlatformError

TROUBLE = (
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,
    # discord.py lets these out where an answer or a gateway event has not the shape it expects.
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""Everything that a call of discord.py is known to raise."""

LOGIN_REFUSED = (
    "DISCORD_TOKEN was refused: copy the bot's token again from "
    "https://discord.com/developers/applications (Bot → Reset Token)"
)

_REASONS = {
    10003: "the channel is gone",
    10004: "the server is gone",
    10008: "the message is gone",
    50001: "this channel is closed to the bot: invite it and allow View Channel",
    50013: "the bot may not write here: allow Send Messages and Embed Links",
    50035: "Discord refused the form of the message",
    50083: "the thread is archived",
    160005: "the thread is locked",
}
_FINAL_CLOSES = {4004, 4010, 4011, 4012, 4013, 4014}
_FINAL_STATUSES = {400, 401, 403, 404}


def platform_error(error: BaseException) -> PlatformError:
    """State what failed, whether the same call can ever work, when to try again, whether it took effect."""
    match error:
        case discord.LoginFailure():
            return _refused(LOGIN_REFUSED, permanent=True)
        case discord.RateLimited():
            return _refused("rate limit", retry_after=error.retry_after)
        case discord.HTTPException():
            return _from_answer(error)
        case discord.ConnectionClosed():
            return _from_close(error.code)
        case discord.PrivilegedIntentsRequired():
            return _from_close(4014)
    return _without_answer(error)


def _refused(
    reason: str, *, permanent: bool = False, retry_after: float | None = None, unsure: bool = False
) -> PlatformError:
    about_us = reason == LOGIN_REFUSED
    return PlatformError(
        "discord", reason, permanent=permanent, retry_after=retry_after, unsure=unsure, about_us=about_us
    )


def _from_answer(error: discord.HTTPException) -> PlatformError:
    if error.status == 401:
        return _refused(LOGIN_REFUSED, permanent=True)
    why = _REASONS.get(error.code, "refused" if error.status < 500 else "out of order")
    reason = f"{why} (HTTP {error.status}, code {error.code})"
    permanent = error.status in _FINAL_STATUSES and _is_discords_word(error)
    unsure = error.status >= 500
    return _refused(reason, permanent=permanent, retry_after=_retry_after(error), unsure=unsure)


def _is_discords_word(error: discord.HTTPException) -> bool:
    """A proxy's HTML page with status 403 says nothing about the channel."""
    return str(error.response.headers.get("Content-Type", "")).startswith("application/json")


def _without_answer(error: BaseException) -> PlatformError:
    # discord.py trips over its own feet (AttributeError) where the very first connection fails.
    for failure in (error, error.__context__):
        if isinstance(failure, aiohttp.ClientError | OSError):
            return _refused(f"no connection ({type(failure).__name__})", unsure=True)
    return _refused(f"an answer of unexpected form ({type(error).__name__})", unsure=True)


def _retry_after(error: discord.HTTPException) -> float | None:
    with contextlib.suppress(KeyError, ValueError):
        return float(error.response.headers["Retry-After"])
    return None


def _from_close(code: int | None) -> PlatformError:
    if code == 4004:
        return _refused(LOGIN_REFUSED, permanent=True)
    return _refused(f"the gateway closed the connection (code {code})", permanent=code in _FINAL_CLOSES)
