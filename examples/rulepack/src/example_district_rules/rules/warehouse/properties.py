"""What holds of every warehouse; pytest finds this file beside the rules."""

from __future__ import annotations

from safety_rules.testing import Example, independent_of, monotone_in, never_better_than, rule_property

wider_aisles_never_hurt = rule_property("warehouse", check=monotone_in("warehouse.aisle_width"), examples=50)
more_exits_never_hurt = rule_property("warehouse", check=monotone_in("仓库.安全出口数"), examples=50)
more_floor_area_never_helps = rule_property("warehouse", check=monotone_in("warehouse.floor_area", "less"), examples=50)
the_name_does_not_matter = rule_property("warehouse", check=independent_of("warehouse.name"), examples=50)
batteries_without_sprinklers_are_out_of_use = rule_property(
    "warehouse",
    check=never_better_than("closed", when="'battery' in warehouse.goods and not warehouse.has_sprinklers"),
    given={"warehouse.goods": ["battery"], "warehouse.has_sprinklers": False},
    examples=50,
)


@rule_property("warehouse", on="2024-01-01", examples=20)
def what_is_blank_never_rejects(example: Example) -> None:
    """Without any fact a warehouse is neither fit nor out of use for certain."""
    verdict = example.decide({})
    assert (verdict.at_best, verdict.at_worst) == ("fit", "closed")
