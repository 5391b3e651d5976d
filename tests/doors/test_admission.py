"""What admission does with every datum, whichever object it is: given twice, any object, times with a zone, read whole."""

from __future__ import annotations

import datetime
import itertools
import json
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pydantic import BaseModel, ConfigDict

import safety_rules as sr
from doors.contents import GOOD
from doors.hostile import OBJECTS
from safety_rules.language.kinds import Records

UTC, CHINA = datetime.UTC, datetime.timezone(datetime.timedelta(hours=8))
HAZARD = sr.load().area("major_hazard").on("2020-10-01")
ADMISSION = sr.load().area("admission").on("2020-10-01")


def chemicals(*records: Any) -> dict[str, Any]:
    return {"unit": {"name": "x", "scope": "in_scope", "exposed_population": 0, "chemicals": list(records)}}


class Chemical(BaseModel):
    model_config = ConfigDict(extra="allow")
    quantity: str


TWICE = {
    "two values": {"quantity": "10 t", "存在量": "1 t"},
    "the other first": {"存在量": "1 t", "quantity": "10 t"},
    "a bad value, then a good one": {"quantity": "十吨", "存在量": "1 t"},
    "a good value, then a bad one": {"存在量": "1 t", "quantity": "十吨"},
    "full width": {"quantity": "10 t", "ｑｕａｎｔｉｔｙ": "1 t"},
    "pydantic": Chemical(quantity="10 t", 存在量="1 t"),
}


@pytest.mark.parametrize("given", TWICE.values(), ids=list(TWICE))
def test_a_field_of_a_list_given_twice_is_unknown(given: Any) -> None:
    record = HAZARD.admit(chemicals(given))
    assert record.values["unit.chemicals"] == ({},)
    assert {"given-twice"} >= {p.code for p in record.problems} - {"not-a-number"}
    assert list(dict.fromkeys(p.path for p in record.problems)) == ["unit.chemicals[0].quantity"]
    assert not HAZARD.decide(chemicals({"name": "氯"}, given)).definite


@pytest.mark.parametrize("given", [{"quantity": "10 t", "存在量": 10}, {"quantity": "10 t", "存在量": ""}], ids=str)
def test_a_field_given_twice_alike_or_once_blank_is_known(given: Any) -> None:
    record = HAZARD.admit(chemicals(given))
    assert record.problems == ()
    assert record.values["unit.chemicals"] == ({"quantity": 10},)


@pytest.mark.parametrize("name", ["存在量", "ｑｕａｎｔｉｔｙ"])
def test_a_field_given_twice_in_a_struct_or_in_json_is_unknown_in_tables(name: str) -> None:
    given = {"name": "氯", "quantity": 10, name: 1}
    rows = chemicals(given)["unit"]
    told = {**rows, "chemicals": json.dumps([given], ensure_ascii=False)}
    for row in (rows, told):
        for engine in ("duckdb", "records"):
            table = pa.Table.from_pylist([row])
            columns = {f"unit.{n}": n for n in row}
            (found,) = HAZARD.decide_table(table, engine=engine, columns=columns)
            assert (found["outcome"], found["problem"]) == ("undetermined", True), (row, engine)


@cache
def facts_of_each_kind() -> list[tuple[sr.DatedArea, str, str]]:
    """Return a fact of each kind and format, of lists too, by area, with its name in Chinese."""
    found = {}
    for area in (ADMISSION, HAZARD):
        vocabulary = area.law.rulebook.vocabulary
        for subject in area.law.area.subjects:
            for fact in vocabulary.of_subject(subject):
                found.setdefault((type(fact.kind), fact.format, ""), (area, fact.key, fact.zh_key))
                if isinstance(fact.kind, Records):
                    for inner in vocabulary.fields(fact.key):
                        kind = (type(inner.kind), inner.format, "in a list")
                        found.setdefault(kind, (area, inner.key, inner.zh_key))
    return list(found.values())


def placed(key: str, item: Any) -> dict[str, Any]:
    subject, name, *field = key.split(".")
    return {subject: {name: [{field[0]: item}] if field else item}}


@pytest.mark.parametrize("label", OBJECTS)
def test_any_object_is_a_value_or_a_named_problem_and_the_batch_goes_on(label: str) -> None:
    for turn, (area, key, zh) in enumerate(facts_of_each_kind(), list(OBJECTS).index(label)):
        datum, other = OBJECTS[label](), OBJECTS[label]()
        batch = [placed(key, datum), placed(zh, datum), placed(key, datum) | placed(zh, other), datum, {datum_key(): 1}]
        verdicts = list(area.decide_many([*batch, {}]))
        assert len(verdicts) == len(batch) + 1
        assert verdicts[turn % len(batch)].findings  # of one of them in turn: every finding is dear
        for verdict in verdicts:
            assert verdict.at_best
            assert all(p.message.zh and len(p.given) <= 80 for p in verdict.problems)
        assert verdicts[-1].problems == ()


@pytest.mark.parametrize("label", OBJECTS)
def test_all_that_is_told_of_any_object_can_be_told(label: str) -> None:
    keys = [k for area, k, _ in facts_of_each_kind() if area is ADMISSION and k.count(".") == 1]
    data: dict[str, Any] = {"project": {}, "enterprise": {}}
    for subject, name in (k.split(".") for k in keys):
        data[subject][name] = OBJECTS[label]()
    verdict = ADMISSION.decide(data)
    json.dumps(verdict.to_dict())
    assert verdict.explain("zh")
    assert verdict.explain("en")
    assert verdict.evidence(every=True)


def datum_key() -> Any:
    return (1, None)


def test_what_numpy_and_pandas_hold_is_read_as_what_it_holds() -> None:
    given = {
        "has_chemical_reaction": np.bool_(True),
        "land_area": np.float64(20.5),
        "floors": np.int64(3),
        "processes": np.array(["nitration"]),
        "site": np.str_("land"),
    }
    facts = {n for n in given if f"project.{n}" in ADMISSION.law.rulebook.vocabulary.facts}
    record = ADMISSION.admit({"project": {n: given[n] for n in facts}})
    plain = {"has_chemical_reaction": True, "land_area": 20.5, "floors": 3, "processes": ["nitration"], "site": "land"}
    assert ADMISSION.admit({"project": {n: plain[n] for n in facts}}) == record
    assert record.problems == ()
    assert len(record.values) >= 4


@pytest.mark.parametrize("blank", ["NaT", "pandas NA", "numpy NaT", "masked"])
def test_what_says_not_there_is_blank(blank: str) -> None:
    data = {"enterprise": {"accidents": [{"date": OBJECTS[blank](), "deaths": 3}]}}
    assert ADMISSION.admit({"enterprise": {"accidents": [{"deaths": 3}]}}) == ADMISSION.admit(data)


@pytest.mark.parametrize("label", [n for n in OBJECTS if "5,000 digits" in n and "decimal" not in n])
def test_a_number_of_thousands_of_digits_is_out_of_bounds(label: str) -> None:
    assert [p.code for p in ADMISSION.admit({"project": {"land_area": OBJECTS[label]()}}).problems] == ["out-of-bounds"]


BEFORE = datetime.datetime(2020, 8, 31, 16, 30, tzinfo=UTC)  # 2020-09-01 00:30 in China
MOMENTS: dict[str, Any] = {
    "utc": BEFORE,
    "china": BEFORE.astimezone(CHINA),
    "pandas": pd.Timestamp(BEFORE),
    "text, Z": "2020-08-31T16:30:00.000Z",
    "text, offset": "2020-09-01 00:30+08:00",
    "naive": datetime.datetime(2020, 9, 1, 0, 30),
    "numpy": np.datetime64("2020-09-01T00:30:00.000000000"),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))
def test_a_time_falls_on_a_day_of_the_areas_zone_by_every_door(moment: Any) -> None:
    day = datetime.date(2020, 9, 1)
    assert (
        day
        == ADMISSION.admit({"enterprise": {"accidents": [{"date": moment}]}}).values["enterprise.accidents"][0]["date"]
    )
    assert day == sr.load().area("admission").on(moment).law.as_of


def warehouse(tmp_path: Any, zone: str = "") -> sr.DatedArea:
    (tmp_path / "w").mkdir()
    (tmp_path / "units.yaml").write_text("units: {}\n")
    (tmp_path / "sources.yaml").write_text("sources:\n  d: {title: {zh: 文, en: Doc}, standing: local}\n")
    (tmp_path / "vocabulary.yaml").write_text(
        "subjects:\n  house: {zh: 库, en: House, identity: [house.name]}\n"
        "facts:\n  house.name: {zh: 名称, en: Name, kind: text}\n  house.seen: {zh: 检查日期, en: Seen, kind: date}\n"
        "  house.visits:\n    {zh: 走访, en: Visits, kind: records, fields: {day: {zh: 日期, en: Day, kind: date}}}\n"
    )
    (tmp_path / "w" / "area.yaml").write_text(
        "area: w\ntitle: {zh: 域, en: Area}\nsubjects: [house]\noutcomes: {good: {zh: 好, en: Good}, bad: {zh: 坏, en: Bad}}\n"
        f"cases_on: 2024-06-01\n{zone and f'zone: {zone}'}\n"
    )
    for key, condition in (
        ("late", "house.seen >= '2023-06-01'"),
        ("visited", "all(v.day >= '2023-06-01' for v in house.visits)"),
    ):
        (tmp_path / "w" / f"{key}.yaml").write_text(
            f"rule: {key}\ntitle: {{zh: 则, en: Rule}}\nin_force: {{from: 2020-01-01}}\n"
            "authority: [{source: d, clause: 一}]\n"
            f'requires:\n  one: {{zh: 晚, en: Late, that: "{condition}"}}\notherwise: {{outcome: bad}}\n'
            "cases:\n  - {case: 空, given: {house.name: 甲}, expect: undetermined}\n"
        )
    return sr.load(tmp_path).area("w").on("2024-06-01")


@pytest.mark.parametrize(("zone", "late"), [("", True), ("Asia/Shanghai", True), ("'+08:00'", True), ("UTC", False)])
def test_an_instant_in_a_table_is_of_the_day_that_it_is_of_in_a_record(tmp_path: Any, zone: str, late: bool) -> None:
    area = warehouse(tmp_path, zone)
    for at in (datetime.datetime(2023, 5, 31, 23, 30, tzinfo=UTC), datetime.datetime(2023, 6, 1, 7, 30, tzinfo=CHINA)):
        row = {"house.name": "x", "house.seen": at, "house.visits": [{"day": at}]}
        expected = "good" if late else "bad"
        assert expected == area.decide(row).outcome
        sources = {
            "arrow": pa.Table.from_pylist([row]),
            "pandas": pd.DataFrame([row]),
            "relation": duckdb.connect().from_arrow(pa.Table.from_pylist([row])),
        }
        for (name, source), engine in itertools.product(sources.items(), ("duckdb", "records")):
            if engine == "records" and name != "arrow":
                continue
            columns = {k: k for k in row}
            decided = area.decide_table(source, engine=engine, columns=columns)
            (found,) = decided
            assert (expected, False) == (found["outcome"], found["problem"]), (name, engine)
            assert expected == decided.verdict(1).outcome


@pytest.mark.parametrize(
    "day",
    [
        *(datetime.date(2020, 10, 1), "2020-10-01", "2020年10月1日", " 2020/10/1 ", np.datetime64("2020-10-01")),
        *(pd.Timestamp("2020-10-01 13:00"), datetime.datetime(2020, 9, 30, 20, tzinfo=UTC)),
    ],
    ids=str,
)
def test_the_law_is_that_of_the_day_that_is_meant(day: Any) -> None:
    assert datetime.date(2020, 10, 1) == sr.load().area("admission").on(day).law.as_of


@pytest.mark.parametrize(
    "day", [None, pd.NaT, "", "soon", "2020-13-01", 20201001, True, [], object(), "2020-W40-4"], ids=range(10)
)
def test_what_is_no_day_is_refused(day: Any) -> None:
    with pytest.raises(sr.NotFoundError, match="is not a day"):
        sr.load().area("admission").on(day)


@pytest.mark.parametrize("text", ["9 1", "0.9 1/1", "9 /1", "9·1", "9,1", "9 .5", "9 1%", "1 2 3", "9 亩"])
def test_a_number_without_a_unit_is_read_whole_or_not_at_all(text: str) -> None:
    key = next(
        f.key
        for f in HAZARD.law.rulebook.vocabulary.facts.values()
        if f.key.startswith("unit.") and f.key.count(".") == 1 and "population" in f.key
    )
    record = HAZARD.admit({key: text})
    assert dict(record.values) == {}
    assert len(record.problems) == 1


LISTS = {
    "good": ('[{"list": "black"}]', "known"),
    "blank before": (' [{"list": "black"}]', "known"),
    "comma too many": ('[{"list": "black"},]', "refused"),
    "comma too many within": ('[{"list": "black",}]', "refused"),
    "NaN": ('[{"list": NaN}]', "refused"),
    "Infinity": ('[{"list": -Infinity}]', "refused"),
    "name twice": ('[{"list": "black", "list": "yellow"}]', "refused"),
    "not ended": ('[{"list": "black"}', "refused"),
    "more behind": ('[{"list": "black"}] x', "refused"),
    "single quotes": ("[{'list': 'black'}]", "refused"),
}


@pytest.mark.parametrize(("text", "wanted"), LISTS.values(), ids=list(LISTS))
def test_a_list_in_a_cell_is_read_alike_by_every_engine(text: str, wanted: str) -> None:
    record = ADMISSION.admit({"enterprise": {"listings": text}})
    assert (wanted == "refused") == bool(record.problems)
    assert (wanted == "known") == ("enterprise.listings" in record.values)
    for engine in ("duckdb", "records"):
        table = pa.table({"x": [text]})
        (row,) = ADMISSION.decide_table(table, engine=engine, columns={"enterprise.listings": "x"})
        verdict = ADMISSION.decide({"enterprise": {"listings": text}})
        assert (verdict.outcome, verdict.at_best, verdict.at_worst, bool(record.problems)) == (
            row["outcome"],
            row["at_best"],
            row["at_worst"],
            row["problem"],
        ), engine


LAND = "project.land_area"
GIVEN_TOO: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, ["unknown-fact"]),
    "a blank": ({LAND: ""}, ["unknown-fact"]),
    "what cannot be used": ({LAND: "许多"}, ["not-a-number", "unknown-fact"]),
    "a number": ({LAND: 20}, ["given-twice", "unknown-fact"]),
}


@pytest.mark.parametrize("too", GIVEN_TOO)
@pytest.mark.parametrize("name", ["Project.Land-Area", "project.land area"])
def test_a_name_that_only_looks_like_a_facts_is_a_second_statement_where_there_is_a_first(name: str, too: str) -> None:
    given, codes = GIVEN_TOO[too]
    record = ADMISSION.admit({"project.name": "甲", **given, name: 30})
    assert sorted(p.code for p in record.problems) == codes
    assert LAND not in record.values


class Lying(list[Any]):
    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize("way", ["decide", "decide_many"])
def test_a_list_is_what_it_holds_whatever_its_class_says(way: str) -> None:
    given = {**GOOD, "enterprise.listings": Lying([{"list": "black", "listed_on": "2020-03-12", "status": "在列"}])}
    verdict = ADMISSION.decide(given) if way == "decide" else next(iter(ADMISSION.decide_many([given])))
    assert verdict.outcome == "rejected"


def test_what_arrow_holds_is_read_as_what_it_holds() -> None:
    listed = pa.Table.from_pylist([{"list": "black", "listed_on": "2020-03-12", "status": "在列"}])
    assert ADMISSION.decide({**GOOD, "project.land_area": pa.scalar(15)}).outcome == "admitted"
    assert ADMISSION.decide({**GOOD, "enterprise.listings": listed}).outcome == "rejected"
