"""Compares the fixpoint, durable-rules and the oracle on generated programs: `python -m chaining.campaign 10000`.

Run it in `tests/`; it prints what it compared, and ends with an error at the first difference, with its seed.
`python -m chaining.campaign memory 5000` chains the same 100 programs over and over, and prints the memory held.
"""

from __future__ import annotations

import resource
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from chaining.maker import Made, made
from chaining.oracle import followed
from safety_rules.engines.forward import Engine, chain
from safety_rules.semantics.chaining.chain import ChainResult

ENGINE: Engine = "durable" if find_spec("durable") else "auto"


def compare(seed: int) -> ChainResult:
    """Return the fixpoint's result, after everything agreed with it."""
    generated = made(seed)
    defined = chain(generated.program, generated.facts, "fixpoint")
    engine = chain(generated.program, generated.facts, ENGINE)
    assert defined.steps == engine.steps, f"seed {seed}: other steps"
    assert defined.facts == engine.facts, f"seed {seed}: other records"
    assert defined.certain == engine.certain, f"seed {seed}: other certain records"
    certain, possible = followed(generated)
    assert certain == contents(defined, True, generated), f"seed {seed}: certain records are not the oracle's"
    assert possible == contents(defined, False, generated), f"seed {seed}: possible records are not the oracle's"
    return defined


def contents(result: ChainResult, certain: bool, generated: Made) -> set[object]:
    given = {f.id for f in generated.facts}
    return {
        (f.relation, frozenset(f.values.items()))
        for f in result.facts.values()
        if f.id not in given and (f.id in result.certain or not certain)
    }


def memory() -> int:
    """Return this process's resident memory in KiB."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmRSS:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(count: int, first: int = 0) -> None:
    """Compare programs, and print figures."""
    before, began = memory(), time.perf_counter()
    steps = derived = certain = 0
    for seed in range(first, first + count):
        result = compare(seed)
        steps += len(result.steps)
        derived += len(result.derived())
        certain += sum(f.id in result.certain for f in result.derived())
        done = seed + 1 - first
        if done % 1000 == 0:
            print(f"{done}: {memory()} KiB", flush=True)
    took = time.perf_counter() - began
    print(f"{count} programs agree: {steps} steps, {derived} derived records, {certain} of them certain")
    print(f"{took:.1f} s; resident memory {before} KiB before, {memory()} KiB after")


def held(runs: int) -> None:
    """Chain the same programs over and over, and print the memory held after each thousand runs."""
    programs = [made(seed) for seed in range(100)]
    for number in range(1, runs + 1):
        generated = programs[number % len(programs)]
        chain(generated.program, generated.facts, ENGINE)
        if number % 1000 == 0:
            print(f"{number} runs: {memory()} KiB", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        held(*(int(a) for a in sys.argv[2:] or ["5000"]))
    else:
        main(*(int(a) for a in sys.argv[1:] or ["500"]))
