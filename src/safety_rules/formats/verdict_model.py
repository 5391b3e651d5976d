"""The pydantic model of a verdict as data, of any area or with an area's own keys, and its published JSON Schema."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from safety_rules.formats.models import DIALECT
from safety_rules.language.rulebook import Area
from safety_rules.semantics.verdict.serial import SCHEMA

StandingKey = Literal["statute", "local", "secondary", "parallel", "recalled", "assumed"]
Value = str | bool | list[str] | None
"""A value: exact numbers as decimals or `a/b`, days as YYYY-MM-DD, choices by their keys."""


class Part(BaseModel):
    """A part of a verdict; what is not of the schema is refused, so that nothing is lost unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Both(Part):
    """A text in Chinese and in English."""

    zh: str
    en: str


class DocumentModel(Part):
    """A document."""

    source: str
    title: Both
    number: str


class CitationModel(Part):
    """A clause of a document, quoted where its text was read."""

    source: str
    title: Both
    number: str
    clause: str
    quotation: str
    standing: StandingKey
    lapsed: bool
    lapsed_on: datetime.date | None
    replaced_by: DocumentModel | None


class FigureModel(CitationModel):
    """A figure or reference table, with the entry that was used: its value in its unit, and since when it holds."""

    name: Both
    value: Value
    unit: str
    since: datetime.date | None
    until: datetime.date | None


class DerivationModel(CitationModel):
    """A derived fact that the finding rests on, and what it is derived by."""

    name: Both


class AssumptionModel(CitationModel):
    """A citation that the outcome rests on and that is neither statute nor the district's own; `of` is a figure's key."""

    rule: str
    of: str | None


class ReasonModel(Part):
    """What is missing; for a fact also why, as far as the data tells."""

    kind: Literal["fact", "divisor", "step", "window", "parameter", "authority", "calendar", "year"]
    name: str
    label: Both
    absence: Literal["not_asked", "not_filled_in", "said_not_to_exist", "unreadable"] | None


class ReadModel(Part):
    """A fact that a clause read, with its value in its unit; of a list of records their number."""

    fact: str
    label: Both
    unit: str
    derived: bool
    records: int | None
    value: Value


class GapModel(Part):
    """The smallest change of one fact with which a failed clause holds, in the fact's unit."""

    rule: str
    clause: str
    fact: str
    label: Both
    now: str
    to: str
    change: str
    unit: str


class ClauseGapModel(GapModel):
    """A gap with its sentence."""

    said: Both


class SaidModel(Part):
    """The lines that an explanation has below a clause."""

    zh: list[str]
    en: list[str]


class ClauseModel(Part):
    """One condition: its sentence and text, whether it holds, what it read, and what is missing to meet it.

    `said` is empty in rules that are satisfied or do not apply; `gap` is null where a clause has none to be asked
    for, and empty where no change of a single fact is enough.
    """

    clause: str
    truth: Literal["true", "false", "unknown"]
    sentence: Both
    text: str
    values: list[ReadModel]
    figures: list[str]
    said: SaidModel
    lacks: list[ReasonModel]
    gap: list[ClauseGapModel] | None


class FindingModel(Part):
    """What one rule says; `decides` where the outcome (at best, while it is open) rests on it."""

    rule: str
    title: Both
    status: Literal["not_applicable", "satisfied", "violated", "undetermined"]
    outcome: str | None
    outcome_name: Both | None
    decides: bool
    veto: bool
    waived: bool
    standing: StandingKey | None
    applies_when: list[ClauseModel]
    requires: list[ClauseModel]
    lacks: list[ReasonModel]
    authority: list[CitationModel]
    parameters: dict[str, FigureModel]
    derivations: dict[str, DerivationModel]
    remedy: Both | None
    note: Both | None


class NeedsModel(Part):
    """What can still change an open verdict, and the fewest facts that settle it at its best."""

    smallest: list[ReasonModel]
    can_change: list[ReasonModel]
    proven: bool


class DutyModel(Part):
    """Who has to do what, and by when; `certain` is false while a fact is missing, or its law has ended."""

    rule: str
    who: Both
    what: Both
    by: Both | None
    certain: bool
    lacks: list[ReasonModel]
    authority: list[CitationModel]
    standing: StandingKey | None


class WaiverModel(Part):
    """What became of a waiver."""

    rule: str
    subject: str
    result: Literal["applied", "unused", "expired", "refused"]
    granted_by: str
    reason: str
    until: datetime.date


class ProblemModel(Both):
    """What of the data could not be used, and counts as unknown; or what must be given and is not."""

    code: str
    fact: str
    place: str
    given: str


class ReviewModel(DocumentModel):
    """A document that somebody had to look at again by a day that has passed."""

    review_by: datetime.date


class OverlayChangeModel(Both):
    """One thing that an overlay changed."""

    overlay: str
    what: str
    key: str


class AcceptedModel(Part):
    """A number that counts because it was confirmed: for which record, by whom, why and when."""

    record: str
    fact: str
    value: str
    by: str
    why: str
    day: datetime.date


class ProvenanceModel(Part):
    """What the verdict was made from: enough to make it again."""

    library: str
    engine: str
    rulebook: str
    overlay: str
    overlay_changes: list[OverlayChangeModel]
    require_standing: StandingKey
    confirmed: list[str]
    input: str
    facts: dict[str, Any]
    accepted: list[AcceptedModel]
    blanks: dict[str, Literal["not_filled_in", "said_not_to_exist"]]


class ChainsModel(Part):
    """What chains of other records bear on the verdict."""

    engine: str
    effects: list[dict[str, Any]]
    notes: list[Both]


class OneOfModel(Part):
    """Rules of which one is violated in every case of some blanks, so that the outcome at best is no better."""

    blank: str
    blanks: list[str] = Field(default_factory=list)
    rules: list[str]


class VerdictModel(Part):
    """A verdict as `verdict.to_dict()` gives it; findings that are violated come first, the worst before all."""

    schema_: Literal["safety_rules.verdict/2"] = Field(alias="schema")
    area: str
    area_title: Both
    subject: str
    as_of: datetime.date
    headline: Both
    outcome: str
    outcome_name: Both
    definite: bool
    at_best: str
    at_best_name: Both
    at_worst: str
    at_worst_name: Both
    standing: StandingKey | None
    one_of: OneOfModel | None = None
    no_worse: list[str] = Field(default_factory=list)
    every_case: bool = True
    derived: dict[str, Value]
    findings: list[FindingModel]
    needs: NeedsModel
    gaps: list[GapModel]
    no_single_gap: list[str]
    obligations: list[DutyModel]
    waivers: list[WaiverModel]
    problems: list[ProblemModel]
    incomplete: list[ProblemModel] = Field(default_factory=list)
    reviews: list[ReviewModel]
    assumptions: list[AssumptionModel]
    provenance: ProvenanceModel
    chains: ChainsModel | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data again: what `verdict.to_dict()` gave."""
        absent = {"chains"} if self.chains is None else None
        return self.model_dump(mode="json", by_alias=True, exclude=absent)


def verdict_model(area: Area) -> type[VerdictModel]:
    """Return the model with an area's own outcomes and rules, so that a program is told of a key that is none."""
    outcomes: Any = Literal[tuple(o.key for o in area.outcomes)]
    rules: Any = Literal[tuple(r.key for r in area.rules)]
    own = create_model("FindingModel", __base__=FindingModel, rule=(rules, ...), outcome=(outcomes | None, ...))
    fields: dict[str, Any] = {
        "area": (Literal[area.key], ...),
        "outcome": (outcomes | Literal["undetermined"], ...),
        "at_best": (outcomes, ...),
        "at_worst": (outcomes, ...),
        "findings": (list[own], ...),  # type: ignore[valid-type]
    }
    title = "".join(part.capitalize() for part in area.key.split("_"))
    return create_model(f"{title}Verdict", __base__=VerdictModel, **fields)


def verdict_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of every verdict."""
    return {"$schema": DIALECT, "$id": SCHEMA, **VerdictModel.model_json_schema()}
