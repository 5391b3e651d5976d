"""What a folder of rules holds to be tested: its cases, each run only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.rule import Case
from safety_rules.language.rulebook import Rulebook
from safety_rules.services.cases import area_case, derivation_case, obligation_case, rule_case
from safety_rules.services.chain_cases import chain_case
from safety_rules.testing.properties import RuleProperty


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """One case: its name, where it stands, and what runs it."""

    of: str
    title: str
    at: Span
    failures: Callable[[], Iterator[str]]


def case_checks(book: Rulebook) -> Iterator[CaseCheck]:
    """Yield every case of a rulebook."""
    for area in book.areas.values():
        yield from (_check(r.key, c, partial(rule_case, book, area, r, c)) for r in area.rules for c in r.cases)
        yield from (
            _check(d.key, c, partial(derivation_case, book, area, d, c)) for d in area.derivations for c in d.cases
        )
        yield from (
            _check(o.key, c, partial(obligation_case, book, area, o, c)) for o in area.obligations for c in o.cases
        )
        yield from (_check(area.key, c, partial(area_case, book, area, c)) for c in area.cases)
    yield from (_check(r.key, c, partial(chain_case, book, r, c)) for r in book.chains for c in r.cases)


def _check(of: str, case: Case, run: Callable[[], Iterator[str]]) -> CaseCheck:
    return CaseCheck(of, case.title, case.at, run)


def properties_of(module: ModuleType | Any) -> Iterator[tuple[str, RuleProperty, int]]:
    """Yield the properties of a Python module: name, property and the line where its check begins."""
    for name, value in vars(module).items():
        found = getattr(value, "rule_property", None)
        if isinstance(found, RuleProperty):
            code = getattr(found.check, "__code__", None)
            own = code is not None and Path(code.co_filename).name == Path(str(module.__file__)).name
            yield name, found, code.co_firstlineno if own and code is not None else 1
