"""Rules that say the same of the same things: alike but for a number, or altogether."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from safety_rules.language.rule import Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Period
from safety_rules.semantics.canonical import conjunction_form
from safety_rules.words.diagnostic import Diagnostic


def near_duplicates(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield each rule that is in force together with an earlier one of its area, and differs from it in numbers only."""
    for area in book.areas.values():
        first: dict[Any, list[Rule]] = {}
        for rule in area.rules:
            whole = _form(rule)
            for other in first.setdefault(_unnumbered(whole), []):
                if not _together(rule.in_force, other.in_force) or rule.at is None:
                    continue
                key = "near-duplicate.same" if _form(other) == whole else "near-duplicate.number"
                yield Diagnostic.doubt(key, rule.at, rule=rule.key, other=other.key)
                break
            first[_unnumbered(whole)].append(rule)


def _form(rule: Rule) -> Any:
    return (conjunction_form(c.that for c in rule.applies_when), conjunction_form(c.that for c in rule.requires))


def _unnumbered(form: Any) -> Any:
    """Return a form with every number and figure taken out."""
    if not isinstance(form, tuple):
        return form
    if form[:1] == ("parameter",) or (form[:1] == ("literal",) and not isinstance(form[1], str | bool | tuple)):
        return ("number",)
    return tuple(_unnumbered(f) for f in form)


def _together(one: Period, other: Period) -> bool:
    since = max(one.since or datetime.date.min, other.since or datetime.date.min)
    return since <= min(one.until or datetime.date.max, other.until or datetime.date.max)
