"""What Slack makes of a message's `text` and `blocks`: whether it takes them, what people see, who is pinged.

The limits are those of docs.slack.dev/reference/block-kit; the ceiling over a whole message is undocumented
and set where people have met it (bolt-js issue 2509).
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MAX_TEXT_OF_ALL_BLOCKS = 12_000
_MENTION = re.compile(r"<!(?:channel|here|everyone|subteam)|<@")
_AUTO_MENTION = re.compile(r"@(?:channel|here|everyone)\b")
_MRKDWN_LINK = re.compile(r"<(?:[^<>|]*\|)?([^<>]*)>")
_FILE = re.compile(r"F[A-Z0-9]{8,}")
_PINGING_ELEMENTS = {"user", "usergroup", "broadcast", "team", "user_group"}


def error(code: str) -> Json:
    """Slack's answer when it refuses."""
    return {"ok": False, "error": code}


def content_error(args: Json) -> Json | None:
    """Slack's answer to a message it cannot take; None where it can."""
    blocks = args.get("blocks") or []
    if not blocks and not args.get("text"):
        return error("no_text")
    if problem := refusal(blocks):
        return error("invalid_blocks") | {"response_metadata": {"messages": [f"[ERROR] {problem}"]}}
    return error("msg_blocks_too_long") if too_long(blocks) else None


def refusal(blocks: list[Json]) -> str | None:
    """Slack's complaint about the blocks (`must be less than 151 characters [json-pointer:…]`), or None."""
    if len(blocks) > 50:
        return "no more than 50 items allowed [json-pointer:/blocks]"
    problems = [
        f"{what} [json-pointer:/blocks/{n}{where}]"
        for n, b in enumerate(blocks)
        for where, what in _problems(b)
    ]
    pressed = [*buttons(blocks), *menus(blocks)]
    ids = [element["action_id"] for element in pressed if "action_id" in element]
    if len(ids) != len(set(ids)):
        problems.append("action_id already exists [json-pointer:/blocks]")
    return problems[0] if problems else None


def too_long(blocks: list[Json]) -> bool:
    """Whether Slack answers msg_blocks_too_long."""
    return sum(len(text) for text in _texts(blocks)) > MAX_TEXT_OF_ALL_BLOCKS


def buttons(blocks: list[Json]) -> list[Json]:
    """All buttons, in order."""
    held = [b.get("elements", []) if b["type"] == "actions" else [b.get("accessory", {})] for b in blocks]
    return [element for elements in held for element in elements if element.get("type") == "button"]


def menus(blocks: list[Json]) -> list[Json]:
    """All menus whose options the app gives, in order."""
    held = (element for b in blocks if b["type"] == "actions" for element in b["elements"])
    return [element for element in held if element["type"] == "external_select"]


def bold(blocks: list[Json]) -> list[str]:
    """The words that are emphasised, outside of titles."""
    styled = (part for part in _objects(blocks) if (part.get("style") or {}) == {"bold": True})
    return [part["text"] for part in styled if part["type"] == "text"]


def options_problem(answer: Json | None) -> str | None:
    """What Slack has against the options it was given, or None (option object, block_suggestion payload)."""
    if answer is None or not isinstance(answer.get("options"), list):
        return "no options"
    options = answer["options"]
    values = [option.get("value", "") for option in options]
    if len(options) > 100 or len(values) != len(set(values)):
        return "more than 100 options, or two alike"
    if any(not 1 <= len(value.encode("utf-16-le")) // 2 <= 150 for value in values):
        return "must be 1 to 150 characters [json-pointer:/value]"
    problems = (_text_problems(option.get("text"), "/text", 75, {"plain_text"}) for option in options)
    return next((f"{what} {where}" for found in problems for where, what in found), None)


def visible(message: Json) -> str:
    """All words that a person sees; `text` counts only where there are no blocks."""
    blocks = message.get("blocks") or []
    if not blocks:
        return _from_mrkdwn(message.get("text", ""))
    return "\n".join(filter(None, ("".join(_seen(block)) for block in blocks)))


def pictures(message: Json) -> list[str]:
    """The alternative texts of the pictures."""
    return [block["alt_text"] for block in message.get("blocks") or [] if block["type"] == "image"]


def pings(message: Json) -> bool:
    """Whether anybody is notified beyond those who follow the channel."""
    blocks = message.get("blocks") or []
    parsed = message.get("parse") == "full" or str(message.get("link_names", "0")) in {"1", "True", "true"}
    if _MENTION.search(message.get("text", "")) or (parsed and "@" in message.get("text", "")):
        return True
    return any(_pings(part) for part in _objects(blocks))


def _pings(part: Json) -> bool:
    if part.get("type") in _PINGING_ELEMENTS:
        return True
    if part.get("type") != "mrkdwn":
        return False
    by_name = not part.get("verbatim") and _AUTO_MENTION.search(part["text"])
    return bool(_MENTION.search(part["text"]) or by_name)


def _objects(part: Any) -> Iterator[Json]:
    """Every JSON object below, outermost first."""
    if isinstance(part, dict):
        yield part
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _objects(child)


def _texts(blocks: list[Json]) -> Iterator[str]:
    return (part["text"] for part in _objects(blocks) if isinstance(part.get("text"), str))


def _from_mrkdwn(text: str) -> str:
    shown = _MRKDWN_LINK.sub(r"\1", text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _seen(block: Json) -> Iterator[str]:
    """The words of one block; a button's label is no word of the message."""
    for part in _objects(block) if block["type"] != "actions" else ():
        match part.get("type"):
            case "plain_text" | "text":
                yield part["text"]
            case "mrkdwn":
                yield _from_mrkdwn(part["text"])
            case "link":
                yield part.get("text") or part["url"]
            case "channel":
                yield f"#{part['channel_id']}"
            case "emoji" | "user" | "usergroup" | "broadcast":
                yield f"<{part['type']}>"


def _problems(block: Json) -> Iterator[tuple[str, str]]:
    """Pairs of JSON pointer and complaint about one block."""
    match block.get("type"):
        case "header":
            yield from _text_problems(block.get("text"), "/text", 150, {"plain_text"})
        case "section":
            yield from _text_problems(block.get("text"), "/text", 3000, {"plain_text", "mrkdwn"})
        case "context":
            yield from _context_problems(block.get("elements") or [])
        case "actions":
            yield from _actions_problems(block.get("elements") or [])
        case "rich_text":
            yield from _rich_problems(block.get("elements") or [])
        case "image":
            yield from _image_problems(block)
        case "divider":
            pass
        case other:
            yield "/type", f"unsupported type: {other}"


def _text_problems(text: Any, where: str, limit: int, types: set[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(text, dict) or text.get("type") not in types:
        yield where, f"must be one of {sorted(types)}"
    elif not text.get("text"):
        yield f"{where}/text", "must be more than 0 characters"
    elif len(text["text"]) > limit:
        yield f"{where}/text", f"must be less than {limit + 1} characters"


def _context_problems(elements: list[Json]) -> Iterator[tuple[str, str]]:
    if not 1 <= len(elements) <= 10:
        yield "/elements", "must have 1 to 10 items"
    for n, element in enumerate(elements):
        yield from _text_problems(element, f"/elements/{n}", 2000, {"plain_text", "mrkdwn"})


def _actions_problems(elements: list[Json]) -> Iterator[tuple[str, str]]:
    if not 1 <= len(elements) <= 25:
        yield "/elements", "must have 1 to 25 items"
    for n, element in enumerate(elements):
        where = f"/elements/{n}"
        if element.get("type") == "external_select":
            yield from _menu_problems(element, where)
            continue
        if element.get("type") != "button":
            yield where, "unsupported element"
        yield from _text_problems(element.get("text"), f"{where}/text", 75, {"plain_text"})
        for key, limit in (("value", 2000), ("action_id", 255), ("url", 3000)):
            if len(element.get(key, "")) > limit:
                yield f"{where}/{key}", f"must be less than {limit + 1} characters"


def _menu_problems(menu: Json, where: str) -> Iterator[tuple[str, str]]:
    yield from _text_problems(menu.get("placeholder"), f"{where}/placeholder", 150, {"plain_text"})
    if not 1 <= len(menu.get("action_id", "")) <= 255:
        yield f"{where}/action_id", "must be 1 to 255 characters"
    if menu.get("min_query_length", 0) < 0:
        yield f"{where}/min_query_length", "must not be negative"


def _image_problems(image: Json) -> Iterator[tuple[str, str]]:
    if not image.get("alt_text"):
        yield "/alt_text", "must be more than 0 characters"
    if len(image.get("alt_text", "")) > 2000:
        yield "/alt_text", "must be less than 2001 characters"
    if ("image_url" in image) == ("slack_file" in image):
        yield "", "must have one of image_url and slack_file"
    if not _FILE.fullmatch(image.get("slack_file", {}).get("id", "")):
        yield "/slack_file/id", f"input must match regex pattern: {_FILE.pattern}"


def _rich_problems(sections: list[Json]) -> Iterator[tuple[str, str]]:
    if not sections:
        yield "/elements", "must have at least 1 item"
    for n, section in enumerate(sections):
        kinds = {"rich_text_section", "rich_text_preformatted"}
        if section.get("type") not in kinds or not section.get("elements"):
            yield f"/elements/{n}", f"must be one of {sorted(kinds)} with elements"
        for m, element in enumerate(section.get("elements") or []):
            yield from _inline_problems(element, f"/elements/{n}/elements/{m}")


def _inline_problems(element: Json, where: str) -> Iterator[tuple[str, str]]:
    text = element.get("text", "")
    if element.get("type") == "text" and not text:
        yield f"{where}/text", "must be more than 0 characters"
    if len(text) > 3000:
        yield f"{where}/text", "must be less than 3001 characters"
    if element.get("type") == "channel" and not re.fullmatch(r"[CG][A-Z0-9]+", element.get("channel_id", "")):
        yield f"{where}/channel_id", "must be a valid channel id"
    if element.get("type") == "link" and not re.fullmatch(
        r"https?://[^\s<>|\"]{1,2990}", element.get("url", "")
    ):
        yield f"{where}/url", "must be a valid URL"
