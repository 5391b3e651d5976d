"""Reads YAML as an editor does: with YAML's own types, but days as text. It shares nothing with our loader."""

from __future__ import annotations

from typing import Any

import yaml


class EditorLoader(yaml.SafeLoader):
    """PyYAML's loader without the type of days, which YAML 1.2 does not have."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_an_editor_reads(text: str) -> Any:
    """Return a YAML text as plain data."""
    return yaml.load(text, Loader=EditorLoader)
