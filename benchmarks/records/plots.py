"""The plot of growth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PLOTS = Path(__file__).resolve().parent.parent / "plots"


def growth_plot(
    by_trade: Mapping[int, float],
    for_all: Mapping[int, float],
    compiling: Mapping[int, float],
    grading: Mapping[int, float],
) -> str:
    """Write the plot and return its path below `benchmarks/`."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, (first, second, third) = pyplot.subplots(1, 3, figsize=(12, 3.6))
    first.loglog(list(by_trade), [t * 1e6 for t in by_trade.values()], "o-", label="one trade each")
    first.loglog(list(for_all), [t * 1e6 for t in for_all.values()], "s-", label="all apply")
    first.set(title="a decision", xlabel="rules", ylabel="µs")
    first.legend()
    second.loglog(list(compiling), list(compiling.values()), "o-")
    second.axhline(3, linestyle="--", color="grey")
    second.set(title="compiling", xlabel="rules", ylabel="s")
    third.plot(list(grading), [t * 1e6 for t in grading.values()], "o-")
    third.set(title="grading a unit", xlabel="chemicals", ylabel="µs")
    figure.tight_layout()
    PLOTS.mkdir(exist_ok=True)
    # No date in the file, so that the same figures give the same bytes.
    figure.savefig(PLOTS / "growth.svg", metadata={"Date": None})
    return "plots/growth.svg"
