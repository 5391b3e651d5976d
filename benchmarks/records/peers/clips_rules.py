"""clipspy: CLIPS; one template for the record, a rule for each of ours, the failed keys gathered in a global."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import clips

from benchmarks.records.peers import Unsupported
from benchmarks.records.peers.infix import form
from benchmarks.records.peers.prefix import flat
from safety_rules.engines.compiled.exact import parameter_value
from safety_rules.language.expr import (
    And,
    Arithmetic,
    Call,
    Compare,
    Expr,
    FactRef,
    In,
    Literal,
    Not,
    Or,
    ParameterRef,
    kind_of,
    walk,
)
from safety_rules.language.kinds import Boolean, Number
from safety_rules.language.rule import Rule
from safety_rules.semantics.decide import AreaOn


class _Errors(clips.Router):  # type: ignore[misc]
    """Takes what CLIPS would print about an error."""

    def __init__(self) -> None:
        super().__init__("errors", 40)
        self.said = ""

    def query(self, name: str) -> bool:
        return name in ("stderr", "stdwrn")

    def write(self, name: str, message: str) -> None:
        self.said += message


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the keys that the rules gather on a record."""
    facts = {
        n.key for r in law.rules for c in (*r.applies_when, *r.requires) for n in walk(c.that) if isinstance(n, FactRef)
    }
    environment, errors = clips.Environment(), _Errors()
    environment.add_router(errors)
    slots = " ".join(f"(slot {_slot(key)})" for key in sorted(facts))
    environment.build(f"(deftemplate record {slots})")
    environment.build("(defglobal ?*failed* = (create$))")
    for rule in law.rules:
        environment.build(_rule(rule, law))
    template, failed_keys = environment.find_template("record"), environment.find_global("failed")
    wanted = {_slot(key) for key in facts}
    symbols = {True: clips.Symbol("TRUE"), False: clips.Symbol("FALSE")}

    def failed(record: Any) -> list[str]:
        environment.reset()
        given = flat(record)
        template.assert_fact(**{k: symbols[v] if isinstance(v, bool) else v for k, v in given.items() if k in wanted})
        environment.run()
        if errors.said:
            said, errors.said = errors.said, ""
            raise ValueError(said)
        return [str(key) for key in failed_keys.value]

    return failed


def _slot(key: str) -> str:
    return key.replace(".", "_")


def _rule(rule: Rule, law: AreaOn) -> str:
    clauses = [*rule.applies_when, *rule.requires]
    facts = sorted({n.key for c in clauses for n in walk(c.that) if isinstance(n, FactRef)})
    slots = " ".join(f"({_slot(f)} ?{_slot(f)})" for f in facts)
    applies = " ".join(_test(c.that, law) for c in rule.applies_when)
    meets = " ".join(_test(c.that, law) for c in rule.requires)
    test = f"(and {applies} (not (and {meets} TRUE)))" if applies else f"(not (and {meets} TRUE))"
    gather = f'(bind ?*failed* (create$ ?*failed* "{rule.key}"))'
    return f"(defrule {rule.key} (record {slots}) (test {test}) => {gather})"


def _test(expr: Expr, law: AreaOn) -> str:
    match expr:
        case Literal() | ParameterRef() if (known := _known(expr, law)) is not None:
            return _constant(known)
        case FactRef(key, Boolean()) if key not in law.derivations:
            return f"(eq ?{_slot(key)} TRUE)"
        case FactRef(key) if key not in law.derivations:
            return f"?{_slot(key)}"
        case Not(operand):
            return f"(not {_test(operand, law)})"
        case And(operands) | Or(operands):
            return f"({'and' if isinstance(expr, And) else 'or'} {' '.join(_test(o, law) for o in operands)})"
        case Compare(op, left, right):
            number = isinstance(kind_of(left), Number)
            name = op if number and op not in ("==", "!=") else {"==": "eq", "!=": "neq"}[op]
            return f"({name} {_test(left, law)} {_test(right, law)})"
        case In(item, container):
            return f"(neq (member$ {_test(item, law)} {_test(container, law)}) FALSE)"
        case Arithmetic("/", left, right):
            return f"(/ {_test(left, law)} {_test(right, law)})"
        case Call("starts_with", (text, prefix)):
            return f"(eq (str-index {_test(prefix, law)} {_test(text, law)}) 1)"
        case FactRef(key):
            return _test(law.derivations[key].formula, law)
        case _:
            raise Unsupported(form(expr))


def _known(expr: Expr, law: AreaOn) -> Any:
    if isinstance(expr, ParameterRef):
        return parameter_value(law, expr.key, law.as_of)
    return expr.value if isinstance(expr, Literal) else None


def _constant(known: Any) -> str:
    match known:
        case Fraction():
            return repr(float(known))
        case str():
            return json.dumps(known)
        case tuple():
            return "(create$ " + " ".join(json.dumps(k) for k in known) + ")"
        case _:
            raise Unsupported(f"a {type(known).__name__} as a constant")
