"""Admitted records as an Arrow table, one column for each fact: what a table engine would be given."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa

from safety_rules.language.kinds import Boolean, Choices, Date, Number, Records
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.decide import AreaOn


def arrow_type(fact: Fact, vocabulary: Vocabulary) -> pa.DataType:
    match fact.kind:
        case Boolean():
            return pa.bool_()
        case Number():
            return pa.float64()
        case Date():
            return pa.date32()
        case Choices():
            return pa.list_(pa.string())
        case Records():
            fields = [pa.field(f.field, arrow_type(f, vocabulary)) for f in vocabulary.fields(fact.key)]
            return pa.list_(pa.struct(fields))
        case _:
            return pa.string()


def plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, tuple):
        return [{k: plain(v) for k, v in item.items()} if isinstance(item, dict) else item for item in value]
    return value


def arrow_table(law: AreaOn, records: Sequence[Record]) -> pa.Table:
    """Return the records' given facts of the law's subjects."""
    vocabulary = law.rulebook.vocabulary
    facts = [f for s in law.area.subjects for f in vocabulary.of_subject(s) if f.key not in law.derivations]
    return pa.table(
        {f.key: pa.array([plain(r.values.get(f.key)) for r in records], arrow_type(f, vocabulary)) for f in facts}
    )
