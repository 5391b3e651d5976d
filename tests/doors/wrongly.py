"""All the ways of giving one fact wrongly: missing, mistyped, misspelt, in a wrong unit, doubled, in an odd place.

A content is plain data by English key, records of a list by field: `{"project.site": "land", "enterprise.accidents":
[{"deaths": "3"}]}`. A way leaves data in which the value of one fact can no longer be read for what it is; no way
writes another value that a careful reader would take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.vocabulary import Fact, Vocabulary

Content = dict[str, Any]
MISSING = (None, "", " ", "　", "待定", "不详", "/", "—", "N/A", "null", "\u200b", float("nan"))
NO_LIST = (
    "有",
    "见附表",
    "1条",
    "有2条",
    "见附表（2条）",
    "{",
    "[{",
    "0.5",
    "是",
    1,
    True,
    {"a": 1},
    [1],
    ["x"],
    [None],
    [[]],
    object(),
)
SCRAMBLED = {
    Boolean: ("是否", "或许", "是/否", 2, 0.5, "TRUEE", ["是"], {"值": True}, object(), b"1"),
    Number: ("约10", "十来", "10-20", ">1", "1 000 0", "9 1", "0x10", "1e999", "NaN", "--1", True, ["1"], {"值": 1}, object()),
    Date: ("2020-13-01", "2020-02-30", "20200", "去年", "10/1/2020", 44105.5, True, ["2020-01-01"], object()),
    Choice: ("?", "其它什么", "甲或乙", 7, True, ["?"], {"值": "?"}, object()),
    Choices: ("?", "机加工、??", 7, ["??"], [None], [1], {"a": 1}, object()),
    Text: ("XX", "2", "26x1", ["26"], {"值": "26"}, True, 26.5, object()),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """One way of giving a fact wrongly: its name, and the data; `value` where only the value differs."""

    way: str
    data: Content
    value: Any = None


def plain(value: Any) -> Any:
    """Return an exact value as plain data: decimal text, an ISO day, lists."""
    match value:
        case Fraction():
            return str(value.numerator) if value.denominator == 1 else f"{value.numerator / value.denominator}"
        case date():
            return value.isoformat()
        case tuple():
            return [plain(v) for v in value]
        case Mapping():
            return {k: plain(v) for k, v in value.items()}
        case _:
            return value


def others(fact: Fact) -> Iterator[Any]:
    """Yield values of a fact that are far from one another: what a second entry may say."""
    match fact.kind:
        case Boolean():
            yield from (True, False)
        case Choice(choices):
            yield from (o.key for o in choices.options)
        case Choices(choices):
            yield from ([], *([o.key] for o in choices.options))
        case Number():
            yield from ("0", "1", "1000000")
        case Date():
            yield from ("1990-01-01", "2099-01-01", "2020-06-01")
        case Text():
            yield from ("3611", "2611")
        case Records():
            yield []


def wrongly(content: Content, path: str, other: Any, vocabulary: Vocabulary) -> Iterator[Wrong]:
    """Yield a content with one fact given wrongly in every way; `path` may be `list[0].field`."""
    outer, bracket, rest = path.partition("[")
    if not bracket:
        fact = vocabulary.facts[path]
        yield from _at_top(content, fact, other, vocabulary)
        return
    index, name = int(rest.partition("]")[0]), rest.partition("].")[2]
    fact = vocabulary.facts[f"{outer}.{name}"]
    items = content[outer]
    for way, item, value in _in_item(items[index], fact, other):
        yield Wrong(way, {**content, outer: [*items[:index], item, *items[index + 1 :]]}, value)


def _at_top(content: Content, fact: Fact, other: Any, vocabulary: Vocabulary) -> Iterator[Wrong]:
    key, value = fact.key, content[fact.key]
    rest = {k: v for k, v in content.items() if k != key}
    yield Wrong("missing key", rest)
    for way, wrong in _values(fact, value):
        yield Wrong(way, {**rest, key: wrong}, wrong)
    for misspelt in _misspelt(fact):
        if vocabulary.find(misspelt) is None:
            yield Wrong(f"misspelt key {misspelt!r}", {**rest, misspelt: value})
            yield Wrong(f"misspelt key {misspelt!r} in a tree", {**rest, **_nested(misspelt, value)})
    a, b = key, fact.zh_key
    for first, second in ((value, other), (other, value), ("??", other), (other, "??"), (other, object())):
        yield Wrong(f"doubled {first!r:.20} {second!r:.20}", {**rest, a: first, b: second})
        yield Wrong(
            f"doubled in trees {first!r:.20} {second!r:.20}", {**rest, **_nested(a, first), **_nested(b, second)}
        )


def _in_item(item: Mapping[str, Any], fact: Fact, other: Any) -> Iterator[tuple[str, dict[str, Any], Any]]:
    name, zh = fact.field, fact.zh_key.rpartition(".")[2]
    value = item[name]
    rest = {k: v for k, v in item.items() if k != name}
    yield "missing field", rest, None
    for way, wrong in _values(fact, value):
        yield way, {**rest, name: wrong}, wrong
    for misspelt in (name + "s", name.title(), zh[:-1], zh + "？", f" {name}.", ""):
        if misspelt not in (name, zh, "日期"):
            yield f"misspelt field {misspelt!r}", {**rest, misspelt: value}, None
    for first, second in ((value, other), (other, value), ("??", other), (other, "??"), (other, object())):
        yield f"doubled field {first!r:.20} {second!r:.20}", {**rest, name: first, zh: second}, None


def _values(fact: Fact, value: Any) -> Iterator[tuple[str, Any]]:
    for nothing in MISSING:
        yield f"missing {nothing!r}", nothing
    if isinstance(fact.kind, Records):
        for wrong in NO_LIST:
            yield f"no list {wrong!r:.30}", wrong
        yield "a list with a text among its records", [*value, "x"]
        yield "a list of records of misspelt fields", [{f"{k}？": v for k, v in item.items()} for item in value]
        yield "one record without a list", value[0]
        return
    for wrong in SCRAMBLED[type(fact.kind)]:
        if not (isinstance(fact.kind, Text) and not fact.format):
            yield f"mistyped {wrong!r:.30}", wrong
    if isinstance(fact.kind, Number):
        for unit in ("光年", "件套", "亩" if fact.kind.unit.symbol != "亩" else "人", "$", "%"):
            yield f"wrong unit {unit}", f"{value} {unit}"
        yield "out of bounds", "-1"
    if isinstance(fact.kind, Choice):
        yield "misspelt option", f"{fact.kind.choices[value].name.zh}了"
    if isinstance(fact.kind, Choices):
        yield "misspelt option", [*value[1:], f"{value[0]}？"]
        yield "two lists in one", [value, value]


def _misspelt(fact: Fact) -> Iterator[str]:
    key, zh = fact.key, fact.zh_key
    yield from (
        key + "s",
        key[:-1],
        key.upper(),
        key.replace(".", "_"),
        f"{zh}？",
        zh[:-1],
        zh.replace(".", "．．"),
        f"x.{key}",
    )


def _nested(name: str, value: Any) -> Content:
    outer, dot, inner = name.rpartition(".")
    return {outer: {inner: value}} if dot else {name: value}
