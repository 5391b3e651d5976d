"""Explanations of six records, whole, in both languages; `--accept` rewrites them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml

import safety_rules as sr

HERE = Path(__file__).parent
RECORDS = yaml.load((HERE / "records.yaml").read_text("utf-8"), yaml.BaseLoader)
GATE = sr.load(HERE / "rules").area("gate").on("2020-10-01")


def verdict(name: str) -> sr.Verdict:
    given = RECORDS[name]
    waivers = [
        sr.Waiver(w["rule"], w["subject"], w["granted_by"], w["reason"], datetime.date.fromisoformat(w["until"]))
        for w in given.get("waivers", [])
    ]
    return GATE.decide(given["given"], waivers)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", RECORDS)
def test_an_explanation_is_the_text_that_was_accepted(name: str, language: str, accept: bool) -> None:
    path = HERE / f"{name}.{language}.txt"
    came = verdict(name).explain(language) + "\n"
    if accept:
        path.write_text(came, "utf-8")
    assert path.read_text("utf-8") == came


@pytest.mark.parametrize("language", ["zh", "en"])
def test_satisfied_and_inapplicable_rules_are_explained_when_asked_for(language: str, accept: bool) -> None:
    path = HERE / f"why_not.{language}.txt"
    came = verdict("vetoed").explain(language, ["invests_enough", "below_critical", "approval_is_valid"]) + "\n"
    if accept:
        path.write_text(came, "utf-8")
    assert path.read_text("utf-8") == came


def test_every_golden_text_is_tested() -> None:
    expected = {f"{n}.{language}.txt" for n in [*RECORDS, "why_not"] for language in ("zh", "en")}
    assert expected == {p.name for p in HERE.glob("*.txt")}
