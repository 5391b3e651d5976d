"""All small trees in all engines: `python -m engines.tree_campaign [TRIPLES] [SEED]`, in `tests/`.

Every pair by every engine, the solver included, and so many trees of three forms within each other (all of them
by default, some fifty thousand, for about twenty minutes); it prints what it compared, and ends with an error where
anything differs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from random import Random

from engines.every_tree import by_formula, compared_by
from engines.test_every_tree import PAIRS, by_compiled_and_tables, said
from engines.trees import records, texts, trees


def main(arguments: Sequence[str]) -> None:
    """Compare, and print figures."""
    numbers = [int(a) for a in arguments if a.isdigit()]
    seed = numbers[1] if len(numbers) > 1 else 0
    over = records(24, 11 + seed)
    said("each form in each", PAIRS, over, by_compiled_and_tables(PAIRS, over))
    said("by formula", PAIRS, over[:6], compared_by({"solver": by_formula}, PAIRS, over[:6], 1))
    found = list(texts(3))
    triples = trees(Random(seed).sample(found, numbers[0]) if numbers else found)
    for start in range(0, len(triples), 2000):
        part = triples[start : start + 2000]
        said("three within each other", part, over, by_compiled_and_tables(part, over))


if __name__ == "__main__":
    main(sys.argv[1:])
