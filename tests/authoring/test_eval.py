"""`eval`: a condition or formula on given facts, its ends where it is open, why, and what is typed wrong."""

from __future__ import annotations

import datetime

import pytest
from click.testing import CliRunner

from conformance.suite import book
from safety_rules.cli.main import cli
from safety_rules.language.errors import NotFoundError, RuleFileError
from safety_rules.semantics.decide import area_on
from safety_rules.services.worth import worth

LAW = area_on(book(), "base", datetime.date(2020, 10, 1))


@pytest.mark.parametrize(
    ("text", "given", "says"),
    [
        ("project.land <= 40[亩]", {"project.land": "50亩"}, ["否", "  用地面积 50 亩，大于40 亩"]),
        ("weekday(as_of)", {}, ["4"]),
        ("项目.方式", {}, ["未知：合用或租赁或征地", "  方式：未填", "  缺少：方式"]),
        ("project.land > 1[亩] and project.ready", {}, ["未知：是或否"]),
        ("count(e for e in enterprise.events)", {"enterprise.events": '[{"score": "2"}, {}]'}, ["2"]),
    ],
)
def test_what_a_text_comes_to(text: str, given: dict[str, str], says: list[str]) -> None:
    found = worth(LAW, text, given).said("zh")
    assert found[: len(says)] == says


@pytest.mark.parametrize(
    ("text", "given", "error", "says"),
    [
        ("project.lnd > 1[亩]", {}, RuleFileError, "did you mean `project.land`"),
        ("project.land >", {}, RuleFileError, "EXPR:1:"),
        ("project.land", {"project.lnd": "3"}, NotFoundError, "did you mean `project.land`"),
        ("project.land", {"project.land": "三"}, NotFoundError, "project.land"),
        ("project.land", {"project.land": "3 天"}, NotFoundError, "project.land"),
    ],
)
def test_what_is_typed_wrong(text: str, given: dict[str, str], error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        worth(LAW, text, given)
    shown = "\n".join(d.text() for d in caught.value.diagnostics) if isinstance(caught.value, RuleFileError) else ""
    assert says in (shown or str(caught.value))


def test_the_verb_refuses_what_gives_no_fact() -> None:
    made = CliRunner().invoke(cli, ["eval", "1 < 2", "--given", "y"])
    assert made.exit_code == 2
    assert "FACT=VALUE" in made.output
