"""A law as one query over rows that are expected to be complete and plain: a few tests say which are, the rest is short.

In such a row no given fact is unknown, so that a condition over them is true or false. A rule's part of the
answer is one number: its bit where it is violated, its bit further up where it does not apply, else zero; all of
them together are the row's masks. Where a comparison is too close for DOUBLE, whole numbers decide it in place;
where they cannot, or a condition over a list is unknown, the top bit is set and the row is looked at again,
as is every row that is not plain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.exactness import ratios
from safety_rules.engines.sql.exactness.doubles import compared, surely
from safety_rules.engines.sql.lower.terms import is_number, known_now
from safety_rules.engines.sql.lower.tree import READINGS
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.query import (
    BITS,
    LawQuery,
    answers_of,
    derived_columns,
    facts_and_cells,
    law_query,
    not_finite,
    outcome_key,
    words,
)
from safety_rules.engines.sql.read.cell_types import wrong_type
from safety_rules.engines.sql.read.types import Plain, Use
from safety_rules.language.expr import (
    And,
    Arithmetic,
    Compare,
    Expr,
    FactRef,
    In,
    Literal,
    Negate,
    Not,
    Or,
    ParameterRef,
    Scale,
)
from safety_rules.language.kinds import Choice, Number, Records
from safety_rules.language.law import is_sure
from safety_rules.language.rule import Clause, Rule, Waiver
from safety_rules.semantics.decide import AreaOn

TOP = 1 << 62
MOST_INT = 1 << 31
MOST_REMEMBERED = 8
REMEMBERED: dict[tuple[int, str, str, tuple[str, ...], tuple[str, ...]], LawQuery] = {}
CHUNK = 21  # three make a word of 63 bits


@dataclass(frozen=True, slots=True)
class Sides:
    """Where a condition is surely true, and where surely false; between the two, `between` says which, NULL if nothing does.

    `whole`: there is nothing between them.
    """

    true: str
    false: str
    whole: bool = False
    between: str | None = None


ALWAYS = Sides("TRUE", "FALSE", True)


def first_query(
    law: AreaOn,
    uses: Mapping[str, Use],
    d: Dialect,
    keep: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    answers: Sequence[str] = (),
) -> LawQuery:
    """Return the query that a table is first read with: the short one where its first rows were complete and plain.

    A short one gives no more than the `answers` that are asked for. The last few are remembered, for a law that decides
    one table after another.
    """
    if waivers:
        return law_query(law, uses, d, keep, waivers)
    name = (id(law), d.name, repr(uses), tuple(keep), tuple(answers))
    found = REMEMBERED.get(name)
    if found is None:
        found = _first_query(law, uses, d, keep, answers)
        while len(REMEMBERED) >= MOST_REMEMBERED:
            REMEMBERED.pop(next(iter(REMEMBERED), name), None)
        REMEMBERED[name] = found  # it holds the law, whose id is then nobody else's
    return found


def _first_query(
    law: AreaOn, uses: Mapping[str, Use], d: Dialect, keep: Sequence[str], answers: Sequence[str] = ()
) -> LawQuery:
    read, raw, cells = facts_and_cells(law, uses, d, ())
    ready = law.rules and all(is_sure(r, law) for r in law.rules)
    if not (ready and all(key in uses and _plain(law, key, uses[key]) for key in read)):
        return law_query(law, uses, d, keep)
    w = Writer(law, d, cells, read, READINGS)
    derived = derived_columns(law, w)
    size = _size(law, d)
    parts = [_packed(law, range(i, min(i + size, len(law.rules))), w) for i in _starts(law, d)]
    given = answers_of(law, answers)
    letter = "q" if d.twice and "not_applicable" not in given and "violated" in given else "p"
    shown = {k: sql for k, sql in derived.items() if k in given}
    text = _text(w, uses, raw, keep, parts, shown, given, letter)
    uses_read = {k: uses[k] for k in raw}
    return LawQuery(law, d, uses_read, text, w.maps, tuple(shown), (), _best(law, d, letter), tuple(answers))


def _plain(law: AreaOn, key: str, use: Use) -> bool:
    """Return whether a column is expected to hold a plain value of the fact in every row."""
    fact = law.rulebook.vocabulary.facts[key]
    plain = use.clean or not isinstance(fact.kind, Number | Choice | Records)
    return use.filled and plain and not wrong_type(fact, use.type)


def _size(law: AreaOn, d: Dialect) -> int:
    """Return how many rules share a number; of several numbers, whole ones make a word."""
    count = len(law.rules)
    return count if 2 * count < BITS and not d.chunk else d.chunk or CHUNK


def _starts(law: AreaOn, d: Dialect) -> range:
    return range(0, len(law.rules), _size(law, d))


def _packed(law: AreaOn, order: Sequence[int], w: Writer) -> str:
    """Return the number of some rules: what is violated, above it what does not apply, and the top bit."""
    size = len(order)
    groups: dict[Sides, list[tuple[int, Rule]]] = {}
    for bit, i in enumerate(order):
        rule = law.rules[i]
        groups.setdefault(_all(rule.applies_when, w), []).append((bit, rule))
    terms: list[str] = []
    for applies, rules in groups.items():
        found = [_violated(rule, 1 << bit, w) for bit, rule in rules]
        if applies == ALWAYS:
            terms += found
            continue
        never = sum(1 << (size + bit) for bit, _ in rules)
        end = f"ELSE {never}" if applies.whole else f"WHEN {applies.false} THEN {never} ELSE {TOP}"
        terms.append(f"(CASE WHEN {applies.true} THEN {' | '.join(found)} {end} END)")
    return w.dialect.cast(f"({' | '.join(terms)})", "mask")


def _violated(rule: Rule, bit: int, w: Writer) -> str:
    """Return a rule's bit where its requirements are not met, 0 where they are, the top bit where that is open."""
    met = _all(rule.requires, w)
    if met.whole and bit < MOST_INT:
        return w.dialect.bit(met.false, bit)
    if met.whole:
        shorter = len(met.false) < len(met.true)
        return (
            f"(CASE WHEN {met.false} THEN {bit} ELSE 0 END)"
            if shorter
            else f"(CASE WHEN {met.true} THEN 0 ELSE {bit} END)"
        )
    between = met.between or _looked_into([c.that for c in rule.requires], w)
    close = f"coalesce({w.dialect.cast(f'(NOT {between})', 'mask')} * {bit}, {TOP})" if between else f"{TOP}"
    return f"(CASE WHEN {met.true} THEN 0 WHEN {met.false} THEN {bit} ELSE {close} END)"


def _looked_into(conditions: Sequence[Expr], w: Writer) -> str | None:
    """Return requirements over given facts with whole numbers in place where they are close; None where they are no help."""
    if any(_aside(c, w) for c in conditions):
        return None
    inner = w.in_place()
    exact = " AND ".join(inner.value(c) for c in conditions)
    return None if inner.doubts else f"({exact})"


def _all(clauses: Sequence[Clause], w: Writer) -> Sides:
    return _joined([_sides(c.that, w) for c in clauses]) if clauses else ALWAYS


def _joined(parts: Sequence[Sides], both: str = "AND", either: str = "OR") -> Sides:
    if len(parts) == 1:
        return parts[0]
    true, false = (
        f"({f' {word} '.join(texts)})"
        for word, texts in ((both, [p.true for p in parts]), (either, [p.false for p in parts]))
    )
    return Sides(true, false, all(p.whole for p in parts))


def _sides(expr: Expr, w: Writer) -> Sides:
    """Return where a condition is surely true and surely false, given that every given fact is known."""
    match expr:
        case _ if _aside(expr, w):
            column = w.keep(w.value(expr))
            return Sides(column, f"(NOT {column})")
        case Not(operand):
            found = _sides(operand, w)
            return Sides(found.false, found.true, found.whole)
        case And(operands):
            return _joined([_sides(o, w) for o in operands])
        case Or(operands):
            return _joined([_sides(o, w) for o in operands], "OR", "AND")
        case Compare(op, left, right) if is_number(left):
            return _compared(op, left, right, w)
        case _:
            known = w.in_place().value(expr)
            return Sides(known, f"(NOT {known})", True)


def _compared(op: str, left: Expr, right: Expr, w: Writer) -> Sides:
    inner = w.in_place()
    a, b = inner.number(left), inner.number(right)
    if a.leaf and b.leaf:
        known = compared(op, a, b, w.dialect).sql
        return Sides(known, f"(NOT {known})", True)
    for doubt in inner.doubts:
        w.doubt(doubt)
    exact, d = (op, a.exact, b.exact), w.dialect
    between = ratios.compared_in_double(*exact, d) or ratios.compared(*exact, d)
    if between and not all(n.leaf or n.over or n.constant is not None for n in (a, b)):  # a divisor may be zero
        between = f"(CASE WHEN {a.sql} IS NOT NULL AND {b.sql} IS NOT NULL THEN {between} END)"
    return Sides(*surely(op, a, b), False, between)


def _aside(expr: Expr, w: Writer) -> bool:
    """Return whether a condition may be unknown though every given fact is known, or calls for more than this reading."""
    match expr:
        case Literal():
            return False
        case FactRef(key):
            return key in w.law.derivations or isinstance(w.law.rulebook.vocabulary.facts[key].kind, Records)
        case ParameterRef(day=None):
            return known_now(expr, w) is None
        case Not(operand) | Negate(operand) | Scale(operand):
            return _aside(operand, w)
        case And(operands) | Or(operands):
            return any(_aside(o, w) for o in operands)
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return _aside(left, w) or _aside(right, w)
        case In(item, Literal() | ParameterRef(day=None) as container):
            return _aside(item, w) or _aside(container, w)
        case _:
            return True


def _text(
    w: Writer,
    uses: Mapping[str, Use],
    raw: Mapping[str, str],
    keep: Sequence[str],
    parts: Sequence[str],
    derived: Mapping[str, str],
    given: Sequence[str],
    letter: str,
) -> str:
    """Return the query of the answers that are given; of what stands there twice, the outcome reads that by `letter`.

    Both must be read, or Spark takes them for one: where nothing else reads the second, `again` does.
    """
    d, law = w.dialect, w.law
    passed = [f"k{i}" for i in range(len(keep))]
    first = [f"{d.name_of(c)} AS {p}" for c, p in zip(keep, passed, strict=True)]
    first += [f"{_known(uses[key], d)} AS {name}" for key, name in raw.items()]
    holes = [f"{d.name_of(use.column)} IS NULL" for use in map(uses.__getitem__, raw) if _default(use, d)]
    first += [f"({' OR '.join(holes)}) AS hole"] if holes else []
    steps = [f"r AS (SELECT {', '.join(first) or '1 AS nothing'} FROM {{source}})"]
    here = "r"
    for i, stage in enumerate(w.stages()):
        steps.append(f"s{i} AS (SELECT *, {', '.join(f'{sql} AS {name}' for name, sql in stage)} FROM {here})")
        here = f"s{i}"
    packed = [f"{sql} AS {letter}{i}" for i, sql in enumerate(parts) for letter in ("pq" if d.twice else "p")]
    shown = [f"{sql} AS v{i}" for i, sql in enumerate(derived.values())]
    fine = " AND ".join([*_fine(w, uses, raw), *(["NOT hole"] if holes else [])]) or "TRUE"
    fines = [f"({fine}) AS {name}" for name in (("fine", "fair") if d.twice else ("fine",))]
    steps.append(f"t AS (SELECT {', '.join([*passed, *packed, *shown, *fines])} FROM {here})")
    other = "q" if d.twice and "not_applicable" not in given else "p"
    close = " AND ".join(f"{other}{i} < {TOP}" for i in range(len(parts)))
    out = [f"{p} AS {d.name_of(c)}" for c, p in zip(keep, passed, strict=True)]
    out.append(f"{_best(law, d, letter)} AS at_best")
    masks = {"violated": _mask(law, 0, d), "undetermined": _zero(law, d), "not_applicable": _mask(law, 1, d)}
    out += [f"{sql} AS {name}" for name, sql in masks.items() if name in given]
    out += [f"v{i} AS {d.name_of(key)}" for i, key in enumerate(derived)]
    out += [
        *(["FALSE AS problem"] if "problem" in given else []),
        f"(CASE WHEN {close} AND fine{' AND fair' if d.twice else ''} THEN FALSE ELSE TRUE END) AS again",
    ]
    return f"WITH {', '.join(steps)} SELECT {', '.join(out)} FROM t"


def _default(use: Use, d: Dialect) -> str | None:
    return d.defaults.get(use.type.name) if isinstance(use.type, Plain) else None


def _known(use: Use, d: Dialect) -> str:
    """Return a column as it is read: where something stands for a blank, its row is told by `hole`."""
    name, default = d.name_of(use.column), _default(use, d)
    return f"coalesce({name}, {default})" if default else name


def _fine(w: Writer, uses: Mapping[str, Use], raw: Mapping[str, str]) -> list[str]:
    """Return the conditions that every given fact is known and plain, and nothing is in doubt; NULL is no."""
    found = [f"(NOT {c})" for c in not_finite([c.finite for c in w.cells.values() if c.finite], w.dialect, "{}")]
    for key, cell in w.cells.items():
        if cell.known:
            found.append(f"({cell.known} IS NOT NULL)")
            continue
        found += [f"(NOT {c})" for c in (cell.odd, cell.problem) if c]
        number = isinstance(w.law.rulebook.vocabulary.facts[key].kind, Number)
        looked = raw[key] if number else cell.value
        told = looked == raw[key] and (uses[key].known or _default(uses[key], w.dialect))
        if cell.finite is None and not told:
            found.append(f"({looked} IS NOT NULL)")
    return [*found, *(f"(coalesce({c}, FALSE) = FALSE)" for c in w.doubts)]


def _best(law: AreaOn, d: Dialect, letter: str) -> str:
    """Return the outcome: the worst that a violated rule asks for."""
    size, keys, arms = _size(law, d), [o.key for o in law.area.outcomes], []
    for rank in range(len(keys) - 1, 0, -1):
        asked = [i for i, rule in enumerate(law.rules) if law.area.rank(rule.otherwise.outcome) == rank]
        bits = {
            n: sum(1 << i - start for i in asked if start <= i < start + size)
            for n, start in enumerate(_starts(law, d))
        }
        tests = [f"({letter}{n} & {b}) <> 0" for n, b in bits.items() if b]
        arms += [f"WHEN {' OR '.join(tests)} THEN {outcome_key(keys[rank], law, d)}"] if tests else []
    first = outcome_key(keys[0], law, d)
    return f"(CASE {' '.join(arms)} ELSE {first} END)" if arms else first


def _mask(law: AreaOn, part: int, d: Dialect) -> str:
    """Return the mask of violated rules (part 0), or of those that do not apply (part 1), out of the packed numbers."""
    size, count = _size(law, d), len(law.rules)
    pieces: list[list[str]] = [[] for _ in range(words(law))]
    for n, start in enumerate(_starts(law, d)):
        own = min(size, count - start)
        moved = d.right(f"{'q' if d.twice else 'p'}{n}", own) if part else f"p{n}"
        piece = d.cast(f"({moved} & {(1 << own) - 1})", "mask")
        word, shift = divmod(start, BITS)
        pieces[word].append(d.left(piece, shift) if shift else piece)
    found = [d.cast(" | ".join(p), "mask") if len(p) > 1 else p[0] for p in pieces]
    return found[0] if len(found) == 1 else d.array(", ".join(found))


def _zero(law: AreaOn, d: Dialect) -> str:
    zeros = [d.cast("0", "mask")] * words(law)
    return zeros[0] if len(zeros) == 1 else d.array(", ".join(zeros))
