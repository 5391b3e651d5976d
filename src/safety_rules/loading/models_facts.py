"""The shape of vocabularies, units, sources, parameters and reference tables."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, Tag

from safety_rules.loading.models_base import (
    Day,
    Flag,
    FormatWord,
    KindWord,
    Model,
    NamedOr,
    NameFile,
    PeriodFile,
    S,
    StandingWord,
    TopModel,
)


class EntryFile(Model):
    """A parameter's value from a day on."""

    since: Day = Field(alias="from")
    until: Day | None = None
    value: S | list[S]
    source: S
    clause: S
    standing: StandingWord | None = None
    quotation: S | None = None
    note: S | None = None


class ParameterFile(NameFile):
    """A figure with its name, kind and timeline."""

    called: S
    kind: KindWord
    unit: S | None = None
    choices: S | None = None
    entries: list[EntryFile] = Field(min_length=1)


class BracketFile(Model):
    """One bracket of a scale: above a number, up to another, at a rate."""

    above: S
    up_to: S | None = None
    rate: S


class ScaleEntryFile(Model):
    """The brackets of a scale from a day on."""

    since: Day = Field(alias="from")
    until: Day | None = None
    brackets: list[BracketFile] = Field(min_length=1)
    source: S
    clause: S
    standing: StandingWord | None = None
    quotation: S | None = None
    note: S | None = None


class ScaleFile(NameFile):
    """A scale with its name, the unit of what it is of and that of its rates, and its timeline."""

    called: S
    unit: S | None = None
    rate_unit: S | None = None
    entries: list[ScaleEntryFile] = Field(min_length=1)


class ParametersFile(TopModel):
    """Figures, and scales of several brackets, that change over time."""

    kind: ClassVar[str] = "parameters"
    parameters: dict[S, ParameterFile] = Field(default_factory=dict)
    scales: dict[S, ScaleFile] = Field(default_factory=dict)


class SourceFile(Model):
    """A law, standard or document."""

    title: NameFile
    number: S | None = None
    issuer: NameFile | None = None
    in_force: PeriodFile | None = None
    standing: StandingWord
    note: S | None = None
    review_by: Day | None = None
    replaced_by: S | None = None


class NotCoveredFile(Model):
    """Law of some areas that is known and not in the rules; an open finding of one of its `rules` names it."""

    areas: list[S] = Field(min_length=1)
    rules: list[S] = Field(default_factory=list)
    in_force: PeriodFile | None = None
    what: NameFile


class SourcesFile(TopModel):
    """Every document that rules cite, and what is known not to be covered."""

    kind: ClassVar[str] = "sources"
    sources: dict[S, SourceFile] = Field(default_factory=dict)
    not_covered: dict[S, NotCoveredFile] = Field(default_factory=dict)


class UnitFile(Model):
    """A unit: its dimension and its size in that dimension's base unit."""

    dimension: S
    scale: S
    aliases: list[S] = Field(default_factory=list)


class UnitsFile(TopModel):
    """Units of measure."""

    kind: ClassVar[str] = "units"
    units: dict[S, UnitFile]


class OptionFile(NameFile):
    """One value of a choice."""

    aliases: list[S] = Field(default_factory=list)
    note: S | None = None


class SubjectFile(NameFile):
    """What facts are about."""

    identity: list[S] = Field(default_factory=list)


class PlausibleFile(Model):
    """What an honest number lies within, and why; in the fact's unit unless another is given."""

    minimum: S | None = None
    maximum: S | None = None
    unit: S | None = None
    why: NameFile
    standing: StandingWord | None = None


class RatioFile(NameFile, PlausibleFile):
    """The plausible ratio of two facts of one record."""

    of: S
    per: S


class StartsFile(Model):
    """A fact that is a text, and how it starts."""

    fact: S
    starts_with: list[S] = Field(min_length=1)
    unless: list[S] = Field(default_factory=list)


class OneOfFile(Model):
    """A fact with choices, and some of them."""

    fact: S
    one_of: list[S] = Field(min_length=1)


class ContradictionFile(NameFile):
    """Two facts of one record of which one must be wrong; both count as unknown."""

    text: StartsFile
    choice: OneOfFile
    why: NameFile


class MustBeGivenFile(Model):
    """When a fact must be given, in a condition with its sentence, with another fact, or without one; and in which areas."""

    when: S | None = None
    given_with: S | None = Field(None, alias="with")
    without: S | None = None
    for_each: S | None = None
    zh: S | None = None
    en: S | None = None
    areas: list[S] = Field(default_factory=list)


MustBeGivenWritten = Annotated[Annotated[Flag, Tag("named")] | Annotated[MustBeGivenFile, Tag("written")], NamedOr]


class FieldFile(NameFile):
    """A fact, or a field of a list's records."""

    kind: KindWord
    unit: S | None = None
    choices: S | None = None
    whole: Flag | None = None
    minimum: S | None = None
    above: S | None = None
    maximum: S | None = None
    plausible: PlausibleFile | None = None
    must_be_given: MustBeGivenWritten | None = None
    step: S | None = None
    format: FormatWord | None = None
    or_else: S | None = None
    adjustable: Flag | None = None
    meaning: NameFile | None = None
    headings: list[S] = Field(default_factory=list)
    blank_words: list[S] | None = None


class FactFile(FieldFile):
    """A fact; `fields` are those of a list of records."""

    fields_: dict[S, FieldFile] = Field(default_factory=dict, alias="fields")


class TextFormatFile(NameFile):
    """A form of texts by name: its pattern, texts that have it and texts that do not."""

    pattern: S
    like: list[S] = Field(min_length=1)
    not_like: list[S] = Field(min_length=1)


class VocabularyFile(TopModel):
    """Every fact that rules name and data carry."""

    kind: ClassVar[str] = "vocabulary"
    subjects: dict[S, SubjectFile] = Field(default_factory=dict)
    choices: dict[S, dict[S, OptionFile]] = Field(default_factory=dict)
    facts: dict[S, FactFile] = Field(default_factory=dict)
    ratios: dict[S, RatioFile] = Field(default_factory=dict)
    contradictions: dict[S, ContradictionFile] = Field(default_factory=dict)
    formats: dict[S, TextFormatFile] = Field(default_factory=dict)


class ColumnFile(NameFile):
    """A column of a reference table."""

    kind: KindWord
    unit: S | None = None
    choices: S | None = None


class EditionFile(Model):
    """A table's rows from a day on, in a CSV file beside the head."""

    since: Day = Field(alias="from")
    until: Day | None = None
    file: S
    source: S
    clause: S
    standing: StandingWord | None = None
    quotation: S | None = None
    note: S | None = None


class TableFile(TopModel, NameFile):
    """A reference table: `match` are the columns that spell a row (several spellings parted by `;`), `within` the one
    of its groups.
    """

    kind: ClassVar[str] = "table"
    table: S
    called: S
    match: list[S] = Field(min_length=1)
    distinguish: S | None = None
    within: S | None = None
    columns: dict[S, ColumnFile] = Field(min_length=1)
    editions: list[EditionFile] = Field(min_length=1)
