"""One function from plain nested data to the verdict, which declines what it cannot answer.

It answers only for data that is complete in what matters and canonical (English keys, plain numbers in
the facts' own units, keys of choices, True and False); whatever it declines goes through admission.
A fact is looked at where the first rule needs it, in the block in which that rule stands, and a test
that passes only on canonical data needs no other look.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.apart import Apart, apart, exactly
from safety_rules.engines.compiled.blocks import Blocks
from safety_rules.engines.compiled.code import constant, load, when
from safety_rules.engines.compiled.conditions import Declined
from safety_rules.engines.compiled.evidence import witness
from safety_rules.engines.compiled.plain_data import CHECKS
from safety_rules.engines.compiled.segments import Segment, grouped, in_order
from safety_rules.language.law import is_sure
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.evidence import facts_read
from safety_rules.semantics.verdict.shared import Shared
from safety_rules.semantics.verdict.verdict import Verdict

DECLINING = (Exception,)  # what an object of any class may do when it is compared or hashed
MOST_BRANCHES = 32

Result = TypeVar("Result")


@code.collector_at_rest()
def fast(
    law: AreaOn,
    otherwise: Callable[[Any], Result],
    shared: Shared | None = None,
    stands_back: Sequence[bool] = (False,),
) -> Callable[[Any], Verdict | Result] | None:
    """Return the function from data to verdict, by `otherwise` where it declines; None where the law needs the exact one.

    While `stands_back` holds true it does not try.
    """
    if not (all(is_sure(r, law) for r in law.rules) and all(is_sure(d, law) for d in law.derivations.values())):
        return None
    ranks = [law.area.rank(r.otherwise.outcome) for r in law.rules]
    if ranks != sorted(ranks, reverse=True):
        # The first violated rule says the outcome only where the worst come first.
        return None
    left = apart(law)
    if len(left.why) == len(law.rules):
        return None
    best = law.area.outcomes[0].key
    names: dict[str, Any] = {e.__name__: e for e in DECLINING} | CHECKS
    names |= {
        "otherwise": otherwise,
        "stands_back": stands_back,
        "law": law,
        "shared": shared,
        "witness": witness(law, left),
        "Verdict": Verdict,
        "new": object.__new__,
        "best": best,
    }
    names |= {"asked": {r.key: r.otherwise.outcome or best for r in law.rules}}
    try:
        parts = _functions(law, names, left)
    except Declined:
        return None
    function: Callable[[Any], Verdict | Result]
    function = code.functions(parts, names, f"<fast {law.area.key} on {law.as_of}>")["fast"]
    return function


def _functions(law: AreaOn, names: dict[str, Any], left: Apart) -> list[ast.stmt]:
    """Return the definitions of `fast` and of a function for each branch of a long segment."""
    segments = in_order(law)
    ordered = sum(len(s.branches) for s in segments) <= MOST_BRANCHES
    if not ordered:
        segments = grouped(law)
    names["order"] = {r.key: i for i, r in enumerate(law.rules)}.__getitem__
    numbers = left.numbers(law)
    aside = [r for r in law.rules if r.key in numbers]
    names["exactly"] = exactly(law, aside)
    new = partial(Blocks, law, names, left.lists, numbers)
    main, parts, body = new(), list[ast.stmt](), list[ast.stmt]()
    given = ["data", "failed", *(["later"] if aside else [])]
    verified, subjects = set[str](), {key.partition(".")[0] for r in aside for key in facts_read(r, law)}
    for number, segment in enumerate(segments):
        if len(segment.branches) <= MOST_BRANCHES:
            body += main.segment(segment, verified)
            if not ordered and not segment.fact:
                body.append(code.assign("in_order", code.call("len", load("failed"))))
            continue
        made, used = _branches(segment, f"branches_{number}", given, new)
        parts += made
        subjects |= used
        body += _dispatch(main, segment, f"branches_{number}", given, verified)
    subjects |= main.facts.subjects()
    start = [*main.facts.opening(sorted(subjects)), *(code.assign(n, ast.List([], ast.Load())) for n in given[1:])]
    end = [*([_later()] if aside else []), *([] if ordered else [_sorting()]), *_verdict()]
    errors = ast.Tuple([load(e.__name__) for e in DECLINING], ast.Load())
    guarded = ast.Try([*start, *body, *end], [ast.ExceptHandler(errors, None, [ast.Pass()])], [], [])
    declined = ast.Return(code.call("otherwise", load("data")))
    waiting = when(ast.Subscript(load("stands_back"), constant(0), ast.Load()), [declined])
    return [*parts, code.function("fast", ["data"], [waiting, guarded, declined])]


def _verdict() -> list[ast.stmt]:
    """Return the statements that make the verdict: not by way of __init__, which takes as long as ten rules."""
    first = ast.Subscript(load("failed"), constant(0), ast.Load())
    outcome = code.choose(load("failed"), ast.Subscript(load("asked"), first, ast.Load()), load("best"))
    held = {
        "on": load("law"),
        "_witness": load("witness"),
        "_shared": load("shared"),
        "_data": load("data"),
        "_violated": load("failed"),
        "_masks": constant(None),
        "_granted": ast.Tuple([], ast.Load()),
    }
    held |= {name: load("outcome") for name in ("at_best", "at_worst", "outcome")}
    return [
        code.assign("outcome", outcome),
        code.assign("verdict", code.call("new", load("Verdict"))),
        *(ast.Assign([ast.Attribute(load("verdict"), name, ast.Store())], value) for name, value in held.items()),
        ast.Return(load("verdict")),
    ]


def _branches(
    segment: Segment, table: str, given: list[str], new: Callable[[], Blocks]
) -> tuple[list[ast.stmt], set[str]]:
    """Return a function for each branch, the table of them by option, and the subjects that they read."""
    parts, subjects, keys, functions = list[ast.stmt](), set[str](), list[ast.expr | None](), list[ast.expr]()
    for number, (option, rules) in enumerate(segment.branches):
        block = new()
        body = block.rules(rules, {segment.fact})
        subjects |= block.facts.subjects()
        start = [
            code.assign(s, ast.Subscript(load("data"), constant(s), ast.Load())) for s in sorted(block.facts.subjects())
        ]
        parts.append(code.function(f"{table}_{number}", given, [*start, *block.facts.reading(), *body]))
        keys.append(constant(option))
        functions.append(load(f"{table}_{number}"))
    return [*parts, code.assign(table, ast.Dict(keys, functions))], subjects


def _dispatch(main: Blocks, segment: Segment, table: str, given: list[str], verified: set[str]) -> list[ast.stmt]:
    """Return the statements that run the branch of the option at hand, and no other."""
    check = main.ensure([segment.fact], verified)
    getter = ast.Call(ast.Attribute(load(table), "get", ast.Load()), [main.conditions.fact(segment.fact)], [])
    call = ast.Expr(code.call("branch", *(load(name) for name in given)))
    return [*check, code.assign("branch", getter), when(code.test(load("branch"), ast.IsNot(), constant(None)), [call])]


def _later() -> ast.stmt:
    """Return the statement that adds what the exact function says of the rules that were put down for it."""
    more = code.call("exactly", load("data"), load("later"))
    return when(load("later"), [ast.AugAssign(ast.Name("failed", ast.Store()), ast.Add(), more), _sort()])


def _sorting() -> ast.stmt:
    """Return the statement that puts the failed rules into the order of the law, where some come from branches."""
    return when(code.test(code.call("len", load("failed")), ast.Gt(), load("in_order")), [_sort()])


def _sort() -> ast.stmt:
    sort = ast.Call(ast.Attribute(load("failed"), "sort", ast.Load()), [], [ast.keyword("key", load("order"))])
    return ast.Expr(sort)
