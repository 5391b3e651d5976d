"""The evidence of plain data's verdict by generated functions: made when it is first asked for, as quick as the verdict.

Only data that the fast function answered comes here, so a violated rule's facts are known to be sound.
What is not (a fact that did not matter to the verdict) is left to the definition.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.apart import Apart
from safety_rules.engines.compiled.blocks import Blocks, Lists
from safety_rules.engines.compiled.code import constant, load, when
from safety_rules.engines.compiled.plain_data import CHECKS
from safety_rules.engines.compiled.segments import conjuncts
from safety_rules.language.expr import Expr
from safety_rules.language.rule import Rule
from safety_rules.language.verdict import Evidence, Status
from safety_rules.semantics.decide import AreaOn, area_record, finding
from safety_rules.semantics.verdict.decided import Witness
from safety_rules.semantics.verdict.evidence import evidence, facts_read

One = Callable[[Any], Evidence]


def witness(law: AreaOn, left: Apart) -> Witness:
    """Return the function from plain data and violated rules (None: every rule) to their evidence."""
    whole = list[Callable[[Any], list[Evidence]]]()
    failed_rules = _Functions({r.key: r for r in law.rules}, law, left)

    def found(data: Any, violated: Sequence[str] | None) -> tuple[Evidence, ...]:
        if violated is not None:
            return tuple([failed_rules[key](data) for key in violated])
        if not whole:
            whole.append(_every_rule(law, left))
        try:
            return tuple(whole[0](data))
        except Exception:  # an object of any class may fail in any way when it is compared or hashed
            return _by_definition(law, law.rules, data)

    return found


def _by_definition(law: AreaOn, rules: Sequence[Rule], data: Any) -> tuple[Evidence, ...]:
    """Return the evidence of rules that are left to the exact function, or on data that the fast one declines."""
    record = area_record(law, data)
    env = law.environment(record)
    return tuple(evidence(law, record, finding(rule, env)) for rule in rules)


class _Functions(dict[str, One]):
    """The functions of violated rules by key, each compiled when it is first needed."""

    def __init__(self, rules: dict[str, Rule], law: AreaOn, left: Apart) -> None:
        super().__init__()
        self.rules, self.law, self.left, self.apart = rules, law, left, left.numbers(law)

    def __missing__(self, key: str) -> One:
        rule = self.rules[key]
        made: One = _left_out(rule, self.law) if key in self.apart else _violated(rule, self.law, self.left.lists)
        self[key] = made
        return made


def _left_out(rule: Rule, law: AreaOn) -> One:
    return lambda data: _by_definition(law, [rule], data)[0]


def _violated(rule: Rule, law: AreaOn, lists: Lists) -> One:
    """Return the function to the evidence of a rule that is known to be violated."""
    names = _names()
    block = Blocks(law, names, lists)
    keys = [clause.key for clause in rule.requires]
    if len(keys) == 1:
        body = [code.assign("failed", ast.Tuple([constant(keys[0])], ast.Load()))]
    else:
        body = [_none_failed(), *block.ensure(_needs(block, rule), set()), *_failing(block, rule)]
    body.append(ast.Return(_evidence(block, rule, load("VIOLATED"))))
    made: One = _function("one", block, body)
    return made


def _every_rule(law: AreaOn, left: Apart) -> Callable[[Any], list[Evidence]]:
    """Return the function to the evidence of every rule; it raises where a fact is not sound."""
    block, verified, body, apart = Blocks(law, _names(), left.lists), set[str](), list[ast.stmt](), left.numbers(law)
    body.append(code.assign("found", ast.List([], ast.Load())))
    for rule in law.rules:
        if rule.key in apart:
            name = f"left_out_{apart[rule.key]}"
            block.names[name] = _left_out(rule, law)
            one = code.call(name, load("data"))
        else:
            body += [code.assign("status", load("NOT_APPLICABLE")), _none_failed()]
            body += _applying(block, rule, conjuncts([c.that for c in rule.applies_when]), verified)
            one = _evidence(block, rule, load("status"))
        body.append(ast.Expr(ast.Call(ast.Attribute(load("found"), "append", ast.Load()), [one], [])))
    made: Callable[[Any], list[Evidence]] = _function("every", block, [*body, ast.Return(load("found"))])
    return made


def _applying(block: Blocks, rule: Rule, conditions: Sequence[Expr], verified: set[str]) -> list[ast.stmt]:
    """Return the statements that set the status and the failed clauses, behind the conditions that are left."""
    if conditions:
        before = block.ensure(block.needs(conditions[0]), verified)
        inner = _applying(block, rule, conditions[1:], set(verified))
        return [*before, when(block.conditions.truth(conditions[0]), inner)]
    status = code.choose(load("failed"), load("VIOLATED"), load("SATISFIED"))
    return [*block.ensure(_needs(block, rule), verified), *_failing(block, rule), code.assign("status", status)]


def _needs(block: Blocks, rule: Rule) -> list[str]:
    return [key for clause in rule.requires for key in block.needs(clause.that)]


def _none_failed() -> ast.stmt:
    return code.assign("failed", ast.Tuple([], ast.Load()))


def _failing(block: Blocks, rule: Rule) -> list[ast.stmt]:
    """Return the statements that gather the keys of the clauses that are false."""
    return [
        when(
            ast.UnaryOp(ast.Not(), block.conditions.truth(clause.that)),
            [ast.AugAssign(ast.Name("failed", ast.Store()), ast.Add(), ast.Tuple([constant(clause.key)], ast.Load()))],
        )
        for clause in rule.requires
    ]


def _evidence(block: Blocks, rule: Rule, status: ast.expr) -> ast.expr:
    """Return the evidence, made without the constructor, which takes as long as the rest."""
    keys = facts_read(rule, block.law)
    values = ast.Dict([constant(key) for key in keys], [block.conditions.fact(key) for key in keys])
    name = f"R{len(block.names)}"
    block.names[name] = rule
    parts: list[ast.expr] = [load(name), status, load("failed"), values]
    return code.call("new", load("Evidence"), ast.Tuple(parts, ast.Load()))


def _names() -> dict[str, Any]:
    return {**CHECKS, **Status.__members__, "new": tuple.__new__, "Evidence": Evidence}


def _function(name: str, block: Blocks, body: list[ast.stmt]) -> Any:
    subjects = sorted(block.facts.subjects())
    opening = [code.assign(s, ast.Subscript(load("data"), constant(s), ast.Load())) for s in subjects]
    function = code.function(name, ["data"], [*opening, *block.facts.reading(), *body])
    return code.functions([function], block.names, f"<evidence {block.law.area.key} on {block.law.as_of}>")[name]
