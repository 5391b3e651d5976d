"""The built-in questions, put to every area on every day on which something changes."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.language.invariant import QUESTIONS
from safety_rules.language.kinds import Name
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.services.proving.answers import Answer, Proof, Question
from safety_rules.services.proving.area_questions import area_questions
from safety_rules.services.proving.asking import Asked, Asking, Limits, asked, not_lowered, timed
from safety_rules.services.proving.days import DAY, laws, read_on
from safety_rules.services.proving.rule_questions import rule_questions


def built_in(rulebook: Rulebook, area: Area, limits: Limits) -> Iterator[Proof]:
    """Yield the answers to the built-in questions about an area.

    What an answer depends on being equal on two days, it is worked out once.
    """
    worked_out: dict[Hashable, Proof] = {}
    wheres = [e.where for e in area.exemptions if e.where is not None]
    records: list[Record] = []
    needed: set[int] = set()
    for law in laws(rulebook, area):
        try:
            one = asked(law, limits, wheres, records)
        except NotLowered as left:  # a condition that no question about the area can leave out
            code = "best-is-reachable"
            yield not_lowered(Question(area.key, law.as_of, code, "", QUESTIONS[code]), left)
            continue
        for asking in (*rule_questions(one), *area_questions(one)):
            key = _key(one, asking)
            known = worked_out.get(key)
            if known is None:
                worked_out[key] = answered(area, asking, limits, needed)
            yield replace(known, question=asking.question, seconds=0.0) if known is not None else worked_out[key]
        records = [*records, *one.at_hand.found]
    yield from (_without_hole(area, fact) for fact in dict.fromkeys(d.fact for d in area.derivations if not d.borrowed))


def answered(area: Area, asking: Asking, limits: Limits, needed: set[int]) -> Proof:
    """Return the answer to a question, with what the author exempts from it.

    `needed` are exemptions that are known to exempt something; of others it is found out.
    """
    question = asking.question
    exempt = next((e for e in area.exemptions if e.covers(question.code, question.of)), None)
    if exempt is None:
        return timed(asking.answer, limits)
    narrowed = None
    if exempt.where is not None and asking.narrowed is not None:
        narrowed = partial(asking.narrowed, exempt.where)
    if narrowed is None or id(exempt) not in needed:
        proof = timed(asking.answer, limits)
        if proof.answer is Answer.PROVED:
            return proof
        needed.add(id(exempt))
        if narrowed is None:
            accepted = proof.answer is Answer.REFUTED
            return replace(proof, answer=Answer.ACCEPTED, why=exempt.reason, exempt=exempt) if accepted else proof
    return replace(timed(narrowed, limits), exempt=exempt)


def needless(area: Area, proofs: Iterable[Proof]) -> Iterator[Proof]:
    """Yield each exemption that exempts nothing: the question it is about holds on every day, or is never asked."""
    used = {id(p.exempt) for p in proofs if p.exempt is not None}
    for one in area.exemptions:
        if id(one) not in used:
            asks = Question(
                area.key, area.default_on or datetime.date.min, one.question, ", ".join(one.of), one.reason, one.at
            )
            why = Name("所豁免的问题都成立，应删除豁免", "what it exempts holds; remove the exemption")
            yield Proof(asks, Answer.NEEDLESS, why)


def _key(one: Asked, asking: Asking) -> Hashable:
    question = asking.question
    return question.code, question.of, asking.of_rules, read_on(one.law, asking.reads)


def _without_hole(area: Area, fact: str) -> Proof:
    """Return the proof that a fact which is derived is derived on every day from the first to the last."""
    found = sorted((d for d in area.derivations if d.fact == fact), key=_start)
    asks = Question(area.key, _start(found[0]), "no-hole", found[0].key, QUESTIONS["no-hole"], found[0].at)
    for earlier, later in pairwise(found):
        until = earlier.in_force.until
        if until is not None and _start(later) > until + DAY:
            missing = f"{until + DAY} .. {_start(later) - DAY}"
            why = Name(f"{fact} 在 {missing} 期间无推算规则", f"nothing derives `{fact}` from {missing}")
            return Proof(asks, Answer.REFUTED, why)
    return Proof(asks, Answer.PROVED)


def _start(derivation: Derivation) -> datetime.date:
    return derivation.in_force.since or datetime.date.min
