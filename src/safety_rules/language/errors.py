"""Everything this library raises.

SafetyRulesError
├── RuleFileError        the rule files hold errors; `.diagnostics` has all of them
├── NotFoundError        an area, rule, fact or language that does not exist
├── LedgerError          a ledger that cannot be read or written as a whole
├── ChainEngineError     chaining came to no complete result; `.stratum` says where
├── ReceiptError         a verdict as data that cannot be replayed; `.certain` is what it says all the same
└── RecordError          data that is no record at all (a list in place of a mapping)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safety_rules.words.diagnostic import Diagnostic


class SafetyRulesError(Exception):
    """The root of every error that this library raises on purpose."""


class RuleFileError(SafetyRulesError):
    """The rule files hold errors, so there is no rulebook."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        first = self.diagnostics[0].line() if self.diagnostics else "no rules"
        more = len(self.diagnostics) - 1
        super().__init__(first + (f" (and {more} more)" if more > 0 else ""))


class NotFoundError(SafetyRulesError):
    """Something was asked for by a name that nothing has."""


class LedgerError(SafetyRulesError):
    """A ledger cannot be read or written as a whole."""


class RecordError(SafetyRulesError):
    """What was given as a record is not one."""


class ChainEngineError(SafetyRulesError):
    """Chaining came to no complete result, so there is none; `stratum` is where it stopped (1 is the first)."""

    def __init__(self, stratum: int, rules: Sequence[str], message: str) -> None:
        self.stratum = stratum
        super().__init__(f"chaining stopped in stratum {stratum} ({', '.join(rules)}): {message}")


class ReceiptError(SafetyRulesError):
    """A verdict as data that is none, or of a newer schema; `certain` is what it says all the same."""

    def __init__(self, message: str, certain: Mapping[str, str] | None = None) -> None:
        self.certain = dict(certain or {})
        super().__init__(message)
