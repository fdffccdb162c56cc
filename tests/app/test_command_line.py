"""`paperboy` as an operator types it: a real process, exit codes, one line per error."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import message_text
from bot.build import Shards, shards_from_text
from bot.errors import UserError
from bot.model import Card, Message, PaperId
from tests.papers import shelf
from tests.postgres import postgres_server

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-wrong-0123456789", "SLACK_APP_TOKEN": "xapp-wrong-0123456789"}


def paperboy(*words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PAPERBOY", "SLACK", "DISCORD"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        env=clean | {"HOME": str(cwd), "XDG_DATA_HOME": str(cwd / "data"), "NO_COLOR": "1"} | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with a JSON Lines file of 40 papers and one broken line."""
    rows = [
        {"id": p.id, "title": p.title, "abstract": p.abstract, "day": str(p.announced_on)} for p in shelf()
    ]
    lines = [json.dumps(row) for row in rows]
    (tmp_path / "papers.jsonl").write_text("\n".join([*lines[:7], '{"id": "arxiv:26', *lines[7:]]) + "\n")
    return tmp_path


def test_the_demo_without_a_terminal_tells_the_whole_story(tmp_path: Path) -> None:
    done = paperboy("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for told in (
        "Morning 1",
        "Morning 2",
        "👍 noted",
        "What changed",
        "/papers search",
        "/papers why 1",
        "Topics of",
    ):
        assert told in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_import_stores_and_indexes_and_names_the_broken_line(archive: Path) -> None:
    first = paperboy("--store", "sqlite:///p.db", "migrate", cwd=archive)
    assert first.returncode == 0, first.stderr
    done = paperboy("--store", "sqlite:///p.db", "import", "papers.jsonl", cwd=archive)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "40 new\n"
    assert "line 8" in done.stderr
    again = paperboy("--store", "sqlite:///p.db", "import", "papers.jsonl", "--json", cwd=archive)
    counts = json.loads(again.stdout)
    assert (counts["seen"], counts["new"], counts["changed"]) == (40, 0, 0)
    found = paperboy("--store", "sqlite:///p.db", "search", "galaxy", "telescope", "--json", cwd=archive)
    assert "galaxy" in json.loads(found.stdout.splitlines()[0])["title"]


def test_a_missing_import_file_is_named_and_the_others_are_read(archive: Path) -> None:
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=archive)
    done = paperboy("--store", "sqlite:///p.db", "import", "nowhere.bib", "papers.jsonl", cwd=archive)
    assert done.returncode == 1
    assert "nowhere.bib" in done.stderr
    assert "40 new" in done.stdout


def test_a_file_that_is_not_there_is_said_once_and_nothing_else(tmp_path: Path) -> None:
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=tmp_path)
    done = paperboy("--store", "sqlite:///p.db", "import", "none.bib", cwd=tmp_path)
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == ("", "paperboy: none.bib: no such file or directory\n")


def test_a_lone_file_of_settings_beside_the_place_where_they_are_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "paperboy.toml").write_text("[digest]\nsize = 99\n")
    done = paperboy("--store", "sqlite:///p.db", "migrate", cwd=tmp_path)
    assert done.returncode == 0
    assert "paperboy.toml in this directory is not read" in done.stderr
    assert "config/paperboy.toml" in done.stderr
    assert "--config paperboy.toml" in done.stderr
    named = paperboy("--config", "paperboy.toml", "--store", "sqlite:///p.db", "migrate", cwd=tmp_path)
    assert "not read" not in named.stderr
    assert "digest.size: 99" in named.stderr
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "paperboy.toml").write_text("")
    assert paperboy("--store", "sqlite:///p.db", "migrate", cwd=tmp_path).stderr == ""


def test_a_database_without_tables_says_to_migrate(tmp_path: Path) -> None:
    done = paperboy("--store", "sqlite:///p.db", "status", cwd=tmp_path)
    assert done.returncode == 1
    assert "paperboy migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_default_database_is_in_the_users_data_directory_and_said_once(tmp_path: Path) -> None:
    first = paperboy("migrate", cwd=tmp_path)
    assert "Using a new database" in first.stderr
    assert (tmp_path / "data" / "paperboy" / "paperboy.db").exists()
    assert "Using a new database" not in paperboy("migrate", cwd=tmp_path).stderr


def test_migrate_twice_does_nothing(tmp_path: Path) -> None:
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=tmp_path)
    assert "up to date" in paperboy("--store", "sqlite:///p.db", "migrate", cwd=tmp_path).stdout


def test_three_mistakes_in_the_settings_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[digest]\nsiez = 5\nat = "25:00"\n[slakc]\napi_url = "x"\n')
    done = paperboy("--config", "bad.toml", "status", cwd=tmp_path)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert any("siez" in line and "size" in line for line in lines)
    assert any("25:00" in line for line in lines)
    assert any("slakc" in line and "slack" in line for line in lines)


def test_run_without_a_platform_says_what_to_set(tmp_path: Path) -> None:
    done = paperboy("--store", "sqlite:///p.db", "run", cwd=tmp_path)
    assert done.returncode == 1
    assert "SLACK_BOT_TOKEN" in done.stderr
    assert "DISCORD_TOKEN" in done.stderr


@pytest.mark.parametrize("shards", ["16", "3-0/16", "0-16/16", "16/16", "0/0", "-1/4", "a/b", "0-3/16/2"])
def test_a_range_of_shards_that_is_none_is_refused_with_an_example(shards: str) -> None:
    with pytest.raises(UserError, match="0-3/16") as caught:
        shards_from_text(shards)
    assert repr(shards) in str(caught.value)


def test_a_range_of_shards_names_each_of_them() -> None:
    assert shards_from_text("0-3/16") == Shards((0, 1, 2, 3), 16)
    assert shards_from_text("5/16") == Shards((5,), 16)
    assert shards_from_text("0-0/1") == Shards((0,), 1)


def test_run_refuses_shards_that_nobody_would_listen_to(tmp_path: Path) -> None:
    def told(*words: str, **tokens: str) -> str:
        done = paperboy("--store", "sqlite:///p.db", "run", *words, cwd=tmp_path, **tokens)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        return done.stderr

    assert "--shards 0/4 needs a role that listens" in told(
        "--role", "worker", "--shards", "0/4", DISCORD_TOKEN="d"
    )
    assert "--shards 0/4 needs DISCORD_TOKEN" in told("--shards", "0/4", **TOKENS)


def test_a_locked_database_is_a_clear_error(archive: Path) -> None:
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=archive)
    lock = sqlite3.connect(archive / "p.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        done = paperboy("--store", "sqlite:///p.db", "import", "papers.jsonl", cwd=archive)
    finally:
        lock.close()
    assert done.returncode == 1
    assert "another process" in done.stderr
    assert "Traceback" not in done.stderr


def test_preview_shows_what_a_channel_would_get(archive: Path) -> None:
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=archive)
    done = paperboy("--store", "sqlite:///p.db", "preview", "slack:T1/C1", cwd=archive)
    assert done.returncode == 0, done.stderr
    assert "Nothing new" in done.stdout
    wrong = paperboy("--store", "sqlite:///p.db", "preview", "general", cwd=archive)
    assert wrong.returncode == 1
    assert "platform:workspace/channel" in wrong.stderr


def test_cards_are_numbered_or_not_but_never_with_none() -> None:
    preview = Message(
        "5 of 9.", "Preview", (Card(PaperId("arxiv:1"), "On quarks", "https://a/1", reason="New"),)
    )
    assert message_text(preview) == "Preview\n5 of 9.\n- On quarks\n   New\n   https://a/1"
    numbered = Message(cards=(Card(PaperId("arxiv:1"), "On quarks", number=2),))
    assert message_text(numbered) == "2. On quarks"


def test_unknown_commands_and_sources_are_refused(tmp_path: Path) -> None:
    assert paperboy("fetsh", cwd=tmp_path).returncode == 2
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=tmp_path)
    done = paperboy("--store", "sqlite:///p.db", "fetch", "--source", "arxvi", cwd=tmp_path)
    assert done.returncode == 1
    assert "arxiv, huggingface" in done.stderr


def test_tracebacks_only_with_debug(tmp_path: Path) -> None:
    done = paperboy("--debug", "--store", "sqlite:///p.db", "status", cwd=tmp_path)
    assert "Traceback" in done.stderr


def test_options_may_stand_after_the_command_and_a_bare_path_is_corrected(tmp_path: Path) -> None:
    assert paperboy("migrate", "--store", "sqlite:///p.db", cwd=tmp_path).returncode == 0
    assert (tmp_path / "p.db").exists()
    wrong = paperboy("status", "--store", "papers.db", cwd=tmp_path)
    assert wrong.returncode == 1
    assert "did you mean sqlite:///papers.db?" in wrong.stderr


def test_preview_without_a_database_says_to_migrate_and_names_a_stranger(tmp_path: Path) -> None:
    done = paperboy("preview", "slack:T1/C1", "--store", "sqlite:///p.db", cwd=tmp_path)
    assert done.returncode == 1
    assert "paperboy migrate" in done.stderr
    paperboy("migrate", "--store", "sqlite:///p.db", cwd=tmp_path)
    done = paperboy("preview", "slack:T1/C1", "--store", "sqlite:///p.db", cwd=tmp_path)
    assert "has not subscribed" in done.stdout


def test_search_takes_ids_exclusions_and_a_sensible_limit(archive: Path) -> None:
    at = ("--store", "sqlite:///p.db")
    paperboy("migrate", *at, cwd=archive)
    paperboy("import", "papers.jsonl", *at, cwd=archive)
    known = shelf()[0]
    assert known.title in paperboy("search", known.id.removeprefix("arxiv:"), *at, cwd=archive).stdout
    found = paperboy("search", "galaxy", "-human", *at, cwd=archive)
    assert found.returncode == 0
    assert "galaxy" in found.stdout
    assert paperboy("search", "galaxy", "--limit", "0", *at, cwd=archive).returncode == 2
    assert "Did you mean “galaxy”?" in paperboy("search", "galxay", *at, cwd=archive).stdout
    beside = paperboy("search", "galxay", "robot", *at, cwd=archive)
    assert "Did you mean “galaxy robot”?" in beside.stderr
    assert "robot" in beside.stdout
    unknown = paperboy("search", "2401.99999", *at, cwd=archive)
    assert unknown.stdout == "arxiv:2401.99999 is not in the archive.\n"


def test_search_speaks_the_language_and_tells_notes_apart_from_papers(archive: Path) -> None:
    at = ("--store", "sqlite:///p.db")
    paperboy("migrate", *at, cwd=archive)
    paperboy("import", "papers.jsonl", *at, cwd=archive)
    words = ("title:galaxy", "telescope", "posted:here", "order:us", "since:whenever")
    said = paperboy("search", *words, "--json", *at, cwd=archive)
    assert said.returncode == 0
    assert all("galaxy" in json.loads(line)["title"] for line in said.stdout.splitlines())
    assert said.stdout
    assert "since:whenever" in said.stderr
    assert "posted:here asks about a channel" in said.stderr
    assert "order:us asks about a channel" in said.stderr
    pages = [
        paperboy("search", "galaxy", "--limit", "3", page, *at, cwd=archive).stdout for page in ("", "page:2")
    ]
    assert len({title for page in pages for title in page.splitlines() if "study" in title}) == 6


def test_a_file_without_papers_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    paperboy("migrate", "--store", "sqlite:///p.db", cwd=tmp_path)
    done = paperboy("import", "empty.jsonl", "--store", "sqlite:///p.db", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "paperboy: no paper found in empty.jsonl\n"


def test_the_demo_plays_only_as_many_mornings_as_there_are(tmp_path: Path) -> None:
    assert paperboy("demo", "--mornings", "0", cwd=tmp_path).returncode == 2
    assert paperboy("demo", "--mornings", "99", cwd=tmp_path).returncode == 2


def test_backup_restore_copy_and_forget(archive: Path) -> None:
    old, new, third = "sqlite:///p.db", "sqlite:///new.db", "sqlite:///third.db"
    paperboy("--store", old, "migrate", cwd=archive)
    paperboy("--store", old, "import", "papers.jsonl", cwd=archive)
    saved = paperboy("--store", old, "backup", "saved.db", cwd=archive)
    assert saved.returncode == 0, saved.stderr
    again = paperboy("--store", old, "backup", "saved.db", cwd=archive)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    back = paperboy("--store", new, "restore", "saved.db", cwd=archive)
    assert back.returncode == 0, back.stderr
    assert "40 papers" in paperboy("--store", new, "status", cwd=archive).stdout
    copied = paperboy("copy", new, third, "--json", cwd=archive)
    assert json.loads(copied.stdout)["papers"] == {"copied": 40, "verified": 40}
    gone = paperboy("--store", third, "forget", "--user", "slack:T1/U1", cwd=archive)
    assert gone.stdout == "Forgotten: 0 facts.\n"
    assert paperboy("--store", third, "forget", cwd=archive).returncode == 1


def test_the_archive_moves_to_postgresql_and_serves_there(archive: Path) -> None:
    paperboy("--store", "sqlite:///p.db", "migrate", cwd=archive)
    paperboy("--store", "sqlite:///p.db", "import", "papers.jsonl", cwd=archive)
    with postgres_server().bare_database() as url:
        copied = paperboy("copy", "sqlite:///p.db", url, cwd=archive)
        assert "papers: 40 copied, 40 verified" in copied.stdout, copied.stderr
        found = paperboy("--store", url, "search", "galaxy", "telescope", cwd=archive)
        assert "galaxy" in found.stdout, found.stderr
        assert "40 papers" in paperboy("--store", url, "status", cwd=archive).stdout


def test_run_refuses_a_database_without_tables_and_names_the_command(tmp_path: Path) -> None:
    done = paperboy("--store", "sqlite:///p.db", "run", cwd=tmp_path, DISCORD_TOKEN="a.b.c")
    assert done.returncode == 1
    assert "paperboy migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_impossible_data_directory_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, where a directory should be")
    done = paperboy("status", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "data" in done.stderr
