"""cedarpy: each rule a `forbid` policy; Cedar has whole numbers only, so figures go in as ten-thousandths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cedarpy

from benchmarks.records.peers.infix import SCALE, Dialect, broken
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the authorization request's determining policies, by their annotations."""
    dialect = Dialect(
        law, " && ", " || ", "!{0}", lambda key: f"context.{key}", inside="{1}.contains({0})", starts='{0} like "{2}*"', overlap="{0}.containsAny({1})", divides=False
    )  # fmt: skip
    policies = "\n".join(
        f'@id("{r.key}")\nforbid(principal, action, resource) when {{ {broken(r, dialect)} }};' for r in law.rules
    )
    held, none = (
        cedarpy.PolicySet.from_str(policies + "\npermit(principal, action, resource);"),
        cedarpy.Entities.from_json_str("[]"),
    )
    request = {"principal": 'User::"u"', "action": 'Action::"a"', "resource": 'Project::"p"'}

    def failed(record: Any) -> list[str]:
        context = {s: {k: _scaled(v) for k, v in given.items()} for s, given in record.items()}
        made = cedarpy.is_authorized({**request, "context": context}, held, none)
        if made.diagnostics.errors:
            raise ValueError(made.diagnostics.errors[0])
        found = made.diagnostics.id_annotations_by_reason
        return [found[reason] for reason in made.diagnostics.reasons if found.get(reason)]

    return failed


def _scaled(data: Any) -> Any:
    return round(data * SCALE) if data.__class__ is float or data.__class__ is int else data
