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


def test_a_quoted_constant_is_put_right():
    quoting = generate["quoting"]
    assert quoting("minus `taste.TURNED_DOWN` (7) of it") == "minus `taste.TURNED_DOWN` (0.8) of it"
    assert quoting("`studying._BACK` (long), `vectors.COLUMNS` (?)") == (
        "`studying._BACK` (400 days), `vectors.COLUMNS` (1,048,576)"
    )


def test_a_constant_that_is_gone_is_not_quoted_on():
    with pytest.raises(AttributeError, match="NO_SUCH"):
        generate["quoting"]("`taste.NO_SUCH` (1)")


def test_every_constant_of_a_formula_is_quoted():
    text = (ROOT / "docs" / "how-it-learns.md").read_text("utf-8")
    formulas = " ".join(re.findall(r"^```$(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    used = set(re.findall(r"[A-Z][A-Z_]{2,}", formulas))
    assert {"TURNED_DOWN", "EXPECTED"} <= used
    assert used <= set(re.findall(r"`\w+\.([A-Z_]+)` \(", text))


DESIGN = (ROOT / "docs" / "design.md").read_text("utf-8")


def test_the_arrows_of_the_design_are_the_contract():
    drawn = "".join(re.findall(r"^    .*→.*$", DESIGN.partition("Arrows only")[2], re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    assert [_rooms(layer) for layer in drawn.split("→")] == [_rooms(layer) for layer in layers]


def _rooms(layer):
    return set(re.findall(r"\w+", layer))


def test_every_room_stands_in_the_design():
    rooms = DESIGN.partition("## Rooms")[2].partition("```\n\n")[0]
    folders = (ROOT / "bot", ROOT / "bot" / "recommend")
    found = [path for folder in folders for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()]
    assert sorted({path.stem for path in found if path.name[:2] != "__"} - _rooms(rooms)) == []
