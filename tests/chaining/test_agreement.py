"""The fixpoint, durable-rules and a brute-force oracle come to the same; order and repetition change nothing."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from chaining.campaign import ENGINE, compare, contents
from chaining.ledgers import ledger, started
from chaining.maker import FIELDS, VALUES, made, relation
from safety_rules.engines.forward import chain
from safety_rules.language.chain import ChainFact
from safety_rules.semantics.chaining.chain import program_on

PROGRAMS = 500
AT_ONCE = 50


@pytest.mark.parametrize("first", range(0, PROGRAMS, AT_ONCE))
def test_generated_programs_agree_in_records_and_steps(first: int) -> None:
    results = [compare(seed) for seed in range(first, first + AT_ONCE)]
    derived = [f.id in r.certain for r in results for f in r.derived()]
    assert any(derived)
    assert not all(derived)


def test_generated_programs_use_everything_that_chains_have() -> None:
    steps = [(s, r) for r in (chain(made(n).program, made(n).facts, "fixpoint") for n in range(100)) for s in r.steps]
    assert any(s.doubts for s, _ in steps)
    assert any(s.lacks for s, _ in steps)
    assert any(r.program.rules[s.rule].unless and s.sure for s, r in steps)
    assert any({s.fact for s in r.steps} & set(s.support) for s, r in steps)
    assert any(len(s.support) == 3 and s.support[0] == s.support[1] for s, _ in steps)
    assert any(len(r.program.strata) > 2 for _, r in steps)


@pytest.mark.parametrize("engine", sorted({"fixpoint", ENGINE}))
def test_the_order_of_records_and_of_rules_changes_nothing(engine: str) -> None:
    for seed in range(40):
        generated = made(seed)
        facts, rules = list(generated.facts), list(generated.program.rules.values())
        first = chain(generated.program, facts, engine)
        Random(seed).shuffle(facts)
        Random(seed).shuffle(rules)
        program = program_on(generated.program.rulebook, generated.program.as_of, rules=rules)
        assert first == chain(program, facts, engine)


def test_the_order_of_a_ledgers_rows_changes_nothing() -> None:
    data = ledger(60)
    program, facts = started(data)
    turned = {name: list(reversed(rows)) for name, rows in data.items()}
    assert facts == started(turned)[1]
    assert chain(program, facts) == chain(program, started(turned)[1])


def test_learning_a_fact_never_overturns_what_was_certain_or_impossible() -> None:
    for seed in range(120):
        generated = made(seed)
        before = chain(generated.program, generated.facts, "fixpoint")
        learned = _learned(generated.facts, Random(seed))
        after = chain(generated.program, learned, "fixpoint")
        more = replace(generated, facts=learned)
        certain, now_certain = contents(before, True, generated), contents(after, True, more)
        possible, now_possible = contents(before, False, generated), contents(after, False, more)
        assert all(_refined(c, now_certain) for c in certain), seed
        assert all(_refines(p, possible) for p in now_possible), seed


def _learned(facts: list[ChainFact], random: Random) -> list[ChainFact]:
    """Return records with some blanks filled in; a list that was not given may turn out to hold anything."""
    found = []
    for fact in facts:
        if fact.key:
            filled = {f: random.choice(VALUES[f]) for f in FIELDS if f not in fact.values and random.random() < 0.5}
            found.append(replace(fact, values={**fact.values, **filled}))
        else:
            for n in range(random.randint(0, 2)):
                values = {f: random.choice(v) for f, v in VALUES.items()}
                found.append(ChainFact(fact.relation, values, f"{fact.relation}[new{n}]"))
    return found


def _refined(record: object, among: set[object]) -> bool:
    kind, fields = record  # type: ignore[misc]
    return any(k == kind and fields <= f for k, f in among)  # type: ignore[misc]


def _refines(record: object, among: set[object]) -> bool:
    kind, fields = record  # type: ignore[misc]
    return any(k == kind and f <= fields for k, f in among)  # type: ignore[misc]


def test_every_step_is_one_that_the_definition_takes() -> None:
    for seed in range(40):
        generated = made(seed)
        result = chain(generated.program, generated.facts, ENGINE)
        for step in result.steps:
            rule = result.program.rules[step.rule]
            assert [p.relation for p in rule.given] == [result.facts[s].relation for s in step.support]
            assert result.facts[step.fact].relation == rule.derives
            if step.sure:
                assert not step.reasons
                assert not step.doubts
            if step.sure and result.certain.issuperset(step.support):
                assert step.fact in result.certain
        assert {f.id for f in result.derived()} == {s.fact for s in result.steps}


def test_there_are_relations_to_join() -> None:
    assert {relation(0), relation(1)} < {f.relation for n in range(20) for f in made(n).facts}
