"""How the fast function reads nested data, and declines what is not canonical, or not plausible.

Every fact is read at the start; a fact is looked at (its class, its bounds, its choices) only where a
rule needs it, so that what does not matter costs nothing.
"""

from __future__ import annotations

import ast
import datetime
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from math import ceil, floor
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import constant, load, when
from safety_rules.engines.compiled.floats import edges, plain, short
from safety_rules.language import limits
from safety_rules.language.clock import is_amount
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.vocabulary import BLANK_WORDS, Contradiction, Fact, Ratio
from safety_rules.semantics.admission.folding import visible
from safety_rules.semantics.admission.values import absent
from safety_rules.semantics.decide import AreaOn, contradictions_of, ratios_of

INDUSTRY_CODE = re.compile(r"[0-9]{2,4}")
MOST_SHAPES = 256


def is_text(data: Any, blank_words: frozenset[str] = BLANK_WORDS) -> bool:
    """Return whether data is text that admission takes as it is."""
    return (
        data.__class__ is str and data == visible(data) and not absent(data, blank_words) and len(data) <= limits.TEXT
    )


def is_code(data: Any) -> bool:
    """Return whether data is an industry code in the form that admission gives it."""
    return data.__class__ is str and INDUSTRY_CODE.fullmatch(data) is not None


CHECKS: dict[str, Any] = {
    "is_text": is_text, "is_code": is_code, "date": datetime.date, "dict": dict, "list": list, "tuple": tuple,
    "int": int, "float": float, "str": str, "TypeError": TypeError,
}  # fmt: skip


def known_keys(fields: Iterable[str]) -> Callable[[Any], bool]:
    """Return a function that tells whether a mapping has only these keys; it remembers the shapes that it saw."""
    allowed, seen = frozenset(fields), set[tuple[Any, ...]]()

    def known(given: Any) -> bool:
        shape = tuple(given)
        if shape in seen:
            return True
        if not allowed.issuperset(shape):
            return False
        if len(seen) < MOST_SHAPES:
            seen.add(shape)
        return True

    return known


def declining() -> ast.stmt:
    """Return the statement by which the fast function declines."""
    return ast.Raise(load("TypeError"), None)


class Facts:
    """The facts that a function reads: each has a local name, a read, and a check."""

    def __init__(self, law: AreaOn, names: dict[str, Any]) -> None:
        self.law, self.globals = law, names
        self.names: dict[str, str] = {}

    def fact(self, key: str) -> Fact:
        """Return a fact of the vocabulary."""
        return self.law.rulebook.vocabulary.facts[key]

    def name(self, key: str) -> str:
        """Return the local name of a fact; it is read once."""
        return self.names.setdefault(key, f"f{len(self.names)}_{key.replace('.', '_')}")

    def subjects(self) -> set[str]:
        """Return the subjects of the facts that are read."""
        return {key.partition(".")[0] for key in self.names}

    def opening(self, subjects: list[str]) -> list[ast.stmt]:
        """Return the statements that read every fact of these subjects, and decline keys that are no English names."""
        vocabulary = self.law.rulebook.vocabulary
        self.globals["known_subjects"] = known_keys(vocabulary.subjects)
        for subject in vocabulary.subjects:
            fields = (f.field for f in vocabulary.of_subject(subject))
            self.globals[f"known_{subject}"] = known_keys(fields)
        # A subject that no rule reads must be a subject's English name, with such names in it.
        others = [self._other(s) for s in vocabulary.subjects if s not in subjects]
        unknown = when(ast.UnaryOp(ast.Not(), code.call("known_subjects", load("data"))), [declining()])
        more = code.test(code.call("len", load("data")), ast.Gt(), constant(len(subjects)))
        body = [when(is_not("data", "dict"), [declining()]), when(more, [unknown, *others])]
        for subject in subjects:
            body.append(code.assign(subject, ast.Subscript(load("data"), constant(subject), ast.Load())))
            body.append(when(is_not(subject, "dict"), [declining()]))
        odd = [self.odd_ratio(r) for r in ratios_of(self.law)]
        odd += [self.contradicted(c) for c in contradictions_of(self.law)]
        owned = {s: sum(key.startswith(s + ".") for key in self.names) for s in subjects}
        return [*body, *self.reading(), *odd, *(unknown_keys(s, f"known_{s}", own) for s, own in owned.items())]

    def odd_ratio(self, ratio: Ratio) -> ast.stmt:
        """Return the statement that declines numbers that are out of proportion, whichever of them a rule reads.

        Comparing anything else than numbers declines too.
        """
        of, per = (load(self.names[k]) if k in self.names else self._asked(k) for k in (ratio.of, ratio.per))
        here = [code.test(n, ast.IsNot(), constant(None)) for n in (of, per)]
        bounds, within = ratio.plausible.bounds, list[ast.expr]()
        for bound, op, side in ((bounds.maximum, ast.LtE(), 0), (bounds.minimum, ast.GtE(), 1)):
            if bound is not None:
                most = ast.BinOp(per, ast.Mult(), constant(edges(bound, 3)[side]))
                within.append(code.test(of, op, most))
        return when(code.both(*here, _not(code.both(*within))), [declining()])

    def contradicted(self, pair: Contradiction) -> ast.stmt:
        """Return the statement that declines two facts that contradict each other, whichever of them a rule reads."""
        text, option = (load(self.names[k]) if k in self.names else self._asked(k) for k in (pair.text, pair.choice))
        key = pair.key.replace(".", "_")
        self.globals[f"options_{key}"] = pair.options
        inside = code.test(option, ast.In(), load(f"options_{key}"))
        begins, never = (
            ast.Call(ast.Attribute(text, "startswith", ast.Load()), [constant(s)], [])
            for s in (pair.starts, pair.unless)
        )
        there = code.test(text, ast.IsNot(), constant(None))
        return when(code.both(there, inside, begins, _not(never)), [declining()])

    def _asked(self, key: str) -> ast.expr:
        """Return a fact that may be missing, or its subject: None then."""
        subject, _, field = key.partition(".")
        inner = ast.Call(ast.Attribute(load("data"), "get", ast.Load()), [constant(subject), ast.Dict([], [])], [])
        return ast.Call(ast.Attribute(inner, "get", ast.Load()), [constant(field)], [])

    def _other(self, subject: str) -> ast.stmt:
        read = ast.Subscript(load("data"), constant(subject), ast.Load())
        held = code.test(constant(subject), ast.In(), load("data"))
        klass = ast.Attribute(read, "__class__", ast.Load())
        known = ast.UnaryOp(ast.Not(), ast.Call(load(f"known_{subject}"), [read], []))
        return when(code.both(held, code.either(code.test(klass, ast.IsNot(), load("dict")), known)), [declining()])

    def reading(self) -> list[ast.stmt]:
        """Return the statements that read every fact."""
        return [
            code.assign(name, ast.Subscript(load(key.partition(".")[0]), constant(key.partition(".")[2]), ast.Load()))
            for key, name in self.names.items()
        ]

    def wrong(self, key: str) -> ast.expr:
        """Return the test that a fact's data is not canonical."""
        return self.wrong_value(self.fact(key), self.name(key))

    def wrong_value(self, fact: Fact, name: str) -> ast.expr:
        """Return the test that the value of a local name is not canonical for a fact."""
        read = load(name)
        match fact.kind:
            case Boolean():
                return code.both(
                    code.test(read, ast.IsNot(), constant(True)), code.test(read, ast.IsNot(), constant(False))
                )
            case Number() if is_amount(fact.kind):
                return wrong_number(fact, read)
            case Choice():
                return code.test(read, ast.NotIn(), self.options(fact))
            case Choices():
                superset = ast.Attribute(self.options(fact), "issuperset", ast.Load())
                inside = ast.Call(superset, [read], [])
                return code.either(_no_list(name), ast.UnaryOp(ast.Not(), inside))
            case Date():
                return is_not(name, "date")
            case Records() if fact.bounds.minimum is not None and fact.bounds.minimum > 0:
                return code.either(_no_list(name), ast.UnaryOp(ast.Not(), read))
            case Records():
                return _no_list(name)
            case Text() if fact.format == "industry_code":
                return ast.UnaryOp(ast.Not(), code.call("is_code", read))
            case Text() if not fact.format:
                return ast.UnaryOp(ast.Not(), code.call("is_text", read, *self._blank_words(fact)))
            case _:
                return constant(True)

    def _blank_words(self, fact: Fact) -> list[ast.expr]:
        if fact.blank_words == BLANK_WORDS:
            return []
        name = f"blank_{fact.key.replace('.', '_')}"
        self.globals[name] = fact.blank_words
        return [load(name)]

    def options(self, fact: Fact) -> ast.expr:
        """Return the set of keys that a choice may be."""
        assert isinstance(fact.kind, Choice | Choices)
        name = f"keys_{fact.kind.choices.name}"
        self.globals[name] = frozenset(o.key for o in fact.kind.choices.options)
        return load(name)


def wrong_number(fact: Fact, read: ast.expr) -> ast.expr:
    """Return the test that a value is not a plain number within the fact's bounds; NaN is in none."""
    kind = fact.kind
    assert isinstance(kind, Number)
    of_int = code.either(*(_not(t) for t in (*above(fact, read, True), *below(fact, read, True))))
    broken = [code.test(ast.BinOp(read, ast.Mod(), constant(1)), ast.NotEq(), constant(0))] if kind.whole else []
    of_float = code.either(*(_not(t) for t in (*above(fact, read, False), *below(fact, read, False))), *broken)
    return by_class(kind.whole, read, of_float, of_int)


def by_class(whole: bool, read: ast.expr, of_float: ast.expr, of_int: ast.expr) -> ast.expr:
    """Return the test for the class that a number has, the likelier first; any other class fails it.

    Python compares two floats, or two ints, several times faster than one with the other.
    """
    klass = ast.Attribute(read, "__class__", ast.Load())
    first, then = (("int", of_int), ("float", of_float)) if whole else (("float", of_float), ("int", of_int))
    otherwise = code.either(code.test(klass, ast.IsNot(), load(then[0])), then[1])
    return code.choose(code.test(klass, ast.Is(), load(first[0])), first[1], otherwise)


def above(fact: Fact, read: ast.expr, whole: bool) -> list[ast.expr]:
    """Return the tests that an int (or float) is above its fact's lower bounds, or at them; an open side keeps NaN out."""
    tests, bounds = [], fact.unasked
    if bounds.minimum is not None:
        tests.append(limited(read, ">=", _inside(bounds.minimum, 1), whole))
    if bounds.above is not None:
        tests.append(limited(read, ">", _inside(bounds.above, 1), whole))
    return tests or ([] if whole else [code.test(read, ast.Gt(), constant(float("-inf")))])


def below(fact: Fact, read: ast.expr, whole: bool) -> list[ast.expr]:
    """Return the test that an int (or float) is at or below its fact's upper bound; an open side keeps infinity out."""
    if fact.unasked.maximum is not None:
        return [limited(read, "<=", _inside(fact.unasked.maximum, 0), whole)]
    return [] if whole else [code.test(read, ast.Lt(), constant(float("inf")))]


def _inside(bound: Fraction, side: int) -> Fraction:
    """Return a bound that a float stands for; one with too many digits is drawn in a little, and declines there."""
    return bound if short(bound) else Fraction(edges(bound, 1)[side])


def limited(read: ast.expr, op: str, limit: Fraction, whole: bool) -> ast.expr:
    """Return the comparison of an int (or float) with a limit of its own class."""
    if not whole:
        return code.test(read, code.COMPARISONS[op], constant(float(limit)))
    if op in ("==", "!="):
        return code.test(read, code.COMPARISONS[op], constant(plain(limit)))
    nearest = floor(limit) if op in ("<=", ">") else ceil(limit)
    return code.test(read, code.COMPARISONS[op], constant(nearest))


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def is_not(name: str, wanted: str) -> ast.expr:
    """Return the test that a local is not exactly of a class."""
    return code.test(ast.Attribute(load(name), "__class__", ast.Load()), ast.IsNot(), load(wanted))


def _no_list(name: str) -> ast.expr:
    return code.both(is_not(name, "list"), is_not(name, "tuple"))


def unknown_keys(name: str, known: str, count: int) -> ast.stmt:
    """Return the statement that declines a mapping with more than `count` keys that are not all known."""
    more = code.test(code.call("len", load(name)), ast.Gt(), constant(count))
    return when(code.both(more, ast.UnaryOp(ast.Not(), code.call(known, load(name)))), [declining()])
