"""Principles × doors: each door says what it can carry, each principle what its contents ask for; together, the cells.

A new principle is a line of `PRINCIPLES`, a new door a line of `DOORS`. A cell is the contents of the principle
that the door carries, each with the answer that a careful reader gives; where it carries none, the door's reason
stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from doors import through
from doors.beside import as_history, as_relations, as_store, by_chain_tables, by_history
from doors.contents import Case
from doors.rules_by import a_folder, a_folder_of_overlays, a_mount, an_overlay_file, by_rules, by_wheel
from doors.through import Judge, by_record, by_screening, by_table
from doors.writers import ods, workbook, xls


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """A door: how contents go through it, why it cannot carry what it cannot, of how many cases one is tried, and
    how it carries what only it can: a row that is hidden, a row of nobody.
    """

    name: str
    judge: Judge
    cannot: Mapping[str, str]
    every: int = 1
    own: Mapping[str, Judge] = field(default_factory=dict)

    def carries(self, case: Case) -> bool:
        return not case.wants & self.cannot.keys()


NO_SHEETS = "a record holds its lists itself: nothing in it can be unattached"
LAYOUT = {
    "sheets": "its lists stand beside; see the sheets of the wide one",
    "hidden": "see the wide one",
    "names": "its headings are Chinese",
    "headings": "see the wide one",
    "paths": "see the wide one",
}
NO_HIDING = "nothing of it can be hidden from a reader"
NOT_TOLD = "its reader does not tell what is hidden: all of it is read alike, which a notice says"
NO_SIGNS = "the name of a field is an identifier"
NO_PATH = "it has no path"
NO_HEADING = "values carry their own units: nothing is assumed"
NO_OBJECT = "a file holds texts, numbers and days, no Python objects"
RECORD = {"sheets": NO_SHEETS, "hidden": NO_HIDING, "paths": NO_PATH, "headings": NO_HEADING}
MAPPINGS = {k: v for k, v in RECORD.items() if k != "headings"}
FRAME = {**MAPPINGS, "objects": "a column is of one type, which no such object has"}
PARQUET = {k: v for k, v in FRAME.items() if k != "paths"}
JSON = {"sheets": NO_SHEETS, "hidden": NO_HIDING, "headings": NO_HEADING, "objects": NO_OBJECT}
TEXT = {
    "sheets": NO_SHEETS,
    "hidden": "a line of text cannot be hidden; a quote left open is an error of the file",
    "objects": NO_OBJECT,
}
BOOK = {"objects": NO_OBJECT}

NO_FACTS = "it holds lists alone; the facts of the project enter by another door"
NO_ROW = "its records are given by a program; one without an owner is that of the workbook's row"
BESIDE = {"facts": NO_FACTS, "words": "it has sheets of records, and no cell in which words stand for a list"}
STORE = {**BESIDE, "listings": "it holds dangers alone", "accidents": "it holds dangers alone"}

DOORS = (
    Door("dict, flat", by_record(lambda area, c: dict(c)), RECORD),
    Door("dict, nested", by_record(lambda area, c: through.nested(c)), RECORD),
    Door(
        "dict, the other names", by_record(lambda area, c: through.in_chinese(c, area.law.rulebook.vocabulary)), RECORD
    ),
    Door("dataclass", by_record(lambda area, c: through.as_dataclass(c)), {**RECORD, "signs": NO_SIGNS}),
    Door("pydantic model", by_record(lambda area, c: through.as_pydantic(c)), {**RECORD, "signs": NO_SIGNS}),
    Door("a record as admitted", by_record(lambda area, c: area.admit(area.admit(dict(c)))), RECORD),
    Door("mappings, by record", by_table(through.as_mappings, "records"), MAPPINGS),
    Door("JSON lines, by DuckDB", by_table(through.as_json_lines, "duckdb"), JSON, 3),
    Door("JSON lines, by record", by_table(through.as_json_lines, "records"), JSON),
    Door("JSON lines, screened", by_screening(through.as_json_lines, "records"), JSON),
    Door("JSON array, by DuckDB", by_table(through.as_json_array, "duckdb"), JSON, 7),
    Door("JSON array, by record", by_table(through.as_json_array, "records"), JSON, 7),
    *(
        Door(
            f"csv {encoding}, {words}",
            by_table(through.as_csv(encoding), engine),
            TEXT,
            1 if encoding == "utf-8" else 7,
        )
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16")
        for engine, words in (("duckdb", "by DuckDB"), ("records", "by record"))
    ),
    Door("csv, screened by DuckDB", by_screening(through.as_csv("utf-8-sig"), "duckdb"), TEXT, 7),
    Door("csv, screened by record", by_screening(through.as_csv("utf-8-sig"), "records"), TEXT, 7),
    Door("tsv", by_table(through.as_csv("utf-8", "\t")), TEXT, 7),
    Door(
        "xlsx, wide",
        by_screening(through.as_workbook, "records"),
        BOOK,
        1,
        {
            "hidden": by_screening(through.with_hidden_row, "records"),
            "sheets": by_screening(through.with_nobody(workbook, "xlsx"), "records"),
        },
    ),
    Door(
        "xlsx, wide, by DuckDB",
        by_table(through.as_workbook, "duckdb"),
        BOOK,
        3,
        {
            "hidden": by_table(through.with_hidden_row, "duckdb"),
            "sheets": by_table(through.with_nobody(workbook, "xlsx"), "duckdb"),
        },
    ),
    Door("xlsx, sheets of lists", by_screening(through.as_list_sheets, "records"), {**BOOK, **LAYOUT}),
    Door("xlsx, two rows of headings", by_screening(through.as_two_rows, "records"), {**BOOK, **LAYOUT}),
    Door("xlsx, forms", by_screening(through.as_form, "records"), {**BOOK, **LAYOUT}, 5),
    Door(
        "ods",
        by_screening(through.as_ods, "records"),
        {**BOOK, "hidden": NOT_TOLD},
        1,
        {
            "sheets": by_screening(through.with_nobody(ods, "ods"), "records"),
        },
    ),
    Door(
        "xls",
        by_screening(through.as_xls, "records"),
        {**BOOK, "hidden": NOT_TOLD},
        1,
        {
            "sheets": by_screening(through.with_nobody(xls, "xls"), "records"),
        },
    ),
    Door("parquet", by_table(through.as_parquet, "duckdb"), PARQUET, 7),
    Door("parquet, screened", by_screening(through.as_parquet), PARQUET, 7),
    Door("Arrow, by DuckDB", by_table(through.as_arrow, "duckdb"), FRAME),
    Door("Arrow, by record", by_table(through.as_arrow, "records"), FRAME),
    Door("pandas", by_table(through.as_pandas, "duckdb"), FRAME, 7),
    Door("Polars, by DuckDB", by_table(through.as_polars, "duckdb"), FRAME, 7),
    Door("Polars, by record", by_table(through.as_polars, "records"), FRAME, 7),
    Door("DuckDB relation", by_table(through.as_relation, "duckdb"), FRAME, 7),
    Door("Spark frame", through.by_spark, FRAME, 7),
    Door(
        "history, a workbook",
        by_history(as_history),
        BESIDE,
        1,
        {
            "hidden": by_history(partial(as_history, hidden="rows")),
            "sheets": by_history(partial(as_history, nobody=True)),
        },
    ),
    Door(
        "history, a mapping of its tables",
        by_history(as_relations),
        {**BESIDE, "hidden": NO_HIDING, "sheets": NO_ROW},
        3,
    ),
    Door(
        "chain tables",
        by_chain_tables(),
        {**BESIDE, "hidden": NO_HIDING},
        1,
        {"sheets": by_chain_tables(nobody=True)},
    ),
    Door("rectification, imported", by_history(as_store), STORE),
    Door("rules, a folder", by_rules(a_folder), RECORD, 3),
    Door("rules, a link to a mounted folder", by_rules(a_mount), RECORD, 3),
    Door("rules, an overlay file", by_rules(an_overlay_file), RECORD, 3),
    Door("rules, a folder of overlays", by_rules(a_folder_of_overlays), RECORD, 3),
    Door("rules, the built wheel", by_wheel, RECORD),
)
