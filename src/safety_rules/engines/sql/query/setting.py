"""What tells the two settings of the builder apart: how raw columns are read, how findings are written, what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.types import Use
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class Plan:
    """A query while it is built: what is written so far, and the raw column of each fact that has one."""

    w: Writer
    uses: Mapping[str, Use]
    raw: Mapping[str, str]

    @property
    def law(self) -> AreaOn:
        """The law that is written."""
        return self.w.law

    @property
    def dialect(self) -> Dialect:
        """The SQL that it is written in."""
        return self.w.dialect


class Setting(Protocol):
    """One setting, asked in this order: findings are written first, doubts are known when all is written."""

    def read(self, plan: Plan) -> list[str]:
        """Return the raw columns as the first step reads them."""

    def opening(self, plan: Plan) -> list[str] | None:
        """Return what the first stage takes along of the raw columns; None where it takes all of them."""

    def told(self, plan: Plan) -> list[str]:
        """Return the columns of the last step but one: findings, and what makes a row go back."""

    def before(self) -> list[str]:
        """Return what comes out before the derived facts."""

    def after(self) -> list[str]:
        """Return what comes out after them, `again` last."""


def not_finite(numbers: Sequence[str], d: Dialect, each: str) -> list[str]:
    """Return the condition that some number is NaN or infinite: then so is the sum of all, each as it is written."""
    return [d.unbounded(" + ".join(each.format(n) for n in numbers))] if numbers else []
