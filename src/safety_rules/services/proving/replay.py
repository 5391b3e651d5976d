"""Records as YAML, and back: what an answer shows is read again and decided by the definition."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from safety_rules.language.clock import is_time, time_text
from safety_rules.language.kinds import Value
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.loading.compose import document
from safety_rules.loading.tree import Mapping as Tree
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.words.values import decimal


def record_text(record: Record, vocabulary: Vocabulary) -> str:
    """Return a record as YAML, one fact a line, as a case of a rule file gives it."""
    lines = [f"{key}: {_written(value, key, vocabulary)}" for key, value in sorted(record.values.items())]
    return "\n".join(lines) or "{}"


def _written(value: Value, key: str, vocabulary: Vocabulary) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Fraction() if is_time(vocabulary.facts[key].kind):
            return f'"{time_text(value)}"'
        case Fraction():
            shown = decimal(value)
            return f'"{value}"' if shown.startswith("≈") else shown
        case datetime.date():
            return value.isoformat()
        case str():
            plain = value.isidentifier() and value.isascii() and value not in ("true", "false", "null")
            return value if plain else json.dumps(value, ensure_ascii=False)
        case tuple():
            return "[" + ", ".join(_item(v, key, vocabulary) for v in value) + "]"
        case _:
            raise TypeError(value)


def _item(item: Any, key: str, vocabulary: Vocabulary) -> str:
    if isinstance(item, Mapping):
        return "{" + ", ".join(f"{k}: {_written(v, f'{key}.{k}', vocabulary)}" for k, v in item.items()) + "}"
    return _written(item, key, vocabulary)


def read_back(record: Record, law: AreaOn) -> Record:
    """Return the record that its YAML is admitted as; what is proved holds for numbers that are not plausible too."""
    tree, _ = document("record.yaml", record_text(record, law.rulebook.vocabulary).encode())
    given = tree if isinstance(tree, Tree) else {}
    return area_record(replace(law, accepted=None), dict(given))


def is_read_back(record: Record, law: AreaOn) -> bool:
    """Return whether the record's YAML is admitted as the same record, without a problem."""
    again = read_back(record, law)
    return not again.problems and _comparable(again.values) == _comparable(record.values)


def _comparable(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return values so that the order of a list of choices does not matter."""
    return {
        k: frozenset(v) if isinstance(v, tuple) and v and isinstance(v[0], str) else _inner(v)
        for k, v in values.items()
    }


def _inner(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_comparable(v) if isinstance(v, Mapping) else v for v in value]
    return value
