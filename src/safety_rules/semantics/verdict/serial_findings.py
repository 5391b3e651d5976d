"""A finding as plain data: each clause with its sentence, text, truth, the values that it read, its figures and its gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from safety_rules.language import expr as tree
from safety_rules.language.explanation import Series
from safety_rules.language.kinds import Kind, Name, Number, Records
from safety_rules.language.law import Entry, entry_on
from safety_rules.language.rule import Clause, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Citation, Period, standing_key
from safety_rules.language.verdict import ClauseGaps, ClauseResult, Finding, Gap, Reason
from safety_rules.semantics.reads import facts_of, parameters_of, tables_of, walk_through
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.currency import notes_of
from safety_rules.semantics.verdict.decided import Decided
from safety_rules.semantics.verdict.explain import ORDER, SHOWN, figure_name, reason_said, ways_said
from safety_rules.words.explanation import name_of, texts
from safety_rules.words.values import json_value, label

T = TypeVar("T")


def name(given: Name) -> dict[str, str]:
    """Return a name in both languages."""
    return {"zh": given.zh, "en": given.en}


def in_order(verdict: Decided) -> list[Finding]:
    """Return the findings as they are told: what is violated first, the worst before all; then what is open."""
    rank = verdict.on.area.rank
    return sorted(verdict.findings, key=lambda f: (f.waived, ORDER[f.status], -rank(f.outcome)))


Values = dict[str, dict[str, Any]]
"""What the facts of one verdict are told to be, by path."""


def finding(f: Finding, verdict: Decided, decides: bool, values: Values) -> dict[str, Any]:
    """Return one finding; `decides` where the outcome (at best, while it is open) rests on it."""
    rule, otherwise, book = f.rule, f.rule.otherwise, verdict.on.rulebook
    outcome = None if f.outcome is None else name(verdict.on.area.outcome(f.outcome).name)
    authority = _kept(verdict, ("authority", rule.key), lambda: [citation(c, book) for c in rule.authority])
    gaps = {c.clause: c for c in verdict.clause_gaps if c.rule == rule.key}
    clauses = zip((*rule.applies_when, *rule.requires), (*f.applies_when, *f.requires), strict=True)
    told = [_clause(f, c, r, gaps.get(c.key), verdict, values) for c, r in clauses]
    count = len(rule.applies_when)
    return {
        "rule": rule.key, "title": name(rule.title), "status": f.status.value, "outcome": f.outcome,
        "outcome_name": outcome, "decides": decides, "veto": otherwise.veto, "waived": f.waived,
        "standing": standing_key(f.standing),
        "applies_when": told[:count],
        "requires": told[count:],
        "lacks": [reason(r, verdict) for r in sorted(f.reasons)],
        "authority": _again(authority),
        "parameters": {key: _again(_figure(key, c, verdict)) for key, c in f.parameters.items()},
        "derivations": {
            key: {"name": name(figure_name(key, book, verdict.on.derivations)), **citation(c, book)}
            for key, c in f.derivations.items()
        },
        "remedy": None if otherwise.remedy is None else name(otherwise.remedy),
        "note": _note(notes_of(f, verdict), book),
    }  # fmt: skip


def _note(notes: tuple[Name, ...], book: Rulebook) -> dict[str, str] | None:
    return name(name_of(Series("joint.beside", notes), book.vocabulary)) if notes else None


def reason(r: Reason, verdict: Decided) -> dict[str, Any]:
    """Return what is missing, its name, and for a fact why the data does not say it."""
    book = verdict.on.rulebook
    said: Name = name_of(reason_said(r, book, verdict.on.derivations, verdict.on.rules), book.vocabulary)
    absence = verdict.record.absence(r.name) if r.kind == "fact" and "[=" not in r.name else None
    return {"kind": r.kind, "name": r.name, "label": name(said), "absence": None if absence is None else absence.value}


def citation(c: Citation, book: Rulebook) -> dict[str, Any]:
    """Return a citation with its document's title and number."""
    source = book.sources[c.source]
    after = book.sources.get(source.replaced_by) if c.lapsed else None
    until = source.in_force.until if c.lapsed else None
    return {
        "source": c.source, "title": name(source.title), "number": source.number, "clause": c.clause,
        "quotation": c.quotation, "standing": c.standing.name, "lapsed": c.lapsed,
        "lapsed_on": None if until is None else until.isoformat(),
        "replaced_by": None if after is None else {"source": after.key, "title": name(after.title), "number": after.number},
    }  # fmt: skip


def gap(g: Gap, verdict: Decided) -> dict[str, Any]:
    """Return the smallest change of one fact with which a failed clause holds."""
    kind = g.kind
    return {
        "rule": g.rule, "clause": g.clause, "fact": g.path, "label": _label(g.path, verdict),
        "now": json_value(g.now, kind), "to": json_value(g.to, kind), "change": json_value(g.change, kind),
        "unit": kind.unit.symbol,
    }  # fmt: skip


def _again(data: Any) -> Any:
    """Return data for JSON once more, since who asks for it may change it."""
    if data.__class__ is dict:
        return {key: _again(v) if v.__class__ in (dict, list) else v for key, v in data.items()}
    return [_again(v) if v.__class__ in (dict, list) else v for v in data]


def _clause(
    f: Finding, c: Clause, result: ClauseResult, gaps: ClauseGaps | None, verdict: Decided, values: Values
) -> dict[str, Any]:
    facts, figures = _kept(verdict, (f.rule.key, c.key, "read"), lambda: _read(f.rule, c, verdict))
    said, vocabulary = _said(f, c, verdict) if f.status in SHOWN else ((), ()), verdict.on.rulebook.vocabulary
    return {
        "clause": c.key, "truth": result.truth.value, "sentence": name(c.sentence), "text": c.text,
        "values": [_again(values.get(path) or values.setdefault(path, _value(path, verdict))) for path in facts], "figures": list(figures),
        "said": {language: list(lines) for language, lines in zip(("zh", "en"), said, strict=True)},
        "lacks": [reason(r, verdict) for r in sorted(result.reasons)],
        "gap": None if gaps is None else [
            {**gap(g, verdict), "said": name(name_of(ways_said(ClauseGaps(g.rule, g.clause, (g,))), vocabulary))}
            for g in gaps.gaps
        ],
    }  # fmt: skip


def _said(f: Finding, c: Clause, verdict: Decided) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines below a clause in both languages; verdicts of one law on the same values share them."""

    def worked_out() -> tuple[tuple[str, ...], tuple[str, ...]]:
        lines, vocabulary = clause_lines(c.that, verdict.environment), verdict.on.rulebook.vocabulary
        return tuple(texts(lines, "zh", vocabulary)), tuple(texts(lines, "en", vocabulary))

    shared = verdict._shared
    if shared is None:
        return worked_out()
    read = shared.values_read((f.rule,), verdict.record.values)
    return shared.answer(("said", f.rule.key, c.key, read), worked_out)


def _kept(verdict: Decided, key: tuple[object, ...], worked_out: Callable[[], T]) -> T:
    """Return what depends on the law alone, worked out once for all its verdicts where they share anything."""
    shared = verdict._shared
    return worked_out() if shared is None else shared.answer(key, worked_out)


def _read(rule: Rule, c: Clause, verdict: Decided) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the facts that a clause reads (those that it names first, then the given ones behind derived ones), and
    its figures.
    """
    derivations = verdict.on.derivations
    named = [n.key for n in walk_through(c.that, {}, set()) if isinstance(n, tree.FactRef)]
    facts = dict.fromkeys([*named, *facts_of([c.that], derivations)])
    figures = dict.fromkeys([*(p.key for p in parameters_of(c.that, derivations)), *tables_of(c.that, derivations)])
    return tuple(facts), tuple(figures)


def _value(path: str, verdict: Decided) -> dict[str, Any]:
    """Return a fact with its value: of a list of records their number, since they stand in the provenance."""
    fact, derived = verdict.on.rulebook.vocabulary.facts[path], path in verdict.on.derivations
    value = (verdict.derived if derived else verdict.record.values).get(path)
    records = isinstance(fact.kind, Records) and isinstance(value, tuple)
    return {
        "fact": path, "label": _label(path, verdict), "unit": _unit(fact.kind), "derived": derived,
        "records": len(value) if records and isinstance(value, tuple) else None,
        "value": None if records else json_value(value, fact.kind),
    }  # fmt: skip


def _label(path: str, verdict: Decided) -> dict[str, str]:
    return {language: label(path, verdict.on.rulebook.vocabulary, language) for language in ("zh", "en")}


def _unit(kind: Kind) -> str:
    return kind.unit.symbol if isinstance(kind, Number) else ""


def _figure(key: str, cited: Citation, verdict: Decided) -> dict[str, Any]:
    """Return a figure or table as told; worked out once for each citation that its entries have."""
    return _kept(verdict, ("figure", key, cited), lambda: _figure_told(key, cited, verdict))


def _figure_told(key: str, cited: Citation, verdict: Decided) -> dict[str, Any]:
    """Return a figure or table with the entry that was used, its value, period and citation."""
    book, on = verdict.on.rulebook, verdict.on
    named, period, value, unit = name(figure_name(key, book, on.derivations)), None, None, ""
    if key in book.parameters:
        entry = _entry(key, cited, verdict)
        if entry is not None:
            kind = book.parameters[key].kind
            period, value, unit = entry.period, json_value(entry.value, kind), _unit(kind)
    else:
        period = next((e.period for e in book.tables[key].editions if e.citation == cited), None)
    return {"name": named, "value": value, "unit": unit, **_period(period), **citation(cited, book)}


def _entry(key: str, cited: Citation, verdict: Decided) -> Entry | None:
    """Return the entry of a figure that a citation stands at: the day's, else (a figure of another day) the cited one."""
    parameter = verdict.on.rulebook.parameters[key]
    today = entry_on(parameter, verdict.on.as_of)
    if today is not None and today.citation == cited:
        return today
    return next((e for e in parameter.entries if e.citation == cited), None)


def _period(period: Period | None) -> dict[str, str | None]:
    since, until = (None, None) if period is None else (period.since, period.until)
    return {
        "since": None if since is None else since.isoformat(),
        "until": None if until is None else until.isoformat(),
    }
