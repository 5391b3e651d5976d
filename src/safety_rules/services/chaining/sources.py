"""The records of a history as they are written: the sheets of workbooks, and the dangers of a rectification ledger."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safety_rules.formats.datum import agreed, datum
from safety_rules.formats.headings import Columns, columns, heading_row, in_units, spellings
from safety_rules.formats.lines import KINDS, kind_of_line, tells_a_record
from safety_rules.formats.lists import list_of
from safety_rules.formats.raw_tables import raw_tables
from safety_rules.formats.table import RawTable, is_blank, owner
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Text
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.admission.folding import unfolded
from safety_rules.semantics.admission.formats import well_formed
from safety_rules.words.problem import problem

ENTERPRISES = "ledger.enterprises"
RELATIONS = ("ledger.accidents", "ledger.dangers", "ledger.recorded_listings")
NAME = f"{ENTERPRISES}.name"
CODE_LIKE = re.compile(r"^(?=.*[0-9]{4})[0-9A-Z]{15,20}$")


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
    for table in raw_tables(path):
        fact = list_of(table.name if table.mark == "!" else path.stem, facts)  # a file of one table is named like it
        if fact is None:
            if any(not row.blank for row in table.rows()):
                notices.append(problem("sheet-not-used", "", before + table.name, sheet=table.name))
            continue
        known = [*vocabulary.fields(fact.key), *([vocabulary.facts[NAME]] if fact.key != ENTERPRISES else [])]
        top = heading_row(table, spellings(known))
        if top is None:
            raise LedgerError(f"the sheet `{table.name}` of `{path.name}` has no known heading (没有可识别的表头)")
        found = columns(table, top, known, vocabulary.units, by_row=True)
        _check_headings(table, fact.key, found)
        notices += [n for n in (*table.notices, *found.notices) if n.code != "heading"]
        _read_sheet(table, fact.key, found, raw.setdefault(fact.key, Raw()), before, notices)
        found_any = found_any or fact.key in RELATIONS
    return found_any


def _check_headings(table: RawTable, relation: str, found: Columns) -> None:
    """Raise where a sheet does not say whose its records are."""
    keys = {c.fact.key for c in found.columns}
    if not keys & {f"{relation}.enterprise", f"{ENTERPRISES}.credit_code", NAME}:
        raise LedgerError(f"the sheet `{table.name}` lacks the heading 统一社会信用代码 (or 企业名称)")


def _read_sheet(table: RawTable, relation: str, found: Columns, raw: Raw, before: str, notices: list[Problem]) -> None:
    headed = {c.fact.field for c in found.columns}
    found = in_units(found, raw.units)
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        cells = [(c, agreed(row.merged.get(c.index, row.cell(c.index)), c, found, row)) for c in found.columns]
        kind = kind_of_line(row, found.headings)
        if kind and not tells_a_record(kind, ((c.fact.kind, cell) for c, cell in cells)):
            notices.append(Problem(kind, "", before + table.place(row.number), KINDS[kind]))
            continue
        at, item, name = len(raw.data), dict[str, Any](), ""
        for column, cell in cells:
            if column.fact.key == NAME and relation != ENTERPRISES:
                name = owner(cell)
            elif column.fact.field == "enterprise":
                item |= _enterprise(cell, before + table.place(row.number, column.index), relation, notices)
            elif not is_blank(cell):
                item[column.fact.field] = datum(cell, column, row)
                raw.cells[f"{relation}[{at}].{column.fact.field}"] = before + table.place(row.number, column.index)
        if "closed_on" in headed and "is_closed" not in item:
            raw.closings.add(at)
        raw.data.append(item)
        raw.names.append(name)
        raw.places.append(before + table.place(row.number))


def _enterprise(cell: Any, place: str, relation: str, notices: list[Problem]) -> dict[str, str]:
    """Return the code (or name) of a record's enterprise; a code that is none is named, and may be anybody's."""
    text = owner(cell)
    code = unfolded(text, Text(), "credit_code")
    if not text or not CODE_LIKE.match(code):
        return {"enterprise": text} if text else {}
    if well_formed(code, "credit_code"):
        return {"enterprise": code}
    notices.append(problem("no-identity.code", f"{relation}.enterprise", place, text, given=text))
    return {}


def from_store(path: Path, raw: dict[str, Raw], on: datetime.date) -> bool:
    """Read the dangers of a rectification ledger as they stood on a day; one without an order has no deadline yet."""
    from safety_rules.services.rectification.recording import dangers
    from safety_rules.services.rectification.table import lifecycle

    into = raw.setdefault("ledger.dangers", Raw())
    for danger in dangers(path, lifecycle(), on).values():
        if danger.deadline is None or danger.withdrawn_on is not None:
            continue
        item = {"id": danger.id, "level": danger.details.level, "found_on": danger.found_on}
        item |= {"deadline": danger.deadline, "is_closed": danger.closed_on is not None}
        into.data.append(item | ({"enterprise": danger.details.code} if danger.details.code else {}))
        into.names.append(danger.details.enterprise)
        into.places.append(f"{path.name}:{danger.id}")
    return True
