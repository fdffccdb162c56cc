"""Titles and abstracts become readable, and nothing that is readable changes."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity import clean_text, title_id
from bot.model import Paper
from bot.sources.fields import paper_or_skipped
from bot.sources.files.bibtex import plain
from bot.sources.text.readable import readable

LATEX = [
    (r"$\alpha$-divergence", "α-divergence"),
    ("H$_2$O and CH$_3$OH", "H₂O and CH₃OH"),
    ("$H_2O$", "H₂O"),
    ("$10^{-3}$ of 10^{14.5} or 10^5", "10⁻³ of 10¹⁴·⁵ or 10⁵"),
    (r"$\mathbb{R}^n$ and $\mathbb{R}^{n \times d}$", "ℝⁿ and ℝ^(n × d)"),
    (r"\textit{foo} \emph{bar} \texttt{a\_b} \textbf{c \emph{d $x_1$}}", "foo bar a_b c d x₁"),
    (r"as in~\cite{x}, \citep[see][p. 3]{y} and (\cite{z}).", "as in, and."),
    (r"Section~\ref{sec:a}.\label{b}", "Section."),
    (
        r"Foo\footnote{An aside.} bar\footnote{Code at https://example.org/a.}",
        "Foo bar (Code at https://example.org/a)",
    ),
    (r"at \url{https://example.org/a\_b}", "at https://example.org/a_b"),
    (r"\href{https://example.org}{code}", "code (https://example.org)"),
    (r"\href{https://example.org}{https://example.org}", "https://example.org"),
    (r"at $\href{https://example.org/a}{here}$.", "at here (https://example.org/a)."),
    (r"$\mathcal{O}(n \log n)$ and $O(n\log\log n)$", "O(n log n) and O(n log log n)"),
    (r"$\tilde{O}(\sqrt{n})$, $\sqrt{n+1}$, $\sqrt[3]{n}$", "Õ(√n), √(n+1), ³√n"),
    (r"$\frac{a}{b}$, $\frac{a+b}{c}$, $\frac12$", "a/b, (a+b)/c, 1/2"),
    (r"\unknown{kept} and \two{a}{b}", "kept and a b"),
    (r"\method and \ours{} stay", r"\method and \ours{} stay"),
    (r"M$_\odot$, 10$^{10}~{\rm M}_{\odot}$, Sgr A$^{*}$", "M⊙, 10¹⁰ M⊙, Sgr A*"),
    (r"$T_{\rm eff}$ and $P_\mathrm{m}(k)$", "T_eff and Pₘ(k)"),
    (r"$180^\circ < \ell < 280^\circ$, 5$^{\prime\prime}$", "180° < ℓ < 280°, 5″"),
    (r"$n\leq 5$, $a \leq b$, $\sim 10$, $\gtrsim3\sigma$, $>$5", "n≤5, a ≤ b, ∼10, ≳3σ, >5"),
    (r"$\Lambda$CDM, $\mu m$, $\alpha\beta$", "ΛCDM, μm, αβ"),
    (r"$\mathbf{x}^\top \boldsymbol{\theta}$", "xᵀ θ"),
    (r"$x_{ij}$, $x_{\max}$, $\ell_\infty$, $2^{th}$", "xᵢⱼ, x_max, ℓ∞, 2ᵗʰ"),
    (r"$Q=0.025^{+0.024}_{-0.029}$", "Q=0.025⁺⁰·⁰²⁴₋₀.₀₂₉"),
    (r"$f''(x)$, $\dot M$, $\hat{\theta}$, $\bar{\nu}_e$", "f″(x), Ṁ, θ̂, ν̄ₑ"),
    (r"\(x^2\) and \[y\] and $$z^2$$", "x² and y and z²"),
    (r"a conversation$\unicode{x2014}$we", "a conversation—we"),
    (r"$\left( \frac{1}{n^2} \right)$", "(1/n²)"),
    (r"$\operatorname{KL}(p\|q)$", "KL(p‖q)"),
    (r"$L^2$Net, $k$NN, $Gaia$ DR3, $128$K, $z=$3", "L²Net, kNN, Gaia DR3, 128K, z=3"),
    (r"$\mathbb{E}[x]$, $\mathbb{so}(d)$, \verb|a_b|", "𝔼[x], so(d), a_b"),
    (r"0.035$\,$dex of $\rm{H\alpha}$ in $\lesssim\mathcal{O}(1)$", "0.035 dex of Hα in ≲O(1)"),
    (
        r"G\"odel, Erd\H{o}s, {\'E}t\'e, \L{}ukasz, \O rsted, Ni\~no, {\AA}",
        "Gödel, Erdős, Été, Łukasz, Ørsted, Niño, Å",
    ),
    (r"Fran\c{c}ois Schr{\"o}dinger, na\"{\i}ve, Sk\l odowska", "François Schrödinger, naïve, Skłodowska"),
    (r"50\% of R\&D costs \$5 \#1 a\_b \{x\}", "50% of R&D costs $5 #1 a_b {x}"),
    (r"Fig.~1, 10~km, 5\,cm, vs.\ it", "Fig. 1, 10 km, 5 cm, vs. it"),
    ("``quotes'' and ``these\" and `one'", "“quotes” and “these” and ‘one’"),
    ("Bradley--Terry, pages 1--2, so -- or so---and", "Bradley–Terry, pages 1–2, so – or so—and"),
    (r"The {\it E. coli} and {\bf b} \it c", "The E. coli and b c"),
    (r"\textcolor{red}{x}, 10\textsuperscript{th}, \SI{10}{\minute}", "x, 10ᵗʰ, 10 minute"),
    (r"pay $5 for \textbf{x} and $10 for $y_1$", "pay $5 for x and $10 for y₁"),
    (r"\begin{itemize}\item a \item b\end{itemize}", "• a • b"),
    (r"methods \eg, this, \ie. that \etal", "methods e.g., this, i.e. that et al."),
    (r"Earth\'s \"attention\" is", 'Earth\'s "attention" is'),
    (r"360{\deg} \alpha particles", "360° α particles"),
]
MARKUP = [
    ("x<sup>2</sup>, H<sub>2</sub>O, <i>E. coli</i>, T<sub>eff</sub>", "x², H₂O, E. coli, T_eff"),
    ("<jats:title>Abstract</jats:title><jats:p>Hi <jats:italic>you</jats:italic></jats:p>", "Hi you"),
    ('<p>One</p><p class="x">Two<br/>Three</p>', "One Two Three"),
    ("R&amp;D &lt; 5 &#177; &alpha; &unknown; &copy=1", "R&D < 5 ± α &unknown; &copy=1"),
    ("&lt;i&gt;x&lt;/i&gt; and &amp;lt;b&amp;gt;y&lt;/b&gt;", "x and y"),
    ("<!-- hidden -->shown", "shown"),
    (
        'at <a href="https://example.org">this https URL</a> or <a href="https://example.org/b">there</a>',
        "at https://example.org or there",
    ),
    (
        "<mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup><mml:mo>+</mml:mo>"
        "<mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac></mml:math> y",
        "x²+a/b y",
    ),
    ("<math><mi>x</math> y", "x y"),
    ("A<sup></sup> <b>$x_1$</b>", "A x₁"),
]
UNTOUCHED = [
    "$5 million to $10 million", "$5-$10", "cost $5, $6 and $7.", "US$5 and US$10", "$HOME and $PATH", "$HOME/$USER",
    "$",     "a < b and c > d", "a<b>c", "a<b and c>d", "<think> and </think>", "<s> tokens", "AT&T", "R&D", "Q&A;",
    r"C:\path\to\alpha",
    r"\\server\share", "100% of", "x_i and snake_case_name", "foo_{bar}", "{braces} of code", "<!channel>", "<@U1>",
    "https://a_b/c~d--e", "see https://example.org/~me/a_b", "~5 km and 5~10, z~5, SNR~10",
    "use --flag, i-- and -->", "2^10 or a^b",
    "f{oo", "}x{", "don't `quote` it", "```py x```", "``", "\\", r"\cite{x}", "0", "",
]  # fmt: skip


@pytest.mark.parametrize(("given", "shown"), LATEX)
def test_latex(given: str, shown: str):
    assert readable(given) == shown
    assert readable(shown) == shown


@pytest.mark.parametrize(("given", "shown"), MARKUP)
def test_markup(given: str, shown: str):
    assert readable(given) == shown
    assert readable(shown) == shown


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_readable_stays(text: str):
    assert readable(text) == text


def test_what_looks_like_a_tag_after_unescaping_is_text():
    assert readable("&lt;script&gt;alert(1)&lt;/script&gt;") == "<script>alert(1)</script>"
    assert readable("&amp;lt;!channel&amp;gt;") == "<!channel>"


def test_space_is_collapsed_and_invisible_characters_go():
    assert readable(" A\n  $x$\u202e  b\u200b ") == "A x b"


def test_nothing_is_read_from_disk_or_clock():
    assert readable(r"a $\input{/etc/passwd}$ $\today$ \input{/etc/passwd} $\include{/etc/passwd}$") == "a"


def test_one_text_leaves_nothing_behind_for_the_next():
    readable(r"$\title{secret} \author{me}$")
    assert readable(r"a $x^1 \maketitle$") == "a x¹"


def test_digits_of_other_scripts_are_not_raised():
    assert readable("$x^{٣.٤}$ and 10^٣") == "x^٣.٤ and 10^٣"


HOSTILE = {
    "backslashes": "\\" * 5000,
    "long": "a $x^2$ " * 12_000,
    "too long": "a $x$ " * 20_000,
    "braces": "{" * 10_000 + "}" * 10_000,
    "groups": r"{\a" * 10_000 + "}" * 10_000,
    "macros": r"\a{" * 10_000 + "}" * 10_000,
    "half macros": r"\textbf{ a " * 9_000,
    "half groups": r"{\it " * 20_000,
    "dollars": "$" * 50_000,
    "half formulas": "$a" * 50_000,
    "formula of braces": "$" + "{" * 300 + "}" * 300 + "$",
    "fractions": "$" + r"\frac{" * 24 + "}" * 24 + "$",
    "scripts": "$" + "^{" * 24 + "x" + "}" * 24 + "$",
    "bare scripts": "$" + "_" * 500 + "$",
    "commands": "$" + r"\alphabetical" * 40 + "{$",
    "parentheses": r"\(" * 30_000,
    "tags": "<b " * 30_000,
    "sups": "<sup>" * 20_000 + "</",
    "math": "<math>" * 15_000 + "</math",
    "mathml": "<math>" + "<mrow>" * 10_000 + "</mrow>" * 10_000 + "</math>",
    "bomb": "<math>" + "&#60;!ENTITY" * 1000 + "</math>",
    "links": "<a href='http://x " * 5000 + "</a>",
    "comments": "<!--" * 20_000 + ">",
    "entities": "&amp;" * 20_000,
    "ties": "a~" * 50_000,
    "dashes": "a--" * 30_000,
    "ticks": "`a " * 30_000,
    "subscripts": "x_{" * 30_000,
    "options": r"\a" + "[x]" * 20_000,
    "spaces": "\\ " * 40_000,
    "quotes": '\\"a' * 30_000,
    "drives": "C:\\a" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_bounded_time(name: str):
    before = time.process_time()
    shown = readable(HOSTILE[name])
    assert shown
    assert time.process_time() - before < 3


PIECES = [
    "$",
    "\\",
    "{",
    "}",
    "^",
    "_",
    "~",
    "--",
    "`",
    "''",
    "<",
    ">",
    "&",
    "&lt;",
    "[",
    "]",
    "(",
    ")",
    "%",
    " ",
    "a",
    "1",
    "\\(",
    "\\)",
]
PIECES += [
    "\\frac",
    "\\sqrt",
    "\\alpha",
    "\\textbf{",
    "\\cite{",
    "\\left",
    "\\'e",
    "<sup>",
    "</sup>",
    "<math>",
    "</math>",
    "<mi>",
    "\\begin{",
]
PIECES += [
    "pmatrix}",
    "\\end{",
    "\\\\",
    "\\verb|",
    "\\unicode{x",
    "\\text{",
    "\\item",
    '\\"',
    "<!--",
    "-->",
    "\x01",
    "\ud800",
    "\\SI{",
    "\\not",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join))
@settings(max_examples=1500, deadline=None)
def test_any_text_comes_out_clean_and_not_empty(text: str):
    shown = readable(text)
    assert clean_text(shown) == shown
    assert bool(shown) == bool(clean_text(text))
    shown.encode()


@given(
    st.text(alphabet=st.characters(exclude_characters="\\$-<&{^~`_", exclude_categories=["Cs"]), max_size=200)
)
def test_text_without_marks_is_only_cleaned(text: str):
    assert readable(text) == clean_text(text)


def test_a_papers_words_become_readable_and_its_sources_are_kept():
    paper = Paper(id=title_id(r"The $\alpha$ way"), title=r"The $\alpha$ way", abstract="<p>Plain</p>")
    shown = paper_or_skipped("it", lambda: paper)
    assert isinstance(shown, Paper)
    assert (shown.title, shown.title_as_given) == ("The α way", r"The $\alpha$ way")
    assert (shown.abstract, shown.abstract_as_given) == ("Plain", "<p>Plain</p>")
    assert shown.id == title_id("The α way")


def test_what_the_source_kept_itself_stays():
    paper = Paper(id="arxiv:2401.01234", title=r"The $\alpha$ way", title_as_given="theirs")
    shown = paper_or_skipped("it", lambda: paper)
    assert isinstance(shown, Paper)
    assert (shown.id, shown.title_as_given, shown.abstract_as_given) == ("arxiv:2401.01234", "theirs", "")


def test_bibtex_drops_the_braces_that_keep_case():
    assert plain(r"The {LLM} of {\'E}tudes, 100% {$\alpha$}") == "The LLM of Études, 100% α"
