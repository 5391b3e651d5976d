"""Another district system imports the library: a form's fields in, a decision to store out."""

from __future__ import annotations

import json

import safety_rules as sr

ADMISSION = sr.load().area("admission").on("2020-10-01")


def decide(form: dict[str, object]) -> dict[str, object]:
    """Return what another system stores of a decision: outcome, reasons, what is missing, and the replayable whole."""
    verdict = ADMISSION.decide(form)
    return {
        "outcome": verdict.outcome,
        "reasons": [verdict.finding(key).rule.title.zh for key in verdict.violated()],
        "missing": [reason.name for reason in verdict.needs.smallest],
        "explanation": verdict.explain("zh"),
        "record": verdict.to_dict(),
    }


def main() -> None:
    """Decide one project as it came from a form, and show the fields that a form needs."""
    form = {
        "项目": {
            "项目名称": "示例项目", "用地方式": "单体征地", "用地面积": "20 亩", "固定资产投资": "0.99 亿元",
            "年开票销售": 13000, "年税收": 820, "涉及化学反应或涉化环节": "否",
        }
    }  # fmt: skip
    stored = decide(form)
    print(stored["explanation"])
    fields = sr.load().area("admission").json_schema()
    print(json.dumps(fields, ensure_ascii=False)[:400], "…")


if __name__ == "__main__":
    main()
