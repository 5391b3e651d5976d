"""The definition of a finding and of a verdict's interval: one area, one day, one record."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.errors import NotFoundError
from safety_rules.language.kinds import Value
from safety_rules.language.law import edition_on, entry_on, is_sure
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Derivation, Obligation, Rule, Waiver
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.same import Same
from safety_rules.language.source import Citation, Standing, weakest
from safety_rules.language.truth import Truth, conjunction
from safety_rules.language.units import Unit
from safety_rules.language.verdict import ClauseResult, DueDuty, Finding, Reason, Status, Unknown, WaiverResult
from safety_rules.language.vocabulary import Contradiction, Ratio
from safety_rules.semantics.admission.admit import Places, admit
from safety_rules.semantics.dated import dated
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, truth
from safety_rules.semantics.grounds import Grounds, enough, grounds, standing_of, together
from safety_rules.semantics.reads import parameters_of, tables_of
from safety_rules.words.near import did_you_mean

MOST_DAYS = 64


@dataclass(frozen=True, slots=True)
class AreaOn:
    """An area's law on a day: the rules, derivations and duties in force, and how sure they must be.

    `confirmed` names parameters and rules that count as sure enough whatever their standing; `accepted` are numbers
    of records that count although they are not plausible (all of them, where it is None). Without `bounded`, what
    is blank is asked by strong Kleene alone, as a formula for the solver is; without `tight` by bounds alone, not
    by cases.
    """

    rulebook: Rulebook
    area: Area
    as_of: datetime.date
    rules: tuple[Rule, ...]
    derivations: Mapping[str, Derivation]
    obligations: tuple[Obligation, ...]
    require: Standing = Standing.assumed
    confirmed: frozenset[str] = field(default_factory=frozenset)
    accepted: tuple[Acceptance, ...] | None = ()
    bounded: bool = True
    tight: bool = True

    def __repr__(self) -> str:
        return f"<AreaOn {self.area.key} on {self.as_of}: {len(self.rules)} rules>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the rulebook, the area's key and the day: its law follows from them."""
        return _again, (
            self.rulebook, self.area.key, self.as_of, self.require, self.confirmed, self.accepted, self.bounded,
            self.tight,
        )  # fmt: skip

    def by_kleene(self) -> AreaOn:
        """Return the same law asked without bounds, as a formula of the solver has it."""
        return replace(self, bounded=False)

    def environment(self, record: Record) -> Environment:
        """Return the environment in which the area's conditions are evaluated on a record."""
        return Environment(
            record, self.as_of, self.rulebook.parameters, self.derivations, {}, self.require, self.confirmed,
            self.rulebook.vocabulary, self.rulebook.tables, {}, self.bounded,
        )  # fmt: skip


def area_on(rulebook: Rulebook, key: str, day: datetime.date, require: Standing = Standing.assumed) -> AreaOn:
    """Return an area's law on a day, the same object as long as it is asked for often."""
    return _area_on(Same(rulebook), key, day, require)


@lru_cache(maxsize=MOST_DAYS)
def _area_on(held: Same[Rulebook], key: str, day: datetime.date, require: Standing) -> AreaOn:
    rulebook = held.it
    if key not in rulebook.areas:
        raise NotFoundError(f"there is no area `{key}`; {did_you_mean(key, rulebook.areas)}")
    area = rulebook.areas[key]
    return AreaOn(
        rulebook,
        area,
        day,
        tuple(dated(r, rulebook.sources, day) for r in area.rules if r.in_force.holds(day)),
        {d.fact: dated(d, rulebook.sources, day) for d in area.derivations if d.in_force.holds(day)},
        tuple(dated(o, rulebook.sources, day) for o in area.obligations if o.in_force.holds(day)),
        require,
    )


def area_record(
    on: AreaOn, data: Any, units: Mapping[str, Unit] | None = None, places: Places = lambda path: ""
) -> Record:
    """Return data as the area's record, as `admit` does, and a record as it is; raises RecordError for what is no mapping."""
    if isinstance(data, Record):
        return data
    return admit(data, on.rulebook.vocabulary, units, places, frozenset(on.derivations), on.area.zone, on.accepted)


def contradictions_of(on: AreaOn) -> tuple[Contradiction, ...]:
    """Return what cannot both be right of what an area's subjects carry."""
    held = on.rulebook.vocabulary.contradictions
    return tuple(c for c in held if any(k.partition(".")[0] in on.area.subjects for k in (c.text, c.choice)))


def ratios_of(on: AreaOn) -> tuple[Ratio, ...]:
    """Return the plausible ratios of what an area's subjects carry."""
    return tuple(
        r for r in on.rulebook.vocabulary.ratios if any(k.partition(".")[0] in on.area.subjects for k in (r.of, r.per))
    )


def _again(
    rulebook: Rulebook,
    key: str,
    day: datetime.date,
    require: Standing,
    confirmed: frozenset[str],
    accepted: tuple[Acceptance, ...] | None,
    bounded: bool,
    tight: bool,
) -> AreaOn:
    law = area_on(rulebook, key, day, require)
    return replace(law, confirmed=confirmed, accepted=accepted, bounded=bounded, tight=tight)


def derived_values(on: AreaOn, record: Record) -> dict[str, Value | None]:
    """Return every derived fact by path, those of list items for each item; None where unknown."""
    env, found = on.environment(record), {}
    for key, derivation in on.derivations.items():
        outer, _, name = key.rpartition(".")
        for i, scope in enumerate(scopes(derivation, env)):
            path = key if derivation.variable is None else f"{outer}[{i}].{name}"
            found[path] = known(evaluate(derivation.formula, scope))
    return found


def scopes(derivation: Derivation, env: Environment) -> list[Environment]:
    """Return what a derivation's formula is read in: the record, or of a list's field each item of the list."""
    if derivation.variable is None:
        return [env]
    outer = derivation.fact.rpartition(".")[0]
    items = env.record.values.get(outer, ())
    rows = items if isinstance(items, tuple) else ()
    return [env.with_item(derivation.variable, f"{outer}[{i}]", item) for i, item in enumerate(rows)]


def known(value: Value | Unknown) -> Value | None:
    """Return a value, None for an unknown one."""
    return None if isinstance(value, Unknown) else value


def clause_results(clauses: Iterable[Clause], env: Environment) -> tuple[ClauseResult, ...]:
    """Return the truth of each clause."""
    return tuple(ClauseResult(c.key, *truth(c.that, env)) for c in clauses)


def status(applies: Truth, requires: Truth) -> Status:
    """Return what a rule says, from whether it applies and whether its requirement holds."""
    if applies is Truth.FALSE:
        return Status.NOT_APPLICABLE
    if requires is Truth.TRUE:
        return Status.SATISFIED
    if applies is Truth.TRUE and requires is Truth.FALSE:
        return Status.VIOLATED
    return Status.UNDETERMINED


Told = tuple[Status, tuple[ClauseResult, ...], tuple[ClauseResult, ...], frozenset[Reason]]


def told(rule: Rule, env: Environment) -> Told:
    """Return the status of one rule on the environment's record, the truth of its clauses, and the reasons of an open one."""
    applies, requires = clause_results(rule.applies_when, env), clause_results(rule.requires, env)
    applying = conjunction(*(c.truth for c in applies))
    meeting = conjunction(*(c.truth for c in requires))
    says = status(applying, meeting)
    reasons: frozenset[Reason] = frozenset()
    if says is Status.UNDETERMINED:
        open_parts = (applies if applying is Truth.UNKNOWN else ()) + (requires if meeting is Truth.UNKNOWN else ())
        reasons = reasons.union(*(c.reasons for c in open_parts))
    elif says is not Status.NOT_APPLICABLE and not is_sure(rule, env):
        says, reasons = Status.UNDETERMINED, frozenset({Reason("authority", rule.key)})
    return says, applies, requires, reasons


def finding(rule: Rule, env: Environment) -> Finding:
    """Return what one rule says of the environment's record, how sure that is, and what it cites."""
    says, applies, requires, reasons = told(rule, env)
    rests_on = _rests_on(rule, says, env)
    found = standing_of(rests_on)
    # What does not apply rests on the data alone, or on a figure that is less than sure.
    inapplicable = None if found is Standing.statute else found
    standing = inapplicable if says is Status.NOT_APPLICABLE else weakest(rule.standing, found)
    weak = {k: c for k, c in rests_on.items() if k in env.derivations and c.standing is not Standing.statute}
    cited = _citations(rule, says, env, rests_on)
    return Finding(rule, says, standing, applies, requires, reasons, cited, weak)


def _rests_on(rule: Rule, says: Status, env: Environment) -> Grounds:
    """Return what a finding rests on, before the rule's own authority: of clauses each of which is enough, the surest."""
    applies = clause_grounds(rule.applies_when, env)
    return applies if says is Status.NOT_APPLICABLE else together([applies, clause_grounds(rule.requires, env)])


def clause_grounds(clauses: Iterable[Clause], env: Environment) -> Grounds:
    """Return what the truth of all of several clauses rests on."""
    return enough([(evaluate(c.that, env), grounds(c.that, env)) for c in clauses], False)


def _citations(rule: Rule, says: Status, env: Environment, rests_on: Grounds) -> dict[str, Citation]:
    """Return the citations of the parameters and tables that a rule's conditions name, through derivations.

    A figure of another day is cited by the entry that was used; by the weakest of all while that is open.
    """
    clauses = rule.applies_when if says is Status.NOT_APPLICABLE else rule.applies_when + rule.requires
    used: dict[str, Citation] = {}
    for clause in clauses:
        for ref in parameters_of(clause.that, env.derivations):
            parameter = env.parameters[ref.key]
            entry = entry_on(parameter, env.as_of)
            entries = [entry] if ref.day is None and entry is not None else list(parameter.entries)
            could = [e.citation for e in entries] if ref.day is None or says is Status.UNDETERMINED else []
            for found in [rests_on[ref.key]] if ref.key in rests_on else could:
                if ref.key not in used or found.standing > used[ref.key].standing:
                    used[ref.key] = found
        for table in tables_of(clause.that, env.derivations):
            edition = edition_on(env.tables[table], env.as_of)
            if edition is not None:
                used[table] = edition.citation
    return used


def findings(
    on: AreaOn, record: Record, waivers: Sequence[Waiver] = (), env: Environment | None = None
) -> tuple[Finding, ...]:
    """Return one finding for each rule in force, in the area's order; what a waiver takes out of account says so."""
    env = env or on.environment(record)
    found = tuple(finding(rule, env) for rule in on.rules)
    granted = {w.rule for w in applied_waivers(on, record, waivers)}
    counts = (Status.VIOLATED, Status.UNDETERMINED)
    return tuple(replace(f, waived=True) if f.rule.key in granted and f.status in counts else f for f in found)


def interval(area: Area, found: Iterable[Finding]) -> tuple[str, str]:
    """Return the outcome at best (undetermined rules satisfied) and at worst (violated)."""
    best = worst = 0
    for f in found:
        if f.waived:
            continue
        rank = area.rank(f.outcome)
        if f.status is Status.VIOLATED:
            best, worst = max(best, rank), max(worst, rank)
        elif f.status is Status.UNDETERMINED:
            worst = max(worst, rank)
    return area.outcomes[best].key, area.outcomes[worst].key


def deciding(area: Area, found: Iterable[Finding], outcome: str) -> tuple[Finding, ...]:
    """Return the findings that decided the outcome.

    These are the violated rules that ask for it, and those that ask for worse and are not violated.
    """
    rank = area.rank(outcome)
    return tuple(f for f in found if not f.waived and _decides(f.status, area.rank(f.outcome), rank))


def _decides(status: Status, asked: int, rank: int) -> bool:
    if status is Status.VIOLATED:
        return asked == rank > 0
    return status is not Status.UNDETERMINED and asked > rank


def subject_names(on: AreaOn, record: Record) -> frozenset[str]:
    """Return the identifiers by which a waiver may name the record's subject."""
    subjects = on.rulebook.vocabulary.subjects
    keys = [key for s in on.area.subjects for key in subjects[s].identity]
    return frozenset(str(record.values[k]) for k in keys if k in record.values)


def applied_waivers(on: AreaOn, record: Record, waivers: Sequence[Waiver]) -> tuple[Waiver, ...]:
    """Return the waivers that count: for this subject and day, and never for a veto."""
    names = subject_names(on, record)
    vetoes = {r.key for r in on.area.rules if r.otherwise.veto}
    known = {r.key for r in on.area.rules} - vetoes
    return tuple(w for w in waivers if w.subject in names and w.until >= on.as_of and w.rule in known)


def waiver_results(
    on: AreaOn, record: Record, waivers: Sequence[Waiver], found: Sequence[Finding]
) -> tuple[WaiverResult, ...]:
    """Return what became of each waiver that names this record's subject."""
    names, waived = subject_names(on, record), {f.rule.key for f in found if f.waived}
    counted = applied_waivers(on, record, waivers)
    results = []
    for waiver in waivers:
        if waiver.subject not in names:
            continue
        if waiver in counted:
            result = "applied" if waiver.rule in waived else "unused"
        else:
            result = "expired" if waiver.until < on.as_of else "refused"
        until = waiver.until.isoformat()
        results.append(WaiverResult(waiver.rule, waiver.subject, result, waiver.granted_by, waiver.reason, until))
    return tuple(results)


def due_duties(on: AreaOn, env: Environment, found: Sequence[Finding]) -> tuple[DueDuty, ...]:
    """Return the duties that follow: from violated rules, and from obligations whose conditions hold."""
    obliged = (due_duty(obligation, env) for obligation in on.obligations)
    return (*rule_duties(found), *(duty for duty in obliged if duty is not None))


def rule_duties(found: Iterable[Finding]) -> list[DueDuty]:
    """Return the duties that follow from violated rules."""
    return [
        DueDuty(f.rule.key, duty, f.rule.authority, True, f.standing or Standing.statute)
        for f in found
        if f.status is Status.VIOLATED
        for duty in f.rule.otherwise.duties
    ]


def due_duty(obligation: Obligation, env: Environment) -> DueDuty | None:
    """Return an obligation's duty, certain or not; None where it surely does not hold."""
    results = clause_results(obligation.applies_when, env)
    holds = conjunction(*(c.truth for c in results))
    if holds is Truth.FALSE:
        return None
    reasons: frozenset[Reason] = frozenset().union(*(c.reasons for c in results))
    standing = weakest(obligation.standing, standing_of(clause_grounds(obligation.applies_when, env)))
    certain = holds is Truth.TRUE and not obligation.lapsed
    return DueDuty(obligation.key, obligation.duty, obligation.authority, certain, standing, reasons)
