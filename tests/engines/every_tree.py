"""What every engine says of small trees, against the definition; what differs is returned by the tree, record and engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engines.smt.by_formula import statuses
from engines.trees import Tree, law, plain
from safety_rules.engines.columnar.cases import masks_by_duckdb
from safety_rules.engines.compiled.decide import decider
from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.language.record import Record
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn, findings

Statuses = Sequence[Status]
Answer = Callable[[AreaOn, Sequence[Record]], Sequence[Statuses | None]]


@dataclass
class Compared:
    """How many answers were compared by each engine, how many it left to the exact one, and the differences."""

    answers: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def __add__(self, other: Compared) -> Compared:
        differences = self.differences + other.differences
        return Compared(self.answers + other.answers, self.left + other.left, differences)

    def ask(self, engine: str, on: AreaOn, wanted: Sequence[Statuses], answer: Answer, over: Sequence[Record]) -> None:
        """Compare what an engine answers for records, None where it leaves one to the exact engine; an exception differs."""
        try:
            found = answer(on, over)
        except Exception as error:
            trees = [rule.requires[0].text for rule in on.rules]
            self.differences.append(f"{engine}: {type(error).__name__}: {error}"[:300] + f", among {trees}")
            return
        for i, (want, got) in enumerate(zip(wanted, found, strict=True)):
            (self.left if got is None else self.answers)[engine] += len(want)
            for rule, a, b in zip(on.rules, want, want if got is None else got, strict=True):
                if a is not b:
                    self.differences.append(f"{engine}, record {i}: {b.value}, not {a.value}: {rule.requires[0].text}")


def defined(on: AreaOn, records: Sequence[Record]) -> list[Statuses]:
    """Return what the definition says of every rule on every record."""
    return [[f.status for f in findings(on, r)] for r in records]


def of_masks(on: AreaOn, violated: int, undetermined: int, absent: int) -> Statuses:
    order = ((violated, Status.VIOLATED), (undetermined, Status.UNDETERMINED), (absent, Status.NOT_APPLICABLE))
    return [next((s for mask, s in order if mask >> i & 1), Status.SATISFIED) for i in range(len(on.rules))]


def compiled_exact(on: AreaOn, records: Sequence[Record]) -> list[Statuses]:
    area = decider(on).exact()
    return [of_masks(on, *area.masks(r.values)) for r in records]


def compiled_fast(on: AreaOn, records: Sequence[Record]) -> list[Statuses | None]:
    """Return what is decided from plain data; of complete data only which rules are violated is told."""
    one = decider(on)
    found: list[Statuses | None] = []
    for r in records:
        verdict = one.decided(plain(r.values))
        if verdict._masks is not None:
            found.append(of_masks(on, *verdict._masks))
            continue
        violated = set(verdict.violated())
        found.append([Status.VIOLATED if rule.key in violated else Status.SATISFIED for rule in on.rules])
    return found


def by_query(name: str) -> Answer:
    """Return what DuckDB's `full` or `short` query answers; None where a row goes back."""
    masks = masks_by_duckdb(name)
    return lambda on, records: [None if m is None else of_masks(on, *m) for m in masks(on, records)]


def by_formula(on: AreaOn, records: Sequence[Record]) -> list[Statuses | None]:
    """Return what the formulas say where the record is pinned; None for a law that is not put into one."""
    try:
        return [statuses(on, r) for r in records]
    except NotLowered:
        return [None] * len(records)


def compared_by(
    engines: Mapping[str, Answer], found: Sequence[Tree], over: Sequence[Record], size: int, bounded: bool = False
) -> Compared:
    """Compare engines with the definition, so many trees to a law; with `bounded`, of what bounds decide as well."""
    compared = Compared()
    for i in range(0, len(found), size):
        on = replace(law(found[i : i + size]), bounded=bounded)
        wanted = defined(on, over)
        for engine, answer in engines.items():
            compared.ask(engine, on, wanted, answer, over)
    return compared
