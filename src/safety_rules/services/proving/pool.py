"""Records that are at hand for answering "can this be": those of the cases, and those that searches found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from safety_rules.engines.compiled import compiled
from safety_rules.engines.compiled.area import CompiledArea
from safety_rules.language.record import Record
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn, area_record


@dataclass(slots=True)
class Pool:
    """Records with the bit masks of rules violated and satisfied by each, as one law has them.

    `found` are those that searches found. The masks choose a record to try; what an answer rests on is worked out
    by the definition.
    """

    law: AreaOn
    engine: CompiledArea
    records: list[tuple[Record, int, int]] = field(default_factory=list)
    found: list[Record] = field(default_factory=list)
    masks: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Put a record into the pool."""
        violated, undetermined, not_applicable = self.engine.masks(record.values)
        everything = (1 << len(self.law.rules)) - 1
        satisfied = everything & ~(violated | undetermined | not_applicable)
        self.records.append((record, violated, satisfied))
        self.masks[id(record)] = violated, undetermined, not_applicable

    def statuses(self, record: Record) -> dict[str, Status]:
        """Return what the engine says of every rule on a record of the pool: for showing, as no answer rests on it."""
        violated, undetermined, not_applicable = self.masks[id(record)]
        said = (
            (violated, Status.VIOLATED),
            (undetermined, Status.UNDETERMINED),
            (not_applicable, Status.NOT_APPLICABLE),
        )
        return {
            rule.key: next((status for mask, status in said if mask >> i & 1), Status.SATISFIED)
            for i, rule in enumerate(self.law.rules)
        }

    def keep(self, record: Record) -> None:
        """Put a record that a search found into the pool, and remember it."""
        self.add(record)
        self.found.append(record)

    def find(self, wanted: Callable[[int, int], bool]) -> Record | None:
        """Return a record whose masks (violated, satisfied) are as wanted."""
        return next((r for r, violated, satisfied in self.records if wanted(violated, satisfied)), None)


def pool(law: AreaOn, records: Iterable[Record] = ()) -> Pool:
    """Return the pool of a law, filled from the cases of what is in force and with further records."""
    made = Pool(law, compiled(law))
    for given in _given(law):
        record = area_record(law, dict(given))
        if not record.problems:
            made.add(Record(record.values))
    for record in records:
        if not set(law.derivations) & set(record.values):
            made.add(record)
    return made


def _given(law: AreaOn) -> Iterator[dict[str, object]]:
    """Yield what the cases give in which a rule in force is violated or satisfied, and the cases of whole verdicts."""
    seen: set[str] = set()
    of_rules = [c for r in law.rules for c in r.cases if c.expect.get("expect") in ("violated", "satisfied")]
    for case in (*of_rules, *law.area.cases):
        if str(case.given) not in seen:
            seen.add(str(case.given))
            yield dict(case.given)
