"""Sentences that name another number than their condition does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr, Literal, ParameterRef, walk
from safety_rules.language.kinds import Name, Number
from safety_rules.language.rulebook import Rulebook
from safety_rules.words.diagnostic import Diagnostic

NAMED = re.compile(
    r"“[^”]*”|\"[^\"]*\"|‘[^’]*’|〔[^〕]*〕|[A-Z]{2,}[A-Za-z/]* ?[0-9][0-9.-]*|[A-Za-z]+[0-9][0-9.-]*|第[0-9]+[条款项类]|[0-9]+年[0-9]*月?[0-9]*日?"
)
NUMBER = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*(%|万|亿|million|billion|thousand)?")
SIZES = {
    "万": Fraction(10**4), "亿": Fraction(10**8), "%": Fraction(1, 100), "": Fraction(1),
    "thousand": Fraction(10**3), "million": Fraction(10**6), "billion": Fraction(10**9),
}  # fmt: skip
ENOUGH = 2  # numbers of one digit are too often part of a name ("two of the 3 committees")


def other_numbers(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield the clauses whose sentence has a number that their condition does not have, in any unit."""
    for area in book.areas.values():
        for rule in area.rules:
            for clause in rule.applies_when + rule.requires:
                yield from _found(f"{rule.key}.{clause.key}", clause.sentence, [clause.that], clause.at, book)
            every = [c.that for c in rule.applies_when + rule.requires]
            yield from _found(rule.key, rule.title, every, rule.at, book)
        for obligation in area.obligations:
            for clause in obligation.applies_when:
                yield from _found(f"{obligation.key}.{clause.key}", clause.sentence, [clause.that], clause.at, book)


def _found(
    name: str, sentence: Name, conditions: Iterable[Expr], at: Span | None, book: Rulebook
) -> Iterator[Diagnostic]:
    named = _numbers(conditions, book)
    if not named or at is None:
        return
    for text in (sentence.zh, sentence.en):
        other = next((written for written, sizes in _said(text) if not sizes & named), None)
        if other is not None:
            yield Diagnostic.doubt("sentence-number", at, name=name, number=other)
            return


def _said(text: str) -> Iterator[tuple[str, frozenset[Fraction]]]:
    """Yield the numbers of a sentence as written, each with the sizes that it may mean."""
    for found in NUMBER.finditer(NAMED.sub(" ", text)):
        number = Fraction(found[1].replace(",", "").rstrip("."))
        sizes = {number, number * SIZES[found[2] or ""]}
        if number >= 10**ENOUGH or len(found[1]) >= ENOUGH or found[2]:
            yield found[0].strip(), frozenset(sizes)


def _numbers(conditions: Iterable[Expr], book: Rulebook) -> frozenset[Fraction]:
    """Return every number of the conditions and of the figures they read, in its own unit and in the base unit."""
    found: set[Fraction] = set()
    for node in (n for e in conditions for n in walk(e)):
        values = []
        if isinstance(node, Literal) and isinstance(node.kind, Number):
            values = [node.value]
        elif isinstance(node, ParameterRef) and isinstance(node.kind, Number):
            values = [e.value for e in book.parameters[node.key].entries]
        for value in values:
            assert isinstance(value, Fraction)
            assert isinstance(node, Literal | ParameterRef)
            assert isinstance(node.kind, Number)
            found |= {value, value * node.kind.unit.scale, 1 - value, 100 * value}
    return frozenset(found)
