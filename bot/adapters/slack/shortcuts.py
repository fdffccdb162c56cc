"""A message shortcut, chosen in the menu of any message → a command about it. Pure.

Payloads: docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload (`message_action`). The app needs
no scope but `commands`, and need not be in the channel: Slack sends the message along, and an address for the reply.
"""

import re
from collections.abc import Iterator
from typing import Any

from bot.adapters.beginning import MOST_OF_MESSAGE, beginning
from bot.adapters.slack.buttons import button_from_value
from bot.adapters.slack.inbound import Asker, Payload, request_from
from bot.adapters.slack.text import unescape
from bot.identity import clean_text
from bot.model import Request

ABOUT = re.compile(r"\A[a-z]+_message\Z")
"""The callback ids of our shortcuts: the command and `_message`."""

_ENTITY = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_LINKS = ("url", "from_url", "original_url", "title_link")
_WORDS = ("title", "text", "fallback")


def request_from_message(body: Payload, bot: str) -> Request:
    """The command about the paper that the message shows, where it is one of `bot`'s; else about what it says.

    That is its links, then its words: MOST_OF_MESSAGE characters in all, and no link is cut.
    """
    command, message = body["callback_id"].removesuffix("_message"), body["message"]
    own = _own(message, command) if bot and message.get("bot_id") == bot else ""
    return request_from(body, own or f"{command} {_said(message)}".strip())


def asker_from_message(body: Payload) -> Asker:
    """Where the reply goes: into the thread, where the message is a reply in one."""
    thread = body["message"].get("thread_ts")
    reply_in = thread if thread != body["message"].get("ts") else None
    return Asker(body["response_url"], body["channel"]["id"], body["user"]["id"], reply_in)


def _own(message: Payload, command: str) -> str:
    """The command about the first paper that buttons are for; empty where there is none."""
    elements = (part for part in _objects(message.get("blocks")) if part.get("type") == "button")
    buttons = [button_from_value(str(element.get("value", ""))) for element in elements]
    papers = (f"{command} {button.paper}" for button in buttons if button and button.paper)
    asking = (button.command for button in buttons if button and button.command.startswith(f"{command} "))
    return next(papers, "") or next(asking, "")


def _said(message: Payload) -> str:
    found = [*_links_in(message.get("text") or ""), *_links_of(message)]
    words = _words_in(message.get("text") or "") or _words_in(" ".join(_words_of(message)))
    said = ""
    for link in dict.fromkeys(map(clean_text, found)):
        longer = f"{said} {link}".strip()
        said = longer if len(longer) <= MOST_OF_MESSAGE else said
    return beginning(f"{said} {words}".strip())


def _links_in(text: str) -> list[str]:
    """The addresses in Slack's own kind of markup."""
    return [unescape(found[1]) for found in _ENTITY.finditer(text) if _is_link(found[1])]


def _words_in(text: str) -> str:
    """The text without markup, addresses and mentions; what a link or a channel is called stays."""
    return clean_text(unescape(_ENTITY.sub(lambda found: found[2] or "", text)))


def _links_of(message: Payload) -> Iterator[str]:
    """The addresses in blocks, and in what Slack shows of a page below a message."""
    for part in _shown(message):
        yield from (part[key] for key in _LINKS if isinstance(part.get(key), str) and _is_link(part[key]))


def _words_of(message: Payload) -> Iterator[str]:
    """The words of a message that has no text of its own."""
    for part in _shown(message):
        yield from (part[key] for key in _WORDS if isinstance(part.get(key), str))


def _shown(message: Payload) -> Iterator[dict[str, Any]]:
    """What is there to be read, without what is there to be pressed."""
    blocks = (block for block in message.get("blocks") or () if block.get("type") != "actions")
    return _objects([*blocks, *(message.get("attachments") or ())])


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object below, outermost first."""
    if isinstance(part, dict):
        yield part
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _objects(child)


def _is_link(address: str) -> bool:
    return address.startswith(("http://", "https://"))
