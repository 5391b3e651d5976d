"""Scalars read as what the vocabulary says they are: days, numbers, flags, names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from safety_rules.language.kinds import Name
from safety_rules.language.lint import LINT_CODES, Silence
from safety_rules.language.source import Citation, Period, Source, Standing
from safety_rules.loading.compose import BOOLEAN_TRAP
from safety_rules.loading.models_base import CitationFile, NameFile, PeriodFile, SilenceFile
from safety_rules.loading.report import Report
from safety_rules.loading.tree import Scalar
from safety_rules.semantics.checking.kinds_and_units import iso_day
from safety_rules.words.near import suggestion

RATIONAL = re.compile(r"^[+-]?[0-9]+(\.[0-9]+)?(/[1-9][0-9]*)?$")
LOSSY = re.compile(r"^[0-9]+\.[0-9]*0$")
KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")


def text(scalar: Scalar, report: Report) -> str:
    """Return a text; plain text that other YAML readers would shorten is an error."""
    if scalar.plain and LOSSY.match(scalar):
        report.error("ambiguous-scalar.shorter", scalar, shorter=f"{float(scalar):g}")
    if not scalar.strip():
        report.error("empty-text", scalar)
    return str(scalar)


def name(file: NameFile, report: Report) -> Name:
    """Return a name in both languages."""
    return Name(text(file.zh, report), text(file.en, report))


def day(scalar: Scalar | None, report: Report) -> datetime.date | None:
    """Return a day, or None with a diagnostic."""
    if scalar is None:
        return None
    found = iso_day(str(scalar))
    if found is None:
        report.error("date.file", scalar)
    return found


def period(file: PeriodFile | None, report: Report) -> Period:
    """Return a period; its end before its start is an error."""
    if file is None:
        return Period()
    since, until = day(file.since, report), day(file.until, report)
    if since is not None and until is not None and until < since and file.until is not None:
        report.error("period.file", file.until, until=until)
    return Period(since, until)


def number(scalar: Scalar | None, report: Report) -> Fraction | None:
    """Return an exact number (`0.01`, `2000/3`), or None with a diagnostic."""
    if scalar is None:
        return None
    if not RATIONAL.match(scalar) or len(scalar) > 60:
        report.error("number.file", scalar)
        return None
    top, _, bottom = scalar.partition("/")
    return Fraction(top) / int(bottom or 1)


def flag(scalar: Scalar | None, default: bool, report: Report) -> bool:
    """Return `true` or `false`; the default when nothing is written."""
    if scalar is None:
        return default
    if str(scalar) not in ("true", "false") and not (scalar.plain and BOOLEAN_TRAP.match(scalar)):
        report.error("flag", scalar)
    return str(scalar) == "true"


def key(scalar: Scalar, report: Report) -> str:
    """Return a key: lower-case words joined by `_` and `.`, which looks like no other one."""
    if not KEY.match(scalar):
        report.error("key.letters", scalar)
    else:
        report.alike(str(scalar), scalar)
    return str(scalar)


def standing(scalar: Scalar | None, default: Standing, report: Report) -> Standing:
    """Return a standing."""
    if scalar is None:
        return default
    if str(scalar) not in Standing.__members__:
        report.error("standing.unknown", scalar, suggestion(scalar, Standing.__members__))
        return default
    return Standing[str(scalar)]


def citation(file: Any, sources: dict[str, Source], report: Report) -> Citation | None:
    """Return a citation; its source must exist, and a source's standing is the best it can have."""
    file_: CitationFile = file
    found = sources.get(str(file_.source))
    if found is None:
        report.error("unknown-source", file_.source, suggestion(file_.source, sources))
        return None
    own = standing(file_.standing, found.standing, report)
    if own < found.standing and file_.standing is not None:
        report.error("standing.surer", file_.standing, own=own.name, source=found.standing.name)
    quotation = str(file_.quotation) if file_.quotation is not None else ""
    if quotation and own not in (Standing.statute, Standing.local, Standing.secondary):
        report.error("quotation", file_.quotation, standing=own.name)
    note = str(file_.note) if file_.note is not None else ""
    at = file_.quotation if file_.quotation is not None else file_.clause
    goes_on = getattr(file_, "continues", None)
    continues = text(goes_on, report) if goes_on is not None else ""
    return Citation(str(file_.source), text(file_.clause, report), own, quotation, note, False, continues, at.at)


def silences(files: Iterable[SilenceFile], report: Report) -> Iterator[Silence]:
    """Yield the silences of a file; each names a finding of lint, and says why."""
    for file in files:
        code = str(file.code)
        if code not in LINT_CODES:
            report.error("unknown-lint", file.code, suggestion(code, LINT_CODES))
            continue
        of = str(file.of) if file.of is not None else ""
        yield Silence(code, of, text(file.reason, report), file.code.at)
