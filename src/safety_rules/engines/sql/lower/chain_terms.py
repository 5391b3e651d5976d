"""Conditions and formulas of chaining rules as SQL over records that are structs; NULL is unknown.

The variables of a rule are columns `v0`, `v1`, ... of a table of its uses. An aggregate reads the given records
of a relation; where it asks them for an equality, only those that have, or could have, the wanted value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.exactness.doubles import Number as NumberTerm
from safety_rules.engines.sql.lower.tree import READINGS
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.cell_types import Cell, missing, type_name
from safety_rules.language.expr import Aggregate, And, Compare, Expr, FactRef, ItemField, walk
from safety_rules.language.kinds import Choices, Number, Records
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.chaining.lists import narrowings
from safety_rules.semantics.chaining.pool import variables
from safety_rules.semantics.decide import AreaOn


class Inline(Writer):
    """Writes everything in place: a chain's terms have no columns of their own."""

    def keep(self, sql: str, key: str = "") -> str:
        """Return the SQL itself."""
        return f"({sql})"

    def unsure(self, near: str | None, unsettled: str | None) -> None:
        """Note where a comparison is too close for DOUBLE."""
        self.doubt(near)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The items of one aggregate: `of` are all that its own tests admit; `field` must equal `wanted` where it is known."""

    name: str
    relation: str
    tests: str
    field: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """An expression as SQL, the lists that it reads, and the conditions under which it cannot be relied on.

    `leaf` says, of a number, that its DOUBLE stands for it alone.
    """

    sql: str
    lists: tuple[Narrowed, ...] = ()
    doubts: tuple[str, ...] = ()
    maps: Mapping[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    leaf: bool = True


def fields_of(relation: str, law: AreaOn) -> dict[str, Fact]:
    """Return the fields that a relation's records are kept with."""
    found = {f.field: f for f in law.rulebook.vocabulary.fields(relation)}
    return {n: f for n, f in found.items() if not isinstance(f.kind, Records)}


def sql_type(fact: Fact, d: Dialect) -> str:
    """Return the type of a field's column."""
    plain = type_name(fact)
    return d.types[plain] if plain is not None else d.list_of(d.types["text"])


def struct_type(relation: str, law: AreaOn, d: Dialect) -> str:
    """Return the type of a relation's records."""
    return d.struct_type({n: sql_type(f, d) for n, f in fields_of(relation, law).items()})


def term(expr: Expr, law: AreaOn, items: Mapping[str, str], prefix: str, absent: frozenset[str], d: Dialect) -> Term:
    """Return an expression as SQL; `items` leads from a variable to its SQL, `absent` are lists that nobody gave."""
    lists = tuple(_lists(expr, law, items, prefix, absent, d))
    by_relation = {n.relation: _list_sql(n, law, d) for n in lists}
    writer = _writer(expr, law, items, by_relation, d)
    if isinstance(_kind(expr), Number):
        number: NumberTerm = writer.number(expr)
        return Term(number.sql, lists, tuple(writer.doubts), writer.maps, number.leaf or number.constant is not None)
    return Term(writer.value(expr), lists, tuple(writer.doubts), writer.maps)


def _kind(expr: Expr) -> object:
    from safety_rules.language.expr import kind_of

    return kind_of(expr)


def _writer(expr: Expr, law: AreaOn, items: Mapping[str, str], lists: Mapping[str, str], d: Dialect) -> Inline:
    facts, vocabulary = law.rulebook.vocabulary.facts, law.rulebook.vocabulary
    read = {n.key for n in walk(expr) if isinstance(n, FactRef)}
    read |= {n.key for x in law.derivations.values() for n in walk(x.formula) if isinstance(n, FactRef)}
    relations = {k.rpartition(".")[0] for k in facts if k.count(".") == 2} | {k for k in read if vocabulary.is_list(k)}
    cells = {k: missing(facts[k], vocabulary, (), d) for k in read if not vocabulary.is_list(k)}
    for relation in relations:
        shown = {n: d.member("{item}", n) for n in fields_of(relation, law)}
        nothing = f"CAST(NULL AS {d.list_of(struct_type(relation, law, d))})"
        cells[relation] = Cell(lists.get(relation, nothing), fields=shown)
    return Inline(law, d, cells, {}, READINGS, items=items)


def _lists(
    expr: Expr, law: AreaOn, items: Mapping[str, str], prefix: str, absent: frozenset[str], d: Dialect
) -> Iterator[Narrowed]:
    """Yield the lists that an expression's aggregates read, each once."""
    narrowed = {n.relation: n for n in narrowings(expr, law.derivations)}
    facts = law.rulebook.vocabulary.facts
    seen: set[str] = set()
    for node in walk(expr):
        if not isinstance(node, FactRef) or node.key in seen or node.key in absent:
            continue
        if not isinstance(facts[node.key].kind, Records):
            continue
        seen.add(node.key)
        name = f"{prefix}_{len(seen)}"
        found = narrowed.get(node.key)
        if found is None or isinstance(facts[f"{node.key}.{found.field}"].kind, Number | Choices):
            yield Narrowed(name, node.key, "TRUE")
            continue
        wanted = _writer(found.other, law, items, {}, d).value(found.other)
        aggregate = next(n for n in walk(expr) if isinstance(n, Aggregate) and n.list == node)
        yield Narrowed(name, node.key, _own_tests(aggregate, law, d), found.field, wanted)


def _own_tests(aggregate: Aggregate, law: AreaOn, d: Dialect) -> str:
    """Return the tests of an aggregate that speak of its own items alone, as a condition on `item`."""
    where = aggregate.where
    parts = where.operands if isinstance(where, And) else () if where is None else (where,)
    own = [
        p for p in parts if variables(p) == {aggregate.variable} and not any(isinstance(n, Aggregate) for n in walk(p))
    ]
    tests = []
    for part in own:
        writer = _writer(part, law, {aggregate.variable: "item"}, {}, d)
        sql = writer.value(part)
        if not writer.doubts:
            tests.append(f"({sql}) IS NOT FALSE")
    return " AND ".join(tests) or "TRUE"


def _list_sql(found: Narrowed, law: AreaOn, d: Dialect) -> str:
    """Return the list as the query that joins `found.name` sees it."""
    if not found.field:
        return f"(SELECT items FROM {found.name}_all)"
    nothing = f"CAST([] AS {d.list_of(struct_type(found.relation, law, d))})"
    having = f"list_concat(coalesce({found.name}.items, {nothing}), (SELECT items FROM {found.name}_lacking))"
    return f"(CASE WHEN {found.wanted} IS NULL THEN (SELECT items FROM {found.name}_all) ELSE {having} END)"


def join_key(expr: Expr | None, variable: str, law: AreaOn) -> tuple[str, Expr] | None:
    """Return the first equality of a condition by which records of a variable are found: its field, and with what."""
    parts = expr.operands if isinstance(expr, And) else () if expr is None else (expr,)
    for part in parts:
        if not isinstance(part, Compare) or part.op != "==":
            continue
        for one, other in ((part.left, part.right), (part.right, part.left)):
            if not isinstance(one, ItemField) or one.variable != variable or one.key in law.derivations:
                continue
            named = variables(other)
            plain = not any(isinstance(n, Aggregate) for n in walk(other))
            if named and variable not in named and plain and not isinstance(one.kind, Number | Choices | Records):
                return one.key.rpartition(".")[2], other
    return None
