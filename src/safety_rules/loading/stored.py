"""A rulebook in a form of our own: rows that name classes of one closed list, so that reading a file runs nothing of it.

A file is a line that says what it is, one line for what all areas share, and two for each area: its rules and its
cases, each read when it is first asked for (decision 60). A row is a class and what it is made from, by number;
what was one object is one object again.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from functools import cache, partial
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from safety_rules.language import (
    chain,
    diagnostic,
    expr,
    invariant,
    kinds,
    law,
    lint,
    operators,
    rule,
    rulebook,
    source,
    table,
    units,
    vocabulary,
)  # fmt: skip
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.rule import Case, LaterCases
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.loading import tree
from safety_rules.loading.pause import no_collecting

FORM = b"safety-rules rulebook 1"
MODULES = (
    chain, diagnostic, expr, invariant, kinds, law, lint, operators, rule, rulebook, source, table, units, vocabulary,
)  # fmt: skip
PLAIN = (str, bool, int, type(None))
COLLECTIONS: dict[str, Callable[[Any], Any]] = {"tuple": tuple, "list": list, "frozenset": frozenset, "set": set}
OWN, ROW = 1 << 40, 1 << 41

CLASSES: dict[str, type[Any]] = {
    name: found
    for module in MODULES
    for name, found in vars(module).items()
    if isinstance(found, type) and found.__module__ == module.__name__
}


class NotStored(Exception):
    """A file that does not hold the rulebook that it is asked for, or a rulebook that has no stored form."""


@dataclass(slots=True)
class _Writer:
    """The rows of one line; numbers below `base` are objects of the line that all areas share.

    `later` is the line on which cases are written, None where they are written here.
    """

    texts: Mapping[str, str]
    later: int | None = None
    base: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    said: dict[tuple[type, Any], int] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    held: list[Any] = field(default_factory=list)
    cases: list[tuple[Case, ...]] = field(default_factory=list)

    def number(self, thing: Any) -> int:
        """Return the number of an object, writing it first where it is new."""
        if type(thing) in PLAIN:
            key = (type(thing), thing)
            if key not in self.said:
                self.said[key] = OWN + len(self.values)
                self.values.append(thing)
            return self.said[key]
        if id(thing) not in self.seen:
            row = self._row(thing)
            self.seen[id(thing)] = ROW + len(self.rows)
            self.rows.append(row)
            self.held.append(thing)
        return self.seen[id(thing)]

    def _row(self, thing: Any) -> list[Any]:
        match thing:
            case SourceText(file, text):
                return ["text", self.number(file), *([] if self.texts.get(file) == text else [self.number(text)])]
            case Span(text, start, end):
                return ["span", self.number(text), start, end]
            case Fraction():
                return ["fraction", thing.numerator, thing.denominator]
            case Enum():
                return ["enum", self.number(type(thing).__name__), self.number(thing.name)]
            case ZoneInfo():
                return ["zone", self.number(thing.key)]
            case datetime.timezone():
                return ["offset", int(thing.utcoffset(None).total_seconds())]
            case tree.Scalar():
                scalar = "made" if isinstance(thing, tree.Made) else "scalar"
                return [scalar, *map(self.number, (str.__str__(thing), thing.at, thing.style))]
            case tree.Mapping():
                return ["mapping", self.number(thing.at), *self._pairs(thing)]
            case tree.Sequence():
                return ["sequence", self.number(thing.at), *map(self.number, thing)]
        kind: type[Any] = type(thing)
        name = kind.__name__
        if kind is datetime.date:
            return ["date", thing.toordinal()]
        if kind is dict:
            return ["dict", *self._pairs(thing)]
        if self.later is not None and kind is tuple and thing and all(type(t) is Case for t in thing):
            self.cases.append(thing)
            return ["cases", len(thing), self.later, len(self.cases) - 1]
        if kind is COLLECTIONS.get(name):
            items = sorted(thing, key=str) if isinstance(thing, set | frozenset) else thing
            return [name, *map(self.number, items)]
        if CLASSES.get(name) is not kind or not dataclasses.is_dataclass(kind):
            raise NotStored(name)
        return [name, *(self.number(getattr(thing, part)) for part in _made_from(kind))]

    def _pairs(self, thing: Mapping[Any, Any]) -> Iterator[int]:
        for key, value in thing.items():
            yield self.number(key)
            yield self.number(value)

    def line(self, root: Any) -> bytes:
        """Return the line that holds an object."""
        at = self.number(root)
        names = {name: i for i, name in enumerate(dict.fromkeys(row[0] for row in self.rows))}
        rows = [[names[row[0]], *map(self._settled, row[1:])] for row in self.rows]
        return _json({"classes": list(names), "values": self.values, "rows": rows, "root": self._settled(at)})

    def _settled(self, number: int) -> int:
        if number < OWN:
            return number
        return self.base + (number - OWN if number < ROW else len(self.values) + number - ROW)

    def below(self, later: int | None) -> _Writer:
        """Return the writer of a line that refers to what stands on this one."""
        mine = {id(c) for c in self.cases}
        seen = {k: self._settled(n) for k, n in self.seen.items() if k not in mine}
        said = {k: self._settled(n) for k, n in self.said.items()}
        return _Writer(self.texts, later, self.base + len(self.values) + len(self.rows), seen, said)


def _json(thing: Any) -> bytes:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@cache
def _made_from(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind) if f.init)


@no_collecting()
def stored(book: Rulebook, texts: Mapping[str, str]) -> bytes:
    """Return a rulebook as the bytes of a file, without the texts of the files, by name, that it was read from.

    Raises NotStored where a part of it has no such form: it is then read from its files each time.
    """
    try:
        shared = _Writer(texts, later=2)
        lines = [shared.line(replace(book, areas={}, origin=None)), shared.below(None).line(tuple(shared.cases))]
        for area in book.areas.values():
            own = shared.below(len(lines) + 2)
            lines += [own.line(area), shared.below(None).line(tuple(own.cases))]
    except RecursionError:
        raise NotStored("recursion") from None
    body = b"\n".join([_json(list(book.areas)), *lines])
    return _first_line(body) + b"\n" + body


def _first_line(body: bytes) -> bytes:
    return FORM + b" " + sha256(body).hexdigest().encode()


class LaterAreas(Mapping[str, Area]):
    """The areas of a stored rulebook, each read when it is first asked for."""

    def __init__(self, keys: Sequence[str], read: Callable[[int], Area]) -> None:
        self._at, self._read = {key: i for i, key in enumerate(keys)}, cache(read)

    def __getitem__(self, key: str) -> Area:
        return self._read(self._at[key])

    def __contains__(self, key: object) -> bool:
        return key in self._at

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


@no_collecting()
def restored(data: bytes, texts: Mapping[str, str]) -> Rulebook:
    """Return the rulebook that `stored` wrote, with the texts of its files by name; raises NotStored."""
    first, _, body = data.partition(b"\n")
    if first != _first_line(body):
        raise NotStored("damaged")
    lines = body.split(b"\n")
    cases = cache(lambda line: _read(lines[line], shared, texts, _unread)[0])

    def later(length: int, line: int, number: int) -> LaterCases:
        return LaterCases(length, lambda: cases(line)[number])

    book, shared = _read(lines[1], [], texts, later)
    areas = LaterAreas(json.loads(lines[0]), lambda i: _read(lines[3 + 2 * i], shared, texts, later)[0])
    found: Rulebook = replace(book, areas=areas)
    return found


Later = Callable[[int, int, int], Any]


def _unread(length: int, line: int, number: int) -> Any:
    raise NotStored("cases within cases")


@no_collecting()
def _read(line: bytes, shared: list[Any], texts: Mapping[str, str], later: Later) -> tuple[Any, list[Any]]:
    """Return what a line holds, and all its objects after those of the line that all areas share."""
    whole = json.loads(line)
    made = [*shared, *whole["values"]]
    makers = [_maker(name, texts, later) for name in whole["classes"]]
    for kind, *row in whole["rows"]:
        made.append(makers[kind](made, row))
    return made[whole["root"]], made


def _maker(name: str, texts: Mapping[str, str], later: Later) -> Callable[[list[Any], list[int]], Any]:
    """Return what makes an object of a row's numbers, some of which are those of objects made before."""
    match name:
        case "text":
            return lambda made, row: SourceText(made[row[0]], made[row[1]] if row[1:] else texts[made[row[0]]])
        case "span":
            return lambda made, row: Span(made[row[0]], row[1], row[2])
        case "fraction":
            return lambda _, row: Fraction(row[0], row[1])
        case "date":
            return lambda _, row: datetime.date.fromordinal(row[0])
        case "enum":
            return lambda made, row: CLASSES[made[row[0]]][made[row[1]]]
        case "zone":
            return lambda made, row: ZoneInfo(made[row[0]])
        case "offset":
            return lambda _, row: datetime.timezone(datetime.timedelta(seconds=row[0]))
        case "scalar" | "made":
            return partial(_scalar, tree.Made if name == "made" else tree.Scalar)
        case "mapping" | "sequence" | "dict":
            return _mapping if name == "mapping" else _sequence if name == "sequence" else _dict
        case "cases":
            return lambda _, row: later(*row)
    kind = COLLECTIONS.get(name)
    if kind is not None:
        return lambda made, row: kind([made[n] for n in row])
    found = CLASSES[name]
    return lambda made, row: found(*[made[n] for n in row])


def _dict(made: list[Any], row: list[int]) -> dict[Any, Any]:
    return {made[row[i]]: made[row[i + 1]] for i in range(0, len(row), 2)}


def _scalar(kind: type[tree.Scalar], made: list[Any], row: list[int]) -> tree.Scalar:
    text, at, style = row
    scalar = kind(made[text])
    scalar.at, scalar.style = made[at], made[style]
    scalar.plain = scalar.style == ""
    return scalar


def _mapping(made: list[Any], row: list[int]) -> tree.Mapping:
    mapping = tree.Mapping(_dict(made, row[1:]))
    mapping.at = made[row[0]]
    return mapping


def _sequence(made: list[Any], row: list[int]) -> tree.Sequence:
    sequence = tree.Sequence(made[n] for n in row[1:])
    sequence.at = made[row[0]]
    return sequence
