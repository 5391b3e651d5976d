"""A longer run of the fuzzer, a command of its own: every failing input is written down with its traceback.

    PYTHONPATH=src:tests python tests/trust/fuzz_campaign.py --seconds 300 --seed 2
    PYTHONPATH=src:tests python tests/trust/fuzz_campaign.py --seconds 300 --atheris rules

With `--atheris TARGET` (pip install atheris) coverage guides the inputs.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path

from trust.fuzzing import MEGABYTES, TARGETS, corpus, inputs, peak_megabytes, tried


def generated(seconds: float, seed: int, found: Path) -> int:
    """Try every target in turn until the time is over; return how many inputs failed."""
    start, count, failures, slowest = time.monotonic(), 0, 0, ("", 0.0)
    streams = {name: inputs(name, seed) for name in TARGETS}
    for name in TARGETS:
        TARGETS[name](b"")
    before = peak_megabytes()
    while time.monotonic() - start < seconds:
        for name, stream in streams.items():
            data = next(stream)
            count += 1
            try:
                took = tried(name, data)
                slowest = max(slowest, (name, took), key=lambda s: s[1])
            except Exception:
                failures += 1
                found.mkdir(parents=True, exist_ok=True)
                (found / f"{name}-{failures}.bin").write_bytes(data)
                (found / f"{name}-{failures}.txt").write_text(traceback.format_exc(), "utf-8")
    grown = peak_megabytes() - before
    print(f"{count} inputs, {failures} failures, slowest {slowest[0]} {slowest[1]:.2f} s, {grown:.0f} MB more at most")
    return failures + (grown > MEGABYTES)


def guided(name: str, seconds: int) -> None:
    """Let coverage guide the inputs of one target; ends the process."""
    import atheris

    folder = Path("fuzz-corpus") / name
    folder.mkdir(parents=True, exist_ok=True)
    for i, data in enumerate(corpus(name)):
        (folder / f"seed-{i}").write_bytes(data)
    atheris.instrument_all()
    limits = [f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=2000", "-max_len=4096"]
    atheris.Setup([sys.argv[0], *limits, str(folder)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=300)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--found", type=Path, default=Path("fuzz-found"))
    options.add_argument("--atheris", choices=sorted(TARGETS), default=None)
    asked = options.parse_args()
    if asked.atheris is not None:
        guided(asked.atheris, asked.seconds)
    sys.exit(1 if generated(asked.seconds, asked.seed, asked.found) else 0)
