"""Waivers from a file: a YAML or CSV list of rule, subject, granted_by, reason and until."""

from __future__ import annotations

from pathlib import Path

from safety_rules.language.errors import NotFoundError, RuleFileError
from safety_rules.language.rule import Waiver
from safety_rules.language.rulebook import Area
from safety_rules.loading.models_base import Model, S
from safety_rules.loading.report import Report, shaped
from safety_rules.loading.scalars import day, text
from safety_rules.services.listed_file import listed
from safety_rules.words.near import suggestion

CSV_HEADINGS = {
    "规则": "rule", "对象": "subject", "批准人": "granted_by", "批准机关": "granted_by", "理由": "reason", "有效期至": "until",
    "截止日期": "until",
}  # fmt: skip


class WaiverFile(Model):
    """One waiver."""

    rule: S
    subject: S
    granted_by: S
    reason: S
    until: S


class WaiversFile(Model):
    """All waivers of a file."""

    waivers: list[WaiverFile]


def waivers(path: Path, area: Area) -> tuple[Waiver, ...]:
    """Return the waivers of a file, for rules of an area; raises RuleFileError with every diagnostic."""
    if not path.is_file():
        raise NotFoundError(f"there is no waivers file `{path}`")
    report = Report()
    tree, diagnostics = listed(path, "waivers", CSV_HEADINGS)
    report.diagnostics += diagnostics
    file = shaped(WaiversFile, tree, report) if tree is not None else None
    found = [_waiver(w, area, report) for w in file.waivers] if file is not None else []
    if tree is not None and file is not None and not found and not report.failed:
        report.error("no-waivers", tree)
    if report.failed:
        raise RuleFileError(report.sorted())
    return tuple(w for w in found if w is not None)


def _waiver(file: WaiverFile, area: Area, report: Report) -> Waiver | None:
    rules = [r.key for r in area.rules]
    if str(file.rule) not in rules:
        report.error("unknown-rule.waiver", file.rule, suggestion(file.rule, rules), area=area.key)
    until = day(file.until, report)
    rule, subject, granted_by, reason = (
        text(p, report) for p in (file.rule, file.subject, file.granted_by, file.reason)
    )
    return None if until is None else Waiver(rule, subject, granted_by, reason, until)
