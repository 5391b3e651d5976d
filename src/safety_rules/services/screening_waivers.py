"""Waivers from a file: a YAML or CSV list of rule, subject, granted_by, reason and until."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.errors import NotFoundError, RuleFileError
from safety_rules.language.rule import Waiver
from safety_rules.language.rulebook import Area
from safety_rules.loading.compose import document
from safety_rules.loading.models_base import Model, S
from safety_rules.loading.report import Report, shaped, start_of
from safety_rules.loading.scalars import day, text
from safety_rules.loading.tree import Mapping, Node, Scalar, Sequence
from safety_rules.words.diagnostic import Diagnostic
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
    tree, diagnostics = _tree(path)
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


def _tree(path: Path) -> tuple[Mapping | None, list[Diagnostic]]:
    """Return the file as a mapping with one list `waivers`."""
    if path.suffix.lower() == ".csv":
        return _from_csv(path)
    node, diagnostics = document(path.as_posix(), path.read_bytes())
    if node is None and not diagnostics:
        diagnostics = [Diagnostic.of("empty-file", start_of(path.as_posix()))]
    return _wrapped(node), diagnostics


def _wrapped(node: Node | None) -> Mapping | None:
    if node is None or isinstance(node, Mapping):
        return node
    tree = Mapping()
    tree.at = node.at
    tree[Scalar.of("waivers", node.at)] = node
    return tree


def _from_csv(path: Path) -> tuple[Mapping | None, list[Diagnostic]]:
    try:
        content = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return None, [Diagnostic.of("not-utf-8.byte", start_of(path.as_posix()), byte=error.start)]
    source = SourceText(path.as_posix(), content)
    lines = list(_lines(source))
    items = Sequence()
    items.at = lines[0][1] if lines else Span(source, 0, 0)
    heads = [CSV_HEADINGS.get(c.strip(), c.strip()) for c in lines[0][0]] if lines else []
    for cells, at in lines[1:]:
        item = Mapping()
        item.at = at
        for head, cell in zip(heads, cells, strict=False):
            item[Scalar.of(head, at)] = Scalar.of(cell.strip(), at, "'")
        items.append(item)
    return _wrapped(items), []


def _lines(source: SourceText) -> Iterable[tuple[list[str], Span]]:
    """Yield the cells of each line that is not blank, with its place."""
    starts = [0]
    for line in source.text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    reader = csv.reader(io.StringIO(source.text))
    before = 0
    for cells in reader:
        at = Span(source, starts[min(before, len(starts) - 1)], max(starts[before], starts[reader.line_num] - 1))
        before = reader.line_num
        if any(c.strip() for c in cells):
            yield cells, at
