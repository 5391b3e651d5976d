"""How far a query is, told while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

EVERY = 0.2


@contextmanager
def watched(con: Any, progress: Callable[[float], None] | None) -> Iterator[None]:
    """Call `progress` with a share between 0 and 1 several times a second while the block runs."""
    if progress is None:
        yield
        return
    con.execute("SET enable_progress_bar = true")
    con.execute("SET enable_progress_bar_print = false")
    done = threading.Event()

    def watch() -> None:
        while not done.wait(EVERY):
            progress(min(1.0, max(0.0, con.query_progress() / 100)))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    progress(1.0)


def told(progress: Callable[[float], None] | None) -> Callable[[float], None]:
    """Return a function that tells a share, kept between 0 and 1, to whoever asked for it."""

    def tell(share: float) -> None:
        if progress is not None:
            progress(min(1.0, max(0.0, share)))

    return tell
