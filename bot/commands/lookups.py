"""What begins like what somebody types: words, titles, categories. The index is asked, and few papers are read."""

from collections import Counter
from collections.abc import Sequence

from bot.arxiv_categories import CATEGORIES, TITLES
from bot.commands.desk import Desk
from bot.commands.named import readable_papers
from bot.identity import normal_title
from bot.model import Channel, PaperId
from bot.ports import Query, Words
from bot.recommend import bare_words

SHORTEST = 2
"""Characters; one alone begins half of all names."""
MOST_TITLES = 8
_WORDS = 5
_SAMPLE = 60
"""Of so many titles with the words before it, the words that the last one may become are taken."""
_GUESSES = 3
"""Of so many words that the last one may become, the titles are asked for."""


def last_words(desk: Desk, channel: Channel, text: str) -> list[str]:
    """What the last word may become, first what stands in titles with the words before it; nothing behind a space."""
    last = "" if text[-1:].isspace() else text.rsplit(maxsplit=1)[-1]
    if len(last) < SHORTEST:
        return []
    frequent = desk.index.complete(last, _WORDS)
    before = [word for word in text.split()[:-1] if ":" not in word and not word.startswith("-")]
    beside = _words_beside(desk, channel, " ".join(before), last) if bare_words(" ".join(before)) else []
    return list(dict.fromkeys([*beside, *frequent]))[:_WORDS]


def _words_beside(desk: Desk, channel: Channel, before: str, last: str) -> list[str]:
    """Words that begin like the last one in titles with all the words before it, those in most of them first."""
    begun = normal_title(last)
    hits = desk.index.search(Query(wanted=(Words(before, field="title"),)), _SAMPLE)
    titles = (paper.title for paper in readable_papers(desk, channel, [hit.paper for hit in hits]))
    there = Counter(word for title in titles for word in set(normal_title(title).split()))
    found = [(-count, word) for word, count in there.items() if word.startswith(begun)]
    return [word for _, word in sorted(found)][:_GUESSES]


def completed(text: str, last: Sequence[str]) -> list[str]:
    """The text, its last word replaced by each of these."""
    before = text.split()[:-1]
    return [" ".join([*before, word]) for word in last]


def titles(desk: Desk, channel: Channel, text: str, last: Sequence[str], most: int) -> list[tuple[str, str]]:
    """Title and id of papers whose titles have all these words, the last whole or begun; without it where few have."""
    tries = (" ".join(text.split()), *completed(text, last[:_GUESSES]), " ".join(text.split()[:-1]))
    hits: dict[PaperId, None] = {}
    for words in filter(None, dict.fromkeys(tries)):
        if len(hits) < most:
            query = Query(wanted=(Words(words, field="title"),))
            hits |= dict.fromkeys(hit.paper for hit in desk.index.search(query, MOST_TITLES))
    papers = readable_papers(desk, channel, list(hits)[:MOST_TITLES])
    return [(paper.title, paper.id) for paper in papers[:most]]


def categories(begun: str, most: int) -> list[str]:
    """Those whose name begins like it, then those in whose title words do; each by name."""
    begun = begun.strip().casefold()
    named = [name for name in sorted(CATEGORIES) if name.casefold().startswith(begun)]
    wanted = f" {normal_title(begun)}"
    titled = [name for name in sorted(CATEGORIES) if begun and wanted in f" {normal_title(TITLES[name])}"]
    return list(dict.fromkeys([*named, *titled]))[:most]


def category_text(name: str) -> str:
    """`cs.CL · Computation and Language`."""
    return f"{name} · {TITLES[name]}"
