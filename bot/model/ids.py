"""Names of things: papers, people, channels, messages."""

from dataclasses import dataclass
from typing import NewType

PaperId = NewType("PaperId", str)
"""Canonical id with its scheme, at most 80 characters: `arxiv:2401.01234`, `doi:10.1/x`, `title:1f…`."""

UserId = NewType("UserId", str)
"""A person, qualified: `slack:T1/U1`."""

MessageId = NewType("MessageId", str)
"""A message, qualified by its channel: `slack:T1/C1/170.1`."""

DeliveryKey = NewType("DeliveryKey", str)
"""Names one message for ever, of a digest (`slack:T1/C1#2026-11-22#0`) or shared."""


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """Platform + workspace + channel id. A direct message is a channel of one."""

    platform: str
    workspace: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}/{self.id}"


def channel_from_text(text: str) -> Channel:
    """`slack:T1/C1` → Channel. Raises ValueError where a part is missing."""
    platform, _, rest = text.partition(":")
    workspace, _, channel = rest.partition("/")
    if not (platform and workspace and channel) or "/" in channel:
        raise ValueError(f"not a channel: {text!r} (expected platform:workspace/channel)")
    return Channel(platform, workspace, channel)


def message_id(channel: Channel, local_id: str) -> MessageId:
    """Qualify a platform's own message id."""
    return MessageId(f"{channel}/{local_id}")


def split_message_id(message: MessageId) -> tuple[Channel, str]:
    """The channel and the platform's own id of a qualified message id."""
    channel, _, local_id = message.rpartition("/")
    return channel_from_text(channel), local_id
