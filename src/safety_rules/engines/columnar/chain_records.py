"""The records of a chaining as DuckDB tables: one table for each relation, given and derived, with `certain`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.lower.chain_terms import fields_of, sql_type
from safety_rules.formats.duck import as_ledger_errors
from safety_rules.language.chain import ChainFact, ChainRule
from safety_rules.language.errors import ChainEngineError
from safety_rules.language.kinds import Date
from safety_rules.semantics.chaining.chain import ChainProgram
from safety_rules.semantics.chaining.facts import relations
from safety_rules.semantics.decide import AreaOn

PLAIN_DAYS = "DATE '1001-01-01' AND DATE '8999-12-31'"


class Unsupported(ChainEngineError):
    """The program or its data is beyond what tables decide exactly; `reason` is a key of `sql.unsupported.CHAINS`."""

    def __init__(self, stratum: int, rules: Sequence[str], reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(stratum, rules, f"{reason}: {message}")


@dataclass(slots=True)
class Chaining:
    """A chaining while it is worked out: the connection, each relation's table, and the lists that nobody gave."""

    con: Any
    program: ChainProgram
    tables: dict[str, str]
    absent: frozenset[str]
    lists: int = 0
    rounds: int = 0

    def law(self, rule: ChainRule) -> AreaOn:
        """Return what a rule's conditions are evaluated in."""
        program, area = self.program, self.program.rulebook.areas.get(rule.area)
        derivations = {} if area is None else {d.fact: d for d in area.derivations if d.in_force.holds(program.as_of)}
        return replace(plain_law(program), area=area, derivations=derivations)  # type: ignore[arg-type]


def opened(con: Any, program: ChainProgram, absent: Iterable[str]) -> Chaining:
    """Return a chaining with an empty table for each relation; of those in `absent` there is one unknown record."""
    law = plain_law(program)
    chaining = Chaining(con, program, {r: f"r{i}" for i, r in enumerate(sorted(relations(program)))}, frozenset(absent))
    for relation, table in chaining.tables.items():
        columns = [f"{DUCKDB.name_of(n)} {sql_type(f, DUCKDB)}" for n, f in fields_of(relation, law).items()]
        con.execute(f"CREATE TABLE {table} ({', '.join([*columns, 'is_given BOOLEAN', 'certain BOOLEAN'])})")
        if relation in chaining.absent:
            con.execute(f"INSERT INTO {table} (is_given, certain) VALUES (TRUE, FALSE)")
    return chaining


def plain_law(program: ChainProgram) -> AreaOn:
    """Return the law of a program without an area: its figures and tables alone."""
    area: Any = None
    return AreaOn(program.rulebook, area, program.as_of, (), {}, (), program.require, program.confirmed)


def insert_facts(chaining: Chaining, facts: Iterable[ChainFact]) -> None:
    """Add given records with exact values; raises Unsupported for a number that no DOUBLE stands for."""
    by_relation: dict[str, list[ChainFact]] = {}
    for fact in facts:
        if fact.key:
            by_relation.setdefault(fact.relation, []).append(fact)
    for relation, found in by_relation.items():
        names = fields_of(relation, plain_law(chaining.program))
        parts = [f"CAST(unnest(${i + 1}) AS {sql_type(f, DUCKDB)})" for i, f in enumerate(names.values())]
        values = [[_plain(fact.values.get(n)) for fact in found] for n in names]
        parts += ["TRUE", "TRUE"]
        chaining.con.execute(f"INSERT INTO {chaining.tables[relation]} SELECT {', '.join(parts)}", values)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        number = float(value)
        if Fraction(repr(number)) != value or abs(number) >= 1e15:
            raise Unsupported(0, [], "chain-number", f"{value} is no decimal of 15 digits")
        return number
    return list(value) if isinstance(value, tuple) else value


def check_days(chaining: Chaining, number: int, rules: Sequence[str]) -> None:
    """Refuse days so far off that the two calendars could differ."""
    law = plain_law(chaining.program)
    for relation, table in chaining.tables.items():
        days = [n for n, f in fields_of(relation, law).items() if isinstance(f.kind, Date)]
        if days:
            far = " OR ".join(f"{DUCKDB.name_of(n)} NOT BETWEEN {PLAIN_DAYS}" for n in days)
            if chaining.con.execute(f"SELECT count(*) FROM {table} WHERE {far}").fetchall()[0][0]:
                raise Unsupported(number, rules, "chain-far-day", f"`{relation}` has a day before 1001 or after 8999")


def derived_rows(chaining: Chaining, relation: str) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield the derived records of a relation, without the fields that are unknown, and whether they certainly hold."""
    names = list(fields_of(relation, plain_law(chaining.program)))
    shown = ", ".join(DUCKDB.name_of(n) for n in names)
    with as_ledger_errors(relation):
        reader = chaining.con.cursor().execute(
            f"SELECT {shown}, certain FROM {chaining.tables[relation]} WHERE NOT is_given ORDER BY ALL"
        )
        while batch := reader.fetchmany(10_000):
            for *cells, certain in batch:
                yield {n: c for n, c in zip(names, cells, strict=True) if c is not None}, certain
