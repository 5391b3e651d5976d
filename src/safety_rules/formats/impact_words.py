"""The impact of new rules in words, as tables in text or Markdown, and as plain data."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from safety_rules.language.diagnostic import width
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.values import amount as written
from safety_rules.words.values import listed as joined

STATUSES = ("satisfied", "violated", "undetermined", "not_applicable", "not_in_force", "due", "not_due", "unknown")
MOST_ROWS = 12


def ends(pair: tuple[str, str], area: Area, language: str) -> str:
    """Return an outcome, or an open verdict with its outcomes at best and at worst."""
    names = {o.key: o.name.in_(language) for o in area.outcomes}
    best, worst = (names.get(k, k) for k in pair)
    if best == worst:
        return best or sentence("status.not_in_force", language)
    return sentence("impact.open", language, best=best, worst=worst)


def status(text: str, area: Area, language: str) -> str:
    """Return what a rule says, with the outcome that it asks for."""
    word, bracket, asked = text.partition(" (")
    key = word.replace(" ", "_")
    said = sentence(f"status.{key}", language) if key in STATUSES else word
    if not bracket:
        return said
    names = {o.key: o.name.in_(language) for o in area.outcomes} | {"advice": sentence("status.advice", language)}
    key, _, veto = asked.rstrip(")").partition(", ")
    outcome = names.get(key, key)
    if veto:
        outcome = sentence("impact.veto", language, outcome=outcome)
    return sentence("impact.asks", language, status=said, outcome=outcome)


def amount(value: Fraction | None, book: Rulebook, fact: str) -> str:
    """Return an amount with its unit."""
    return "" if value is None else written(value, book.vocabulary.facts[fact].kind)


def change_lines(change: Any, areas: Mapping[str, Area], language: str) -> list[str]:
    """Return the lines of one change of meaning, with its witnesses."""
    key, title = change.item, change.title.in_(language)
    altered = "altered" if change.what == "changed" and key.kind in ("sentence", "cites") else change.what
    kind, what = sentence(f"item.{key.kind}", language), sentence(f"change.{altered}", language)
    lines = [sentence("impact.head", language, kind=kind, area=key.area, key=key.key, title=title, what=what)]
    if change.leads is not None:
        before, after = change.leads
        lines = [sentence("impact.leads", language, kind=kind, key=key.key, what=what, before=before, after=after)]
    for w in change.witnesses:
        area, by = areas[w.item.area], sentence(f"item.{w.item.kind}", language)
        if w.item != key:
            lines.append(sentence("impact.by", language, kind=by, area=w.item.area, key=w.item.key))
        before, after = (status(s, area, language) for s in (w.before, w.after))
        was, now = (ends(pair, area, language) for pair in w.outcomes)
        told = {"effect": sentence(f"effect.{w.effect}", language), "before": before, "after": after}
        lines.append(sentence("impact.witness", language, day=w.on, was=was, now=now, **told))
        lines += [f"    {line}" for line in given_lines(w.given)]
    if not change.witnesses and not change.never_better:
        tried = "impact.tried" if change.tried else "impact.no_witness"
        lines.append(sentence(tried, language, count=change.tried))
    if change.never_better and change.leads is None:
        lines.append(sentence("impact.never_better", language))
    return lines


def given_lines(given: dict[str, Any]) -> list[str]:
    """Return a record as the lines of a case's `given`, in YAML."""
    return [f"{key}: {_yaml(value)}" for key, value in given.items()] or ["{}"]


def _yaml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{" + ", ".join(f"{k}: {_yaml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(_yaml(v) for v in value) + "]"
        case _:
            text = str(value)
            plain = text and not any(c in text for c in ":#[]{},&*!|>'\"%@`") and text.strip() == text
            return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
            "by": w.item.key, "verdict_before": list(w.outcomes[0]), "verdict_after": list(w.outcomes[1]), "effect": w.effect,
        }
        for w in change.witnesses
    ]  # fmt: skip
    key = change.item
    return {
        "area": key.area, "kind": key.kind, "key": key.key, "what": change.what, "tried": change.tried,
        "days": [d.isoformat() for d in change.days], "witnesses": witnesses,
        "leads": None if change.leads is None else list(change.leads), "may_loosen": change.may_loosen,
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
        "leads": [
            {"kind": t.lead.kind, "key": t.lead.key, "leads": [t.before, t.after], "rows": list(t.rows)} for t in found.touched
        ],
    }  # fmt: skip


Row = tuple[str, ...]


def ledger_tables(
    impact: Any, area: Area, book: Rulebook, language: str, clause: Callable[[str, str], str]
) -> list[tuple[str, Row, list[Row]]]:
    """Return the tables of a ledger's impact: title, headings and rows. `clause` gives a clause's sentence."""
    names = {o.key: o.name.in_(language) for o in area.outcomes}
    names |= {"undetermined": sentence("impact.undetermined", language)}
    totals: list[Row] = []
    for key, (before, after) in impact.outcomes.items():
        row: Row = (names.get(key, key), str(before), str(after), f"{after - before:+d}")
        if impact.total:
            was, now = impact.amounts[key]
            row += (amount(was, book, impact.total), amount(now, book, impact.total))
        totals.append(row)
    heads = texts("impact.totals_heads", language)
    fact = ""
    if impact.total:
        fact = book.vocabulary.facts[impact.total].name.in_(language)
        heads += tuple(sentence(key, language, fact=fact) for key in ("impact.old_amount", "impact.new_amount"))
    changed = [
        (
            str(r.number), r.subject, ends(r.before, area, language), ends(r.after, area, language),
            sentence("joint.beside", language).join(_why(w, area, language, clause) for w in r.why),
            *([amount(r.amount, book, impact.total)] if impact.total else []),
        )
        for r in impact.changed
    ]  # fmt: skip
    listed = texts("impact.changed_heads", language)
    listed += (fact,) if impact.total else ()
    return [
        (sentence("impact.totals", language), heads, totals),
        (sentence("impact.changed", language), listed, changed),
        (sentence("impact.touched", language), texts("impact.touched_heads", language), touched_rows(impact, language)),
    ]


def touched_rows(impact: Any, language: str) -> list[Row]:
    """Return a row for each thing that leads elsewhere and touches a record: what it is, from where to where, and which."""
    return [
        (sentence(f"item.{t.lead.kind}", language), t.lead.key, t.before, t.after, _numbers(t.rows, language))
        for t in impact.touched
        if t.rows
    ]


def _numbers(rows: Sequence[int], language: str) -> str:
    shown = joined((str(n) for n in rows[:MOST_ROWS]), language)
    return shown if len(rows) <= MOST_ROWS else sentence("impact.more_rows", language, rows=shown, count=len(rows))


def _why(why: Any, area: Area, language: str, clause: Callable[[str, str], str]) -> str:
    on = joined((clause(why.rule, c) for c in why.clauses), language)
    before, after = (status(s, area, language) for s in (why.before, why.after))
    told = {"title": why.title.in_(language), "rule": why.rule, "before": before, "after": after}
    if not on:
        return sentence("impact.why", language, **told)
    return sentence("impact.why_clauses", language, clauses=on, **told)


def text_table(heads: Row, rows: Iterable[Row]) -> list[str]:
    """Return a table as lines, its columns parted by two blanks, full-width characters counted as two."""
    all_rows = [heads, *rows]
    widths = [max(_width(r[i]) for r in all_rows) for i in range(len(heads))]
    return ["  ".join(c + " " * (w - _width(c)) for c, w in zip(r, widths, strict=True)).rstrip() for r in all_rows]


def _width(text: str) -> int:
    return sum(map(width, text))


def markdown_table(heads: Row, rows: Iterable[Row]) -> list[str]:
    """Return a table in Markdown."""
    return ["| " + " | ".join(_cell(c) for c in r) + " |" for r in (heads, ("---",) * len(heads), *rows)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ") or " "
