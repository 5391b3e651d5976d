"""The setting for all rows: a rule's finding is one three-valued truth.

`applies AND NOT requires` is true where a rule is violated, NULL where it is undetermined and false where it is
satisfied or not applicable, exactly as the definition's table has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.lower.writer import COLUMN, Writer
from safety_rules.engines.sql.query.bounded import Cases, blank_cases, open_facts, open_rules
from safety_rules.engines.sql.query.law_query import BITS, FOUND, words
from safety_rules.engines.sql.query.setting import Plan, not_finite
from safety_rules.language.law import is_sure
from safety_rules.language.rule import Clause, Rule, Waiver
from safety_rules.language.verdict import bits
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class Full:
    """The findings of a law's rules, each with whether it applies.

    `asked` are the columns that may be NULL where bounds say more, each with the condition on the row; `cases` are
    the blanks of which every case may violate some open rule, `failing` the conditions that such a rule fails if it
    applies. All of these are written behind CASE in the last step, since they matter in few rows: AND would work
    them out for all.
    """

    law: AreaOn
    dialect: Dialect
    rules: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...] = ()
    cases: tuple[Cases, ...] = ()
    failing: Mapping[int, str] = field(default_factory=dict)

    def read(self, plan: Plan) -> list[str]:
        """Return the raw columns as they are."""
        d = self.dialect
        return [f"{d.name_of(plan.uses[key].column)} AS {name}" for key, name in plan.raw.items()]

    def opening(self, plan: Plan) -> list[str]:
        """Return whether a cell is odd, and whether one could not be used; no raw column is read later."""
        cells = [c for k, c in plan.w.cells.items() if k in plan.raw]
        endless = not_finite([c.finite for c in cells if c.finite], self.dialect, "coalesce({}, 0E0)")
        odd, problem = [*endless, *(c.odd for c in cells)], [c.problem for c in cells]
        return [f"{_any(odd)} AS odd", f"{_any(problem)} AS problem"]

    def told(self, plan: Plan) -> list[str]:
        """Return each rule's finding, each condition on which rules apply, and whether the row goes back."""
        doubt = _any(["odd", *plan.w.doubts, *_unsettled(plan.w)])
        truths = [f"{found} AS x{i}" for i, (found, _) in enumerate(self.rules)]
        later = " ".join([*(c for _, c in self.asked), *(one.blank for one in self.cases), *self.failing.values()])
        return [
            f"{doubt} AS again",
            "problem",
            *dict.fromkeys(COLUMN.findall(later)),
            *truths,
            *(f"{a} AS a{i}" for i, a in enumerate(_guards(self.rules))),
        ]

    def before(self) -> list[str]:
        """Return the masks of violated, undetermined and inapplicable rules."""
        masks = _masks(self.law, list(_guards(self.rules).values()), self.dialect)
        return [f"{sql} AS {name}" for name, sql in zip(FOUND, masks, strict=True)]

    def after(self) -> list[str]:
        """Return whether a cell could not be used, and whether the row goes back."""
        open_ones = [
            f"(CASE WHEN {column} IS NULL THEN coalesce({may}, FALSE) ELSE FALSE END)" for column, may in self.asked
        ]
        for one in self.cases:
            matters = f"{one.blank} AND {self._may_be_worse()}"
            open_ones.append(f"(CASE WHEN {matters} THEN {self._in_every_case(one)} ELSE FALSE END)")
        return ["problem", f"({' OR '.join(['again', *open_ones])}) AS again" if open_ones else "again"]

    def _may_be_worse(self) -> str:
        """Return the condition that no rule is violated that asks for the worst outcome."""
        worst = self.law.area.outcomes[-1].key
        asked = [f"x{i}" for i, rule in enumerate(self.law.rules) if rule.otherwise.outcome == worst]
        return f"(NOT coalesce({' OR '.join(asked)}, FALSE))" if asked else "TRUE"

    def _in_every_case(self, one: Cases) -> str:
        """Return the condition that in every case of blanks a rule is open that is then violated, or may be."""
        if one.listed:
            left_open = (f"x{i} IS NULL" for mask in one.masks for i in bits(mask))
            return f"({' OR '.join(left_open)})"
        fails = (" OR ".join(f"({self.failing[i]} AND x{i} IS NULL)" for i in bits(mask)) for mask in one.masks)
        return f"({' AND '.join(f'({each})' for each in fails)})"


def full(law: AreaOn, w: Writer, identity: Iterable[str], waivers: Sequence[Waiver]) -> Full:
    """Return the setting for all rows, with the rules written; rows that a waiver names go back."""
    names = sorted({v.subject for v in waivers})
    for key in identity:
        w.doubt(w.dialect.one_of(w.keep(w.cells[key].value), names))
    rules = tuple(_rule(rule, w) for rule in law.rules)
    asked = [*((f"x{i}", may) for i, may in open_rules(w)), *((f"v{i}", may) for i, may in open_facts(w))]
    cases = tuple(blank_cases(w))
    wanted = {i for one in cases if not one.listed for mask in one.masks for i in bits(mask)}
    failing = {i: f"coalesce(NOT {_all_of(law.rules[i].requires, w)}, FALSE)" for i in sorted(wanted)}
    return Full(law, w.dialect, rules, tuple(asked), cases, failing)


def _all_of(clauses: Sequence[Clause], w: Writer) -> str:
    return f"({' AND '.join(w.value(c.that) for c in clauses)})" if clauses else "TRUE"


def _rule(rule: Rule, w: Writer) -> tuple[str, str]:
    """Return a rule's finding as a three-valued truth, and whether it applies."""
    applies = _all_of(rule.applies_when, w)
    if rule.applies_when:
        applies = w.keep(applies)
    if not is_sure(rule, w.law):
        return f"(CASE WHEN NOT {applies} THEN FALSE ELSE {w.dialect.null('boolean')} END)", applies
    requires = _all_of(rule.requires, w)
    return (f"({applies} AND NOT {requires})" if rule.applies_when else f"(NOT {requires})"), applies


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
