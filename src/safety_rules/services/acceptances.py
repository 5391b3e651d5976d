"""Numbers outside their plausible bounds that somebody confirmed: a YAML or CSV list, or what a program passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.errors import NotFoundError, RuleFileError
from safety_rules.language.kinds import Number
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.loading.models_base import Model, S
from safety_rules.loading.report import Report, shaped, start_of
from safety_rules.loading.scalars import day, text
from safety_rules.loading.tree import Mapping as Tree
from safety_rules.loading.tree import Scalar
from safety_rules.semantics.admission.objects import shown
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import admitted_value
from safety_rules.services.listed_file import listed
from safety_rules.words.near import suggestion

CSV_HEADINGS = {
    "对象": "record", "事实项": "fact", "数值": "value", "确认人": "by", "依据": "why", "确认日期": "day",
}  # fmt: skip


class AcceptanceFile(Model):
    """One confirmed number."""

    record: S
    fact: S
    value: S
    by: S
    why: S
    day: S


class AcceptancesFile(Model):
    """All confirmed numbers of a file."""

    accepted: list[AcceptanceFile]


def acceptances(path: Path, vocabulary: Vocabulary) -> tuple[Acceptance, ...]:
    """Return the confirmed numbers of a file; raises NotFoundError, or RuleFileError with every diagnostic."""
    if not path.is_file():
        raise NotFoundError(f"there is no file of confirmed numbers `{path}`")
    report = Report()
    tree, diagnostics = listed(path, "accepted", CSV_HEADINGS)
    report.diagnostics += diagnostics
    file = shaped(AcceptancesFile, tree, report) if tree is not None else None
    return _all(file.accepted if file is not None else (), vocabulary, report)


def acceptances_of(items: Iterable[Acceptance | Mapping[str, Any]], vocabulary: Vocabulary) -> tuple[Acceptance, ...]:
    """Return confirmed numbers as a program passes them: acceptances, or mappings with the keys of a file's."""
    report, at, found = Report(), start_of("accepted"), list[Acceptance]()
    for item in items:
        if isinstance(item, Acceptance):
            found.append(item)
            continue
        tree = Tree()
        tree.at = at
        for key, value in item.items():
            tree[Scalar.of(str(key), at, "'")] = Scalar.of(shown(value), at, "'")
        file = shaped(AcceptanceFile, tree, report)
        found += _all([file] if file is not None else (), vocabulary, report)
    return tuple(found)


def _all(files: Iterable[AcceptanceFile], vocabulary: Vocabulary, report: Report) -> tuple[Acceptance, ...]:
    found = [_acceptance(f, vocabulary, report) for f in files]
    if report.failed:
        raise RuleFileError(report.sorted())
    return tuple(a for a in found if a is not None)


def _acceptance(file: AcceptanceFile, vocabulary: Vocabulary, report: Report) -> Acceptance | None:
    record, by, why = (text(p, report) for p in (file.record, file.by, file.why))
    on, fact = day(file.day, report), vocabulary.find(str(file.fact))
    if fact is None:
        report.error("unknown-fact.name", file.fact, suggestion(file.fact, vocabulary.by_name), name=file.fact, hint="")
        return None
    if not isinstance(fact.kind, Number):
        report.error("bounds.no-number", file.fact)
        return None
    try:
        value = admitted_value(str(file.value), fact, vocabulary.units)
    except Unusable as wrong:
        report.error(wrong.said.key, file.value, **dict(wrong.said.slots))
        return None
    assert isinstance(value, Fraction)
    return None if on is None else Acceptance(record, fact.key, value, by, why, on)
