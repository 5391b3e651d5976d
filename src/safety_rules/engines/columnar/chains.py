"""Chaining over ledgers of any size: joins to a fixpoint in DuckDB, the same records as the definition derives.

Each relation is a table of its records, given and derived, with `certain`. A rule's uses are found pattern by
pattern: rows for which no condition is false, `sure` where all are true. What a use derives is one row by its
content; it is certain where a sure use of certain records leads to it. Each stratum runs until nothing is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safety_rules.engines.columnar.chain_records import Chaining, Unsupported, check_days
from safety_rules.engines.columnar.decide import define_maps
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.lower import chain_terms as terms
from safety_rules.language.chain import ChainRule, Pattern
from safety_rules.language.errors import ChainEngineError
from safety_rules.language.expr import ItemField, walk
from safety_rules.language.kinds import Choices, Records
from safety_rules.language.law import is_sure
from safety_rules.semantics.decide import AreaOn

MOST_ROUNDS = 1_000


_name = DUCKDB.name_of


def run(chaining: Chaining) -> None:
    """Work out every stratum until nothing is new; raises ChainEngineError where there is no complete result."""
    check_days(chaining, 0, [])
    for number, rules in enumerate(chaining.program.strata, 1):
        prepared = [_prepared(rule, number, chaining) for rule in rules]
        changed: set[str] | None = None
        for _ in range(MOST_ROUNDS):
            found: set[str] = set()
            for rule, plan in zip(rules, prepared, strict=True):
                if changed is None or any(p.relation in changed for p in rule.given):
                    found |= {rule.derives} if _apply(rule, plan, number, chaining) else set()
            chaining.rounds += 1
            changed = found
            if not changed:
                break
        else:
            raise ChainEngineError(number, [r.key for r in rules], f"{MOST_ROUNDS} rounds had not ended it")
        check_days(chaining, number, [r.key for r in rules])


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule as SQL: the condition of each pattern, the derived fields, and whether its law is sure enough."""

    given: tuple[terms.Term | None, ...]
    unless: tuple[terms.Term | None, ...]
    record: Mapping[str, terms.Term]
    sure: bool


def _prepared(rule: ChainRule, number: int, chaining: Chaining) -> Plan:
    """Return a rule as SQL, with its lists and look-ups made; raises Unsupported."""
    law = chaining.law(rule)
    _check_rule(rule, number, law)
    items = {p.variable: f"v{i}" for i, p in enumerate(rule.given)}
    given = tuple(_condition(p, law, {**items, p.variable: items[p.variable]}, chaining) for p in rule.given)
    unless = tuple(_condition(p, law, {**items, p.variable: "u"}, chaining) for p in rule.unless)
    record = {name: _term(formula, law, items, chaining) for name, formula in rule.record}
    for name, found in record.items():
        if not found.leaf:
            raise Unsupported(number, [rule.key], "chain-number", f"`{name}` of the derived record is calculated")
    return Plan(given, unless, record, is_sure(rule, law))


def _check_rule(rule: ChainRule, number: int, law: AreaOn) -> None:
    kept = terms.fields_of(rule.derives, law)
    for name, _ in rule.record:
        if name not in kept or isinstance(kept[name].kind, Choices):
            raise Unsupported(number, [rule.key], "chain-list", f"`{name}` of the derived record is a list")
    parts = [p.that for p in (*rule.given, *rule.unless) if p.that is not None] + [e for _, e in rule.record]
    for node in (n for part in parts for n in walk(part)):
        if isinstance(node, ItemField) and isinstance(node.kind, Records):
            raise Unsupported(number, [rule.key], "chain-list", "a condition reads a list within a record")


def _condition(pattern: Pattern, law: AreaOn, items: Mapping[str, str], chaining: Chaining) -> terms.Term | None:
    return None if pattern.that is None else _term(pattern.that, law, items, chaining)


def _term(expr: Any, law: AreaOn, items: Mapping[str, str], chaining: Chaining) -> terms.Term:
    chaining.lists += 1
    found = terms.term(expr, law, items, f"l{chaining.lists}", chaining.absent, DUCKDB)
    define_maps(chaining.con, found.maps)
    for one in found.lists:
        _make_list(one, law, chaining)
    return found


def _make_list(found: terms.Narrowed, law: AreaOn, chaining: Chaining) -> None:
    """Make the tables from which an aggregate takes its items: those with each value, those without, and all."""
    con, table = chaining.con, chaining.tables[found.relation]
    type_ = DUCKDB.list_of(terms.struct_type(found.relation, law, DUCKDB))
    packed = ", ".join(f"{DUCKDB.text(n)}: {_name(n)}" for n in terms.fields_of(found.relation, law))
    items = f"(SELECT {{{packed}}} AS item FROM {table} WHERE is_given) WHERE {found.tests}"
    every = f"SELECT CAST(coalesce(list(item), []) AS {type_}) AS items FROM {items}"
    con.execute(f"CREATE TABLE {found.name}_all AS {every}")
    if found.field:
        key = DUCKDB.member("item", found.field)
        con.execute(f"CREATE TABLE {found.name}_lacking AS {every} AND {key} IS NULL")
        con.execute(
            f"CREATE TABLE {found.name} AS SELECT {key} AS k, list(item) AS items FROM {items} "
            f"AND {key} IS NOT NULL GROUP BY 1"
        )


def _joins(found: terms.Term | None) -> str:
    """Return the joins by which a query sees the lists of a term."""
    lists = () if found is None else found.lists
    return "".join(f" LEFT JOIN {n.name} ON {n.name}.k = {n.wanted}" for n in lists if n.field)


def _apply(rule: ChainRule, plan: Plan, number: int, chaining: Chaining) -> bool:
    """Add what a rule's uses derive; return whether any of it is new, or newly certain."""
    con = chaining.con
    con.execute("CREATE OR REPLACE TEMP TABLE uses AS SELECT TRUE AS sure, TRUE AS held, FALSE AS doubt")
    law = chaining.law(rule)
    for i, (pattern, condition) in enumerate(zip(rule.given, plan.given, strict=True)):
        _extend(rule, i, pattern, condition, law, chaining)
    for pattern, condition in zip(rule.unless, plan.unless, strict=True):
        _avoid(pattern, condition, law, rule, chaining)
    doubts = [d for t in plan.record.values() for d in t.doubts]
    derived = ", ".join(f"{t.sql} AS {_name(n)}" for n, t in plan.record.items())
    joins = "".join(_joins(t) for t in plan.record.values())
    sure = "sure AND held" if plan.sure else "FALSE"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE made AS SELECT {derived}, ({sure}) AS certain, "
        f"({' OR '.join(['doubt', *(f'coalesce({d}, FALSE)' for d in doubts)])}) AS doubt FROM uses{joins}"
    )
    if con.execute("SELECT count(*) FROM made WHERE doubt").fetchall()[0][0]:
        raise Unsupported(number, [rule.key], "chain-too-close", "a comparison is too close for DOUBLE")
    return _added(rule, plan, chaining)


def _packed(table: str, relation: str, law: AreaOn) -> str:
    """Return a relation's rows as structs, with whether they certainly hold."""
    packed = ", ".join(f"{DUCKDB.text(n)}: {_name(n)}" for n in terms.fields_of(relation, law))
    return f"(SELECT {{{packed}}} AS item, certain AS item_certain FROM {table})"


def _extend(
    rule: ChainRule, at: int, pattern: Pattern, condition: terms.Term | None, law: AreaOn, chaining: Chaining
) -> None:
    """Join a pattern's records to the uses so far, leaving out those for which its condition is false."""
    rows = _packed(chaining.tables[pattern.relation], pattern.relation, law)
    pairs = _pairs("uses", rows, pattern, rule, law)
    columns = "".join(f"v{i}, " for i in range(at))
    chaining.con.execute(
        f"CREATE OR REPLACE TEMP TABLE longer AS SELECT {columns}v{at}, sure AND coalesce(that, FALSE) AS sure, held AND "
        f"item_certain AS held, doubt FROM {_tested('p.* EXCLUDE (doubt)', pairs, f'v{at}', condition)}"
    )
    chaining.con.execute("CREATE OR REPLACE TEMP TABLE uses AS FROM longer")


def _tested(columns: str, pairs: str, item: str, condition: terms.Term | None) -> str:
    """Return columns of the pairs for which a condition is not false, with `that` (its truth) and `doubt`."""
    that = "TRUE" if condition is None else condition.sql
    doubts = [] if condition is None else [f"coalesce({d}, FALSE)" for d in condition.doubts]
    return (
        f"(SELECT {columns}, ({that}) AS that, ({' OR '.join(['doubt', *doubts])}) AS doubt FROM (SELECT * EXCLUDE (item), "
        f"item AS {item} FROM ({pairs})) p{_joins(condition)}) WHERE that IS NOT FALSE OR doubt"
    )


def _pairs(uses: str, rows: str, pattern: Pattern, rule: ChainRule, law: AreaOn) -> str:
    """Return the uses with each record that they could take, found by an equality where the condition has one."""
    key = terms.join_key(pattern.that, pattern.variable, law)
    if key is None:
        return f"SELECT * FROM {uses}, {rows} q"
    field_, other = key
    items = {p.variable: f"v{i}" for i, p in enumerate(rule.given)}
    wanted = terms.term(other, law, items, "k", frozenset(), DUCKDB).sql
    own = DUCKDB.member("item", field_)
    return (
        f"SELECT * FROM {uses} JOIN {rows} q ON {own} = {wanted} "
        f"UNION ALL SELECT * FROM {uses}, (FROM {rows} WHERE {own} IS NULL) q "
        f"UNION ALL SELECT * FROM (FROM {uses} WHERE {wanted} IS NULL), (FROM {rows} WHERE {own} IS NOT NULL) q"
    )


def _avoid(pattern: Pattern, condition: terms.Term | None, law: AreaOn, rule: ChainRule, chaining: Chaining) -> None:
    """Take out the uses against which a certain record stands; what only could stand makes them unsure."""
    con = chaining.con
    con.execute("CREATE OR REPLACE TEMP TABLE numbered AS SELECT *, row_number() OVER () AS use FROM uses")
    rows = _packed(chaining.tables[pattern.relation], pattern.relation, law)
    pairs = _pairs("numbered", rows, pattern, rule, law)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE against AS SELECT use, bool_or(item_certain AND coalesce(that, FALSE)) AS blocked, "
        f"bool_or(doubt) AS doubt FROM {_tested('p.use, p.item_certain', pairs, 'u', condition)} GROUP BY use"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE uses AS SELECT n.* EXCLUDE (use, sure, doubt), n.sure AND a.use IS NULL AS sure, "
        "n.doubt OR coalesce(a.doubt, FALSE) AS doubt FROM numbered n LEFT JOIN against a ON a.use = n.use "
        "WHERE NOT coalesce(a.blocked, FALSE)"
    )


def _added(rule: ChainRule, plan: Plan, chaining: Chaining) -> bool:
    con, table = chaining.con, chaining.tables[rule.derives]
    names = terms.fields_of(rule.derives, chaining.law(rule))
    cells = [
        _name(n) if n in plan.record else f"CAST(NULL AS {terms.sql_type(f, DUCKDB)}) AS {_name(n)}"
        for n, f in names.items()
    ]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT {', '.join(cells)}, bool_or(certain) AS certain "
        f"FROM made GROUP BY {', '.join(_name(n) for n in plan.record)}"
    )
    same = " AND ".join(f"t.{_name(n)} IS NOT DISTINCT FROM f.{_name(n)}" for n in names)
    known = f"(SELECT * FROM {table} WHERE NOT is_given)"
    columns = ", ".join(f"f.{_name(n)}" for n in names)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE added AS SELECT {columns}, FALSE AS is_given, f.certain AS certain "
        f"FROM fresh f LEFT JOIN {known} t ON {same} WHERE t.is_given IS NULL"
    )
    surer = con.execute(
        f"UPDATE {table} t SET certain = TRUE FROM fresh f WHERE NOT t.is_given AND NOT t.certain AND f.certain AND {same}"
    ).fetchall()[0][0]
    new = con.execute(f"INSERT INTO {table} SELECT * FROM added").fetchall()[0][0]
    return bool(surer or new)
