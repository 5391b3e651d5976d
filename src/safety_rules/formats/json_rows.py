"""The records of a JSON file as rows of a ledger: each also as cells under the facts' headings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from safety_rules.formats.json_in import json_items
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.same_owner import SameOwner, Statement, Watched, same_owner, states
from safety_rules.formats.table import cell_text, owner
from safety_rules.language.kinds import Name
from safety_rules.language.vocabulary import Fact, Vocabulary


def json_rows(path: Path, facts: Sequence[Fact], vocabulary: Vocabulary, watch: Watched) -> Iterator[LedgerRow]:
    """Yield the records of a JSON file, each also as cells under the facts' headings."""
    read = partial(_cells_of, facts, {f.key: i for i, f in enumerate(facts)}, vocabulary.find)
    others = same_owner(_json_statements(path, facts, watch, read), watch) if watch else SameOwner()
    for number, data, error in json_items(path):
        place = f"{path.name}:{number}"
        if error is None and not isinstance(data, dict):
            error = Name("本行不是记录（名称到值的对象）", "the line is no record (an object of names and values)")
        if error is not None:
            yield LedgerRow(number, place, ("",) * len(facts), error=error)
            continue
        cells, names = read(data)
        unread = {
            f.key: found
            for f, c in zip(facts, cells, strict=True)
            if f.key in watch and (found := others.unread(f.key, names, c)) is not None
        }
        yield LedgerRow(number, place, tuple(cells), _with(data, "", unread, vocabulary.find) if unread else data)


def _json_statements(
    path: Path, facts: Sequence[Fact], watch: Watched, read: Callable[[Any], tuple[list[Any], Mapping[str, str]]]
) -> Iterator[Statement]:
    """Yield what each record says of the subjects that it names beside its own."""
    for number, data, _ in json_items(path):
        if isinstance(data, dict):
            cells, names = read(data)
            told = {f.key: cell_text(c) for f, c in zip(facts, cells, strict=True) if f.key in watch and states(c, f)}
            yield Statement(names, told, f"{path.name}:{number}")


def _cells_of(
    facts: Sequence[Fact], index: Mapping[str, int], find: Callable[[str], Fact | None], data: Mapping[str, Any]
) -> tuple[list[Any], Mapping[str, str]]:
    """Return a record's values under the headings of the facts, and each as a name where it may be one."""
    cells: list[Any] = [""] * len(facts)
    _fill(cells, data, "", index, find)
    return cells, {f.key: text for f, c in zip(facts, cells, strict=True) if (text := owner(c))}


def _with(data: Mapping[str, Any], prefix: str, values: Mapping[str, Any], find: Callable[[str], Fact | None]) -> Any:
    """Return nested or flat data with other values for some facts."""
    made: dict[str, Any] = {}
    for key, value in data.items():
        name = f"{prefix}.{key}" if prefix else key
        fact = find(name)
        if fact is not None and fact.key in values:
            made[key] = values[fact.key]
        else:
            made[key] = _with(value, name, values, find) if fact is None and isinstance(value, dict) else value
    return made


def _fill(
    cells: list[Any], data: Mapping[str, Any], prefix: str, index: Mapping[str, int], find: Callable[[str], Fact | None]
) -> None:
    """Put the values of nested or flat data under their facts' headings."""
    for key, value in data.items():
        name = f"{prefix}.{key}" if prefix else key
        fact = find(name)
        if fact is not None and fact.key in index:
            nested = isinstance(value, dict | list)
            cells[index[fact.key]] = json.dumps(value, ensure_ascii=False, default=str) if nested else value
        elif isinstance(value, dict):
            _fill(cells, value, name, index, find)
