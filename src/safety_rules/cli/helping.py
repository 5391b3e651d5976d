"""`--help` in the language of who asks, in lines of 80 columns as a terminal counts Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import click

SPOKEN = "safety_rules.spoken"
FIRST = 26
LANGUAGE_TOLD = "zh or en; by default as the locale says, else as the ledger is written."


class Lines(click.HelpFormatter):
    """A formatter that counts a Chinese character as two columns."""

    def write_text(self, text: str) -> None:
        """Write a text in folded lines."""
        from safety_rules.formats.law_out import folded

        for line in folded(text, " " * self.current_indent):
            self.write(" " * self.current_indent + line.strip() + "\n")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section with its colon."""
        self.write(" " * self.current_indent + heading + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms with their texts beside them, or below where a term is long."""
        from safety_rules.formats.law_out import folded, wide

        rows, indent = list(rows), " " * self.current_indent
        first = min(max((wide(term) for term, _ in rows), default=0), FIRST)
        room = " " * (self.current_indent + first + 2)
        for term, text in rows:
            lines = [line[len(room) :].strip() for line in folded(text, room)]
            beside = lines and wide(term) <= first
            self.write(f"{indent}{term}" + (f"{' ' * (first - wide(term) + 2)}{lines.pop(0)}" if beside else "") + "\n")
            for line in lines:
                self.write(f"{indent}{' ' * (first + 2)}{line}\n")


class Asked(click.Context):
    """A context whose help is written by `Lines`."""

    formatter_class = Lines


class Told(click.Command):
    """A verb whose help is told in the language of who asks."""

    context_class = Asked

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the verb is called."""
        from safety_rules.words.catalog import sentence

        language = answered_in(ctx)
        formatter.write_text(sentence("help.usage", language, usage=usage(ctx, language)))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the verb does."""
        from safety_rules.words.helped import helped

        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(helped(self.help, answered_in(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and of a group the verbs."""
        from safety_rules.words.catalog import texts

        language = answered_in(ctx)
        rows = [(terms, told(p, text, language)) for p in self.get_params(ctx) for terms, text in _record(p, ctx)]
        with formatter.section(texts("help.parts", language)[0]):
            formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


class Everywhere(dict[str, Any]):
    """Defaults of options that hold for every verb of a group, and of its groups."""

    def get(self, name: str, default: Any = None) -> Any:
        """Return an option's default; for any other name a verb's defaults, which are the same."""
        return super().get(name, self)


class ToldGroup(Told, click.Group):
    """A group whose help is told in the language of who asks; `-l` may stand before its verb."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the group's options, with the language of all its verbs."""
        spoken = click.Option(
            ["-l", "--language"],
            type=click.Choice(["zh", "en"]),
            expose_value=False,
            callback=_for_all,
            help=LANGUAGE_TOLD,
        )
        return [spoken, *super().get_params(ctx)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the verb that was asked for; an unknown one is answered with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from safety_rules.words.near import did_you_mean

            help = did_you_mean(args[0], self.list_commands(ctx)) if args else ""
            raise click.UsageError(f"there is no verb `{args[0]}`" + (f"; {help}" if help else ""), ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs of the group."""
        from safety_rules.words.catalog import texts
        from safety_rules.words.helped import helped

        language = answered_in(ctx)
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, helped(c.short_help or c.help, language)) for name, c in found if c is not None]
        with formatter.section(texts("help.parts", language)[1]):
            formatter.write_dl(rows)


def usage(ctx: click.Context, language: str) -> str:
    """Return how the verb of a context is called."""
    from safety_rules.words.catalog import texts

    said = " ".join((ctx.command_path, *ctx.command.collect_usage_pieces(ctx)))
    for english, own in zip(texts("help.pieces", "en"), texts("help.pieces", language), strict=True):
        said = said.replace(english, own)
    return named(said, language)


def named(said: str, language: str) -> str:
    """Return a line with the names of arguments in a language."""
    from safety_rules.words.catalog import texts

    own = dict(zip(texts("help.arguments", "en"), texts("help.arguments", language), strict=True))
    return re.sub("[A-Z]+", lambda found: own.get(found[0], found[0]), said)


def _for_all(ctx: click.Context, _: click.Parameter, language: str | None) -> None:
    """Make a language the default of every verb below."""
    if language is not None:
        ctx.default_map = Everywhere(language=language)


def _record(param: click.Parameter, ctx: click.Context) -> list[tuple[str, str]]:
    found = param.get_help_record(ctx) if isinstance(param, click.Option) else None
    return [] if found is None else [found]


def told(param: click.Parameter, text: str, language: str) -> str:
    """Return what is said of an option: its text, whether it must be given, and its default."""
    from safety_rules.words.catalog import texts
    from safety_rules.words.helped import helped

    own = " ".join((getattr(param, "help", None) or "").split())
    rest = " ".join(text.split()).removeprefix(own)
    for english, said in zip(texts("help.marks", "en"), texts("help.marks", language), strict=True):
        rest = rest.replace(english, said)
    return helped(own, language) + rest


def answered_in(ctx: click.Context) -> str:
    """Return the language in which the command line of a context is answered."""
    from safety_rules.words.catalog import CHINESE

    return str(ctx.meta.get(SPOKEN, CHINESE))


def keep(ctx: click.Context, language: str) -> None:
    """Keep the language in which a command line is answered."""
    ctx.meta[SPOKEN] = language
