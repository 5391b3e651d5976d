"""Decision tables: what is wrong with rows is found as enumeration finds it, and right ones decide as their policy says."""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from diagnostics.reading import BASE, with_files
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.verdict import Unknown
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.semantics.decide import area_on, area_record
from safety_rules.semantics.evaluate import evaluate

HEAD = """decision: table
fact: project.stage
title: {zh: 分级表, en: A table}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
"""
LEVELS: dict[str, Callable[[int], bool]] = {
    "-": lambda n: True,
    "< 2": lambda n: n < 2,
    ">= 1 <= 2": lambda n: 1 <= n <= 2,
    "> 0": lambda n: n > 0,
    "< 1": lambda n: n < 1,
    "3": lambda n: n == 3,
}
READY: dict[str, Callable[[bool], bool]] = {"-": lambda b: True, "true": lambda b: b, "否": lambda b: not b}
SITES: dict[str, Callable[[str], bool]] = {"-": lambda s: True, "a": lambda s: s == "a", "not a": lambda s: s != "a"}


def loaded(text: str, *more: RuleFileText) -> tuple[Rulebook | None, set[str]]:
    """Return the rulebook with a table, and the codes of what is wrong with it."""
    book, found = with_files([RuleFileText("area/table.yaml", text.encode()), *more])
    return book, {d.code for d in found}


def decided(book: Rulebook, given: dict[str, Any], fact: str = "project.stage") -> Any:
    """Return what follows for a fact by the definition; None where it is unknown."""
    law = area_on(book, next(iter(book.areas)), datetime.date(2020, 1, 1))
    found = evaluate(law.derivations[fact].formula, law.environment(area_record(law, given)))
    return None if isinstance(found, Unknown) else found


def written(hit: str, rows: list[tuple[str, str, int]], more: str = "") -> str:
    lines = [
        f"  r{i}: {{zh: 第{i}行, en: row {i}, when: {{project.level: '{a}', project.ready: '{b}'}}, gives: '{v}'}}"
        for i, (a, b, v) in enumerate(rows)
    ]
    return HEAD + f"hit: {hit}\n{more}rows:\n" + "\n".join(lines) + "\n"


def wrong(hit: str, rows: list[tuple[str, str, int]]) -> set[str]:
    """Return what is wrong with rows, by trying every level and readiness."""
    space = list(itertools.product(range(4), (True, False)))
    hold = [[LEVELS[a](n) and READY[b](ready) for n, ready in space] for a, b, _ in rows]
    found = set()
    if not all(any(h[i] for h in hold) for i in range(len(space))) and hit != "collect":
        found.add("decision-gap")
    for j, i in itertools.combinations(range(len(rows)), 2):
        if any(x and y for x, y in zip(hold[i], hold[j], strict=True)):
            if hit == "unique":
                found.add("decision-overlap")
            if hit == "any" and rows[i][2] != rows[j][2]:
                found.add("decision-contradiction")
    order = sorted(range(len(rows)), key=lambda i: -rows[i][2]) if hit == "priority" else list(range(len(rows)))
    for place, i in enumerate(order):
        before = [hold[j] for j in order[:place]] if hit in ("first", "priority") else []
        if not any(h and not any(b[k] for b in before) for k, h in enumerate(hold[i])):
            found.add("decision-unreachable")
    return found


def hits(hit: str, rows: list[tuple[str, str, int]], level: int, ready: bool) -> int:
    held = [v for a, b, v in rows if LEVELS[a](level) and READY[b](ready)]
    return min(2, sum(held)) if hit == "collect" else max(held) if hit == "priority" else held[0]


PARTED = [("< 1", "-", 1), ("> 0", "true", 2), ("> 0", "否", 0)]


@pytest.mark.parametrize("hit", ["unique", "any", "first", "priority", "collect"])
def test_rows_are_judged_and_decide_as_enumeration_says(hit: str) -> None:
    chance = random.Random(f"{hit} 1")
    for trial in range(14):
        count = chance.choice((1, 2, 2, 3))
        rows = [
            (chance.choice(list(LEVELS)), chance.choice(list(READY)), chance.choice((0, 1, 2))) for _ in range(count)
        ]
        rows = rows if trial else PARTED
        if hit == "collect":
            rows = [(a, b, 0 if i else v) for i, (a, b, v) in enumerate(rows)]
        book, codes = loaded(written(hit, rows, "priority: ['2', '1', '0']\n" if hit == "priority" else ""))
        assert codes == wrong(hit, rows), rows
        assert (book is None) is bool(codes), rows
        for level, ready in itertools.product(range(4), (True, False)) if book is not None else ():
            assert decided(book, {"project": {"level": level, "ready": ready}}) == hits(hit, rows, level, ready), rows


THREE = [("< 2", "-", 1), ("> 0", "true", 2), ("-", "-", 0)]


def test_what_is_not_known_leaves_the_value_open_where_rows_differ() -> None:
    book, _ = loaded(written("first", THREE))
    assert book is not None
    assert decided(book, {"project": {"level": 1}}) == 1
    assert decided(book, {"project": {"level": 2}}) is None
    assert decided(book, {"project": {"ready": False}}) is None


def test_the_row_that_decides_has_a_name() -> None:
    book, _ = loaded(written("first", THREE))
    assert book is not None
    assert decided(book, {"project": {"level": 3, "ready": True}}, "project.table_row") == "r1"
    assert book.vocabulary.facts["project.table_row"].zh_key == "项目.分级表适用行"


def test_rows_in_a_csv_beside_are_the_same_table() -> None:
    csv = "row,zh,en,gives,项目.层级,project.ready\n" + "".join(
        f"r{i},第{i}行,row {i},{v},{a},{b}\n" for i, (a, b, v) in enumerate(THREE)
    )
    beside = RuleFileText("area/table.csv", csv.encode())
    book, codes = loaded(HEAD + "hit: first\nfile: table.csv\n", beside)
    by_yaml, _ = loaded(written("first", THREE))
    assert codes == set()
    assert book is not None
    assert by_yaml is not None
    formulas = [
        [d.formula for d in next(iter(b.areas.values())).derivations if "table" in d.key] for b in (book, by_yaml)
    ]
    assert formulas[0] == formulas[1]


@pytest.mark.parametrize(
    ("csv", "code"),
    [
        (b"row,zh,en,gives,project.level\nr0,a,a,1,< 2\nr1,b,b,2\n", "csv"),
        (b"row,zh,en,gives,project.level\nr0,a,a,1,< two\n", "not-a-number"),
        (b"row,zh,en,gives,project.lever\nr0,a,a,1,< 2\n", "unknown-name"),
        (b"row,zh,en,project.level\nr0,a,a,< 2\n", "no-column"),
        (b"row,zh,en,gives,project.level\nr0,a,a,1,< 2\nr0,b,b,2,>= 2\n", "defined-twice"),
        (b"row,zh,en,gives,project.level\nr0,a,a,1,2 <\n", "decision"),
    ],
    ids=str,
)
def test_a_csv_that_is_wrong_is_a_diagnostic(csv: bytes, code: str) -> None:
    book, codes = loaded(HEAD + "hit: first\nfile: table.csv\n", RuleFileText("area/table.csv", csv))
    assert book is None
    assert code in codes


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        (b"name,amount\na,much\n", ("2:3", 4)),
        (b"name,amount\r\na,much\r\n", ("2:3", 4)),
        (b'name,amount\n"a",much\n', ("2:1", 8)),
        (b"name,amount,name\na,1,a\n", ("1:13", 4)),
    ],
)
def test_a_fault_in_a_csv_is_shown_at_its_cell_and_in_the_folder_of_its_yaml(rows: bytes, at: tuple[str, int]) -> None:
    table = """table: odd
zh: 奇表
en: An odd table
called: 奇表
match: [name]
columns:
  amount: {zh: 数量, en: Amount, kind: number}
editions:
  - {from: 2000-01-01, file: odd.csv, source: statute, clause: 表1}
"""
    files = [
        RuleFileText("area/table.yaml", (HEAD + "hit: first\nfile: table.csv\n").encode()),
        RuleFileText("area/table.csv", b"row,zh,en,gives,project.level\nr0,a,a,1,< two\n"),
        RuleFileText("tables/odd.yaml", table.encode()),
        RuleFileText("tables/odd.csv", rows),
    ]
    _, found = rulebook([*folder_files(BASE), *files], [], "here/rules/")
    places = {d.at.place: d.at.end - d.at.start for d in found}
    assert places["here/rules/area/table.csv:2:10"] == len("< two")
    assert places[f"here/rules/tables/odd.csv:{at[0]}"] == at[1]
