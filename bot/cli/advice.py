"""What to do where a source does not answer `paperboy check`: which setting names it, and what to look at."""

from collections.abc import Collection
from urllib.parse import urlsplit

from bot.errors import BotError
from bot.ports import PaperSource
from bot.settings import SourcesSettings
from bot.sources.web.guard import PRIVATE

_HISTORY = "history "
_SEARCHES = {"details", "recommendations"}
_KEYS = {
    "arxiv": ("arxiv_feed_url", "arxiv_categories"),
    "huggingface": ("huggingface_url",),
    "biorxiv": ("biorxiv_url",),
    "medrxiv": ("biorxiv_url",),
    "semantic-scholar": ("semantic_scholar_url", "semantic_scholar_searches"),
    "pubmed": ("pubmed_url", "pubmed_searches"),
    "openalex": ("openalex_url", "openalex_searches"),
    "openreview": ("openreview_url", "openreview_venues"),
    "crossref": ("crossref_url", "crossref_issns"),
}


def source_advice(wanted: SourcesSettings, source: PaperSource, error: BotError) -> str:
    """One or two sentences for the operator; `wanted` are the settings that the source was made from."""
    if source.name in {"feed", "feeds"}:
        return _feed_advice(wanted, source.area, error)
    keys = keys_of(source.name, source.area)
    host = _host(getattr(wanted, keys[0])) if keys else ""
    right = " and ".join(f"sources.{key}" for key in keys)
    reached = f"If this lasts: can {host or 'it'} be reached from here"
    return f"{reached}, and {'are' if len(keys) > 1 else 'is'} {right} right?" if keys else f"{reached}?"


def keys_of(name: str, area: str) -> tuple[str, ...]:
    """The settings that a source asks after: its address first, then what is asked there."""
    if name == "arxiv" and area.startswith(_HISTORY):
        return ("arxiv_oai_url", "arxiv_categories")
    keys = _KEYS.get(name, ())
    return keys[:1] if area in _SEARCHES else keys


def _feed_advice(wanted: SourcesSettings, url: str, error: BotError) -> str:
    host = _host(url)
    if PRIVATE in str(error):
        return _private_advice(host, wanted.private_hosts)
    if url in wanted.feeds:
        return f"If this lasts: can {host} be reached from here, and is its address in sources.feeds right?"
    return (
        f"A channel added it. If this lasts: can {host} be reached from here? "
        "`/papers sources remove` in the channel ends it."
    )


def _private_advice(host: str, allowed: Collection[str]) -> str:
    if host in allowed:
        return (
            f"{host} leads on to a private host: if you trust that one, add it to sources.private_hosts too."
        )
    return f"If you trust it, add {host} to sources.private_hosts."


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
