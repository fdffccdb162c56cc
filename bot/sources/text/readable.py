"""Titles and abstracts as people read them: LaTeX and markup become Unicode text, and nothing else is touched."""

import re

from bot.identity import clean_text
from bot.sources.text.markup import without_markup
from bot.sources.text.prose import in_address, without_latex

_LONGEST = 100_000
_QUOTED = re.compile(r"``([^`]{1,400}?)(?:''|[\"”])")
_QUOTED_ONCE = re.compile(r"`(?<![\w`]`)([^`'\s](?:[^`']{0,78}[^`'\s])?)'(?![\w'])")
_NO_DASH_AFTER = frozenset(["", *"!<([{/"])
_DASHES = re.compile("-{2,}")


def readable(text: str) -> str:
    r"""One clean line without LaTeX or markup: `$\alpha$-divergence` → α-divergence, `H<sub>2</sub>O` → H₂O.

    What cannot be read as either stays as it is, amounts of dollars, code and addresses among it. Never raises,
    never empty unless `text` is. Text that looks like a tag stays text: whoever shows it escapes it.
    """
    clean = clean_text(text)
    if not _has_marks(clean) or len(clean) > _LONGEST:
        return clean
    return clean_text(_dashed(_quoted(without_latex(without_markup(clean))))) or clean


def _has_marks(text: str) -> bool:
    """Nearly all text has none; looking for one after another takes a twentieth of a regular expression's time."""
    return (
        "\\" in text
        or "$" in text
        or "--" in text
        or "<" in text
        or "&" in text
        or "{" in text
        or "^" in text
        or "~" in text
        or "`" in text
        or "_" in text
    )


def _quoted(text: str) -> str:
    if "`" not in text:
        return text
    return _QUOTED_ONCE.sub(r"‘\1’", _QUOTED.sub(r"“\1”", text))


def _dashed(text: str) -> str:
    return _DASHES.sub(_dash, text) if "--" in text else text


def _dash(found: re.Match[str]) -> str:
    """Between words or standing alone it is a dash; `--flag`, `i--`, `-->` and addresses stay."""
    text, start, end = found.string, found.start(), found.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    spaces = before.isspace() + after.isspace()
    between = spaces == 0 and before not in _NO_DASH_AFTER and after not in {"", ">"}
    long_one = end - start == 3 and spaces == 1 and (before + after).strip().isalnum()
    if end - start > 3 or not (spaces == 2 or between or long_one) or in_address(text, start):
        return found[0]
    return "—" if end - start == 3 else "–"
