"""What an assistant may ask, by the Model Context Protocol: read-only, each answer made by the engine, with its
receipt.

There is no tool that changes a verdict, a rule or a ledger. A text out of a record (a project's name) is data: it
stands in the answer where the field of the record stands, and the instructions of the server say so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from safety_rules import answers
from safety_rules.face import LiveRules
from safety_rules.language import limits
from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.exact_json import json_data
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.version import VERSION
from safety_rules.words.catalog import sentence

P = ParamSpec("P")
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def server(rules: LiveRules) -> MCPServer:
    """Return the server of the tools."""
    made = MCPServer("safety-rules", version=VERSION, instructions=sentence("assistant.instructions", "en"))

    def tool(function: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
        @wraps(function)
        def answered(*given: P.args, **named: P.kwargs) -> dict[str, Any]:
            try:
                return function(*given, **named)
            except (SafetyRulesError, ValueError) as error:
                raise ToolError(str(error)) from None

        made.tool(annotations=READ_ONLY)(answered)
        return answered

    def verdict(area: str, record: str, on: str | None) -> Verdict:
        if len(record) > limits.RECORD_TEXT:
            raise ValueError(f"the record is longer than {limits.RECORD_TEXT} characters")
        return answers.decided(answers.dated(rules.rules, area, on), [json_data(record)])[0]

    @tool
    def areas() -> dict[str, Any]:
        """The areas of the rules, with their outcomes from the best to the worst."""
        return {"areas": answers.areas(rules.rules)}

    @tool
    def schema(area: str) -> dict[str, Any]:
        """The JSON Schema of an area's records: every fact with its kind, unit and choices."""
        return answers.schema(rules.rules, area)

    @tool
    def decide(area: str, record: str, on: str | None = None) -> dict[str, Any]:
        """Decide one record, given as JSON text, on a day (2020-10-01; today by default). The engine decides:
        repeat its outcome, and where it is undetermined, say so.
        """
        found = verdict(area, record, on)
        return {**answers.detailed(found, "outcome"), "receipt": found.receipt()}

    @tool
    def explain(area: str, record: str, on: str | None = None, language: str = "zh") -> dict[str, Any]:
        """Decide one record and say why: what decides in three lines, then the tree with law, figures and values; zh or en."""
        return answers.explained(verdict(area, record, on), language)

    @tool
    def needs(area: str, record: str, on: str | None = None) -> dict[str, Any]:
        """Which missing facts can still change the verdict, and the fewest that settle it at its best."""
        found = verdict(area, record, on)
        return {"needs": found.to_dict()["needs"], "receipt": found.receipt()}

    @tool
    def gap(area: str, record: str, on: str | None = None) -> dict[str, Any]:
        """By how much a record falls short: for each failed numeric clause the smallest change of one fact."""
        found = verdict(area, record, on)
        data = found.to_dict()
        return {"gaps": data["gaps"], "no_single_gap": data["no_single_gap"], "receipt": found.receipt()}

    @tool
    def law(on: str | None = None, area: str | None = None) -> dict[str, Any]:
        """The law of a day: documents in force, what rests on each, what has lapsed, what is not covered, what changes next."""
        return answers.law(rules.rules, on, area)

    @tool
    def check() -> dict[str, Any]:
        """Whether the rules folder that this server follows holds a mistake, and the digests of the rules that decide."""
        rules.look()
        return answers.health(rules)

    return made
