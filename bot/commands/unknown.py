"""What somebody meant who typed a command that there is not."""

from collections.abc import Collection
from difflib import get_close_matches

_MEANT = {
    **dict.fromkeys(("stop", "unsubscribe", "off"), "pause"),
    **dict.fromkeys(("start", "subscribe", "on"), "follow"),
    **dict.fromkeys(("feeds", "feed", "rss"), "sources"),
    **dict.fromkeys(("list", "settings", "config", "interests"), "topics"),
    **dict.fromkeys(("time", "schedule", "timezone"), "when"),
    "preview": "today",
    **dict.fromkeys(("seed", "library", "zotero"), "seeds"),
    **dict.fromkeys(("popular", "hot", "top"), "trending"),
    **dict.fromkeys(("quiz", "train", "learn"), "rate"),
    **dict.fromkeys(("forget", "clear"), "reset"),
    **dict.fromkeys(("block", "hide", "not"), "exclude"),
    **dict.fromkeys(("similar", "related"), "like"),
    **dict.fromkeys(("find", "query"), "search"),
    **dict.fromkeys(("bibtex", "bib", "citation", "reference"), "cite"),
    **dict.fromkeys(("post", "send"), "share"),
}
_STEERS = frozenset({"mute", "unmute", "boost", "pin", "unpin", "rename", "merge", "split", "delete", "wild"})
_WITH_ARGUMENT = frozenset({"when", "like", "search", "cite", "share"})
_NAMES = {"author": "Fei-Fei Li", "lab": "Allen Institute for AI"}
_SHOWN = 60


def unknown_text(name: str, argument: str, names: Collection[str]) -> str:
    """What to type instead, by other words for a command, then by likeness; `names` are the commands."""
    typed = f"{name} {argument}".strip()[:_SHOWN]
    meant = _meant(name.casefold().rstrip(":"), argument[:_SHOWN])
    near = get_close_matches(name.casefold(), names, 1)
    if meant or near:
        hint = f"Did you mean /papers {meant or near[0]}?"
    else:
        hint = f"To search for it: /papers search {typed}."
    return f"I do not know /papers {name[:_SHOWN]}. {hint} /papers help lists everything."


def _meant(name: str, argument: str) -> str:
    """The command that a synonym stands for, with what followed it; empty where it is none."""
    if name in {"author", "lab"}:
        return f"follow {name}: {argument or _NAMES[name]}"
    if name in _STEERS:
        return f"topics {name} {argument or '2'}"
    command = _MEANT.get(name, "")
    if command == "exclude":
        return f"exclude {argument or 'survey'}"
    if command == "follow":
        return f"follow {argument}" if argument else "follow robot learning, or /papers resume"
    if command == "sources" and argument.casefold().startswith(("http://", "https://", "<http")):
        return f"sources add {argument}"
    return f"{command} {argument}".strip() if command in _WITH_ARGUMENT else command
