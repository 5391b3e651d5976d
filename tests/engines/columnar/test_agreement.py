"""A table never disagrees with a record: generated rows of the admission area, and of the others.

`SAFETY_RULES_EFFORT=25` compares a hundred thousand of admission.

All rows are compared with the exact compiled functions on admitted records, which a test of their own holds to the
definition; one in 150 plain rows and one in 40 strange rows is compared with the definition itself. Rows carry
blanks, values at and beside every threshold, NaN, infinity, huge and tiny numbers, repeating fractions, and Chinese
words.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from random import Random
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from effort import effort
from safety_rules.engines.compiled import compiled
from safety_rules.engines.sql.exactness.settle import joined, masks_by_definition
from safety_rules.engines.sql.records import arrow_type
from safety_rules.language.kinds import Choice, Choices, Number, Records
from safety_rules.services.dated_area import DatedArea
from safety_rules.testing.sampling import random_record, typical_values

STRANGE = (float("nan"), float("inf"), -1.0, 1e300, 1e-300, 1e16, 0.1 + 0.2, 1e15, 2000 / 3, 0.07, 21.0, 5e-324, -0.0)


def rows(area: DatedArea, seed: int, count: int, strange: float) -> list[dict[str, Any]]:
    """Return rows by fact key, with a share of strange numbers and Chinese words for choices."""
    rng, law = Random(seed), area.law
    values = typical_values(law)
    found = []
    for _ in range(count):
        record = random_record(law, rng, values, 0.05)
        flat = {f"{s}.{name}": v for s, facts in record.items() for name, v in facts.items()}
        found.append({k: _cell(area, k, v, rng, strange) for k, v in flat.items()})
    return found


def _cell(area: DatedArea, key: str, value: Any, rng: Random, strange: float) -> Any:
    fact = area.law.rulebook.vocabulary.facts[key]
    if isinstance(fact.kind, Records):
        return [{n: _cell(area, f"{key}.{n}", v, rng, strange) for n, v in item.items()} for item in value]
    if rng.random() >= strange:
        return float(value) if isinstance(fact.kind, Number) else value
    if isinstance(fact.kind, Number):
        return rng.choice(STRANGE)
    if isinstance(fact.kind, Choice):
        return rng.choice([fact.kind.choices[value].name.zh, f" {value}", "不详", "没有这一项"])
    if isinstance(fact.kind, Choices) and value:
        return [fact.kind.choices[value[0]].name.zh, *value[1:]]
    return value


def arrow(area: DatedArea, found: list[dict[str, Any]]) -> pa.Table:
    facts = area.law.rulebook.vocabulary.facts
    keys = sorted({k for row in found for k in row})
    return pa.table(
        {k: pa.array([row.get(k) for row in found], arrow_type(facts[k], area.law.rulebook.vocabulary)) for k in keys}
    )


def compared(area: DatedArea, found: list[dict[str, Any]], definition_every: int) -> Mapping[str, Any]:
    """Compare each row of the table's decision with its record; return what the decision says of itself."""
    decision = area.decide_table(arrow(area, found))
    exact, definition = compiled(area.law), masks_by_definition(area.law, ())
    assert decision.rows == len(found)
    broken = 0
    for i, (row, got) in enumerate(zip(found, decision, strict=True)):
        record = area.admit(row)
        want = tuple(exact.masks(record.values)) if i % definition_every else definition(record)
        assert tuple(joined(got[name]) for name in ("violated", "undetermined", "not_applicable")) == want, row
        broken |= want[0]
    return {"sent_back": decision.sent_back, "broken": broken.bit_count()}


def test_rows_of_admission_agree_with_their_records() -> None:
    area, count = sr.load().area("admission").on("2020-10-01"), effort(4_000)
    said = compared(area, rows(area, 1, count, 0.0), 150)
    assert said["sent_back"] < count / 4  # rows of which bounds may say more are settled by the exact function
    assert said["broken"] == len(area.law.rules)  # nearly every row is rejected, but each rule breaks in some
    compared(area, rows(area, 2, effort(1_000), 0.03), 40)


@pytest.mark.parametrize("key", [k for k in sr.load().areas if k != "admission"])
def test_other_areas_agree_with_their_records(key: str) -> None:
    rules = sr.load().area(key)
    area = rules.on(rules.area.default_on or datetime.date(2021, 6, 1))
    compared(area, rows(area, 3, effort(60 if key == "hidden_danger" else 300), 0.02), 20)
