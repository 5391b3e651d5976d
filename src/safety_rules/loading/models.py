"""The shape of every kind of rule file, for the loader and for the JSON Schema that editors use."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema
from pydantic_core import PydanticCustomError, core_schema

from safety_rules.language.lint import LINT_CODES
from safety_rules.language.rule import Standing
from safety_rules.loading.tree import Mapping, Scalar, Sequence
from safety_rules.semantics.formats import FORMATS

KINDS = ("boolean", "number", "text", "date", "choice", "choices", "records")
STANDING_WORDS = tuple(Standing.__members__)


def _scalar(value: Any) -> Scalar:
    if not isinstance(value, Scalar) or (value.plain and str(value) in NOTHING):
        raise PydanticCustomError("scalar", "a single value is wanted here")
    return value


def _node(value: Any) -> Any:
    return value


def _leaf(validate: Any, schema: dict[str, Any]) -> GetPydanticSchema:
    return GetPydanticSchema(
        lambda _source, _handler: core_schema.no_info_plain_validator_function(
            validate, metadata={"pydantic_js_functions": [lambda _s, _h: dict(schema)]}
        )
    )


NOTHING = ("", "~", "null", "Null", "NULL")  # what other YAML readers take for no value at all
S = Annotated[Scalar, _leaf(_scalar, {"type": ["string", "number", "boolean"]})]
Day = Annotated[Scalar, _leaf(_scalar, {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})]
Flag = Annotated[Scalar, _leaf(_scalar, {"enum": [True, False, "true", "false"]})]
Key = Annotated[Scalar, _leaf(_scalar, {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"})]
KindWord = Annotated[Scalar, _leaf(_scalar, {"enum": list(KINDS)})]
StandingWord = Annotated[Scalar, _leaf(_scalar, {"enum": list(STANDING_WORDS)})]
LintCode = Annotated[Scalar, _leaf(_scalar, {"enum": list(LINT_CODES)})]
FormatWord = Annotated[Scalar, _leaf(_scalar, {"enum": list(FORMATS)})]
Node = Annotated[Any, _leaf(_node, {})]


class Model(BaseModel):
    """A mapping with these keys and no others."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)


class SilenceFile(Model):
    """A finding of lint that is meant so: its code, of what (all of this file by default), and why."""

    code: LintCode
    of: S | None = None
    reason: S


class TopModel(Model):
    """A whole rule file."""

    silence: list[SilenceFile] = Field(default_factory=list)


class NameFile(Model):
    """A name or sentence in Chinese and in English."""

    zh: S
    en: S


class PeriodFile(Model):
    """From a day (inclusive) until a day (inclusive)."""

    since: Day | None = Field(None, alias="from")
    until: Day | None = None


class CitationFile(Model):
    """A clause of a source in `sources.yaml`; quoted only where its text was read."""

    source: S
    clause: S
    quotation: S | None = None
    standing: StandingWord | None = None
    note: S | None = None


class ClauseFile(Model):
    """One condition with its sentence."""

    zh: S
    en: S
    that: S


class DutyFile(Model):
    """What someone has to do, and by when."""

    who: NameFile
    what: NameFile
    by: NameFile | None = None


class OtherwiseFile(Model):
    """What a violated rule asks for; `advice: true` in place of an outcome asks for none."""

    outcome: S | None = None
    advice: Flag | None = None
    veto: Flag | None = None
    remedy: NameFile | None = None
    duties: list[DutyFile] = Field(default_factory=list)


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
    authority: list[CitationFile] = Field(min_length=1)
    cases: list[CaseFile] = Field(default_factory=list)


class RuleFile(_InForce):
    """A requirement, with its authority, its consequence and its cases."""

    kind: ClassVar[str] = "rule"
    rule: Key
    area: S | None = None
    applies_when: dict[S, ClauseFile] = Field(default_factory=dict)
    requires: dict[S, ClauseFile] = Field(min_length=1)
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
    fact: S
    for_each: S | None = None
    derives: S | BandsFile


class ObligationFile(_InForce):
    """A duty that follows whenever its conditions hold."""

    kind: ClassVar[str] = "obligation"
    obligation: Key
    applies_when: dict[S, ClauseFile] = Field(default_factory=dict)
    duty: DutyFile


class AreaFile(TopModel):
    """Rules that give one verdict together; outcomes from best to worst."""

    kind: ClassVar[str] = "area"
    area: Key
    title: NameFile
    subjects: list[S] = Field(min_length=1)
    uses: list[S] = Field(default_factory=list)
    outcomes: dict[S, NameFile] = Field(min_length=2)
    cases_on: Day


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
    says: list[S] | None = None
    note: S | None = None


class CasesFile(TopModel):
    """Examples of an area's verdicts."""

    kind: ClassVar[str] = "cases"
    cases: list[AreaCaseFile]


class InvariantFile(Model):
    """What holds on every record, with exactly one claim; `when` narrows the records down, `from` and `until` the days."""

    zh: S
    en: S
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


class ExemptionFile(Model):
    """Where a built-in question does not hold, by law, and why; with `where` it is asked of those records alone."""

    question: S
    of: list[S] = Field(default_factory=list)
    where: S | None = None
    zh: S
    en: S


class InvariantsFile(Model):
    """What an area's rules are proved to hold to, and where built-in questions do not hold by law."""

    kind: ClassVar[str] = "invariants"
    invariants: dict[S, InvariantFile] = Field(default_factory=dict)
    exemptions: list[ExemptionFile] = Field(default_factory=list)


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


class ParameterFile(Model):
    """A figure with its name, kind and timeline."""

    zh: S
    en: S
    called: S
    kind: KindWord
    unit: S | None = None
    choices: S | None = None
    entries: list[EntryFile] = Field(min_length=1)


class ParametersFile(TopModel):
    """Figures that change over time."""

    kind: ClassVar[str] = "parameters"
    parameters: dict[S, ParameterFile]


class SourceFile(Model):
    """A law, standard or document."""

    title: NameFile
    number: S | None = None
    issuer: NameFile | None = None
    in_force: PeriodFile | None = None
    standing: StandingWord
    note: S | None = None


class SourcesFile(TopModel):
    """Every document that rules cite."""

    kind: ClassVar[str] = "sources"
    sources: dict[S, SourceFile]


class UnitFile(Model):
    """A unit: its dimension and its size in that dimension's base unit."""

    dimension: S
    scale: S
    aliases: list[S] = Field(default_factory=list)


class UnitsFile(TopModel):
    """Units of measure."""

    kind: ClassVar[str] = "units"
    units: dict[S, UnitFile]


class OptionFile(Model):
    """One value of a choice."""

    zh: S
    en: S
    aliases: list[S] = Field(default_factory=list)
    note: S | None = None


class SubjectFile(Model):
    """What facts are about."""

    zh: S
    en: S
    identity: list[S] = Field(default_factory=list)


class FieldFile(Model):
    """A fact, or a field of a list's records."""

    zh: S
    en: S
    kind: KindWord
    unit: S | None = None
    choices: S | None = None
    whole: Flag | None = None
    minimum: S | None = None
    above: S | None = None
    maximum: S | None = None
    step: S | None = None
    format: FormatWord | None = None
    or_else: S | None = None
    adjustable: Flag | None = None
    meaning: NameFile | None = None
    headings: list[S] = Field(default_factory=list)


class FactFile(FieldFile):
    """A fact; `fields` are those of a list of records."""

    fields_: dict[S, FieldFile] = Field(default_factory=dict, alias="fields")


class VocabularyFile(TopModel):
    """Every fact that rules name and data carry."""

    kind: ClassVar[str] = "vocabulary"
    subjects: dict[S, SubjectFile] = Field(default_factory=dict)
    choices: dict[S, dict[S, OptionFile]] = Field(default_factory=dict)
    facts: dict[S, FactFile] = Field(default_factory=dict)


class PatternFile(Model):
    """One record that a chaining rule looks for; `that` may name the records before it."""

    in_: S = Field(alias="in")
    zh: S
    en: S
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


class ColumnFile(Model):
    """A column of a reference table."""

    zh: S
    en: S
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


class TableFile(TopModel):
    """A reference table: `match` are the columns that spell a row (several spellings parted by `;`)."""

    kind: ClassVar[str] = "table"
    table: S
    zh: S
    en: S
    called: S
    match: list[S] = Field(min_length=1)
    distinguish: S | None = None
    columns: dict[S, ColumnFile] = Field(min_length=1)
    editions: list[EditionFile] = Field(min_length=1)


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
}

Language = Literal["zh", "en"]
YamlNode = Scalar | Mapping | Sequence
