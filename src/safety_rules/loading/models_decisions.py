"""The shape of decision tables: rows with a test a column, of which the hit policy chooses."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from safety_rules.loading.models_base import CitationRef, Key, Model, NameFile, PeriodFile, PolicyWord, S, TopModel
from safety_rules.loading.models_rules import CaseFile


class RowFile(Model):
    """A row: the tests of its columns, of which one that is left out holds always, and what it gives."""

    zh: S
    en: S
    when: dict[S, S] = Field(default_factory=dict)
    gives: S


class DecisionFile(TopModel):
    """A fact that follows from rows: written here, or in a CSV `file` beside with a column a fact and
    `row,zh,en,gives`.

    Of the rows that hold, `unique` allows one, `any` several that give the same, `first` takes the uppermost,
    `priority` the one whose value stands first in `priority`, and `collect` adds them up.
    """

    kind: ClassVar[str] = "decision"
    decision: Key
    fact: S
    title: NameFile
    in_force: PeriodFile
    authority: list[CitationRef] = Field(min_length=1)
    hit: PolicyWord
    priority: list[S] = Field(default_factory=list)
    rows: dict[Key, RowFile] = Field(default_factory=dict)
    file: S | None = None
    cases: list[CaseFile] = Field(default_factory=list)
