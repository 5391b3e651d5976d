"""The verdict as data: it loses no field, says what the explanation and the tables say, and can be made again from itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow
import pytest

import safety_rules as sr
from safety_rules.formats.verdict_model import verdict_schema
from safety_rules.language.explanation import Amount, Cited, Place, Series, Slot, Statement
from safety_rules.language.kinds import Name
from safety_rules.words.explanation import text

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "docs/verdict.schema.json"
SHORT = {
    "project": {"id": "P1", "site": "land", "land_area": "20 亩", "fixed_asset_investment": "9999.99 万元", "stage": "未知",
                "industry_code": "zz", "annual_tax": "/"},
    "企业": {"名单记录": "无", "accidents": [{"date": "2020-01-01", "deaths": 1}]},
}  # fmt: skip
AREAS = ("admission", "major_hazard", "major_hazard_duties", "rectification", "appraisal", "hidden_danger")


def verdicts() -> Iterator[sr.Verdict]:
    """Yield a verdict on an empty record, and on some cases of each area, its rules' own data."""
    rules = sr.load()
    yield (
        rules.area("admission")
        .on("2020-10-01")
        .decide(SHORT, [sr.Waiver("land_investment_per_mu", "P1", "管委会", "试点", date(2020, 12, 31))])
    )
    for key in rules.areas[1:]:
        area = rules.area(key)
        yield area.on("2020-10-01").decide([r.cases[-1] for r in area.area.rules if r.cases][-1].given)


@pytest.fixture(scope="module")
def made() -> list[tuple[sr.Verdict, dict[str, Any]]]:
    return [(v, v.to_dict()) for v in verdicts()]


Made = list[tuple[sr.Verdict, dict[str, Any]]]


def leaves(slot: Slot, verdict: sr.Verdict, language: str) -> Iterator[str]:
    """Yield the texts of an explanation's parts: names, amounts, places, citations."""
    vocabulary = verdict.on.rulebook.vocabulary
    match slot:
        case Statement(code, slots, below):
            if code in ("verdict.rest", "more.lines"):
                return
            for part in (*(p for _, p in slots), *below):
                yield from leaves(part, verdict, language)
        case Series(_, parts):
            for part in parts:
                yield from leaves(part, verdict, language)
        case Cited(citation, title, number, of):
            yield from (title.in_(language), number, citation.clause, citation.quotation)
            yield from () if of is None else (of.in_(language),)
        case Name() | Amount() | Place() | str():
            yield text(slot, language, vocabulary)
        case _:
            return


def test_every_area_is_looked_at(made: Made) -> None:
    assert {d["area"] for _, d in made} == set(sr.load().areas) >= {"admission", "major_hazard", "rectification"}
    assert {f["status"] for _, d in made for f in d["findings"]} == {s.value for s in sr.Status}


def test_the_models_and_the_published_schema_lose_no_field(made: Made, accept: bool) -> None:
    schema = json.dumps(verdict_schema(), ensure_ascii=False, indent=1) + "\n"
    if accept:
        SCHEMA.write_text(schema, "utf-8")
    assert SCHEMA.read_text("utf-8") == schema
    validator = jsonschema.Draft202012Validator(json.loads(schema))
    own = sr.load().area("admission").verdict_model()
    for _, data in made:
        written = json.loads(json.dumps(data))
        assert sr.VerdictModel.model_validate(written).to_dict() == data
        if data["area"] == "admission":
            assert own.model_validate(written).to_dict() == data
    validator.validate(json.loads(json.dumps(made[0][1])))


def test_the_model_of_an_area_refuses_what_is_no_outcome_of_it(made: Made) -> None:
    data = made[0][1] | {"outcome": "compliant"}
    sr.VerdictModel.model_validate(data)
    with pytest.raises(ValueError, match="outcome"):
        sr.load().area("admission").verdict_model().model_validate(data)
    with pytest.raises(ValueError, match="more"):
        sr.VerdictModel.model_validate(made[0][1] | {"more": 1})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_explanation_says_nothing_that_the_data_does_not(made: Made, language: str) -> None:
    for verdict, data in made:
        whole = json.dumps(data, ensure_ascii=False)
        for said in leaves(verdict.explanation(), verdict, language):
            if said not in ("✓", "✗", "?"):
                assert json.dumps(said, ensure_ascii=False)[1:-1] in whole, said


def test_tables_say_what_the_data_says_with_the_rules_by_key_when_asked() -> None:
    area = sr.load().area("admission").on("2020-10-01")
    rows = [
        {"project.site": "land", "project.land_area": 20, "project.fixed_asset_investment": n} for n in (9000, 10000)
    ]
    for engine in ("duckdb", "records"):
        table = area.decide_table(pyarrow.Table.from_pylist(rows), engine=engine, rule_keys=True)
        for row, record in zip(list(table), rows, strict=True):
            data = area.decide(record).to_dict()
            by_key = {f["rule"]: f["status"] for f in data["findings"]}
            assert (row["outcome"], row["at_best"], row["at_worst"]) == (
                data["outcome"],
                data["at_best"],
                data["at_worst"],
            )
            for status in ("violated", "undetermined"):
                wanted = {k for k, s in by_key.items() if s == status}
                assert set(row[f"{status}_rules"].split(", ")) - {""} == wanted
                assert {k for i, k in enumerate(table.rules) if row[status] >> i & 1} == wanted
        table.close()
    with pytest.raises(sr.LedgerError, match="rule_keys"):
        area.decide_table(pyarrow.Table.from_pylist(rows), answers=["violated"], rule_keys=True)


def test_rule_keys_are_written_with_the_table(tmp_path: Path) -> None:
    area = sr.load().area("admission").on("2020-10-01")
    rows = [{"project.site": "land", "project.land_area": 20, "project.fixed_asset_investment": 9000}]
    area.decide_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.csv", rule_keys=True)
    head, first = (tmp_path / "a.csv").read_text("utf-8").splitlines()[:2]
    assert "violated_rules" in head
    assert "land_investment_per_mu" in first


def test_what_decides_comes_first_and_waived_rules_last(made: Made) -> None:
    for verdict, data in made:
        found = data["findings"]
        order = [
            (f["waived"], ["violated", "undetermined", "satisfied", "not_applicable"].index(f["status"])) for f in found
        ]
        assert order == sorted(order)
        if data["outcome"] not in (verdict.on.area.outcomes[0].key, "undetermined"):
            assert found[0]["decides"]
            assert found[0]["outcome"] == data["outcome"]
    assert made[0][1]["findings"][-1]["rule"] == "land_investment_per_mu"


def test_a_blank_keeps_its_reason(made: Made) -> None:
    lacking = {r["name"]: r["absence"] for r in made[0][1]["needs"]["can_change"]}
    found = {k: lacking[f"project.{k}"] for k in ("stage", "industry_code", "annual_tax", "processes")}
    assert list(found.values()) == ["not_filled_in", "unreadable", "said_not_to_exist", "not_asked"]


def test_a_ledger_tells_a_blank_cell_from_a_column_that_is_not_there(tmp_path: Path) -> None:
    from safety_rules.services.screening import row_numbered

    path = tmp_path / "a.csv"
    path.write_text("项目编号,用地方式,用地面积,项目阶段\nP1,单体征地,20,\n", "utf-8")
    row = row_numbered(path, sr.load().area("admission").on("2020-10-01"), 2)
    assert row.verdict is not None
    lacking = {r["name"]: r["absence"] for r in row.verdict.to_dict()["needs"]["can_change"]}
    assert (lacking["project.stage"], lacking["project.industry_code"]) == ("not_filled_in", "not_asked")


def test_a_verdict_is_made_again_from_its_own_data(made: Made) -> None:
    for verdict, data in made:
        again = sr.replay(json.loads(json.dumps(verdict.receipt())))
        assert str(again) == "the same"
        assert again.verdict.to_dict()["findings"] == data["findings"]
    assert str(sr.replay(json.loads(json.dumps(made[0][1])))) == "the same"


def test_under_other_rules_the_rules_are_named_and_what_differs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/golden/rules", tmp_path / "rules")
    verdict = (
        sr.load(tmp_path / "rules")
        .area("gate")
        .on("2020-10-01")
        .decide({"project.site": "lease", "project.reviewed": False})
    )
    for file in (tmp_path / "rules").rglob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("is_reviewed", "was_reviewed"), "utf-8")
    (tmp_path / "rules/gate/is_reviewed.yaml").rename(tmp_path / "rules/gate/was_reviewed.yaml")
    again = sr.replay(verdict.receipt(), tmp_path / "rules")
    assert [g.what for g in again.gone] == ["rulebook"]
    assert not again.same
    assert any("is_reviewed" in d.path for d in again.differences)
    assert "rulebook" in str(again)


def test_an_altered_receipt_says_where(made: Made) -> None:
    verdict, _ = made[0]
    receipt = json.loads(json.dumps(verdict.receipt()))
    receipt["provenance"]["facts"]["project.land_area"] = "19"
    again = sr.replay(receipt)
    assert "input" in [g.what for g in again.gone]
    assert not again.same


def test_an_older_schema_is_compared_by_what_it_had(made: Made) -> None:
    data = {
        k: v
        for k, v in made[0][1].items()
        if k in ("area", "as_of", "outcome", "at_best", "at_worst", "waivers", "problems", "provenance")
    }
    assert sr.replay({**data, "schema": "safety_rules.verdict/1"}).same
    assert not sr.replay({**data, "schema": "safety_rules.verdict/1", "at_best": "conditional"}).same


def test_a_newer_schema_is_refused_by_name_with_what_is_still_certain(made: Made) -> None:
    with pytest.raises(sr.ReceiptError, match=r"verdict/3.*up to .*verdict/2.*at_worst rejected") as refused:
        sr.replay(made[0][1] | {"schema": "safety_rules.verdict/3"})
    assert refused.value.certain["area"] == "admission"


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema": None}, {"schema": "other/1"}, {"provenance": 3}, {"provenance": {}}, {"as_of": "2020-13-40"}, {"as_of": 5},
        {"waivers": [1]}, {"waivers": 3}, {"problems": [1]}, {"area": "none"}, {"area": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_receipt_is_refused_by_name(made: Made, wrong: dict[str, Any]) -> None:
    with pytest.raises(sr.SafetyRulesError):
        sr.replay(made[0][1] | wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"project.land_area": 20}, {"project.land_area": "1/0"}, {"project.site": 1}, {"project.nothing": "1"},
     {"enterprise.accidents": "none"}, {"enterprise.accidents": [{"deaths": []}]}, {"enterprise.accidents": [3]}],
    ids=str,
)  # fmt: skip
def test_a_fact_that_no_receipt_writes_is_refused_by_name(made: Made, wrong: dict[str, Any]) -> None:
    receipt = json.loads(json.dumps(made[0][0].receipt()))
    receipt["provenance"]["facts"] |= wrong
    with pytest.raises(sr.ReceiptError, match=next(iter(wrong)).replace(".", r"\.")):
        sr.replay(receipt)
    for data in ([], 3, None, "x"):
        with pytest.raises(sr.ReceiptError):
            sr.replay(data)  # type: ignore[arg-type]


def test_a_record_changed_after_its_verdict_does_not_change_it() -> None:
    area = sr.load(ROOT / "tests/golden/rules").area("gate").on("2020-10-01")
    given = {"project": {"name": "乙", "site": "land", "land": 20.0, "invested": 5000.0, "steps": ["mixing"],
                         "reviewed": True, "approved": date(2018, 5, 1), "chemicals": []}}  # fmt: skip
    verdict = area.decide(given)
    before = verdict.outcome, verdict.violated()
    given["project"]["invested"] = 9000.0
    assert (verdict.outcome, verdict.violated()) == before
    with pytest.raises(sr.RecordError, match=f"which stays {verdict.outcome}"):
        verdict.to_dict()


def test_a_history_is_named_as_gone_and_the_rest_is_the_same() -> None:
    area = sr.load().area("admission").on("2020-10-01")
    danger = {"id": "D1", "enterprise": "示例企业", "level": "major"}
    known = sr.with_history(area, {"ledger.dangers": [danger], "ledger.accidents": [], "ledger.recorded_listings": []})
    data = known.decide(
        {"project": {"id": "P1", "has_chemical_reaction": True}, "enterprise": {"name": "示例企业"}}
    ).to_dict()
    assert sr.VerdictModel.model_validate(data).to_dict() == data
    again = sr.replay(data)
    assert [g.what for g in again.gone] == ["history"]
    assert again.same, str(again)


def test_a_notebook_is_shown_text_whatever_a_name_holds() -> None:
    area = sr.load(ROOT / "tests/golden/rules").area("gate").on("2020-10-01")
    shown = area.decide({"project": {"name": "<script>alert(1)</script>&"}})._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<ul>" in shown


def test_what_a_program_holds_is_shown_in_one_short_line(made: Made) -> None:
    verdict, _ = made[0]
    held = [*verdict.findings, *verdict.gaps, *verdict.obligations, *verdict.evidence(), verdict.findings[0].rule]
    for thing in held:
        assert len(repr(thing)) < 200
        assert "\n" not in repr(thing)
    assert str(verdict.problems[0]).startswith("project.industry_code: ")
