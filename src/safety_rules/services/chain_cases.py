"""Runs the cases of chaining rules: each rule alone, on the records of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safety_rules.language.chain import ChainFact, ChainRule
from safety_rules.language.rule import Case
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent, value_of
from safety_rules.semantics.chaining.chain import ChainResult, chained, fixpoint, program_on
from safety_rules.semantics.chaining.facts import given_facts, missing


def chain_case(rulebook: Rulebook, rule: ChainRule, case: Case) -> Iterator[str]:
    """Yield what a case of a chaining rule does not hold to."""
    expected = case.expect["expect"]
    if not rule.in_force.holds(case.on):
        if str(expected) != "not_in_force":
            yield f"expected {expected}, but the rule is not in force on {case.on}"
        return
    program = program_on(rulebook, case.on, rules=[rule])
    area = rulebook.areas.get(rule.area)
    derived = frozenset(d.fact for d in area.derivations if d.in_force.holds(case.on)) if area is not None else ()
    record = admit(dict(case.given), rulebook.vocabulary, derived=frozenset(derived))
    facts, problems = given_facts(record, program)
    yield from (f"`{p.path}`: {p.message.en}" for p in (*record.problems, *problems))
    result = chained(program, facts, fixpoint, "fixpoint")
    certain = [f for f in result.derived() if f.id in result.certain]
    possible = [f for f in result.derived() if f.id not in result.certain]
    yield from _compared(expected, certain, possible, rule, rulebook)
    if "needs" in case.expect:
        yield from _compare_needs(set(case.expect["needs"]), result, possible)


def untried_of(rule: ChainRule) -> Iterator[str]:
    """Yield what no case of a chaining rule expects: a record, nothing, and a record that is undetermined."""
    expected = [c.expect["expect"] for c in rule.cases]
    if not any(isinstance(e, list) and e for e in expected):
        yield "no case derives a record"
    for word in ("nothing", "undetermined"):
        if word not in [str(e) for e in expected]:
            yield f"no case is {word}"


def _compared(
    expected: Any, certain: list[ChainFact], possible: list[ChainFact], rule: ChainRule, rulebook: Rulebook
) -> Iterator[str]:
    came = f"{len(certain)} certain and {len(possible)} possible"
    if isinstance(expected, list):
        if len(expected) != len(certain) or possible:
            yield f"expected {len(expected)} records, came to {came}"
        for item in expected:
            yield from _expected_record(item, certain, rule, rulebook)
        return
    wanted = {"nothing": not certain and not possible, "undetermined": not certain and bool(possible)}
    if str(expected) not in wanted:
        yield f"`{expected}` is not an expectation: write `nothing`, `undetermined`, or a list of records"
    elif not wanted[str(expected)]:
        yield f"expected {expected}, came to {came}"


def _expected_record(item: Any, certain: list[ChainFact], rule: ChainRule, rulebook: Rulebook) -> Iterator[str]:
    """Yield what is wrong where no certain record has the fields that a case writes."""
    fields = {f.field: f for f in rulebook.vocabulary.fields(rule.derives)}
    if not isinstance(item, Mapping):
        yield f"`{item}` is not a record"
        return
    wanted = {}
    for name, written in item.items():
        fact = fields.get(str(name))
        if fact is None:
            yield f"`{name}` is not a field of `{rule.derives}`"
            return
        try:
            wanted[str(name)] = _value(written, fact, rulebook)
        except Unusable as wrong:
            yield f"`{written}` is not a value of `{name}`: {wrong.message.en}"
            return
    if not any(all(f.values.get(n) == v for n, v in wanted.items()) for f in certain):
        came = "; ".join(", ".join(f"{n} {v}" for n, v in f.values.items()) for f in certain) or "nothing"
        yield f"no record has {', '.join(f'{n} {v}' for n, v in item.items())}; came to {came}"


def _value(written: Any, fact: Fact, rulebook: Rulebook) -> Any:
    """Return an expected value; None where the case expects the field to be unknown."""
    if absent(str(written), fact.blank_words):
        return None
    return value_of(written, Fact(fact.key, fact.name, fact.kind, fact.zh_key), rulebook.vocabulary.units)


def _compare_needs(expected: set[str], result: ChainResult, possible: list[ChainFact]) -> Iterator[str]:
    came = {r.name for fact in possible for r in missing(result, fact.id)}
    if expected != came:
        yield f"expected to need {sorted(expected)}, needs {sorted(came)}"
