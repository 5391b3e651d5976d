"""The search for small chemical workshops: cases hold, and leads come out of generated ledgers as they were made and as
counted here.
"""

from __future__ import annotations

import csv
import importlib.util
import shlex
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.services.cases import run_cases

EXAMPLE = Path(__file__).parents[2] / "examples" / "small_chemical"
LEADS = ("动力用电户资料", "低温液体储罐使用单位台账", "许可台账", "企业名录")
CAME = {"lead": "lead", "undetermined": "open", "no_lead": "no lead"}


@pytest.fixture(scope="module")
def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_small_chemical", EXAMPLE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ledgers(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, str]]:
    """A tenth of the ledgers, with what each place was made to be."""
    folder = tmp_path_factory.mktemp("ledgers")
    return folder, made.write(folder, 10)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / f"{name}.csv").read_text("utf-8-sig").splitlines()))


def plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def unexplained(folder: Path, day: str, listed: frozenset[str]) -> set[str]:
    """Return the places that use power or a tank and that no row under their own code, or name where none is written,
    explains.
    """
    licences = [r for r in rows(folder, "许可台账") if r["有效期至"] >= day]
    register = [r for r in rows(folder, "企业名录") if r["行业"] in listed]
    codes = {r["统一社会信用代码"] for r in (*licences, *register)} - {""}
    names = {(plain(r["单位名称"]), r["统一社会信用代码"]) for r in (*licences, *register)}
    power = {r["用电户号"] for r in rows(folder, "动力用电户资料") if r["投运日期"] <= day}
    tanks = {plain(r["单位名称"]) for r in rows(folder, "低温液体储罐使用单位台账") if r["投用日期"] <= day}
    found = set()
    for site in rows(folder, "排查对象"):
        code, name = site["统一社会信用代码"], plain(site["名称"])
        mine = code in codes or any(n == name and "" in (c, code) for n, c in names)
        if (site["用电户号"] in power or name in tanks) and not mine:
            found.add(site["编号"])
    return found


def test_every_case_holds() -> None:
    found = list(run_cases(sr.load(EXAMPLE / "rules").rulebook))
    assert len(found) > 40
    assert [r for r in found if r.failures] == []


def test_the_numbers_of_the_article_are_made(made: ModuleType, tmp_path: Path) -> None:
    """Of all the ledgers, by plain counting and by the table: whom the plan has to visit, and what was found."""
    truth = made.write(tmp_path)
    joined = (
        sr.load(EXAMPLE / "rules").area("leads").on("2020-09-30").with_ledger(*(tmp_path / f"{n}.csv" for n in LEADS))
    )
    found = joined.decide_table(tmp_path / "排查对象.csv")
    assert found.counts() == {"lead": 3057, "undetermined": 60, "no_lead": 1083}
    found.close()
    assert len(unexplained(tmp_path, "2020-09-30", frozenset(made.LISTED))) == 3117
    assert Counter(made.KINDS[kind][1] for kind in truth.values()) == {"lead": 3057, "open": 60, "no lead": 1083}
    assert Counter(r["现场生产化工产品"] for r in rows(tmp_path, "走访记录")) == {"否": 3116, "是": 1}


def test_leads_come_out_as_they_were_made(made: ModuleType, ledgers: tuple[Path, Mapping[str, str]]) -> None:
    folder, truth = ledgers
    area = sr.load(EXAMPLE / "rules").area("leads").on("2020-09-30")
    joined = area.with_ledger(*(folder / f"{name}.csv" for name in LEADS))
    sites = rows(folder, "排查对象")
    verdicts = joined.decide_many({f"排查对象.{k}": v for k, v in site.items()} for site in sites)
    came = {site["编号"]: verdict for site, verdict in zip(sites, verdicts, strict=True)}
    assert {n: CAME[v.outcome] for n, v in came.items()} == {n: made.KINDS[kind][1] for n, kind in truth.items()}
    visited = {n for n, v in came.items() if v.outcome != "no_lead"}
    assert visited == unexplained(folder, "2020-09-30", frozenset(made.LISTED))
    near = next(n for n, kind in truth.items() if kind == "a licence under nearly its name")
    assert "名称与本记录相近" in came[near].explain("zh")
    assert "取自台账（动力用电户资料.csv:" in came[near].explain("zh")


def test_the_commands_of_the_page_say_so(
    made: ModuleType, ledgers: tuple[Path, Mapping[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, truth = ledgers
    page = (EXAMPLE / "README.md").read_text("utf-8").replace("\\\n", " ").replace("../rules", str(EXAMPLE / "rules"))
    commands = [shlex.split(line)[1:] for line in page.splitlines() if line.startswith("safety-rules screen")]
    monkeypatch.chdir(folder)
    assert len(commands) == 2
    for command in commands:
        done = CliRunner().invoke(cli, command, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    leads = [r["结论"] for r in rows(folder, "线索")]
    settled = Counter(r["结论"] for r in rows(folder, "走访结果"))
    kinds = Counter(made.KINDS[kind][1] for kind in truth.values())
    assert Counter(leads) == {"列为线索": kinds["lead"], "待核实": kinds["open"], "不列为线索": kinds["no lead"]}
    assert settled == {"查实": 1, "已排查": len(truth) - 1}


def test_a_row_that_says_neither_code_nor_name_may_be_anybodys(ledgers: tuple[Path, Mapping[str, str]]) -> None:
    """One licence without an owner: no place without a licence is a lead for certain any more, and none is cleared by it."""
    area = sr.load(EXAMPLE / "rules").area("leads").on("2020-09-30")
    given = {"site.power": [{"name": "甲", "since": "2019-01-01"}], "site.tanks": [], "site.registrations": []}
    sites = [{"site.number": "1", "site.name": "甲"}, {"site.number": "2", "site.name": "乙"}]
    none = area.with_ledger({**given, "site.licences": []})
    assert [v.outcome for v in none.decide_many(sites)] == ["lead", "no_lead"]
    loose = area.with_ledger({**given, "site.licences": [{"until": "2021-01-01"}]})
    assert [v.outcome for v in loose.decide_many(sites)] == ["undetermined", "no_lead"]
