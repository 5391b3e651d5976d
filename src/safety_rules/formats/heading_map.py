"""What headings mean, settled for good: a map from a file, and how each heading of a ledger was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safety_rules.formats.headings import FIRST_ROWS, Column, column_names
from safety_rules.formats.table import RawRow, RawTable, cell_text, folded
from safety_rules.language.clock import is_amount
from safety_rules.language.errors import LedgerError, NotFoundError, RuleFileError
from safety_rules.language.record import Problem
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.loading.compose import document
from safety_rules.loading.tree import Mapping, Scalar
from safety_rules.words.near import did_you_mean, near
from safety_rules.words.said import said

Understood = Sequence[tuple[str, Column]]  # columns that carry a fact, each with the place of its heading
KEYS = ("fact", "unit", "sheet")
HOW = {-1: "map", 0: "exact", 1: "alias", 2: "trimmed"}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A heading, the fact that it means, the unit of its numbers, and the one sheet where that holds (blank: all)."""

    heading: str
    fact: Fact
    unit: str
    sheet: str
    place: str

    @property
    def settled(self) -> str:
        """The heading that says the same and goes before every other."""
        return f"={self.fact.key}" + (f"（{self.unit}）" if self.unit else "")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which sheet holds the rows (None: found by its headings), and which headings are settled."""

    sheet: str | None
    headings: tuple[Mapped, ...]


Wanted = str | Layout | None


def layout(path: Path, vocabulary: Vocabulary, sheet: str | None = None) -> Layout:
    """Return the map of a YAML file, `heading: {fact, unit, sheet}` or `heading: fact`.

    Raises LedgerError, NotFoundError, or RuleFileError where it is no YAML.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no map `{path}`")
    tree, diagnostics = document(path.name, path.read_bytes())
    if diagnostics:
        raise RuleFileError(diagnostics)
    if not isinstance(tree, Mapping) or not tree:
        raise LedgerError(f"`{path.name}` maps no heading; write `heading: fact`")
    return Layout(sheet, tuple(_mapped(h, item, vocabulary) for h, item in tree.items()))


def _mapped(heading: Scalar, item: object, vocabulary: Vocabulary) -> Mapped:
    place = heading.at.place
    parts: dict[str, Any] = {str(k): v for k, v in item.items()} if isinstance(item, Mapping) else {"fact": item}
    if any(not isinstance(v, str) for v in parts.values()) or "fact" not in parts or not parts.keys() <= set(KEYS):
        raise LedgerError(f"{place}: `{heading}` needs `fact`, and may have `unit` and `sheet`")
    fact = vocabulary.find(str(parts["fact"]))
    if fact is None:
        known = [n for f in vocabulary.facts.values() for n in (f.key, f.zh_key)]
        hint = did_you_mean(str(parts["fact"]), known)
        raise NotFoundError(f"{place}: there is no fact `{parts['fact']}`; {hint}".rstrip("; "))
    unit = str(parts.get("unit", ""))
    found = vocabulary.units.find(unit) if unit else None
    if unit and (found is None or not is_amount(fact.kind) or not found.converts_to(fact.kind.unit)):
        raise LedgerError(f"{place}: `{unit}` is no unit of `{fact.key}`")
    return Mapped(str(heading), fact, unit, str(parts.get("sheet", "")), place)


def settled(tables: Sequence[RawTable], wanted: Layout) -> list[RawTable]:
    """Return tables with the headings of a map in place of theirs; raises NotFoundError for one that is nowhere."""
    found = []
    left = {m.place: m for m in wanted.headings}
    texts: list[str] = []
    for table in tables:
        own = {folded(m.heading): m for m in wanted.headings if m.sheet in ("", table.name)}
        at: int | None = None
        for row in table.rows():
            if row.number > FIRST_ROWS:
                break
            names = [cell_text(c) for c in row.cells if isinstance(c, str)]
            texts += names
            hits = [own[folded(n)] for n in names if folded(n) in own]
            at = row.number if at is None and hits else at
            for mapped in hits:
                left.pop(mapped.place, None)
        found.append(_with(table, at, own) if at is not None else table)
    for mapped in left.values():
        hint = did_you_mean(mapped.heading, dict.fromkeys(t for t in texts if t))
        raise NotFoundError(f"{mapped.place}: no sheet has the heading `{mapped.heading}`; {hint}".rstrip("; "))
    return found


def _with(table: RawTable, at: int, own: dict[str, Mapped]) -> RawTable:
    """Return a table whose headings, in its first rows from `at` on, are those of the map."""

    def rows() -> Iterator[RawRow]:
        for row in table.rows():
            if at <= row.number <= FIRST_ROWS and any(isinstance(c, str) and folded(c) in own for c in row.cells):
                texts = [folded(c) if isinstance(c, str) else "" for c in row.cells]
                cells = (own[t].settled if t in own else c for t, c in zip(texts, row.cells, strict=True))
                row = replace(row, cells=tuple(cells))
            yield row

    return replace(table, rows=rows)


def explained(understood: Understood, notices: Iterable[Problem], language: str) -> Iterator[str]:
    """Yield a line for each heading: where it stands, which fact it is, in which unit, and how that was known."""
    for place, column in understood:
        own = column.fact.kind.unit if is_amount(column.fact.kind) else None
        unit = column.unit or own
        group = column.rank >= 0 and "/" in column.heading
        yield said(
            "heading-read",
            place=place,
            heading=column.heading,
            fact=column.fact.name,
            unit=f"（{unit.symbol}）" if unit is not None and unit.symbol else "",
            how=said(f"heading-how.{'group' if group else HOW[column.rank]}"),
        ).in_(language)
    yield from (n.text(language) for n in notices if n.code.startswith(("heading", "sheet", "assumed")))


def proposed(understood: Understood, notices: Iterable[Problem], facts: Sequence[Fact]) -> str:
    """Return a map as YAML: what was understood, and as comments, to be decided by a person, what is near."""
    lines = []
    names = {n: f for f in facts for n in column_names([f])}
    for _, column in understood:
        own = column.fact.kind.unit.symbol if is_amount(column.fact.kind) else ""
        unit = column.unit.symbol if column.unit is not None else own
        more = f", unit: {_quoted(unit)}" if unit else ""
        lines.append(f"{_quoted(column.heading)}: {{fact: {column.fact.key}{more}}}")
    for notice in (n for n in notices if n.code == "heading"):
        close = near(notice.given, names)
        lines.append(f"# {_quoted(notice.given)}: {{fact: {names[close].key if close else '…'}}}")
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
