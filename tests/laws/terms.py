"""What expressions of the rule language mean, written from the meanings of the design.

A `Term` is a text and a function from a world to its value: numbers as fractions in the base unit of
their dimension, None for what is unknown. Nothing here calls the library.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

F = Fraction
MU = F(2000, 3)

NUMBERS = {  # key: (Chinese name, dimension, scale of the unit)
    "project.invested": ("项目.投资", "money", F(10**4)),
    "project.sales": ("项目.销售", "money", F(10**8)),
    "project.tax": ("项目.税收", "money", F(1)),
    "project.balance": ("项目.结余", "money", F(10**4)),
    "project.land": ("项目.用地面积", "area", MU),
    "project.floor": ("项目.建筑面积", "area", F(1)),
    "project.mass": ("项目.储量", "mass", F(1000)),
    "project.staff": ("项目.员工", "people", F(1)),
    "project.rate": ("项目.比例", "none", F(1, 100)),
    "project.ratio": ("项目.比值", "none", F(1)),
}
ITEM_NUMBERS = {
    "deaths": ("死亡", "people", F(1)),
    "loss": ("损失", "money", F(10**4)),
    "score": ("分值", "none", F(1)),
}
LITERAL_UNITS = {
    "money": {"元": F(1), "万元": F(10**4), "亿元": F(10**8)},
    "area": {"m2": F(1), "亩": MU},
    "mass": {"t": F(1000), "kg": F(1)},
    "people": {"人": F(1)},
    "none": {"": F(1), "百分比": F(1, 100)},
    "intensity": {"万元/亩": F(10**4) / MU, "元/m2": F(1)},
}
BOOLEANS = {"project.ready": "项目.就绪", "project.clean": "项目.清洁"}
DATES = {"project.approved": "项目.批准日", "project.expires": "项目.到期日"}
SITES = {"land": "征地", "lease": "租赁", "shared": "合用"}
CHOICES = {"project.site": "项目.方式", "project.other_site": "项目.另一方式"}
STEPS = {"melting": "熔融", "mixing": "混合", "nitration": "硝化"}
GRADES = {"low": "一般", "high": "重大"}
TEXTS = {"project.code": "项目.代码", "project.name": "项目.名称"}
WORDS = ("氨", "toluene", "油", "gas", "水", "26", "2611")
DAYS = tuple(datetime.date(*d) for d in ((2018, 6, 1), (2019, 12, 31), (2020, 2, 29), (2020, 10, 1), (2021, 3, 31)))
PERIODS = [(datetime.date(2015, 1, 1), F(12)), (datetime.date(2019, 1, 1), F(36))]
INTENSITIES = [(datetime.date(2018, 1, 1), F(300)), (datetime.date(2020, 7, 1), F(400))]
RESTRICTED = [(datetime.date(2000, 1, 1), ("nitration",)), (datetime.date(2021, 1, 1), ("nitration", "melting"))]


@dataclass(frozen=True)
class World:
    """A day, the facts in base units (a missing fact is not there), and the items that variables stand for."""

    day: datetime.date
    facts: Mapping[str, Any]
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def inside(self, variable: str, item: Any) -> World:
        return World(self.day, self.facts, {**self.items, variable: item})


class Term(NamedTuple):
    """A text of the rule language, and its value in a world."""

    text: str
    value: Callable[[World], Any]


def strict(function: Callable[..., Any], *terms: Term) -> Callable[[World], Any]:
    def value(world: World) -> Any:
        values = [t.value(world) for t in terms]
        return None if any(v is None for v in values) else function(*values)

    return value


def entry(timeline: list[tuple[datetime.date, Any]], day: datetime.date) -> Any:
    found = [value for since, value in timeline if since <= day]
    return found[-1] if found else None


def moved(day: datetime.date, months: int, days: int) -> datetime.date:
    """Return a day moved by months, then days, as a person counts on a calendar."""
    month = day.month
    year = day.year
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    last = calendar.monthrange(year, month)[1]
    return datetime.date(year, month, min(day.day, last)) + datetime.timedelta(days=days)


def conjunction(values: list[Any]) -> Any:
    return False if False in values else None if None in values else True


def disjunction(values: list[Any]) -> Any:
    return True if True in values else None if None in values else False


def negation(value: Any) -> Any:
    return None if value is None else not value


def chosen(test: Any, a: Any, b: Any) -> Any:
    """Return `a if test else b`: with an unknown test, known only where both are known and agree."""
    if test is not None:
        return a if test else b
    return a if a is not None and a == b else None


def divided(a: Fraction, b: Fraction) -> Fraction | None:
    return None if b == 0 else a / b


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def rows(day: datetime.date) -> list[tuple[set[str], str, Fraction, str]]:
    """Return the table of quantities on a day: spellings, form, amount in kg, grade."""
    if day < datetime.date(2019, 1, 1):
        return [({"氨", "ammonia"}, "", F(20_000), "low")]
    oil = [({"油", "oil"}, "gas", F(50_000), "high"), ({"油", "oil"}, "liquid", F(200_000), "high")]
    return [({"氨", "ammonia", "液氨"}, "", F(10_000), "high"), ({"甲苯", "toluene"}, "", F(500_000), "low"), *oil]


def cell(world: World, spelling: Any, qualifier: Callable[[], Any] | None, column: int) -> Any:
    """Return a cell of the rows that a spelling names; a qualifier counts where those rows differ."""
    if spelling is None:
        return None
    found = [r for r in rows(world.day) if spelling in r[0]]
    if len({r[column] for r in found}) > 1 and qualifier is not None:
        form = qualifier()
        found = [] if form is None else [r for r in found if r[1] == form]
    cells = {r[column] for r in found}
    return cells.pop() if len(cells) == 1 else None


def events(world: World) -> Any:
    return world.facts.get("enterprise.events")


def severe(item: Mapping[str, Any]) -> Any:
    deaths, loss = item.get("deaths"), item.get("loss")
    return disjunction([None if deaths is None else deaths >= 3, None if loss is None else loss >= 10**7])


def fold(name: str, world: World, variable: str, body: Term, where: Term | None, source: str) -> Any:
    """Return an aggregate by the design's words: items for which `where` is false are left out."""
    listed = events(world) if source == "events" else world.facts.get("project.steps")
    if listed is None:
        return None
    scopes = [world.inside(variable, item) for item in listed]
    wheres = [True if where is None else where.value(s) for s in scopes]
    if name == "any":
        return disjunction([conjunction([w, body.value(s)]) for w, s in zip(wheres, scopes, strict=True)])
    if name == "all":
        return conjunction([disjunction([negation(w), body.value(s)]) for w, s in zip(wheres, scopes, strict=True)])
    if None in wheres:
        return None
    values = [body.value(s) for w, s in zip(wheres, scopes, strict=True) if w]
    if name == "count":
        return F(len(values))
    if None in values or (not values and name != "sum"):
        return None
    return {"sum": sum, "min": min, "max": max}[name](values) if values else F(0)


def entry_of(timeline: list[tuple[datetime.date, Any]]) -> Callable[[World], Any]:
    return lambda world: entry(timeline, world.day)
