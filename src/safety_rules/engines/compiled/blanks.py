"""One function from data as it came, blanks among it, to the masks of its findings: what `fast` declines.

A fact that is absent, or None, is open; one that is not canonical (a unit in its text, a Chinese spelling, an
object) is admitted by itself; the names of data are found once. Numbers stay floats, exact by the filter of
`numbers`. A rule that plain Python does not say is worked out by the exact function on its own facts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.area import groups
from safety_rules.engines.compiled.cells import Cell, cell, field_names, names
from safety_rules.engines.compiled.code import assign, constant, is_, load, when
from safety_rules.engines.compiled.completions import asked
from safety_rules.engines.compiled.conditions import Declined
from safety_rules.engines.compiled.plain_data import CHECKS, Facts, is_not, known_keys
from safety_rules.engines.compiled.settling import settling
from safety_rules.engines.compiled.three_valued import Known, ThreeValued
from safety_rules.language.expr import And, Compare, Expr, FactRef, ItemField, Literal
from safety_rules.language.kinds import Boolean, Records, Text
from safety_rules.language.law import is_sure
from safety_rules.language.rule import Clause, Rule
from safety_rules.language.verdict import Masks
from safety_rules.semantics.decide import AreaOn, area_record, contradictions_of, ratios_of
from safety_rules.semantics.reads import walk_through
from safety_rules.semantics.verdict.evidence import facts_read
from safety_rules.semantics.verdict.shared import Answers

MASKS = ("violated", "undetermined", "absent")


@code.collector_at_rest()
def blanks(law: AreaOn) -> Callable[[Any], Masks] | None:
    """Return the function from data to its masks, which raises where it cannot say; None where the law needs the exact one."""
    if not (all(is_sure(r, law) for r in law.rules) and all(is_sure(d, law) for d in law.derivations.values())):
        return None
    held: dict[str, Any] = {**CHECKS, "named": names(law), "empty": {}, "new": tuple.__new__, "Masks": Masks}
    main = ThreeValued(Known(law, Facts(law, held), held))
    aside: list[int] = []
    for guard, members in groups(law.rules):
        _group(guard, members, main, aside)
    if len(aside) == len(law.rules):
        return None
    end: list[ast.stmt] = []
    if aside:
        held["rest"] = _rest(law, aside)
        end.append(ast.Assign([_three("vun")], code.call("rest", load("data"))))
        end += [
            ast.AugAssign(ast.Name(m, ast.Store()), ast.BitOr(), load(n)) for m, n in zip(MASKS, "vun", strict=True)
        ]
    subjects = {k.partition(".")[0] for i in aside for k in facts_read(law.rules[i], law)}
    odd = _out_of_proportion(main.known.facts)
    subjects |= main.known.facts.subjects()
    start = [*_opening(main.known.facts, sorted(subjects)), *_reading(main.known.facts, _fields(law)), *odd]
    zero = [assign(m, constant(0)) for m in MASKS]
    body = [*start, *zero, *main.body, *end, *_settling(law, aside, main.known.facts), _masks()]
    made: Callable[[Any], Masks]
    made = code.functions([code.function("masks", ["data"], body)], held, f"<blanks {law.area.key} on {law.as_of}>")[
        "masks"
    ]
    return made


def _settling(law: AreaOn, aside: Sequence[int], facts: Facts) -> list[ast.stmt]:
    """Return the statement that asks bounds of open rules that they may decide."""
    bounded, read, facts.globals["settle"] = settling(law, aside)
    held = {key: name for key, name in facts.names.items() if key in read}
    values = ast.Dict([constant(key) for key in held], [load(name) for name in held.values()])
    found = ast.Assign([_three(MASKS)], code.call("settle", values, *map(load, MASKS)))
    return [when(ast.BinOp(load("undetermined"), ast.BitAnd(), constant(bounded)), [found])] if bounded else []


def _three(names: Sequence[str]) -> ast.Tuple:
    return ast.Tuple([ast.Name(n, ast.Store()) for n in names], ast.Store())


def _masks() -> ast.stmt:
    found = ast.Tuple([load(m) for m in MASKS], ast.Load())
    return ast.Return(code.call("new", load("Masks"), found))  # its constructor takes twice as long


def _group(
    guard: tuple[str, str] | None, members: Sequence[tuple[int, Rule]], main: ThreeValued, aside: list[int]
) -> None:
    """Write rules that need one choice behind one look at it."""
    law = main.known.law
    block, said = main, 0
    if guard is not None and guard[0] not in law.derivations:
        kind = law.rulebook.vocabulary.facts[guard[0]].kind
        test = main.truth(Compare("==", FactRef(guard[0], kind), Literal(guard[1], Text())))
        block = main.inside()
    for i, rule in members:
        body, held, outer = len(block.body), dict(block.held), (len(main.body), dict(main.held))
        try:
            _rule(i, rule, block)
            said |= 1 << i
        except Declined:
            main.known.items = {}
            aside.append(i)
            del main.body[outer[0] :], block.body[body:]
            main.held, block.held = outer[1], held
    if block is not main and said:
        main.body.append(when(is_(test, False), [_set("absent", said)], block.body))


def _set(mask: str, bits: int) -> ast.stmt:
    return ast.AugAssign(ast.Name(mask, ast.Store()), ast.BitOr(), constant(bits))


def _rule(i: int, rule: Rule, block: ThreeValued) -> None:
    """Write one rule's finding as a bit, by the table of the definition (`semantics.decide.status`)."""
    bit = 1 << i
    if not rule.applies_when:
        _requiring(rule.requires, block, [_set("violated", bit)], [_set("undetermined", bit)])
        return
    applies, inner = block.truth(_all(rule.applies_when)), block.inside()
    broken = when(is_(applies, None), [_set("undetermined", bit)], [_set("violated", bit)])
    _requiring(rule.requires, inner, [broken], [_set("undetermined", bit)])
    block.body.append(when(is_(applies, False), [_set("absent", bit)], inner.body))


def _all(clauses: Sequence[Clause]) -> Expr:
    return clauses[0].that if len(clauses) == 1 else And(tuple(c.that for c in clauses))


def _requiring(clauses: Sequence[Clause], w: ThreeValued, failed: list[ast.stmt], left: list[ast.stmt]) -> None:
    """Write what is done where a requirement is false, or open."""
    if not clauses:
        return
    whole = _all(clauses)
    if whole not in w.held and isinstance(whole, Compare):
        unknown, known = w.apart(whole, Boolean())
        otherwise = when(ast.UnaryOp(ast.Not(), known), failed)
        w.body.append(when(code.either(*unknown), left, [otherwise]) if unknown else otherwise)
        return
    found = w.truth(whole)
    w.body.append(when(is_(found, True), [], [when(is_(found, None), left, failed)]))


def _fields(law: AreaOn) -> Mapping[str, Sequence[str]]:
    """Return the given fields that rules read of each list."""
    found: dict[str, dict[str, None]] = {}
    for rule in law.rules:
        for clause in (*rule.applies_when, *rule.requires):
            for node in walk_through(clause.that, law.derivations, set()):
                if isinstance(node, ItemField) and node.key not in law.derivations:
                    found.setdefault(node.key.rpartition(".")[0], {})[node.key] = None
    return {key: list(fields) for key, fields in found.items()}


def _opening(facts: Facts, subjects: Sequence[str]) -> list[ast.stmt]:
    """Return the statements that find the subjects' data; names that are not English ones are found first."""
    vocabulary = facts.law.rulebook.vocabulary
    facts.globals["known_subjects"] = known_keys(vocabulary.subjects)
    looks = [is_not("data", "dict"), _unknown("known_subjects", "data")]
    finds: list[ast.stmt] = []
    for subject in subjects:
        facts.globals[f"known_{subject}"] = known_keys(f.field for f in vocabulary.of_subject(subject))
        get = ast.Attribute(load("data"), "get", ast.Load())
        finds.append(assign(subject, ast.Call(get, [constant(subject), load("empty")], [])))
        looks += [is_not(subject, "dict"), _unknown(f"known_{subject}", subject)]
    again = [assign(s, ast.Subscript(load("data"), constant(s), ast.Load())) for s in subjects]
    other = [assign("data", code.call("named", load("data"))), *again]
    return [
        when(looks[0], [assign("data", code.call("named", load("data")))]),
        *finds,
        when(code.either(*looks[1:]), other),
    ]


def _unknown(known: str, name: str) -> ast.expr:
    return ast.UnaryOp(ast.Not(), code.call(known, load(name)))


def _reading(facts: Facts, fields: Mapping[str, Sequence[str]]) -> list[ast.stmt]:
    """Return the statements that read every fact; one that is there and not canonical is made so."""
    found: list[ast.stmt] = []
    for key, name in facts.names.items():
        fact, (subject, _, field) = facts.fact(key), key.partition(".")
        facts.globals[f"cell_{name}"] = cell(fact, facts.law)
        again: list[ast.stmt] = [assign(name, code.call(f"cell_{name}", load(name)))]
        wrong = code.both(ast.Compare(load(name), [ast.IsNot()], [constant(None)]), facts.wrong(key))
        rest = _items(facts, key, name, fields.get(key, ())) if isinstance(fact.kind, Records) else []
        found += [assign(name, _get(subject, field)), when(wrong, again, rest)]
    return found


def _out_of_proportion(facts: Facts) -> list[ast.stmt]:
    """Return the statements that decline what is out of proportion or contradicts itself, each read as any other fact is."""
    found, against = ratios_of(facts.law), contradictions_of(facts.law)
    for key in [k for r in found for k in (r.of, r.per)] + [k for c in against for k in (c.text, c.choice)]:
        facts.name(key)
    return [*map(facts.odd_ratio, found), *map(facts.contradicted, against)]


def _items(facts: Facts, key: str, name: str, fields: Sequence[str]) -> list[ast.stmt]:
    """Return the statements that look at a list's records, and have those made canonical where one is not."""
    known = f"known_{key.replace('.', '_')}"
    facts.globals[known] = known_keys(f.field for f in facts.law.rulebook.vocabulary.fields(key))
    facts.globals[f"rows_{name}"] = rows(facts, key, fields, facts.globals[f"cell_{name}"])
    wrong: list[ast.stmt] = [assign(name, code.call(f"rows_{name}", load(name))), ast.Break()]
    body = [when(code.either(is_not("item", "dict"), _unknown(known, "item")), wrong)]
    for field in fields:
        fact = facts.fact(field)
        body.append(assign("field", _get("item", fact.field)))
        blank = wrong if fact.or_else else [ast.Pass()]
        body.append(when(is_(load("field"), None), blank, [when(facts.wrong_value(fact, "field"), wrong)]))
    loop = ast.For(ast.Name("item", ast.Store()), load(name), body, [])
    return [when(is_(load(name), None), [], [loop])]


def rows(facts: Facts, key: str, fields: Sequence[str], whole: Cell) -> Cell:
    """Return the function from a list to records with the fields that rules read, canonical; by `whole` where it cannot."""
    held: dict[str, Any] = {"whole": whole, "renamed": field_names(facts.fact(key), facts.law)}
    given_up: list[ast.stmt] = [ast.Return(code.call("whole", load("given")))]
    body = [when(is_not("item", "dict"), given_up), assign("item", code.call("renamed", load("item")))]
    for number, field in enumerate(fields):
        fact, read = facts.fact(field), f"field_{number}"
        held[f"cell_{number}"] = cell(fact, facts.law)
        found = [when(facts.wrong_value(fact, read), [assign(read, code.call(f"cell_{number}", load(read)))])]
        body += [
            assign(read, _get("item", fact.field)),
            when(is_(load(read), None), given_up if fact.or_else else [], found),
        ]
    made = ast.Dict(
        [constant(facts.fact(f).field) for f in fields], [load(f"field_{number}") for number in range(len(fields))]
    )
    body.append(ast.Expr(ast.Call(ast.Attribute(load("made"), "append", ast.Load()), [made], [])))
    loop = ast.For(ast.Name("item", ast.Store()), load("given"), body, [])
    start = assign("made", ast.List([], ast.Load()))
    function = code.function("rows", ["given"], [start, loop, ast.Return(load("made"))])
    found_rows: Cell = code.functions([function], facts.globals | held, f"<records of {key}>")["rows"]
    return found_rows


def _get(name: str, field: str) -> ast.expr:
    return ast.Call(ast.Attribute(load(name), "get", ast.Load()), [constant(field)], [])


def _rest(law: AreaOn, aside: Sequence[int]) -> Callable[[Any], Masks]:
    """Return the function to the masks of the rules that stand aside, on their own facts."""
    rules = tuple(law.rules[i] for i in aside)
    area = cache(partial(asked, replace(law, rules=rules), Answers(law.derivations)))
    facts = sorted({key for rule in rules for key in facts_read(rule, law)})

    def of_rest(data: Any) -> Masks:
        given: dict[str, Any] = {}
        for key in facts:
            subject, _, field = key.partition(".")
            own = data.get(subject)
            if own is not None and field in own:
                given[key] = own[field]
        masks = area().masks(area_record(law, given).values)
        found = [sum(1 << i for n, i in enumerate(aside) if mask >> n & 1) for mask in masks]
        return Masks(*found)

    return of_rest
