"""The rules of a verdict by status are those of its findings, though no finding is worked out for them."""

from __future__ import annotations

from pathlib import Path

import pytest

import safety_rules as sr
from safety_rules.services.scaffold.scaffold import new_pack

STATUSES = (sr.Status.VIOLATED, sr.Status.UNDETERMINED, sr.Status.NOT_APPLICABLE)


@pytest.mark.parametrize("key", sorted(sr.load().areas))
def test_the_rules_by_status_are_those_of_the_findings(key: str) -> None:
    area = sr.load().area(key)
    cases = [c for rule in area.area.rules for c in rule.cases if c.expect["expect"] != "not_in_force"]
    for case in cases[:: len(cases) // 6]:
        dated = area.on(case.on)
        quick, slow = (dated.decide(dict(case.given)) for _ in range(2))
        wanted = tuple(tuple(f.rule.key for f in slow.findings if f.status is status) for status in STATUSES)
        assert quick.rules_by_status() == wanted
        assert ("findings" in quick.__dict__) is (quick.masks is None)
        assert quick.receipt() == slow.receipt()


@pytest.mark.parametrize(("exits", "violated"), [(2, ()), (1, ("warehouse_has_exits",))])
def test_a_complete_record_has_them_without_a_finding(exits: int, violated: tuple[str, ...], tmp_path: Path) -> None:
    new_pack(tmp_path / "my-rules", "warehouse", "仓库")
    verdict = sr.load(tmp_path / "my-rules").area("warehouse").on("2024-06-01").decide({"warehouse": {"exits": exits}})
    assert verdict.rules_by_status() == (violated, (), ())
    assert verdict.engine == "compiled"
    assert "findings" not in verdict.__dict__
