"""Data that is not canonical made so, each cell by itself and as admission reads it: names, words, units, objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, partial
from math import inf
from typing import Any

from safety_rules.engines.compiled.floats import edges, plain, short
from safety_rules.language.clock import is_amount
from safety_rules.language.vocabulary import Bounds, Fact, normal
from safety_rules.semantics.admission import admit
from safety_rules.semantics.admission.resembling import looks, resembled
from safety_rules.semantics.decide import AreaOn

MOST_NAMES = 20_000
MOST_WORDS = 4096
MOST_LETTERS = 50
WRITTEN = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)((?:[^0-9.,].{0,20})?)", re.ASCII)

Cell = Callable[[Any], Any]


def names(law: AreaOn) -> Callable[[Any], dict[str, dict[str, Any]]]:
    """Return the function from a mapping or object, whatever its names, to its data by English subject and name.

    A name is found once for all records. Raises TypeError where a fact is given twice, or under a name that
    resembles its own, or data is none.
    """
    vocabulary = law.rulebook.vocabulary
    find = lru_cache(MOST_NAMES)(vocabulary.find)
    resembles = lru_cache(MOST_NAMES)(lambda name: bool(resembled(name, True, vocabulary)))

    def by_subject(data: Any) -> dict[str, dict[str, Any]]:
        given = admit.mapping(data)
        if given is None:
            raise TypeError
        found: dict[str, dict[str, Any]] = {subject: {} for subject in vocabulary.subjects}
        for given_as, fact, item in admit.named(given, find, _unreadable):
            if fact is None:
                if resembles(given_as):
                    raise TypeError
                continue
            subject, _, name = fact.key.partition(".")
            if name in found[subject]:
                raise TypeError
            found[subject][name] = item
        return found

    return by_subject


def field_names(fact: Fact, law: AreaOn) -> Callable[[dict[Any, Any]], dict[str, Any]]:
    """Return the function from a record of a list to its data by English names; raises TypeError where one is given twice."""
    fields = admit.fields_by_name(fact, law.rulebook.vocabulary)

    alike = frozenset(map(looks, fields))

    @lru_cache(MOST_NAMES)
    def find(name: str) -> str:
        found = fields.get(normal(name))
        if found is None and looks(name) in alike:
            raise TypeError
        return f"{name} is no field" if found is None else found.field

    def renamed(given: dict[Any, Any]) -> dict[str, Any]:
        made = {find(name): value for name, value in given.items()}
        if len(made) != len(given):
            raise TypeError
        return made

    return renamed


def _unreadable(why: str, place: str) -> None:
    raise TypeError(why)


def cell(fact: Fact, law: AreaOn) -> Cell:
    """Return the function from one datum of a fact to its canonical value; None where it is blank or cannot be used.

    Raises TypeError for a number that no float stands for, or that is not plausible: whether it counts is
    admission's to say, which knows the record. What was read of a word is remembered.
    """
    admitted = _admitted(fact, law)
    if is_amount(fact.kind):
        alone = replace(fact, kind=replace(fact.kind, whole=False), bounds=Bounds(), plausible=None)
        return partial(
            _number, *_within(fact), fact.kind.whole, admitted, _times(_admitted(alone, law), fact.kind.unit.symbol)
        )
    remembered = lru_cache(MOST_WORDS)(admitted)
    return lambda data: remembered(data) if data.__class__ is str and len(data) < MOST_LETTERS else admitted(data)


def _admitted(fact: Fact, law: AreaOn) -> Cell:
    vocabulary, derived, zone = law.rulebook.vocabulary, frozenset(law.derivations), law.area.zone
    fields = {f.field: f for f in vocabulary.fields(fact.key)}
    return lambda data: _canonical(admit.cell(data, fact, vocabulary, derived, zone), fact, fields)


def _canonical(value: Any, fact: Fact, fields: Mapping[str, Fact]) -> Any:
    """Return an admitted value as plain data."""
    if isinstance(value, Fraction):
        if not short(value) or not fact.unasked.admits(value):
            raise TypeError
        return plain(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
        return [{name: _canonical(v, fields[name], {}) for name, v in item.items()} for item in value]
    return value


def _within(fact: Fact) -> tuple[float, float]:
    """Return floats between which a number is surely within the fact's bounds, and plausible."""
    lows = [b for b in (fact.unasked.minimum, fact.unasked.above) if b is not None]
    high = fact.unasked.maximum
    return max((edges(b, 1)[1] for b in lows), default=-inf), inf if high is None else edges(high, 1)[0]


def _times(admitted: Cell, own: str) -> Callable[[str], Any]:
    """Return the function from the words behind a number to what they multiply it by; None where they say nothing.

    Words with more digits in them say nothing, but where they are the fact's own unit.
    """

    @lru_cache(MOST_WORDS)
    def times(words: str) -> Fraction | int | None:
        if words.strip() != own and any(c.isdigit() for c in words):
            return None
        try:
            one = admitted(f"1{words}")
        except TypeError:
            return None
        return None if one is None else 1 if one == 1 else Fraction(repr(one))

    return times


def _number(
    low: float, high: float, whole: bool, admitted: Cell, times: Callable[[str], Any], data: Any
) -> float | int | None:
    """Return a number written in digits and a unit; what is close to a bound, or written otherwise, by admission."""
    if data.__class__ is Decimal:
        data = str(data)
    if data.__class__ is str and (written := WRITTEN.fullmatch(data)) is not None:
        digits, words = written.groups()
        factor = times(words)
        exact = None if factor is None or factor == 1 else Fraction(digits) * factor
        if factor is not None and (exact is None or short(exact)):
            number = float(digits) if exact is None else float(exact)
            if low < number < high and not (whole and number % 1):
                return number if number % 1 else int(number)
    found: float | int | None = admitted(data)
    return found
