"""Exact, explained safety rules: load a rulebook, decide records, say why.

import safety_rules as sr

admission = sr.load().area("admission").on("2020-10-01")
verdict = admission.decide({"project": {"site": "land"}})
print(verdict.explain("zh"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from safety_rules.version import VERSION as __version__

if TYPE_CHECKING:
    from safety_rules.face import AreaRules, Rules, load
    from safety_rules.language.errors import (
        LedgerError,
        NotFoundError,
        RecordError,
        RuleFileError,
        SafetyRulesError,
    )
    from safety_rules.language.rule import Waiver
    from safety_rules.language.source import Standing
    from safety_rules.language.truth import Truth
    from safety_rules.language.verdict import Finding, Gap, Status
    from safety_rules.semantics.verdict.verdict import Verdict
    from safety_rules.services.chaining.deciding import AreaWithHistory, with_history
    from safety_rules.services.dated_area import DatedArea
    from safety_rules.words.diagnostic import Diagnostic

_HOMES = {
    "AreaRules": "face",
    "AreaWithHistory": "services.chaining.deciding",
    "DatedArea": "services.dated_area",
    "Diagnostic": "words.diagnostic",
    "Finding": "language.verdict",
    "Gap": "language.verdict",
    "LedgerError": "language.errors",
    "NotFoundError": "language.errors",
    "RecordError": "language.errors",
    "RuleFileError": "language.errors",
    "Rules": "face",
    "SafetyRulesError": "language.errors",
    "Standing": "language.source",
    "Status": "language.verdict",
    "Truth": "language.truth",
    "Verdict": "semantics.verdict.verdict",
    "Waiver": "language.rule",
    "load": "face",
    "with_history": "services.chaining.deciding",
}

__all__ = [
    "AreaRules", "AreaWithHistory", "DatedArea", "Diagnostic", "Finding", "Gap", "LedgerError", "NotFoundError",
    "RecordError", "RuleFileError", "Rules", "SafetyRulesError", "Standing", "Status", "Truth", "Verdict", "Waiver",
    "__version__", "load", "with_history",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing the package costs little."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"safety_rules.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
