"""One area's law on a day with its decider: what every service decides by."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safety_rules.engines.compiled.decide import Decider, decided, decider
from safety_rules.language.acceptance import Acceptance
from safety_rules.language.errors import NotFoundError, RecordError
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.same import Same
from safety_rules.language.source import Standing
from safety_rules.language.units import Unit
from safety_rules.semantics.decide import AreaOn, area_on, area_record
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.readings import Reading, readings
from safety_rules.words.near import did_you_mean
from safety_rules.words.problem import problem

if TYPE_CHECKING:
    from safety_rules.engines.columnar.result import TableDecision
    from safety_rules.engines.spark.result import SparkDecision
    from safety_rules.language.verdict import SmallestChange
    from safety_rules.services.chaining.from_ledger import AreaWithLedger
    from safety_rules.tables.by_record import RecordDecision


def dated_area(book: Rulebook, key: str, day: datetime.date, require: Standing = Standing.assumed) -> DatedArea:
    """Return an area's law on a day; what rests on less than `require` is undetermined.

    Asked again it is the same object, so that a service that asks for every request compiles its rules once.
    Raises NotFoundError when no rule is in force on that day: a verdict by no rules would be a pass.
    """
    return _dated(Same(book), key, day, require)


MOST_DAYS = 64


@lru_cache(maxsize=MOST_DAYS)
def _dated(held: Same[Rulebook], key: str, day: datetime.date, require: Standing) -> DatedArea:
    law = area_on(held.it, key, day, require)
    if not law.rules:
        raise NotFoundError(f"no rule of `{key}` is in force on {day}")
    return decided_by(law)


@lru_cache(maxsize=MOST_DAYS)
def _by_bounds(held: Same[AreaOn]) -> DatedArea:
    return decided_by(replace(held.it, tight=False))


def decided_by(law: AreaOn) -> DatedArea:
    """Return a law with its decider."""
    return DatedArea(law, decider(law))


@dataclass(frozen=True, slots=True)
class DatedArea:
    """One area's law on a day, ready to decide records."""

    law: AreaOn
    decider: Decider = field(repr=False)

    def __repr__(self) -> str:
        return f"<DatedArea {self.key} on {self.law.as_of}: {len(self.law.rules)} rules>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the law alone: what is compiled from it is compiled again where it is read."""
        return decided_by, (self.law,)

    @property
    def key(self) -> str:
        """The area's key."""
        return self.law.area.key

    def accepting(self, accepted: str | Path | Iterable[Acceptance | Mapping[str, Any]]) -> DatedArea:
        """Return the same law with confirmed numbers: they count although they are not plausible, wherever it decides.

        They stand in a YAML or CSV file, or are passed: record (its number, name or code; blank for any), fact,
        value, by, why, day. Raises RuleFileError where one cannot be read.
        """
        from safety_rules.services.acceptances import acceptances, acceptances_of

        vocabulary = self.law.rulebook.vocabulary
        if isinstance(accepted, str | Path):
            found = acceptances(Path(accepted), vocabulary)
        else:
            found = acceptances_of(accepted, vocabulary)
        return decided_by(replace(self.law, accepted=found))

    def with_ledger(self, *sources: Path | str | Mapping[str, Any]) -> AreaWithLedger:
        """Return the same law with the ledgers that lists of its records are joined from, as `from_ledger:` says.

        Sources are workbooks, csv and parquet files, or mappings of a list's name to its rows. Raises NotFoundError
        where the area joins nothing, and LedgerError where a file holds none of its lists.
        """
        from safety_rules.services.chaining.from_ledger import with_ledger

        return with_ledger(self.law, self.decider, *sources)

    def admit(self, data: Any, units: Mapping[str, Unit] | None = None) -> Record:
        """Return data as a record: exact values, and a named problem for what could not be used."""
        return area_record(self.law, data, units)

    def decide(self, data: Any, waivers: Sequence[Waiver] = ()) -> Verdict:
        """Return the verdict on a nested or flat mapping, a pydantic model, a dataclass, or an admitted record."""
        return decided(self.decider, data, waivers) if waivers else self.decider.decided(data)

    def decide_many(self, many: Iterable[Any], waivers: Sequence[Waiver] = ()) -> Iterator[Verdict]:
        """Yield the verdict of each record, one at a time; the quickest way through many.

        What is no record at all has the verdict of an empty one, with a problem that says so.
        """
        one = partial(decided, self.decider, waivers=waivers) if waivers else self.decider.decided
        rest = iter(many)
        while True:
            try:
                yield from map(one, rest)
                return
            except RecordError as wrong:
                yield one(Record({}, (Problem("not-a-record", "", "", Name("这一项不是记录", str(wrong))),)))

    def smallest_change(
        self, data: Any, to: str | None = None, weights: Mapping[str, Any] | None = None, seconds: float = 20.0
    ) -> SmallestChange | None:
        """Return the cheapest change of several facts at once that gets a record an outcome; None where none does.

        `to` is the outcome's key, the best one by default. `weights` say what one unit of each fact costs,
        by English or Chinese name; by default each adjustable number that a violated rule reads counts by
        the share of itself that it changes. Blanks stay blank: the outcome is the one at best. Needs the
        extra `prove`; raises SafetyRulesError when there is no answer within `seconds`.
        """
        from safety_rules.engines.smt.change import smallest_change
        from safety_rules.semantics.counsel.weights import relative_weights, weights_by_path

        verdict, outcomes = self.decide(data), [o.key for o in self.law.area.outcomes]
        if to is not None and to not in outcomes:
            raise NotFoundError(f"there is no outcome `{to}`; {did_you_mean(to, outcomes)}".rstrip("; "))
        vocabulary = self.law.rulebook.vocabulary
        costs = relative_weights(verdict) if weights is None else weights_by_path(weights, verdict.record, vocabulary)
        return smallest_change(self.law, verdict.record, to or outcomes[0], costs, seconds)

    def decide_table(
        self,
        source: Any,
        output: str | Path | None = None,
        *,
        engine: str = "auto",
        columns: Mapping[str, str] | str | Path | None = None,
        keep: Sequence[str] = (),
        waivers: Sequence[Waiver] = (),
        progress: Callable[[float], None] | None = None,
        details: bool = False,
        answers: Sequence[str] = (),
        rule_keys: bool = False,
        tight: bool = True,
    ) -> TableDecision | SparkDecision | RecordDecision:
        """Return the decision on every row of a file, a frame, an Arrow table or a Spark DataFrame.

        A file is csv, parquet, a workbook, JSON or JSON lines. Columns are found by their headings, or as `columns`
        says: fact to column, or the file of a map of headings as `screen --map` takes it; those in `keep` are
        passed through. `engine` is `duckdb`, `spark`, `records` (one by one), or `auto`: Spark for its own
        DataFrames, DuckDB for all else, and records where DuckDB is not installed, which the notices say. The
        answers are the same. With `details`, rows that violate or lack something also carry their needs and gaps,
        by the definition. `answers` are those that are wanted beside the outcome, such as `("violated",)`; all by
        default, fewer are quicker. With `rule_keys` two more columns, `violated_rules` and `undetermined_rules`,
        name the rules behind the masks. Without `tight`, blanks are not filled in case after case, so that fewer
        rows leave SQL and some stay open that all cases decide alike, which the notices say. Raises LedgerError
        where the table cannot be read, or `output` cannot be written, as a whole.
        """
        from safety_rules.formats.heading_map import layout
        from safety_rules.tables.decide import decided_table

        by_bounds = self if tight else _by_bounds(Same(self.law))
        exact = None if waivers else by_bounds.masks
        named = layout(Path(columns), self.law.rulebook.vocabulary) if isinstance(columns, str | Path) else columns
        found = decided_table(
            by_bounds.law, source, output, engine, named, keep, waivers, progress, exact, details, answers, rule_keys
        )
        if not tight:
            found.notices = (*found.notices, problem("bounds-alone", "", ""))
        if self.law.area.across_rows:
            from safety_rules.services.across_rows import across_table

            found.notices = (*found.notices, *across_table(self.law, found, source))
        return found

    def readings(self) -> tuple[Reading, ...]:
        """Return how each rule is read when a record is decided, and why not faster."""
        return readings(self.law)

    def masks(self, record: Record) -> tuple[int, int, int]:
        """Return the violated, undetermined and inapplicable rules of an admitted record; bit i is rule i of the law."""
        violated, undetermined, not_applicable = self.decider.exact().masks(record.values)
        return violated, undetermined, not_applicable
