"""Admission in the light of a history: what chains derive of an enterprise's lists flows into its project's verdict.

The history is chained once for all records together; each record then finds what is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from safety_rules.engines.compiled.decide import decided
from safety_rules.engines.forward import Engine, chain
from safety_rules.language.chain import ChainFact
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.semantics.chaining.chain import ChainResult, program_on
from safety_rules.semantics.chaining.facts import given_facts
from safety_rules.semantics.decide import AreaOn
from safety_rules.services.chaining.filling import ADDED, Derived, derived, filled
from safety_rules.services.chaining.from_ledger import AreaWithLedger
from safety_rules.services.chaining.history import History, history, history_of
from safety_rules.services.chaining.joining import (
    Register,
    Subject,
    enterprises_given,
    register,
    strays,
    subjects,
    unsure,
)
from safety_rules.services.chaining.kept import JoinedAt, JoinedHistory
from safety_rules.services.chaining.verdict import ChainedVerdict
from safety_rules.services.dated_area import DatedArea


@dataclass(frozen=True, slots=True)
class AreaWithHistory:
    """An area's law on a day, the history of the enterprises behind its records, and the ledgers of other lists."""

    area: DatedArea
    history: History
    engine: Engine = "auto"
    ledgers: AreaWithLedger | None = None

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What of the history and the ledgers could not be used, or is not there."""
        return (*self.history.notices, *(() if self.ledgers is None else self.ledgers.notices))

    def with_ledger(self, *sources: Path | str | Mapping[str, Any]) -> AreaWithHistory:
        """Return the same with ledgers, as `DatedArea.with_ledger` takes them; the history joins what they make of a record."""
        return replace(self, ledgers=self.area.with_ledger(*sources))

    def decide(self, data: Any, waivers: Sequence[Waiver] = ()) -> ChainedVerdict:
        """Return the verdict on one record; for many, `decide_many` works the history out only once."""
        return next(self.decide_many([data], waivers))

    def decide_many(self, many: Iterable[Any], waivers: Sequence[Waiver] = ()) -> Iterator[ChainedVerdict]:
        """Yield the verdict of each record; all are read first, since one may name an enterprise for another."""
        records = [self.area.admit(d) for d in many]
        known = joined(self, records)
        for number, record in enumerate(records):
            yield known.verdict(record, number, waivers)

    def decide_table(self, *_: Any, **__: Any) -> NoReturn:
        """Raise LedgerError: a row may name an enterprise for another, and so no row is decided by itself."""
        raise LedgerError("a history is not joined to a table: `screen` its file, or give its rows to `decide_many`")


def with_history(area: DatedArea, *sources: Path | str | Mapping[str, Any], engine: Engine = "auto") -> AreaWithHistory:
    """Return an area that also weighs the accidents, dangers and listings of the enterprise behind a record.

    Sources are workbooks (sheets 事故记录, 隐患台账, 名单记录, 整改单位) and ledgers of `safety-rules rectify`, or
    one mapping with `ledger.accidents`, `ledger.dangers`, `ledger.recorded_listings`. A list that is left out may
    hold anything, so that nobody is cleared by it. Raises LedgerError where a file holds no history.
    """
    vocabulary, on = area.law.rulebook.vocabulary, area.law.as_of
    if "ledger" not in vocabulary.subjects:
        raise NotFoundError("the rules know no `ledger` of accidents, dangers and listings: no history can be weighed")
    if not sources:
        raise NotFoundError("no history was named")
    if not bears_on(area.law):
        raise NotFoundError(
            f"no chain bears on `{area.key}`: it reads no accidents, dangers or listings of an enterprise"
        )
    if isinstance(sources[0], Mapping):
        if len(sources) > 1:
            raise LedgerError("a mapping is a whole history: name nothing else beside it")
        return AreaWithHistory(area, history_of(sources[0], vocabulary, on), engine)
    return AreaWithHistory(area, history([s for s in sources if not isinstance(s, Mapping)], vocabulary, on), engine)


def bears_on(law: AreaOn) -> bool:
    """Return whether an area reads what a history can add to its records."""
    facts = law.rulebook.vocabulary.facts
    return any(key in facts and key.partition(".")[0] in law.area.subjects for key in ADDED)


@dataclass(frozen=True, slots=True)
class Joined:
    """A history joined with the projects of some records, and what chains derive from both."""

    area: DatedArea
    subjects: tuple[Subject, ...]
    derived: Derived
    problems: tuple[Problem, ...]
    source: JoinedHistory
    ledgers: AreaWithLedger | None = None

    def verdict(self, record: Record, number: int, waivers: Sequence[Waiver] = ()) -> ChainedVerdict:
        """Return the verdict on the record that stands at a place among those that were joined."""
        if self.ledgers is None:
            return self._verdict(number, record, waivers)
        return self.ledgers.verdict(record, number, waivers, partial(self._verdict, number))

    def _verdict(self, number: int, record: Record, waivers: Sequence[Waiver]) -> ChainedVerdict:
        subject = self.subjects[number]
        more = filled(record, subject, self.derived)
        made = decided(self.area.decider, replace(record, values=more.values), waivers)
        result, effects = self.derived.narrowed(subject), self.derived.effects_of(subject)
        at = JoinedAt(self.source, number, record)
        return ChainedVerdict(made, waivers, result, effects, more.origins, tuple(more.notes), at)


def joined(area: AreaWithHistory, records: Sequence[Record]) -> Joined:
    """Return what follows from a history for the projects of some records."""
    vocabulary = area.area.law.rulebook.vocabulary
    notices, source = set(map(id, area.history.notices)), JoinedHistory(area.history, records, vocabulary)
    area = replace(area, history=unsure(area.history, records, vocabulary))
    known = register(area.history, records)
    found = tuple(subjects(records, known))
    result, twins = _chained(area, found, known)
    problems = (*twins, *(n for n in area.history.notices if id(n) not in notices), *strays(area.history, records))
    return Joined(area.area, found, derived(result, area.history, known), problems, source, area.ledgers)


def _chained(
    area: AreaWithHistory, about: Sequence[Subject], known: Register
) -> tuple[ChainResult, tuple[Problem, ...]]:
    """Return what the chaining rules derive from the history and the projects, and the records of one number."""
    law, values = area.area.law, dict[str, Any]()
    for relation, entries in area.history.entries.items():
        owners = [known.enterprise(e.code, e.name) for e in entries]
        pairs = zip(entries, owners, strict=True)
        values[relation] = tuple({**e.values, **({"enterprise": o} if o else {})} for e, o in pairs)
    values["ledger.enterprises"] = tuple(enterprises_given(known, about, area.history))
    values["ledger.projects"] = tuple({"id": s.project, "enterprise": s.enterprise} for s in about if s.enterprise)
    program = program_on(law.rulebook, law.as_of, law.require, confirmed=law.confirmed)
    facts, twins = given_facts(Record(values), program)
    twins = tuple(replace(t, place=_place(t.place, area.history)) for t in twins)
    return chain(program, [_placed(f, area.history) for f in facts], area.engine), twins


def _placed(fact: ChainFact, history: History) -> ChainFact:
    """Return a given record with where it stands, unless that is its name already."""
    place = _place(fact.origin, history)
    return replace(fact, origin="" if place in (fact.key, fact.origin) else place)


def _place(origin: str, history: History) -> str:
    """Return the place of a record that was given at `relation[index]`; the same where it has no other."""
    relation, _, index = origin.rstrip("]").rpartition("[")
    return history.entries[relation][int(index)].place if relation in history.entries else origin
