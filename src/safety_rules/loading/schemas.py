"""The JSON Schema of every kind of rule file, made from the models that the loader reads with.

A schema never refuses what the loader takes, so that an editor's red line is always a mistake; the
loader refuses more (names, units, timelines). Only what draft-07 has is used: editors know it best.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any

from safety_rules.loading.models import FIRST_KEYS, LintWaiversFile
from safety_rules.loading.models_base import Model

DRAFT = "http://json-schema.org/draft-07/schema#"
MODELINE = "# yaml-language-server: $schema="
FOLDER = "schemas"


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each kind of rule file, and of a file of waivers, by the kind's name."""
    models: dict[type[Model], None] = dict.fromkeys([*FIRST_KEYS.values(), LintWaiversFile])
    return {str(getattr(m, "kind", "")): schema(m) for m in models}


def schema(model: type[Model]) -> dict[str, Any]:
    """Return the schema of one kind of rule file."""
    made: dict[str, Any] = _plain(model.model_json_schema(by_alias=True))
    return {"$schema": DRAFT, **made}


def schema_texts() -> dict[str, str]:
    """Return the text of each schema file by its name, `rule.schema.json`."""
    return {f"{k}.schema.json": json.dumps(s, ensure_ascii=False, indent=1) + "\n" for k, s in schemas().items()}


def _plain(node: Any) -> Any:
    """Return a schema without `null` (nothing written is no value), generated titles and rules for keys."""
    if isinstance(node, list):
        return [_plain(n) for n in node if n != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    dropped = {"propertyNames", "default"} | ({"title"} if isinstance(node.get("title"), str) else set())
    made = {k: _plain(v) for k, v in node.items() if k not in dropped}
    if len(made.get("anyOf", ())) == 1:
        made |= made.pop("anyOf")[0]
    return made


def kind_of_text(text: str) -> str | None:
    """Return the kind of a rule file by its first key, or None where it is no kind."""
    for line in text.splitlines():
        first = re.match(r"([a-z_]+):", line)
        if first is not None:
            model = FIRST_KEYS.get(first[1])
            return None if model is None else str(getattr(model, "kind", ""))
    return None


def referring(path: str, text: str, folder: str = FOLDER) -> str:
    """Return a rule file's text with a first line that names its schema; `path` is below the rules' folder."""
    kind = kind_of_text(text)
    if kind is None:
        return text
    up = "../" * (len(PurePosixPath(path).parts) - 1)
    line = f"{MODELINE}{up}{folder}/{kind}.schema.json\n"
    first, _, rest = text.partition("\n")
    return line + (rest if first.startswith(MODELINE) else text)
