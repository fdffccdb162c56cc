"""The generated pages are current, and what they show can be loaded."""

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.cli.settings_files import load_settings
from bot.settings import Settings, describe, describe_secrets

ROOT = Path(__file__).resolve().parents[2]
GENERATE = ROOT / "docs" / "generate.py"
generate = runpy.run_path(str(GENERATE))


@pytest.mark.parametrize("page", sorted(generate["PAGES"]))
def test_a_generated_page_is_current(page):
    written = (ROOT / page).read_text("utf-8")
    assert written == generate["PAGES"][page](), f"{page} is stale: run python docs/generate.py"


def test_a_stale_page_is_named_and_then_written(tmp_path, capsys):
    assert generate["main"](["--check"], tmp_path) == 1
    assert "docs/settings.md is stale" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    assert generate["main"]([], tmp_path) == 0
    assert generate["main"](["--check"], tmp_path) == 0
    (tmp_path / "docs" / "settings.md").write_text("by hand", "utf-8")
    capsys.readouterr()
    assert generate["main"](["--check"], tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == ["docs/settings.md is stale: run python docs/generate.py"]


def test_the_check_can_be_run_from_anywhere(tmp_path):
    done = subprocess.run(
        [sys.executable, str(GENERATE), "--check"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_shown_settings_are_the_defaults():
    assert load_settings([ROOT / "config" / "paperboy.toml"], {}) == Settings()


def test_the_shown_settings_have_every_key_and_no_other():
    shown = tomllib.loads(generate["default_toml"]())
    assert [(section, key) for section in shown for key in shown[section]] == [row[:2] for row in describe()]


def test_every_key_and_secret_has_a_sentence_about_it():
    docs = {row[:2]: row.doc for row in describe()} | describe_secrets()
    assert not [name for name, doc in docs.items() if not doc.endswith(".")]


def test_the_example_of_the_environment_sets_nothing():
    lines = (ROOT / "config" / "example.env").read_text("utf-8").splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert list(environ) == list(describe_secrets())
    assert load_settings([], environ) == Settings()


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
)
def test_every_relative_link_leads_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s#]+)[^)]*\)", text) if "://" not in link]
    assert not [link for link in links if not ((ROOT / page).parent / link).exists()]
