"""A check in CI: refuse a rules folder that does not load, whose cases fail, or that leaves a clause untried."""

from __future__ import annotations

import sys
from pathlib import Path

import safety_rules as sr
from safety_rules.services.cases import run_cases
from safety_rules.services.coverage import untried


def main(rules: Path | None) -> int:
    """Return 0 when the rules may land."""
    try:
        book = sr.load(rules).rulebook
    except sr.RuleFileError as error:
        for diagnostic in error.diagnostics:
            print(diagnostic.text())
        return 3
    failed = [r for r in run_cases(book) if not r.passed]
    for result in failed:
        print(f"{result.at.place}: {result.case}: {'; '.join(result.failures)}")
    left = list(untried(book))
    for one in left:
        print(one.text())
    return 4 if failed or left else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
