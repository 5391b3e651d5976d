"""Why a derived record holds, or could: the whole chain in words, rule by rule, down to the given records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from safety_rules.language.chain import ChainFact, ChainRule, Pattern, Step
from safety_rules.language.errors import NotFoundError
from safety_rules.language.explanation import Amount, Place, Series, Slot, Statement, statement
from safety_rules.language.expr import Aggregate, FactRef, walk
from safety_rules.language.kinds import Date, Number, Records
from safety_rules.language.law import entry_on
from safety_rules.language.source import Citation, Standing, weakest
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Reason
from safety_rules.semantics.chaining.chain import ChainResult
from safety_rules.semantics.chaining.facts import missing
from safety_rules.semantics.chaining.lists import Lists, lists_of
from safety_rules.semantics.chaining.step import holds, listed, rule_environments, with_record
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, truth
from safety_rules.semantics.reads import parameters_of
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.explain import MARKS, cited, clause_said, reason_said

MOST_LEVELS = 30
MOST_COUNTED = 20


def explain_fact(result: ChainResult, fact: str) -> Statement:
    """Return why a record holds or could, as a tree of statements; a given record is one statement.

    Raises NotFoundError where there is no such record.
    """
    if fact not in result.facts:
        raise NotFoundError(f"no record is named `{fact}`")
    return _line(result, result.facts[fact], _chosen(result), 0)


def _chosen(result: ChainResult) -> dict[str, Step]:
    """Return, for each derived record, the step that explains it: sure where there is one, from records before it."""
    chosen: dict[str, Step] = {}
    made = {s.fact for s in result.steps}
    for certainly in (True, False):
        ready = {key for key in result.facts if key not in made or key in chosen}
        grown = True
        while grown:
            steps = [s for s in result.steps if s.fact not in chosen and _may_explain(s, certainly, result)]
            new = [s for s in steps if ready.issuperset(s.support)]
            for step in new:
                chosen.setdefault(step.fact, step)
            ready |= {s.fact for s in new}
            grown = bool(new)
    return chosen


def _may_explain(step: Step, certainly: bool, result: ChainResult) -> bool:
    return not certainly or (step.sure and step.fact in result.certain and result.certain.issuperset(step.support))


def _line(result: ChainResult, fact: ChainFact, chosen: Mapping[str, Step], level: int) -> Statement:
    said, step = record_said(result, fact), chosen.get(fact.id)
    if step is None:
        return said
    head = "chain.certain" if fact.id in result.certain else "chain.possible"
    if level == MOST_LEVELS:
        return statement(head, statement("more.levels"), record=said)
    rule, book = result.program.rules[step.rule], result.program.rulebook
    below: list[Slot] = [*_given_lines(result, rule, step, chosen, level), *_unless_lines(result, rule, step)]
    if reasons := missing(result, fact.id):
        facts = tuple(reason_said(_by_key(r), book, {}, (rule,)) for r in sorted(reasons))
        below.append(statement("finding.lacks", facts=Series("joint.list", facts)))
    below += [cited(c, book.sources) for c in rule.authority]
    figures = _parameters(result, rule, step)
    below += [cited(c, book.sources, book.parameters[key].name) for key, c in figures.items()]
    if rule.note is not None:
        below.append(statement("finding.note", note=rule.note))
    day = result.program.as_of.isoformat()
    return statement(head, statement("chain.rule", *below, title=rule.title, rule=rule.key, day=day), record=said)


def _by_key(reason: Reason) -> Reason:
    """Return a reason whose path names a record of a ledger by its key."""
    return Reason(reason.kind, reason.name.replace("[", "[=", 1)) if reason.kind == "fact" else reason


def environment_of(result: ChainResult, step: Step) -> tuple[Environment, Lists]:
    """Return what the conditions of a step were evaluated in, with its records."""
    program, rule = result.program, result.program.rules[step.rule]
    derived = {s.fact for s in result.steps}
    records = listed([f for f in result.facts.values() if f.id not in derived], [rule])
    env = rule_environments([rule], records, program.rulebook, program.as_of, program.require, program.confirmed)[
        rule.key
    ]
    for pattern, key in zip(rule.given, step.support, strict=True):
        env = with_record(env, pattern.variable, result.facts[key])
    return env, lists_of(records)


def _given_lines(
    result: ChainResult, rule: ChainRule, step: Step, chosen: Mapping[str, Step], level: int
) -> Iterator[Statement]:
    """Yield a statement for each record that a step rests on: its condition's values, and why it holds itself."""
    env, lists = environment_of(result, step)
    for pattern, key in zip(rule.given, step.support, strict=True):
        truth = Truth.UNKNOWN if key not in result.certain else holds(pattern, env, lists)[0]
        record = _line(result, result.facts[key], chosen, level + 1)
        yield clause_said("given", truth, pattern.sentence, [*_value_lines(result, pattern, env, lists), record])


def _value_lines(result: ChainResult, pattern: Pattern, env: Environment, lists: Lists) -> list[Slot]:
    """Return the values that a condition looked at, and the records that its aggregates count."""
    if pattern.that is None:
        return []
    narrow, records = lists.narrowed(pattern.that, env)
    lines = clause_lines(pattern.that, narrow)
    for node in walk(pattern.that):
        if isinstance(node, Aggregate) and isinstance(node.list, FactRef):
            lines += _counted(result, node, narrow, records.get(node.list.key, ()))
    return lines


def _counted(result: ChainResult, node: Aggregate, env: Environment, records: Sequence[ChainFact]) -> list[Slot]:
    """Return the records that an aggregate counts, or could."""
    kept = _kept(node, env, records)
    counts: list[Slot] = [
        statement("chain.counted", mark=MARKS[found], record=record_said(result, fact))
        for fact, found in kept[:MOST_COUNTED]
    ]
    rest = len(kept) - MOST_COUNTED
    return [*counts, statement("more.records", count=rest)] if rest > 0 else counts


def _kept(node: Aggregate, env: Environment, records: Sequence[ChainFact]) -> list[tuple[ChainFact, Truth]]:
    """Return the records for which an aggregate's test is true or unknown, with which of the two."""
    kept = []
    for fact in sorted(records, key=lambda f: f.id):
        scope = with_record(env, node.variable, fact)
        tests = [e for e in (node.where, node.body if node.fold == "any" else None) if e is not None]
        truths = [truth(e, scope)[0] for e in tests]
        if Truth.FALSE not in truths:
            kept.append((fact, Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.TRUE))
    return kept


def counted(result: ChainResult, step: Step) -> tuple[ChainFact, ...]:
    """Return the given records that the aggregates of a step count, or could count."""
    env, lists = environment_of(result, step)
    found: dict[str, ChainFact] = {}
    for pattern in (p for p in result.program.rules[step.rule].given if p.that is not None):
        assert pattern.that is not None
        narrow, records = lists.narrowed(pattern.that, env)
        for node in walk(pattern.that):
            if isinstance(node, Aggregate) and isinstance(node.list, FactRef):
                found |= {f.id: f for f, _ in _kept(node, narrow, records.get(node.list.key, ()))}
    return tuple(found.values())


def _unless_lines(result: ChainResult, rule: ChainRule, step: Step) -> Iterator[Statement]:
    """Yield a statement for each `unless` pattern: nothing was found, or which records could stand against the step."""
    env, lists = environment_of(result, step)
    for pattern in rule.unless:
        others = [f for f in result.facts.values() if f.relation == pattern.relation]
        scopes = [(f, with_record(env, pattern.variable, f)) for f in others]
        could = [(f, s) for f, s in scopes if holds(pattern, s, lists)[0] is not Truth.FALSE]
        below = [record_said(result, f, *_value_lines(result, pattern, s, lists)) for f, s in could]
        yield statement("chain.not_ruled_out" if could else "chain.none_found", *below, sentence=pattern.sentence)


def record_said(result: ChainResult, fact: ChainFact, *below: Slot) -> Statement:
    """Return a record as a statement: its list, its key, and its known fields."""
    name, parts = Place(f"{fact.relation}[={fact.key}]"), list[Slot]()
    for field in result.program.rulebook.vocabulary.fields(fact.relation):
        if field.field in fact.values:
            code = "chain.figure" if isinstance(field.kind, Number | Date | Records) else "fact.value"
            parts.append(statement(code, name=field.name, value=Amount(fact.values[field.field], field.kind)))
    origin = statement("chain.origin", place=fact.origin) if fact.origin else ""
    if not parts:
        return statement("chain.bare_record", *below, name=name, origin=origin)
    return statement("chain.record", *below, name=name, fields=Series("joint.beside", tuple(parts)), origin=origin)


def _parameters(result: ChainResult, rule: ChainRule, step: Step) -> dict[str, Citation]:
    """Return the citations of the parameters that a step read, on the days for which it read them."""
    env, found = environment_of(result, step)[0], {}
    exprs = [*(p.that for p in rule.given if p.that is not None), *(e for _, e in rule.record)]
    for ref in (r for e in exprs for r in parameters_of(e, env.derivations)):
        day = env.as_of if ref.day is None else evaluate(ref.day, env)
        entry = entry_on(env.parameters[ref.key], day) if hasattr(day, "year") else None
        if entry is not None:
            found[ref.key] = entry.citation
    return found


def standing(result: ChainResult, fact: str) -> Standing:
    """Return the weakest standing of the law that a derived record rests on, through the whole chain."""
    chosen, frontier, seen = _chosen(result), [fact], set[str]()
    found: list[Standing] = []
    while frontier:
        key = frontier.pop()
        step = chosen.get(key)
        if step is None or key in seen:
            continue
        seen.add(key)
        rule = result.program.rules[step.rule]
        found += [c.standing for c in (*rule.authority, *_parameters(result, rule, step).values())]
        frontier += step.support
    return weakest(*found)
