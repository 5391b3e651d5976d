"""What DOUBLE says of a comparison, and whole numbers where it is too close, held to fractions: rows at, beside and far from
equality, with both signs, zero, and more decimals than a column is to have."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.exactness import doubles, ratios
from safety_rules.engines.sql.exactness.doubles import Number

Row = Mapping[str, Fraction]
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
SIGNS: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add), ast.Sub: ("-", operator.sub), ast.Mult: ("*", operator.mul), ast.Div: ("/", operator.truediv),
}  # fmt: skip
# a column: its decimals, whether it may be below zero, how far it goes, whether it is never zero
COLUMNS = {
    "s": (2, True, None, False), "p": (2, False, Fraction(10**6), False), "n": (0, False, None, False),
    "r": (2, False, Fraction(1000), True), "t": (1, True, None, True),
}  # fmt: skip
SMALL = {
    "s": ("-1.1", "-0.3", "0", "0.33"), "p": ("0", "0.1", "0.3", "3.3"), "n": ("0", "1", "3"),
    "r": ("0.01", "0.1", "1.1"), "t": ("-3", "0.1"),
}  # fmt: skip
PAIRS = (
    "p ? s", "p ? r", "p ? 0.3", "s ? -0.3", "-s ? 0.3", "abs(s) ? 0.33", "abs(-2) ? n", "-0.3 ? s", "-3 ? -n",
    "0.3 ? p + r", "p + r ? 0.4", "s + p ? 0.4", "p - r ? 0.2", "p - r ? s", "abs(p - r) ? 0.2", "-(p + r) ? -0.4", "1 + 2 ? n",
    "p + r + p + s ? 0.7", "p + 0.1 ? r + 0.3", "count(n) + 0.1 ? 3.1", "0 * s + 0 * p ? 0",
    "p * r ? 0.33", "p * r ? s", "p * p ? 0.09", "s * r ? -0.33", "s * t ? 0.33", "abs(s * r) ? 0.33", "p * r ? s * t",
    "p * s + r * t ? 0", "0 * s ? 0", "p * 10000 ? 3000", "scaled(n, 10000) ? 30000", "scaled(n, 1) ? 3", "scaled(s, 0.1) ? t",
    "p / r ? 3", "3 ? p / r", "s / r ? -3", "p / r ? n", "p / n ? 0.1", "p / t ? 3", "p / t ? s", "s / t ? p / r", "p / s ? r / t",
    "s / t ? r / t", "p / (r - n) ? 0.1", "p / (r + n) ? 0.3", "1 / r ? p", "p / 3 ? 0.1", "s / 0.3 ? t", "p / p ? 1",
    "p / t + 1 ? 2", "p / r + s / r ? 3.3", "p / r * s ? 0.33", "p * r / s ? -n", "p / 3 ? r / 3", "r / 3 / r ? 1 / 3",
)  # fmt: skip
# the pairs whose whole numbers are known to be below 2**53
BRIEF = {
    "p ? r", "p ? 0.3", "p * r ? 0.33", "0 * s ? 0", "p * 10000 ? 3000", "p / r ? 3", "3 ? p / r", "1 / r ? p", "p / 3 ? 0.1",
    "p / p ? 1", "p / 3 ? r / 3", "r / 3 / r ? 1 / 3",
}  # fmt: skip
# Terms with their roundings, and what is told of them: s(igned), f(irm: zero only where the number is), a leaf (l), i(ntegral),
# o(ver two leaves), and whether a term is as large as it says itself (m).
NATURES = (
    "1 flm: p", "1 sfl: s", "1 flm: n", "1 flm: 0.3", "0 flim: 3", "1 sfl: -s", "0 sfli: -3", "1 flm: abs(s)", "0 flim: abs(-3)",
    "2 fm: p + r", "2 s: s + p", "2 fm: p + 0.1", "2 s: p + s", "2 fm: p + 3", "2 s: p - r", "0 flim: 1 + 2", "4 fm: p * r + p",
    "4 fm: p + p * r", "3 s: (p - r) + p", "3 s: p + (p - r)", "2 : abs(p - r)", "3 : abs(p - r) + 0", "3 : 0 + abs(p - r)",
    "3 fm: p * r", "3 sf: s * r", "3 sf: r * s", "2 fm: p * 3", "4 s: s * (p - r)", "4 s: (p - r) * s", "5 fm: p * (p * r)",
    "4 fm: p / r / 3", "3 fmo: p / r", "3 sfo: s / r", "3 fm: p / n", "3 sf: p / t", "5 fm: p * r / r", "5 fm: p / (p * r)", "4 s: (p - r) / r",
    "2 fm: p / 3", "2 sf: p / -3", "4 sf: p / (r - n)", "3 fm: r / p",
    "1 flm: scaled(n, 1)", "2 fm: scaled(n, 10000)", "1 fim: scaled(count(n), 3)", "2 fm: scaled(count(n), 0.3)",
    "0 flim: count(n)", "0 sfli: count(n - 3)",
)  # fmt: skip
FAR = Fraction(1, 10**9)


def term(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def number(of: ast.expr) -> tuple[Number, list[str]]:
    """Return a term as SQL, and where its rows go back."""
    match of:
        case ast.Name(name):
            places, signed, most, nonzero = COLUMNS[name]
            return replace(doubles.leaf(name, places, DUCKDB, signed, most), nonzero=nonzero), []
        case ast.Constant(known):
            return doubles.constant(Fraction(str(known)), DUCKDB), []
        case ast.UnaryOp(ast.USub(), inner):
            a, back = number(inner)
            return doubles.negated(a, DUCKDB), back
        case ast.BinOp(left, op, right):
            (a, back), (b, more) = number(left), number(right)
            found, doubts = doubles.operated(SIGNS[type(op)][0], a, b, DUCKDB)
            return found, [*back, *more, *doubts]
        case ast.Call(ast.Name("scaled"), [inner, ast.Constant(by)]):
            return doubles.scaled(number(inner)[0], Fraction(str(by)), DUCKDB), []
        case ast.Call(ast.Name("count"), [inner]):
            a, back = number(inner)
            return doubles.counted(f"CAST({a.sql} AS BIGINT)", DUCKDB, a.signed), back
        case ast.Call(ast.Name("abs"), [inner]):
            a, back = number(inner)
            return doubles.absolute(a, DUCKDB), back
    raise AssertionError(ast.unparse(of))


def value(of: ast.expr, row: Row) -> tuple[Fraction, Fraction] | None:
    """Return what a term is and how far from zero its parts could bring it, None where it divides by zero."""
    match of:
        case ast.Name(name):
            return row[name], abs(row[name])
        case ast.Constant(known):
            return Fraction(str(known)), Fraction(str(known))
        case ast.UnaryOp(_, inner) | ast.Call(ast.Name("count" | "abs"), [inner]):
            one = value(inner, row)
            sign = -1 if isinstance(of, ast.UnaryOp) else 1
            changed = abs if ast.unparse(of).startswith("abs") else lambda n: n * sign
            return one and (changed(one[0]), abs(one[0]) if ast.unparse(of).startswith("count") else one[1])
        case ast.BinOp(left, op, right):
            return _operated(SIGNS[type(op)][0], value(left, row), value(right, row))
        case ast.Call(_, [inner, by]):
            return _operated("*", value(inner, row), value(by, row))
    raise AssertionError(ast.unparse(of))


def _operated(op: str, a: Any, b: Any) -> tuple[Fraction, Fraction] | None:
    if a is None or b is None or (op == "/" and not b[0]):
        return None
    found = next(f for sign, f in SIGNS.values() if sign == op)(a[0], b[0])
    size = a[1] * b[1] / b[0] ** 2 if op == "/" else a[1] * b[1] if op == "*" else a[1] + b[1]
    return found, size


@cache
def rows() -> list[dict[str, Fraction]]:
    """Return every row of small numbers, rows of large ones, and some with a decimal more than their columns are to have."""
    rng = Random(15)
    small = [dict(zip(SMALL, map(Fraction, cells), strict=True)) for cells in product(*SMALL.values())]
    found = small + [{k: _drawn(k, rng) for k in COLUMNS} for _ in range(80)]
    return found + [{**row, rng.choice("spr"): Fraction(rng.randrange(1, 4000), 1000)} for row in rng.sample(small, 30)]


def _drawn(column: str, rng: Random) -> Fraction:
    places, signed, most, nonzero = COLUMNS[column]
    limit = 10 ** rng.randrange(1, 9 - places) if most is None else int(most) * rng.choice([1, 10, 100])
    return Fraction(rng.randrange(-limit if signed else 0, limit) or int(nonzero), 10**places)


def found_of(shown: list[str]) -> Iterator[tuple[Row, tuple[Any, ...]]]:
    """Yield each row with what SQL shows of it."""
    table = pa.table({k: [float(row[k]) for row in rows()] for k in COLUMNS})
    yield from zip(rows(), duckdb.connect().from_arrow(table).project(", ".join(shown)).fetchall(), strict=True)


def asked(pair: str) -> Iterator[tuple[Row, Fraction, Fraction, str, tuple[Any, ...]]]:
    """Yield, of each row and sign of order, both sides and what SQL says of them, of rows that do not go back."""
    terms = [term(one) for one in pair.split("?")]
    (a, doubts), (b, more) = map(number, terms)
    shown = [" OR ".join(("FALSE", *doubts, *more))]
    for op in ORDERS:
        told = doubles.compared(op, a, b, DUCKDB)
        exact = [form(op, a.exact, b.exact, DUCKDB) or "NULL" for form in (ratios.compared, ratios.compared_in_double)]
        near = told.near or "FALSE"
        shown += [told.sql, near, f"({near} AND {told.unsettled or 'TRUE'})", *exact, *doubles.surely(op, a, b)]
    for row, (back, *cells) in found_of(shown):
        left, right = (value(one, row) for one in terms)
        if left is None or right is None:
            assert cells[::7] == [None] * 6, row  # by zero: no answer
        elif not back:
            yield from ((row, left[0], right[0], op, tuple(cells[i * 7 : i * 7 + 7])) for i, op in enumerate(ORDERS))


def in_place(row: Row) -> bool:
    """Whether numbers have no more decimals than their columns are to have."""
    return all((row[k] * 10**places).denominator == 1 for k, (places, *_) in COLUMNS.items())


@pytest.mark.parametrize("pair", PAIRS)
def test_a_comparison_is_that_of_the_fractions(pair: str) -> None:
    count = 0
    for row, left, right, op, (said, near, back, whole, brief, yes, no) in asked(pair):
        holds, far, sound = ORDERS[op](left, right), abs(left - right) > (abs(left) + abs(right)) * FAR, in_place(row)
        count += 1
        if not back:  # too close to call: the row goes to the exact evaluator
            assert said is holds, (op, row)
        if far:
            assert (near, back, yes if holds else no) == (False, False, True), (op, row)
        assert not (no if holds else yes), (op, row)
        assert {whole, brief} <= {holds, None}, (op, row)
        if sound:
            assert (back, whole, brief) == (False, holds, holds if pair in BRIEF else None), (op, row)
    assert count > 6 * 200


def test_of_a_quotient_whose_sign_is_lost_what_is_close_goes_back() -> None:
    back = {(left == right, back) for _, left, right, _, (_, _, back, *_) in asked("abs(p / t) ? 3")}
    assert back == {(True, True), (False, False)}


@pytest.mark.parametrize("of", ["p / 0", "3 / 0", "(s * 0) / (0 * p)"])
def test_a_quotient_by_zero_is_compared_with_nothing(of: str) -> None:
    assert list(asked(f"{of} ? n")) == []


@pytest.mark.parametrize("nature", NATURES)
def test_a_number_tells_how_far_it_may_be_off(nature: str) -> None:
    told, _, text = nature.partition(":")
    (found, doubts), of = number(term(text)), term(text)
    flags = (found.signed, found.firm, found.leaf, found.integral, found.over is not None, found.size == found.sql)
    expected = "".join(c for c in "sfliom" if c in told)
    assert (found.roundings, "".join(c for c, f in zip("sfliom", flags, strict=True) if f)) == (int(told[0]), expected)
    for row, (said, size, back) in found_of([found.sql, found.size, " OR ".join(("FALSE", *doubts))]):
        true = value(of, row)
        if true is None:
            assert said is None, row
        elif not back:
            assert (said, size) == (
                pytest.approx(float(true[0]), rel=1e-9, abs=1e-9),
                pytest.approx(float(true[1]), rel=1e-9),
            ), row


TOP = ratios.Whole(1, "a", "a", Fraction(2**53 - 1))


def test_whole_numbers_are_kept_within_what_holds_them() -> None:
    edge, one, most = 10**18, ratios.Whole(1), ratios.MOST_WHOLE
    assert [ratios.fixed(Fraction(n)) is None for n in (edge - 1, 1 - edge, edge, -edge)] == [False, False, True, True]
    assert [ratios.fixed(Fraction(1, n)) is None for n in (edge - 1, edge)] == [False, True]
    assert [ratios.Whole(n).in_double() is None for n in (2**53 - 1, 2**53, 1 - 2**53, -(2**53))] == [
        False,
        True,
        False,
        True,
    ]
    assert [replace(TOP, times=n, most=Fraction(1, 9)).in_double() is None for n in (2**53 - 1, 2**53)] == [False, True]
    assert [replace(TOP, times=-2, most=Fraction(n, 2)).in_double() is None for n in (2**53 - 1, 2**53)] == [
        False,
        True,
    ]
    assert TOP.in_double() == "a"
    for times, length, fits in ((most - 1, 3999, True), (most, 1, False), (-most, 1, False), (1, 4000, False)):
        long = ratios.Whole(times, "b" * length)
        for top, bottom in ((long, one), (one, long)):
            b = ratios.Ratio(top, bottom, frozenset(), True)
            assert (ratios.product(b, ratios.fixed(Fraction(1)), DUCKDB) is not None) is fits, (times, length)
    other = ratios.Ratio(ratios.Whole(1, "c"), one, frozenset(), True)
    for times, length, fits in (
        (most - 1, 1, True),
        (most, 1, False),
        (-most, 1, False),
        (1, 3994, True),
        (1, 3995, False),
    ):
        b = ratios.Ratio(ratios.Whole(times, "b" * length), one, frozenset(), True)
        assert {ratios.compared("<", *sides, DUCKDB) is not None for sides in ((b, other), (other, b))} == {fits}, times
    assert most * 10 == 10**38  # what both exact types hold
    half = ratios.Ratio(ratios.Whole(1, "b" * 2000), ratios.Whole(1, "c" * 1999), frozenset(), True)
    assert ratios.product(half, ratios.fixed(Fraction(1)), DUCKDB) is not None
    assert ratios.product(replace(half, bottom=replace(half.top)), ratios.fixed(Fraction(1)), DUCKDB) is None


@pytest.mark.parametrize("form", [ratios.total, ratios.product])
def test_what_has_no_whole_numbers_beside_it_has_none(form: Any) -> None:
    a = ratios.fixed(Fraction(1))
    assert [form(x, y, DUCKDB) is None for x, y in ((a, None), (None, a), (None, None), (a, a))] == [
        True,
        True,
        True,
        False,
    ]
    assert [ratios.quotient(x, y, False, DUCKDB) is None for x, y in ((a, None), (None, a), (a, a))] == [
        True,
        True,
        False,
    ]
    assert [ratios.compared("<", x, y, DUCKDB) is None for x, y in ((a, None), (None, a), (a, a))] == [
        True,
        True,
        False,
    ]
    assert [ratios.compared_in_double("<", x, y, DUCKDB) is None for x, y in ((a, None), (None, a), (a, a))] == [
        True,
        True,
        False,
    ]
    assert [ratios.negated(None), ratios.absolute(None, DUCKDB)] == [None, None]
