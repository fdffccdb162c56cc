"""What the package asks of others."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_library_that_unpacks_strangers_answers_is_not_older_than_the_one_that_was_tried():
    """How much it unpacks at once, and so what a bomb costs, differs by version."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    tried = re.search(r"^aiohttp==(\d+\.\d+)\.", locked, re.MULTILINE)
    assert tried
    assert f"aiohttp>={tried[1]}" in wanted


@pytest.mark.parametrize("folder", ["bot", "docs", "."])
def test_extras_are_installed_from_the_checkout(folder: str) -> None:
    files = (ROOT / folder).glob("*.md") if folder != "bot" else (ROOT / folder).rglob("*.py")
    assert not [
        file.name for file in files if re.search(r"pip install [\"']?paperboy", file.read_text("utf-8"))
    ]
