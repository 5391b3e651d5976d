"""A ledger decided by two rulebooks: whose verdict changes, from what to what, on which rule and clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from safety_rules.formats.heading_map import Wanted
from safety_rules.formats.ledger import ledger
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.kinds import Name, Number
from safety_rules.language.verdict import Finding, Status
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.impact.records import Touched, Touching
from safety_rules.services.screening import screened_row
from safety_rules.words.near import did_you_mean

Ends: TypeAlias = tuple[str, str]
COUNTS = (Status.VIOLATED, Status.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Why:
    """A rule that speaks differently of a row, and the clauses on which it does."""

    rule: str
    title: Name
    before: str
    after: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row whose verdict changes; `before` and `after` are the outcomes at best and at worst."""

    number: int
    subject: str
    before: Ends
    after: Ends
    why: tuple[Why, ...]
    amount: Fraction | None


@dataclass(frozen=True, slots=True)
class LedgerImpact:
    """What the new rules do to a ledger; amounts are sums of the chosen fact, of the rows that give it."""

    name: str
    rows: int
    unread: tuple[int, ...]
    changed: tuple[ChangedRow, ...]
    outcomes: dict[str, tuple[int, int]]
    amounts: dict[str, tuple[Fraction, Fraction]]
    total: str = ""
    without_amount: int = 0
    touched: tuple[Touched, ...] = ()


@dataclass(slots=True)
class _Sums:
    """The counts and amounts so far, before and after."""

    counts: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    amounts: tuple[dict[str, Fraction], dict[str, Fraction]] = field(default_factory=lambda: ({}, {}))
    without: int = 0

    def add(self, pair: tuple[Verdict, Verdict], amount: Fraction | None) -> None:
        """Count a row on both sides."""
        self.without += amount is None
        for side, verdict in enumerate(pair):
            self.counts[side][verdict.outcome] += 1
            so_far = self.amounts[side].get(verdict.outcome, Fraction(0))
            self.amounts[side][verdict.outcome] = so_far + (amount or 0)


def total_fact(area: DatedArea, name: str) -> str:
    """Return the key of the fact whose sum is wanted; raises NotFoundError where it is no number."""
    vocabulary = area.law.rulebook.vocabulary
    fact = vocabulary.find(name)
    numbers = [k for k, f in vocabulary.facts.items() if isinstance(f.kind, Number) and k.count(".") == 1]
    if fact is None or fact.key not in numbers:
        raise NotFoundError(f"`{name}` is not a number that can be summed; {did_you_mean(name, numbers)}")
    return fact.key


def ledger_impact(source: Path, old: DatedArea, new: DatedArea, sheet: Wanted, total: str = "") -> LedgerImpact:
    """Return what the new rules change in a ledger; raises LedgerError where it has no rows."""
    sums, unread, changed, rows = _Sums(), [], [], 0
    books = old.law.rulebook, new.law.rulebook
    touching = Touching(*books, new.law.area.key, new.law.as_of)
    for number, pair, data in _decided(source, old, new, sheet):
        rows += 1
        if pair is None:
            unread.append(number)
            continue
        amount = pair[1].record.values.get(total) if total else None
        exact = amount if isinstance(amount, Fraction) else None
        sums.add(pair, exact)
        touching.see(number, data, pair)
        row = _row(number, pair, exact)
        changed += [] if row is None else [row]
    if not rows:
        raise LedgerError(f"`{source.name}` has headings and no rows")
    seen = [o.key for o in new.law.area.outcomes] + ["undetermined"] + [o.key for o in old.law.area.outcomes]
    keys = [k for k in dict.fromkeys(seen) if sums.counts[0][k] or sums.counts[1][k]]
    outcomes = {k: (sums.counts[0][k], sums.counts[1][k]) for k in keys}
    amounts = {k: (sums.amounts[0].get(k, Fraction(0)), sums.amounts[1].get(k, Fraction(0))) for k in keys}
    return LedgerImpact(
        source.name, rows, tuple(unread), tuple(changed), outcomes, amounts if total else {}, total, sums.without,
        tuple(touching.touched()),
    )  # fmt: skip


def _decided(
    source: Path, old: DatedArea, new: DatedArea, sheet: Wanted
) -> Iterator[tuple[int, tuple[Verdict, Verdict] | None, tuple[Any, Any]]]:
    """Yield each record row with its two verdicts, or None where it could not be read, and its data; one row at a time."""
    readings = [ledger(source, a.law.rulebook.vocabulary, a.law.area.subjects, sheet) for a in (old, new)]
    for before, after in zip(readings[0].rows, readings[1].rows, strict=True):
        rows = screened_row(before, readings[0], old), screened_row(after, readings[1], new)
        if not rows[0].outcome and not rows[1].outcome:
            continue
        first, second = rows[0].verdict, rows[1].verdict
        yield after.number, None if first is None or second is None else (first, second), (before.data, after.data)


def _row(number: int, pair: tuple[Verdict, Verdict], amount: Fraction | None) -> ChangedRow | None:
    before, after = ((v.at_best, v.at_worst) for v in pair)
    if before == after:
        return None
    return ChangedRow(number, pair[1].subject, before, after, tuple(_whys(*pair)), amount)


def _whys(before: Verdict, after: Verdict) -> Iterator[Why]:
    """Yield the rules that speak differently, where they count against the row before or after."""
    old, new = ({f.rule.key: f for f in v.findings} for v in (before, after))
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        if _speaks(was) == _speaks(now) or not ({_status(was), _status(now)} & set(COUNTS)):
            continue
        shown = now if now is not None else was
        assert shown is not None
        telling = now if now is not None and now.status in COUNTS else was
        clauses = telling.failed or _open(telling) if telling is not None else ()
        yield Why(key, shown.rule.title, _speaks(was), _speaks(now), clauses)


def _status(found: Finding | None) -> Status | None:
    return None if found is None else found.status


def _speaks(found: Finding | None) -> str:
    """Return a finding's status, with what it asks for where that counts."""
    if found is None:
        return "not_in_force"
    return f"{found.status.value} ({found.outcome or 'advice'})" if found.status in COUNTS else found.status.value


def _open(found: Finding) -> tuple[str, ...]:
    return tuple(c.key for c in (*found.applies_when, *found.requires) if c.reasons)
