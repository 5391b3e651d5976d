"""Runs the cases of chaining rules: each rule alone, on the records of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safety_rules.language.chain import ChainFact, ChainRule
from safety_rules.language.kinds import Name
from safety_rules.language.rule import Case
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent, value_of
from safety_rules.semantics.chaining.chain import ChainResult, chained, fixpoint, program_on
from safety_rules.semantics.chaining.facts import given_facts, missing
from safety_rules.services.case_words import fields_said, inside, listed, status_word
from safety_rules.words.catalog import both


def chain_case(rulebook: Rulebook, rule: ChainRule, case: Case) -> Iterator[Name]:
    """Yield what a case of a chaining rule does not hold to."""
    expected = case.expect["expect"]
    if not rule.in_force.holds(case.on):
        if str(expected) != "not_in_force":
            yield both("case.not_in_force", expected=status_word(expected), day=case.on)
        return
    program = program_on(rulebook, case.on, rules=[rule])
    area = rulebook.areas.get(rule.area)
    derived = frozenset(d.fact for d in area.derivations if d.in_force.holds(case.on)) if area is not None else ()
    record = admit(dict(case.given), rulebook.vocabulary, derived=frozenset(derived))
    facts, problems = given_facts(record, program)
    yield from (both("case.problem", path=p.path, why=p.message) for p in (*record.problems, *problems))
    result = chained(program, facts, fixpoint, "fixpoint")
    certain = [f for f in result.derived() if f.id in result.certain]
    possible = [f for f in result.derived() if f.id not in result.certain]
    yield from _compared(expected, certain, possible, rule, rulebook)
    if "needs" in case.expect:
        yield from _compare_needs(set(case.expect["needs"]), result, possible)


def untried_of(rule: ChainRule) -> Iterator[str]:
    """Yield what no case of a chaining rule expects: a record (as no word), `nothing`, and `undetermined`."""
    expected = [c.expect["expect"] for c in rule.cases]
    if not any(isinstance(e, list) and e for e in expected):
        yield ""
    for word in ("nothing", "undetermined"):
        if word not in [str(e) for e in expected]:
            yield word


def _compared(
    expected: Any, certain: list[ChainFact], possible: list[ChainFact], rule: ChainRule, rulebook: Rulebook
) -> Iterator[Name]:
    came = both("case.derived", certain=len(certain), possible=len(possible))
    if isinstance(expected, list):
        if len(expected) != len(certain) or possible:
            yield both("case.records", expected=len(expected), came=came)
        for item in expected:
            yield from _expected_record(item, certain, rule, rulebook)
        return
    wanted = {"nothing": not certain and not possible, "undetermined": not certain and bool(possible)}
    if str(expected) not in wanted:
        yield both("case.no_expectation", written=expected)
    elif not wanted[str(expected)]:
        yield both("case.came", expected=status_word(expected), came=came)


def _expected_record(item: Any, certain: list[ChainFact], rule: ChainRule, rulebook: Rulebook) -> Iterator[Name]:
    """Yield what is wrong where no certain record has the fields that a case writes."""
    fields = {f.field: f for f in rulebook.vocabulary.fields(rule.derives)}
    if not isinstance(item, Mapping):
        yield both("case.no_record", written=item)
        return
    wanted = {}
    for name, written in item.items():
        fact = fields.get(str(name))
        if fact is None:
            yield both("case.no_field", field=name, of=rule.derives)
            return
        try:
            wanted[str(name)] = _value(written, fact, rulebook)
        except Unusable as wrong:
            yield both("case.no_value", written=written, of=name, why=wrong.message)
            return
    if not any(all(f.values.get(n) == v for n, v in wanted.items()) for f in certain):
        came = inside(fields_said(f.values) for f in certain) if certain else both("case.nothing")
        yield both("case.not_derived", expected=fields_said(item), came=came)


def _value(written: Any, fact: Fact, rulebook: Rulebook) -> Any:
    """Return an expected value; None where the case expects the field to be unknown."""
    if absent(str(written), fact.blank_words):
        return None
    return value_of(written, Fact(fact.key, fact.name, fact.kind, fact.zh_key), rulebook.vocabulary.units)


def _compare_needs(expected: set[str], result: ChainResult, possible: list[ChainFact]) -> Iterator[Name]:
    came = {r.name for fact in possible for r in missing(result, fact.id)}
    if expected != came:
        yield both("case.needs", expected=listed(sorted(expected)), came=listed(sorted(came)))
