"""What discord.py sends for us, and what our local server answers, is what Discord's OpenAPI describes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bot.model import Button, Card, Completion, DeliveryKey, Link, Message, PaperId, Picture
from tests.adapters.discord_rig import DiscordRig, Listened
from tests.adapters.discord_server import Exchange
from tests.adapters.drawn import png

DESCRIPTION = Path(__file__).parents[3] / "shared" / "data" / "platforms" / "discord-openapi.json"
NAME = "urn:discord"

CARD = Card(
    PaperId("arxiv:2401.01234"),
    "Sparse *attention* @everyone",
    "https://arxiv.org/abs/2401.01234",
    byline="Ada Example · cs.LG",
    summary="Cheap.",
    reason="Because",
    links=(Link("pdf", "https://arxiv.org/pdf/2401.01234"),),
)
MESSAGE = Message(
    "Five of 312.", heading="Sunday", cards=(CARD, CARD), buttons=(Button("Undo", "👍", CARD.paper),)
)


MANY = Message(
    cards=tuple(
        replace(CARD, buttons=(Button("Cite", command="cite x"),), marks=("Cheap",)) for _ in range(6)
    ),
    buttons=(Button("More", command="search x page:2"),),
)


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.skip("Discord's OpenAPI description is not beside the checkout (../shared/data/platforms)")
    return dict(json.loads(DESCRIPTION.read_text("utf-8")))


@pytest.fixture
def rig():
    rig = DiscordRig()
    yield rig
    rig.close()


async def representative_run(rig: DiscordRig) -> list[Exchange]:
    """Everything that Paperboy asks of Discord, refusals included."""
    platform = rig.platform()
    await platform.check()
    posted = await platform.post(rig.channel, MESSAGE, key=DeliveryKey("k"))
    since = datetime.now(UTC)
    assert await platform.find(rig.channel, MESSAGE, key=DeliveryKey("k"), since=since) == posted
    tomorrow = since + timedelta(days=1)
    assert await platform.find(rig.channel, MESSAGE, key=DeliveryKey("k"), since=tomorrow) is None
    shown = Message(
        "September", picture=Picture(png(), "A curve."), buttons=(Button("How", command="why 1"),)
    )
    reported = await platform.post(rig.channel, shown, key=DeliveryKey("r"))
    await platform.edit(reported, shown)
    await platform.edit(posted, Message("Withdrawn."))
    await platform.edit(posted, MESSAGE)
    inbox = Listened(MANY)
    inbox.completions = [Completion("Attention", "attention")]
    async with rig.listening(inbox, platform):
        await rig.offered("search att")
        found = await rig.command("search attention")
        await rig.press_private(found, "6 · Cite")
        await rig.press(await platform.post(rig.channel, MANY, key=DeliveryKey("m")), "2 · Cite")
        await rig.ask_about(next(iter(rig.server.messages.values())), "More like this")
        receipt = await rig.press(posted, "2 👎")
        await rig.press_private(receipt, "More")
        [group] = [one for one in rig.server.commands if one["type"] == 1]
        group["options"].append({"type": 1, "name": "gone", "description": "Gone"})
        await rig.command("gone")
    group["options"].pop()
    async with rig.listening(Listened()):
        pass
    return rig.server.exchanges


class Judge:
    """Builds a validator only for what is asked about: the whole description is large."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._description = description
        resource = DRAFT202012.create_resource(description)
        self._registry: Registry[Any] = Registry().with_resource(NAME, resource)

    def complaints(self, one: Exchange) -> list[str]:
        place = f"paths/{_pointer(one.route)}/{one.method.lower()}"
        operation = self._description["paths"][one.route][one.method.lower()]
        found = self._wrong(f"{place}/responses/{one.status}/content", one.answer)
        if one.body is not None:
            assert "requestBody" in operation
            found += self._wrong(f"{place}/requestBody/content", one.body)
        return found + self._wrong_query(operation.get("parameters", []), one.query)

    def _wrong_query(self, parameters: list[dict[str, Any]], query: dict[str, str]) -> list[str]:
        known = {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}
        found = [f"query: {name}: not described" for name in query.keys() - known.keys()]
        for name in query.keys() & known.keys():
            # a reference inside the description is one from its root
            schema = {key: f"{NAME}{at}" if key == "$ref" else at for key, at in known[name].items()}
            value = _typed(query[name], schema.get("type"))
            validator = Draft202012Validator(schema, registry=self._registry)
            found += [f"query: {name}: {error.message}" for error in validator.iter_errors(value)]
        return found

    def _wrong(self, place: str, body: Any) -> list[str]:
        return [
            f"{place}: {error.json_path}: {error.message[:300]}"
            for error in self._validator(place).iter_errors(body)
        ]

    @cache  # noqa: B019 - it lives as long as one test
    def _validator(self, place: str) -> Draft202012Validator:
        schema = {"$ref": f"{NAME}#/{place}/{_pointer('application/json')}/schema"}
        return Draft202012Validator(schema, registry=self._registry)


def _typed(text: str, kind: str | None) -> Any:
    if kind == "boolean" and text in {"0", "1"}:
        return text == "1"
    return int(text) if kind == "integer" and text.isdecimal() else text


def _pointer(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


async def test_every_request_and_every_answer_fits_discords_own_description(rig, description):
    judge = Judge(description)
    exchanges = await representative_run(rig)
    assert {(one.method, one.route.rpartition("/")[2]) for one in exchanges} == {
        ("GET", "@me"),
        ("GET", "commands"),
        ("PUT", "commands"),
        ("POST", "messages"),
        ("GET", "messages"),
        ("GET", "{channel_id}"),
        ("PATCH", "{message_id}"),
        ("POST", "callback"),
        ("POST", "{webhook_token}"),
        ("PATCH", "@original"),
    }
    assert [complaint for one in exchanges for complaint in judge.complaints(one)] == []


async def test_the_judge_finds_what_is_wrong(rig, description):
    platform = rig.platform()
    await platform.check()
    await platform.close()
    [first, *_] = rig.server.exchanges
    wrong = Exchange(
        "POST",
        "/channels/{channel_id}/messages",
        "",
        {"content": "x" * 4001, "nonce": "n" * 26},
        200,
        first.answer,
    )
    assert len(Judge(description).complaints(wrong)) >= 3
    query = {"limit": "101", "after": "x", "newest": "1"}
    wrong = Exchange("GET", "/channels/{channel_id}/messages", "", None, 200, [], query)
    assert len(Judge(description).complaints(wrong)) == 3
