"""Logged decisions of every built-in area, decided again by the second evaluator, which shares no code."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

import safety_rules as sr
from safety_rules.language.operators import FOLDS, FUNCTIONS
from safety_rules.loading.folders import rules_folder
from safety_rules.loading.models import FIRST_KEYS
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


@pytest.mark.parametrize("key", sorted(sr.load().areas))
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
            if not same:  # bounds may decide what Kleene leaves open
                assert status == "undetermined", (rule, logged.receipt)
            found["same" if same else "open"] += 1
        if not found["open"]:
            assert (again.at_best, again.at_worst) == (logged.receipt["at_best"], logged.receipt["at_worst"])
    assert found["same"] >= 20 * max(found["open"], 1)


UNREAD = {
    "abs", "contains", "days_between", "distinct", "ends_with", "first_of_month", "floor_to", "in_window", "last_of_month",
    "length", "matches", "month", "months_between", "round_to", "same_text", "weekday", "workdays_between", "year", "years_between",
}  # fmt: skip
"""Functions of the language that the second evaluator does not read; no built-in rule asks for one."""


def test_what_the_second_evaluator_does_not_read_it_says_by_name() -> None:
    named = set()
    for name in (*FUNCTIONS, *FOLDS):
        try:
            second.called(name, [])
        except NotImplementedError as error:
            named.add(str(error))
        except (IndexError, ValueError):  # it reads the function, which takes something
            pass
    assert named - {"sum", "all", "any", "count"} == UNREAD
    assert {"decision", "overlay", "scales"} == set(FIRST_KEYS) - second.READS - second.BESIDE


def test_a_pack_or_receipt_with_what_is_not_read_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("decision: a\n", "utf-8")
    (tmp_path / "b.yaml").write_text("scales: a\n", "utf-8")
    with pytest.raises(NotImplementedError, match=r"^decision, scales$"):
        second.book_of(tmp_path)
    receipt = sr.load().area("admission").on("2020-10-01").decide({}).receipt()
    with pytest.raises(NotImplementedError, match=r"^history, overlay$"):
        second.Decision(
            rules_folder(),
            receipt | {"chains": {"history": "x"}, "provenance": receipt["provenance"] | {"overlay": "x"}},
        )
