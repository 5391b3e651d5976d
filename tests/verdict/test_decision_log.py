"""The decision log: what is appended stays, several writers lose nothing, masked facts are nowhere, and every decision
is made again.
"""

from __future__ import annotations

import datetime
import json
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.services.store.verifying import kept_head, write_head

ROOT = Path(__file__).parents[2]
RULES = ROOT / "tests/golden/rules"
GIVEN = {"project.name": "甲", "project.site": "land", "project.land": 20, "project.invested": "5000 万元",
         "project.steps": ["mixing"], "project.reviewed": False, "project.chemicals": [{"name": "氨", "stored": 6, "critical": 10}],
         "project.approved": "去年"}  # fmt: skip
WRITER = """
import sys
import safety_rules as sr
area = sr.load(sys.argv[1]).area("gate").on("2020-10-01")
log = sr.DecisionLog(sys.argv[2])
for i in range(int(sys.argv[4])):
    log.append(area.decide({"project.name": f"{sys.argv[3]}{i}", "project.site": "lease"}))
    print(i, flush=True)
"""


@pytest.fixture(scope="module")
def area() -> sr.DatedArea:
    return sr.load(RULES).area("gate").on("2020-10-01")


def changed(path: Path, statement: str, *values: Any) -> None:
    """Change a log behind its back, without its guards."""
    with closing(sqlite3.connect(path)) as connection:
        guard = "CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        connection.execute("DROP TRIGGER entries_stay")
        connection.execute(statement, values)
        connection.execute(guard)
        connection.commit()


def started(log: Path, name: str, count: int) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", WRITER, str(RULES), str(log), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def test_decisions_are_logged_verified_and_made_again(tmp_path: Path, area: sr.DatedArea) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    waiver = sr.Waiver("is_reviewed", "甲", "管委会", "试点", datetime.date(2020, 12, 31))
    log.append(area.decide(GIVEN, [waiver]))
    head = log.extend(area.decide_many([{}, GIVEN, {"project.site": "lease"}]))
    found, faults = log.verify()
    assert (found, faults, len(log)) == (head, (), 4)
    assert [str(r) for r in log.replay()] == ["the same"] * 4
    first = next(iter(log)).receipt
    assert first["violated"].keys() == {"is_reviewed", "invests_enough"}
    assert first["waivers"][0]["result"] == "applied"


def test_the_rules_are_kept_beside_the_log_and_serve_when_the_folder_is_another(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(RULES, tmp_path / "rules")
    log = sr.DecisionLog(tmp_path / "a.db")
    log.append(sr.load(tmp_path / "rules").area("gate").on("2020-10-01").decide(GIVEN))
    shutil.rmtree(tmp_path / "rules")
    assert [r.same for r in log.replay()] == [True]
    [pack] = (tmp_path / "a.db.packs").iterdir()
    pack.write_bytes(pack.read_bytes()[:500])
    [gone] = log.replay()
    assert not gone.same
    assert "the rules" in str(gone)
    [other] = log.replay(sr.load().rulebook)
    assert "gate" in str(other)


def test_a_pack_of_other_rules_under_the_name_of_these_decides_nothing(tmp_path: Path) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    log.append(sr.load(RULES).area("gate").on("2020-10-01").decide(GIVEN))
    [own] = (tmp_path / "a.db.packs").iterdir()
    sr.DecisionLog(tmp_path / "b.db").append(sr.load().area("admission").on("2020-10-01").decide({}))
    [foreign] = (tmp_path / "b.db.packs").iterdir()
    own.write_bytes(foreign.read_bytes())
    [said] = log.replay()
    assert (said.same, said.replay, own.name[:12] in said.error) == (False, None, True)
    assert [r.same for r in log.replay(sr.load(RULES).rulebook)] == [True]


def test_an_overlay_is_kept_too_wherever_it_lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overlay = "overlay: local\ntitle: {zh: 本区, en: local}\nreplaces: []\n"
    text = next((ROOT / "examples/overlays").glob("456*.yaml")).read_text("utf-8")
    (tmp_path / "own.yaml").write_text(text or overlay, "utf-8")
    monkeypatch.chdir(tmp_path)
    verdict = (
        sr.load(overlay="own.yaml")
        .area("admission")
        .on("2020-10-01")
        .decide({"project.site": "land", "project.has_chemical_reaction": True})
    )
    log = sr.DecisionLog(Path("a.db"))
    log.append(verdict)
    (tmp_path / "own.yaml").unlink()
    assert [str(r) for r in log.replay()] == ["the same"]


def test_a_masked_fact_is_nowhere_and_the_chain_holds(tmp_path: Path, area: sr.DatedArea) -> None:
    log = sr.DecisionLog(tmp_path / "a.db", mask=["项目.名称", "project.approved", "project.chemicals.name"])
    head = log.append(area.decide(GIVEN))
    whole = (tmp_path / "a.db").read_bytes() + b"".join(p.read_bytes() for p in tmp_path.glob("a.db-*"))
    assert not [w for w in ("甲", "去年", "氨") if w.encode() in whole]
    assert log.verify() == (head, ())
    [again] = log.replay()
    assert again.replay is not None
    assert [g.then for g in again.replay.gone] == ["project.chemicals.name", "project.name"]
    assert again.same, str(again)
    with pytest.raises(sr.NotFoundError, match=r"no fact `项目\.名`"):
        sr.DecisionLog(tmp_path / "b.db", mask=["项目.名"]).append(area.decide(GIVEN))


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE entries SET body = replace(body, '5000', '9000') WHERE seq = 2", "changed"),
        ("UPDATE entries SET hash = previous WHERE seq = 2", "changed"),
        ("UPDATE head SET count = 2", "head"),
        ("UPDATE entries SET kind = 'other' WHERE seq = 1", "changed"),
    ],
)
def test_what_was_changed_is_found(tmp_path: Path, area: sr.DatedArea, statement: str, code: str) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    log.extend(area.decide_many([GIVEN] * 3))
    changed(log.path, statement)
    assert code in {f.code for f in log.verify()[1]}


def test_a_log_that_was_cut_short_is_found_by_a_head_kept_elsewhere(tmp_path: Path, area: sr.DatedArea) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    log.extend(area.decide_many([GIVEN] * 2))
    write_head(log.append(area.decide({})), tmp_path / "head")
    short = sr.DecisionLog(tmp_path / "b.db")
    short.extend(area.decide_many([GIVEN] * 2))
    assert short.verify()[1] == ()
    assert [f.code for f in short.verify(kept_head(tmp_path / "head"))[1]] == ["truncated"]
    assert log.verify(kept_head(tmp_path / "head"))[1] == ()


def test_a_receipt_of_a_newer_schema_in_a_log_is_named_and_the_rest_is_made_again(
    tmp_path: Path, area: sr.DatedArea
) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    log.extend(area.decide_many([GIVEN] * 3))
    changed(log.path, "UPDATE entries SET body = replace(body, 'receipt/1', 'receipt/9') WHERE seq = 1")
    changed(log.path, "UPDATE entries SET body = '[1' WHERE seq = 3")
    first, second, damaged = log.replay()
    assert (first.same, second.same, damaged.same) == (False, True, False)
    assert "damaged" in damaged.error
    assert "receipt/9" in first.error
    assert "what is still certain: area gate" in first.error


def test_a_log_of_a_newer_version_another_database_and_no_file_are_refused(tmp_path: Path, area: sr.DatedArea) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    with pytest.raises(sr.LedgerError, match="there is no log"):
        log.verify()
    log.append(area.decide({}))
    with closing(sqlite3.connect(log.path)) as connection:
        connection.execute("PRAGMA user_version=9")
    with pytest.raises(sr.LedgerError, match="of version 9"):
        log.append(area.decide({}))
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE a (b)")
    with pytest.raises(sr.LedgerError, match="no log of decisions"):
        sr.DecisionLog(tmp_path / "other.db").append(area.decide({}))
    with pytest.raises(sr.LedgerError, match="no folder"):
        sr.DecisionLog(tmp_path / "none/a.db").append(area.decide({}))


def test_writers_at_once_lose_nothing_and_one_that_is_killed_leaves_what_it_acknowledged(tmp_path: Path) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    with started(log.path, "x", 12) as whole, started(log.path, "y", 10_000) as killed:
        assert killed.stdout is not None
        for _ in range(8):
            said = killed.stdout.readline()
        killed.kill()
        acknowledged = int([said, *killed.stdout.read().split()][-1]) + 1
        assert whole.wait() == 0, whole.communicate()
    subjects = [logged.receipt["subject"] for logged in log]
    assert log.verify()[1] == ()
    assert subjects.count("x0") == 1
    assert {f"x{i}" for i in range(12)} | {f"y{i}" for i in range(acknowledged)} <= set(subjects)
    assert len(set(subjects)) == len(subjects)


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path: Path, area: sr.DatedArea) -> None:
    log = sr.DecisionLog(tmp_path / "a.db")
    head = log.append(area.decide(GIVEN))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "a.db").stat().st_size + 8192, hard))
    try:
        with pytest.raises(sr.LedgerError, match="cannot be read or written as a log"):
            log.extend(area.decide_many([GIVEN] * 400))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert log.verify() == (head, ())


def test_the_command_line_logs_and_replays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from click.testing import CliRunner

    from safety_rules.cli.main import cli

    ledger = tmp_path / "a.csv"
    ledger.write_text("名称,用地方式,用地面积\n甲,单体征地,20\n乙,单体征地,\n", "utf-8")
    log, options = tmp_path / "log.db", ["--rules", str(RULES), "--area", "gate", "--on", "2020-10-01"]
    run = CliRunner()
    done = run.invoke(
        cli,
        ["screen", str(ledger), *options, "-o", str(tmp_path / "b.csv"), "--log", str(log), "--log-mask", "项目.名称"],
    )
    assert done.exit_code == 0, done.output
    done = run.invoke(cli, ["explain", str(ledger), "--row", "2", *options, "--log", str(log)])
    assert done.exit_code == 0, done.output
    done = run.invoke(cli, ["replay", str(log), "--write-head", str(tmp_path / "head"), "-l", "zh"])
    assert done.exit_code == 0, done.output
    assert "3 条结论：3 条重放一致" in done.output
    other = {"project.land": "30"}
    changed(
        log,
        "UPDATE entries SET body = replace(body, ?, ?) WHERE seq = 1",
        '"project.land":"20"',
        json.dumps(other)[1:-1].replace(" ", ""),
    )
    done = run.invoke(cli, ["replay", str(log), "--head", str(tmp_path / "head")])
    assert (done.exit_code, "[changed]" in done.output) == (6, True)
    assert run.invoke(cli, ["screen", str(ledger), *options, "--log-mask", "项目.名称"]).exit_code == 2


def test_a_decision_that_comes_out_otherwise_is_told_with_what_differs(tmp_path: Path, area: sr.DatedArea) -> None:
    from click.testing import CliRunner

    from safety_rules.cli.main import cli
    from safety_rules.services.decisions.log import DECISION, DECISIONS
    from safety_rules.services.store.store import Entry, append, writing

    log = sr.DecisionLog(tmp_path / "a.db")
    verdict = area.decide(GIVEN)
    log.append(verdict)
    with writing(log.path, DECISIONS) as connection:
        append(connection, [Entry(DECISION, "x", verdict.receipt() | {"at_best": "admitted", "violated": {}})])
    done = CliRunner().invoke(cli, ["replay", str(log.path)])
    assert done.exit_code == 5
    assert "at_best" in done.output
    assert "violated.is_reviewed" in done.output
    lines = CliRunner().invoke(cli, ["replay", str(log.path), "--json"]).output.splitlines()
    [found] = [json.loads(line) for line in lines if line.startswith("{")]
    assert "at_best" in {d["path"] for d in found["differences"]}
