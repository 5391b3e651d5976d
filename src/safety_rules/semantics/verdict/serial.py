"""A verdict as plain data (`safety_rules.verdict/2`): every number exact, every name in both languages, and a receipt."""

from __future__ import annotations

from typing import Any

from safety_rules.language.source import Citation, Standing, standing_key
from safety_rules.language.verdict import DueDuty
from safety_rules.semantics.verdict.currency import reviews
from safety_rules.semantics.verdict.decided import Decided
from safety_rules.semantics.verdict.explain import headline
from safety_rules.semantics.verdict.receipt import problem, provenance, waiver
from safety_rules.semantics.verdict.serial_findings import citation, finding, gap, in_order, name, reason
from safety_rules.words.explanation import name_of
from safety_rules.words.values import json_value

SCHEMA = "safety_rules.verdict/2"


def to_dict(verdict: Decided) -> dict[str, Any]:
    """Return the verdict as JSON-ready data: the findings that decide it come first."""
    on, best, worst = verdict.on, verdict.at_best, verdict.at_worst
    decides = verdict.decisive
    deciding, values = {f.rule.key for f in decides}, dict[str, dict[str, Any]]()
    return {
        "schema": SCHEMA,
        "area": on.area.key,
        "area_title": name(on.area.title),
        "subject": verdict.subject,
        "as_of": on.as_of.isoformat(),
        "headline": name(name_of(headline(verdict), on.rulebook.vocabulary)),
        "outcome": verdict.outcome,
        "outcome_name": name(verdict.outcome_name),
        "definite": verdict.definite,
        "at_best": best,
        "at_best_name": name(on.area.outcome(best).name),
        "at_worst": worst,
        "at_worst_name": name(on.area.outcome(worst).name),
        "standing": standing_key(verdict.standing),
        "one_of": _one_of(verdict),
        "no_worse": list(verdict.split.held_by),
        "every_case": verdict.split.whole,
        "derived": _derived(verdict),
        "findings": [finding(f, verdict, f.rule.key in deciding, values) for f in in_order(verdict)],
        "needs": {
            "smallest": [reason(r, verdict) for r in verdict.needs.smallest],
            "can_change": [reason(r, verdict) for r in verdict.needs.can_change],
            "proven": verdict.needs.proven,
        },
        "gaps": [gap(g, verdict) for g in verdict.gaps],
        "no_single_gap": [f"{c.rule}.{c.clause}" for c in verdict.clause_gaps if not c.gaps],
        "obligations": [_duty(d, verdict) for d in verdict.obligations],
        "waivers": [waiver(w) for w in verdict.waivers],
        "problems": [problem(p) for p in verdict.problems],
        "incomplete": [problem(p) for p in verdict.incomplete],
        "reviews": [
            {"source": s.key, "title": name(s.title), "number": s.number, "review_by": f"{s.review_by}"}
            for s in reviews(verdict)
        ],
        "assumptions": [
            {"rule": f.rule.key, "of": of or None, **citation(c, on.rulebook)}
            for f in decides
            for of, c in [*(("", c) for c in f.rule.authority), *f.parameters.items(), *f.derivations.items()]
            if c.standing > Standing.local
        ],
        "provenance": provenance(verdict),
    }


def _one_of(verdict: Decided) -> dict[str, Any] | None:
    """Return the rules of which one is violated whatever blanks turn out to be; None where there are none."""
    rules, blanks = [f.rule.key for f in verdict.one_of], list(verdict.split.blanks)
    return {"blank": blanks[0], "blanks": blanks, "rules": rules} if rules else None


def _derived(verdict: Decided) -> dict[str, Any]:
    vocabulary = verdict.on.rulebook.vocabulary
    return {path: json_value(value, vocabulary.fact_at(path).kind) for path, value in verdict.derived.items()}


def _duty(d: DueDuty, verdict: Decided) -> dict[str, Any]:
    return {
        "rule": d.key, "who": name(d.duty.who), "what": name(d.duty.what),
        "by": None if d.duty.by is None else name(d.duty.by), "certain": d.certain,
        "lacks": [reason(r, verdict) for r in sorted(d.reasons)],
        "authority": [_cited(c, verdict) for c in d.authority], "standing": standing_key(d.standing),
    }  # fmt: skip


def _cited(c: Citation, verdict: Decided) -> dict[str, Any]:
    return citation(c, verdict.on.rulebook)
