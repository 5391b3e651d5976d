"""Under which headings lists of dangers and of tasks are kept, and which of them are the steps of a life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safety_rules.language.kinds import Name

CODE, DEADLINE, EVIDENCE, WAY = "统一社会信用代码", "整改期限", "销号佐证", "检查方式"
FIELDS = {
    "领域": "field", "隐患级别": "level", "隐患内容": "text", "责任单位": "unit", "整改单位": "enterprise", CODE: "code",
    WAY: "way",
}  # fmt: skip
STEPS = (
    ("find", "expert", "发现日期", "发现方"),
    ("order", "department", "交办日期", "交办部门"),
    ("start", "enterprise", "整改开始日期", "整改单位"),
    ("submit", "enterprise", "申请验收日期", "整改单位"),
    ("supervise", "zone", "督查日期", "督查单位"),
    ("accept", "department", "验收日期", "验收部门"),
    ("close", "department", "销号日期", "销号部门"),
)
DUE, TASK = "时限", "任务"


@dataclass(frozen=True, slots=True)
class Form:
    """Under which headings a list keeps what is in it, each of its steps (event, role, its day, who did it), and its deadline."""

    fields: Mapping[str, str]
    steps: tuple[tuple[str, str, str, str], ...]
    deadline: str
    noun: Name


DANGERS = Form(FIELDS, STEPS, DEADLINE, Name("隐患", "danger"))
TASKS = Form(
    {"问题": "problem", "方面": "field", TASK: "task", "举措": "text", "责任单位": "unit", "牵头处室": "office", "责任人": "person",
     "责任领导": "leader"},
    (("find", "department", "下达日期", "下达部门"), ("submit", "unit", "报告完成日期", "责任单位"),
     ("close", "department", "销号日期", "销号部门")),
    DUE,
    Name("任务", "task"),
)  # fmt: skip
ROUND = ("submit", "supervise", "accept")  # what counts no more once a danger is sent back
LEVELS = ("一般", "重大")
MAY_BE_BLANK = (CODE, "问题", "方面", "牵头处室", "责任人", "责任领导")
