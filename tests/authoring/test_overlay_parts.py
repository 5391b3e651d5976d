"""What an overlay adds and replaces: facts, figures, tables, derivations, scales and exceptions, and what it may not."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.language.errors import RuleFileError
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.folders import overlay_files
from safety_rules.loading.rulebook import loaded, rulebook
from safety_rules.services.cases import run_cases
from trust.test_planted_faults import copied
from trust.test_veto_figures import VETO

ACCESS = Path(__file__).parents[2] / "examples" / "access"
BASE = Path(__file__).parents[1] / "conformance" / "base"
HEAD = """
overlay: reform
title: {zh: 改革, en: A reform}
sources:
  reform: {title: {zh: 改革办法, en: Measures}, in_force: {from: 2010-01-01, until: 2025-12-31}, standing: local}
"""
ADDED = """
choices:
  purposes: {school: {zh: 学校, en: School}, works: {zh: 工厂, en: Works}}
facts:
  project.purpose: {zh: 用途, en: Purpose, kind: choice, choices: purposes}
  project.kind_of_works: {zh: 行业, en: Trade, kind: text}
  project.fee: {zh: 费用, en: Fee, kind: number, unit: 万元}
figures:
  limit.own_fee:
    {zh: 费用上限, en: Fee at most, called: 标准.费用上限, kind: number, unit: 万元, entries: [
      {from: 2000-01-01, value: 30, source: reform, clause: 二}]}
tables:
  - table: trades
    called: 行业表
    zh: 行业
    en: Trades
    match: [name]
    columns: {share: {zh: 份额, en: Share, kind: number}}
    editions: [{from: 2000-01-01, file: trades.csv, source: reform, clause: 附表}]
derivations:
  - derive: fee
    area: base
    fact: project.fee
    title: {zh: 费用, en: Fee}
    in_force: {from: 2000-01-01}
    authority: [{source: reform, clause: 三}]
    derives: 项目.投资 * 行业表[项目.行业].份额
    cases:
      - {case: worked out, as_of: 2020-10-01, given: {项目.投资: 100 万元, 项目.行业: 化工}, expect: 25 万元}
rules:
  - rule: pays
    area: base
    title: {zh: 费用不高, en: The fee is low}
    in_force: {from: 2000-01-01}
    authority: [{source: reform, clause: 四}]
    requires: {low: {zh: 费用不超过上限, en: The fee is not above, that: 项目.费用 <= 标准.费用上限}}
    otherwise: {outcome: referred}
    cases:
      - {case: 120, as_of: 2020-10-01, given: {项目.投资: 120 万元, 项目.行业: 化工}, expect: satisfied}
      - {case: 121, but: {项目.投资: 121 万元}, as_of: 2020-10-01, expect: violated, because: [low]}
      - {case: blank, but: {项目.行业: unknown}, as_of: 2020-10-01, expect: undetermined}
"""
EXCEPTED = """
exceptions:
  is_ready:
    a_school: {zh: 学校, en: A school, that: project.purpose == 'school', source: reform, clause: 五}
"""
READY = """
cases:
  is_ready:
    - {case: works, as_of: 2020-10-01, given: {project.ready: false, project.purpose: works}, expect: violated}
    - {case: a school, as_of: 2020-10-01, given: {project.ready: false, project.purpose: school}, expect: not_applicable}
    - {case: whatever it is, as_of: 2020-10-01, given: {project.ready: false}, expect: undetermined, needs: [project.purpose]}
    - {case: before the measures, as_of: 2009-12-31, given: {project.ready: false, project.purpose: school}, expect: violated}
    - {case: the last day, as_of: 2025-12-31, given: {project.ready: false, project.purpose: school}, expect: not_applicable}
    - {case: after them, as_of: 2026-01-01, given: {project.ready: false, project.purpose: school}, expect: violated}
"""
REPLACED = """
replaces:
  - derive: intensity
    fact: 项目.强度
    title: {zh: 强度, en: Intensity}
    in_force: {from: 2000-01-01}
    authority: [{source: reform, clause: 六}]
    derives: 项目.投资 / 项目.用地面积 / 2 if as_of >= '2020-01-01' else 项目.投资 / 项目.用地面积
    cases:
      - {case: halved, as_of: 2020-01-01, given: {项目.投资: 100 万元, 项目.用地面积: 10 亩}, expect: 5 万元/亩}
      - {case: as it was, as_of: 2019-12-31, given: {项目.投资: 100 万元, 项目.用地面积: 10 亩}, expect: 10 万元/亩}
"""
BRACKETS = """
scales:
  limit.fees:
    {zh: 费率, en: Fees, called: 标准.分级, unit: 万元, rate_unit: "%", entries: [{from: 2000-01-01, source: reform, clause: 七, brackets: [
      {above: 0, up_to: 10, rate: 5}, {above: 10, up_to: 100, rate: 10}, {above: 100, up_to: 500, rate: 20}, {above: 500, rate: 40}]}]}
facts:
  project.fee: {zh: 费用, en: Fee, kind: number, unit: 万元}
derivations:
  - derive: fee
    area: base
    fact: project.fee
    title: {zh: 费用, en: Fee}
    in_force: {from: 2000-01-01}
    authority: [{source: reform, clause: 三}]
    derives: scale(limit.fees, 项目.投资) / 100[百分比]
    cases:
      - {case: four brackets, as_of: 2020-10-01, given: {项目.投资: 600 万元}, expect: 129.5 万元}
"""


def written(text: str, rules: dict[str, str] | None = None) -> Rulebook:
    more = [RuleFileText(f"area/{k}.yaml", v.encode()) for k, v in (rules or {}).items()]
    over = [RuleFileText("reform.yaml", text.encode()), RuleFileText("trades.csv", "name,share\n化工,0.25\n".encode())]
    return loaded([*folder_files(BASE), *more], over)


def failures(book: Rulebook) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the cases of the district that fail; `run_cases` asks every engine."""
    return [(r.of, r.case, r.failures) for r in run_cases(book) if r.failures]


@pytest.mark.parametrize("text", [ADDED, ADDED + EXCEPTED + READY, REPLACED], ids=["added", "excepted", "replaced"])
def test_what_an_overlay_adds_and_replaces_is_decided_alike_by_every_engine(text: str) -> None:
    assert len(list(run_cases(written(HEAD + text)))) >= 2
    assert failures(written(HEAD + text)) == []


def test_a_fourth_bracket_takes_the_place_of_three() -> None:
    assert failures(written(HEAD + BRACKETS)) == []


def test_the_receipt_lists_what_an_overlay_added_and_took(tmp_path: Path) -> None:
    found = {(c.what, c.key) for c in written(HEAD + ADDED + EXCEPTED + REPLACED).changes}
    assert found == {
        ("fact", "project.purpose"), ("fact", "project.kind_of_works"), ("fact", "project.fee"), ("parameter", "limit.own_fee"),
        ("table", "trades"), ("derivation", "fee"), ("derivation", "intensity"), ("rule", "pays"), ("exception", "is_ready.a_school"),
    }  # fmt: skip


INTENSITY = "what stands in place of `intensity` must derive `project.intensity` on every day"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (REPLACED.replace("from: 2000-01-01", "from: 2001-01-01"), "timeline-hole", INTENSITY),
        (
            REPLACED.replace("from: 2000-01-01}\n    auth", "from: 2000-01-01, until: 2090-12-31}\n    auth"),
            "timeline-hole",
            INTENSITY,
        ),
        (REPLACED.replace("fact: 项目.强度", "fact: 项目.粗略强度"), "timeline-hole", INTENSITY),
        (REPLACED.replace("derive: intensity", "derive: intensty"), "unknown-rule", "did you mean `intensity`"),
        (EXCEPTED.replace("is_ready:", "is_raedy:"), "unknown-rule", "did you mean `is_ready`"),
        (EXCEPTED.replace("a_school:", "ready:"), "clause-twice", "`ready`"),
        (EXCEPTED.replace("source: reform", "source: raform"), "unknown-source", "raform"),
        (ADDED.replace("project.fee:", "project.land:", 1), "defined-twice", "project.land"),
        (ADDED.replace("area: base", "area: bse", 1), "unknown-area", "did you mean `base`"),
        (ADDED.replace("file: trades.csv", "file: trade.csv"), "no-table-file", "trades.csv"),
        (
            ADDED.replace("fact: project.fee", "fact: enterprise.total_loss"),
            "derived-twice",
            "enterprise.total_loss",
        ),
    ],
)
def test_a_slip_of_an_overlay_is_said_where_it_stands(text: str, code: str, said: str) -> None:
    own = ADDED if "exceptions" in text else ""
    with pytest.raises(RuleFileError) as refused:
        written(HEAD + own + text)
    named = [d for d in refused.value.diagnostics if d.code == code]
    assert [d for d in named if said in d.text()]
    assert {d.at.source.name for d in named} <= {"reform.yaml"}


def test_a_scale_replaced_by_itself_does_nothing() -> None:
    """Its entries are those of the rules, letter for letter."""
    (file,) = (f for f in folder_files(BASE) if f.path == "parameters.yaml")
    scales = file.data.decode("utf-8").partition("scales:\n")[2].partition("\nparameters:")[0]
    with pytest.raises(RuleFileError, match=r"overlay-does-nothing.*`limit.fees` has the values that it had"):
        written(f"{HEAD}scales:\n{scales}")


SAME = """
replaces:
  - derive: intensity
    fact: project.intensity
    title: {zh: 强度, en: Intensity}
    in_force: {from: 2000-01-01}
    authority: [{source: statute, clause: 一}]
    derives: project.invested / project.land
"""


def test_a_derivation_replaced_by_itself_does_nothing() -> None:
    with pytest.raises(RuleFileError, match=r"overlay-does-nothing.*`intensity` is derived as it was"):
        written(HEAD + SAME)


def test_an_exception_of_a_veto_or_of_criteria_is_refused() -> None:
    grave = (BASE / "area" / "is_ready.yaml").read_text("utf-8").replace("rule: is_ready", "rule: grave_one")
    veto = {"grave_one": grave.replace("{outcome: rejected}", "{outcome: rejected, veto: true}")}
    with pytest.raises(RuleFileError, match=r"veto-switched-off.*grave_one"):
        written(HEAD + ADDED + EXCEPTED.replace("is_ready:", "grave_one:"), veto)


def test_an_exception_does_not_keep_a_rule_whose_law_has_ended() -> None:
    lapsing = EXCEPTED.replace("is_ready", "is_old")
    rule = (BASE / "area" / "is_ready.yaml").read_text("utf-8").replace("rule: is_ready", "rule: is_old")
    old = """  ended: {title: {zh: 旧办法, en: Old}, in_force: {from: 2000-01-01, until: 2015-12-31}, standing: local}
"""
    rules = {"is_old": rule.replace("source: statute", "source: ended")}
    files = [f if f.path != "sources.yaml" else RuleFileText(f.path, f.data + old.encode()) for f in folder_files(BASE)]
    files += [RuleFileText(f"area/{k}.yaml", v.encode()) for k, v in rules.items()]
    over = [
        RuleFileText("o.yaml", (HEAD + ADDED + lapsing).encode()),
        RuleFileText("trades.csv", "name,share\n化工,0.25\n".encode()),
    ]
    area = sr.Rules(loaded(files, over)).area("base")
    given = {"project": {"ready": True, "purpose": "works"}}
    status = {day: area.on(day).decide(given).finding("is_old").status.value for day in ("2015-12-31", "2016-01-01")}
    assert status == {"2015-12-31": "satisfied", "2016-01-01": "undetermined"}


def test_a_table_is_found_beside_the_file_of_an_overlay(tmp_path: Path) -> None:
    (tmp_path / "reform.yaml").write_text(HEAD + ADDED, "utf-8")
    (tmp_path / "trades.csv").write_text("name,share\n化工,0.25\n", "utf-8")
    (tmp_path / "other.csv").write_text("a,b\n", "utf-8")
    assert [Path(f.path).name for f in overlay_files([tmp_path / "reform.yaml"])] == ["reform.yaml", "trades.csv"]
    area = sr.load(BASE, overlay=tmp_path / "reform.yaml").area("base").on(datetime.date(2020, 10, 1))
    verdict = area.decide({"project": {"invested": 200, "kind_of_works": "化工", "ready": True}})
    assert verdict.violated() == ("pays",)


def test_impact_shows_what_an_exception_loosens_while_its_document_is_in_force() -> None:
    rules, overlay = str(ACCESS / "rules"), str(ACCESS / "overlays" / "应急救援.yaml")
    done = CliRunner().invoke(
        cli, ["impact", "--old", rules, "--new", rules, "--new-overlay", overlay, "--only-stricter", "-l", "en"]
    )
    assert done.exit_code != 0
    assert "vehicles_are_light_enough" in done.output
    assert "better" in done.output


DEPOSIT = """overlay: local
title: {{zh: 本地, en: Local}}
facts:
  yard.promised: {{zh: 承诺保证金, en: Promised, kind: number, unit: 万元, minimum: 0}}
{section}:
  - derive: {key}
    {area}fact: yard.{fact}
    title: {{zh: 保证金, en: Deposit}}
    in_force: {{from: 2020-01-01}}
    authority: [{{source: notice, clause: 一}}]
    derives: {formula}
"""
DERIVED = """derive: counted
fact: yard.counted
title: {zh: 计入保证金, en: Counted}
in_force: {from: 2020-01-01}
authority: [{source: notice, clause: 一}]
derives: yard.deposit
"""


@pytest.mark.parametrize(
    ("formula", "milder"),
    [
        ("yard.deposit / 2", False),
        ("yard.deposit * 2", True),
        ("yard.deposit + yard.promised", True),
        ("yard.promised", True),
        ("yard.deposit if as_of < '2025-01-01' or as_of > '2025-02-01' else yard.deposit * 2", True),
        ("yard.deposit * 2 if month(as_of) == 6 else yard.deposit", True),
        ("yard.deposit if as_of < '2025-01-01' else yard.deposit / 2", False),
    ],
)
def test_a_derivation_in_place_of_one_that_a_veto_reads_counts_where_it_is_milder(
    formula: str, milder: bool, tmp_path: Path
) -> None:
    pack = copied(tmp_path / "pack")
    (pack / "area" / "a_deposit_is_there.yaml").write_text(
        VETO.replace("that: yard.deposit", "that: yard.counted"), "utf-8"
    )
    (pack / "area" / "counted.yaml").write_text(DERIVED, "utf-8")
    words = pack / "vocabulary.yaml"
    words.write_text(
        words.read_text("utf-8") + "  yard.counted: {zh: 计入保证金, en: Counted, kind: number, unit: 万元}\n", "utf-8"
    )
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        DEPOSIT.format(section="replaces", key="counted", area="", fact="counted", formula=formula), "utf-8"
    )
    done = CliRunner().invoke(cli, ["check", str(pack), "--lint", "--overlay", str(overlay)])
    told = [line for line in done.output.splitlines() if "veto-figure" in line]
    assert bool(told) is milder, done.output
    assert ["overlay.yaml:6" in line for line in told] == [True] * milder


def test_a_derivation_added_for_what_a_veto_was_given_counts_as_milder(tmp_path: Path) -> None:
    pack, overlay = copied(tmp_path / "pack"), tmp_path / "overlay.yaml"
    (pack / "area" / "a_deposit_is_there.yaml").write_text(VETO, "utf-8")
    text = DEPOSIT.format(
        section="derivations", key="taken", area="area: yard\n    ", fact="deposit", formula="yard.promised"
    )
    overlay.write_text(text, "utf-8")
    done = CliRunner().invoke(cli, ["check", str(pack), "--lint", "--overlay", str(overlay)])
    assert "error[veto-figure]" in done.output


FIGURE = "parameters: {{{key}: {{entries: [{{{days}, value: {value}, source: statute, clause: 一}}]}}}}\n"


@pytest.mark.parametrize(
    ("key", "days", "value", "said"),
    [
        ("limit.deaths", "from: 2000-01-01", 2, ""),
        ("limit.deaths", "from: 1999-12-31", 2, ""),
        (
            "limit.deaths",
            "from: 2000-01-02",
            2,
            "no value from 2000-01-01, when the built-in one starts, to 2000-01-02",
        ),
        ("limit.deaths", "from: 2000-01-01, until: 2030-12-31", 2, "no value after 2030-12-31"),
        ("limit.ended", "from: 2010-01-01, until: 2019-12-31", 8, ""),
        ("limit.ended", "from: 2010-01-01, until: 2020-01-01", 8, ""),
        ("limit.ended", "from: 2010-01-01, until: 2019-12-30", 8, "no value after 2019-12-30"),
    ],
)
def test_a_figure_of_an_overlay_covers_every_day_of_the_one_that_it_replaces(
    key: str, days: str, value: int, said: str
) -> None:
    text = HEAD + FIGURE.format(key=key, days=days, value=value)
    _, diagnostics = rulebook(folder_files(BASE), [RuleFileText("reform.yaml", text.encode())])
    assert [d.code for d in diagnostics if d.code == "timeline-hole"] == (["timeline-hole"] if said else [])
    assert [d for d in diagnostics if said in d.text()] == diagnostics


def test_a_rule_that_is_switched_off_and_is_not_there_is_told_once() -> None:
    text = "switch_off: {is_redy: {zh: 不用, en: Not used}}\n"
    _, diagnostics = rulebook(folder_files(BASE), [RuleFileText("reform.yaml", (HEAD + text).encode())])
    assert [d.code for d in diagnostics] == ["unknown-rule"]
