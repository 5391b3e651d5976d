"""A process that records events and says so after each: `writer.py STORE NAME COUNT`."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

from safety_rules.services.rectification.life import Event
from safety_rules.services.rectification.recording import record
from safety_rules.services.rectification.table import lifecycle


def main(store: Path, name: str, count: int) -> None:
    """Escalate the danger YH-1 again and again, each time under a name of its own."""
    on = datetime.date(2020, 9, 3)
    for number in range(count):
        record(store, lifecycle(), Event("YH-1", "escalate", f"{name}{number}", "department", on), on)
        print(f"{name}{number}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
