"""A column's cells as admission would take them: a value, NULL for unknown, and which need a closer look.

What is plainly no value of the fact (NaN, a number out of bounds, a wrong type) is NULL and a problem, as
admission has it. What SQL cannot be sure of (numbers with units, unusual spellings, dates in words) is
odd: its row is read by admission itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.read.cell_types import Cell, absent_text, missing, wrong_type
from safety_rules.engines.sql.read.numbers import number_cell
from safety_rules.engines.sql.read.texts import (
    boolean_cell,
    choice_cell,
    choices_cell,
    choices_in_words,
    day_cell,
    text_cell,
    time_cell,
)
from safety_rules.engines.sql.read.types import ColumnType, ListOf, Plain, Reads, Struct, Use
from safety_rules.language.clock import is_time
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.semantics.admission.values import NOTHING

ITEM = "{{item}}"
TEXT_LIKE_JSON = r'"\s*[\[{]'
FORGIVEN = r"(?i),\s*[\]}]|\bnan\b|\binf"  # what DuckDB takes for JSON, and nobody else
NAMES = r'"\s*:'  # as many as there are fields, or one is blank, given twice or unknown
LOOKS_TYPED = r"(?s)\A(-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?|true|false|[\[{].*)\z"


def cell(fact: Fact, use: Use, sql: str, vocabulary: Vocabulary, reads: Reads, d: Dialect) -> Cell:
    """Return the cell of a fact in `sql`; of a list of records, only the fields that are read."""
    if wrong_type(fact, use.type):
        there, none = f"({sql} IS NOT NULL)", missing(fact, vocabulary, reads.fields, d)
        # A list of nothing has no type of its own.
        return replace(none, odd=there) if isinstance(use.type, ListOf) else replace(none, problem=there)
    match fact.kind, use.type:
        case Boolean(), Plain("boolean"):
            return Cell(sql)
        case Boolean(), _:
            return boolean_cell(fact, sql, d)
        case Number(), Plain(name) if is_time(fact.kind):
            return time_cell(fact, sql, name, d)
        case Number(), Plain(name, _, scale):
            return number_cell(fact, use, sql, name, scale, reads, d)
        case Text(), Plain(name):
            return text_cell(fact, sql, name, reads, d)
        case Date(), Plain(name):
            return day_cell(fact, sql, name, d)
        case Choice(choices), _:
            return choice_cell(fact, choices, sql, use.clean, reads.bare, d)
        case Choices(choices), ListOf():
            return choices_cell(choices, sql, reads.counted, d)
        case Choices(choices), type:
            return choices_in_words(fact, choices, sql, reads.counted, d, type == Plain("json"))
        case Records(), ListOf(Struct(types)):
            return _records(fact, use, sql, types, vocabulary, reads, d)
        case Records(), _:
            return _records_in_text(fact, sql, vocabulary, reads, d)
        case _:
            raise TypeError(fact.kind)


def _records(
    fact: Fact,
    use: Use,
    sql: str,
    types: Mapping[str, ColumnType],
    vocabulary: Vocabulary,
    reads: Reads,
    d: Dialect,
) -> Cell:
    """Return a list of records with the fields that are read, each as admission would take it.

    A list in which anything is not plainly so is odd. Where choices are written as their keys, the list
    stays as it is, and its fields are read where they are used.
    """
    names: dict[str, list[str]] = {}
    for name in types:
        names.setdefault(normal(name), []).append(name)
    inner = {f.field: f for f in vocabulary.fields(fact.key)}
    beside = {inner[n].or_else for n in reads.fields if inner[n].or_else}
    looked = {
        n: _field(f, use, names, types, vocabulary, n in reads.divisors, d)
        for n, f in inner.items()
        if n in reads.fields or n in beside
    }
    doubts = [c for cell in looked.values() for c in (cell.odd, cell.problem) if c]
    found = {n: cell for n, cell in looked.items() if n in reads.fields}
    odd = _some(sql, doubts, d)
    hole = f"({d.holes(sql)})"
    odd = hole if odd is None else f"({hole} OR {odd})"
    few = None
    if fact.bounds.minimum is not None:
        few = f"({d.length(sql)} < {int(fact.bounds.minimum)})"
        sql = f"(CASE WHEN {few} THEN NULL ELSE {sql} END)"
    if use.clean:
        return Cell(sql, odd, few, fields={n: cell.value.replace(ITEM, "{item}") for n, cell in found.items()})
    filled = d.filter(sql, d.lambda_("r", "r IS NOT NULL"))
    parts = {n: cell.value.replace(ITEM, "r") for n, cell in found.items()}
    value = d.transform(filled, d.lambda_("r", d.struct(parts))) if parts else filled
    return Cell(value, odd, few, fields={n: d.member("{item}", n) for n in found})


def _some(items: str, conditions: list[str], d: Dialect) -> str | None:
    if not conditions:
        return None
    body = " OR ".join(dict.fromkeys(conditions)).replace(ITEM, "r")
    return f"coalesce({d.some_of(items, 'r', f'({body})')}, FALSE)"


def _field(
    inner: Fact,
    use: Use,
    names: Mapping[str, list[str]],
    types: Mapping[str, ColumnType],
    vocabulary: Vocabulary,
    divides: bool,
    d: Dialect,
) -> Cell:
    """Return a field of a record, as SQL over the item `ITEM`."""
    said = [name for n in (inner.field, normal(inner.zh_key.rpartition(".")[2])) for name in names.get(n, ())]
    if not said:
        found = missing(inner, vocabulary, (), d)
    else:
        raw = d.member(ITEM, said[0])
        reads = Reads(divisors=frozenset({""} if divides else ()), bare=use.clean)
        found = cell(inner, Use("", types[said[0]], None, use.clean), raw, vocabulary, reads, d)
        if len(said) > 1:
            twice = f"({' OR '.join(f'{d.member(ITEM, n)} IS NOT NULL' for n in said[1:])})"
            found = replace(found, odd=f"({found.odd} OR {twice})" if found.odd else twice)
    if not inner.or_else:
        return found
    beside = vocabulary.facts[f"{inner.key.rpartition('.')[0]}.{inner.or_else}"]
    other = _field(beside, use, names, types, vocabulary, divides, d)
    raw = d.member(ITEM, said[0]) if said else ""
    blank = (
        "TRUE"
        if not said
        else absent_text(inner, raw, d)
        if types[said[0]] in (Plain("text"), Plain("json"))
        else f"({raw} IS NULL)"
    )
    value = f"(CASE WHEN {blank} THEN {other.value} ELSE {found.value} END)"
    odds = [found.odd] if found.odd else []
    return Cell(value, f"({' OR '.join(odds)})" if odds else None, found.problem, max(found.places, other.places))


def _records_in_text(fact: Fact, sql: str, vocabulary: Vocabulary, reads: Reads, d: Dialect) -> Cell:
    """Return a list of records written as JSON in a cell; words other than 无 are odd."""
    wanted = list(vocabulary.fields(fact.key))
    texts: dict[str, ColumnType] = {
        n: Plain("json" if isinstance(f.kind, Choices) else "text")
        for f in wanted
        for n in (f.field, f.zh_key.rpartition(".")[2])
    }
    json = f"({sql} LIKE '[%' AND {d.valid_json(sql)})"
    nothing = d.one_of(f"lower({sql})", sorted(NOTHING - fact.blank_words - {"[]"}))
    rows = d.rows_of_json(f"(CASE WHEN {json} THEN {sql} WHEN {nothing} THEN '[]' END)", list(texts))
    inner = _records(fact, Use("", Plain("text")), rows, texts, vocabulary, reads, d)
    odds = [f"(NOT {json} AND NOT {nothing} AND NOT {absent_text(fact, sql, d)})", *([inner.odd] if inner.odd else [])]
    typed = [
        d.member(ITEM, n) for f in wanted if isinstance(f.kind, Text) for n in (f.field, f.zh_key.rpartition(".")[2])
    ]
    looks = _some(rows, [d.matches(t, LOOKS_TYPED) for t in typed], d)
    odds += [looks] if looks else []
    odds.append(d.some_of(d.texts_of_json(f"(CASE WHEN {json} THEN {sql} END)"), "e", "e NOT LIKE '{%'"))  # no record
    read = " + ".join(f"(CASE WHEN {d.member('r', n)} IS NULL THEN 0 ELSE 1 END)" for n in texts)
    odds.append(f"({d.length(d.split(sql, NAMES))} - 1 <> {d.total_of(rows, 'r', f'CAST({read} AS DOUBLE)')})")
    odds += [d.matches(sql, pattern) for pattern in (TEXT_LIKE_JSON, FORGIVEN)]
    return Cell(
        inner.value, f"({' OR '.join(f'coalesce({o}, FALSE)' for o in odds)})", inner.problem, fields=inner.fields
    )
