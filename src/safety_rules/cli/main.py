"""`safety-rules`: finds the verb, runs it, and turns errors into one line and a documented exit code."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.version import VERSION

VERBS = {
    "check": "Check rule files: every mistake at once, with its place.",
    "test": "Run the cases that stand in rule files.",
    "prove": "Prove what holds of rules on every record, or show a record.",
    "impact": "Say what new rules change: whose verdict in a ledger, or which rules.",
    "format": "Write the names in rule files in Chinese or in English.",
    "schemas": "Write the JSON Schemas of rule files, for editors.",
    "index": "Write the index page of a rules folder.",
    "screen": "Screen a ledger of projects: verdict, reasons, needs and gaps for each row.",
    "grade": "Grade major hazard installations: S, R, level and duties of each unit.",
    "explain": "Explain the verdict on one row of a ledger.",
    "rectify": "Keep the life of hidden dangers: import, record, close, due, stats, verify.",
}


LONGEST_NAME = 200


class Verbs(click.Group):
    """A group that imports a verb's file only when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in their own order."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"safety_rules.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the verb that was asked for; an unknown one is answered with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from safety_rules.words.near import did_you_mean

            help = did_you_mean(args[0], VERBS) if args else ""
            raise click.UsageError(f"there is no verb `{args[0]}`" + (f"; {help}" if help else ""), ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; rule files that hold errors are answered in the verb's language."""
        from safety_rules.language.errors import RuleFileError

        try:
            return super().invoke(ctx)
        except RuleFileError as error:
            from safety_rules.cli.options import LANGUAGE

            for diagnostic in error.diagnostics:
                click.echo(diagnostic.text(ctx.meta.get(LANGUAGE, "en")), err=True)
            sys.exit(ExitCode.RULES)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their sentences, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="safety-rules")
def cli() -> None:
    """Exact, explained safety rules. 安全准入规则：精确、可解释。"""


def main() -> None:
    """Run the command line; no error of ours ends in a traceback."""
    from safety_rules.language.errors import LedgerError, SafetyRulesError

    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(ExitCode.STOPPED)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except LedgerError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(ExitCode.LEDGER)
    except SafetyRulesError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(ExitCode.USAGE)
    except BrokenPipeError:
        sys.exit(ExitCode.DONE)
    except OSError as error:
        place = f" `{str(error.filename)[:LONGEST_NAME]}`" if error.filename is not None else ""
        click.echo(f"error: {(error.strerror or str(error)).lower()}{place}", err=True)
        sys.exit(ExitCode.LEDGER)


if __name__ == "__main__":
    main()
