"""A server and its worker that are killed while a ledger is read: nothing half written, no process left, a clear sentence."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from safety_rules.web import desk
from safety_rules.web.desk import PREFIX, Held

pytestmark = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")
SECONDS = 60


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "safety_rules", "serve", "--port", "0", "-l", "zh"]
    process = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    yield process, found[0]
    process.kill()
    process.wait()
    process.stdout.close()


def form(content: str) -> bytes:
    """Return what a browser sends of the first page's form."""
    parts = [('name="area"', "admission"), ('name="day"', "2020-10-01"), ('name="ledger"; filename="a.csv"', content)]
    made = "".join(f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n" for head, body in parts)
    return f"{made}--x--\r\n".encode()


def asked(url: str, body: bytes | None = None) -> str:
    """Return the page that an address, or what is sent there, leads to."""
    request = urllib.request.Request(url, body, {"Content-Type": "multipart/form-data; boundary=x"} if body else {})
    with urllib.request.urlopen(request, timeout=SECONDS * 5) as answer:
        return str(answer.read().decode())


def put_much(url: str) -> tuple[threading.Thread, list[str]]:
    """Put a ledger in that takes long, and return the thread that waits for the answer."""
    content = "项目名称,用地方式,用地面积（亩）\n" + "".join(f"项目{i},单体征地,{i % 90}\n" for i in range(60_000))
    answers: list[str] = []

    def put() -> None:
        with suppress(OSError):  # the server was killed
            answers.append(asked(f"{url}ledgers", form(content)))

    thread = threading.Thread(target=put)
    thread.start()
    return thread, answers


def workers(folder: Path) -> list[int]:
    """Return the processes that read uploads in a folder."""
    found = []
    for at in Path("/proc").glob("[0-9]*"):
        try:
            told = (at / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"safety_rules.web.worker" in told and any(t.startswith(os.fsencode(folder)) for t in told):
            found.append(int(at.name))
    return found


def until(count: int, folder: Path) -> list[int]:
    """Wait until so many workers run, and return them."""
    end = time.monotonic() + SECONDS
    while len(found := workers(folder)) != count:
        assert time.monotonic() < end, f"{len(found)} workers"
        time.sleep(0.05)
    return found


def made(folder: Path) -> set[str]:
    """Return what was made of uploads in a folder, finished or not."""
    return {p.name for p in folder.glob(f"{PREFIX}*/*/*")} - {"in", "job.json", "headings.json"}


def test_a_worker_that_is_killed_while_it_reads(server: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    thread, answers = put_much(server[1])
    (worker,) = until(1, tmp_path)
    time.sleep(1)
    os.kill(worker, signal.SIGKILL)
    thread.join(SECONDS)
    assert "读取时进程中断" in answers[0]
    assert "下载审查结果" not in answers[0]
    assert (made(tmp_path), workers(tmp_path)) == (set(), [])
    assert "放入台账" in asked(server[1])  # and the server goes on


def test_a_server_that_is_killed_while_its_worker_reads(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    thread, answers = put_much(server[1])
    until(1, tmp_path)
    time.sleep(1)
    server[0].kill()
    server[0].wait()
    until(0, tmp_path)  # the worker ends by itself
    thread.join(SECONDS)
    assert (answers, made(tmp_path)) == ([], set())


def test_a_worker_that_takes_too_long_ends_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {tmp_path}/child\nwait\n", "utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(desk.sys, "executable", str(slow))
    monkeypatch.setattr(desk, "SECONDS", 1)
    held = Held("a.csv", "admission", "2020-10-01", tmp_path / "held")
    (held.folder / "in").mkdir(parents=True)
    (held.folder / "in" / "a.csv").write_text("项目名称\n甲\n", "utf-8")
    desk.work(held, "zh")
    assert "读取超过 1 秒" in held.error
    child = int((tmp_path / "child").read_text())
    end = time.monotonic() + SECONDS
    while Path(f"/proc/{child}/status").exists() and "zombie" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
