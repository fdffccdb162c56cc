"""Entries of Hugging Face's papers API: one entry → one paper, with votes, summary, code and organisation.

Read from the JSON itself: the vendor's client library drops votes of zero, AI summaries and repositories, and
gives an earlier day than the one on Daily (huggingface.co/docs/hub/en/api).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.errors import SourceError
from bot.identity import arxiv_version
from bot.model import Link, Paper, PaperId
from bot.ports import Skipped
from bot.sources.arxiv.facts import abstract_page, pdf_link
from bot.sources.fields import count_of, day_of, links_of, paper_or_skipped, text_of, texts_of
from bot.sources.web.jsonbody import value_of

NAME = "huggingface"

_MOST_ENTRIES = 10_000
_OWN_ID = re.compile(r"\w[\w.-]{0,69}", re.ASCII)


def daily_papers(body: bytes, day: date) -> Iterator[Paper | Skipped]:
    """The entries of the answer for `day`, in order. Raises SourceError where it is not a list of entries."""
    return listed_papers(body, f"of {day}", day)


def listed_papers(body: bytes, where: str, day: date | None = None) -> Iterator[Paper | Skipped]:
    """The entries of any list of papers, such as a week's or a search's; `where` names it where one is skipped.

    `day` is the one of all of them, None where each has its own. Raises SourceError where it is no such list.
    """
    entries = value_of(body, NAME)
    if not isinstance(entries, list):
        raise SourceError(NAME, "no list of papers in the answer")
    if len(entries) > _MOST_ENTRIES:
        raise SourceError(NAME, f"{len(entries)} entries, more than any list of papers has")
    for position, entry in enumerate(entries, 1):
        what = f"entry {position} {where}"
        yield paper_or_skipped(what, lambda entry=entry: paper_from_entry(entry, day))  # type: ignore[misc]


def paper_from_entry(entry: object, day: date | None) -> Paper:
    """The paper of one entry in the list of `day`, or in one of several days. Raises ValueError where it has none.

    The inner `paper` is read: the outer `publishedAt` is four hours, and so a day, too early. A paper is news on the
    day it was submitted to Daily, and never later than on the day that lists it.
    """
    record = entry.get("paper") if isinstance(entry, Mapping) else None
    if not isinstance(record, Mapping):
        raise ValueError("no paper in it")  # noqa: TRY004 - a fault of the data
    days = (day_of(record.get("submittedOnDailyAt")), day)
    news = min((day for day in days if day), default=None)
    paper = paper_from_record(record, news)
    return paper if paper.labs else replace(paper, labs=_labs(entry))


def paper_from_record(record: Mapping[str, object], news: date | None) -> Paper:
    """The paper itself, news on that day. Raises ValueError where it has no usable id."""
    own_id = text_of(record.get("id"))
    paper, version = _id(own_id)
    return Paper(
        id=paper,
        title=text_of(record.get("title")),
        abstract=text_of(record.get("summary")),
        summary=text_of(record.get("ai_summary")),
        authors=tuple(_authors(record.get("authors"))),
        keywords=texts_of(record.get("ai_keywords")),
        url=abstract_page(paper) if paper.startswith("arxiv:") else _page(own_id),
        links=_links(paper, own_id, record),
        published_on=day_of(record.get("publishedAt")),
        announced_on=news,
        version=version,
        withdrawn=bool(record.get("withdrawnAt")),
        upvotes=count_of(record.get("upvotes")),
        stars=count_of(record.get("githubStars")),
        sources=(NAME,),
        labs=_labs(record),
    )


def _labs(record: object) -> tuple[str, ...]:
    organisation = record.get("organization") if isinstance(record, Mapping) else None
    if not isinstance(organisation, Mapping):
        return ()
    name = text_of(organisation.get("fullname")) or text_of(organisation.get("name"))
    return (name,) if name else ()


def is_own_id(text: str) -> bool:
    """Whether it may be an id of Hugging Face's own, for papers that are not on arXiv."""
    return _OWN_ID.fullmatch(text) is not None


def _id(own_id: str) -> tuple[PaperId, int]:
    if found := arxiv_version(own_id):
        return found
    if not is_own_id(own_id):
        raise ValueError(f"no usable id: {own_id[:80]!r}")
    return PaperId(f"hf:{own_id}"), 0


def _page(own_id: str) -> str:
    return f"https://huggingface.co/papers/{own_id}"


def _authors(people: object) -> Iterator[str]:
    for person in people if isinstance(people, list) else ():
        if isinstance(person, Mapping) and person.get("hidden") is not True:
            yield text_of(person.get("name"))


def _links(paper: PaperId, own_id: str, record: Mapping[str, object]) -> tuple[Link, ...]:
    pdf = (pdf_link(paper),) if paper.startswith("arxiv:") else ()
    pairs = (
        ("code", record.get("githubRepo")),
        ("project page", record.get("projectPage")),
        ("Hugging Face", _page(own_id)),
    )
    return pdf + links_of(pairs)
