"""The language in which a verb is answered: its own option, the locale, or that of the ledger."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from safety_rules.cli.helping import LANGUAGE_TOLD
from safety_rules.words.catalog import CHINESE, ENGLISH, LANGUAGES

LANGUAGE = "safety_rules.language"
ENGINEERS = (
    "help", "check", "test", "eval", "prove", "lock", "format", "new", "graph", "index", "schemas", "lsp", "mcp",
)  # fmt: skip  # the other verbs are answered in Chinese first
SAID_IN = "en (default) or zh; zh by default where the locale is Chinese."


def language_option(context: click.Context, exposed: bool) -> click.Option:
    """Return `--language` of a verb: that of the locale, else English for engineers, else that of the ledger."""
    engineers = verb_of(context) in ENGINEERS
    return click.Option(
        ["--language", "-l"],
        default=lambda: locale_language(ENGLISH if engineers else CHINESE),
        type=click.Choice(LANGUAGES),
        help=SAID_IN if engineers else LANGUAGE_TOLD,
        callback=_remembered,
        expose_value=exposed,
    )


def verb_of(context: click.Context) -> str:
    """Return the verb that a context is of, or is below."""
    while context.parent is not None and context.parent.parent is not None:
        context = context.parent
    return context.info_name or ""


def locale_language(otherwise: str = ENGLISH) -> str:
    """Return the language of the locale; where it names none of ours, another."""
    named = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), "").lower()
    return next((language for language in LANGUAGES if named.startswith(language)), otherwise)


def language_named(arguments: Sequence[str]) -> str:
    """Return the language in which a command line is answered before its options are read, or when they cannot be."""
    for at, word in enumerate(arguments):
        if word in ("-l", "--language") and at + 1 < len(arguments) and arguments[at + 1] in LANGUAGES:
            return arguments[at + 1]
        if (named := word.removeprefix("--language=").removeprefix("-l")) != word and named in LANGUAGES:
            return named
    plain = [w for w in arguments if not w.startswith("-")]
    if plain and plain[0] in ENGINEERS:
        return locale_language(ENGLISH)
    from safety_rules.formats.written import written_in

    return locale_language("") or next((written_in(Path(w)) for w in plain[1:] if os.path.isfile(w)), CHINESE)


def answered() -> str:
    """Return the language in which the verb that runs is answered."""
    return str(click.get_current_context().meta.get(LANGUAGE, ENGLISH))


def _remembered(context: click.Context, _: click.Parameter, language: str) -> str:
    """Return the language, kept for what is said when the verb fails."""
    context.meta[LANGUAGE] = language
    return language
