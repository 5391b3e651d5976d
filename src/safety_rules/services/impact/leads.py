"""Where everything leads that data and rules are read by: spellings, headings, units, facts, rows of tables,
sources, what is said.

A line each, so that two rulebooks can be compared line by line, and a lock of them can be read by people.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Choice, Choices, Kind, Number, Records
from safety_rules.language.law import edition_on
from safety_rules.language.rule import Duty, Obligation, Rule
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Period
from safety_rules.language.table import Edition, Row
from safety_rules.language.vocabulary import Bounds, Fact
from safety_rules.semantics.checking.format import formatted
from safety_rules.services.impact.meaning import items_of
from safety_rules.services.impact.said import citations, sentences
from safety_rules.words.values import decimal

NOWHERE = "—"


@dataclass(frozen=True, slots=True)
class Lead:
    """What one spelling, row or sentence leads to; `owner` is the thing that it belongs to, `data` what a record would write."""

    kind: str
    key: str
    says: str
    owner: str = ""
    data: tuple[str, ...] = ()
    at: Span | None = field(default=None, compare=False, repr=False)


Leads = Mapping[tuple[str, str], Lead]


def leads(book: Rulebook, days: Collection[datetime.date] = ()) -> Leads:
    """Return where everything of a rulebook leads, its tables as they stand on some days (by default, from each edition on)."""
    found = (*_units(book), *_spellings(book), *_facts(book), *_headings(book), *_ratios(book), *_sources(book))
    found += (*_figures(book), *_tables(book, days), *_to_do(book), *_of_ledgers(book), *_told(book))
    return {(x.kind, x.key): x for x in found}


def owners(book: Rulebook) -> frozenset[str]:
    """Return what leads can belong to: everything of a rulebook that has a key."""
    words = book.vocabulary
    keyed = (book.areas, book.parameters, book.tables, book.sources, words.facts, words.choices, words.subjects)
    listed = (book.not_covered, words.ratios, words.contradictions, items_of(book))
    return frozenset(
        {*words.units.units, *words.formats, *(k for m in keyed for k in m), *(t.key for g in listed for t in g)}
    )


def _spellings(book: Rulebook) -> Iterator[Lead]:
    for key, listed in book.vocabulary.choices.items():
        for spelling, option in listed.by_spelling.items():
            yield Lead("spelling", f"{key}: {spelling}", option.key, key, (spelling,), option.at or listed.at)
        yield Lead("choices", key, ", ".join(sorted(o.key for o in listed.options)), key, at=listed.at)


def _facts(book: Rulebook) -> Iterator[Lead]:
    for key, fact in book.vocabulary.facts.items():
        yield Lead("fact", key, fact_says(fact), key, at=fact.at)
    for key, subject in book.vocabulary.subjects.items():
        yield Lead("subject", key, ", ".join(subject.identity), key, at=subject.at)


def fact_says(fact: Fact) -> str:
    """Return all of a fact by which a value of it is read."""
    parts = [kind_says(fact.kind), bounds_says(fact.bounds)]
    parts += [f"step {fact.step}"] if fact.step is not None else []
    parts += [f"plausible {bounds_says(fact.plausible.bounds)}"] if fact.plausible is not None else []
    parts += [f"format {fact.format}"] if fact.format else []
    parts += [f"or else {fact.or_else}"] if fact.or_else else []
    parts += [] if fact.adjustable else ["not adjustable"]
    parts += ["blank: " + " ".join(repr(w) for w in sorted(fact.blank_words))]
    return ", ".join(p for p in parts if p)


def kind_says(kind: Kind) -> str:
    """Return a kind with its unit and choice list."""
    match kind:
        case Number(unit, whole):
            return f"{'whole number' if whole else 'number'} {unit.symbol} {_unit_says(unit.dimension, unit.scale)}".strip()
        case Choice(choices) | Choices(choices):
            return f"{type(kind).__name__.lower()} of {choices.name}"
        case Records(of):
            return f"records {of}"
        case _:
            return type(kind).__name__.lower()


def bounds_says(bounds: Bounds) -> str:
    """Return bounds as comparisons."""
    sides = ((">=", bounds.minimum), (">", bounds.above), ("<=", bounds.maximum))
    return " ".join(f"{sign} {decimal(side)}" for sign, side in sides if side is not None)


def _headings(book: Rulebook) -> Iterator[Lead]:
    """Yield to which facts each heading leads, and each name in data and conditions."""
    found: dict[str, dict[str, None]] = {}
    for key, fact in book.vocabulary.facts.items():
        own = (
            fact.name.zh,
            fact.name.en,
            fact.key,
            fact.zh_key,
            *fact.headings,
            fact.field,
            fact.zh_key.rpartition(".")[2],
        )
        for text in own:
            found.setdefault(f"{key.rpartition('.')[0]}: {text}", {})[key] = None
    for text, keys in found.items():
        yield Lead(
            "heading",
            text,
            ", ".join(sorted(keys)),
            next(iter(keys)) if len(keys) == 1 else "",
            at=book.vocabulary.facts[min(keys)].at,
        )
    for name, key in book.vocabulary.by_name.items():
        yield Lead("name", name, key, key, at=book.vocabulary.facts[key].at)


def _units(book: Rulebook) -> Iterator[Lead]:
    units = book.vocabulary.units
    for spelling, unit in units.units.items():
        yield Lead("units", spelling, _unit_says(unit.dimension, unit.scale), spelling, at=units.places.get(spelling))


def _unit_says(dimension: Iterable[tuple[str, int]], scale: object) -> str:
    named = "·".join(f"{name}^{power}" if power != 1 else name for name, power in dimension)
    return f"({scale} {named})" if named or scale != 1 else ""


def _ratios(book: Rulebook) -> Iterator[Lead]:
    for ratio in book.vocabulary.ratios:
        yield Lead(
            "ratio",
            ratio.key,
            f"{ratio.of} / {ratio.per} {bounds_says(ratio.plausible.bounds)}",
            ratio.key,
            at=ratio.at,
        )
    for c in book.vocabulary.contradictions:
        says = f"{c.text} {' '.join(c.starts)} ~ {' '.join(c.unless)} | {c.choice} {' '.join(sorted(c.options))}"
        yield Lead("contradiction", c.key, says, c.key, at=c.at)


def _sources(book: Rulebook) -> Iterator[Lead]:
    for key, source in book.sources.items():
        says = (source.title.zh, source.number, period_says(source.in_force), source.standing.name, source.replaced_by)
        yield Lead("source", key, ", ".join(s for s in says if s), key, at=source.at)


def _figures(book: Rulebook) -> Iterator[Lead]:
    """Yield each figure with its days, and each clause that rules refer to by name."""
    for parameter in book.parameters.values():
        says = "; ".join(f"{entry.value} {period_says(entry.period)}" for entry in parameter.entries)
        yield Lead("figure", parameter.key, says, parameter.key, at=parameter.at)
    for name, clause in book.named.clauses.items():
        says = formatted(clause.that, book.vocabulary, book.parameters, "en", book.tables)
        yield Lead("clause", name, says, at=clause.at)


def period_says(period: Period) -> str:
    """Return a period as `since..until`."""
    return f"{period.since or ''}..{period.until or ''}"


def _tables(book: Rulebook, days: Collection[datetime.date]) -> Iterator[Lead]:
    for key, table in book.tables.items():
        columns = ", ".join(f"{c.key} {kind_says(c.kind)}" for c in table.columns.values())
        yield Lead("table", key, columns, key, at=table.at)
        for day in days or [e.period.since or datetime.date.min for e in table.editions]:
            edition = edition_on(table, day)
            at = f"{key} @{day}"
            if edition is not None:
                yield Lead("edition", at, period_says(edition.period), key, at=edition.citation.at)
                yield from edition_leads(edition, at, key)


def edition_leads(edition: Edition, at: str, owner: str) -> Iterator[Lead]:
    """Yield what each row of an edition holds, and to which rows each spelling leads."""
    names = row_names(edition)
    for row, name in zip(edition.rows, names, strict=True):
        cells = ", ".join(f"{c} {_cell(v)}" for c, v in sorted(row.cells.items()))
        yield Lead("row", f"{at}: {name}", cells, owner, _written(row), row.at)
    for spelling, places in edition.index.items():
        leads_to = " | ".join(sorted(names[i] for i in places))
        yield Lead(
            "row_spelling",
            f"{at}: {spelling}",
            leads_to,
            owner,
            _found(spelling, edition, places),
            edition.rows[places[0]].at,
        )


def row_names(edition: Edition) -> list[str]:
    """Return a name for each row that no other row has: its first spelling and what tells it from rows of that spelling."""
    seen: dict[str, int] = {}
    names = []
    for row in edition.rows:
        name = " ".join(p for p in (row.spellings[0] if row.spellings else "", row.qualifier) if p)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _cell(value: object) -> str:
    return decimal(value) if isinstance(value, Fraction) else str(value)


def _found(spelling: str, edition: Edition, places: tuple[int, ...]) -> tuple[str, ...]:
    return (spelling, *(q for i in places if (q := edition.rows[i].qualifier)))


def _written(row: Row) -> tuple[str, ...]:
    return tuple(p for p in (*row.spellings[:1], row.qualifier) if p)


def _to_do(book: Rulebook) -> Iterator[Lead]:
    """Yield what is to be done where a rule is violated or an obligation holds."""
    for area in book.areas.values():
        holders: tuple[Rule | Obligation, ...] = (*area.rules, *area.obligations)
        for holder in holders:
            of = f"{area.key}/{holder.key}"
            if isinstance(holder, Rule) and holder.otherwise.remedy is not None:
                remedy = holder.otherwise.remedy
                yield Lead("remedy", of, f"{remedy.zh} · {remedy.en}", holder.key, at=holder.at)
            duties = holder.otherwise.duties if isinstance(holder, Rule) else (holder.duty,)
            if duties:
                yield Lead("duty", of, "；".join(map(_duty, duties)), holder.key, at=holder.at)


def _duty(duty: Duty) -> str:
    said = " ".join(f"{n.zh} · {n.en}" for n in (duty.who, duty.what, duty.by) if n is not None)
    return f"{said}, lapses with {duty.lapses_with}" if duty.lapses_with else said


def _of_ledgers(book: Rulebook) -> Iterator[Lead]:
    """Yield by which keys a list's rows are joined, and what an area asks of a ledger's rows together."""
    for area in book.areas.values():
        for join in area.from_ledger:
            ways = " | ".join(", ".join(f"{field} = {fact}" for field, fact in way) for way in join.ways)
            yield Lead("ledger_join", f"{area.key}/{join.list}", ways, area.key, at=area.at)
        for rule in area.across_rows:
            asks = f"{rule.rising} rises" if rule.rising else f"at most {rule.at_most}"
            yield Lead("ledger_rule", f"{area.key}/{rule.key}", f"{', '.join(rule.by)}: {asks}", area.key, at=rule.at)


def across(area: Area) -> list[tuple[object, ...]]:
    """Return what an area asks of a ledger's rows together, without what it says of it."""
    return [(x.key, x.by, x.at_most, *filter(None, [x.rising])) for x in area.across_rows]


def _told(book: Rulebook) -> Iterator[Lead]:
    """Yield what people are told and what is cited; facts that must be given are asked for with what they say."""
    for said in sentences(book):
        yield Lead("sentence", said.key, said.says, said.owner, at=said.at)
    for cited in citations(book):
        yield Lead("cites", cited.key, cited.says, cited.owner, at=cited.at)
    for i, one in enumerate(book.must_be_given, 1):
        says = f"{', '.join(one.areas)} when {one.text or 'always'}, with {one.given_with or 'nothing'}"
        says += f", without {one.without}" if one.without else ""
        yield Lead("must_be_given", f"{one.fact} {i}", says, one.fact, at=one.at)
