"""What a text that is no datum speaks of: which list it tells of, and which of the ledger's subjects it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from safety_rules.formats.table import NOBODY, folded
from safety_rules.language.kinds import Choice, Records
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.resembling import resembled

SUFFIX = re.compile(r"(记录表|明细表|记录|明细|清单|台账|列表|情况|表)$")
BETWEEN = re.compile(r"[、，,;；/|\n\r()（）\[\]【】《》“”:：。\s]+|原名|曾用名|更名为|以及|及其|(?<=.)[和与及](?=.)")
NOT_OF_RECORDS = re.compile(r"应急|预案|池|防范|预防|处置|风险|制度|排查|治理|安全|责任险|保险|废水|演练")
DENIED = re.compile(r"(?:无|没有|未|非|不是|不在|不属于)(?:被)?(?:列入|发生|发现|存在)?(?:任何|过)?$")
EXPLAINS = re.compile(
    r"填|栏|应[当须]?|须|不得|不予|请|如[有为]|是否|的[,，、]|的(?:企业|单位|项目)|规定|办法|条件|标准|要求|情形|情况|依据|指|包括|分为|或|否决|禁止|移出"
)
ASSERTS = re.compile(r"已|被|曾|系|现[为在]|属于|列入|列为|纳入|[0-9]{4}年|[0-9]{4}[-./][0-9]|企业|单位|公司")
FIRMS = "(?:公司|集团|工厂|厂|研究院|合作社|事务所|中心)"
FIRM = re.compile(rf"[^\s、，,;；。:：()（）“”\"]+?{FIRMS}(?!名单)")
SHORTEST, SHORTEST_WITHIN = 2, 3


def stem(name: str) -> str:
    """Return the name of a list without 表, 记录, 明细."""
    text = folded(name).replace("_", "")
    return SUFFIX.sub("", text) or text


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words by which a list is spoken of: its own, those for a kind of its records, and its fields' names."""

    fact: Fact
    words: tuple[str, ...]
    kinds: Mapping[str, str]
    fields: frozenset[str]


def spoken_of(facts: Iterable[Fact], vocabulary: Vocabulary) -> tuple[Spoken, ...]:
    """Return by which words each list is spoken of."""
    found = []
    for fact in (f for f in facts if isinstance(f.kind, Records)):
        fields = vocabulary.fields(fact.key)
        choices = [f.kind.choices for f in fields if isinstance(f.kind, Choice)]
        own = {stem(n) for n in (fact.name.zh, *fact.headings)} - {folded(f.name.zh) for f in fields}
        names = {folded(o.name.zh) for c in choices for o in c.options}
        kinds = {folded(n): o.key for c in choices[:1] for o in c.options for n in (o.name.zh, *o.aliases)}
        kinds = {w: key for w, key in kinds.items() if len(w) > SHORTEST}
        words = {w for w in own if len(w) > 1} | {w for w in names if len(w) > SHORTEST}
        heads = frozenset(folded(f.name.zh) for f in fields if len(f.name.zh) > SHORTEST)
        found.append(Spoken(fact, tuple(sorted(words)), kinds, heads))
    return tuple(found)


def list_meant(text: str, lists: Iterable[Spoken]) -> Fact | None:
    """Return the list that a sheet or a heading speaks of (企业黑名单, 2019年事故汇总): it may hold anybody's records."""
    said = folded(text).replace("安全生产", "")
    meant = (of.fact for of in lists for w in of.words if w in said and not NOT_OF_RECORDS.search(said.replace(w, "")))
    return next(meant, None)


def list_headed(heading: str, lists: Iterable[Spoken], vocabulary: Vocabulary) -> Fact | None:
    """Return the list of which a heading speaks, or whose field it names, or whose own name it nearly is."""
    said = folded(heading)
    meant = list_meant(heading, lists) or next((of.fact for of in lists if said in of.fields), None)
    alike = {f.key for f in resembled(heading, True, vocabulary)} if meant is None else ()
    return meant or next((of.fact for of in lists if of.fact.key in alike), None)


def list_told(text: str, lists: Iterable[Spoken]) -> tuple[Fact, str] | None:
    """Return the list of which a remark tells that it has a record of a kind (2019年列入黑名单), and the kind."""
    said = folded(text)
    for of in lists:
        for word, kind in of.kinds.items():
            for found in re.finditer(re.escape(word), said):
                if not DENIED.search(said[: found.start()]) and not said.startswith("隐患", found.end()):
                    return of.fact, kind
    return None


def firms_in(text: str) -> list[str]:
    """Return the firms that a remark names, as it writes them.

    >>> firms_in("注：绿源化工有限公司和丁厂2020年列入黑名单"), firms_in("该企业已列入黑名单")
    (['绿源化工有限公司', '丁厂'], [])
    """
    return [f for part in BETWEEN.split(text) for f in FIRM.findall(part) if not NOBODY.match(folded(f))]


def explains(text: str) -> bool:
    """Return whether a line tells how to fill in, or what follows, rather than what was."""
    return EXPLAINS.search(text) is not None


def of_anybody(text: str) -> bool:
    """Return whether a remark that tells of a record and names no firm may be of anybody: it tells, and does not explain.

    >>> of_anybody("*该企业已列入黑名单"), of_anybody("列入黑名单的企业不予准入"), of_anybody("名单：黑名单、黄名单")
    (True, False, False)
    """
    return ASSERTS.search(text) is not None and not explains(text) and not firms_in(text)


def parts(text: str) -> list[str]:
    """Return the names that a cell may hold, folded: several firms, a code beside a name, a former name.

    >>> parts("甲公司、乙公司（91320991MAP9JTKT12）")
    ['甲公司', '乙公司', '91320991map9jtkt12']
    """
    return [p for p in dict.fromkeys(folded(p) for p in BETWEEN.split(text)) if len(p) >= SHORTEST]


def named_in(text: str, everyone: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Return the identities, by their folded values, that a text names: as a part of it, or somewhere within."""
    said = folded(text)
    found = [pair for p in (said, *parts(text)) for pair in everyone.get(p, ())]
    within = (p for value, pairs in everyone.items() if len(value) >= SHORTEST_WITHIN and value in said for p in pairs)
    return list(dict.fromkeys((*found, *within)))
