"""What a workload hands back: rows, targets, unit costs, and peers that could not take part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One side of one measurement.

    `seconds` is the median for one unit of work (`what` names it: "a decision", "1,000,000 rows").
    `ratio` is the median of the ratios to the baseline's run beside it, and None where the row is the
    baseline or there is none. `agrees` says whether the answers were found equal to the baseline's
    before timing; a side that is wrong on some records is timed on the others, and `note` counts them.
    """

    workload: str
    side: str
    what: str
    seconds: float
    ratio: float | None = None
    peak_mib: float | None = None
    agrees: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to reach beside the one reached; a missed one says in `note` why, and what was tried."""

    workload: str
    says: str
    limit: float
    reached: float
    unit: str
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure is at or below its limit."""
        return self.reached <= self.limit


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one workload measured.

    `packages` are the distributions whose versions the report names. `unit_costs` are figures that
    `SCALE.md` reckons with, each under a name that ends in its unit. `absent` names each peer that
    could not take part, with the reason. `plots` are paths below `benchmarks/`.
    """

    key: str
    title: str
    about: str
    rows: tuple[Row, ...]
    targets: tuple[Target, ...] = ()
    packages: tuple[str, ...] = ()
    unit_costs: Mapping[str, float] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    plots: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data for JSON."""
        return asdict(self)


def result_of(data: Mapping[str, Any]) -> Result:
    """Return the result that plain data from JSON holds."""
    rows = tuple(Row(**r) for r in data["rows"])
    targets = tuple(Target(**t) for t in data["targets"])
    rest = {k: tuple(data[k]) if isinstance(data[k], list) else data[k] for k in data if k in Result.__slots__}
    return Result(**{**rest, "rows": rows, "targets": targets})
