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
    from safety_rules.engines.columnar.result import TableDecision
    from safety_rules.face import AreaRules, LiveRules, Rules, live, load
    from safety_rules.formats.verdict_model import VerdictModel
    from safety_rules.language.diagnostic import Severity
    from safety_rules.language.errors import (
        ChainEngineError,
        LedgerError,
        NotFoundError,
        ReceiptError,
        RecordError,
        RuleFileError,
        SafetyRulesError,
    )
    from safety_rules.language.record import Absence, Problem, Record
    from safety_rules.language.rule import Waiver
    from safety_rules.language.source import Standing
    from safety_rules.language.truth import Truth
    from safety_rules.language.verdict import ClauseResult, DueDuty, Evidence, Finding, Gap, Needs, Reason, Status
    from safety_rules.semantics.verdict.verdict import Verdict
    from safety_rules.services.chaining.deciding import AreaWithHistory, with_history
    from safety_rules.services.chaining.from_ledger import AreaWithLedger
    from safety_rules.services.dated_area import DatedArea
    from safety_rules.services.decisions.log import DecisionLog, ReplayedDecision
    from safety_rules.services.replay import Replay, replay
    from safety_rules.words.diagnostic import Diagnostic

_HOMES = {
    "Absence": "language.record",
    "AreaRules": "face",
    "AreaWithHistory": "services.chaining.deciding",
    "AreaWithLedger": "services.chaining.from_ledger",
    "ChainEngineError": "language.errors",
    "ClauseResult": "language.verdict",
    "DatedArea": "services.dated_area",
    "DecisionLog": "services.decisions.log",
    "Diagnostic": "words.diagnostic",
    "DueDuty": "language.verdict",
    "Evidence": "language.verdict",
    "Finding": "language.verdict",
    "Gap": "language.verdict",
    "LedgerError": "language.errors",
    "LiveRules": "face",
    "Needs": "language.verdict",
    "NotFoundError": "language.errors",
    "Problem": "language.record",
    "Reason": "language.verdict",
    "ReceiptError": "language.errors",
    "Record": "language.record",
    "RecordError": "language.errors",
    "Replay": "services.replay",
    "ReplayedDecision": "services.decisions.log",
    "RuleFileError": "language.errors",
    "Rules": "face",
    "SafetyRulesError": "language.errors",
    "Severity": "language.diagnostic",
    "Standing": "language.source",
    "Status": "language.verdict",
    "TableDecision": "engines.columnar.result",
    "Truth": "language.truth",
    "Verdict": "semantics.verdict.verdict",
    "VerdictModel": "formats.verdict_model",
    "Waiver": "language.rule",
    "live": "face",
    "load": "face",
    "replay": "services.replay",
    "with_history": "services.chaining.deciding",
}

__all__ = [
    "Absence", "AreaRules", "AreaWithHistory", "AreaWithLedger", "ChainEngineError", "ClauseResult", "DatedArea",
    "DecisionLog", "Diagnostic", "DueDuty", "Evidence", "Finding", "Gap", "LedgerError", "LiveRules", "Needs",
    "NotFoundError", "Problem", "Reason", "ReceiptError", "Record", "RecordError", "Replay", "ReplayedDecision",
    "RuleFileError", "Rules", "SafetyRulesError", "Severity", "Standing", "Status", "TableDecision", "Truth", "Verdict",
    "VerdictModel", "Waiver", "__version__", "live", "load", "replay", "with_history",
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
