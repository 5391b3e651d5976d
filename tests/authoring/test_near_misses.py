"""What others write in a condition is answered by what to write here, at its place, and what is right stays right."""

from __future__ import annotations

import pytest

from conformance.suite import HERE, parsed
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook

SLIPS = [
    ("project.ready && project.clean", "syntax", "write `and` for `&&`"),
    ("project.ready || project.clean", "syntax", "write `or` for `||`"),
    ("!project.ready", "syntax", "write `not` for `!`"),
    ("project.approved <= 2006-01-09", "syntax", "write `'2006-01-09'` for `2006-01-09`"),
    ("project.mass <= 3.5 t", "syntax", "write `3.5[t]` for `3.5 t`"),
    ("project.land >= 5亩", "syntax", "write `5[亩]` for `5亩`"),
    ("project.mass <= 3.5[℃℃] and project.ready", "unknown-unit", "unit"),
    (
        "project.level between 3 and 4",
        "syntax",
        "write `3 <= project.level and project.level <= 4` for `project.level between 3 and 4`",
    ),
    ("matches(project.code, '[A-Z]+')", "format", "under `formats:`"),
    ("role[project.code, project.name].night", "arguments", "with `distinguish:`"),
    ("project.level <= ５", "syntax", "write `5` for `５`"),
    ("project.approved <= today", "unknown-name", "write `as_of`"),
    ("project.name == null", "not-allowed", "must_be_given"),
    ("project.name is None", "not-allowed", "must_be_given"),
    ("project.name == None", "not-allowed", "must_be_given"),
    ("project.approved + project.ratio * 1[月] >= as_of", "kind", "say `whole: true` of the fact"),
    ("project.approved + project.land >= as_of", "kind", "add a whole number of days or months"),
    ("project.site == land", "unknown-name", "in quotes, 'land'"),
    ("项目.方式 == 征地", "unknown-name", "in quotes, '征地'"),
    ("count(enterprise.events) > 3", "arguments", "write `count(x for x in enterprise.events)`"),
    ("project.name.startswith('A')", "unknown-function", "write something like `starts_with(x.name, 'ABC')`"),
    ("is_within(project.name, role.staff)", "unknown-function", "write something like `访客.岗位 in 岗位.员工`"),
]


@pytest.mark.parametrize(("text", "code", "help_"), SLIPS, ids=[s[0] for s in SLIPS])
def test_a_slip_is_answered_by_what_to_write(text: str, code: str, help_: str) -> None:
    with pytest.raises(ValueError, match="error") as refused:
        parsed(text)
    said = str(refused.value)
    assert said.count("error[") == 1
    assert f"error[{code}]" in said
    assert help_ in said


@pytest.mark.parametrize(
    "text",
    [
        "project.name == '3.5 t && !x'",
        "project.site != 'land'",
        "matches(project.code, 'plate')",
        "min(project.level, 2) <= 2",
    ],
)
def test_what_is_right_stays_right(text: str) -> None:
    assert parsed(text) is not None


FORMATS = {
    "nothing is like it": ('pattern: "[A-Z]{2}", like: [], not_like: [a]', "shape"),
    "everything is like it": ('pattern: "[A-Z]{2}", like: [AB], not_like: []', "shape"),
    "never met": ('pattern: "", like: [A], not_like: [B1]', "format"),
    "always met": ('pattern: ".*", like: [A], not_like: [B]', "format"),
    "met by what it is told from": ('pattern: "[A-Z]?[0-9]?", like: [A], not_like: [B]', "format"),
    "no examples": ('pattern: "[A-Z]{2}"', "missing-key"),
    "the fewest are more than the most": ('pattern: "[A-Z]{3,1}", like: [AA], not_like: [A]', "format"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_format_that_is_never_or_always_met_is_refused(kind: str) -> None:
    written, code = FORMATS[kind]
    own = RuleFileText("more.yaml", f"facts: {{}}\nformats:\n  own: {{zh: 甲, en: Own, {written}}}\n".encode())
    made, found = rulebook([*folder_files(HERE / "base"), own])
    assert made is None
    assert {d.code for d in found} == {code}
