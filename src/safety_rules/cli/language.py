"""The language in which a verb is answered: its own option, the locale, or that of the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from safety_rules.cli.helping import LANGUAGE_TOLD
from safety_rules.words.catalog import CHINESE, ENGLISH, LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])
LANGUAGE = "safety_rules.language"
SAID_IN = "en (default) or zh; zh by default where the locale is Chinese."


def language_option(function: F) -> F:
    """Add `--language`: that of the locale, else that in which the ledger is written."""
    return _language(function, lambda: locale_language(CHINESE), LANGUAGE_TOLD)


def said_in_option(function: F) -> F:
    """Add `--language` to a verb of engineers and CI: that of the locale, where it is Chinese, and else English."""
    return _language(function, locale_language, SAID_IN)


def locale_language(otherwise: str = ENGLISH) -> str:
    """Return the language of the locale; where it names none of ours, another."""
    named = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), "").lower()
    return next((language for language in LANGUAGES if named.startswith(language)), otherwise)


def language_named(arguments: Sequence[str], engineers: Sequence[str]) -> str:
    """Return the language in which a command line is answered before its options are read, or when they cannot be."""
    for at, word in enumerate(arguments):
        if word in ("-l", "--language") and at + 1 < len(arguments) and arguments[at + 1] in LANGUAGES:
            return arguments[at + 1]
        if (named := word.removeprefix("--language=").removeprefix("-l")) != word and named in LANGUAGES:
            return named
    plain = [w for w in arguments if not w.startswith("-")]
    if plain and plain[0] in engineers:
        return locale_language(ENGLISH)
    from safety_rules.formats.written import written_in

    return locale_language("") or next((written_in(Path(w)) for w in plain[1:] if os.path.isfile(w)), CHINESE)


def spoken() -> click.Option:
    """Return `--language` for a verb that takes no language itself: it is kept for what is said."""
    kinds = click.Choice(["zh", "en"])
    return click.Option(
        ["--language", "-l"],
        default=locale_language,
        type=kinds,
        help=SAID_IN,
        callback=_remembered,
        expose_value=False,
    )


def answered() -> str:
    """Return the language in which the verb that runs is answered."""
    return str(click.get_current_context().meta.get(LANGUAGE, ENGLISH))


def _language(function: F, default: Callable[[], str], help: str) -> F:
    kinds = click.Choice(["zh", "en"])
    return click.option("--language", "-l", default=default, type=kinds, help=help, callback=_remembered)(function)


def _remembered(context: click.Context, _: click.Parameter, language: str) -> str:
    """Return the language, kept for what is said when the verb fails."""
    context.meta[LANGUAGE] = language
    return language
