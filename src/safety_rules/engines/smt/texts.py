"""The texts that a fact needs to be tried with: one for every way in which the conditions can tell texts apart.

A condition compares a text with literals, asks how it starts or ends or what it holds, or looks it up in a table.
Texts that answer all of these alike are interchangeable, so one of each kind stands for all texts. What looks into
a text otherwise (its length, a format, a part that data give) is in no formula: only a question that would need it
is not decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, TypeAlias

from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.language import expr as tree
from safety_rules.language.kinds import Text
from safety_rules.language.law import edition_on
from safety_rules.language.operators import TEXT_TESTS
from safety_rules.language.rule import Derivation
from safety_rules.language.table import Edition, normal_spelling
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.formats import (
    FORMATS,
    cas_check_digit,
    credit_check_character,
    identity_check_character,
    well_formed,
)
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import walk_through

Laws: TypeAlias = Sequence[AreaOn]
TOLD_APART = ("starts_with", "ends_with", "contains", "same_text")


def looked_into(call: tree.Call) -> None:
    """Raise NotLowered where a function looks into a text in another way than the texts of a domain are told apart by."""
    if any(isinstance(tree.kind_of(a), Text) for a in call.arguments):
        if call.function not in TOLD_APART:
            raise NotLowered("text-function")
        if not isinstance(call.arguments[1], tree.Literal):
            raise NotLowered("prefix-from-data")


@dataclass(slots=True)
class Use:
    """What conditions do with one text fact."""

    literals: set[str] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    columns: dict[str, set[str]] = field(default_factory=dict)
    qualifies: set[str] = field(default_factory=set)
    compared: bool = False
    cells: set[tuple[str, str]] = field(default_factory=set)
    extra: set[str] = field(default_factory=set)


def uses(conditions: Iterable[tree.Expr], derivations: Mapping[str, Derivation]) -> dict[str, Use]:
    """Return how each given text fact is used, by fact key."""
    found: dict[str, Use] = {}
    for condition in conditions:
        for node in tree.walk(condition):
            _note(node, _Given(derivations, found))
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    """The uses found so far, and how derived texts lead back to given ones."""

    derivations: Mapping[str, Derivation]
    found: dict[str, Use]

    def of(self, expr: tree.Expr) -> list[Use]:
        """Return the uses of every given fact that an operand may be."""
        match expr:
            case tree.FactRef(key, Text()) | tree.ItemField(_, key, Text()):
                if key in self.derivations:
                    return self.of(self.derivations[key].formula)
                return [self.found.setdefault(key, Use())]
            case tree.If(_, then, otherwise):
                return [*self.of(then), *self.of(otherwise)]
            case _:
                return []


def _note(node: tree.Expr, given: _Given) -> None:
    match node:
        case tree.Compare(_, left, right) if isinstance(tree.kind_of(left), Text):
            for one, other in ((left, right), (right, left)):
                for use in given.of(one):
                    _compared(use, other, given)
        case tree.In(item, tree.Literal(tuple() as listed)) if isinstance(tree.kind_of(item), Text):
            for use in given.of(item):
                use.literals |= {str(v) for v in listed}
        case tree.Call(test, (text, tree.Literal(str() as part))) if test in TOLD_APART:
            for use in given.of(text):
                use.asked.add((test, part))
        case tree.Listed(table, key):
            for use in given.of(key):
                use.columns.setdefault(table, set())
        case tree.Lookup(table, keys, column):
            for use in given.of(keys[0]):
                use.columns.setdefault(table, set()).add(column)
            for use in given.of(keys[1]) if len(keys) > 1 else ():
                use.qualifies.add(table)
        case _:
            return


def _compared(use: Use, other: tree.Expr, given: _Given) -> None:
    """Note everything that a text is compared with: literals, cells of tables, other facts."""
    if isinstance(other, tree.Literal):
        use.literals.add(str(other.value))
        return
    use.compared = True
    for node in walk_through(other, given.derivations, set()):
        if isinstance(node, tree.Literal) and isinstance(node.value, str):
            use.literals.add(node.value)
        elif isinstance(node, tree.Lookup) and isinstance(node.kind, Text):
            use.cells.add((node.table, node.column))


def domain(fact: Fact, laws: Laws, all_uses: Mapping[str, Use]) -> dict[Any, str]:
    """Return a text for each way in which the conditions tell texts of the fact apart, by what they see of it."""
    use = all_uses.get(fact.key, Use())
    if use.compared:
        return {text: text for text in _apart(fact, laws, all_uses)}
    if use.asked and (use.columns or use.qualifies):
        raise NotLowered("prefix-and-table")
    found: dict[Any, str] = {}
    for text in _candidates(fact, use, laws):
        if well_formed(text, fact.format):
            found.setdefault(_signature(text, use, laws), text)
    return found


def alike(text: str, fact: Fact, laws: Laws, all_uses: Mapping[str, Use], known: Mapping[Any, str]) -> str:
    """Return the text of a domain that the conditions cannot tell from this one."""
    use = all_uses.get(fact.key, Use())
    return known.get(text if use.compared else _signature(text, use, laws), text)


def _apart(fact: Fact, laws: Laws, all_uses: Mapping[str, Use]) -> tuple[str, ...]:
    """Return every text that any condition mentions, and as many others as there are facts compared."""
    found: dict[str, None] = {}
    for use in all_uses.values():
        if use.compared and use.asked:
            raise NotLowered("prefix-and-comparison")
        found |= dict.fromkeys(t for t in _candidates(fact, use, laws))
    others = sum(u.compared for u in all_uses.values()) + 1
    found |= dict.fromkeys("·" * (i + 3) for i in range(others))
    return tuple(t for t in found if well_formed(t, fact.format))


def _signature(text: str, use: Use, laws: Laws) -> Any:
    """Return what the conditions can see of a text."""
    rows = [(table, _cells(text, edition, columns)) for table, columns, edition in _editions(use, laws)]
    normal = normal_spelling(text)
    qualified = [
        normal if normal in {normal_spelling(q) for q in _qualifiers(t, laws)} else None for t in sorted(use.qualifies)
    ]
    asked = [TEXT_TESTS[test](text, part) for test, part in sorted(use.asked)]
    return text if text in use.literals else None, tuple(asked), tuple(rows), tuple(qualified)


def _editions(use: Use, laws: Laws) -> Iterator[tuple[str, set[str], Edition]]:
    for law in laws:
        for table, columns in sorted(use.columns.items()):
            edition = edition_on(law.rulebook.tables[table], law.as_of)
            if edition is not None:
                yield table, columns, edition


def _cells(text: str, edition: Edition, columns: set[str]) -> Any:
    rows = edition.matching(text)
    return tuple(
        sorted((normal_spelling(r.qualifier), tuple(str(r.cells.get(c)) for c in sorted(columns))) for r in rows)
    )


def _qualifiers(table: str, laws: Laws) -> frozenset[str]:
    """Return the qualifiers of a table's rows, as they are written."""
    found: set[str] = set()
    for law in laws:
        edition = edition_on(law.rulebook.tables[table], law.as_of)
        found |= {row.qualifier for row in edition.rows if row.qualifier} if edition is not None else set()
    return frozenset(found)


def _candidates(fact: Fact, use: Use, laws: Laws) -> Iterator[str]:
    yield from _others(fact, use)
    yield from sorted(use.literals | use.extra)
    for _, _, edition in _editions(use, laws):
        yield from (s for row in edition.rows for s in row.spellings)
    for law in laws:
        for table, column in sorted(use.cells):
            edition_ = edition_on(law.rulebook.tables[table], law.as_of)
            yield from (str(row.cells[column]) for row in (edition_.rows if edition_ else ()) if column in row.cells)
    for table in sorted(use.qualifies):
        yield from sorted(_qualifiers(table, laws))


MOST_TOLD_APART = 400


def _told_apart(use: Use) -> Iterator[str]:
    """Return texts that no condition spells: one for every set of answers that a text can give to what is asked of it.

    Of a text that gives them, the longest beginning and end that are asked for, with what else it holds between
    them and a sign that no condition names around each, give the same.
    """
    starts, ends, held, same = (
        sorted(part for asked, part in use.asked if asked == test)
        for test in ("starts_with", "ends_with", "contains", "same_text")
    )
    apart = next((c for c in "·※¤" if not any(c in part for _, part in use.asked)), "")
    count = (len(starts) + 1) * (len(ends) + 1) * 2 ** len(held)
    if not apart or count > MOST_TOLD_APART or (same and (starts or ends or held)):
        raise NotLowered("text-function")
    for start, end in product(["", *starts], ["", *ends]):
        for n in range(len(held) + 1):
            yield from (
                start + apart * 2 + apart.join(inner) + apart * bool(end) + end for inner in combinations(held, n)
            )
    for part in same:
        if len(normal_spelling(part)) < 2:
            raise NotLowered("text-function")
        yield from (part[0] + " " * n + part[1:] for n in range(len(use.literals) + 2))


def _others(fact: Fact, use: Use) -> Sequence[str]:
    """Return texts that no condition spells."""
    match fact.format:
        case "industry_code":
            return [f"{n:0{width}d}" for width in (2, 3, 4) for n in range(10**width)]
        case "credit_code":
            made = [f"91320900MA{n:07d}" for n in range(3)]
            others = [m + credit_check_character(m) for m in made]
        case "identity_number":
            made = [f"32040019800101{n:03d}" for n in range(3)]
            others = [m + identity_check_character(m) for m in made]
        case "cas":
            made = [f"{n}99" for n in range(9_999_990, 9_999_993)]
            others = [f"{m[:-2]}-{m[-2:]}-{cas_check_digit(m)}" for m in made]
        case _:
            assert fact.format not in FORMATS
            return ["·", *_told_apart(use)]
    if use.asked:
        raise NotLowered("prefix-of-code")
    return [*others, "无"] if fact.format == "cas" else others
