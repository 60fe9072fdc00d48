"""The comparison as a picture: precision over recall, and F1 over how much a copy keeps."""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aggregator.evaluation.clustering.outcomes import Curve
from aggregator.evaluation.clustering.peers import MINHASH, TFIDF
from aggregator.evaluation.clustering.planting import SHARES
from aggregator.evaluation.contestants import OURS
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import Figure, Kind
from aggregator.evaluation.picture import INK, QUIET, RULE, SETTINGS, STRONG, bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw"]

_STYLES: Final = MappingProxyType(
    {OURS: (STRONG, "o", "-"), MINHASH: ("#3c3c3c", "s", "-"), TFIDF: ("#8c8c8c", "^", "-")}
)
_KEPT: Final = "gnad10k-test, planted, {}% kept"
_PLOTS: Final = MappingProxyType(
    {
        "provenance-wire-dev": "Wire copies",
        "gnad10k-test, planted": "Planted copies",
        "newswcl50": "Stories: newswcl50",
        "ecbplus": "Stories: ecbplus",
        "og2021-dev, en": "Stories: og2021, English",
        "og2021-dev, de": "Stories: og2021, German",
        "uci-news-partial": "Stories: uci",
    }
)
_OURS: Final = (
    (Kind.COPIES_PRECISION, Kind.COPIES_RECALL, Kind.COPIES_F1),
    (Kind.STORIES_BCUBED_PRECISION, Kind.STORIES_BCUBED_RECALL, Kind.STORIES_BCUBED_F1),
)
_COLUMNS: Final = 4


def draw(
    figures: Sequence[Figure], curves: Sequence[Curve], path: Path, half: Half = Half.HELD_BACK
) -> None:
    """Draw one half of the articles into a file, which is SVG or PNG by its name."""
    import matplotlib as mpl

    mpl.use("agg")  # no display is needed
    with mpl.rc_context(dict(SETTINGS)):
        from matplotlib import pyplot as plt

        canvas = plt.figure(figsize=(12.5, 7))
        grid = canvas.add_gridspec(
            2, _COLUMNS, left=0.05, right=0.98, top=0.78, bottom=0.08, wspace=0.3, hspace=0.5
        )
        shown = [each for each in figures if each.half is half]
        for at, (group, title) in enumerate(_PLOTS.items()):
            axes = canvas.add_subplot(grid[divmod(at + (at > 1), _COLUMNS)])
            _plot(axes, title, [c for c in curves if (c.group, c.half) == (group, half)],
                  [each for each in shown if each.group == group])  # fmt: skip
        kept = canvas.add_subplot(grid[0, 2])
        _over_share(kept, shown)
        canvas.text(0.02, 0.94, "Copies and stories", fontsize=15, weight="bold")
        said = (
            f"On the half that was {half}. Precision over recall, of pairs for copies and BCubed "
            "for stories; the others over all their thresholds, marked at their best for this half"
        )
        canvas.text(0.02, 0.905, said, color=QUIET)
        handles, labels = kept.get_legend_handles_labels()
        canvas.legend(
            handles, labels, loc="upper left", bbox_to_anchor=(0.013, 0.895), ncols=3,
            frameon=False, fontsize=9,
        )  # fmt: skip
        # Without a date the same figures give the same file.
        canvas.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
        plt.close(canvas)


def _plot(axes: "Axes", title: str, curves: Sequence[Curve], figures: Sequence[Figure]) -> None:
    """The curves of the peers with their best points, and the point where we are."""
    for curve in curves:
        colour, marker, _ = _STYLES[curve.contestant]
        points = [curve.points[at] for at in sorted(curve.points)]
        axes.plot([p.recall for p in points], [p.precision for p in points], color=colour,
                  linewidth=1.1)  # fmt: skip
        best = curve.points[curve.best]
        axes.scatter(best.recall, best.precision, c=colour, marker=marker, s=34, zorder=3)
    said = {each.kind: each.value for each in figures if each.contestant == OURS}
    for precision, recall, f1 in _OURS:
        if f1 in said:
            axes.scatter(said[recall], said[precision], c=STRONG, s=75, zorder=4)
            scores = [f"{said[f1]:.3f}", *(f"{c.points[c.best].f1:.3f}" for c in curves)]
            axes.text(0, 1.03, "F1 " + " / ".join(scores), color=QUIET, fontsize=8.5,
                      transform=axes.transAxes)  # fmt: skip
    axes.set_xlim(0, 1.04)
    axes.set_ylim(0, 1.04)
    _frame(axes, title, "recall")


def _over_share(axes: "Axes", figures: Sequence[Figure]) -> None:
    groups = {_KEPT.format(share): share for share in SHARES}
    for name, (colour, marker, line) in _STYLES.items():
        points = sorted(
            (groups[each.group], each.value)
            for each in figures
            if each.kind is Kind.COPIES_F1 and each.contestant == name and each.group in groups
        )
        axes.plot([x for x, _ in points], [y for _, y in points], color=colour, marker=marker,
                  markersize=4, linestyle=line, linewidth=1.6 if name == OURS else 1.1, label=name,
                  zorder=3 if name == OURS else 2)  # fmt: skip
    axes.set_ylim(0, 1.04)
    _frame(axes, "Planted copies: F1", "percent of the text kept")


def _frame(axes: "Axes", title: str, below: str) -> None:
    bare(axes)
    axes.grid(color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_title(title, loc="left", fontsize=10.5, weight="bold", pad=18)
    axes.set_xlabel(below, fontsize=8.5, color=INK)
