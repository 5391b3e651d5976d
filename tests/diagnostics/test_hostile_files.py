"""Hostile and broken rule files: always diagnostics, never an exception, never a crash."""

from __future__ import annotations

import time
import unicodedata
from random import Random

import pytest

from conformance.suite import scope
from diagnostics.reading import BASE, bad_files, shown, with_files
from effort import effort
from safety_rules.language import limits
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.loading.compose import document
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.semantics.checking.check import condition
from safety_rules.words.diagnostic import Diagnostic, framed

RULE = """rule: bad
title: {zh: 坏例, en: A bad rule}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
requires:
  holds:
    zh: 条件
    en: The condition
    that: %s
otherwise: {outcome: rejected}
"""


def found(that: str) -> list[Diagnostic]:
    book, diagnostics = with_files([RuleFileText("area/bad.yaml", (RULE % that).encode())])
    assert (book is None) is any(d.severity.value == "error" for d in diagnostics)
    shown(diagnostics)
    return diagnostics


BOMBS = {
    "brackets": ("(" * 1900 + "project.ready" + ")" * 1900, "condition-too-deep"),
    "a sum of two thousand ones": ("+".join("1" * 1900) + " > project.ratio", "condition-too-deep"),
    "a sum of three thousand ones": ("+".join("1" * 3000) + " > project.ratio", "condition-too-long"),
    "a sum of a hundred and fifty": (" + ".join(["project.ratio"] * 150) + " > 1", "condition-too-deep"),
    "minus signs": ("-" * 3900 + "1 > project.ratio", "condition-too-deep"),
    "minus signs apart": ("1 > " + "- " * 1900 + "project.ratio", "condition-too-deep"),
    "minus and plus": ("-+" * 1900 + "1 > project.ratio", "condition-too-deep"),
    "a hundred thousand minus signs": ("-" * 100_000 + "1 > project.ratio", "condition-too-long"),
    "negations": ("not " * 900 + "project.ready", "condition-too-deep"),
    "attributes": ("a" + ".a" * 1900, "condition-too-deep"),
    "subscripts": ("a" + "[a" * 1000 + "]" * 1000, "condition-too-deep"),
    "choices": ("1 if project.ready else " * 160 + "2 > 1", "condition-too-deep"),
    "lambdas": ("lambda:" * 500 + "1", "condition-too-deep"),
    "powers": ("2" + "**2" * 1000, "condition-too-deep"),
    "an infinite number": ("project.ratio > 1e400", "number"),
    "a hexadecimal number": ("project.ratio > 0x10", "number"),
    "an imaginary number": ("project.ratio > 1j", "not-allowed"),
    "a number with a stroke": ("project.ratio > 1_000", "number"),
    "a NUL": ('"project.ready \\0"', "syntax"),
    "a carriage return": ('"项目.就绪\\r and 项目.就"', "unknown-name"),
    "a form feed": ('"项目.就绪\\f and 项目.就"', "unknown-name"),
    "a format string": ("project.code == f'{project.code}'", "not-allowed"),
    "a walrus": ("(x := 1) > 0", "not-allowed"),
    "an import": ("__import__('os').system('true') == 0", "unknown-function"),
    "a dunder": ("project.code.__class__ == 1", "unknown-name"),
    "a power": ("9 ** 9 ** 9 > project.ratio", "not-allowed"),
    "bytes": ("project.code == b'x'", "not-allowed"),
    "a star": ("max(*enterprise.events) > 1", "arguments"),
    "two statements": ("'project.ready; project.clean'", "syntax"),
    "full-width digits": ("project.ratio > ５", "syntax"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_condition_is_a_diagnostic(name: str) -> None:
    that, code = BOMBS[name]
    assert code in {d.code for d in found(that)}


def test_a_sum_of_ninety_terms_is_no_hostile_condition() -> None:
    assert found(" + ".join(["project.ratio"] * 90) + " > 1") == []


def test_a_file_over_the_limit_is_refused_at_once() -> None:
    tree, diagnostics = document("big.yaml", b"a: " + b"x" * limits.FILE)
    assert tree is None
    assert [d.code for d in diagnostics] == ["file-too-large"]


def test_a_file_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODES", 1000)
    tree, diagnostics = document("many.yaml", b"- a\n" * 2000)
    assert tree is None
    assert [d.code for d in diagnostics] == ["too-many-nodes"]


@pytest.mark.parametrize(
    "text", ["a: 1\n" * 2_000_000, "[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000]
)
def test_a_large_hostile_file_is_answered_within_seconds(text: str) -> None:
    start = time.monotonic()
    tree, diagnostics = document("bad.yaml", text.encode())
    shown(diagnostics)
    assert tree is None
    assert diagnostics
    assert time.monotonic() - start < 20


def test_a_line_of_a_megabyte_is_shown_around_the_caret() -> None:
    for that in ("项" * 350_000, "x" * 1_000_000, "'" + "长" * 300_000 + "' == project.cod"):
        for diagnostic in found(that):
            rows = diagnostic.text().split("\n")
            wide = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in row) for row in rows]
            assert max(wide[1:3]) <= 160
            assert "^" in rows[2]
            assert len(rows[0]) < 500


@pytest.mark.parametrize("place", [0, 1, 40, 119, 200])
def test_the_caret_stays_under_its_characters_in_a_long_line(place: int) -> None:
    line = "".join("项a"[i % 2] for i in range(place)) + "project.redy" + "项 a " * 100
    text = "rule: bad\nnote: " + line.replace("project.redy", "：") + "\n"
    source_line = text.split("\n")[1]
    start = text.index("：")
    shown_line, caret = framed("x", "message", Span(SourceText("f", text), start, start + 1)).split("\n")[1:3]
    column = 0
    for character in shown_line:
        if character == "：":
            break
        column += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    assert caret.index("^") == column
    assert caret.endswith("^^")
    assert len(source_line) > 160


def test_terminal_controls_in_a_file_are_not_printed() -> None:
    text = shown(found('"\\e[31m\\u202e > 1"') + found("project.code == '\u202e\u200b' and project.redy"))
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in text.replace("\n", ""))


def test_no_files_and_files_without_rules_are_errors() -> None:
    assert [d.code for d in rulebook([])[1]] == ["no-rules"]
    without = [f for f in folder_files(BASE) if f.path != "area/is_ready.yaml"]
    book, diagnostics = rulebook(without)
    assert book is None
    assert [d.code for d in diagnostics] == ["no-rules"]


def test_an_unreadable_vocabulary_is_one_diagnostic_and_no_flood() -> None:
    broken = [f if f.path != "vocabulary.yaml" else RuleFileText(f.path, b"facts: [\n") for f in folder_files(BASE)]
    book, diagnostics = rulebook(broken)
    assert book is None
    assert [d.code for d in diagnostics if d.at.source.name == "vocabulary.yaml"] == ["yaml-syntax"]
    assert len(diagnostics) <= 5


JUNK = [
    *"[]{}():,'\"#&*!|>%@`-?\n\t 项：，０１aZ_.=<+/\\",
    "\u0000",
    "\ufeff",
    "\u2028",
    "null",
    "~",
    "<<: *a",
    "---\n",
]


def mutated(data: bytes, random: Random) -> bytes:
    """Return a file with a few pieces cut, doubled, swapped or written over."""
    pieces = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5))):
        i = random.randrange(len(pieces) + 1)
        j = min(len(pieces), i + random.choice((0, 1, 3, 20, 200)))
        match random.randrange(5):
            case 0:
                del pieces[i:j]
            case 1:
                pieces[i:i] = pieces[i:j]
            case 2:
                pieces[i:j] = random.choice(JUNK).encode()
            case 3:
                k = random.randrange(len(pieces) + 1)
                pieces[k:k] = pieces[i:j]
            case _:
                pieces[i : i + 1] = bytes([random.randrange(256)])
    return bytes(pieces)


@pytest.mark.parametrize("seed", range(6))
def test_mutated_rule_files_give_diagnostics_and_never_raise(seed: int) -> None:
    random = Random(20201001 + seed)
    base = folder_files(BASE)
    files = [RuleFileText("area/bad.yaml", (RULE % "项目.投资 / project.land >= limit.intensity").encode())]
    files += [RuleFileText("bad.yaml", p.read_bytes()) for p in bad_files().values() if p.suffix == ".yaml"]
    files = [f for f in files if len(f.data) < 20_000]
    for _ in range(effort(120)):
        book, diagnostics = mutated_book(base, files, random)
        shown(diagnostics)
        assert (book is None) is any(d.severity.value == "error" for d in diagnostics)


def mutated_book(base: list[RuleFileText], files: list[RuleFileText], random: Random):
    """Return what comes of the good rulebook with one of its files, or one more, mutated."""
    if random.random() < 0.5:
        chosen = random.choice(base)
        return rulebook([f if f is not chosen else RuleFileText(f.path, mutated(f.data, random)) for f in base])
    extra = random.choice(files)
    mutant = RuleFileText(extra.path, mutated(extra.data, random))
    if extra.data.startswith(b"overlay"):
        return rulebook(base, [mutant])
    return rulebook([*base, mutant])


TOKENS = [
    *"()[]{}<>=+-*/%,.:'\"!~@",
    *("and", "or", "not", "in", "is", "if", "else", "for", "lambda", "==", "!=", ">=", "<=", "None", "True", "是"),
    *(
        "project.ready",
        "project.ratio",
        "项目.投资",
        "project.site",
        "project.steps",
        "enterprise.events",
        "project.approved",
    ),
    *("limit.intensity", "limit.steps", "limit.period", "quantity", "as_of", "e", "e.deaths", "e.closed", "x", "s"),
    *(
        "sum(",
        "any(",
        "all(",
        "count(",
        "min(",
        "max(",
        "abs(",
        "starts_with(",
        "for e in enterprise.events",
        "e for e",
    ),
    *(
        "0",
        "1",
        "2.5",
        "3[月]",
        "5[万元]",
        "[亩]",
        "['land']",
        "'land'",
        "'2020-01-01'",
        "quantity['氨'].amount",
        "1e9",
    ),
]


@pytest.mark.parametrize("seed", range(4))
def test_conditions_of_random_words_give_a_tree_or_diagnostics(seed: int) -> None:
    random = Random(seed)
    trees = 0
    for _ in range(1500):
        text = " ".join(random.choice(TOKENS) for _ in range(random.randrange(1, 12)))
        source = SourceText("soup", text)
        expr, wrong = condition(text, scope(), lambda a, b, source=source: Span(source, a, b))
        shown(wrong)
        assert (expr is None) is bool(wrong), text
        trees += expr is not None
    assert trees > 10
