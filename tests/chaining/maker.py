"""Generated chaining programs: small, stratified, with joins, gaps in the data, absence, recursion and counts.

A condition is a nested tuple, written out as rule text for the library and read directly by the oracle.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from safety_rules.language.chain import ChainFact, ChainRule, Pattern, content_key, unlisted
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.kinds import Boolean, Choice, ChoiceList, Date, Kind, Name, Number, Option, Records, Text
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Citation, Period, Source, Standing
from safety_rules.language.units import UnitTable
from safety_rules.language.vocabulary import Fact, Subject, Vocabulary
from safety_rules.semantics.chaining.chain import ChainProgram, program_on
from safety_rules.semantics.checking.check import condition
from safety_rules.semantics.checking.scope import Scope

DAY = datetime.date(2024, 3, 1)
NAME = Name("生成", "generated")
COLOURS = ChoiceList("colour", tuple(Option(k, Name(k, k)) for k in ("red", "green", "blue")))
FIELDS: dict[str, Kind] = {
    "who": Text(), "other": Text(), "size": Number(), "when": Date(), "fine": Boolean(), "colour": Choice(COLOURS),
}  # fmt: skip
VALUES: dict[str, list[Any]] = {
    "who": ["A", "B", "C"],
    "other": ["A", "B", "C"],
    "size": [Fraction(n, 2) for n in range(5)],
    "when": [DAY + datetime.timedelta(days=n) for n in (-40, -1, 0, 1)],
    "fine": [True, False],
    "colour": ["red", "green", "blue"],
}
ALIKE = {"who": "other", "other": "who"}
RELATIONS = 6


def relation(number: int) -> str:
    return f"world.r{number}"


def vocabulary() -> Vocabulary:
    facts = {}
    for n in range(RELATIONS):
        key = relation(n)
        facts[key] = Fact(key, NAME, Records(key), f"世界.类{n}")
        for name, kind in FIELDS.items():
            facts[f"{key}.{name}"] = Fact(f"{key}.{name}", NAME, kind, f"世界.类{n}.{name}")
    by_name = {f.key: f.key for f in facts.values()} | {f.zh_key: f.key for f in facts.values()}
    subjects = {"world": Subject("world", NAME, "世界")}
    return Vocabulary(subjects, facts, {"colour": COLOURS}, UnitTable({}), by_name)


VOCABULARY = vocabulary()
SOURCE = Source("source", NAME, "", None, Period(), Standing.statute)
AUTHORITY = (Citation("source", "1", Standing.statute),)


@dataclass
class MadePattern:
    variable: str
    relation: str
    parts: list[Any]


@dataclass
class MadeRule:
    key: str
    level: int
    given: list[MadePattern]
    unless: list[MadePattern]
    derives: str
    record: dict[str, Any]


@dataclass
class Made:
    """A program for the library, and the same for the oracle."""

    program: ChainProgram
    facts: list[ChainFact]
    rules: list[MadeRule]
    unlisted: set[str] = field(default_factory=set)


def made(seed: int) -> Made:
    """Return the program and records of a seed."""
    random = Random(seed)
    base = random.randint(1, 4)
    rules = [_rule(f"rule{n}", random.randint(base, RELATIONS - 1), base, random) for n in range(random.randint(1, 9))]
    facts, absent = _facts(random, base)
    written = [_written(rule) for rule in rules]
    book = Rulebook(VOCABULARY, {"source": SOURCE}, {}, {}, "generated", chains=tuple(written))
    return Made(program_on(book, DAY), facts, rules, absent)


def _facts(random: Random, base: int) -> tuple[list[ChainFact], set[str]]:
    facts, absent = [], set()
    for n in range(RELATIONS):
        if n < base and random.random() < 0.06:
            absent.add(relation(n))
            facts.append(unlisted(relation(n)))
            continue
        for i in range(random.randint(0, 5) if n < base or random.random() < 0.3 else 0):
            gap = random.choice((0.0, 0.1, 0.3))
            values = {f: random.choice(v) for f, v in VALUES.items() if random.random() >= gap}
            facts.append(ChainFact(relation(n), values, f"{relation(n)}[{i}-{content_key(values)[:4]}]"))
    random.shuffle(facts)
    return facts, absent


def _rule(key: str, level: int, base: int, random: Random) -> MadeRule:
    variables: list[tuple[str, str]] = []
    given = []
    for n in range(random.choice((1, 1, 2, 2, 2, 3))):
        variable, kind = "xyz"[n], relation(random.choice([*range(level), *range(level + 1)]))
        given.append(MadePattern(variable, kind, _parts(variable, [v for v, _ in variables], base, random)))
        variables.append((variable, kind))
    names = [v for v, _ in variables]
    unless = []
    for n in range(random.choice((0, 0, 1, 1, 2))):
        variable = "uv"[n]
        pure = random.random() < 0.5
        derived = [*range(base, level)]
        kind = relation(random.choice(derived if derived and random.random() < 0.6 else range(level)))
        unless.append(MadePattern(variable, kind, _parts(variable, names, base, random, pure)))
    record = {f: _source(f, names, random) for f in random.sample(list(FIELDS), random.randint(1, 3))}
    return MadeRule(key, level, given, unless, relation(level), record)


def _source(name: str, names: list[str], random: Random) -> Any:
    term = ("field", random.choice(names), random.choice((name, ALIKE.get(name, name))))
    draw = random.random()
    if draw < 0.2:
        return ("value", name, random.choice(VALUES[name]))
    if name == "size" and draw < 0.4:
        return ("least", term, ("value", name, Fraction(3, 2)))
    return term


def _parts(variable: str, before: list[str], base: int, random: Random, pure: bool = False) -> list[Any]:
    parts = []
    for _ in range(random.choice((0, 1, 1, 2))):
        name = random.choice(list(FIELDS))
        own = ("field", variable, name)
        constant = ("==", own, ("value", name, random.choice(VALUES[name])))
        join = constant
        if before:
            join = ("==", own, ("field", random.choice(before), random.choice((name, ALIKE.get(name, name)))))
            if random.random() < 0.3:
                join = ("==", join[2], join[1])
        parts.append(random.choice((join, join, constant)))
        if not pure and random.random() < 0.4:
            parts[-1] = _other(variable, before, base, random, parts[-1])
    return parts


def _other(variable: str, before: list[str], base: int, random: Random, atom: Any) -> Any:
    kind = random.choice(("order", "not", "or", "count", "differs"))
    name = random.choice(("size", "when"))
    right = ("value", name, random.choice(VALUES[name]))
    if before and random.random() < 0.5:
        right = ("field", random.choice(before), name)
    order = (random.choice(("<", "<=", ">", ">=")), ("field", variable, name), right)
    if before and random.random() < 0.15:  # a condition that says nothing of its own record
        name = random.choice(list(FIELDS))
        return ("==", ("field", random.choice(before), name), ("value", name, random.choice(VALUES[name])))
    match kind:
        case "order":
            return order
        case "not":
            return ("not", atom)
        case "or":
            return ("or", atom, order)
        case "count":
            inner = ("==", ("field", "k", "who"), ("field", variable, "who"))
            return ("count", relation(random.randrange(base)), inner, random.randint(1, 2))
        case _:
            return ("!=", atom[1], atom[2])


def _written(rule: MadeRule) -> ChainRule:
    scope = Scope(VOCABULARY, {})
    given = []
    for pattern in rule.given:
        scope = scope.with_variable(pattern.variable, Records(pattern.relation))
        given.append(_pattern(pattern, scope))
    unless = [_pattern(p, scope.with_variable(p.variable, Records(p.relation))) for p in rule.unless]
    record = tuple((f, parsed(text(t), scope, FIELDS[f])) for f, t in rule.record.items())
    return ChainRule(rule.key, NAME, Period(), AUTHORITY, tuple(given), tuple(unless), rule.derives, record)


def _pattern(pattern: MadePattern, scope: Scope) -> Pattern:
    that = parsed(" and ".join(text(p) for p in pattern.parts), scope, Boolean()) if pattern.parts else None
    return Pattern(pattern.variable, pattern.relation, NAME, that)


def parsed(written: str, scope: Scope, kind: Kind) -> Any:
    place = Span(SourceText("generated", written), 0, 1)
    expr, wrong = condition(written, scope, lambda _start, _end: place, kind)
    assert expr is not None, (written, [d.message for d in wrong])
    return expr


def text(term: Any) -> str:
    """Return a condition or formula as it stands in a rule file."""
    match term:
        case ("field", variable, name):
            return f"{variable}.{name}"
        case ("value", _, bool() as value):
            return str(value)
        case ("value", _, Fraction() as value):
            return str(float(value))
        case ("value", _, value):
            return f"'{value}'"
        case ("least", a, b):
            return f"min({text(a)}, {text(b)})"
        case ("not", inner):
            return f"not ({text(inner)})"
        case ("or", a, b):
            return f"({text(a)} or {text(b)})"
        case ("count", kind, inner, least):
            return f"count(k for k in {kind} if {text(inner)}) >= {least}"
        case (op, a, b):
            return f"{text(a)} {op} {text(b)}"
        case _:
            raise TypeError(term)
