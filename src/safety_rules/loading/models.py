"""The shape of every kind of rule file, for the loader and for the JSON Schema that editors use."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from safety_rules.loading.models_base import CitationFile, Day, Model, NameFile, S, TopModel
from safety_rules.loading.models_facts import (
    EntryFile,
    ParametersFile,
    SourceFile,
    SourcesFile,
    TableFile,
    UnitsFile,
    VocabularyFile,
)
from safety_rules.loading.models_rules import (
    AreaFile,
    CasesFile,
    ChainFile,
    DeriveFile,
    InvariantsFile,
    NamedFile,
    ObligationFile,
    RuleFile,
)


class OverlayParameterFile(Model):
    """A parameter's timeline in place of the built-in one."""

    entries: list[EntryFile] = Field(min_length=1)


class OverlayFile(TopModel):
    """A district's own figures, sources, rules and decisions, beside the built-in rules."""

    kind: ClassVar[str] = "overlay"
    overlay: S
    title: NameFile
    sources: dict[S, SourceFile] = Field(default_factory=dict)
    parameters: dict[S, OverlayParameterFile] = Field(default_factory=dict)
    confirm: dict[S, CitationFile] = Field(default_factory=dict)
    switch_off: dict[S, NameFile] = Field(default_factory=dict)
    rules: list[RuleFile] = Field(default_factory=list)
    chains: list[ChainFile] = Field(default_factory=list)


class LintWaiverFile(Model):
    """Leave for a finding of lint to stand: who answers for it, why, and until which day (inclusive)."""

    code: S
    file: S | None = None
    of: S | None = None
    owner: S
    reason: S
    until: Day


class LintWaiversFile(Model):
    """Waivers of lint findings; the file stands beside the rules, not among them."""

    kind: ClassVar[str] = "waivers"
    waivers: list[LintWaiverFile] = Field(min_length=1)


FileModel = (
    RuleFile
    | DeriveFile
    | ObligationFile
    | AreaFile
    | CasesFile
    | InvariantsFile
    | ParametersFile
    | SourcesFile
    | TableFile
    | UnitsFile
    | VocabularyFile
    | ChainFile
    | NamedFile
    | OverlayFile
)

FIRST_KEYS: dict[str, type[Model]] = {
    "rule": RuleFile,
    "derive": DeriveFile,
    "obligation": ObligationFile,
    "area": AreaFile,
    "overlay": OverlayFile,
    "subjects": VocabularyFile,
    "facts": VocabularyFile,
    "choices": VocabularyFile,
    "parameters": ParametersFile,
    "sources": SourcesFile,
    "table": TableFile,
    "units": UnitsFile,
    "cases": CasesFile,
    "chain": ChainFile,
    "invariants": InvariantsFile,
    "exemptions": InvariantsFile,
    "clauses": NamedFile,
    "duties": NamedFile,
    "citations": NamedFile,
}
