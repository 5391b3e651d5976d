"""Which fact a name that is none resembles: what is given under it may be that fact's, and contradict what is given."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache

from safety_rules.language.kinds import Choice, Records
from safety_rules.language.lookalikes import skeleton
from safety_rules.language.same import Same
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.folding import INVISIBLE
from safety_rules.semantics.admission.objects import plain
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import denies

NEAR = 0.8
NOT_OF_RECORDS = re.compile("insur|plan|pool|drill|prevent|training|response|emergenc|provision")
SHORTEST = 2
MOST_NAMES, MOST_VOCABULARIES = 20_000, 8
SEPARATORS = str.maketrans(dict.fromkeys("._-/ \u3000·", ""))


def resembled(name: str, item: object, vocabulary: Vocabulary) -> Iterable[Fact]:
    """Return the facts that a datum under an unknown name may belong to; none where it says nothing.

    A name that looks like a fact's is that fact's. Of a list also one that is nearly its name, or speaks of a kind of
    its records: nobody writes `黑名单` for something else.
    """
    keys = _resembled(Same(vocabulary), name)
    return () if not keys or _says_nothing(item) else [vocabulary.facts[key] for key in keys]


@lru_cache(maxsize=MOST_NAMES)
def _resembled(same: Same[Vocabulary], name: str) -> tuple[str, ...]:
    """Return the keys of the facts that a name resembles; worked out once for all records that have it."""
    by_look, lists = _known(same)
    last = name.rpartition(".")[2].strip().casefold()
    near = [key for key, own, kinds in lists if _nearly(last, own, kinds)]
    return tuple(dict.fromkeys((*by_look.get(looks(name), ()), *near)))


@lru_cache(maxsize=MOST_VOCABULARIES)
def _known(same: Same[Vocabulary]) -> tuple[dict[str, list[str]], list[tuple[str, set[str], list[str]]]]:
    """Return the keys of facts by what their names look like, and each list's key with its names and kinds of records."""
    vocabulary, by_look = same.it, dict[str, list[str]]()
    for known, key in vocabulary.by_name.items():
        by_look.setdefault(looks(known), []).append(key)
    lists = []
    for fact in vocabulary.facts.values():
        if isinstance(fact.kind, Records) and fact.key.count(".") == 1:
            own = {fact.field.casefold(), fact.zh_key.rpartition(".")[2], fact.name.zh, *fact.headings}
            choices = [f.kind.choices for f in vocabulary.fields(fact.key) if isinstance(f.kind, Choice)]
            options = [o for c in choices[:1] for o in c.options]
            kinds = [n for o in options for n in (o.name.zh, *o.aliases) if len(n) > SHORTEST and not n.isascii()]
            words = [
                looks(fact.name.en).removesuffix("s"),
                *(n for o in options if " " in o.name.en for n in (looks(o.name.en),)),
            ]
            lists.append((fact.key, own, [*kinds, *(w for w in words if len(w) > SHORTEST)]))
    return by_look, lists


def looks(name: str) -> str:
    """Return what a name looks like to one who does not see case, separators and signs without width.

    >>> looks("Enterprise.Listings ") == looks("enterprise_listings"), looks("产值") == looks("产量")
    (True, False)
    """
    return skeleton(INVISIBLE.sub("", name)).casefold().translate(SEPARATORS)


def _nearly(last: str, own: Iterable[str], kinds: Iterable[str]) -> bool:
    for name in own:
        if 2 * min(len(last), len(name)) >= NEAR * (len(last) + len(name)):  # else no order of signs is that near
            if difflib.SequenceMatcher(None, last, name).ratio() >= NEAR:
                return True
    said = looks(last)
    return any(kind in (said if kind.isascii() else last) for kind in kinds) and not NOT_OF_RECORDS.search(said)


def _says_nothing(item: object) -> bool:
    try:
        data = plain(item)
    except Unusable:
        return False
    if isinstance(data, str):
        return denies(data)
    return not data  # nothing, none, no
