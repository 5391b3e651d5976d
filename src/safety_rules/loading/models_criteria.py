"""The shape of criteria sets: one file a document, one entry an item."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, Tag

from safety_rules.loading.models_base import (
    CitationRef,
    Key,
    Model,
    Named,
    NamedOr,
    NameFile,
    Node,
    PeriodFile,
    S,
    StandingWord,
    TopModel,
)
from safety_rules.loading.models_facts import OptionFile
from safety_rules.loading.models_rules import CaseFile, DutyRef


class QuestionFile(Model):
    """What is to hold: without `that` a question of its own; facts with which it `holds` and `fails`, for the cases."""

    zh: S
    en: S
    that: S | None = None
    holds: dict[S, Node] = Field(default_factory=dict)
    fails: dict[S, Node] = Field(default_factory=dict)
    or_holds: list[dict[S, Node]] = Field(default_factory=list)


QuestionRef = Annotated[Named | Annotated[QuestionFile, Tag("written")], NamedOr]
MatterRef = Annotated[Named | Annotated[OptionFile, Tag("written")], NamedOr]


class ItemFile(Model):
    """One item of a document: `text` as it was read, what the danger was reported as, its scope and what it asks for.

    Outside its `scope` the item says nothing; where a condition of `while` is false, it says that the danger is not
    of its kind.
    """

    clause: S
    text: S | None = None
    standing: StandingWord | None = None
    also: list[CitationRef] = Field(default_factory=list)
    matter: MatterRef | None = None
    title: NameFile | None = None
    section: S | None = None
    scope: dict[S, QuestionRef] = Field(default_factory=dict)
    while_: dict[S, QuestionRef] = Field(default_factory=dict, alias="while")
    requires: dict[S, QuestionRef] = Field(min_length=1)
    remedy: NameFile | None = None
    note: NameFile | None = None
    cases: list[CaseFile] = Field(default_factory=list)


class CriteriaFile(TopModel):
    """The criteria of one document; `reported_as` is the list of choices in which an item is ticked.

    Without it every item is asked of whom it covers, and its questions are facts `about` a subject. `scope` and the
    item's `section` say whom it covers; `clauses` are those that several items share; those of all rules are known
    by name too. Sets of one `edition_of` follow each other without a hole or an overlap.
    """

    kind: ClassVar[str] = "criteria"
    criteria: Key
    title: NameFile
    in_force: PeriodFile
    edition_of: S | None = None
    source: S
    clause: S
    reported_as: S | None = None
    about: S | None = None
    outcome: S
    remedy: NameFile
    duties: list[DutyRef] = Field(default_factory=list)
    scope: dict[S, QuestionRef] = Field(default_factory=dict)
    sections: dict[S, QuestionFile] = Field(default_factory=dict)
    clauses: dict[S, QuestionFile] = Field(default_factory=dict)
    given: dict[S, Node] = Field(default_factory=dict)
    items: dict[Key, ItemFile] = Field(min_length=1)
