"""Whether the engines say of each case what the definition says; where one does not, or raises, it is `engine-differs`."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from safety_rules.engines.compiled.derived import derived
from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import AsOf, Listed, Lookup, ParameterRef
from safety_rules.language.law import edition_on, entry_on
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Derivation, Obligation, Otherwise, Rule
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn, told
from safety_rules.semantics.reads import walk_through
from safety_rules.services.cases import CaseResult, Holder, Ran
from safety_rules.services.readers import COMPILED, Found, Reader
from safety_rules.words.diagnostic import Diagnostic

Tried = tuple[CaseResult, Ran]
TOGETHER = 100
"""Rules that an engine is asked about at once."""
MET = {Truth.TRUE: Status.SATISFIED, Truth.FALSE: Status.VIOLATED, Truth.UNKNOWN: Status.UNDETERMINED}


def differences(
    results: Iterable[CaseResult], engines: Sequence[Reader] = COMPILED, answered: Counter[str] | None = None
) -> Iterator[Diagnostic]:
    """Yield where an engine does not say what the definition said of a case, or raises an exception.

    `answered` counts what each engine said by itself: statuses of rules, of obligations, and derived facts.
    The cases of one law and day are asked together, of the rules that they are of (of the whole area where one of
    them is); those of another day too, where what they are of means the same on both.
    """
    counted = Counter[str]() if answered is None else answered
    counted.update({engine.name: 0 for engine in engines})
    for tried in _together(results):
        for engine in engines:
            yield from _rules(engine, tried, counted)
        yield from _derived(tried, counted)


def _together(results: Iterable[CaseResult]) -> Iterator[list[Tried]]:
    """Yield the cases that are asked together, on the first one's law: those of a day, and what means the same on it."""
    days: dict[tuple[str, datetime.date], list[Tried]] = {}
    for result in results:
        if result.ran is not None:
            days.setdefault((result.area, result.ran.law.as_of), []).append((result, result.ran))
    homes: dict[Hashable, list[Tried]] = {}
    groups: list[list[Tried]] = []
    for tried in sorted(days.values(), key=len, reverse=True):
        law, own, meanings = tried[0][1].law, list[Tried](), dict[str, Hashable]()
        for one in tried:
            holder = one[1].holder
            name = "" if holder is None else holder.key
            if name not in meanings:
                holders: tuple[Holder, ...] = (*law.rules, *law.obligations) if holder is None else (holder,)
                meanings[name] = (law.area.key, name, tuple(_meaning(h, law) for h in holders))
            homes.setdefault(meanings[name], own).append(one)
        groups.append(own)
    yield from (g for g in groups if g)


def _meaning(holder: Holder, law: AreaOn) -> Hashable:
    """Return all that an engine may read of a holder on a day, by identity: equal only where it means the same."""
    parts = [holder.formula] if isinstance(holder, Derivation) else [c.that for c in _clauses(holder)]
    read: dict[Hashable, Any] = {}
    seen: set[str] = set()
    for node in (n for part in parts for n in walk_through(part, law.derivations, seen)):
        match node:
            case AsOf():
                read[AsOf] = law.as_of
            case ParameterRef(key, _, None):
                read["limit", key] = id(entry_on(law.rulebook.parameters[key], law.as_of))
            case Listed(table) | Lookup(table):
                read["table", table] = id(edition_on(law.rulebook.tables[table], law.as_of))
            case _:
                continue
    formulas = tuple(id(law.derivations[key].formula) for key in sorted(seen))
    return tuple(map(id, parts)), formulas, tuple(read.items())


def _rules(engine: Reader, tried: Sequence[Tried], answered: Counter[str]) -> Iterator[Diagnostic]:
    """Yield where an engine differs on the rules and obligations of one law and day.

    A case of a rule is asked of that rule and of some beside it, so that ten times the rules are ten times the work.
    """
    filling = [ran.record for _, ran in tried] if engine.filled else []
    asked = [t for t in tried if not isinstance(t[1].holder, Derivation)]
    whole = [t for t in asked if t[1].holder is None]
    own: dict[str, list[Tried]] = {}
    for one in asked:
        if one[1].holder is not None:
            own.setdefault(one[1].holder.key, []).append(one)
    if len(own) <= TOGETHER:
        yield from _asked(engine, asked, filling, answered)
        return
    yield from _asked(engine, whole, filling, answered)
    keys = list(own)
    for at in range(0, len(keys), TOGETHER):
        yield from _asked(engine, [t for key in keys[at : at + TOGETHER] for t in own[key]], filling, answered)


def _asked(
    engine: Reader, asked: Sequence[Tried], filling: Sequence[Record], answered: Counter[str]
) -> Iterator[Diagnostic]:
    if not asked:
        return
    law = asked[0][1].law
    statuses = [_statuses(ran) for _, ran in asked]
    keys = frozenset(key for found in statuses for key in found)
    part = replace(law, rules=tuple(r for r in (*law.rules, *map(_as_rule, law.obligations)) if r.key in keys))
    records = [ran.record for _, ran in asked]
    if engine.filled:
        records = _filled(records, filling)
    try:
        answers = engine.masks(part, records)
    except Exception as error:
        yield from _broken(engine, part, records, asked[0][0].at, error)
        return
    for (result, _), record, want, found in zip(asked, records, statuses, answers, strict=True):
        for i, rule in enumerate(part.rules):
            status = want.get(rule.key)
            if found is None or status is None or (engine.filled and status is Status.UNDETERMINED):
                continue
            said = _said(found, i)
            answered[engine.name] += 1
            if status not in said:
                at = _place(engine, part, rule, record) or result.at
                came = " or ".join(s.value for s in said)
                yield _differing(engine.name, rule.key, at, came, status.value, result)


def _as_rule(obligation: Obligation) -> Rule:
    """Return an obligation as a rule that requires its conditions: met is due, and open is undetermined."""
    o = obligation
    return Rule(o.key, o.title, o.in_force, o.authority, (), o.applies_when, Otherwise(None), at=o.at)


def _filled(records: Sequence[Record], others: Sequence[Record]) -> list[Record]:
    """Return records with their blanks filled from others: what is decided stays so, whatever else is learned."""
    values: dict[str, Any] = {}
    for record in others:
        values = {**record.values, **values}
    return [Record({**values, **r.values}) for r in records]


def _statuses(ran: Ran) -> dict[str, Status]:
    """Return the status of each rule that a case asked the definition for."""
    if ran.holder is None:
        return {f.rule.key: f.status for f in ran.came.findings}
    return {ran.holder.key: MET[ran.came] if isinstance(ran.came, Truth) else ran.came}


def _said(found: Found, i: int) -> tuple[Status, ...]:
    violated, undetermined, not_applicable = found
    if violated >> i & 1:
        return (Status.VIOLATED,)
    if undetermined >> i & 1:
        return (Status.UNDETERMINED,)
    if not_applicable is None:
        return (Status.SATISFIED, Status.NOT_APPLICABLE)
    return (Status.NOT_APPLICABLE,) if not_applicable >> i & 1 else (Status.SATISFIED,)


def _broken(
    engine: Reader, law: AreaOn, records: Sequence[Record], otherwise: Span, error: Exception
) -> Iterator[Diagnostic]:
    """Yield the rules that an engine cannot work out by themselves; the first, where it can each but not all together."""
    alone = [(r, _raised(engine, replace(law, rules=(r,)), records)) for r in law.rules]
    for rule, why in [(r, e) for r, e in alone if e is not None] or [(law.rules[0], error)]:
        parts = (c for c in _clauses(rule) if _raised(engine, _only(law, rule, c), records) is not None)
        at = next((c.at for c in parts if c.at is not None), rule.at) or otherwise
        yield _raising(engine.name, rule.key, at, why)


def _raising(engine: str, of: str, at: Span, why: Exception) -> Diagnostic:
    said = str(why).strip().splitlines()
    return Diagnostic.of("engine-differs.error", at, of=of, engine=engine, why=said[0] if said else type(why).__name__)


def _differing(engine: str, of: str, at: Span, came: str, want: str, result: CaseResult) -> Diagnostic:
    return Diagnostic.of("engine-differs.status", at, of=of, engine=engine, came=came, want=want, case=result.case)


def _raised(engine: Reader, law: AreaOn, records: Sequence[Record]) -> Exception | None:
    try:
        engine.masks(law, records)
    except Exception as error:
        return error
    return None


def _place(engine: Reader, law: AreaOn, rule: Rule, record: Record) -> Span | None:
    """Return the first clause of which an engine does not say what the definition says; the rule where none is it."""
    env = law.environment(record)
    for clause in _clauses(rule):
        one = _only(law, rule, clause)
        if _raised(engine, one, [record]) is not None:
            return clause.at
        found = engine.masks(one, [record])[0]
        if found is not None and told(one.rules[0], env)[0] not in _said(found, 0):
            return clause.at
    return rule.at


def _clauses(holder: Rule | Obligation) -> tuple[Clause, ...]:
    return (*holder.applies_when, *holder.requires) if isinstance(holder, Rule) else holder.applies_when


def _only(law: AreaOn, rule: Rule, clause: Clause) -> AreaOn:
    """Return a law with nothing in it but that one clause is required."""
    return replace(law, rules=(replace(rule, applies_when=(), requires=(clause,)),))


def _derived(tried: Sequence[Tried], answered: Counter[str]) -> Iterator[Diagnostic]:
    """Yield where the compiled derived facts are not those of the definition."""
    asked = [(result, ran, ran.holder) for result, ran in tried if isinstance(ran.holder, Derivation)]
    if not asked:
        return
    law, by = asked[0][1].law, list[Callable[[Any], Mapping[str, Any]]]()
    used = {d.fact for _, _, d in asked}
    for *_, derivation in asked:
        list(walk_through(derivation.formula, law.derivations, used))
    part = replace(law, derivations={k: d for k, d in law.derivations.items() if k in used})
    for result, ran, derivation in asked:
        at = derivation.at or result.at
        try:
            by = by or [derived(part)]
            came = _value(derivation, by[0](ran.record.values))
        except Exception as error:
            yield _raising("exact", derivation.key, at, error)
            continue
        answered["exact"] += 1
        if came != ran.came:
            yield _differing("exact", derivation.key, at, str(came), str(ran.came), result)


def _value(derivation: Derivation, by_path: Mapping[str, Any]) -> Any:
    if derivation.variable is None:
        return by_path[derivation.fact]
    outer, _, name = derivation.fact.rpartition(".")
    return [v for path, v in by_path.items() if path.startswith(f"{outer}[") and path.endswith(f"].{name}")]
