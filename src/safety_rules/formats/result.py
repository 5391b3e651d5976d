"""A screened ledger: its rows with verdicts, and what they come to together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from safety_rules.formats.ledger import Ledger
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.language.explanation import statement
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.language.verdict import Reason
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.decided import UNDETERMINED
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.words.catalog import both
from safety_rules.words.explanation import name_of

ERROR = "error"


@dataclass(frozen=True, slots=True)
class Told:
    """What a verdict says, each thing as a list of texts.

    `counted` are the keys of the violated rules that count, `why` the first value with which the first of them fails.
    """

    outcome: str
    ends: tuple[str, str]
    counted: tuple[str, ...]
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    why: str
    gaps: tuple[str, ...]
    smallest: tuple[str, ...]
    missing: tuple[str, ...]
    duties: tuple[str, ...]
    advice: tuple[str, ...]
    standing: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worded:
    """What files of results ask of a verdict, from a process that had it: its words, and its lines of page and annexes."""

    outcome: str
    at_best: str
    at_worst: str
    problems: tuple[Problem, ...]
    said: Told
    line: tuple[Any, ...]
    gaps: tuple[Any, ...]
    needs: tuple[tuple[str, Any], ...]

    @property
    def definite(self) -> bool:
        """Whether nothing that is missing can change the outcome."""
        return self.at_best == self.at_worst


@dataclass(frozen=True, slots=True)
class ScreenedRow:
    """A row with its verdict, or `worded` by another process, or with why it has none; a title or a blank line has neither."""

    row: LedgerRow
    verdict: Verdict | None = None
    error: Name | None = None
    worded: Worded | None = None

    @property
    def came(self) -> Verdict | Worded | None:
        """The verdict, or what another process says of it."""
        return self.verdict if self.verdict is not None else self.worded

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What of the row could not be used, and what must be given and is not, each with its cell."""
        if self.verdict is None:
            return () if self.worded is None else self.worded.problems
        missing = self.verdict.incomplete
        return (*self.verdict.problems, *(replace(p, place=self.row.place_of(p.path)) for p in missing))

    @property
    def outcome(self) -> str:
        """The outcome's key, `undetermined`, `error`, or nothing for a line that is no record."""
        came = self.came
        if came is not None:
            return came.outcome
        return ERROR if self.error is not None else ""


@dataclass(slots=True)
class Summary:
    """Counts over the rows so far; `names` are the words for each thing that is missing."""

    rows: int = 0
    problems: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    intervals: Counter[tuple[str, str]] = field(default_factory=Counter)
    violated: Counter[str] = field(default_factory=Counter)
    missing: Counter[Reason] = field(default_factory=Counter)
    names: dict[Reason, Name] = field(default_factory=dict)

    def add(self, more: Summary) -> None:
        """Count what another summary counts as well."""
        self.rows += more.rows
        self.problems += more.problems
        self.outcomes.update(more.outcomes)
        self.intervals.update(more.intervals)
        self.violated.update(more.violated)
        self.missing.update(more.missing)
        self.names = {**more.names, **self.names}


@dataclass(slots=True)
class Screening:
    """A ledger that is being screened: `rows` can be read once; `summary` and the ledger's notices grow with them.

    Where all rows are decided before the first one comes, `prepare` does that, telling how far it is.
    """

    ledger: Ledger
    on: AreaOn
    rows: Iterator[ScreenedRow]
    summary: Summary
    with_history: bool = False
    prepare: Callable[[Callable[[float], None] | None], None] | None = None

    @property
    def notices(self) -> list[Problem]:
        """What of the ledger was not used."""
        return self.ledger.notices


def outcome_names(on: AreaOn) -> Mapping[str, Name]:
    """Return the name of every outcome that a row can have, from best to worst, then undetermined and error."""
    named = {o.key: o.name for o in on.area.outcomes}
    return {**named, UNDETERMINED: both("verdict.undetermined"), ERROR: both("screening.error")}


def rule_names(on: AreaOn) -> Mapping[str, Name]:
    """Return the title of every rule in force; advice says that it is only that."""
    vocabulary, advice = on.rulebook.vocabulary, "screening.advice_only"
    return {
        r.key: name_of(r.title if r.otherwise.outcome is not None else statement(advice, title=r.title), vocabulary)
        for r in on.rules
    }
