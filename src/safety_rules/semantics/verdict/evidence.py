"""The evidence of a finding: the given facts that a rule reads, with their values."""

from __future__ import annotations

from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.language.verdict import Evidence, Finding, Status
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import facts_of


def evidence(on: AreaOn, record: Record, found: Finding) -> Evidence:
    """Return a finding's evidence on a record."""
    keys = facts_read(found.rule, on)
    failed = found.failed if found.status is Status.VIOLATED else ()
    return Evidence(found.rule, found.status, failed, {k: record.values[k] for k in keys if k in record.values})


def facts_read(rule: Rule, on: AreaOn) -> tuple[str, ...]:
    """Return the given facts that a rule reads, also by way of derived ones, in reading order; lists as a whole."""
    return facts_of((c.that for c in (*rule.applies_when, *rule.requires)), on.derivations)
