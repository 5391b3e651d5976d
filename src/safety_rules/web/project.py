"""The form for one project: the verdict, what is missing, and by how much."""

from __future__ import annotations

import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from safety_rules.face import load
from safety_rules.formats.columns import first_reason, result_cells, result_headings
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.marks import marks
from safety_rules.formats.result import ScreenedRow
from safety_rules.language.clock import is_amount
from safety_rules.language.errors import NotFoundError
from safety_rules.language.kinds import Boolean, Choice, Number, Records
from safety_rules.language.vocabulary import Fact
from safety_rules.services.blank import facts_asked
from safety_rules.web.desk import is_day
from safety_rules.web.shown import language_of, shown
from safety_rules.words.catalog import sentence
from safety_rules.words.failure import failure


async def project(request: Request) -> Response:
    """Decide one project that was typed in: the verdict, what is missing, and by how much."""
    language, given, day = language_of(request), {}, datetime.date.today().isoformat()
    told: dict[str, Any] = {"rows": [], "outcome": "", "look": None, "first": "", "message": ""}
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=2_000) as form:
            given = {k: str(v).strip() for k, v in form.items() if str(v).strip() and k != "day"}
            day = str(form.get("day", day))
    if not is_day(day):
        told["message"], day = sentence("web.no_day", language, day=day), datetime.date.today().isoformat()
    rules = load().area("admission")
    try:
        area = rules.on(day)
    except NotFoundError as error:  # no rule is in force on that day
        told["message"], day = failure(str(error), language), datetime.date.today().isoformat()
        area = rules.on(day)
    vocabulary = area.law.rulebook.vocabulary
    subjects = area.law.area.subjects
    facts = facts_asked(area.law, area.law.rules, subjects, subjects)
    if request.method == "POST" and not told["message"]:
        verdict = area.decide({k: v for k, v in given.items() if k in vocabulary.facts})
        row = ScreenedRow(LedgerRow(0, "", ()), verdict)
        said = zip(result_headings(language), result_cells(row, language), strict=True)
        told["rows"] = [(h, c) for h, c in said if c][1:]
        told["outcome"] = verdict.outcome_name.in_(language)
        told["look"] = marks([o.key for o in area.law.area.outcomes])[verdict.outcome]
        told["first"] = first_reason(row, language)
    fields = [_field(f, language, given.get(f.key, "")) for f in facts]
    return shown(request, "project.html", fields=fields, day=day, **told)


def _field(fact: Fact, language: str, value: str) -> dict[str, Any]:
    """Return how a fact is asked for: a choice, a yes or no, a number with its unit, or a text."""
    options: list[tuple[str, str]] = []
    unit = ""
    match fact.kind:
        case Boolean():
            options = [(sentence(f"value.{v}", "zh"), sentence(f"value.{v}", language)) for v in ("true", "false")]
        case Choice(choices):
            options = [(option.key, option.name.in_(language)) for option in choices.options]
        case Records():
            options = [(sentence("value.none", "zh"), sentence("value.none", language))]
        case Number(found) if is_amount(fact.kind):
            unit = found.symbol
        case _:
            pass
    return {"key": fact.key, "name": fact.name.in_(language), "options": options, "unit": unit, "value": value}
