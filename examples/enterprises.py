"""The enterprises of the example ledgers: generated names with generated, well-formed credit codes.

None of them exists; the codes only carry a correct check character.
"""

from __future__ import annotations

from random import Random

SEED = 32100
COUNT = 120
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PLACES = ["示例东园", "示例西园", "示例南区", "示例北区", "示例中片"]
TRADES = [
    "汽车部件",
    "新能源装备",
    "电子科技",
    "精密机械",
    "塑料制品",
    "新材料",
    "涂装设备",
    "包装制品",
    "光电",
    "智能装备",
]


def credit_code(rng: Random) -> str:
    """Return a generated code of 18 characters with its check character (GB 32100-2015)."""
    first = "91320991" + "MA" + "".join(rng.choice(ALPHABET) for _ in range(7))
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return first + ALPHABET[-total % 31]


def enterprises() -> list[tuple[str, str]]:
    """Return 120 generated enterprises as (name, credit code), always the same."""
    rng = Random(SEED)
    names = [f"{place}{trade}有限公司" for trade in TRADES for place in PLACES]
    names += [f"{place}{trade}（第{n}厂）" for n in ("二", "三") for trade in TRADES for place in PLACES]
    return [(name, credit_code(rng)) for name in names[:COUNT]]
