"""Institutions in the addresses that authors give."""

import re
from collections.abc import Iterable

from bot.identity import clean_text

_MOST = 5
_LONGEST = 120
_LONGEST_ADDRESS = 3000
_MAIL = re.compile(r"(?:Electronic address:\s*)?\S+@\S+", re.IGNORECASE)
_MARK = re.compile(r"^(?:\(?\d{1,2}\)?|[a-z*†‡§¶])(?:\s+|\.\s*)(?=[A-Z])|^\d{1,2}(?=[A-Z][a-z])")
_PART_OF_ONE = re.compile(
    r"(?:the )?(?:department|dept|division|faculty|section|unit|service|group|programme?|chair|graduate school)\b",
    re.IGNORECASE,
)
# The first kind that an address names is what its people would call their house.
_KINDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"universi|polytechni|politecnic|\bETH\b|\bMIT\b|\bCNRS\b|\bINSERM\b|institutes? of (?:technology|health)\b",
        r"institut|hospital|klinik|clinic\b|charité|college|academ|national laborator|foundation|council|ministry",
        r"\b(?:inc|ltd|llc|gmbh|corp|corporation|pharma\w*)\b",
        r"cent(?:er|re)\b|school\b|laborator",
    )
)


def labs_of(addresses: Iterable[str]) -> tuple[str, ...]:
    """The institutions of the first addresses that name one, each once, at most five.

    `Department of Cardiology, University Hospital Essen, Hufelandstr. 55, Germany.` → `University Hospital Essen`.
    """
    found: dict[str, str] = {}
    for address in addresses:
        for part in address[:_LONGEST_ADDRESS].split(";"):
            lab = institution_of(part)
            if lab:
                found.setdefault(lab.casefold(), lab)
            if len(found) == _MOST:
                return tuple(found.values())
    return tuple(found.values())


def institution_of(address: str) -> str:
    """The part of one address that names the institution; its first part where none looks like one."""
    parts = [_MARK.sub("", part.strip(" .")) for part in clean_text(_MAIL.sub("", address)).split(",")]
    parts = [part for part in parts if part and len(part) <= _LONGEST]
    for kind in _KINDS:
        for part in parts:
            if kind.search(part):
                return part
    return next((part for part in parts if not _PART_OF_ONE.match(part)), "")
