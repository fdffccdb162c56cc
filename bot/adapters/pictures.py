"""What all platforms ask of a picture, and a message's words where its picture cannot be shown."""

import struct
from dataclasses import replace

from bot.identity import clean_text
from bot.model import Message, Picture

MOST_BYTES = 1_000_000
_BEGINNING = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">8sI4sII")  # signature; length and kind of the first chunk; width and height


def checked(picture: Picture) -> bytes:
    """Its PNG. Raises ValueError where it is none, or has more than MOST_BYTES bytes."""
    pixels(picture)
    if len(picture.png) > MOST_BYTES:
        raise ValueError(f"a picture of {len(picture.png)} bytes (at most {MOST_BYTES})")
    return picture.png


def pixels(picture: Picture) -> tuple[int, int]:
    """Width and height, as its PNG says. Raises ValueError where it is none."""
    if len(picture.png) >= _HEAD.size:
        beginning, _, kind, width, height = _HEAD.unpack_from(picture.png)
        if (beginning, kind) == (_BEGINNING, b"IHDR") and width and height:
            return width, height
    raise ValueError(f"not a PNG: it begins with {picture.png[:8]!r}")


def description(picture: Picture, limit: int) -> str:
    """One line of plain text, at most `limit` characters, never empty."""
    text = clean_text(picture.description) or "a picture without a description"
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def in_words(message: Message) -> Message:
    """The same message with the description of its picture in place of the picture."""
    if message.picture is None:
        return message
    said = f"Picture: {description(message.picture, 1000)}"
    return replace(message, text="\n".join(filter(None, (message.text, said))), picture=None)
