"""Which fact each column of a ledger carries, and in which unit; what cannot be told is named."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from safety_rules.formats.lines import kind_of_line
from safety_rules.formats.table import RawRow, RawTable, cell_text, folded, is_blank
from safety_rules.language.clock import is_amount
from safety_rules.language.kinds import Boolean, Name
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit, UnitTable
from safety_rules.language.vocabulary import Fact
from safety_rules.words.near import hint
from safety_rules.words.problem import problem
from safety_rules.words.said import said

FIRST_ROWS = 20
BRACKETED = re.compile(r"^(.+?)[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
ORNAMENT = re.compile(r"^(?:[*:#·★☆]+|\(?[0-9]{1,2}\)?[.、)]|[一二三四五六七八九十]+、|其中:?)+|[*:#·★☆]+$")
PREFIX = re.compile(r"^(?:达产后|达产年|达产|预计|预期|计划|拟|实际|申请|本项目|项目|企业|单位)")
REMARK = re.compile(
    r"^(?:必填|必填项|选填|非必填|可选|填写|简述|单选|多选|达产后?|达产年|预计|人民币|如有|[0-9一二三四六八]+位.*)$"
)
LEDGER_UNIT = re.compile(r"(?:^|[^\u4e00-\u9fff]|计量|金额|货币|面积|数量|重量)单位[:为]([^\s)]+)")
NAMED_UNIT = re.compile(r"(?:\(|单位:?)([^()\s单位]+)\)?$")
TOTALS = frozenset({"合计", "总计", "小计", "总额", "共计"})
WHOLE_TITLE = 0.8
FEWEST_GROUPS = 3  # a row with fewer cells is a title, or says who filled the sheet in
LABELLED = re.compile(r"[:：]")
NEARLY = 2
UNIT_HEADINGS = frozenset({"单位", "计量单位", "数量单位", "金额单位", "unit"})
UNIT_WORD = re.compile(
    r"^\(?(?:计量)?(?:单位:?)?(?:[亿万千百]?元|亩|公顷|万?(?:m2|平方米|平米)|t|吨|kg|千克|公斤|人|%|)\)?$"
)
MARKS = frozenset({"1", "0", ""})
SEPARATORS = re.compile(r"[、,;，；]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that carries a fact; plain numbers in it are in `unit`, or else in the fact's own.

    `rank` tells how near the heading is to the fact's name; `assumed`, that a line of the sheet gives a unit that is
    not the fact's own; `foreign`, that another sheet of the ledger has the fact in another unit; `unit_at`, the column
    in which each row has its unit; `marks`, that 1 and 0 in it mean yes and no.
    """

    index: int
    heading: str
    fact: Fact
    unit: Unit | None = None
    rank: int = 0
    assumed: bool = False
    foreign: bool = False
    unit_at: int | None = None
    marks: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are understood, where the headings stand, and what was wrong with the rest.

    `doubled` are those not used because another column carries their fact: what they say is held against it.
    `unused` are the columns under headings that name no fact.
    """

    row: int
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    notices: tuple[Problem, ...]
    doubled: tuple[Column, ...] = ()
    unused: tuple[int, ...] = ()


Spellings = Mapping[str, tuple[tuple[int, Fact], ...]]


def spellings(facts: Iterable[Fact]) -> Spellings:
    """Return every way to write a fact's heading; a fact's own names (0) go before its aliases (1)."""
    found: dict[str, list[tuple[int, Fact]]] = defaultdict(list)
    for fact in facts:
        found[f"={fact.key}"].append((-1, fact))  # a map settles it
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
    """Return the row, among the first 20, in which most facts are named, with the row above or below it where both
    are headings of one table; None where no fact is named."""
    rows = list(islice(table.rows(), FIRST_ROWS + 1))
    counts = [known_headings(row, names) for row in rows[:FIRST_ROWS]]
    if not any(counts):
        return None
    at = counts.index(max(counts))
    best = rows[at]
    if at + 1 < len(rows) and (united := _with_units(best, rows[at + 1])) is not None:
        return united
    for upper, lower in ((at - 1, at), (at, at + 1)):
        if upper < 0 or lower >= len(rows) or rows[lower].number != rows[upper].number + 1:
            continue
        both = _united(rows[upper], rows[lower], names)
        if both is not None and (known_headings(both, names) > max(counts) or _groups(rows[upper], rows[lower])):
            return both
    return best


def _groups(row: RawRow, below: RawRow) -> dict[int, int]:
    """Return the cells that stand over several columns, merged or with blanks beside them, but not over the whole table."""
    width = max((i + 1 for i, c in enumerate(row.cells) if not is_blank(c)), default=0)
    found = {at: end for at, end in row.across.items() if end - at + 1 < max(width, 3) * WHOLE_TITLE}
    own = [i for i, c in enumerate(row.cells) if not is_blank(c) and not LABELLED.search(cell_text(c))]
    for at in (i for i in own if len(own) >= FEWEST_GROUPS and i not in row.across):
        end = at
        while not is_blank(below.cell(at)) and is_blank(row.cell(end + 1)) and not is_blank(below.cell(end + 1)):
            end += 1
        if end > at:
            found[at] = end
    return {at: end for at, end in found.items() if not all(is_blank(below.cell(i)) for i in range(at, end + 1))}


def _united(upper: RawRow, lower: RawRow, names: Spellings) -> RawRow | None:
    """Return two rows of headings as one; None where the lower one is no row of headings.

    It is one where it stands under groups and blanks only. A part is named by its group where its own name says
    nothing (合计) or names a fact with it only, and has its group's unit.
    """
    cells: list[Any] = []
    group, end, groups = "", -1, _groups(upper, lower)
    for i in range(max(len(upper.cells), len(lower.cells))):
        above, below = upper.cell(i), lower.cell(i)
        if not all(isinstance(c, str) or is_blank(c) for c in (above, below)):
            return None
        group, end = (cell_text(above), groups[i]) if i in groups else (group if i <= end else "", end)
        known = bool(named_facts(above, names)) and not group
        if known and not is_blank(below) and folded(below) != folded(above):
            return None
        cells.append(above if is_blank(below) and not group else _part(group, cell_text(below), names))
    return RawRow(lower.number, tuple(cells))


def _with_units(row: RawRow, below: RawRow) -> RawRow | None:
    """Return headings with the units that the row below them gives; None where it is no row of units."""
    texts = [folded(cell_text(below.cell(i))) for i in range(len(row.cells))]
    if below.number != row.number + 1 or not any(t and t not in UNIT_HEADINGS for t in texts):
        return None
    if not all(UNIT_WORD.match(t) for t in texts):
        return None
    units = [t.strip("()").removeprefix("计量").removeprefix("单位").lstrip(":") for t in texts]
    return RawRow(below.number, tuple(f"{c}（{u}）" if u and c else c for c, u in zip(row.cells, units, strict=True)))


def _part(group: str, part: str, names: Spellings) -> str:
    if not group or not part:
        return part
    bracket = BRACKETED.match(unicodedata.normalize("NFKC", group))
    if named_facts(part, names):
        return (
            part
            if bracket is None or BRACKETED.match(unicodedata.normalize("NFKC", part))
            else f"{part}（{bracket[2]}）"
        )
    if named_facts(f"{group}{part}", names):  # 整改 over 时限
        return f"{group}{part}"
    return group if folded(part) in TOTALS else f"{group}/{part}"


def known_headings(row: RawRow | None, names: Spellings) -> int:
    """Return how many facts a heading row names."""
    return 0 if row is None else len({key for cell in row.cells for key in named_facts(cell, names)})


def named_facts(cell: Any, names: Spellings) -> set[str]:
    """Return the keys of the facts that a cell, as a heading, may mean."""
    if not isinstance(cell, str) or is_blank(cell):
        return set()
    return {f.key for f in _candidates(cell, names)[0]}


def _candidates(heading: str, names: Spellings) -> tuple[list[Fact], tuple[str, ...], int]:
    """Return the facts that a heading may mean, what stands in its last brackets, and how near their name it is."""
    plain = ORNAMENT.sub("", folded(heading))
    brackets: tuple[str, ...] = ()
    while not (found := names.get(plain, ())) and (match := BRACKETED.match(plain)) is not None:
        brackets = (match[2], *brackets)
        plain = ORNAMENT.sub("", match[1])
    if found:
        best = min(rank for rank, _ in found)
        return [fact for rank, fact in found if rank == best], brackets, best
    asked, shorter = plain.replace("是否", "", 1).removeprefix("有无"), PREFIX.sub("", plain)
    meant = [f for _, f in names.get(asked, ()) if isinstance(f.kind, Boolean)] if asked != plain else []
    meant = meant or ([f for _, f in names.get(shorter, ())] if shorter != plain else [])
    if meant:
        return list({f.key: f for f in meant}.values()), brackets, NEARLY
    return [], brackets, NEARLY


def columns(table: RawTable, row: RawRow, facts: Sequence[Fact], units: UnitTable, by_row: bool = False) -> Columns:
    """Return what each heading of a row means.

    `by_row` says that where two columns carry one fact each row is held against both; else neither of two that are
    equally near is used.
    """
    names = spellings(facts)
    notices: list[Problem] = []
    found: list[Column] = []
    general = _ledger_units(table, row, units)
    for index, cell in enumerate(row.cells):
        heading = cell_text(cell)
        if not heading:
            continue
        result = _column(index, heading, names, facts, units)
        if isinstance(result, Column) and is_amount(result.fact.kind) and result.unit is None:
            if folded(cell_text(row.cell(index + 1))) in UNIT_HEADINGS:
                found.append(replace(result, unit_at=index + 1))
                continue
            result = _by_unit_line(result, result.fact.kind.unit, general, notices, table.place(row.number, index))
        if isinstance(result, Column):
            found.append(result)
        elif all(c.unit_at != index for c in found):
            notices.append(Problem("heading", "", table.place(row.number, index), result, heading))
    kept, doubled = _once(found, lambda column: table.place(row.number, column), by_row)
    settled = {c.fact.key for c in kept if c.rank < 0}  # by a map, for good
    others = tuple(c for c in found if c not in kept and c.fact.key not in settled)
    used = {i for c in found for i in (c.index, c.unit_at)}
    return Columns(
        row.number,
        tuple(cell_text(c) for c in row.cells),
        _marked(table, row, kept, notices),
        (*notices, *doubled),
        others,
        tuple(i for i, c in enumerate(row.cells) if i not in used and not is_blank(c)),
    )


def _marked(table: RawTable, row: RawRow, kept: Sequence[Column], notices: list[Problem]) -> tuple[Column, ...]:
    """Return the columns, those that ask yes or no and have 1, 0 and blanks alone as `marks`; without a 0, 1 is a code."""
    asked = {c.index: set[str]() for c in kept if isinstance(c.fact.kind, Boolean)}
    for line in table.rows() if asked else ():
        if line.number > row.number and not line.blank and not kind_of_line(line, [cell_text(c) for c in row.cells]):
            for index in list(asked):
                asked[index].add(folded(cell_text(line.merged.get(index, line.cell(index)))))
                if not asked[index] <= MARKS:
                    del asked[index]
            if not asked:
                break
    if not any("0" in seen for seen in asked.values()):
        return tuple(kept)
    marks = {i for i, seen in asked.items() if seen != {""}}
    for c in (c for c in kept if c.index in marks):
        place = table.place(row.number, c.index)
        notices.append(problem("assumed-marks", c.fact.key, place, c.heading, heading=c.heading))
    return tuple(replace(c, marks=c.index in marks) for c in kept)


def in_units(found: Columns, units: dict[str, Unit]) -> Columns:
    """Return the columns, those as `foreign` whose unit is not the one in `units`, where new ones are put."""
    columns = []
    for c in found.columns:
        own = c.unit or (c.fact.kind.unit if is_amount(c.fact.kind) else None)
        first = units.setdefault(c.fact.key, own) if own is not None else None
        columns.append(c if first == own else replace(c, unit=own, foreign=True))
    return replace(found, columns=tuple(columns))


def _column(index: int, heading: str, names: Spellings, facts: Sequence[Fact], units: UnitTable) -> Column | Name:
    """Return the column of a heading, or in words why it is not used."""
    candidates, brackets, rank = _candidates(heading, names)
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
    if not is_amount(fact.kind):
        return Column(index, heading, fact, rank=rank)
    found: set[Unit] = set()
    for part in (p for b in brackets for p in SEPARATORS.split(b) if p):
        unit = _unit(part, fact, units)
        if unit is not None and unit.converts_to(fact.kind.unit):
            found.add(unit)
        elif unit is not None or not REMARK.match(part):
            found.clear()
            break
    else:
        if len(found) < 2:
            return Column(index, heading, fact, next(iter(found), None), rank)
    wanted = fact.kind.unit.symbol or "无单位"
    bracket = "）（".join(brackets)
    return Name(
        f"表头“{heading}”括号中的“{bracket}”不是可换算成“{wanted}”的单位，该列未使用",
        f"`{bracket}` in the heading `{heading}` is no unit that converts to {wanted}; the column is not used",
    )


def _unit(text: str, fact: Fact, units: UnitTable) -> Unit | None:
    """Return the unit that a bracket names; of a yearly figure, 万元/年 is 万元."""
    yearly = text.removesuffix("/年") if fact.name.zh.startswith("年") else text
    return units.find(yearly) or units.find(yearly.upper()) if yearly else None


def _by_unit_line(
    column: Column, own: Unit, general: Mapping[Any, Mapping[str, Unit]], notices: list[Problem], place: str
) -> Column | Name:
    """Return a column whose unit a line of the sheet states, and say so; in words where it states several others."""
    stated = general.get(own.dimension)
    if not stated:
        return column
    text = "、".join(stated)
    units = set(stated.values())
    unit = own if own in units else next(iter(units))
    if len(units) > 1 and own not in units:
        return Name(
            f"表头“{column.heading}”没有写单位，“{text}”写明多个单位，不能确定，该列未使用",
            f"the heading `{column.heading}` has no unit, and `{text}` states several; the column is not used",
        )
    message = Name(
        f"表头“{column.heading}”没有写单位，按“{text}”的{unit.symbol}理解",
        f"the heading `{column.heading}` has no unit, and is taken to be in {unit.symbol}, as `{text}` says",
    )
    notices.append(Problem("assumed-unit", column.fact.key, place, message, column.heading))
    return Column(column.index, column.heading, column.fact, unit, column.rank, assumed=unit != own)


def _ledger_units(table: RawTable, row: RawRow, units: UnitTable) -> dict[Any, dict[str, Unit]]:
    """Return the units that lines above the headings state for the whole sheet (`单位：元`), by dimension and cell."""
    found: dict[Any, dict[str, Unit]] = defaultdict(dict)
    lines = [r for r in islice(table.rows(), FIRST_ROWS) if r.number < row.number]
    said = [(table.place(r.number, i), c) for r in (*lines, *table.below) for i, c in enumerate(r.cells)]
    for place, cell in (*said, (table.name, table.name)):
        text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
        for match in (LEDGER_UNIT if place != cell else NAMED_UNIT).finditer(text):
            for part in (p.rpartition(":")[2].rstrip("。.") for p in SEPARATORS.split(match[1])):
                unit = units.find(part) if part else None
                if unit is not None:
                    found[unit.dimension][f"{place} 单位：{part}"] = unit
    return found


def _once(
    found: Iterable[Column], place: Callable[[int], str], by_row: bool
) -> tuple[tuple[Column, ...], list[Problem]]:
    """Return the columns whose fact no other column carries; a fact's own name goes before its aliases."""
    by_fact: dict[str, list[Column]] = defaultdict(list)
    for column in found:
        by_fact[column.fact.key].append(column)
    kept: list[Column] = []
    notices: list[Problem] = []
    for same in by_fact.values():
        best = [c for c in same if c.rank == min(c.rank for c in same)]
        if by_row or len(best) == 1:
            kept.append(best[0])
        others = [c for c in same if len(best) > 1 or c is not best[0]]
        for column in others:
            shown = [c for c in same if c is not column]
            notices.append(_doubled(column, shown, len(best) > 1, by_row, place))
    return tuple(sorted(kept, key=lambda c: c.index)), notices


def _doubled(
    column: Column, others: Sequence[Column], none_used: bool, by_row: bool, place: Callable[[int], str]
) -> Problem:
    with_zh = "、".join(f"“{c.heading}”（{place(c.index)}）" for c in others)
    with_en = ", ".join(f"`{c.heading}` ({place(c.index)})" for c in others)
    fact = column.fact.name
    zh = f"表头“{column.heading}”与{with_zh}同指“{fact.zh}”，"
    en = f"the headings `{column.heading}` and {with_en} both mean {fact.en}; "
    if by_row:
        zh += "逐行核对，填写不一致的按未知处理"
        en += "where they differ in a row the fact is unknown"
    else:
        zh += "均未使用，该项按未知处理" if none_used else "该列未使用"
        en += "none is used, and the fact is unknown" if none_used else "this one is not used"
    return Problem("heading-twice", column.fact.key, place(column.index), Name(zh, en), column.heading)
