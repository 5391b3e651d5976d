"""A verdict as plain data: every number exact, every name in both languages, and its provenance."""

from __future__ import annotations

from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.kinds import Name
from safety_rules.language.source import Citation, standing_key
from safety_rules.language.verdict import ClauseResult, Finding, Gap, Reason
from safety_rules.semantics.verdict.currency import reviews
from safety_rules.semantics.verdict.decided import Decided
from safety_rules.version import VERSION
from safety_rules.words.values import json_value

SCHEMA = "safety_rules.verdict/1"


def to_dict(verdict: Decided) -> dict[str, Any]:
    """Return the verdict as JSON-ready data."""
    on = verdict.on
    return {
        "schema": SCHEMA,
        "area": on.area.key,
        "as_of": on.as_of.isoformat(),
        "outcome": verdict.outcome,
        "outcome_name": _name(verdict.outcome_name),
        "at_best": verdict.at_best,
        "at_worst": verdict.at_worst,
        "standing": standing_key(verdict.standing),
        "derived": _derived(verdict),
        "findings": [_finding(f) for f in verdict.findings],
        "needs": {
            "smallest": [_reason(r) for r in verdict.needs.smallest],
            "can_change": [_reason(r) for r in verdict.needs.can_change],
            "proven": verdict.needs.proven,
        },
        "gaps": [_gap(g) for g in verdict.gaps],
        "no_single_gap": [f"{c.rule}.{c.clause}" for c in verdict.clause_gaps if not c.gaps],
        "obligations": [
            {
                "rule": d.key,
                "who": _name(d.duty.who),
                "what": _name(d.duty.what),
                "by": None if d.duty.by is None else _name(d.duty.by),
                "certain": d.certain,
                "authority": [_citation(c) for c in d.authority],
                "standing": d.standing.name,
            }
            for d in verdict.obligations
        ],
        "waivers": [
            {"rule": w.rule, "subject": w.subject, "result": w.result, "granted_by": w.granted_by, "until": w.until}
            for w in verdict.waivers
        ],
        "problems": [
            {"code": p.code, "fact": p.path, "place": p.place, "given": p.given, **_name(p.message)}
            for p in verdict.problems
        ],
        "reviews": [{"source": s.key, "review_by": f"{s.review_by}"} for s in reviews(verdict)],
        "provenance": {
            "library": VERSION,
            "rulebook": on.rulebook.digest,
            "overlay": on.rulebook.overlay_digest,
            "overlay_changes": [
                {"overlay": c.overlay, "what": c.what, "key": c.key, **_name(c.detail)} for c in on.rulebook.changes
            ],
            "require_standing": on.require.name,
            "facts": _facts(verdict),
            "accepted": [_accepted(a, verdict) for a in verdict.accepted],
        },
    }


def _derived(verdict: Decided) -> dict[str, Any]:
    vocabulary = verdict.on.rulebook.vocabulary
    return {path: json_value(value, vocabulary.fact_at(path).kind) for path, value in verdict.derived.items()}


def _facts(verdict: Decided) -> dict[str, Any]:
    facts = verdict.on.rulebook.vocabulary.facts
    return {key: json_value(value, facts[key].kind) for key, value in sorted(verdict.record.values.items())}


def _accepted(a: Acceptance, verdict: Decided) -> dict[str, Any]:
    kind = verdict.on.rulebook.vocabulary.facts[a.fact].kind
    said = {"record": a.record, "fact": a.fact, "by": a.by, "why": a.why, "day": a.day.isoformat()}
    return {**said, "value": json_value(a.value, kind)}


def _name(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _finding(f: Finding) -> dict[str, Any]:
    return {
        "rule": f.rule.key, "title": _name(f.rule.title), "status": f.status.value, "outcome": f.outcome,
        "veto": f.rule.otherwise.veto, "waived": f.waived, "standing": standing_key(f.standing),
        "applies_when": [_clause(c) for c in f.applies_when], "requires": [_clause(c) for c in f.requires],
        "lacks": [_reason(r) for r in sorted(f.reasons)], "authority": [_citation(c) for c in f.rule.authority],
        "parameters": {key: _citation(c) for key, c in f.parameters.items()},
        "derivations": {key: _citation(c) for key, c in f.derivations.items()},
    }  # fmt: skip


def _clause(c: ClauseResult) -> dict[str, str]:
    return {"clause": c.key, "truth": c.truth.value}


def _reason(reason: Reason) -> dict[str, str]:
    return {"kind": reason.kind, "name": reason.name}


def _citation(c: Citation) -> dict[str, Any]:
    return {
        "source": c.source,
        "clause": c.clause,
        "standing": c.standing.name,
        **({"lapsed": True} if c.lapsed else {}),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    kind = gap.kind
    return {
        "rule": gap.rule, "clause": gap.clause, "fact": gap.path, "now": json_value(gap.now, kind),
        "to": json_value(gap.to, kind), "change": json_value(gap.change, kind), "unit": kind.unit.symbol,
    }  # fmt: skip
