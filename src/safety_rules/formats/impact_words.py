"""The impact of new rules in words: outcomes, what a rule says, and changes of meaning with their witnesses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from safety_rules.language.kinds import Number
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.words.catalog import sentence
from safety_rules.words.values import decimal

STATUSES = ("satisfied", "violated", "undetermined", "not_applicable", "not_in_force", "due", "not_due", "unknown")


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
    kind = book.vocabulary.facts[fact].kind
    unit = kind.unit.symbol if isinstance(kind, Number) else ""
    return "" if value is None else f"{decimal(value)} {unit}".strip()


def change_lines(change: Any, area: Area | None, language: str) -> list[str]:
    """Return the lines of one change of meaning, with its witnesses."""
    key, title = change.item, change.title.in_(language)
    kind, what = sentence(f"item.{key.kind}", language), sentence(f"change.{change.what}", language)
    lines = [sentence("impact.head", language, kind=kind, area=key.area, key=key.key, title=title, what=what)]
    for w in change.witnesses:
        assert area is not None
        before, after = (status(s, area, language) for s in (w.before, w.after))
        was, now = (ends(pair, area, language) for pair in w.outcomes)
        told = {"effect": sentence(f"effect.{w.effect}", language), "before": before, "after": after}
        lines.append(sentence("impact.witness", language, day=w.on, was=was, now=now, **told))
        lines += [f"    {line}" for line in given_lines(w.given)]
    if not change.witnesses:
        unsought = key.kind in ("chain", "area", "units")
        tried = "impact.no_witness" if unsought else "impact.tried"
        lines.append(sentence(tried, language, count=change.tried))
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
