"""What Discord refuses in the body of a message, in its own words or nearly."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

EMBED_TEXTS = {"title": 256, "description": 4096}
IS_ROW, IS_BUTTON, IS_SELECT = 1, 2, 3


def problems(body: Json) -> list[str]:
    """Everything wrong with a message; empty where Discord would take it."""
    embeds, components = body.get("embeds") or [], body.get("components") or []
    found = [*_of_embeds(embeds), *_of_components(components)]
    if len(body.get("content") or "") > 2000:
        found.append("content: Must be 2000 or fewer in length.")
    if len(str(body.get("nonce") or "")) > 25:
        found.append("nonce: Must be 25 or fewer in length.")
    if not (body.get("content") or "").strip() and not embeds:
        found.append("Cannot send an empty message")
    return found


def _of_embeds(embeds: list[Json]) -> Iterator[str]:
    if len(embeds) > 10:
        yield "embeds: Must be 10 or fewer in length."
    if sum(map(_length, embeds)) > 6000:
        yield "embeds: Embed size exceeds maximum size of 6000"
    for place, embed in enumerate(embeds):
        yield from (f"embeds[{place}].{problem}" for problem in _of_embed(embed))


def _of_embed(embed: Json) -> Iterator[str]:
    for key, limit in EMBED_TEXTS.items():
        if len(embed.get(key) or "") > limit:
            yield f"{key}: Must be {limit} or fewer in length."
        if key in embed and not (embed[key] or "").strip():
            yield f"{key}: This field is required"
    if len((embed.get("footer") or {}).get("text") or "") > 2048:
        yield "footer.text: Must be 2048 or fewer in length."
    if not (embed.get("url") or "https://").startswith(("http://", "https://")):
        yield "url: Scheme must be one of ('http', 'https')."
    if any(character.isspace() for character in embed.get("url") or ""):
        yield "url: Not a well formed URL."


def _length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [text for field in embed.get("fields") or [] for text in (field["name"], field["value"])]
    return sum(len(text or "") for text in texts)


def _of_components(rows: list[Json]) -> Iterator[str]:
    if len(rows) > 5:
        yield "components: Must be 5 or fewer in length."
    items = [item for row in rows for item in row.get("components") or []]
    ids = [item.get("custom_id") for item in items]
    if len(set(ids)) < len(ids):
        yield "components: Component custom id cannot be duplicated"
    for row in rows:
        if row["type"] != IS_ROW or not 1 <= len(row["components"]) <= 5:
            yield "components: Must be between 1 and 5 in length."
        if len(row["components"]) > 1 and any(item["type"] == IS_SELECT for item in row["components"]):
            yield "components: The specified component exceeds the maximum width"
    yield from (problem for item in items for problem in _of_item(item))


def _of_item(item: Json) -> Iterator[str]:
    if item["type"] not in {IS_BUTTON, IS_SELECT} or not 1 <= len(item.get("custom_id") or "") <= 100:
        yield "custom_id: Must be between 1 and 100 in length."
    if item["type"] == IS_BUTTON and not 1 <= len((item.get("label") or "").strip()) <= 80:
        yield "label: Must be between 1 and 80 in length."
    if item["type"] == IS_SELECT:
        yield from _of_select(item)


def _of_select(select: Json) -> Iterator[str]:
    options = select.get("options") or []
    if not 1 <= len(options) <= 25:
        yield "options: Must be between 1 and 25 in length."
    if len({option["value"] for option in options}) < len(options):
        yield "options: The specified option value is already used"
    if len(select.get("placeholder") or "") > 150:
        yield "placeholder: Must be 150 or fewer in length."
    for option in options:
        if not all(1 <= len(option[key].strip()) <= 100 for key in ("label", "value")):
            yield "options: Must be between 1 and 100 in length."


def choice_problems(choices: list[Json]) -> list[str]:
    """Everything wrong with what is offered to somebody who is typing."""
    texts = [text for choice in choices for text in (choice["name"], choice["value"])]
    found = [] if len(choices) <= 25 else ["choices: Must be 25 or fewer in length."]
    return found + ["choices: Must be between 1 and 100 in length." for t in texts if not 1 <= len(t) <= 100]


def may_ping(allowed_mentions: Json | None) -> bool:
    """True where somebody could be notified: without the field, Discord parses everything."""
    if allowed_mentions is None:
        return True
    return any(allowed_mentions.get(key) for key in ("parse", "users", "roles", "replied_user"))
