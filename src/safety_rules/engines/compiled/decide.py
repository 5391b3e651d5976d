"""A verdict by way of the compiled functions: complete data by `fast`, with blanks by `blanks`, all else by `exact`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from safety_rules.engines.compiled.area import CompiledArea, outcome_masks
from safety_rules.engines.compiled.blanks import blanks
from safety_rules.engines.compiled.completions import Asked, Ends, asked
from safety_rules.engines.compiled.fast import fast
from safety_rules.engines.compiled.findings import Findings
from safety_rules.engines.compiled.standing import Standings, standings
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.language.verdict import Masks, bits
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.splits import CUT_SHORT, NOTHING, by_definition, by_status, splits_of
from safety_rules.semantics.verdict.decided import UNDETERMINED
from safety_rules.semantics.verdict.shared import Answers, Shared
from safety_rules.semantics.verdict.verdict import Verdict, decide

BLANKS_IN_A_ROW = 3  # records with open rules after which the function of complete ones waits


@dataclass(frozen=True, slots=True)
class Decider:
    """The compiled functions of a law.

    `decided` gives the verdict on data, and raises RecordError where it is none; `exact` is compiled when
    the first data comes that needs it. `of_masks` gives that on a record whose findings are known already.
    """

    law: AreaOn
    exact: Callable[[], CompiledArea]
    decided: Callable[[Any], Verdict]
    shared: Shared
    of_masks: Callable[[Record, Masks], Verdict]


def decider(law: AreaOn) -> Decider:
    """Return the compiled functions of a law."""
    kept = Answers(law.derivations)
    exact = cache(partial(asked, law, kept))
    written, parts = cache(lambda: standings(exact(), ready=True)), Findings(law, kept)
    shared = Shared(
        kept.derivations,
        kept.known,
        kept.reads,
        lambda values, masks, outcome: written()(parts.ready(values), masks, outcome),
        lambda values: exact().masks(values),
        parts,
    )
    exactly = _exactly(law, exact, shared)
    stands_back = [False]
    raw = _raw(law, cache(partial(blanks, law)), exactly.decided, shared, exact, stands_back)
    return replace(exactly, decided=fast(law, raw, shared, stands_back) or raw)


def decider_by(area: CompiledArea, standing: Standings) -> Decider:
    """Return the decider by functions that are compiled already, `standing` for values as admitted."""
    return _exactly(area.law, lambda: area, Shared(area.law.derivations, standing=standing, masks=area.masks))


def _exactly(law: AreaOn, exact: Callable[[], CompiledArea], shared: Shared) -> Decider:
    may_move, lift = splits_of(law).may_move, _lifting(law, shared, exact)

    def exactly(data: Any) -> Verdict:
        record = area_record(law, data)
        return of_masks(record, exact().masks(record.values))

    def of_masks(record: Record, masks: Masks) -> Verdict:
        area = exact()
        at_best, at_worst = area.outcome(masks.violated), area.outcome(masks.violated | masks.undetermined)
        verdict = Verdict(law, record, at_best, at_worst, (), None, None, masks, shared)
        if at_best != at_worst and may_move(masks):
            lift(verdict, masks)
        return verdict

    return Decider(law, exact, exactly, shared, of_masks)


def _lifting(law: AreaOn, shared: Shared, exact: Callable[[], CompiledArea]) -> Callable[[Verdict, Masks], None]:
    """Return what lifts a verdict's outcome at best to what every case of a blank comes to."""
    splits = splits_of(law)
    by_rule = by_definition(law) if shared.parts is None else by_status(law, shared.parts.status)
    together = cache(partial(_together, law, shared))

    def statuses(record: Record, mask: int) -> Masks:
        read = next((fields for fields in splits.fields.values() if mask & fields == mask), 0)
        return together(read)(record).among(mask) if read else by_rule(record, mask)

    def lift(verdict: Verdict, masks: Masks) -> None:
        record, (best, worst) = verdict.record, (law.area.rank(end) for end in (verdict.at_best, verdict.at_worst))
        ends, area = Ends(splits.asking_more(best), splits.asking_more(worst - 1)), exact()
        completions = area.completions if isinstance(area, Asked) else None
        if completions is not None and completions.reach(record.values, ends):
            verdict.lift(NOTHING if splits.every_case(record, masks) else CUT_SHORT)
            return
        verdict.lift(found := splits.of(record, masks, statuses))
        if completions is not None and found == NOTHING:
            completions.learn_ends(record.values, ends)

    return lift


def _together(law: AreaOn, kept: Answers, mask: int) -> Callable[[Record], Masks]:
    """Return what the rules of a mask say of a record, by one function: what they read of a list is worked out once."""
    places = list(bits(mask))
    area = asked(replace(law, rules=tuple(law.rules[i] for i in places)), kept)

    def masks(record: Record) -> Masks:
        found = area.masks(record.values)
        return Masks(*(sum(1 << places[i] for i in bits(part)) for part in found))

    return masks


def _raw(
    law: AreaOn,
    written: Callable[[], Callable[[Any], Masks] | None],
    exactly: Callable[[Any], Verdict],
    shared: Shared,
    exact: Callable[[], CompiledArea],
    stands_back: list[bool],
) -> Callable[[Any], Verdict]:
    """Return the function from data as it came to its verdict, by `exactly` where the generated one cannot say.

    After some records with blanks in a row the function of complete ones `stands_back`, until one has nothing open: in
    a ledger whose rows have blanks it would only decline.
    """
    best, worst_first, new = law.area.outcomes[0].key, outcome_masks(law), object.__new__
    may_move, lift = splits_of(law).may_move, _lifting(law, shared, exact)
    in_a_row = 0

    def raw(data: Any) -> Verdict:
        nonlocal in_a_row
        function = written()
        if function is None or data.__class__ is Record:
            return exactly(data)
        try:
            masks = function(data)
        except Exception:  # what an object of any class may do when it is compared, hashed or read
            return exactly(data)
        verdict = new(Verdict)  # not by way of __init__, which takes as long as ten rules
        verdict.on = law
        verdict._data = data
        verdict._masks = masks
        verdict._shared = shared
        verdict._granted = ()
        verdict._violated = verdict._witness = None
        violated, undetermined, _ = masks
        if undetermined:
            in_a_row += 1
            if in_a_row == BLANKS_IN_A_ROW:
                stands_back[0] = True
        elif in_a_row:
            in_a_row, stands_back[0] = 0, False
        at_best = at_worst = None
        for rules, outcome in worst_first:
            if violated & rules:
                at_best, at_worst = outcome, at_worst or outcome
                break
            if undetermined & rules and at_worst is None:
                at_worst = outcome
        verdict.at_best = at_best = at_best or best
        verdict.at_worst = at_worst = at_worst or best
        if at_best is at_worst:
            verdict.outcome = at_best
            return verdict
        verdict.outcome = UNDETERMINED
        if may_move(masks):
            lift(verdict, masks)
        return verdict

    return raw


def decided(decider: Decider, data: Any, waivers: Sequence[Waiver] = ()) -> Verdict:
    """Return the verdict on data; with waivers, by the definition itself."""
    if not waivers:
        return decider.decided(data)
    record = area_record(decider.law, data)
    return decide(decider.law, record, waivers)
