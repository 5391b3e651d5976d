"""Look-ups in reference tables, as cases of the texts that a key can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from safety_rules.engines.smt.logic import Condition, Truths, conjunction, disjunction
from safety_rules.engines.smt.values import Cases, Symbolic, merged, settled
from safety_rules.language.law import sure_edition
from safety_rules.language.table import Edition, Row, normal_spelling
from safety_rules.semantics.decide import AreaOn


def edition_of(law: AreaOn, table: str) -> Edition | None:
    """Return the edition in force that is sure enough."""
    return sure_edition(law.rulebook.tables[table], law.as_of, law)


def listed(law: AreaOn, table: str, key: Cases) -> Truths:
    """Return whether a table has a row of that spelling."""
    edition = edition_of(law, table)
    if edition is None:
        return Truths(False, False)
    found = [(g, bool(edition.matching(v))) for g, v in key.cases]
    return Truths(
        disjunction(*(g for g, inside in found if inside)), disjunction(*(g for g, inside in found if not inside))
    )


def looked_up(law: AreaOn, table: str, column: str, keys: Sequence[Cases], truth: bool) -> Symbolic:
    """Return a cell of the row that a spelling names, a second key telling rows of one spelling apart."""
    edition = edition_of(law, table)
    found: list[tuple[Condition, Any]] = []
    for guard, spelling in keys[0].cases if edition is not None else ():
        assert edition is not None
        rows = edition.matching(spelling)
        if len({row.cells.get(column) for row in rows}) == 1:
            found.append((guard, rows[0].cells.get(column)))
        elif rows and len(keys) > 1:
            found += [(conjunction(guard, g), _cell(rows, column, qualifier)) for g, qualifier in keys[1].cases]
    known = [(g, cell) for g, cell in found if cell is not None]
    if truth:
        return Truths(
            disjunction(*(g for g, c in known if c is True)), disjunction(*(g for g, c in known if c is False))
        )
    values = [(g, settled(cell)) for g, cell in known]
    return merged((conjunction(g, h), v) for g, s in values if isinstance(s, Cases) for h, v in s.cases)


def _cell(rows: Sequence[Row], column: str, qualifier: str) -> Any:
    cells = {r.cells.get(column) for r in rows if normal_spelling(r.qualifier) == normal_spelling(qualifier)}
    return cells.pop() if len(cells) == 1 else None
