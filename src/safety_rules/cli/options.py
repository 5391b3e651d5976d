"""Options that several verbs share."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from click.core import ParameterSource

from safety_rules.cli.helping import Told, ToldGroup
from safety_rules.cli.language import LANGUAGE, language_option, locale_language
from safety_rules.words.catalog import ENGLISH

if TYPE_CHECKING:
    from safety_rules.face import AreaRules, Rules
    from safety_rules.formats.heading_map import Understood, Wanted
    from safety_rules.language.record import Problem
    from safety_rules.language.vocabulary import Fact
    from safety_rules.semantics.decide import AreaOn
    from safety_rules.services.decisions.log import DecisionLog

F = TypeVar("F", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)
LEDGERS = ("ledger", "workbook", "source")
FOLDERS = ("rules", "old", "new")  # options that name a folder of rules, or a pack


class Output(click.Path):
    """The type of an option that names a file to be written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; `-` is the name of none."""
        if str(value) == "-":
            self.fail("`-` is no file; without this option it is printed", param, ctx)
        return super().convert(value, param, ctx)


OUTPUT = Output(path_type=Path)


class Verb(Told):
    """A verb that is answered in a language, and none of whose outputs is any of its inputs, whatever it is called."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the verb's options; `-l` is one of every verb."""
        taken = "language" in signature(self.callback).parameters if self.callback is not None else False
        return [*super().get_params(ctx), language_option(ctx, taken)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; raises UsageError where it would overwrite what it reads."""
        if ctx.get_parameter_source("language") is ParameterSource.DEFAULT and not locale_language(""):
            _answer_as_written(ctx)
        outputs = [p for p in self.params if isinstance(p.type, Output)]
        written = [ctx.params[str(p.name)] for p in outputs if ctx.params.get(str(p.name)) is not None]
        if written:
            from safety_rules.formats.safe import no_input
            from safety_rules.language.errors import LedgerError

            read = list(self._read(ctx, [p for p in self.params if p not in outputs]))
            try:
                for at, path in enumerate(written):
                    no_input(path, [*read, *written[:at]])
            except LedgerError as error:
                raise click.UsageError(str(error), ctx) from None
        return super().invoke(ctx)

    def _read(self, ctx: click.Context, inputs: Sequence[click.Parameter]) -> Iterator[Path]:
        from safety_rules.language.errors import SafetyRulesError
        from safety_rules.loading.folders import resolve_folder

        for param in inputs:
            value = ctx.params.get(str(param.name))
            if param.name in FOLDERS:
                with suppress(SafetyRulesError):
                    yield resolve_folder(value)
            elif isinstance(param.type, click.Path):
                yield from value if isinstance(value, tuple) else () if value is None else (value,)


WATCH = "safety_rules.watch"
LOOKS = 0.4  # seconds between two looks at the files


class Watched(Verb):
    """A verb on rule files that, with `--watch`, runs again whenever they change."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb once, or until it is stopped from the keyboard."""
        return _watching(ctx, super().invoke) if ctx.meta.get(WATCH) else super().invoke(ctx)


def _watching(ctx: click.Context, run: Callable[[click.Context], Any]) -> NoReturn:
    """Run a verb each time that the content of its rule files is another; what is wrong with them is said and waited for."""
    import time

    from safety_rules.language.errors import RuleFileError
    from safety_rules.loading.files import digest_of, folder_files
    from safety_rules.loading.folders import overlay_files, resolve_folder
    from safety_rules.words.catalog import sentence

    rules, overlays = ctx.params["rules"], ctx.params["overlays"]
    language = ctx.meta.get(LANGUAGE, ENGLISH)

    def content() -> str:
        try:
            return digest_of([*folder_files(resolve_folder(rules)), *overlay_files(overlays)])
        except OSError:  # a file that an editor is just replacing
            return ""

    while True:
        seen = content()
        try:
            run(ctx)
        except RuleFileError as error:
            for diagnostic in error.diagnostics:
                click.echo(diagnostic.text(language), err=True)
        except (SystemExit, OSError):
            pass
        now = datetime.datetime.now().strftime("%H:%M:%S")
        click.echo(sentence("new.watching", language, time=now, rules=resolve_folder(rules)))
        while (found := content()) in (seen, ""):
            time.sleep(LOOKS)
        seen = found


def watch_option(function: F) -> F:
    """Add `--watch`."""
    return click.option(
        "--watch", is_flag=True, expose_value=False, is_eager=True, help="Run again whenever a rule file changes, until Ctrl-C.",
        callback=lambda ctx, _, watch: ctx.meta.__setitem__(WATCH, watch),
    )(function)  # fmt: skip


def _answer_as_written(ctx: click.Context) -> None:
    """Take the language of the ledger, where neither an option nor the locale names one."""
    from safety_rules.formats.written import written_in

    path = next((p for name in LEDGERS if isinstance(p := ctx.params.get(name), Path) and p.is_file()), None)
    if path is not None:
        ctx.meta[LANGUAGE] = written_in(path)
        ctx.params |= {"language": ctx.meta[LANGUAGE]} if "language" in ctx.params else {}


class Verbs(ToldGroup):
    """A group of verbs."""

    command_class = Verb


DEFAULT_AREA = "admission"


def rules_option(function: F) -> F:
    """Add `--rules` and `--overlay`."""
    overlay = click.option(
        "--overlay", "overlays", multiple=True, type=PATH, help="A district's overlay file or folder; may be repeated."
    )
    rules = click.option("--rules", default=None, help="A rules folder or an installed rule pack; built-in by default.")
    return rules(overlay(function))


def day_option(function: F) -> F:
    """Add `--on` and `--require-standing`."""
    standing = click.option(
        "--require-standing", default="assumed", metavar="STANDING", help="What rests on less is left undetermined: "
        "statute, local, secondary, parallel, recalled, assumed."
    )  # fmt: skip
    on = click.option(
        "--on", "day", default=None, metavar="DAY", help="The day of the verdict, 2020-10-01; today by default."
    )
    return on(standing(function))


def area_option(function: F) -> F:
    """Add `--area`: an area by key; by default the only one, or the admission of projects."""
    return click.option(
        "--area", default=None, help="The area whose rules are applied; the only one of the rules, or admission, by default."
    )(function)  # fmt: skip


def area_of(rules: Rules, area: str | None) -> AreaRules:
    """Return the area that is named or meant; raises UsageError where it has to be named."""
    if area is None and len(rules.areas) == 1:
        return rules.area(rules.areas[0])
    if area is None and DEFAULT_AREA not in rules.areas:
        raise click.UsageError(f"name the area: --area {' or '.join(rules.areas)}")
    return rules.area(area or DEFAULT_AREA)


def calendar_day(day: str | None) -> datetime.date | None:
    """Return the day that an option names, 2020-10-01 or 2020年10月1日; raises UsageError."""
    from safety_rules.semantics.admission.values import day_of

    found = day_of(day) if day is not None else None
    if day is not None and found is None:
        raise click.UsageError(f"`{day}` is not a day of the calendar; write 2020-10-01 or 2020年10月1日")
    return found


class Day(click.ParamType):  # type: ignore[type-arg]  # generic in some releases of click only
    """The type of an option that names a day, as people write it."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date | None:
        """Return the day."""
        return value if isinstance(value, datetime.date) else calendar_day(value)


def engine_option(function: F) -> F:
    """Add `--engine`."""
    return click.option(
        "--engine", default="auto", type=click.Choice(["auto", "duckdb", "records"]),
        help="auto (default): files of some megabytes are decided by DuckDB, all rows at once (`grade`: for tables and counts); the answers are the same.",
    )(function)  # fmt: skip


def headings_options(function: F) -> F:
    """Add `--explain-headings`, `--map` and `--propose-map`."""
    explain = click.option("--explain-headings", is_flag=True, help="Say how each heading was understood, and end.")
    mapped = click.option("--map", "mapped", type=PATH, default=None, help="A YAML file: heading to fact, unit, sheet.")
    propose = click.option(
        "--propose-map",
        "propose",
        type=OUTPUT,
        default=None,
        help="Write such a file from what was understood, and end.",
    )
    return explain(mapped(propose(function)))


def wanted_headings(
    ledger: Path,
    law: AreaOn,
    sheet: str | None,
    explain: bool,
    mapped: Path | None,
    propose: Path | None,
    language: str,
) -> Wanted:
    """Return the sheet and the map that the options name; ends where headings were only to be explained."""
    from safety_rules.formats.heading_map import layout
    from safety_rules.formats.ledger import ledger as read

    vocabulary, subjects = law.rulebook.vocabulary, law.area.subjects
    wanted: Wanted = layout(mapped, vocabulary, sheet) if mapped is not None else sheet
    if explain or propose is not None:
        found = read(ledger, vocabulary, subjects, wanted)
        facts = [f for s in subjects for f in vocabulary.of_subject(s)]
        facts += [f for fact in facts for f in vocabulary.fields(fact.key)]
        say_headings(found.understood, found.notices, facts, explain, propose, language)
    return wanted


def say_headings(
    understood: Understood,
    notices: Sequence[Problem],
    facts: Sequence[Fact],
    explain: bool,
    propose: Path | None,
    language: str,
) -> NoReturn:
    """Say how headings were understood, write a map of them where one is asked for, and end."""
    from safety_rules.formats.heading_map import explained, proposed

    if propose is not None:
        if propose.exists():
            raise click.UsageError(f"`{propose}` is there already; choose another name")
        propose.write_text(proposed(understood, notices, facts), encoding="utf-8")
    for line in explained(understood, notices, language) if explain else ():
        click.echo(line)
    raise click.exceptions.Exit(0)


def format_option(function: F) -> F:
    """Add `--format` and `--output`."""
    from safety_rules.formats.report import FORMATS

    form = click.option(
        "--format", "form", default="text", type=click.Choice(FORMATS), help="How to say it; text by default."
    )
    output = click.option(
        "--output", default=None, type=OUTPUT, help="Write the report to a file, not to the terminal."
    )
    return form(output(function))


def acceptance_options(function: F) -> F:
    """Add `--baseline`, `--write-baseline`, `--waivers` and `--on`."""
    for option in (
        click.option(
            "--on",
            "day",
            default=None,
            metavar="DAY",
            help="The day on which waivers count and law is in force; today by default.",
        ),
        click.option("--waivers", default=None, type=PATH, help="A YAML file of waivers: code, owner, reason, until."),
        click.option(
            "--write-baseline", is_flag=True, help="Write what is found to the baseline, and fail on none of it."
        ),
        click.option("--baseline", "old", default=None, type=PATH, help="What was found before, and does not count."),
    ):
        function = option(function)
    return function


def accept_option(function: F) -> F:
    """Add `--accept`."""
    return click.option(
        "--accept", "accepted", type=PATH, default=None, help="A YAML or CSV list of numbers that are not plausible and "
        "were confirmed: record, fact, value, by, why, day.",
    )(function)  # fmt: skip


def history_option(function: F) -> F:
    """Add `--history`."""
    return click.option(
        "--history", "histories", multiple=True, type=PATH, help="A workbook of accidents (事故记录), dangers (隐患台账) "
        "and published listings (名单记录), or a ledger of `rectify`: what follows from it for each row counts as well. "
        "May be repeated.",
    )(function)  # fmt: skip


def ledgers_option(function: F) -> F:
    """Add `--ledger`."""
    return click.option(
        "--ledger", "ledgers", multiple=True, type=PATH, help="A workbook, csv or parquet file with rows of lists that the "
        "area joins (`from_ledger:` in its area.yaml); a sheet or file is named like the list. May be repeated.",
    )(function)  # fmt: skip


def log_options(function: F) -> F:
    """Add `--log` and `--log-mask`."""
    log = click.option(
        "--log", "log", type=PATH, default=None, help="Append each decision, with what it was made from, to this log; "
        "see `safety-rules replay`."
    )  # fmt: skip
    mask = click.option(
        "--log-mask", "masks", multiple=True, metavar="FACT", help="With --log: a fact whose value is not kept; may be repeated."
    )  # fmt: skip
    return log(mask(function))


def log_of(log: Path | None, masks: tuple[str, ...]) -> DecisionLog | None:
    """Return the log that the options name; raises UsageError where only a mask is named."""
    if log is None:
        if masks:
            raise click.UsageError("`--log-mask` goes with `--log`")
        return None
    from safety_rules.services.decisions.log import DecisionLog

    return DecisionLog(log, masks)
