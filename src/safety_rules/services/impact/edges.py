"""Records at and beside every edge of what an item reads, under two laws: random bases, each moved to its edges."""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random
from typing import Any

from safety_rules.language.expr import And, Expr, FactRef, ItemField, walk
from safety_rules.language.kinds import Choices, Name, Number, Records
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation, Obligation, Otherwise, Rule
from safety_rules.language.truth import Truth
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.counsel.candidates import candidates, typical
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.evaluate import truth
from safety_rules.semantics.reads import walk_through
from safety_rules.services.impact.meaning import Item, ItemKey, conditions
from safety_rules.words.values import amount

MOST_BASES = 60
BLANK = 0.08
TRIED_VALUES = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """One item under the old law and under the new, on one day; `written` is what records write for some facts."""

    item: ItemKey
    before: Item | None
    after: Item | None
    old: AreaOn
    new: AreaOn
    written: Mapping[str, list[Any]] = field(default_factory=dict)


def admitted(given: dict[str, Any], law: AreaOn) -> Record:
    """Return data as a record under a law."""
    return area_record(law, given)


def edge_records(pair: Pair, most: int) -> Iterator[dict[str, Any]]:
    """Yield records at random around everything that the two items compare with, then each beside its edges."""
    rng = Random(f"{pair.item} {pair.old.as_of}")
    sides = [focused(i, law) for i, law in ((pair.before, pair.old), (pair.after, pair.new)) if i is not None]
    facts = {f.key: f for _, law in sides for f in read_facts(law)}
    values = {key: _values(key, [law for _, law in sides]) for key in (*facts, *_fields(facts.values(), sides))}
    values |= {k: list(v) for k, v in pair.written.items() if k in values}
    if not facts:
        yield {}
        return
    for _ in range(max(MOST_BASES, most // 40)):
        base = {k: _one(f, values, sides, rng) for k, f in facts.items() if rng.random() >= BLANK}
        yield base
        chosen = {k: values[k] for k, f in facts.items() if values.get(k) and not isinstance(f.kind, Choices)}
        for rule, law in sides:
            met = _met(base, chosen, rule, law, rng)
            yield met
            yield from _beside(met, rule, law)
            yield from ({k: v for k, v in met.items() if k != key} for key in met)


def _met(base: dict[str, Any], values: dict[str, list[Any]], rule: Rule, law: AreaOn, rng: Random) -> dict[str, Any]:
    """Return a record that meets more of a rule's conditions: only there does one more of them decide.

    One fact at a time takes, of a few values, that with which most conditions hold.
    """
    parts = [p for c in rule.applies_when + rule.requires for p in _parts(c.that)]
    best, most = base, _count(base, parts, law)
    for key in rng.sample(list(values), len(values)):
        for value in rng.sample(values[key], min(TRIED_VALUES, len(values[key]))):
            if most == len(parts):
                return best
            changed = {**best, key: value}
            count = _count(changed, parts, law)
            if count > most:
                best, most = changed, count
    return best


def _parts(expr: Expr) -> list[Expr]:
    return [p for o in expr.operands for p in _parts(o)] if isinstance(expr, And) else [expr]


def _count(given: dict[str, Any], parts: list[Expr], law: AreaOn) -> int:
    env = law.environment(admitted(given, law))
    return sum(truth(p, env)[0] is Truth.TRUE for p in parts)


def focused(item: Item, law: AreaOn) -> tuple[Rule, AreaOn]:
    """Return an item as a rule of its own, under a law that holds nothing but it and what it reads."""
    rule = item if isinstance(item, Rule) else _as_rule(item)
    seen: set[str] = set()
    for expr in conditions(item):
        deque(walk_through(expr, law.derivations, seen), 0)
    read = {key: d for key, d in law.derivations.items() if key in seen}
    if isinstance(item, Derivation):
        read[item.fact] = item
    return rule, replace(law, rules=(rule,), derivations=read)


def _as_rule(item: Derivation | Obligation) -> Rule:
    clauses = item.applies_when if isinstance(item, Obligation) else ()
    return Rule(item.key, Name("", ""), item.in_force, (), (), clauses, Otherwise(None))


def read_facts(law: AreaOn) -> list[Fact]:
    """Return the given facts that a focused law reads; of a list's fields, the list."""
    exprs = [c.that for r in law.rules for c in r.applies_when + r.requires]
    exprs += [d.formula for d in law.derivations.values()]
    keys = [n.key for e in exprs for n in walk(e) if isinstance(n, FactRef | ItemField)]
    known = law.rulebook.vocabulary
    own = dict.fromkeys(k if known.facts[k].key.count(".") == 1 else k.rpartition(".")[0] for k in keys)
    outer = {d.fact.rpartition(".")[0]: None for d in law.derivations.values() if d.variable is not None}
    return [known.facts[k] for k in own | outer if k not in law.derivations]


def _fields(facts: Iterable[Fact], sides: list[tuple[Rule, AreaOn]]) -> list[str]:
    lists = [f.key for f in facts if isinstance(f.kind, Records)]
    return [f.key for key in lists for _, law in sides for f in law.rulebook.vocabulary.fields(key)]


def _values(key: str, laws: list[AreaOn]) -> list[Any]:
    """Return values worth testing as data, in the words of each law's own vocabulary."""
    made: dict[str, Any] = {}
    for law in laws:
        fact = law.rulebook.vocabulary.facts.get(key)
        if fact is not None and not isinstance(fact.kind, Records):
            made |= {repr(d): d for d in (written(v, fact) for v in typical(law, fact)) if d is not None}
    return list(made.values())


def written(value: Any, fact: Fact) -> Any:
    """Return an exact value as people write it, with its unit; None where no decimal writes it."""
    if isinstance(value, Fraction) and isinstance(fact.kind, Number):
        number = amount(value, fact.kind)
        return None if number.startswith("≈") else number
    if isinstance(value, datetime.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _one(fact: Fact, values: dict[str, list[Any]], sides: list[tuple[Rule, AreaOn]], rng: Random) -> Any:
    if isinstance(fact.kind, Records):
        derived = {k for _, law in sides for k in law.derivations}
        fields = [f for _, law in sides for f in law.rulebook.vocabulary.fields(fact.key) if f.key not in derived]
        inner = list({f.key: f for f in fields if values.get(f.key)}.values())
        return [
            {f.field: rng.choice(values[f.key]) for f in inner if rng.random() >= BLANK}
            for _ in range(rng.randrange(4))
        ]
    if isinstance(fact.kind, Choices) and not any(isinstance(v, str) for v in values[fact.key]):
        keys = [o.key for o in fact.kind.choices.options]
        return rng.sample(keys, rng.randrange(0, min(4, len(keys) + 1)))
    return rng.choice(values[fact.key]) if values[fact.key] else None


def _beside(base: dict[str, Any], rule: Rule, law: AreaOn) -> Iterator[dict[str, Any]]:
    """Yield a record with one number moved to where the rule's truth can change, and beside it."""
    record = admitted(base, law)
    for path in _numeric_paths(base, law):
        fact = law.rulebook.vocabulary.fact_at(path)
        for value in candidates(law, record, [rule], path):
            text = written(value, fact)
            if text is not None:
                yield _put(base, path, text)


def _numeric_paths(base: dict[str, Any], law: AreaOn) -> Iterator[str]:
    facts = law.rulebook.vocabulary.facts
    for key, value in base.items():
        if key in facts and isinstance(facts[key].kind, Number):
            yield key
        elif isinstance(value, list) and key in facts and isinstance(facts[key].kind, Records):
            for i, item in enumerate(value[:1]):
                inner = [f for f in item if isinstance(facts[f"{key}.{f}"].kind, Number)]
                yield from (f"{key}[{i}].{f}" for f in inner)


def _put(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    if "[" not in path:
        return {**base, path: value}
    head, _, rest = path.partition("[")
    index, _, name = rest.partition("]")
    items = [dict(i) for i in base[head]]
    items[int(index)][name.lstrip(".")] = value
    return {**base, head: items}
