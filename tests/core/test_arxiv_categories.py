"""arXiv's categories: each has a title of its own."""

from bot.arxiv_categories import ARCHIVES, CATEGORIES, TITLES


def test_every_category_and_archive_has_a_title_and_nothing_else_has() -> None:
    assert set(TITLES) == CATEGORIES | ARCHIVES
    assert all(title.strip() == title != "" for title in TITLES.values())
