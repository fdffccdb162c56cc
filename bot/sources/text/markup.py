"""HTML, JATS and MathML in titles and abstracts → plain text; never the other way round."""

import html
import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from bot.sources.text.scripts import lowered, raised

_LONGEST_FORMULA = 20_000
_DEEPEST = 30
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_ATTRIBUTES = r"""(?:\s+[\w:.-]{1,60}\s*=\s*(?:"[^"<>]{0,500}"|'[^'<>]{0,500}'))*+\s*/?"""
_INLINE = "i|b|em|strong|italic|bold|span|sc|small|big|font|u|tt|code|inline-formula|tex-math|named-content"
_BREAK = re.compile(r"<br\s{0,5}/?>", re.I)
_BLOCK = (
    "p|div|section|sec|ul|ol|li|dl|dt|dd|h[1-6]|blockquote|abstract|list|list-item|title|label|disp-formula"
)
# A lone `$` before it: `$<p>$` is mathematics.
_LINK = re.compile(
    r"""<a\s[^<>]{0,200}?href\s*=\s*["'](https?://[^"'<>\s]{1,500})["'][^<>]{0,200}>([^<>]{0,300})</a\s*>""",
    re.I,
)
_INLINE_TAG = re.compile(rf"(?:(?<!\$)<|</)(?:(?:jats:)?(?:{_INLINE})|a){_ATTRIBUTES}>", re.I)
_BLOCK_TAG = re.compile(rf"(?:(?<!\$)<|</)(?:jats:[\w-]{{1,40}}|{_BLOCK}){_ATTRIBUTES}>", re.I)
_HEADING = re.compile(r"<jats:title>\s*abstract\s*</jats:title>", re.I)
_SCRIPT = re.compile(rf"<(?:jats:)?(su[bp]){_ATTRIBUTES}>([^<>]{{0,200}})</(?:jats:)?\1\s*>", re.I)
_FORMULA = re.compile(
    r"<(mml:|m:)?math\b[^<>]{0,500}>([^<]*+(?:<(?!/?(?:mml:|m:)?math\b)[^<]*+)*+)</(?:mml:|m:)?math\s*>", re.I
)
_MATHML_TAG = re.compile(r"</?(?:mml:|m:)?m[a-z]{1,15}\b[^<>]{0,300}>", re.I)


def without_markup(text: str) -> str:
    """Text without entities, comments and the tags that publishers use; what else looks like a tag is text and stays.

    `<sup>2</sup>` → ², `<i>x</i>` → x, `&amp;` → &, MathML on one line. `<think>` and `&lt;script&gt;` name things.
    """
    if "&" in text:
        text = _unescaped(text)
    if "<" not in text or ">" not in text:
        return text
    text = _BREAK.sub(" ", _COMMENT.sub(" ", text))
    if "</" not in text:  # `a<b>c` is a comparison
        return text
    text = _LINK.sub(_link, text)
    if "math" in text.lower():
        text = _FORMULA.sub(_formula, text)
    text = _SCRIPT.sub(_script, _INLINE_TAG.sub("", _HEADING.sub(" ", text)))
    return _BLOCK_TAG.sub(" ", text)


def _unescaped(text: str) -> str:
    """Feeds escape once more than they should; three times is more than was ever seen."""
    for _ in range(3):
        before, text = text, _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if text == before:
            break
    return text


def _link(found: re.Match[str]) -> str:
    """arXiv shows every address as "this https URL"."""
    return found[1] if found[2].strip().lower().startswith(("this http", "http")) else found[2]


def _script(found: re.Match[str]) -> str:
    if not found[2].strip():
        return ""
    return (raised if found[1].lower() == "sup" else lowered)(found[2])


def _formula(found: re.Match[str]) -> str:
    inside = found[2] if len(found[2]) <= _LONGEST_FORMULA else ""
    try:
        root = fromstring(f'<math xmlns:mml="m" xmlns:m="m" xmlns:xlink="x">{inside}</math>', forbid_dtd=True)
        return _line(root, _DEEPEST)
    except (ParseError, ValueError):
        return _MATHML_TAG.sub("", found[2])


def _line(element: Element, deepest: int) -> str:
    """MathML's elements with a fixed number of children (w3.org/TR/MathML3/chapter3.html) on one line."""
    name = element.tag.rpartition("}")[2]
    if deepest == 0 or name.startswith("annotation"):
        return ""
    parts = [_line(child, deepest - 1) for child in element]
    write = _WRITTEN.get(name)
    if write and len(parts) == write[0]:
        return write[1](parts)
    tails = (part + (child.tail or "").strip() for part, child in zip(parts, element, strict=True))
    return (element.text or "").strip() + "".join(tails)


_Written = tuple[int, Callable[[list[str]], str]]
_WRITTEN: dict[str, _Written] = {
    "msup": (2, lambda parts: parts[0] + raised(parts[1])),
    "mover": (2, lambda parts: parts[0] + (raised(parts[1]) if parts[1].isalnum() else "")),
    "msub": (2, lambda parts: parts[0] + lowered(parts[1])),
    "munder": (2, lambda parts: parts[0] + lowered(parts[1])),
    "msubsup": (3, lambda parts: parts[0] + lowered(parts[1]) + raised(parts[2])),
    "munderover": (3, lambda parts: parts[0] + lowered(parts[1]) + raised(parts[2])),
    "mfrac": (2, lambda parts: f"{parts[0]}/{parts[1]}"),
    "msqrt": (1, lambda parts: f"√{parts[0]}"),
    "mroot": (2, lambda parts: f"{raised(parts[1])}√{parts[0]}"),
}
