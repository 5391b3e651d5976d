"""`format` writes names in one language: nothing else changes, not a byte, and what the rules mean stays the same."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from safety_rules.language.expr import FactRef, ItemField, ParameterRef, walk
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import loaded, rulebook
from safety_rules.semantics.canonical import canonical
from safety_rules.services.formatting import in_names
from safety_rules.services.impact.meaning import conditions, items_of
from trust.fuzzing import run as run_in

ROOT = Path(__file__).parents[2]
BASE = Path(__file__).parents[1] / "conformance" / "base"
PACK = ROOT / "examples" / "rulepack" / "src" / "example_district_rules" / "rules"
FOLDERS = [ROOT / "rules", PACK, BASE, Path(__file__).parent / "one_of_each"]
OVERLAYS = sorted((ROOT / "examples" / "overlays").glob("*.yaml"))
HEAD = "title: {zh: 样例, en: Sample}\nin_force: {from: 2000-01-01}\nauthority: [{source: statute, clause: 一}]\n"
ENGLISH = f"""\ufeff# project.site stays in a comment\r
rule: sample   # and project.land here\r
{HEAD}requires:
  a: {{zh: 项目.方式, en: "project.site", that:   "project.site  !=  'land'   or 'mixing' not in project.steps" }}
  b:
    zh: 强度
    en: intensity
    that: >-
      project.invested / project.land
        >= 400[万元/亩]\r
      or project.approved < as_of and project.code != 'project.land'
  c: {{zh: 物质, en: substance, that: 'any(e.substance in quantity and quantity[e.substance].grade == ''low''
       for e in enterprise.events)'}}
  d: {{zh: 级, en: grade, that: 'all(e.grade in [''low'', "一般"] for e in 企业.事件) and project.staff > limit.deaths'}}
otherwise: {{outcome: referred}}
cases:
  - case: project.site
    given: {{project.site: lease, 'project.steps': [mixing, "nitration"], project.code: land, 项目.就绪: true,
            enterprise.events: [{{grade: low, deaths: 3}}, {{grade: unknown}}]}}   # lease
    expect: undetermined
    needs: ["enterprise.events[1].deaths", project.land, limit.deaths, something.else]
    gap: {{project.invested: 1 万元}}
  - {{case: but, but: {{project.site: 征地}}, expect: undetermined}}
"""
CHINESE = f"""\ufeff# project.site stays in a comment\r
rule: sample   # and project.land here\r
{HEAD}requires:
  a: {{zh: 项目.方式, en: "project.site", that:   "项目.方式  !=  '征地'   or '混合' not in 项目.工序" }}
  b:
    zh: 强度
    en: intensity
    that: >-
      项目.投资 / 项目.用地面积
        >= 400[万元/亩]\r
      or 项目.批准日 < 审查日 and 项目.代码 != 'project.land'
  c: {{zh: 物质, en: substance, that: '任一(e.物质 in 临界量 and 临界量[e.物质].级别 == ''一般''
       for e in 企业.事件)'}}
  d: {{zh: 级, en: grade, that: '全部(e.等级 in [''一般'', "一般"] for e in 企业.事件) and 项目.员工 > 标准.死亡'}}
otherwise: {{outcome: referred}}
cases:
  - case: project.site
    given: {{项目.方式: 租赁, '项目.工序': [混合, "硝化"], 项目.代码: land, 项目.就绪: true,
            企业.事件: [{{等级: 一般, 死亡: 3}}, {{等级: unknown}}]}}   # lease
    expect: undetermined
    needs: ["企业.事件[1].死亡", 项目.用地面积, 标准.死亡, something.else]
    gap: {{项目.投资: 1 万元}}
  - {{case: but, but: {{项目.方式: 征地}}, expect: undetermined}}
"""


def run_main(*args: str) -> tuple[int, str]:
    """Return the exit code of the command line, and what it said."""
    return run_in(".", list(args))


def with_names(files: list[RuleFileText], names: str, overlays: list[RuleFileText] | None = None) -> list[RuleFileText]:
    """Return the files, or the overlays on top of them, with names in one language."""
    new = in_names(files, overlays or [], names)
    return [RuleFileText(f.path, new.get(f.path, f.data)) for f in (files if overlays is None else overlays)]


@cache
def chinese_rules(folder: Path) -> list[RuleFileText]:
    return with_names(folder_files(folder), "zh")


@cache
def forms(*files: RuleFileText) -> object:
    """Return the canonical form of every condition and formula."""
    return {k: [canonical(e) for e in conditions(i)] for k, i in items_of(loaded(files)).items()}


def test_names_alone_are_replaced_byte_for_byte() -> None:
    sample = [*folder_files(BASE), RuleFileText("area/sample.yaml", ENGLISH.encode())]
    assert with_names(sample, "zh")[-1].data.decode() == CHINESE


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_rule_means_the_same_in_either_language_and_there_and_back_is_the_same_bytes(folder: Path) -> None:
    files = folder_files(folder)
    chinese = chinese_rules(folder)
    english = with_names(chinese, "en")
    assert chinese == with_names(english, "zh")
    assert [f.data for f in chinese] != [f.data for f in english]
    assert forms(*files)
    assert forms(*files) == forms(*chinese) == forms(*english)


def test_overlays_are_written_with_the_names_of_the_rules_below_them() -> None:
    files, over = folder_files(ROOT / "rules"), [RuleFileText(o.name, o.read_bytes()) for o in OVERLAYS]
    english = with_names(files, "en", over)
    assert over
    assert english == with_names(files, "en", with_names(files, "zh", english))


def test_no_english_name_is_left_in_a_condition() -> None:
    """Where a name stands is known from the tree, which is told by the checker and not by the formatter."""
    files = chinese_rules(ROOT / "rules")
    texts = {f.path: f.data.decode() for f in files}
    seen = 0
    for item in items_of(loaded(files)).values():
        for node in (n for e in conditions(item) for n in walk(e)):
            if isinstance(node, FactRef | ItemField | ParameterRef) and node.at is not None:
                written = texts[node.at.source.name][node.at.start : node.at.end]
                name = written.partition("[")[0].rpartition(".")[2]
                seen += 1
                assert not re.fullmatch(r"[a-z_]+", name), f"{node.at.place}: {written}"
    assert seen > 900


def test_the_built_in_rules_are_written_in_chinese() -> None:
    pairs = zip(folder_files(ROOT / "rules"), chinese_rules(ROOT / "rules"), strict=True)
    assert [a.path for a, b in pairs if a != b] == []


def copied(folder: Path) -> dict[Path, bytes]:
    """Return the paths and bytes of a small pack of rules that is put into a folder."""
    for file in (*folder_files(BASE), RuleFileText("area/sample.yaml", ENGLISH.encode())):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.data)
    return {p: p.read_bytes() for p in folder.rglob("*.yaml")}


def test_the_verb_writes_what_is_asked_for_and_with_check_nothing(tmp_path: Path) -> None:
    before = copied(tmp_path)
    sample = tmp_path / "area" / "sample.yaml"
    assert run_main("format", str(tmp_path), "--check")[0] == 3
    assert {p: p.read_bytes() for p in before} == before
    assert run_main("format", str(sample), "--rules", str(tmp_path)) == (0, "1 file: 1 written, 0 as they were\n")
    assert sample.read_bytes().decode() == CHINESE
    assert {p for p, data in before.items() if p.read_bytes() != data} == {sample}
    assert run_main("format", str(tmp_path), "--names", "zh")[0] == 0
    assert run_main("format", str(tmp_path), "--check")[0] == 0
    assert (tmp_path / "area" / "intensity.yaml").read_text("utf-8").endswith("derives: 项目.投资 / 项目.用地面积\n")
    assert run_main("format", str(tmp_path), "--names", "en", "--check")[0] == 3


def test_rules_that_do_not_load_are_left_alone_with_every_diagnostic(tmp_path: Path) -> None:
    copied(tmp_path)
    wrong = tmp_path / "area" / "sample.yaml"
    wrong.write_text(ENGLISH.replace("project.land\n", "project.lamd\n"), "utf-8")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.yaml")}
    code, said = run_main("format", str(tmp_path))
    assert code == 3
    assert "unknown-name" in said
    assert "project.land" in said
    assert before == {p: p.read_bytes() for p in tmp_path.rglob("*.yaml")}


def test_what_is_no_part_of_the_rules_is_refused(tmp_path: Path) -> None:
    stray = tmp_path / "stray.yaml"
    stray.write_text("rule: stray\n", "utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run_main("format", str(stray))[0] == 2
    assert run_main("format", str(empty))[0] == 2
    assert run_main("format", str(tmp_path / "nowhere"))[0] == 2


def test_a_case_may_give_and_change_a_fact_by_either_name_but_not_by_both_at_once() -> None:
    sample = CHINESE.replace("but: {项目.方式: 征地}", "but: {project.site: 征地}")
    book = loaded([*folder_files(BASE), RuleFileText("area/sample.yaml", sample.encode())])
    cases = next(r for r in book.areas["base"].rules if r.key == "sample").cases
    assert [c.given["project.site"] for c in cases] == ["租赁", "征地"]
    assert cases[0].expect["needs"] == ("enterprise.events[1].deaths", "project.land", "limit.deaths", "something.else")
    assert list(cases[0].expect["gap"]) == ["project.invested"]
    twice = CHINESE.replace("but: {项目.方式: 征地}", "but: {项目.方式: 征地, project.site: 征地}")
    _, wrong = rulebook([*folder_files(BASE), RuleFileText("area/sample.yaml", twice.encode())])
    assert [d.code for d in wrong] == ["duplicate-key"]
