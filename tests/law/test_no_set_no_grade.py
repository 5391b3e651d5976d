"""What no criteria in force hold is never graded for certain: drawn dangers against the coverage that the clauses give.

`SAFETY_RULES_EFFORT=300` tries some hundred thousand.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import safety_rules as sr
from effort import effort
from law.coverage import CLASSES, SCOPES, TRADES, covers
from safety_rules.language.kinds import Boolean, Choice, Choices, Number
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import facts_of

DAYS = (
    "2020-01-01", "2022-04-18", "2022-04-19", "2023-05-14", "2023-05-15", "2023-09-20", "2023-09-21", "2024-11-30",
    "2024-12-01", "2024-12-12", "2024-12-13", "2025-10-31", "2025-11-01", "2026-09-30", "2026-12-31",
)  # fmt: skip
SEED = int(os.environ.get("SAFETY_RULES_SEED", "2026"))
PLAIN = {"needs_shutdown": False, "needs_time": False, "is_beyond_own_power": False}


def asked(law: AreaOn, matters: set[str]) -> dict[str, tuple[str, ...]]:
    """Return the facts that the rules about each matter read: to draw data for, never an answer."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in law.rules:
        read = facts_of([c.that for c in (*rule.applies_when, *rule.requires)], law.derivations)
        for matter in matters & set(re.findall("'([a-z0-9_]+)'", str(rule.applies_when))):
            found[matter] = (*found.get(matter, ()), *read)
    return found


def drawn(chance: Random, keys: tuple[str, ...], sure: float) -> Iterator[tuple[str, Any]]:
    facts = sr.load().rulebook.vocabulary.facts
    for key in dict.fromkeys((*keys, *(f"danger.{s}" for s in SCOPES))):
        match facts[key].kind:
            case Boolean():
                yield key, chance.random() < sure
            case Choice(choices):
                yield key, chance.choice(choices.options).key
            case Choices(choices):
                yield key, [chance.choice(choices.options).key]
            case Number():
                yield key, chance.choice((3, 9, 10))


def test_what_no_criteria_in_force_hold_is_asked_and_never_graded() -> None:
    chance, rules, general = Random(SEED), sr.load(), 0
    matters = [o.key for o in rules.rulebook.vocabulary.choices["danger_matter"].options]
    for day in chance.sample(DAYS, min(len(DAYS), effort(2))):
        on = rules.area("hidden_danger").on(day)
        reads = asked(on.law, set(matters))
        for _ in range(effort(250)):
            matter, kind = chance.choice(matters), chance.choice((*CLASSES, "trade_industry"))
            given = dict(drawn(chance, reads.get(matter, ()), chance.choice((0.5, 0.9, 1.0))))
            danger = {k.removeprefix("danger."): v for k, v in given.items() if k.startswith("danger.")}
            own = next((t for t in TRADES if matter.startswith(t)), "machinery")
            danger |= {**PLAIN, "matters": [matter], "trade": chance.choice((own, own, "commerce"))}
            came = on.decide({"enterprise": {"supervision_class": kind}, "danger": danger}).outcome
            held = covers(matter, day, kind, danger["trade"], danger)
            if not held:
                assert came == "undetermined", (SEED, day, kind, danger)
            general += came == "general"
    assert general > 20
