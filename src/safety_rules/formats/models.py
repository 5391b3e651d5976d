"""A pydantic model of an area's facts, and the JSON Schema of its data, for other systems' forms and APIs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from safety_rules.language import limits
from safety_rules.language.clock import is_amount, is_time
from safety_rules.language.kinds import Boolean, Choice, ChoiceList, Choices, Date, Kind, Number, Records, Text
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.vocabulary import Fact, Subject, Vocabulary
from safety_rules.semantics.admission.formats import CREDIT_ALPHABET, FORMATS
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import FALSE, TRUE
from safety_rules.words.values import decimal

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PATTERNS = {
    "credit_code": f"^[{CREDIT_ALPHABET}{CREDIT_ALPHABET[10:].lower()}]{{18}}$",
    "identity_number": "^[1-9][0-9]{16}[0-9Xx]$",
    "industry_code": "^[A-Ta-t]?[0-9]{2,4}$",
}


def record_model(rulebook: Rulebook, area: Area) -> type[BaseModel]:
    """Return a model with one sub-model a subject; every fact may be left out, and is then unknown.

    Fields answer to their English key and to their Chinese name; a fact that the area's rules work
    out has no field.
    """
    vocabulary = rulebook.vocabulary
    derived = frozenset(d.fact for d in area.derivations)
    fields: dict[str, Any] = {}
    for key in area.subjects:
        subject = vocabulary.subjects[key]
        facts = [f for f in vocabulary.of_subject(key) if f.key not in derived]
        fields[key] = _optional(
            _submodel(key, facts, vocabulary, derived),
            title=subject.name.zh,
            names=_subject_names(subject),
            extra={"title_en": subject.name.en},
        )
    return create_model(_class_name(area.key), __config__=_config(area.title.zh), **fields)


def json_schema(rulebook: Rulebook, area: Area) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the area's data, by English keys."""
    schema = record_model(rulebook, area).model_json_schema(by_alias=False)
    return {"$schema": DIALECT, **schema}


def _config(title: str) -> ConfigDict:
    return ConfigDict(title=title, extra="forbid", populate_by_name=True, validate_default=False)


def _class_name(key: str) -> str:
    return "".join(part.capitalize() for part in key.replace(".", "_").split("_")) + "Record"


def _subject_names(subject: Subject) -> tuple[str, ...]:
    return (subject.key, subject.zh_key, subject.name.zh)


def _submodel(key: str, facts: Iterable[Fact], vocabulary: Vocabulary, derived: frozenset[str]) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for fact in facts:
        extra: dict[str, Any] = {"title_en": fact.name.en}
        if fact.meaning is not None:
            extra["description_en"] = fact.meaning.en
        if is_amount(fact.kind) and fact.kind.unit.symbol:
            extra["unit"] = fact.kind.unit.symbol
        if isinstance(fact.kind, Choice | Choices):
            extra["choices"] = {o.key: {"zh": o.name.zh, "en": o.name.en} for o in fact.kind.choices.options}
        names = (fact.field, fact.zh_key.rpartition(".")[2], fact.name.zh)
        fields[fact.field] = _optional(
            _type(fact, vocabulary, derived),
            title=fact.name.zh,
            names=names,
            extra=extra,
            description=None if fact.meaning is None else fact.meaning.zh,
        )
    return create_model(_class_name(key), __config__=_config(key), **fields)


def _optional(
    kind: Any, title: str, names: Iterable[str], extra: dict[str, Any], description: str | None = None
) -> tuple[Any, Any]:
    """Return a field's type and its labels; None is the same as leaving it out."""
    aliases = AliasChoices(*dict.fromkeys(names))
    labels = Field(
        default=None, title=title, description=description, validation_alias=aliases, json_schema_extra=extra
    )
    return kind | None, labels


def _type(fact: Fact, vocabulary: Vocabulary, derived: frozenset[str]) -> Any:
    """Return the annotation of a fact's kind."""
    kind: Kind = fact.kind
    match kind:
        case Boolean():
            return Annotated[bool, BeforeValidator(_said)]
        case Number() if is_time(kind):
            return datetime.time
        case Number(whole=whole):
            return Annotated[int if whole else Decimal, Field(**_bounds(fact))]
        case Text():
            return _text(fact)
        case Date():
            return datetime.date
        case Choice(choices):
            return _choice(choices)
        case Choices(choices):
            return list[_choice(choices)]  # type: ignore[misc]
        case Records():
            inner = [f for f in vocabulary.fields(fact.key) if f.key not in derived and _directly(f, fact)]
            return list[_submodel(fact.key, inner, vocabulary, derived)]  # type: ignore[misc]
        case _:
            raise TypeError(kind)


def _directly(inner: Fact, outer: Fact) -> bool:
    return inner.key.count(".") == outer.key.count(".") + 1


def _said(data: Any) -> Any:
    """Return the truth that a word such as 是 or 否 means; all else as it is."""
    word = data.strip().casefold() if isinstance(data, str) else None
    return True if word in TRUE else False if word in FALSE else data


def _choice(choices: ChoiceList) -> Any:
    def key_of(data: Any) -> Any:
        option = choices.find(data) if isinstance(data, str) else None
        return data if option is None else option.key

    return Annotated[Literal[tuple(o.key for o in choices.options)], BeforeValidator(key_of)]


def _text(fact: Fact) -> Any:
    if not fact.format:
        return Annotated[str, Field(max_length=limits.TEXT)]

    def well_formed(text: str) -> str:
        try:
            return FORMATS[fact.format](text)
        except Unusable as wrong:
            raise ValueError(wrong.message.zh) from None

    return Annotated[str, Field(pattern=PATTERNS.get(fact.format)), AfterValidator(well_formed)]


def _bounds(fact: Fact) -> dict[str, Any]:
    named = {"ge": fact.bounds.minimum, "gt": fact.bounds.above, "le": fact.bounds.maximum}
    found = {name: _exact(bound) for name, bound in named.items() if bound is not None}
    whole = isinstance(fact.kind, Number) and fact.kind.whole
    return {name: int(bound) if whole else bound for name, bound in found.items()}


def _exact(bound: Fraction) -> Decimal:
    return Decimal(decimal(bound).lstrip("≈"))
