"""One record in the shapes in which callers send it, and with long lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import safety_rules as sr
from safety_rules.language.kinds import Boolean, Choice, Choices, Number
from safety_rules.language.vocabulary import Fact

Shape = Callable[[Mapping[str, Mapping[str, Any]], sr.DatedArea], Any]


def _cells(data: Mapping[str, Mapping[str, Any]], area: sr.DatedArea) -> Iterator[tuple[str, str, Fact, Any]]:
    facts = area.law.rulebook.vocabulary.facts
    for subject, given in data.items():
        for name, value in given.items():
            yield subject, name, facts[f"{subject}.{name}"], value


def _each(change: Callable[[Fact, Any], Any]) -> Shape:
    """Return the shape that changes every value, also those of list records."""

    def shape(data: Mapping[str, Mapping[str, Any]], area: sr.DatedArea) -> Any:
        facts, made = area.law.rulebook.vocabulary.facts, dict[str, Any]()
        for subject, name, fact, value in _cells(data, area):
            if isinstance(value, list) and value and isinstance(value[0], dict):
                value = [{k: change(facts[f"{fact.key}.{k}"], v) for k, v in row.items()} for row in value]
            made.setdefault(subject, {})[name] = change(fact, value)
        return made

    return shape


def _number(fact: Fact, value: Any) -> bool:
    return isinstance(fact.kind, Number) and isinstance(value, int | float)


def _spelled(fact: Fact, value: Any) -> Any:
    match fact.kind:
        case Boolean() if isinstance(value, bool):
            return "是" if value else "否"
        case Choice(choices) if isinstance(value, str):
            return choices[value].name.zh
        case Choices(choices) if isinstance(value, list):
            return "、".join(choices[v].name.zh for v in value) or "无"
        case _:
            return value


def _chinese(data: Mapping[str, Mapping[str, Any]], area: sr.DatedArea) -> Any:
    """Return a flat record under Chinese names."""
    facts, made = area.law.rulebook.vocabulary.facts, dict[str, Any]()
    for _, _, fact, value in _cells(data, area):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value = [{facts[f"{fact.key}.{k}"].zh_key.rpartition(".")[2]: v for k, v in row.items()} for row in value]
        made[fact.zh_key] = value
    return made


@cache
def _model(area: str) -> Any:
    return sr.load().area(area).record_model()


def _pydantic(data: Mapping[str, Mapping[str, Any]], area: sr.DatedArea) -> Any:
    return _model(area.key).model_validate(data)


def _nulls(data: Mapping[str, Mapping[str, Any]], area: sr.DatedArea) -> Any:
    """Return the record with every tenth value None."""
    cells = enumerate(_cells(data, area))
    made: dict[str, Any] = {}
    for n, (subject, name, _, value) in cells:
        made.setdefault(subject, {})[name] = None if n % 10 == 3 else value
    return made


SHAPES: dict[str, Shape] = {
    "10 % blank, None": _nulls,
    "Chinese names, complete": _chinese,
    "Chinese words for choices and flags, complete": _each(_spelled),
    "numbers as text, complete": _each(lambda f, v: str(v) if _number(f, v) else v),
    "units in text, complete": _each(lambda f, v: f"{v}{f.kind.unit.symbol}" if _number(f, v) else v),  # type: ignore[union-attr]
    "a pydantic model, complete": _pydantic,
}


def many_items(data: Mapping[str, Mapping[str, Any]], count: int) -> dict[str, dict[str, Any]]:
    """Return a record whose longest list of records is repeated up to a length."""
    made = {s: dict(given) for s, given in data.items()}
    lists = [
        (s, k) for s, g in made.items() for k, v in g.items() if isinstance(v, list) and v and isinstance(v[0], dict)
    ]
    subject, name = max(lists, key=lambda at: len(made[at[0]][at[1]]))
    rows = made[subject][name]
    made[subject][name] = [dict(rows[i % len(rows)]) for i in range(count)]
    return made
