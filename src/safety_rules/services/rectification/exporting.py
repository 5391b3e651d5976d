"""A ledger as a workbook that can be read back, and the head that it was made of beside it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from safety_rules.formats.tables_out import write_sheets
from safety_rules.services.rectification.book import (
    CONTENT,
    DANGERS,
    ENTERPRISES,
    HEADINGS,
    INSPECTIONS,
    NUMBER,
    TASK_LIST,
    UNITS,
    WITHDRAWN,
)
from safety_rules.services.rectification.forms import FIELDS, STEPS
from safety_rules.services.rectification.importing import INSPECTION, inspection_of
from safety_rules.services.rectification.ledger import reading
from safety_rules.services.rectification.life import Danger, cells, replay
from safety_rules.services.rectification.plain import ASKED
from safety_rules.services.rectification.recording import EVENT, TASK, event_of
from safety_rules.services.rectification.table import Lifecycle, task_table
from safety_rules.services.store.store import Head, entries, head
from safety_rules.services.store.verifying import beside, write_head

COLUMNS = tuple(dict.fromkeys((*CONTENT, *(h for step in STEPS for h in step[2:]), *WITHDRAWN)))


def export(store: Path, table: Lifecycle, output: Path, on: datetime.date) -> Head:
    """Write a ledger as it stood on a day, and its head beside it (`台账.xlsx.head`); return that head.

    Both are of one state of the ledger; each file is whole or absent, and the head is there before what it vouches for.
    """
    with reading(store) as connection:
        made = head(connection)
        dangers = replay(table, (event_of(e.key, e.body) for e in entries(connection, EVENT)), on).values()
        tasks = replay(task_table(), (event_of(e.key, e.body) for e in entries(connection, TASK)), on).values()
        inspections = [inspection_of(e) for e in entries(connection, INSPECTION)]
    details = [d.details for d in dangers]
    unkept = {
        h for h in ASKED if not any(getattr(d, FIELDS[h]) for d in details)
    }  # a column would ask for each of them
    columns = [heading for heading in COLUMNS if heading not in unkept]
    write_head(made, beside(output))
    write_sheets(
        output,
        {
            DANGERS: (columns, [_row(d, "隐患编号", columns) for d in dangers]),
            **(
                {TASK_LIST: (HEADINGS[TASK_LIST], [_row(t, NUMBER, HEADINGS[TASK_LIST]) for t in tasks])}
                if tasks
                else {}
            ),
            UNITS: (HEADINGS[UNITS], [(u,) for u in sorted({d.unit for d in details} - {""})]),
            ENTERPRISES: (HEADINGS[ENTERPRISES], sorted({(d.enterprise, d.code) for d in details if d.code})),
            INSPECTIONS: (
                HEADINGS[INSPECTIONS],
                [(i.id, i.unit, i.on.isoformat(), i.result, i.danger) for i in inspections if i.on <= on],
            ),
        },
    )
    return made


def _row(danger: Danger, number: str, columns: Sequence[str]) -> tuple[str, ...]:
    said = cells(danger.past) | {number: danger.id}
    withdrawn = next((e for e in danger.past if e.name == "withdraw"), None)
    if withdrawn is not None:
        said |= zip(WITHDRAWN, (withdrawn.on.isoformat(), withdrawn.by, withdrawn.evidence), strict=True)
    return tuple(said.get(heading, "") for heading in columns)
