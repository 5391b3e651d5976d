"""Any bytes at every door: rule files, conditions, ledgers and the command line.

A target raises nothing but what the library documents. Inputs are seeded: real files cut, spliced, flipped and
stuffed with tokens that readers stumble over, and plain noise.
"""

from __future__ import annotations

import io
import resource
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType

import safety_rules as sr
from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.main import VERBS, main
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.semantics.checking.check import condition
from safety_rules.semantics.checking.scope import Scope
from safety_rules.services.screening import screen

ROOT = Path(__file__).parents[2]
SECONDS = 5
MEGABYTES = 500
TOKENS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\t", "：".encode(), "，".encode(), b"&a ", b"*a", b"!!python/object ",
    b"<<: ", b"---\n", b"...\n", b"{", b"}", b"[" * 60, b"]", b"'", b'"', b"\\", b"|\n", b">-\n", b"? ", b"- " * 50, b"%YAML 9\n",
    b"1e999", b"-0", b"0x10", b"9" * 400, b"1/0", b"1_0", b"NaN", b"not " * 300, b"(" * 300, b"+" * 500, b" and " * 50,
    b"a.b.c.d", b"sum(x for x in ", b"lambda: 0", b"__import__('os')", b"f'{x}'", b"2020-02-30", b"10000-01-01", b"0000-00-00",
    "９９".encode(), "亿元".encode(), "㎡".encode(), b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"=cmd|' /C calc'!A0", b",,,,", b'"\n"', b";",
    b"unknown", b"null", b"~", b"yes", b"if else", b"<![CDATA[", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"\xed\xa0\x80", b"--", b"-\x00",
]  # fmt: skip
Target = Callable[[bytes], None]


class TooSlowError(Exception):
    """An input took too long."""


@contextmanager
def bounded(seconds: int = SECONDS) -> Iterator[None]:
    """Raise TooSlowError in what takes longer, of the processor's time: a busy machine is no hang."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def peak_megabytes() -> float:
    """Return the most memory that this process has had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024**2


@cache
def base_files() -> tuple[RuleFileText, ...]:
    return tuple(folder_files(ROOT / "tests" / "trust" / "one_of_each"))


def load_rules(data: bytes) -> None:
    """Read bytes as one more rule file, and as an overlay."""
    own = [f for f in base_files() if f.path != "overlay.yaml"]
    for diagnostic in rulebook([*own, RuleFileText("area/fuzz.yaml", data)])[1]:
        assert diagnostic.text()
    rulebook(own, [RuleFileText("overlay.yaml", data)])
    rulebook([*(f for f in own if f.path != "quantity.csv"), RuleFileText("quantity.csv", data)])


@cache
def scope() -> Scope:
    book, _ = rulebook([f for f in base_files() if f.path != "overlay.yaml"])
    assert book is not None
    return Scope(book.vocabulary, {p.key: (p.key, p.kind) for p in book.parameters.values()}, tables=book.tables)


def read_condition(data: bytes) -> None:
    """Read bytes as a condition."""
    text = data.decode("utf-8", "replace")
    source = SourceText("fuzz", text)
    _, wrong = condition(text, scope(), lambda start, end: Span(source, start, end), None)
    for diagnostic in wrong:
        assert diagnostic.text()


@cache
def admission() -> sr.DatedArea:
    return sr.load().area("admission").on("2020-10-01")


def ledger_target(ending: str) -> Target:
    """Return the target that screens bytes as a ledger of a kind."""

    def screened(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"fuzz.{ending}"
            path.write_bytes(data)
            try:
                for row in screen(path, admission()).rows:
                    _ = row.outcome
            except sr.SafetyRulesError:
                return

    return screened


LONG = ("check", "lsp", "mcp", "prove", "serve", "test")


def command_line(data: bytes) -> None:
    """Run the command line on bytes as arguments, NUL between them; whatever they name is not there, or is a rule file."""
    words = [w.decode("utf-8", "replace").replace("\x00", "") for w in data.split(b"\n")]
    if any(w in ("rectify", "index", "schemas") for w in words):
        return  # these write where they are told to
    if "--watch" in words or (words[0] in LONG and not {"rules", "--help", "-h"} & {*words}):
        return  # these do not end, or try all the built-in rules
    args = [w for w in words if w not in ("-o", "--output", "--write-baseline") and "output" not in w]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rules").mkdir()
        (Path(folder) / "x.yaml").write_bytes(data)
        code, said = run(folder, args)
    assert code in {int(c) for c in ExitCode} - {int(ExitCode.CRASH)}, said
    if code != ExitCode.DONE:
        assert said.strip(), "it failed without a word"


def run(folder: str, args: list[str]) -> tuple[int, str]:
    """Return the exit code of the command line in a folder, and what it said."""
    before, said = sys.argv, io.StringIO()
    sys.argv = ["safety-rules", *args]
    try:
        with chdir(folder), redirect_stdout(said), redirect_stderr(said):
            main()
    except SystemExit as stop:
        return int(stop.code or 0), said.getvalue()
    finally:
        sys.argv = before
    return 0, said.getvalue()


TARGETS: dict[str, Target] = {
    "rules": load_rules,
    "condition": read_condition,
    "csv": ledger_target("csv"),
    "jsonl": ledger_target("jsonl"),
    "json": ledger_target("json"),
    "xlsx": ledger_target("xlsx"),
    "command": command_line,
}


@cache
def corpus(name: str) -> tuple[bytes, ...]:
    """Return real inputs of a target."""
    match name:
        case "rules":
            own = [f.data for f in base_files()]
            return (*own, *(p.read_bytes() for p in sorted((ROOT / "tests" / "diagnostics").glob("bad-*.yaml"))[::3]))
        case "condition":
            written = b"\n".join(f.data for f in folder_files(ROOT / "rules"))
            return tuple({line.strip()[6:] for line in written.splitlines() if line.strip().startswith(b"that: ")})
        case "csv":
            return (
                "项目名称,用地方式,用地面积（亩）,固定资产投资\n甲,征地,20,3.2 亿元\n乙,租赁,,\n".encode(),
                b"a;b\n1;2\n",
            )
        case "json":
            return (b'[{"project": {"site": "land", "land_area": "20"}}]', b"[]", b'{"a": [1]}')
        case "jsonl":
            return ('{"project.site": "land", "enterprise": {"事故记录": []}}\n{"project.land_area": 20.5}\n'.encode(),)
        case "xlsx":
            return ((ROOT / "examples" / "重大危险源台账.xlsx").read_bytes(),)
        case _:
            verbs = [f"{v}\n--help".encode() for v in VERBS]
            return (*verbs, b"check\nrules\n--lint", b"screen\nx.csv\n--on\n2020-10-01", b"test\nrules\n--area\nadmission",
                    b"impact\n--old\nrules\n--total\nx\n--format\nsarif", b"explain\nx.xlsx\n--row\n7")  # fmt: skip


def inputs(name: str, seed: int) -> Iterator[bytes]:
    """Yield inputs of a target without end; the same for the same seed."""
    rng = Random(f"{name} {seed}")
    seeds = corpus(name)
    while True:
        data = rng.choice(seeds)
        if name == "xlsx" and rng.random() < 0.7:
            yield _inside(data, rng)
        elif rng.random() < 0.1:
            yield rng.randbytes(rng.randrange(0, 300))
        else:
            yield _mutated(data, rng)


def _mutated(data: bytes, rng: Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(made) + 1)
        match rng.randrange(6):
            case 0:
                made[at:at] = rng.choice(TOKENS)
            case 1:
                del made[at : at + rng.randrange(1, 40)]
            case 2:
                made[at : at + 1] = bytes([rng.randrange(256)])
            case 3:
                piece = bytes(made[at : at + rng.randrange(1, 60)])
                made[at:at] = piece * rng.randrange(1, 8)
            case 4:
                del made[at:]
            case _:
                lines = bytes(made).split(b"\n")
                rng.shuffle(lines)
                made = bytearray(b"\n".join(lines))
    return bytes(made)


def _inside(data: bytes, rng: Random) -> bytes:
    """Return a workbook with one of its parts changed, packed again as one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        changed = rng.choice(names)
        for name in names:
            part = old.read(name)
            if name != changed or rng.random() > 0.05:
                new.writestr(name, _mutated(part, rng) if name == changed else part)
    return out.getvalue()


def tried(name: str, data: bytes) -> float:
    """Run a target on an input within its bounds; return the seconds that it took."""
    start = time.process_time()
    with bounded():
        TARGETS[name](data)
    return time.process_time() - start
