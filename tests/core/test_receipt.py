"""What people are told after a reaction."""

from datetime import UTC, datetime

import pytest

from bot.commands.receipt import receipt
from bot.model import OFF_TOPIC, Channel, Message, PaperId, Reaction, UserId

PAPER = PaperId("arxiv:2401.01234")


def told(name: str, *, on: bool = True) -> Message:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    reaction = Reaction(Channel("slack", "T1", "C1"), UserId("slack:T1/U1"), name, at, on, paper=PAPER)
    return receipt(reaction, PAPER, "Sparse attention")


@pytest.mark.parametrize("name", ["👍", "🔖", "🤔"])
def test_a_reaction_is_noted_with_a_way_back(name: str) -> None:
    assert told(name).text == f"{name} noted for “Sparse attention”. The next pick will know."
    assert [(b.label, b.reaction, b.paper, b.on) for b in told(name).buttons] == [
        ("Undo", name, PAPER, False)
    ]


@pytest.mark.parametrize("name", ["👎", "😴"])
def test_one_against_a_paper_asks_whether_its_topic_is_meant(name: str) -> None:
    assert told(name).text.endswith("Is it the whole topic that you do not want?")
    topic, undo = told(name).buttons
    assert (topic.label, topic.reaction, topic.paper, topic.on) == ("Not this topic", OFF_TOPIC, PAPER, True)
    assert (undo.label, undo.reaction, undo.on) == ("Undo", name, False)


def test_not_this_topic_says_what_becomes_of_the_topic() -> None:
    assert "rarer here" in told(OFF_TOPIC).text
    assert [(one.label, one.reaction, one.on) for one in told(OFF_TOPIC).buttons] == [
        ("Undo", OFF_TOPIC, False)
    ]


def test_taking_a_reaction_off_is_said() -> None:
    assert told("👎", on=False) == Message("Taken back: 👎 for “Sparse attention”.")
