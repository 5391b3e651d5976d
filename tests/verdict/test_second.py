"""Logged decisions of every built-in area, decided again by the second evaluator, which shares no code."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

import safety_rules as sr
from safety_rules.loading.folders import rules_folder
from safety_rules.semantics.decide import area_on, area_record
from safety_rules.semantics.verdict.verdict import decide
from verdict import second

HERE = Path(__file__).parent
EACH = 6


def test_the_second_evaluator_shares_no_code_and_stays_small() -> None:
    text = (HERE / "second.py").read_text("utf-8")
    imported = [
        n.module if isinstance(n, ast.ImportFrom) else n.names[0].name
        for n in ast.walk(ast.parse(text))
        if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    assert not [m for m in imported if m and m.startswith("safety_rules")]
    assert len(text.splitlines()) <= 500


@pytest.mark.parametrize(
    "key", ["admission", "appraisal", "hidden_danger", "major_hazard", "major_hazard_duties", "rectification"]
)
def test_a_logged_decision_is_what_the_second_evaluator_decides(key: str, tmp_path: Path) -> None:
    book = sr.load().rulebook
    cases = [c for r in book.areas[key].rules for c in r.cases]
    log, found = sr.DecisionLog(tmp_path / "log.db"), Counter[str]()
    laws = [(area_on(book, key, c.on), c) for c in cases[:: max(1, len(cases) // EACH)]]
    log.extend(decide(law, area_record(law, c.given)) for law, c in laws if law.rules)
    for logged in log:
        again = second.Decision(rules_folder(), logged.receipt)
        open_, absent = logged.receipt["undetermined"], logged.receipt["not_applicable"]
        ours = (
            dict.fromkeys(logged.receipt["violated"], "violated")
            | dict.fromkeys(open_, "undetermined")
            | dict.fromkeys(absent, "not_applicable")
        )
        for rule, status in again.statuses.items():
            same = status == ours.get(rule, "satisfied")
            assert same or status == "undetermined", (
                rule,
                status,
                logged.receipt,
            )  # bounds may decide what Kleene leaves open
            found["same" if same else "open"] += 1
        if not found["open"]:
            assert (again.at_best, again.at_worst) == (logged.receipt["at_best"], logged.receipt["at_worst"])
    assert found["same"] >= 20 * max(found["open"], 1)
