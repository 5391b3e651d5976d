"""Hidden dangers as the criteria and public questions grade them, on the days for which they are asked."""

from __future__ import annotations

from typing import Any

import pytest

import safety_rules as sr
from law.cases import cases

MORE = {  # what a case tells in words, and no fact of its input does
    "已审批、已通风检测，无监护人员": {"confined_work_has_attendant": False},
    "控爆装置已设但失效": {"devices_work": False},
}
ELSEWHERE = (
    "第八条",
    "其他类企业",
    "建筑工地",
    "消防",
    "特种设备",
    "燃气",
)  # no set of these fields is in the rules yet
CASES = [c for c in cases("hidden_danger") if not any(words in c["source"] for words in ELSEWHERE)]


@pytest.mark.parametrize("case", CASES, ids=[f"{c['source']} {c['expected']}" for c in CASES])
def test_the_danger_is_graded_as_the_case_says(case: dict[str, Any]) -> None:
    record = {k: dict(v) for k, v in case["input"].items() if k != "as_of"}
    for words, facts in MORE.items():
        record["danger"] |= facts if words in case["source"] else {}
    verdict = sr.load().area("hidden_danger").on(case["input"]["as_of"]).decide(record)
    assert verdict.outcome == case["expected"]


@pytest.mark.parametrize("words", sorted(MORE))
def test_what_a_case_tells_in_words_alone_is_asked(words: str) -> None:
    (case,) = (c for c in CASES if words in c["source"])
    record = {k: v for k, v in case["input"].items() if k != "as_of"}
    verdict = sr.load().area("hidden_danger").on(case["input"]["as_of"]).decide(record)
    assert (verdict.outcome, verdict.at_worst) == ("undetermined", "major")
