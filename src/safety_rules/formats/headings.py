"""Which fact each column of a ledger carries, and in which unit; what cannot be told is named."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from safety_rules.formats.table import RawRow, RawTable, cell_text, folded, is_blank
from safety_rules.language.kinds import Name, Number
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit, UnitTable
from safety_rules.language.vocabulary import Fact
from safety_rules.words.near import hint
from safety_rules.words.said import said

FIRST_ROWS = 20
BRACKETED = re.compile(r"^(.+?)[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
ORNAMENTS = "*:#·"
LEDGER_UNIT = re.compile(r"(?:^|[^\u4e00-\u9fff]|计量|金额|货币)单位:([^\s)]+)")
SEPARATORS = re.compile(r"[、,;，；]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that carries a fact; plain numbers in it are in `unit`, or else in the fact's own."""

    index: int
    heading: str
    fact: Fact
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are understood, where the headings stand, and what was wrong with the rest."""

    row: int
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    notices: tuple[Problem, ...]


Spellings = Mapping[str, tuple[tuple[int, Fact], ...]]


def spellings(facts: Iterable[Fact]) -> Spellings:
    """Return every way to write a fact's heading; a fact's own names (0) go before its aliases (1)."""
    found: dict[str, list[tuple[int, Fact]]] = defaultdict(list)
    for fact in facts:
        own = {folded(n) for n in (fact.name.zh, fact.name.en, fact.key, fact.zh_key)}
        others = {folded(n) for n in (*fact.headings, fact.field, fact.zh_key.rpartition(".")[2])}
        for text in own:
            found[text].append((0, fact))
        for text in others - own:
            found[text].append((1, fact))
    return {text: tuple(facts) for text, facts in found.items()}


def column_names(facts: Iterable[Fact]) -> list[str]:
    """Return the names to choose a near one from."""
    return [n for f in facts for n in (f.name.zh, *f.headings, f.name.en, f.field)]


def heading_row(table: RawTable, names: Spellings) -> RawRow | None:
    """Return the row, among the first 20, in which most facts are named; None where none is."""
    best: RawRow | None = None
    most = 0
    for row in islice(table.rows(), FIRST_ROWS):
        count = len({key for cell in row.cells for key in _keys(cell, names)})
        if count > most:
            best, most = row, count
    return best


def known_headings(row: RawRow | None, names: Spellings) -> int:
    """Return how many facts a heading row names."""
    return 0 if row is None else len({key for cell in row.cells for key in _keys(cell, names)})


def _keys(cell: Any, names: Spellings) -> set[str]:
    if not isinstance(cell, str) or is_blank(cell):
        return set()
    candidates, _ = _candidates(cell, names)
    return {f.key for f in candidates}


def _candidates(heading: str, names: Spellings) -> tuple[list[Fact], str]:
    """Return the facts that a heading may mean, and what stands in its last brackets."""
    plain = unicodedata.normalize("NFKC", heading).strip().strip(ORNAMENTS).strip()
    found, bracket = names.get(folded(plain), ()), ""
    if not found and (match := BRACKETED.match(plain)) is not None:
        bracket = match[2].strip()
        found = names.get(folded(match[1].strip().strip(ORNAMENTS)), ())
    best = min((rank for rank, _ in found), default=0)
    return [fact for rank, fact in found if rank == best], bracket


def columns(table: RawTable, row: RawRow, facts: Sequence[Fact], units: UnitTable) -> Columns:
    """Return what each heading of a row means."""
    names = spellings(facts)
    notices: list[Problem] = []
    found: list[Column] = []
    general = _ledger_units(table, row, units)
    for index, cell in enumerate(row.cells):
        heading = cell_text(cell)
        if not heading:
            continue
        result = _column(index, heading, names, facts, units, general)
        if isinstance(result, Column):
            found.append(result)
        else:
            notices.append(Problem("heading", "", table.place(row.number, index), result, heading))
    kept, doubled = _once(found, names, lambda column: table.place(row.number, column))
    return Columns(row.number, tuple(cell_text(c) for c in row.cells), kept, (*notices, *doubled))


def _column(
    index: int,
    heading: str,
    names: Spellings,
    facts: Sequence[Fact],
    units: UnitTable,
    general: Mapping[Any, Unit],
) -> Column | Name:
    """Return the column of a heading, or in words why it is not used."""
    candidates, bracket = _candidates(heading, names)
    if not candidates:
        return said("heading.unknown", heading=heading, hint=hint(heading, column_names(facts))).name
    if len(candidates) > 1:
        zh = "、".join(f.name.zh for f in candidates)
        en = ", ".join(f"`{f.key}`" for f in candidates)
        return Name(
            f"表头“{heading}”可指多个事实项（{zh}），该列未使用",
            f"the heading `{heading}` may mean {en} and is not used",
        )
    fact = candidates[0]
    if not isinstance(fact.kind, Number):
        return Column(index, heading, fact)
    if not bracket:
        return Column(index, heading, fact, general.get(fact.kind.unit.dimension))
    unit = units.find(bracket)
    if unit is None or not unit.converts_to(fact.kind.unit):
        wanted = fact.kind.unit.symbol or "无单位"
        return Name(
            f"表头“{heading}”括号中的“{bracket}”不是可换算成“{wanted}”的单位，该列未使用",
            f"`{bracket}` in the heading `{heading}` is no unit that converts to {wanted}; the column is not used",
        )
    return Column(index, heading, fact, unit)


def _ledger_units(table: RawTable, row: RawRow, units: UnitTable) -> dict[Any, Unit]:
    """Return the units that lines above the headings state for the whole ledger (`单位：元`), by dimension."""
    found: dict[Any, set[Unit]] = defaultdict(set)
    for above in islice(table.rows(), FIRST_ROWS):
        if above.number >= row.number:
            break
        for cell in above.cells:
            text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
            for match in LEDGER_UNIT.finditer(text):
                for part in SEPARATORS.split(match[1]):
                    unit = units.find(part) if part else None
                    if unit is not None:
                        found[unit.dimension].add(unit)
    return {dimension: next(iter(stated)) for dimension, stated in found.items() if len(stated) == 1}


def _once(
    found: Iterable[Column], names: Spellings, place: Callable[[int], str]
) -> tuple[tuple[Column, ...], list[Problem]]:
    """Return the columns whose fact no other column carries; a fact's own name goes before its aliases."""
    by_fact: dict[str, list[Column]] = defaultdict(list)
    for column in found:
        by_fact[column.fact.key].append(column)
    kept: list[Column] = []
    notices: list[Problem] = []
    for same in by_fact.values():
        ranks = [_rank(c, names) for c in same]
        best = [c for c, rank in zip(same, ranks, strict=True) if rank == min(ranks)]
        if len(best) == 1:
            kept.append(best[0])
        others = [c for c in same if len(best) > 1 or c is not best[0]]
        for column in others:
            shown = [c for c in same if c is not column]
            notices.append(_doubled(column, shown, len(best) > 1, place))
    return tuple(sorted(kept, key=lambda c: c.index)), notices


def _rank(column: Column, names: Spellings) -> int:
    plain = unicodedata.normalize("NFKC", column.heading).strip().strip(ORNAMENTS).strip()
    for text in (folded(plain), folded(m[1].strip().strip(ORNAMENTS)) if (m := BRACKETED.match(plain)) else ""):
        for rank, fact in names.get(text, ()):
            if fact is column.fact:
                return rank
    return 1


def _doubled(column: Column, others: Sequence[Column], none_used: bool, place: Callable[[int], str]) -> Problem:
    with_zh = "、".join(f"“{c.heading}”（{place(c.index)}）" for c in others)
    with_en = ", ".join(f"`{c.heading}` ({place(c.index)})" for c in others)
    fact = column.fact.name
    zh = f"表头“{column.heading}”与{with_zh}同指“{fact.zh}”，"
    en = f"the headings `{column.heading}` and {with_en} both mean {fact.en}; "
    zh += "均未使用，该项按未知处理" if none_used else "该列未使用"
    en += "none is used, and the fact is unknown" if none_used else "this one is not used"
    return Problem("heading-twice", column.fact.key, place(column.index), Name(zh, en), column.heading)
