"""Answers of bioRxiv, PubMed and OpenAlex that were damaged at random; see test_mutations."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given, settings

from bot.model import Paper
from bot.ports import Skipped
from bot.sources.biorxiv import page_of as biorxiv_page
from bot.sources.openalex import page_of as openalex_page
from bot.sources.pubmed import found_in
from bot.sources.pubmed_xml import papers_of
from tests.sources.site import sample
from tests.sources.test_mutations import damaged, edits, survives

Edits = list[tuple[float, int, bytes]]
Entries = Iterator[Paper | Skipped]


def of_biorxiv(body: bytes) -> Entries:
    yield from biorxiv_page(body, "biorxiv").entries


def of_pubmed(body: bytes) -> Entries:
    yield from papers_of(body, date(2026, 6, 12))


def of_openalex(body: bytes) -> Entries:
    yield from openalex_page(body).entries


def of_search(body: bytes) -> Entries:
    found = found_in(body)
    yield from (Skipped(pmid, found.note or "found") for pmid in found.ids)


SEARCH = (
    b'{"esearchresult":{"count":"2","idlist":["1","2"],"errorlist":{"phrasesnotfound":["x"],"fieldsnotfound":[]},'
    b'"warninglist":{"outputmessages":["Unknown sort schema"]}}}'
)


@given(edits)
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize(
    ("body", "read"),
    [
        (sample("biorxiv.json"), of_biorxiv),
        (sample("pubmed.xml"), of_pubmed),
        (sample("openalex.json"), of_openalex),
        (SEARCH, of_search),
    ],
    ids=["biorxiv", "pubmed", "openalex", "search"],
)
def test_a_damaged_answer(body: bytes, read: Callable[[bytes], Entries], edits: Edits):
    survives(lambda: read(damaged(body, edits)))
