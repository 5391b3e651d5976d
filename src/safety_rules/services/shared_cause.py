"""What many failed cases share: the figure, row or derivation that all of them read, so that a fault is told once,
where it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safety_rules.language.chain import ChainRule
from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr, FactRef, ItemField, Listed, Lookup, ParameterRef
from safety_rules.language.law import edition_on, entry_on
from safety_rules.language.rule import Obligation, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.semantics.reads import walk_through
from safety_rules.services.cases import CaseResult
from safety_rules.services.impact.leads import row_names
from safety_rules.services.impact.meaning import Item, ItemKey, conditions, items_of

FEWEST, MOST_HELD = 4, 9
Thing = tuple[str, str]
"""A kind (figure, row, derivation, shared clause) and a name."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A thing that failed cases read, and few that hold; the first of the cases stands for all."""

    kind: str
    name: str
    at: Span | None
    cases: tuple[CaseResult, ...]


def shared_causes(book: Rulebook, results: Sequence[CaseResult]) -> tuple[list[Shared], list[CaseResult]]:
    """Return what failed cases share, at least four of them, and the failed cases that share nothing."""
    left = [r for r in results if not r.passed]
    if len(left) < FEWEST:
        return [], left
    reads = _Reads(book)
    held = Counter(thing for r in results if r.passed for thing in reads.of(r))
    found: list[Shared] = []
    while len(left) >= FEWEST:
        failed = Counter(thing for r in left for thing in reads.of(r))
        best = max(failed, key=lambda t: (failed[t] ** 2 / (failed[t] + held[t]), RANK[t[0]], t), default=None)
        if best is None or failed[best] < max(FEWEST, len(left) / 2) or held[best] > MOST_HELD * failed[best]:
            break
        own = [r for r in left if best in reads.of(r)]
        area = {r.area for r in own}
        whole = [r for r in left if not r.of and r.area in area]
        found.append(Shared(*best, reads.places.get(best), (*own, *whole)))
        left = [r for r in left if r not in (*own, *whole)]
    return found, left


RANK = {"derivation": 0, "figure": 1, "row": 2, "clause": 3}


class _Reads:
    """What each case reads, by the rule, derivation or obligation that it is a case of, and the rows that its data name."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._items = items_of(book)
        self._known: dict[int, frozenset[Thing]] = {}
        self.places: dict[Thing, Span | None] = {}

    def of(self, result: CaseResult) -> frozenset[Thing]:
        """Return what a case reads; nothing where it is one of a whole area, which reads everything."""
        if id(result) not in self._known:
            self._known[id(result)] = (
                frozenset(self._read(result)) if result.ran is not None and result.of else frozenset()
            )
        return self._known[id(result)]

    def _read(self, result: CaseResult) -> set[Thing]:
        assert result.ran is not None
        law, found = result.ran.law, set[Thing]()
        own = self._items.get(ItemKey(result.area, "derivation", result.of))
        if own is not None:
            found.add(("derivation", result.of))
            self.places["derivation", result.of] = own.at
        for name in self._named(result):
            found.add(("clause", name))
            self.places["clause", name] = self._book.named.clauses[name].at
        for node in self._nodes(result):
            match node:
                case ParameterRef(key, _, day):
                    found.add(("figure", key))
                    parameter = self._book.parameters[key]
                    entry = entry_on(parameter, law.as_of) if day is None else None
                    self.places["figure", key] = entry.at if entry is not None else parameter.at
                case FactRef(key) | ItemField(_, key) if key in law.derivations:
                    derivation = law.derivations[key]
                    found.add(("derivation", derivation.key))
                    self.places["derivation", derivation.key] = derivation.at
                case Listed(table) | Lookup(table):
                    found |= self._rows(table, result)
                case _:
                    continue
        return found

    def _own(self, result: CaseResult) -> list[Item | ChainRule]:
        found = (
            self._items.get(ItemKey(result.area, kind, result.of)) for kind in ("rule", "derivation", "obligation")
        )
        return [item for item in found if item is not None]

    def _named(self, result: CaseResult) -> set[str]:
        """Return the clauses that a rule or obligation refers to by name."""
        clauses = (
            c
            for item in self._own(result)
            if isinstance(item, Rule | Obligation)
            for c in (*item.applies_when, *(item.requires if isinstance(item, Rule) else ()))
        )
        return {c.named for c in clauses if c.named in self._book.named.clauses}

    def _nodes(self, result: CaseResult) -> list[Expr]:
        assert result.ran is not None
        derivations, seen = result.ran.law.derivations, set[str]()
        parts = [e for item in self._own(result) for e in conditions(item)]
        return [n for e in parts for n in walk_through(e, derivations, seen)]

    def _rows(self, table: str, result: CaseResult) -> set[Thing]:
        """Return the rows of a table that texts of the case's record name."""
        assert result.ran is not None
        edition = edition_on(self._book.tables[table], result.ran.law.as_of)
        if edition is None:
            return set()
        names, found = row_names(edition), set[Thing]()
        for text in _texts(result.ran.record.values):
            for row in edition.matching(text):
                thing = "row", f"{table} {names[edition.rows.index(row)]}"
                self.places[thing] = row.at
                found.add(thing)
        return found


def _texts(value: object) -> set[str]:
    match value:
        case str():
            return {value}
        case tuple():
            return {t for v in value for t in _texts(v)}
        case Mapping():
            return {t for v in value.values() for t in _texts(v)}
        case _:
            return set()
