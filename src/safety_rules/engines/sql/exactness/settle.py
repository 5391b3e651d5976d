"""The rows that SQL cannot settle, by the exact evaluator: the same findings as a single record has."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from safety_rules.engines.sql.query.law_query import BITS, words
from safety_rules.engines.sql.query.outcomes import LOWEST
from safety_rules.engines.sql.read.types import Use
from safety_rules.language.kinds import Value
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.language.verdict import Masks
from safety_rules.semantics.decide import AreaOn, area_record, derived_values, findings
from safety_rules.semantics.splits import NOTHING, Split, counted, splits_of

LARGEST = Fraction(sys.float_info.max)
Exact = Callable[[Record], tuple[int, int, int]]


def record_of(law: AreaOn, cells: Mapping[str, Any], uses: Mapping[str, Use]) -> Record:
    """Return the record of raw cells by fact key, as admission takes them."""
    return area_record(law, cells, {k: u.unit for k, u in uses.items() if u.unit is not None})


def masks_by_definition(law: AreaOn, waivers: Sequence[Waiver]) -> Exact:
    """Return the function from a record to its violated, undetermined and inapplicable rules, waived ones left out."""

    return lambda record: counted(findings(law, record, waivers))


def split_of(law: AreaOn, record: Record, masks: Masks, exact: Exact) -> Split:
    """Return what the cases of a record's blanks come to."""
    splits = splits_of(law)
    if not masks.undetermined or not splits.may_move(masks):
        return NOTHING
    return splits.of(record, masks, lambda made, mask: Masks(*exact(made)).among(mask))


def settled(
    law: AreaOn,
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    uses: Mapping[str, Use],
    derived: Sequence[str],
    exact: Exact,
) -> Iterator[tuple[Any, ...]]:
    """Yield, for each row, its number, its three masks, its derived values, whether a cell was unusable, and the ranks
    that cases of its blanks lift its outcome at best to and hold that at worst to.
    """
    for number, cells in rows:
        record = record_of(law, cells, uses)
        values = derived_values(law, record) if derived else {}
        shown = [plain(values.get(k)) for k in derived]
        found = Masks(*exact(record))
        masks = [split(mask, law) for mask in found]
        cases = split_of(law, record, found, exact)
        yield (number, *masks, *shown, bool(record.problems), cases.rank, cases.most(LOWEST))


def split(mask: int, law: AreaOn) -> Any:
    """Return a mask as the query has it: one number, or a list of words of 63 bits."""
    count = words(law)
    return mask if count == 1 else [mask >> (i * BITS) & ((1 << BITS) - 1) for i in range(count)]


def joined(mask: Any) -> int:
    """Return a mask as one number, from one number or a list of words of 63 bits."""
    return mask if isinstance(mask, int) else sum(word << (i * BITS) for i, word in enumerate(mask))


def plain(value: Value | None) -> Any:
    """Return an exact value as a column holds it; a number beyond DOUBLE as unknown, the verdict of its row stays exact."""
    if isinstance(value, Fraction):
        return float(value) if abs(value) <= LARGEST else None
    return list(value) if isinstance(value, tuple) else value
