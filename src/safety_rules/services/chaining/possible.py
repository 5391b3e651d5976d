"""Whether a record of a list that may not be there can stand in the list as one of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from safety_rules.language.expr import Aggregate, And, Compare, Expr, FactRef, In, ItemField, ItemSelf, Not, walk
from safety_rules.language.kinds import Number
from safety_rules.language.record import Record
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.evaluate import evaluate


def asks_each(conditions: Iterable[Expr], key: str, law: AreaOn) -> bool:
    """Return whether all that reads a list asks each record something that is open of a blank one.

    Then a blank record counts for nothing and against nothing: what it may add is unknown, as what is not there is.
    A list that is counted whole, or compared, would have the blank in it for certain.
    """
    for condition in conditions:
        counted = {id(n.list) for n in walk(condition) if isinstance(n, Aggregate) and _asks(n, law)}
        if any(isinstance(n, FactRef) and n.key == key and id(n) not in counted for n in walk(condition)):
            return False
    return True


def _asks(node: Aggregate, law: AreaOn) -> bool:
    tests = [*_parts(node.where), *(_parts(node.body) if node.fold == "any" else ())]
    return any(_is_open(test, node.variable, law) for test in tests)


def _parts(expr: Expr | None) -> Sequence[Expr]:
    return expr.operands if isinstance(expr, And) else () if expr is None else (expr,)


def _is_open(test: Expr, variable: str, law: AreaOn) -> bool:
    """Return whether a test of an item's own fields is open of a blank item, whatever else the record says."""
    atom = test.operand if isinstance(test, Not) else test
    inside = [n for n in walk(atom) if isinstance(n, ItemField | ItemSelf)]
    own = [n for n in inside if isinstance(n, ItemField) and n.variable == variable and n.key not in law.derivations]
    if not own or len(own) != len(inside) or any(isinstance(n.kind, Number) for n in own):
        return False
    match atom:
        case ItemField():
            return True
        case Compare(_, left, right) | In(left, right):
            sides = (isinstance(left, ItemField), isinstance(right, ItemField))
            if isinstance(atom, In) and any(isinstance(n, FactRef) for n in walk(atom)):
                return False  # a set that holds every choice has the blank one in it
            scope = law.environment(Record({})).with_item(variable, f"{own[0].key.rpartition('.')[0]}[0]", {})
            return sum(sides) == 1 and isinstance(evaluate(atom, scope), Unknown)
        case _:
            return False
