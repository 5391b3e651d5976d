"""One area's law on a day as generated Python functions: the same answers as the definition, sooner.

`exact` works on admitted records, three-valued, in rational numbers. `fast` works on plain nested
data that is complete and canonical, in floats where the margin is wider than any rounding error; it
declines everything else, which then goes through admission and `exact`.
"""

from __future__ import annotations

from safety_rules.engines.compiled.area import CompiledArea, compiled
from safety_rules.engines.compiled.fast import fast

__all__ = ["CompiledArea", "compiled", "fast"]
