"""Generated expressions over the tests' vocabulary, each with what it means."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from laws.terms import (
    BOOLEANS,
    CHOICES,
    DATES,
    DAYS,
    GRADES,
    INTENSITIES,
    ITEM_NUMBERS,
    LITERAL_UNITS,
    MU,
    NUMBERS,
    ORDERS,
    PERIODS,
    RESTRICTED,
    SITES,
    STEPS,
    TEXTS,
    WORDS,
    F,
    Term,
    World,
    cell,
    chosen,
    conjunction,
    disjunction,
    divided,
    entry,
    entry_of,
    fold,
    moved,
    negation,
    rows,
    severe,
    strict,
)


class Maker:
    """Draws terms; `variables` are the items in sight, `number` counts names for them."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.variables: list[tuple[str, str]] = []

    def one(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def named(self, english: str, chinese: str) -> str:
        return self.one(english, chinese)

    def item_variables(self, kind: str) -> list[str]:
        return [v for v, k in self.variables if k == kind]

    def boolean(self, depth: int) -> Term:
        leaves = [self.boolean_fact, self.starts, self.listed, self.choice_test, self.membership, self.text_test]
        inner = [self.negated, self.joined, self.numbers, self.numbers, self.days, self.either, self.quantified]
        return self.one(*(leaves if depth <= 0 else leaves[:1] + leaves[3:5] + inner))(depth - 1)

    def boolean_fact(self, _depth: int) -> Term:
        items = self.item_variables("events")
        if items and self.one(True, False):
            variable = self.one(*items)
            field_name, chinese = self.one(("closed", "已结"), ("severe", "严重"))
            text = f"{variable}.{self.named(field_name, chinese)}"
            if field_name == "severe":
                return Term(text, lambda w: severe(w.items[variable]))
            return Term(text, lambda w: w.items[variable].get("closed"))
        key = self.one(*BOOLEANS)
        return Term(self.named(key, BOOLEANS[key]), lambda w: w.facts.get(key))

    def starts(self, _depth: int) -> Term:
        text, prefix = self.text(), self.one("26", "2", "氨")
        return Term(f"starts_with({text.text}, '{prefix}')", strict(lambda t: t.startswith(prefix), text))

    def listed(self, _depth: int) -> Term:
        text = self.text()
        inside, table = self.one(True, False), self.named("quantity", "临界量")

        def value(world: World) -> Any:
            spelling = text.value(world)
            found = None if spelling is None else any(spelling in r[0] for r in rows(world.day))
            return found if inside or found is None else not found

        return Term(f"({text.text} {'in' if inside else 'not in'} {table})", value)

    def text(self) -> Term:
        items = self.item_variables("events")
        if items and self.one(True, False):
            variable = self.one(*items)
            name = self.named("substance", "物质")
            return Term(f"{variable}.{name}", lambda w: w.items[variable].get("substance"))
        key = self.one(*TEXTS)
        return Term(self.named(key, TEXTS[key]), lambda w: w.facts.get(key))

    def text_test(self, _depth: int) -> Term:
        text, words = self.text(), [self.one(*WORDS), self.one(*WORDS)]
        if self.one(True, False):
            return Term(f"({text.text} in {words!r})", strict(lambda t: t in words, text))
        return Term(f"({text.text} == '{words[0]}')", strict(lambda t: t == words[0], text))

    def choice(self) -> Term:
        key = self.one(*CHOICES)
        return Term(self.named(key, CHOICES[key]), lambda w: w.facts.get(key))

    def choice_test(self, _depth: int) -> Term:
        left, op = self.choice(), self.one("==", "!=")
        if self.one(True, False):
            right = self.choice()
            return Term(f"({left.text} {op} {right.text})", strict(ORDERS[op], left, right))
        key = self.one(*SITES)
        return Term(f"({left.text} {op} '{self.named(key, SITES[key])}')", strict(lambda a: ORDERS[op](a, key), left))

    def membership(self, _depth: int) -> Term:
        what, items = self.one("site", "step", "grade"), self.item_variables("steps")
        if items and self.one(True, True, False):
            variable = self.one(*items)
            if self.one(True, False):
                key = self.one(*STEPS)
                return Term(f"({variable} == '{self.named(key, STEPS[key])}')", lambda w: w.items[variable] == key)
            within = entry_of(RESTRICTED)
            name = self.named("limit.steps", "标准.工序")
            return Term(f"({variable} in {name})", lambda w: w.items[variable] in within(w))
        if what == "grade":
            text, column = self.text(), self.named("grade", "级别")
            key = self.one(*GRADES)
            table = self.named("quantity", "临界量")
            found = Term("", lambda w: cell(w, text.value(w), None, 3))
            return Term(f"({table}[{text.text}].{column} == '{key}')", strict(lambda a: a == key, found))
        if what == "site":
            keys = [self.one(*SITES), self.one(*SITES)]
            left, op = self.choice(), self.one("in", "not in")
            inside = op == "in"
            return Term(f"({left.text} {op} {keys!r})", strict(lambda a: (a in keys) is inside, left))
        key = self.one(*STEPS)
        name, spelled = self.named("project.steps", "项目.工序"), self.named(key, STEPS[key])
        facts = Term("", lambda w: w.facts.get("project.steps"))
        return Term(f"('{spelled}' in {name})", strict(lambda steps: key in steps, facts))

    def negated(self, depth: int) -> Term:
        inner = self.boolean(depth)
        return Term(f"(not {inner.text})", lambda w: negation(inner.value(w)))

    def joined(self, depth: int) -> Term:
        parts = [self.boolean(depth) for _ in range(self.one(2, 2, 3))]
        word, join = self.one(("and", conjunction), ("or", disjunction))
        return Term(f"({f' {word} '.join(p.text for p in parts)})", lambda w: join([p.value(w) for p in parts]))

    def numbers(self, depth: int) -> Term:
        dimension = self.one("money", "area", "mass", "people", "none", "intensity")
        left, right, op = self.number(dimension, depth), self.number(dimension, depth), self.one(*ORDERS)
        if self.one(True, False, False):
            third, other = self.number(dimension, depth), self.one(*ORDERS)
            first, second = strict(ORDERS[op], left, right), strict(ORDERS[other], right, third)
            text = f"({left.text} {op} {right.text} {other} {third.text})"
            return Term(text, lambda w: conjunction([first(w), second(w)]))
        return Term(f"({left.text} {op} {right.text})", strict(ORDERS[op], left, right))

    def days(self, depth: int) -> Term:
        left, op = self.date(depth), self.one(*ORDERS)
        if self.one(True, False):
            day = self.one(*DAYS)
            return Term(f"({left.text} {op} '{day}')", strict(lambda a: ORDERS[op](a, day), left))
        if self.one(True, False):
            right, days = self.date(depth), self.one(0, 30, 365)
            within = strict(lambda a, b: ORDERS[op]((a - b).days, days), left, right)
            return Term(f"({left.text} - {right.text} {op} {days}[天])", within)
        right = self.date(depth)
        return Term(f"({left.text} {op} {right.text})", strict(ORDERS[op], left, right))

    def date(self, depth: int) -> Term:
        items = self.item_variables("events")
        if items and self.one(True, False):
            variable = self.one(*items)
            return Term(f"{variable}.{self.named('day', '日期')}", lambda w: w.items[variable].get("day"))
        if depth > 0 and self.one(True, False):
            day, sign = self.date(depth - 1), self.one(1, -1)
            text, months, days = self.period(day)
            move = strict(lambda d, m, n: moved(d, sign * int(m), sign * int(n)), day, months, days)
            return Term(f"({day.text} {'+' if sign > 0 else '-'} {text})", move)
        if depth > 0 and self.one(True, False, False):
            variable, where = self.open("events", depth)
            name = self.one("min", "max")
            body = Term(f"{variable}.day", lambda w: w.items[variable].get("day"))
            text = f"{name}({body.text} for {variable} in enterprise.events{_if(where)})"
            return Term(text, lambda w: fold(name, w, variable, body, where, "events"))
        key = self.one(*DATES, "as_of", "limit.opening")
        if key == "as_of":
            return Term(self.named("as_of", "审查日"), lambda w: w.day)
        if key == "limit.opening":
            return Term(self.named(key, "标准.起始"), lambda w: datetime.date(2020, 3, 1))
        return Term(self.named(key, DATES[key]), lambda w: w.facts.get(key))

    def period(self, day: Term) -> tuple[str, Term, Term]:
        """Return a period's text, and its months and days."""
        none = Term("", lambda w: F(0))
        what = self.one("months", "years", "days", "weeks", "term", "wait", "limit", "dated")
        count = self.one(0, 1, 2, 13)
        match what:
            case "months":
                return f"{count}[月]", Term("", lambda w: F(count)), none
            case "years":
                return f"{count}[年]", Term("", lambda w: F(12 * count)), none
            case "days":
                return f"{count}[天]", none, Term("", lambda w: F(count))
            case "weeks":
                return f"{count}[周]", none, Term("", lambda w: F(7 * count))
            case "term":
                return self.named("project.term", "项目.期限"), Term("", lambda w: w.facts.get("project.term")), none
            case "wait":
                return self.named("project.wait", "项目.等待"), none, Term("", lambda w: w.facts.get("project.wait"))
            case "limit":
                return self.named("limit.period", "标准.期限"), Term("", entry_of(PERIODS)), none
            case _:
                return f"limit.period[{day.text}]", Term("", strict(lambda d: entry(PERIODS, d), day)), none

    def either(self, depth: int) -> Term:
        test, a, b = self.boolean(depth), self.boolean(depth), self.boolean(depth)
        text = f"({a.text} if {test.text} else {b.text})"
        return Term(text, lambda w: chosen(test.value(w), a.value(w), b.value(w)))

    def quantified(self, depth: int) -> Term:
        source = self.one("events", "events", "steps")
        variable, where = self.open(source, depth)
        self.variables.append((variable, source))
        body = self.membership(0) if source == "steps" and self.one(True, False) else self.boolean(depth - 1)
        self.variables.pop()
        name = self.one("any", "all")
        listed = self.named(*SOURCES[source])
        text = f"{name}({body.text} for {variable} in {listed}{_if(where)})"
        return Term(text, lambda w: fold(name, w, variable, body, where, source))

    def open(self, source: str, depth: int) -> tuple[str, Term | None]:
        """Return a new variable, and a condition on its items or none."""
        variable = f"x{len(self.variables)}"
        if not self.one(True, False):
            return variable, None
        self.variables.append((variable, source))
        where = self.boolean(min(depth - 1, 1))
        self.variables.pop()
        return variable, where

    def number(self, dimension: str, depth: int) -> Term:
        if depth <= 0:
            return self.one(self.number_leaf, self.number_leaf, self.literal)(dimension)
        options = [self.number_leaf, self.literal, self.sum_of, self.scaled, self.signed, self.chosen, self.extreme]
        if dimension in ("money", "people", "none"):
            options += [self.aggregate, self.aggregate]
        if dimension in ("none", "intensity"):
            options += [self.quotient, self.quotient]
        pick = self.one(*options)
        return pick(dimension) if pick in (self.number_leaf, self.literal) else pick(dimension, depth - 1)

    def number_leaf(self, dimension: str) -> Term:
        if dimension == "intensity":
            return self.intensity()
        items = self.item_variables("events")
        fields = [(f, c, s) for f, (c, d, s) in ITEM_NUMBERS.items() if d == dimension]
        if items and fields and self.one(True, True, False):
            variable, (field_name, chinese, _) = self.one(*items), self.one(*fields)
            text = f"{variable}.{self.named(field_name, chinese)}"
            return Term(text, lambda w: w.items[variable].get(field_name))
        if dimension == "mass" and self.one(True, False, False):
            return self.lookup()
        if dimension == "people" and self.one(True, False, False):
            return Term(self.named("limit.deaths", "标准.死亡"), lambda w: F(3))
        key = self.one(*(k for k, (_, d, _) in NUMBERS.items() if d == dimension))
        return Term(self.named(key, NUMBERS[key][0]), lambda w: w.facts.get(key))

    def intensity(self) -> Term:
        if self.one(True, False):
            scale = F(10**4) / MU
            of = entry_of(INTENSITIES)
            name = self.named("limit.intensity", "标准.强度")
            return Term(name, lambda w: None if of(w) is None else of(w) * scale)
        invested, land = (Term("", lambda w, k=k: w.facts.get(k)) for k in ("project.invested", "project.land"))
        return Term(self.named("project.intensity", "项目.强度"), strict(divided, invested, land))

    def lookup(self) -> Term:
        text, column, table = self.text(), self.named("amount", "数量"), self.named("quantity", "临界量")
        if self.one(True, False):
            return Term(f"{table}[{text.text}].{column}", lambda w: cell(w, text.value(w), None, 2))
        form = self.text()
        found = f"{table}[{text.text}, {form.text}].{column}"
        return Term(found, lambda w: cell(w, text.value(w), lambda: form.value(w), 2))

    def literal(self, dimension: str) -> Term:
        amount = self.one("1", "2", "3", "0.5", "0.07", "21.0", "300", "1.10")
        unit = self.one(*LITERAL_UNITS[dimension])
        number = F(amount) * LITERAL_UNITS[dimension][unit]
        return Term(f"{amount}[{unit}]" if unit else amount, lambda w: number)

    def sum_of(self, dimension: str, depth: int) -> Term:
        a, b = self.number(dimension, depth), self.number(dimension, depth)
        sign = self.one("+", "-")
        return Term(f"({a.text} {sign} {b.text})", strict(lambda x, y: x + y if sign == "+" else x - y, a, b))

    def scaled(self, dimension: str, depth: int) -> Term:
        a, b = self.number(dimension, depth), self.number("none", depth)
        if self.one(True, False):
            return Term(f"({a.text} * {b.text})", strict(lambda x, y: x * y, a, b))
        return Term(f"({a.text} / {b.text})", strict(divided, a, b))

    def quotient(self, dimension: str, depth: int) -> Term:
        over = ("money", "area") if dimension == "intensity" else self.one(("money", "money"), ("area", "area"))
        a, b = self.number(over[0], depth), self.number(over[1], depth)
        return Term(f"({a.text} / {b.text})", strict(divided, a, b))

    def signed(self, dimension: str, depth: int) -> Term:
        inner = self.number(dimension, depth)
        if self.one(True, False):
            return Term(f"(-{inner.text})", strict(lambda x: -x, inner))
        return Term(f"abs({inner.text})", strict(abs, inner))

    def chosen(self, dimension: str, depth: int) -> Term:
        test, a, b = self.boolean(depth), self.number(dimension, depth), self.number(dimension, depth)
        text = f"({a.text} if {test.text} else {b.text})"
        return Term(text, lambda w: chosen(test.value(w), a.value(w), b.value(w)))

    def extreme(self, dimension: str, depth: int) -> Term:
        a, b = self.number(dimension, depth), self.number(dimension, depth)
        name, function = self.one(("min", min), ("max", max))
        return Term(f"{name}({a.text}, {b.text})", strict(function, a, b))

    def aggregate(self, dimension: str, depth: int) -> Term:
        variable, where = self.open("events", depth)
        name = self.one("sum", "min", "max", "count") if dimension == "none" else self.one("sum", "min", "max")
        self.variables.append((variable, "events"))
        body = Term(variable, lambda w: True) if name == "count" else self.number(dimension, depth)
        self.variables.pop()
        text = f"{name}({body.text} for {variable} in {self.named(*SOURCES['events'])}{_if(where)})"
        return Term(text, lambda w: fold(name, w, variable, body, where, "events"))


SOURCES = {"events": ("enterprise.events", "企业.事件"), "steps": ("project.steps", "项目.工序")}


def _if(where: Term | None) -> str:
    return "" if where is None else f" if {where.text}"


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> Term:
    """Draw a condition with its meaning."""
    return Maker(draw).boolean(depth)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> Term:
    """Draw a number with its meaning, in base units."""
    return Maker(draw).number(draw(st.sampled_from(["money", "area", "mass", "people", "none", "intensity"])), depth)
