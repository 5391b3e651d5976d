"""What is written: never over what is read, in any encoding, to streams that are closed, full or cut off."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from disk import on_a_full_disk
from doors.reading import area
from safety_rules.language.errors import LedgerError

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "examples/项目台账.xlsx"
MAIN = [sys.executable, "-m", "safety_rules.cli.main"]


def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **more.pop("env", {})}
    command = [*MAIN, *map(str, arguments)]
    return subprocess.run(command, env=environment, stderr=subprocess.PIPE, check=False, **more)


def rules(folder: Path) -> Path:
    """Write a small rules folder."""
    return Path(shutil.copytree(ROOT / "tests/screening/pack", folder / "rp"))


def verbs(folder: Path) -> dict[str, tuple[list[object], Path]]:
    """Return each verb that writes, and a file that it reads."""
    pack = rules(folder)
    rule = sorted(p for p in pack.rglob("*.yaml"))[0]
    ledger, overlay = folder / "a.xlsx", folder / "o.yaml"
    shutil.copy(LEDGER, ledger)
    shutil.copy(next((ROOT / "examples/overlays").glob("*.yaml")), overlay)
    day = ["--on", "2020-10-01"]
    return {
        "check": (["check", pack, "--output"], rule),
        "test": (["test", pack, "--output"], rule),
        "prove": (["prove", pack, "--built-in-only", "--output"], rule),
        "impact rules": (["impact", "--new", pack, "--output"], rule),
        "impact ledger": (["impact", ledger, *day, "--output"], ledger),
        "impact overlay": (["impact", ledger, "--new-overlay", overlay, *day, "--output"], overlay),
        "screen": (["screen", ledger, *day, "--format", "xlsx", "-o"], ledger),
        "screen overlay": (["screen", ledger, "--overlay", overlay, *day, "--format", "xlsx", "-o"], overlay),
        "screen history": (["screen", ledger, "--history", ledger, *day, "-o"], ledger),
        "grade": (["grade", ledger, *day, "-o"], ledger),
    }


NAMES = ("check", "test", "prove", "impact rules", "impact ledger", "impact overlay", "screen", "screen overlay",
         "screen history", "grade")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_output_is_an_input_by_any_name_of_it(tmp_path: Path, name: str) -> None:
    from click.testing import CliRunner

    from safety_rules.cli.main import cli

    command, read = verbs(tmp_path)[name]
    before = read.read_bytes()
    (tmp_path / "folder").mkdir()
    hard, soft = tmp_path / f"hard{read.suffix}", tmp_path / f"soft{read.suffix}"
    os.link(read, hard)
    soft.symlink_to(read)
    spelt = read.parent / "." / ".." / read.parent.name / read.name
    for output in (read, hard, soft, spelt, Path(os.path.relpath(read))):
        done = CliRunner().invoke(cli, [str(a) for a in (*command, output)])
        assert done.exit_code == 2, (output, done.output, done.exception)
        assert "would overwrite" in done.output
        assert read.read_bytes() == before


def test_no_report_is_written_where_it_would_be_read_as_a_rule(tmp_path: Path) -> None:
    pack = rules(tmp_path)
    assert run("check", pack, "--output", pack / "new.yaml").returncode == 2
    assert not (pack / "new.yaml").exists()
    assert run("check", pack, "--output", pack / "report.txt").returncode == 0
    assert run("check", pack, "--output", pack / "report.txt").returncode == 0


@pytest.mark.parametrize("engine", ["duckdb", "records"])
@pytest.mark.parametrize("spelling", ["same", "hard", "soft"])
def test_a_decided_table_is_never_written_over_its_rows(tmp_path: Path, engine: str, spelling: str) -> None:
    source = tmp_path / "rows.csv"
    source.write_text("项目编号,用地面积（亩）\nXM-1,15\n", "utf-8")
    before, target = source.read_bytes(), tmp_path / f"{spelling}.csv" if spelling != "same" else source
    if spelling == "hard":
        os.link(source, target)
    elif spelling == "soft":
        target.symlink_to(source)
    with pytest.raises(LedgerError, match="would overwrite"):
        area().decide_table(source, target, engine=engine)
    decision = area().decide_table(source, engine=engine)
    with pytest.raises(LedgerError, match="would overwrite"):
        decision.write(target)
    decision.close()
    assert source.read_bytes() == before


def test_a_temporary_name_is_nobody_elses(tmp_path: Path) -> None:
    for name in ("report.json.partial", ".report.json.unfinished", f".report.json.{os.getpid()}.part"):
        (tmp_path / name).write_text("mine")
    from click.testing import CliRunner

    from safety_rules.cli.main import cli

    done = CliRunner().invoke(cli, ["check", str(rules(tmp_path)), "--output", str(tmp_path / "report.json")])
    assert done.exit_code == 0, done.output
    assert all(p.read_text() == "mine" for p in tmp_path.iterdir() if p.is_file() and p.name != "report.json")


SMALL = ROOT / "tests/doors/small.csv"
SCREEN = ("screen", SMALL, "--on", "2020-10-01")
SAID = [
    *((SCREEN, e, "项目") for e in ("cp1252", "ascii", "gbk", "shift_jis")),
    *(((*SCREEN, "--format", "jsonl"), e, "项目") for e in ("cp1252", "gbk")),
    (("explain", SMALL, "--row", "3"), "latin-1", "项目"),
    (("check", "-l", "zh"), "ascii", "规则"),
]


@pytest.mark.parametrize(("verb", "encoding", "word"), SAID)
def test_no_encoding_of_the_output_is_too_small(verb: tuple[object, ...], encoding: str, word: str) -> None:
    done = run(*verb, env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    written = "gbk" if encoding == "gbk" else "utf-8"
    assert word in done.stdout.decode(written)


def test_the_plain_locale_can_say_everything() -> None:
    env = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = run(*SCREEN, env=env, stdout=subprocess.PIPE)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_error(closed: str) -> None:
    command = f"{' '.join(MAIN)} screen '{SMALL}' --on 2020-10-01 {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr, b"Exception" in done.stderr) == (0, False, False)


@pytest.mark.parametrize("more", ["", "--format jsonl"])
def test_who_reads_no_further_ends_it_quietly(more: str) -> None:
    command = f"({' '.join(MAIN)} screen '{SMALL}' --on 2020-10-01 {more}; echo $? >&2) | head -c 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.stderr.split()[-1:] in ([b"141"], [b"0"]), done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_a_full_device_behind_the_output_is_one_line() -> None:
    with open("/dev/full", "wb") as full:
        done = run(*SCREEN, stdout=full)
    assert done.returncode == 6
    assert done.stderr.decode().splitlines()[-1] == "错误：磁盘已满"
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.parametrize("verb", ["check", "screen", "grade", "impact"])
def test_a_dash_is_no_file(tmp_path: Path, verb: str) -> None:
    arguments = {"check": [], "screen": [LEDGER], "grade": [LEDGER], "impact": []}[verb]
    done = run(verb, *arguments, "--output", "-", cwd=tmp_path)
    assert done.returncode == 2
    assert not list(tmp_path.iterdir())


def test_a_device_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = run("check", rules(tmp_path), "--output", tmp_path / "pipe")
    assert (done.returncode, (tmp_path / "pipe").is_fifo()) == (6, True)


def test_a_report_with_a_long_name_is_written(tmp_path: Path) -> None:
    name = "r" * 253
    assert run("check", rules(tmp_path), "--output", tmp_path / name).returncode == 0
    assert (tmp_path / name).is_file()


FULL = on_a_full_disk(
    """
import safety_rules as sr
area = sr.load().area("admission").on("2020-10-01")
try:
    area.decide_table(sys.argv[1], sys.argv[2], engine=sys.argv[3])
except Exception as error:
    print(type(error).__name__)
"""
)


@pytest.mark.parametrize("engine", ["records", "duckdb"])
def test_a_full_disk_under_a_workbook_is_one_error(tmp_path: Path, engine: str) -> None:
    import random

    dice = random.Random(7)
    source, target = tmp_path / "a.csv", tmp_path / "out.xlsx"
    lines = [f"{dice.random()},{dice.random()}" for _ in range(1500)]
    source.write_text("\n".join(["项目编号,用地面积（亩）", *lines]), "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL, source, target, engine], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("LedgerError\n", "")
    assert not target.exists()


def interrupted(arguments: list[object], seconds: float) -> tuple[int, bytes]:
    """Run a verb in a group of its own, send Ctrl-C to all of it after some time, and return how it ended."""
    child = subprocess.Popen(
        [*MAIN, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(seconds)
    os.killpg(child.pid, signal.SIGINT)
    try:
        _, said = child.communicate(timeout=30)
    finally:
        child.kill()
        child.wait()
    return child.returncode, said


@pytest.mark.parametrize("seconds", [2.0, 4.0, 7.0])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_stopped_proof_ends_quietly_and_soon(jobs: int, seconds: float) -> None:
    code, said = interrupted(["prove", "--built-in-only", "--jobs", jobs], seconds)
    assert (code, said.strip()) == (130, b"")


def test_a_stopped_screening_ends_quietly(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    row = "XM-{},15,9375,单体征地\n"
    source.write_text(
        "项目编号,用地面积（亩）,固定资产投资（万元）,用地方式\n" + "".join(map(row.format, range(400_000))), "utf-8"
    )
    for engine in ("duckdb", "records"):
        code, said = interrupted(
            ["screen", source, "--engine", engine, "-o", tmp_path / "o.csv", "--on", "2020-10-01"], 3.0
        )
        assert (code, said.strip()) == (130, b"")
        assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
