"""Which fact a name that is none resembles: what is given under it may be that fact's, and contradict what is given."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from safety_rules.language.kinds import Choice, Records
from safety_rules.language.lookalikes import skeleton
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.folding import INVISIBLE, says_none
from safety_rules.semantics.admission.objects import plain
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import absent

NEAR = 0.8
SHORTEST = 2
SEPARATORS = str.maketrans(dict.fromkeys("._-/ \u3000·", ""))
NO = frozenset({"否", "0", "不是", "no", "false"})


def resembled(name: str, item: object, vocabulary: Vocabulary) -> Iterable[Fact]:
    """Return the facts that a datum under an unknown name may belong to; none where it says nothing.

    A name that looks like a fact's is that fact's. Of a list also one that is nearly its name, or speaks of a kind of
    its records: nobody writes `黑名单` for something else.
    """
    look = looks(name)
    alike = [key for known, key in vocabulary.by_name.items() if looks(known) == look]
    lists = [f for f in vocabulary.facts.values() if isinstance(f.kind, Records) and f.key.count(".") == 1]
    near = [f.key for f in lists if f.key not in alike and _nearly(name, f, vocabulary)]
    if not (alike or near) or _says_nothing(item):
        return ()
    return [vocabulary.facts[key] for key in dict.fromkeys((*alike, *near))]


def looks(name: str) -> str:
    """Return what a name looks like to one who does not see case, separators and signs without width.

    >>> looks("Enterprise.Listings ") == looks("enterprise_listings"), looks("产值") == looks("产量")
    (True, False)
    """
    return skeleton(INVISIBLE.sub("", name)).casefold().translate(SEPARATORS)


def _nearly(name: str, fact: Fact, vocabulary: Vocabulary) -> bool:
    last = name.rpartition(".")[2].strip().casefold()
    own = {fact.field.casefold(), fact.zh_key.rpartition(".")[2], fact.name.zh, *fact.headings}
    if any(difflib.SequenceMatcher(None, last, n).ratio() >= NEAR for n in own):
        return True
    choices = [f.kind.choices for f in vocabulary.fields(fact.key) if isinstance(f.kind, Choice)]
    return any(len(o.name.zh) > SHORTEST and o.name.zh in last for c in choices[:1] for o in c.options)


def _says_nothing(item: object) -> bool:
    try:
        data = plain(item)
    except Unusable:
        return False
    if isinstance(data, str):
        return absent(data) or data.strip().casefold() in NO or says_none(data)
    return not data  # nothing, none, no
