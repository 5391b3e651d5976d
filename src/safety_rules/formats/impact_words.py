"""The impact of new rules in words: outcomes, what a rule says, and changes of meaning with their witnesses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from safety_rules.language.kinds import Name, Number
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.words.values import decimal

UNDETERMINED = Name("待核实", "undetermined")
KINDS = {
    "rule": Name("规则", "rule"),
    "derivation": Name("推导", "derivation"),
    "obligation": Name("义务", "obligation"),
    "chain": Name("联动规则", "chaining rule"),
    "area": Name("领域", "area"),
    "units": Name("计量单位", "units"),
}
WHATS = {
    "added": Name("新增", "added"),
    "removed": Name("删除", "removed"),
    "changed": Name("含义改变", "means something else"),
}
EFFECTS = {
    "worse": Name("变严", "comes out worse"),
    "better": Name("变宽", "comes out better"),
    "other": Name("无可比的结论", "no verdict to compare with"),
    "same": Name("结论不变，仅本条不同", "same outcome, this item differs"),
}
STATUSES = {
    "satisfied": Name("符合", "satisfied"),
    "violated": Name("违反", "violated"),
    "undetermined": Name("待核实", "undetermined"),
    "not_applicable": Name("不适用", "not applicable"),
    "not_in_force": Name("未施行", "not in force"),
    "not in force": Name("未施行", "not in force"),
    "due": Name("应履行", "due"),
    "not due": Name("无须履行", "not due"),
    "advice": Name("提示", "advice"),
    "unknown": Name("未知", "unknown"),
}


def ends(pair: tuple[str, str], area: Area, language: str) -> str:
    """Return an outcome, or an open verdict with its outcomes at best and at worst."""
    names = {o.key: o.name.in_(language) for o in area.outcomes}
    best, worst = (names.get(k, k) for k in pair)
    if best == worst:
        return best or STATUSES["not in force"].in_(language)
    zh = language == "zh"
    return f"待核实（{best}至{worst}）" if zh else f"undetermined ({best} to {worst})"


def status(text: str, area: Area, language: str) -> str:
    """Return what a rule says, with the outcome that it asks for."""
    word, bracket, asked = text.partition(" (")
    said = STATUSES[word].in_(language) if word in STATUSES else word
    if not bracket:
        return said
    names = {o.key: o.name.in_(language) for o in area.outcomes} | {"advice": STATUSES["advice"].in_(language)}
    key, _, veto = asked.rstrip(")").partition(", ")
    shown = names.get(key, key) + ((" · 一票否决" if language == "zh" else ", veto") if veto else "")
    return f"{said}（{shown}）" if language == "zh" else f"{said} ({shown})"


def amount(value: Fraction | None, book: Rulebook, fact: str) -> str:
    """Return an amount with its unit."""
    kind = book.vocabulary.facts[fact].kind
    unit = kind.unit.symbol if isinstance(kind, Number) else ""
    return "" if value is None else f"{decimal(value)} {unit}".strip()


def change_lines(change: Any, area: Area | None, language: str) -> list[str]:
    """Return the lines of one change of meaning, with its witnesses."""
    zh = language == "zh"
    key = change.item
    head = f"{KINDS[key.kind].in_(language)} {key.area}/{key.key}"
    title = change.title.in_(language)
    lines = [
        f"{head}（{title}）{WHATS[change.what].in_(language)}"
        if zh
        else f"{head} ({title}): {WHATS[change.what].in_(language)}"
    ]
    for w in change.witnesses:
        assert area is not None
        says = f"{status(w.before, area, language)} → {status(w.after, area, language)}"
        came = f"{ends(w.outcomes[0], area, language)} → {ends(w.outcomes[1], area, language)}"
        effect = EFFECTS[w.effect].in_(language)
        lines.append(
            f"  {effect}：审查日 {w.on}，{says}；结论 {came}"
            if zh
            else f"  {effect}: on {w.on}, {says}; verdict {came}"
        )
        lines += [f"    {line}" for line in given_lines(w.given)]
    if not change.witnesses:
        lines.append(_no_witness(change, zh))
    return lines


def _no_witness(change: Any, zh: bool) -> str:
    if change.item.kind in ("chain", "area", "units"):
        return "  （此类改动不逐条找例）" if zh else "  (no witness is sought for this kind of change)"
    if zh:
        return f"  试了 {change.tried} 条记录，未发现答复不同（并非证明）"
    return f"  no difference found among {change.tried} records (this is no proof)"


def given_lines(given: dict[str, Any]) -> list[str]:
    """Return a record as the lines of a case's `given`, in YAML."""
    return [f"{key}: {_yaml(value)}" for key, value in given.items()] or ["{}"]


def _yaml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{" + ", ".join(f"{k}: {_yaml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(_yaml(v) for v in value) + "]"
        case _:
            text = str(value)
            plain = text and not any(c in text for c in ":#[]{},&*!|>'\"%@`") and text.strip() == text
            return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
