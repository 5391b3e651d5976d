"""Large tables for the engines: which column carries which fact, and files brought into a form that engines read."""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from safety_rules.engines.sql.read.types import ColumnType, Use
from safety_rules.formats.csv_in import CHUNK, csv_form, csv_table, plain
from safety_rules.formats.heading_map import Wanted
from safety_rules.formats.headings import Columns, columns, heading_row, spellings
from safety_rules.formats.ledger import by_hand, ledger
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.lines import kind_of_line
from safety_rules.formats.lists import inner_list
from safety_rules.formats.mentions import Spoken, list_headed, spoken_of
from safety_rules.formats.raw_tables import CSV, JSON, WORKBOOKS
from safety_rules.formats.table import RawRow, RawTable, cell_text
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.kinds import Boolean, Choices, Date, Number, Records, Text
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.admission.objects import Unread
from safety_rules.semantics.admission.resembling import resembled
from safety_rules.semantics.admission.values import absent, choice_parts
from safety_rules.words.near import did_you_mean
from safety_rules.words.problem import problem
from safety_rules.words.said import said

ROW = "ledger_row"
NO_VALUE = "？"  # begins the text of a cell that is no value of its fact, so that every engine says so
HAND_MADE = 4 << 20  # bytes: larger files are exports, one table each
LINE_BREAK = re.compile(r"[\r\n]+")  # between the words of one cell


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as an engine reads it, and what is known of its columns already.

    `columns` are those of a csv, which stand in its first line. `keys` says that they are fact keys; `units` are then
    those of plain numbers.
    """

    path: Path
    columns: tuple[str, ...] = ()
    delimiter: str = ","
    keys: bool = False
    units: Mapping[str, Unit] | None = None
    notices: tuple[Problem, ...] = ()


def uses_of(
    types: Mapping[str, ColumnType],
    vocabulary: Vocabulary,
    subjects: Sequence[str],
    named: Mapping[str, str] | None = None,
    units: Mapping[str, Unit] | None = None,
) -> tuple[dict[str, Use], tuple[Problem, ...]]:
    """Return the column of each fact, by the headings or as `named` says (fact to column), and notices of the rest."""
    if named is not None:
        return _named(types, vocabulary, named, units or {}), ()
    facts = [f for s in subjects for f in vocabulary.of_subject(s)]
    headings = tuple(types)
    row = RawRow(1, headings)
    found = columns(RawTable("", lambda: iter((row,)), ":"), row, facts, vocabulary.units)
    known, doubted = units or {}, _doubted(found, facts, vocabulary)
    uses = {
        c.fact.key: Use(headings[c.index], types[headings[c.index]], c.unit or known.get(c.fact.key))
        for c in found.columns
        if c.fact.key not in doubted
    }
    return uses, (*found.notices, *(n for n in doubted.values() if n is not None))


def _doubted(found: Columns, facts: Sequence[Fact], vocabulary: Vocabulary) -> dict[str, Problem | None]:
    """Return the facts of which another column of a table speaks as well, with what is not said yet: no row is held
    against both, so they are unknown."""
    doubted: dict[str, Problem | None] = {}
    for c in (c for c in found.doubled if not isinstance(c.fact.kind, Text) or c.fact.format):
        doubted[c.fact.key] = None
    spoken = spoken_of(facts, vocabulary)
    for heading in (found.headings[i] for i in found.unused):
        if (fact := list_headed(heading, spoken, vocabulary)) is not None:
            doubted[fact.key] = problem("column-tells", fact.key, "", heading, heading=heading, fact=fact.name)
    return doubted


def _named(
    types: Mapping[str, ColumnType], vocabulary: Vocabulary, named: Mapping[str, str], units: Mapping[str, Unit]
) -> dict[str, Use]:
    uses = {}
    for name, column in named.items():
        fact = vocabulary.find(name)
        if fact is None:
            raise NotFoundError(f"there is no fact `{name}`; {did_you_mean(name, vocabulary.facts)}".rstrip("; "))
        if column not in types:
            raise NotFoundError(f"there is no column `{column}`; {did_you_mean(column, types)}".rstrip("; "))
        uses[fact.key] = Use(column, types[column], units.get(fact.key))
    return uses


def prepared(
    path: Path, folder: Path, vocabulary: Vocabulary, subjects: Sequence[str], named: Sequence[str] = ()
) -> Prepared:
    """Return a file as an engine reads it; what it cannot read is written anew into the folder, with columns `named`."""
    if not path.is_file():
        raise LedgerError(f"there is no file `{path}`")
    ending = path.suffix.lower()
    if ending in CSV:
        found = _as_it_is(path, folder, vocabulary, subjects)
        return found or from_ledger(path, folder, vocabulary, subjects, named=named)
    if ending in (*WORKBOOKS, *JSON):
        return from_ledger(path, folder, vocabulary, subjects, named=named)
    return Prepared(path)


def _as_it_is(path: Path, folder: Path, vocabulary: Vocabulary, subjects: Sequence[str]) -> Prepared | None:
    """Return a CSV of one table with its headings on the first line, where an engine reads it as the ledger's reader does."""
    facts, table = [f for s in subjects for f in vocabulary.of_subject(s)], csv_table(path)
    top = heading_row(table, spellings(facts))
    if top is None or top.number > 1 or (path.stat().st_size < HAND_MADE and by_hand(path, vocabulary, subjects)):
        return None
    found = columns(table, top, facts, vocabulary.units)
    if inner_list(table, found, facts, vocabulary, subjects) is not None or _doubted(found, facts, vocabulary):
        return None
    if found.unused and _tells(path, spoken_of(facts, vocabulary)):
        return None
    return csv_prepared(path, folder, [cell_text(c) for c in top.cells])


def _tells(path: Path, spoken: Sequence[Spoken]) -> bool:
    """Return whether a CSV, anywhere, has a word for a kind of a list's records, as a remark on a row may."""
    encoding, _ = csv_form(path)
    words = [w for of in spoken for w in of.kinds if not w.isascii()]
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        tail = ""
        while text := file.read(CHUNK):
            if any(w in tail + text for w in words):
                return True
            tail = text[-20:]
    return False


def csv_prepared(path: Path, folder: Path, headings: Sequence[str], name: str = "plain.csv") -> Prepared | None:
    """Return a plain CSV as an engine reads it, in UTF-8; None where only the ledger's own reader tells its rows."""
    encoding, delimiter = csv_form(path)
    if encoding != "utf-8":
        with path.open(encoding=encoding, newline="") as start, _writing(folder):
            path = folder / name
            with path.open("w", encoding="utf-8", newline="") as end:
                while text := start.read(CHUNK):
                    end.write(text)
    if not plain(path, delimiter, headings, lambda row: row.blank or bool(kind_of_line(row, headings))):
        return None
    return Prepared(path, tuple(headings), delimiter)


def from_ledger(
    path: Path,
    folder: Path,
    vocabulary: Vocabulary,
    subjects: Sequence[str],
    sheet: Wanted = None,
    named: Sequence[str] = (),
) -> Prepared:
    """Return a ledger as an engine reads it: what its reader takes for rows, written as CSV under fact keys.

    Columns that are asked for by their headings (`named`) stand beside, as they are.
    """
    book = ledger(path, vocabulary, subjects, sheet, apart=True)
    notices: list[Problem] = []

    def whole() -> Iterator[LedgerRow]:
        for row in book.rows:
            if row.error is not None:
                notices.append(Problem("row", "", row.place, row.error))
            notices.extend(row.problems)
            yield row

    beside = {n: book.headings.index(n) for n in named if n in book.headings and n not in vocabulary.facts}
    found = rows_written(whole(), folder, vocabulary, subjects, notices, beside)
    return replace(found, units=book.units, notices=(*book.notices, *notices))


def rows_written(
    rows: Iterable[LedgerRow],
    folder: Path,
    vocabulary: Vocabulary,
    subjects: Sequence[str],
    wrong: list[Problem] | None = None,
    beside: Mapping[str, int] = MappingProxyType({}),
) -> Prepared:
    """Write rows as CSV under fact keys, each with its number; `beside` are other columns, and which cells they are.

    What no text can say is named in `wrong`, and blank; without `wrong` its row is left out. Raises LedgerError
    where the folder takes no more.
    """
    facts = {f.key: f for s in subjects for f in vocabulary.of_subject(s)}
    target, unknown = folder / "rows.csv", dict[str, str]()
    with _writing(folder), target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([ROW, *facts, *beside])
        for row in rows:
            if row.data is None or row.error is not None:
                continue
            strange: dict[str, Any] = {}
            flat = row.data if facts.keys() >= row.data.keys() else _flat(row.data, "", vocabulary, strange)
            for fact in (
                f for name, item in strange.items() for f in resembled(name, item, vocabulary) if f.key in flat
            ):
                flat[fact.key] = Unread(cell_text(flat[fact.key]), said("given-twice", fact=fact.name))
            texts = {k: text_of(item, facts[k]) for k, item in flat.items() if k in facts}
            bad = [k for k, t in texts.items() if t is None or (wrong is None and LINE_BREAK.search(t))]
            if (bad or strange) and wrong is None:
                continue
            for wrongly in row.problems:
                if wrongly.path in facts and not isinstance(facts[wrongly.path].kind, Text):
                    texts[wrongly.path] = f"{NO_VALUE}{wrongly.given}"
            for key in bad:
                wrong.append(_untold(flat[key], facts[key], row.place))  # type: ignore[union-attr]
                texts[key] = "" if isinstance(facts[key].kind, Text) else f"{NO_VALUE}{flat[key]}"[:80]
            unknown |= {name: unknown.get(name, row.place) for name in strange}
            others = (cell_text(row.cells[i]) for i in beside.values())
            writer.writerow([row.number, *(texts.get(k) or "" for k in facts), *others])
    if wrong is not None:
        wrong += [_unknown(name, place) for name, place in unknown.items()]
    return Prepared(target, (ROW, *facts, *beside), keys=True)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LedgerError(f"`{folder}` cannot be written: {(error.strerror or str(error)).lower()}") from None


def _flat(data: Mapping[str, Any], prefix: str, vocabulary: Vocabulary, strange: dict[str, Any]) -> dict[str, Any]:
    """Return nested data by fact key, given twice differently as unread; names that are no facts are added to `strange`."""
    found: dict[str, Any] = {}
    for key, item in data.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        fact = vocabulary.find(name)
        if fact is None and isinstance(item, Mapping):
            inner = _flat(item, name, vocabulary, strange)
        else:
            inner = {} if fact is None else {fact.key: item}
        if fact is None and not isinstance(item, Mapping):
            strange[name] = item
        for key in inner.keys() & found.keys():
            inner[key] = _once(found[key], inner[key], vocabulary.facts[key], vocabulary)
        found |= inner
    return found


def _once(first: Any, second: Any, fact: Fact, vocabulary: Vocabulary) -> Any:
    if absent(first) or absent(second):
        return second if absent(first) else first
    same = not admit({fact.key: first, fact.zh_key: second}, vocabulary).problems
    return first if same else Unread(str(first), said("given-twice", fact=fact.name))


def text_of(item: Any, fact: Fact) -> str | None:
    """Return a cell as the text that admission takes for the same value; None where no text says it."""
    if isinstance(item, str) and isinstance(fact.kind, Choices):
        return LINE_BREAK.sub("；", item.strip())
    if item is None or isinstance(item, str):
        return item or ""
    match fact.kind, item:
        case Boolean(), bool():
            return str(item).lower()
        case _, bool() | dict():
            return None
        case Date(), datetime.datetime():
            return item.date().isoformat() if item.tzinfo is None else item.isoformat()
        case Date(), datetime.date():
            return item.isoformat()
        case Number(), datetime.time():
            return str(item)
        case Choices(choices), list():
            plain = all(isinstance(i, str) and not absent(i, fact.blank_words) for i in item)
            text = "、".join(item) if plain else ""
            return (text or "无") if plain and choice_parts(text, choices) == item else None
        case Records(), list():
            return json.dumps(item, default=_plain, ensure_ascii=False)
        case ((Number() | Date() | Boolean() | Records()), int() | float() | Decimal()):
            return _plain(item)
        case Text(), int() | Decimal():
            whole = isinstance(item, int) or (item.is_finite() and item == item.to_integral_value())
            return _plain(item) if whole else None
        case _:
            return None


def _unknown(name: str, place: str) -> Problem:
    return problem("unknown-fact.column", "", place, name=name[:60])


def _untold(item: Any, fact: Fact, place: str) -> Problem:
    if isinstance(item, Unread):
        return Problem(item.why.key.partition(".")[0], fact.key, place, item.why.name, str(item)[:80])
    return problem("cell-type", fact.key, place, str(item)[:80], fact=fact.name)


def _plain(item: Any) -> str:
    return format(item, "f") if isinstance(item, Decimal) else str(item)
