"""Whether a changed rule can make a verdict better, asked of z3: a record that shows it, a proof, or no answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from safety_rules.language.invariant import Invariant, StricterThanBase
from safety_rules.language.kinds import Name, Records
from safety_rules.language.record import Record
from safety_rules.semantics.decide import AreaOn
from safety_rules.services.impact.edges import Pair, focused, written
from safety_rules.services.impact.meaning import Item
from safety_rules.services.impact.witness import Witness, witness_of

MOST_ITEMS = 2
SECONDS = 5.0
CLAIM = Invariant("", Name("", ""), StricterThanBase())


def better_by_z3(pair: Pair) -> Witness | bool:
    """Return a record that comes out better by the definition, or whether it is proved that none does."""
    from safety_rules.engines.smt.solver import Found
    from safety_rules.engines.smt.unsupported import NotLowered
    from safety_rules.services.proving.statements import of_strictness

    with suppress(NotLowered):
        laws = _alone(pair.before, pair.old), _alone(pair.after, pair.new)
        stated = of_strictness(laws, CLAIM, MOST_ITEMS, SECONDS)
        found, records = stated.asking.ask(*stated.broken)
        if found is Found.NOTHING:
            return True
        if found is Found.RECORD:
            shown = witness_of(pair, _as_data(records[0], pair.new))
            if shown is not None and shown.effect == "better":
                return shown
    return False


def _alone(item: Item | None, law: AreaOn) -> AreaOn:
    """Return a law that holds a rule alone, where it is in force."""
    if item is None or not item.in_force.holds(law.as_of):
        return replace(law, rules=())
    rule, alone = focused(item, law)
    return replace(alone, rules=tuple(r for r in law.rules if r.key == rule.key))


def _as_data(record: Record, law: AreaOn) -> dict[str, Any]:
    """Return a record as people write it, without numbers that no decimal writes."""
    facts = law.rulebook.vocabulary.facts

    def data(key: str, value: Any) -> Any:
        if isinstance(value, tuple) and isinstance(facts[key].kind, Records):
            return [{k: data(f"{key}.{k}", v) for k, v in item.items()} for item in value]
        return written(value, facts[key])

    return {k: v for k, v in ((k, data(k, v)) for k, v in record.values.items()) if v is not None}
