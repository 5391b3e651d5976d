"""Areas, rules, derivations and obligations from their files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from safety_rules.language.bounds import can
from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr, Listed, Lookup, ParameterRef, walk
from safety_rules.language.kinds import Records
from safety_rules.language.rule import Clause, Derivation, Obligation, Otherwise, Rule
from safety_rules.language.rulebook import Area, Outcome
from safety_rules.language.source import Citation, Period
from safety_rules.language.zones import DEFAULT_ZONE, zone
from safety_rules.loading import models_rules as shapes
from safety_rules.loading.bands import bands
from safety_rules.loading.cases import cases, statuses
from safety_rules.loading.context import Context, read
from safety_rules.loading.from_ledger import across, joins
from safety_rules.loading.named import cited, clause, duty
from safety_rules.loading.scalars import day, flag, key, name, period
from safety_rules.loading.tree import Made, Scalar
from safety_rules.semantics.bounds import at_any_time
from safety_rules.words.near import suggestion
from safety_rules.words.said import said


def clauses(files: MappingType[Scalar, Scalar | shapes.ClauseFile], c: Context, in_force: Period) -> tuple[Clause, ...]:
    """Return the clauses; one that can only be true, or only be false, is an error."""
    made: list[Clause] = []
    for clause_key, file in files.items():
        one = clause(clause_key, file, c)
        if one is None:
            continue
        at = one.at if one.named else None
        true, false, _ = can(at_any_time(one.that, c.vocabulary, c.parameters, c.derived))
        if true != false:
            only = said("truth.true" if true else "truth.false")
            c.report.error("constant-clause.clause", at or one.that.at or one.at, name=clause_key, only=only)
        timelines(one.that, c, in_force, at)
        made.append(one)
    return tuple(made)


def timelines(expr: Expr, c: Context, in_force: Period, at: Span | None = None) -> None:
    """Report a parameter or table that has no value on the first or last day on which a rule reads it.

    `at` is the place to report, where the condition stands elsewhere.
    """
    for node in walk(expr):
        named = _timeline_of(node, c)
        if named is None or not named[1] or node.at is None:
            continue
        name_, periods = named
        first, last = periods[0].since, periods[-1].until
        since = in_force.since or datetime.date.min
        if first is not None and since < first:
            c.report.error("timeline-hole.starts", at or node.at, name=name_, since=since, first=first)
        if last is not None and (in_force.until is None or in_force.until > last):
            c.report.error("timeline-hole.ends", at or node.at, name=name_, last=last)


def _timeline_of(node: Expr, c: Context) -> tuple[str, list[Period]] | None:
    match node:
        case ParameterRef(key_, _, None):
            return key_, [e.period for e in c.parameters[key_].entries]
        case Listed(table) | Lookup(table):
            return table, [e.period for e in c.tables[table].editions]
        case _:
            return None


def authority(files: Sequence[Any], c: Context) -> tuple[Any, ...]:
    """Return the citations of a rule: a clause of a document has one standing in it."""
    found = tuple(f for f in (cited(file, c) for file in files) if f is not None)
    first: dict[tuple[str, str], Citation] = {}
    for f in found:
        other = first.setdefault((f.source, f.clause), f)
        if other.standing is not f.standing and f.at is not None:
            c.report.error("standing.two", f.at, clause=f.clause, first=other.standing.name, second=f.standing.name)
    return found


def rule(file: shapes.RuleFile, area_file: shapes.AreaFile | None, c: Context, where: str) -> Rule | None:
    """Return a rule of an area."""
    twice = next((named for named in file.applies_when if named in file.requires), None)
    if twice is not None:
        c.report.error("clause-twice.rule", twice)
    in_force = period(file.in_force, c.report)
    made = Rule(
        key(file.rule, c.report), name(file.title, c.report), in_force, authority(file.authority, c),
        clauses(file.applies_when, c, in_force), clauses(file.requires, c, in_force),
        otherwise(file.otherwise, area_file, c), (), None if file.note is None else name(file.note, c.report),
        file.rule.at, where, _set(file.rule, where),
    )  # fmt: skip
    statuses(file.cases, c)
    return replace(made, cases=cases(file.cases, area_file, c)) if area_file is not None else made


def otherwise(file: shapes.OtherwiseFile, area_file: shapes.AreaFile | None, c: Context) -> Otherwise:
    """Return what a violated rule asks for."""
    r = c.report
    veto, advice = flag(file.veto, False, r), flag(file.advice, False, r)
    outcome = str(file.outcome) if file.outcome is not None else None
    keys = [str(k) for k in area_file.outcomes] if area_file is not None else []
    if (outcome is None) is not advice:
        at = file.outcome or file.advice or (file.remedy.zh if file.remedy else None)
        if at is not None:
            r.error("outcome", at)
    if outcome is not None and file.outcome is not None and area_file is not None:
        if outcome not in keys:
            r.error("unknown-outcome", file.outcome, suggestion(outcome, keys))
            outcome = keys[-1]
        elif outcome == keys[0]:
            r.error("best-outcome", file.outcome)
        if veto and outcome != keys[-1]:
            r.error("weak-veto.worst", file.outcome, worst=keys[-1])
    if outcome is None and veto and file.veto is not None:
        r.error("weak-veto.none", file.veto)
    return Otherwise(
        outcome,
        veto,
        None if file.remedy is None else name(file.remedy, r),
        tuple(d for d in (duty(f, c, keys) for f in file.duties) if d is not None),
    )


def derivation(file: shapes.DeriveFile, area_file: shapes.AreaFile | None, c: Context, where: str) -> Derivation | None:
    """Return how a fact is derived."""
    fact = c.vocabulary.find(str(file.fact))
    if fact is None:
        c.report.error("unknown-name.vocabulary", file.fact, suggestion(file.fact, c.vocabulary.facts))
        return None
    c.report.named(file.fact, fact.key, fact.zh_key)
    scope, outer = c.scope(), fact.key.rpartition(".")[0]
    in_list = c.vocabulary.is_list(outer)
    if in_list is not (file.for_each is not None):
        c.report.error("for-each", file.for_each or file.fact)
        return None
    if file.for_each is not None:
        scope = scope.with_variable(str(file.for_each), Records(outer))
    in_force = period(file.in_force, c.report)
    if isinstance(file.derives, shapes.BandsFile):
        formula, written = bands(file.derives, fact, c, scope), str(file.derives.of)
    else:
        formula, written = read(file.derives, c, fact.kind, scope), str(file.derives)
    if formula is None:
        return None
    timelines(formula, c, in_force)
    variable = None if file.for_each is None else str(file.for_each)
    return Derivation(
        key(file.derive, c.report), fact.key, name(file.title, c.report), in_force, authority(file.authority, c),
        formula, variable, written, cases(file.cases, area_file, c) if area_file is not None else (), file.derive.at,
        where, row_of=_set(file.derive, where),
    )  # fmt: skip


def _set(made_as: Scalar, where: str) -> str:
    """Return the set whose file a rule or derivation was made from; none of one that is written itself."""
    return where.rpartition("/")[2].partition(".")[0] if isinstance(made_as, Made) else ""


def obligation(
    file: shapes.ObligationFile, area_file: shapes.AreaFile | None, c: Context, where: str
) -> Obligation | None:
    """Return an obligation."""
    outcomes = [str(k) for k in area_file.outcomes] if area_file is not None else []
    in_force, owed = period(file.in_force, c.report), duty(file.duty, c, outcomes)
    if owed is None:
        return None
    return Obligation(
        key(file.obligation, c.report), name(file.title, c.report), in_force, authority(file.authority, c),
        clauses(file.applies_when, c, in_force), owed,
        cases(file.cases, area_file, c) if area_file is not None else (), file.obligation.at, where,
    )  # fmt: skip


def area(
    file: shapes.AreaFile,
    rules: Sequence[Rule],
    derivations: Sequence[Derivation],
    obligations: Sequence[Obligation],
    cases_: Sequence[shapes.AreaCaseFile],
    c: Context,
) -> Area:
    """Return an area."""
    for subject in file.subjects:
        if str(subject) not in c.vocabulary.subjects:
            c.report.error("unknown-subject", subject, suggestion(subject, c.vocabulary.subjects))
    outcomes = tuple(Outcome(key(k, c.report), name(n, c.report)) for k, n in file.outcomes.items())
    order = sorted(
        rules, key=lambda r: (-[o.key for o in outcomes].index(r.otherwise.outcome or outcomes[0].key), r.key)
    )
    return Area(
        key(file.area, c.report), name(file.title, c.report), tuple(str(s) for s in file.subjects), outcomes,
        tuple(order), tuple(derivations), tuple(obligations), cases(cases_, file, c), day(file.cases_on, c.report),
        zone=_zone(file, c), from_ledger=joins(file, c), grades=flag(file.grades, False, c.report),
        across_rows=across(file, c), at=file.area.at,
    )  # fmt: skip


def _zone(file: shapes.AreaFile, c: Context) -> datetime.tzinfo:
    found = None if file.zone is None else zone(str(file.zone))
    if found is None and file.zone is not None:
        c.report.error("unknown-zone", file.zone)
    return found or DEFAULT_ZONE
