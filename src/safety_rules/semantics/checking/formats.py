"""Formats of texts by their name in a condition, and what people mean who write functions of other languages."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from safety_rules.language import expr as tree
from safety_rules.language.kinds import Text
from safety_rules.semantics.checking.parse import Reading
from safety_rules.semantics.checking.scope import Scope
from safety_rules.words.near import suggestion

MEANT: Mapping[str, str] = {
    **dict.fromkeys(("len", "strlen", "size"), "length(x.name)"),
    **dict.fromkeys(("lower", "upper", "casefold", "equals"), "same_text(x.name, 'ABC')"),
    **dict.fromkeys(("regex", "match", "like", "re"), "matches(x.code, 'plate')"),
    **dict.fromkeys(("includes", "substring", "find"), "contains(x.name, 'ABC')"),
    **dict.fromkeys(("today", "now", "date"), "as_of"),
    **dict.fromkeys(("is_within", "within"), "访客.岗位 in 岗位.员工"),
    **dict.fromkeys(("startswith", "endswith"), "starts_with(x.name, 'ABC')"),
    **dict.fromkeys(("age", "years"), "years_between(as_of, x.born) >= 18[年]"),
    "is_workday": "workdays_between(x.day, x.day - 1[天]) == 1[天]",
}
"""What may be meant by functions of other languages."""


def format_named(node: ast.expr, scope: Scope, r: Reading) -> tree.Expr | None:
    """Return the pattern of the format that is named."""
    formats = scope.vocabulary.formats
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return r.wrong("format.written", node)
    found = next((f for f in formats.values() if node.value in (f.key, f.name.zh)), None)
    if found is None:
        names = [n for f in formats.values() for n in (f.key, f.name.zh)]
        return r.wrong("format", node, suggestion(node.value, names) if node.value.isidentifier() else None)
    r.named(node, found.key, found.name.zh)
    return tree.Literal(found.pattern, Text(), r.span(node))
