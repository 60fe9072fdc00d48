"""The comparison as a picture: a dot for each contestant and set, ours in colour."""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aggregator.evaluation.contestants import CONTESTANTS, OURS
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import ALL, GERMAN, Figure, Kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["INK", "QUIET", "RULE", "SETTINGS", "STRONG", "bare", "draw"]

INK, QUIET, RULE, STRONG = "#222222", "#767676", "#e6e6e6", "#c8102e"
# The nearest rival is the darkest grey.
_STYLES: Final = MappingProxyType(
    {
        OURS: (STRONG, "o", 95),
        "trafilatura": ("#3c3c3c", "o", 60),
        "trafilatura precision": ("#3c3c3c", "|", 110),
        "readability-lxml": ("#a0a0a0", "^", 44),
        "newspaper4k": ("#a0a0a0", "s", 36),
        "resiliparse": ("#a0a0a0", "D", 32),
    }
)
SETTINGS: Final = MappingProxyType(
    {
        "svg.fonttype": "path",
        "svg.hashsalt": "aggregator",
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "text.color": INK,
    }
)
_BAR: Final = 0.62


def draw(figures: Sequence[Figure], path: Path, half: Half = Half.HELD_BACK) -> None:
    """Draw one half of the pages into a file, which is SVG or PNG by its name."""
    import matplotlib as mpl

    mpl.use("agg")  # no display is needed
    with mpl.rc_context(dict(SETTINGS)):
        from matplotlib import pyplot as plt

        shown = [each for each in figures if each.half is half]
        canvas = plt.figure(figsize=(11.5, 6))
        grid = canvas.add_gridspec(
            2, 2, width_ratios=(1.9, 1), left=0.17, right=0.96, top=0.78, bottom=0.07,
            wspace=0.75, hspace=0.6,
        )  # fmt: skip
        left = canvas.add_subplot(grid[:, 0])
        _dots(left, shown)
        _bars(canvas.add_subplot(grid[0, 1]), shown, Kind.LEAKED, "Lines that are not the article")
        _bars(canvas.add_subplot(grid[1, 1]), shown, Kind.LEAD, "Leads found")
        canvas.text(0.02, 0.94, "How clean is the text?", fontsize=15, weight="bold")
        said = f"F1 of words or segments, on the half of each set that was {half}"
        canvas.text(0.02, 0.9, said, color=QUIET)
        handles, labels = left.get_legend_handles_labels()
        canvas.legend(
            handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(0.008, 0.885), ncols=6,
            frameon=False, fontsize=9, handletextpad=0.1, columnspacing=1.2,
        )  # fmt: skip
        # Without a date the same figures give the same file.
        canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
        plt.close(canvas)


def _rows(figures: Sequence[Figure]) -> dict[str, dict[str, Figure]]:
    """The sets, each with what its contestants reach: F1 of words, or of segments without text."""
    rows: dict[str, dict[str, Figure]] = {}
    for kind in (Kind.F1, Kind.SEGMENTS_F1):
        for each in figures:
            known = rows.get(each.group, {}).get(each.contestant)
            if each.kind is kind and each.group not in {ALL, GERMAN} and known is None:
                rows.setdefault(each.group, {})[each.contestant] = each
    return rows


def _dots(axes: "Axes", figures: Sequence[Figure]) -> None:
    rows = _rows(figures)
    for place, (group, found) in enumerate(rows.items()):
        axes.axhline(place, color=RULE, linewidth=1, zorder=0)
        for name in reversed(CONTESTANTS):
            if name in found:
                colour, marker, size = _STYLES[name]
                axes.scatter(
                    found[name].value, place, c=colour, marker=marker, s=size, linewidths=1.6,
                    label=name if place == 0 else None, zorder=3 if name == OURS else 2,
                )  # fmt: skip
        _margin(axes, place, found)
        anyone = next(iter(found.values()))
        axes.text(-0.02, place - 0.02, group, transform=axes.get_yaxis_transform(), ha="right")
        what = "segments" if anyone.kind is Kind.SEGMENTS_F1 else "words"
        axes.text(
            -0.02, place + 0.26, f"{anyone.pages} pages, {what}", color=QUIET, fontsize=8,
            transform=axes.get_yaxis_transform(), ha="right",
        )  # fmt: skip
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks([])
    bare(axes)


def _margin(axes: "Axes", place: int, found: dict[str, Figure]) -> None:
    """Ours and the nearest rival's in digits, at the end of the line."""
    for at, name in ((1.03, OURS), (1.14, "trafilatura")):
        if name in found:
            colour = _STYLES[name][0]
            axes.text(
                at, place, f"{found[name].value:.3f}", color=colour, va="center", fontsize=9,
                weight="bold" if name == OURS else "normal", transform=axes.get_yaxis_transform(),
            )  # fmt: skip


def _bars(axes: "Axes", figures: Sequence[Figure], kind: Kind, title: str) -> None:
    found = {each.contestant: each for each in figures if (each.kind, each.group) == (kind, GERMAN)}
    names = [name for name in CONTESTANTS if name in found]
    values = [found[name].value for name in names]
    colours = [STRONG if name == OURS else "#b9b9b9" for name in names]
    axes.barh(range(len(names)), values, _BAR, color=colours)
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        shown = f" {value:.1f}" if kind is Kind.LEAKED else f" {value:.0%}"
        weight = "bold" if name == OURS else "normal"
        axes.text(value, place, shown, va="center", fontsize=9, weight=weight)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xticks([])
    pages = max((each.pages for each in found.values()), default=0)
    axes.set_title(title, loc="left", fontsize=11, weight="bold", pad=18)
    unit = "per page, " if kind is Kind.LEAKED else "share of "
    axes.text(
        0, 1.03, f"{unit}{pages} German pages", color=QUIET, fontsize=8.5,
        transform=axes.transAxes,
    )  # fmt: skip
    bare(axes)


def bare(axes: "Axes") -> None:
    """Leave out what frames a plot."""
    axes.tick_params(length=0, labelsize=9, colors=INK)
    axes.spines[:].set_visible(False)
