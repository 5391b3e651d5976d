"""The most memory that one side holds, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import sys
from importlib import import_module
import_module(sys.argv[1]).main_for_peak(*sys.argv[2:])
status = open("/proc/self/status").read()  # getrusage would count what the parent held before this process began
print(int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""
HERE = Path(__file__).resolve().parents[2]


def peak_of(side: str, source: Path, target: Path, module: str = "benchmarks.tables.w2") -> float | None:
    """Return the peak of a side's process in MiB; None where it failed."""
    command = [sys.executable, "-c", CODE, module, side, str(source), str(target)]
    run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    return float(run.stdout.split()[-1]) if run.returncode == 0 else None
