"""Forward chaining: the definition's fixpoint, or durable-rules where it imports; both come to the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from safety_rules.engines.forward.plan import Unsupported
from safety_rules.language.chain import ChainFact
from safety_rules.language.errors import NotFoundError
from safety_rules.semantics.chaining.chain import ChainProgram, ChainResult, Closure, chained, fixpoint

Engine = Literal["auto", "fixpoint", "durable"]


def chain(program: ChainProgram, facts: Iterable[ChainFact], engine: Engine = "auto") -> ChainResult:
    """Return what follows from given records; the result names the engine that worked it out.

    `auto` takes durable-rules where it imports and the program is within its limits, else the fixpoint.
    Raises ChainEngineError, naming the stratum, where there is no complete result.
    """
    if engine not in ("auto", "fixpoint", "durable"):
        raise NotFoundError(f"there is no chaining engine `{engine}`: auto, fixpoint or durable")
    given = list(facts)
    if engine == "fixpoint":
        return chained(program, given, fixpoint, "fixpoint")
    try:
        return chained(program, given, _durable(), "durable")
    except ImportError as missing:
        if engine == "durable":
            raise NotFoundError(
                "durable-rules does not import here; install `safety-rules[durable]` (Python 3.12 or older, and a C compiler)"
            ) from missing
    except Unsupported:
        if engine == "durable":
            raise
    return chained(program, given, fixpoint, "fixpoint")


def _durable() -> Closure:
    """Return the closure by durable-rules; raises ImportError where it does not import."""
    from safety_rules.engines.forward.durable import closure

    return closure
