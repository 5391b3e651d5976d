"""Two ways to fill in blanks that decide a rule differently: where there are such, no bounds can decide it.

Kept where they were found, for the records that come after have the same blanks; cheaper than bounds where lists are
partly blank. They only save asking: what none of them tells is asked of bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Any

from safety_rules.engines.compiled.area import CompiledArea, compiled
from safety_rules.language.kinds import Records
from safety_rules.language.verdict import Masks
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.counsel.candidates import typical
from safety_rules.semantics.decide import AreaOn

MOST_PAIRS, MOST_TRIES, AT_ONCE = 6, 60, 8
Completion = Mapping[str, Any]


class Completions:
    """The completions of a rule's facts that are tried, in pairs; `law` has that rule alone."""

    def __init__(self, law: AreaOn, facts: Sequence[Fact]) -> None:
        self.law, self.facts, self.left, self.random = law, facts, MOST_TRIES, Random(0)
        self.pairs: list[tuple[Completion, Completion]] = []

    @cached_property
    def area(self) -> CompiledArea:
        """The rule compiled by strong Kleene, which on complete records is all there is."""
        return compiled(self.law.by_kleene())

    @cached_property
    def values(self) -> dict[str, Sequence[Any]]:
        """What each fact may be filled in with."""
        return {fact.key: typical(self.law, fact) for fact in self.facts}

    def differ(self, held: Mapping[str, Any]) -> bool:
        """Return whether a known pair of completions decides the rule differently on values."""
        for pair in self.pairs:
            a, b = (self._decided(held, one) for one in pair)
            if a is not None and b is not None and a != b:
                return True
        return False

    def learn(self, held: Mapping[str, Any]) -> None:
        """Look for a pair that decides the rule differently on values, and keep it."""
        if self.left <= 0 or len(self.pairs) >= MOST_PAIRS:
            return
        self.left -= 1
        found: dict[Masks, Completion] = {}
        for _ in range(AT_ONCE):
            one = {key: self.random.choice(values) for key, values in self.values.items() if values}
            if (masks := self._decided(held, one)) is not None:
                found.setdefault(masks, one)
            if len(found) == 2:
                first, second = found.values()
                self.pairs.append((first, second))
                return

    def _decided(self, held: Mapping[str, Any], completion: Completion) -> Masks | None:
        whole = {**completion, **held}
        for fact in self.facts:
            if isinstance(fact.kind, Records) and fact.key in held:
                blank: Mapping[str, Any] = next((v[0] for v in self._with_items(fact, completion)), {})
                whole[fact.key] = tuple([{**blank, **item} for item in held[fact.key]])
        masks = self.area.masks(whole)
        return None if masks.undetermined else masks

    def _with_items(self, fact: Fact, completion: Completion) -> Sequence[Any]:
        return [v for v in (completion.get(fact.key), self.values[fact.key][-1]) if v]
