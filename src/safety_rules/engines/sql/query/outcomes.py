"""The outcome of a row, and the mask of satisfied rules, out of the masks of the findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.query.law_query import BITS, FOUND, words
from safety_rules.semantics.decide import AreaOn

KEYED = ("violated", "undetermined")  # the masks whose rules are named on request


def outcome_columns(law: AreaOn, d: Dialect) -> list[str]:
    """Return the outcome and its two ends, from `bound_columns`."""
    both = f"(CASE WHEN at_best = at_worst THEN at_best ELSE {outcome_key('undetermined', law, d)} END)"
    return [f"{both} AS outcome", "at_best", "at_worst"]


def outcome_key(key: str, law: AreaOn, d: Dialect) -> str:
    """Return the key of an outcome as SQL."""
    return d.keyed(key, [*(o.key for o in law.area.outcomes), "undetermined"])


LIFTED, HELD = "lifted", "held"  # the ranks that cases of blanks lift the outcome at best to, and hold that at worst to
LOWEST = 127  # no outcome is worse: held to nothing


def bound_columns(law: AreaOn, d: Dialect, split: bool = False) -> list[str]:
    """Return the outcome at best and at worst, from the masks of the findings, and the columns of what cases come to."""
    by_outcome: dict[int, int] = defaultdict(int)
    for i, rule in enumerate(law.rules):
        by_outcome[law.area.rank(rule.otherwise.outcome)] |= 1 << i
    best = _ranked(law, by_outcome, ("violated",), d, LIFTED if split else "")
    worst = _ranked(law, by_outcome, ("violated", "undetermined"), d, "", HELD if split else "")
    settled = " AND ".join(
        f"{d.word_of('undetermined', i) if words(law) > 1 else 'undetermined'} = 0" for i in range(words(law))
    )
    worst = f"(CASE WHEN {settled} THEN {best} ELSE {worst} END)"
    return [f"{best} AS at_best", f"{worst} AS at_worst"]


def _ranked(
    law: AreaOn, by_outcome: Mapping[int, int], masks: Sequence[str], d: Dialect, lifted: str = "", held: str = ""
) -> str:
    arms, worse = list[str](), list[str]()
    for rank in sorted(by_outcome if not held else range(len(law.area.outcomes)), reverse=True):
        if rank == 0:
            continue
        tests = [f"{lifted} >= {rank}"] if lifted else []
        for word in range(words(law)):
            bits = by_outcome[rank] >> (word * BITS) & ((1 << BITS) - 1)
            if bits:
                tests += [f"({d.word_of(m, word) if words(law) > 1 else m} & {bits}) <> 0" for m in masks]
        found = " OR ".join(tests if not held else (worse := [*worse, *tests]))
        if not found:
            continue
        within = f"({found}) AND {held} >= {rank}" if held else found
        arms.append(f"WHEN {within} THEN {outcome_key(law.area.outcomes[rank].key, law, d)}")
    first = outcome_key(law.area.outcomes[0].key, law, d)
    return f"(CASE {' '.join(arms)} ELSE {first} END)" if arms else first


def satisfied_column(law: AreaOn, d: Dialect) -> str:
    """Return the mask of satisfied rules: those with no other finding."""
    found = []
    for word in range(words(law)):
        every = (1 << min(BITS, len(law.rules) - word * BITS)) - 1
        parts = [d.word_of(m, word) if words(law) > 1 else m for m in FOUND]
        found.append(d.cast(f"({every} - {' - '.join(parts)})", "mask"))
    return (found[0] if len(found) == 1 else d.array(", ".join(found))) + " AS satisfied"


def rule_columns(law: AreaOn, d: Dialect) -> tuple[str, ...]:
    """Return the columns that name the violated and the open rules by key, the worst first: `a, b`."""
    return tuple(f"concat_ws(', ', {', '.join(_keys(law, d, mask))}) AS {mask}_rules" for mask in KEYED)


def _keys(law: AreaOn, d: Dialect, mask: str) -> Iterator[str]:
    for i, rule in enumerate(law.rules):
        word = d.word_of(mask, i // BITS) if words(law) > 1 else mask
        yield f"CASE WHEN ({word} & {1 << i % BITS}) <> 0 THEN '{rule.key}' END"
