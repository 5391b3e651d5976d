"""The pydantic model of an area's facts, and the schema of its data."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

import safety_rules as sr
from screening.ledgers import GOOD_CODE, PACK, WRONG_CODE

AREA = sr.load(PACK).area("admission")
MODEL = AREA.record_model()
SCHEMA = AREA.json_schema()
BUILT_IN = sr.load()
FULL = {
    "project": {
        "id": "P1",
        "site": "land",
        "land_area": 20.5,
        "investment": 10000,
        "processes": ["oxidation", "assembly"],
        "has_reaction": False,
        "started_on": "2020-03-01",
    },
    "enterprise": {"credit_code": GOOD_CODE, "accidents": [{"date": "2020-03-01", "deaths": 2, "direct_loss": 0.1}]},
}


def test_a_dumped_instance_admits_to_the_same_record() -> None:
    dated = AREA.on("2020-10-01")
    record = dated.admit(FULL)
    assert record.problems == ()
    assert record.values == dated.admit(MODEL.model_validate(FULL)).values
    assert record.values == dated.admit(MODEL.model_validate(FULL).model_dump()).values
    assert record.values == dated.admit(MODEL.model_validate(FULL).model_dump(mode="json")).values


def test_chinese_names_mean_the_same_as_english_keys() -> None:
    chinese = {
        "项目": {"用地方式": "征地", "用地面积": "20.5", "化学反应": "否", "生产工艺": ["氧化"]},
        "企业": {"事故记录": [{"死亡人数": 2}]},
    }
    english = {
        "project": {"site": "land", "land_area": Decimal("20.5"), "has_reaction": False, "processes": ["oxidation"]},
        "enterprise": {"accidents": [{"deaths": 2}]},
    }
    assert english == MODEL.model_validate(chinese).model_dump(exclude_unset=True)


def test_everything_may_be_left_out_and_is_then_unknown() -> None:
    assert AREA.on("2020-10-01").admit(MODEL()).values == {}


@pytest.mark.parametrize(
    "data",
    [
        {"project": {"land_area": 0}},
        {"project": {"land_area": "很多"}},
        {"project": {"site": "岛"}},
        {"project": {"started_on": "2025-13-40"}},
        {"project": {"land_aera": 1}},
        {"enterprise": {"credit_code": WRONG_CODE}},
        {"enterprise": {"accidents": [{"deaths": 1.5}]}},
        {"nobody": {}},
    ],
)
def test_wrong_data_is_refused_by_the_model(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MODEL.model_validate(data)


def test_fields_carry_labels_units_and_choices() -> None:
    project = SCHEMA["$defs"]["ProjectRecord"]["properties"]
    assert tuple(project["land_area"][k] for k in ("title", "unit", "title_en")) == ("用地面积", "亩", "Land area")
    assert project["site"]["choices"] == {
        "land": {"zh": "单体征地", "en": "Own land"},
        "lease": {"zh": "租赁厂房", "en": "Leased premises"},
    }


def test_the_schema_is_valid_and_takes_the_data_that_the_model_takes() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.validate(FULL)
    validator.validate(json.loads(MODEL.model_validate(FULL).model_dump_json(exclude_unset=True)))
    wrong = [
        {"project": {"site": "岛"}},
        {"project": {"land_area": 0}},
        {"project": {"x": 1}},
        {"enterprise": {"accidents": {}}},
    ]
    assert [validator.is_valid(data) for data in wrong] == [False] * 4


@pytest.mark.parametrize("key", BUILT_IN.areas)
def test_every_built_in_area_has_a_model_and_a_schema(key: str) -> None:
    area = BUILT_IN.area(key)
    assert area.area.title.zh == area.json_schema()["title"]
    jsonschema.Draft202012Validator.check_schema(area.json_schema())
    derived = {d.fact for d in area.area.derivations}
    facts = {
        f.field for s in area.area.subjects for f in area.rulebook.vocabulary.of_subject(s) if f.key not in derived
    }
    fields = {
        name for sub in area.record_model().model_fields.values() for name in sub.annotation.__args__[0].model_fields
    }
    assert facts == fields


def test_dates_of_the_model_are_days() -> None:
    assert datetime.date(2020, 3, 1) == MODEL.model_validate(FULL).project.started_on
