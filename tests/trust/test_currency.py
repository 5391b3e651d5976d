"""Law that has ended opens what rests on it alone, naming its successor; a day of review that passed is said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pyarrow as pa
import pytest
from click.testing import CliRunner

from safety_rules.cli.main import cli
from safety_rules.face import Rules
from safety_rules.language.verdict import Status
from safety_rules.loading.files import RuleFileText
from safety_rules.loading.rulebook import loaded, rulebook
from safety_rules.services.lint.findings import linted

SOURCES = """sources:
  old:
    title: {zh: 旧法, en: Old act}
    in_force: {from: 2000-01-01, until: 2020-12-31}
    standing: statute
    replaced_by: new
  new:
    title: {zh: 新法, en: New act}
    number: 示例2号
    in_force: {from: 2021-01-01}
    standing: statute
  kept: {title: {zh: 常法, en: Lasting act}, in_force: {from: 2000-01-01}, standing: statute}
"""
WORDS = """subjects:
  plant: {zh: 单元, en: Plant, identity: [plant.name]}
facts:
  plant.name: {zh: 名称, en: Name, kind: text}
  plant.mass: {zh: 储量, en: Mass, kind: number, unit: t, minimum: 0}
  plant.big: {zh: 大, en: Big, kind: boolean}
  plant.code: {zh: 代码, en: Code, kind: text}
"""
AREA = """area: area
title: {zh: 区, en: Area}
subjects: [plant]
outcomes: {good: {zh: 好, en: Good}, bad: {zh: 差, en: Bad}}
cases_on: 2020-10-01
"""
LIMIT = """parameters:
  limit.mass:
    zh: 限值
    en: Limit
    called: 标准.储量
    kind: number
    unit: t
    entries:
      - {from: 2000-01-01, value: 5, source: SOURCE, clause: 一}
"""
RULE = """rule: light
title: {zh: 不重, en: Light}
in_force: {from: 2000-01-01}
authority:
  - {source: SOURCE, clause: 第一条}
requires:
  light: {zh: 不超, en: not above, that: THAT}
otherwise: {outcome: bad}
"""
DERIVE = """derive: big
fact: plant.big
title: {zh: 大, en: Big}
in_force: {from: 2000-01-01}
authority:
  - {source: SOURCE, clause: 第二条}
derives: 'plant.mass > 5[t]'
"""
TABLE = """table: quantity
zh: 临界量
en: Quantities
called: 临界量
match: [name]
columns:
  amount: {zh: 数量, en: Amount, kind: number, unit: t}
editions:
  - {from: 2000-01-01, file: quantity.csv, source: SOURCE, clause: 表1}
"""
UNITS = "units: {t: {dimension: mass, scale: 1000}}\n"


def files(**changed: str) -> list[RuleFileText]:
    """Return a small pack: what `changed` does not name rests on law that lasts."""
    own = {
        "sources.yaml": SOURCES, "vocabulary.yaml": WORDS, "area/area.yaml": AREA, "units.yaml": UNITS,
        "parameters.yaml": LIMIT.replace("SOURCE", changed.get("limit", "kept")),
        "area/light.yaml": RULE.replace("SOURCE", changed.get("rule", "kept")).replace("THAT", changed.get("that", "plant.mass <= limit.mass")),
        "area/big.yaml": DERIVE.replace("SOURCE", changed.get("derive", "kept")),
        "quantity.yaml": TABLE.replace("SOURCE", changed.get("table", "kept")), "quantity.csv": "name,amount\nX,5\n",
    }  # fmt: skip
    return [RuleFileText(path, changed.get(path, text).encode()) for path, text in own.items()]


@cache
def pack(**changed: str) -> Rules:
    return Rules(loaded(files(**changed)))


HELD = [
    {"rule": "old"},
    {"limit": "old"},
    {"derive": "old", "that": "not plant.big"},
    {"table": "old", "that": "'plant.mass <= quantity[plant.code].amount'"},
]
ROWS = [
    {"plant.name": "甲", "plant.mass": 4, "plant.code": "X"},
    {"plant.name": "乙", "plant.mass": 6, "plant.code": "X"},
]


def statuses(rules: Rules, day: str) -> list[list[str]]:
    """Return what each engine says of both rows."""
    on, table = rules.area("area").on(day), pa.Table.from_pylist(ROWS)
    plain = [dict(row) for row in ROWS]
    return [
        [on.decide(r).outcome for r in plain],
        [v.outcome for v in on.decide_many(plain)],
        [on.decide(on.admit(r)).outcome for r in plain],
        [_of(on.decide(r).finding("light").status) for r in plain],
        *([r["outcome"] for r in on.decide_table(table, engine=e)] for e in ("duckdb", "records")),
    ]  # fmt: skip


def _of(status: Status) -> str:
    return {Status.SATISFIED: "good", Status.VIOLATED: "bad"}.get(status, "undetermined")


@pytest.mark.parametrize("held", HELD, ids=lambda h: next(iter(h)))
def test_what_rests_on_an_ended_law_alone_is_open_in_every_engine(held: dict[str, str]) -> None:
    assert all(found == ["good", "bad"] for found in statuses(pack(**held), "2020-12-31"))
    assert all(found == ["undetermined"] * 2 for found in statuses(pack(**held), "2021-01-01"))


@pytest.mark.parametrize("held", HELD, ids=lambda h: next(iter(h)))
def test_what_cites_law_to_come_alone_is_decided_by_analogy(held: dict[str, str]) -> None:
    later = pack(**{k: "new" if v == "old" else v for k, v in held.items()})
    assert all(found == ["good", "bad"] for found in statuses(later, "2020-12-31"))
    standings = [later.area("area").on(day).decide(ROWS[1]).standing for day in ("2020-12-31", "2021-01-01")]
    assert [s.name for s in standings if s is not None] == ["parallel", "statute"]


def said(rules: Rules, day: str, language: str = "zh") -> str:
    return rules.area("area").on(day).decide(ROWS[0]).explain(language)


def test_the_open_finding_names_the_ended_law_and_its_successor() -> None:
    text = said(pack(rule="old"), "2021-01-01")
    assert "《旧法》施行至 2020-12-31，基准日未施行，由《新法》（示例2号）取代" in text
    assert "replaced by New act (示例2号)" in said(pack(rule="old"), "2021-01-01", "en")
    assert "旧法" not in said(pack(rule="old"), "2020-12-31").partition("依据")[0]


def both(first: str, second: str, more: str = "") -> str:
    cited = f"  - {{source: {first}, clause: 第一条{more}}}\n  - {{source: {second}, clause: 第一条}}\n"
    text = RULE.replace("  - {source: SOURCE, clause: 第一条}\n", cited)
    return text.replace("THAT", "plant.mass <= limit.mass")


def test_a_second_law_in_force_keeps_a_rule_and_what_governs_older_facts_continues() -> None:
    kept = pack(**{"area/light.yaml": both("old", "new")})
    assert statuses(kept, "2021-01-01")[0] == ["good", "bad"]
    cited = "  - {source: old, clause: 第一条, continues: 事实发生在旧法施行期间}\n"
    goes_on = RULE.replace("  - {source: SOURCE, clause: 第一条}\n", cited).replace("THAT", "plant.mass <= limit.mass")
    assert statuses(pack(**{"area/light.yaml": goes_on}), "2021-01-01")[0] == ["good", "bad"]
    assert statuses(pack(**{"area/light.yaml": goes_on}), "2000-01-01")[0] == ["good", "bad"]


def test_an_overlay_that_ends_a_law_opens_what_rests_on_it() -> None:
    repeal = """overlay: repeal
title: {zh: 废止, en: Repeal}
sources:
  kept: {title: {zh: 常法, en: Lasting act}, in_force: {from: 2000-01-01, until: 2022-05-31}, standing: statute}
"""
    rules = Rules(loaded(files(), [RuleFileText("repeal.yaml", repeal.encode())]))
    assert all(found == ["good", "bad"] for found in statuses(rules, "2022-05-31"))
    assert all(found == ["undetermined"] * 2 for found in statuses(rules, "2022-06-01"))


def codes(day: str, **changed: str) -> list[str]:
    import datetime

    found = linted(loaded(files(**changed)), day=datetime.date.fromisoformat(day)).standing
    return [d.code for d in found if d.code in ("source-lapsed", "source-replaced")]


def test_lint_names_what_rests_on_law_that_ended_or_has_a_newer_text() -> None:
    assert codes("2020-12-31", rule="old") == []
    assert codes("2021-01-01", rule="old") == ["source-lapsed"]
    assert codes("2021-01-01", limit="old") == ["source-lapsed"]
    still = SOURCES.replace(", until: 2020-12-31", "")
    assert codes("2020-12-31", rule="old", **{"sources.yaml": still}) == []
    assert codes("2021-01-01", rule="old", **{"sources.yaml": still}) == ["source-replaced"]
    assert codes("2021-01-01", **{"sources.yaml": still, "area/light.yaml": both("old", "new")}) == []


@pytest.mark.parametrize("name", ["nwe", "old"])
def test_a_successor_is_another_document_of_the_sources(name: str) -> None:
    book, wrong = rulebook(files(**{"sources.yaml": SOURCES.replace("replaced_by: new", f"replaced_by: {name}")}))
    assert book is None
    assert [d.code for d in wrong] == ["unknown-source"]


def checked(folder: str, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["check", folder, *more], standalone_mode=False)
    code = result.exception.code if isinstance(result.exception, SystemExit) else result.exit_code
    return int(code or 0), result.output


def test_a_passed_day_of_review_is_refused_by_check_and_said_by_a_verdict(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    reviewed = {"sources.yaml": SOURCES.replace("  kept: {", "  kept: {review_by: 2022-12-31, ")}
    folder = tmp_path_factory.mktemp("reviewed")
    for file in files(**reviewed):
        (folder / file.path).parent.mkdir(exist_ok=True)
        (folder / file.path).write_bytes(file.data)
    assert checked(str(folder), "--on", "2022-12-31")[0] == 0
    code, text = checked(str(folder), "--on", "2023-01-01")
    assert code == 3
    assert "error[review-passed]: `kept` had to be reviewed by 2022-12-31" in text
    rules: Rules = pack(**reviewed)
    assert "《常法》应于 2022-12-31 前核对" in said(rules, "2023-01-01")
    assert "核对" not in said(rules, "2022-12-31")
    days: Sequence[str] = ("2022-12-31", "2023-01-01")
    told = [rules.area("area").on(d).decide(ROWS[0]).to_dict()["reviews"] for d in days]
    assert [[(r["source"], r["review_by"]) for r in several] for several in told] == [[], [("kept", "2022-12-31")]]


DUTY = """obligation: watch
title: {zh: 值守, en: Watch}
in_force: {from: 2000-01-01}
authority:
  - {source: SOURCE, clause: 第三条}
applies_when:
  heavy: {zh: 储量大, en: heavy, that: 'plant.mass > 5[t]'}
duty:
  who: {zh: 单元, en: Plant}
  what: {zh: 安排值守, en: Keep watch}
"""


@pytest.mark.parametrize(("source", "certain"), [("old", [True, False]), ("kept", [True, True]), ("new", [True, True])])
def test_a_duty_of_an_ended_law_alone_is_not_certain(source: str, certain: list[bool]) -> None:
    rules = Rules(loaded([*files(), RuleFileText("area/watch.yaml", DUTY.replace("SOURCE", source).encode())]))
    verdicts = [rules.area("area").on(day).decide(ROWS[1]) for day in ("2020-12-31", "2021-01-01")]
    assert [[(d.key, d.certain) for d in v.obligations] for v in verdicts] == [[("watch", c)] for c in certain]
    said = [
        ("安排值守（所依据的规定在基准日未施行，须核实）" in v.explain("zh"), "missing" in v.explain("en"))
        for v in verdicts
    ]
    assert said == [(not c, False) for c in certain]


@pytest.mark.parametrize("standings", [("statute", "secondary"), ("secondary", "statute"), ("secondary", "assumed")])
def test_while_the_day_of_a_figure_is_open_it_is_cited_by_its_weakest_entry(standings: tuple[str, str]) -> None:
    entries = [
        f"      - {{from: {since}, value: 5, source: kept, clause: 一, standing: {standing}}}\n"
        for since, standing in zip(("2000-01-01", "2010-01-01"), standings, strict=True)
    ]
    timeline = LIMIT.partition("      - ")[0] + "".join(entries)
    words = WORDS + "  plant.day: {zh: 日期, en: Day, kind: date}\n"
    rules = pack(
        **{"parameters.yaml": timeline, "vocabulary.yaml": words, "that": "'plant.mass <= limit.mass[plant.day]'"}
    )
    on = rules.area("area").on("2020-10-01")
    days = [{}, {"plant.day": "2005-01-01"}, {"plant.day": "2015-01-01"}]
    cited = [on.decide({"plant.name": "甲", "plant.mass": 4, **day}).finding("light").parameters for day in days]
    weakest = max(standings, key=["statute", "secondary", "assumed"].index)
    assert [c["limit.mass"].standing.name for c in cited] == [weakest, *standings]
