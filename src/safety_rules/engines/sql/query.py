"""An area's law on a day as one query: a row in, its findings as masks, its outcome and derived values out.

A rule's finding is one three-valued truth: `applies AND NOT requires` is true where it is violated, NULL where
it is undetermined and false where it is satisfied or not applicable, exactly as the definition's table has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.lower import quantities
from safety_rules.engines.sql.lower.tree import READINGS, value
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.cell_types import Cell, missing, wrong_type
from safety_rules.engines.sql.read.columns import cell
from safety_rules.engines.sql.read.types import Reads, Use
from safety_rules.language.errors import NotFoundError
from safety_rules.language.expr import Aggregate, Arithmetic, Expr, FactRef, ItemField, walk
from safety_rules.language.kinds import Name, Number
from safety_rules.language.law import is_sure
from safety_rules.language.record import Problem
from safety_rules.language.rule import Clause, Rule, Waiver
from safety_rules.semantics.decide import AreaOn
from safety_rules.words.near import did_you_mean

BITS = 63
MASKS = ("violated", "undetermined", "not_applicable", "satisfied")
FOUND = MASKS[:3]
OUTCOMES = ("outcome", "at_best", "at_worst")


@dataclass(frozen=True, slots=True)
class LawQuery:
    """A law as SQL over columns named by `uses`; `{source}` in `text` stands for what it is read from.

    `again` is the column that says that a row goes back to the exact evaluator, `problem` that a cell
    could not be used. `best` is, of the short query of complete rows, the outcome: no finding of a row that
    does not go back is undetermined, and at best and at worst are one; `answers` are those that it gives, all
    of them if empty. `maps` are constants that the connection must know by name: keys and what they lead to,
    or without keys, a list.
    """

    law: AreaOn
    dialect: Dialect
    uses: Mapping[str, Use]
    text: str
    maps: Mapping[str, tuple[list[str], list[str]]]
    derived: tuple[str, ...]
    unread: tuple[str, ...]
    best: str = ""
    answers: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Whether this is the query of complete, plain rows."""
        return bool(self.best)

    def with_outcome(self, source: str) -> str:
        """Return a short query over a source with its outcome and the ends that are asked for, all in the last projection."""
        asked = [name for name in OUTCOMES if name in answers_of(self.law, self.answers)]
        several = ", ".join(f"{self.best} AS {name}" for name in asked)
        return self.over(source).replace(f"{self.best} AS at_best", several, 1)

    def over(self, source: str) -> str:
        """Return the query over a source."""
        return self.text.replace("{source}", source)


def answers_of(law: AreaOn, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the answers that are given, in their order: all, or the outcome and those asked for; raises NotFoundError."""
    derived = tuple(k for k, d in law.derivations.items() if d.variable is None)
    known = (*OUTCOMES, *FOUND, *derived, "problem")
    for name in asked:
        if name not in known:
            raise NotFoundError(f"there is no answer `{name}`; {did_you_mean(name, known)}".rstrip("; "))
    return tuple(name for name in known if not asked or name in asked or name == "outcome")


def has_masks(answers: Sequence[str]) -> bool:
    """Return whether all masks are among the answers, so that the satisfied rules follow from them."""
    return set(FOUND) <= set(answers)


def words(law: AreaOn) -> int:
    """Return how many words of 63 bits a mask takes."""
    return max(1, -(-len(law.rules) // BITS))


def used_facts(law: AreaOn) -> dict[str, Reads]:
    """Return the given facts that the law reads, and what it reads of them."""
    fields: dict[str, set[str]] = {}
    divisors: dict[str, set[str]] = {}
    counted: set[str] = set()
    done: set[str] = set()
    todo: list[tuple[Expr, bool]] = [(c.that, False) for r in law.rules for c in (*r.applies_when, *r.requires)]
    todo += [(d.formula, True) for d in law.derivations.values() if d.variable is None]
    while todo:
        root, below = todo.pop()
        calculated = {id(n) for top in walk(root) for part in _divisors(top, below) for n in walk(part)}
        for node in walk(root):
            if isinstance(node, Aggregate) and node.fold in ("count", "sum") and isinstance(node.list, FactRef):
                counted.add(node.list.key)
            if not isinstance(node, FactRef | ItemField):
                continue
            derivation = law.derivations.get(node.key)
            if derivation is not None:
                if node.key not in done:
                    done.add(node.key)
                    todo.append((derivation.formula, True))
                continue
            outer, _, name = (node.key, "", "") if isinstance(node, FactRef) else node.key.rpartition(".")
            fields.setdefault(outer, set()).update({name} - {""})
            if id(node) in calculated:
                divisors.setdefault(outer, set()).add(name)
    derived = {k: tuple(n.rpartition(".")[2] for n in sorted(done) if n.rpartition(".")[0] == k) for k in fields}
    return {
        k: Reads(frozenset(f), frozenset(divisors.get(k, ())), k in counted, False, derived[k])
        for k, f in fields.items()
    }


def _divisors(expr: Expr, below: bool) -> tuple[Expr, ...]:
    """Return what an expression divides by; within a formula that others may divide by, all of it."""
    if below:
        return (expr,)
    return (expr.right,) if isinstance(expr, Arithmetic) and expr.op == "/" else ()


def law_query(
    law: AreaOn,
    uses: Mapping[str, Use],
    d: Dialect,
    keep: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
) -> LawQuery:
    """Return the query of a law over columns; the columns `keep` are passed through as they are."""
    vocabulary = law.rulebook.vocabulary
    identity = [k for s in law.area.subjects for k in vocabulary.subjects[s].identity] if waivers else []
    read, raw, cells = facts_and_cells(law, uses, d, identity)
    w = Writer(law, d, cells, read, READINGS)
    _named(identity, waivers, w)
    rules = [_rule(rule, w) for rule in law.rules]
    derived = derived_columns(law, w)
    text = _text(w, uses, raw, keep, rules, derived)
    unread = tuple(k for k in used_facts(law) if k not in uses)
    return LawQuery(law, d, {k: uses[k] for k in raw}, text, w.maps, tuple(derived), unread)


def facts_and_cells(
    law: AreaOn, uses: Mapping[str, Use], d: Dialect, besides: Iterable[str]
) -> tuple[dict[str, Reads], dict[str, str], dict[str, Cell]]:
    """Return what a law reads of each given fact, the name of its raw column where it has one, and its cell."""
    vocabulary, used = law.rulebook.vocabulary, used_facts(law)
    read = {key: used.get(key, Reads()) for key in (*used, *besides)}
    raw = {key: f"c{i}" for i, key in enumerate(k for k in read if k in uses)}
    cells = {
        key: cell(vocabulary.facts[key], uses[key], raw[key], vocabulary, reads, d)
        if key in uses
        else missing(vocabulary.facts[key], vocabulary, reads.fields, d)
        for key, reads in read.items()
    }
    return read, raw, cells


def _named(identity: Iterable[str], waivers: Sequence[Waiver], w: Writer) -> None:
    """Send the rows that a waiver names back: it counts there, or is reported."""
    names = sorted({v.subject for v in waivers})
    for key in identity:
        w.doubt(w.dialect.one_of(w.keep(w.cells[key].value), names))


def derived_columns(law: AreaOn, w: Writer) -> dict[str, str]:
    """Return the derived facts of the law's own scope, each as a column."""
    found: dict[str, str] = {}
    for key, derivation in law.derivations.items():
        if derivation.variable is None:
            kind = law.rulebook.vocabulary.facts[key].kind
            found[key] = quantities.fact(key, w).sql if isinstance(kind, Number) else value(FactRef(key, kind), w)
    return found


def _all_of(clauses: Sequence[Clause], w: Writer) -> str:
    return f"({' AND '.join(value(c.that, w) for c in clauses)})" if clauses else "TRUE"


def _rule(rule: Rule, w: Writer) -> tuple[str, str]:
    """Return a rule's finding as a three-valued truth, and whether it applies."""
    applies = _all_of(rule.applies_when, w)
    if rule.applies_when:
        applies = w.keep(applies)
    if not is_sure(rule, w.law):
        return f"(CASE WHEN NOT {applies} THEN FALSE ELSE {w.dialect.null('boolean')} END)", applies
    requires = _all_of(rule.requires, w)
    return (f"({applies} AND NOT {requires})" if rule.applies_when else f"(NOT {requires})"), applies


def _text(
    w: Writer,
    uses: Mapping[str, Use],
    raw: Mapping[str, str],
    keep: Sequence[str],
    rules: Sequence[tuple[str, str]],
    derived: Mapping[str, str],
) -> str:
    d = w.dialect
    passed = [f"k{i}" for i in range(len(keep))]
    first = [f"{d.name_of(c)} AS {p}" for c, p in zip(keep, passed, strict=True)]
    first += [f"{d.name_of(uses[key].column)} AS {name}" for key, name in raw.items()]
    stages = w.stages()
    endless = not_finite([c.finite for k, c in w.cells.items() if c.finite and k in raw], d, "coalesce({}, 0E0)")
    odd = [*endless, *(c.odd for k, c in w.cells.items() if c.odd and k in raw)]
    problem = [c.problem for k, c in w.cells.items() if c.problem and k in raw]
    opening = [*passed, f"{_any(odd)} AS odd", f"{_any(problem)} AS problem"]
    parts = [f"r AS (SELECT {', '.join(first) or '1 AS nothing'} FROM {{source}})"]
    zero = [f"{sql} AS {name}" for name, sql in stages[0]] if stages else []
    parts.append(f"s0 AS (SELECT {', '.join([*opening, *zero])} FROM r)")
    for i, stage in enumerate(stages[1:], start=1):
        parts.append(f"s{i} AS (SELECT *, {', '.join(f'{sql} AS {name}' for name, sql in stage)} FROM s{i - 1})")
    last = max(0, len(stages) - 1)
    names = {c: d.name_of(c) for c in (*keep, *derived)}
    guards = _guards(rules)
    truths = [f"{f} AS x{i}" for i, (f, _) in enumerate(rules)] + [f"{a} AS a{i}" for i, a in enumerate(guards)]
    shown = [f"{sql} AS v{i}" for i, sql in enumerate(derived.values())]
    doubt = _any(["odd", *w.doubts, *_unsettled(w)])
    parts.append(f"t AS (SELECT {', '.join([*passed, f'{doubt} AS again', 'problem', *truths, *shown])} FROM s{last})")
    out = [f"{p} AS {names[c]}" for c, p in zip(keep, passed, strict=True)]
    out += [f"{sql} AS {name}" for name, sql in zip(FOUND, _masks(w.law, list(guards.values()), d), strict=True)]
    out += [f"v{i} AS {names[key]}" for i, key in enumerate(derived)]
    return f"WITH {', '.join(parts)} SELECT {', '.join([*out, 'problem', 'again'])} FROM t"


def not_finite(numbers: Sequence[str], d: Dialect, each: str) -> list[str]:
    """Return the condition that some number is NaN or infinite: then so is the sum of all, each as it is written."""
    return [d.unbounded(" + ".join(each.format(n) for n in numbers))] if numbers else []


def _unsettled(w: Writer) -> list[str]:
    """Return the condition that some comparison stays too close to call, looked into only where one is close."""
    if not w.close:
        return []
    near = " OR ".join(dict.fromkeys(n for n, _ in w.close))
    unsettled = " OR ".join(f"({n} AND {u})" for n, u in w.close)
    return [f"(CASE WHEN {near} THEN {unsettled} ELSE FALSE END)"]


def _any(conditions: Sequence[str | None]) -> str:
    found = [c for c in conditions if c]
    return f"coalesce({' OR '.join(found)}, FALSE)" if found else "FALSE"


def _guards(rules: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the conditions on which rules apply, each with the mask of the rules that share it."""
    found: dict[str, int] = {}
    for i, (_, applies) in enumerate(rules):
        if applies != "TRUE":
            found[applies] = found.get(applies, 0) | 1 << i
    return found


def _masks(law: AreaOn, guards: Sequence[int], d: Dialect) -> list[str]:
    """Return the masks of violated, undetermined and inapplicable rules."""
    each = range(len(law.rules))
    return [
        _mask(law, [(f"x{i}", 1 << i) for i in each], d),
        _mask(law, [(f"x{i} IS NULL", 1 << i) for i in each], d),
        _mask(law, [(f"NOT a{i}", bits) for i, bits in enumerate(guards)], d),
    ]


def _mask(law: AreaOn, tests: Sequence[tuple[str, int]], d: Dialect) -> str:
    found = []
    for word in range(words(law)):
        parts = [(test, bits >> (word * BITS) & ((1 << BITS) - 1)) for test, bits in tests]
        terms = [f"(CASE WHEN {test} THEN {bits} ELSE 0 END)" for test, bits in parts if bits]
        found.append(d.cast(f"({' + '.join(terms) or '0'})", "mask"))
    return found[0] if len(found) == 1 else d.array(", ".join(found))


def outcome_columns(law: AreaOn, d: Dialect) -> list[str]:
    """Return the outcome and its two ends, from `bound_columns`."""
    both = f"(CASE WHEN at_best = at_worst THEN at_best ELSE {outcome_key('undetermined', law, d)} END)"
    return [f"{both} AS outcome", "at_best", "at_worst"]


def outcome_key(key: str, law: AreaOn, d: Dialect) -> str:
    """Return the key of an outcome as SQL."""
    return d.keyed(key, [*(o.key for o in law.area.outcomes), "undetermined"])


def bound_columns(law: AreaOn, d: Dialect) -> list[str]:
    """Return the outcome at best and at worst, from the masks of the findings."""
    by_outcome: dict[int, int] = defaultdict(int)
    for i, rule in enumerate(law.rules):
        by_outcome[law.area.rank(rule.otherwise.outcome)] |= 1 << i
    best = _ranked(law, by_outcome, ("violated",), d)
    worst = _ranked(law, by_outcome, ("violated", "undetermined"), d)
    settled = " AND ".join(
        f"{d.word_of('undetermined', i) if words(law) > 1 else 'undetermined'} = 0" for i in range(words(law))
    )
    worst = f"(CASE WHEN {settled} THEN {best} ELSE {worst} END)"
    return [f"{best} AS at_best", f"{worst} AS at_worst"]


def _ranked(law: AreaOn, by_outcome: Mapping[int, int], masks: Sequence[str], d: Dialect) -> str:
    arms = []
    for rank in sorted(by_outcome, reverse=True):
        if rank == 0:
            continue
        tests = []
        for word in range(words(law)):
            bits = by_outcome[rank] >> (word * BITS) & ((1 << BITS) - 1)
            if bits:
                tests += [f"({d.word_of(m, word) if words(law) > 1 else m} & {bits}) <> 0" for m in masks]
        arms.append(f"WHEN {' OR '.join(tests)} THEN {outcome_key(law.area.outcomes[rank].key, law, d)}")
    first = outcome_key(law.area.outcomes[0].key, law, d)
    return f"(CASE {' '.join(arms)} ELSE {first} END)" if arms else first


def satisfied_column(law: AreaOn, d: Dialect) -> str:
    """Return the mask of satisfied rules: those with no other finding."""
    found = []
    for word in range(words(law)):
        every = (1 << min(BITS, len(law.rules) - word * BITS)) - 1
        parts = [d.word_of(m, word) if words(law) > 1 else m for m in FOUND]
        found.append(d.cast(f"({every} - {' - '.join(parts)})", "mask"))
    return (found[0] if len(found) == 1 else d.array(", ".join(found))) + " AS satisfied"


def column_notices(law: AreaOn, query: LawQuery) -> tuple[Problem, ...]:
    """Return what is to be said once of facts that no column carries, or that a column's type cannot hold."""
    facts = law.rulebook.vocabulary.facts
    found = []
    for key in query.unread:
        zh = f"没有“{facts[key].name.zh}”列，该项在所有行中均按未知处理"
        found.append(
            Problem("missing-column", key, "", Name(zh, f"no column carries `{key}`; it is unknown in every row"))
        )
    for key, use in query.uses.items():
        if wrong_type(facts[key], use.type):
            zh = f"“{use.column}”列的类型不能用于“{facts[key].name.zh}”，该项在所有行中均按未知处理"
            en = f"the type of the column `{use.column}` cannot be {facts[key].name.en}; it is unknown in every row"
            found.append(Problem("column-type", key, use.column, Name(zh, en)))
    return tuple(found)
