"""A ledger: rows of data ready for admission, each value with its cell, from whatever file it stands in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from safety_rules.formats.csv_in import csv_table
from safety_rules.formats.forms import tables_in
from safety_rules.formats.heading_map import Layout, Wanted, settled
from safety_rules.formats.headings import (
    Column,
    Columns,
    Spellings,
    columns,
    heading_row,
    in_units,
    known_headings,
    named_facts,
    spellings,
)
from safety_rules.formats.json_rows import json_rows
from safety_rules.formats.ledger_rows import LedgerRow, Reading, all_rows, headings_of, own_headings, several
from safety_rules.formats.lines import kind_of_line
from safety_rules.formats.lists import ListSheet, inner_list, list_by_headings, list_of, list_sheet, remarks
from safety_rules.formats.mentions import Spoken, explains, firms_in, list_meant, list_told, spoken_of
from safety_rules.formats.raw_tables import JSON, PARQUET, raw_tables
from safety_rules.formats.same_owner import Watched, watched
from safety_rules.formats.table import RawRow, RawTable, cell_text, folded, is_blank, owner
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.kinds import Text
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.values import denies
from safety_rules.words.near import did_you_mean
from safety_rules.words.problem import problem

ALIKE = 0.8
NARROW = 16  # columns of a ledger in which a row of another table may fill half
FEWEST = 4  # facts that sheets of one kind share
SAMPLE = re.compile("示例|样例|模板|样表|说明|附注")
REMARKS = re.compile("^(?!填).*(?:说明|附注)")


@dataclass(slots=True)
class Ledger:
    """A file as rows; `notices` tells what was not used, and is complete once all rows were read.

    `above` are the lines over the headings. Where `numbered` is False the rows have no numbers of
    their own in the file (JSON, Parquet), and `headings` are the facts' names. `understood` are the columns that carry
    a fact, each with the place of its heading.
    """

    path: Path
    name: str
    headings: tuple[str, ...]
    heading_row: int
    above: tuple[RawRow, ...]
    units: Mapping[str, Unit]
    notices: list[Problem]
    rows: Iterator[LedgerRow]
    size: int | None = None
    numbered: bool = True
    understood: Sequence[tuple[str, Column]] = ()


def ledger(
    path: Path, vocabulary: Vocabulary, subjects: Sequence[str], sheet: Wanted = None, apart: bool = False
) -> Ledger:
    """Return a ledger whose headings are facts of the subjects; raises LedgerError where there is none.

    Rows that name one enterprise are held against each other, unless they are `apart`: records of their own, as in a
    table.
    """
    if path.is_dir() or not path.exists():
        raise LedgerError(f"there is no file `{path}`")
    try:
        return _ledger(path, vocabulary, subjects, sheet, {} if apart else watched(vocabulary, subjects))
    except OSError as error:
        raise LedgerError(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}") from None


def _ledger(path: Path, vocabulary: Vocabulary, subjects: Sequence[str], sheet: Wanted, watch: Watched) -> Ledger:
    ending = path.suffix.lower()
    if ending in JSON and path.stat().st_size:
        return _json_ledger(path, vocabulary, subjects, watch)
    tables = raw_tables(path)
    if not any(t.mark == "!" for t in tables):  # one table without a name
        sheet = replace(sheet, sheet=None) if isinstance(sheet, Layout) else None
    read = _from_tables(path, tables, vocabulary, subjects, sheet, watch)
    return replace(read, heading_row=1, numbered=False) if ending in PARQUET else read


def _facts(vocabulary: Vocabulary, subjects: Sequence[str]) -> list[Fact]:
    return [f for s in subjects for f in vocabulary.of_subject(s)]


def _from_tables(
    path: Path,
    tables: Sequence[RawTable],
    vocabulary: Vocabulary,
    subjects: Sequence[str],
    sheet: Wanted,
    watch: Watched,
) -> Ledger:
    facts = _facts(vocabulary, subjects)
    if isinstance(sheet, Layout):
        tables, sheet = settled(tables, sheet), sheet.sheet
    names = spellings(facts)
    every = spellings([*facts, *(f for fact in facts for f in vocabulary.fields(fact.key))])
    identity = [vocabulary.facts[key] for s in subjects for key in vocabulary.subjects[s].identity]
    parts = []
    for t in tables:
        own = list_of(t.name, facts)
        known = names if own is None else spellings([*vocabulary.fields(own.key), *identity])
        parts += tables_in(t, known, every, vocabulary.units)
    main, others = _main(path, parts, facts, sheet, set(vocabulary.subjects[subjects[0]].identity))
    units: dict[str, Unit] = {}
    found = [in_units(columns(table, top, facts, vocabulary.units, by_row=True), units) for table, top in main]
    lists: dict[str, list[ListSheet]] = defaultdict(list)
    notices: list[Problem] = []
    spoken = spoken_of(facts, vocabulary)
    for table in others:
        fact = list_of(table.name, facts) or list_by_headings(table, facts, vocabulary, subjects, notices)
        fact = fact or list_meant(table.name, spoken)
        if fact is not None:
            lists[fact.key].append(list_sheet(table, fact, vocabulary, subjects, units))
        elif (told := _tells(table, spoken))[0] is not None:
            made = remarks(table, told[0], [r for r in table.rows() if not r.blank], told[1])
            lists[told[0].key].append(replace(made, notices=(*table.notices, *made.notices)))
        elif any(not row.blank for row in table.rows()):
            notices.append(problem("sheet-not-used", "", table.name, sheet=table.name))
    for (table, top), of in zip(main, found, strict=True):
        for heard, said in _lines_that_tell(table, top, of, spoken):
            lists[heard.key].append(remarks(table, heard, said, frozenset(r.number for r in said)))
    inner = inner_list(main[0][0], found[0], facts, vocabulary, subjects) if len(main) == 1 else None
    if inner is not None:
        fact, used = inner
        lists[fact.key].append(replace(list_sheet(main[0][0], fact, vocabulary, subjects, units), notices=()))
        found = [replace(found[0], notices=tuple(n for n in found[0].notices if n.given not in used))]
        notices.append(problem("assumed-one-sheet", fact.key, main[0][0].name, fact=fact.name))
    heads = [(t, f.row, f.columns) for (t, _), f in zip(main, found, strict=True)]
    heads += [(s.table, s.row, s.columns) for reads in lists.values() for s in reads]
    by_place = {(t.place(row, c.index), c.fact.key): c for t, row, own in heads for c in own}
    understood = [(place, c) for (place, _), c in by_place.items()]
    for sheets_of in lists.values():
        notices += [n for s in sheets_of for n in s.notices]
    notices = [*(n for t, _ in main for n in t.notices), *(n for f in found for n in f.notices), *notices]
    readings = [
        Reading(table, f, vocabulary, subjects, lists, notices, watch, inner is not None)
        for (table, _), f in zip(main, found, strict=True)
    ]
    table, top = main[0]
    if len(main) == 1:
        above = tuple(_until(table, top.number))
        headings = own_headings(found[0])
        rows = all_rows(readings)
        return Ledger(
            path, table.name, headings, top.number, above, units, notices, rows, table.size, understood=understood
        )
    name = "、".join(t.name for t, _ in main)
    notices.append(problem("assumed-together", "", name, sheets=name))
    headings = ("工作表与行", *headings_of(readings))
    return Ledger(path, name, headings, 1, (), units, notices, several(readings), None, False, understood)


def _tells(table: RawTable, spoken: Sequence[Spoken]) -> tuple[Fact | None, frozenset[int]]:
    """Return the list of which a sheet that is no table of ours tells, and the lines that do.

    Where lines of it name firms, a title over them is not of anybody.
    """
    if SAMPLE.search(table.name) and not REMARKS.search(table.name):
        return None, frozenset()
    lines = [(r.number, c) for r in table.rows() for c in r.cells if isinstance(c, str)]
    told = [(n, t[0]) for n, c in lines if (t := list_told(c, spoken)) is not None]
    if REMARKS.search(table.name):
        explaining = {n for n, c in lines if explains(c)}
        told = [(n, f) for n, f in told if n not in explaining]
    named = any(firms_in(c) for _, c in lines) if told else False
    return (told[0][1] if told else None), frozenset(n for n, _ in told if not named)


def _lines_that_tell(
    table: RawTable, top: RawRow, of: Columns, spoken: Sequence[Spoken]
) -> Iterator[tuple[Fact, list[RawRow]]]:
    """Yield the lines of a ledger's own sheet that are no rows of it, or hardly, by the list of which they tell."""
    found: dict[str, list[RawRow]] = defaultdict(list)
    headings = [cell_text(c) for c in top.cells]
    texts = [c.index for c in of.columns if isinstance(c.fact.kind, Text)]
    at, aside = defaultdict[int, list[str]](list), {id(row) for row in table.aside}
    for comment in (b for b in table.beside if b.cell):
        at[comment.row].append(comment.text)
    for row in chain(table.rows(), table.aside):
        filled = [(i, c) for i, c in enumerate(row.cells) if not is_blank(c)]
        odd = row.number < top.number or len(filled) == 1 or id(row) in aside or kind_of_line(row, headings)
        few = len(filled) * 2 <= max(len(of.columns), NARROW)  # a row of another table has few cells in this one
        cells = filled if odd else [(i, row.cell(i)) for i in texts] if few else []
        facts = (t[0] for i, c in cells if isinstance(c, str) and (t := list_told(c, spoken)) and not _denied(row, i))
        for key in {f.key for f in facts} if row.number != top.number else ():
            found[key].append(row)
        if row.number > top.number and row.number in at and not odd:
            for text, told in ((t, heard) for t in at[row.number] if (heard := list_told(t, spoken)) is not None):
                found[told[0].key].append(replace(row, cells=(text, *_owner(row, of, told[0]))))
    for beside in (b for b in table.beside if not b.cell or b.row <= top.number):
        if (heard := list_told(beside.text, spoken)) is not None:
            found[heard[0].key].append(RawRow(beside.row, (beside.text,)))
    yield from ((s.fact, found[s.fact.key]) for s in spoken if s.fact.key in found)


def _owner(row: RawRow, of: Columns, fact: Fact) -> list[Any]:
    """Return the texts of a row that name the subject of a list."""
    subject = fact.key.partition(".")[0]
    own = [c for c in of.columns if isinstance(c.fact.kind, Text)]
    of_subject = [c for c in own if c.fact.key.partition(".")[0] == subject] or own
    return [row.merged.get(c.index, row.cell(c.index)) for c in of_subject]


def _denied(row: RawRow, at: int) -> bool:
    """Return whether the cell beside one says that there is none."""
    beside = row.cell(at + 1)
    return not is_blank(beside) and denies(cell_text(beside))


def by_hand(path: Path, vocabulary: Vocabulary, subjects: Sequence[str]) -> bool:
    """Return whether a CSV is laid out as people do: several tables, two rows of headings, units below, 1 for yes."""
    table, facts = csv_table(path), _facts(vocabulary, subjects)
    names = spellings(facts)
    every = spellings([*facts, *(f for fact in facts for f in vocabulary.fields(fact.key))])
    parts = tables_in(table, names, every, vocabulary.units)
    top = heading_row(parts[0], names)
    if len(parts) > 1 or top is None or parts[0].below or not any(r.cells == top.cells for r in parts[0].rows()):
        return top is not None
    return any(c.marks or c.unit_at is not None for c in columns(parts[0], top, facts, vocabulary.units).columns)


def _until(table: RawTable, number: int) -> Iterator[RawRow]:
    for row in table.rows():
        if row.number >= number:
            return
        yield row


def _main(
    path: Path, tables: Sequence[RawTable], facts: Sequence[Fact], sheet: str | None, identity: set[str]
) -> tuple[list[tuple[RawTable, RawRow]], list[RawTable]]:
    """Return the sheets of rows with their headings, and the others.

    Rows are those of the sheet asked for, or of the one with most known headings and of all that have the same, or
    that have fewer and name other records; a hidden sheet is it only where no visible one has headings.
    """
    if sheet is not None:
        names = [t.name for t in tables]
        if sheet not in names:
            raise NotFoundError(f"`{path.name}` has no sheet `{sheet}`; {did_you_mean(sheet, names)}".rstrip("; "))
    names_of = spellings(facts)
    asked = [t for t in tables if t.name == sheet or (sheet is None and list_of(t.name, facts) is None)]
    tops = [(t, top) for t in asked if (top := heading_row(t, names_of)) is not None]
    best = max(tops, key=lambda pair: (not pair[0].hidden, known_headings(pair[1], names_of)), default=None)
    if best is None:
        if all(next(t.rows(), None) is None for t in tables):
            raise LedgerError(f"`{path.name}` is empty")
        raise LedgerError(f"`{path.name}` has no known heading in its first 20 rows; {_expected(facts)}")
    shape = _shape(best[1], names_of)
    same = [
        (t, top)
        for t, top in tops
        if t is best[0]
        or len(shape & (own := _shape(top, names_of))) >= ALIKE * len(shape | own) > ALIKE
        or (
            sheet is None and not t.hidden and len(shape & own) >= FEWEST and _apart(best, (t, top), identity, names_of)
        )
    ]
    return same, [t for t in tables if all(t is not m for m, _ in same)]


def _apart(one: tuple[RawTable, RawRow], other: tuple[RawTable, RawRow], keys: set[str], names: Spellings) -> bool:
    """Return whether two sheets hold records of one kind, and none the same: each names them, and no name twice."""
    both = [k for k in sorted(keys) if all(k in _shape(top, names) for _, top in (one, other))][:1]
    if SAMPLE.search(other[0].name) or not both:
        return False
    found = [
        {
            folded(owner(r.cell(i)))
            for i in (i for i, c in enumerate(top.cells) if both[0] in named_facts(c, names))
            for r in table.rows()
            if r.number > top.number and owner(r.cell(i))
        }
        for table, top in (one, other)
    ]
    return bool(found[1]) and not found[0] & found[1]


def _shape(row: RawRow, names: Spellings) -> set[str]:
    return {key for cell in row.cells for key in named_facts(cell, names)}


def _expected(facts: Sequence[Fact]) -> str:
    return "headings are names of facts, such as " + ", ".join(f"`{f.name.zh}`" for f in facts[:4])


def _json_ledger(path: Path, vocabulary: Vocabulary, subjects: Sequence[str], watch: Watched) -> Ledger:
    facts = _facts(vocabulary, subjects)
    headings = tuple(f.name.zh for f in facts)
    return Ledger(path, path.name, headings, 1, (), {}, [], json_rows(path, facts, vocabulary, watch), numbered=False)
