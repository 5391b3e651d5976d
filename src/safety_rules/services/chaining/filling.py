"""A project's record with what the history knows of its enterprise: listings, accidents, dangers.

A listing that is only possible comes without its status, so that a condition that reads it is unknown rather than
true; a record that may be anybody's stands as a blank. So the history can decide a verdict, or hold it open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safety_rules.language.chain import ChainFact, Step
from safety_rules.language.kinds import Name
from safety_rules.language.record import Record
from safety_rules.semantics.chaining.chain import ChainResult
from safety_rules.services.chaining.history import Entry, History
from safety_rules.services.chaining.joining import Register, Subject

LISTINGS, LEDGER_LISTINGS = "enterprise.listings", "ledger.listings"
LISTED = ("list", "listed_on", "status")
OWN_RECORDS = {
    "ledger.accidents": ("enterprise.accidents", ("date", "deaths", "serious_injuries", "direct_loss")),
    "ledger.dangers": ("enterprise.hidden_dangers", ("level", "deadline", "is_closed")),
}
CODE = "enterprise.credit_code"
ADDED = (LISTINGS, *(fact for fact, _ in OWN_RECORDS.values()))  # what a history can add to a record


@dataclass(frozen=True, slots=True)
class Derived:
    """What chains derive, and the history's own records, each found by whose it is; None is anybody's."""

    result: ChainResult
    history: History
    steps: Mapping[str, Sequence[Step]]
    effects: Mapping[str | None, Sequence[ChainFact]]
    owned: Mapping[str | None, Sequence[ChainFact]]
    entries: Mapping[tuple[str, str | None], Sequence[Entry]]

    def effects_of(self, subject: Subject) -> tuple[ChainFact, ...]:
        """Return the effects on a project; none on one whose enterprise is not known, whose lists stay open."""
        if subject.enterprise is None:
            return ()
        return (*self.effects.get(subject.project, ()), *self.effects.get(None, ()))

    def owned_by(self, subject: Subject) -> tuple[ChainFact, ...]:
        """Return what was derived of a project's enterprise, or may be of anybody's."""
        if subject.enterprise is None:
            return ()
        return (*self.owned.get(subject.enterprise, ()), *self.owned.get(None, ()))

    def narrowed(self, subject: Subject) -> ChainResult:
        """Return the result with only those steps that lead to what was derived of a project and its enterprise."""
        seen: set[str] = set()
        frontier = [f.id for f in (*self.effects_of(subject), *self.owned_by(subject))]
        while frontier:
            key = frontier.pop()
            if key not in seen:
                seen.add(key)
                frontier += [s for step in self.steps.get(key, ()) for s in (*step.support, *step.doubts)]
        whole = self.result
        steps = tuple(s for s in whole.steps if s.fact in seen) if seen else ()
        return ChainResult(whole.program, whole.facts, steps, whole.certain, whole.engine)


def derived(result: ChainResult, history: History, known: Register) -> Derived:
    """Return what was derived, by whose it is."""
    steps: dict[str, list[Step]] = defaultdict(list)
    effects: dict[str | None, list[ChainFact]] = defaultdict(list)
    owned: dict[str | None, list[ChainFact]] = defaultdict(list)
    entries: dict[tuple[str, str | None], list[Entry]] = defaultdict(list)
    for step in result.steps:
        steps[step.fact].append(step)
    for fact in (result.facts[key] for key in sorted(steps)):
        if fact.relation == "ledger.effects":
            effects[_text(fact, "project")].append(fact)
        else:
            owned[_text(fact, "enterprise")].append(fact)
    for relation, found in history.entries.items():
        for entry in found:
            entries[relation, known.enterprise(entry.code, entry.name)].append(entry)
    return Derived(result, history, dict(steps), dict(effects), dict(owned), dict(entries))


def _text(fact: ChainFact, name: str) -> str | None:
    value = fact.values.get(name)
    return None if value is None else str(value)


@dataclass(slots=True)
class Filled:
    """A record's values while they are filled; `origins` says where each added record of a list comes from."""

    values: dict[str, Any]
    origins: dict[str, str] = field(default_factory=dict)
    notes: list[Name] = field(default_factory=list)

    def add(self, items: list[dict[str, Any]], fact: str, item: dict[str, Any], origin: str) -> None:
        """Add a record to a list, with its origin: a path of the history, or the id of a derived record."""
        self.origins[f"{fact}[{len(items)}]"] = origin
        items.append(item)


def filled(record: Record, subject: Subject, known: Derived) -> Filled:
    """Return a record's values with the listings, accidents and dangers of its enterprise."""
    made = Filled(dict(record.values), {}, list(subject.notes))
    unusable = {p.path for p in record.problems}
    for relation, (fact, fields) in OWN_RECORDS.items():
        if relation in known.history.entries and fact not in unusable - made.values.keys():
            made.values[fact] = _with_own(made, relation, fact, fields, subject, known)
    made.values[LISTINGS] = _with_listings(made, subject, known, LISTINGS in unusable)
    return made


def _with_own(
    made: Filled, relation: str, fact: str, fields: Sequence[str], subject: Subject, known: Derived
) -> tuple[dict[str, Any], ...]:
    """Return a list of the record with the history's accidents or dangers of its enterprise."""
    stated = made.values.get(fact)
    items = [dict(item) for item in stated or ()]
    count, theirs = len(items), known.entries.get((relation, subject.enterprise), ())
    for entry in theirs if subject.enterprise is not None else ():
        item = {n: entry.values[n] for n in fields if n in entry.values}
        same = next((own for own in items[:count] if _same(item, own, relation)), None)
        if same is None:
            made.add(items, fact, item, f"{relation}[={entry.values.get('id', '')}]")
        else:
            same.update({**item, **same})
    if stated == () and items and relation == "ledger.accidents":
        made.notes.append(_contradiction(fact, theirs))
    for entry in known.entries.get((relation, None), ()):
        made.add(items, fact, {}, f"{relation}[={entry.values.get('id', '')}].enterprise")
    if subject.enterprise is None and known.history.entries[relation]:
        made.add(items, fact, {}, CODE)
    return tuple(items)


def _same(one: Mapping[str, Any], other: Mapping[str, Any], relation: str) -> bool:
    """Return whether two records can be one: accidents of one day that contradict each other in nothing."""
    if relation == "ledger.accidents" and ("date" not in one or "date" not in other):
        return False
    return all(one[n] == other[n] for n in one.keys() & other.keys()) and (
        relation == "ledger.accidents" or one.keys() == other.keys()
    )


def _contradiction(fact: str, entries: Sequence[Entry]) -> Name:
    at = "、".join(e.place for e in entries)
    return Name(
        f"事故记录填为“无”，历史台账却有 {len(entries)} 起（{at}），按历史台账计入",
        f"no accidents are stated, but the history has {len(entries)} ({at}), which count",
    )


def _with_listings(made: Filled, subject: Subject, known: Derived, unusable: bool) -> tuple[dict[str, Any], ...]:
    """Return the record's listings with those that chains derive of its enterprise."""
    items = [dict(item) for item in made.values.get(LISTINGS) or ()]
    if unusable and LISTINGS not in made.values:
        made.add(items, LISTINGS, {}, LISTINGS)
    if subject.enterprise is None:
        if any(f.relation in (LEDGER_LISTINGS, "ledger.grounds") for facts in known.owned.values() for f in facts):
            made.add(items, LISTINGS, {}, CODE)
        return tuple(items)
    for fact in (f for f in known.owned_by(subject) if f.relation == LEDGER_LISTINGS):
        sure = "enterprise" in fact.values and fact.id in known.result.certain
        kept = {n: fact.values[n] for n in LISTED if n in fact.values and (sure or n != "status")}
        made.add(items, LISTINGS, kept, fact.id)
    return tuple(items)
