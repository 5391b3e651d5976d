"""How each rule of a law is read when a record is decided, and why not faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from safety_rules.engines.compiled.apart import apart
from safety_rules.language.law import is_sure
from safety_rules.language.rule import Derivation, Rule
from safety_rules.semantics.checking.format import formatted
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class Reading:
    """How a rule is read: on plain data (`fast`), as long as its lists are empty (`fast if empty`), or `exact`.

    `why` names what is in the way of a faster reading: the part of a condition, the lists, or the standing.
    """

    rule: str
    how: Literal["fast", "fast if empty", "exact"]
    why: str = ""


def readings(law: AreaOn) -> tuple[Reading, ...]:
    """Return the reading of each rule of a law, in its order."""
    holders: tuple[Rule | Derivation, ...] = (*law.rules, *law.derivations.values())
    unsure = [h.key for h in holders if not is_sure(h, law)]
    if unsure:
        why = f"`{unsure[0]}` is not sure enough for what is required"
        return tuple(Reading(r.key, "exact", why) for r in law.rules)
    left, book = apart(law), law.rulebook
    found = []
    for rule in law.rules:
        part, lists = left.why.get(rule.key), left.lists.empty.get(rule.key)
        if part is not None:
            said = (
                part if isinstance(part, str) else formatted(part, book.vocabulary, book.parameters, "en", book.tables)
            )
            found.append(Reading(rule.key, "exact", said))
        elif lists:
            found.append(Reading(rule.key, "fast if empty", ", ".join(sorted(lists))))
        else:
            found.append(Reading(rule.key, "fast"))
    return tuple(found)
