"""The example ledger of projects: fresh, right against an independent tally, and rich enough."""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import safety_rules as sr
from ledgers.tally import sheets, tally
from safety_rules.language.verdict import Status
from safety_rules.services.screening import screen

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LEDGER = EXAMPLES / "项目台账.xlsx"


@pytest.fixture(scope="module")
def verdicts() -> list[sr.Verdict]:
    area = sr.load().area("admission").on("2020-10-01")
    return [row.verdict for row in screen(LEDGER, area).rows if row.verdict is not None]


def test_the_ledger_is_what_its_generator_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    spec = importlib.util.spec_from_file_location("generate_projects", EXAMPLES / "generate_projects.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "generate_projects", module)
    spec.loader.exec_module(module)
    module.write(tmp_path / "fresh.xlsx")
    assert sheets(tmp_path / "fresh.xlsx") == sheets(LEDGER)


def test_every_verdict_agrees_with_the_independent_tally(verdicts: list[sr.Verdict]) -> None:
    expected = tally(LEDGER)
    made = [(str(v.record.values["project.id"]), v.at_best, v.at_worst) for v in verdicts]
    assert len(expected) == 240
    assert expected == made


def test_every_rule_comes_to_every_status_somewhere(verdicts: list[sr.Verdict]) -> None:
    seen: dict[str, set[Status]] = defaultdict(set)
    area = sr.load().area("admission").on("2020-10-01")
    stores = [area.decide(v.record.with_value("project.industry_code", "5942")) for v in verdicts]  # 危险化学品仓储
    accepted = [
        area.decide(v.record.with_value("project.safety_acceptance", step))
        for v in stores
        for step in ("passed", "not_started")
    ]  # a column that the ledger does not have
    for verdict in (*verdicts, *stores, *accepted):
        for finding in verdict.findings:
            seen[finding.rule.key].add(finding.status)
    for rule in verdicts[0].on.rules:
        wanted = set(Status) - (set() if rule.applies_when else {Status.NOT_APPLICABLE})
        assert wanted == seen[rule.key] & wanted, rule.key


def test_the_wrong_cells_are_named_and_unknown(verdicts: list[sr.Verdict]) -> None:
    places = {p.place for v in verdicts for p in v.problems}
    assert len(places) >= 14
    assert all(place.startswith(("项目!", "名单记录!", "事故记录!", "隐患记录!")) for place in places)
    for verdict in verdicts:
        for problem in verdict.problems:
            assert verdict.record.value_at(problem.path) is None


def test_a_tenth_of_the_cells_is_blank() -> None:
    cells = [c for row in sheets(LEDGER)["项目"][2:] for c in row[3:]]
    assert 0.08 < sum(c == "" for c in cells) / len(cells) < 0.2


def test_applying_a_gap_of_the_ledger_satisfies_its_clause(verdicts: list[sr.Verdict]) -> None:
    area = sr.load().area("admission").on("2020-10-01")
    gaps = [(v, g) for v in verdicts for g in v.gaps]
    assert len(gaps) > 40
    for verdict, gap in gaps:
        after = area.decide(verdict.record.with_value(gap.path, gap.to))
        assert gap.clause not in after.finding(gap.rule).failed
