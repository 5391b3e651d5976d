"""What the pytest plugin collects: rule files with their cases, files of properties; failures as authors read them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import Any, Self

import pytest

from safety_rules.face import Rules
from safety_rules.language.diagnostic import Span
from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.invariant import Invariant
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.proving.answers import Proof
from safety_rules.testing.collecting import CaseCheck, case_checks, properties_of
from safety_rules.testing.properties import RuleProperty, tried
from safety_rules.words.diagnostic import Diagnostic, framed


class Folder:
    """A folder of rules, loaded once, when the first of its files is collected."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._proofs: dict[str, tuple[Proof, ...]] = {}
        self._read: tuple[Rulebook | None, list[Diagnostic]] | None = None

    def read(self) -> tuple[Rulebook | None, list[Diagnostic]]:
        """Return the rulebook, or None with what is wrong."""
        if self._read is None:
            self._read = rulebook(folder_files(self.path), shown_at=f"{self.path.as_posix()}/")
        return self._read

    def proofs(self, area: str) -> tuple[Proof, ...]:
        """Return the answer to every invariant of an area; raises SafetyRulesError where there is no solver."""
        from safety_rules.services.proving.prove import prove_invariants

        book, _ = self.read()
        assert book is not None
        if area not in self._proofs:
            self._proofs[area] = tuple(prove_invariants(book, area))
        return self._proofs[area]

    def area(self, key: str, day: str) -> DatedArea:
        """Return an area on a day, by default on the day of its cases; raises SafetyRulesError."""
        book, wrong = self.read()
        if book is None:
            raise SafetyRulesError(wrong[0].text() if wrong else "the rules do not load")
        found = Rules(book).area(key)
        return found.on(day or found.area.default_on or "2000-01-01")


class FileOfFolder(pytest.File):
    """A file below a folder of rules."""

    folder: Folder

    @classmethod
    def of(cls, folder: Folder, parent: pytest.Collector, path: Path) -> Self:
        """Return the collector of a file of a folder."""
        made: Self = cls.from_parent(parent, path=path)
        made.folder = folder
        return made


class RuleFile(FileOfFolder):
    """One rule file: an item for each of its cases; a file with mistakes is one that cannot be collected."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the cases of this file."""
        book, wrong = self.folder.read()
        name = self.path.resolve().as_posix()
        if book is None:
            own = [d for d in wrong if d.at.source.name == name]
            if own:
                raise self.CollectError("\n".join(d.text() for d in own))
            return
        checks = [c for c in case_checks(book) if c.at.source.name == name]
        for number, check in enumerate(checks, start=1):
            yield CaseItem.from_parent(self, name=f"{check.of}: {number} {check.title}", check=check)
        for area in book.areas.values():
            claims = [i for i in area.invariants if i.at is not None and i.at.source.name == name]
            for invariant in claims:
                yield InvariantItem.from_parent(
                    self, name=f"{area.key}: {invariant.key}", invariant=invariant, area=area.key
                )
        areas = [a for a in book.areas.values() if name.endswith("/area.yaml") and _holds(a, name)]
        for area in areas:
            if next(iter(_of_area(area.key, book)), None) is None:
                yield EmptyArea.from_parent(self, name=f"{area.key} has cases")


def _holds(area: Any, name: str) -> bool:
    folder = name.rpartition("/")[0] + "/"
    things = (*area.rules, *area.derivations, *area.obligations)
    return any(t.at is not None and t.at.source.name.startswith(folder) for t in things)


def _of_area(key: str, book: Rulebook) -> Iterable[CaseCheck]:
    return case_checks(replace(book, areas={key: book.areas[key]}, chains=()))


class RuleFailure(AssertionError):
    """A case, or a property, that does not hold; the text says it all."""


class RuleItem(pytest.Item):
    """What is tested of rules; its failure is shown as the author reads it."""

    line = 1

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the failure as the author reads it."""
        own = isinstance(excinfo.value, RuleFailure)
        return str(excinfo.value) if own else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return its place."""
        return self.path, self.line - 1, self.name


class CaseItem(RuleItem):
    """A case of a rule file."""

    def __init__(self, *, check: CaseCheck, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check, self.line = check, _line(check.at)

    def runtest(self) -> None:
        """Fail with what the case does not hold to, at its line."""
        failures = list(self.check.failures())
        if failures:
            texts = [framed("case-failed", f"{self.check.of}: {f.en}", self.check.at) for f in failures]
            raise RuleFailure("\n".join(texts))


class InvariantItem(RuleItem):
    """An invariant of an area, put to the solver once for all invariants of the area."""

    def __init__(self, *, invariant: Invariant, area: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.invariant, self.area = invariant, area
        self.line = _line(invariant.at) if invariant.at is not None else 1

    def runtest(self) -> None:
        """Fail with the record that breaks it, or with why it is not decided."""
        assert isinstance(self.parent, RuleFile)
        proofs = [p for p in self.parent.folder.proofs(self.area) if p.question.of == self.invariant.key]
        if not proofs:
            raise RuleFailure(f"{self.path}: `{self.invariant.key}` was not put to the solver on any day")
        wrong = [p for p in proofs if not p.holds]
        if wrong:
            raise RuleFailure("\n".join(self._text(p) for p in wrong))

    def _text(self, proof: Proof) -> str:
        said = f"`{self.invariant.key}` {proof.answer.value} on {proof.question.day}: {proof.why.en}"
        head = framed("invariant", said, self.invariant.at) if self.invariant.at is not None else said
        records = ["\n".join([f"on {s.day}: {s.says}", "given:", indent(s.given, "  ")]) for s in proof.shown]
        return "\n".join([head, *records])


class EmptyArea(RuleItem):
    """An area without a single case: nothing would be tested, and that is no success."""

    def runtest(self) -> None:
        """Fail."""
        raise RuleFailure(f"{self.path}: no case was found for this area")


class PropertyFile(FileOfFolder):
    """A file of properties beside the rules."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the properties; a file without any is a mistake."""
        found = list(properties_of(self._module()))
        if not found:
            raise self.CollectError(f"{self.path}: no property stands here; write `name = rule_property(...)`")
        for name, one, line in found:
            yield PropertyItem.from_parent(self, name=name, one=one, line=line, folder=self.folder)

    def _module(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"rule_properties_{abs(hash(self.path))}", self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise self.CollectError(f"{self.path}: {type(error).__name__}: {error}") from error
        return module


class PropertyItem(RuleItem):
    """A property of rules."""

    def __init__(self, *, one: RuleProperty, line: int, folder: Folder, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.one, self.line, self.folder = one, line, folder

    def runtest(self) -> None:
        """Try the property on records of its area."""
        area = self.one.area
        try:
            tried(self.one, self.folder.area(area, self.one.on) if isinstance(area, str) else area)
        except (AssertionError, SafetyRulesError) as error:
            raise RuleFailure(f"{self.path}:{self.line}: {self.name}: {error}") from None


def _line(at: Span) -> int:
    return at.source.position(at.start)[0]
