"""What `check` and `test` share: which findings count, which are known, and the baseline written."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.options import calendar_day
from safety_rules.formats.report import Problem, Suppressed

if TYPE_CHECKING:
    from safety_rules.language.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Accepting:
    """What the options say of known findings."""

    old: Path | None
    write: bool
    waivers: Path | None
    day: str | None


def accepted(
    problems: Sequence[Problem], book: Rulebook, folder: str, accepting: Accepting
) -> tuple[list[Problem], list[Suppressed]]:
    """Return the findings that count, and those that do not; with `--write-baseline` the file is written first."""
    from safety_rules.cli.reporting import put_text
    from safety_rules.services.acceptance import baseline, baseline_text, settled
    from safety_rules.services.lint.findings import veto_files
    from safety_rules.services.lint.waivers import lint_waivers

    vetoes, waivers = veto_files(book), lint_waivers(accepting.waivers) if accepting.waivers is not None else ()
    on = calendar_day(accepting.day) or datetime.date.today()
    if accepting.write:
        if accepting.old is None:
            raise click.UsageError("`--write-baseline` writes to the file that `--baseline` names")
        counted, _ = settled(problems, folder, vetoes, Counter(), waivers, on)
        put_text(baseline_text(counted, folder, vetoes).rstrip("\n"), accepting.old)
    marks = baseline(accepting.old) if accepting.old is not None else Counter()
    return settled(problems, folder, vetoes, marks, waivers, on)
