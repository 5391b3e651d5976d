"""Ways to fill in blanks that decide rules differently: what they tell is open, no bounds and no cases can decide.

Kept where they were found, for the records that come after have the same blanks; cheaper than bounds where lists are
partly blank. They only save asking: what none of them tells is asked of bounds, and of the cases of blanks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from random import Random
from typing import Any

from safety_rules.engines.compiled.area import CompiledArea, compiled, outcome_masks
from safety_rules.language.kinds import Records
from safety_rules.language.verdict import Masks, Status, bits
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.counsel.candidates import typical
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import facts_of
from safety_rules.semantics.verdict.shared import Answers

MOST_KEPT, MOST_TRIES, AT_ONCE, MOST_ALONE = 12, 60, 8, 3
Completion = Mapping[str, Any]
Wanted = Callable[[Masks], int]
"""What of what is asked a completion's findings tell, as a mask."""


class Completions:
    """The completions of a law's facts that are tried."""

    def __init__(self, law: AreaOn, facts: Sequence[Fact]) -> None:
        self.law, self.facts, self.left, self.random = law, facts, MOST_TRIES, Random(0)
        self.kept: list[Completion] = []
        self.use = MOST_TRIES
        self.alone: dict[int, CompiledArea] = {}

    @cached_property
    def area(self) -> CompiledArea:
        """The law compiled by strong Kleene, which on complete records is all there is."""
        return compiled(self.law.by_kleene())

    def _masks(self, values: Mapping[str, Any], asked: int) -> Masks:
        """Return the findings of the rules that are asked for, of few by a function of each; of every rule where none is."""
        if not 0 < asked.bit_count() <= MOST_ALONE:
            return self.area.masks(values)
        found = [0, 0, 0]
        for i in bits(asked):
            if i not in self.alone:
                self.alone[i] = compiled(replace(self.law.by_kleene(), rules=(self.law.rules[i],)))
            found = [a | b << i for a, b in zip(found, self.alone[i].masks(values), strict=True)]
        return Masks(*found)

    @cached_property
    def values(self) -> dict[str, Sequence[Any]]:
        """What each fact may be filled in with."""
        return {fact.key: typical(self.law, fact) for fact in self.facts}

    def differ(self, held: Mapping[str, Any], asked: int) -> bool:
        """Return whether each rule that is asked for is violated in a completion of values, and not in another.

        Where they hardly ever tell it they are not looked at any more.
        """
        violated = other = 0
        for found in self._told(held, asked) if self.use > 0 else ():
            violated, other = violated | found.violated, other | ~(found.violated | found.undetermined)
            if not asked & ~(violated & other):
                self.use += 2
                return True
        self.use -= bool(self.kept)
        return False

    def learn(self, held: Mapping[str, Any], asked: int) -> None:
        """Look for completions of values that tell of a rule what none does yet, and keep them."""
        size = asked.bit_length()
        self._learn(
            held, asked | asked << size, lambda m: m.violated & asked | (~(m.violated | m.undetermined) & asked) << size
        )

    def reach(self, held: Mapping[str, Any], ends: Ends) -> bool:
        """Return whether completions of values reach both ends of a verdict."""
        reached = 0
        for found in self._told(held):
            reached |= ends(found)
            if reached == BOTH:
                return True
        return False

    def learn_ends(self, held: Mapping[str, Any], ends: Ends) -> None:
        """Look for completions of values that reach an end, and keep them."""
        self._learn(held, BOTH, ends)

    def _told(self, held: Mapping[str, Any], asked: int = 0) -> Iterator[Masks]:
        return (self._decided(held, one, asked) for one in tuple(self.kept))

    def _learn(self, held: Mapping[str, Any], asked: int, wanted: Wanted) -> None:
        if self.left <= 0 or len(self.kept) >= MOST_KEPT:
            return
        self.left -= 1
        for found in self._told(held):
            asked &= ~wanted(found)
        for _ in range(AT_ONCE):
            one = {key: self.random.choice(values) for key, values in self.values.items() if values}
            if asked & (new := wanted(self._decided(held, one))):
                asked &= ~new
                self.kept.append(one)

    def _decided(self, held: Mapping[str, Any], completion: Completion, asked: int = 0) -> Masks:
        whole = {**completion, **held}
        for fact in self.facts:
            if isinstance(fact.kind, Records) and fact.key in held:
                blank: Mapping[str, Any] = next((v[0] for v in self._with_items(fact, completion)), {})
                whole[fact.key] = tuple([{**blank, **item} for item in held[fact.key]])
        return self._masks(whole, asked)

    def _with_items(self, fact: Fact, completion: Completion) -> Sequence[Any]:
        return [v for v in (completion.get(fact.key), self.values[fact.key][-1]) if v]


BEST, WORST, BOTH = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Ends:
    """The rules that ask for worse than a verdict's outcome at best, and those that ask for its outcome at worst."""

    worse: int
    worst: int

    def __call__(self, found: Masks) -> int:
        """Return which of the ends findings reach."""
        best = 0 if (found.violated | found.undetermined) & self.worse else BEST
        return best | (WORST if found.violated & self.worst else 0)


@dataclass(frozen=True, slots=True)
class Asked(CompiledArea):
    """A law compiled twice: by strong Kleene, and with bounds, which are asked only where they may decide something."""

    completions: Completions | None = None
    kept: Answers | None = None

    def masks(self, values: Mapping[str, Any]) -> Masks:
        """Return the findings on admitted values by fact key; of a rule that has read the same values, the same."""
        assert self.completions is not None
        assert self.kept is not None
        violated, undetermined, absent = self.completions.area.masks(values)
        open_rules = {i: self.kept.of_rule("status", self.law.rules[i], values) for i in bits(undetermined)}
        known = {i: self.kept.known.get(key) for i, key in open_rules.items()}
        asked = sum(1 << i for i, status in known.items() if status is None)
        if asked and not self.completions.differ(values, asked):
            says = self.exact(values.get)
            known |= {i: says.status(i) for i in bits(asked)}
            if asked & says.undetermined:
                self.completions.learn(values, asked & says.undetermined)
        for i in bits(asked):
            if (key := open_rules[i]) is not None:
                self.kept.keep(key, known[i] or Status.UNDETERMINED)
        for i, status in known.items():
            if status not in (None, Status.UNDETERMINED):
                undetermined &= ~(1 << i)
                violated |= (status is Status.VIOLATED) << i
                absent |= (status is Status.NOT_APPLICABLE) << i
        return Masks(violated, undetermined, absent)


def asked(law: AreaOn, kept: Answers) -> CompiledArea:
    """Return a law compiled so that bounds are asked only where they may decide something; each half when it is first used."""
    if not law.bounded:
        return compiled(law)
    conditions = (c.that for rule in law.rules for c in (*rule.applies_when, *rule.requires))
    facts = [law.rulebook.vocabulary.facts[key] for key in facts_of(conditions, law.derivations)]
    bounded = cache(partial(compiled, law))
    return Asked(law, lambda get: bounded().exact(get), outcome_masks(law), None, Completions(law, facts), kept)
