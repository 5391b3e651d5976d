"""A condition over complete, plain rows: where it is surely true, where surely false, and what decides in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safety_rules.engines.sql.exactness import ratios
from safety_rules.engines.sql.exactness.doubles import compared, surely
from safety_rules.engines.sql.lower.terms import is_number, known_now
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.language import expr as tree
from safety_rules.language.kinds import Records
from safety_rules.language.rule import Clause

TOP = 1 << 62


@dataclass(frozen=True, slots=True)
class Sides:
    """Where a condition is surely true, and where surely false; between the two, `between` says which, NULL if nothing does.

    `whole`: there is nothing between them.
    """

    true: str
    false: str
    whole: bool = False
    between: str | None = None


ALWAYS = Sides("TRUE", "FALSE", True)


def all_of(clauses: Sequence[Clause], w: Writer) -> Sides:
    """Return where all of some conditions are surely true, and where one is surely false."""
    return _joined([_sides(c.that, w) for c in clauses]) if clauses else ALWAYS


def looked_into(conditions: Sequence[tree.Expr], w: Writer) -> str | None:
    """Return requirements over given facts with whole numbers in place where they are close; None where they are no help."""
    if any(_aside(c, w) for c in conditions):
        return None
    inner = w.in_place()
    exact = " AND ".join(inner.value(c) for c in conditions)
    return None if inner.doubts else f"({exact})"


def _joined(parts: Sequence[Sides], both: str = "AND", either: str = "OR") -> Sides:
    if len(parts) == 1:
        return parts[0]
    true, false = (
        f"({f' {word} '.join(texts)})"
        for word, texts in ((both, [p.true for p in parts]), (either, [p.false for p in parts]))
    )
    return Sides(true, false, all(p.whole for p in parts))


def _sides(expr: tree.Expr, w: Writer) -> Sides:
    """Return where a condition is surely true and surely false, given that every given fact is known."""
    match expr:
        case _ if _aside(expr, w):
            column = w.keep(w.value(expr))
            return Sides(column, f"(NOT {column})")
        case tree.Not(operand):
            found = _sides(operand, w)
            return Sides(found.false, found.true, found.whole)
        case tree.And(operands):
            return _joined([_sides(o, w) for o in operands])
        case tree.Or(operands):
            return _joined([_sides(o, w) for o in operands], "OR", "AND")
        case tree.Compare(op, left, right) if is_number(left):
            return _compared(op, left, right, w)
        case tree.Literal() | tree.FactRef() | tree.ParameterRef() | tree.Compare() | tree.In():
            known = w.in_place().value(expr)
            return Sides(known, f"(NOT {known})", True)
        case _:
            raise TypeError(f"{type(expr).__name__} is set aside")


def _compared(op: str, left: tree.Expr, right: tree.Expr, w: Writer) -> Sides:
    inner = w.in_place()
    a, b = inner.number(left), inner.number(right)
    if a.leaf and b.leaf:
        known = compared(op, a, b, w.dialect).sql
        return Sides(known, f"(NOT {known})", True)
    for doubt in inner.doubts:
        w.doubt(doubt)
    exact, d = (op, a.exact, b.exact), w.dialect
    between = ratios.compared_in_double(*exact, d) or ratios.compared(*exact, d)
    if between and not all(n.leaf or n.over or n.constant is not None for n in (a, b)):  # a divisor may be zero
        between = f"(CASE WHEN {a.sql} IS NOT NULL AND {b.sql} IS NOT NULL THEN {between} END)"
    return Sides(*surely(op, a, b), False, between)


def _aside(expr: tree.Expr, w: Writer) -> bool:
    """Return whether a condition may be unknown though every given fact is known, or calls for more than this reading."""
    match expr:
        case tree.Literal():
            return False
        case tree.FactRef(key):
            return key in w.law.derivations or isinstance(w.law.rulebook.vocabulary.facts[key].kind, Records)
        case tree.ParameterRef(day=None):
            return known_now(expr, w) is None
        case tree.Not(operand) | tree.Negate(operand) | tree.Scale(operand):
            return _aside(operand, w)
        case tree.And(operands) | tree.Or(operands):
            return any(_aside(o, w) for o in operands)
        case tree.Compare(_, left, right) | tree.Arithmetic(_, left, right):
            return _aside(left, w) or _aside(right, w)
        case tree.In(item, tree.Literal() | tree.ParameterRef(day=None) as container):
            return _aside(item, w) or _aside(container, w)
        case _:
            return True
