"""What is asked of each rule: that it can be violated, satisfied and decisive, and contradicts no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from safety_rules.engines.smt.logic import Condition, negation
from safety_rules.engines.smt.solver import Found
from safety_rules.language.expr import Expr
from safety_rules.language.invariant import QUESTIONS
from safety_rules.language.kinds import Name
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import findings
from safety_rules.services.proving.answers import Answer, Proof, Question
from safety_rules.services.proving.asking import Asked, Asking, Conditions, refuted_by, says, shown_by, status, violated


def rule_questions(asked: Asked) -> Iterator[Asking]:
    """Yield the questions about every rule of a law."""
    for i, rule in enumerate(asked.law.rules):
        yield _asking(asked, "can-be-violated", rule, (rule,), partial(can_be, asked, i, Status.VIOLATED))
        yield _asking(asked, "can-be-satisfied", rule, (rule,), partial(can_be, asked, i, Status.SATISFIED))
        if rule.otherwise.outcome is not None:
            rivals = _rivals(asked, rule)
            yield _asking(asked, "can-decide", rule, (rule, *rivals), partial(can_decide, asked, i))
        later = asked.law.rules[i + 1 :]
        if later:
            yield _asking(asked, "no-contradiction", rule, (rule, *later), partial(no_contradiction, asked, i))


def question(asked: Asked, code: str, rule: Rule) -> Question:
    """Return a question about a rule."""
    return Question(asked.law.area.key, asked.law.as_of, code, rule.key, QUESTIONS[code], rule.at)


def clauses(rules: Sequence[Rule]) -> tuple[Expr, ...]:
    """Return the conditions of rules."""
    return tuple(c.that for r in rules for c in r.applies_when + r.requires)


def _asking(asked: Asked, code: str, rule: Rule, rules: Sequence[Rule], answer: partial[Proof]) -> Asking:
    asks = question(asked, code, rule)
    return Asking(asks, clauses(rules), partial(answer, asks), tuple(r.key for r in rules))


def can_be(asked: Asked, index: int, wanted: Status, asks: Question) -> Proof:
    """Return the proof that a rule can have a status, by a record on which it has."""
    rule, bit = asked.law.rules[index], 1 << index
    at_hand = asked.at_hand.find(lambda v, s: bool((v if wanted is Status.VIOLATED else s) & bit))
    if at_hand is not None and status(asked.law, at_hand, rule) is wanted:
        return Proof(asks, Answer.PROVED, shown=(says(asked.law, at_hand),))

    def conditions() -> list[Condition]:
        found = asked.opened.finding(rule)
        return [found.violated if wanted is Status.VIOLATED else found.satisfied]

    return shown(asked, asks, conditions, lambda r: status(asked.law, r, rule) is wanted)


def shown(asked: Asked, asks: Question, conditions: Conditions, claim: Callable[[Record], bool]) -> Proof:
    """Return the proof by a record that the solver finds, which is then at hand for other questions."""
    proof = shown_by(asks, asked.search, conditions, lambda r: claim(r[0]), lambda r: (says(asked.law, r[0]),))
    for one in proof.shown:
        asked.at_hand.add(one.record)
    return proof


def can_decide(asked: Asked, index: int, asks: Question) -> Proof:
    """Return the proof that a rule can make the verdict: violated, and no other that asks for as much."""
    rule = asked.law.rules[index]
    rivals = _rivals(asked, rule)
    bit = 1 << index
    others = sum(1 << i for i, r in enumerate(asked.law.rules) if r in rivals)

    def decides(record: Record) -> bool:
        found = violated(findings(asked.law, record))
        return rule.key in found and not found & {r.key for r in rivals}

    at_hand = asked.at_hand.find(lambda v, s: bool(v & bit) and not v & others)
    if at_hand is not None and decides(at_hand):
        return Proof(asks, Answer.PROVED, shown=(says(asked.law, at_hand),))
    finding = asked.opened.finding
    proof = shown(
        asked, asks, lambda: [finding(rule).violated, *(negation(finding(r).violated) for r in rivals)], decides
    )
    if proof.answer is not Answer.REFUTED:
        return proof
    return replace(proof, why=_covering(asked, rule, rivals))


def _rivals(asked: Asked, rule: Rule) -> tuple[Rule, ...]:
    """Return the other rules that ask for the same outcome, or a worse one."""
    rank = asked.law.area.rank
    own = rank(rule.otherwise.outcome)
    return tuple(r for r in asked.law.rules if r is not rule and rank(r.otherwise.outcome) >= own)


def _covering(asked: Asked, rule: Rule, rivals: Sequence[Rule]) -> Name:
    """Return in words which rule alone is violated wherever this one is; or that several together are."""
    finding = asked.opened.finding
    for rival in rivals:
        found, _ = asked.search.ask(finding(rule).violated, negation(finding(rival).violated))
        if found is Found.NOTHING:
            return Name(f"凡违反本规则者也违反 {rival.key}", f"whatever violates it violates `{rival.key}` too")
    return Name("凡违反本规则者也违反其他规则之一", "whatever violates it violates one of the others too")


def no_contradiction(asked: Asked, index: int, asks: Question) -> Proof:
    """Return the proof that each later rule can be satisfied together with this one.

    Two rules contradict where both apply, each can then be satisfied, and never both. A rule whose own
    field is the breach of another is no contradiction: it adds to a case that is refused already.
    """
    rule = asked.law.rules[index]
    for i, other in enumerate(asked.law.rules[index + 1 :], start=index + 1):
        both = (1 << index) | (1 << i)
        at_hand = asked.at_hand.find(lambda v, s, both=both: s & both == both)  # type: ignore[misc]
        if at_hand is not None:
            continue
        proof = _pair(asked, asks, rule, other)
        if proof is not None:
            return proof
    return Proof(asks, Answer.PROVED)


def _pair(asked: Asked, asks: Question, rule: Rule, other: Rule) -> Proof | None:
    """Return the proof that two rules contradict, or that it is not decided; None where they do not."""
    together = refuted_by(
        asks, asked.search, lambda: [asked.opened.finding(r).satisfied for r in (rule, other)],
        lambda r: all(status(asked.law, r[0], x) is Status.SATISFIED for x in (rule, other)), lambda r: (),
    )  # fmt: skip
    if together.answer is Answer.REFUTED:
        return None
    if together.answer is not Answer.PROVED:
        return together
    one, two = asked.opened.finding(rule), asked.opened.finding(other)
    found, _ = asked.search.ask(one.satisfied, two.applies.true)
    if found is Found.NOTHING:
        return None
    proof = refuted_by(
        asks, asked.search, lambda: [two.satisfied, one.violated],
        lambda r: status(asked.law, r[0], rule) is Status.VIOLATED, lambda r: (says(asked.law, r[0]),),
    )  # fmt: skip
    why = Name(f"与 {other.key} 总有一条被违反", f"it and `{other.key}`: one of both is always violated")
    return None if proof.answer is Answer.PROVED else replace(proof, why=proof.why if proof.why.en else why)
