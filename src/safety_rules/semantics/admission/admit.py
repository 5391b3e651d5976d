"""Data admitted against the vocabulary: what is usable becomes exact values, the rest is named and unknown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from safety_rules.language.errors import RecordError
from safety_rules.language.kinds import Name, Records, Value
from safety_rules.language.record import Problem, Record
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent, admitted_value, record_list, written
from safety_rules.words.near import hint
from safety_rules.words.said import Said, refusal

Places = Callable[[str], str]
MOST_HINTS = 50


@dataclasses.dataclass(slots=True)
class _Admission:
    vocabulary: Vocabulary
    units: Mapping[str, Unit]
    places: Places
    derived: frozenset[str]
    values: dict[str, Value] = dataclasses.field(default_factory=dict)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    unusable: set[str] = dataclasses.field(default_factory=set)
    fields: dict[str, dict[str, Fact]] = dataclasses.field(default_factory=dict)
    hints: dict[tuple[str, str], Said | str] = dataclasses.field(default_factory=dict)

    def add(self, key: str, path: str, given: str = "", /, **slots: Any) -> None:
        """Name a problem of a fact by the key of its sentence."""
        self.put(Unusable(key, **slots), path, given)

    def hint(self, name: str, names: Iterable[str], of: str = "") -> Said | str:
        """Return which name of a list (or of the vocabulary) was meant, for the first unknown ones of a record."""
        if (of, name) not in self.hints:
            self.hints[of, name] = hint(name, names) if len(self.hints) < MOST_HINTS else ""
        return self.hints[of, name]

    def put(self, wrong: Unusable, path: str, given: str) -> None:
        """Name why the data of a fact is unusable."""
        self.problems.append(Problem(wrong.code, path, self.places(path), wrong.message, given))


def admit(
    data: Any,
    vocabulary: Vocabulary,
    units: Mapping[str, Unit] | None = None,
    places: Places = lambda path: "",
    derived: frozenset[str] = frozenset(),
) -> Record:
    """Return the record of a nested or flat mapping (or pydantic model, or dataclass).

    Keys are English or Chinese names. `units` gives the unit of a fact's plain numbers where it is
    not the fact's own; `places` names the cell that a fact came from; `derived` facts are worked out
    by rules and refused as data. Raises RecordError when the data is no mapping.
    """
    given = _mapping(data)
    admission = _Admission(vocabulary, units or {}, places, derived)
    for name, item in _flat(given, "", vocabulary):
        _admit_one(name, item, admission)
    for key in admission.unusable:
        admission.values.pop(key, None)
    return Record(admission.values, tuple(admission.problems), given)


def _mapping(data: Any) -> Mapping[str, Any]:
    if hasattr(data, "model_dump"):
        data = data.model_dump(by_alias=False, exclude_unset=True)
    elif dataclasses.is_dataclass(data) and not isinstance(data, type):
        data = dataclasses.asdict(data)
    if not isinstance(data, Mapping):
        raise RecordError(refusal("absent.record", data=str(data)[:40]))
    return data


def _flat(given: Mapping[str, Any], prefix: str, vocabulary: Vocabulary) -> Iterator[tuple[str, Any]]:
    for key, item in given.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(item, Mapping) and vocabulary.find(name) is None:
            yield from _flat(item, name, vocabulary)
        else:
            yield name, item


def _admit_one(name: str, item: Any, a: _Admission) -> None:
    fact = a.vocabulary.find(name)
    if fact is None or a.vocabulary.is_list(fact.key.rpartition(".")[0]):
        _unknown_name(name, a)
        return
    if absent(item):
        return
    if fact.key in a.derived:
        a.add("derived-fact", fact.key, written(item), fact=fact.name)
        return
    try:
        value = _value(item, fact, a)
    except Unusable as wrong:
        a.unusable.add(fact.key)
        a.put(wrong, fact.key, written(item))
        return
    if fact.key in a.values and a.values[fact.key] != value:
        a.unusable.add(fact.key)
        a.add("given-twice", fact.key, written(item), fact=fact.name)
        return
    a.values[fact.key] = value


def _unknown_name(name: str, a: _Admission) -> None:
    known = [f.zh_key for f in a.vocabulary.facts.values()] if not name.isascii() else list(a.vocabulary.facts)
    a.add("unknown-fact.name", name[:60], name=name[:60], hint=a.hint(name, known))


def _value(item: Any, fact: Fact, a: _Admission) -> Value:
    if isinstance(fact.kind, Records):
        rows = record_list(item)
        if fact.bounds.minimum is not None and len(rows) < fact.bounds.minimum:
            raise Unusable("empty-list", fact=fact.name)
        return tuple(_item(row, i, fact, a) for i, row in enumerate(rows))
    return admitted_value(item, fact, a.vocabulary.units, a.units.get(fact.key))


def _fields(fact: Fact, a: _Admission) -> dict[str, Fact]:
    """Return the fields of a list by both names, worked out once for all of its records."""
    if fact.key not in a.fields:
        found = a.vocabulary.fields(fact.key)
        a.fields[fact.key] = {normal(n): f for f in found for n in (f.field, f.zh_key.rpartition(".")[2])}
    return a.fields[fact.key]


def _item(row: Mapping[Any, Any], index: int, fact: Fact, a: _Admission) -> dict[str, Value]:
    """Return one record of a list; its wrong fields are named and unknown, the others stay."""
    fields = _fields(fact, a)
    result: dict[str, Value] = {}
    wrong: set[str] = set()
    for key, data in row.items():
        path = f"{fact.key}[{index}].{key}"
        inner = fields.get(normal(str(key)))
        if inner is None:
            a.add(
                "unknown-fact.field",
                path,
                key=key,
                fact=Name(fact.name.zh, fact.key),
                hint=a.hint(str(key), fields, fact.key),
            )
            continue
        path = f"{fact.key}[{index}].{inner.field}"
        if absent(data) or inner.key in a.derived:
            continue
        try:
            nested = isinstance(inner.kind, Records)
            unit = a.units.get(inner.key)
            value = _value(data, inner, a) if nested else admitted_value(data, inner, a.vocabulary.units, unit)
        except Unusable as unusable:
            result.pop(inner.field, None)
            wrong.add(path)
            a.put(unusable, path, written(data))
            continue
        result[inner.field] = value
    for inner in fields.values():
        if inner.or_else in result and inner.field not in result and f"{fact.key}[{index}].{inner.field}" not in wrong:
            result[inner.field] = result[inner.or_else]
    return result
