"""The setting for rows that are expected to be complete and plain: a few tests say which are, the rest is short.

In such a row no given fact is unknown, so that a condition over them is true or false. A rule's part of the
answer is one number: its bit where it is violated, its bit further up where it does not apply, else zero; all of
them together are the row's masks. Where a comparison is too close for DOUBLE, whole numbers decide it in place;
where they cannot, or a condition over a list is unknown, the top bit is set and the row is looked at again,
as is every row that is not plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.query.law_query import BITS, words
from safety_rules.engines.sql.query.outcomes import outcome_key
from safety_rules.engines.sql.query.setting import Plan, not_finite
from safety_rules.engines.sql.query.sides import ALWAYS, TOP, Sides, all_of, looked_into
from safety_rules.engines.sql.read.types import Plain, Use
from safety_rules.language.kinds import Number
from safety_rules.language.rule import Rule
from safety_rules.semantics.decide import AreaOn

MOST_INT = 1 << 31
CHUNK = 21  # three make a word of 63 bits


@dataclass(frozen=True, slots=True)
class Short:
    """The packed findings of a law's rules, and the answers that are asked for.

    Of what stands there twice, the outcome reads that by `letter`. Both must be read, or Spark takes them for one:
    where nothing else reads the second, `again` does.
    """

    law: AreaOn
    dialect: Dialect
    given: tuple[str, ...]
    parts: tuple[str, ...]
    letter: str

    def read(self, plan: Plan) -> list[str]:
        """Return the raw columns; where something stands for a blank, its row is told by `hole`."""
        uses = [plan.uses[key] for key in plan.raw]
        first = [f"{_known(use, self.dialect)} AS {name}" for use, name in zip(uses, plan.raw.values(), strict=True)]
        holes = self._holes(plan)
        return [*first, *([f"({' OR '.join(holes)}) AS hole"] if holes else [])]

    def opening(self, plan: Plan) -> None:
        """Return None: raw columns are read to the end."""

    def told(self, plan: Plan) -> list[str]:
        """Return the packed findings; `good` says that a row is complete and plain."""
        twice = self.dialect.twice
        packed = [f"{sql} AS {letter}{i}" for i, sql in enumerate(self.parts) for letter in ("pq" if twice else "p")]
        good = " AND ".join([*_good(plan), *(["NOT hole"] if self._holes(plan) else [])]) or "TRUE"
        return [*packed, *(f"({good}) AS {name}" for name in (("good", "fair") if twice else ("good",)))]

    def before(self) -> list[str]:
        """Return the outcome, and the masks that are asked for."""
        d, law = self.dialect, self.law
        masks = {"violated": _mask(law, 0, d), "undetermined": _zero(law, d), "not_applicable": _mask(law, 1, d)}
        asked = [f"{sql} AS {name}" for name, sql in masks.items() if name in self.given]
        return [f"{best(law, d, self.letter)} AS at_best", *asked]

    def after(self) -> list[str]:
        """Return `problem` where it is asked for, and whether the row goes back."""
        other = "q" if self.dialect.twice and "not_applicable" not in self.given else "p"
        close = " AND ".join(f"{other}{i} < {TOP}" for i in range(len(self.parts)))
        again = f"{close} AND good{' AND fair' if self.dialect.twice else ''}"
        problem = ["FALSE AS problem"] if "problem" in self.given else []
        return [*problem, f"(CASE WHEN {again} THEN FALSE ELSE TRUE END) AS again"]

    def _holes(self, plan: Plan) -> list[str]:
        d = self.dialect
        return [f"{d.name_of(u.column)} IS NULL" for u in map(plan.uses.__getitem__, plan.raw) if _default(u, d)]


def short(law: AreaOn, w: Writer, given: tuple[str, ...]) -> Short:
    """Return the setting for complete rows, with the rules written."""
    d, size = w.dialect, _size(law, w.dialect)
    parts = tuple(_packed(law, range(i, min(i + size, len(law.rules))), w) for i in _starts(law, d))
    letter = "q" if d.twice and "not_applicable" not in given and "violated" in given else "p"
    return Short(law, d, given, parts, letter)


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
        groups.setdefault(all_of(rule.applies_when, w), []).append((bit, rule))
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
    met = all_of(rule.requires, w)
    if met.whole and bit < MOST_INT:
        return w.dialect.bit(met.false, bit)
    if met.whole:
        shorter = len(met.false) < len(met.true)
        return (
            f"(CASE WHEN {met.false} THEN {bit} ELSE 0 END)"
            if shorter
            else f"(CASE WHEN {met.true} THEN 0 ELSE {bit} END)"
        )
    between = met.between or looked_into([c.that for c in rule.requires], w)
    close = f"coalesce({w.dialect.cast(f'(NOT {between})', 'mask')} * {bit}, {TOP})" if between else f"{TOP}"
    return f"(CASE WHEN {met.true} THEN 0 WHEN {met.false} THEN {bit} ELSE {close} END)"


def _default(use: Use, d: Dialect) -> str | None:
    return d.defaults.get(use.type.name) if isinstance(use.type, Plain) else None


def _known(use: Use, d: Dialect) -> str:
    """Return a column as it is read: where something stands for a blank, its row is told by `hole`."""
    name, default = d.name_of(use.column), _default(use, d)
    return f"coalesce({name}, {default})" if default else name


def _good(plan: Plan) -> list[str]:
    """Return the conditions that every given fact is known and plain, and nothing is in doubt; NULL is no."""
    w, uses, raw = plan.w, plan.uses, plan.raw
    found = [f"(NOT {c})" for c in not_finite([c.finite for c in w.cells.values() if c.finite], w.dialect, "{}")]
    for key, cell in w.cells.items():
        if cell.known:
            found.append(f"({cell.known} IS NOT NULL)")
            continue
        found += [f"(NOT {c})" for c in (cell.odd, cell.problem) if c]
        number = isinstance(w.law.rulebook.vocabulary.facts[key].kind, Number)
        looked = raw[key] if number else cell.value
        sure = uses[key].known and uses[key].filled
        told = looked == raw[key] and (sure or _default(uses[key], w.dialect))
        if cell.finite is None and not told:
            found.append(f"({looked} IS NOT NULL)")
    return [*found, *(f"(coalesce({c}, FALSE) = FALSE)" for c in w.doubts)]


def best(law: AreaOn, d: Dialect, letter: str) -> str:
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
