"""Clauses, duties and citations that stand in one place and are referred to by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from safety_rules.language.kinds import Boolean
from safety_rules.language.rule import Clause, Duty, NamedParts
from safety_rules.language.source import Citation
from safety_rules.loading.context import Context, read
from safety_rules.loading.models_base import CitationFile
from safety_rules.loading.models_rules import ClauseFile, DutyFile, NamedFile
from safety_rules.loading.scalars import citation, key, name
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion


def named_parts(files: Sequence[NamedFile], c: Context) -> NamedParts:
    """Return what files name for others to refer to; a name that stands twice is an error."""
    clauses = {n: clause(n, f, c) for file in files for n, f in file.clauses.items()}
    duties = {n: duty(f, c) for file in files for n, f in file.duties.items()}
    citations = {n: cited(f, c) for file in files for n, f in file.citations.items()}
    for given in ("clauses", "duties", "citations"):
        first: dict[str, Scalar] = {}
        for n in (n for file in files for n in getattr(file, given)):
            key(n, c.report)
            if first.setdefault(str(n), n) is not n:
                c.report.error("defined-twice.first", n, name=n, place=first[str(n)].at.place)
    return NamedParts(
        {str(n): part for n, part in clauses.items() if part is not None},
        {str(n): part for n, part in duties.items() if part is not None},
        {str(n): part for n, part in citations.items() if part is not None},
        frozenset(str(n) for n, part in (clauses | citations).items() if part is None),
    )


def clause(clause_key: Scalar, file: Scalar | ClauseFile, c: Context) -> Clause | None:
    """Return a clause that is written out, or the one that a name refers to; None with the diagnostic."""
    if isinstance(file, ClauseFile):
        expr = read(file.that, c, Boolean())
        sentence = name(file, c.report)
        made = key(clause_key, c.report), sentence
        return None if expr is None else Clause(*made, expr, str(file.that), file.that.at)
    found = c.named.clauses.get(str(file))
    if found is None:
        if str(file) not in c.named.broken:
            c.report.error("unknown-clause", file, suggestion(file, c.named.clauses))
        return None
    return Clause(key(clause_key, c.report), found.sentence, found.that, found.text, file.at, str(file))


def duty(file: Scalar | DutyFile, c: Context, outcomes: Collection[str] = ()) -> Duty | None:
    """Return a duty that is written out, or the one that a name refers to; None with the diagnostic.

    `outcomes` are those of the area, of which one may let it lapse; none while a name is read.
    """
    if isinstance(file, DutyFile):
        if file.lapses_with is not None:
            _known_outcome(file.lapses_with, str(file.lapses_with), outcomes, c)
        by = None if file.by is None else name(file.by, c.report)
        lapses = "" if file.lapses_with is None else str(file.lapses_with)
        return Duty(name(file.who, c.report), name(file.what, c.report), by, file.who.zh.at, lapses_with=lapses)
    found = c.named.duties.get(str(file))
    if found is None:
        c.report.error("unknown-duty", file, suggestion(file, c.named.duties))
        return None
    _known_outcome(file, found.lapses_with, outcomes, c)
    return replace(found, at=file.at, named=str(file))


def _known_outcome(at: Scalar, key: str, outcomes: Collection[str], c: Context) -> None:
    if key and outcomes and key not in outcomes:
        c.report.error("unknown-outcome", at, suggestion(key, outcomes))


def cited(file: Scalar | CitationFile, c: Context) -> Citation | None:
    """Return a citation that is written out, or the one that a name refers to; None with the diagnostic."""
    if isinstance(file, CitationFile):
        return citation(file, c.sources, c.report)
    found = c.named.citations.get(str(file))
    if found is None:
        if str(file) not in c.named.broken:
            c.report.error("unknown-citation", file, suggestion(file, c.named.citations))
        return None
    return replace(found, at=file.at, named=str(file))
