"""The report as a picture: the only place that draws."""

from io import BytesIO
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bot.evaluate.report import Report

_INCHES = (7.2, 6.2)
_DOTS = 100
_COLOURS = 48
# A ground of its own, so that it reads the same in light and dark; colours that the colour-blind can tell apart.
_GROUND, _INK, _LINES = "#f7f7f4", "#22252a", "#c9ccd1"
_OURS, _NEWEST, _RANDOM, _DOWN = "#0072b2", "#d55e00", "#8a8f98", "#cc79a7"


def picture(report: "Report") -> bytes:
    """A PNG of 720 × 620 dots: above how often each method hit, below what people said, by week."""
    # No pyplot: its state is one for all threads.
    figure = Figure(figsize=_INCHES, dpi=_DOTS, facecolor=_GROUND, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    hits, said = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_hits(hits, report)
    _draw_votes(said, report)
    for axes in (hits, said):
        _style(axes)
    canvas.draw()  # type: ignore[no-untyped-call]
    dots = bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    drawn = Image.frombytes("RGBA", canvas.get_width_height(), dots)
    out = BytesIO()
    # So few colours are a quarter of the bytes, and nobody sees a difference.
    drawn.convert("RGB").quantize(_COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_hits(axes: "Axes", report: "Report") -> None:
    weeks = range(len(report.weeks))
    kinds = (
        ("newest_hits", "newest first", _NEWEST, "s--"),
        ("random_hits", "chance", _RANDOM, "^:"),
        ("hits", "these picks", _OURS, "o-"),
    )
    for field, label, colour, form in kinds:
        shares = [100 * getattr(week, field) / week.digests for week in report.weeks]
        axes.plot(weeks, shares, form, color=colour, label=label, linewidth=2.5, markersize=7)
    axes.set_title("Digests with a liked paper", fontsize=16, color=_INK, loc="left", pad=32)
    axes.set_ylabel("% of digests", fontsize=13, color=_INK)
    axes.set_ylim(-4, 104)


def _draw_votes(axes: "Axes", report: "Report") -> None:
    weeks = range(len(report.weeks))
    liked, disliked = [w.liked for w in report.weeks], [w.disliked for w in report.weeks]
    axes.bar(weeks, liked, color=_OURS, label="liked", width=0.6)
    axes.bar(weeks, disliked, bottom=liked, color=_DOWN, label="turned down", width=0.6)
    axes.set_title("Papers that people rated", fontsize=16, color=_INK, loc="left", pad=32)
    axes.set_ylabel("papers", fontsize=13, color=_INK)
    axes.set_xlabel("week of", fontsize=13, color=_INK)
    axes.set_xticks(weeks, [f"{week.monday.day} {week.monday:%b}" for week in report.weeks])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _style(axes: "Axes") -> None:
    axes.set_facecolor(_GROUND)
    axes.grid(axis="y", color=_LINES, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, labelsize=12)
    axes.spines[["top", "right"]].set_visible(False)
    legend = axes.legend(fontsize=12, ncols=3, frameon=False, loc="lower left", bbox_to_anchor=(-0.02, 0.97))
    for text in legend.get_texts():
        text.set_color(_INK)
