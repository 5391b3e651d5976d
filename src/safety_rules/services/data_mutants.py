"""Changes what rules read by, one at a time: rows of reference tables and spellings of options; cases that write
them notice.

Only a case that writes a spelling can notice where it leads, so only those are run: the cost grows with the cases,
not with the cases times the changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from itertools import chain

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Choice, ChoiceList, Choices, Name, Option, Value
from safety_rules.language.rule import Derivation, Obligation, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.table import Edition, Row, Table, normal_spelling
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.groups import index_of
from safety_rules.services.cases import area_case, derivation_case, obligation_case, rule_case
from safety_rules.services.chain_cases import chain_case
from safety_rules.services.impact.leads import row_names
from safety_rules.words.catalog import both


@dataclass(frozen=True, slots=True)
class DataMutant:
    """One change: of which list or table, what was changed, in words, and how data would write what it is about."""

    of: str
    what: Name
    at: Span | None
    written: tuple[str, ...]
    make: Callable[[], Rulebook] = field(compare=False, repr=False)

    @property
    def rulebook(self) -> Rulebook:
        """The changed rulebook, made when it is asked for."""
        return self.make()

    def text(self) -> str:
        """Return it in one line."""
        return f"{self.at.place if self.at is not None else self.of}: {self.of}: {self.what.en}"


Run = Callable[[Rulebook], Iterator[Name]]


class CasesByText:
    """The cases of a rulebook by the texts that their data writes, each to be run on a changed rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self._runs: Mapping[str, list[Run]] = defaultdict(list)
        for run, given in _runs(book):
            for text in set(_texts(given)):
                self._runs[normal_spelling(text)].append(run)

    def write(self, written: tuple[str, ...]) -> list[Run]:
        """Return the cases that write one of these texts."""
        return list(chain.from_iterable(self._runs.get(normal_spelling(text), ()) for text in written))

    def notice(self, mutant: DataMutant) -> bool:
        """Return whether a case fails that writes what was changed."""
        runs = self.write(mutant.written)
        book = mutant.rulebook if runs else None
        return book is not None and any(next(run(book), None) is not None for run in runs)


def data_mutants(book: Rulebook) -> Iterator[DataMutant]:
    """Yield each change of a table's row and of where a spelling of an option leads."""
    for table in book.tables.values():
        for i, edition in enumerate(table.editions):
            for what, row, written, rows in _rows(edition):
                said = both("mutant.from_day", day=edition.period.since or "…", what=what)
                yield DataMutant(table.key, said, row.at, written, partial(_with_rows, book, table, i, rows))
    for listed in book.vocabulary.choices.values():
        at = next((f.at for f in book.vocabulary.facts.values() if _choices(f) == listed), None)
        for option, spelling, other in _moves(listed):
            what = both("mutant.moved", spelling=spelling, other=other.key, option=option.key)
            yield DataMutant(listed.name, what, at, (spelling,), partial(_with_moved, book, listed, spelling, other))


def _runs(book: Rulebook) -> Iterator[tuple[Run, object]]:
    for area in book.areas.values():
        yield from ((partial(_ran, area_case, area.key, None, c), c.given) for c in area.cases)
        runs = ((rule_case, area.rules), (derivation_case, area.derivations), (obligation_case, area.obligations))
        for run, holders in runs:
            yield from ((partial(_ran, run, area.key, h, c), c.given) for h in holders for c in h.cases)
    for rule in book.chains:
        yield from ((partial(_chain_ran, rule, c), c.given) for c in rule.cases)


def _ran(run: Callable[..., Iterator[Name]], area: str, holder: Rule | Derivation | Obligation | None, case: object,
         book: Rulebook) -> Iterator[Name]:  # fmt: skip
    return run(book, book.areas[area], *([holder] if holder is not None else []), case)


def _chain_ran(rule: object, case: object, book: Rulebook) -> Iterator[Name]:
    return chain_case(book, rule, case)  # type: ignore[arg-type]


def _texts(given: object) -> Iterator[str]:
    """Yield the texts of a case's data, whole and in the parts of lists written in one cell."""
    match given:
        case str():
            yield given
            yield from (part for part in given.replace("；", "、").replace(";", "、").split("、") if part != given)
        case Mapping():
            yield from chain.from_iterable(map(_texts, given.values()))
        case list() | tuple():
            yield from chain.from_iterable(map(_texts, given))


Changed = tuple[Name, Row, tuple[str, ...], tuple[Row, ...]]


def _rows(edition: Edition) -> Iterator[Changed]:
    """Yield each edition that a slip in one row makes: a figure, a mark, two rows exchanged, a spelling a row too low."""
    rows, names = edition.rows, row_names(edition)
    for i, row in enumerate(rows):
        for key, value in row.cells.items():
            for said, slip in _slips(value):
                changed = replace(row, cells={**row.cells, key: slip})
                what = both("mutant.cell", row=names[i], column=key, slip=said)
                yield what, row, row.spellings, (*rows[:i], changed, *rows[i + 1 :])
        if i + 1 == len(rows):
            return
        after = rows[i + 1]
        if row.cells != after.cells:
            pair = (replace(row, cells=after.cells), replace(after, cells=row.cells))
            what, written = (
                both("mutant.exchanged", row=names[i], other=names[i + 1]),
                (*row.spellings, *after.spellings),
            )
            yield what, row, written, (*rows[:i], *pair, *rows[i + 2 :])
        for spelling in row.spellings if len(row.spellings) > 1 else ():
            kept = replace(row, spellings=tuple(s for s in row.spellings if s != spelling))
            moved = (*rows[:i], kept, replace(after, spellings=(*after.spellings, spelling)), *rows[i + 2 :])
            what = both("mutant.leads", spelling=spelling, row=names[i], other=names[i + 1])
            yield what, row, (spelling,), moved


def _slips(value: Value) -> Iterator[tuple[str | Name, Value]]:
    if isinstance(value, bool):
        yield both("mutant.opposite"), not value
    elif isinstance(value, Fraction):
        yield f"{float(value * 10):g}", value * 10
        yield both("mutant.digit"), value + Fraction(1, value.denominator)


def _moves(listed: ChoiceList) -> Iterator[tuple[Option, str, Option]]:
    """Yield each spelling of an option beside its key, with the option and the next one of its list."""
    for i, option in enumerate(listed.options if len(listed.options) > 1 else ()):
        other = listed.options[(i + 1) % len(listed.options)]
        for spelling in dict.fromkeys(s for s in option.spellings if s.casefold() != option.key.casefold()):
            if listed.find(spelling) == option:
                yield option, spelling, other


def _choices(fact: Fact) -> ChoiceList | None:
    return fact.kind.choices if isinstance(fact.kind, Choice | Choices) else None


def _with_moved(book: Rulebook, listed: ChoiceList, spelling: str, other: Option) -> Rulebook:
    """Return a rulebook in which a spelling of a list leads to another option."""
    first = replace(other, aliases=(*other.aliases, spelling))
    made = replace(listed, options=(first, *(o for o in listed.options if o.key != other.key)))
    words, facts = book.vocabulary, dict(book.vocabulary.facts)
    for key, fact in words.facts.items():
        if isinstance(fact.kind, Choice | Choices) and fact.kind.choices == listed:
            facts[key] = replace(fact, kind=replace(fact.kind, choices=made))
    return replace(book, vocabulary=replace(words, facts=facts, choices={**words.choices, made.name: made}))


def _with_rows(book: Rulebook, table: Table, at: int, rows: tuple[Row, ...]) -> Rulebook:
    """Return a rulebook in which an edition of a table has other rows."""
    made = replace(table.editions[at], rows=rows, index=index_of(rows))
    editions = (*table.editions[:at], made, *table.editions[at + 1 :])
    return replace(book, tables={**book.tables, table.key: replace(table, editions=editions)})
