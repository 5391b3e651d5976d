"""Spark on a standalone cluster: the conformance suite, agreement with records, and a worker lost in the middle of a job."""

from __future__ import annotations

import datetime
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import safety_rules as sr
from conformance.suite import asserted, conditions, verdicts
from doors.test_admission import warehouse
from engines.columnar.test_agreement import arrow, rows
from engines.columnar.test_conformance import LEFT, statuses_of
from engines.columnar.test_short_query import REST, complete, strange, w1
from safety_rules.engines.compiled import compiled
from safety_rules.engines.spark.decide import column_types, frame_decision
from safety_rules.engines.spark.result import fit_for_laws
from safety_rules.engines.sql.read.types import Use
from safety_rules.engines.sql.records import arrow_table
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule, Waiver
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]

MOSTLY_BACK = ("scales", "sets", "times", "written_published")  # files of conditions
TOGETHER = 90  # conditions in one query: more than a mask's word has bits


def frame_of(spark: Any, table: pa.Table, folder: Path) -> Any:
    path = folder / f"{time.monotonic_ns()}.parquet"
    pq.write_table(table, path, row_group_size=20_000)
    return spark.read.parquet(str(path))


def found_on(
    spark: Any, law: AreaOn, records: Sequence[Record], folder: Path, clean: bool
) -> tuple[list[Any], list[Any]]:
    """Return the findings of each record as SQL has them, and as they are in the end, in the records' order."""
    table = arrow_table(law, records).append_column("at", pa.array(range(len(records))))
    frame = frame_of(spark, table, folder)
    uses = {k: Use(k, t, None, clean) for k, t in column_types(frame).items() if k != "at"}
    decision = frame_decision(frame, law, uses, ["at"])
    both = []
    for shown in (decision.plain, decision.frame()):
        with fit_for_laws(spark):
            got = sorted((row.asDict() for row in shown.collect()), key=lambda row: row["at"])
        both.append([statuses_of(row, law) for row in got])
    return both[0], both[1]


def test_every_condition_has_the_truth_that_is_written(spark: Any, tmp_path: Path) -> None:
    groups = defaultdict(list)
    for i, case in enumerate(conditions()):
        groups[case.law.as_of, case.law.require, i // TOGETHER].append(case)
    assert max(map(len, groups.values())) > 63
    for i, cases in enumerate(groups.values()):
        rules = tuple(replace(c.requirement().rules[0], key=f"case_{j}") for j, c in enumerate(cases))
        law = _with(cases[0].law, rules).by_kleene()
        sql, final = found_on(spark, law, [c.record for c in cases], tmp_path, i % 2 == 0)
        for j, case in enumerate(cases):
            if LEFT.get(case.that) == "number-without-short-decimal":
                continue  # no DOUBLE of a table is 2000/3
            assert final[j][j] is case.by_kleene(), case.that
            if case.that not in LEFT:
                assert sql[j][j] is case.by_kleene(), case.that


def test_the_short_query_has_the_truth_that_is_written_or_the_row_goes_back(spark: Any, tmp_path: Path) -> None:
    known = [c for c in conditions() if c.status is not Status.UNDETERMINED]
    groups = defaultdict(list)
    for i, case in enumerate(known):
        apart = case.name.startswith(MOSTLY_BACK)  # a row goes back whole: these would take their neighbours along
        groups[case.law.as_of, case.law.require, i // TOGETHER, apart].append(case)
    answered = 0
    for cases in groups.values():
        rules = tuple(replace(c.requirement().rules[0], key=f"case_{j}") for j, c in enumerate(cases))
        records = [Record({**REST, **c.record.values}) for c in cases]
        table = arrow_table(cases[0].law, records).append_column("at", pa.array(range(len(records))))
        frame = frame_of(spark, table, tmp_path)
        uses = {k: Use(k, t, None, True, True) for k, t in column_types(frame).items() if k != "at"}
        law = _with(cases[0].law, rules)
        shown = frame_decision(frame, law, uses, ["at"]).quick
        with fit_for_laws(spark, whole=True):
            got = sorted((row.asDict() for row in shown.collect()), key=lambda row: row["at"])
        for j, (case, row) in enumerate(zip(cases, got, strict=True)):
            if not row["again"]:
                assert statuses_of(row, law)[j] is case.status, case.that
                answered += 1
    assert answered >= 300  # about half; which ones stand by a row that goes back moves with each case that is written


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_a_complete_frame_is_decided_by_the_short_query_unless_something_strange_comes(
    share: float, spark: Any, tmp_path: Path
) -> None:
    area, rng = w1(), Random(3)
    found = [
        r if i < 500 or rng.random() >= share else strange(area, r, rng) for i, r in enumerate(complete(area, 1, 3_000))
    ]
    table = arrow(area, found).append_column("at", pa.array(range(len(found))))
    decision = area.decide_table(frame_of(spark, table, tmp_path), tmp_path / "out", keep=["at"])
    assert decision.quick is not None
    back = {r["at"]: r for r in spark.read.parquet(str(tmp_path / "out")).collect()}
    shown = {r["at"]: r for r in decision.frame().collect()}
    for i, record in enumerate(found):
        masks = area.masks(area.admit(record))
        for row in (back[i], shown[i]):
            assert (row["violated"], row["undetermined"], row["not_applicable"]) == masks, record
        assert back[i]["outcome"] == shown[i]["outcome"] == area.decide(record).outcome
    assert (
        decision.frame().columns
        == frame_decision(frame_of(spark, table, tmp_path), area.law, decision.query.uses, ["at"]).plain.columns
    )


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_some_answers_alone_are_those_of_the_whole(share: float, spark: Any, tmp_path: Path) -> None:
    area, rng = w1(), Random(4)
    found = [
        r if i < 500 or rng.random() >= share else strange(area, r, rng) for i, r in enumerate(complete(area, 5, 1_500))
    ]
    frame = frame_of(spark, arrow(area, found).append_column("at", pa.array(range(len(found)))), tmp_path)
    for answers in (("violated",), ("not_applicable",), ("outcome",)):
        decision = area.decide_table(frame, tmp_path / "out", keep=["at"], answers=answers)
        names = ["at", *dict.fromkeys(("outcome", *answers)), "again"]
        back = spark.read.parquet(str(tmp_path / "out"))
        assert back.columns == decision.frame().columns == names
        said = {r["at"]: r for r in back.collect()}
        for i, record in enumerate(found):
            masks = dict(
                zip(("violated", "undetermined", "not_applicable"), area.masks(area.admit(record)), strict=True)
            )
            assert said[i]["outcome"] == area.decide(record).outcome
            assert all(said[i][n] == masks[n] for n in answers if n in masks)


def test_every_rule_has_the_status_that_is_written(spark: Any, tmp_path: Path) -> None:
    groups = defaultdict(list)
    for case in verdicts():
        facts = frozenset(case.law.rulebook.vocabulary.facts)
        groups[case.law.as_of, case.law.require, facts].append(case)
    for cases in groups.values():
        rules, starts = [], []
        for case in cases:
            starts.append(len(rules))
            rules += case.law.rules
        law = _with(cases[0].law, tuple(rules))
        sql, final = found_on(spark, law, [c.record for c in cases], tmp_path, True)
        for j, (case, start) in enumerate(zip(cases, starts, strict=True)):
            end = start + len(case.law.rules)
            assert asserted(case, sql[j][start:end]) == asserted(case, final[j][start:end]) >= 4


def _with(law: AreaOn, rules: tuple[Rule, ...]) -> AreaOn:
    return replace(law, rules=rules, area=replace(law.area, rules=rules))


@pytest.mark.parametrize("key", ["admission", "major_hazard"])
def test_a_frame_agrees_with_its_records(key: str, spark: Any, tmp_path: Path) -> None:
    rules = sr.load().area(key)
    area = rules.on(rules.area.default_on or datetime.date(2021, 6, 1))
    found = rows(area, 5, 2_000, 0.02)
    table = arrow(area, found).append_column("at", pa.array(range(len(found))))
    decision = area.decide_table(frame_of(spark, table, tmp_path), keep=["at"])
    exact = compiled(area.law)
    got = sorted((r.asDict() for r in decision.frame().collect()), key=lambda r: r["at"])
    assert len(got) == len(found)
    for row, data in zip(got, found, strict=True):
        want = tuple(exact.masks(area.admit(data).values))
        assert (row["violated"], row["undetermined"], row["not_applicable"]) == want, data


def test_facts_that_contradict_each_other_are_unknown_as_in_a_record(spark: Any, tmp_path: Path) -> None:
    area = sr.load().area("admission").on("2026-11-29")
    of = {"project.industry_code": ("3670", "3391", "3670", "5942", None), "project.safety_category": ["smelting"] * 5}
    of["project.safety_category"][2] = "none_of_these"
    of |= {"project.stage": ["under_construction"] * 5, "project.safety_preassessment": ["not_started"] * 5}
    found = [dict(zip(of, row, strict=True)) for row in zip(*of.values(), strict=True)]
    table = pa.table(of).append_column("at", pa.array(range(len(found))))
    decision = area.decide_table(frame_of(spark, table, tmp_path), keep=["at"], columns={k: k for k in of})
    got = sorted((r.asDict() for r in decision.frame().collect()), key=lambda r: r["at"])
    exact = compiled(area.law)
    for row, data in zip(got, found, strict=True):
        want = tuple(exact.masks(area.admit(data).values))
        assert (row["violated"], row["undetermined"], row["not_applicable"]) == want, data
    bit = 1 << decision.rules.index("preassessment_before_construction")
    assert [bool(row["undetermined"] & bit) for row in got] == [True, False, False, False, True]
    assert [bool(row["violated"] & bit) for row in got] == [False, True, False, True, False]


def test_a_result_is_written_whole_and_a_waiver_counts(spark: Any, tmp_path: Path) -> None:
    area = sr.load().area("admission").on("2020-10-01")
    table = pa.table(
        {"项目名称": ["甲", "乙"], "用地方式": ["land"] * 2, "用地面积": [20.0] * 2, "固定资产投资": [1.0] * 2}
    )
    waiver = Waiver("land_investment_per_mu", "乙", "管委会", "虚构", datetime.date(2021, 1, 1))
    decision = area.decide_table(
        frame_of(spark, table, tmp_path), tmp_path / "out", keep=["项目名称"], waivers=[waiver]
    )
    bit = 1 << decision.rules.index("land_investment_per_mu")
    back = {r["项目名称"]: bool(r["violated"] & bit) for r in spark.read.parquet(str(tmp_path / "out")).collect()}
    assert back == {"甲": True, "乙": False}
    assert not (tmp_path / "out.unfinished").exists()
    assert "missing-column" in {n.code for n in decision.notices}


def test_what_spark_cannot_write_is_a_clear_error(spark: Any, tmp_path: Path) -> None:
    area = sr.load().area("admission").on("2020-10-01")
    (tmp_path / "file").write_text("x")
    frame = frame_of(spark, pa.table({"用地方式": ["land"]}), tmp_path)
    with pytest.raises(LedgerError) as error:
        area.decide_table(frame, tmp_path / "file" / "out")
    assert "\n" not in str(error.value)
    with pytest.raises(LedgerError):
        area.decide_table(frame, engine="duckdb")


def test_a_worker_killed_in_the_middle_of_a_job_loses_no_row(spark: Any, cluster: Any, tmp_path: Path) -> None:
    area = sr.load().area("admission").on("2020-10-01")
    count = 400_000
    table = pa.table(
        {
            "at": pa.array(range(count)),
            "用地方式": ["land" if i % 3 else "lease" for i in range(count)],
            "用地面积": [i % 977 / 10 + 0.1 for i in range(count)],
            "固定资产投资": [float(i % 99_991) for i in range(count)],
        }
    )
    frame = frame_of(spark, table, tmp_path).repartition(60)
    decision = area.decide_table(frame, keep=["at"])
    failed: list[BaseException] = []

    def write() -> None:
        try:
            decision.write(tmp_path / "out")
        except BaseException as error:
            failed.append(error)

    job = threading.Thread(target=write)
    job.start()
    done, tasks = _wait_for_tasks(spark, job)
    cluster.kill(cluster.processes[1])
    assert job.is_alive(), "the job was over when the worker died"
    assert 0 < done < tasks
    job.join(240)
    assert not job.is_alive()
    assert failed == []
    cluster.wait_for(1)
    written = spark.read.parquet(str(tmp_path / "out"))
    assert written.count() == count
    assert written.select("at").distinct().count() == count
    by_duckdb = area.decide_table(table).counts()
    assert {r["outcome"]: r["count"] for r in written.groupBy("outcome").count().collect()} == by_duckdb
    cluster.add_worker()
    cluster.wait_for(2)


def _wait_for_tasks(spark: Any, job: threading.Thread) -> tuple[int, int]:
    """Return, once some of a stage's tasks are done and others are not, how many are done, and how many there are."""
    tracker = spark.sparkContext.statusTracker()
    until = time.monotonic() + 120
    while job.is_alive() and time.monotonic() < until:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info is not None and info.numTasks >= 60 and 3 <= info.numCompletedTasks < info.numTasks - 10:
                return info.numCompletedTasks, info.numTasks
        time.sleep(0.02)
    pytest.fail("the job was over before a worker could be killed in the middle of it")


def test_an_instant_is_of_the_day_that_it_is_of_in_a_record(spark: Any, tmp_path: Path) -> None:
    area, utc = warehouse(tmp_path), datetime.UTC
    late = datetime.datetime(2023, 5, 31, 23, 30, tzinfo=utc)
    given = [
        ("x", late, [{"day": late}]),
        ("y", late - datetime.timedelta(hours=9), [{"day": late}]),
        ("z", None, None),
    ]
    names = ("house.name", "house.seen", "house.visits")
    frame = spark.createDataFrame(
        given, "`house.name` STRING, `house.seen` TIMESTAMP, `house.visits` ARRAY<STRUCT<day: TIMESTAMP>>"
    )
    came = area.decide_table(frame, columns={n: n for n in names}).frame().collect()
    expected = [area.decide(dict(zip(names, row, strict=True))).outcome for row in given]
    assert expected == [row["outcome"] for row in came] == ["good", "bad", "undetermined"]
