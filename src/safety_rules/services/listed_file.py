"""A list that a person keeps beside a ledger, as YAML or CSV, with the place of each thing in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from collections.abc import Mapping as Known
from pathlib import Path

from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.loading.compose import document
from safety_rules.loading.report import start_of
from safety_rules.loading.tree import Mapping, Node, Scalar, Sequence
from safety_rules.words.diagnostic import Diagnostic

Headings = Known[str, str]


def listed(path: Path, name: str, headings: Headings) -> tuple[Mapping | None, list[Diagnostic]]:
    """Return a YAML or CSV file as a mapping with one list of a name; `headings` are Chinese ones of a CSV file."""
    if path.suffix.lower() == ".csv":
        return _from_csv(path, name, headings)
    node, diagnostics = document(path.as_posix(), path.read_bytes())
    if node is None and not diagnostics:
        diagnostics = [Diagnostic.of("empty-file", start_of(path.as_posix()))]
    return _wrapped(node, name), diagnostics


def _wrapped(node: Node | None, name: str) -> Mapping | None:
    if node is None or isinstance(node, Mapping):
        return node
    tree = Mapping()
    tree.at = node.at
    tree[Scalar.of(name, node.at)] = node
    return tree


def _from_csv(path: Path, name: str, headings: Headings) -> tuple[Mapping | None, list[Diagnostic]]:
    try:
        content = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return None, [Diagnostic.of("not-utf-8.byte", start_of(path.as_posix()), byte=error.start)]
    source = SourceText(path.as_posix(), content)
    lines = list(_lines(source))
    items = Sequence()
    items.at = lines[0][1] if lines else Span(source, 0, 0)
    heads = [headings.get(c.strip(), c.strip()) for c in lines[0][0]] if lines else []
    for cells, at in lines[1:]:
        item = Mapping()
        item.at = at
        for head, cell in zip(heads, cells, strict=False):
            item[Scalar.of(head, at)] = Scalar.of(cell.strip(), at, "'")
        items.append(item)
    return _wrapped(items, name), []


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
