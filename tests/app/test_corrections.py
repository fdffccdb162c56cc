"""The card of a paper that was withdrawn after it was posted says so, once, on the real client libraries."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import App, Parts
from bot.commands import SPECS
from bot.errors import PlatformError
from bot.model import Message, MessageId, Subscription
from bot.recommend import NewestFirst
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.adapters.discord_rig import DiscordRig
from tests.adapters.slack_rig import SlackRig
from tests.papers import DAY, paper
from tests.rig import Rig

NOW = datetime(DAY.year, DAY.month, DAY.day, 9, 1, tzinfo=UTC)
SOUND, WRONG = paper(1, "A sound paper"), paper(2, "A wrong paper")
WITHDRAWN = replace(WRONG, version=2, withdrawn=True, announced_on=None)


@pytest.fixture(params=[SlackRig, lambda: DiscordRig(SPECS)], ids=["slack", "discord"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    made: Rig = request.param()
    yield made
    made.close()


async def posted(rig: Rig) -> App:
    """An app that has posted both papers into the rig's channel."""
    store = MemoryStore()
    store.add_papers([SOUND, WRONG])
    store.add_subscription(Subscription(rig.channel, NOW - timedelta(days=3)))
    app = App(
        Parts(store, TantivyIndex(None), NewestFirst(), lambda: NOW, [rig.platform()], pace=timedelta(0))
    )
    await app.morning()
    return app


async def test_a_posted_card_is_edited_when_its_paper_is_withdrawn(rig: Rig) -> None:
    app = await posted(rig)
    assert await app.correct() == 0
    app.parts.store.add_papers([WITHDRAWN])
    before = rig.said()
    assert await app.correct() == 1
    after = rig.said()
    assert len(after) == len(before), "no new message"
    changed = [now for was, now in zip(before, after, strict=True) if was != now]
    assert len(changed) == 1
    assert "Withdrawn: A wrong paper" in changed[0].text
    assert changed[0].buttons, "people can still say what they think of it"
    assert await app.correct() == 0
    await app.close()


class Refusing:
    """A platform that refuses to edit, for now or for good."""

    name = "slack"
    remembers_keys = timedelta(0)

    def __init__(self, *, permanent: bool) -> None:
        self.permanent, self.edits = permanent, 0

    async def edit(self, message_id: MessageId, message: Message) -> None:
        self.edits += 1
        raise PlatformError("slack", "no", permanent=self.permanent)


@pytest.mark.parametrize(("permanent", "edits"), [(False, 3), (True, 1)])
async def test_a_refusal_is_tried_again_unless_it_is_for_good(permanent: bool, edits: int) -> None:
    rig = SlackRig()
    app = await posted(rig)
    await app.parts.platforms[0].close()
    rig.close()
    app.parts.store.add_papers([WITHDRAWN])
    refusing = Refusing(permanent=permanent)
    app.parts = replace(app.parts, platforms=[refusing])  # type: ignore[list-item]
    for _ in range(3):
        await app.correct()
    assert refusing.edits == edits


async def test_a_withdrawn_paper_is_never_picked_and_marked_where_it_is_found() -> None:
    store = MemoryStore()
    store.add_papers([SOUND, WRONG, WITHDRAWN])
    from bot.digest import card_of
    from bot.morning import Morning

    assert [one.title for one in Morning(store, NOW).recent(DAY, 4)] == ["A sound paper"]
    assert card_of(store.papers([WRONG.id])[WRONG.id]).title == "⚠ Withdrawn: A wrong paper"
