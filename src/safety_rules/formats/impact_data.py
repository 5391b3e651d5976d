"""The impact of new rules as plain data, and in one line."""

from __future__ import annotations

import datetime
from typing import Any


def meaning_summary(changes: int, compared: int, days: int, language: str) -> str:
    """Return what came of comparing two rulebooks, in one line."""
    if not changes and language == "zh":
        return f"比对 {compared} 项、{days} 个日期：含义全部相同（规范形式逐项相等，即为证明）"
    if not changes:
        return f"{compared} items on {days} days: nothing means anything else (proved: their canonical forms are equal)"
    if language == "zh":
        return f"比对 {compared} 项、{days} 个日期：{changes} 项含义不同"
    return f"{compared} items on {days} days: {changes} mean something else"


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
    changed, rows = len(found.changed), found.rows
    if language == "zh":
        text = f"{found.name}　审查日 {on}　共 {rows} 行，{changed} 行结论改变"
        text += f"，{len(found.unread)} 行无法审查" if found.unread else ""
        return text + (f"，{found.without_amount} 行未填合计金额" if found.total and found.without_amount else "")
    text = f"{found.name}, as of {on}: {rows} rows, the verdict of {changed} changes"
    text += f", {len(found.unread)} could not be screened" if found.unread else ""
    return text + (f", {found.without_amount} give no amount" if found.total and found.without_amount else "")


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
