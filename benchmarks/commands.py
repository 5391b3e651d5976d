"""What commands cost as rule folders and ledgers of dangers grow: processor seconds of each command's own process."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import python_calamine
import xlsxwriter

from benchmarks.records.growth import TRADES, rules
from benchmarks.records.start import COMPILED
from benchmarks.records.w1_rules import write_folder
from benchmarks.result import Result, Row, Target

ABOUT = """Rule folders are those of `growth` (one limit each), every rule with three cases of its own (a case of a whole area
asks the definition for all rules: as many of those as rules cost the square); ledgers of dangers repeat the rows of
`examples/隐患排查台账.xlsx` under new numbers. Seconds are of the processor, of a command's own process from its start."""
EXAMPLE = Path(__file__).parents[1] / "examples" / "隐患排查台账.xlsx"
FOLDERS = (300, 1_000, 3_000)
COPIES = (1, 2, 4)
ENDS = {"prove": (0, 7), "check": (0, 3), "test": (0, 4)}
"""Some rules imply others, titles say numbers that conditions do not, and no case notices a day of force."""
MOST = 300  # seconds after which a command is stopped
LIMITS = {("check --lint", 1_000): 10.0, ("check --lint", 3_000): 25.0, ("test", 1_000): 10.0, ("test", 3_000): 25.0,
          ("test --mutate", 300): 60.0, ("prove", 300): 60.0}  # fmt: skip
LEDGER = {"import": 8.0, "due": 0.3, "stats": 0.3, "verify": 8.0}
WHY = {"due": "half of it is the start of a process, a third one pass over all bodies in SQL, by which settled dangers stay "
              "unread; one with each danger's state beside the entries would be a second truth to keep equal",
       "stats": "every danger is lived again by the table of events, some 15 µs an event, since a day in the past may be "
                "asked for"}  # fmt: skip


def command(below: Path, *words: str, ends: Sequence[int] = (0,)) -> float | None:
    """Return the processor seconds of a command in a folder; None where it was stopped. Raises ValueError for any other end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-m", "safety_rules.cli.main", *words]
    try:
        done = subprocess.run(line, check=False, capture_output=True, text=True, timeout=MOST, cwd=below, env=COMPILED)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode not in ends:
        raise ValueError(f"{words} ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def folder(below: Path, count: int) -> Path:
    """Write a folder of rules, each with cases of its own: below its limit, at it, and without its fact."""
    found = write_folder(below / f"rules-{count}", made := rules(count), TRADES)
    for key, _, applies, requires in made:
        fact, _, limit = requires.partition("[")[0].partition(" >= ")
        trade = applies.partition("'")[2].rstrip("'")
        of = f", project.trade: {trade}" if trade else ""
        cases = (("below", f"{fact}: {int(limit) - 1}{of}", "violated"), ("at", f"{fact}: {limit}{of}", "satisfied"),
                 ("blank", "", "undetermined"))  # fmt: skip
        lines = [f"  - {{case: {case}, given: {{{given}}}, expect: {status}}}" for case, given, status in cases]
        with (found / "w1" / f"{key}.yaml").open("a", encoding="utf-8") as file:
            file.write("\n".join(["cases:", *lines]) + "\n")
    return found


def dangers(below: Path, copies: int) -> tuple[Path, int]:
    """Write a workbook of dangers: the example's, repeated under new numbers."""
    book = python_calamine.CalamineWorkbook.from_path(EXAMPLE)
    path, many = below / f"{copies}.xlsx", 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as out:
        day = out.add_format({"num_format": "yyyy-mm-dd"})
        for name in ("隐患台账", "责任单位", "整改单位", "办理人名册"):
            sheet, rows = out.add_worksheet(name), [r for r in book.get_sheet_by_name(name).to_python() if any(r)]
            start = 2 if name == "隐患台账" else 1
            repeated = [(r, n) for n in range(copies if start == 2 else 1) for r in rows[start:]]
            many += len(repeated) if start == 2 else 0
            sheet.write_row(0, 0, rows[start - 1])
            for at, (row, n) in enumerate(repeated, 1):
                for i, value in enumerate(row):
                    sheet.write(
                        at, i, f"{value}-{n}" if i == 0 and n else value, *([day] if hasattr(value, "year") else [])
                    )
    return path, many


def measured() -> Result:
    """Return what commands cost."""
    rows, targets = list[Row](), list[Target]()
    with tempfile.TemporaryDirectory(prefix="commands-") as name:
        below = Path(name)
        for count in FOLDERS:
            made = folder(below, count)
            verbs: Sequence[Sequence[str]] = [("check", "--lint"), ("test",)]
            verbs = [*verbs, ("test", "--mutate"), ("prove",)] if count == FOLDERS[0] else verbs
            for verb in verbs:
                taken = command(below, verb[0], str(made), *verb[1:], ends=ENDS[verb[0]])
                said = " ".join(verb)
                _note(rows, targets, f"{count:,} rules", said, taken, LIMITS.get((said, count)))
        for copies in COPIES:
            book, many = dangers(below, copies)
            store = ("--store", str(below / f"{copies}.db"))
            verbs = [
                ("import", str(book), "--yes"),
                ("due", "--on", "2020-09-30"),
                ("stats", "--on", "2020-09-30"),
                ("verify",),
            ]
            for verb in verbs:
                limit = LEDGER[verb[0]] if copies == COPIES[-1] else None
                taken = command(below, "rectify", *verb, *store)
                _note(rows, targets, f"{many:,} dangers", f"rectify {verb[0]}", taken, limit, WHY.get(verb[0], ""))
    return Result("commands", "commands on growing folders and ledgers", ABOUT, tuple(rows), tuple(targets), (), {})


def _note(
    rows: list[Row],
    targets: list[Target],
    what: str,
    verb: str,
    taken: float | None,
    limit: float | None,
    why: str = "",
) -> None:
    seconds = float(MOST) if taken is None else taken
    stopped = f"stopped after {MOST} s" if taken is None else ""
    rows.append(Row("commands", f"`{verb}`", what, seconds, note=stopped))
    if limit is not None:
        targets.append(Target("commands", f"`{verb}`, {what}", limit, seconds, "s", stopped or why))
