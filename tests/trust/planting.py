"""Plants faults in the built-in rules, in memory, and gathers what each tool says of them, with the place."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from safety_rules.formats.impact_words import change_lines
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.folders import rules_folder
from safety_rules.loading.rulebook import loaded, rulebook
from safety_rules.services.cases import run_cases
from safety_rules.services.impact.compare import compared
from safety_rules.services.impact.edges import Pair
from safety_rules.services.impact.witness import Search
from safety_rules.services.lint.findings import linted
from safety_rules.services.lock import against, kept_lock, lock, texts_beside
from safety_rules.services.shared_cause import shared_causes

DAY = datetime.date(2026, 11, 30)
LIST = Path(__file__).with_name("planted_in_rules.jsonl")
ALONE = ("test", "load")
"""What is asked of one fault at a time: cases of an area fail together, and what does not load says nothing else."""


class Planted(NamedTuple):
    """One fault: texts that stand in a file once, each followed by what is put in its place, and by tool what it must say."""

    what: str
    kind: str
    file: str
    edits: tuple[str, ...]
    told: Mapping[str, str]


@cache
def planted() -> tuple[Planted, ...]:
    """Return the list."""
    lines = [json.loads(line) for line in LIST.read_text("utf-8").splitlines()]
    return tuple(Planted(x["what"], x["kind"], x["file"], tuple(x["edits"]), x["told"]) for x in lines)


@cache
def sound() -> tuple[Mapping[str, bytes], Rulebook]:
    """Return the built-in rule files, the texts of law among them, and their rulebook."""
    files = {f.path: f.data for f in folder_files(rules_folder())}
    texts = {f"texts/{name}": text.encode() for name, text in texts_beside(rules_folder()).items()}
    return {**files, **texts}, loaded([RuleFileText(p, d) for p, d in files.items()])


def edited(faults: Iterable[Planted]) -> dict[str, bytes]:
    """Return the files with faults planted; each old text stands there once."""
    files = dict(sound()[0])
    for fault in faults:
        text = files[fault.file].decode("utf-8")
        for old, new in zip(fault.edits[::2], fault.edits[1::2], strict=True):
            assert text.count(old) == 1, (fault.what, text.count(old), old)
            text = text.replace(old, new)
        files[fault.file] = text.encode()
    return files


def waves() -> list[list[Planted]]:
    """Return the faults that are planted together, no two in one folder: a rulebook is read for each."""
    found: list[list[Planted]] = []
    for fault in planted():
        if not fault.told.keys() & set(ALONE):
            free = next((w for w in found if all(_folder(o) != _folder(fault) for o in w)), None)
            found.append([fault]) if free is None else free.append(fault)
    return found


def _folder(fault: Planted) -> str:
    return fault.file.partition("/")[0] if "/" in fault.file else ""


@cache
def wave_of(what: str) -> tuple[Planted, ...]:
    """Return the faults that are planted with one; itself alone where cases are run, or it does not load."""
    return next(
        (tuple(w) for w in waves() if any(o.what == what for o in w)), tuple(f for f in planted() if f.what == what)
    )


@cache
def said_with(faults: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return what each tool says in English of the rules with faults, given by what they are."""
    files = edited(f for f in planted() if f.what in faults)
    texts = {p.removeprefix("texts/"): d.decode("utf-8") for p, d in files.items() if p.startswith("texts/")}
    rules = [RuleFileText(p, d) for p, d in files.items() if not p.startswith("texts/")]
    book, diagnostics = rulebook(rules)
    if book is None:
        return {"load": tuple(d.line("en") for d in diagnostics)}
    wanted = [f for f in planted() if f.what in faults]
    lint = tuple(_lint(book, texts)) if not wanted or any("lint" in f.told for f in wanted) else ()
    told = {"lint": lint, "lock": tuple(_lock(book, texts)), "impact": tuple(_impact(book))}
    return {
        **told,
        "test": tuple(line for f in wanted if "test" in f.told for line in _cases(book, f.file.partition("/")[0])),
    }


def _lint(book: Rulebook, texts: Mapping[str, str]) -> Iterator[str]:
    by_source = {name.removesuffix(".txt"): text for name, text in texts.items()}
    yield from (d.line("en") for d in linted(book, by_source, [], DAY).standing)


def _lock(book: Rulebook, texts: Mapping[str, str]) -> Iterator[str]:
    kept = kept_lock(rules_folder() / "rules.lock")
    if kept is None:  # no assertion: pytest would write out all that it holds
        raise LookupError("the built-in rules have no lock")
    yield from (d.line("en").partition(" ")[2] for d in against(kept, lock(book, "", (), texts), False))


def _impact(book: Rulebook) -> Iterator[str]:
    """Yield a line for each change of what is so on a day, with its place; no record is looked for that would show it."""
    old = sound()[1]
    areas = {**old.areas, **book.areas}
    with mock.patch.multiple("safety_rules.services.impact.compare", MOST_SEARCHED=0, searched=unsearched):
        found = compared(old, book, None, DAY).changes
    for change in found:
        place = change.at.place if change.at is not None else ""
        yield f"{place} {change_lines(change, areas, 'en')[0]}"


def unsearched(pair: Pair, search: Search, most: int) -> Search:
    """Look for nothing: tests of impact hold what is found."""
    return search


def _cases(book: Rulebook, area: str) -> Iterator[str]:
    causes, alone = shared_causes(book, list(run_cases(book, area if area in book.areas else None)))
    yield from (f"{c.at.place if c.at else ''} {len(c.cases)} cases share {c.kind} {c.name}" for c in causes)
    yield from (f"{r.at.place} {r.of}: {r.case}: {r.told[0].en}" for r in alone)
