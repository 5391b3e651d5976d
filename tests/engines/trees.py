"""Every small tree: each form of the language as each operand of each form, over facts, lists, figures and tables of every kind.

A form is a text with slots, of a kind; what fills a slot is a leaf or another form of that kind. Operators, folds and
functions are taken from their table, so that a new row joins by itself; a new node joins by one line of `FORMS`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction as F
from itertools import count, cycle
from random import Random
from typing import Any, TypeAlias

from conformance.suite import book, parsed, record
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Boolean, Date, Name, Number
from safety_rules.language.operators import FOLDS, FUNCTIONS, ORDERS, SIGNS
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Otherwise, Rule
from safety_rules.language.source import Period
from safety_rules.semantics.decide import AreaOn, area_on

DAY = datetime.date(2020, 10, 1)
Tree: TypeAlias = tuple[str, Expr]


@dataclass(frozen=True, slots=True)
class Form:
    """A text of a kind with slots `{0}`, `{1}`, … of kinds; those in `inside` speak of the items of `over`."""

    kind: str
    text: str
    slots: tuple[str, ...] = ()
    inside: frozenset[int] = frozenset()
    over: str = ""


def _form(kind: str, text: str, *slots: str, inside: Sequence[int] = (), over: str = "") -> Form:
    return Form(kind, text, slots, frozenset(inside), over)


LEAVES: Mapping[str, tuple[str, ...]] = {
    "truth": ("project.ready", "project.clean", "true", "(project.ratio > 1)"),
    "number": (
        "project.ratio", "project.width", "project.level", "2", "project.rate", "limit.ended", "project.depth",
        "((project.sales + project.invested) / 1[亿元])", "(project.rough_intensity / limit.intensity)", "(1 - 1)",
        "(limit.period[project.approved] / 1[月])", "(quantity[project.code].amount / 1[t])",
    ),
    "day": ("project.approved", "project.expires", "limit.opening", "as_of"),
    "time": ("project.opens", "project.closes", "limit.dusk"),
    "days": ("project.wait", "30[天]"),
    "months": ("project.term", "limit.period", "2[月]"),
    "text": ("project.code", "project.name", "'氨'"),
    "part": ("project.name", "'氨'"),
    "format": ("'plate'",),
    "site": ("project.site", "project.other_site", "'land'"),
    "grade": ("quantity[project.code].grade", "quantity[project.name, project.code].grade"),
    "steps": ("project.steps", "limit.steps"),
    "events": ("enterprise.events",),
}  # fmt: skip
ITEM_LEAVES: Mapping[str, tuple[str, ...]] = {
    "truth": ("{v}.closed", "{v}.severe", "{v}.grave"),
    "number": ("{v}.score", "{v}.weight", "({v}.loss / 1[万元])", "({v}.deaths / 1[人])", "{v}.share"),
    "day": ("{v}.day",),
    "time": ("{v}.at",),
    "text": ("{v}.substance",),
    "grade": ("{v}.grade",),
}
AS_TRUTH = {
    "truth": "{0}",
    "number": "({0}) >= 1",
    "day": "({0}) <= limit.opening",
    "time": "({0}) < limit.dusk",
    "days": "({0}) >= 30[天]",
    "months": "({0}) >= 12[月]",
    "text": "({0}) == project.name",
    "site": "({0}) == 'lease'",
    "grade": "({0}) == 'low'",
    "steps": "'mixing' in ({0})",
}
TAKEN = {"same": "number"}  # what a function takes is a kind by its own name, but for these


def _functions() -> Iterator[Form]:
    """Yield each function as what it gives, days and months apart; of numbers, also over a period."""
    for key, row in FUNCTIONS.items():
        slots = [TAKEN.get(taken, taken) for taken in row.takes]
        text = f"{key}({', '.join(f'{{{i}}}' for i in range(len(slots)))})"
        kind = row.kind([Number(whole=True)] * len(slots))
        given = {(("day", 1),): "days", (("month", 1),): "months"}
        plain = "day" if isinstance(kind, Date) else "truth"
        result = given.get(kind.unit.dimension, "number") if isinstance(kind, Number) else plain
        yield _form(result, text, *slots)
        if slots == ["number"] * len(slots):
            yield _form("days", text, *["days"] * len(slots))


def _folds() -> Iterator[Form]:
    for key, fold in FOLDS.items():
        kinds = (
            ["truth"] if fold.quantifies else [""] if key == "count" else ["number", *(["day"] if fold.days else [])]
        )
        kinds = ["text", "grade", "day"] if key == "distinct" else kinds
        for kind in kinds:
            result = "number" if key in ("count", "distinct") else kind
            body = "{v}" if key == "count" else "{0}"
            slots = () if key == "count" else (kind,)
            where = f"{{{len(slots)}}}"
            yield _form(
                result, f"{key}({body} for {{v}} in enterprise.events)", *slots, inside=range(len(slots)), over="events"
            )
            yield _form(
                result, f"{key}({body} for {{v}} in enterprise.events if {where})", *slots, "truth",
                inside=range(len(slots) + 1), over="events",
            )  # fmt: skip


FORMS: tuple[Form, ...] = (
    _form("truth", "not {0}", "truth"),
    _form("truth", "{0} and {1}", "truth", "truth"),
    _form("truth", "{0} or {1}", "truth", "truth"),
    *(_form("truth", f"{{0}} {op} {{1}}", "truth", "truth") for op in ("==", "!=")),
    *(_form("truth", f"{{0}} {op} {{1}}", "number", "number") for op in ORDERS),
    *(_form("truth", f"{{0}} {op} {{1}}", "day", "day") for op in ORDERS),
    *(_form("truth", f"{{0}} {op} {{1}}", "time", "time") for op in ORDERS),
    *(_form("truth", f"{{0}} {op} {{1}}", "text", "text") for op in ("==", "!=")),
    *(_form("truth", f"{{0}} {op} {{1}}", "site", "site") for op in ("==", "!=")),
    _form("truth", "{0} < {1} <= {2}", "number", "number", "number"),
    _form("truth", "{0} == 'high'", "grade"),
    _form("truth", "{0} in ['land', 'shared']", "site"),
    _form("truth", "{0} not in ['氨', '26', '油']", "text"),
    _form("truth", "{0} in quantity", "text"),
    _form("truth", "'melting' in {0}", "steps"),
    _form("truth", "any(s == 'nitration' for s in {0})", "steps"),
    _form("truth", "all(s in {1} for s in {0})", "steps", "steps"),
    _form("number", "count(s for s in {0} if s != 'mixing')", "steps"),
    *(_form("number", f"{{0}} {sign} {{1}}", "number", "number") for sign in SIGNS),
    _form("number", "-{0}", "number"),
    _form("number", "({0} * 1[亩] + 40[m2]) / 1[亩]", "number"),
    _form("number", "({0} / 1[天])", "days"),
    _form("number", "({0} / 1[月])", "months"),
    _form("number", "(quantity[{0}].amount / 1[t])", "text"),
    _form("number", "(quantity[{0}, {1}].amount / 1[kg])", "text", "text"),
    _form("days", "{0} - {1}", "day", "day"),
    _form("days", "-{0}", "days"),
    _form("months", "limit.period[{0}]", "day"),
    _form("grade", "quantity[{0}].grade", "text"),
    _form("day", "{0} + {1}", "day", "days"),
    _form("day", "{0} - {1}", "day", "months"),
    *(_form(kind, "{0} if {1} else {2}", kind, "truth", kind) for kind in AS_TRUTH),
    *_functions(),
    *_folds(),
)  # fmt: skip


class Maker:
    """Fills slots: with leaves in turn, so that every leaf comes about as often."""

    def __init__(self) -> None:
        self.turns = {kind: cycle(leaves) for kind, leaves in LEAVES.items()}
        self.item_turns = {kind: cycle(leaves) for kind, leaves in ITEM_LEAVES.items()}
        self.names, self.turn = count(), cycle((True, True, False))

    def leaf(self, kind: str, variables: Sequence[str]) -> str:
        """Return a leaf of a kind: where items are in sight, of the innermost in two cases of three."""
        if variables and kind in ITEM_LEAVES and next(self.turn):
            return next(self.item_turns[kind]).replace("{v}", variables[-1])
        return next(self.turns[kind])

    def text(self, form: Form, filled: Mapping[int, Sequence[Form]], variables: tuple[str, ...] = ()) -> str:
        """Return a form with slots filled by forms, each the first of a path downwards, and leaves elsewhere."""
        variable = f"e{next(self.names)}" if form.over else ""
        parts = []
        for i, kind in enumerate(form.slots):
            inner = (*variables, variable) if i in form.inside else variables
            path = filled.get(i, ())
            parts.append(f"({self.below(path, inner)})" if path else self.leaf(kind, inner))
        return form.text.replace("{v}", variable).format(*parts)

    def below(self, path: Sequence[Form], variables: tuple[str, ...]) -> str:
        """Return the first form of a path, the next in one of its slots of that kind."""
        form, rest = path[0], path[1:]
        at = next((i for i, kind in enumerate(form.slots) if rest and kind == rest[0].kind), None)
        return self.text(form, {} if at is None else {at: rest}, variables)


def texts(depth: int = 2) -> Iterator[str]:
    """Yield every condition of so many forms within each other, as text: each form in each slot of each form."""
    maker = Maker()
    for form in FORMS:
        for i, kind in enumerate(form.slots):
            for path in _paths(kind, depth - 1):
                yield AS_TRUTH[form.kind].format(maker.text(form, {i: path}))


def _paths(kind: str, depth: int) -> Iterator[tuple[Form, ...]]:
    for form in FORMS:
        if form.kind != kind:
            continue
        below = [p for k in dict.fromkeys(form.slots) for p in _paths(k, depth - 1)] if depth > 1 else []
        yield from ((form, *path) for path in below or [()])


def trees(found: Iterable[str]) -> list[Tree]:
    """Return texts with their trees, without those whose step, or window, is written and none."""
    made = []
    for text in found:
        try:
            made.append((text, parsed(text, Boolean())))
        except ValueError as refused:
            if not any(code in str(refused) for code in ("error[step]", "error[window]")):
                raise
    return made


def law(found: Sequence[Tree]) -> AreaOn:
    """Return a law that requires each of some conditions, in a rule of its own."""
    on, word = area_on(book(), "base", DAY), Name("条件", "condition")
    rules = tuple(
        Rule(f"r{i}", word, Period(), (), (), (Clause("holds", word, tree, text),), Otherwise("rejected"))
        for i, (text, tree) in enumerate(found)
    )
    return replace(on, rules=rules, area=replace(on.area, rules=rules))


VALUES: Mapping[str, Sequence[Any]] = {
    "project.ready": (True, False), "project.clean": (True, False),
    "project.ratio": (F(0), F(1), F(2), F(-1), F(1, 2), F(7, 100)), "project.width": (F(-6), F(1), F(5, 2), F(6)),
    "project.depth": (F(0), F(-1, 2), F(2)), "project.level": (F(0), F(1), F(3)), "project.rate": (F(0), F(100), F(21)),
    "project.sales": (F(1), F(1, 2), F(0)), "project.invested": (F(0), F(5000), F(10000)),
    "project.land": (F(20), F(1)), "project.wait": (F(0), F(30), F(-1)), "project.term": (F(0), F(1), F(12), F(-13)),
    "project.approved": (DAY, datetime.date(2020, 3, 1), datetime.date(2018, 12, 31), datetime.date(2020, 2, 29)),
    "project.expires": (datetime.date(2020, 3, 1), datetime.date(2020, 1, 31), datetime.date(2010, 1, 1)),
    "project.opens": (F(0), F(21600), F(79200)), "project.closes": (F(21600), F(79200), F(86399)),
    "project.code": ("氨", "油", "26", "甲苯"), "project.name": ("氨", "gas", "油"),
    "project.site": ("land", "lease", "shared"), "project.other_site": ("land", "lease"),
    "project.steps": ((), ("melting",), ("mixing", "nitration"), ("melting", "mixing", "nitration")),
}  # fmt: skip
FIELDS: Mapping[str, Sequence[Any]] = {
    "day": (DAY, datetime.date(2020, 3, 1), datetime.date(2019, 12, 31)), "deaths": (F(0), F(1), F(3), F(30)),
    "loss": (F(0), F(1, 2), F(1000)), "at": (F(0), F(79200)), "grade": ("low", "high"), "closed": (True, False), "score": (F(0), F(1), F(6)),
    "substance": ("氨", "油", "26"),
}  # fmt: skip


def records(number: int, seed: int = 11) -> list[Record]:
    """Return records: the blank one, then complete ones, and ones with a third of their values blank, by turns."""
    rng, found = Random(seed), [Record({})]
    on = area_on(book(), "base", DAY)
    for i in range(1, number):
        blank = (0.0, 0.33, 0.1)[i % 3]

        def some(values: Mapping[str, Sequence[Any]], share: float = blank) -> dict[str, Any]:
            return {k: rng.choice(v) for k, v in values.items() if rng.random() >= share}

        events = tuple(some(FIELDS) for _ in range(rng.choice((0, 1, 2, 2))))
        values = some(VALUES) | ({} if rng.random() < blank / 2 else {"enterprise.events": events})
        found.append(Record(values))
    assert all(not record(r.values, on).problems for r in found[:1])
    return found


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return admitted values as nested plain data, as a program hands them over."""
    nested: dict[str, Any] = {"project": {}, "enterprise": {}}
    for key, value in values.items():
        subject, _, name = key.partition(".")
        nested[subject][name] = _plain(value)
    return nested


def _plain(value: Any) -> Any:
    match value:
        case F():
            return int(value) if value.denominator == 1 else float(value)
        case tuple():
            return [{k: _plain(v) for k, v in i.items()} if isinstance(i, dict) else i for i in value]
        case _:
            return value
