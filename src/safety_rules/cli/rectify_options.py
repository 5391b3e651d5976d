"""Options that the verbs of `rectify` share."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import click

from safety_rules.cli.options import OUTPUT, PATH, Day

DAY = Day()
store_option = click.option("--store", type=PATH, required=True, help="The ledger's file, 台账.db.")


def on_option(help: str) -> Callable[[Any], Any]:
    """Return the option `--on`; today by default, since this is where the clock is read."""
    return click.option("--on", "on", type=DAY, default=None, metavar="DAY", help=f"{help}; today by default.")


def workbook_option(help: str) -> Callable[[Any], Any]:
    """Return the option `-o` of a verb that otherwise prints."""
    return click.option("-o", "--output", type=OUTPUT, default=None, help=f"Write a workbook that prints: {help}.")


def written(
    output: Path | None, language: str, write: Callable[[Path], None], endings: tuple[str, ...] = (".xlsx",)
) -> bool:
    """Write a file where one is wanted, and say where it stands; raises UsageError where it is of another kind."""
    from safety_rules.words.catalog import sentence

    if output is None:
        return False
    if output.suffix.lower() not in endings:
        raise click.UsageError(f"`{output}` is no file of {', '.join(endings)}")
    write(output)
    click.echo(sentence("screening.written", language, file=output))
    return True


def free_name(name: str, on: datetime.date) -> Path:
    """Return the name of a workbook in the current folder that is not there yet, for what is too long for a terminal."""
    names = (f"{name}{on:%Y%m%d}{f'-{n}' if n else ''}.xlsx" for n in count())
    return next(path for path in map(Path, names) if not path.exists())


def by_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--by` and `--role`."""
    role = click.option(
        "--role",
        required=True,
        help="expert, enterprise, zone, department, or 专家、企业、园区、部门; it must be that "
        "of the roster, where the ledger has one.",
    )
    return click.option("--by", required=True, help="Who does it: a unit's name.")(role(function))


def day_of(on: datetime.date | None) -> datetime.date:
    """Return the day that was asked for, or today."""
    return on if on is not None else datetime.date.today()
