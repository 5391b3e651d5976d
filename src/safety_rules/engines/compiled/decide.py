"""A verdict by way of the compiled functions: plain data first by `fast`, all else admitted and by `exact`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from safety_rules.engines.compiled.area import CompiledArea, compiled
from safety_rules.engines.compiled.fast import fast
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.semantics.admit import admit
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.shared import Shared
from safety_rules.semantics.verdict import Verdict, decide


@dataclass(frozen=True, slots=True)
class Decider:
    """The compiled functions of a law."""

    law: AreaOn
    area: CompiledArea
    fast: Callable[[Any], int | None] | None
    shared: Shared = field(default_factory=Shared)

    def decided(self, data: Any) -> Verdict:
        """Return the verdict on data; raises RecordError where it is no record."""
        violated = self.fast(data) if self.fast is not None else None
        if violated is not None:
            outcome = self.area.outcome(violated)
            return Verdict(self.law, data, outcome, outcome, (), violated, 0, None, self.shared)
        record = data if isinstance(data, Record) else _admitted(data, self.law)
        masks = self.area.masks(record.values)
        best = self.area.outcome(masks.violated)
        worst = self.area.outcome(masks.violated | masks.undetermined)
        return Verdict(self.law, record, best, worst, (), *masks, self.shared)


def _admitted(data: Any, law: AreaOn) -> Record:
    return admit(data, law.rulebook.vocabulary, derived=frozenset(law.derivations))


def decider(law: AreaOn) -> Decider:
    """Return the compiled functions of a law."""
    area = compiled(law)
    return Decider(law, area, fast(law))


def decided(decider: Decider, data: Any, waivers: Sequence[Waiver] = ()) -> Verdict:
    """Return the verdict on data; with waivers, by the definition itself."""
    if not waivers:
        return decider.decided(data)
    record = data if isinstance(data, Record) else _admitted(data, decider.law)
    return decide(decider.law, record, waivers)
