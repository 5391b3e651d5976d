"""What is taken for a day: rules, derivations, obligations and chaining rules with the citations that then hold."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from safety_rules.language.chain import ChainRule
from safety_rules.language.rule import Derivation, Obligation, Rule
from safety_rules.language.source import Source, authority_on

Holder = TypeVar("Holder", Rule, Derivation, Obligation, ChainRule)


def dated(holder: Holder, sources: Mapping[str, Source], day: datetime.date) -> Holder:
    """Return what cites with the citations that hold on a day; where none does it has lapsed, and is open."""
    held = authority_on(holder.authority, sources, day)
    return holder if held == holder.authority else replace(holder, authority=held)
