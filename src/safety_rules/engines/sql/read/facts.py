"""Which given facts a law reads, what it reads of them, and the cell of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.read.cell_types import Cell, missing
from safety_rules.engines.sql.read.columns import cell
from safety_rules.engines.sql.read.types import Reads, Use
from safety_rules.language.expr import Aggregate, Arithmetic, Expr, FactRef, ItemField, walk
from safety_rules.semantics.decide import AreaOn


def used_facts(law: AreaOn) -> dict[str, Reads]:
    """Return the given facts that the law reads, and what it reads of them."""
    fields: dict[str, set[str]] = {}
    divisors: dict[str, set[str]] = {}
    counted: set[str] = set()
    done: set[str] = set()
    todo: list[tuple[Expr, bool]] = [(c.that, False) for r in law.rules for c in (*r.applies_when, *r.requires)]
    todo += [(d.formula, True) for d in law.derivations.values() if d.variable is None]
    while todo:
        root, below = todo.pop()
        calculated = {id(n) for top in walk(root) for part in _divisors(top, below) for n in walk(part)}
        for node in walk(root):
            if isinstance(node, Aggregate) and node.fold in ("count", "sum") and isinstance(node.list, FactRef):
                counted.add(node.list.key)
            if not isinstance(node, FactRef | ItemField):
                continue
            derivation = law.derivations.get(node.key)
            if derivation is not None:
                if node.key not in done:
                    done.add(node.key)
                    todo.append((derivation.formula, True))
                continue
            outer, _, name = (node.key, "", "") if isinstance(node, FactRef) else node.key.rpartition(".")
            fields.setdefault(outer, set()).update({name} - {""})
            if id(node) in calculated:
                divisors.setdefault(outer, set()).add(name)
    derived = {k: tuple(n.rpartition(".")[2] for n in sorted(done) if n.rpartition(".")[0] == k) for k in fields}
    return {
        k: Reads(frozenset(f), frozenset(divisors.get(k, ())), k in counted, False, derived[k])
        for k, f in fields.items()
    }


def _divisors(expr: Expr, below: bool) -> tuple[Expr, ...]:
    """Return what an expression divides by; within a formula that others may divide by, all of it."""
    if below:
        return (expr,)
    return (expr.right,) if isinstance(expr, Arithmetic) and expr.op == "/" else ()


def facts_and_cells(
    law: AreaOn, uses: Mapping[str, Use], d: Dialect, besides: Iterable[str]
) -> tuple[dict[str, Reads], dict[str, str], dict[str, Cell]]:
    """Return what a law reads of each given fact, the name of its raw column where it has one, and its cell."""
    vocabulary, used = law.rulebook.vocabulary, used_facts(law)
    read = {key: used.get(key, Reads()) for key in (*used, *besides)}
    raw = {key: f"c{i}" for i, key in enumerate(k for k in read if k in uses)}
    cells = {
        key: cell(vocabulary.facts[key], uses[key], raw[key], vocabulary, reads, d)
        if key in uses
        else missing(vocabulary.facts[key], vocabulary, reads.fields, d)
        for key, reads in read.items()
    }
    return read, raw, cells
