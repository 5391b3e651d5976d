"""A law on an open record: when each rule is violated, satisfied or open, and how bad the verdict is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from safety_rules.engines.smt.logic import Condition, Truths, all_of, conjunction, disjunction, negation
from safety_rules.engines.smt.lower import World, truths
from safety_rules.engines.smt.record import MOST_ITEMS, OpenRecord
from safety_rules.engines.smt.texts import Use, uses
from safety_rules.language.expr import Expr
from safety_rules.language.law import is_sure
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Rule
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """When a rule has which status: one of the four always holds."""

    rule: Rule
    violated: Condition
    satisfied: Condition
    not_applicable: Condition

    @property
    def undetermined(self) -> Condition:
        """When it is none of the other three."""
        return conjunction(negation(self.violated), negation(self.satisfied), negation(self.not_applicable))


@dataclass(slots=True)
class OpenLaw:
    """An area's law on one open record; findings are made when first asked for."""

    law: AreaOn
    record: OpenRecord
    world: World
    found: dict[str, OpenFinding] = field(default_factory=dict)

    def finding(self, rule: Rule) -> OpenFinding:
        """Return a rule's finding."""
        if rule.key not in self.found:
            self.found[rule.key] = _finding(rule, self.world)
        return self.found[rule.key]

    def findings(self) -> tuple[OpenFinding, ...]:
        """Return every rule's finding, in the law's order."""
        return tuple(self.finding(rule) for rule in self.law.rules)

    def best_is_at_least(self, rank: int) -> Condition:
        """Return that the outcome at best is as bad as a rank (0 is the best), or worse."""
        return True if rank <= 0 else disjunction(*(f.violated for f in self._asking(rank)))

    def worst_is_at_least(self, rank: int) -> Condition:
        """Return that the outcome at worst is as bad as a rank, or worse."""
        return (
            True if rank <= 0 else disjunction(*(disjunction(f.violated, f.undetermined) for f in self._asking(rank)))
        )

    def _asking(self, rank: int) -> Iterator[OpenFinding]:
        """Yield the findings of the rules that ask for a rank or worse: others, advice among them, need no formula."""
        rank_of = self.law.area.rank
        return (self.finding(rule) for rule in self.law.rules if rank_of(rule.otherwise.outcome) >= rank)

    @property
    def ranks(self) -> range:
        """The ranks of the area's outcomes but the best."""
        return range(1, len(self.law.area.outcomes))


def conditions_of(law: AreaOn) -> Iterator[Expr]:
    """Yield every condition and formula of a law."""
    for rule in law.rules:
        yield from (c.that for c in rule.applies_when + rule.requires)
    for obligation in law.obligations:
        yield from (c.that for c in obligation.applies_when)
    yield from (d.formula for d in law.derivations.values())


def text_uses(law: AreaOn, further: Iterable[Expr] = (), record: Record | None = None) -> Mapping[str, Use]:
    """Return how texts are used; those of a record are told apart from all others where texts are compared."""
    found = uses([*conditions_of(law), *further], law.derivations)
    for key, value in record.values.items() if record is not None else ():
        items = value if isinstance(value, tuple) else ()
        for path, one in [
            (key, value),
            *((f"{key}.{f}", v) for i in items if isinstance(i, Mapping) for f, v in i.items()),
        ]:
            if path in found and isinstance(one, str):
                found[path].extra.add(one)
    return found


def open_law(
    law: AreaOn,
    further: Iterable[Expr] = (),
    most_items: int = MOST_ITEMS,
    record: Record | None = None,
    others: tuple[AreaOn, ...] = (),
) -> OpenLaw:
    """Return a law on an open record of its own.

    `further` are conditions that will be asked beside its rules, `others` laws that will be read on the
    same record; texts of `record` are told apart from all others.
    """
    read = [*further, *(c for other in others for c in conditions_of(other))]
    made = OpenRecord(law, text_uses(law, read, record), "", most_items, beside=others)
    return OpenLaw(law, made, World(law, made))


def beside(one: OpenLaw, law: AreaOn, own: Iterable[str], label: str = "other ") -> OpenLaw:
    """Return a law on a second record, which shares all facts with the first but its `own`."""
    made = OpenRecord(law, one.record.texts, label, one.record.most_items, one.record, frozenset(own))
    return OpenLaw(law, made, World(law, made))


def together(clauses: Iterable[Clause], world: World) -> Truths:
    """Return the strong Kleene `and` of clauses."""
    return all_of([truths(c.that, world) for c in clauses])


def _finding(rule: Rule, world: World) -> OpenFinding:
    applies, meets = together(rule.applies_when, world), together(rule.requires, world)
    violated, satisfied = conjunction(applies.true, meets.false), conjunction(negation(applies.false), meets.true)
    if not is_sure(rule, world.law):
        violated = satisfied = False
    return OpenFinding(rule, violated, satisfied, applies.false)
