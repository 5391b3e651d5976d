"""Names that look alike to a reader have one skeleton.

After Unicode Technical Standard 39: compatibility forms are one, and the Cyrillic, Greek and Armenian letters that its
table of confusables gives for a Latin one are that letter; within Latin, one and l, nought and O, rn and m are alike.
Chinese characters are as they are.
"""

from __future__ import annotations

import unicodedata

LIKE_LATIN = str.maketrans(
    "ΑАαаΒВЬСсԁΕЕеҽϜքԌցΗНһհΙІӀιіӏꙇͿЈϳјΚКΜϺМΝոռΟОՕοσоօΡРρрԛգզгᴦЅՏѕΤТՍυսѴνѵԜѡԝաΧХхΥУҮγуүΖ",
    "AAaaBBbCcdEEeeFfGgHHhhIIIiiiiJJjjKKMMMNnnOOOooooPPppqqqrrSSsTTUuuVvvWwwwXXxYYYyyyZ",
)


LIKE_EACH_OTHER = str.maketrans({"1": "l", "I": "l", "|": "l", "0": "O", "m": "rn"})


def skeleton(name: str) -> str:
    """Return what a name looks like.

    >>> skeleton("Р\u0430\uff59") == skeleton("Pay"), skeleton("用地") == skeleton("用地面积")
    (True, False)
    >>> skeleton("rule_1") == skeleton("rule_l")
    True
    """
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name).translate(LIKE_LATIN)
    return plain.translate(LIKE_EACH_OTHER)
