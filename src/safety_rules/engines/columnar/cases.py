"""What DuckDB's own SQL says of admitted records: the cases of one law, all in one query."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.decide import define_maps
from safety_rules.engines.columnar.source import source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.query.builder import first_query, law_query
from safety_rules.engines.sql.read.types import Use
from safety_rules.engines.sql.records import Masks, arrow_table, is_told, masks_of
from safety_rules.formats.duck import connection
from safety_rules.language.record import Record
from safety_rules.semantics.decide import AreaOn


def masks_by_duckdb(query: str) -> Masks:
    """Return the function from a law and records to what the `full` or the `short` query says; None where a row goes back.

    A record with a number that no DOUBLE is, such as 2000/3, is asked for nothing.
    """
    short, cons = query == "short", list[Any]()

    def masks(law: AreaOn, records: Sequence[Record]) -> list[tuple[int, int, int] | None]:
        cons.extend([] if cons else [connection(Path(), "500MB", 1)])
        con, told = cons[0], [r for r in records if all(is_told(v) for v in r.values.values())]
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
