"""For rule authors' own tests: records of any area, properties of rules, and a pytest plugin.

`records` and `values` are hypothesis strategies: at and beside every edge, with blanks, in every unit.
`rule_property` makes a test of a check; the checks by name are `monotone_in`, `independent_of`,
`invariant_under` and `never_better_than`. The plugin is `safety_rules.testing.plugin`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safety_rules.testing.checks import independent_of, invariant_under, monotone_in, never_better_than
    from safety_rules.testing.properties import Example, RuleProperty, rule_property
    from safety_rules.testing.sampling import random_record, random_records
    from safety_rules.testing.strategies import records, values

_HOMES = {
    "Example": "properties", "RuleProperty": "properties", "independent_of": "checks", "invariant_under": "checks",
    "monotone_in": "checks", "never_better_than": "checks", "random_record": "sampling", "random_records": "sampling",
    "records": "strategies", "rule_property": "properties", "values": "strategies",
}  # fmt: skip

__all__ = [
    "Example", "RuleProperty", "independent_of", "invariant_under", "monotone_in", "never_better_than",
    "random_record", "random_records", "records", "rule_property", "values",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: pytest loads the plugin of this package in every run."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"safety_rules.testing.{_HOMES[name]}"), name)
