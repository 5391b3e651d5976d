"""What all rule files are made of: values that keep their place, names, periods and citations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, GetPydanticSchema, Tag
from pydantic_core import PydanticCustomError, core_schema

from safety_rules.language.lint import LINT_CODES
from safety_rules.language.source import Standing
from safety_rules.loading.tree import Scalar
from safety_rules.semantics.admission.formats import FORMATS

KINDS = ("boolean", "number", "text", "date", "time", "choice", "choices", "records")
POLICIES = ("unique", "any", "first", "priority", "collect")  # which rows of a decision table decide
STANDING_WORDS = tuple(Standing.__members__)


def _scalar(value: Any) -> Scalar:
    if not isinstance(value, Scalar) or (value.plain and str(value) in NOTHING):
        raise PydanticCustomError("scalar", "scalar")
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
PolicyWord = Annotated[Scalar, _leaf(_scalar, {"enum": list(POLICIES)})]
Node = Annotated[Any, _leaf(lambda value: value, {})]


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
    continues: S | None = None


def _is_name(value: Any) -> str:
    return "named" if isinstance(value, Scalar) else "written"


NamedOr = Discriminator(_is_name)  # where a name may refer to what a file of `clauses:`, `duties:`, `citations:` holds
Named = Annotated[S, Tag("named")]
CitationRef = Annotated[Named | Annotated[CitationFile, Tag("written")], NamedOr]
