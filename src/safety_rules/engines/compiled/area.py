"""An area's law on a day, compiled: one function that gives the findings as bit masks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import assign, constant, is_, load, when
from safety_rules.engines.compiled.exact import value
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language.expr import And, Compare, Expr, FactRef, Literal
from safety_rules.language.kinds import Choice
from safety_rules.language.law import is_sure
from safety_rules.language.rule import Clause, Rule
from safety_rules.language.verdict import Masks
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class CompiledArea:
    """The generated functions of an area's law on a day; `ready` adds derived facts where `exact` wants them."""

    law: AreaOn
    exact: Callable[[Callable[[str], Any]], Masks]
    best_first: tuple[tuple[int, str], ...]
    ready: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None

    def masks(self, values: Mapping[str, Any]) -> Masks:
        """Return the findings on admitted values by fact key."""
        return self.exact((values if self.ready is None else self.ready(values)).get)

    def outcome(self, mask: int) -> str:
        """Return the worst outcome that the rules of a mask ask for."""
        for rules, outcome in self.best_first:
            if mask & rules:
                return outcome
        return self.law.area.outcomes[0].key


@code.collector_at_rest()
def compiled(law: AreaOn, ready: bool = False) -> CompiledArea:
    """Return an area's law on a day, compiled; with `ready`, for values that hold the derived facts."""
    constants: dict[str, Any] = {"Masks": Masks}
    grouped = groups(law.rules)
    parts: list[ast.stmt] = []
    main = Writer(law, constants, ready=ready)
    calls: list[ast.stmt] = []
    for number, (guard, members) in enumerate(grouped):
        name = f"rules_{number}"
        parts.append(_group_function(name, main, members))
        calls.extend(_group_call(name, guard, members, main))
    body = [
        *(assign(m, constant(0)) for m in ("violated", "undetermined", "absent")), *main.loading, *main.body, *calls,
        ast.Return(code.call("Masks", *(load(m) for m in ("violated", "undetermined", "absent")))),
    ]  # fmt: skip
    parts.append(code.function("masks", ["get"], body))
    names = code.functions(parts, constants, f"<{law.area.key} on {law.as_of}>")
    return CompiledArea(law, names["masks"], outcome_masks(law))


def outcome_masks(law: AreaOn) -> tuple[tuple[int, str], ...]:
    """Return, worst first, the rules that ask for each outcome but the best."""
    found = []
    for outcome in reversed(law.area.outcomes[1:]):
        mask = sum(1 << i for i, r in enumerate(law.rules) if r.otherwise.outcome == outcome.key)
        if mask:
            found.append((mask, outcome.key))
    return tuple(found)


Guard = tuple[str, str]
Member = tuple[int, Rule]


def groups(rules: Sequence[Rule]) -> list[tuple[Guard | None, list[Member]]]:
    """Return the rules by the choice that they need first, so that one look decides for all of a group."""
    found: dict[Guard | None, list[Member]] = {}
    for i, rule in enumerate(rules):
        found.setdefault(_guard(rule), []).append((i, rule))
    return list(found.items())


def _guard(rule: Rule) -> Guard | None:
    """Return the fact and choice of a first condition of the form `fact == 'choice'`."""
    for clause in rule.applies_when:
        match clause.that:
            case Compare("==", FactRef(key, Choice()), Literal(str() as wanted)):
                return key, wanted
            case _:
                continue
    return None


def _group_function(name: str, main: Writer, members: list[Member]) -> ast.stmt:
    w = Writer(main.law, main.constants, ready=main.ready)
    masks = ("violated", "undetermined", "absent")
    for i, rule in members:
        _rule(i, rule, w)
    body = [*(assign(m, constant(0)) for m in masks), *w.loading, *w.body]
    return code.function(name, ["get"], [*body, ast.Return(ast.Tuple([load(m) for m in masks], ast.Load()))])


def _group_call(name: str, guard: Guard | None, members: list[Member], main: Writer) -> list[ast.stmt]:
    targets = ast.Tuple([ast.Name(n, ast.Store()) for n in ("v", "u", "n")], ast.Store())
    run: list[ast.stmt] = [ast.Assign([targets], code.call(name, load("get")))]
    for mask, part in (("violated", "v"), ("undetermined", "u"), ("absent", "n")):
        run.append(ast.AugAssign(ast.Name(mask, ast.Store()), ast.BitOr(), load(part)))
    if guard is None or guard[0] in main.law.derivations:
        return run
    key, wanted = guard
    found = value(FactRef(key, Choice(main.law.rulebook.vocabulary.facts[key].kind.choices)), main)  # type: ignore[union-attr]
    applies = code.either(is_(found, None), code.test(found, ast.Eq(), constant(wanted)))
    skipped = sum(1 << i for i, _ in members)
    skip: list[ast.stmt] = [ast.AugAssign(ast.Name("absent", ast.Store()), ast.BitOr(), constant(skipped))]
    return [when(applies, run, skip)]


def _all_of(clauses: tuple[Clause, ...]) -> Expr | None:
    if not clauses:
        return None
    return clauses[0].that if len(clauses) == 1 else And(tuple(c.that for c in clauses))


def _set(mask: str, i: int) -> ast.stmt:
    return ast.AugAssign(ast.Name(mask, ast.Store()), ast.BitOr(), constant(1 << i))


def _rule(i: int, rule: Rule, w: Writer) -> None:
    """Write one rule's finding as a bit, by the table of the definition (`semantics.decide.status`)."""
    unsure = not is_sure(rule, w.law)
    conditions, requirement = _all_of(rule.applies_when), _all_of(rule.requires)
    applies = constant(True) if conditions is None else value(conditions, w)
    inner = w.inside(w.items)
    meets = constant(True) if requirement is None else value(requirement, inner)
    violated = _set("violated" if not unsure else "undetermined", i)
    undetermined = _set("undetermined", i)
    failed = when(
        is_(meets, False),
        [when(is_(applies, True), [violated], [undetermined])],
        [when(is_(meets, None), [undetermined])],
    )
    inner.body.append(when(is_(meets, True), [undetermined], [failed]) if unsure else failed)
    w.body.append(when(is_(applies, False), [_set("absent", i)], inner.body))
