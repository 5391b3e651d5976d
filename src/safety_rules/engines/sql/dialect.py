"""Every difference between the two SQLs, in one table of forms."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from safety_rules.formats.duck import quoted

Form = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The forms that DuckDB and Spark write differently; everything else is written the same for both.

    `lambda_` is a function of one variable; `joined` folds a list of three-valued truths or numbers and is NULL
    where one of them is. `divides_by_zero` says that a quotient by zero is a number, not an error. `chunk` rules
    share a number of a short query, or as many as fit; `twice`: what it works out stands there two times, each of
    which is then a method of its own, and short enough for the JVM to compile. `defaults` stand for blanks by type,
    where code for columns without any is shorter. `product` and `total` may be NULL where the result does not fit,
    inside `attempt`.
    """

    name: str
    quote: str
    text: Form
    list_of: Form
    lambda_: Form
    transform: Form
    filter: Form
    any_of: Form
    some_of: Form
    holes: Form
    total_of: Form
    length: Form
    contains: Form
    one_of: Form
    as_choice: Form
    keyed: Form
    unbounded: Form
    only: Form
    distinct: Form
    split: Form
    literal_list: Form
    struct: Form
    member: Form
    struct_type: Form
    types: Mapping[str, str]
    attempt: Form
    product: Form
    total: Form
    matches: Form
    asked: Mapping[str, Form]
    shift_months: Form
    shift_days: Form
    days_between: Form
    smallest: Form
    largest: Form
    look_up: Form
    at: Form
    rows_of_json: Form
    texts_of_json: Form
    valid_json: Form
    array: Form
    word_of: Form
    bit: Form
    left: Form
    right: Form
    divides_by_zero: bool
    chunk: int
    twice: bool
    defaults: Mapping[str, str]

    def name_of(self, identifier: str) -> str:
        """Return a quoted identifier."""
        return _name(self.quote)(identifier)

    def cast(self, sql: str, kind: str) -> str:
        """Return a cast to a type of `types`."""
        return f"CAST({sql} AS {self.types[kind]})"

    def try_cast(self, sql: str, kind: str) -> str:
        """Return a cast that is NULL where it fails."""
        return f"TRY_CAST({sql} AS {self.types[kind]})"

    def null(self, kind: str) -> str:
        """Return NULL of a type."""
        return self.cast("NULL", kind)

    def day(self, day: datetime.date) -> str:
        """Return a date."""
        return f"DATE '{day.isoformat()}'"

    def whole(self, number: int) -> str:
        """Return an integer of the widest exact type."""
        return self.cast(f"'{number}'", "exact")

    def texts(self, texts: Sequence[str]) -> str:
        """Return texts, separated by commas."""
        return ", ".join(self.text(t) for t in texts)


def double(number: float) -> str:
    """Return a number as a literal of type DOUBLE in both SQLs.

    >>> double(0.5), double(1e300), double(-3.0)
    ('5E-1', '1E+300', '(-3E0)')
    """
    sign, digits, exponent = _decimal_digits(number)
    written = f"{digits}E{exponent:+d}" if exponent > 0 else f"{digits}E{exponent}"
    return f"(-{written})" if sign else written


def _decimal_digits(number: float) -> tuple[bool, str, int]:
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    return bool(sign), "".join(map(str, digits)), exponent


def exact_double(number: Fraction) -> bool:
    """Return whether a float is exactly the number."""
    try:
        return Fraction(float(number)) == number
    except OverflowError:
        return False


def _spark_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r") + "'"


def _pairs(names: Mapping[str, str], pattern: str, as_sql: Callable[[str], str]) -> str:
    return ", ".join(pattern.format(as_sql(n), v) for n, v in names.items())


def _name(sign: str) -> Callable[[str], str]:
    """Return the function that quotes a name with a sign."""
    return lambda identifier: sign + identifier.replace(sign, sign * 2) + sign


def _spark_struct(types: Mapping[str, str]) -> str:
    return f"STRUCT<{_pairs(types, '{}: {}', _name('`'))}>"


def _duck_one_of(sql: str, texts: Sequence[str]) -> str:
    """Return membership; DuckDB's own IN is many times slower on dictionaries than these."""
    if len(texts) <= FEW:
        return f"({' OR '.join(f'{sql} = {t}' for t in texts)})"
    return f"(CASE WHEN {sql} IS NOT NULL THEN list_position([{', '.join(texts)}], {sql}) IS NOT NULL END)"


FEW = 4
DUCKDB = Dialect(
    name="DuckDB",
    quote='"',
    text=quoted,
    list_of=lambda inner: f"{inner}[]",
    lambda_=lambda variable, body: f"lambda {variable}: {body}",
    transform=lambda items, function: f"list_transform({items}, {function})",
    filter=lambda items, function: f"list_filter({items}, {function})",
    any_of=lambda items, variable, body: (
        f"list_reduce(list_transform({items}, lambda {variable}: {body}), lambda p, q: p OR q, FALSE)"
    ),
    some_of=lambda items, variable, body: f"list_contains(list_transform({items}, lambda {variable}: {body}), TRUE)",
    holes=lambda items: f"len({items}) <> list_count({items})",
    total_of=lambda items, variable, body: (
        f"list_reduce(list_transform({items}, lambda {variable}: {body}), lambda p, q: p + q, CAST(0 AS DOUBLE))"
    ),
    length=lambda items: f"len({items})",
    contains=lambda items, item: f"list_contains({items}, {item})",
    one_of=lambda sql, texts: _duck_one_of(sql, [quoted(t) for t in texts]),
    as_choice=lambda sql, keys: f"TRY_CAST({sql} AS ENUM({', '.join(map(quoted, keys))}))",
    keyed=lambda text, keys: f"CAST({quoted(text)} AS ENUM({', '.join(map(quoted, keys))}))",
    unbounded=lambda sql: f"(NOT isfinite({sql}))",  # the statistics of a file, which know no NaN, would answer isnan
    only=lambda items, allowed: (
        f"(NOT coalesce(list_contains(list_transform({items}, "
        f"lambda e: coalesce(NOT {_duck_one_of('e', [quoted(t) for t in allowed])}, TRUE)), TRUE), FALSE))"
    ),
    distinct=lambda items: f"list_distinct({items})",
    split=lambda sql, pattern: f"string_split_regex({sql}, {quoted(pattern)})",
    literal_list=lambda items: f"CAST([{items}] AS VARCHAR[])",
    struct=lambda names: "struct_pack(" + _pairs(names, "{} := {}", _name('"')) + ")",
    struct_type=lambda names: "STRUCT(" + _pairs(names, "{} {}", _name('"')) + ")",
    member=lambda item, name: f"struct_extract({item}, {quoted(name)})",
    types={
        "double": "DOUBLE",
        "text": "VARCHAR",
        "date": "DATE",
        "boolean": "BOOLEAN",
        "exact": "HUGEINT",
        "mask": "BIGINT",
    },
    attempt=lambda sql: f"TRY({sql})",
    product=lambda a, b: f"({a} * {b})",
    total=lambda a, b: f"({a} + {b})",
    matches=lambda sql, pattern: f"regexp_matches({sql}, {quoted(pattern)})",
    asked={
        "starts_with": lambda sql, prefix: f"starts_with({sql}, {prefix})",
        "ends_with": lambda sql, suffix: f"ends_with({sql}, {suffix})",
        "contains": lambda sql, part: f"contains({sql}, {part})",
        "matches": lambda sql, pattern: f"regexp_full_match({sql}, {pattern})",
    },
    shift_months=lambda day, count: f"CAST({day} + to_months(CAST({count} AS INTEGER)) AS DATE)",
    shift_days=lambda day, count: f"({day} + CAST({count} AS INTEGER))",
    days_between=lambda later, earlier: f"({later} - {earlier})",
    smallest=lambda items: f"list_min({items})",
    largest=lambda items: f"list_max({items})",
    look_up=lambda name, keys, values, key: f"getvariable({quoted(name)})[{key}]",
    at=lambda name, values, place: f"getvariable({quoted(name)})[{place}]",
    rows_of_json=lambda sql, fields: (
        f"from_json({sql}, {quoted(json.dumps([dict.fromkeys(fields, 'VARCHAR')], ensure_ascii=False))})"
    ),
    texts_of_json=lambda sql: f"from_json({sql}, '[\"VARCHAR\"]')",
    valid_json=lambda sql: f"(CASE WHEN json_valid({sql}) THEN json_type({sql}) = 'ARRAY' ELSE FALSE END)",
    array=lambda words: f"[{words}]",
    word_of=lambda mask, word: f"{mask}[{word + 1}]",
    left=lambda number, places: f"({number} << {places})",
    right=lambda number, places: f"({number} >> {places})",
    bit=lambda test, bit: f"(-CAST({test} AS INTEGER) & {bit})",  # a third quicker than CASE
    divides_by_zero=True,
    chunk=0,
    twice=False,
    defaults={},
)

SPARK = Dialect(
    name="Spark",
    quote="`",
    text=_spark_text,
    list_of=lambda inner: f"ARRAY<{inner}>",
    lambda_=lambda variable, body: f"{variable} -> {body}",
    transform=lambda items, function: f"transform({items}, {function})",
    filter=lambda items, function: f"filter({items}, {function})",
    any_of=lambda items, variable, body: f"exists({items}, {variable} -> {body})",
    some_of=lambda items, variable, body: f"exists({items}, {variable} -> {body})",
    holes=lambda items: f"exists({items}, h -> h IS NULL)",
    total_of=lambda items, variable, body: (
        f"aggregate(transform({items}, {variable} -> {body}), CAST(0 AS DOUBLE), (p, q) -> p + q)"
    ),
    length=lambda items: f"size({items})",
    contains=lambda items, item: f"array_contains({items}, {item})",
    one_of=lambda sql, texts: f"({sql} IN ({', '.join(map(_spark_text, texts))}))",
    as_choice=lambda sql, keys: sql,
    keyed=lambda text, keys: _spark_text(text),
    unbounded=lambda sql: f"(NOT abs({sql}) <= 1.7976931348623157E308)",  # NaN is above all numbers
    only=lambda items, allowed: f"(size(array_except({items}, array({', '.join(map(_spark_text, allowed))}))) = 0)",
    distinct=lambda items: f"array_distinct({items})",
    split=lambda sql, pattern: f"split({sql}, {_spark_text(pattern)})",
    literal_list=lambda items: f"CAST(array({items}) AS ARRAY<STRING>)",
    struct=lambda names: "named_struct(" + _pairs(names, "{}, {}", _spark_text) + ")",
    struct_type=_spark_struct,
    member=lambda item, name: f"{item}.{_name('`')(name)}",
    types={
        "double": "DOUBLE",
        "text": "STRING",
        "date": "DATE",
        "boolean": "BOOLEAN",
        "exact": "DECIMAL(38,0)",
        "mask": "BIGINT",
    },
    attempt=lambda sql: sql,
    product=lambda a, b: f"try_multiply({a}, {b})",
    total=lambda a, b: f"try_add({a}, {b})",
    matches=lambda sql, pattern: f"({sql} RLIKE {_spark_text(pattern)})",
    asked={
        "starts_with": lambda sql, prefix: f"startswith({sql}, {prefix})",
        "ends_with": lambda sql, suffix: f"endswith({sql}, {suffix})",
        "contains": lambda sql, part: f"contains({sql}, {part})",
        "matches": lambda sql, pattern: f"({sql} RLIKE concat('\\\\A(?:', {pattern}, ')\\\\z'))",
    },
    shift_months=lambda day, count: f"add_months({day}, CAST({count} AS INT))",
    shift_days=lambda day, count: f"date_add({day}, CAST({count} AS INT))",
    days_between=lambda later, earlier: f"datediff({later}, {earlier})",
    smallest=lambda items: f"array_min({items})",
    largest=lambda items: f"array_max({items})",
    look_up=lambda name, keys, values, key: (
        f"try_element_at(map({', '.join(p for pair in zip(keys, values, strict=True) for p in pair)}), {key})"
    ),
    # not [...]: at the place NULL of a list without NULL, Spark 4.3 fails under ANSI
    at=lambda name, values, place: f"get(array({', '.join(values)}), {place} - 1)",
    rows_of_json=lambda sql, fields: (
        f"from_json({sql}, {_spark_text('ARRAY<' + _spark_struct(dict.fromkeys(fields, 'STRING')) + '>')})"
    ),
    texts_of_json=lambda sql: f"from_json({sql}, 'ARRAY<STRING>')",
    valid_json=lambda sql: f"(from_json({sql}, 'ARRAY<STRING>') IS NOT NULL)",
    array=lambda words: f"array({words})",
    word_of=lambda mask, word: f"{mask}[{word}]",
    left=lambda number, places: f"shiftleft({number}, {places})",
    right=lambda number, places: f"shiftright({number}, {places})",  # `>>` is taken for the end of a type after array(
    bit=lambda test, bit: f"(CASE WHEN {test} THEN {bit} ELSE 0 END)",
    divides_by_zero=False,
    chunk=9,
    twice=True,
    defaults={"boolean": "FALSE", "integer": "0", "double": "0E0", "text": "''"},
)
