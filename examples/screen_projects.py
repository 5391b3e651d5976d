"""A screening script: who is refused, on what, and what the others still owe. Run it beside `项目台账.xlsx`."""

from __future__ import annotations

import sys
from pathlib import Path

import safety_rules as sr
from safety_rules.services.screening import screen


def main(ledger: Path) -> None:
    """Print a line for each project that is not admitted."""
    admission = sr.load().area("admission").on("2020-10-01")
    for row in screen(ledger, admission).rows:
        verdict = row.verdict
        if verdict is None or verdict.outcome == "admitted":
            continue
        rules = "；".join(verdict.finding(key).rule.title.zh for key in verdict.violated())
        missing = "、".join(reason.name for reason in verdict.needs.smallest)
        print(f"第{row.row.number}行 {verdict.subject} {verdict.outcome_name.zh} {rules or '尚缺：' + missing}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("项目台账.xlsx"))
