"""Admitted records as a table that the table engines read, and what their queries say of them as masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from safety_rules.engines.sql.exactness.settle import joined
from safety_rules.language.clock import is_amount, is_time, time_text
from safety_rules.language.kinds import Boolean, Choices, Date, Number, Records
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.decide import AreaOn

Masks = Callable[[AreaOn, Sequence[Record]], list[tuple[int, int, int] | None]]
MASKS = ("violated", "undetermined", "not_applicable")


def masks_of(row: dict[str, Any]) -> tuple[int, int, int] | None:
    """Return the masks of a row; None where it goes back to be settled exactly."""
    violated, undetermined, not_applicable = (joined(row[m]) if not row["again"] else 0 for m in MASKS)
    return None if row["again"] else (violated, undetermined, not_applicable)


def is_told(value: Any) -> bool:
    """Return whether every number of a value is one that a DOUBLE is; 2000/3 is none."""
    if isinstance(value, tuple):
        return all(is_told(v) for item in value for v in (item.values() if isinstance(item, dict) else (item,)))
    return not isinstance(value, Fraction) or Fraction(repr(float(value))) == value


def arrow_type(fact: Fact, vocabulary: Vocabulary) -> Any:
    """Return the type of the column in which a table engine is given a fact."""
    import pyarrow as pa

    match fact.kind:
        case Boolean():
            return pa.bool_()
        case Number() if is_amount(fact.kind):
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


def plain(value: Any, fact: Fact, vocabulary: Vocabulary) -> Any:
    """Return a value of a fact as a column holds it."""
    if isinstance(value, Fraction):
        return time_text(value) if is_time(fact.kind) else float(value)
    if isinstance(value, tuple):
        fields = {f.field: f for f in vocabulary.fields(fact.key)}
        return [
            {k: plain(v, fields[k], vocabulary) for k, v in item.items()} if isinstance(item, dict) else item
            for item in value
        ]
    return value


def arrow_table(law: AreaOn, records: Sequence[Record]) -> Any:
    """Return the records' given facts of the law's subjects as an Arrow table, one column each."""
    import pyarrow as pa

    vocabulary = law.rulebook.vocabulary
    facts = [f for s in law.area.subjects for f in vocabulary.of_subject(s) if f.key not in law.derivations]
    return pa.table(
        {
            f.key: pa.array([plain(r.values.get(f.key), f, vocabulary) for r in records], arrow_type(f, vocabulary))
            for f in facts
        }
    )
