"""What goes through the doors: a content as a change of the good one, and what a careful reader says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Content = Mapping[str, Any]

BEST, OPEN, WORST = ("admitted", "admitted"), ("admitted", "rejected"), ("rejected", "rejected")
LISTED_ONCE, SOME_ACCIDENT = ("referred", "referred"), ("conditional", "rejected")
GOOD: Content = {
    "project.name": "光伏组件项目", "enterprise.name": "甲公司", "enterprise.credit_code": "91320991MAP9JTKT12",
    "project.site": "land", "project.stage": "洽谈", "project.land_area": 15, "project.fixed_asset_investment": 9375.5,
    "project.annual_sales": 11250, "project.annual_tax": 750, "project.industry_code": "3825",
    "project.processes": ["层压封装", "组装"], "project.product_family": "新能源装备", "project.main_raw_material_is_chemical": False,
    "project.final_product_is_chemical": False, "project.has_chemical_reaction": False, "project.is_physical_mixing_only": False,
    "project.made_at_atmospheric_pressure": True, "project.catalogue_class": "未列入",
    "project.is_technical_transformation_only": False, "project.safety_preassessment": "依法不需要",
    "project.safety_design_review": "依法不需要", "project.environmental_assessment": "登记表已备案",
    "enterprise.listings": [], "enterprise.accidents": [], "enterprise.hidden_dangers": [],
}  # fmt: skip
LAND, INVESTED = "project.land_area", "project.fixed_asset_investment"
LISTINGS, ACCIDENTS, DANGERS = "enterprise.listings", "enterprise.accidents", "enterprise.hidden_dangers"
BLACK = {"list": "black", "listed_on": "2020-03-12", "status": "在列"}
DANGER = {"level": "重大", "deadline": "2020-10-01", "is_closed": "否"}
DEATHS = {"date": "2020-05-01", "deaths": "12", "serious_injuries": "0", "direct_loss": "100"}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A content as a change of the good one, what it comes to, and what a door must be able to carry.

    `plainly` is the same content for a door that cannot say it so; any of `kinds` is told where one of them would be.
    """

    name: str
    expect: tuple[str, str]
    change: Content = field(default_factory=dict)
    without: tuple[str, ...] = ()
    asks: frozenset[str] = frozenset()
    plainly: Content | None = None
    kinds: frozenset[str] = frozenset()

    @property
    def wants(self) -> frozenset[str]:
        """What a door must be able to carry: also facts of other kinds than lists, and what is no record in one."""
        lists = {k for k in self.change if k in (LISTINGS, ACCIDENTS, DANGERS)}
        records = all(isinstance(v, list) and all(isinstance(i, dict) for i in v) for v in self.change.values())
        facts = {"facts"} if not self.change or self.change.keys() - lists or self.without else set[str]()
        words = {"words"} if not facts and not records else set[str]()
        return self.asks | facts | words | ({k.rpartition(".")[2] for k in lists} if not facts else set())

    @property
    def content(self) -> Content:
        return {**{k: v for k, v in GOOD.items() if k not in self.without}, **self.change}


@dataclass(frozen=True, slots=True, eq=False)
class Principle:
    """A principle by name, with its cases."""

    name: str
    cases: tuple[Case, ...]


def one(name: str, expect: tuple[str, str], key: str, value: Any, *asks: str) -> Case:
    return Case(name, expect, {key: value}, (), frozenset(asks))
