"""One fragment of LaTeX mathematics → Unicode, read by pylatexenc."""

import inspect
import logging
import re
import unicodedata
from functools import lru_cache

from pylatexenc import latex2text, latexwalker
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, SpecialsTextSpec
from pylatexenc.macrospec import LatexContextDb, MacroSpec, MacroStandardArgsParser, SpecialsSpec

from bot.sources.text.scripts import ONE_TERM, lowered, raised

# What it complains about stays as it is.
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

LONGEST = 600
"""The longest fragment that is converted, in characters; a longer one stays as it is."""

_DEEPEST = 25
# Stand around a name such as "log" until it is known what its neighbours are.
_BEGIN, _END = "\x01", "\x02"


_FONTS = "mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathrm mathnormal boldsymbol bm pmb"
_FONTS += (
    " text textrm textbf textit textsf texttt textsc textup textnormal emph mbox hbox fbox mathop mathbin"
)
_FONTS += (
    " mathrel mathord mathbbmss bold operatorname underline overbrace underbrace ensuremath mathring cancel"
)
_SILENT = (
    "displaystyle textstyle scriptstyle limits nolimits rm it bf sf tt sc sl em cal mit bfseries itshape"
)
_SILENT += (
    " nonumber phantom allowbreak boldmath mathstrut strut null relax small large xspace label today input"
)
_SYMBOLS = {
    "|": "‖", "Vert": "‖", "lVert": "‖", "rVert": "‖", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|",
    "!": "", "-": "", "/": "", ",": " ", ";": " ", ":": " ", ">": " ", " ": " ", "quad": " ", "qquad": " ",
    "star": "★", "ast": "*", "to": "→", "gets": "←", "prime": "′", "dagger": "†", "ddagger": "‡", "dag": "†",
    "top": "⊤", "bot": "⊥", "ldots": "…", "dots": "…", "cdots": "…", "dotsc": "…", "dotsb": "…", "hdots": "…",
    "degree": "°", "deg": "°", "arcsec": "″", "arcmin": "′", "lbrace": "{", "rbrace": "}", "langle": "⟨", "rangle": "⟩",
    "colon": ":", "lt": "<", "gt": ">", "hbar": "ℏ", "epsilon": "ε", "varepsilon": "ε", "phi": "φ",
    "varphi": "φ", "AA": "Å", "angstrom": "Å", "Angstrom": "Å", "micron": "μm", "bigcirc": "○", "iff": "⇔",
    "implies": "⇒", "coloneqq": ":=", "triangleq": "≜", "bmod": " mod ", "lfloor": "⌊", "rfloor": "⌋",
    "lceil": "⌈", "rceil": "⌉", "land": "∧", "lor": "∨", "ne": "≠", "because": "∵", "square": "□", "backslash": "\\",
    "checkmark": "✓", "textdegree": "°", "textmu": "μ", "sun": "☉", "earth": "⊕", "leftrightarrow": "↔",
    "lesssim": "≲", "gtrsim": "≳", "triangle": "△", "blacksquare": "■", "cdotp": "·", "S": "§", "sim": "∼",
}  # fmt: skip
_NAMES = "arccos arcsin arctan arg argmax argmin cos cosh cot coth csc det dim exp gcd hom inf ker lg lim"
_NAMES += " liminf limsup ln log max min Pr sec sin sinh sup tan tanh softmax sign polylog"
_OVER = {"widetilde": "̃", "widehat": "̂", "overline": "̅", "tilde": "̃", "hat": "̂", "bar": "̄"}
_OVER |= {"dot": "̇", "ddot": "̈", "vec": "⃗", "check": "̌", "breve": "̆", "overrightarrow": "⃗"}

_DOUBLE = {chr(65 + position): chr(0x1D538 + position) for position in range(26)}
_DOUBLE |= dict(zip("CHNPQRZ1", "ℂℍℕℙℚℝℤ𝟙", strict=True))
_FENCE = re.compile(r"\\(?:left|right|middle|[Bb]igg?[lrm]?)(?![A-Za-z])\s*\.?")
_FONT = re.compile(
    r"(?<![A-Za-z])\\(?:math(?:rm|bf|it|sf|tt|cal|scr|frak)|text(?:rm|bf|it)?|boldsymbol|bm)\{([A-Za-z0-9,]*)\}(?![A-Za-z0-9])"
)
_UPRIGHT = re.compile(r"([\^_])\{\\(?:rm|it|bf|sf) ?([A-Za-z0-9, ]+)\}")
_SIMPLE = re.compile(
    r"(?:[A-Za-z0-9 .,;:()\[\]+\-*/=<>|!'−–α-ω]|\\[A-Za-z]++|\\[,;:!]"
    r"|[\^_](?:[A-Za-z0-9*+]|\{[A-Za-z0-9+\-=()*., ]{1,16}\}|\\[A-Za-z]++|\{\\[A-Za-z]++\}))*+"
)
_SCRIPT_OR_SYMBOL = re.compile(
    r"\\([A-Za-z]+|[,;:!])|([\^_])(?:([A-Za-z0-9*+])|\{(?:([A-Za-z0-9+\-=()*., ]+)|\\([A-Za-z]+))\}|\\([A-Za-z]+)( *))"
)
_BARE_SCRIPT = re.compile(r"([\^_]) *(\\[A-Za-z]+(?:\{(?:[^{}]|\{[^{}]*\})*+\})++)")
_BARE_PERCENT = re.compile(r"(?<!\\)%")
_BETWEEN = "×≤≥≈≡≃≅∼≲≳∈∉⊂⊆⊃⊇→←⇒⇔↔↦≪≫≠∝∪∩⊗⊕±∓⩽⩾÷∧∨≺≻"
_OPERATOR = re.compile(rf"(\s*)([{_BETWEEN}])(\s*)")
_AFTER_GREEK = re.compile(r"(?<=[α-ωΑ-Ω∂∇ℓℏ]) (?=\w)")
_INSIDE = re.compile(r"(?<=[⌈⌊⟨(]) +| +(?=[⌉⌋⟩)])")
_OPEN = re.compile(rf"(?<=[\w)\]}}!′{_END}]){_BEGIN}")
_CLOSED = re.compile(rf"{_END}(?=[A-Za-z0-9α-ωΑ-Ω√⌈⌊‖|])")
_ENDS = str.maketrans("", "", _BEGIN + _END)
# What pylatexenc's own steps raise on hostile input.
_BROKEN = (latexwalker.LatexWalkerError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


@lru_cache(maxsize=16384)
def math_text(latex: str) -> str | None:
    """The Unicode text of what stands between two dollars; None where it cannot be read."""
    if len(latex) > LONGEST or latex.count("{") > 3 * _DEEPEST or _depth(latex) > _DEEPEST:
        return None
    prepared = _FONT.sub(r"\1", _UPRIGHT.sub(r"\1{\2}", _FENCE.sub("", latex))).replace("$", "")
    text = _simple(prepared) if _SIMPLE.fullmatch(prepared) else None
    if text is None:
        text = _converted(_parsable(prepared))
    return None if text is None or "$" in text else _spaced(text)


def _parsable(latex: str) -> str:
    """A bare per cent sign would be a comment; `x_\\mathrm{m}` is `x_{\\mathrm{m}}`, which a parser wants."""
    return "$" + _BARE_SCRIPT.sub(r"\1{\2}", _BARE_PERCENT.sub(r"\\%", latex)) + "$"


def _simple(latex: str) -> str | None:
    """Most fragments are a few symbols and scripts: the same text as the parser's, in a tenth of its time."""
    try:
        return _SCRIPT_OR_SYMBOL.sub(_replaced, latex)
    except LookupError:
        return None


def _replaced(found: re.Match[str]) -> str:
    if name := found[1]:
        return _drawn(name)
    symbol = found[5] or found[6]
    inside = _drawn(symbol).translate(_ENDS) if symbol else found[3] or found[4]
    return (raised if found[2] == "^" else lowered)(inside) + (found[7] or "")


@lru_cache(maxsize=1024)
def _drawn(name: str) -> str:
    """The symbol or name that a macro without arguments stands for. Raises LookupError for any other."""
    if not is_symbol(name):
        raise LookupError(name)
    return str(_TO_TEXT.latex_context.get_macro_spec(name).simplify_repl)


@lru_cache(maxsize=4096)
def letter_text(latex: str) -> str | None:
    r"""The Unicode text of an accent or a symbol (`\'{e}`, `\ss`) outside mathematics; None where it is neither."""
    text = _converted(latex)
    return None if text is None or "\\" in text else text.translate(_ENDS).strip() or None


def is_symbol(name: str) -> bool:
    r"""Whether `\name` alone stands for a character or a name such as "log"."""
    spec = _TO_TEXT.latex_context.get_macro_spec(name)
    return spec is not None and isinstance(spec.simplify_repl, str) and "%" not in spec.simplify_repl


def _depth(latex: str) -> int:
    depth = deepest = 0
    for char in latex:
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    return deepest


def _converted(latex: str) -> str | None:
    try:
        nodes, _, _ = latexwalker.LatexWalker(latex, latex_context=_GRAMMAR).get_latex_nodes()
        return str(_TO_TEXT.nodelist_to_text(nodes))
    except _BROKEN:
        return None


def _spaced(text: str) -> str:
    """Spaces as one would type them: on both sides of an operator or on none, around names, none after Greek."""
    text = _AFTER_GREEK.sub("", _OPERATOR.sub(_with_spaces, text))
    text = _CLOSED.sub(" ", _OPEN.sub(" ", text)).translate(_ENDS).replace("'", "′").replace("′′", "″")
    return _INSIDE.sub("", " ".join(text.split()))


def _with_spaces(found: re.Match[str]) -> str:
    return f" {found[2]} " if found[1] and found.start() else found[2]


# pylatexenc hands itself over under the name of l2tobj.
def _argument(node: object, l2tobj: LatexNodes2Text, position: int) -> str:
    return str(l2tobj.node_arg_to_text(node, position)).strip()


def _last_argument(node: object, l2tobj: LatexNodes2Text) -> str:
    arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None) or ()
    return str(l2tobj.node_arg_to_text(node, len(arguments) - 1)) if arguments else ""


def _term(text: str) -> str:
    """Parentheses around what would fall apart without."""
    return text if ONE_TERM.fullmatch(text) or (text[:1] == "(" and text[-1:] == ")") else f"({text})"


def _fraction(node: object, l2tobj: LatexNodes2Text) -> str:
    above, below = (_spaced(_argument(node, l2tobj, position)) for position in (-2, -1))
    return f"{_term(above)}/{_term(below)}"


def _root(node: object, l2tobj: LatexNodes2Text) -> str:
    degree, under = (_spaced(_argument(node, l2tobj, position)) for position in (0, 1))
    return f"{raised(degree) if degree else ''}√{_term(under)}"


def _scripted(node: object, l2tobj: LatexNodes2Text) -> str:
    state, mark = getattr(node, "parsing_state", None), getattr(node, "specials_chars", "")
    inside = _argument(node, l2tobj, 0)
    if not getattr(state, "in_math_mode", False):
        return f"{mark}{inside}"
    after = getattr(node.nodeargd.argnlist[0], "macro_post_space", "")  # type: ignore[attr-defined]
    return (raised if mark == "^" else lowered)(_spaced(inside)) + after if inside else ""


def _accented(node: object, l2tobj: LatexNodes2Text) -> str:
    inside = _argument(node, l2tobj, 0).translate(_ENDS)
    accent = _OVER[str(getattr(node, "macroname", ""))]
    return unicodedata.normalize("NFC", inside + accent) if len(inside) == 1 else inside


def _blackboard(node: object, l2tobj: LatexNodes2Text) -> str:
    """Fonts have capitals only."""
    return "".join(_DOUBLE.get(char, char) for char in _argument(node, l2tobj, 0))


def _code_point(node: object, l2tobj: LatexNodes2Text) -> str:
    r"""MathJax's `\unicode{x2013}`."""
    inside = _argument(node, l2tobj, 0)
    try:
        return chr(int(inside[1:], 16) if inside[:1] == "x" else int(inside))
    except (ValueError, OverflowError):
        return inside


def _modulo(node: object, l2tobj: LatexNodes2Text) -> str:
    return f" (mod {_argument(node, l2tobj, 0)})"


def _unknown(node: object, l2tobj: LatexNodes2Text) -> str:
    r"""The arguments of what nobody defined, else its name: authors' `\ours` means something to them."""
    if inside := _last_argument(node, l2tobj):
        return inside
    name, state = str(getattr(node, "macroname", "")), getattr(node, "parsing_state", None)
    after = getattr(node, "pos", 0) + getattr(node, "len", 0)
    followed = str(getattr(state, "s", ""))[after : after + 1] in {"{", "["}
    return "" if followed or not name.isalpha() else f"{_BEGIN}{name}{_END}"


def _grammar() -> LatexContextDb:
    scripts = [SpecialsSpec(mark, args_parser=MacroStandardArgsParser("{")) for mark in "^_"]
    arguments = dict.fromkeys(
        [*_FONTS.split(), *_OVER, "unicode", "pmod", "phantom", "label", "mathbb", "mathds", "mathbbm"], "{"
    )
    arguments |= dict.fromkeys(
        "overset underset stackrel frac dfrac tfrac cfrac sfrac nicefrac".split(), "{{"
    )
    arguments |= {"operatorname": "*{", "sqrt": "[{", "textcolor": "[{{", "color": "[{", "xrightarrow": "[{"}
    grammar = latexwalker.get_default_latex_context_db()
    macros = [MacroSpec(name, shape) for name, shape in arguments.items()]
    grammar.add_context_category("paperboy", prepend=True, macros=macros, specials=scripts)
    return grammar


def _meanings() -> LatexContextDb:
    drawn = {name: symbol.replace("%", "%%") for name, symbol in _SYMBOLS.items()}
    drawn |= {name: f"{_BEGIN}{name}{_END}" for name in _NAMES.split()} | dict.fromkeys(_SILENT.split(), "")
    made = dict.fromkeys([*_FONTS.split(), "overset", "underset", "stackrel", "textcolor"], _last_argument)
    made |= dict.fromkeys("frac dfrac tfrac cfrac sfrac nicefrac".split(), _fraction)
    made |= (
        dict.fromkeys(("mathbb", "mathds", "mathbbm"), _blackboard)
        | dict.fromkeys(_OVER, _accented)
        | {"sqrt": _root, "unicode": _code_point, "pmod": _modulo}
    )
    # pylatexenc would keep these from one text to the next.
    made |= dict.fromkeys(("title", "author", "date", "maketitle"), _last_argument)
    macros = [MacroTextSpec(name, simplify_repl=text) for name, text in {**drawn, **made}.items()]
    macros += [MacroTextSpec("color", discard=True), MacroTextSpec("include", discard=True)]
    specials = [SpecialsTextSpec(mark, simplify_repl=_scripted) for mark in "^_"]
    meanings = latex2text.get_default_latex_context_db()
    meanings.add_context_category(
        "paperboy",
        prepend=True,
        macros=macros,
        specials=[*specials, SpecialsTextSpec("''", simplify_repl="″")],
    )
    meanings.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_unknown))
    return meanings


# pylatexenc looks up the signature each time it calls one of these, which costs more than the call.
for _told in (
    _last_argument,
    _fraction,
    _root,
    _scripted,
    _accented,
    _blackboard,
    _code_point,
    _modulo,
    _unknown,
):
    _told.__signature__ = inspect.signature(_told)  # type: ignore[attr-defined]

_GRAMMAR = _grammar()
_TO_TEXT = LatexNodes2Text(
    latex_context=_meanings(),
    strict_latex_spaces={
        "between-macro-and-chars": False,
        "between-latex-constructs": True,
        "after-comment": True,
        "in-equations": {
            "between-macro-and-chars": False,
            "between-latex-constructs": True,
            "after-comment": True,
        },
    },
)
