"""The query language: words, "phrases", fields and exclusions. Any string is a query."""

import re
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from itertools import takewhile

from bot import ports
from bot.identity import id_from_text
from bot.model import PaperId
from bot.ports import Words
from bot.search.language import FIELDS, MOST_NOTED, SHORT, Draft, Scope, Term

__all__ = ["MOST_PAGES", "MOST_TERMS", "MOST_WORDS", "Asked", "Scope", "asked_from_text", "id_meant"]

MOST_WORDS = 256
"""So many words are searched for; a pasted abstract has fewer."""
MOST_TERMS = 32
"""A longer text was pasted: what stands in it is searched as words; fields count at its beginning and end only."""
MOST_PAGES = 200
_PART = re.compile(
    r'(?P<minus>(?<!\S)-(?=["\w])(?!\d+(?:\W|$)))?'
    r'(?:(?P<field>[A-Za-z_]+):(?=[^\s:]))?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)|")'
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PAGE = re.compile(r"(?<!\S)page:(?P<number>\S*)", re.IGNORECASE)
_PASTED = "In so long a text, quotes and minus signs mean nothing, and fields only at its beginning and end."
_OWN_ID = re.compile(r"(?:title|url|doi):~?[0-9a-f]{24}|hf:\S+|url:https?:\S+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person's words mean.

    `paper` is the one paper whose id or address they are. `scopes` have to be looked up by whoever knows the facts, and
    go into `query.within` and `query.beyond`. `page` is 1 at first. `for_us`: in the order of the channel's taste.
    `notes` say what was not understood and what was made of it. `text` is the words without `page:`.
    """

    query: ports.Query
    text: str
    paper: PaperId | None = None
    scopes: tuple[Scope, ...] = ()
    page: int = 1
    for_us: bool = False
    notes: tuple[str, ...] = ()


def asked_from_text(text: str, today: date) -> Asked:
    """Never fails: any string is a question. What has no meaning in the language is searched as words."""
    page, rest, notes = _page_and_rest(text)
    if paper := id_meant(rest):
        return Asked(ports.Query(), rest, paper, page=page, notes=notes)
    draft = Draft(today, notes=list(notes))
    for term in _terms(draft, rest):
        _read(draft, term)
    query = _query(draft)
    _note_nothing(draft, query, rest)
    return Asked(
        query, rest, None, tuple(dict.fromkeys(draft.scopes)), page, draft.for_us, tuple(draft.notes)
    )


def _page_and_rest(text: str) -> tuple[int, str, tuple[str, ...]]:
    found = [match["number"] for match in _PAGE.finditer(text)]
    rest = " ".join(_PAGE.sub(" ", text).split())
    if not found:
        return 1, rest, ()
    known = found[-1].isascii() and found[-1].isdecimal() and len(found[-1]) < 10 and int(found[-1]) > 0
    if not known:
        return 1, rest, (f"“page:{found[-1][:MOST_NOTED]}” is no page: this is the first.",)
    return min(int(found[-1]), MOST_PAGES), rest, ()


def id_meant(text: str) -> PaperId | None:
    """The paper that is meant where the whole text is an id or address, or one word of a few is an address."""
    if found := _id_of(text):
        return found
    words = text.split() if "://" in text else []
    return next((found for word in words if "://" in word and (found := _id_of(word))), None)


def _id_of(text: str) -> PaperId | None:
    text = text.strip("<>()[]{}\"'.,;")
    if not text or " " in text:
        return None
    found = id_from_text(text)
    # `title:attention` could be an id of ours, but a field is meant.
    own = found is not None and found == text and text.partition(":")[0] in {"title", "url", "hf"}
    return None if own and not _OWN_ID.fullmatch(text) else found


def _terms(draft: Draft, text: str) -> list[Term]:
    plain = text.translate(_QUOTES)
    found = ((_term(match), match.span()) for match in _PART.finditer(plain))
    placed = [(term, span) for term, span in found if any(map(str.isalnum, term.text))]
    terms = [term for term, _ in placed]
    if len(terms) <= MOST_TERMS:
        return terms
    head = list(takewhile(_is_of_field, terms))
    tail = list(takewhile(_is_of_field, reversed(terms[len(head) :])))
    inside = placed[len(head) : len(placed) - len(tail)]
    if any(term.minus or term.quoted or _is_of_field(term) for term, _ in inside):
        draft.notes.append(_PASTED)
    words = plain[inside[0][1][0] : inside[-1][1][1]].split() if inside else []
    return [*head, *map(Term, words), *reversed(tail)]


def _is_of_field(term: Term) -> bool:
    return SHORT.get(term.field, term.field) in FIELDS


def _term(match: re.Match[str]) -> Term:
    quoted = match["quoted"] is not None
    return Term(
        match["quoted"] if quoted else (match["bare"] or "").rstrip(",;"),
        (match["field"] or "").lower(),
        bool(match["minus"]),
        quoted,
    )


def _read(draft: Draft, term: Term) -> None:
    known = FIELDS.get(SHORT.get(term.field, term.field))
    if known is None:
        _read_words(draft, _without_misspelt_field(draft, term))
    elif not known.read(draft, term):
        # A day that cannot be is no word of any paper that is looked for.
        draft.notes.append(f"“{term.written()}” was left out: {known.expects}")


def _without_misspelt_field(draft: Draft, term: Term) -> Term:
    """A field that is spelt nearly like it is no word; one that is not may be the beginning of a title."""
    if near := get_close_matches(term.field, FIELDS, 1, 0.7) if term.field else []:
        draft.notes.append(f"“{term.written()}” was searched as words: did you mean {near[0]}:?")
        return replace(term, field="")
    if term.field and not term.text.startswith("//"):
        draft.notes.append(f"“{term.written()}” was searched as words: {term.field}: means nothing here.")
    return term


def _note_nothing(draft: Draft, query: ports.Query, text: str) -> None:
    if text and not draft.scopes and not draft.for_us and query == ports.Query():
        draft.notes.append(f"No words to look for in “{_short(text)}”; these are the latest papers.")


def _short(text: str) -> str:
    return text if len(text) <= MOST_NOTED else f"{text[:MOST_NOTED]}…"


def _read_words(draft: Draft, term: Term) -> None:
    text = f"{term.field} {term.text}" if term.field else term.text
    if term.minus:
        # Both parts of GPT-4 stand in many papers; only together they are what is not wanted.
        draft.unwanted.append(Words(text, phrase=True))
    elif term.quoted and not term.field:
        draft.wanted.append(Words(text, phrase=True))
    else:
        draft.words.append(text)


def _query(draft: Draft) -> ports.Query:
    """What is asked for; what of it is not heeded is noted in the draft."""
    words = " ".join(draft.words).split()
    if len(words) > MOST_WORDS:
        draft.notes.append(f"Only the first {MOST_WORDS} words were searched.")
    if draft.since and draft.before and draft.since >= draft.before:
        draft.notes.append(f"No day is both since {draft.since} and before {draft.before}.")
    plain = (Words(" ".join(words[:MOST_WORDS])),) if words else ()
    return ports.Query(
        (*plain, *dict.fromkeys(draft.wanted)),
        tuple(dict.fromkeys(draft.unwanted)),
        tuple(dict.fromkeys(draft.categories[True])),
        tuple(dict.fromkeys(draft.categories[False])),
        tuple(dict.fromkeys(draft.sources[True])),
        tuple(dict.fromkeys(draft.sources[False])),
        draft.since,
        draft.before,
    )
