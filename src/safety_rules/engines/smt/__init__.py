"""Laws as formulas that z3 decides: what holds on every record, or a record on which it does not.

z3 is imported with this package and not before; extra `prove`. Only `services/proving` and the face
import it, when they are asked for a proof.
"""

from __future__ import annotations

from safety_rules.language.errors import SafetyRulesError

try:
    import z3 as _z3  # noqa: F401
except ImportError as _missing:
    raise SafetyRulesError(
        "z3 is missing, which this needs; install the extra `prove`: pip install 'safety-rules[prove]'"
    ) from _missing
