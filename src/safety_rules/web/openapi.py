"""The description of the service (OpenAPI 3.1): a path for each area with its own schema and an example in each language."""

from __future__ import annotations

from typing import Any

from safety_rules import answers
from safety_rules.face import Rules
from safety_rules.formats.verdict_model import VerdictModel
from safety_rules.language.source import Standing
from safety_rules.version import VERSION
from safety_rules.words.catalog import LANGUAGES, both

JSON = "application/json"


def described(rules: Rules) -> dict[str, Any]:
    """Return the description of the service as data."""
    schemas: dict[str, Any] = {
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail", "instance"],
            "properties": {
                **{key: {"type": "string"} for key in ("type", "title", "detail", "instance")},
                "status": {"type": "integer"},
            },
        },
        "Verdict": _local(VerdictModel.model_json_schema(), "Verdict"),
    }
    paths: dict[str, Any] = {
        "/areas": {"get": _operation("areas", [], {"type": "array", "items": {"type": "object"}})},
        "/law": {"get": _operation("law", [_on(), _query("area", "areas", enum=list(rules.areas))])},
        "/health": {"get": _operation("health", [])},
    }
    on = [_on(), _query("require_standing", "standing", enum=list(Standing.__members__))]
    for key in rules.areas:
        area, name = rules.area(key), f"{key}.Record"
        schemas[name] = _local(area.json_schema(), name)
        examples = {at: {"value": answers.example(area, at)} for at in LANGUAGES}
        one: dict[str, Any] = {
            "type": "object",
            "anyOf": [{"$ref": f"#/components/schemas/{name}"}, {"type": "object"}],
        }
        many = {"type": "array", "items": one}
        verdict = {"$ref": "#/components/schemas/Verdict"}
        told = {
            "anyOf": [verdict, {"type": "object"}, {"type": "array", "items": {"anyOf": [verdict, {"type": "object"}]}}]
        }
        detail = _query("detail", "detail", enum=list(answers.DETAILS))
        decide = _operation("decide", [*on, detail], told)
        decide["requestBody"] = _body({"oneOf": [one, many]}, examples)
        explain = _operation("explain", [*on, _query("rule", "rule"), _query("l", "language", enum=list(LANGUAGES))])
        explain["requestBody"] = _body(one, examples)
        paths[f"/areas/{key}/decide"] = {"post": {**decide, "operationId": f"decide_{key}"}}
        paths[f"/areas/{key}/explain"] = {"post": {**explain, "operationId": f"explain_{key}"}}
        schema = _operation("schema", [_query("of", "of", enum=list(answers.SCHEMAS))])
        paths[f"/areas/{key}/schema"] = {"get": {**schema, "operationId": f"schema_{key}"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": _said("title"), "version": VERSION, "description": _said("about")},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}, {}],
    }


def _said(key: str) -> str:
    name = both(f"api.{key}")
    return f"{name.zh} · {name.en}"


def _operation(key: str, parameters: list[dict[str, Any]], answer: dict[str, Any] | None = None) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "operationId": key,
        "summary": _said(key),
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": {JSON: {"schema": answer or {"type": "object"}}}},
            "default": {"description": _said("problem"), "content": problem},
        },
    }


def _body(schema: dict[str, Any], examples: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {JSON: {"schema": schema, "examples": examples}}}


def _query(key: str, said: str, **more: Any) -> dict[str, Any]:
    return {"name": key, "in": "query", "description": _said(said), "schema": {"type": "string", **more}}


def _on() -> dict[str, Any]:
    return _query("on", "on", format="date")


def _local(schema: Any, name: str) -> Any:
    """Return a schema with its own definitions, referred to where it stands in the description."""
    if isinstance(schema, dict):
        return {
            key: f"#/components/schemas/{name}{value[1:]}"
            if key == "$ref" and isinstance(value, str)
            else _local(value, name)
            for key, value in schema.items()
            if key != "$schema"
        }
    return [_local(inner, name) for inner in schema] if isinstance(schema, list) else schema
