"""Findings about rule files for machines: text, JSON, SARIF 2.1.0, JUnit XML, GitHub annotations.

Every verb of CI speaks through `Report`: what was looked at, and each problem with its place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from safety_rules.language.diagnostic import Severity, Span
from safety_rules.language.kinds import Name
from safety_rules.version import VERSION
from safety_rules.words.diagnostic import Diagnostic, framed

FORMATS = ("text", "json", "sarif", "junit", "github")
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: a stable code, a level (error, warning, note), a message, and where; `detail` has lines of its own.

    The message is English, which a baseline knows it by; `said` is it in both languages, `found` the diagnostic it
    comes from.
    """

    code: str
    level: str
    message: str
    at: Span | None
    help: str = ""
    of: str = ""
    detail: str = ""
    found: Diagnostic | None = field(default=None, compare=False, repr=False)
    said: Name | None = field(default=None, compare=False, repr=False)

    def in_(self, language: str) -> Problem:
        """Return it with its message and help in a language."""
        if self.said is not None:
            return replace(self, message=self.said.in_(language))
        if self.found is None:
            return self
        return replace(self, message=self.found.said.in_(language), help=self.found.help_in(language))

    def text(self, language: str = "en") -> str:
        """Return it as people read it: with the line of source where there is one, and the detail."""
        more = f"\n{self.detail}" if self.detail else ""
        if self.at is None:
            return f"{self.of or 'rules'}: {self.level}[{self.code}]: {self.message}{more}"
        severity = Severity.ERROR if self.level == "error" else Severity.WARNING
        return framed(self.code, self.message, self.at, self.help, severity, language) + more

    @property
    def told(self) -> str:
        """The message with its help and detail, for what shows no source."""
        return self.message + (f" ({self.help})" if self.help else "") + (f"\n{self.detail}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A problem that does not count: silenced in the file itself, waived beside it, or old (in the baseline)."""

    problem: Problem
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a verb found: `passed` names each thing that was looked at and holds."""

    verb: str
    problems: tuple[Problem, ...]
    passed: tuple[str, ...] = ()
    summary: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    suppressed: tuple[Suppressed, ...] = ()

    def in_(self, language: str) -> Report:
        """Return the report with the sentences of its problems in a language."""
        known = tuple(replace(s, problem=s.problem.in_(language)) for s in self.suppressed)
        return replace(self, problems=tuple(p.in_(language) for p in self.problems), suppressed=known)


def worded(code: str, said: Name, at: Span | None, of: str = "", detail: str = "", level: str = "error") -> Problem:
    """Return a problem whose message is said in both languages."""
    return Problem(code, level, said.en, at, "", of, detail, said=said)


def of_diagnostics(diagnostics: Sequence[Diagnostic]) -> tuple[Problem, ...]:
    """Return diagnostics as problems."""
    return tuple(Problem(d.code, d.severity.value, d.message, d.at, d.help, found=d) for d in diagnostics)


def written(report: Report, form: str, language: str = "en") -> str:
    """Return a report in one of the formats; the sentences of diagnostics are in `zh` or `en`."""
    report = report.in_(language)
    match form:
        case "text":
            told = [p.text(language) for p in report.problems]
            return "\n".join([*told, *([report.summary] if report.summary else [])])
        case "json":
            return json.dumps(_json(report), ensure_ascii=False, indent=2)
        case "sarif":
            return json.dumps(sarif(report), ensure_ascii=False, indent=2)
        case "junit":
            return junit(report)
        case "github":
            return "\n".join([*(github(p) for p in report.problems), *([report.summary] if report.summary else [])])
        case _:
            raise ValueError(form)


def _place(at: Span | None) -> dict[str, Any]:
    if at is None:
        return {}
    line, column = at.source.position(at.start)
    end_line, end_column = at.source.position(max(at.end, at.start))
    return {"file": at.source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _json(report: Report) -> dict[str, Any]:
    return {
        "schema": "safety_rules.report/1",
        "verb": report.verb,
        "version": VERSION,
        "summary": report.summary,
        "passed": list(report.passed),
        "problems": [_plain(p) for p in report.problems],
        "suppressed": [{**_plain(s.problem), "by": s.by, "reason": s.reason} for s in report.suppressed],
        **report.extra,
    }


def _plain(p: Problem) -> dict[str, Any]:
    detail = {"detail": p.detail} if p.detail else {}
    said = {"code": p.code, "level": p.level, "message": p.message, "help": p.help, "of": p.of}
    return {**said, **detail, **_place(p.at)}


def sarif(report: Report) -> dict[str, Any]:
    """Return the report as a SARIF 2.1.0 document; columns count Unicode code points."""
    found = [*report.problems, *(s.problem for s in report.suppressed)]
    codes = list(dict.fromkeys(p.code for p in found))
    rules = [_sarif_rule(code) for code in codes]
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "safety-rules", "version": VERSION, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "automationDetails": {"id": f"safety-rules/{report.verb}/"},
                "results": [
                    *(_sarif_result(p, codes.index(p.code)) for p in report.problems),
                    *(_sarif_suppressed(s, codes.index(s.problem.code)) for s in report.suppressed),
                ],
            }
        ],
    }


def _sarif_result(p: Problem, index: int) -> dict[str, Any]:
    said = {"text": p.told}
    result: dict[str, Any] = {"ruleId": p.code, "ruleIndex": index, "level": p.level, "message": said}
    place = _place(p.at)
    if place:
        region = {
            "startLine": place["line"],
            "startColumn": place["column"],
            "endLine": place["end_line"],
            "endColumn": place["end_column"],
        }
        location = {"artifactLocation": {"uri": _uri(place["file"])}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _sarif_rule(code: str) -> dict[str, Any]:
    words = code.split("-")
    return {
        "id": code,
        "name": "".join(w.capitalize() for w in words),
        "shortDescription": {"text": " ".join(words)},
        "help": {"text": f"`safety-rules help {code}` tells what it means and what to write."},
        "helpUri": _help_uri(code),
    }


def _help_uri(code: str) -> str:
    """Return where a code's page is: on the site that SAFETY_RULES_DOCS names, or a name that stays the same everywhere."""
    site = os.environ.get("SAFETY_RULES_DOCS", "").rstrip("/")
    return f"{site}/diagnostics/{code}/" if site else f"urn:safety-rules:diagnostic:{code}"


def _sarif_suppressed(s: Suppressed, index: int) -> dict[str, Any]:
    kind = "inSource" if s.by == "silence" else "external"
    return {**_sarif_result(s.problem, index), "suppressions": [{"kind": kind, "justification": s.reason}]}


def _uri(name: str) -> str:
    path = Path(name)
    return path.absolute().as_uri() if path.is_absolute() else path.as_posix()


def junit(report: Report) -> str:
    """Return the report as JUnit XML: a test case for each thing that holds, and a failed one for each problem."""
    total = len(report.passed) + len(report.problems) + len(report.suppressed)
    failed = sum(p.level == "error" for p in report.problems)
    suites = ElementTree.Element("testsuites", name="safety-rules", tests=str(total), failures=str(failed))
    suite = ElementTree.SubElement(suites, "testsuite", name=report.verb, tests=str(total), failures=str(failed))
    for name in report.passed:
        ElementTree.SubElement(suite, "testcase", classname=f"safety_rules.{report.verb}", name=_xml(name))
    for p in report.problems:
        name = f"{p.of}: {p.message}" if p.of else p.message
        case = ElementTree.SubElement(suite, "testcase", classname=f"safety_rules.{report.verb}", name=_xml(name))
        kind = "failure" if p.level == "error" else "system-out"
        element = ElementTree.SubElement(case, kind)
        if kind == "failure":
            element.set("type", p.code)
            element.set("message", _xml(p.message))
        element.text = _xml(p.text())
    for s in report.suppressed:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"safety_rules.{report.verb}", name=_xml(s.problem.message)
        )
        ElementTree.SubElement(case, "skipped", message=_xml(f"{s.by}: {s.reason}"))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _xml(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
    )


def github(p: Problem) -> str:
    """Return a problem as a GitHub workflow command."""
    level = {"error": "error", "warning": "warning"}.get(p.level, "notice")
    place = _place(p.at)
    properties = [f"title={_property(p.code)}"]
    if place:
        properties = [
            f"file={_property(place['file'])}", f"line={place['line']}", f"col={place['column']}",
            f"endLine={place['end_line']}", f"endColumn={place['end_column']}", *properties,
        ]  # fmt: skip
    return f"::{level} {','.join(properties)}::{_data(p.told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
