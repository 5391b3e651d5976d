"""`safety-rules impact`: what new rules change: whose verdict, or which rules, with a record that shows it."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import OUTPUT, PATH, Verb, calendar_day, day_option, headings_options, wanted_headings
from safety_rules.language.kinds import Name
from safety_rules.words.catalog import LANGUAGES, both, sentence

if TYPE_CHECKING:
    from safety_rules.face import Rules
    from safety_rules.formats.heading_map import Wanted
    from safety_rules.formats.report import Problem, Report
    from safety_rules.services.impact.ledger import LedgerImpact

FORMATS = ("text", "json", "markdown", "sarif", "junit", "github")
MOST_NAMED = 12
DEFAULT_TOTAL = "project.fixed_asset_investment"


@click.command("impact", cls=Verb)
@click.argument("ledger", type=PATH, required=False)
@click.option("--old", default=None, help="The rules as they are: a folder or rule pack; built-in by default.")
@click.option("--new", default=None, help="The rules as they would be; built-in by default.")
@click.option("--old-overlay", "old_overlays", multiple=True, type=PATH, help="An overlay on the old rules.")
@click.option("--new-overlay", "new_overlays", multiple=True, type=PATH, help="An overlay on the new rules.")
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay on both.")
@click.option("--area", default=None, help="The area; with a ledger `admission` by default, else all.")
@click.option("--sheet", default=None, help="The sheet of a workbook.")
@click.option("--total", default=None, metavar="FACT", help="The number to sum by outcome; investment by default.")
@click.option("--fail-on-change", is_flag=True, help="Exit with 5 when a verdict, or a rule's meaning, changes.")
@click.option(
    "--only-stricter", is_flag=True, help="Exit with 5 when a record comes out better under the new rules, or may."
)
@click.option("--format", "form", default="text", type=click.Choice(FORMATS), help="How to say it; text by default.")
@click.option("--output", default=None, type=OUTPUT, help="Write it to a file, not to the terminal.")
@headings_options
@day_option
def command(
    ledger: Path | None,
    old: str | None,
    new: str | None,
    old_overlays: tuple[Path, ...],
    new_overlays: tuple[Path, ...],
    overlays: tuple[Path, ...],
    area: str | None,
    sheet: str | None,
    explain_headings: bool,
    mapped: Path | None,
    propose: Path | None,
    total: str | None,
    fail_on_change: bool,
    only_stricter: bool,
    form: str,
    output: Path | None,
    day: str | None,
    require_standing: str,
    language: str,
) -> None:
    """Say what new rules change: in LEDGER, whose verdict; without one, which rules mean something else."""
    from safety_rules.cli.reporting import put_text
    from safety_rules.face import load
    from safety_rules.formats.report import written
    from safety_rules.words.values import listed

    before, after = load(old, (*overlays, *old_overlays)), load(new, (*overlays, *new_overlays))
    if ledger is None and (sheet is not None or total is not None):
        raise click.UsageError("`--sheet` and `--total` go with a ledger")
    level = "error" if fail_on_change else "warning"
    asked = _Asked(area, calendar_day(day), require_standing, sheet, total, language, form, level)
    if ledger is not None:
        law = after.area(_area_of(asked, after)).on(asked.day or datetime.date.today(), require_standing).law
        wanted = wanted_headings(ledger, law, sheet, explain_headings, mapped, propose, language)
        asked = replace(asked, sheet=wanted)
    elif explain_headings or mapped is not None or propose is not None:
        raise click.UsageError("`--map`, `--propose-map` and `--explain-headings` go with a ledger")
    said = _meanings(before, after, asked) if ledger is None else _rows(ledger, before, after, asked)
    report, plain, loosened = said
    if only_stricter and loosened:
        keys = listed(loosened[:MOST_NAMED], language)
        plain = [*plain, sentence("impact.refused", language, count=len(loosened), keys=keys)]
    put_text("\n".join(plain) if form in ("text", "markdown") else written(report, form, language), output)
    if (fail_on_change and report.problems) or (only_stricter and loosened):
        sys.exit(ExitCode.REFUSED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the options ask for."""

    area: str | None
    day: datetime.date | None
    require: str
    sheet: Wanted
    total: str | None
    language: str
    form: str
    level: str


Said = tuple["Report", list[str], list[str]]


def _meanings(before: Rules, after: Rules, asked: _Asked) -> Said:
    """Return the report on what means something else, its lines, and what may make a record come out better."""
    from safety_rules.formats.impact_words import change_data, change_lines, meaning_summary
    from safety_rules.formats.report import Report, worded
    from safety_rules.services.impact.compare import compared

    if asked.area is not None and asked.area not in before.areas:
        after.area(asked.area)
    found = compared(before.rulebook, after.rulebook, asked.area, asked.day, _standing(asked.require))
    problems, lines, loosened = [], list[str](), []
    areas = {**before.rulebook.areas, **after.rulebook.areas}
    for change in found.changes:
        lines += change_lines(change, areas, asked.language)
        loosened += [change.item.key] if change.may_loosen else []
        zh, en = (" ".join(x.strip() for x in change_lines(change, areas, k)) for k in LANGUAGES)
        problems.append(worded("meaning-changed", Name(zh, en), change.at, change.item.key, level=asked.level))
    said_last = meaning_summary(len(found.changes), found.compared, found.days, asked.language)
    data = {"changes": [change_data(c) for c in found.changes], "compared": found.compared, "days": found.days}
    fence = [] if asked.form == "text" else ["```"]
    passed = () if problems else (sentence("impact.nothing_means_else", asked.language),)
    report = Report("impact", tuple(problems), passed, said_last, data)
    return report, [*fence, *lines, *fence, said_last] if lines else [said_last], loosened


def _area_of(asked: _Asked, after: Rules) -> str:
    return asked.area or ("admission" if "admission" in after.areas else after.areas[0])


def _rows(ledger: Path, before: Rules, after: Rules, asked: _Asked) -> Said:
    """Return the report on a ledger's changed rows, its lines, and those that come out better."""
    from safety_rules.formats.impact_words import ledger_data, ledger_tables, markdown_table, row_summary, text_table
    from safety_rules.formats.report import Report, worded
    from safety_rules.services.impact.ledger import ledger_impact, total_fact

    key = _area_of(asked, after)
    on = asked.day or datetime.date.today()
    laws = before.area(key).on(on, asked.require), after.area(key).on(on, asked.require)
    vocabulary = after.rulebook.vocabulary
    has_default = vocabulary.find(DEFAULT_TOTAL) is not None and "project" in laws[1].law.area.subjects
    fact = total_fact(laws[1], asked.total) if asked.total is not None else DEFAULT_TOTAL if has_default else ""
    found = ledger_impact(ledger, *laws, asked.sheet, fact)
    shape = laws[1].law.area
    tables = {k: ledger_tables(found, shape, after.rulebook, k, _sentences(before, after, key, k)) for k in LANGUAGES}
    changed = zip(*(tables[k][1][2] for k in LANGUAGES), strict=True)
    said = ((zh, _row_said(found.name, zh, en)) for zh, en in changed)
    problems = tuple(worded("verdict-changed", name, None, r[1], level=asked.level) for r, name in said)
    head = row_summary(found, on, asked.language)
    lines = [head]
    for title, heads, rows in tables[asked.language]:
        made = markdown_table(heads, rows) if asked.form == "markdown" else text_table(heads, rows)
        lines += ["", f"### {title}" if asked.form == "markdown" else title, "", *made] if rows else []
    left = sum(not t.rows for t in found.touched)
    lines += ["", sentence("impact.untouched", asked.language, count=left)] if left else []
    problems += tuple(_touched(found, asked.level))
    known = {o.key for o in shape.outcomes}
    better = [
        str(r.number)
        for r in found.changed
        if any(shape.rank(n) < shape.rank(w) for w, n in zip(r.before, r.after, strict=True) if known >= {w, n})
    ]
    passed = () if problems else (sentence("impact.no_verdict_changes", asked.language, ledger=found.name),)
    return Report("impact", problems, passed, head, ledger_data(found)), lines, better


def _row_said(ledger: str, zh: Sequence[str], en: Sequence[str]) -> Name:
    """Return what a changed row of a ledger came to before and comes to now."""
    parts = dict(zip(("row", "subject", "before", "after", "why"), map(Name, zh[:5], en[:5]), strict=True))
    return both("impact.row_said", ledger=ledger, **parts)


def _touched(found: LedgerImpact, level: str) -> Iterator[Problem]:
    """Yield what leads elsewhere and touches a record, as problems."""
    from safety_rules.formats.impact_words import touched_rows
    from safety_rules.formats.report import worded

    rows = zip(*(touched_rows(found, k) for k in LANGUAGES), strict=True)
    for (zh, en), one in zip(rows, (t for t in found.touched if t.rows), strict=True):
        yield worded("meaning-changed", Name("　".join(zh), "  ".join(en)), one.lead.at, one.lead.key, level=level)


def _sentences(before: Rules, after: Rules, area: str, language: str) -> Any:
    """Return a function that gives the sentence of a rule's clause, of the new rules where they have it."""
    said = {
        (r.key, c.key): c.sentence.in_(language)
        for book in (before.rulebook, after.rulebook)
        for r in book.areas[area].rules
        for c in r.applies_when + r.requires
    }
    return lambda rule, clause: said.get((rule, clause), clause)


def _standing(word: str) -> Any:
    from safety_rules.language.source import Standing

    if word not in Standing.__members__:
        raise click.UsageError(f"`{word}` is not a standing: {', '.join(Standing.__members__)}")
    return Standing[word]
