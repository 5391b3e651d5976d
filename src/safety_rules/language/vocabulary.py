"""Every fact that rules may name and data may carry."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import ChoiceList, Kind, Name, Records
from safety_rules.language.source import Standing
from safety_rules.language.units import UnitTable

BLANK_WORDS = frozenset(
    {"", "unknown", "null", "none", "na", "n/a", "-", "—", "——", "/"}
    | {"未知", "不详", "待定", "待核实", "未填", "暂无", "待补", "待补充"}
)
"""What says nothing in a cell, in lower case; a fact whose own words are among them says so (`blank_words`)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers that make sense for a fact; None leaves that side open."""

    minimum: Fraction | None = None
    above: Fraction | None = None
    maximum: Fraction | None = None

    def both(self, other: Bounds) -> Bounds:
        """Return the bounds of the numbers that lie within these and the others."""
        low = [m for m in (self.minimum, other.minimum) if m is not None]
        above = [m for m in (self.above, other.above) if m is not None]
        high = [m for m in (self.maximum, other.maximum) if m is not None]
        return Bounds(max(low, default=None), max(above, default=None), min(high, default=None))

    def admits(self, number: Fraction) -> bool:
        """Return whether the number lies within."""
        return (
            (self.minimum is None or not _below(number, self.minimum))
            and (self.above is None or _below(self.above, number))
            and (self.maximum is None or not _below(self.maximum, number))
        )


def _below(a: Fraction, b: Fraction) -> bool:
    """Return `a < b`; Fraction's own comparison spends three times as long on asking what the other is."""
    return a.numerator * b.denominator < b.numerator * a.denominator


@dataclass(frozen=True, slots=True)
class Plausible:
    """What an honest number lies within, and why: one outside is unknown until somebody confirms it."""

    bounds: Bounds
    why: Name
    standing: Standing = Standing.assumed


@dataclass(frozen=True, slots=True)
class Ratio:
    """A plausible ratio of two facts of a record, `of` by `per`, in their own units; of no account where `per` is 0."""

    key: str
    name: Name
    of: str
    per: str
    plausible: Plausible
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two facts of a record of which one must be wrong: a text that starts so, `unless` it starts so, and an option.

    A condition could not say it: a blank option decides nothing, and one that is learned later may not overturn a
    verdict.
    """

    key: str
    name: Name
    text: str
    starts: tuple[str, ...]
    unless: tuple[str, ...]
    choice: str
    options: frozenset[str]
    why: Name
    at: Span | None = field(default=None, compare=False, repr=False)

    def holds(self, text: object, option: object) -> bool:
        """Return whether two values contradict each other."""
        if not isinstance(text, str) or option not in self.options:
            return False
        return text.startswith(self.starts) and not text.startswith(self.unless)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: `key` is `subject.name`, or `subject.list.name` for a field of a list's records.

    `step` is the smallest change that the fact's own records can show (0.01 for two decimals).
    Where a record of a list leaves the field blank, its field `or_else` stands in. `blank_words`, in
    lower case, are what says nothing: of no choice list any option is.
    """

    key: str
    name: Name
    kind: Kind
    zh_key: str
    meaning: Name | None = None
    bounds: Bounds = Bounds()
    step: Fraction | None = None
    headings: tuple[str, ...] = ()
    format: str = ""
    adjustable: bool = True
    or_else: str = ""
    blank_words: frozenset[str] = BLANK_WORDS
    plausible: Plausible | None = None
    at: Span | None = field(default=None, compare=False, repr=False)

    @property
    def field(self) -> str:
        """The last part of the key."""
        return self.key.rpartition(".")[2]

    @property
    def unasked(self) -> Bounds:
        """The bounds within which a number is taken without a question: the hard and the plausible ones."""
        return self.bounds if self.plausible is None else self.bounds.both(self.plausible.bounds)


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A form of texts that conditions ask for by name: a pattern that the whole text has, and texts that have it."""

    key: str
    name: Name
    pattern: str
    like: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What facts are about: a project, an enterprise, a unit; `identity` are the facts that name one."""

    key: str
    name: Name
    zh_key: str
    identity: tuple[str, ...] = ()
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All subjects, facts, choice lists, named formats and units; no two formats have one pattern."""

    subjects: Mapping[str, Subject]
    facts: Mapping[str, Fact]
    choices: Mapping[str, ChoiceList]
    units: UnitTable
    by_name: Mapping[str, str]
    ratios: tuple[Ratio, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    formats: Mapping[str, TextFormat] = field(default_factory=dict)
    fields_of: Mapping[str, tuple[Fact, ...]] = field(init=False, compare=False, repr=False)
    asked: tuple[tuple[str, Fact, Bounds], ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Group the fields of lists, and the facts with plausible bounds (with their list), asked for with every record."""
        lists = [k + "." for k, f in self.facts.items() if isinstance(f.kind, Records)]
        grouped = {s[:-1]: tuple(f for f in self.facts.values() if f.key.startswith(s)) for s in lists}
        object.__setattr__(self, "fields_of", grouped)
        plausible = [(f, f.plausible.bounds) for f in self.facts.values() if f.plausible is not None]
        inside = [
            (outer if outer in grouped else "", f, b) for f, b in plausible if (outer := f.key.rpartition(".")[0])
        ]
        object.__setattr__(self, "asked", tuple(inside))

    def format_of(self, pattern: str) -> TextFormat:
        """Return the named format that has a pattern."""
        return next(f for f in self.formats.values() if f.pattern == pattern)

    def find(self, name: str) -> Fact | None:
        """Return the fact with that English or Chinese key."""
        key = self.by_name.get(normal(name))
        return self.facts[key] if key is not None else None

    def fields(self, key: str) -> tuple[Fact, ...]:
        """Return the fields of a list fact's records."""
        return self.fields_of.get(key, ())

    def of_subject(self, subject: str) -> tuple[Fact, ...]:
        """Return a subject's own facts, without the fields of its lists."""
        return tuple(f for f in self.facts.values() if f.key.startswith(subject + ".") and f.key.count(".") == 1)

    def fact_at(self, path: str) -> Fact:
        """Return the fact of a path such as `enterprise.accidents[0].deaths`."""
        return self.facts[fact_key(path)]

    def is_list(self, key: str) -> bool:
        """Return whether the key names a list of records."""
        fact = self.facts.get(key)
        return fact is not None and isinstance(fact.kind, Records)


def normal(name: str) -> str:
    """Return a name as Python's own identifiers are normalised (NFKC)."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def fact_key(path: str) -> str:
    """Return the fact's key of a path: `enterprise.accidents[0].deaths` is `enterprise.accidents.deaths`."""
    if "[" not in path:
        return path
    head, _, rest = path.partition("[")
    return head + rest.partition("]")[2]
