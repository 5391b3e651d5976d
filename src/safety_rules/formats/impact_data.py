"""The impact of new rules as plain data, and in one line."""

from __future__ import annotations

import datetime
from typing import Any

from safety_rules.words.catalog import sentence


def meaning_summary(changes: int, compared: int, days: int, language: str) -> str:
    """Return what came of comparing two rulebooks, in one line."""
    if not changes:
        return sentence("impact.same", language, count=compared, days=days)
    return sentence("impact.different", language, count=compared, days=days, changes=changes)


def change_data(change: Any) -> dict[str, Any]:
    """Return a change as plain data."""
    witnesses = [
        {
            "on": w.on.isoformat(), "given": w.given, "before": w.before, "after": w.after,
            "verdict_before": list(w.outcomes[0]), "verdict_after": list(w.outcomes[1]), "effect": w.effect,
        }
        for w in change.witnesses
    ]  # fmt: skip
    key = change.item
    return {
        "area": key.area, "kind": key.kind, "key": key.key, "what": change.what, "tried": change.tried,
        "days": [d.isoformat() for d in change.days], "witnesses": witnesses,
    }  # fmt: skip


def row_summary(found: Any, on: datetime.date, language: str) -> str:
    """Return what came of deciding a ledger twice, in one line."""
    unread = sentence("impact.unread", language, count=len(found.unread)) if found.unread else ""
    blanks = found.without_amount if found.total else 0
    blank = sentence("impact.no_amount", language, count=blanks) if blanks else ""
    told = {"ledger": found.name, "day": on, "count": found.rows, "changed": len(found.changed)}
    return sentence("impact.rows", language, unread=unread, blank=blank, **told)


def ledger_data(found: Any) -> dict[str, Any]:
    """Return a ledger's impact as plain data; amounts are exact decimals or fractions, as text."""
    rows = [
        {
            "row": r.number, "subject": r.subject, "before": list(r.before), "after": list(r.after),
            "amount": None if r.amount is None else str(r.amount),
            "why": [
                {"rule": w.rule, "before": w.before, "after": w.after, "clauses": list(w.clauses)} for w in r.why
            ],
        }
        for r in found.changed
    ]  # fmt: skip
    amounts = {k: {"before": str(b), "after": str(a)} for k, (b, a) in found.amounts.items()}
    counts = {k: {"before": b, "after": a} for k, (b, a) in found.outcomes.items()}
    return {
        "ledger": found.name, "rows": found.rows, "not_screened": list(found.unread), "changed": rows,
        "outcomes": counts, "total": found.total, "amounts": amounts, "without_amount": found.without_amount,
    }  # fmt: skip
