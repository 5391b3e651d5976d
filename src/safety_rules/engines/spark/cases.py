"""What Spark's own SQL says of admitted records: the cases of one law, all in one query, in a session of this machine."""

from __future__ import annotations

from collections.abc import Sequence

from safety_rules.engines.spark.decide import column_types, frame_decision
from safety_rules.engines.spark.result import fit_for_laws
from safety_rules.engines.sql.read.types import Use
from safety_rules.engines.sql.records import Masks, arrow_table, is_told, masks_of
from safety_rules.language.record import Record
from safety_rules.semantics.decide import AreaOn

AT = "place of the record"


def masks_by_spark() -> Masks:
    """Return the function from a law and records to what Spark's query says; None where a row goes back."""
    from pyspark.sql import SparkSession

    quiet: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.log.level": "ERROR",
    }
    session = SparkSession.builder.master("local[1]").config(map=quiet).getOrCreate()

    def masks(law: AreaOn, records: Sequence[Record]) -> list[tuple[int, int, int] | None]:
        told = [i for i, r in enumerate(records) if all(is_told(v) for v in r.values.values())]
        found: list[tuple[int, int, int] | None] = [None] * len(records)
        if told:
            table = arrow_table(law, [records[i] for i in told]).append_column(AT, [told])
            frame = session.createDataFrame(table)
            uses = {k: Use(k, t, None, True) for k, t in column_types(frame).items() if k != AT}
            with fit_for_laws(session):
                rows = frame_decision(frame, law, uses, [AT]).plain.collect()
            for row in rows:
                found[row[AT]] = masks_of(row.asDict())
        return found

    return masks
