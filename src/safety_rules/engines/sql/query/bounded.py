"""Which rows bounds may decide further than three-valued SQL: they leave for the exact evaluator, and no others.

Bounds say more only of a node with something known and something open. Where it compares sums, products or quotients
of columns, its ends are worked out in DOUBLE: rows whose ends lie well on both sides stay, for there bounds are open
too. These ends are never wider than the exact ones, so that no row stays that bounds would decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.lower import quantities, terms
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.language import expr as tree
from safety_rules.language.bounds import Bounded, ends, only
from safety_rules.language.kinds import Number
from safety_rules.language.law import is_sure
from safety_rules.language.record import Record
from safety_rules.semantics.bounds import bounds_of, may_decide, quantifies
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.reads import walk_through
from safety_rules.semantics.splits import splits_of

ENDLESS = "1E100"
MOST_TEXT = 600
Ends = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cases:
    """The condition that facts are blank, and the rules that each case may violate; or (`listed`) that a list has records,
    and the rules that read its fields."""

    blank: str
    masks: tuple[int, ...]
    listed: bool


def open_rules(w: Writer) -> list[tuple[int, str]]:
    """Return the rules that bounds may decide where SQL leaves them open, each with the condition on the row."""
    if not w.law.bounded:
        return []
    parts = [[c.that for c in (*r.applies_when, *r.requires)] for r in w.law.rules]
    return [(i, found) for i, nodes in enumerate(parts) if (found := _condition(nodes, w))]


def open_facts(w: Writer) -> list[tuple[int, str]]:
    """Return the same of the derived facts that are columns."""
    if not w.law.bounded:
        return []
    formulas = [d.formula for d in w.law.derivations.values() if d.variable is None]
    return [(i, found) for i, formula in enumerate(formulas) if (found := _condition([formula], w))]


def blank_cases(w: Writer) -> Iterator[Cases]:
    """Yield the blanks whose cases may move an end: in each of those of facts some rule may be violated."""
    if not (w.law.bounded and w.law.tight):
        return
    splits, lists = splits_of(w.law), dict[str, int]()
    for one in splits.given:
        yield Cases(f"({' AND '.join(f'{_value(key, w)} IS NULL' for key in one.keys)})", one.masks, False)
    for key, mask in splits.fields.items():
        outer = _outermost(key.rpartition(".")[0], w)
        lists[outer] = lists.get(outer, 0) | mask
    for outer, mask in lists.items():
        yield Cases(f"({_value(outer, w)} IS NOT NULL)", (mask,), True)


def _value(key: str, w: Writer) -> str:
    fact = w.law.rulebook.vocabulary.facts[key]
    if key in w.cells and isinstance(fact.kind, Number):
        return quantities.fact(key, w).sql
    return w.value(tree.FactRef(key, fact.kind))


def _condition(parts: Iterable[tree.Expr], w: Writer) -> str:
    """Return the condition that bounds may decide some node of several expressions; empty where they never do."""
    blank, seen = w.law.environment(Record({})), set[str]()
    nodes = [n for part in parts for n in walk_through(part, w.law.derivations, seen) if may_decide(n, blank)]
    return " OR ".join(dict.fromkeys(found for n in nodes if (found := _of_node(n, w, blank))))


def _of_node(node: tree.Expr, w: Writer, blank: Environment) -> str:
    if only(bounds_of(node, blank)) is not None:
        return "TRUE"
    known, missing = list[str](), list[str]()
    for key in _facts(node, w):
        value = _value(key, w)
        known.append(f"{value} IS NOT NULL")
        missing.append(f"{value} IS NOT NULL" if w.law.rulebook.vocabulary.is_list(key) else f"{value} IS NULL")
    if not known:
        return ""
    both = f"(({' OR '.join(known)}) AND ({' OR '.join(missing)}))"
    if quantifies(node) and isinstance(node.list, tree.FactRef):  # over a known list it follows from its parts
        both = f"({w.value(node.list)} IS NULL AND {both})"
    apart = _stays(node, w, blank)
    return f"({both} AND NOT coalesce({apart}, FALSE))" if apart else both


def _facts(node: tree.Expr, w: Writer) -> list[str]:
    """Return the given facts that a node reads; of fields, their list."""
    found: dict[str, None] = {}
    for n in walk_through(node, w.law.derivations, set()):
        if isinstance(n, tree.FactRef) and n.key not in w.law.derivations:
            found[n.key] = None
        elif isinstance(n, tree.ItemField) and n.key not in w.law.derivations:
            found[_outermost(n.key.rpartition(".")[0], w)] = None
    return [key for key in found if key in w.law.rulebook.vocabulary.facts]


def _outermost(key: str, w: Writer) -> str:
    """Return the list that a list lies in, itself where it lies in none."""
    outer = key.rpartition(".")[0]
    return _outermost(outer, w) if w.law.rulebook.vocabulary.is_list(outer) else key


def _stays(node: tree.Expr, w: Writer, blank: Environment) -> str:
    """Return the condition that a comparison is open by its ends as well; empty where they cannot be said."""
    if not isinstance(node, tree.Compare) or node.op in ("==", "!="):
        return ""
    left, right = _ends(node.left, w, blank), _ends(node.right, w, blank)
    if left is None or right is None or sum(map(len, (*left, *right))) > MOST_TEXT:
        return ""
    return f"({left[0]} < {right[1]} - {_margin(right[1])} AND {left[1]} > {right[0]} + {_margin(right[0])})"


def _margin(end: str) -> str:
    return f"(abs({end}) * 1E-6 + 1E-9)"


def _ends(expr: tree.Expr, w: Writer, blank: Environment) -> Ends | None:
    """Return the ends of a number in DOUBLE, never wider than they are."""
    d = w.dialect
    match expr:
        case tree.Literal(Fraction() as known):
            return _fixed(known, d)
        case tree.ParameterRef(_, _, None):
            known = terms.known_now(expr, w)
            return _fixed(known, d) if isinstance(known, Fraction) else None
        case tree.FactRef(key, Number()):
            derivation = w.law.derivations.get(key)
            if derivation is not None:
                return _ends(derivation.formula, w, blank) if is_sure(derivation, w.law) else None
            value, limits = quantities.fact(key, w).sql, ends(bounds_of(expr, blank))
            if limits is None or key not in w.cells:
                return None
            low = f"-{ENDLESS}" if limits[0] is None else _fixed(limits[0], d)[0]
            high = ENDLESS if limits[2] is None else _fixed(limits[2], d)[0]
            return f"coalesce({value}, {low})", f"coalesce({value}, {high})"
        case tree.Scale(operand, factor) if factor > 0:
            found = _ends(operand, w, blank)
            by = _fixed(factor, d)[0]
            return None if found is None else (f"({found[0]} * {by})", f"({found[1]} * {by})")
        case tree.Arithmetic(op, left, right):
            a, b = _ends(left, w, blank), _ends(right, w, blank)
            positive = _not_negative(bounds_of(left, blank)) and _not_negative(bounds_of(right, blank))
            return None if a is None or b is None or not positive else _operated(op, a, b)
        case _:
            return None


def _operated(op: str, a: Ends, b: Ends) -> Ends | None:
    """Return the ends of what is put together of numbers that are not negative; what cancels is off by more."""
    match op:
        case "+":
            return f"({a[0]} + {b[0]})", f"({a[1]} + {b[1]})"
        case "*":
            return f"({a[0]} * {b[0]})", f"({a[1]} * {b[1]})"
        case "/":
            least = f"(CASE WHEN {b[1]} > 0 THEN {a[0]} / {b[1]} ELSE {ENDLESS} END)"
            most = f"(CASE WHEN {b[0]} > 0 THEN {a[1]} / {b[0]} WHEN {a[1]} > 0 THEN {ENDLESS} ELSE 0E0 END)"
            return least, most
        case _:
            return None


def _fixed(known: Fraction, d: Dialect) -> Ends:
    sql = terms.literal(known, d)
    return sql, sql


def _not_negative(bounded: Bounded) -> bool:
    found = ends(bounded)
    return found is not None and found[0] is not None and bool(found[0] >= 0)
