"""Texts that are too long for a button, in every store."""

import re
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports import Store
from tests.store.samples import NOW, STORES, new_store

A_DAY = timedelta(days=1)


def test_a_kept_text_is_found_by_its_key(store: Store) -> None:
    long = "author:“Émilie du Châtelet” " * 50
    first, second = store.keep_text(long, NOW), store.keep_text("x", NOW)
    assert first != second
    assert (store.kept_text(first), store.kept_text(second)) == (long, "x")
    for other in ("", "A" * 12, first.lower(), f"{first}\0", "' OR 1=1"):
        assert store.kept_text(other) == ""


def test_the_same_text_has_the_same_key_for_ever_and_everywhere(store: Store) -> None:
    key = store.keep_text("speculative decoding", NOW)
    assert key == "PHVKKL2G6YRJ"
    assert store.keep_text("speculative decoding", NOW + 200 * A_DAY) == key
    assert store.kept_text(key) == "speculative decoding"


def test_a_text_stays_ninety_days_after_it_was_kept_last(store: Store) -> None:
    old, again = store.keep_text("old", NOW), store.keep_text("again", NOW)
    store.keep_text("again", NOW + A_DAY)
    store.keep_text("again", NOW - A_DAY)
    store.keep_text("another", NOW + 90 * A_DAY)
    assert store.kept_text(old) == "old"
    store.keep_text("another", NOW + 91 * A_DAY)
    assert (store.kept_text(old), store.kept_text(again)) == ("", "again")
    store.keep_text("another", NOW + 91 * A_DAY + timedelta(seconds=1))
    assert store.kept_text(again) == ""


@pytest.mark.parametrize("kind", STORES)
@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec=None), max_size=300), max_size=4))
def test_any_text_can_be_kept(kind: str, texts: list[str]) -> None:
    with TemporaryDirectory() as directory, new_store(kind, Path(directory)) as store:
        kept = {store.keep_text(text, NOW): text for text in texts}
        assert all(re.fullmatch("[A-Z2-7]{12}", key) for key in kept)
        for key, text in kept.items():
            assert store.kept_text(key) == re.sub("[\0\ud800-\udfff]", "\ufffd", text)
