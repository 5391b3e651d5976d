"""What no honest record has is asked, not believed: numbers until somebody confirms them, and two facts that contradict.

Hard bounds say what cannot be (a negative area); plausible ones, a fact's own or those of a ratio of two
facts, say what is more likely a slip of the unit or of a digit. It is looked at when a whole record is
admitted, since a ratio and the name of the record are known only then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.kinds import Choice, Number, Value
from safety_rules.language.vocabulary import Bounds, Fact, Ratio, Vocabulary
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.words.said import Said, said
from safety_rules.words.values import amount, decimal

Put = Callable[[Unusable, str, Any], None]
Doubt = tuple[str, Fact, Fraction, dict[str, Any] | None]


def ask(
    values: dict[str, Any], vocabulary: Vocabulary, accepted: Sequence[Acceptance], put: Put
) -> tuple[Acceptance, ...]:
    """Take the numbers that are not plausible, and not accepted, out of a record's values; return what counted.

    `put` names each of them. Of a ratio that is not plausible either number may be the wrong one: both are
    taken out, unless both were accepted. Ratios are those of numbers that are plausible by themselves.
    """
    granted = _granted(values, vocabulary, accepted) if accepted else {}
    used: dict[Acceptance, None] = {}
    for path, fact, value, item in list(_doubted(values, vocabulary)):
        acceptance = granted.get((fact.key, value))
        if acceptance is not None:
            used[acceptance] = None
            continue
        put(_odd_number(fact, value), path, _shown(value, fact))
        if item is None:
            del values[path]
        else:
            _forget(item, fact, vocabulary)
    wrong: dict[str, tuple[Unusable, str]] = dict(_contradicted(values, vocabulary))
    for ratio in vocabulary.ratios:
        of, per = values.get(ratio.of), values.get(ratio.per)
        if isinstance(of, Fraction) and isinstance(per, Fraction) and per and _is_odd(ratio, of, per):
            pair = [(ratio.of, of), (ratio.per, per)]
            if all(p in granted for p in pair):
                used |= {granted[p]: None for p in pair}
                continue
            facts = [vocabulary.facts[key] for key, _ in pair]
            for (key, value), fact in zip(pair, facts, strict=True):
                wrong.setdefault(key, (_odd_ratio(ratio, fact, facts, (of, per)), _shown(value, fact)))
    for key, (why, given) in wrong.items():
        del values[key]
        put(why, key, given)
    return tuple(used)


def _contradicted(values: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[tuple[str, tuple[Unusable, str]]]:
    """Yield both facts of each contradiction, with why either may be wrong."""
    for pair in vocabulary.contradictions:
        text, option = values.get(pair.text), values.get(pair.choice)
        if text is not None and option is not None and pair.holds(text, option):
            fact, other = vocabulary.facts[pair.text], vocabulary.facts[pair.choice]
            assert isinstance(other.kind, Choice)
            assert isinstance(text, str)
            assert isinstance(option, str)
            name = other.kind.choices[option].name
            why = Unusable("implausible.pair", fact=fact.name, text=text, other=other.name, option=name, why=pair.why)
            yield pair.text, (why, text)
            yield pair.choice, (why, name.zh)


def _granted(
    values: Mapping[str, Any], vocabulary: Vocabulary, accepted: Sequence[Acceptance]
) -> dict[tuple[str, Fraction], Acceptance]:
    """Return the acceptances that name this record, by fact and value."""
    names = {str(values[k]) for s in vocabulary.subjects.values() for k in s.identity if k in values}
    return {(a.fact, a.value): a for a in accepted if a.record in names}


def _doubted(values: dict[str, Any], vocabulary: Vocabulary) -> Iterator[Doubt]:
    """Yield each number outside its fact's plausible bounds: its path, fact and value, and its list's record."""
    for outer, fact, bounds in vocabulary.asked:
        if not outer:
            value = values.get(fact.key)
            if value is not None and _outside(value.numerator, value.denominator, bounds):
                yield fact.key, fact, value, None
            continue
        for i, item in enumerate(values.get(outer, ())):
            value = item.get(fact.field)
            if value is not None and _outside(value.numerator, value.denominator, bounds):
                yield f"{outer}[{i}].{fact.field}", fact, value, item


def _forget(item: dict[str, Value], fact: Fact, vocabulary: Vocabulary) -> None:
    """Take a field out of a list's record, and what stands there because of it."""
    gone = item.pop(fact.field)
    for other in vocabulary.fields(fact.key.rpartition(".")[0]):
        if other.or_else == fact.field and item.get(other.field) == gone:
            del item[other.field]


def _is_odd(ratio: Ratio, of: Fraction, per: Fraction) -> bool:
    """Return whether a ratio is not plausible; its numbers are multiplied, since a division costs ten times as much."""
    bounds = ratio.plausible.bounds
    return _outside(of.numerator * per.denominator, of.denominator * per.numerator, bounds)


def _outside(top: int, bottom: int, bounds: Bounds) -> bool:
    """Return whether top over bottom is below or above plausible bounds, which hold their own ends."""
    low, high = bounds.minimum, bounds.maximum
    return (high is not None and top * high.denominator > high.numerator * bottom) or (
        low is not None and top * low.denominator < low.numerator * bottom
    )


def _odd_number(fact: Fact, value: Fraction) -> Unusable:
    plausible = fact.plausible
    assert plausible is not None
    range_ = _range(plausible.bounds, _unit(fact))
    return Unusable("implausible", fact=fact.name, amount=_shown(value, fact), range=range_, why=plausible.why)


def _odd_ratio(ratio: Ratio, fact: Fact, facts: Sequence[Fact], pair: tuple[Fraction, Fraction]) -> Unusable:
    of, per = (f.kind for f in facts)
    assert isinstance(of, Number)
    assert isinstance(per, Number)
    unit = of.unit.over(per.unit).symbol
    shown = decimal((pair[0] / pair[1]).limit_denominator(10**6))
    return Unusable(
        "implausible.ratio", fact=fact.name, amount=_shown(pair[fact is facts[1]], fact), ratio=ratio.name,
        found=f"{shown} {unit}", range=_range(ratio.plausible.bounds, unit), why=ratio.plausible.why,
    )  # fmt: skip


def _range(bounds: Bounds, unit: str) -> Said:
    low = bounds.above if bounds.above is not None else bounds.minimum
    amounts = {k: f"{decimal(n)} {unit}".strip() for k, n in (("low", low), ("high", bounds.maximum)) if n is not None}
    if len(amounts) == 2:
        return said("plausible-range.between", **amounts)
    return said("plausible-range.least" if low is not None else "plausible-range.most", **amounts)


def _shown(value: Fraction, fact: Fact) -> str:
    return amount(value, fact.kind)


def _unit(fact: Fact) -> str:
    assert isinstance(fact.kind, Number)
    return fact.kind.unit.symbol
