"""What the benchmarks measured, as pictures for docs/how-it-learns.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

_INK, _OURS, _OTHERS = "#333333", "#1f5fbf", "#b8c0cc"


def draw_curves(figures: Mapping[str, Any], path: Path) -> None:
    """The quality by the number of reactions, one line for each way to teach."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, row in figures["curve"].items():
        points = [(count, value) for count, value in row.items() if value is not None]
        # Places, not counts: 0 to 5 reactions are as wide as 10 to 50, and matter more.
        axes.plot([count for count, _ in points], [value for _, value in points], marker="o", label=name)
    axes.set(
        xlabel="reactions",
        ylabel="recall@10 on later days",
        title="How good the picks are after some reactions",
    )
    axes.grid(axis="y", color=_OTHERS, linewidth=0.5)
    axes.legend(frameon=False)
    _save(figure, path)


def draw_comparison(figures: Mapping[str, Any], path: Path) -> None:
    """recall@10 of the replay, ours and the baselines', best on top; nothing is drawn where there is nothing."""
    rows = {figures.get("version", "Paperboy"): figures, **figures.get("baselines", {})}
    bars = sorted(
        (row["recall_at_10"], name) for name, row in rows.items() if row.get("recall_at_10") is not None
    )
    if not bars:
        return
    figure = Figure(figsize=(7, 0.45 * len(bars) + 1), layout="constrained")
    axes = figure.subplots()
    mine = figures.get("version", "Paperboy")
    colours = [_OURS if name == mine else _OTHERS for _, name in bars]
    drawn = axes.barh([name for _, name in bars], [value for value, _ in bars], color=colours)
    axes.bar_label(drawn, fmt="%.3f", padding=3, color=_INK)
    axes.set(xlim=(0, 1), title="recall@10 on real days")
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    # Without the library's version in it, the same figures make the same file.
    figure.savefig(path, dpi=120, metadata={"Software": None})
