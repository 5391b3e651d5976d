"""How the fast function reads nested data, and declines what is not canonical."""

from __future__ import annotations

import ast
import datetime
import re
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import constant, load, when
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.values import MOST_CHARACTERS, absent, exact

INDUSTRY_CODE = re.compile(r"[0-9]{2,4}")


def is_number(data: Any) -> bool:
    """Return whether data is a plain finite number."""
    return (data.__class__ is int or data.__class__ is float) and exact(data) is not None


def is_text(data: Any) -> bool:
    """Return whether data is text that admission takes as it is."""
    return data.__class__ is str and data == data.strip() and not absent(data) and len(data) <= MOST_CHARACTERS


def is_code(data: Any) -> bool:
    """Return whether data is an industry code in the form that admission gives it."""
    return data.__class__ is str and INDUSTRY_CODE.fullmatch(data) is not None


def is_list(data: Any) -> bool:
    """Return whether data is a list or tuple."""
    return data.__class__ is list or data.__class__ is tuple


CHECKS: dict[str, Any] = {
    "is_number": is_number,
    "is_text": is_text,
    "is_code": is_code,
    "is_list": is_list,
    "date": datetime.date,
}


class Facts:
    """The facts that a function reads: each gets a name, a read, and a check."""

    def __init__(self, law: AreaOn) -> None:
        self.law = law
        self.names: dict[str, str] = {}

    def fact(self, key: str) -> Fact:
        """Return a fact of the vocabulary."""
        return self.law.rulebook.vocabulary.facts[key]

    def name(self, key: str) -> str:
        """Return the local name of a fact; it is read once."""
        return self.names.setdefault(key, f"f{len(self.names)}_{key.replace('.', '_')}")

    def reading(self, names: dict[str, Any]) -> list[ast.stmt]:
        """Return the statements that read and check every fact."""
        subjects = sorted({key.partition(".")[0] for key in self.names})
        body: list[ast.stmt] = []
        for subject in subjects:
            body.append(code.assign(subject, ast.Subscript(load("data"), constant(subject), ast.Load())))
        for key, name in self.names.items():
            subject, _, field = key.partition(".")
            body.append(code.assign(name, ast.Subscript(load(subject), constant(field), ast.Load())))
        names["canonical"] = self._canonical()
        sizes = [self._size(s, names) for s in subjects]
        more = code.test(code.call("len", load("data")), ast.Gt(), constant(len(subjects)))
        body.append(
            when(
                code.either(more, *sizes),
                [when(ast.UnaryOp(ast.Not(), code.call("canonical", load("data"))), [_decline()])],
            )
        )
        return body + [when(self._wrong(key, name, names), [_decline()]) for key, name in self.names.items()]

    def _size(self, subject: str, names: dict[str, Any]) -> ast.expr:
        own = sum(key.startswith(subject + ".") for key in self.names)
        return code.test(code.call("len", load(subject)), ast.Gt(), constant(own))

    def _canonical(self) -> Any:
        """Return a function that tells whether all keys are English keys of known facts, given once."""
        vocabulary = self.law.rulebook.vocabulary
        fields = {s: frozenset(f.field for f in vocabulary.of_subject(s)) for s in vocabulary.subjects}

        def canonical(data: Any) -> bool:
            return all(
                s in fields and isinstance(given, dict) and given.keys() <= fields[s] for s, given in data.items()
            )

        return canonical

    def _wrong(self, key: str, name: str, names: dict[str, Any]) -> ast.expr:
        """Return the test that a fact's data is not canonical."""
        fact, read = self.fact(key), load(name)
        match fact.kind:
            case Boolean():
                return code.both(
                    code.test(read, ast.IsNot(), constant(True)), code.test(read, ast.IsNot(), constant(False))
                )
            case Number():
                return self._wrong_number(fact, read)
            case Choice(choices):
                names[f"keys_{name}"] = frozenset(o.key for o in choices.options)
                return code.test(read, ast.NotIn(), load(f"keys_{name}"))
            case Choices(choices):
                names[f"keys_{name}"] = frozenset(o.key for o in choices.options)
                superset = ast.Attribute(load(f"keys_{name}"), "issuperset", ast.Load())
                inside = ast.Call(superset, [read], [])
                return ast.UnaryOp(ast.Not(), code.both(code.call("is_list", read), inside))
            case Date():
                return code.test(ast.Attribute(read, "__class__", ast.Load()), ast.IsNot(), load("date"))
            case Records() if fact.bounds.minimum is not None and fact.bounds.minimum > 0:
                return constant(True)
            case Records():
                return code.either(read, ast.UnaryOp(ast.Not(), code.call("is_list", read)))
            case Text() if fact.format == "industry_code":
                return ast.UnaryOp(ast.Not(), code.call("is_code", read))
            case Text() if not fact.format:
                return ast.UnaryOp(ast.Not(), code.call("is_text", read))
            case _:
                return constant(True)

    def _wrong_number(self, fact: Fact, read: ast.expr) -> ast.expr:
        """Return the test: numbers above 1 and within bounds pass at a glance, all others are looked at."""
        kind, bounds = fact.kind, fact.bounds
        assert isinstance(kind, Number)
        tests: list[ast.expr] = [ast.UnaryOp(ast.Not(), code.call("is_number", read))]
        low = bounds.minimum if bounds.minimum is not None else bounds.above
        if low is not None:
            op: ast.cmpop = ast.Lt() if bounds.minimum is not None else ast.LtE()
            tests.append(code.test(read, op, constant(_edge(low))))
        if bounds.maximum is not None:
            tests.append(code.test(read, ast.Gt(), constant(_edge(bounds.maximum))))
        if kind.whole:
            tests.append(code.test(ast.BinOp(read, ast.Mod(), constant(1)), ast.NotEq(), constant(0)))
        wrong = code.either(*tests)
        if kind.whole or bounds.maximum is None or low is None or low > 1:
            return wrong
        glance = ast.Compare(constant(1), [ast.Lt(), ast.LtE()], [read, constant(_edge(bounds.maximum))])
        return code.both(ast.UnaryOp(ast.Not(), glance), wrong)


def _edge(number: Any) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


def _decline() -> ast.stmt:
    return ast.Return(constant(None))
