"""Chaining rules from their files, and whether they go together."""

from __future__ import annotations

from collections.abc import Sequence

from safety_rules.language.bounds import can
from safety_rules.language.chain import ChainRule, Pattern
from safety_rules.language.expr import Aggregate, Expr, FactRef, Literal, walk
from safety_rules.language.kinds import Boolean, Choice, Records
from safety_rules.language.rule import Case
from safety_rules.language.source import Period
from safety_rules.language.vocabulary import Fact, normal
from safety_rules.loading.areas import authority, timelines
from safety_rules.loading.cases import cases, chinese_field, spell_choice
from safety_rules.loading.context import Context, read
from safety_rules.loading.models_rules import AreaFile, ChainFile, PatternFile
from safety_rules.loading.scalars import key, name, period
from safety_rules.loading.tree import Scalar
from safety_rules.semantics.bounds import at_any_time
from safety_rules.semantics.chaining.strata import cycles_through_unless
from safety_rules.semantics.checking.scope import Scope
from safety_rules.words.near import suggestion
from safety_rules.words.said import Said, said


def chain(file: ChainFile, area_file: AreaFile | None, c: Context, where: str) -> ChainRule | None:
    """Return a chaining rule, or None with diagnostics."""
    in_force, scope = period(file.in_force, c.report), c.scope()
    given: list[Pattern] = []
    for variable, pattern in file.given.items():
        made = _pattern(variable, pattern, scope, in_force, c)
        if made is None:
            return None
        given.append(made)
        scope = scope.with_variable(str(variable), Records(made.relation))
    unless = [_pattern(v, p, scope, in_force, c) for v, p in file.unless.items()]
    relation = _relation(file.derives.in_, c)
    if relation is None or any(p is None for p in unless):
        return None
    return ChainRule(
        key(file.chain, c.report), name(file.title, c.report), in_force, authority(file.authority, c), tuple(given),
        tuple(p for p in unless if p is not None), relation.key, _record(file, relation, scope, in_force, c),
        str(area_file.area) if area_file is not None else "",
        None if file.note is None else name(file.note, c.report), _cases(file, area_file, c), file.chain.at, where,
    )  # fmt: skip


def _pattern(variable: Scalar, file: PatternFile, scope: Scope, in_force: Period, c: Context) -> Pattern | None:
    """Return a pattern; its condition sees the records before it, and its own."""
    relation = _relation(file.in_, c)
    taken = str(variable) in scope.variables or str(variable) in c.vocabulary.subjects
    if taken or not str(variable).isidentifier() or normal(str(variable)) != str(variable):
        c.report.error("variable.record", variable)
        return None
    if relation is None:
        return None
    sentence = name(file, c.report)
    if file.that is None:
        return Pattern(str(variable), relation.key, sentence, None, variable.at)
    expr = read(file.that, c, Boolean(), scope.with_variable(str(variable), Records(relation.key)))
    if expr is None:
        return None
    _can_differ(str(variable), expr, file.that, c)
    timelines(expr, c, in_force)
    return Pattern(str(variable), relation.key, sentence, expr, file.that.at)


def _can_differ(variable: str, expr: Expr, at: Scalar, c: Context) -> None:
    """Report a condition that is the same whatever the data."""
    true, false, _ = can(at_any_time(expr, c.vocabulary, c.parameters, c.derived))
    if true != false:
        only = said("truth.true" if true else "truth.false")
        c.report.error("constant-clause.record", expr.at or at, name=variable, only=only)


def _relation(scalar: Scalar, c: Context) -> Fact | None:
    """Return the list of records that a name means."""
    fact = c.vocabulary.find(str(scalar))
    if fact is not None and isinstance(fact.kind, Records):
        c.report.named(scalar, fact.key, fact.zh_key)
        return fact
    known = [f for f in c.vocabulary.facts.values() if isinstance(f.kind, Records)]
    near = suggestion(scalar, [f.key if str(scalar).isascii() else f.zh_key for f in known])
    c.report.error("unknown-name.list", scalar, near)
    return None


def _record(
    file: ChainFile, relation: Fact, scope: Scope, in_force: Period, c: Context
) -> tuple[tuple[str, Expr], ...]:
    """Return the formula of each field of the derived record, in the vocabulary's order."""
    fields = {normal(n): f for f in c.vocabulary.fields(relation.key) for n in (f.field, chinese_field(f))}
    made: dict[str, Expr] = {}
    for field_name, written in file.derives.with_.items():
        fact = fields.get(normal(str(field_name)))
        if fact is None:
            near = suggestion(field_name, fields)
            c.report.error("unknown-name.field", field_name, near, name=field_name, list=relation.key)
            continue
        if fact.field in made:
            c.report.error("clause-twice.record", field_name, name=fact.field)
        c.report.named(field_name, fact.field, chinese_field(fact))
        formula = _formula(written, fact, scope, c)
        if formula is not None:
            timelines(formula, c, in_force)
            made[fact.field] = formula
    order = [f.field for f in c.vocabulary.fields(relation.key)]
    return tuple((f, made[f]) for f in order if f in made)


def _formula(written: Scalar, fact: Fact, scope: Scope, c: Context) -> Expr | None:
    """Return a field's formula; a choice may stand there as it is."""
    if isinstance(fact.kind, Choice):
        option = fact.kind.choices.find(str(written))
        if option is not None:
            spell_choice(written, fact.kind, c.report)
            return Literal(option.key, fact.kind, written.at)
    return read(written, c, fact.kind, scope)


def _cases(file: ChainFile, area_file: AreaFile | None, c: Context) -> tuple[Case, ...]:
    """Return the cases of a chaining rule, which give lists of records and nothing else."""
    for case in file.cases:
        for name_ in (*(case.given or {}), *(case.but or {})):
            if c.vocabulary.find(str(name_)) is not None:
                _relation(name_, c)
    return cases(file.cases, area_file, c)


def stratified(rules: Sequence[ChainRule], c: Context) -> None:
    """Report ids given twice, cycles through `unless`, and aggregates over what chains derive."""
    first: dict[str, ChainRule] = {}
    for rule in rules:
        other = first.setdefault(rule.key, rule)
        if other is not rule and rule.at is not None and other.at is not None:
            c.report.error("defined-twice.first", rule.at, name=rule.key, place=other.at.place)
    for cycle in cycles_through_unless(rules):
        _cycle(cycle, c)
    derived = {rule.derives: rule for rule in reversed(rules)}
    for rule in rules:
        exprs = [*(p.that for p in (*rule.given, *rule.unless) if p.that is not None), *(e for _, e in rule.record)]
        for node in (n for e in exprs for n in walk(e)):
            if isinstance(node, Aggregate) and isinstance(node.list, FactRef) and node.list.key in derived:
                c.report.error("chain-aggregate", node.at, list=node.list.key, rule=derived[node.list.key].key)


def _cycle(cycle: tuple[ChainRule, ...], c: Context) -> None:
    """Report a cycle with every rule of it, and where each stands."""
    rule = cycle[0]
    avoided = next(p for p in rule.unless if p.relation == (cycle[1].derives if len(cycle) > 1 else rule.derives))
    links: Said | str = ""
    for link in cycle[1:]:
        links = said("chain-link.step", before=links, rule=link.key, place=link.at.place if link.at else "")
    through = said("chain-link.through", links=links, derives=rule.derives) if links else ""
    slots = {"rule": rule.key, "derives": rule.derives, "avoided": avoided.relation, "through": through}
    c.report.error("chain-cycle", avoided.at or rule.at, **slots)
