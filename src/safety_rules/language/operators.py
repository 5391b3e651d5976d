"""The one table of operators, folds and functions: names, kinds, meaning, and how each reading takes them.

A reading looks a row up and holds no list of names. What a function means is written once, over what
numbers, days and texts can do (`Algebra`): its value here, its SQL, its formula for the solver and its bounds
are made from that. What an explanation says of it is the sentence `function.KEY` (or `fold.KEY`) of the catalog.
"""

from __future__ import annotations

import ast
import calendar
import datetime
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias
from typing import Literal as OneOf

from safety_rules.language import patterns, workdays
from safety_rules.language.kinds import Boolean, Date, Kind, Name, Number
from safety_rules.language.table import normal_spelling
from safety_rules.language.units import DAY, MONTH, YEAR

Comparison: TypeAlias = OneOf["<", "<=", "==", "!=", ">=", ">"]
Operator: TypeAlias = OneOf["+", "-", "*", "/"]
Folding: TypeAlias = OneOf["sum", "all", "any", "count", "distinct", "min", "max"]
Taken: TypeAlias = OneOf["text", "part", "format", "day", "time", "number", "same"]
"""What an argument is; `same` is a number in the unit of the first, `part` a text that is not empty, `format` the name of one."""


@dataclass(frozen=True, slots=True)
class Order:
    """A comparison: `turned` is the same with its sides exchanged, `denied` its opposite, `slips` what may be meant for it."""

    value: Callable[[Any, Any], Any]
    syntax: type[ast.cmpop]
    turned: Comparison
    denied: Comparison
    slips: tuple[Comparison, ...]
    sql: str


ORDERS: Mapping[str, Order] = {
    "<": Order(operator.lt, ast.Lt, ">", ">=", ("<=", ">="), "<"),
    "<=": Order(operator.le, ast.LtE, ">=", ">", ("<", ">"), "<="),
    "==": Order(operator.eq, ast.Eq, "==", "!=", ("!=",), "="),
    "!=": Order(operator.ne, ast.NotEq, "!=", "==", ("==",), "<>"),
    ">=": Order(operator.ge, ast.GtE, "<=", "<", (">", "<"), ">="),
    ">": Order(operator.gt, ast.Gt, "<", "<=", (">=", "<="), ">"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """An operator between two numbers; a quotient by zero is unknown, which is the reading's to say."""

    value: Callable[[Any, Any], Any]
    syntax: type[ast.operator]
    either_way: bool = False


SIGNS: Mapping[str, Sign] = {
    "+": Sign(operator.add, ast.Add, True),
    "-": Sign(operator.sub, ast.Sub),
    "*": Sign(operator.mul, ast.Mult, True),
    "/": Sign(operator.truediv, ast.Div),
}


@dataclass(frozen=True, slots=True)
class Fold:
    """One value from a list. `value` is of known values; `quantifies` says that it is of truths; `kind` is of the body's.

    `nothing`: of an empty list it is unknown.
    """

    name: Name
    value: Callable[[Sequence[Any]], Any]
    kind: Callable[[Kind], Kind]
    quantifies: bool = False
    nothing: bool = False
    days: bool = False


FOLDS: Mapping[str, Fold] = {
    "sum": Fold(Name("合计", "sum"), lambda v: sum(v, Fraction(0)), lambda k: k),
    "all": Fold(Name("全部", "all"), all, lambda k: Boolean(), quantifies=True),
    "any": Fold(Name("任一", "any"), any, lambda k: Boolean(), quantifies=True),
    "count": Fold(Name("计数", "count"), lambda v: Fraction(len(v)), lambda k: Number(whole=True)),
    "distinct": Fold(Name("不同数", "distinct"), lambda v: Fraction(len(set(v))), lambda k: Number(whole=True)),
    "min": Fold(Name("取小", "min"), min, lambda k: k, nothing=True, days=True),
    "max": Fold(Name("取大", "max"), max, lambda k: k, nothing=True, days=True),
}


TEXT_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": str.__contains__,
    "same_text": lambda a, b: normal_spelling(a) == normal_spelling(b),
    "matches": patterns.matches,
}
"""What a function asks of a text and a second one; of `matches` that is the pattern of the format that is named."""


@dataclass(frozen=True, slots=True)
class Algebra:
    """What the numbers, days and texts of a reading can do: all that the meaning of a function is made of.

    `stands(op, a, b)` is whether a stands to b by `op`, `chosen(op, a, b, x, y)` then x, else y. `calendar(day)`
    are four whole numbers: its year, its month, its day of the month, and the length of that month; `weekday(day)`
    is 1 for Monday to 7 for Sunday. `moved(day, days)` is the day so many days after it. `workdays(day)` is how
    many working days there are up to it, of a day whose year has its table. `length(text)` is how many characters
    it has, `asked(test, a, b)` one of `TEXT_TESTS`.
    """

    constant: Callable[[Fraction], Any]
    stands: Callable[[str, Any, Any], Any]
    operated: Callable[[str, Any, Any], Any]
    absolute: Callable[[Any], Any]
    floor: Callable[[Any], Any]
    chosen: Callable[[str, Any, Any, Any, Any], Any]
    days: Callable[[Any, Any], Any]
    calendar: Callable[[Any], tuple[Any, Any, Any, Any]]
    weekday: Callable[[Any], Any]
    moved: Callable[[Any, Any], Any]
    workdays: Callable[[Any], Any]
    length: Callable[[Any], Any]
    asked: Callable[[str, Any, Any], Any]


def _calendar(day: datetime.date) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    length = calendar.monthrange(day.year, day.month)[1]
    return Fraction(day.year), Fraction(day.month), Fraction(day.day), Fraction(length)


KNOWN = Algebra(
    constant=lambda number: number,
    stands=lambda op, a, b: ORDERS[op].value(a, b),
    operated=lambda op, a, b: SIGNS[op].value(a, b),
    absolute=abs,
    floor=lambda a: Fraction(math.floor(a)),
    chosen=lambda op, a, b, x, y: x if ORDERS[op].value(a, b) else y,
    days=lambda later, earlier: Fraction((later - earlier).days),
    calendar=_calendar,
    weekday=lambda day: Fraction(day.isoweekday()),
    moved=lambda day, days: day + datetime.timedelta(int(days)),
    workdays=lambda day: Fraction(workdays.working_days_up_to(day)),
    length=lambda text: Fraction(len(text)),
    asked=lambda test, a, b: TEXT_TESTS[test](a, b),
)
"""What known values can do: the definition."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    `above_zero` is the place of an argument without which, above zero, it is unknown, `apart` those of two that
    must differ. `rises` are the places in which it never falls as an argument grows, the others held still.
    `pieces` are what it can be, where it has no jumps; without them no reading looks for the points at which it
    changes. `same_as` is the node that writes the same. A function `by_table` is unknown of days whose year has no
    table of working days. `within` are the least and the most that it can be, whatever its arguments.
    """

    name: Name
    takes: tuple[Taken, ...]
    kind: Callable[[Sequence[Kind]], Kind]
    meaning: Callable[..., Any]
    above_zero: int | None = None
    apart: tuple[int, int] | None = None
    rises: tuple[int, ...] = ()
    pieces: Callable[..., Sequence[Any]] | None = None
    same_as: str = ""
    by_table: bool = False
    within: tuple[int, int] | None = None

    def beyond(self, arguments: Sequence[Any]) -> list[int]:
        """Return the places of the days whose year has no table of working days, where the function needs one."""
        if not self.by_table:
            return []
        return [i for i, a in enumerate(arguments) if isinstance(a, datetime.date) and not workdays.is_known(a)]

    @property
    def known(self) -> Callable[..., Any]:
        """The function on known arguments: its meaning alone, where it is never unknown."""
        never = not self.by_table and self.above_zero is None and self.apart is None
        return partial(self.meaning, KNOWN) if never else self.value

    def value(self, *arguments: Any) -> Any:
        """Return what it is on known arguments; None where it is unknown all the same."""
        if self.beyond(arguments):
            return None
        if self.above_zero is not None and arguments[self.above_zero] <= 0:
            return None
        if self.apart is not None and arguments[self.apart[0]] == arguments[self.apart[1]]:
            return None
        return self.meaning(KNOWN, *arguments)


def joint(kinds: Sequence[Kind]) -> Kind:
    """Return the kind of what may be any of several parts: a whole number only where all of them are."""
    whole = all(isinstance(kind, Number) and kind.whole for kind in kinds)
    return Number(kinds[0].unit, whole) if isinstance(kinds[0], Number) else kinds[0]


def _stepped(kinds: Sequence[Kind]) -> Kind:
    value, step = kinds
    assert isinstance(value, Number)
    return Number(value.unit, isinstance(step, Number) and step.whole)


def _rounded(c: Algebra, value: Any, step: Any) -> Any:
    """Return the nearest multiple, of two the one further from zero (四舍五入, as a spreadsheet's ROUND has it)."""
    half, steps = c.constant(Fraction(1, 2)), c.operated("/", value, step)
    above = c.floor(c.operated("+", steps, half))
    below = c.operated("-", c.constant(Fraction(0)), c.floor(c.operated("-", half, steps)))
    return c.operated("*", c.chosen(">=", steps, c.constant(Fraction(0)), above, below), step)


def _months_between(c: Algebra, later: Any, earlier: Any) -> Any:
    """Return the calendar months between, one less where the day of the month, as far as the month has it, is not reached."""
    (year, month, day, length), (since, from_, first, _) = c.calendar(later), c.calendar(earlier)
    years = c.operated("*", c.operated("-", year, since), c.constant(Fraction(12)))
    months = c.operated("+", years, c.operated("-", month, from_))
    return c.operated("-", months, _short(c, day, c.chosen("<=", first, length, first, length)))


def _years_between(c: Algebra, later: Any, earlier: Any) -> Any:
    """Return the years between, one less where the month and day, as far as the month has it, are not reached."""
    (year, month, day, length), (since, from_, first, _) = c.calendar(later), c.calendar(earlier)
    reached, wanted = ((month, day), (from_, c.chosen("<=", first, length, first, length)))
    numbers = [c.operated("+", c.operated("*", m, c.constant(Fraction(32))), d) for m, d in (reached, wanted)]
    return c.operated("-", c.operated("-", year, since), _short(c, *numbers))


def _short(c: Algebra, reached: Any, wanted: Any) -> Any:
    return c.chosen("<", reached, wanted, c.constant(Fraction(1)), c.constant(Fraction(0)))


def _in_window(c: Algebra, time: Any, start: Any, end: Any) -> Any:
    """Return whether a time is from the start on and before the end, which may lie after midnight."""
    return c.stands("<", _since(c, time, start), _since(c, end, start))


def _since(c: Algebra, time: Any, start: Any) -> Any:
    """Return the seconds from a time of day to when it is another for the next time."""
    passed, day = c.operated("-", time, start), c.constant(Fraction(24 * 60 * 60))
    return c.chosen(">=", time, start, passed, c.operated("+", passed, day))


def _first_of_month(c: Algebra, day: Any) -> Any:
    return c.moved(day, c.operated("-", c.constant(Fraction(1)), c.calendar(day)[2]))


def _last_of_month(c: Algebra, day: Any) -> Any:
    _, _, number, length = c.calendar(day)
    return c.moved(day, c.operated("-", length, number))


def _asking(zh: str, en: str, second: Taken) -> Function:
    """Return a function that is one of `TEXT_TESTS`."""
    return Function(
        Name(zh, en), ("text", second), lambda k: Boolean(), lambda c, text, other: c.asked(en, text, other)
    )


FUNCTIONS: Mapping[str, Function] = {
    "starts_with": _asking("开头为", "starts_with", "part"),
    "ends_with": _asking("结尾为", "ends_with", "part"),
    "contains": _asking("包含", "contains", "part"),
    "same_text": _asking("文字相同", "same_text", "part"),
    "matches": _asking("符合格式", "matches", "format"),
    "length": Function(
        Name("字数", "length"),
        ("text",),
        lambda k: Number(whole=True),
        lambda c, text: c.length(text),
        within=(0, 10**6),
    ),
    "min": Function(
        Name("取小", "min"),
        ("number", "same"),
        joint,
        lambda c, a, b: c.chosen("<=", a, b, a, b),
        rises=(0, 1),
        pieces=lambda c, a, b: (a, b),
    ),
    "max": Function(
        Name("取大", "max"),
        ("number", "same"),
        joint,
        lambda c, a, b: c.chosen(">=", a, b, a, b),
        rises=(0, 1),
        pieces=lambda c, a, b: (a, b),
    ),
    "abs": Function(
        Name("绝对值", "abs"),
        ("number",),
        joint,
        lambda c, a: c.absolute(a),
        pieces=lambda c, a: (a, c.operated("-", c.constant(Fraction(0)), a)),
    ),
    "days_between": Function(
        Name("相隔天数", "days_between"),
        ("day", "day"),
        lambda k: Number(DAY, True),
        lambda c, later, earlier: c.days(later, earlier),
        same_as="DaysBetween",
    ),
    "months_between": Function(
        Name("相隔月数", "months_between"), ("day", "day"), lambda k: Number(MONTH, True), _months_between
    ),
    "years_between": Function(
        Name("相隔年数", "years_between"), ("day", "day"), lambda k: Number(YEAR, True), _years_between
    ),
    "workdays_between": Function(
        Name("相隔工作日", "workdays_between"),
        ("day", "day"),
        lambda k: Number(DAY, True),
        lambda c, later, earlier: c.operated("-", c.workdays(later), c.workdays(earlier)),
        by_table=True,
    ),
    "year": Function(
        Name("年份", "year"), ("day",), lambda k: Number(whole=True), lambda c, d: c.calendar(d)[0], within=(1, 9999)
    ),
    "month": Function(
        Name("月份", "month"), ("day",), lambda k: Number(whole=True), lambda c, d: c.calendar(d)[1], within=(1, 12)
    ),
    "weekday": Function(
        Name("星期", "weekday"), ("day",), lambda k: Number(whole=True), lambda c, d: c.weekday(d), within=(1, 7)
    ),
    "first_of_month": Function(Name("月初", "first_of_month"), ("day",), lambda k: Date(), _first_of_month),
    "last_of_month": Function(Name("月末", "last_of_month"), ("day",), lambda k: Date(), _last_of_month),
    "in_window": Function(
        Name("时段内", "in_window"), ("time", "time", "time"), lambda k: Boolean(), _in_window, apart=(1, 2)
    ),
    "floor_to": Function(
        Name("向下取整", "floor_to"),
        ("number", "same"),
        _stepped,
        lambda c, value, step: c.operated("*", c.floor(c.operated("/", value, step)), step),
        above_zero=1,
        rises=(0,),
    ),
    "round_to": Function(
        Name("四舍五入", "round_to"), ("number", "same"), _stepped, _rounded, above_zero=1, rises=(0,)
    ),
}


def named(table: Mapping[str, Any], name: str) -> str | None:
    """Return the key of the fold or function of that English or Chinese name; None where there is none."""
    return next((key for key, row in table.items() if name in (row.name.en, row.name.zh)), None)


def shifted(day: datetime.date, period: Fraction, months: bool, backwards: bool) -> Any:
    """Return the day moved by whole days, or by calendar months and clamped to the month's end.

    A move beyond the calendar's years 1 to 9999 stops at its end.
    """
    count = -int(period) if backwards else int(period)
    try:
        if not months:
            return day + datetime.timedelta(days=count)
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return datetime.date.min if count < 0 else datetime.date.max
