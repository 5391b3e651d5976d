"""What a program holds: dated areas and verdicts pickle small and work elsewhere, what is shown is short, nothing is
joined to nothing.
"""

from __future__ import annotations

import multiprocessing
import pickle
from pathlib import Path

import pytest

import safety_rules as sr

ROOT = Path(__file__).parents[2]
RECORD = {"project": {"site": "land", "land_area": 20, "fixed_asset_investment": 9000}}
MOST = 2000  # bytes


def decided_elsewhere(pickled: bytes) -> tuple[str, str, tuple[str, ...]]:
    verdict = pickle.loads(pickled).decide(RECORD)
    return verdict.at_best, verdict.at_worst, verdict.violated()


@pytest.mark.parametrize("overlay", [(), (ROOT / "examples/overlays/456-另一口径.yaml",)], ids=["none", "one"])
def test_a_dated_area_pickles_small_and_decides_in_another_process(overlay: tuple[Path, ...]) -> None:
    area = sr.load(overlay=overlay).area("admission").on("2020-10-01", "parallel")
    pickled = pickle.dumps(area)
    assert len(pickled) < MOST
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(decided_elsewhere, (pickled,))
    verdict = area.decide(RECORD)
    assert (verdict.at_best, verdict.at_worst, verdict.violated()) == found


def test_an_admitted_record_says_what_its_data_say() -> None:
    area = sr.load().area("admission").on("2020-10-01")
    record = area.admit(RECORD)
    assert area.admit(record) is record
    for verdict in (area.decide(record), *area.decide_many([record])):
        whole = area.decide(RECORD)
        assert verdict.evidence() == whole.evidence()
        assert verdict.findings == whole.findings
        assert verdict.explain("en") == whole.explain("en")
    assert area.smallest_change(record) == area.smallest_change(RECORD)


def test_a_pickled_verdict_is_small_and_says_the_same() -> None:
    verdict = sr.load().area("admission").on("2020-10-01").decide(RECORD)
    pickled = pickle.dumps(verdict)
    again = pickle.loads(pickled)
    assert len(pickled) < MOST
    assert verdict.to_dict() == again.to_dict()
    assert verdict.explain("zh") == again.explain("zh")


def test_rules_that_changed_since_are_not_taken_for_those_that_were_pickled(tmp_path: Path) -> None:
    overlay = tmp_path / "a.yaml"
    text = (ROOT / "examples/overlays/456-另一口径.yaml").read_text("utf-8")
    overlay.write_text(text, "utf-8")
    pickled = pickle.dumps(sr.load(overlay=overlay).area("admission").on("2020-10-01"))
    overlay.write_text(text.replace("value: 400", "value: 600"), "utf-8")
    with pytest.raises(sr.SafetyRulesError, match="not those that were pickled"):
        pickle.loads(pickled)


def test_what_is_shown_of_rules_is_one_short_line() -> None:
    rules = sr.load()
    area = rules.area("admission")
    dated = area.on("2020-10-01")
    for thing in (rules, rules.rulebook, area, dated, dated.law, dated.decide(RECORD)):
        assert len(repr(thing)) < 200
        assert "\n" not in repr(thing)


def test_a_verdict_is_named_for_the_first_subject_of_its_area() -> None:
    area = sr.load().area("admission").on("2020-10-01")
    assert area.decide({"project": {"id": "P1"}, "enterprise": {"credit_code": "91320991MA1XXXXX0B"}}).subject == "P1"
    assert area.decide({"enterprise": {"name": "示例企业"}}).subject == ""


@pytest.mark.parametrize("key", ["major_hazard", "rectification", "appraisal"])
def test_a_history_that_bears_on_nothing_is_refused(key: str) -> None:
    area = sr.load().area(key).on("2020-10-01")
    with pytest.raises(sr.NotFoundError, match="no chain bears on"):
        sr.with_history(area, {"ledger.accidents": []})


def test_nothing_is_as_sure_as_a_statute_where_nothing_decides() -> None:
    area = sr.load().area("admission").on("2020-10-01")
    nothing, lease = area.decide({}), area.decide({"project": {"site": "lease"}})
    assert (nothing.standing, nothing.to_dict()["standing"], lease.standing) == (None, None, None)
    apart = [f for f in lease.findings if f.status.value == "not_applicable"]
    assert len(apart) > 2
    assert {f.standing for f in apart} == {None}
