"""Each example that others published and this language once could not say: the rule with its cases, or why not and what instead.

The conformance suite asks every engine for each condition and verdict that is named here; the packs' own cases are run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.suite import UNKNOWN, conditions, verdicts
from safety_rules.loading.files import folder_files
from safety_rules.loading.rulebook import loaded
from safety_rules.services.cases import run_cases

ROOT = Path(__file__).parents[2]
ACCESS, SMALL = "examples/access/rules", "examples/small_chemical/rules"


@dataclass(frozen=True)
class Published:
    """What was published, and what says it here.

    `said` are conditions of the conformance files, `whole` those of its verdicts that require one, `rules` the rules
    of a pack, each with its folder, and `why` decisions, each with words that it holds.
    """

    what: str
    said: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    why: tuple[tuple[int, str], ...] = ()


HOURS = (
    "project.approved < project.expires - 1[天] or project.approved == project.expires - 1[天]"
    " and project.opens < project.closes"
)
LIST = {
    1: Published(
        "--OCCUR non_empty and (--PRESP empty or != 'Y')", whole=("project.asked == 'Y'",), why=((69, "must_be_given"),)
    ),
    2: Published(
        "is_not_unique_set, record_count and distinct over a group",
        said=("distinct(e.substance for e in enterprise.events)", "distinct(e.day for e in enterprise.events) >= 2"),
        rules=((ACCESS, "number_once"), (ACCESS, "one_place_at_a_time")),
        why=((81, "across_rows"),),
    ),
    3: Published(
        "Match Datasets: DM on USUBJID, then AESTDTC < RFSTDTC",
        said=("all(e.day >= project.approved for e in enterprise.events)",),
        rules=((ACCESS, "nobody_who_is_banned"), (ACCESS, "training_is_fresh")),
        why=((70, "from_ledger"), (85, "ways"), (91, "Spark")),
    ),
    4: Published(
        "not_matches_regex, longer_than 40, contains, ends with, string length, substring",
        said=(
            "matches(project.code, 'plate')",
            "字数(项目.名称) <= 4",
            "contains(project.name, 'b%')",
            "ends_with(project.code, 'A1')",
            "length(project.name)",
        ),
        why=((87, "Texts are tested, never cut"),),
    ),
    5: Published(
        "6h <= now.toTime() <= 21h, now < releaseDate.offset(-24h)",
        said=("'6:00' <= project.opens <= '21:00'", HOURS, "时段内(项目.开门, '22:00', '06:00')"),
        why=((87, "24 hours are one day at the same time"),),
    ),
    6: Published("the years between two days", said=("years_between(project.expires, project.approved)",)),
    7: Published("(1+rate/12)**-term", why=((81, "Powers"),)),
    8: Published(
        "decimal(1/3, 2), round half up, floor, modulo",
        said=(
            "round_to(project.width / 3, 0.01)",
            "round_to(project.width, 1) == 3",
            "floor_to(project.width, 1)",
            "project.balance - floor_to(project.balance, 3[万元])",
        ),
    ),
    9: Published(
        "hit policies RULE ORDER and COLLECT: every reason",
        whole=("project.staff <= 100[人]", "project.clean", "project.ready", "project.mass < 10[t]"),
        why=((81, "a rule each, or advice"), (67, "collect")),
    ),
    10: Published(
        "scale.calc(salary), and a reform with a fourth bracket",
        said=("scale(limit.fees, project.invested)", "分级累计(标准.分级, 项目.投资) <= 90[万元]"),
        why=((84, "fourth bracket"),),
    ),
    11: Published(
        "a default for what is not given, if null then, deny unless permitted",
        said=("project.balance if project.ready else 0[万元]",),
        why=((81, "no default"), (87, "No value is assumed for a blank"), (69, "must_be_given")),
    ),
    12: Published(
        "principal in resource.readers over a hierarchy of groups",
        said=("project.code in role.staff", "项目.代码 not in 岗位.承包商"),
        rules=((ACCESS, "nights_are_for_those_on_duty"),),
    ),
}
BOUNDED = {"字数(项目.名称) <= 4"}  # what is known is enough there, whatever the blank one is
DECISIONS = dict(re.findall(r"^## (\d+)\. (.*?)(?=^## \d|\Z)", (ROOT / "DECISIONS.md").read_text("utf-8"), re.M | re.S))


def test_every_number_is_there_and_says_something() -> None:
    assert list(LIST) == list(range(1, 13))
    assert [n for n, one in LIST.items() if not (one.said or one.whole)] == [7]


CONDITIONS, VERDICTS = list(conditions()), list(verdicts())
SAID = [that for one in LIST.values() for that in one.said]
WHOLE = [that for one in LIST.values() for that in one.whole]
RULES = [rule for one in LIST.values() for rule in one.rules]
WHY = [why for one in LIST.values() for why in one.why]


@pytest.mark.parametrize("that", SAID)
def test_a_condition_has_cases_of_two_answers_and_of_a_blank(that: str) -> None:
    answers = {case.expected for case in CONDITIONS if case.that == that}
    assert len(answers - {UNKNOWN}) >= 2
    assert (UNKNOWN in answers) is (that not in BOUNDED)


@pytest.mark.parametrize("that", WHOLE)
def test_a_requirement_has_verdicts_of_more_than_one_outcome(that: str) -> None:
    asked = [case for case in VERDICTS if any(c.text == that for r in case.law.rules for c in r.requires)]
    assert len({case.expect["outcome"] for case in asked}) >= 3


@pytest.mark.parametrize(("pack", "rule"), RULES)
def test_a_rule_of_a_pack_has_cases_that_hold_and_expect_each_status(pack: str, rule: str) -> None:
    found = list(run_cases(loaded(folder_files(ROOT / pack)), only=f"{rule}::"))
    assert [r.failures for r in found if not r.passed] == []
    assert len(found) >= 3


@pytest.mark.parametrize(("decision", "words"), WHY)
def test_a_decision_says_why_not_and_what_instead(decision: int, words: str) -> None:
    assert words in DECISIONS[str(decision)]
