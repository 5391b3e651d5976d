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
from safety_rules.words.near import did_you_mean

RATIONAL = re.compile(r"^[+-]?[0-9]+(\.[0-9]+)?(/[1-9][0-9]*)?$")
LOSSY = re.compile(r"^[0-9]+\.[0-9]*0$")
KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")


def text(scalar: Scalar, report: Report) -> str:
    """Return a text; plain text that other YAML readers would shorten is an error."""
    if scalar.plain and LOSSY.match(scalar):
        message = f"other YAML readers take `{scalar}` for {float(scalar):g}"
        report.error("ambiguous-scalar", message, scalar, f"quote it: '{scalar}'")
    if not scalar.strip():
        report.error("empty-text", "the text is empty", scalar)
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
        report.error("date", f"`{scalar}` is not a day of the calendar", scalar, "write 2020-10-01")
    return found


def period(file: PeriodFile | None, report: Report) -> Period:
    """Return a period; its end before its start is an error."""
    if file is None:
        return Period()
    since, until = day(file.since, report), day(file.until, report)
    if since is not None and until is not None and until < since and file.until is not None:
        report.error("period", f"the period ends on {until}, before it starts", file.until)
    return Period(since, until)


def number(scalar: Scalar | None, report: Report) -> Fraction | None:
    """Return an exact number (`0.01`, `2000/3`), or None with a diagnostic."""
    if scalar is None:
        return None
    if not RATIONAL.match(scalar) or len(scalar) > 60:
        report.error("number", f"`{scalar}` is not a number", scalar, "write digits, a point, or a fraction a/b")
        return None
    top, _, bottom = scalar.partition("/")
    return Fraction(top) / int(bottom or 1)


def flag(scalar: Scalar | None, default: bool, report: Report) -> bool:
    """Return `true` or `false`; the default when nothing is written."""
    if scalar is None:
        return default
    if str(scalar) not in ("true", "false") and not (scalar.plain and BOOLEAN_TRAP.match(scalar)):
        report.error("flag", f"`{scalar}` is neither true nor false", scalar, "write true or false")
    return str(scalar) == "true"


def key(scalar: Scalar, report: Report) -> str:
    """Return a key: lower-case words joined by `_` and `.`."""
    if not KEY.match(scalar):
        report.error("key", f"`{scalar}` is not a key", scalar, "write lower-case letters, digits and `_`")
    return str(scalar)


def standing(scalar: Scalar | None, default: Standing, report: Report) -> Standing:
    """Return a standing."""
    if scalar is None:
        return default
    if str(scalar) not in Standing.__members__:
        report.error("standing", f"`{scalar}` is not a standing", scalar, did_you_mean(scalar, Standing.__members__))
        return default
    return Standing[str(scalar)]


def citation(file: Any, sources: dict[str, Source], report: Report) -> Citation | None:
    """Return a citation; its source must exist, and a source's standing is the best it can have."""
    file_: CitationFile = file
    found = sources.get(str(file_.source))
    if found is None:
        report.error(
            "unknown-source",
            f"`{file_.source}` is not in the sources",
            file_.source,
            did_you_mean(file_.source, sources),
        )
        return None
    own = standing(file_.standing, found.standing, report)
    if own < found.standing and file_.standing is not None:
        message = f"`{own.name}` is surer than its source, which is `{found.standing.name}`"
        report.error("standing", message, file_.standing, "raise the source's standing where its text was read")
    quotation = str(file_.quotation) if file_.quotation is not None else ""
    if quotation and own not in (Standing.statute, Standing.local, Standing.secondary):
        message = f"a quotation with standing `{own.name}` was not read anywhere"
        report.error("quotation", message, file_.quotation, "quote only what was read")
    note = str(file_.note) if file_.note is not None else ""
    at = file_.quotation if file_.quotation is not None else file_.clause
    return Citation(str(file_.source), text(file_.clause, report), own, quotation, note, at.at)


def silences(files: Iterable[SilenceFile], report: Report) -> Iterator[Silence]:
    """Yield the silences of a file; each names a finding of lint, and says why."""
    for file in files:
        code = str(file.code)
        if code not in LINT_CODES:
            help = did_you_mean(code, LINT_CODES)
            report.error("unknown-lint", f"`{code}` is nothing that lint finds", file.code, help)
            continue
        of = str(file.of) if file.of is not None else ""
        yield Silence(code, of, text(file.reason, report), file.code.at)
