"""A disk that is full, for a process of its own: no file of its may grow beyond a size."""

from __future__ import annotations

LIMITED = """
import resource, sys
sys.dont_write_bytecode = True  # else what Python compiles is cut off too, and stays so for the next process
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
"""


def on_a_full_disk(script: str, size: int = 9_000) -> str:
    """Return a script whose files end at so many bytes."""
    return LIMITED.format(size=size) + script
