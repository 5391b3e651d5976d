"""Runs the cases that stand in rule files, and says what came of each in the author's words."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Name, Number, Records, Value
from safety_rules.language.record import Record
from safety_rules.language.rule import Case, Derivation, Obligation, Rule
from safety_rules.language.rulebook import AcrossRows, Area, Rulebook
from safety_rules.language.source import standing_key
from safety_rules.language.truth import Truth, conjunction
from safety_rules.language.verdict import Reason
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.scalars import RATIONAL
from safety_rules.semantics.across_rows import Asked
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent, value_of
from safety_rules.semantics.counsel.gap import clause_gaps
from safety_rules.semantics.decide import AreaOn, area_on, area_record, clause_results, known, scopes, told
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.services.case_words import inside, listed, one_of, outcome_word, standing_word, status_word
from safety_rules.services.chain_cases import chain_case
from safety_rules.words.catalog import both, sentence
from safety_rules.words.diagnostic import Diagnostic
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
    """What came of a case: nothing `told` means that it holds; nothing `ran` of what was not in force, or chains."""

    area: str
    of: str
    case: str
    at: Span
    told: tuple[Name, ...]
    ran: Ran | None = field(default=None, compare=False, repr=False)

    @property
    def passed(self) -> bool:
        """Whether the case holds."""
        return not self.told

    @property
    def failures(self) -> tuple[str, ...]:
        """What it does not hold to, for engineers."""
        return tuple(told.en for told in self.told)


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


Running = Generator[Name, None, Ran | None]


def cases_of(book: Rulebook, area: Area) -> Iterator[tuple[str, Case, Callable[[], Running]]]:
    """Yield each case of an area with what it is a case of (empty for the whole area), and what runs it."""
    runs: dict[type[Holder], Callable[..., Running]] = {
        Rule: rule_case, Derivation: derivation_case, Obligation: obligation_case,
    }  # fmt: skip
    holders: tuple[Holder, ...] = (*area.rules, *area.derivations, *area.obligations)
    for h in holders:
        yield from ((h.key, c, partial(runs[type(h)], book, area, h, c)) for c in h.cases)
    for rule in area.across_rows:
        yield from ((rule.key, c, partial(rows_case, book, area, rule, c)) for c in rule.cases)
    yield from (("", c, partial(area_case, book, area, c)) for c in area.cases)


def given_wrongly(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield each value that a case gives and that cannot be used, once where it is written."""
    told: set[tuple[str, int]] = set()
    for area in book.areas.values():
        for _, case, _ in cases_of(book, area):
            on = area_on(book, area.key, case.on)
            for given in case.given.get("rows", [case.given]):
                for wrong in area_record(on, dict(given)).problems:
                    at = getattr(given.get(wrong.path.partition("[")[0]), "at", None) or case.place
                    if (at.source.name, at.start) not in told:
                        told.add((at.source.name, at.start))
                        yield Diagnostic.of("case.unusable", at, path=wrong.path, why=wrong.message)


def clauses_of(ran: Ran | None, language: str) -> list[str]:
    """Return what a case of a rule comes to, clause by clause, with the values put in; nothing of other cases."""
    if ran is None or not isinstance(ran.holder, Rule):
        return []
    env, vocabulary = ran.law.environment(ran.record), ran.law.rulebook.vocabulary
    clauses = (*ran.holder.applies_when, *ran.holder.requires)
    lines = [clause_lines(c.that, env) for c in clauses]
    results = zip(clause_results(clauses, env), lines, strict=True)
    return [
        sentence(
            "case.clause",
            language,
            key=r.key,
            truth=sentence(f"case.{r.truth.name.lower()}", language),
            said=inside(texts(said, language, vocabulary)).in_(language),
        )
        for r, said in results
    ]


def _result(area: Area, of: str, case: Case, running: Running) -> CaseResult:
    told = []
    while True:
        try:
            told.append(next(running))
        except StopIteration as end:
            return CaseResult(area.key, of, case.title, case.place, tuple(told), end.value)


def _record(on: AreaOn, case: Case) -> tuple[Record, list[Name]]:
    record = area_record(on, dict(case.given))
    return record, [both("case.problem", path=p.path, why=p.message) for p in record.problems]


def rule_case(rulebook: Rulebook, area: Area, rule: Rule, case: Case) -> Running:
    """Yield what a case of a rule does not hold to."""
    on = area_on(rulebook, area.key, case.on)
    record, problems = _record(on, case)
    yield from problems
    expected = str(case.expect["expect"])
    if not rule.in_force.holds(case.on):
        if expected != "not_in_force":
            yield both("case.not_in_force", expected=status_word(expected), day=case.on)
        return None
    env = on.environment(record)
    status, _, requires, reasons = told(rule, env)
    failed = tuple(c.key for c in requires if c.truth is Truth.FALSE)
    if status.value != expected:
        yield both("case.came", expected=status_word(expected), came=status_word(status.value))
    if "because" in case.expect and set(case.expect["because"]) != set(failed):
        yield both("case.because", expected=listed(case.expect["because"]), came=listed(failed))
    if "needs" in case.expect:
        yield from _compare_needs(case.expect["needs"], reasons)
    for path, change in case.expect.get("gap", {}).items():
        yield from _compare_gap(str(path), str(change), rule, env, on, failed)
    return Ran(on, record, rule, status)


def _compare_needs(expected: Any, reasons: Any) -> Iterator[Name]:
    names = {r.name for r in reasons if isinstance(r, Reason)}
    if set(expected) != names:
        yield both("case.needs", expected=listed(sorted(expected)), came=listed(sorted(names)))


def _compare_gap(
    path: str, change: str, rule: Rule, env: Environment, on: AreaOn, failed: tuple[str, ...]
) -> Iterator[Name]:
    facts = on.rulebook.vocabulary.facts
    clauses = [c for c in rule.requires if c.key in failed]
    gaps = [g for c in clauses for g in clause_gaps(rule.key, c, env, facts) if g.path == path]
    fact = on.rulebook.vocabulary.fact_at(path)
    unbounded = Fact(fact.key, fact.name, fact.kind, fact.zh_key)
    wanted = value_of(change, unbounded, on.rulebook.vocabulary.units)
    if wanted not in [g.change for g in gaps]:
        found = one_of(amount(g.change, fact.kind) for g in gaps)
        yield both("case.gap", path=path, expected=change, came=found)


def rows_case(rulebook: Rulebook, area: Area, rule: AcrossRows, case: Case) -> Running:
    """Yield what a case of a rule of a ledger as a whole does not hold to."""
    on, asked = area_on(rulebook, area.key, case.on), Asked(rule)
    for number, row in enumerate(case.given["rows"], 1):
        record = area_record(on, row)
        yield from (both("case.problem", path=f"{p.path} {number}", why=p.message) for p in record.problems)
        asked.add(number, record)
    status, named = asked.status()
    if status.value != str(case.expect["expect"]):
        yield both("case.came", expected=status_word(case.expect["expect"]), came=status_word(status.value))
    if "named" in case.expect and set(case.expect["named"]) != {str(n) for n in named}:
        yield both("case.named", expected=listed(case.expect["named"]), came=listed(named))
    return None


def derivation_case(rulebook: Rulebook, area: Area, derivation: Derivation, case: Case) -> Running:
    """Yield what a case of a derivation does not hold to."""
    on = area_on(rulebook, area.key, case.on)
    record, problems = _record(on, case)
    yield from problems
    held = on.derivations.get(derivation.fact)
    if held is None or held.key != derivation.key:
        if str(case.expect["expect"]) != "not_in_force":
            yield both("case.derivation_not_in_force", day=case.on)
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
        yield both("case.values", expected=len(wanted), came=len(found))
    for one, value in zip(wanted, found, strict=False):
        yield from _compare_value(one, value, fact, rulebook)
    return Ran(on, record, held, found)


def _compare_value(expected: Any, came: Any, fact: Fact, rulebook: Rulebook) -> Iterator[Name]:
    wanted: Value | None
    try:
        wanted = None if absent(str(expected), fact.blank_words) else _expected_value(str(expected), fact, rulebook)
    except Unusable as wrong:
        yield both("case.no_value", written=expected, of=fact.key, why=wrong.message)
        return
    if wanted != came:
        yield both("case.came", expected=expected, came=both("status.unknown") if came is None else came)


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
        yield both("case.came", expected=status_word(case.expect["expect"]), came=status_word(came))
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
    said = partial(outcome_word, area)
    if verdict.outcome != expect["expect"]:
        came = {"came": said(verdict.outcome), "violated": listed(verdict.violated())}
        yield both("case.outcome", expected=said(expect["expect"]), **came)
    for part in ("at_best", "at_worst"):
        if part in expect and getattr(verdict, part) != expect[part]:
            yield both(f"case.{part}", expected=said(expect[part]), came=said(getattr(verdict, part)))
    standing = standing_key(verdict.standing) or "none"
    if "standing" in expect and standing != expect["standing"]:
        yield both("case.standing", expected=standing_word(expect["standing"]), came=standing_word(standing))
    if "violated" in expect and set(expect["violated"]) != set(verdict.violated()):
        yield both("case.violated", expected=listed(expect["violated"]), came=listed(verdict.violated()))
    if "undetermined" in expect:
        open_rules = {f.rule.key for f in verdict.findings if f.status.value == "undetermined"}
        if set(expect["undetermined"]) != open_rules:
            yield both("case.undetermined", expected=listed(expect["undetermined"]), came=listed(sorted(open_rules)))
    if "needs" in expect:
        yield from _compare_needs(expect["needs"], verdict.needs.smallest)
    if "incomplete" in expect and set(expect["incomplete"]) != (paths := {p.path for p in verdict.incomplete}):
        yield both("case.incomplete", expected=listed(expect["incomplete"]), came=listed(sorted(paths)))
    told = verdict.explain("zh") + verdict.explain("en") if "says" in expect else ""
    for words in expect.get("says", ()):
        if words not in told:
            yield both("case.says", words=words)
    return Ran(on, record, None, verdict)
