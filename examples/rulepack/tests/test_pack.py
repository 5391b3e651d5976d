"""The pack as another program uses it: loaded by path, with strategies of the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from example_district_rules import RULES
from hypothesis import given, settings

import safety_rules as sr
from safety_rules.testing import invariant_under, records, rule_property

WAREHOUSE = sr.load(RULES).area("warehouse").on("2024-06-01")


@settings(max_examples=50, deadline=None)
@given(records(WAREHOUSE, written=True))
def test_what_people_write_is_understood(record: dict[str, Any]) -> None:
    assert WAREHOUSE.decide(record).problems == ()


def goods_listed_backwards(record: dict[str, Any]) -> Mapping[str, Any]:
    goods = record.get("warehouse.goods")
    return record if goods is None else {**record, "warehouse.goods": list(reversed(goods))}


test_the_order_of_goods_does_not_matter = rule_property(WAREHOUSE, check=invariant_under(goods_listed_backwards))
