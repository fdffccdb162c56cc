"""`paperboy evaluate` as an operator types it."""

import json
from pathlib import Path

import pytest

from bot.store.open import open_store
from tests.app.test_command_line import paperboy
from tests.history import CHANNEL, lived


@pytest.fixture
def lived_in(tmp_path: Path) -> Path:
    """A folder with a database in which a channel lived."""
    store = open_store(f"sqlite:///{tmp_path}/p.db")
    store.migrate()
    lived(store, 3)
    store.close()
    return tmp_path


def test_it_measures_the_installations_own_history(lived_in: Path) -> None:
    done = paperboy("--store", "sqlite:///p.db", "evaluate", cwd=lived_in)
    assert done.returncode == 0, done.stderr
    assert "1 channel, 2026-03-02 to 2026-04-01: 15 of 15 questions drawn." in done.stdout
    for told in ("leave one out, 12 trials", "day by day, 3 trials", "current", "newest", "random", "nDCG"):
        assert told in done.stdout
    assert all(len(line) <= 110 for line in done.stdout.splitlines())


def test_a_program_gets_one_object(lived_in: Path) -> None:
    words = ("evaluate", "--channel", str(CHANNEL), "--against", "words", "--json")
    done = paperboy("--store", "sqlite:///p.db", *words, cwd=lived_in)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [row["recommender"] for row in found["rows"]] == ["current", "words", "newest", "random"] * 2
    # The current one is on trial here, and robots are what the reader likes.
    first = found["rows"][0]
    assert first["protocol"] == "leave one out"
    assert first["measures"]["auc"]["value"] > 0.8
    assert found["credits"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--channel", "slack"), "not a channel: 'slack'"),
        (("--channel", "slack:T1/C9"), "slack:T1/C9 has not subscribed"),
        (("--against", "magic"), "there is no such recommender; choose of linear, words, newest, random"),
    ],
)
def test_what_it_cannot_do_is_said_in_one_line(lived_in: Path, words: tuple[str, ...], said: str) -> None:
    done = paperboy("--store", "sqlite:///p.db", "evaluate", *words, cwd=lived_in)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_young_installation_is_told_that_there_is_nothing_yet(tmp_path: Path) -> None:
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=tmp_path)
    done = paperboy("--store", "sqlite:///p.db", "evaluate", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Nothing to measure yet" in done.stdout


def test_days_long_ago_can_be_left_out(lived_in: Path) -> None:
    done = paperboy("--store", "sqlite:///p.db", "evaluate", "--days", "1", "--json", cwd=lived_in)
    assert json.loads(done.stdout)["asked"] == 0
