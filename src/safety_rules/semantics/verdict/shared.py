"""What the verdicts of one law share: answers that depend on little, worked out once by the definition.

A ledger asks the same questions over and over: which papers would settle rules that read the same
values. The answers are kept by all that they depend on, never by less.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from safety_rules.language.chain import canonical
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Derivation, Obligation, Rule
from safety_rules.language.source import Standing
from safety_rules.language.verdict import DueDuty, Finding, Masks, Status
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.reads import facts_of

MOST_KEPT = 100_000
T = TypeVar("T")


class Parts(Protocol):
    """An engine's way to the parts of a verdict: what the definition says, sooner."""

    def of(self, rules: Iterable[Rule], env: Environment) -> tuple[Finding, ...]:
        """Return the findings of rules on the environment's record, in their order."""

    def status(self, rule: Rule, record: Record) -> Status:
        """Return what one rule says of a record."""

    def holds(self, clause: Clause, record: Record) -> bool:
        """Return whether one clause is true of a record."""

    def derived(self, record: Record) -> Mapping[str, Any]:
        """Return the derived facts of a record by path; None for one that is unknown."""

    def due(self, env: Environment, found: Iterable[Finding]) -> tuple[DueDuty, ...]:
        """Return the duties that follow from findings and obligations."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What one law answers, by all that each answer depends on; forgotten all at once when there are too many."""

    derivations: Mapping[str, Derivation] = field(repr=False)
    known: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    reads: dict[tuple[type, str], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def answer(self, key: Hashable, worked_out: Callable[[], T]) -> T:
        """Return the answer for a key, worked out where it is not known yet."""
        found: T | None = self.known.get(key)
        if found is None:
            found = worked_out()
            self.keep(key, found)
        return found

    def keep(self, key: Hashable, answer: object) -> None:
        """Keep an answer for a key."""
        if len(self.known) >= MOST_KEPT:
            self.known.clear()
        self.known[key] = answer

    def read(self, rule: Rule | Obligation) -> tuple[str, ...]:
        """Return the given facts that a rule or obligation reads, through derivations, in a fixed order."""
        one = (rule.__class__, rule.key)
        if one not in self.reads:
            asks = rule.requires if isinstance(rule, Rule) else ()
            parts = [c.that for c in (*rule.applies_when, *asks)]
            self.reads[one] = tuple(sorted(facts_of(parts, self.derivations)))
        return self.reads[one]

    def values_read(self, rules: Iterable[Rule], values: Mapping[str, Any]) -> Hashable:
        """Return the values of every given fact that rules read as a key."""
        facts = sorted({key for rule in rules for key in self.read(rule)})
        return tuple((k, canonical(values[k])) for k in facts if k in values)

    def of_rule(self, what: str, rule: Rule | Obligation, values: Mapping[str, Any]) -> Hashable | None:
        """Return the key of what one rule says of values: the values that it reads.

        None where these are records of a list, which hardly ever come again and take long to compare.
        """
        found: list[str | None] = [what, rule.key]
        for key in self.read(rule):
            value = values.get(key)
            if value.__class__ is tuple and value and value[0].__class__ is not str:
                return None
            found.append(None if value is None else canonical(value))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Shared(Answers):
    """The answers of one law, with an engine's ways to them.

    `standing` is its way from values, masks and outcome to the verdict's standing, `masks` its way from values
    to their findings, `parts` its way to what is told of them.
    """

    standing: Callable[[Mapping[str, Any], Masks, str], Standing | None] | None = field(default=None, repr=False)
    masks: Callable[[Mapping[str, Any]], Masks] | None = field(default=None, repr=False)
    parts: Parts | None = field(default=None, repr=False)
