"""What is wrong or doubtful is said from the catalog: each sentence once, in both languages, and nowhere in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from diagnostics.reading import PLANTED, REPORTERS, SOURCE, Call, bad_files, calls, diagnosed
from safety_rules.words.catalog import FOLDER, entries
from safety_rules.words.said import codes, entry, said

SAID = {*REPORTERS, "said", "refusal", "problem"}
SAYING = ("loading", "semantics/checking", "semantics/admission", "services/lint")
GIVEN = {"written"}  # what stands at the place, which the reporter itself fills in
CALLS = [c for c in calls(".", reporters=SAID) if c.keys]
FILES = sorted(SOURCE.rglob("*.py"))
ENGLISH = re.compile(r"[A-Za-z]{2,}[,;]? +[A-Za-z]{2,}")
QUOTED = re.compile(r"“[^”]*”")
HALF_WIDTH = re.compile(r"[,;:?!()\"']|[一-鿿] [一-鿿]")
WORDS = re.compile(r"[A-Za-z]+")


def keys() -> Iterator[str]:
    for code, whole in codes().items():
        if "zh" in whole:
            yield code
        yield from (f"{code}.{variant}" for variant, own in whole.items() if isinstance(own, dict))


KEYS = sorted(keys())


def slots(*templates: str) -> set[str]:
    return {name for t in templates for _, name, _, _ in Formatter().parse(t) if name is not None}


def called(call: Call) -> str:
    return call.place


def test_the_catalog_and_the_calls_are_found() -> None:
    assert len(KEYS) > 200
    assert len(CALLS) > 150


@pytest.mark.parametrize("key", KEYS)
def test_an_entry_says_one_thing_in_both_languages(key: str) -> None:
    found = {part: text for part, text in entry(key).items() if isinstance(text, str)}
    assert {"zh", "en"} <= set(found) <= {"zh", "en", "help_zh", "help_en"}
    assert slots(found["zh"]) == slots(found["en"])
    assert slots(found.get("help_zh", "")) == slots(found.get("help_en", ""))
    assert ("help_zh" in found) is ("help_en" in found)


@pytest.mark.parametrize("key", KEYS)
def test_chinese_is_written_in_full_width_and_english_in_half_width(key: str) -> None:
    found = entry(key)
    for part in ("", "help_"):
        chinese = QUOTED.sub("", found.get(f"{part}zh", ""))
        assert not ENGLISH.search(chinese), chinese
        assert not HALF_WIDTH.search(re.sub(r"\{[a-z_]+\}", "〇", chinese)), chinese
        english = re.sub(r"`[^`]*`|“[^”]*”", "", found.get(f"{part}en", ""))
        assert not re.search(r"[，。；：？！（）]", english), english


def test_no_entry_stands_in_two_files() -> None:
    found = []
    for file in sorted((FOLDER / "codes").glob("*.toml")):
        for code, own in entries(file).items():
            found += [f"{code}.{name}" for name in own]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("call", CALLS, ids=called)
def test_a_call_names_an_entry_and_fills_in_its_slots(call: Call) -> None:
    assert call.keys <= set(KEYS)
    if "**" in call.slots:
        return
    given = call.slots | (GIVEN if call.reporter in ("error", "wrong") else set())
    wanted = set()
    for key in call.keys:
        found = entry(key)
        own = slots(*(found[part] for part in ("zh", "help_zh") if part in found))
        assert own <= given, (key, own - given)
        wanted |= own
    assert call.slots <= wanted, call.slots - wanted


def test_no_reporter_is_given_a_sentence_or_a_key_that_is_made_up() -> None:
    """Apart from those that pass on what they are given, every call of a reporter writes its key out."""
    passed_on = {"add"}
    assert [c for c in calls(*SAYING) if not c.keys and "**" not in c.slots and c.reporter not in passed_on] == []


def test_every_entry_is_used() -> None:
    written = {
        node.value
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(KEYS) - written - {key for call in CALLS for key in call.keys}) == []


def sentences() -> Iterator[str]:
    """Yield the sentences that stand in the code of what reports, docstrings apart."""
    for path in (p for folder in SAYING for p in sorted((SOURCE / folder).rglob("*.py"))):
        tree = ast.parse(path.read_text("utf-8"))
        apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            texts = [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]
            if id(node) not in apart and any(ENGLISH.search(t) for t in texts):
                if sum(len(WORDS.findall(t)) for t in texts) > (2 if isinstance(node, ast.JoinedStr) else 3):
                    yield f"{path.relative_to(SOURCE).as_posix()}:{node.lineno}: {' '.join(texts)}"


def test_no_sentence_stands_in_the_code() -> None:
    assert [s for s in sentences() if "(?:" not in s] == []


@pytest.mark.parametrize("code", sorted(bad_files().keys() - PLANTED))
def test_a_bad_file_is_answered_in_chinese_as_well(code: str) -> None:
    for diagnostic in diagnosed(bad_files()[code])[1]:
        head, _, _, *help_ = diagnostic.text("zh").split("\n")
        assert f"[{diagnostic.code}]：" in head
        assert len(help_) == 1
        for text in (head, *help_):
            own = QUOTED.sub("", text.partition("：")[2])
            assert re.search("[一-鿿]", own), text
            assert not ENGLISH.search(own), text
            assert not re.search(r"[,;?!()]", own.replace(diagnostic.at.source.name, "")), text


def test_a_name_in_a_slot_is_said_in_the_language_of_the_sentence() -> None:
    what = said("unknown-rule.area", written="x", what=said("what.rule"))
    assert what.in_("zh") == "“x”不是本审查事项的规则"
    assert what.in_("en") == "`x` is not a rule of this area"
    assert said("near.few", names=("a", "b")).in_("zh") == "可用：“a”、“b”"


def test_braces_in_data_are_data() -> None:
    assert said("not-a-number.text", data="{zh}{0}").in_("zh") == "“{zh}{0}”不是数"
