"""Documents ready to sign: what stands in their blanks, from a verdict, a graded unit, or a ledger of rectifications.

Nothing is worked out here: each text is what the verdict, its findings or the ledger's events say. Numbers of
documents, names of officers, seals and days of signing stay blank.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from safety_rules.formats.columns import first_reason, gaps_said, reason_said, rule_said
from safety_rules.formats.docx_out import Values, built, fill, opened, write
from safety_rules.formats.result import ScreenedRow
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.explanation import Cited, Series, Slot, statement
from safety_rules.language.kinds import Records
from safety_rules.language.verdict import Finding, Status
from safety_rules.semantics.verdict.currency import asked_by_hand, unasked
from safety_rules.semantics.verdict.explain import cited, duty_said, either_said, places, reasons_said
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.rectification.life import chinese
from safety_rules.version import VERSION
from safety_rules.words import catalog
from safety_rules.words.catalog import sentence
from safety_rules.words.explanation import bare, text
from safety_rules.words.near import did_you_mean
from safety_rules.words.values import decimal, label, shown, standing_words

LAYOUTS = catalog.FOLDER / "documents" / "layouts.toml"
TEMPLATES = "documents"  # the folder of an overlay that holds a district's own templates
LONGEST_NAME = 60
ENDS = ("。", "！", "？", "；")


@cache
def layouts() -> Mapping[str, Any]:
    """Return the layout of each document by its key, and under `law` the lines that change with the law."""
    return tomllib.loads(LAYOUTS.read_text("utf-8"))


def names() -> Mapping[str, str]:
    """Return the key of each document by its Chinese name."""
    return {v["name"]: k for k, v in layouts().items() if k != "law"}


def document_key(asked: str) -> str:
    """Return the key of a document named in Chinese or by its key; raises NotFoundError."""
    known = names()
    key = known.get(asked, asked)
    if key == "law" or key not in layouts():
        raise NotFoundError(f"there is no document `{asked}`; {did_you_mean(asked, [*known, *known.values()])}")
    return key


def law_line(kind: str, on: datetime.date) -> str:
    """Return the line of the law of a day; the blank one where none is known to hold."""
    entries = layouts()["law"][kind]
    return next(str(e["text"]) for e in entries if "from" not in e or e["from"] <= on)


def template_of(key: str, overlays: Iterable[Path]) -> Path | None:
    """Return a district's own template: `documents/审查意见书.docx` in its overlay folder; the last one wins."""
    named = f"{layouts()[key]['name']}.docx"
    found = [p for folder in overlays if (p := Path(folder) / TEMPLATES / named).is_file()]
    return found[-1] if found else None


def write_document(key: str, values: Values | None, path: Path, template: Path | None, *read: Path) -> None:
    """Write a document, or with no values its blank template; raises LedgerError where the template does not fit."""
    document = opened(template) if template is not None else built(layouts()[key])
    if values is not None:
        fill(document, values, layouts()[key]["name"])
    write(document, path, *read, *([template] if template is not None else []))


def of_row(row: ScreenedRow) -> Values:
    """Return what the opinion on a screened row says; raises LedgerError where the row has no verdict."""
    verdict = row.verdict
    if verdict is None:
        why = row.error.en if row.error is not None else "it is no record"
        raise LedgerError(f"row {row.row.number} has no verdict: {why}")
    vocabulary, on = verdict.on.rulebook.vocabulary, verdict.on

    def listed(slots: Iterable[Slot]) -> list[dict[str, str]]:
        return _lines(text(s, "zh", vocabulary) for s in slots)

    def of_the_blank(part: str) -> list[Slot]:
        """Return what is said of a blank that decides nothing: it is still to be filled in."""
        rests = verdict.definite and verdict.one_of
        return [statement(f"document.either_{part}", blank=places(verdict.split.blanks))] if rests else []

    enterprise = _text(verdict, "enterprise.name")
    return {
        "addressee": enterprise or sentence("document.blank", "zh"),
        "enterprise": enterprise or sentence("value.missing", "zh"),
        "subject": verdict.subject or row.row.place,
        "day": chinese(on.as_of),
        "outcome": _outcome(verdict),
        "first_reason": sentence("document.reason", "zh", reason=first_reason(row, "zh")),
        "grounds": listed(_grounds(verdict)),
        "gaps": listed([*of_the_blank("gap"), *gaps_said(verdict)]),
        "missing": listed([*of_the_blank("missing"), *reasons_said(verdict.needs.can_change, verdict).parts]),
        "duties": listed(_duties(verdict)),
        "standing": standing_words(verdict.standing, "zh"),
        "facts": list(_facts(row, verdict)),
        "law": list(_law(verdict)),
        "rules_digest": on.rulebook.digest[:16],
        "input_digest": _digest(verdict),
        "version": VERSION,
    }


def _lines(said: Iterable[str]) -> list[dict[str, str]]:
    """Return texts as sentences, numbered where there are several; where there is none, a line that says so."""
    found = [t if t.endswith(ENDS) else f"{t}。" for t in dict.fromkeys(said)]
    if len(found) > 1:
        found = [sentence("document.numbered", "zh", number=i, text=t) for i, t in enumerate(found, 1)]
    return [{"text": t} for t in found or [sentence("document.none", "zh")]]


def of_unit(unit: Any) -> Values:
    """Return what the report of a graded unit (`services.grading.GradedUnit`) says."""
    values = dict(of_row(unit.row))
    verdict = unit.row.verdict

    def figure(number: Any) -> str:
        return sentence("value.missing", "zh") if number is None else decimal(number)

    sources = {c.source: c for f in verdict.findings for c in f.rule.authority}
    titles = [verdict.on.rulebook.sources[key] for key in sources]
    basis = [sentence("document.source", "zh", title=s.title.zh, number=s.number) for s in titles]
    return values | {
        "basis": _lines(basis),
        "conclusion": _graded(unit, values, figure),
        "ratio_sum": figure(unit.ratio_sum),
        "alpha": figure(unit.alpha),
        "hazard_index": figure(unit.hazard_index),
        "graded": sentence("document.graded", "zh", alpha=figure(unit.alpha), r=figure(unit.hazard_index))
        if not (verdict.definite and verdict.at_best == "not_major")
        else sentence("document.not_graded", "zh"),
        "duties": _lines(text(duty_said(d), "zh", verdict.on.rulebook.vocabulary) for d in unit.duties),
        "notes": _lines(n.zh for n in unit.notes),
        "chemicals": [
            {
                "name": c.name,
                "quantity": figure(c.quantity),
                "critical": figure(c.critical_quantity),
                "beta": figure(c.beta),
                "ratio": figure(c.ratio),
                "corrected": figure(c.corrected_ratio),
                "share": figure(None if c.share is None else round(c.share * 100, 2)),
            }
            for c in unit.chemicals
        ],
    }  # fmt: skip


def _graded(unit: Any, values: Values, figure: Callable[[Any], str]) -> str:
    """Return the conclusion of a grading: by which figures it is what it is, or, where it is open, why."""
    verdict, slots = unit.row.verdict, {"outcome": str(values["outcome"]), "s": figure(unit.ratio_sum)}
    if verdict.definite and unit.ratio_sum is not None:
        if verdict.at_best == "not_major":
            return sentence("document.graded_below", "zh", **slots)
        if unit.hazard_index is not None and verdict.at_best.startswith("level_"):
            return sentence("document.graded_level", "zh", r=figure(unit.hazard_index), **slots)
    return sentence("document.graded_open", "zh", reason=str(values["first_reason"]), **slots)


def file_name(*parts: str) -> str:
    """Return a file's name of several texts, without what names of files cannot hold."""
    plain = "_".join(p for p in parts if p)
    return (
        "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in plain)[:LONGEST_NAME].strip(". ") or "_"
    )


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _outcome(verdict: Verdict) -> str:
    if verdict.definite:
        return verdict.outcome_name.zh
    best, worst = (verdict.on.area.outcome(key).name for key in (verdict.at_best, verdict.at_worst))
    return text(statement("verdict.open", best=best, worst=worst), "zh", verdict.on.rulebook.vocabulary)


def _duties(verdict: Verdict) -> list[Slot]:
    """Return what has to be done; what lapses with the outcome is only counted."""
    said = [
        duty_said(d) for d in verdict.obligations if not (verdict.definite and d.duty.lapses_with == verdict.outcome)
    ]
    left = len(verdict.obligations) - len(said)
    return [*said, *([statement("document.not_built", count=left)] if left else [])]


def _violated(verdict: Verdict) -> list[Finding]:
    """Return the findings that weigh, the worst first."""
    found = [f for f in verdict.open_findings if f.status is Status.VIOLATED and f.outcome is not None]
    return sorted(found, key=lambda f: -verdict.on.area.rank(f.outcome))


def _grounds(verdict: Verdict) -> Iterator[Slot]:
    """Yield what is violated, with its values and clauses, then what is open and could change the conclusion."""
    yield from either_said(verdict)
    for f in _violated(verdict):
        said = statement("first.violated", title=rule_said(f, verdict), reason=reason_said(f, verdict))
        clauses = dict.fromkeys(bare(c, "zh", quoted=False) for c in _cited(f, verdict))
        yield statement("document.ground", said=said, citations=Series("joint.list", tuple(clauses)))
    open_ones = _open(verdict)
    if open_ones:
        yield statement("document.open_rules", rules=Series("joint.list", tuple(f.rule.title for f in open_ones)))
    if not (open_ones or verdict.one_of or _violated(verdict)):
        yield statement("document.no_ground")


def _open(verdict: Verdict) -> list[Finding]:
    """Return the findings that are open and could make an open conclusion worse than it is at best."""
    best = verdict.on.area.rank(verdict.at_best)
    found = (f for f in verdict.open_findings if f.status is Status.UNDETERMINED and f.outcome is not None)
    return [] if verdict.definite else [f for f in found if verdict.on.area.rank(f.outcome) > best]


def _cited(f: Finding, verdict: Verdict) -> list[Cited]:
    return [cited(c, verdict.on.rulebook.sources) for c in (*f.rule.authority, *f.parameters.values())]


def _facts(row: ScreenedRow, verdict: Verdict) -> Iterator[dict[str, str]]:
    """Yield each fact as it is given, with its cell; of a list, each field of each record."""
    vocabulary = verdict.on.rulebook.vocabulary
    for path, value in verdict.record.values.items():
        kind = vocabulary.facts[path].kind
        yield _fact(path, shown(value, kind, "zh"), row, verdict)
        if isinstance(kind, Records) and isinstance(value, tuple):
            for at, item in enumerate(i for i in value if isinstance(i, Mapping)):
                for name, cell in item.items():
                    field = f"{path}.{name}"
                    if field in vocabulary.facts:
                        said = shown(cell, vocabulary.facts[field].kind, "zh")
                        yield _fact(f"{path}[{at}].{name}", said, row, verdict)


def _fact(path: str, value: str, row: ScreenedRow, verdict: Verdict) -> dict[str, str]:
    place = row.row.places.get(path) or row.row.columns.get(path)
    said = f"{place}{row.row.number}" if place is not None and place == row.row.columns.get(path) else place or ""
    return {"name": label(path, verdict.on.rulebook.vocabulary, "zh"), "value": value, "place": said}


def _law(verdict: Verdict) -> Iterator[dict[str, str]]:
    """Yield the documents and clauses of what decided or is open, or, where there is none, of all that was asked.

    Each clause stands once, with all rules that rest on it; clauses of the same rules stand together.
    """
    idle = (Status.NOT_APPLICABLE,)
    rests: dict[tuple[str, str], dict[str, None]] = {}
    for f in [*verdict.one_of, *_violated(verdict), *_open(verdict)] or [
        f for f in verdict.findings if f.status not in idle and f.outcome is not None
    ]:
        title = text(f.rule.title, "zh", verdict.on.rulebook.vocabulary)
        for c in _cited(f, verdict):
            rests.setdefault((bare(c, "zh"), standing_words(c.citation.standing, "zh")), {})[title] = None
    together: dict[tuple[str, str], list[str]] = {}
    for (clause, standing), titles in rests.items():
        together.setdefault(("\n".join(titles), standing), []).append(clause)
    for (rules, standing), clauses in together.items():
        yield {"rule": rules, "citation": "\n".join(clauses), "standing": standing}
    for n in (*asked_by_hand(verdict), *unasked(verdict)):
        yield {k: sentence(f"document.by_hand_{k}", "zh", what=n.what.zh) for k in ("rule", "citation", "standing")}


def _text(verdict: Verdict, path: str) -> str:
    return str(verdict.record.values.get(path) or "")


def _digest(verdict: Verdict) -> str:
    """Return the digest of the facts as they were admitted."""
    given = json.dumps({k: str(v) for k, v in sorted(verdict.record.values.items())})
    return hashlib.sha256(given.encode()).hexdigest()[:16]
