"""What the operator may decide: Settings from TOML files and the environment, checked once, frozen."""

# ruff: noqa: RUF009 (`_key` and `_secret` are dataclasses.field with its metadata filled in)

import json
from dataclasses import Field, dataclass, field, fields
from datetime import time
from typing import Any, NamedTuple

from bot import kinds


class Secret:
    """A text that shows itself only to `reveal()`. False where it is empty: not set."""

    __slots__ = ("_text",)

    # A plain class, because `dataclasses.asdict` would open a dataclass and lay the text bare.
    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def __bool__(self) -> bool:
        return self._text != ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(***)" if self else "Secret()"


def _key(default: Any, kind: kinds.Kind, doc: str, *, shown: bool = True) -> Any:
    return field(default=default, repr=shown, metadata={"kind": kind, "doc": doc})


def _secret(variable: str, doc: str) -> Any:
    return field(default=Secret(), metadata={"variable": variable, "doc": doc})


@dataclass(frozen=True)
class StoreSettings:
    """Where facts are kept."""

    # Not shown, because the address of a database may hold a password.
    url: str = _key(
        "",
        kinds.LINE,
        "Database: sqlite:///path. Empty: a SQLite file in your user's data directory. "
        "PAPERBOY_STORE is short for this key.",
        shown=False,
    )
    keep_days: int = _key(
        0,
        kinds.whole(0, 36500),
        "Papers that no channel was ever offered or named go this many days after they were announced. 0: all stay.",
    )


@dataclass(frozen=True)
class SearchSettings:
    """How the archive is searched. The index is made of the database and may be deleted at any time."""

    engine: str = _key(
        "tantivy",
        kinds.choice("tantivy", "fts5"),
        "What searches: tantivy, fast with a million papers, or fts5, SQLite's own, for some thousands.",
    )
    path: str = _key(
        "",
        kinds.LINE,
        "Where the index is kept: a folder for tantivy, a file for fts5. Empty: beside an SQLite file; in memory, and "
        "built anew at each start, with another database. Processes on one machine may share it.",
    )


@dataclass(frozen=True)
class DigestSettings:
    """What a channel gets until it asks for something else (`/papers when`), and how late."""

    size: int = _key(5, kinds.whole(1, 25), "Papers in one digest.")
    at: time = _key(time(9, 0), kinds.TIME, "Local time of the digest.")
    weekdays: tuple[int, ...] = _key((0, 1, 2, 3, 4), kinds.WEEKDAYS, "Days with a digest.")
    zone: str = _key("UTC", kinds.ZONE, "Time zone (IANA name) of that time and of those days.")
    grace_hours: int = _key(6, kinds.whole(1, 23), "How many hours late a missed morning is still made up.")
    window_days: int = _key(4, kinds.whole(1, 30), "How many days back a paper is still new.")
    patience_hours: float = _key(
        2.0,
        kinds.number(0, 22),
        "How many hours a digest waits for announcements that are late; then it goes out and says so. "
        "Below grace_hours.",
    )
    wild_cards: int = _key(
        1,
        kinds.whole(0, 3),
        "How many picks of a digest may be wild cards: plausible papers that would teach most, if rated.",
    )


@dataclass(frozen=True)
class TasteSettings:
    """How tastes are learned, beyond what each channel's own reactions say."""

    crowd: bool = _key(
        True,
        kinds.FLAG,
        "Once there are enough channels, let what similar ones like count. /papers crowd off opts a workspace out.",
    )
    semantic_model: str = _key(
        "",
        kinds.LINE,
        "Folder of a sentence-transformers or model2vec model, used beside words (paperboy[semantic]). Empty: none.",
    )
    semantic_download: bool = _key(
        False, kinds.FLAG, "Whether semantic_model may be a name that is downloaded from a hub at the start."
    )
    semantic_vectors: str = _key(
        "",
        kinds.LINE,
        "Where that model's vectors of papers are kept: how the path of the file begins. Empty: beside an SQLite file; "
        "in memory, and computed anew at each start, with another database.",
    )
    against: str = _key(
        "none",
        kinds.choice("none", "newest", "random", "words"),
        "Interleave the picks with those of this recommender in live digests (team draft), to measure which are liked "
        "better: paperboy evaluate shows the credit.",
    )


@dataclass(frozen=True)
class DeliverySettings:
    """How messages are sent, and when a dead process's work is taken over."""

    lease_seconds: float = _key(
        90.0,
        kinds.number(1, 110),
        "How long a message may be on its way before its sender is taken for dead and the platform is asked whether "
        "it arrived. Below 120, so that Discord still knows the message's key.",
    )
    pace_seconds: float = _key(
        1.0, kinds.number(0, 60), "Pause between two messages in one channel. Slack allows one per second."
    )


@dataclass(frozen=True)
class SourcesSettings:
    """Where papers come from, and how politely they are asked for."""

    arxiv: bool = _key(True, kinds.FLAG, "Read arXiv's announcements.")
    arxiv_categories: tuple[str, ...] = _key(
        ("cs.CL", "cs.CV", "cs.LG", "cs.AI"), kinds.CATEGORIES, "The arXiv categories that are read."
    )
    arxiv_feed_url: str = _key("https://rss.arxiv.org", kinds.WEB, "Address of arXiv's announcement feeds.")
    arxiv_api_url: str = _key("https://export.arxiv.org", kinds.WEB, "Address of arXiv's query API.")
    arxiv_form: str = _key(
        "rss", kinds.choice("rss", "atom"), "Which form of the announcement feeds is read."
    )
    arxiv_seconds_between_requests: float = _key(
        3.0, kinds.number(0, 3600), "Pause between two requests to arXiv, whose terms ask for 3 seconds."
    )
    huggingface: bool = _key(True, kinds.FLAG, "Read Hugging Face Daily Papers.")
    huggingface_url: str = _key("https://huggingface.co", kinds.WEB, "Address of Hugging Face.")
    arxiv_history: bool = _key(
        True,
        kinds.FLAG,
        "Read arXiv's archive (OAI-PMH) every night, for what the feeds dropped and what changed.",
    )
    arxiv_oai_url: str = _key(
        "https://oaipmh.arxiv.org", kinds.WEB, "Address of arXiv's archive interface (OAI-PMH)."
    )
    huggingface_trending: bool = _key(False, kinds.FLAG, "Read Hugging Face's trending papers too.")
    biorxiv: bool = _key(False, kinds.FLAG, "Read bioRxiv.")
    medrxiv: bool = _key(False, kinds.FLAG, "Read medRxiv.")
    biorxiv_categories: tuple[str, ...] = _key(
        (),
        kinds.TEXTS,
        "Of bioRxiv and medRxiv only these categories, such as neuroscience or epidemiology. Empty: all.",
    )
    biorxiv_url: str = _key("https://api.biorxiv.org", kinds.WEB, "Address of bioRxiv's and medRxiv's API.")
    semantic_scholar: bool = _key(
        False,
        kinds.FLAG,
        "Ask Semantic Scholar for short summaries and citation counts, and for papers like those a channel liked.",
    )
    semantic_scholar_searches: tuple[str, ...] = _key(
        (),
        kinds.TEXTS,
        "Searches whose new results are read from Semantic Scholar, such as speech recognition.",
    )
    semantic_scholar_url: str = _key(
        "https://api.semanticscholar.org", kinds.WEB, "Address of Semantic Scholar's API."
    )
    pubmed_searches: tuple[str, ...] = _key(
        (), kinds.TEXTS, "Searches in PubMed's language whose new entries are read, such as sepsis[mesh]."
    )
    pubmed_url: str = _key("https://eutils.ncbi.nlm.nih.gov", kinds.WEB, "Address of PubMed's E-utilities.")
    openalex_searches: tuple[str, ...] = _key(
        (), kinds.TEXTS, "Searches whose new works are read from OpenAlex, such as perovskite solar cells."
    )
    openalex_url: str = _key("https://api.openalex.org", kinds.WEB, "Address of OpenAlex.")
    openreview_venues: tuple[str, ...] = _key(
        (), kinds.TEXTS, "Venues of OpenReview that are read, such as ICLR.cc/2027/Conference."
    )
    openreview_url: str = _key("https://api2.openreview.net", kinds.WEB, "Address of OpenReview's API.")
    crossref_issns: tuple[str, ...] = _key(
        (), kinds.TEXTS, "ISSNs of journals that are read from Crossref, such as 1476-4687."
    )
    crossref_url: str = _key("https://api.crossref.org", kinds.WEB, "Address of Crossref.")
    feeds: tuple[str, ...] = _key((), kinds.ADDRESSES, "RSS and Atom feeds that are read for every channel.")
    private_hosts: tuple[str, ...] = _key(
        (),
        kinds.HOSTS,
        "Hosts of feeds that may have private addresses, such as feeds.lab.internal. All others are refused there.",
    )
    contact: str = _key(
        "",
        kinds.ASCII_LINE,
        "Your mail address or page, put in the user agent so that a source can reach you.",
    )
    timeout_seconds: float = _key(30.0, kinds.number(0.1, 600), "How long a source may take to answer.")
    max_megabytes: int = _key(50, kinds.whole(1, 1000), "The largest answer of a source that is read.")
    every_minutes: int = _key(
        30,
        kinds.whole(1, 1440),
        "How often feeds are asked; a source that changes less often is asked less often.",
    )
    semantic_scholar_key: Secret = _secret(
        "SEMANTIC_SCHOLAR_API_KEY", "Semantic Scholar's API key: a pace of its own instead of a shared one."
    )
    pubmed_key: Secret = _secret(
        "NCBI_API_KEY", "NCBI's API key: ten requests to PubMed per second instead of three."
    )
    openalex_key: Secret = _secret("OPENALEX_API_KEY", "OpenAlex's API key: without one it answers little.")


@dataclass(frozen=True)
class SlackSettings:
    """Slack: on as soon as SLACK_BOT_TOKEN and SLACK_APP_TOKEN (mode http: SLACK_SIGNING_SECRET) are set."""

    mode: str = _key(
        "socket",
        kinds.choice("socket", "http"),
        "How Slack reaches us: socket, over a connection that we open, or http, at an address that Slack calls.",
    )
    host: str = _key("127.0.0.1", kinds.HOST, "Mode http: the address of this machine to listen on.")
    port: int = _key(3000, kinds.whole(1, 65535), "Mode http: the port to listen on.")
    api_url: str = _key(
        "https://slack.com/api/", kinds.address("http", "https", ending="/"), "Address of Slack's API."
    )
    bot_token: Secret = _secret(
        "SLACK_BOT_TOKEN", "Bot token (xoxb-…): lets the bot read and post where it is invited."
    )
    app_token: Secret = _secret(
        "SLACK_APP_TOKEN",
        "App-level token (xapp-…) with connections:write: opens the connection of mode socket.",
    )
    signing_secret: Secret = _secret(
        "SLACK_SIGNING_SECRET", "Signing secret: proves in mode http that a request is Slack's."
    )

    @property
    def enabled(self) -> bool:
        """Whether both secrets that the mode needs are set."""
        return bool(self.bot_token and (self.signing_secret if self.mode == "http" else self.app_token))


@dataclass(frozen=True)
class DiscordSettings:
    """Discord: on as soon as DISCORD_TOKEN is set."""

    api_url: str = _key("https://discord.com/api/v10", kinds.WEB, "Address of Discord's API.")
    gateway_url: str = _key("", kinds.SOCKET, "Address of Discord's gateway. Empty: the one its API names.")
    token: Secret = _secret("DISCORD_TOKEN", "Token of the bot (Developer Portal, page Bot).")

    @property
    def enabled(self) -> bool:
        """Whether the token is set."""
        return bool(self.token)


@dataclass(frozen=True)
class LogSettings:
    """What is told to the operator on standard error."""

    level: str = _key(
        "info", kinds.choice("debug", "info", "warning", "error"), "The least important lines written."
    )
    json: bool = _key(False, kinds.FLAG, "One JSON object per line instead of text.")


@dataclass(frozen=True)
class Settings:
    """Everything the operator may decide, checked."""

    store: StoreSettings = field(default_factory=StoreSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    digest: DigestSettings = field(default_factory=DigestSettings)
    taste: TasteSettings = field(default_factory=TasteSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    sources: SourcesSettings = field(default_factory=SourcesSettings)
    slack: SlackSettings = field(default_factory=SlackSettings)
    discord: DiscordSettings = field(default_factory=DiscordSettings)
    log: LogSettings = field(default_factory=LogSettings)


SECTIONS: dict[str, Any] = {
    section.name: type(getattr(Settings(), section.name)) for section in fields(Settings)
}
"""The sections by their names."""
FIELDS: dict[str, Field[Any]] = {
    f"{section}.{key.name}": key for section, kind in SECTIONS.items() for key in fields(kind)
}
"""Every field by `section.name`."""
KEYS = {name: key for name, key in FIELDS.items() if "kind" in key.metadata}
"""Those that stand in files."""
SECRETS = {key.metadata["variable"]: name for name, key in FIELDS.items() if name not in KEYS}
"""The environment variable of each secret, and its field."""


class Description(NamedTuple):
    """One key in words: `default` is its TOML text, `type` what it may be."""

    section: str
    key: str
    type: str
    default: str
    doc: str


def describe() -> list[Description]:
    """Every key but the secrets, in the order of the sections."""
    rows = [(name.split("."), key.metadata["kind"], key) for name, key in KEYS.items()]
    return [
        Description(
            section,
            name,
            kind.text,
            json.dumps(kind.write(key.default), ensure_ascii=False),
            key.metadata["doc"],
        )
        for (section, name), kind, key in rows
    ]


def describe_sections() -> dict[str, str]:
    """The sections' names, and what each is for."""
    return {section: str(kind.__doc__) for section, kind in SECTIONS.items()}


def describe_secrets() -> dict[str, str]:
    """The environment variables that hold secrets, and what each is for."""
    return {variable: FIELDS[name].metadata["doc"] for variable, name in SECRETS.items()}
