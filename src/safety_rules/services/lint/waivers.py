"""Waivers of lint findings, from a file beside the rules: who answers for each, why, and until when.

A waiver never counts for a veto rule: a doubt about a veto is settled, or stays visible.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from safety_rules.language.diagnostic import Span
from safety_rules.language.errors import NotFoundError, RuleFileError
from safety_rules.language.lint import LINT_CODES
from safety_rules.loading.compose import document
from safety_rules.loading.models import LintWaiverFile, LintWaiversFile
from safety_rules.loading.report import Report, shaped, start_of
from safety_rules.loading.scalars import day, text
from safety_rules.loading.tree import Mapping
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.near import suggestion
from safety_rules.words.said import refusal

WAIVABLE = (*LINT_CODES, "untried", "unnoticed")


@dataclass(frozen=True, slots=True)
class LintWaiver:
    """Leave for one finding (of a code, in a file, of a thing) to stand until a day, inclusive."""

    code: str
    file: str
    of: str
    owner: str
    reason: str
    until: datetime.date
    at: Span = field(repr=False)

    def covers(self, code: str, file: str, message: str) -> bool:
        """Return whether a finding is meant."""
        named = not self.of or f"`{self.of}`" in message or f"`{self.of}." in message or message.startswith(self.of)
        return self.code == code and (not self.file or file == self.file or file.endswith("/" + self.file)) and named


def lint_waivers(path: Path) -> tuple[LintWaiver, ...]:
    """Return the waivers of a file; raises RuleFileError with every mistake, NotFoundError where there is no file."""
    if not path.is_file():
        raise NotFoundError(refusal("absent.waivers", path=path))
    report = Report()
    tree, wrong = document(path.as_posix(), path.read_bytes())
    report.diagnostics.extend(wrong)
    if tree is None and not wrong:
        report.error("empty-file", start_of(path.as_posix()))
    shape = shaped(LintWaiversFile, tree, report) if isinstance(tree, Mapping) else None
    if tree is not None and not isinstance(tree, Mapping):
        report.error("shape.waivers", tree)
    made = [_waiver(w, report) for w in (shape.waivers if shape is not None else ())]
    if report.failed or shape is None:
        raise RuleFileError(report.sorted())
    return tuple(w for w in made if w is not None)


def _waiver(file: LintWaiverFile, report: Report) -> LintWaiver | None:
    until = day(file.until, report)
    code = str(file.code)
    if code not in WAIVABLE:
        report.error("unknown-lint", file.code, suggestion(code, WAIVABLE))
    owner, reason = text(file.owner, report), text(file.reason, report)
    if until is None:
        return None
    where, of = ("" if v is None else str(v) for v in (file.file, file.of))
    return LintWaiver(code, where, of, owner, reason, until, file.code.at)


def waiver_findings(
    waivers: Sequence[LintWaiver], used: Sequence[LintWaiver], refused: Sequence[LintWaiver], on: datetime.date
) -> Iterator[Diagnostic]:
    """Yield what is wrong with waivers: expired, about a veto, or about nothing that is found."""
    for waiver in waivers:
        if waiver in refused:
            yield Diagnostic.of("veto-waived", waiver.at, code=waiver.code)
        elif waiver.until < on:
            slots = {"code": waiver.code, "owner": waiver.owner, "until": waiver.until}
            yield Diagnostic.doubt("waiver-expired", waiver.at, **slots)
        elif waiver not in used:
            yield Diagnostic.doubt("unused-waiver", waiver.at, code=waiver.code, owner=waiver.owner)
