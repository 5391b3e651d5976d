"""Blank fields in a list's records, case by case: deductions whose item is not given, beside a count by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from effort import effort
from safety_rules.semantics.splits import MOST_BLANKS
from safety_rules.semantics.verdict.explain import cases_said
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.words.explanation import text

CAPS = {"responsibility": 20, "law": 15, "mechanism": 10, "prevention": 20, "foundation": 15, "accidents": 20}
GRADES = ("excellent", "good", "passed", "failed")
PASSING: dict[str, Any] = {"appraisal.kind": "department", "appraisal.accidents": [], "appraisal.major_dangers": []}
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def area() -> sr.DatedArea:
    return sr.load().area("appraisal").on("2024-03-01")


def appraisal(*deductions: Row) -> dict[str, Any]:
    return {**PASSING, "appraisal.deductions": list(deductions), "appraisal.bonuses": []}


def grade(rows: Sequence[Row]) -> int:
    """Return the rank of 100 points less what is deducted, each item until it is used up."""
    lost = sum(min(cap, sum(row["points"] for row in rows if row["item"] == item)) for item, cap in CAPS.items())
    return next(rank for rank, least in enumerate((90, 80, 60, 0)) if 100 - lost >= least)


def completed(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield each way to fill in the blanks, points by none and by more than any item has."""
    every = [
        [
            {"item": item, "points": points}
            for item in ([row["item"]] if "item" in row else CAPS)
            for points in ([row["points"]] if "points" in row else (0, 100))
        ]
        for row in rows
    ]
    yield from map(list, itertools.product(*every))


CASES = [
    ("5 points on one item", [{"points": 5}], ("excellent", "excellent")),
    ("one item, nothing else known", [{}], ("excellent", "good")),
    ("20 points on one item", [{"points": 20}], ("excellent", "good")),
    ("20 points each on two", [{"points": 20}, {"points": 20}], ("excellent", "passed")),
    ("what is left beside 15 points on law", [{"item": "law", "points": 15}, {"points": 20}], ("good", "passed")),
]


@pytest.mark.parametrize(("name", "rows", "ends"), CASES, ids=[c[0] for c in CASES])
def test_a_deduction_without_its_item_costs_no_more_than_any_item(
    area: sr.DatedArea, name: str, rows: list[Row], ends: tuple[str, str]
) -> None:
    for verdict in (area.decide(appraisal(*rows)), decide(area.law, area.admit(appraisal(*rows)))):
        assert (verdict.at_best, verdict.at_worst) == ends


def test_it_is_explained_and_kept_as_data(area: sr.DatedArea) -> None:
    verdict = area.decide(appraisal({"points": 5}))
    assert verdict.definite
    assert verdict.needs == type(verdict.needs)()
    assert "未填，但无论如何填报，结论均不劣于“优秀”" in verdict.explain("zh")
    assert "whatever it turns out to be, the outcome is no worse than" in verdict.explain("en")
    kept = verdict.to_dict()
    assert kept["no_worse"] == ["appraisal.deductions[0].item"]
    assert "score_excellent" in {f["rule"] for f in kept["findings"] if f["decides"]}
    assert sr.VerdictModel.model_validate(kept).to_dict() == kept
    assert sr.replay(kept).same


def drawn(random: Random) -> list[Row]:
    whole = [{"item": random.choice(list(CAPS)), "points": random.choice((3, 5, 8, 15, 40))} for _ in range(random.choice((1, 2, 3)))]  # fmt: skip
    return [{k: v for k, v in row.items() if random.random() < 0.7} for row in whole]


def test_beside_every_completion(area: sr.DatedArea) -> None:
    """Never narrower than the truth; as wide as it where two fields are blank at most, and in every engine."""
    random, rows, found = Random(5), list[list[Row]](), list[tuple[str, str]]()
    for _ in range(effort(40)):
        rows.append(drawn(random))
        verdict = area.decide(appraisal(*rows[-1]))
        best, worst = GRADES.index(verdict.at_best), GRADES.index(verdict.at_worst)
        truth = [grade(made) for made in completed(rows[-1])]
        blank = sum(2 - len(row) for row in rows[-1])
        assert best <= min(truth) <= max(truth) <= worst, rows[-1]
        if blank <= 2:
            assert (best, worst) == (min(truth), max(truth)), rows[-1]
        found.append((verdict.at_best, verdict.at_worst))
    fields = pa.list_(pa.struct([("item", pa.string()), ("points", pa.float64())]))
    table = pa.table({"appraisal.deductions": pa.array(rows, fields)}).append_column("appraisal.kind", [["department"] * len(rows)])  # fmt: skip
    for name in ("appraisal.accidents", "appraisal.major_dangers", "appraisal.bonuses"):
        table = table.append_column(name, pa.array([[]] * len(rows), pa.list_(pa.struct([("name", pa.string())]))))
    assert [(row["at_best"], row["at_worst"]) for row in area.decide_table(table)] == found


def test_in_every_case_one_of_the_rules_that_are_named_is_violated(area: sr.DatedArea) -> None:
    """That a blank lifts the outcome at best is told with the rules of which one is violated, whatever it is."""
    random, lifted = Random(7), 0
    for rows in [*(list(rows) for _, rows, _ in CASES), *(drawn(random) for _ in range(effort(12)))]:
        verdict = area.decide(appraisal(*rows))
        if not verdict.split.blanks or sum(2 - len(row) for row in rows) > 2:
            continue
        lifted += 1
        named = {f.rule.key for f in verdict.one_of}
        for made in completed(rows):
            violated = set(area.decide(appraisal(*made)).violated())
            assert not named.isdisjoint(violated), (rows, made)
    assert lifted >= 1


def test_learning_a_field_never_widens(area: sr.DatedArea) -> None:
    random = Random(9)
    for _ in range(effort(30)):
        rows = [dict(row) for row in drawn(random)]
        before = area.decide(appraisal(*rows))
        for row in rows:
            row.setdefault(*random.choice((("item", random.choice(list(CAPS))), ("points", 8))))
            after = area.decide(appraisal(*rows))
            ranks = [GRADES.index(end) for end in (before.at_best, after.at_best, after.at_worst, before.at_worst)]
            assert ranks == sorted(ranks), rows
            before = after


def test_a_list_with_too_many_blanks_is_not_split_and_says_so(area: sr.DatedArea) -> None:
    verdict = area.decide(appraisal(*[{"points": 0.5}] * (MOST_BLANKS + 1)))
    assert not verdict.definite
    assert not verdict.split.whole
    assert not verdict.needs.proven  # and the search for the fewest ends
    assert [text(said, "zh", area.law.rulebook.vocabulary) for said in cases_said(verdict)] == [
        "清单中未填项较多，未逐一核算各种填报情形，实际结论范围可能更小"
    ]


def test_needs_name_nothing_of_a_rule_that_no_case_reaches(area: sr.DatedArea) -> None:
    """With 20 points on an item that is not given, only the grade `excellent` is in question."""
    verdict = area.decide(appraisal({"points": 20}))
    assert (verdict.at_best, verdict.at_worst) == ("excellent", "good")
    assert [r.name for r in verdict.needs.can_change] == ["appraisal.deductions[0].item"]
    assert [r.name for r in verdict.needs.smallest] == ["appraisal.deductions[0].item"]
