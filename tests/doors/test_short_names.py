"""A firm whose name is shortened, lengthened, changed or half hidden may be the one that a row names: it stays open."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import safety_rules as sr
from doors.reading import BEST, OPEN, area, ledger, made, row, screened
from safety_rules.formats.belonging import Near
from safety_rules.services.screening import screen

NEW, LUNG = "盐城甲新能源科技有限公司", "盐城隆辉化工有限公司"
LISTED = ["企业名称", "名单", "列入日期", "名单状态"]
BLACK = ["黑名单", "2020-03-12", "在列"]
MAY_BE = [
    ("盐城甲新能源（集团）", NEW), ("江苏甲新能源集团", NEW), ("甲新能源等2家企业", NEW), ("盐城***科技有限公司", NEW),
    ("盐城X新能源", NEW), ("盐城某新能源有限公司", NEW), ("盐城市盐都区甲新能源科技公司", NEW), ("甲公司", NEW),
    ("盐城丙电子有限公司（更名前），甲新能源", NEW), ("盐城甲（新能源）科技有限公司", NEW), ("甲盐城有限公司", "甲（盐城）有限公司"),
    ("甲〔盐城〕有限公司", "甲（盐城）有限公司"), ("A.B.C.化工", "ABC化工有限公司"), ("三M中国", "3M中国有限公司"),
    ("盐城二建", "盐城市第二建筑工程有限公司"), ("第2建筑", "盐城市第二建筑工程有限公司"),
    ("鼎胜新材", "江苏鼎胜新能源材料股份有限公司"), ("江苏鼎新材", "江苏鼎胜新能源材料股份有限公司"),
    ("中国石化盐城分公司", "中国石油化工股份有限公司江苏盐城石油分公司"), ("盐城龙辉化工", LUNG), ("隆辉化工有限公司盐城厂", LUNG),
    ("盐城化工隆辉有限公司", LUNG), ("盐城隆辉化工厂（已注销）", LUNG),
]  # fmt: skip
IS_NOT = [
    ("盐城乙新能源科技有限公司", NEW), ("盐城甲新能源材料有限公司", NEW), ("张三", NEW), ("无锡甲新能源科技有限公司", NEW),
    ("甲（盐城）有限公司", "盐城乙有限公司"), ("盐城隆辉机械有限公司", LUNG), ("盐城市第一建筑工程有限公司", "盐城市第二建筑工程有限公司"),
    ("5M中国有限公司", "3M中国有限公司"), ("XYZ化工", "ABC化工有限公司"),
]  # fmt: skip


def beside(path: Path, owner: str, name: str) -> list[str]:
    book = ledger(path / "a.xlsx", row(企业名称=name), 名单记录=[LISTED, [owner, *BLACK]])
    return [outcome for _, outcome in screened(book)[0]]


def in_history(path: Path, owner: str, name: str) -> list[str]:
    project = ledger(path / "项目.xlsx", row(企业名称=name, 名单记录=None, 事故=None, 隐患=None))
    other = "无锡戊精密有限公司"
    hurt = ["企业名称", "事故日期", "死亡人数", "重伤人数", "直接经济损失", "已受行政处罚"]
    danger = ["企业名称", "隐患编号", "隐患级别", "发现日期", "整改期限", "销号日期"]
    sheets = {
        "事故记录": [hurt, [other, "2019-03-01", 0, 1, 10, "否"]],
        "隐患台账": [danger, [other, "YH-1", "一般", "2019-03-01", "2019-03-10", "2019-03-05"]],
        "名单记录": [LISTED, [owner, *BLACK]],
    }
    history = sr.with_history(area(), made(path / "历史.xlsx", **sheets))
    return [r.outcome for r in screen(project, area(), history=history).rows if r.outcome]


def joined(path: Path, owner: str, name: str) -> list[str]:
    plain = sr.load(Path(__file__).parents[2] / "examples/small_chemical/rules").area("leads").on("2020-09-30")
    tables = {"site.power": [{"name": name, "since": "2019-01-01"}], "site.tanks": [], "site.registrations": []}
    law = plain.with_ledger({**tables, "site.licences": [{"name": owner, "until": "2021-01-01"}]})
    found = [r["outcome"] for r in law.decide_table(pa.Table.from_pylist([{"site.number": "1", "site.name": name}]))]
    assert [law.decide({"site.number": "1", "site.name": name}).outcome] == found
    return [BEST if outcome == "lead" else outcome for outcome in found]


@pytest.mark.parametrize("door", [beside, in_history, joined], ids=lambda d: d.__name__)
@pytest.mark.parametrize(
    ("owner", "name", "outcome"), [*((*pair, OPEN) for pair in MAY_BE), *((*pair, BEST) for pair in IS_NOT)]
)
def test_who_may_be_meant_stays_open_and_who_is_not_meant_does_not(
    owner: str, name: str, outcome: str, door: object, tmp_path: Path
) -> None:
    assert door(tmp_path, owner, name) == [outcome]  # type: ignore[operator]


@pytest.mark.parametrize(
    "owner", ["项目业主", "建设单位", "序号1企业", "第1行", "第2家企业", "光伏组件项目建设单位", "XM-1项目业主"]
)
def test_an_owner_that_only_points_at_a_row_may_be_anybody(owner: str, tmp_path: Path) -> None:
    assert beside(tmp_path, owner, NEW) == [OPEN]


def test_a_code_that_is_cut_may_be_the_code_that_it_begins(tmp_path: Path) -> None:
    heads = ["企业名称", "统一社会信用代码", *LISTED[1:]]
    found = []
    for code in ("91320991MAP9JTKT", "MAP9JTKT12", "91320991MAP9JTKT1Z", "91320000608950987J"):
        book = ledger(
            tmp_path / f"{code}.xlsx", row(企业名称=NEW), 名单记录=[heads, ["无锡戊精密有限公司", code, *BLACK]]
        )
        found.append(screened(book)[0][0][1])
    assert found == [OPEN, OPEN, OPEN, BEST]


def test_a_name_is_sought_among_many_by_its_rarest_sign() -> None:
    names = {f"盐城{a}{b}化工有限公司": "" for a in "恒瑞华晶东辉隆鑫" for b in "源泰达盛通邦宇丰"}
    assert sorted(Near(names, "").to("恒源")) == ["盐城恒源化工有限公司"]
    assert sorted(Near(names, "").to("盐城市恒源化工")) == ["盐城恒源化工有限公司"]
