"""A verdict by way of the compiled functions: plain data first by `fast`, all else admitted and by `exact`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from safety_rules.engines.compiled.area import CompiledArea, compiled
from safety_rules.engines.compiled.fast import fast
from safety_rules.engines.compiled.standing import Standings, standings
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.verdict.shared import Shared
from safety_rules.semantics.verdict.verdict import Verdict, decide


@dataclass(frozen=True, slots=True)
class Decider:
    """The compiled functions of a law.

    `decided` gives the verdict on data, and raises RecordError where it is none; `exact` is compiled when
    the first data comes that needs it.
    """

    law: AreaOn
    exact: Callable[[], CompiledArea]
    decided: Callable[[Any], Verdict]
    shared: Shared


def decider(law: AreaOn) -> Decider:
    """Return the compiled functions of a law."""
    exact = cache(partial(compiled, law))
    written = cache(lambda: standings(exact()))
    exactly = _exactly(law, exact, Shared(lambda values, masks, outcome: written()(values, masks, outcome)))
    return replace(exactly, decided=fast(law, exactly.decided) or exactly.decided)


def decider_by(area: CompiledArea, standing: Standings) -> Decider:
    """Return the decider by functions that are compiled already, `standing` for values as admitted."""
    return _exactly(area.law, lambda: area, Shared(standing))


def _exactly(law: AreaOn, exact: Callable[[], CompiledArea], shared: Shared) -> Decider:
    def exactly(data: Any) -> Verdict:
        record = data if isinstance(data, Record) else area_record(law, data)
        area = exact()
        masks = area.masks(record.values)
        at_best, at_worst = area.outcome(masks.violated), area.outcome(masks.violated | masks.undetermined)
        return Verdict(law, record, at_best, at_worst, (), area.keys(masks.violated), None, masks, shared)

    return Decider(law, exact, exactly, shared)


def decided(decider: Decider, data: Any, waivers: Sequence[Waiver] = ()) -> Verdict:
    """Return the verdict on data; with waivers, by the definition itself."""
    if not waivers:
        return decider.decided(data)
    record = data if isinstance(data, Record) else area_record(decider.law, data)
    return decide(decider.law, record, waivers)
