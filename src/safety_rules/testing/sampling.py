"""Records made at random around everything that an area's rules compare with."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

from safety_rules.language.clock import is_amount, is_time, time_text
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.counsel.candidates import typical
from safety_rules.semantics.decide import AreaOn, contradictions_of, ratios_of
from safety_rules.services.dated_area import DatedArea
from safety_rules.words.values import decimal

MOST_ITEMS = 3


def random_records(area: DatedArea, seed: int, count: int, blank: float = 0.1) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield `count` records as nested plain data; a share of `blank` of the facts is left out."""
    rng = Random(seed)
    values = typical_values(area.law)
    for _ in range(count):
        yield random_record(area.law, rng, values, blank)


def typical_values(law: AreaOn) -> dict[str, list[Any]]:
    """Return, for each given fact of the area's subjects and each field of its lists, values worth testing."""
    vocabulary = law.rulebook.vocabulary
    facts = [f for s in law.area.subjects for f in vocabulary.of_subject(s)]
    facts += [g for f in facts if isinstance(f.kind, Records) for g in vocabulary.fields(f.key)]
    plain = [f for f in facts if f.key not in law.derivations and not isinstance(f.kind, Records)]
    return {f.key: [data_of(v, f) for v in typical(law, f)] for f in plain}


def data_of(value: Any, fact: Fact) -> Any:
    """Return an exact value as plain data: an int, a float that prints as the value, or decimal text; a time as text."""
    if isinstance(value, Fraction) and is_time(fact.kind):
        return time_text(value)
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return value.numerator
        return float(value) if Fraction(repr(float(value))) == value else decimal(value)
    return list(value) if isinstance(value, tuple) else value


def random_record(law: AreaOn, rng: Random, values: dict[str, list[Any]], blank: float) -> dict[str, dict[str, Any]]:
    """Return one record as nested plain data."""
    record: dict[str, dict[str, Any]] = {}
    for subject in law.area.subjects:
        record[subject] = {}
        for fact in law.rulebook.vocabulary.of_subject(subject):
            if fact.key not in law.derivations and rng.random() >= blank:
                record[subject][fact.field] = _data(law, fact, rng, values, blank)
    flat = {f"{s}.{k}": v for s, fields in record.items() for k, v in fields.items()}
    for key, value in in_proportion(flat, law).items():
        subject, _, field = key.partition(".")
        record[subject][field] = value
    return record


def in_proportion(record: Mapping[str, Any], law: AreaOn) -> dict[str, Any]:
    """Return a flat record that admission asks nothing of: a number is made much smaller, an option another, where it must be."""
    record = dict(record)
    for pair in contradictions_of(law):
        if pair.holds(record.get(pair.text), record.get(pair.choice)):
            kind = law.rulebook.vocabulary.facts[pair.choice].kind
            assert isinstance(kind, Choice)
            record[pair.choice] = next(o.key for o in kind.choices.options if o.key not in pair.options)
    for ratio in ratios_of(law):
        of, per, most = record.get(ratio.of), record.get(ratio.per), ratio.plausible.bounds.maximum
        if isinstance(of, int | float | Fraction) and isinstance(per, int | float | Fraction) and per and most:
            if Fraction(of) > Fraction(per) * most:
                record[ratio.of] = floor(Fraction(per) * most / 2)
    return record


def _data(law: AreaOn, fact: Fact, rng: Random, values: dict[str, list[Any]], blank: float) -> Any:
    match fact.kind:
        case Records():
            fields = [f for f in law.rulebook.vocabulary.fields(fact.key) if f.key not in law.derivations]
            count = rng.randrange(int(fact.bounds.minimum or 0), MOST_ITEMS + 1)
            return [
                {f.field: _data(law, f, rng, values, blank) for f in fields if rng.random() >= blank}
                for _ in range(count)
            ]
        case Number(_, whole) if is_amount(fact.kind) and rng.random() < 0.4:
            return rng.randrange(0, 2000) if whole else round(rng.uniform(0.01, 20000), 2)
        case Boolean() | Number() | Choice() | Text():
            return rng.choice(values[fact.key])
        case Choices(choices):
            keys = [o.key for o in choices.options]
            return rng.sample(keys, rng.randrange(0, min(4, len(keys) + 1)))
        case Date():
            day: datetime.date = rng.choice(values[fact.key])
            return day
        case _:
            raise TypeError(fact.kind)
