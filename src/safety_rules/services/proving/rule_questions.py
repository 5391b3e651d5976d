"""What is asked of each rule: that it can be violated, satisfied and decisive, and contradicts no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import facts_of
from safety_rules.services.proving.answers import Answer, Proof, Question
from safety_rules.services.proving.asking import Asked, Asking, Conditions, refuted_by, says, shown_by, status, violates


def rule_questions(asked: Asked) -> Iterator[Asking]:
    """Yield the questions about every rule of a law."""
    alone = _alone(asked.law)
    for i, rule in enumerate(asked.law.rules):
        yield _asking(asked, "can-be-violated", rule, (rule,), partial(can_be, asked, i, Status.VIOLATED))
        yield _asking(asked, "can-be-satisfied", rule, (rule,), partial(can_be, asked, i, Status.SATISFIED))
        if rule.otherwise.outcome is not None:
            rivals = _rivals(asked, rule)
            yield _asking(asked, "can-decide", rule, (rule, *rivals), partial(can_decide, asked, i))
        later = [j for j in range(i + 1, len(asked.law.rules)) if not alone(i, j)]
        if later:
            both = (rule, *(asked.law.rules[j] for j in later))
            yield _asking(asked, "no-contradiction", rule, both, partial(no_contradiction, asked, i, later))


def _alone(law: AreaOn) -> Callable[[int, int], bool]:
    """Return whether two rules of a law cannot contradict, whatever the record, since one can be met without the other.

    Where what one asks for beyond the other reads no further fact of the two, those facts alone make it satisfied: a
    record that satisfies the other at its price then satisfies both. So rules of different matters are not crossed.
    """

    def reads(parts: Iterable[Expr]) -> frozenset[str]:
        return frozenset(facts_of(parts, law.derivations))

    applies = [reads(c.that for c in r.applies_when) for r in law.rules]
    asks = [{c.that: reads([c.that]) for c in r.requires} for r in law.rules]
    every = [a.union(*own.values()) for a, own in zip(applies, asks, strict=True)]

    def freely(i: int, j: int) -> bool:
        own = frozenset[str]().union(*(facts for that, facts in asks[i].items() if that not in asks[j]))
        return own.isdisjoint(applies[i] | every[j])

    return lambda i, j: freely(i, j) or freely(j, i)


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
        return Proof(asks, Answer.PROVED, shown=(says(asked.law, at_hand, asked.at_hand.statuses(at_hand)),))

    def conditions() -> list[Condition]:
        found = asked.opened.finding(rule)
        return [found.violated if wanted is Status.VIOLATED else found.satisfied]

    return shown(asked, asks, conditions, lambda r: status(asked.law, r, rule) is wanted)


def shown(asked: Asked, asks: Question, conditions: Conditions, claim: Callable[[Record], bool]) -> Proof:
    """Return the proof by a record that the solver finds, which is then at hand for other questions."""
    proof = shown_by(asks, asked.search, conditions, lambda r: claim(r[0]), lambda r: (says(asked.law, r[0]),))
    for one in proof.shown:
        asked.at_hand.keep(one.record)
    return proof


def can_decide(asked: Asked, index: int, asks: Question) -> Proof:
    """Return the proof that a rule can make the verdict: violated, and no other that asks for as much."""
    rule = asked.law.rules[index]
    rivals = _rivals(asked, rule)
    bit = 1 << index
    others = sum(1 << i for i, r in enumerate(asked.law.rules) if r in rivals)

    def decides(record: Record) -> bool:
        env = asked.law.environment(record)
        return violates(env, rule) and not any(violates(env, r) for r in rivals)

    at_hand = asked.at_hand.find(lambda v, s: bool(v & bit) and not v & others)
    if at_hand is not None and decides(at_hand):
        return Proof(asks, Answer.PROVED, shown=(says(asked.law, at_hand, asked.at_hand.statuses(at_hand)),))
    finding = asked.opened.finding
    proof = shown(
        asked, asks, lambda: [finding(rule).violated, *(negation(finding(r).violated) for r in rivals)], decides
    )
    return replace(proof, why=_covering(asked, rule, rivals)) if proof.answer is Answer.REFUTED else proof


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


def no_contradiction(asked: Asked, index: int, others: Sequence[int], asks: Question) -> Proof:
    """Return the proof that each of other rules can be satisfied together with this one.

    Two rules contradict where each can be satisfied at the price of violating the other, and never both at
    no price. A rule that applies only where another is violated is no contradiction: it adds to a case
    that is refused already.
    """
    bit = 1 << index

    def together(other: int) -> bool:
        both = bit | 1 << other
        return asked.at_hand.find(lambda v, s: s & both == both) is not None

    return _together(asked, asks, index, [i for i in others if not together(i)]) or Proof(asks, Answer.PROVED)


def _together(asked: Asked, asks: Question, index: int, others: list[int]) -> Proof | None:
    """Return the proof that one of the others contradicts the rule, or is not decided; None where none does.

    All are tried on one record first, and then each half of them.
    """
    rule = asked.law.rules[index]
    if not others:
        return None
    if len(others) == 1:
        return _pair(asked, asks, rule, asked.law.rules[others[0]])
    if _satisfied_at_once(asked, [rule, *(asked.law.rules[i] for i in others)]):
        return None
    half = len(others) // 2
    return _together(asked, asks, index, others[:half]) or _together(asked, asks, index, others[half:])


def _satisfied_at_once(asked: Asked, rules: Sequence[Rule]) -> bool:
    """Return whether a record is found that satisfies all rules; it is then at hand."""
    found, records = asked.search.ask(*(asked.opened.finding(r).satisfied for r in rules))
    if found is not Found.RECORD or any(status(asked.law, records[0], r) is not Status.SATISFIED for r in rules):
        return False
    asked.at_hand.keep(records[0])
    return True


def _pair(asked: Asked, asks: Question, rule: Rule, other: Rule) -> Proof | None:
    """Return the proof that two rules contradict, or that it is not decided; None where they do not."""
    together = refuted_by(
        asks, asked.search, lambda: [asked.opened.finding(r).satisfied for r in (rule, other)],
        lambda r: all(status(asked.law, r[0], x) is Status.SATISFIED for x in (rule, other)),
        lambda r: (says(asked.law, r[0]),),
    )  # fmt: skip
    if together.answer is Answer.REFUTED:
        asked.at_hand.keep(together.shown[0].record)
        return None
    if together.answer is not Answer.PROVED:
        return together
    one, two = asked.opened.finding(rule), asked.opened.finding(other)
    proof = refuted_by(
        asks, asked.search, lambda: [two.satisfied, one.violated],
        lambda r: status(asked.law, r[0], rule) is Status.VIOLATED, lambda r: (says(asked.law, r[0]),),
    )  # fmt: skip
    if proof.answer is Answer.PROVED:
        return None
    found, _ = asked.search.ask(one.satisfied, two.violated)
    if found is Found.NOTHING:
        return None
    why = Name(f"与 {other.key} 总有一条被违反", f"it and `{other.key}`: one of both is always violated")
    return replace(proof, why=proof.why if proof.why.en else why)
