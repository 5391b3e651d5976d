"""Names that look alike to a reader have one skeleton.

After Unicode Technical Standard 39: compatibility forms are one, and the Cyrillic, Greek and Armenian letters that its
table of confusables gives for a Latin one are that letter. Chinese characters are as they are.
"""

from __future__ import annotations

import unicodedata

LIKE_LATIN = str.maketrans(
    "ΑАαаΒВЬСсԁΕЕеҽϜքԌցΗНһհΙІӀιіӏꙇͿЈϳјΚКΜϺМΝոռΟОՕοσоօΡРρрԛգզгᴦЅՏѕΤТՍυսѴνѵԜѡԝաΧХхΥУҮγуүΖ",
    "AAaaBBbCcdEEeeFfGgHHhhIIIiiiiJJjjKKMMMNnnOOOooooPPppqqqrrSSsTTUuuVvvWwwwXXxYYYyyyZ",
)


def skeleton(name: str) -> str:
    """Return what a name looks like.

    >>> skeleton("Р\u0430\uff59") == skeleton("Pay"), skeleton("用地") == skeleton("用地面积")
    (True, False)
    """
    return name if name.isascii() else unicodedata.normalize("NFKC", name).translate(LIKE_LATIN)
