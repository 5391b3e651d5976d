"""A ledger's rows joined with a history before any of them is decided: a row may name an enterprise for another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.services.chaining.deciding import AreaWithHistory, Joined, joined
from safety_rules.services.chaining.kept import IDENTITY
from safety_rules.services.chaining.verdict import ChainedVerdict
from safety_rules.words.problem import problem


@dataclass(frozen=True, slots=True)
class JoinedRows:
    """The rows of a ledger, by their numbers, as a history knows them."""

    known: Joined
    places: Mapping[int, int]
    notices: tuple[Problem, ...]

    def verdict(self, record: Record, row: int, waivers: Sequence[Waiver]) -> ChainedVerdict:
        """Return the verdict on the record of a row."""
        return self.known.verdict(record, self.places[row], waivers)

    def unjoined(self) -> tuple[Problem, ...]:
        """Return the lists of ledgers that joined no row; what of the history did not is among its notices already."""
        return () if self.known.ledgers is None else tuple(self.known.ledgers.unjoined())


def joined_rows(area: AreaWithHistory, rows: Iterable[tuple[int, Record]]) -> JoinedRows:
    """Return the rows of a ledger as a history knows them; of each record only who it is about is kept."""
    numbers, records = [], []
    for number, record in rows:
        numbers.append(number)
        records.append(Record({k: record.values[k] for k in IDENTITY if k in record.values}))
    known = joined(area, records)
    places = {number: place for place, number in enumerate(numbers)}
    return JoinedRows(known, places, (*area.notices, *known.problems, *_counts(area, known)))


def _counts(area: AreaWithHistory, known: Joined) -> Iterator[Problem]:
    """Yield how much of the history there is, and how many rows it does not know, or cannot be joined with."""
    names = area.area.law.rulebook.vocabulary.facts
    parts = [(names[r].name, len(e)) for r, e in area.history.entries.items()]
    several = Name("、".join(f"{n.zh} {c} 条" for n, c in parts), ", ".join(f"{n.en}: {c}" for n, c in parts))
    yield problem("history", "", "历史台账", parts=several)
    theirs = {code for _, code in area.history.enterprises}
    lost = sum(s.enterprise is None for s in known.subjects)
    new = sum(s.enterprise is not None and s.enterprise not in theirs for s in known.subjects) if theirs else 0
    if lost:
        yield problem("history-not-joined", "", "历史台账", count=lost)
    if new:
        yield problem("history-not-known", "", "历史台账", count=new)
