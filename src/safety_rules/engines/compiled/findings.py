"""The findings of a record by compiled parts: what `semantics.decide.finding` says of a rule, sooner.

Only what no blank is in the way of is told here; an open rule is left to the definition, with its reasons.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.area import compiled
from safety_rules.engines.compiled.derived import by_paths, duties, with_derived
from safety_rules.engines.compiled.exact import value
from safety_rules.engines.compiled.standing import Cited, rule_grounds
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language.expr import FactRef, ItemField
from safety_rules.language.law import edition_on, entry_on, is_sure
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Obligation, Rule
from safety_rules.language.source import Citation, Standing, weakest
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import ClauseResult, DueDuty, Finding, Masks, Status, bits
from safety_rules.semantics.decide import AreaOn, due_duty, finding, rule_duties, status
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.reads import parameters_of, tables_of, walk_through
from safety_rules.semantics.verdict.shared import Answers

Values = Mapping[str, Any]
Asking = TypeVar("Asking", Rule, Obligation)
T = TypeVar("T")
Told = Callable[[Callable[[str], Any]], tuple[bool | None, ...]]


@dataclass
class Findings:
    """The compiled parts of a law's rules, each made when it is first asked for."""

    law: AreaOn
    kept: Answers
    constants: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Part | None] = field(default_factory=dict)
    clauses: dict[int, tuple[Callable[[Callable[[str], Any]], Any], Clause]] = field(default_factory=dict)
    alone: dict[str, Callable[[Callable[[str], Any]], Masks]] = field(default_factory=dict)

    @cached_property
    def ready(self) -> Callable[[Values], Values]:
        """The function that adds the derived facts to a record's values."""
        return with_derived(self.law)

    def of(self, rules: Iterable[Rule], env: Environment) -> tuple[Finding, ...]:
        """Return the findings of rules on the environment's record, in their order."""
        get = self.ready(env.record.values).get
        return tuple(self._finding(rule, get, env) for rule in rules)

    @cached_property
    def obliged(self) -> Callable[[Values], list[DueDuty]]:
        """The function to the obligations that are due, or may be, without the reasons of open ones."""
        return duties(self.law, ready=True)

    @cached_property
    def by_paths(self) -> Callable[[Values], dict[str, Any]]:
        """The function from values with derived facts to the derived facts by path."""
        return by_paths(self.law)

    def status(self, rule: Rule, record: Record) -> Status:
        """Return what one rule says of a record: by a function of this rule alone, for a search that asks it often."""
        key = self.kept.of_rule("status", rule, record.values)
        return self._alone(rule, record) if key is None else self.kept.answer(key, lambda: self._alone(rule, record))

    def _alone(self, rule: Rule, record: Record) -> Status:
        if rule.key not in self.alone:
            self.alone[rule.key] = compiled(replace(self.law, rules=(rule,))).exact
        violated, undetermined, absent = self.alone[rule.key](record.values.get)
        if violated:
            return Status.VIOLATED
        return Status.UNDETERMINED if undetermined else Status.NOT_APPLICABLE if absent else Status.SATISFIED

    def holds(self, clause: Clause, record: Record) -> bool:
        """Return whether one clause is true of a record: by a function of this clause alone."""
        if id(clause) not in self.clauses:
            w = Writer(self.law, self.constants)
            found = value(clause.that, w)
            made = code.function("holds", ["get"], [*w.loading, *w.body, ast.Return(found)])
            self.clauses[id(clause)] = code.functions([made], self.constants, f"<clause {clause.key}>")["holds"], clause
        return self.clauses[id(clause)][0](record.values.get) is True

    def derived(self, record: Record) -> Mapping[str, Any]:
        """Return the derived facts of a record by path; None for one that is unknown."""
        return self.by_paths(self.ready(record.values))

    def due(self, env: Environment, found: Iterable[Finding]) -> tuple[DueDuty, ...]:
        """Return the duties that follow from findings and obligations; open ones by the definition."""
        duties: list[DueDuty | None] = [*rule_duties(found)]
        by_key = {o.key: o for o in self.law.obligations}
        for duty in self.obliged(self.ready(env.record.values)) if by_key else ():
            duties.append(duty if duty.certain else self._kept("duty", by_key[duty.key], env, due_duty))
        return tuple(duty for duty in duties if duty is not None)

    def _finding(self, rule: Rule, get: Callable[[str], Any], env: Environment) -> Finding:
        if rule.key not in self.parts:
            self.parts[rule.key] = _part(rule, self.law, self.constants)
        part = self.parts[rule.key]
        found = None if part is None else part.finding(get)
        return self._kept("finding", rule, env, finding) if found is None else found

    def _kept(self, what: str, of: Asking, env: Environment, by_definition: Callable[[Asking, Environment], T]) -> T:
        """Return what the definition says; of what has read the same values, the same: rows of a ledger lack the same."""
        key = self.kept.of_rule(what, of, env.record.values)
        return by_definition(of, env) if key is None else self.kept.answer(key, lambda: by_definition(of, env))


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of a rule before any record: how its clauses are told, and what it may cite where it applies and
    where not.
    """

    rule: Rule
    told: Told
    grounds: Callable[[Any], tuple[int, ...]]
    cited: Cited
    results: tuple[tuple[ClauseResult, ClauseResult], ...]
    named: tuple[tuple[str, Citation | None], ...]
    named_apart: tuple[tuple[str, Citation | None], ...]
    derived: frozenset[str]

    def finding(self, get: Callable[[str], Any]) -> Finding | None:
        """Return the finding; None where a clause is open."""
        truths = self.told(get)
        if None in truths:
            return None
        results = tuple([pair[found is True] for pair, found in zip(self.results, truths, strict=True)])
        count = len(self.rule.applies_when)
        says = status(_all(truths[:count]), _all(truths[count:]))
        apart, whole = self.grounds(get)
        absent = says is Status.NOT_APPLICABLE
        mask = apart if absent else whole
        found = Standing(self.cited.standing(mask))
        inapplicable = None if found is Standing.statute else found
        standing = inapplicable if absent else weakest(self.rule.standing, found)
        rests_on = self._rests_on(mask) if mask else {}
        if rests_on is None:
            return None
        weak = {k: c for k, c in rests_on.items() if k in self.derived}
        used = _used(self.named_apart if absent else self.named, rests_on)
        return Finding(self.rule, says, standing, results[:count], results[count:], frozenset(), used, weak)

    def _rests_on(self, mask: int) -> dict[str, Citation] | None:
        """Return the citations of grounds by key; None where which of two alike comes first is not known here."""
        found: dict[str, Citation] = {}
        for key, citation in (self.cited.all[i] for i in bits(mask)):
            if key in found and citation.standing == found[key].standing:
                return None
            if key not in found or citation.standing > found[key].standing:
                found[key] = citation
        return found


def _all(truths: Sequence[bool | None]) -> Truth:
    return Truth.FALSE if False in truths else Truth.TRUE


def _used(named: Iterable[tuple[str, Citation | None]], rests_on: Mapping[str, Citation]) -> dict[str, Citation]:
    """Return the citations of figures and tables: of a figure of another day, the one that was used."""
    found = ((key, rests_on.get(key) if citation is None else citation) for key, citation in named)
    return {key: citation for key, citation in found if citation is not None}


def _part(rule: Rule, law: AreaOn, constants: dict[str, Any]) -> Part | None:
    """Return a rule's part; None where it is not sure enough, or names one figure of the day and of others."""
    clauses = (*rule.applies_when, *rule.requires)
    refs = {(r.key, r.day is None) for c in clauses for r in parameters_of(c.that, law.derivations)}
    if not is_sure(rule, law) or any((key, not own) in refs for key, own in refs):
        return None
    w = Writer(law, constants, ready=True)
    found = [value(c.that, w) for c in clauses]
    body: list[ast.stmt] = [*w.loading, *w.body, ast.Return(ast.Tuple(found, ast.Load()))]
    file = f"<finding {rule.key} on {law.as_of}>"
    told: Told = code.functions([code.function("told", ["get"], body)], constants, file)["told"]
    results = tuple((ClauseResult(c.key, Truth.FALSE), ClauseResult(c.key, Truth.TRUE)) for c in clauses)
    grounds, cited = rule_grounds(rule, law)
    nodes = [n for c in clauses for n in walk_through(c.that, law.derivations, set())]
    derived = frozenset(n.key for n in nodes if isinstance(n, FactRef | ItemField) and n.key in law.derivations)
    named, apart = _named(clauses, law), _named(rule.applies_when, law)
    return Part(rule, told, grounds, cited, results, named, apart, derived)


def _named(clauses: Iterable[Clause], law: AreaOn) -> tuple[tuple[str, Citation | None], ...]:
    """Return the figures and tables that clauses name, as `semantics.decide` does, with their citations; None for
    another day's.
    """
    used: dict[str, Citation | None] = {}
    for clause in clauses:
        for ref in parameters_of(clause.that, law.derivations):
            entry = entry_on(law.rulebook.parameters[ref.key], law.as_of)
            if ref.day is not None or ref.key in used:
                used[ref.key] = used.get(ref.key) if ref.day is None else None
            elif entry is not None:
                used[ref.key] = entry.citation
        for table in tables_of(clause.that, law.derivations):
            edition = edition_on(law.rulebook.tables[table], law.as_of)
            if edition is not None:
                used[table] = edition.citation
    return tuple(used.items())
