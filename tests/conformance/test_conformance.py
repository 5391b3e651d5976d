"""Every conformance case on every engine; the definition also answers for values and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from conformance.suite import UNKNOWN, ConditionCase, Engine, VerdictCase, asserted, conditions, verdicts
from safety_rules.engines.compiled import compiled
from safety_rules.engines.compiled.standing import standings
from safety_rules.language.record import Record
from safety_rules.language.verdict import Status, Unknown
from safety_rules.semantics.decide import AreaOn, findings
from safety_rules.semantics.evaluate import evaluate
from safety_rules.semantics.verdict.verdict import Verdict, decide
from safety_rules.services.readers import Reader, readers

CONDITIONS = list(conditions())
VERDICTS = list(verdicts())


def definition(law: AreaOn, record: Record) -> Sequence[Status]:
    return [f.status for f in findings(law, record)]


def compiled_exact(law: AreaOn, record: Record) -> Sequence[Status]:
    masks = compiled(law).masks(record.values)
    of = ((masks.violated, Status.VIOLATED), (masks.undetermined, Status.UNDETERMINED))
    of += ((masks.not_applicable, Status.NOT_APPLICABLE),)
    return [next((s for mask, s in of if mask >> i & 1), Status.SATISFIED) for i in range(len(law.rules))]


ENGINES: dict[str, Engine] = {"definition": definition, "compiled": compiled_exact}


def named(cases: Sequence[Any]) -> list[Any]:
    return [pytest.param(case, id=case.name) for case in cases]


def test_the_suite_is_not_empty() -> None:
    assert len(CONDITIONS) >= 250
    assert len(VERDICTS) >= 50


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", named(CONDITIONS))
def test_a_condition_has_the_truth_that_is_written(case: ConditionCase, engine: str) -> None:
    assert [case.status] == list(ENGINES[engine](case.requirement(), case.record)), case.that


@pytest.mark.parametrize("case", named(CONDITIONS))
def test_the_definition_gives_the_value_and_the_reasons(case: ConditionCase) -> None:
    value = evaluate(case.expr, case.law.environment(case.record))
    assert case.expected == (UNKNOWN if isinstance(value, Unknown) else value), case.that
    if case.because is not None:
        assert case.because == value.reasons, case.that
    by_kleene = case.requirement().by_kleene()
    assert [f.status for f in findings(by_kleene, case.record)] == [case.by_kleene()], (
        "what bounds mend is said by them"
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", named(VERDICTS))
def test_a_verdict_has_the_statuses_ends_and_violated_rules_that_are_written(case: VerdictCase, engine: str) -> None:
    assert asserted(case, ENGINES[engine](case.law, case.record)) >= 4


LEAST = {"exact": 300, "fast": 40, "duckdb, full": 300, "duckdb, short": 4}


@pytest.mark.parametrize("reader", readers("all"), ids=lambda r: r.name)
def test_every_engine_has_what_is_written_or_leaves_it_to_another(
    reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = 0
    for case in VERDICTS:
        [found] = reader.masks(case.law, [case.record])
        if found is None:
            continue
        violated, undetermined, inapplicable = found
        if inapplicable is None:  # which the definition tells from satisfied ones here; the rest is the engine's
            told = definition(case.law, case.record)
            inapplicable = sum(1 << i for i, s in enumerate(told) if s is Status.NOT_APPLICABLE)
        order = (
            (violated, Status.VIOLATED),
            (undetermined, Status.UNDETERMINED),
            (inapplicable, Status.NOT_APPLICABLE),
        )
        statuses = [
            next((s for mask, s in order if mask >> i & 1), Status.SATISFIED) for i in range(len(case.law.rules))
        ]
        answered += asserted(case, statuses)
    with capsys.disabled():
        print(f"\n{reader.name}: {answered} assertions of verdicts")
    assert answered >= LEAST[reader.name]


PARTS = {
    "outcome": lambda v: v.outcome,
    "at_best": lambda v: v.at_best,
    "at_worst": lambda v: v.at_worst,
    "standing": lambda v: v.standing.name,
    "violated": lambda v: sorted(v.violated()),
    "needs": lambda v: sorted(_shown(r) for r in v.needs.smallest),
    "can_change": lambda v: sorted(_shown(r) for r in v.needs.can_change),
    "gaps": lambda v: sorted(f"{g.path} {g.to}" for g in v.gaps),
    "waived": lambda v: sorted(f.rule.key for f in v.findings if f.waived),
    "waiver_results": lambda v: [w.result for w in v.waivers],
    "incomplete": lambda v: [f"{p.path}{'' if p.code == 'must-be-given' else '?'}" for p in v.incomplete],
    "duties": lambda v: [f"{d.key} {'certain' if d.certain else 'open'}" for d in v.obligations],
}
OTHERS = {"given", "day", "require", "waivers", "findings"}


def _shown(reason: Any) -> str:
    return reason.name if reason.kind == "fact" else f"{reason.kind} {reason.name}"


@pytest.mark.parametrize("case", named(VERDICTS))
def test_a_verdict_is_the_one_that_is_written(case: VerdictCase) -> None:
    verdict: Verdict = decide(case.law, case.record, case.waivers)
    assert set(case.expect) <= set(PARTS) | OTHERS
    for part, of in PARTS.items():
        if part in case.expect:
            assert case.expect[part] == of(verdict), part
    assert {"outcome", "findings"} & set(case.expect)


@pytest.mark.parametrize("case", named([c for c in VERDICTS if "standing" in c.expect and not c.waivers]))
def test_the_compiled_standing_is_the_one_that_is_written(case: VerdictCase) -> None:
    area = compiled(case.law)
    masks = area.masks(case.record.values)
    best = area.outcome(masks.violated)
    assert case.expect["standing"] == standings(area)(case.record.values, masks, best).name
