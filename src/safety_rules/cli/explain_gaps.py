"""`explain --gaps`: the cheapest change of several facts at once, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from safety_rules.language.verdict import Adjustment, SmallestChange
    from safety_rules.semantics.verdict.verdict import Verdict
    from safety_rules.services.dated_area import DatedArea

F = TypeVar("F", bound=Callable[..., Any])


def gaps_options(function: F) -> F:
    """Add `--gaps`, `--weight` and `--to`."""
    gaps = click.option(
        "--gaps", is_flag=True, help="Also the cheapest change of several facts at once that gets the best outcome."
    )
    weight = click.option(
        "--weight", "weights", multiple=True, metavar="FACT=COST",
        help="What one unit of a fact costs to change, for --gaps; may be repeated. By default a fact counts by its share.",
    )  # fmt: skip
    to = click.option("--to", "outcome", default=None, metavar="OUTCOME", help="With --gaps: another outcome.")
    return gaps(weight(to(function)))


def gaps_text(area: DatedArea, verdict: Verdict, weights: Sequence[str], outcome: str | None, language: str) -> str:
    """Return the cheapest change that gets a record an outcome, in words; raises UsageError for a wrong weight."""
    from safety_rules.words.catalog import sentence

    found = area.smallest_change(verdict.record, outcome, dict(_weight(w) for w in weights) or None)
    wanted = area.law.area.outcome(outcome or area.law.area.outcomes[0].key).name.in_(language)
    if found is None:
        return sentence("smallest.unreachable", language, outcome=wanted)
    if not found.adjustments:
        return sentence("smallest.nothing", language, outcome=wanted)
    return _change_text(found, verdict, wanted, language)


def _weight(text: str) -> tuple[str, str]:
    name, equals, cost = text.partition("=")
    if not equals or not name or not cost:
        raise click.UsageError(f"`{text}` is no weight; write FACT=COST, such as 项目.用地面积=300")
    return name, cost


def _change_text(found: SmallestChange, verdict: Verdict, wanted: str, language: str) -> str:
    from safety_rules.language.verdict import Status
    from safety_rules.words.catalog import sentence
    from safety_rules.words.values import decimal

    lines = [sentence("smallest.head", language, outcome=wanted, cost=decimal(found.cost))]
    lines += (_adjusted(a, verdict, language) for a in found.adjustments)
    if any(f.status is Status.UNDETERMINED and f.outcome is not None for f in verdict.findings):
        lines.append(sentence("smallest.blanks", language))
    return "\n".join(lines)


def _adjusted(a: Adjustment, verdict: Verdict, language: str) -> str:
    from safety_rules.words.catalog import sentence
    from safety_rules.words.values import decimal, label, shown

    vocabulary = verdict.on.rulebook.vocabulary
    now, to = (shown(n, vocabulary.fact_at(a.path).kind, language) for n in (a.now, a.to))
    key, name = "smallest.more" if a.change > 0 else "smallest.less", label(a.path, vocabulary, language)
    return sentence(key, language, name=name, now=now, to=to, by=decimal(abs(a.change)))
