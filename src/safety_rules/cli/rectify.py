"""`safety-rules rectify`: the life of hidden dangers, from discovery to 销号, in an append-only ledger."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import (
    OUTPUT,
    PATH,
    Verbs,
    headings_options,
    log_of,
    log_options,
    rules_option,
    say_headings,
)
from safety_rules.cli.rectify_options import (
    DAY,
    by_options,
    day_of,
    free_name,
    on_option,
    store_option,
    workbook_option,
    written,
)

if TYPE_CHECKING:
    from safety_rules.services.rectification.life import Danger, Event
    from safety_rules.services.rectification.table import Lifecycle


@click.group("rectify", cls=Verbs)
def command() -> None:
    """Keep the life of hidden dangers: found, ordered, rectified, supervised, accepted, closed (销号)."""


@command.command("import", short_help="Import a workbook of dangers.")
@click.argument("workbook", type=PATH)
@store_option
@click.option("--yes", is_flag=True, help="Write it; without, it is only said what would be written.")
@click.option("--by", default="", help="Who settles what differs from the ledger, by corrections and extensions.")
@click.option("--role", default="department", help="In which role; department by default.")
@click.option("--why", default="", help="Why: the reason of those corrections.")
@click.option(
    "--same",
    multiple=True,
    help="The number made for a row (自编-…) that is the near danger of the ledger; may be repeated.",
)
@click.option("--apart", multiple=True, help="The number made for a row that is a danger of its own; may be repeated.")
@on_option("The day of those corrections")
@headings_options
def import_(
    workbook: Path,
    store: Path,
    yes: bool,
    by: str,
    role: str,
    why: str,
    same: tuple[str, ...],
    apart: tuple[str, ...],
    on: datetime.date | None,
    explain_headings: bool,
    mapped: Path | None,
    propose: Path | None,
    language: str,
) -> None:
    """Say what WORKBOOK would add to the ledger, and with --yes add it; a bad row is refused with its cell.

    One sheet of dangers is enough, under the headings that offices use. What stands otherwise in the ledger is
    shown with both values, and left, unless --by and --why settle it: then it is a correction, or an extension. A
    row without a number that is nearly a danger of the ledger waits until --same or --apart says which it is.
    """
    from safety_rules.cli.rectify_terminal import print_import
    from safety_rules.formats.heading_map import layout
    from safety_rules.services.rectification.book import HEADINGS, heading_sheets
    from safety_rules.services.rectification.importing import Hand, import_workbook
    from safety_rules.services.rectification.sheets import vocabulary_of
    from safety_rules.services.rectification.table import lifecycle

    known = vocabulary_of(HEADINGS)
    wanted = layout(mapped, known) if mapped is not None else None
    if explain_headings or propose is not None:
        found = heading_sheets(workbook, wanted)
        understood, unread = ([x for s in found for x in getattr(s, part)] for part in ("understood", "unread"))
        say_headings(understood, unread, list(known.facts.values()), explain_headings, propose, language)
    if bool(by) != bool(why):
        raise click.UsageError("`--by` and `--why` go together")
    table, today = lifecycle(), datetime.date.today()
    party = table.party_key(role)
    if party is None or day_of(on) > today:
        raise click.UsageError(_no_role(role, table) if party is None else f"{day_of(on)} is yet to come")
    hand = Hand(by, party, why, day_of(on)) if by else None
    said = {number: number in same for number in (*apart, *same)}
    imported = import_workbook(workbook, store, table, today, hand, write=yes, wanted=wanted, told=said)
    print_import(imported, workbook, store, language)
    if imported.refusals:
        sys.exit(ExitCode.REFUSED)


@command.command("actors", short_help="Import the roster of who may act.")
@click.argument("workbook", type=PATH)
@store_option
def actors(workbook: Path, store: Path, language: str) -> None:
    """Import the sheet 办理人名册 of WORKBOOK: who acts in which role for which organisation.

    From then on, who is not on the roster, or is there in another role, is refused.
    """
    from safety_rules.cli.rectify_terminal import print_actors
    from safety_rules.services.rectification.importing import import_roster
    from safety_rules.services.rectification.table import lifecycle

    count, refusals = import_roster(workbook, store, lifecycle())
    print_actors(count, refusals, store, language)
    if refusals:
        sys.exit(ExitCode.REFUSED)


@command.command("due", short_help="List what is overdue or due this week.")
@store_option
@on_option("The day on which it is asked")
@click.option("--unit", default=None, help="Only this responsible unit.")
@workbook_option("逾期清单")
def due_command(store: Path, on: datetime.date | None, unit: str | None, output: Path | None, language: str) -> None:
    """List what is overdue, or due by the end of the week, by responsible unit."""
    from safety_rules.cli.rectify_terminal import MOST_LINES, print_due
    from safety_rules.services.rectification.recording import tasks, unsettled
    from safety_rules.services.rectification.reports import Reported, write_due
    from safety_rules.services.rectification.stats import due, stats
    from safety_rules.services.rectification.table import lifecycle, task_table

    held = tuple(unsettled(store, lifecycle(), day_of(on)).values())
    set_ones = tuple(tasks(store, day_of(on)).values())
    listed, asked = ([d for d in due(of, day_of(on)) if unit in (None, d.details.unit)] for of in (held, set_ones))
    made = Reported(store, held, stats(held, (), day_of(on)), lifecycle(), set_ones)
    if not written(output, language, lambda path: write_due(made, [*listed, *asked], path, language)):
        file = free_name("逾期清单", day_of(on)) if len(listed) + len(asked) > MOST_LINES else None
        if file is not None:
            write_due(made, [*listed, *asked], file, language)
        print_due(listed, day_of(on), lifecycle(), language, file)
        if set_ones:
            print_due(asked, day_of(on), task_table(), language, file, "tasks")


@command.command("close", short_help="Close a danger (销号), with evidence.")
@click.argument("danger")
@store_option
@by_options
@click.option("--evidence", required=True, help="A text, or a file whose hash is recorded.")
@on_option("The day of closing")
def close(danger: str, store: Path, by: str, role: str, evidence: str, on: datetime.date | None, language: str) -> None:
    """Close DANGER (销号), which must be accepted, with its evidence."""
    _record(store, language, danger, "close", by, role, day_of(on), evidence, None)


@command.command("record", short_help="Record an event of a danger.")
@click.argument("danger")
@click.argument("event")
@store_option
@by_options
@on_option("The day of the event")
@click.option("--deadline", type=DAY, default=None, help="The deadline that `order` or `extend` sets.")
@click.option("--evidence", default="", help="A text, or a file whose hash is recorded.")
@click.option("--why", default="", help="The reason of a correction or a withdrawal.")
@click.option("--field", default="", help="What `correct` corrects, by its heading: 隐患内容, 整改期限, 督查日期, …")
@click.option("--old", default="", help="What stands there.")
@click.option("--new", default="", help="What should stand there; a day as 2020-09-05.")
def record_command(
    danger: str,
    event: str,
    store: Path,
    by: str,
    role: str,
    on: datetime.date | None,
    deadline: datetime.date | None,
    evidence: str,
    why: str,
    field: str,
    old: str,
    new: str,
    language: str,
) -> None:
    """Record EVENT of DANGER: order, start, submit, supervise, accept, close, send_back, extend (延期), escalate,
    withdraw (误报撤销), correct (更正)."""
    change = (field, old, new) if field or old or new else None
    _record(store, language, danger, event, by, role, day_of(on), why or evidence, deadline, change)


@command.command("show", short_help="Tell a danger's life, and the verdict.")
@click.argument("danger")
@store_option
@on_option("The day of the verdict, and up to which the life is shown")
@workbook_option("the life, event by event")
@log_options
@rules_option
def show(
    danger: str,
    store: Path,
    on: datetime.date | None,
    output: Path | None,
    log: Path | None,
    masks: tuple[str, ...],
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Show the life of DANGER, event by event, and whether the rules hold its rectification for finished."""
    from safety_rules.cli.rectify_terminal import print_life
    from safety_rules.cli.screen import area_on
    from safety_rules.language.verdict import Status
    from safety_rules.services.rectification.closing import facts
    from safety_rules.services.rectification.life import replay
    from safety_rules.services.rectification.recording import history, latest_facts, table_of
    from safety_rules.services.rectification.reports import write_life
    from safety_rules.services.rectification.stating import as_facts
    from safety_rules.services.rectification.table import lifecycle
    from safety_rules.words.catalog import sentence

    table, kept = table_of(store, danger), log_of(log, masks)
    events = [e for e in _or_exit(lambda: history(store, danger), language) if e.on <= day_of(on)]
    if not events:
        raise click.UsageError(f"`{danger}` was not found yet on {day_of(on)}")
    if table is not lifecycle():
        told = sentence("tasks.life", language)
    elif replay(table, events)[danger].withdrawn_on is not None:
        told = sentence("story.withdrawn", language)
    else:
        known = facts(events, table, as_facts(latest_facts(store, danger)))
        verdict = area_on(rules, overlays, "rectification", str(day_of(on)), "assumed").decide(known)
        if kept is not None:
            kept.append(verdict)
        told = verdict.explain(
            language, [f.rule.key for f in verdict.findings if f.status is not Status.NOT_APPLICABLE]
        )
    if not written(output, language, lambda path: write_life(path, store, events, table, told, language)):
        print_life(events, table, told, language)


@command.command("stats", short_help="Print the closing rates (整改率).")
@click.argument("workbook", type=PATH, required=False)
@click.option("--store", type=PATH, default=None, help="The ledger's file, in place of a workbook.")
@on_option("As it stood on this day")
@workbook_option("周报, 月报, 台账现状, 逾期清单, with charts; or .html, one page")
def stats_command(
    workbook: Path | None, store: Path | None, on: datetime.date | None, output: Path | None, language: str
) -> None:
    """Print the closing rate in all, by unit, by field, by way of inspecting and by week, of WORKBOOK or of a ledger."""
    from safety_rules.cli.rectify_terminal import is_long, print_refusals, print_stats, print_tasks
    from safety_rules.services.rectification.book import read
    from safety_rules.services.rectification.recording import tasks
    from safety_rules.services.rectification.reports import Reported, write_reports
    from safety_rules.services.rectification.stats import of_store, of_workbook, stats, tasks_of_workbook
    from safety_rules.services.rectification.table import lifecycle

    if (workbook is None) == (store is None):
        raise click.UsageError("name either a workbook or `--store FILE.db`")
    book = read(workbook, lifecycle(), datetime.date.today()) if workbook is not None else None
    source, day = workbook or store, day_of(on)
    assert source is not None
    held, inspections = of_workbook(book, lifecycle(), day) if book is not None else of_store(source, lifecycle(), day)
    figures = stats(held, inspections, day)
    set_ones = tasks_of_workbook(book, day) if book is not None else tuple(tasks(source, day).values())
    made = Reported(source, held, figures, lifecycle(), set_ones)

    def write(path: Path) -> None:
        from safety_rules.services.rectification.page import write_page

        (write_page if path.suffix.lower() == ".html" else write_reports)(made, path, language)

    if not written(output, language, write, (".xlsx", ".html")):
        file = free_name("整改情况", day) if is_long(figures) else None
        if file is not None:
            write_reports(made, file, language)
        if held or not set_ones:
            print_stats(figures, language, file)
        if set_ones:
            print_tasks(made, language)
    if book is not None and book.refusals:
        print_refusals(book.refusals, language)
        sys.exit(ExitCode.REFUSED)


@command.command("export", short_help="Write the ledger as a workbook, with its head beside it.")
@store_option
@click.option("-o", "--output", type=OUTPUT, required=True, help="The workbook (xlsx); its head is OUTPUT.head.")
@on_option("As it stood on this day")
def export_command(store: Path, output: Path, on: datetime.date | None, language: str) -> None:
    """Write the dangers of a ledger as they stand to a workbook that `import` reads, and the ledger's head beside it."""
    from safety_rules.services.rectification.exporting import export
    from safety_rules.services.rectification.table import lifecycle
    from safety_rules.services.store.verifying import beside
    from safety_rules.words.catalog import sentence

    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"`{output}` is no .xlsx")
    head = export(store, lifecycle(), output, day_of(on))
    told = {"output": output, "count": head.count, "head": beside(output).name}
    click.echo(sentence("rectify.exported", language, **told))


@command.command("verify", short_help="Find what was changed or removed.")
@store_option
@click.option("--head", "kept", type=PATH, default=None, help="A head that was kept elsewhere.")
@click.option("--write-head", type=OUTPUT, default=None, help="Write the head to a file, to be kept elsewhere.")
def verify(store: Path, kept: Path | None, write_head: Path | None, language: str) -> None:
    """Find changed, removed, re-ordered or truncated entries of a ledger."""
    from safety_rules.cli.rectify_terminal import print_verified
    from safety_rules.services.rectification.table import lifecycle
    from safety_rules.services.rectification.verifying import faults
    from safety_rules.services.store.verifying import kept_head
    from safety_rules.services.store.verifying import write_head as kept_elsewhere

    head, found = faults(store, lifecycle(), kept_head(kept) if kept is not None else None, datetime.date.today())
    print_verified(store, head, found, kept is not None, language)
    if found:
        sys.exit(ExitCode.LEDGER)
    if write_head is not None:
        kept_elsewhere(head, write_head)


def _record(
    store: Path,
    language: str,
    danger: str,
    event: str,
    by: str,
    role: str,
    on: datetime.date,
    evidence: str,
    deadline: datetime.date | None,
    change: tuple[str, str, str] | None = None,
) -> None:
    """Record one event, or say why it is refused."""
    from safety_rules.cli.rectify_terminal import print_recorded
    from safety_rules.services.rectification.life import Change, Event
    from safety_rules.services.rectification.recording import evidence as evidence_of
    from safety_rules.services.rectification.recording import record, table_of
    from safety_rules.words.near import did_you_mean

    table = table_of(store, danger)
    name, party = table.event_key(event), table.party_key(role)
    if name is None or name == "find":
        known = [k for k in table.events if k != "find"]
        more = "a new danger comes by `rectify import`" if name else did_you_mean(event, known)
        raise click.UsageError(f"`{event}` cannot be recorded; {more or 'known are ' + ', '.join(known)}")
    if party is None:
        raise click.UsageError(_no_role(role, table))

    def recorded() -> tuple[Event, Danger]:
        said, corrected = evidence_of(evidence) if evidence else "", Change(*change) if change is not None else None
        made = Event(danger, name, by, party, on, said, deadline, change=corrected)
        return record(store, table, made, datetime.date.today())

    made, after = _or_exit(recorded, language)
    print_recorded(made, after, table, language)


def _no_role(role: str, table: Lifecycle) -> str:
    known = ", ".join(f"{key} ({name.zh})" for key, name in table.parties.items())
    return f"there is no role `{role}`; known are {known}"


def _or_exit(function: Callable[[], Any], language: str) -> Any:
    """Return what a function returns; a refusal ends with its reason and the exit code of refusals."""
    from safety_rules.services.rectification.life import RefusedError
    from safety_rules.words.catalog import sentence

    try:
        return function()
    except RefusedError as error:
        click.echo(sentence("rectify.refusal", language, reason=error.reason.in_(language)), err=True)
        sys.exit(ExitCode.REFUSED)
