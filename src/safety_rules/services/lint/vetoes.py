"""Figures and law of an overlay that weaken what a veto reads: a veto that is emptied is one that is switched off."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from safety_rules.language.diagnostic import Span
from safety_rules.language.rule import Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.semantics.reads import parameters_of, walk_through
from safety_rules.services.impact.compare import compared
from safety_rules.services.impact.meaning import ItemKey
from safety_rules.words.diagnostic import Diagnostic

MOST = 200


def veto_figures(
    base: Rulebook, book: Rulebook, area: str | None = None, day: datetime.date | None = None
) -> Iterator[Diagnostic]:
    """Yield, as an error, each veto of the rules that an overlay may make milder, unless it is stricter for every record."""
    vetoes = {
        ItemKey(a.key, "rule", r.key): r
        for a in base.areas.values()
        for r in a.rules
        if r.otherwise.veto and area in (None, a.key)
    }
    for change in compared(base, book, area, day, most=MOST, of=frozenset(vetoes)).changes:
        at = _figure(vetoes[change.item], book, change.item.area) or change.at
        if not change.may_loosen or at is None:
            continue
        shown = next((w for w in change.witnesses if w.effect == "better"), None)
        if shown is None:
            yield Diagnostic.of("veto-figure.unshown", at, rule=change.item.key)
        else:
            given = "; ".join(f"{k}: {v}" for k, v in shown.given.items())
            yield Diagnostic.of("veto-figure.shown", at, rule=change.item.key, day=shown.on, given=given)


def _figure(rule: Rule, book: Rulebook, area: str) -> Span | None:
    """Return where the overlay derives a fact, or gives a figure, that a rule reads."""
    changed = {(c.what, c.key) for c in book.changes}
    derived = {d.fact: d for d in book.areas[area].derivations}
    asked = [c.that for c in (*rule.applies_when, *rule.requires)]
    facts = (derived.get(getattr(n, "key", "")) for e in asked for n in walk_through(e, derived, set()))
    refs = (p.key for e in asked for p in parameters_of(e, derived))
    places = [d.at for d in facts if d is not None and ("derivation", d.key) in changed]
    places += [e.at for k in refs if ("parameter", k) in changed for e in book.parameters[k].entries]
    return next((at for at in places if at is not None), None)
