"""The shape of rules, derivations, obligations, chaining rules and areas, with their cases and invariants."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Discriminator, Field, Tag

from safety_rules.loading.models_base import (
    CitationFile,
    CitationRef,
    Day,
    Flag,
    Key,
    Model,
    Named,
    NamedOr,
    NameFile,
    Node,
    PeriodFile,
    S,
    TopModel,
)


class ClauseFile(NameFile):
    """One condition with its sentence."""

    that: S


class DutyFile(Model):
    """What someone has to do, and by when; `lapses_with` is an outcome with which there is nothing left to do it for."""

    who: NameFile
    what: NameFile
    by: NameFile | None = None
    lapses_with: S | None = None


ClauseRef = Annotated[Named | Annotated[ClauseFile, Tag("written")], NamedOr]
DutyRef = Annotated[Named | Annotated[DutyFile, Tag("written")], NamedOr]


class NamedFile(TopModel):
    """Clauses, duties and citations that several files refer to, each by its name."""

    kind: ClassVar[str] = "named"
    clauses: dict[S, ClauseFile] = Field(default_factory=dict)
    duties: dict[S, DutyFile] = Field(default_factory=dict)
    citations: dict[S, CitationFile] = Field(default_factory=dict)


class OtherwiseFile(Model):
    """What a violated rule asks for; `advice: true` in place of an outcome asks for none."""

    outcome: S | None = None
    advice: Flag | None = None
    veto: Flag | None = None
    remedy: NameFile | None = None
    duties: list[DutyRef] = Field(default_factory=list)


class CaseFile(Model):
    """An example: `given` starts afresh, `but` changes the last `given`."""

    case: S
    as_of: Day | None = None
    given: dict[S, Node] | None = None
    but: dict[S, Node] | None = None
    expect: Node
    because: list[S] | None = None
    gap: dict[S, S] | None = None
    needs: list[S] | None = None
    note: S | None = None


class _InForce(TopModel):
    title: NameFile
    in_force: PeriodFile
    authority: list[CitationRef] = Field(min_length=1)
    cases: list[CaseFile] = Field(default_factory=list)


class RuleFile(_InForce):
    """A requirement, with its authority, its consequence and its cases."""

    kind: ClassVar[str] = "rule"
    rule: Key
    area: S | None = None
    applies_when: dict[S, ClauseRef] = Field(default_factory=dict)
    requires: dict[S, ClauseRef] = Field(min_length=1)
    otherwise: OtherwiseFile
    note: NameFile | None = None


class BandFile(Model):
    """One band: from (included) up to (excluded) unless `closed` says otherwise."""

    above: S | None = None
    at_least: S | None = None
    below: S | None = None
    at_most: S | None = None
    gives: S


class BandsFile(Model):
    """Bands of one number that leave no gap and no overlap."""

    of: S
    bands: list[BandFile] = Field(min_length=1)


class DeriveFile(_InForce):
    """A fact worked out from others; `for_each` names the item where the fact is a field of a list."""

    kind: ClassVar[str] = "derive"
    derive: Key
    area: S | None = None
    fact: S
    for_each: S | None = None
    derives: S | BandsFile


class ObligationFile(_InForce):
    """A duty that follows whenever its conditions hold."""

    kind: ClassVar[str] = "obligation"
    obligation: Key
    applies_when: dict[S, ClauseRef] = Field(default_factory=dict)
    duty: DutyRef


class RowsCaseFile(Model):
    """An example of a ledger: its rows, whether the rule holds of them, and which of them, counted from 1, say that it
    does not or leave it open.
    """

    case: S
    rows: list[dict[S, Node]]
    expect: S
    named: list[S] | None = None
    note: S | None = None


class AcrossRowsFile(NameFile):
    """What holds of a ledger as a whole: of rows that say the same in these facts there are at most so many, one by
    default; or a fact never falls in them.
    """

    by: list[S] = Field(min_length=1)
    at_most: S | None = None
    rising: S | None = None
    cases: list[RowsCaseFile] = Field(default_factory=list)


JoinKeys = Annotated[
    Annotated[dict[S, S], Tag("keys")] | Annotated[list[dict[S, S]], Tag("ways")],
    Discriminator(lambda value: "ways" if isinstance(value, list) else "keys"),
]


class AreaFile(TopModel):
    """Rules that give one verdict together; outcomes from best to worst."""

    kind: ClassVar[str] = "area"
    area: Key
    title: NameFile
    subjects: list[S] = Field(min_length=1)
    uses: list[S] = Field(default_factory=list)
    outcomes: dict[S, NameFile] = Field(min_length=2)
    cases_on: Day
    zone: S | None = None
    grades: Flag | None = None
    from_ledger: dict[S, JoinKeys] = Field(default_factory=dict)
    across_rows: dict[S, AcrossRowsFile] = Field(default_factory=dict)


class AreaCaseFile(Model):
    """An example of a whole verdict."""

    case: S
    as_of: Day | None = None
    given: dict[S, Node] | None = None
    but: dict[S, Node] | None = None
    expect: S
    at_best: S | None = None
    at_worst: S | None = None
    standing: S | None = None
    violated: list[S] | None = None
    undetermined: list[S] | None = None
    needs: list[S] | None = None
    incomplete: list[S] | None = None
    says: list[S] | None = None
    note: S | None = None


class CasesFile(TopModel):
    """Examples of an area's verdicts."""

    kind: ClassVar[str] = "cases"
    cases: list[AreaCaseFile]


class InvariantFile(NameFile):
    """What holds on every record, with exactly one claim; `when` narrows the records down, `from` and `until` the days."""

    since: S | None = Field(None, alias="from")
    until: S | None = None
    when: S | None = None
    never_better_than: S | None = None
    never_worse_than: S | None = None
    always: S | None = None
    grows: S | None = None
    never_falls: S | None = None
    never_rises: S | None = None
    verdict: S | None = None
    once_satisfied: list[S] | None = None
    stricter_since: S | None = None
    stricter_than_base: S | None = None


class ExemptionFile(NameFile):
    """Where a built-in question does not hold, by law, and why; with `where` it is asked of those records alone."""

    question: S
    of: list[S] = Field(default_factory=list)
    where: S | None = None


class InvariantsFile(Model):
    """What an area's rules are proved to hold to, and where built-in questions do not hold by law."""

    kind: ClassVar[str] = "invariants"
    invariants: dict[S, InvariantFile] = Field(default_factory=dict)
    exemptions: list[ExemptionFile] = Field(default_factory=list)


class PatternFile(NameFile):
    """One record that a chaining rule looks for; `that` may name the records before it."""

    in_: S = Field(alias="in")
    that: S | None = None


class ChainedRecordFile(Model):
    """The record that a chaining rule derives, field by field."""

    in_: S = Field(alias="in")
    with_: dict[S, S] = Field(alias="with", min_length=1)


class ChainFile(_InForce):
    """A chaining rule: what follows from records of several kinds, unless others are found."""

    kind: ClassVar[str] = "chain"
    chain: Key
    area: S | None = None
    given: dict[S, PatternFile] = Field(min_length=1)
    unless: dict[S, PatternFile] = Field(default_factory=dict)
    derives: ChainedRecordFile
    note: NameFile | None = None
