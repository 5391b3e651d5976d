"""Data admitted against the vocabulary: what is usable becomes exact values, the rest is named and unknown.

The principles that hold here for every door, at every depth: given twice, differently, is unknown; blank is
unknown and no problem; what cannot be read is named, whatever object it is, and takes nothing else with it.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.errors import RecordError
from safety_rules.language.kinds import Name, Records, Value
from safety_rules.language.record import Absence, Problem, Record
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.language.zones import DEFAULT_ZONE
from safety_rules.semantics.admission.objects import PLAIN, plain, shown
from safety_rules.semantics.admission.plausible import ask
from safety_rules.semantics.admission.resembling import looks, resembled
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent, admitted_value, record_list
from safety_rules.words.near import hint
from safety_rules.words.said import Said, refusal

Places = Callable[[str], str]
DEEPEST = 4  # a fact's name has two parts
MOST_HINTS = 50
TEXT = frozenset({str})
NOT_THERE = frozenset(
    {"/", "-", "—", "——", "N/A", "n/a", "NA", "na"}
)  # of the words for a blank, those that strike it out


@dataclasses.dataclass(slots=True)
class _Admission:
    vocabulary: Vocabulary
    units: Mapping[str, Unit]
    places: Places
    derived: frozenset[str]
    zone: datetime.tzinfo
    values: dict[str, Value] = dataclasses.field(default_factory=dict)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    blanks: dict[str, Absence] = dataclasses.field(default_factory=dict)
    fields: dict[str, dict[str, Fact]] = dataclasses.field(default_factory=dict)
    hints: dict[tuple[str, str], Said | str] = dataclasses.field(default_factory=dict)

    def add(self, key: str, path: str, given: Any = "", /, **slots: Any) -> None:
        """Name a problem of a fact by the key of its sentence."""
        self.put(Unusable(key, **slots), path, given)

    def hint(self, name: str, names: Iterable[str], of: str = "") -> Said | str:
        """Return which name of a list (or of the vocabulary) was meant, for the first unknown ones of a record."""
        if (of, name) not in self.hints:
            self.hints[of, name] = hint(name, names) if len(self.hints) < MOST_HINTS else ""
        return self.hints[of, name]

    def put(self, wrong: Unusable, path: str, given: Any) -> None:
        """Name why the data of a fact is unusable."""
        self.problems.append(Problem(wrong.code, path, self.places(path), wrong.message, shown(given)))


def admit(
    data: Any,
    vocabulary: Vocabulary,
    units: Mapping[str, Unit] | None = None,
    places: Places = lambda path: "",
    derived: frozenset[str] = frozenset(),
    zone: datetime.tzinfo = DEFAULT_ZONE,
    accepted: Sequence[Acceptance] | None = (),
) -> Record:
    """Return the record of a nested or flat mapping (or pydantic model, or dataclass).

    Keys are English or Chinese names. `units` gives the unit of a fact's plain numbers where it is
    not the fact's own; `places` names the cell that a fact came from; `derived` facts are worked out
    by rules and refused as data; times with a zone fall on a day of `zone`. `accepted` are numbers that
    count although they are not plausible; with None all do. Raises RecordError when
    the data is no mapping, and no other error, whatever the data is.
    """
    given = mapping(data)
    if given is None:
        raise RecordError(refusal("absent.record", data=shown(data, 40)))
    a = _Admission(vocabulary, units or {}, places, derived, zone)
    unusable: set[str] = set()
    _admit_all(given, a, unusable)
    for key in unusable:
        a.values.pop(key, None)
    used = ask(a.values, vocabulary, accepted, a.put) if accepted is not None else ()
    return Record(a.values, tuple(a.problems), used, a.blanks)


def mapping(data: Any) -> Mapping[Any, Any] | None:
    """Return data as a mapping; None where it is none."""
    try:
        found = data if type(data) is dict else plain(data)
    except Unusable:
        return None
    return found if isinstance(found, Mapping) else None


def _pairs(given: Mapping[Any, Any]) -> Iterable[tuple[str, Any]] | None:
    """Return the items of a mapping, its keys as text; None where it does not give them."""
    if type(given) is dict and TEXT.issuperset(map(type, given)):
        return given.items()
    try:
        return [(k if type(k) is str else shown(k), v) for k, v in given.items()]
    except Exception:  # a mapping of a class of its own may fail in any way
        return None


def _admit_all(given: Mapping[Any, Any], a: _Admission, unusable: set[str]) -> None:
    doubted: dict[str, Any] = {}
    for name, fact, item in named(given, a.vocabulary.find, a.add):
        if fact is None or a.vocabulary.is_list(fact.key.rpartition(".")[0]):
            _unknown_name(name, a)
            doubted |= dict.fromkeys((f.key for f in resembled(name, item, a.vocabulary)), item)
        elif fact.key in a.derived:
            if not _blank(item, fact):
                a.add("derived-fact", fact.key, item, fact=fact.name)
        else:
            _take(item, fact, fact.key, fact.key, a.values, unusable, a)
    for key in doubted.keys() & a.values.keys() - unusable:
        unusable.add(key)
        a.add("given-twice", key, doubted[key], fact=a.vocabulary.facts[key].name)


def named(
    given: Mapping[Any, Any],
    find: Callable[[str], Fact | None],
    refuse: Callable[[str, str], None],
    prefix: str = "",
    depth: int = 1,
) -> Iterator[tuple[str, Fact | None, Any]]:
    """Yield each datum of a nested or flat mapping with its name and its fact; a mapping that gives nothing is refused."""
    pairs = _pairs(given)
    if pairs is None:
        refuse("unreadable", prefix)
        return
    for key, item in pairs:
        name = f"{prefix}.{key}" if prefix else key
        fact = find(name)
        if fact is None and depth < DEEPEST and (inner := mapping(item)) is not None:
            yield from named(inner, find, refuse, name, depth + 1)
        else:
            yield name, fact, item


def cell(item: Any, fact: Fact, vocabulary: Vocabulary, derived: frozenset[str], zone: datetime.tzinfo) -> Value | None:
    """Return the value of one datum of a fact by itself; None where it is blank or cannot be used."""
    found: dict[str, Value] = {}
    _take(item, fact, fact.key, fact.key, found, set(), _Admission(vocabulary, {}, lambda _: "", derived, zone))
    return found.get(fact.key)


def _blank(item: Any, fact: Fact) -> bool:
    try:
        return absent(plain(item), fact.blank_words)
    except Unusable:
        return False


def _take(
    item: Any, fact: Fact, key: str, path: str, into: dict[str, Value], unusable: set[str], a: _Admission
) -> None:
    """Put the value of one datum under its key; what is unusable, or given twice, differently, is named."""
    try:
        data = item if type(item) in PLAIN else plain(item)
        if absent(data, fact.blank_words):
            a.blanks[path] = Absence.SAID_NOT_TO_EXIST if data in NOT_THERE else Absence.NOT_FILLED_IN
            return
        value = _value(data, fact, path, a)
        if key in into and into[key] != value:
            raise Unusable("given-twice", fact=fact.name)
    except Unusable as wrong:
        unusable.add(key)
        a.put(wrong, path, item)
        return
    except Exception:  # an object within the data may fail in any way
        unusable.add(key)
        a.add("unreadable", path, item)
        return
    into[key] = value


def _unknown_name(name: str, a: _Admission) -> None:
    known = [f.zh_key for f in a.vocabulary.facts.values()] if not name.isascii() else list(a.vocabulary.facts)
    a.add("unknown-fact.name", name[:60], name=name[:60], hint=a.hint(name[:60], known))


def _value(data: Any, fact: Fact, path: str, a: _Admission) -> Value:
    if isinstance(fact.kind, Records):
        rows = record_list(data)
        if fact.bounds.minimum is not None and len(rows) < fact.bounds.minimum:
            raise Unusable("empty-list", fact=fact.name)
        return tuple(_item(row, f"{path}[{i}]", fact, a) for i, row in enumerate(rows))
    return admitted_value(data, fact, a.vocabulary.units, a.units.get(fact.key), a.zone)


def _fields(fact: Fact, a: _Admission) -> dict[str, Fact]:
    """Return the fields of a list by both names, worked out once for all of its records."""
    if fact.key not in a.fields:
        a.fields[fact.key] = fields_by_name(fact, a.vocabulary)
    return a.fields[fact.key]


def fields_by_name(fact: Fact, vocabulary: Vocabulary) -> dict[str, Fact]:
    """Return the fields of a list by both names."""
    found = vocabulary.fields(fact.key)
    return {normal(n): f for f in found for n in (f.field, f.zh_key.rpartition(".")[2])}


def _item(row: Mapping[Any, Any], place: str, fact: Fact, a: _Admission) -> dict[str, Value]:
    """Return one record of a list; its wrong fields are named and unknown, the others stay."""
    fields = _fields(fact, a)
    result: dict[str, Value] = {}
    unusable: set[str] = set()
    pairs = _pairs(row)
    if pairs is None:
        raise Unusable("unreadable")
    for key, data in pairs:
        inner = fields.get(normal(key))
        if inner is None:
            named = Name(fact.name.zh, fact.key)
            a.add(
                "unknown-fact.field",
                f"{place}.{key[:60]}",
                key=key[:60],
                fact=named,
                hint=a.hint(key[:60], fields, fact.key),
            )
            unusable |= {f.field for n, f in fields.items() if looks(n) == looks(key)}
        elif inner.key not in a.derived:
            _take(data, inner, inner.field, f"{place}.{inner.field}", result, unusable, a)
    for field in unusable:
        result.pop(field, None)
    for inner in fields.values():
        if inner.or_else in result and inner.field not in result and inner.field not in unusable:
            result[inner.field] = result[inner.or_else]
    return result
