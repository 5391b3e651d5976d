"""The shape of every kind of rule file, for the loader and for the JSON Schema that editors use."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from safety_rules.loading import models_facts as parts
from safety_rules.loading import models_rules as shapes
from safety_rules.loading.models_base import CitationFile, Day, Model, NameFile, Node, S, TopModel
from safety_rules.loading.models_criteria import CriteriaFile
from safety_rules.loading.models_decisions import DecisionFile


class OverlayParameterFile(Model):
    """A parameter's timeline in place of the built-in one."""

    entries: list[parts.EntryFile] = Field(min_length=1)


class ChangedCasesFile(Model):
    """What becomes of the base's cases of a rule or an area: figures that they give, or what one of them comes to."""

    of: S
    case: S | None = None
    given: dict[S, dict[S, Node]] = Field(default_factory=dict)
    expect: Node | None = None
    because: list[S] | None = None
    gap: dict[S, S] | None = None
    needs: list[S] | None = None
    at_best: S | None = None
    at_worst: S | None = None
    violated: list[S] | None = None
    undetermined: list[S] | None = None
    says: list[S] | None = None
    why: NameFile | None = None


class ExceptionFile(shapes.ClauseFile, CitationFile):
    """Whom a rule does not reach, by which clause."""


class OverlayFile(TopModel):
    """A district's own facts, figures, tables, sources, rules and decisions, beside the built-in rules."""

    kind: ClassVar[str] = "overlay"
    overlay: S
    title: NameFile
    sources: dict[S, parts.SourceFile] = Field(default_factory=dict)
    parameters: dict[S, OverlayParameterFile] = Field(default_factory=dict)
    choices: dict[S, dict[S, parts.OptionFile]] = Field(default_factory=dict)
    facts: dict[S, parts.FactFile] = Field(default_factory=dict)
    formats: dict[S, parts.TextFormatFile] = Field(default_factory=dict)
    figures: dict[S, parts.ParameterFile] = Field(default_factory=dict)
    scales: dict[S, parts.ScaleFile] = Field(default_factory=dict)
    tables: list[parts.TableFile] = Field(default_factory=list)
    derivations: list[shapes.DeriveFile] = Field(default_factory=list)
    replaces: list[shapes.DeriveFile] = Field(default_factory=list)
    exceptions: dict[S, dict[S, ExceptionFile]] = Field(default_factory=dict)
    confirm: dict[S, CitationFile] = Field(default_factory=dict)
    switch_off: dict[S, NameFile] = Field(default_factory=dict)
    rules: list[shapes.RuleFile] = Field(default_factory=list)
    chains: list[shapes.ChainFile] = Field(default_factory=list)
    cases: dict[S, list[shapes.CaseFile]] = Field(default_factory=dict)
    area_cases: dict[S, list[shapes.AreaCaseFile]] = Field(default_factory=dict)
    changes_cases: list[ChangedCasesFile] = Field(default_factory=list)


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


FIRST_KEYS: dict[str, type[Model]] = {
    "rule": shapes.RuleFile,
    "derive": shapes.DeriveFile,
    "obligation": shapes.ObligationFile,
    "area": shapes.AreaFile,
    "overlay": OverlayFile,
    "subjects": parts.VocabularyFile,
    "facts": parts.VocabularyFile,
    "choices": parts.VocabularyFile,
    "parameters": parts.ParametersFile,
    "scales": parts.ParametersFile,
    "sources": parts.SourcesFile,
    "table": parts.TableFile,
    "units": parts.UnitsFile,
    "cases": shapes.CasesFile,
    "chain": shapes.ChainFile,
    "criteria": CriteriaFile,
    "decision": DecisionFile,
    "invariants": shapes.InvariantsFile,
    "exemptions": shapes.InvariantsFile,
    "clauses": shapes.NamedFile,
    "duties": shapes.NamedFile,
    "citations": shapes.NamedFile,
}
