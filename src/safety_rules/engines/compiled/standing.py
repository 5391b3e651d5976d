"""What the findings of a record rest on, and how sure that makes them, compiled: what `semantics.grounds` works out, sooner.

Grounds are a mask here, a bit for each citation that is weaker than statute (and for each figure of another day);
most parts of most rules always rest on the same, which is then a constant, and statements are written only where
the branch that is taken makes a difference.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.area import CompiledArea
from safety_rules.engines.compiled.code import assign, constant, is_, load, when
from safety_rules.engines.compiled.exact import value
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language import expr as tree
from safety_rules.language.law import edition_on, entry_on
from safety_rules.language.rule import Clause, Derivation, Rule
from safety_rules.language.source import Citation, Standing, weakest
from safety_rules.language.verdict import Masks
from safety_rules.semantics.decide import AreaOn

Standings = Callable[[Mapping[str, Any], Masks, str], Standing | None]
SURE = constant(0)


def standings(area: CompiledArea, ready: bool = False) -> Standings:
    """Return the function from a record's values, its findings and its outcome to the verdict's standing; None
    where none decided.

    With `ready`, the values hold the derived facts.
    """
    law = area.law
    cited = Cited()
    parts = [p for r in law.rules for p in ([r.applies_when], [r.applies_when, r.requires])]
    function = _function(law, parts, ready, cited)
    ranks = [law.area.rank(r.otherwise.outcome) for r in law.rules]
    own = [int(r.standing) for r in law.rules]

    def of_verdict(values: Mapping[str, Any], masks: Masks, outcome: str) -> Standing | None:
        rank, weakest_yet, decided = law.area.rank(outcome), 0, False
        found = function(values.get)
        for i, asked in enumerate(ranks):
            bit = 1 << i
            if masks.violated & bit:
                deciding = asked == rank > 0
            else:
                deciding = asked > rank and not masks.undetermined & bit
            if deciding and masks.not_applicable & bit:
                weakest_yet = max(weakest_yet, cited.standing(found[2 * i]))
            elif deciding:
                weakest_yet, decided = max(weakest_yet, cited.standing(found[2 * i + 1]), own[i]), True
        return Standing(weakest_yet) if decided or weakest_yet else None

    return of_verdict


def rule_grounds(rule: Rule, law: AreaOn) -> tuple[Function, Cited]:
    """Return the function from values with derived facts to what a rule's conditions rest on, and those with its requirement."""
    cited = Cited()
    return _function(law, [[rule.applies_when], [rule.applies_when, rule.requires]], True, cited), cited


def obligation_standings(law: AreaOn, ready: bool) -> Callable[[Callable[[str], Any]], list[Standing]]:
    """Return the function from a record's look-up to how sure it is that each obligation is due."""
    cited = Cited()
    function = _function(law, [[o.applies_when] for o in law.obligations], ready, cited)
    own = [o.standing for o in law.obligations]
    return lambda get: [weakest(o, Standing(cited.standing(f))) for o, f in zip(own, function(get), strict=True)]


def field_standing(law: AreaOn, key: str) -> Callable[[Any], Standing]:
    """Return the function from a record of a list, with its derived fields, to how sure one of them is."""
    cited = Cited()
    w = _Writer(law, {"surer": cited.surer}, items={"item": "item"}, ready=True, cited=cited)
    found = standing(tree.ItemField("item", key, law.rulebook.vocabulary.facts[key].kind), w)
    body = [*w.loading, *w.body, ast.Return(found)]
    function = code.functions([code.function("field", ["get", "item"], body)], w.constants, f"<standing of {key}>")[
        "field"
    ]
    return lambda item: Standing(cited.standing(function({}.get, item)))


@dataclass(slots=True)
class Cited:
    """The citations that grounds may hold, by bit, each with the key of its figure, table or derived fact."""

    all: list[tuple[str, Citation]] = field(default_factory=list)
    known: dict[int, int] = field(default_factory=dict)

    def bit(self, key: str, citation: Citation | None, always: bool = False) -> int:
        """Return the mask of a citation: no bit where it is statute, unless it is `always` to be told."""
        if citation is None or (citation.standing is Standing.statute and not always):
            return 0
        if (key, citation) not in self.all:
            self.all.append((key, citation))
        return 1 << self.all.index((key, citation))

    def standing(self, mask: int) -> int:
        """Return the weakest standing of the grounds of a mask, as a number."""
        if mask not in self.known:
            self.known[mask] = max((int(c.standing) for i, (_, c) in enumerate(self.all) if mask >> i & 1), default=0)
        return self.known[mask]

    def surer(self, a: int, b: int) -> int:
        """Return the surer of two grounds, the first where they are alike."""
        return b if self.standing(b) < self.standing(a) else a


Conjunctions = Sequence[Sequence[Sequence[Clause]]]
Function = Callable[[Any], tuple[int, ...]]


def _function(law: AreaOn, conjunctions: Conjunctions, ready: bool, cited: Cited) -> Function:
    """Return the function from a record's look-up to what several conjunctions of clauses, taken together, rest on.

    Where all that is looked at is statute, it need not be known which parts are enough.
    """
    most = _written(law, conjunctions, ready, True, cited)
    exactly: list[Function] = []

    def of_record(get: Any) -> tuple[int, ...]:
        found = most(get)
        if not any(found):
            return found
        if not exactly:
            exactly.append(_written(law, conjunctions, ready, False, cited))
        return exactly[0](get)

    return of_record


def _written(law: AreaOn, conjunctions: Conjunctions, ready: bool, all_parts: bool, cited: Cited) -> Function:
    """Return the function; with `all_parts`, that of every part that is looked at, enough or not."""
    constants: dict[str, Any] = {"surer": cited.surer}
    w = _Writer(law, constants, ready=ready, all_parts=all_parts, cited=cited)
    found = [_most([_enough([c.that for c in clauses], False, w) for clauses in group]) for group in conjunctions]
    body = [*w.loading, *w.body, ast.Return(ast.Tuple(found, ast.Load()))]
    file = f"<standings {law.area.key} on {law.as_of}>"
    made = code.functions([code.function("standings", ["get"], body)], constants, file)
    function: Function = made["standings"]
    return function


@dataclass(slots=True)
class _Writer(Writer):
    """A writer of standings; `all_parts` takes all parts of a junction to count, `derived` are those of derived facts."""

    all_parts: bool = False
    derived: dict[str, ast.expr] = field(default_factory=dict)
    cited: Cited = field(default_factory=Cited)

    def inside(self, items: Mapping[str, str]) -> _Writer:
        """Return a writer of a nested block, sharing names and constants."""
        return replace(self, body=[], items=items, fields=dict(self.fields))


def _most(parts: Sequence[ast.expr]) -> ast.expr:
    """Return the grounds of several parts together."""
    known = 0
    for p in parts:
        known |= int(p.value) if isinstance(p, ast.Constant) else 0  # type: ignore[arg-type]
    open_ones = {ast.dump(p): p for p in parts if not isinstance(p, ast.Constant)}
    all_parts = [*open_ones.values(), *([constant(known)] if known or not open_ones else [])]
    found = all_parts[0]
    for part in all_parts[1:]:
        found = ast.BinOp(found, ast.BitOr(), part)
    return found


def standing(expr: tree.Expr, w: _Writer) -> ast.expr:
    """Return a name or constant that holds the standing of what the expression's value rests on."""
    match expr:
        case tree.FactRef(key) if key in w.law.derivations:
            if key not in w.derived:
                outer = w.inside({})
                w.derived[key] = outer.keep(_derived(w.law.derivations[key], outer))
                w.loading.extend(outer.body)
            return w.derived[key]
        case tree.ItemField(variable, key) if key in w.law.derivations:
            known, derivation = (f"standing in {w.items[variable]}", key), w.law.derivations[key]
            if known not in w.fields:
                inner = replace(w, items={derivation.variable or "": w.items[variable]})
                w.fields[known] = w.keep(_derived(derivation, inner))
            return w.fields[known]
        case tree.ParameterRef():
            return _parameter(expr, w)
        case tree.And(operands):
            return _enough(operands, False, w)
        case tree.Or(operands):
            return _enough(operands, True, w)
        case tree.If(test, then, otherwise):
            return _if(test, then, otherwise, w)
        case tree.Aggregate():
            return _aggregate(expr, w)
        case tree.Listed(table) | tree.Lookup(table):
            edition = edition_on(w.law.rulebook.tables[table], w.law.as_of)
            own = w.cited.bit(table, None if edition is None else edition.citation)
            return _most([constant(own), *(standing(c, w) for c in tree.children(expr))])
        case (tree.Literal() | tree.FactRef() | tree.ItemField() | tree.ItemSelf() | tree.AsOf()
              | tree.Not() | tree.Compare() | tree.In() | tree.Arithmetic() | tree.Negate() | tree.Scale()
              | tree.Shift() | tree.DaysBetween() | tree.Call()):  # fmt: skip
            return _most([standing(c, w) for c in tree.children(expr)])
        case _:
            assert_never(expr)


def _derived(derivation: Derivation, w: _Writer) -> ast.expr:
    own = max(derivation.authority, key=lambda c: c.standing, default=None)
    return _most([constant(w.cited.bit(derivation.fact, own)), standing(derivation.formula, w)])


def _parameter(expr: tree.ParameterRef, w: _Writer) -> ast.expr:
    parameter = w.law.rulebook.parameters[expr.key]
    if expr.day is None:
        entry = entry_on(parameter, w.law.as_of)
        return constant(w.cited.bit(expr.key, None if entry is None else entry.citation))
    bits = {id(e): w.cited.bit(expr.key, e.citation, True) for e in parameter.entries}

    def of_day(day: Any) -> int:
        entry = None if day is None else entry_on(parameter, day)
        return 0 if entry is None else bits[id(entry)]

    name = f"standing_of_{len(w.constants)}"
    w.constants[name] = of_day
    return _most([w.keep(code.call(name, value(expr.day, w))), standing(expr.day, w)])


def _same(parts: Sequence[ast.expr]) -> bool:
    return all(isinstance(p, ast.Constant) for p in parts) and len({p.value for p in parts}) <= 1  # type: ignore[attr-defined]


def _enough(operands: Sequence[tree.Expr], deciding: bool, w: _Writer) -> ast.expr:
    """Return the grounds of a junction: of one part that decides it, the surest; else of all parts."""
    parts = [standing(o, w) for o in operands]
    if _same(parts) or len(parts) == 1:
        return parts[0] if parts else SURE
    if w.all_parts:
        return _most(parts)
    result, alone = w.name("s"), w.name("alone")
    w.body.append(assign(alone, constant(None)))
    for operand, part in zip(operands, parts, strict=True):
        found = value(operand, w)
        better = code.choose(is_(load(alone), None), part, code.call("surer", load(alone), part))
        w.body.append(when(is_(found, deciding), [assign(alone, better)]))
    w.body.append(assign(result, code.choose(is_(load(alone), None), _most(parts), load(alone))))
    return load(result)


def _if(test: tree.Expr, then: tree.Expr, otherwise: tree.Expr, w: _Writer) -> ast.expr:
    """Return the standing of the test and of each arm that it does not rule out."""
    tested, inners = standing(test, w), (w.inside(w.items), w.inside(w.items))
    arms = [standing(arm, inner) for arm, inner in zip((then, otherwise), inners, strict=True)]
    if _same(arms):
        return _most([tested, arms[0]])
    condition, found = value(test, w), list[ast.expr]()
    for inner, arm, excluded in zip(inners, arms, (False, True), strict=True):
        name = w.name("s")
        w.body += [assign(name, SURE), when(is_(condition, excluded), [], [*inner.body, assign(name, arm)])]
        found.append(load(name))
    return w.keep(_most([tested, *found]))


def _aggregate(expr: tree.Aggregate, w: _Writer) -> ast.expr:
    item = w.name("i")
    inner = w.inside({**w.items, expr.variable: item})
    where = SURE if expr.where is None else standing(expr.where, inner)
    kept = inner.inside(inner.items)
    body = standing(expr.body, kept)
    whole = standing(expr.list, w)
    if _same([where, body]) and where.value == 0:  # type: ignore[attr-defined]
        return whole
    source, result, alone = value(expr.list, w), w.name("s"), w.name("alone")
    each = _item(expr, inner, kept, where, body, result, alone)
    loop = ast.For(ast.Name(item, ast.Store()), source, each, [])
    w.body += [assign(result, constant(0)), assign(alone, constant(None))]
    w.body.append(when(is_(source, None), [], [loop]))
    found = code.choose(is_(load(alone), None), load(result), load(alone))
    return _most([whole, w.keep(found)])


def _item(
    expr: tree.Aggregate, inner: _Writer, kept: _Writer, where: ast.expr, body: ast.expr, result: str, alone: str
) -> list[ast.stmt]:
    """Write what one item adds: to the standing of all, or to that of one that decides `any` or `all` alone."""
    quantified, deciding = expr.fold in ("any", "all"), expr.fold == "any"
    condition = constant(True) if expr.where is None else value(expr.where, inner)
    both = _most([where, body])
    own = kept.name("s")
    kept.body.append(assign(own, both))
    kept.body.append(assign(result, ast.BinOp(load(result), ast.BitOr(), load(own))))
    if quantified and not inner.all_parts:
        found = value(expr.body, kept)
        better = code.choose(is_(load(alone), None), load(own), code.call("surer", load(alone), load(own)))
        kept.body.append(when(code.both(is_(condition, True), is_(found, deciding)), [assign(alone, better)]))
    left = [assign(result, ast.BinOp(load(result), ast.BitOr(), where))]
    return [*inner.body, when(is_(condition, False), left, kept.body)]
