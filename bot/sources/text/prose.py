"""LaTeX in prose: fragments become text, and what may be code, money or an address stays as it is."""

import re
from functools import lru_cache

from bot.sources.text.latex import LONGEST, is_symbol, letter_text, math_text
from bot.sources.text.scripts import lowered, raised

_DEEPEST = 5
_LONGEST_ARGUMENT = 6000
_MOST_MATH = 2 * LONGEST
_PLACE = re.compile(r"[\\$~{^_]")
_BRACED = r"\{(?:[^{}\\]|\\.)*+\}"
for _ in range(3):
    _BRACED = rf"\{{(?:[^{{}}\\]|\\.|{_BRACED})*+\}}"
_ARGUMENT = re.compile(_BRACED, re.DOTALL)
_OPTION = re.compile(r"(?:\[[^\[\]{}$]{0,200}\]){1,2}")
_NAME = re.compile(r"\\([A-Za-z]+)\*?")
_ACCENT = re.compile(r"\\[\"'`^~=.](?:\{\\?[A-Za-z]\}|\\?[A-Za-z])|\\[cvuHkrdbt] ?\{\\?[A-Za-z]\}")
_MATH = re.compile(r"\$((?:[^$\\]|\\.){1,1200}+)\$|\$\$((?:[^$\\]|\\.){1,1200}+)\$\$", re.DOTALL)
_OUTSIDE_SCRIPT = re.compile(
    r"[\^_](?:\{([^{}$]{1,40})\}|\\(circ|odot|star|ast|prime|dagger|top|deg)(?![A-Za-z]))"
)
_POWER_OF_TEN = re.compile(r"\^([-+−]?\d{1,3})(?![\w.^])")
_TIE = re.compile(r"(?<=[\w.,;:)\]}%$])~+(?=[\w$\\(\[{\"'])")
# `Fig.~1` and `Section~3` are ties; `z~5`, `SNR~10` and `5~10` say how much, roughly.
_BEFORE_A_NUMBER = re.compile(r"(?:\b[A-Z][a-z]+|[.)\]}])\Z")
_VERBATIM = re.compile(r"\\verb\*?([|!+#@])([^|!+#@]{1,200})\1")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*%?")
_ADDRESS_START = re.compile(r"(?:://|www\.|[A-Za-z]:[\\/])")
_DRIVE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]:\\[^\s$]*")
_SHARE = re.compile(r"(?<!\S)\\\\[A-Za-z][\w.$-]*\\[^\s$]*")

_TELLING = re.compile(r"\\(?![%$&#_])|[\^_{}]")
_LONG_WORD = re.compile(r"[A-Za-z]{4}")
_TWO_LETTERS = re.compile(r"[A-Za-z]{2}")
_COMMAND_OR_GROUP = re.compile(r"\\[A-Za-z]+|\{[^{}]*\}")
_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,}(?![A-Za-z(])")
_ENDS_IN_SPACE = re.compile(r"(?:\\[,;: ]|~)\Z")
_LINKED = re.compile(r"\\(?:href|url)\s?\{")
_POSSESSIVE = re.compile(r"\\'(?:s|t|re|ve|ll|d|m)(?![A-Za-z])")
_UNITS = frozenset({"SI", "qty", "si", "unit", "num", "numrange", "SIrange", "ang"})

_DROPPED = re.compile(
    r"(?:[a-z]*cite[a-z]*|Cite[a-z]*|(?:eq|auto|[cC]|name|page|v)?ref|label|footnotemark|thanks|[vh]space|index|includegraphics"
    r"|bibliography|bibliographystyle|input|include|color|vskip|hskip|begin|end|pagestyle|thispagestyle|orcidlink)\Z"
)
_SHOW_THE_LAST = frozenset(
    "textcolor colorbox texorpdfstring foreignlanguage hyperref hyperlink raisebox".split()
)
_DECLARATIONS = frozenset(
    "it bf em sc tt rm sf sl cal small large footnotesize scriptsize tiny normalsize bfseries itshape scshape ttfamily"
    " upshape mdseries rmfamily sffamily centering noindent boldmath protect displaystyle xspace".split()
)
_SPACES = frozenset(
    "quad qquad newline par linebreak smallskip medskip bigskip indent hfill space enspace".split()
)
_WORDS = {
    "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "etc": "etc.", "aka": "a.k.a.", "wrt": "w.r.t.", "LaTeX": "LaTeX",
    "TeX": "TeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX", "item": "•", "ldots": "…", "dots": "…",
    "textasciitilde": "~", "textbackslash": "\\", "textasciicircum": "^", "textunderscore": "_", "slash": "/",
    "textbar": "|", "textless": "<", "textgreater": ">", "textdollar": "$", "copyright": "©", "pounds": "£",
    "textregistered": "®", "texttrademark": "™", "textbullet": "•", "textellipsis": "…", "S": "§", "P": "¶",
    "lbrack": "[", "rbrack": "]", "textquotesingle": "'", "textquotedbl": '"', "textrightarrow": "→",
}  # fmt: skip
_LETTERS = frozenset("ss o O l L ae AE oe OE aa AA i j textmu".split())
_MATHEMATICAL = frozenset(
    "frac dfrac tfrac nicefrac sqrt mathbb mathcal mathrm mathbf mathit mathsf mathtt mathfrak mathscr boldsymbol bm"
    " tilde hat bar dot ddot vec widetilde widehat overline operatorname unicode overset underset stackrel ensuremath"
    " text binom".split()
)
_ESCAPES = (
    dict(zip("%&$_#{}", "%&$_#{}", strict=True)) | dict.fromkeys(",;:> ", " ") | dict.fromkeys("-/!@)", "")
)


def in_address(text: str, position: int) -> bool:
    """Whether an address or a path began in the same word."""
    start = max(text.rfind(" ", max(0, position - 300), position) + 1, position - 300, 0)
    return _ADDRESS_START.search(text, start, position) is not None


def without_latex(text: str, deepest: int = _DEEPEST) -> str:
    """The text with its LaTeX converted, groups at most `deepest` levels into one another."""
    found = _PLACE.search(text)
    if found is None or deepest == 0:
        return text
    out, done = [], 0
    while found:
        start = found.start()
        out.append(text[done:start])
        end, new = _CONVERTED[found[0]](text, start, deepest)
        if new == _GONE:
            done = _gone(out, text, end)
        else:
            out.append(new)
            done = end
        found = _PLACE.search(text, done)
    out.append(text[done:])
    return "".join(out)


_GONE = "\x00"
_Converted = tuple[int, str]


def _gone(out: list[str], text: str, end: int) -> int:
    """Where to go on: a citation goes with the space before it, and with parentheses that held nothing else."""
    if text[end : end + 1] not in {".", ",", ";", ":", ")", "]", ""}:
        return end
    while out and not out[-1].strip():
        out.pop()
    if out:
        out[-1] = out[-1].rstrip()
        if out[-1][-1:] + text[end : end + 1] in {"()", "[]"}:
            out[-1] = out[-1][:-1].rstrip()
            return end + 1
    return end


def _from_dollar(text: str, start: int, _: int) -> _Converted:
    found = _MATH.match(text, start)
    if found is None:
        return start + 1, "$"
    inside = found[1] or found[2]
    if found[1] and not _is_math(inside, text[found.end() : found.end() + 1]):
        return start + 1, "$"
    new = _mathematics(inside)
    return (start + 1, "$") if new is None else (found.end(), new)


def _is_math(inside: str, after: str) -> bool:
    """Two amounts of money enclose words; a formula tells itself by a command or a script, or is short and tight."""
    spaces = inside[0].isspace() + inside[-1].isspace()
    most_words = 0 if inside[0].isdigit() and inside[-1].isspace() else 3
    if _words_outside(inside) > most_words:
        return False
    if _TELLING.search(inside):
        return True
    if after.isalnum():
        return spaces == 0 and _is_glued(inside, after)
    if not any(map(str.isspace, inside)):
        return True
    stray = spaces == 1 or (spaces == 2 and _TWO_LETTERS.search(inside))
    return not stray and len(inside) <= 60 and not _LONG_WORD.search(inside)


def _is_glued(inside: str, after: str) -> bool:
    """`$k$NN`, `$128$K`, `$z=$3` and `$>$5` run on; `$5-$10` are two amounts."""
    if after.isalpha() and (len(inside) <= 2 or _NUMBER.fullmatch(inside)):
        return True
    return not any(map(str.isalnum, inside)) or (inside[0].isalpha() and inside[-1] in "=<>")


def _words_outside(inside: str) -> int:
    """How much prose stands outside of commands and groups: a dollar too many encloses sentences."""
    return len(_WORD.findall(_COMMAND_OR_GROUP.sub("", inside)))


def _mathematics(inside: str) -> str | None:
    if _LINKED.search(inside):
        return without_latex(inside, 2).strip()
    new = math_text(inside)
    return f"{new} " if new is not None and _ENDS_IN_SPACE.search(inside) else new


def _from_tilde(text: str, start: int, _: int) -> _Converted:
    found = _TIE.match(text, start)
    if found is None or in_address(text, start):
        return start + 1, "~"
    if text[found.end()].isdigit() and not _BEFORE_A_NUMBER.search(text, max(0, start - 20), start):
        return start + 1, "~"
    return found.end(), " "


def _from_script(text: str, start: int, _: int) -> _Converted:
    """`x_{i}` and `10^5` outside of mathematics are LaTeX; `snake_case` and `a^b` are not."""
    before = text[start - 1 : start]
    if found := _OUTSIDE_SCRIPT.match(text, start):
        inside = found[1] or f"\\{found[2]}"
        new = (
            math_text(f"{text[start]}{{{inside}}}") if before.isalnum() or before in {")", "]", "}"} else None
        )
        if new and new[0] not in "^_":
            return found.end(), new
    if before == "0" and text[start] == "^" and (power := _POWER_OF_TEN.match(text, start)):
        return power.end(), raised(power[1])
    return start + 1, text[start]


def _from_brace(text: str, start: int, deepest: int) -> _Converted:
    r"""`{\'e}` and `{\it word}`; other braces are somebody's code."""
    found = _ARGUMENT.match(text, start) if text.startswith("{\\", start) else None
    if found is None or found.end() - start > _LONGEST_ARGUMENT:
        return start + 1, "{"
    inside = found[0][1:-1]
    if inside[1:2] in {"{", "}", ""}:
        return start + 1, "{"
    return found.end(), without_latex(inside, deepest - 1).strip(" ")


def _from_backslash(text: str, start: int, deepest: int) -> _Converted:
    path = _DRIVE.match(text, start - 2) if start >= 2 else None
    if path := path or _SHARE.match(text, start):
        return path.end(), text[start : path.end()]
    if text[start - 1 : start].isalpha() and _POSSESSIVE.match(text, start):
        return start + 2, "'"
    if (accent := _ACCENT.match(text, start)) and not _is_escaped_quote(text, start):
        new = letter_text(accent[0])
        return (accent.end(), new) if new else (start + 1, "\\")
    if verbatim := _VERBATIM.match(text, start):
        return verbatim.end(), verbatim[2]
    if name := _NAME.match(text, start):
        return _from_macro(text, start, name, deepest)
    return _from_escape(text, start)


def _is_escaped_quote(text: str, start: int) -> bool:
    r"""`\"attention\"` was escaped by somebody's program; `Schr\"odinger` has an umlaut."""
    mark = text[start + 1]
    if mark not in "\"'" or text[start - 1 : start].isalpha() or text[start - 1 : start] == "{":
        return False
    closing = text.find(f"\\{mark}", start + 2, start + 200)
    return closing > 0 and not text[closing + 2 : closing + 3].isalpha()


def _from_escape(text: str, start: int) -> _Converted:
    after = text[start + 1 : start + 2]
    if after in {"(", "["}:
        return _from_brackets(text, start, after)
    if after == "\\":
        return start + 2, " "
    if after in {'"', "'"} and (_is_escaped_quote(text, start) or not text[start + 2 : start + 3].isalpha()):
        return start + 2, after
    if after in _ESCAPES:
        return start + 2, _ESCAPES[after]
    return start + 1, "\\"


def _from_brackets(text: str, start: int, opening: str) -> _Converted:
    end = text.find("\\)" if opening == "(" else "\\]", start + 2, start + _MOST_MATH)
    new = _mathematics(text[start + 2 : end]) if end > 0 else None
    return (start + 1, "\\") if new is None else (end + 2, new)


def _from_macro(text: str, start: int, found: re.Match[str], deepest: int) -> _Converted:
    name, end = found[1], found.end()
    arguments, after = _arguments(text, end)
    if name in _DECLARATIONS and arguments:
        return after, " ".join(without_latex(argument, deepest - 1) for argument in arguments)
    takes_them = _DROPPED.match(name) or (arguments and name in _MATHEMATICAL)
    if not takes_them and (alone := _without_arguments(text, start, name, end)):
        return alone
    if not any(arguments):
        return start + 1, "\\"
    new = _with_arguments(text[start:after], name, arguments, deepest)
    return (start + 1, "\\") if new is None else (after, new)


def _without_arguments(text: str, start: int, name: str, end: int) -> _Converted | None:
    if name in _SPACES:
        return end, " "
    if name in _DECLARATIONS:
        return end, " " if text[start - 1 : start].isspace() else ""
    if name in _WORDS:
        return _word(text, _WORDS[name], end)
    return _symbol(text, name, end) if is_symbol(name) else None


def _with_arguments(whole: str, name: str, arguments: list[str], deepest: int) -> str | None:
    """What is left of a macro; _GONE where that is nothing, None where it cannot be read."""
    if name in {"begin", "end"}:
        return " "
    if _DROPPED.match(name) or (name == "footnote" and "http" not in arguments[0]):
        return _GONE
    return math_text(whole) if name in _MATHEMATICAL else _unwrapped(name, arguments, deepest)


def _arguments(text: str, end: int) -> tuple[list[str], int]:
    """The arguments in braces right behind a name, and where they end; options in brackets are passed over."""
    arguments: list[str] = []
    while True:
        option = _OPTION.match(text, end)
        found = _ARGUMENT.match(text, option.end() if option else end)
        if found is None or found.end() - found.start() > _LONGEST_ARGUMENT or len(arguments) == 4:
            return arguments, end
        arguments.append(found[0][1:-1])
        end = found.end()


def _word(text: str, word: str, end: int) -> _Converted:
    end += 2 if text.startswith("{}", end) else 0
    word = word[:-1] if word.endswith(".") and text[end : end + 1] == "." else word
    return end, f"{word} " if word == "•" else word


@lru_cache(maxsize=1024)
def _drawn(name: str) -> str:
    return math_text(f"\\{name}") or letter_text(f"\\{name}") or name


def _symbol(text: str, name: str, end: int) -> _Converted:
    if text.startswith("{}", end):
        end += 2
    elif name in _LETTERS and text[end : end + 1] == " " and text[end + 1 : end + 2].isalpha():
        end += 1
    return end, (letter_text(f"\\{name}") if name in _LETTERS else None) or _drawn(name)


def _unwrapped(name: str, arguments: list[str], deepest: int) -> str:
    """What a macro with arguments leaves: the text that it would print."""
    inner = [without_latex(argument, deepest - 1) for argument in arguments]
    last = inner[-1].strip()
    if name in {"url", "path", "nolinkurl"}:
        last = _address(arguments[0]) + " ".join(inner[1:])
    elif name == "href":
        last = f"{last} ({_address(arguments[0])})" if _adds(arguments[0], last) else last
    elif name == "footnote":
        last = f" ({last.rstrip('.')})"
    elif name in {"textsuperscript", "textsubscript"}:
        last = (raised if name == "textsuperscript" else lowered)(last)
    elif name in _UNITS:
        last = " ".join(argument.replace("\\percent", "%").replace("\\", "") for argument in arguments)
    elif name not in _SHOW_THE_LAST:
        last = " ".join(inner)
    return last


def _adds(address: str, shown: str) -> bool:
    """Whether the address says where code or data are, and the text shown does not."""
    return address.startswith("http") and _address(address) not in shown and len(shown.split()) < 4


def _address(text: str) -> str:
    return re.sub(r"\\([%_#&~])(?:\{\})?", r"\1", text).strip()


_CONVERTED = {
    "$": _from_dollar,
    "~": _from_tilde,
    "^": _from_script,
    "_": _from_script,
    "{": _from_brace,
    "\\": _from_backslash,
}
