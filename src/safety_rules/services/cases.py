"""Runs the cases that stand in rule files, and says what came of each in the author's words."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Number, Records, Value
from safety_rules.language.record import Record
from safety_rules.language.rule import Case, Derivation, Obligation, Rule
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import standing_key
from safety_rules.language.truth import Truth, conjunction
from safety_rules.language.verdict import Reason
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.scalars import RATIONAL
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent, value_of
from safety_rules.semantics.counsel.gap import clause_gaps
from safety_rules.semantics.decide import AreaOn, area_on, area_record, clause_results, known, scopes, told
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.services.chain_cases import chain_case
from safety_rules.words.explanation import texts
from safety_rules.words.values import amount

Holder = Rule | Derivation | Obligation


@dataclass(frozen=True, slots=True)
class Ran:
    """What the definition said of a case: on which law and record, of what (None: of the whole area), and the answer.

    Of a rule the answer is its status, of an obligation the truth of its conditions, of an area the verdict, and
    of a derivation the value, or those of each record of a list (None: unknown).
    """

    law: AreaOn
    record: Record
    holder: Holder | None
    came: Any


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case: no `failures` means that it holds; nothing `ran` of what was not in force, or chains."""

    area: str
    of: str
    case: str
    at: Span
    failures: tuple[str, ...]
    ran: Ran | None = field(default=None, compare=False, repr=False)

    @property
    def passed(self) -> bool:
        """Whether the case holds."""
        return not self.failures


def run_cases(
    rulebook: Rulebook, area: str | None = None, only: str = "", file: str | None = None
) -> Iterator[CaseResult]:
    """Yield the result of every case of every area, or of one.

    With `only`, of those whose `RULE::CASE` has it in it; with a `file`, of those that stand in it.
    """
    for key, found in rulebook.areas.items():
        for of, case, run in cases_of(rulebook, found) if area is None or key == area else ():
            if only in f"{of or key}::{case.title}" and file in (None, case.at.source.name):
                yield _result(found, of, case, run())
    if file is not None:
        return
    for chain in rulebook.chains:
        wanted = [c for c in chain.cases if only in f"{chain.key}::{c.title}"]
        for case in wanted if area is None or chain.area == area else ():
            yield CaseResult(chain.area, chain.key, case.title, case.place, tuple(chain_case(rulebook, chain, case)))


Running = Generator[str, None, Ran | None]


def cases_of(book: Rulebook, area: Area) -> Iterator[tuple[str, Case, Callable[[], Running]]]:
    """Yield each case of an area with what it is a case of (empty for the whole area), and what runs it."""
    runs: dict[type[Holder], Callable[..., Running]] = {
        Rule: rule_case, Derivation: derivation_case, Obligation: obligation_case,
    }  # fmt: skip
    holders: tuple[Holder, ...] = (*area.rules, *area.derivations, *area.obligations)
    for h in holders:
        yield from ((h.key, c, partial(runs[type(h)], book, area, h, c)) for c in h.cases)
    yield from (("", c, partial(area_case, book, area, c)) for c in area.cases)


def clauses_of(ran: Ran | None, language: str) -> list[str]:
    """Return what a case of a rule comes to, clause by clause, with the values put in; nothing of other cases."""
    if ran is None or not isinstance(ran.holder, Rule):
        return []
    env, vocabulary = ran.law.environment(ran.record), ran.law.rulebook.vocabulary
    clauses = (*ran.holder.applies_when, *ran.holder.requires)
    lines = [clause_lines(c.that, env) for c in clauses]
    results = zip(clause_results(clauses, env), lines, strict=True)
    return [f"{r.key}: {r.truth.name.lower()}: {'; '.join(texts(said, language, vocabulary))}" for r, said in results]


def _result(area: Area, of: str, case: Case, running: Running) -> CaseResult:
    failures = []
    while True:
        try:
            failures.append(next(running))
        except StopIteration as end:
            return CaseResult(area.key, of, case.title, case.place, tuple(failures), end.value)


def _record(on: AreaOn, case: Case) -> tuple[Record, list[str]]:
    record = area_record(on, dict(case.given))
    return record, [f"`{p.path}`: {p.message.en}" for p in record.problems]


def rule_case(rulebook: Rulebook, area: Area, rule: Rule, case: Case) -> Running:
    """Yield what a case of a rule does not hold to."""
    on = area_on(rulebook, area.key, case.on)
    record, problems = _record(on, case)
    yield from problems
    expected = str(case.expect["expect"])
    if not rule.in_force.holds(case.on):
        if expected != "not_in_force":
            yield f"expected {expected}, but the rule is not in force on {case.on}"
        return None
    env = on.environment(record)
    status, _, requires, reasons = told(rule, env)
    failed = tuple(c.key for c in requires if c.truth is Truth.FALSE)
    if status.value != expected:
        yield f"expected {expected}, came to {status.value}"
    if "because" in case.expect and set(case.expect["because"]) != set(failed):
        yield f"expected to fail in {_listed(case.expect['because'])}, failed in {_listed(failed)}"
    if "needs" in case.expect:
        yield from _compare_needs(case.expect["needs"], reasons)
    for path, change in case.expect.get("gap", {}).items():
        yield from _compare_gap(str(path), str(change), rule, env, on, failed)
    return Ran(on, record, rule, status)


def _listed(names: Any) -> str:
    return ", ".join(f"`{n}`" for n in names) or "nothing"


def _compare_needs(expected: Any, reasons: Any) -> Iterator[str]:
    names = {r.name for r in reasons if isinstance(r, Reason)}
    if set(expected) != names:
        yield f"expected to need {_listed(sorted(expected))}, needs {_listed(sorted(names))}"


def _compare_gap(
    path: str, change: str, rule: Rule, env: Environment, on: AreaOn, failed: tuple[str, ...]
) -> Iterator[str]:
    facts = on.rulebook.vocabulary.facts
    clauses = [c for c in rule.requires if c.key in failed]
    gaps = [g for c in clauses for g in clause_gaps(rule.key, c, env, facts) if g.path == path]
    fact = on.rulebook.vocabulary.fact_at(path)
    unbounded = Fact(fact.key, fact.name, fact.kind, fact.zh_key)
    wanted = value_of(change, unbounded, on.rulebook.vocabulary.units)
    if wanted not in [g.change for g in gaps]:
        found = " or ".join(amount(g.change, fact.kind) for g in gaps) or "nothing"
        yield f"expected a gap of {change} in `{path}`, found {found}"


def derivation_case(rulebook: Rulebook, area: Area, derivation: Derivation, case: Case) -> Running:
    """Yield what a case of a derivation does not hold to."""
    on = area_on(rulebook, area.key, case.on)
    record, problems = _record(on, case)
    yield from problems
    held = on.derivations.get(derivation.fact)
    if held is None or held.key != derivation.key:
        if str(case.expect["expect"]) != "not_in_force":
            yield f"the derivation is not in force on {case.on}"
        return None
    fact = rulebook.vocabulary.facts[derivation.fact]
    env = on.environment(record)
    expected = case.expect["expect"]
    if derivation.variable is None:
        value = known(evaluate(derivation.formula, env))
        yield from _compare_value(expected, value, fact, rulebook)
        return Ran(on, record, held, value)
    found = [known(evaluate(derivation.formula, scope)) for scope in scopes(derivation, env)]
    wanted = expected if isinstance(expected, list) else [expected]
    if len(wanted) != len(found):
        yield f"expected {len(wanted)} values, came to {len(found)}"
    for one, value in zip(wanted, found, strict=False):
        yield from _compare_value(one, value, fact, rulebook)
    return Ran(on, record, held, found)


def _compare_value(expected: Any, came: Any, fact: Fact, rulebook: Rulebook) -> Iterator[str]:
    wanted: Value | None
    try:
        wanted = None if absent(str(expected), fact.blank_words) else _expected_value(str(expected), fact, rulebook)
    except Unusable as wrong:
        yield f"`{expected}` is not a value of `{fact.key}`: {wrong.message.en}"
        return
    if wanted != came:
        yield f"expected {expected}, came to {'unknown' if came is None else came}"


def _expected_value(text: str, fact: Fact, rulebook: Rulebook) -> Value:
    if isinstance(fact.kind, Number) and RATIONAL.match(text) and "/" in text:
        return Fraction(text)
    if isinstance(fact.kind, Records):
        raise Unusable("not-a-value")
    return value_of(text, Fact(fact.key, fact.name, fact.kind, fact.zh_key), rulebook.vocabulary.units)


def obligation_case(rulebook: Rulebook, area: Area, obligation: Obligation, case: Case) -> Running:
    """Yield what a case of an obligation does not hold to."""
    on = area_on(rulebook, area.key, case.on)
    record, problems = _record(on, case)
    yield from problems
    results = clause_results(obligation.applies_when, on.environment(record))
    holds = conjunction(*(r.truth for r in results))
    held = next((o for o in on.obligations if o.key == obligation.key), None)
    came = {Truth.TRUE: "due", Truth.FALSE: "not_due", Truth.UNKNOWN: "undetermined"}[holds]
    if held is None:
        came = "not_in_force"
    if came != str(case.expect["expect"]):
        yield f"expected {case.expect['expect']}, came to {came}"
    if "needs" in case.expect:
        yield from _compare_needs(case.expect["needs"], frozenset().union(*(r.reasons for r in results)))
    return None if held is None else Ran(on, record, held, holds)


def area_case(rulebook: Rulebook, area: Area, case: Case) -> Running:
    """Yield what a case of a whole area does not hold to."""
    on = area_on(rulebook, area.key, case.on)
    record, problems = _record(on, case)
    yield from problems
    verdict = decide(on, record)
    expect: Mapping[str, Any] = case.expect
    if verdict.outcome != expect["expect"]:
        yield f"expected {expect['expect']}, came to {verdict.outcome} (violated: {_listed(verdict.violated())})"
    for part in ("at_best", "at_worst"):
        if part in expect and getattr(verdict, part) != expect[part]:
            yield f"expected {part} {expect[part]}, came to {getattr(verdict, part)}"
    if "standing" in expect and (standing_key(verdict.standing) or "none") != expect["standing"]:
        yield f"expected the standing {expect['standing']}, came to {standing_key(verdict.standing) or 'none'}"
    if "violated" in expect and set(expect["violated"]) != set(verdict.violated()):
        yield f"expected {_listed(expect['violated'])} to be violated, came to {_listed(verdict.violated())}"
    if "undetermined" in expect:
        open_rules = {f.rule.key for f in verdict.findings if f.status.value == "undetermined"}
        if set(expect["undetermined"]) != open_rules:
            yield f"expected {_listed(expect['undetermined'])} to be undetermined, came to {_listed(sorted(open_rules))}"
    if "needs" in expect:
        yield from _compare_needs(expect["needs"], verdict.needs.smallest)
    if "incomplete" in expect and set(expect["incomplete"]) != (came := {p.path for p in verdict.incomplete}):
        yield f"expected {_listed(expect['incomplete'])} to be told as not given, came to {_listed(sorted(came))}"
    said = verdict.explain("zh") + verdict.explain("en") if "says" in expect else ""
    for words in expect.get("says", ()):
        if words not in said:
            yield f"the explanation does not say `{words}`"
    return Ran(on, record, None, verdict)
