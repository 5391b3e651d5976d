"""Admitted records as a table, and what DuckDB's own SQL says of them: the cases of one law, all in one query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.decide import define_maps
from safety_rules.engines.columnar.source import source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.exactness.settle import joined
from safety_rules.engines.sql.query.builder import first_query, law_query
from safety_rules.engines.sql.read.types import Use
from safety_rules.formats.duck import connection
from safety_rules.language.kinds import Boolean, Choices, Date, Number, Records
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.decide import AreaOn

Masks = Callable[[AreaOn, Sequence[Record]], list[tuple[int, int, int] | None]]
MASKS = ("violated", "undetermined", "not_applicable")


def masks_by_duckdb(query: str) -> Masks:
    """Return the function from a law and records to what the `full` or the `short` query says; None where a row goes back.

    A record with a number that no DOUBLE is, such as 2000/3, is asked for nothing.
    """
    short, cons = query == "short", list[Any]()

    def masks(law: AreaOn, records: Sequence[Record]) -> list[tuple[int, int, int] | None]:
        cons.extend([] if cons else [connection(Path(), "500MB", 1)])
        con, told = cons[0], [r for r in records if all(_is_told(v) for v in r.values.values())]
        if not told:
            return [None] * len(records)
        rows = source(con, arrow_table(law, told), Path())
        uses = {k: Use(k, t, None, True, short) for k, t in rows.types.items()}
        made = first_query(law, uses, DUCKDB) if short else law_query(law, uses, DUCKDB)
        define_maps(con, made.maps)
        cursor = con.execute(made.over(rows.sql))
        names = [c[0] for c in cursor.description]
        found = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
        by_record = dict(zip(map(id, told), (masks_of(row) for row in found), strict=True))
        return [by_record.get(id(r)) for r in records]

    return masks


def masks_of(row: dict[str, Any]) -> tuple[int, int, int] | None:
    """Return the masks of a row; None where it goes back to be settled exactly."""
    violated, undetermined, not_applicable = (joined(row[m]) if not row["again"] else 0 for m in MASKS)
    return None if row["again"] else (violated, undetermined, not_applicable)


def _is_told(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_told(v) for item in value for v in (item.values() if isinstance(item, dict) else (item,)))
    return not isinstance(value, Fraction) or Fraction(repr(float(value))) == value


def arrow_type(fact: Fact, vocabulary: Vocabulary) -> Any:
    """Return the type of the column in which a table engine is given a fact."""
    import pyarrow as pa

    match fact.kind:
        case Boolean():
            return pa.bool_()
        case Number():
            return pa.float64()
        case Date():
            return pa.date32()
        case Choices():
            return pa.list_(pa.string())
        case Records():
            fields = [pa.field(f.field, arrow_type(f, vocabulary)) for f in vocabulary.fields(fact.key)]
            return pa.list_(pa.struct(fields))
        case _:
            return pa.string()


def plain(value: Any) -> Any:
    """Return a value as a column holds it."""
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, tuple):
        return [{k: plain(v) for k, v in item.items()} if isinstance(item, dict) else item for item in value]
    return value


def arrow_table(law: AreaOn, records: Sequence[Record]) -> Any:
    """Return the records' given facts of the law's subjects as an Arrow table, one column each."""
    import pyarrow as pa

    vocabulary = law.rulebook.vocabulary
    facts = [f for s in law.area.subjects for f in vocabulary.of_subject(s) if f.key not in law.derivations]
    return pa.table(
        {f.key: pa.array([plain(r.values.get(f.key)) for r in records], arrow_type(f, vocabulary)) for f in facts}
    )
