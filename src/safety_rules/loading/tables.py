"""Reference tables from a YAML head and a CSV file for each edition."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping as MappingType
from collections.abc import Sequence

from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.kinds import Kind, Records, Value
from safety_rules.language.source import Period, Source
from safety_rules.language.table import Column, Edition, Row, Table, normal_spelling
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.loading.groups import groups, index_of
from safety_rules.loading.models_facts import ColumnFile, EditionFile, FieldFile, TableFile
from safety_rules.loading.report import Report, start_of
from safety_rules.loading.scalars import citation, day, key, name
from safety_rules.loading.tree import Scalar
from safety_rules.loading.vocabulary import fact_kind
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import value_of
from safety_rules.words.near import suggestion
from safety_rules.words.said import said


def tables(
    files: list[tuple[str, TableFile]],
    texts: MappingType[str, bytes],
    vocabulary: Vocabulary,
    sources: dict[str, Source],
    report: Report,
) -> dict[str, Table]:
    """Return every reference table by key; `texts` are the CSV files by path."""
    found: dict[str, Table] = {}
    for path, file in files:
        for spelled in (file.table, file.called):
            report.alike(str(spelled), spelled)
            if vocabulary.find(str(spelled)) is not None or any(
                str(spelled) in (t.key, t.zh_key) for t in found.values()
            ):
                report.error("defined-twice.something", spelled)
        columns = _columns(file, vocabulary, report)
        editions = _editions(path, file, columns, texts, vocabulary, sources, report)
        label = name(file, report)
        made = Table(key(file.table, report), str(file.called), label, columns, tuple(editions), file.table.at)
        found[made.key] = made
        if file.within is not None:
            found |= {g.key: g for g in groups(made, vocabulary, report)}
    return found


def _columns(file: TableFile, vocabulary: Vocabulary, report: Report) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for column_key, entry in file.columns.items():
        kind = _kind(column_key, entry, vocabulary, report)
        if kind is not None:
            label = name(entry, report)
            columns[str(column_key)] = Column(key(column_key, report), normal(str(entry.zh)), label, kind)
            if not str(entry.zh).isidentifier():
                report.error("chinese-name", entry.zh)
    return columns


def _kind(column_key: Scalar, entry: ColumnFile, vocabulary: Vocabulary, report: Report) -> Kind | None:
    shape = FieldFile(zh=entry.zh, en=entry.en, kind=entry.kind, unit=entry.unit, choices=entry.choices)
    kind = fact_kind(shape, dict(vocabulary.choices), vocabulary.units, str(column_key), report)
    if isinstance(kind, Records):
        report.error("unknown-kind.column", entry.kind)
        return None
    return kind


def _editions(
    path: str,
    file: TableFile,
    columns: dict[str, Column],
    texts: MappingType[str, bytes],
    vocabulary: Vocabulary,
    sources: dict[str, Source],
    report: Report,
) -> list[Edition]:
    made: list[Edition] = []
    folder = path.rpartition("/")[0]
    for entry in file.editions:
        cited = citation(entry, sources, report)
        since, until = day(entry.since, report), day(entry.until, report)
        where = f"{folder}/{entry.file}" if folder else str(entry.file)
        if where not in texts:
            report.error("no-table-file", entry.file, suggestion(where, texts), path=where)
            continue
        rows = _rows(where, shown_beside(entry.file), texts[where], file, columns, vocabulary, report)
        if cited is not None:
            made.append(Edition(Period(since, until), tuple(rows), cited, index_of(rows)))
    _timeline(made, file.editions, report)
    return made


def _timeline(made: list[Edition], files: list[EditionFile], report: Report) -> None:
    """Report editions that overlap, or leave days between them without a table."""
    for (before, _), (after, file) in zip(
        zip(made, files, strict=False), list(zip(made, files, strict=False))[1:], strict=False
    ):
        if before.period.until is None or after.period.since is None or before.period.until >= after.period.since:
            report.error("timeline-overlap.edition", file.since)
        elif (after.period.since - before.period.until).days != 1:
            report.error("timeline-hole.edition", file.since, until=before.period.until)


def shown_beside(file: Scalar) -> str:
    """Return under which name diagnostics show a file that another one names: in that one's folder."""
    folder, parted, _ = file.at.source.name.rpartition("/")
    return f"{folder}{parted}{file}"


def _rows(
    path: str,
    shown: str,
    data: bytes,
    file: TableFile,
    columns: dict[str, Column],
    vocabulary: Vocabulary,
    report: Report,
) -> list[Row]:
    try:
        written = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        report.error("not-utf-8.file", start_of(shown), path=path)
        return []
    source = SourceText(shown, written)
    lines = csv_lines(source, report)
    if lines is None:
        return []
    heading, *body = lines or [(1, [])]
    wanted = [
        *(str(m) for m in file.match),
        *columns,
        *(str(more) for more in (file.distinguish, file.within) if more is not None),
    ]
    missing = [c for c in wanted if c not in heading[1]]
    if missing:
        at = Span(source, 0, len(written.split("\n")[0]))
        report.error("no-column", at, suggestion(missing[0], heading[1]), path=path, column=missing[0])
        return []
    rows, seen = list[Row](), dict[tuple[str, str], Row]()
    starts = line_starts(source)
    for number, (line, written_cells) in enumerate(body, start=1):
        at = Span(source, starts[line - 1], starts[line] - 1)
        cells = dict(zip(heading[1], written_cells, strict=False))
        if len(written_cells) != len(heading[1]):
            counts = {"cells": len(written_cells), "headings": len(heading[1])}
            report.error("csv.cells", at, row=number, path=path, **counts)
            continue
        spellings = tuple(said for m in file.match for said in _several(cells[str(m)]))
        if not spellings:
            report.error("no-spelling", at, row=number, path=path)
        qualifier = cells[str(file.distinguish)].strip() if file.distinguish is not None else ""
        places = {h: cell_at(at, written_cells, i) for i, h in enumerate(heading[1])}
        values = {c.key: _cell(cells[c.key], c, places[c.key], vocabulary, report) for c in columns.values()}
        within = () if file.within is None else _several(cells[str(file.within)])
        rows.append(Row(number, spellings, qualifier, {k: v for k, v in values.items() if v is not None}, at, within))
        _told_apart(rows[-1], path, seen, at, report)
    if not body:
        report.error("empty-file.rows", Span(source, 0, 0), path=path)
    return rows


def _several(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that a semicolon parts."""
    return tuple(part for one in cell.split(";") if (part := one.strip()))


def _told_apart(row: Row, path: str, seen: dict[tuple[str, str], Row], at: Span, report: Report) -> None:
    """Report a row with the spelling and qualifier of an earlier one and other cells: neither would ever be known."""
    for spelling in row.spellings:
        before = seen.setdefault((normal_spelling(spelling), normal_spelling(row.qualifier)), row)
        if before.cells != row.cells:
            report.error("spelling-twice", at, row=row.number, path=path, spelling=spelling, other=before.number)
            return


def csv_lines(source: SourceText, report: Report) -> list[tuple[int, list[str]]] | None:
    """Return the filled rows of a CSV text with their line numbers, the headings first; None when it is not readable."""
    reader = csv.reader(io.StringIO(source.text))
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        at = Span(source, line_starts(source)[reader.line_num - 1], 0) if reader.line_num else Span(source, 0, 0)
        report.error("csv.reading", at, path=source.name, problem=str(error).lower())
        return None
    headings = lines[0][1] if lines else []
    twice = next((i for i, h in enumerate(headings) if h in headings[:i]), None)
    if twice is not None:
        at = cell_at(Span(source, 0, len(source.text.split("\n")[0])), headings, twice)
        report.error("csv.twice", at, path=source.name, column=headings[twice])
        return None
    return lines


def cell_at(line: Span, cells: Sequence[str], index: int) -> Span:
    """Return where a cell stands; the whole line where something in it is quoted."""
    if line.source.text[line.start : line.end].rstrip("\r") != ",".join(cells):
        return line
    start = line.start + sum(len(c) + 1 for c in cells[:index])
    return Span(line.source, start, start + max(1, len(cells[index])))


def line_starts(source: SourceText) -> list[int]:
    """Return where each line starts, and one more beyond the end."""
    starts = [0]
    for line in source.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _cell(data: str, column: Column, at: Span, vocabulary: Vocabulary, report: Report) -> Value | None:
    if not data.strip():
        return None
    try:
        return value_of(data, Fact(column.key, column.name, column.kind, column.zh_key), vocabulary.units)
    except Unusable as wrong:
        report.add(wrong.code, said("cell", column=column.key, problem=wrong.said), at)
        return None
