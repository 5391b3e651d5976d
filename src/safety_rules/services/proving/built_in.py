"""The built-in questions, put to every area on every day on which something changes."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import pairwise

from safety_rules.language.kinds import Name
from safety_rules.language.rule import Area, Derivation, Rulebook
from safety_rules.services.proving.answers import QUESTIONS, Answer, Proof, Question
from safety_rules.services.proving.area_questions import area_questions
from safety_rules.services.proving.asking import Asked, Asking, Limits, asked, timed
from safety_rules.services.proving.days import DAY, laws, read_on
from safety_rules.services.proving.rule_questions import rule_questions


def built_in(rulebook: Rulebook, area: Area, limits: Limits) -> Iterator[Proof]:
    """Yield the answers to the built-in questions about an area.

    What an answer depends on being equal on two days, it is worked out once.
    """
    worked_out: dict[Hashable, Proof] = {}
    for law in laws(rulebook, area):
        one = asked(law, limits)
        for asking in (*rule_questions(one), *area_questions(one)):
            key = _key(one, asking)
            if key not in worked_out:
                worked_out[key] = timed(asking.answer, limits)
                yield worked_out[key]
            else:
                yield replace(worked_out[key], question=asking.question, seconds=0.0)
    yield from (_without_hole(area, fact) for fact in dict.fromkeys(d.fact for d in area.derivations if not d.borrowed))


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
