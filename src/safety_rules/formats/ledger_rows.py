"""The rows of a ledger, read one at a time: what each cell says, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from safety_rules.formats.datum import agreed, datum
from safety_rules.formats.headings import Columns
from safety_rules.formats.lines import KINDS, kind_of_line
from safety_rules.formats.list_values import joined, lacks, list_value
from safety_rules.formats.lists import ListSheet
from safety_rules.formats.mentions import Spoken, list_headed, list_told, parts, spoken_of
from safety_rules.formats.same_owner import SameOwner, Statement, Watched, same_owner, states
from safety_rules.formats.table import RUNNING, RawRow, RawTable, cell_text, folded, is_blank, letters, owner, usable
from safety_rules.language.kinds import Name, Records
from safety_rules.language.record import Problem
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.objects import Unread
from safety_rules.semantics.admission.values import denies
from safety_rules.words.problem import problem
from safety_rules.words.said import said


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row: the cells as they stand, and what they say.

    `data` is None for a row that is no record (a title, a blank line, a total), and where `error` says
    why it cannot be one. `problems` are facts of `data` that could not be used before admission. `columns`
    leads from a fact to its column's name (`项目!C`), `places` from a path that stands elsewhere to its cell.
    """

    number: int
    place: str
    cells: tuple[Any, ...]
    data: Any = None
    places: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    error: Name | None = None

    def place_of(self, path: str) -> str:
        """Return the cell that a fact came from; its row where it has no cell of its own."""
        return self.places.get(path) or self.cell_of(path) or self.cell_of(path.partition("[")[0]) or self.place

    def cell_of(self, key: str) -> str:
        """Return the cell of a fact's own column; nothing where it has none."""
        column = self.columns.get(key)
        return f"{column}{self.number}" if column is not None else ""


def own_headings(found: Columns) -> tuple[str, ...]:
    """Return the headings up to the last that says something."""
    width = max((i + 1 for i, h in enumerate(found.headings) if h), default=0)
    return found.headings[:width]


@dataclass
class Reading:
    """What the rows of one table are read with."""

    table: RawTable
    found: Columns
    vocabulary: Vocabulary
    subjects: Sequence[str]
    lists: Mapping[str, Sequence[ListSheet]]
    notices: list[Problem]
    watch: Watched
    grouped: bool = False
    others: SameOwner = field(default_factory=SameOwner)

    @cached_property
    def identity(self) -> frozenset[str]:
        """The facts that name a row's subjects."""
        return frozenset(key for s in self.subjects for key in self.vocabulary.subjects[s].identity)

    @cached_property
    def at(self) -> Mapping[str, str]:
        """Each fact's column by name, to which a row's number is put."""
        return {c.fact.key: f"{self.table.name}{self.table.mark}{letters(c.index)}" for c in self.found.columns}

    def rows(self) -> Iterator[LedgerRow]:
        """Yield every row below the headings; at the end, name what was left over."""
        width = len(own_headings(self.found))
        headed = {i for i, h in enumerate(self.found.headings) if h}
        nameless: set[int] = set()
        for row in self.table.rows():
            if row.number <= self.found.row:
                continue
            filled = [i for i, c in enumerate(row.cells) if not is_blank(c)]
            nameless.update(i for i in filled if i not in headed)
            yield self._row(row, width, filled)
        for index in sorted(nameless):
            if index < width or self.table.mark == "!":
                self.notices.append(problem("no-heading.column", "", self.table.place(self.found.row, index)))

    def named(self) -> Iterator[Mapping[str, str]]:
        """Yield whom each row names."""
        named = [c for c in self.found.columns if c.fact.key in self.identity]
        for r in self.table.rows():
            if r.number > self.found.row and not r.blank and not kind_of_line(r, self.found.headings):
                yield {c.fact.key: text for c in named if (text := owner(r.merged.get(c.index, r.cell(c.index))))}
                yield from ({key: text} for key, text in self._also(r))

    def statements(self) -> Iterator[Statement]:
        """Yield what each row says of the subjects that it names beside its own, where it has columns for that."""
        columns = [] if self.grouped else [c for c in self.found.columns if c.fact.key in self.watch]
        named = [c for c in self.found.columns if c.fact.key in self.identity]
        for r in self.table.rows() if columns else ():
            if r.number > self.found.row and not r.blank and not kind_of_line(r, self.found.headings):
                names = {c.fact.key: text for c in named if (text := owner(r.merged.get(c.index, r.cell(c.index))))}
                cells = {c.fact.key: r.cell(c.index) for c in columns}
                told = {k: cell_text(c) for k, c in cells.items() if states(c, self.vocabulary.facts[k])}
                yield Statement(names, told, self.table.place(r.number))

    def _also(self, row: RawRow) -> list[tuple[str, str]]:
        """Return whom a row names in columns that are not used because another one carries their fact."""
        others = [c for c in self.found.doubled if c.fact.key in self.identity]
        cells = [(c.fact.key, owner(row.merged.get(c.index, row.cell(c.index)))) for c in others]
        beside = (p for i in self.found.unused for p in parts(cell_text(row.cell(i)))) if self.owners else ()
        return [*((k, t) for k, t in cells if t), *((k, p) for p in beside for k in self.owners.get(p, ()))]

    @cached_property
    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """Whom the records of lists name, folded, with the facts by which they do."""
        found: dict[str, set[str]] = {}
        for item in (i for sheets in self.lists.values() for s in sheets for i in s.items):
            for key, value in item.names.items():
                found.setdefault(folded(value), set()).add(key)
        return {value: tuple(sorted(keys)) for value, keys in found.items()}

    @cached_property
    def spoken(self) -> Sequence[Spoken]:
        """By which words the lists of a row are spoken of."""
        return spoken_of([f for s in self.subjects for f in self.vocabulary.of_subject(s)], self.vocabulary)

    @cached_property
    def speaking(self) -> Mapping[int, Fact]:
        """The columns of no fact whose headings speak of a list."""
        own = {c.index for sheets in self.lists.values() for s in sheets if s.table is self.table for c in s.columns}
        unused = (i for i in self.found.unused if i not in own)
        return {
            i: f for i in unused if (f := list_headed(self.found.headings[i], self.spoken, self.vocabulary)) is not None
        }

    @cached_property
    def used(self) -> frozenset[int]:
        """The columns that carry facts, and those of their units."""
        columns = (*self.found.columns, *self.found.doubled)
        return frozenset(i for c in columns for i in (c.index, c.unit_at) if i is not None)

    def _heading(self, index: int) -> str:
        """Return the heading of a column; its letters where it has none."""
        return (self.found.headings[index] if index < len(self.found.headings) else "") or letters(index)

    def _heard(self, row: RawRow) -> dict[str, tuple[int, str, str]]:
        """Return of which lists the cells of unused columns tell that they hold something: where, what, of which kind."""
        heard: dict[str, tuple[int, str, str]] = {}
        for index in (i for i in range(len(row.cells)) if i not in self.used):
            text = cell_text(row.merged.get(index, row.cell(index)))
            fact = self.speaking.get(index)
            if not text or (fact is not None and denies(text)):
                continue
            told = list_told(text, self.spoken) or (fact and list_told(self._heading(index), self.spoken))
            if fact is not None or told:
                of, kind = told or (fact, "")
                heard.setdefault((fact or of).key, (index, text, kind))  # type: ignore[union-attr]
        return heard

    @cached_property
    def groups(self) -> Mapping[int, Mapping[str, Any]]:
        """Where rows of one name are one record: its facts by the number of its first row, doubled ones unread."""
        found: dict[tuple[tuple[str, str], ...], tuple[int, dict[str, Any]]] = {}
        last: tuple[tuple[str, str], ...] = ()
        for row in self.table.rows():
            if row.number <= self.found.row or row.blank or kind_of_line(row, self.found.headings):
                continue
            cells = {c.fact.key: row.merged.get(c.index, row.cell(c.index)) for c in self.found.columns}
            last = tuple((k, folded(t)) for k, c in cells.items() if k in self.identity and (t := owner(c))) or last
            facts = found.setdefault(last, (row.number, {}))[1]
            for key, cell in cells.items():
                if (
                    not is_blank(cell)
                    and usable(facts.setdefault(key, cell)) != usable(cell)
                    and key not in self.identity
                ):
                    facts[key] = Unread(cell_text(cell), said("rows-differ"))
        return dict(found.values())

    def _row(self, row: RawRow, width: int, filled: Sequence[int]) -> LedgerRow:
        place = self.table.place(row.number)
        cells = tuple(row.cell(i) for i in range(width))
        if all(i < width and folded(self.found.headings[i]) in RUNNING for i in filled):
            return LedgerRow(row.number, place, cells)
        if kind := kind_of_line(row, self.found.headings):
            self.notices.append(Problem(kind, "", place, KINDS[kind]))
            return LedgerRow(row.number, place, cells)
        if self.grouped and row.number not in self.groups:
            return LedgerRow(row.number, place, cells)
        if self.table.mark == ":" and filled[-1] >= width:
            message = Name(
                f"本行有 {filled[-1] + 1} 格，表头只有 {width} 格：可能有未加引号的逗号，各格已错位",
                f"the row has {filled[-1] + 1} cells under {width} headings: an unquoted comma may have shifted them",
            )
            return LedgerRow(row.number, place, cells, error=message)
        return self._record(row, place, cells)

    def _record(self, row: RawRow, place: str, cells: tuple[Any, ...]) -> LedgerRow:
        data: dict[str, Any] = {}
        places: dict[str, str] = {}
        problems: list[Problem] = []
        in_cells: dict[str, Any] = {}
        names: dict[str, str] = {}
        identity, merged = self.identity, row.merged
        for column in self.found.columns:
            key, cell = column.fact.key, row.cell(column.index)
            if column.index in row.places:
                places[key] = row.places[column.index]
            if self.grouped:
                cell = self.groups[row.number].get(key, cell)
            if key in identity:
                cell = merged.get(column.index, cell)
                if text := owner(cell):
                    names[key] = text
            elif merged and not self.grouped and column.index in merged and not is_blank(merged[column.index]):
                problems.append(_merged(column.fact, f"{self.at[key]}{row.number}", merged[column.index]))
                continue
            if key not in identity:
                cell = agreed(cell, column, self.found, row)
            if isinstance(column.fact.kind, Records):
                in_cells[key] = cell
            elif not is_blank(cell):
                data[key] = datum(cell, column, row)
        for of in (in_cells, data) if self.others.differing else ():
            of |= {
                key: cell for key, value in of.items() if (cell := self.others.unread(key, names, value)) is not None
            }
        self._lists(data, places, problems, in_cells, names, row)
        return LedgerRow(row.number, place, cells, data, places, self.at, tuple(problems))

    def _lists(
        self,
        data: dict[str, Any],
        places: dict[str, str],
        problems: list[Problem],
        in_cells: Mapping[str, Any],
        names: Mapping[str, str],
        row: RawRow,
    ) -> None:
        """Add the lists of a row, from its cells and from their own sheets."""
        number, also, heard = row.number, self._also(row), self._heard(row)
        unusable = {p.path for p in problems}
        for key in dict.fromkeys((*in_cells, *self.lists)):
            fact, fields = self.vocabulary.facts[key], self.vocabulary.fields(key)
            found = joined(self.lists.get(key, ()), names, also)
            value, wrong = list_value(fact, in_cells.get(key, ""), found, fields)
            own = f"{self.at[key]}{number}" if key in self.at else ""
            if wrong is None and key in heard and isinstance(value, list) and lacks(value, heard[key][2], fields):
                index, text, _ = heard[key]
                own = self.table.place(number, index)
                wrong = said("list-told", heading=self._heading(index), text=text[:60], fact=fact.name).name
            if wrong is not None:
                elsewhere = [*(i.place for i in (*found.items, *found.contradicting)), *found.possible]
                place = own or elsewhere[0]
                problems.append(Problem("list", key, place, wrong, cell_text(in_cells.get(key, ""))[:80]))
            elif value is not None and key not in unusable:
                data[key] = value
                for i, item in enumerate(found.items):
                    places |= {f"{key}[{i}].{name}": at for name, at in item.places.items()}


def all_rows(readings: Sequence[Reading]) -> Iterator[LedgerRow]:
    """Yield the rows of all sheets; before, records of lists learn whom the rows name. A number given again is named."""
    first = readings[0]
    sheets = [s for found in first.lists.values() for s in found]
    if sheets:
        rows = [names for reading in readings for names in reading.named()]
        for sheet in sheets:
            first.notices += sheet.attach(rows, first.vocabulary)
    number = first.vocabulary.subjects[first.subjects[0]].identity[0]
    others = same_owner((s for reading in readings for s in reading.statements()), first.watch)
    seen: dict[str, str] = {}
    for reading in readings:
        reading.others = others
        for row in reading.rows():
            said = owner(row.data.get(number)) if row.data is not None else ""
            before = seen.setdefault(said, row.place) if said else row.place
            if before != row.place:
                fact = first.vocabulary.facts[number]
                place, slots = row.place_of(number), {"fact": fact.name, "number": said, "place": before}
                first.notices.append(problem("given-again.row", number, place, said, **slots))
            yield row


def headings_of(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Return the headings of several sheets, each once: those of the first, then what others have besides."""
    return tuple(
        {folded(h): h for r in reversed(readings) for h in own_headings(r.found)}[k]
        for k in dict.fromkeys(folded(h) for r in readings for h in own_headings(r.found))
    )


def several(readings: Sequence[Reading]) -> Iterator[LedgerRow]:
    """Yield the rows of several sheets, numbered through, each with its place in the first cell."""
    headings = [folded(h) for h in headings_of(readings)]
    at = {id(r.at): {folded(h): i for i, h in reversed(list(enumerate(r.found.headings)))} for r in readings}
    for number, row in enumerate((r for r in all_rows(readings) if r.data is not None or r.error is not None), 2):
        order = at.get(id(row.columns), {})
        cells = [row.cells[order[h]] if order.get(h, len(row.cells)) < len(row.cells) else "" for h in headings]
        places = {key: f"{column}{row.number}" for key, column in row.columns.items()} | dict(row.places)
        yield replace(row, number=number, cells=(row.place, *cells), places=places)


def _merged(fact: Fact, place: str, value: Any) -> Problem:
    return problem("merged-cell", fact.key, place, cell_text(value)[:80], fact=fact.name)
