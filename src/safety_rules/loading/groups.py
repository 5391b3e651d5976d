"""Groups of a reference table: for each row that others are within, a table of the rows within it, through any
number of steps.

Membership is then a look-up in a table as any other, which every engine has; what is within what is settled when
the file is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from safety_rules.language.kinds import Name
from safety_rules.language.table import Row, Table, normal_spelling
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.loading.report import Report
from safety_rules.words.near import suggestion


def groups(table: Table, vocabulary: Vocabulary, report: Report) -> list[Table]:
    """Return a table for each group, named `table.group`; what is within nothing that is there, or within itself, is reported."""
    members: dict[str, list[tuple[Row, ...]]] = {}
    spelled: dict[str, Row] = {}
    for number, edition in enumerate(table.editions):
        for row, inside in _inside(edition.rows, edition.index, report):
            name = normal_spelling(row.spellings[0])
            spelled[name] = row
            members.setdefault(name, [()] * len(table.editions))[number] = inside
    made = []
    for name, rows in members.items():
        editions = [replace(e, rows=r, index=index_of(r)) for e, r in zip(table.editions, rows, strict=True)]
        key, zh_key = _names(spelled[name])
        if not (key.isidentifier() and zh_key.isidentifier()) and spelled[name].at is not None:
            report.error("group.name", spelled[name].at, name=key)
        said = Name(f"{table.name.zh}“{zh_key}”", f"{table.name.en} ({key})")
        group = replace(
            table, key=f"{table.key}.{key}", zh_key=f"{table.zh_key}.{zh_key}", name=said, editions=tuple(editions)
        )
        if any(vocabulary.find(n) is not None for n in (group.key, group.zh_key)) and spelled[name].at is not None:
            report.error("defined-twice.names", spelled[name].at, name=group.key, other=group.key)
        made.append(group)
    return made


def index_of(rows: Sequence[Row]) -> dict[str, tuple[int, ...]]:
    """Return the positions of rows by each normal spelling."""
    index = defaultdict[str, list[int]](list)
    for position, row in enumerate(rows):
        for spelling in dict.fromkeys(normal_spelling(s) for s in row.spellings):
            index[spelling].append(position)
    return {spelling: tuple(positions) for spelling, positions in index.items()}


def _names(row: Row) -> tuple[str, str]:
    """Return the English and the Chinese name of a group: the first spelling of either kind, else the first of all."""
    first = row.spellings[0]
    return next((s for s in row.spellings if s.isascii()), first), next(
        (s for s in row.spellings if not s.isascii()), first
    )


def _inside(
    rows: Sequence[Row], index: Mapping[str, tuple[int, ...]], report: Report
) -> list[tuple[Row, tuple[Row, ...]]]:
    """Return each row that others are within, with itself and all that are, directly or by others."""
    above: dict[int, set[int]] = {}
    for position, row in enumerate(rows):
        above[position] = set()
        for name in row.within:
            found = index.get(normal_spelling(name), ())
            above[position].update(found)
            if not found and row.at is not None:
                report.error(
                    "group.unknown", row.at, suggestion(name, [s for r in rows for s in r.spellings]), name=name
                )
    inside: dict[int, list[Row]] = defaultdict(list)
    for position, row in enumerate(rows):
        seen: set[int] = set()
        frontier = set(above[position])
        while frontier:
            group = frontier.pop()
            if group not in seen:
                seen.add(group)
                inside[group].append(row)
                frontier |= above[group]
        if position in seen and row.at is not None:
            report.error("group.cycle", row.at, name=row.spellings[0])
    return [
        (rows[group], (rows[group], *(r for r in found if r is not rows[group])))
        for group, found in sorted(inside.items())
    ]
