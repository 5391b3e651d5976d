"""What is asked of an area as a whole, of its derivations and of its vetoes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from safety_rules.engines.smt.law import OpenLaw, beside, open_law
from safety_rules.engines.smt.logic import Condition, conjunction, disjunction, negation
from safety_rules.engines.smt.lower import World, truths, value
from safety_rules.engines.smt.record import less_known
from safety_rules.engines.smt.solver import search
from safety_rules.language.expr import Expr
from safety_rules.language.invariant import QUESTIONS
from safety_rules.language.kinds import Name
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation, Rule
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Status, Unknown
from safety_rules.semantics.decide import scopes
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, truth
from safety_rules.services.proving.answers import Answer, Proof, Question
from safety_rules.services.proving.arms import Arm, arms
from safety_rules.services.proving.asking import Asked, Asking, refuted_by, says, shown_by, status, verdict
from safety_rules.services.proving.rule_questions import clauses, question, shown


def area_questions(asked: Asked) -> Iterator[Asking]:
    """Yield the questions about a law as a whole, its vetoes and its derivations."""
    law = asked.law
    every = clauses(law.rules)
    keys = tuple(r.key for r in law.rules)
    asks = Question(law.area.key, law.as_of, "best-is-reachable", "", QUESTIONS["best-is-reachable"])
    yield Asking(asks, every, partial(best_is_reachable, asked, asks), keys)
    asks = Question(law.area.key, law.as_of, "definite-when-known", "", QUESTIONS["definite-when-known"])
    definite = partial(definite_when_known, asked, asks)
    yield Asking(asks, every, definite, keys, definite)
    for rule in law.rules:
        if rule.otherwise.veto:
            asks = question(asked, "veto-despite-blanks", rule)
            yield Asking(asks, clauses([rule]), partial(veto_despite_blanks, asked, rule, asks), (rule.key,))
            asks = question(asked, "veto-outweighs", rule)
            yield Asking(asks, every, partial(veto_outweighs, asked, rule, asks), keys)
    for derivation in law.derivations.values():
        if not derivation.borrowed:
            yield from _of_derivation(asked, derivation)


def _of_derivation(asked: Asked, derivation: Derivation) -> Iterator[Asking]:
    asks = _about(asked, "value-when-known", derivation)
    known = partial(value_when_known, asked, derivation, asks)
    yield Asking(asks, (derivation.formula,), known, (), known)
    found = arms(derivation.formula)
    if len(found) > 1:
        asks = _about(asked, "every-arm", derivation)
        yield Asking(asks, (derivation.formula,), partial(every_arm, asked, derivation, asks))


def _about(asked: Asked, code: str, derivation: Derivation) -> Question:
    return Question(asked.law.area.key, asked.law.as_of, code, derivation.key, QUESTIONS[code], derivation.at)


def best_is_reachable(asked: Asked, asks: Question) -> Proof:
    """Return the proof that some record comes out at the best outcome."""
    asking = sum(1 << i for i, r in enumerate(asked.law.rules) if r.otherwise.outcome is not None)
    at_hand = asked.at_hand.find(lambda v, s: not v & asking)
    for record in [] if at_hand is None else [at_hand]:
        if verdict(asked.law, record) == (0, 0):
            return Proof(asks, Answer.PROVED, shown=(says(asked.law, record),))
    return shown(
        asked, asks, lambda: [negation(asked.opened.worst_is_at_least(1))], lambda r: verdict(asked.law, r) == (0, 0)
    )


def definite_when_known(asked: Asked, asks: Question, where: Expr | None = None) -> Proof:
    """Return the proof that a record on which everything is known has one outcome."""
    opened = asked.opened

    def conditions() -> list[Condition]:
        apart = [conjunction(opened.worst_is_at_least(k), negation(opened.best_is_at_least(k))) for k in opened.ranks]
        return [disjunction(*apart), opened.record.everything_known(), *_only(where, opened)]

    def undecided(records: tuple[Record, ...]) -> bool:
        best, worst = verdict(asked.law, records[0])
        return best < worst and _is_so(where, asked, records[0])

    return refuted_by(asks, asked.search, conditions, undecided, lambda r: (says(asked.law, r[0]),))


def _only(where: Expr | None, opened: OpenLaw) -> list[Condition]:
    return [] if where is None else [truths(where, opened.world).true]


def _is_so(where: Expr | None, asked: Asked, record: Record) -> bool:
    return where is None or truth(where, asked.law.environment(record))[0] is Truth.TRUE


def veto_despite_blanks(asked: Asked, rule: Rule, asks: Question) -> Proof:
    """Return the proof that where a veto is violated, no fewer facts make it satisfied or not applicable."""
    alone = replace(asked.law, rules=(rule,), obligations=())
    full = open_law(alone, (), asked.limits.most_items)
    fewer = beside(full, alone, frozenset(asked.law.rulebook.vocabulary.facts), "fewer ")
    asking = search([full, fewer], asked.limits.seconds)

    def conditions() -> list[Condition]:
        whole, part = full.finding(rule), fewer.finding(rule)
        less = [less_known(fewer.record.facts[p], v) for p, v in full.record.facts.items()]
        return [whole.violated, disjunction(part.satisfied, part.not_applicable), *less]

    def turned_off(records: tuple[Record, ...]) -> bool:
        was, now = (status(asked.law, r, rule) for r in records)
        return was is Status.VIOLATED and now in (Status.SATISFIED, Status.NOT_APPLICABLE)

    return refuted_by(asks, asking, conditions, turned_off, lambda r: tuple(says(asked.law, x) for x in r))


def veto_outweighs(asked: Asked, rule: Rule, asks: Question) -> Proof:
    """Return the proof that where a veto is violated the verdict is the worst, whatever else holds."""
    worst = len(asked.law.area.outcomes) - 1

    def outweighed(records: tuple[Record, ...]) -> bool:
        return status(asked.law, records[0], rule) is Status.VIOLATED and verdict(asked.law, records[0])[0] < worst

    opened = asked.opened
    return refuted_by(
        asks, asked.search, lambda: [opened.finding(rule).violated, negation(opened.best_is_at_least(worst))],
        outweighed, lambda r: (says(asked.law, r[0]),),
    )  # fmt: skip


def value_when_known(asked: Asked, derivation: Derivation, asks: Question, where: Expr | None = None) -> Proof:
    """Return the proof that a derived fact is known where everything that it is worked out from is known."""
    opened = open_law(asked.law, () if where is None else [where], asked.limits.most_items)
    asking = search([opened], asked.limits.seconds)

    def conditions() -> list[Condition]:
        world, there = _where(opened, derivation)
        found = value(derivation.formula, world)
        return [negation(found.known), there, opened.record.everything_known(), *_only(where, opened)]

    def unknown(records: tuple[Record, ...]) -> bool:
        value_ = evaluate(derivation.formula, _scope(asked, derivation, records[0]))
        return isinstance(value_, Unknown) and _is_so(where, asked, records[0])

    return refuted_by(asks, asking, conditions, unknown, lambda r: (says(asked.law, r[0]),))


def every_arm(asked: Asked, derivation: Derivation, asks: Question) -> Proof:
    """Return the proof that each arm of a table is reached by some record."""
    opened = open_law(asked.law, (), asked.limits.most_items)
    asking = search([opened], asked.limits.seconds)
    for arm in arms(derivation.formula):

        def conditions(arm: Arm = arm) -> list[Condition]:
            world, there = _where(opened, derivation)
            tests = [truths(test, world) for test, _ in arm.tests]
            wanted = [is_ for _, is_ in arm.tests]
            return [there, *(t.true if w else t.false for t, w in zip(tests, wanted, strict=True))]

        proof = shown_by(asks, asking, conditions, partial(_reached, asked, derivation, arm), lambda r: ())
        if proof.answer is not Answer.PROVED:
            why = Name(f"第{arm.number}支用不到：{proof.why.zh}", f"arm {arm.number} is never reached: {proof.why.en}")
            return replace(proof, why=why) if proof.answer is Answer.REFUTED else proof
    return Proof(asks, Answer.PROVED)


def _where(opened: OpenLaw, derivation: Derivation) -> tuple[World, Condition]:
    """Return the world of a derivation's formula, for a list's field that of its first record, if it is there."""
    if derivation.variable is None:
        return opened.world, True
    outer = derivation.fact.rpartition(".")[0]
    opened.record.fact(outer, opened.law.rulebook.vocabulary.facts[outer])
    return opened.world.with_item(derivation.variable, f"{outer}[0]"), opened.record.present(f"{outer}[0]")


def _scope(asked: Asked, derivation: Derivation, record: Record) -> Environment:
    """Return the environment of a derivation's formula by the definition."""
    return scopes(derivation, asked.law.environment(record))[0]


def _reached(asked: Asked, derivation: Derivation, arm: Arm, records: tuple[Record, ...]) -> bool:
    env = _scope(asked, derivation, records[0])
    return all(evaluate(test, env) is is_ for test, is_ in arm.tests)
