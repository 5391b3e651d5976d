"""The records of a history as they are written: the sheets of workbooks, and the dangers of a rectification ledger."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safety_rules.formats.headings import Columns, columns, heading_row, spellings
from safety_rules.formats.lists import list_of
from safety_rules.formats.table import RawTable, cell_text, is_blank, usable
from safety_rules.formats.workbook_in import sheets
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Vocabulary

ENTERPRISES = "ledger.enterprises"
RELATIONS = ("ledger.accidents", "ledger.dangers", "ledger.recorded_listings")
NAME = f"{ENTERPRISES}.name"


@dataclass(slots=True)
class Raw:
    """Records as they are written, with their places, before admission."""

    data: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    closings: set[int] = field(default_factory=set)


def from_workbook(path: Path, raw: dict[str, Raw], vocabulary: Vocabulary, notices: list[Problem], before: str) -> bool:
    """Read the sheets of a workbook whose names mean a list; return whether any does. `before` stands before places."""
    found_any = False
    facts = [vocabulary.facts[r] for r in (ENTERPRISES, *RELATIONS)]
    try:
        tables = sheets(path)
    except OSError as error:
        raise LedgerError(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}") from None
    for table in tables:
        fact = list_of(table.name, facts)
        if fact is None:
            continue
        known = [*vocabulary.fields(fact.key), *([vocabulary.facts[NAME]] if fact.key != ENTERPRISES else [])]
        top = heading_row(table, spellings(known))
        if top is None:
            raise LedgerError(f"the sheet `{table.name}` of `{path.name}` has no known heading (没有可识别的表头)")
        found = columns(table, top, known, vocabulary.units)
        _check_headings(table, fact.key, found)
        notices += [n for n in found.notices if n.code == "heading-twice"]
        _read_sheet(table, fact.key, found, raw.setdefault(fact.key, Raw()), before)
        found_any = found_any or fact.key in RELATIONS
    return found_any


def _check_headings(table: RawTable, relation: str, found: Columns) -> None:
    """Raise where a sheet does not say whose its records are."""
    keys = {c.fact.key for c in found.columns}
    if not keys & {f"{relation}.enterprise", f"{ENTERPRISES}.credit_code", NAME}:
        raise LedgerError(f"the sheet `{table.name}` lacks the heading 统一社会信用代码 (or 企业名称)")


def _read_sheet(table: RawTable, relation: str, found: Columns, raw: Raw, before: str) -> None:
    headed = {c.fact.field for c in found.columns}
    for column in found.columns:
        if column.unit is not None:
            raw.units[column.fact.key] = column.unit
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        at, item, name = len(raw.data), dict[str, Any](), ""
        for column in found.columns:
            cell = row.merged.get(column.index, row.cell(column.index))
            if column.fact.key == NAME and relation != ENTERPRISES:
                name = cell_text(cell)
            elif not is_blank(cell):
                item[column.fact.field] = usable(cell)
                raw.cells[f"{relation}[{at}].{column.fact.field}"] = before + table.place(row.number, column.index)
        if "closed_on" in headed and "is_closed" not in item:
            raw.closings.add(at)
        raw.data.append(item)
        raw.names.append(name)
        raw.places.append(before + table.place(row.number))


def from_store(path: Path, raw: dict[str, Raw], on: datetime.date) -> bool:
    """Read the dangers of a rectification ledger as they stood on a day; one without an order has no deadline yet."""
    from safety_rules.services.rectification.recording import dangers
    from safety_rules.services.rectification.table import lifecycle

    into = raw.setdefault("ledger.dangers", Raw())
    for danger in dangers(path, lifecycle(), on).values():
        if danger.deadline is None:
            continue
        item = {"id": danger.id, "level": danger.details.level, "found_on": danger.found_on}
        item |= {"deadline": danger.deadline, "is_closed": danger.closed_on is not None}
        into.data.append(item | ({"enterprise": danger.details.code} if danger.details.code else {}))
        into.names.append(danger.details.enterprise)
        into.places.append(f"{path.name}:{danger.id}")
    return True
