"""What a folder of rules holds to be tested: its cases, each run only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Name
from safety_rules.language.rulebook import Rulebook
from safety_rules.services.cases import cases_of
from safety_rules.services.chain_cases import chain_case
from safety_rules.testing.properties import RuleProperty


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """One case: its name, where it stands, and what runs it."""

    of: str
    title: str
    at: Span
    failures: Callable[[], Iterator[Name]]


def case_checks(book: Rulebook) -> Iterator[CaseCheck]:
    """Yield every case of a rulebook."""
    for area in book.areas.values():
        yield from (CaseCheck(of or area.key, c.title, c.at, run) for of, c, run in cases_of(book, area))
    for rule in book.chains:
        yield from (CaseCheck(rule.key, c.title, c.at, partial(chain_case, book, rule, c)) for c in rule.cases)


def properties_of(module: ModuleType | Any) -> Iterator[tuple[str, RuleProperty, int]]:
    """Yield the properties of a Python module: name, property and the line where its check begins."""
    for name, value in vars(module).items():
        found = getattr(value, "rule_property", None)
        if isinstance(found, RuleProperty):
            code = getattr(found.check, "__code__", None)
            own = code is not None and Path(code.co_filename).name == Path(str(module.__file__)).name
            yield name, found, code.co_firstlineno if own and code is not None else 1
