"""When two descriptions that share no id are one work: the same title but for its spelling, by the same people."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from bot.identity import normal_title, schemes, short_hash, title_tells
from bot.model import Paper, PaperId

THRESHOLD = 0.9
"""The least likeness of one work, chosen on hand-labelled pairs with a margin: see tests/core/test_alike.py."""

_TELLING = 6
_NAMED_BEFORE = 0.95
_MOST_YEARS = 3
_SHARED = 0.75
_CAPPED = 10
_SMALL = frozenset("an and by for from in its of the their to using via with".split())
_KINDS = frozenset(
    "addendum comment comments correction corrigendum erratum expression rebuttal rejoinder reply response retraction "
    "supplement supplementary supplemental".split()
)
_MARK = re.compile(r"\w*\d\w*|[ivx]+")
_SUFFIX = re.compile(r",?\s+(?:jr|sr|ii|iii|iv)\.?\s*$", re.IGNORECASE)
_INITIALS = re.compile(r"[A-Z]{1,3}")
_SKELETON = str.maketrans("", "", "aeiouysz ")
_TWICE = re.compile(r"(.)\1+")


def same_work(one: Paper, other: Paper) -> bool:
    """Whether two papers are one work, when no id says so. Two ids of one scheme are two works."""
    return not (schemes(one) & schemes(other) - {"title"}) and alike(one, other)


def alike(one: Paper, other: Paper) -> bool:
    """Whether title, authors and years are those of one work, whatever the ids."""
    return likeness(one, other) >= THRESHOLD


def likeness(one: Paper, other: Paper) -> float:
    """How alike the titles of two papers are, 0 … 1, the same both ways; 0 where anything else says "two works".

    1: the same words, however spaced and hyphenated. Below: words of which one has a letter more here and there
    (colour, modelling), in the same places; the likeness of the two least like. A name before the title's colon on
    one side only (`FooNet: …`) may be left out. Numbers, parts (II), years and kinds (reply, erratum) must be the
    same, and so must the authors, as far as both are known.
    """
    if not (title_tells(one.title) and title_tells(other.title)) or _years_apart(one, other) > _MOST_YEARS:
        return 0.0
    found = _likeness(one.title, other.title)
    if _few(one.authors) or _few(other.authors):
        return found if _agree_as_far_as_known(one, other, found) else 0.0
    return found if found and _same_people(one.authors, other.authors) else 0.0


def spelling_id(title: str) -> PaperId:
    """A key that the spellings of one title share: no small words, spaces, vowels, s and z, and no letter twice.

    What stands before the last colon is left out where the rest is long. It only says where to look: two works may
    share it.
    """
    rest = _telling(title.rpartition(":")[2])
    words = rest if len(rest) >= _TELLING else _telling(title)
    return PaperId(f"title:~{short_hash(_skeleton(''.join(words)))}")


def _skeleton(word: str) -> str:
    return _TWICE.sub(r"\1", word.translate(_SKELETON)) or word


def _years_apart(one: Paper, other: Paper) -> int:
    if one.published_on is None or other.published_on is None:
        return 0
    return abs(one.published_on.year - other.published_on.year)


def _likeness(one: str, other: str) -> float:
    first, second = _words(one), _words(other)
    if one == other or (first and "".join(first) == "".join(second)):
        return 1.0
    if _marks(first) != _marks(second):
        return 0.0
    return max(
        _by_word(_glued(first, second), _glued(second, first)),
        _NAMED_BEFORE if _names_before(one, other) else 0.0,
    )


def _telling(title: str) -> list[str]:
    words = normal_title(title).split() or [""]
    # Only the first "a" is an article for certain; a later one may be a name (hepatitis A).
    return [word for word in (words[1:] if words[0] == "a" else words) if word not in _SMALL]


def _words(title: str) -> list[str]:
    """The telling words in order, folded: a plural is its singular, -ise is -ize."""
    return [_singular(word.replace("iz", "is").replace("yz", "ys")) for word in _telling(title)]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == "s" != word[-2] else word


def _marks(words: Sequence[str]) -> Counter[str]:
    return Counter(word for word in words if _MARK.fullmatch(word) or word in _KINDS)


def _glued(words: Sequence[str], others: Collection[str]) -> list[str]:
    """Two words that the other title has as one are one: real-time, realtime."""
    glued: list[str] = []
    for word in words:
        if glued and glued[-1] + word in others:
            glued[-1] += word
        else:
            glued.append(word)
    return glued


def _by_word(first: Sequence[str], second: Sequence[str]) -> float:
    """Word for word, the likeness of the two least like; 0 where one has no counterpart."""
    if len(first) != len(second) or not first:
        return 0.0
    return min(map(_word_likeness, first, second))


def _word_likeness(one: str, other: str) -> float:
    """Letters may be added, not changed: it is the changed ones that make another word (inter-, intra-; -ate, -ite)."""
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    letters = iter(longer)
    added = all(letter in letters for letter in shorter) and _skeleton(one) == _skeleton(other)
    return 2 * len(shorter) / (len(one) + len(other)) if added and one[:2] == other[:2] else 0.0


def _names_before(one: str, other: str) -> bool:
    return any(
        len(words) >= _TELLING and words == _words(longer.partition(":")[2])
        for longer, words in ((one, _words(other)), (other, _words(one)))
    )


def _few(authors: Sequence[str]) -> bool:
    return len(authors) < 2


def _agree_as_far_as_known(one: Paper, other: Paper, found: float) -> bool:
    """Where at least one side names no author, or one who may be the first of many."""
    if one.authors and other.authors and not _same_person(one.authors[0], other.authors[0]):
        return False
    complete = len(one.authors) == len(other.authors) == 1
    return complete or (found == 1.0 and len(_words(one.title)) >= _TELLING)


def _same_people(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether first authors agree, and enough of all; a list cut off after ten or more is compared that far."""
    if not _same_person(first[0], second[0]):
        return False
    least = min(len(first), len(second))
    if least >= _CAPPED:
        first, second = first[:least], second[:least]
    most = max(len(first), len(second))
    return max(_shared(_short_name, first, second), _shared(_all_words, first, second)) >= _SHARED * most


def _shared(key: Callable[[str], object], first: Sequence[str], second: Sequence[str]) -> int:
    return (Counter(map(key, first)) & Counter(map(key, second))).total()


def _same_person(one: str, other: str) -> bool:
    """Whether two spellings may be of one name: `X. Li`, `Xin Li`, `Li, Xin` and `Li X`, not `Xiao Li`."""
    if _all_words(one) == _all_words(other):
        return True
    (surname, given), (other_surname, other_given) = _name(one), _name(other)
    if surname != other_surname:
        return False
    return "".join(given) == "".join(other_given) or all(map(_may_be, given, other_given))


def _may_be(one: str, other: str) -> bool:
    """Whether two given names agree, or one is the initial of the other."""
    return one == other or (one[0] == other[0] and 1 in (len(one), len(other)))


def _short_name(author: str) -> tuple[str, str]:
    surname, given = _name(author)
    return surname, given[0][0] if given else ""


def _all_words(author: str) -> tuple[str, ...]:
    return tuple(sorted(normal_title(author).split()))


def _name(author: str) -> tuple[str, list[str]]:
    """The last word of the surname, and the given names or initials in order, folded."""
    family, comma, given = _SUFFIX.sub("", author).partition(",")
    if not comma:
        first, _, last = family.strip().rpartition(" ")
        initials = _INITIALS.fullmatch(last) and first and not first.isupper()
        family, given = (first, last) if initials else (last, first)
    if _INITIALS.fullmatch(given.strip()):
        given = " ".join(given)
    words = normal_title(family).split()
    return words[-1] if words else "", normal_title(given).split()
