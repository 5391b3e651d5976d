"""A second evaluator, written from the documentation alone: it re-decides receipts from the rule files, without our code.

It reads YAML and conditions by itself, knows no bounds, engines or admission, and answers as strong Kleene logic does:
where it calls a rule open, the library may know more; where it calls one decided, the library must agree.
"""

from __future__ import annotations

import ast
import calendar
import csv
import datetime
import functools
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

WORDS = {
    "合计": "sum", "计数": "count", "任一": "any", "全部": "all", "取小": "min", "取大": "max", "开头为": "starts_with",
}  # fmt: skip
READS = {
    "units", "subjects", "choices", "facts", "parameters", "table", "clauses", "area", "criteria", "rule", "derive",
}  # fmt: skip
BESIDE = {"cases", "chain", "citations", "duties", "exemptions", "invariants", "obligation", "sources"}


@dataclass(frozen=True)
class Num:
    """A number in the base unit of its dimension; `kind` is `month` or `day` for periods."""

    value: Fraction
    kind: str = ""


@dataclass
class Book:
    """What the rule files say, by name."""

    units: dict[str, tuple[Fraction, str]] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    clauses: dict[str, Any] = field(default_factory=dict)
    areas: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, list[tuple[Path, dict[str, Any]]]] = field(default_factory=dict)

    def unit(self, written: str) -> tuple[Fraction, str]:
        """Return the scale of a unit such as 万元/亩 to base units, and its dimension where it is a period's."""
        scale, kind = Fraction(1), ""
        for i, part in enumerate(written.split("/")):
            if part:
                own, kind = self.units[part]
                scale = scale / own if i else scale * own
        return scale, kind if "/" not in written and kind in ("month", "day") else ""


def folded(text: str) -> str:
    """Return a spelling without differences of width, case, blanks and kinds of brackets."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join({"〔": "(", "〕": ")", "[": "(", "]": ")"}.get(c, c) for c in plain if not c.isspace())


@functools.cache
def book_of(folder: Path) -> Book:
    """Return the rule files of a folder; raises NotImplementedError with the kinds of files that are not read."""
    book = Book()
    for path in sorted(folder.rglob("*.yaml")):
        data = yaml.load(path.read_text("utf-8"), getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        book.files.setdefault(next(iter(data)), []).append((path, data))
    if unread := set(book.files) - READS - BESIDE:
        raise NotImplementedError(", ".join(sorted(unread)))
    for _, data in book.files["units"]:
        for key, unit in data["units"].items():
            for name in (key, *unit.get("aliases", ())):
                book.units[name] = (Fraction(unit["scale"]), unit["dimension"])
    vocabularies = [d for k in ("subjects", "choices", "facts") for _, d in book.files.get(k, ())]
    for data in vocabularies:
        for key, options in data.get("choices", {}).items():
            spelled = book.choices.setdefault(key, {})
            for option, said in options.items():
                said = {"zh": said} if isinstance(said, str) else said
                for name in (option, said.get("zh"), said.get("en"), *said.get("aliases", ())):
                    spelled.setdefault(str(name).casefold(), option)
    subjects = {k: s["zh"] for d in vocabularies for k, s in d.get("subjects", {}).items()}
    for data in vocabularies:
        for key, fact in data.get("facts", {}).items():
            _add(book, key, f"{subjects[key.partition('.')[0]]}.{fact.get('called', fact['zh'])}", fact)
    for _, data in book.files["parameters"]:
        for key, parameter in data["parameters"].items():
            book.parameters[key] = book.parameters[parameter["called"]] = parameter
    for path, data in book.files.get("table", ()):
        texts = [(e, (path.parent / e["file"]).read_text("utf-8-sig")) for e in data["editions"]]
        editions = [{**e, "rows": list(csv.DictReader(text.splitlines()))} for e, text in texts]
        book.tables[data["table"]] = book.tables[data["called"]] = {**data, "editions": editions}
    for _, data in book.files.get("clauses", ()):
        book.clauses |= data["clauses"]
    for path, data in book.files["area"]:
        book.areas[data["area"]] = {**data, "folder": path.parent}
    for _, data in book.files.get("criteria", ()):
        for item, said in data["items"].items():
            book.choices.setdefault("", {})[item.casefold()] = item
            for key, clause in [c for part in ("scope", "while", "requires") for c in said.get(part, {}).items()]:
                if isinstance(clause, dict) and "that" not in clause:
                    subject, name = data.get("reported_as", data.get("about")).partition(".")[0], bare(clause["zh"])
                    _add(book, f"{subject}.{item}_{key}", f"{subjects[subject]}.{name}", {"kind": "boolean"})
    return book


def bare(text: str) -> str:
    """Return a sentence as a name: its letters and digits."""
    return "".join(c for c in text if c.isalnum())


def choice(data: Mapping[str, Any], item: str) -> str:
    """Return the choice that an item of a set is ticked as."""
    matter = data["items"][item].get("matter", item)
    return matter if isinstance(matter, str) else item


def _add(book: Book, key: str, name: str, fact: dict[str, Any]) -> None:
    book.facts[key], book.names[name], book.names[key] = fact, key, key
    for own, inner in fact.get("fields", {}).items():
        _add(book, f"{key}.{own}", f"{name}.{inner.get('called', inner['zh'])}", inner)


def holds(period: Mapping[str, str], day: datetime.date) -> bool:
    """Return whether a day lies in a period."""
    return period.get("from", "0001-01-01") <= day.isoformat() <= period.get("until", "9999-12-31")


class Decision:
    """One receipt decided again."""

    def __init__(self, folder: Path, receipt: Mapping[str, Any]) -> None:
        self.book, self.area = book_of(folder), book_of(folder).areas[receipt["area"]]
        history, overlay = receipt.get("chains", {}).get("history"), receipt["provenance"].get("overlay")
        own = {**self.area, "history": history, "overlay": overlay}
        if unread := [k for k in ("history", "overlay", "across_rows", "from_ledger") if own.get(k)]:
            raise NotImplementedError(", ".join(unread))
        self.day = datetime.date.fromisoformat(receipt["as_of"])
        self.facts = {k: self.given(v, k) for k, v in receipt["provenance"]["facts"].items()}
        self.memo: dict[Any, Any] = {}
        folders = [self.area["folder"], *(self.book.areas[a]["folder"] for a in self.area.get("uses", ()))]
        self.derived: dict[str, dict[str, Any]] = {}
        for path, data in self.book.files["derive"]:
            if any(f in path.parents for f in folders) and holds(data["in_force"], self.day):
                self.derived[self.book.names[data["fact"]]] = data
        self.statuses = {key: self.status(applies, requires) for key, (_, applies, requires) in self.rules().items()}
        waived = {w["rule"] for w in receipt["waivers"] if w["result"] == "applied"}
        order = list(self.area["outcomes"])
        best = worst = 0
        for key, (outcome, _, _) in self.rules().items():
            rank = order.index(outcome) if outcome else 0
            if key not in waived:
                best = max(best, rank if self.statuses[key] == "violated" else 0)
                worst = max(worst, rank if self.statuses[key] in ("violated", "undetermined") else 0)
        self.at_best, self.at_worst = order[best], order[worst]

    def rules(self) -> dict[str, tuple[str | None, list[str], list[str]]]:
        """Return each rule in force: its outcome, and the conditions of both parts."""
        found: dict[str, tuple[str | None, list[str], list[str]]] = {}
        for path, data in self.book.files["rule"]:
            if self.area["folder"] in path.parents and holds(data["in_force"], self.day):
                both = (data.get(part, {}).values() for part in ("applies_when", "requires"))
                applies, requires = ([self.condition(c, self.book.clauses) for c in part] for part in both)
                found[data["rule"]] = (data["otherwise"].get("outcome"), applies, requires)
        for _, data in self.sets():
            for item in data["items"]:
                ticked = [f"'{choice(data, item)}' in {data['reported_as']}"] if "reported_as" in data else []
                applies = [*self.scope(data, item), *ticked, *self.item(data, item, "while")]
                found[item] = (data["outcome"], applies, self.item(data, item, "requires"))
        return found

    def sets(self) -> list[tuple[Path, dict[str, Any]]]:
        own = [(p, d) for p, d in self.book.files.get("criteria", ()) if self.area["folder"] in p.parents]
        return [(p, d) for p, d in own if holds(d["in_force"], self.day)]

    def scope(self, data: Mapping[str, Any], item: str) -> list[str]:
        """Return whom and what a set, a section and an item cover, as conditions."""
        known = self.book.clauses | data.get("clauses", {})
        section = data["items"][item].get("section")
        said = [self.condition(c, known) for c in data.get("scope", {}).values()]
        said += [self.condition(data["sections"][section], known)] if section else []
        return said + self.item(data, item, "scope")

    def item(self, data: Mapping[str, Any], item: str, part: str) -> list[str]:
        known = self.book.clauses | data.get("clauses", {})
        subject = data.get("reported_as", data.get("about")).partition(".")[0]
        return [
            f"{subject}.{item}_{key}" if isinstance(c, dict) and "that" not in c else self.condition(c, known)
            for key, c in data["items"][item].get(part, {}).items()
        ]

    def condition(self, clause: Any, known: Mapping[str, Any]) -> str:
        return str(known[clause]["that"] if isinstance(clause, str) else clause["that"])

    def status(self, applies: list[str], requires: list[str]) -> str:
        applying, meeting = self.every(applies), self.every(requires)
        if applying is False:
            return "not_applicable"
        if meeting is True:
            return "satisfied"
        return "violated" if applying is True and meeting is False else "undetermined"

    def every(self, conditions: list[str]) -> bool | None:
        return conj([self.read(c, {}) for c in conditions])

    def given(self, data: Any, key: str) -> Any:
        """Return a fact of a receipt as a value."""
        fact = self.book.facts[key]
        match fact["kind"]:
            case "number":
                scale, kind = self.book.unit(fact.get("unit", ""))
                return Num(Fraction(data) * scale, kind)
            case "date":
                return datetime.date.fromisoformat(data)
            case "records":
                return [{k: self.given(v, f"{key}.{k}") for k, v in item.items()} for item in data]
            case _:
                return data

    def fact(self, key: str, item: tuple[str, int] | None = None) -> Any:
        """Return a fact, given or derived; of an item of a list by the list and its number."""
        where = (key, item)
        if where not in self.memo:
            self.memo[where] = self._fact(key, item)
        return self.memo[where]

    def _fact(self, key: str, item: tuple[str, int] | None) -> Any:
        if key not in self.derived:
            if key.endswith("matters_covered"):
                return self.covered()
            return self.facts.get(key) if item is None else self.facts[item[0]][item[1]].get(key.rpartition(".")[2])
        data = self.derived[key]
        variables = {data["for_each"]: item} if "for_each" in data else {}
        read = self.bands if isinstance(data["derives"], dict) else self.read
        value = read(data["derives"], variables)
        options = self.book.choices.get(self.book.facts[key].get("choices", ""), {})
        return options.get(value.casefold(), value) if isinstance(value, str) else value

    def covered(self) -> bool | None:
        """Return whether the sets in force cover all that was ticked, and something was, for this enterprise."""
        sets = [d for _, d in self.sets() if "reported_as" in d]
        ticked = next((self.facts.get(d["reported_as"]) for d in sets), None)
        if ticked is None:
            return None
        by = [[self.scope(d, i) for d in sets for i in d["items"] if choice(d, i) == x] for x in ticked]
        return conj([bool(ticked), *(disj([self.every(scope) for scope in several]) for several in by)])

    def bands(self, data: Mapping[str, Any], variables: dict[str, Any]) -> Any:
        of = self.read(data["of"], variables)
        if of is None:
            return None
        unit = self.book.facts[self.book.names[data["of"]]].get("unit", "")
        for band in data["bands"]:
            edges = {k: self.number(v, unit).value for k, v in band.items() if k != "gives"}
            if (
                of.value >= edges.get("at_least", of.value) and of.value <= edges.get("at_most", of.value)
                and ("above" not in edges or of.value > edges["above"]) and ("below" not in edges or of.value < edges["below"])
            ):  # fmt: skip
                try:
                    return Num(Fraction(band["gives"]))
                except ValueError:
                    return band["gives"]
        return None

    def number(self, written: str, unit: str) -> Num:
        scale, kind = self.book.unit(unit)
        return Num(Fraction(written) * scale, kind)

    def read(self, text: str, variables: dict[str, Any]) -> Any:
        return self.value(parsed(text), variables)

    def value(self, node: ast.expr, v: dict[str, Any]) -> Any:
        match node:
            case ast.Constant(bool() | str() as said):
                return said
            case ast.Constant(number):
                return Num(Fraction(str(number)))
            case ast.Subscript(ast.Constant(number), unit):
                return self.number(str(number), ast.unparse(unit).replace(" ", ""))
            case ast.Subscript(ast.Attribute() as figure, day):
                on = self.value(day, v)
                return None if on is None else self.figure(ast.unparse(figure), on)
            case ast.Name(id):
                return self.day if id in ("审查日", "as_of") else v[id]
            case ast.Attribute(ast.Subscript(ast.Name(table), key), column):
                return self.cell(table, key, column, v)
            case ast.Attribute():
                return self.named(ast.unparse(node), v)
            case ast.BoolOp(op, values):
                return (conj if isinstance(op, ast.And) else disj)([self.value(x, v) for x in values])
            case ast.UnaryOp(ast.Not(), of):
                return None if (said := self.value(of, v)) is None else not said
            case ast.UnaryOp(ast.USub(), of):
                return None if (said := self.value(of, v)) is None else Num(-said.value, said.kind)
            case ast.IfExp(test, body, orelse):
                said = self.value(test, v)
                if said is not None:
                    return self.value(body if said else orelse, v)
                one, other = self.value(body, v), self.value(orelse, v)
                return one if one == other else None
            case ast.Compare(left, ops, rights):
                pairs = zip([left, *rights], ops, rights, strict=False)
                return conj([self.compared(a, op, b, v) for a, op, b in pairs])
            case ast.BinOp(left, op, right):
                return calculated(self.value(left, v), op, self.value(right, v))
            case ast.List(items) | ast.Tuple(items):
                return tuple(self.value(x, v) for x in items)
            case ast.Call(ast.Name(function), [ast.GeneratorExp(body, [each])]):
                return self.folded(WORDS.get(function, function), body, each, v)
            case ast.Call(ast.Name(function), arguments):
                return called(WORDS.get(function, function), [self.value(a, v) for a in arguments])
        raise NotImplementedError(ast.dump(node))

    def named(self, name: str, v: dict[str, Any]) -> Any:
        first, _, rest = name.partition(".")
        if first in v:
            path, number = v[first]
            return self.fact(self.field(path, rest), (path, number))
        if name in self.book.names:
            return self.fact(self.book.names[name])
        return self.figure(name, self.day)

    def figure(self, name: str, day: datetime.date) -> Any:
        """Return a figure as of a day; an entry holds until it says, or until the next one begins."""
        parameter = self.book.parameters[name]
        held = [e for e in parameter["entries"] if e["from"] <= day.isoformat()]
        entry = max(held, key=lambda e: str(e["from"]), default=None)
        if entry is None or not holds(entry, day):
            return None
        value = entry["value"]
        if parameter["kind"] == "number":
            return self.number(value, parameter.get("unit", ""))
        options = self.book.choices.get(parameter.get("choices", ""), {})
        return self.alike(value, None, options)

    def field(self, path: str, name: str) -> str:
        own = f"{path}.{name}"
        if own in self.book.facts:
            return own
        inner = {k: f for k, f in self.book.facts.items() if k.startswith(path + ".")}
        return next(k for k, f in inner.items() if name in (f.get("called"), f.get("zh")))

    def options(self, node: ast.expr, v: dict[str, Any]) -> Mapping[str, str]:
        """Return the spellings of the choices that an expression is one of; empty where it is none."""
        if isinstance(node, ast.Name) and node.id in v and isinstance(v[node.id], str):
            return self.book.choices.get(v[f"{node.id}?"], {})
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            first, _, rest = name.partition(".")
            if first in v and isinstance(v[first], tuple):
                return self.book.choices.get(self.book.facts[self.field(v[first][0], rest)].get("choices", ""), {})
            key = self.book.names.get(name)
            held = self.book.facts[key] if key else self.book.parameters.get(name, {})
            return self.book.choices.get(held.get("choices", ""), {})
        return {}

    def compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr, v: dict[str, Any]) -> bool | None:
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.Name) and right.id in self.book.tables:
            spelled = self.value(left, v)
            found = None if spelled is None else bool(self.rows(right.id, spelled))
            return found if isinstance(op, ast.In) or found is None else not found
        a, b, options = self.value(left, v), self.value(right, v), self.options(left, v) or self.options(right, v)
        if a is None or b is None:
            return None
        a, b = (self.alike(x, other, options) for x, other in ((a, b), (b, a)))
        if isinstance(op, ast.In | ast.NotIn):
            return (a in b) is isinstance(op, ast.In)
        if isinstance(op, ast.Eq | ast.NotEq):
            return bool(a == b) is isinstance(op, ast.Eq)
        a, b = (x.value if isinstance(x, Num) else x for x in (a, b))
        return {ast.Lt: a < b, ast.LtE: a <= b, ast.Gt: a > b, ast.GtE: a >= b}[type(op)]

    def alike(self, value: Any, other: Any, options: Mapping[str, str]) -> Any:
        if isinstance(value, str) and isinstance(other, datetime.date):
            return datetime.date.fromisoformat(value)
        if isinstance(value, list | tuple):
            return tuple(self.alike(x, other, options) for x in value)
        if isinstance(value, Num):
            return Num(value.value)
        return options.get(value.casefold(), value) if isinstance(value, str) else value

    def items(self, node: ast.expr, v: dict[str, Any]) -> Iterator[dict[str, Any]] | None:
        """Return the scopes of a list's items, a fact's records or its choices; None where the list is unknown."""
        name = ast.unparse(node)
        first, _, rest = name.partition(".")
        path = self.field(v[first][0], rest) if first in v else self.book.names[name]
        found = self.value(node, v)
        if found is None:
            return None
        if self.book.facts[path]["kind"] == "records":
            return ({"": (path, i)} for i in range(len(found)))
        return ({"": key, "?": self.book.facts[path].get("choices", "")} for key in found)

    def folded(self, fold: str, body: ast.expr, each: ast.comprehension, v: dict[str, Any]) -> Any:
        assert isinstance(each.target, ast.Name)
        scopes = self.items(each.iter, v)
        if scopes is None:
            return None
        name, kept = each.target.id, []
        for scope in scopes:
            inner = v | {name: scope[""], f"{name}?": scope.get("?", "")}
            where = conj([self.value(test, inner) for test in each.ifs])
            kept.append((where, self.value(body, inner)))
        if fold == "any":
            return disj([conj([w, b]) for w, b in kept])
        if fold == "all":
            return conj([disj([neg(w), b]) for w, b in kept])
        if any(w is None for w, _ in kept):
            return None
        values = [b for w, b in kept if w]
        if fold == "count":
            return Num(Fraction(len(values)))
        if any(x is None for x in values) or (fold != "sum" and not values):
            return None
        return called(fold, values) if fold != "sum" else Num(sum((x.value for x in values), Fraction(0)))

    def rows(self, table: str, spelled: str) -> list[dict[str, str]]:
        data = self.book.tables[table]
        edition = next((e for e in data["editions"] if holds(e, self.day)), None)
        if edition is None:
            return []
        wanted, match = folded(spelled), data["match"]
        return [r for r in edition["rows"] if wanted in {folded(x) for m in match for x in r[m].split(";") if x}]

    def cell(self, table: str, key: ast.expr, column: str, v: dict[str, Any]) -> Any:
        data = self.book.tables[table]
        keys = [self.value(k, v) for k in key.elts] if isinstance(key, ast.Tuple) else [self.value(key, v)]
        if keys[0] is None:
            return None
        found = self.rows(table, keys[0])
        if len(keys) > 1 and keys[1] is not None:
            found = [r for r in found if folded(r[data["distinguish"]]) == folded(keys[1])]
        name = next(k for k, c in data["columns"].items() if column in (k, c.get("called", c["zh"])))
        kind, unit = data["columns"][name]["kind"], data["columns"][name].get("unit", "")
        cells = {r[name] for r in found}
        if len(cells) != 1 or cells == {""}:
            return None
        text = cells.pop()
        return self.number(text, unit) if kind == "number" else text in ("是", "true") if kind == "boolean" else text


@functools.cache
def parsed(text: str) -> ast.expr:
    """Return a condition as Python reads it."""
    return ast.parse(" ".join(text.split()), mode="eval").body


def conj(truths: list[Any]) -> bool | None:
    return False if False in truths else None if None in truths else True


def disj(truths: list[Any]) -> bool | None:
    return neg(conj([neg(t) for t in truths]))


def neg(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def calculated(a: Any, op: ast.operator, b: Any) -> Any:
    if a is None or b is None:
        return None
    if isinstance(a, datetime.date) and isinstance(b, Num):
        return shifted(a, b, -1 if isinstance(op, ast.Sub) else 1)
    if isinstance(a, datetime.date):
        return Num(Fraction((a - b).days), "day")
    if isinstance(op, ast.Div):
        return None if b.value == 0 else Num(a.value / b.value)
    made = {ast.Add: a.value + b.value, ast.Sub: a.value - b.value, ast.Mult: a.value * b.value}
    return Num(made[type(op)], a.kind or b.kind)


def shifted(day: datetime.date, period: Num, sign: int) -> datetime.date:
    """Return a day some days or calendar months later; a day that a month has not is its last one."""
    count = int(period.value) * sign
    if period.kind != "month":
        return day + datetime.timedelta(count)
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def called(function: str, values: list[Any]) -> Any:
    if any(x is None for x in values):
        return None
    if function == "starts_with":
        return str(values[0]).startswith(str(values[1]))
    if function in ("min", "max"):
        plain = [x.value if isinstance(x, Num) else x for x in values]
        best = (min if function == "min" else max)(plain)
        return values[plain.index(best)]
    raise NotImplementedError(function)
