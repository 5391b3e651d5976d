"""Lint: each doubt is found where it is, and nowhere else; silences, waivers and baselines say what they hide."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.main import cli
from safety_rules.language.lint import LINT_CODES
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import loaded
from safety_rules.services.lint.findings import Lint, linted
from safety_rules.services.lint.sources import cited, quotations
from safety_rules.services.lint.texts import source_texts
from safety_rules.services.mutant_fate import survives
from safety_rules.services.mutants import SLIPS, mutants

ONE = Path(__file__).parent / "one_of_each"
OVERLAYS = sorted((Path(__file__).parents[2] / "examples" / "overlays").glob("*.yaml"))
FULL = """rule: heavy
title: {zh: 储量不低于50吨, en: The mass is not below 50 t}
in_force: {from: 2000-01-01, until: 2999-12-31}
authority:
  - {source: statute, clause: 一, quotation: 储量不低于五十吨……方可}
requires:
  enough: {zh: 储量不低于50吨, en: The mass is not below 50 t, that: 'plant.mass >= 50[t]'}
otherwise: {outcome: bad}
cases:
  - {case: 刚好, given: {plant.mass: 50 t}, expect: satisfied}
  - {case: 不足, but: {plant.mass: 49.9 t}, expect: violated}
  - {case: 未填, but: {plant.mass: unknown}, expect: undetermined}
"""


def linted_with(rule: str = FULL, texts: dict[str, str] | None = None, **files: str) -> Lint:
    """Return the findings about a small pack with a rule, less those about the pack itself."""
    own = [f for f in folder_files(ONE) if f.path != "overlay.yaml" and f.path not in files]
    more = [RuleFileText(p, t.encode()) for p, t in {**files, **({"area/heavy.yaml": rule} if rule else {})}.items()]
    return linted(loaded([*own, *more]), texts)


BASE = {(d.code, d.message) for d in linted_with("").standing}


def found(lint: Lint) -> list[tuple[str, str]]:
    return [(d.code, d.at.source.text[d.at.start : d.at.end]) for d in lint.standing if (d.code, d.message) not in BASE]


def test_the_built_in_rules_are_clean_or_silenced_with_a_reason() -> None:
    result = linted(sr.load().rulebook)
    assert [d.line() for d in result.standing] == []
    assert all(len(s.reason) > 5 for _, s in result.silenced)
    assert len(result.silenced) > 20


def test_a_day_more_or_less_than_the_document_needs_no_case_of_its_own() -> None:
    own = [f for f in folder_files(ONE) if f.path != "overlay.yaml" and "整体" not in f.data.decode()]
    for rule, unnoticed in ((FULL, []), (FULL.replace("2999-12-31", "2999-06-30"), list(SLIPS[2:]))):
        book = loaded([*own, RuleFileText("area/heavy.yaml", rule.encode())])
        changed = [m for m in mutants(book, "area") if m.of == "heavy" and m.what in SLIPS]
        assert [m.what for m in changed] == list(SLIPS)
        assert [m.what for m in changed if survives(m)] == unnoticed


def test_a_careful_rule_raises_no_doubt() -> None:
    assert found(linted_with()) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("that: 'plant.mass >= 50[t]'", "that: 'plant.mass >= 50.01[t]'", "sentence-number", "heavy"),
        ("zh: 储量不低于50吨, en: The mass is not below 50 t, that", "zh: 储量不低于50吨, en: Not below 60 t, that",
         "sentence-number", "'plant.mass >= 50[t]'"),
        ("  - {case: 刚好, given: {plant.mass: 50 t}", "  - {case: 有余, given: {plant.mass: 51 t}", "untried-boundary",
         "'plant.mass >= 50[t]'"),
        ("{plant.mass: unknown}, expect: undetermined", "{plant.mass: 1 t}, expect: violated", "untried-unknown", "heavy"),
        ("{from: 2000-01-01, ", "{from: 1999-12-31, ", "source-not-in-force", "heavy"),
        (", until: 2999-12-31}", "}", "source-not-in-force", "heavy"),
        ("{from: 2000-01-01, ", "{from: 2000-01-02, ", "day-beside-source", "heavy"),
        (", until: 2999-12-31}", ", until: 2999-12-30}", "day-beside-source", "heavy"),
        ("{source: statute, clause: 一, quotation: 储量不低于五十吨……方可}",
         "{source: statute, clause: 一, standing: recalled}", "weak-standing", "statute"),
    ],
)  # fmt: skip
def test_a_doubt_is_found_at_its_place(old: str, new: str, code: str, at: str) -> None:
    assert old in FULL
    doubts = found(linted_with(FULL.replace(old, new)))
    assert (code, at) in doubts


@pytest.mark.parametrize(
    "sentence",
    [
        "储量不低于50吨（第12条）",
        "储量不低于50吨，按“234”标准",
        "2021年起储量不低于50吨",
        "按 GB 18218 储量不低于50吨",
    ],
)
def test_names_clauses_and_years_in_a_sentence_are_no_numbers(sentence: str) -> None:
    assert [c for c, _ in found(linted_with(FULL.replace("储量不低于50吨", sentence)))] == []


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda p: p.stem)
def test_the_example_overlays_are_clean_and_answer_only_for_themselves(overlay: Path) -> None:
    book = sr.load(overlay=overlay).rulebook
    assert [d.line() for d in linted(book, overlays=[overlay.as_posix()]).standing] == []


def test_facts_and_figures_that_nothing_reads_are_found() -> None:
    words = (ONE / "vocabulary.yaml").read_text("utf-8") + "  plant.colour: {zh: 颜色, en: Colour, kind: text}\n"
    figures = (ONE / "parameters.yaml").read_text("utf-8").replace("limit.mass:", "limit.mass:").rstrip() + (
        "\n  limit.old:\n    zh: 旧\n    en: Old\n    called: 标准.旧\n    kind: number\n    entries:\n"
        "      - {from: 2000-01-01, value: 3, source: statute, clause: 一}\n"
    )
    doubts = found(linted_with(**{"vocabulary.yaml": words, "parameters.yaml": figures}))
    assert ("unused-fact", "plant.colour") in doubts
    assert ("unused-parameter", "limit.old") in doubts


def test_a_quotation_is_looked_up_in_the_text_of_its_source() -> None:
    text = "第一条　储量不低于 五十吨\n的，经批准方可生产。五吨"
    assert found(linted_with(texts={"statute": text})) == []
    wrong = found(linted_with(texts={"statute": text.replace("五十", "六十")}))
    assert wrong == [("quotation-not-found", "储量不低于五十吨……方可")]


BY_CLAUSE = "# 一部法\n一\t储量不低于五十吨的，经批准方可生产。\n一\t五吨。\n一（二）\t另一句。\n"


@pytest.mark.parametrize(
    "edit",
    [("", ""), ("五十", "六十"), ("方可", "才可"), ("的，", "的,"), ("一\t", "三\t"), ("一\t", "一（一）\t")],
    ids=["sound", "a figure", "a word", "a sign", "another clause", "a longer number"],
)
def test_a_quotation_is_held_to_its_clause_to_the_sign(edit: tuple[str, str]) -> None:
    rule = FULL.replace("储量不低于五十吨……方可", "储量不低于五十吨的，……方可生产")
    wrong = found(linted_with(rule, texts={"statute": BY_CLAUSE.replace(*edit, 1)}))
    assert [code for code, _ in wrong] == (["quotation-not-found"] if any(edit) else [])


def test_the_texts_beside_the_built_in_rules_hold_their_quotations() -> None:
    book = sr.load().rulebook
    texts = source_texts(Path(__file__).parents[2] / "rules" / "texts", book)
    quoted = [c for _, _, citations, _ in cited(book) for c in citations if c.quotation and c.source in texts]
    assert len(quoted) > 200
    assert list(quotations(book, texts)) == []


def test_a_rule_that_repeats_another_is_found_where_both_are_in_force() -> None:
    again = FULL.replace("rule: heavy", "rule: heavier").replace("50[t]", "60[t]").replace("50吨", "60吨")
    again = again.replace("50 t", "60 t").replace("49.9 t", "59.9 t")
    assert found(linted_with(**{"area/heavier.yaml": again})) == [("near-duplicate", "heavy")]
    later = again.replace("{from: 2000-01-01,", "{from: 2010-01-01,")
    before = FULL.replace("until: 2999-12-31", "until: 2009-12-31")
    assert found(linted_with(before, **{"area/heavier.yaml": later})) == []


def test_a_rule_that_leaves_the_fast_path_is_found_where_most_rules_stay_on_it() -> None:
    slow = FULL.replace("plant.mass >= 50[t]", "abs(plant.mass) >= 50[t]")
    others = {f"area/other_{i}.yaml": FULL.replace("rule: heavy", f"rule: other_{i}") for i in range(9)}
    codes = [(d.code, d.message) for d in linted_with(slow, **others).standing]
    message = "`heavy` is worked out apart from the fast path of its area because of abs(plant.mass)"
    assert ("slow-rule", message) in codes
    assert [c for c, _ in codes].count("slow-rule") == 1
    assert "slow-rule" not in [d.code for d in linted_with(FULL, **others).standing]
    silenced = slow + "silence:\n  - {code: slow-rule, of: heavy, reason: 只能这样写}\n"
    assert "slow-rule" not in [d.code for d in linted_with(silenced, **others).standing]
    every = {path: text.replace("plant.mass >= 50[t]", "abs(plant.mass) >= 50[t]") for path, text in others.items()}
    assert "slow-rule" not in [d.code for d in linted_with(slow, **every).standing]


def test_a_silence_takes_one_finding_and_one_too_many_is_found_itself() -> None:
    doubtful = FULL.replace("{from: 2000-01-01,", "{from: 1999-12-31,")
    silenced = doubtful + "silence:\n  - {code: source-not-in-force, of: heavy, reason: 前身文件已失传}\n"
    result = linted_with(silenced)
    assert found(result) == []
    assert ("source-not-in-force", "前身文件已失传") in [(d.code, s.reason) for d, s in result.silenced]
    other = silenced.replace("of: heavy", "of: light")
    assert {c for c, _ in found(linted_with(other))} == {"source-not-in-force", "unused-silence"}
    idle = FULL + "silence:\n  - {code: near-duplicate, reason: 没有}\n"
    assert found(linted_with(idle)) == [("unused-silence", "near-duplicate")]


def test_every_code_of_lint_has_its_page() -> None:
    pages = {p.stem for p in (Path(__file__).parents[2] / "docs" / "diagnostics").glob("*.md")}
    assert set(LINT_CODES) <= pages


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a pack whose veto rule and whose other rule both lack a case at the boundary."""
    for file in folder_files(ONE):
        if file.path != "overlay.yaml":
            path = tmp_path / "pack" / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
    doubtful = FULL.replace("{case: 刚好, given: {plant.mass: 50 t}", "{case: 有余, given: {plant.mass: 51 t}")
    (tmp_path / "pack" / "area" / "heavy.yaml").write_text(doubtful, "utf-8")
    light = tmp_path / "pack" / "area" / "light.yaml"
    light.write_text(light.read_text("utf-8").replace("plant.mass: 6 t}", "plant.mass: 5 t}"), "utf-8")
    return tmp_path / "pack"


def check(pack: Path, *more: str) -> Any:
    done = CliRunner().invoke(cli, ["check", str(pack), "--lint", "--format", "json", "--on", "2026-01-01", *more])
    assert not isinstance(done.exception, Exception), done.exception
    return done.exit_code, json.loads(done.output)


def boundary(report: Any) -> list[str]:
    return [Path(p["file"]).name for p in report["problems"] if p["code"] == "untried-boundary"]


def test_lint_fails_until_everything_is_settled(pack: Path) -> None:
    code, report = check(pack)
    assert code == 3
    assert boundary(report) == ["banded.yaml", "heavy.yaml", "light.yaml"]
    assert CliRunner().invoke(cli, ["check", str(pack)]).exit_code == 0


def test_a_baseline_keeps_old_findings_quiet_but_none_about_a_veto(pack: Path, tmp_path: Path) -> None:
    old = tmp_path / "baseline.json"
    code, report = check(pack, "--baseline", str(old), "--write-baseline")
    assert (code, {Path(p["file"]).name for p in report["problems"]}) == (3, {"light.yaml"})
    heavy = pack / "area" / "heavy.yaml"
    heavy.write_text("# 挪了一行\n" + heavy.read_text("utf-8").replace("50 t, that", "51 t, that"), "utf-8")
    code, report = check(pack, "--baseline", str(old))
    assert [p["code"] for p in report["problems"] if Path(p["file"]).name == "heavy.yaml"] == ["sentence-number"]
    assert {s["by"] for s in report["suppressed"]} == {"baseline"}
    heavy.unlink()
    _, report = check(pack, "--baseline", str(old))
    assert [p["level"] for p in report["problems"] if p["code"] == "stale-baseline"] == ["note"]


WAIVER = "waivers:\n  - {code: untried-boundary, file: area/FILE, owner: 投促科, reason: 待补, until: DAY}\n"


@pytest.mark.parametrize(
    ("file", "day", "left", "more"),
    [
        ("heavy.yaml", "2026-01-01", ["banded.yaml", "light.yaml"], []),
        ("heavy.yaml", "2025-12-31", ["banded.yaml", "heavy.yaml", "light.yaml"], ["waiver-expired"]),
        ("light.yaml", "2026-01-01", ["banded.yaml", "heavy.yaml", "light.yaml"], ["veto-waived"]),
        ("other.yaml", "2026-01-01", ["banded.yaml", "heavy.yaml", "light.yaml"], ["unused-waiver"]),
    ],
)
def test_a_waiver_counts_until_its_day_and_never_for_a_veto(
    pack: Path, tmp_path: Path, file: str, day: str, left: list[str], more: list[str]
) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(WAIVER.replace("FILE", file).replace("DAY", day), "utf-8")
    code, report = check(pack, "--waivers", str(waivers))
    codes = ("waiver-expired", "veto-waived", "unused-waiver")
    assert (code, boundary(report)) == (3, left)
    assert [p["code"] for p in report["problems"] if p["code"] in codes] == more


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "waivers: []", "waivers:\n  - {code: x, owner: a, reason: b, until: soon}", "\x00",
        "waivers:\n  - {code: unused-fact, owner: a, until: 2026-01-01}",
        "waivers:\n  - {code: unused-fact, owner: '', reason: b, until: 2026-01-01}",
    ],
)  # fmt: skip
def test_a_wrong_file_of_waivers_is_answered_with_its_place(tmp_path: Path, text: str) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(text, "utf-8")
    done = CliRunner().invoke(cli, ["check", str(ONE), "--lint", "--waivers", str(waivers)])
    assert done.exit_code == ExitCode.RULES
    places = re.findall(r"waivers\.yaml:(\d+):", done.output)
    assert places
    assert set(places) <= {"1", "2"}


@pytest.mark.parametrize(
    ("more", "how"),
    [
        (["--baseline", "nowhere.json"], sr.NotFoundError),
        (["--waivers", "nowhere.yaml"], sr.NotFoundError),
        (["--source-texts", "nowhere"], sr.NotFoundError),
        (["--on", "soon"], SystemExit),
        (["--write-baseline"], SystemExit),
    ],
)
def test_what_is_not_there_is_a_wrong_argument(more: list[str], how: type) -> None:
    done = CliRunner().invoke(cli, ["check", str(ONE), "--lint", *more])
    assert type(done.exception) is how


def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path) -> None:
    for text in ("{}", "[", '{"schema": "safety_rules.baseline/1", "findings": [1]}', "[" * 100_000):
        (tmp_path / "old.json").write_text(text, "utf-8")
        done = CliRunner().invoke(cli, ["check", str(ONE), "--lint", "--baseline", str(tmp_path / "old.json")])
        assert isinstance(done.exception, sr.RecordError)
