"""What a name in a condition stands for, and what was meant by one that stands for nothing."""

from __future__ import annotations

import ast

from safety_rules.language import expr as tree
from safety_rules.language.kinds import Boolean
from safety_rules.language.vocabulary import normal
from safety_rules.semantics.checking.formats import MEANT
from safety_rules.semantics.checking.parse import Reading
from safety_rules.semantics.checking.scales import is_scale
from safety_rules.semantics.checking.scope import Scope, dotted, item_named
from safety_rules.words.near import suggestion

AS_OF_NAMES = ("as_of", "审查日")
NOTHING = ("null", "none", "nil", "nan", "undefined", "空", "空值")
BOOLEANS = {"True": True, "False": False, "true": True, "false": False, "是": True, "否": False}


def named_value(node: ast.Name | ast.Attribute, scope: Scope, r: Reading) -> tree.Expr | None:
    """Return what a name stands for: an item's field, the day, a fact, a figure, yes or no."""
    parts = dotted(node)
    if parts is None:
        return r.wrong("not-allowed.name", node)
    at, name = r.span(node), normal(".".join(parts))
    if parts[0] in scope.variables:
        return item_named(parts, node, scope, r)
    if name in AS_OF_NAMES:
        r.named(node, *AS_OF_NAMES)
        return tree.AsOf(at)
    fact = scope.vocabulary.find(name)
    if fact is not None and not scope.vocabulary.is_list(fact.key.rpartition(".")[0]):
        r.named(node, fact.key, fact.zh_key)
        return tree.FactRef(fact.key, fact.kind, at)
    if name in scope.parameters:
        key, kind = scope.parameters[name]
        r.named(node, key, next((n for n, (k, _) in scope.parameters.items() if k == key != n), key))
        return tree.ParameterRef(key, kind, None, at)
    if fact is not None:
        outer = fact.key.rpartition(".")[0]
        return r.wrong("list-field", node, name=name, field=fact.field, list=outer)
    if name in BOOLEANS:
        return tree.Literal(BOOLEANS[name], Boolean(), at)
    if is_scale(node, scope):
        return r.wrong("scale.value", node, name=name)
    if name.lower() in NOTHING:
        return r.wrong("not-allowed.blank", node)
    if meant := MEANT.get(name.lower()):
        return r.wrong("unknown-name.meant", node, name=name, meant=meant)
    near = suggestion(name, scope.names(chinese=not name.isascii()))
    options = (c.find(name) for c in scope.vocabulary.choices.values())
    if "." not in name and (near is None or any(o is not None for o in options)):
        return r.wrong("unknown-name.quoted", node, name=name)
    return r.wrong("unknown-name.fact", node, near, name=name)
