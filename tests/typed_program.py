"""A program of another system's, with the types that it names: `mypy src tests/typed_program.py` holds the face to it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import safety_rules as sr


def outcomes(area: sr.DatedArea, rows: list[Mapping[str, object]]) -> list[str]:
    found: list[str] = []
    for verdict in area.decide_many(rows):
        found.append(verdict.outcome)
        finding: sr.Finding = verdict.findings[0]
        parts: tuple[sr.ClauseResult, ...] = finding.requires
        lacking: list[str] = [reason.name for reason in verdict.needs.can_change]
        gap: sr.Gap | None = next(iter(verdict.gaps), None)
        print(finding.status.value, parts, lacking, gap, verdict.explain("zh"), verdict.to_dict()["outcome"])
    return found


def again(path: str) -> list[sr.ReplayedDecision]:
    return list(sr.DecisionLog(path, mask=("project.name",)).replay())


def joined(local: str) -> sr.AreaWithLedger:
    rules: sr.Rules = sr.load("rules", overlay=local)
    area: sr.AreaRules = rules.area("admission")
    return area.on(datetime.date(2020, 10, 1)).with_ledger({})


def followed() -> sr.LiveRules:
    return sr.live("rules")
