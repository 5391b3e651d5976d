"""What of a stratum durable-rules decides: types, and equalities between fields and with constants.

Everything else (order, arithmetic, dates, what is unknown) is decided by the definition, which checks every
activation again. A record that lacks a tested field is of a type of its own, on which nothing is tested; a rule
has one variant for each way in which its patterns can be of those types. durable-rules never takes one record
for two patterns of a rule, so the second pattern of a relation looks for copies of its records, of another type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from safety_rules.language.chain import ChainFact, ChainRule, Pattern, canonical
from safety_rules.language.errors import ChainEngineError
from safety_rules.language.expr import And, Compare, Expr, ItemField, Literal
from safety_rules.semantics.chaining.pool import equalities

MOST_PATTERNS_OF_A_TYPE = 60
MOST_PATTERNS_OF_A_RULE = 15


class Unsupported(ChainEngineError):
    """The stratum is beyond what durable-rules does safely; the fixpoint serves."""


@dataclass(slots=True)
class Names:
    """Opaque names for durable-rules, no two of them alike in the 32 bits by which it knows them."""

    by_thing: dict[tuple[str, str], str] = field(default_factory=dict)
    hashes: set[int] = field(default_factory=set)
    things: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str, thing: str) -> str:
        """Return the name of a thing of a kind."""
        found = self.by_thing.get((kind, thing))
        if found is not None:
            return found
        salt = 0
        while True:
            name = f"{kind[0]}{len(self.by_thing)}" + (f"s{salt}" if salt else "")
            if fnv(name) not in self.hashes:
                break
            salt += 1
        self.hashes.add(fnv(name))
        self.by_thing[kind, thing] = name
        self.things[name] = thing
        return name


def fnv(text: str) -> int:
    """Return the 32-bit FNV-1a hash of a text."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


@dataclass(frozen=True, slots=True)
class Test:
    """A field of one variable that equals a constant, or the field of another variable."""

    variable: str
    field: str
    other: str
    other_field: str
    constant: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What durable-rules tests in one stratum: per rule, and the fields that a record must have for it."""

    number: int
    rules: Sequence[ChainRule]
    tests: Mapping[str, tuple[Test, ...]]
    fields: Mapping[str, frozenset[str]]
    shadow_fields: Mapping[str, frozenset[str]]

    def reads(self, relation: str) -> bool:
        """Return whether a rule of the stratum looks for records of the relation."""
        return any(p.relation == relation for r in self.rules for p in r.given)

    def copies(self, relation: str) -> int:
        """Return how many patterns of one rule look for records of the relation, at most."""
        return max((sum(p.relation == relation for p in r.given) for r in self.rules), default=0)

    def is_open(self, fact: ChainFact) -> bool:
        """Return whether a record lacks a field that is tested."""
        return not self.fields.get(fact.relation, frozenset()) <= fact.values.keys()


def plan(number: int, rules: Sequence[ChainRule], derived: Mapping[str, Any]) -> Plan:
    """Return the plan of a stratum; fields that derivations work out are left to the definition."""
    tests: dict[str, tuple[Test, ...]] = {}
    fields: dict[str, set[str]] = {}
    shadows: dict[str, set[str]] = {}
    for rule in rules:
        found = [t for p in rule.given for t in _tests(p, derived[rule.key])]
        relation_of = {p.variable: p.relation for p in (*rule.given, *rule.unless)}
        for pattern in (p for p in rule.unless if _only_tests(p, derived[rule.key])):
            shadows.setdefault(pattern.relation, set())
            found += _tests(pattern, derived[rule.key])
        avoided = {p.variable for p in rule.unless}
        for test in found:
            for variable, name in ((test.variable, test.field), (test.other, test.other_field)):
                if variable:
                    kept = shadows if variable in avoided else fields
                    kept.setdefault(relation_of[variable], set()).add(name)
        tests[rule.key] = tuple(found)
    return Plan(
        number, rules, tests, {r: frozenset(f) for r, f in fields.items()},
        {r: frozenset(f) for r, f in shadows.items()},
    )  # fmt: skip


def _tests(pattern: Pattern, derived: Mapping[str, Any]) -> list[Test]:
    """Return the equalities of a pattern that durable-rules can decide, this pattern's variable first."""
    found = [_test(e, derived) for e in equalities(pattern)]
    return [t for t in found if t is not None]


def _test(comparison: Compare, derived: Mapping[str, Any]) -> Test | None:
    left, right = comparison.left, comparison.right
    if not isinstance(left, ItemField):
        left, right = right, left
    if not isinstance(left, ItemField) or left.key in derived:
        return None
    name = left.key.rpartition(".")[2]
    if isinstance(right, Literal):
        return Test(left.variable, name, "", "", canonical(right.value))
    if not isinstance(right, ItemField) or right.key in derived or right.variable == left.variable:
        return None
    return Test(left.variable, name, right.variable, right.key.rpartition(".")[2])


def _only_tests(pattern: Pattern, derived: Mapping[str, Any]) -> bool:
    """Return whether a pattern asks for nothing but equalities of its own record that durable-rules can decide."""
    expr: Expr | None = pattern.that
    parts = expr.operands if isinstance(expr, And) else () if expr is None else (expr,)
    own = [t for t in _tests(pattern, derived) if pattern.variable in (t.variable, t.other)]
    return len(own) == len(parts)


def variants(rule: ChainRule, open_: Iterable[str]) -> Iterator[frozenset[str]]:
    """Yield, for each variant of a rule, the variables whose records lack a tested field."""
    listed = set(open_)
    choices = [(False, True) if p.relation in listed else (False,) for p in rule.given]
    for chosen in product(*choices):
        yield frozenset(p.variable for p, is_open in zip(rule.given, chosen, strict=True) if is_open)


def definition(stratum: Plan, open_: Iterable[str], names: Names) -> dict[str, tuple[ChainRule, list[Any]]]:
    """Return the patterns of every variant of every rule, by an opaque name; raises Unsupported beyond the limits."""
    made: dict[str, tuple[ChainRule, list[Any]]] = {}
    uses: dict[str, int] = {}
    for rule in stratum.rules:
        for lacking in variants(rule, open_):
            patterns = _patterns(rule, stratum, lacking, names, uses)
            if len(patterns) > MOST_PATTERNS_OF_A_RULE:
                message = f"`{rule.key}` has more than {MOST_PATTERNS_OF_A_RULE} patterns"
                raise Unsupported(stratum.number, [rule.key], message)
            made[names.of("r", f"{rule.key}|{'|'.join(sorted(lacking))}")] = (rule, patterns)
    for name, count in uses.items():
        if count > MOST_PATTERNS_OF_A_TYPE:
            message = f"{count} patterns look for `{names.things[name]}`, {MOST_PATTERNS_OF_A_TYPE} at most"
            raise Unsupported(stratum.number, [r.key for r in stratum.rules], message)
    return made


def _patterns(
    rule: ChainRule, stratum: Plan, lacking: frozenset[str], names: Names, uses: dict[str, int]
) -> list[dict[str, Any]]:
    """Return a variant's patterns: type, guards of tested fields, constants, joins, and one join that always holds."""
    first = _alias(rule, rule.given[0].variable)
    made = []
    given = [(p, f"{'o' if p.variable in lacking else 't'}{_copy(p, rule)}") for p in rule.given]
    tests = [t for t in stratum.tests[rule.key] if not {t.variable, t.other} & lacking]
    shadowed = [(p, "n") for p in rule.unless if _whole(p, rule, stratum, tests)]
    seen: set[str] = set()
    for pattern, kind in (*given, *shadowed):
        alias, type_ = _alias(rule, pattern.variable), names.of(kind, pattern.relation)
        uses[type_] = uses.get(type_, 0) + 1
        own = [t for t in tests if t.variable == pattern.variable and (not t.other or t.other in seen)]
        turned = [t for t in tests if t.other == pattern.variable and t.variable in seen]
        tested = sorted({_field(t, pattern.variable) for t in tests if pattern.variable in (t.variable, t.other)})
        parts: list[dict[str, Any]] = [{"t": type_}]
        parts += [{"$ex": {names.of("f", f): 1}} for f in tested]
        parts += [{names.of("f", t.field): names.of("v", t.constant)} for t in own if not t.other]
        for test in (t for t in own if t.other):
            parts.append(_join(names, test.field, _alias(rule, test.other), test.other_field))
        for test in turned:
            parts.append(_join(names, test.other_field, _alias(rule, test.variable), test.field))
        parts.append({"z": {first: "z"}} if alias != first else {"z": 1})
        made.append({alias if kind != "n" else f"{alias}$not": {"$and": parts}})
        seen.add(pattern.variable)
    return made


def _copy(pattern: Pattern, rule: ChainRule) -> int:
    """Return how many patterns of the rule look for the same relation before this one."""
    return sum(p.relation == pattern.relation for p in rule.given[: rule.given.index(pattern)])


def _whole(pattern: Pattern, rule: ChainRule, stratum: Plan, tests: Sequence[Test]) -> bool:
    """Return whether a variant tests all that an `unless` pattern asks for, so that absence means absence."""
    if pattern.relation not in stratum.shadow_fields:
        return False
    asked = [t for t in stratum.tests[rule.key] if pattern.variable in (t.variable, t.other)]
    expr = pattern.that
    parts = len(expr.operands) if isinstance(expr, And) else 0 if expr is None else 1
    return len(asked) == parts and all(t in tests for t in asked)


def _field(test: Test, variable: str) -> str:
    return test.field if test.variable == variable else test.other_field


def _join(names: Names, own: str, alias: str, other: str) -> dict[str, Any]:
    return {names.of("f", own): {alias: names.of("f", other)}}


def _alias(rule: ChainRule, variable: str) -> str:
    order = [p.variable for p in (*rule.given, *rule.unless)]
    return f"p{order.index(variable)}"
