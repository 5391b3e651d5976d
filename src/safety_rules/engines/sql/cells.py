"""A column's cells as admission would take them: a value, NULL for unknown, and which need a closer look.

What is plainly no value of the fact (NaN, a number out of bounds, a wrong type) is NULL and a problem, as
admission has it. What SQL cannot be sure of (numbers with units, unusual spellings, dates in words) is
odd: its row is read by admission itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from safety_rules.engines.sql.dialect import Dialect, double, exact_double
from safety_rules.engines.sql.number import HUGE, TINY, short
from safety_rules.engines.sql.types import ColumnType, ListOf, Plain, Reads, Struct, Use
from safety_rules.language.kinds import Boolean, Choice, ChoiceList, Choices, Date, Number, Records, Text
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.semantics.values import ABSENT, FALSE, MOST_CHARACTERS, NOTHING, SEPARATORS, TRUE

SPACES = r"[\s\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
PADDED = rf"(?s)\A{SPACES}|{SPACES}\z"
PLAIN_NUMBER = r"\A[+-]?[0-9]+([.][0-9]+)?\z"
PLAIN_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
PLAIN_CODE = r"\A[0-9]{2,4}\z"
ITEM = "{{item}}"
LOOKS_TYPED = r"(?s)\A([0-9.eE+-]+|true|false|[\[{].*)\z"
PLAIN_CAS = r"\A[0-9]{2,7}-[0-9]{2}-[0-9]\z"
DEFAULT_PLACES = 4
MOST_PLACES = 6
FIRST_PLAIN, LAST_PLAIN = "DATE '1001-01-01'", "DATE '8999-12-31'"  # a period of a thousand years stays in the calendar


@dataclass(frozen=True, slots=True)
class Cell:
    """A fact's value as SQL; `odd` and `problem` are conditions on the raw cell, None where they cannot be.

    `places` is how many decimals a number of the column is expected to have; times `factor` it is in the
    fact's unit. `fields` are the fields of a list's records, as SQL over an item `{item}`. `finite` is a
    number that makes the row odd where it is NaN or infinite; all of them are looked at together.
    """

    value: str
    odd: str | None = None
    problem: str | None = None
    places: int = 0
    factor: Fraction = Fraction(1)
    fields: Mapping[str, str] = field(default_factory=dict)
    finite: str | None = None


def wrong_type(fact: Fact, type: ColumnType) -> bool:
    """Return whether a column of the type can hold no value of the fact at all."""
    match fact.kind, type:
        case _, Plain("text"):
            return False
        case Boolean(), Plain("boolean"):
            return False
        case Number(), Plain("integer" | "decimal" | "double"):
            return False
        case Text(), Plain("integer" | "decimal" | "double"):
            return False
        case Date(), Plain("date" | "timestamp"):
            return False
        case Choices(), ListOf(Plain("text")):
            return False
        case Records(), ListOf(Struct()):
            return False
        case _:
            return True


def cell(fact: Fact, use: Use, sql: str, vocabulary: Vocabulary, reads: Reads, d: Dialect) -> Cell:
    """Return the cell of a fact in `sql`; of a list of records, only the fields that are read."""
    if wrong_type(fact, use.type):
        return Cell(missing(fact, vocabulary, reads.fields, d).value, None, f"({sql} IS NOT NULL)")
    match fact.kind, use.type:
        case Boolean(), Plain("boolean"):
            return Cell(sql)
        case Boolean(), _:
            return _words(sql, {True: TRUE - ABSENT, False: FALSE - ABSENT}, d)
        case Number(), Plain(name, _, scale):
            return _number(fact, use, sql, name, scale, reads, d)
        case Text(), Plain(name):
            return _text(fact, sql, name, reads, d)
        case Date(), Plain(name):
            return _day(sql, name, d)
        case Choice(choices), _:
            return _choice(choices, sql, use.clean, reads.bare, d)
        case Choices(choices), ListOf():
            return _choices(choices, sql, reads.counted, d)
        case Choices(choices), _:
            return _choices_in_words(choices, sql, reads.counted, d)
        case Records(), ListOf(Struct(types)):
            return _records(fact, use, sql, types, vocabulary, reads, d)
        case Records(), _:
            return _records_in_text(fact, sql, vocabulary, reads, d)
        case _:
            raise TypeError(fact.kind)


def missing(fact: Fact, vocabulary: Vocabulary, fields: Iterable[str], d: Dialect) -> Cell:
    """Return the cell of a fact that no column carries: unknown."""
    names = set(fields)
    shown = {n: d.member("{item}", n) for n in names}
    return Cell(f"CAST(NULL AS {_sql_type(fact, vocabulary, names, d)})", fields=shown)


def _sql_type(fact: Fact, vocabulary: Vocabulary, fields: set[str], d: Dialect) -> str:
    if isinstance(fact.kind, Records):
        inner = [f for f in vocabulary.fields(fact.key) if f.field in fields]
        if not inner:
            return d.list_of(d.types["boolean"])
        return d.list_of(d.struct_type({f.field: _sql_type(f, vocabulary, set(), d) for f in inner}))
    plain = type_name(fact)
    return d.types[plain] if plain else d.list_of(d.types["text"])


def type_name(fact: Fact) -> str | None:
    """Return the SQL type of a fact's values, by its name in the dialect; None for lists."""
    match fact.kind:
        case Boolean():
            return "boolean"
        case Number():
            return "double"
        case Text() | Choice():
            return "text"
        case Date():
            return "date"
        case _:
            return None


def _absent(sql: str, d: Dialect) -> str:
    return f"({sql} IS NULL OR {d.one_of(f'lower({sql})', sorted(ABSENT))})"


def _words(sql: str, words: Mapping[bool, Iterable[str]], d: Dialect) -> Cell:
    arms = " ".join(f"WHEN {d.one_of(sql, sorted(w))} THEN {str(v).upper()}" for v, w in words.items())
    known = d.one_of(sql, sorted(w for group in words.values() for w in group))
    return Cell(f"(CASE {arms} END)", f"(NOT {known} AND NOT {_absent(sql, d)})")


def _edge(number: Fraction, above: bool) -> str:
    """Return a literal at a bound, or just beyond it where no float is exactly the bound."""
    if short(number) or exact_double(number):
        return double(float(number))
    slack = abs(number) / 2**50
    return double(float(number + slack if above else number - slack))


def _number(fact: Fact, use: Use, sql: str, name: str, scale: int, reads: Reads, d: Dialect) -> Cell:
    assert isinstance(fact.kind, Number)
    places = min(MOST_PLACES, _places(fact, name, scale))
    raw, odd = sql, None
    if name == "text":
        plain = f"(length({sql}) <= 16 AND {d.matches(sql, PLAIN_NUMBER)})"
        raw = f"(CASE WHEN {plain} THEN {d.try_cast(sql, 'double')} END)"
        odd = f"(NOT {plain} AND NOT {_absent(sql, d)})"
    elif name != "double":
        raw = d.cast(sql, "double")
    together = use.clean and use.column != "" and name == "double"
    outside = _outside(fact, use, raw, "integer" if together and not fact.kind.whole else name, d)
    factor = use.unit.factor_to(fact.kind.unit) if use.unit is not None else Fraction(1)
    doubtful = _doubtful_size(fact, use, raw, name, odd, "" in reads.divisors)
    if use.clean:
        odds = [c for c in (outside and f"({outside})", doubtful) if c]
        odd = f"({' OR '.join(odds)})" if odds else None
        return Cell(raw, odd, None, places, factor, finite=raw if together else None)
    if outside is None:
        return Cell(raw, doubtful, None, places, factor)
    value = f"(CASE WHEN {outside} THEN NULL ELSE {raw} END)"
    return Cell(value, doubtful, f"({outside})", places, factor)


def default_places(fact: Fact) -> int:
    """Return how many decimals a fact's numbers are expected to have, whatever the column."""
    return _places(fact, "double", 0)


def _places(fact: Fact, name: str, scale: int) -> int:
    assert isinstance(fact.kind, Number)
    if name == "integer" or fact.kind.whole:
        return 0
    if name == "decimal":
        return scale
    places, step = 0, fact.step
    while step is not None and step.denominator != 1 and places < MOST_PLACES:
        step, places = step * 10, places + 1
    return places if fact.step is not None else DEFAULT_PLACES


def _outside(fact: Fact, use: Use, raw: str, name: str, d: Dialect) -> str | None:
    """Return the condition that a number is no value of the fact: NaN, infinite, out of bounds, not whole."""
    assert isinstance(fact.kind, Number)
    factor = use.unit.factor_to(fact.kind.unit) if use.unit is not None else Fraction(1)
    bounds, found = fact.bounds, []
    if name == "double":
        found.append(d.unbounded(raw))
    if bounds.minimum is not None:
        found.append(f"{raw} < {_edge(bounds.minimum / factor, False)}")
    if bounds.above is not None:
        found.append(f"{raw} <= {_edge(bounds.above / factor, False)}")
    if bounds.maximum is not None:
        found.append(f"{raw} > {_edge(bounds.maximum / factor, True)}")
    if fact.kind.whole and name != "integer" and factor == 1:
        found.append(f"{raw} <> round({raw})")
    return " OR ".join(found) or None


def _doubtful_size(fact: Fact, use: Use, raw: str, name: str, odd: str | None, divides: bool) -> str | None:
    """Return the condition that a number is beyond what DOUBLE holds for it alone, or too near a converted bound."""
    assert isinstance(fact.kind, Number)
    factor = use.unit.factor_to(fact.kind.unit) if use.unit is not None else Fraction(1)
    parts = [odd] if odd else []
    bounds = fact.bounds
    for bound in (bounds.minimum, bounds.above, bounds.maximum):
        if bound is not None and factor != 1 and bound != 0:
            edge = bound / factor
            slack = abs(edge) / 2**48
            parts.append(f"({raw} BETWEEN {double(float(edge - slack))} AND {double(float(edge + slack))})")
    if fact.kind.whole and factor != 1:
        parts.append(f"({raw} IS NOT NULL)")
    largest = float(bounds.maximum / factor) if bounds.maximum is not None else None
    if name in ("integer", "text"):
        if largest is None or largest > 1e15 or (bounds.minimum is None and bounds.above is None):
            parts.append(f"(abs({raw}) > 1E15)")
    elif name == "double":
        if largest is None or largest > HUGE:
            parts.append(f"(abs({raw}) > {double(HUGE)})")
        if divides and not fact.kind.whole:
            signed = bounds.minimum is None and bounds.above is None
            size = f"abs({raw})" if signed else raw
            parts.append(f"({size} < {double(TINY)} AND {size} > 0E0)")
    elif isinstance(use.type, Plain) and use.type.precision > 15:
        parts.append(f"(abs({raw}) > {double(10.0 ** max(0, 15 - use.type.scale))})")
    return f"({' OR '.join(parts)})" if parts else None


def _text(fact: Fact, sql: str, name: str, reads: Reads, d: Dialect) -> Cell:
    if name == "integer":
        text = d.cast(sql, "text")
    elif name in ("decimal", "double"):
        number = d.cast(sql, "double")
        bad = f"({d.unbounded(number)} OR {number} <> round({number}))"
        odd = f"(abs({number}) > 1E15)"
        whole = f"(CASE WHEN {bad} OR {odd} THEN NULL ELSE {d.cast(f'CAST({number} AS BIGINT)', 'text')} END)"
        return _formed(fact, whole, Cell(whole, odd, bad), d)
    elif fact.format in ("industry_code", "cas"):
        plain = d.matches(sql, PLAIN_CODE) if fact.format == "industry_code" else _is_cas(sql, d)
        return Cell(f"(CASE WHEN {plain} THEN {sql} END)", f"(NOT {plain} AND NOT {_absent(sql, d)})")
    elif reads.bare and not fact.format:
        strange = f"{d.matches(sql, PADDED)} OR length({sql}) > {MOST_CHARACTERS // 2}"
        return Cell(sql, f"({strange} OR {d.one_of(f'lower({sql})', sorted(ABSENT))})")
    else:
        text = f"(CASE WHEN {_absent(sql, d)} THEN NULL ELSE {sql} END)"
        odd = f"({d.matches(sql, PADDED)} OR length({sql}) > {MOST_CHARACTERS // 2})"
        return _formed(fact, text, Cell(text, odd), d)
    return _formed(fact, text, Cell(text), d)


def _is_cas(sql: str, d: Dialect) -> str:
    """Return whether text is a CAS number with its check digit, or 无."""
    digits = f"lpad(replace({sql}, '-', ''), 10, '0')"
    total = " + ".join(f"{w} * CAST(substr({digits}, {10 - w}, 1) AS INTEGER)" for w in range(1, 10))
    right = f"(({total}) % 10 = CAST(substr({digits}, 10, 1) AS INTEGER))"
    return f"(CASE WHEN {sql} = '无' THEN TRUE WHEN {d.matches(sql, PLAIN_CAS)} THEN {right} ELSE FALSE END)"


def _formed(fact: Fact, text: str, found: Cell, d: Dialect) -> Cell:
    """Return the cell where the fact has a form of its own: what is not plainly in it is odd."""
    if not fact.format:
        return found
    outside = f"(NOT {d.matches(text, PLAIN_CODE)})" if fact.format == "industry_code" else f"({text} IS NOT NULL)"
    odd = outside if found.odd is None else f"({found.odd} OR coalesce({outside}, FALSE))"
    return Cell(found.value, odd, found.problem)


def _day(sql: str, name: str, d: Dialect) -> Cell:
    if name == "text":
        value = f"(CASE WHEN {d.matches(sql, PLAIN_DAY)} THEN {d.try_cast(sql, 'date')} END)"
        far = f"({value} NOT BETWEEN {FIRST_PLAIN} AND {LAST_PLAIN})"
        return Cell(value, f"(({value} IS NULL AND NOT {_absent(sql, d)}) OR coalesce({far}, FALSE))")
    day = d.cast(sql, "date") if name == "timestamp" else sql
    return Cell(day, f"({day} NOT BETWEEN {FIRST_PLAIN} AND {LAST_PLAIN})")


def _spelled(choices: ChoiceList) -> dict[str, str]:
    """Return the option of each spelling, as far as it is written exactly so."""
    found: dict[str, str] = {}
    for option in choices.options:
        for spelling in option.spellings:
            first = choices.find(spelling)
            if first is not None and spelling == spelling.strip() and spelling.casefold() not in ABSENT | NOTHING:
                found[spelling] = first.key
    return found


def _key_of(choices: ChoiceList, sql: str, d: Dialect) -> str:
    of: dict[str, list[str]] = {}
    for spelling, key in _spelled(choices).items():
        of.setdefault(key, []).append(spelling)
    arms = " ".join(f"WHEN {d.one_of(sql, s)} THEN {d.text(k)}" for k, s in of.items())
    return f"(CASE {arms} END)" if arms else d.null("text")


def _choice(choices: ChoiceList, sql: str, clean: bool, bare: bool, d: Dialect) -> Cell:
    if clean:
        keys = [o.key for o in choices.options]
        key = sql if bare else d.as_choice(sql, keys)
        strange = f"(NOT {d.one_of(sql, keys)})" if key == sql else f"({key} IS NULL AND {sql} IS NOT NULL)"
        return Cell(sql, strange)
    value = _key_of(choices, sql, d)
    return Cell(value, f"({value} IS NULL AND NOT {_absent(sql, d)})")


def _choices(choices: ChoiceList, sql: str, counted: bool, d: Dialect) -> Cell:
    """Return a list of choices, each once where it matters; a list with any other spelling than the keys is odd."""
    keys = [o.key for o in choices.options]
    return Cell(d.distinct(sql) if counted else sql, f"({sql} IS NOT NULL AND NOT {d.only(sql, keys)})")


def _choices_in_words(choices: ChoiceList, sql: str, counted: bool, d: Dialect) -> Cell:
    """Return the choices of a cell such as `硝化、机械加工`; a part with any other spelling makes it odd."""
    one, part = _key_of(choices, sql, d), _key_of(choices, "e", d)
    nothing = d.one_of(f"lower({sql})", sorted(NOTHING - ABSENT))
    several = d.transform(d.split(sql, SEPARATORS.pattern), d.lambda_("e", part))
    listed = f"(CASE WHEN {one} IS NOT NULL THEN {d.literal_list(one)} ELSE {several} END)"
    filled = f"(CASE WHEN {nothing} THEN {d.literal_list('')} WHEN NOT {_absent(sql, d)} THEN {listed} END)"
    return Cell(
        d.distinct(filled) if counted else filled,
        f"coalesce({d.holes(listed)} AND NOT {nothing} AND NOT {_absent(sql, d)}, FALSE)",
    )


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
    names = {normal(n): n for n in types}
    inner = {f.field: f for f in vocabulary.fields(fact.key) if f.field in reads.fields}
    found = {n: _field(f, use, names, types, vocabulary, n in reads.divisors, d) for n, f in inner.items()}
    doubts = [c for cell in found.values() for c in (cell.odd, cell.problem) if c]
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
    names: Mapping[str, str],
    types: Mapping[str, ColumnType],
    vocabulary: Vocabulary,
    divides: bool,
    d: Dialect,
) -> Cell:
    """Return a field of a record, as SQL over the item `ITEM`."""
    said = [names[n] for n in (inner.field, normal(inner.zh_key.rpartition(".")[2])) if n in names]
    if not said:
        found = missing(inner, vocabulary, (), d)
    else:
        raw = d.member(ITEM, said[0])
        reads = Reads(divisors=frozenset({""} if divides else ()), bare=use.clean)
        found = cell(inner, Use("", types[said[0]], None, use.clean), raw, vocabulary, reads, d)
        if len(said) > 1:
            twice = f"({d.member(ITEM, said[1])} IS NOT NULL)"
            found = replace(found, odd=f"({found.odd} OR {twice})" if found.odd else twice)
    if not inner.or_else:
        return found
    beside = vocabulary.facts[f"{inner.key.rpartition('.')[0]}.{inner.or_else}"]
    other = _field(beside, use, names, types, vocabulary, divides, d)
    raw = d.member(ITEM, said[0]) if said else ""
    blank = "TRUE" if not said else _absent(raw, d) if types[said[0]] == Plain("text") else f"({raw} IS NULL)"
    value = f"(CASE WHEN {blank} THEN {other.value} ELSE {found.value} END)"
    odds = [o for o in (found.odd, other.odd, other.problem) if o]
    return Cell(value, f"({' OR '.join(odds)})" if odds else None, found.problem, max(found.places, other.places))


def _records_in_text(fact: Fact, sql: str, vocabulary: Vocabulary, reads: Reads, d: Dialect) -> Cell:
    """Return a list of records written as JSON in a cell; words other than 无 are odd."""
    wanted = list(vocabulary.fields(fact.key))
    names = [n for f in wanted for n in (f.field, f.zh_key.rpartition(".")[2])]
    texts: dict[str, ColumnType] = {n: Plain("text") for n in names}
    json = f"({sql} LIKE '[%' AND {d.valid_json(sql)})"
    nothing = d.one_of(f"lower({sql})", sorted(NOTHING - ABSENT - {"[]"}))
    rows = d.rows_of_json(f"(CASE WHEN {json} THEN {sql} WHEN {nothing} THEN '[]' END)", names)
    inner = _records(fact, Use("", Plain("text")), rows, texts, vocabulary, reads, d)
    odds = [f"(NOT {json} AND NOT {nothing} AND NOT {_absent(sql, d)})", *([inner.odd] if inner.odd else [])]
    typed = [
        d.member(ITEM, n) for f in wanted if isinstance(f.kind, Text) for n in (f.field, f.zh_key.rpartition(".")[2])
    ]
    looks = _some(rows, [d.matches(t, LOOKS_TYPED) for t in typed], d)
    odds += [looks] if looks else []
    return Cell(
        inner.value, f"({' OR '.join(f'coalesce({o}, FALSE)' for o in odds)})", inner.problem, fields=inner.fields
    )
