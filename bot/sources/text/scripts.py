"""Raised and lowered characters, as far as Unicode has them and they read well."""

import re

_RAISED = dict(zip("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾", strict=True))
_RAISED |= dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_RAISED |= dict(zip("ABDEGHIJKLMNOPRTUVWβγδφχ", "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵠᵡ", strict=True)) | {"⊤": "ᵀ"}
_LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
_LOWERED |= dict(zip("aehijklmnoprstuvxβγρφχ", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
# What is read as raised or lowered where it stands on the line.
_AS_THEY_STAND = dict.fromkeys("⊙★⋆∗*′″†‡°%±∓⊥∥‖∞·", "") | {"∘": "°", "◦": "°", "⋆": "*", "∗": "*", "⊙": "⊙"}
_DECIMAL = re.compile(r"[-+−]?[0-9]+\.[0-9]+")
_POINTS = {"^": "·", "_": "."}
_ABBREVIATED = re.compile(r"[^\W\d_]{3}")
ONE_TERM = re.compile(r"[\w.̀-ͯ′⁰-₟²³¹]+(?:\([^()]*\))?|.")
"""What stays together without parentheses: a word, a number, a function of something."""


def raised(text: str) -> str:
    """`-1` → ⁻¹; `max` → ^max and `n × d` → ^(n × d), which have no raised form that reads well."""
    return _script(text.strip(), "^", _RAISED)


def lowered(text: str) -> str:
    """`2` → ₂, `ij` → ᵢⱼ; `max` → _max."""
    return _script(text.strip(), "_", _LOWERED)


def _script(text: str, mark: str, table: dict[str, str]) -> str:
    if all(char in _AS_THEY_STAND for char in text):
        return "".join(_AS_THEY_STAND[char] or char for char in text)
    if _DECIMAL.fullmatch(text):
        return "".join(_POINTS[mark] if char == "." else table[char] for char in text)
    bare = text.replace(" ", "") if not _ABBREVIATED.search(text) else text
    if not _ABBREVIATED.search(text) and all(char in table for char in bare):
        return "".join(map(table.__getitem__, bare))
    single = ONE_TERM.fullmatch(text) or (text.startswith("(") and text.find(")") == len(text) - 1)
    return f"{mark}{text}" if single else f"{mark}({text})"
