"""arXiv's categories: each has a title of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.arxiv_categories import ARCHIVES, CATEGORIES, TITLES
from bot.search.categories import meant_category


def test_every_category_and_archive_has_a_title_and_nothing_else_has() -> None:
    assert set(TITLES) == CATEGORIES | ARCHIVES
    assert all(title.strip() == title != "" for title in TITLES.values())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cs.CLL", "cs.CL"),
        ("csCL", "cs.CL"),
        ("CS-cl", "cs.CL"),
        ("quantph", "quant-ph"),
        ("nucl-ht", "nucl-th"),
        ("physics.optic", "physics.optics"),
        (" Machine Learning ", "cs.LG"),
        ("hep-tx", ""),
        ("cs.C", ""),
        ("cs.XX", ""),
        ("c", ""),
        ("cs.CL", ""),
        ("nosuch", ""),
        ("", ""),
    ],
)
def test_a_category_is_certain_where_it_alone_is_one_letter_off(text: str, meant: str) -> None:
    assert meant_category(text) == meant


@given(st.sampled_from(sorted(CATEGORIES)), st.data())
def test_one_slip_is_never_taken_for_a_category_further_off(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    slip = (
        data.draw(st.sampled_from([name[:at], name[: at + 1]]))
        + data.draw(st.sampled_from("aq-."))
        + name[at + 1 :]
    )
    meant = meant_category(slip)
    assert not meant or OSA.distance(slip.casefold(), meant.casefold()) == 1
