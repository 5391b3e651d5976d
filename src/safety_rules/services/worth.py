"""What one condition or formula comes to on a record: its value, its ends where it is open, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safety_rules.language.bounds import Among, Between, Bounded
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.errors import NotFoundError, RuleFileError
from safety_rules.language.explanation import Amount, Series, Slot, statement
from safety_rules.language.expr import Expr, kind_of
from safety_rules.language.kinds import Kind
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.bounds import bounds_of
from safety_rules.semantics.checking.check import condition
from safety_rules.semantics.checking.scope import scope_of
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.evaluate import evaluate
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.explain import reason_said
from safety_rules.words.explanation import texts
from safety_rules.words.near import did_you_mean

MOST_VALUES = 8


@dataclass(frozen=True, slots=True)
class Worth:
    """What a text comes to; `value` is None where it is open, and `bounds` is then what it can still be."""

    law: AreaOn
    expr: Expr
    value: Any
    bounds: Bounded
    lines: tuple[Slot, ...]

    def said(self, language: str) -> list[str]:
        """Return the value, or its ends, and below it why, a line each."""
        first, *below = texts(self.lines, language, self.law.rulebook.vocabulary)
        return [first, *(f"  {line}" for line in below)]


def worth(law: AreaOn, text: str, given: Mapping[str, str]) -> Worth:
    """Return what a text comes to on the facts that are given, by either name.

    Raises RuleFileError for what is no condition or formula, NotFoundError for a fact or value that cannot be used.
    """
    source = SourceText("EXPR", text)
    expr, wrong = condition(text, scope_of(law.rulebook), lambda start, end: Span(source, start, end))
    if expr is None:
        raise RuleFileError(wrong)
    vocabulary = law.rulebook.vocabulary
    for name in given:
        if vocabulary.find(name) is None:
            near = did_you_mean(name, vocabulary.by_name)
            raise NotFoundError(f"there is no fact `{name}`; {near}".rstrip("; "))
    record = area_record(law, dict(given))
    if record.problems:
        raise NotFoundError("; ".join(p.text("en") for p in record.problems))
    env = law.environment(record)
    value, kind, reasons = evaluate(expr, env), kind_of(expr), list[Slot]()
    if isinstance(value, Unknown):
        rules, derivations = law.rules, law.derivations
        reasons = [reason_said(r, law.rulebook, derivations, rules) for r in sorted(value.reasons)]
    bounds = bounds_of(expr, env)
    lines = [_told(value, bounds, kind), *clause_lines(expr, env)]
    lines += [statement("worth.lacks", facts=Series("joint.list", tuple(reasons)))] if reasons else []
    return Worth(law, expr, None if isinstance(value, Unknown) else value, bounds, tuple(lines))


def _told(value: Any, bounds: Bounded, kind: Kind) -> Slot:
    """Return a value in words; of an open one what it can still be."""
    if not isinstance(value, Unknown):
        return statement("worth.is", value=Amount(value, kind))
    range = _range(bounds, kind)
    return statement("worth.unsure", range=range) if bounds.unsure else range


def _range(bounds: Bounded, kind: Kind) -> Slot:
    match bounds:
        case Among(values) if 0 < len(values) <= MOST_VALUES:
            parts = tuple(Amount(v, kind) for v in sorted(values, key=str, reverse=True))
            return statement("worth.either", values=Series("worth.or", parts))
        case Between(None, None):
            return statement("worth.anything")
        case Between(None, high):
            return statement("worth.below", high=Amount(high, kind))
        case Between(low, None):
            return statement("worth.above", low=Amount(low, kind))
        case Between(low, high):
            return statement("worth.between", low=Amount(low, kind), high=Amount(high, kind))
        case _:
            return statement("worth.anything")
