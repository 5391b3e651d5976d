"""What the page holds: the ledgers that were put in, each in a folder of its own, and the worker that reads them."""

from __future__ import annotations

import datetime
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Any, BinaryIO

from safety_rules.formats.safe import CONTROL
from safety_rules.services.documents import file_name
from safety_rules.web.papers import ARCHIVE, Asked
from safety_rules.words.catalog import sentence
from safety_rules.words.failure import failure

SECONDS = 300
SIDE = ("headings.json", "said.json", "error.json", "map.yaml", "job.json", "given.db")


@dataclass(slots=True)
class Held:
    """A ledger that is held while the page is open.

    `version` counts how often it was put in again, so that a form of an earlier one is not taken for this one;
    `hand` is who settles, why, and as of which day, what stands otherwise in the ledger of rectifications;
    `rows_told` says of rows without a number whether they are the near danger of the ledger.
    """

    name: str
    area: str
    day: str
    folder: Path
    error: str = ""
    version: int = 0
    hand: tuple[str, str, str] | None = None
    rows_told: dict[str, bool] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        """The file as it was put in."""
        return next((self.folder / "in").iterdir())

    def told(self, name: str) -> Any:
        """Return what the worker left under a name, nothing where it left nothing."""
        file = self.folder / name
        return json.loads(file.read_text("utf-8")) if file.is_file() else None

    def clear(self) -> None:
        """Delete what was made of an earlier reading."""
        for file in self.folder.iterdir():
            if file.is_file() and file.name not in SIDE:
                file.unlink()


@dataclass(slots=True)
class Desk:
    """What the server holds: the folder of all uploads, the ledgers by their key, and the token, if one is asked for."""

    folder: Path
    token: str = ""
    ledgers: dict[str, Held] = field(default_factory=dict)

    def hold(self, name: str, area: str, day: str, content: BinaryIO) -> str:
        """Keep a ledger that is put in, and return its key."""
        key = secrets.token_urlsafe(9)
        held = Held("", area, day, self.folder / key)
        held.folder.mkdir()
        keep(held, name, content)
        self.ledgers[key] = held
        return key


PREFIX = "safety-rules-page-"


def folder_prefix() -> str:
    """Return how the folder of this server's uploads begins: it names the process, so that another one may clear it."""
    return f"{PREFIX}{os.getpid()}-"


def sweep() -> None:
    """Delete the uploads of servers that were killed and could not do it themselves."""
    if os.name != "posix":  # where asking for a process would end it
        return
    for folder in Path(gettempdir()).glob(f"{PREFIX}[0-9]*-*"):
        with suppress(PermissionError):
            try:
                os.kill(int(folder.name.removeprefix(PREFIX).partition("-")[0]), 0)
            except (ProcessLookupError, ValueError):
                shutil.rmtree(folder, ignore_errors=True)


def keep(held: Held, name: str, content: BinaryIO) -> None:
    """Take a file in as what is held, in place of an earlier one."""
    held.name = plain(name)
    folder = held.folder / "in"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    ending = ending_of(name)
    with (folder / f"{file_name(Path(held.name).stem)}{ending}").open("wb") as file:
        shutil.copyfileobj(content, file)
    held.version += 1


def ending_of(name: str) -> str:
    """Return what an upload's name ends in, as it is shown."""
    return Path(plain(name)).suffix.lower()


def is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar."""
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def plain(name: str) -> str:
    """Return an upload's name as it is shown: one line, no signs that nobody sees."""
    return "".join(c for c in CONTROL.sub("", name).replace("\\", "/").rpartition("/")[2] if c.isprintable())[:120]


def work(held: Held, language: str, papers: Asked | None = None) -> None:
    """Have a ledger read by the worker; what went wrong is what the page says, and no earlier result stays."""
    source = held.source
    told: dict[str, Any] = {"file": f"in/{source.name}", "area": held.area, "day": held.day, "language": language}
    told |= {"papers": asdict(papers) if papers is not None else None, "hand": held.hand, "told": held.rows_told}
    (held.folder / "job.json").write_text(json.dumps(told), "utf-8")
    for name in ("error.json", "papers.json", ARCHIVE):
        (held.folder / name).unlink(missing_ok=True)
    if papers is None:
        held.clear()
    seconds = SECONDS * 3 if papers is not None and papers.pdf else SECONDS
    ended = _worked(held.folder, seconds)
    held.error = ""
    if ended is None:
        held.error = sentence("web.slow", language, seconds=seconds)
    elif ended:
        known = (held.told("error.json") or {}).get("message", "")
        held.error = (
            failure(known.replace(f"{source.parent}/", ""), language) if known else sentence("web.died", language)
        )
    if held.error and papers is None:
        held.clear()
    for left in (*held.folder.glob("papers-*"), *held.folder.glob(".safety-rules-*.part")):
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def _worked(folder: Path, seconds: int) -> int | None:
    """Return how a worker ended, None where it was stopped for want of time; nothing that it started stays.

    It has a pipe from us that closes when we end, however that is, and ends then.
    """
    command = [sys.executable, "-m", "safety_rules.web.worker", str(folder)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
