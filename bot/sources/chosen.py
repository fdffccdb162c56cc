"""Which sources and finders the settings switch on, and how politely each is asked."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot import arxiv_calendar
from bot.model import PaperId
from bot.ports import Clock, PaperFinder, PaperSource
from bot.settings import SourcesSettings
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.details import ArxivDetails
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.arxiv.history import ArxivHistory
from bot.sources.biorxiv import Biorxiv
from bot.sources.crossref import Crossref
from bot.sources.huggingface.daily import HuggingFaceDaily, HuggingFaceTrending
from bot.sources.huggingface.finder import HuggingFaceFinder
from bot.sources.openalex import OpenAlex
from bot.sources.openreview import OpenReview
from bot.sources.pubmed import PubMed
from bot.sources.semantic_scholar.details import SemanticScholarDetails
from bot.sources.semantic_scholar.picks import SemanticScholarPicks, Taste
from bot.sources.semantic_scholar.search import SemanticScholarFinder, SemanticScholarSearch
from bot.sources.web.http import Door


def paces_of(wanted: SourcesSettings) -> dict[str, float]:
    """Seconds between two requests to each source: what its terms ask for, or good manners."""
    return {
        "arxiv": wanted.arxiv_seconds_between_requests,
        "huggingface": 0.7,  # 500 in 5 minutes
        "biorxiv": 1.0,
        "semantic-scholar": 1.0 if wanted.semantic_scholar_key else 3.0,
        "pubmed": 0.1 if wanted.pubmed_key else 0.34,
        "openalex": 0.2,
        "openreview": 1.0,
        "crossref": 0.5,
    }


def chosen_sources(
    wanted: SourcesSettings,
    door: Door,
    archives: Door,
    clock: Clock,
    *,
    recent: Callable[[], Sequence[PaperId]],
    bare: Callable[[], Sequence[PaperId]],
    tastes: Callable[[], Sequence[Taste]],
) -> list[PaperSource]:
    """In the order in which they are asked first: what is new today before what was missed.

    `recent` are the papers that Semantic Scholar is asked to say more about, `bare` those without categories of which
    arXiv is, `tastes` what channels liked.
    """
    return [
        *_announcements(wanted, door, clock),
        *_searches(wanted, door, clock),
        *_semantic_scholar(wanted, door, clock, recent, tastes),
        *_details(wanted, door, bare),
        *_history(wanted, archives, clock),
    ]


def _announcements(wanted: SourcesSettings, door: Door, clock: Clock) -> list[PaperSource]:
    every = timedelta(minutes=wanted.every_minutes)
    form, hf = wanted.arxiv_form, wanted.huggingface_url
    sources: list[PaperSource] = []
    for category in wanted.arxiv_categories if wanted.arxiv else ():
        feeds = wanted.arxiv_feed_url
        sources.append(
            ArxivFeed(
                door,
                category,
                base_url=feeds,
                form="atom" if form == "atom" else "rss",
                clock=clock,
                every=every,
            )
        )
    if wanted.huggingface:
        sources.append(HuggingFaceDaily(door, clock=clock, base_url=hf, every=max(every, timedelta(hours=1))))
    if wanted.huggingface_trending:
        sources.append(HuggingFaceTrending(door, clock=clock, base_url=hf))
    for server in [name for name in ("biorxiv", "medrxiv") if getattr(wanted, name)]:
        kept, base = wanted.biorxiv_categories, wanted.biorxiv_url
        sources.append(Biorxiv(door, server, categories=kept, clock=clock, base_url=base))
    return sources


def _searches(wanted: SourcesSettings, door: Door, clock: Clock) -> list[PaperSource]:
    contact = wanted.contact
    pubmed, openalex = wanted.pubmed_key.reveal(), wanted.openalex_key.reveal()
    return [
        *(
            PubMed(door, text, clock=clock, key=pubmed, contact=contact, base_url=wanted.pubmed_url)
            for text in wanted.pubmed_searches
        ),
        *(
            OpenAlex(door, text, clock=clock, key=openalex, contact=contact, base_url=wanted.openalex_url)
            for text in wanted.openalex_searches
        ),
        *(
            OpenReview(door, venue, clock=clock, base_url=wanted.openreview_url)
            for venue in wanted.openreview_venues
        ),
        *(
            Crossref(door, issn, contact=contact, clock=clock, base_url=wanted.crossref_url)
            for issn in wanted.crossref_issns
        ),
    ]


def _semantic_scholar(
    wanted: SourcesSettings,
    door: Door,
    clock: Clock,
    recent: Callable[[], Sequence[PaperId]],
    tastes: Callable[[], Sequence[Taste]],
) -> list[PaperSource]:
    key, base = wanted.semantic_scholar_key.reveal(), wanted.semantic_scholar_url
    sources: list[PaperSource] = [
        SemanticScholarSearch(door, text, clock=clock, key=key, base_url=base)
        for text in wanted.semantic_scholar_searches
    ]
    if wanted.semantic_scholar:
        sources.append(SemanticScholarPicks(door, tastes, clock=clock, key=key, base_url=base))
        sources.append(SemanticScholarDetails(door, recent, key=key, base_url=base))
    return sources


def _details(wanted: SourcesSettings, door: Door, bare: Callable[[], Sequence[PaperId]]) -> list[PaperSource]:
    """Only where something else brings arXiv's papers without categories."""
    others = wanted.huggingface or wanted.huggingface_trending or wanted.semantic_scholar_searches
    api = ArxivApi(door, base_url=wanted.arxiv_api_url)
    return [ArxivDetails(api, bare)] if wanted.arxiv and others else []


def _history(wanted: SourcesSettings, door: Door, clock: Clock) -> list[PaperSource]:
    categories = wanted.arxiv_categories if wanted.arxiv and wanted.arxiv_history else ()
    return [
        ArxivHistory(
            door,
            category,
            base_url=wanted.arxiv_oai_url,
            clock=clock,
            batch_of=arxiv_calendar.batch_of,
        )
        for category in categories
    ]


def chosen_finders(wanted: SourcesSettings, door: Door) -> list[PaperFinder]:
    """Those to ask for papers that the store lacks, the best one for an id first."""
    finders: list[PaperFinder] = []
    if wanted.arxiv:
        finders.append(ArxivApi(door, base_url=wanted.arxiv_api_url))
    if wanted.huggingface:
        finders.append(HuggingFaceFinder(door, base_url=wanted.huggingface_url))
    if wanted.semantic_scholar:
        key, base = wanted.semantic_scholar_key.reveal(), wanted.semantic_scholar_url
        finders.append(SemanticScholarFinder(door, key=key, base_url=base))
    return finders
