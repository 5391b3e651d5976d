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
    given = dict(_weight(w) for w in weights) or None
    found = area.smallest_change(verdict.record, outcome, given)
    wanted = area.law.area.outcome(outcome or area.law.area.outcomes[0].key).name.in_(language)
    zh = language == "zh"
    if found is None:
        none = "调整这些事实都不能达到“{}”" if zh else "no change of these facts gets to `{}`"
        return none.format(wanted)
    if not found.adjustments:
        return f"无须调整即可达到“{wanted}”" if zh else f"nothing has to change for `{wanted}`"
    return _change_text(found, verdict, wanted, zh)


def _weight(text: str) -> tuple[str, str]:
    name, equals, cost = text.partition("=")
    if not equals or not name or not cost:
        raise click.UsageError(f"`{text}` is no weight; write FACT=COST, such as 项目.用地面积=300")
    return name, cost


def _change_text(found: SmallestChange, verdict: Verdict, wanted: str, zh: bool) -> str:
    from safety_rules.language.verdict import Status
    from safety_rules.words.values import decimal

    head = f"要达到“{wanted}”，一并调整的最小改动" if zh else f"the smallest change together for `{wanted}`"
    cost = f"（代价 {decimal(found.cost)}）：" if zh else f" (cost {decimal(found.cost)}):"
    lines = [head + cost, *(f"  {_adjusted(a, verdict, zh)}" for a in found.adjustments)]
    if any(f.status is Status.UNDETERMINED and f.outcome is not None for f in verdict.findings):
        lines.append(
            "  缺项另须补齐并符合要求" if zh else "  what is missing has to be supplied as well, and to be in order"
        )
    return "\n".join(lines)


def _adjusted(a: Adjustment, verdict: Verdict, zh: bool) -> str:
    from safety_rules.words.values import decimal, label, shown

    vocabulary = verdict.on.rulebook.vocabulary
    fact, language = vocabulary.fact_at(a.path), "zh" if zh else "en"
    now, to = (shown(n, fact.kind, language) for n in (a.now, a.to))
    moved = ("增加" if a.change > 0 else "减少") if zh else ("more" if a.change > 0 else "less")
    by = decimal(abs(a.change))
    name = label(a.path, vocabulary, language)
    return f"{name}由 {now} 调整为 {to}（{moved} {by}）" if zh else f"{name}: from {now} to {to} ({by} {moved})"
