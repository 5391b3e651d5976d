"""A campaign on our own code: changes of one token, drawn with a printed seed, each to be noticed by the module's tests.

`python -m mutation.campaign [--most N] [--seed N] [MODULE…]` in `tests/`; a module by the end of its name.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "src"
READ = HERE / "read_by.toml"
LIVING = HERE / "living.txt"


def living() -> dict[str, str]:
    """Return the changes that may live, with the reason; the list only shrinks."""
    lines = (line for line in LIVING.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {what.strip(): reason.strip() for what, _, reason in (line.rpartition(" -- ") for line in lines)}


def read_by() -> dict[str, list[str]]:
    """Return the modules that are tried, with the tests that read them."""
    found: dict[str, list[str]] = tomllib.loads(READ.read_text("utf-8"))["read_by"]
    return found


def main(arguments: list[str]) -> int:
    """Run the campaign; fail where a change lives that has no reason."""
    parser = argparse.ArgumentParser(prog="python -m mutation.campaign", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--most", type=int, default=25, help="changes of one module")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args(arguments)
    known = read_by()
    modules = [m for m in known if not asked.modules or any(m.endswith(a) for a in asked.modules)]
    print(f"seed {asked.seed}, at most {asked.most} changes of each of {len(modules)} modules", flush=True)
    lived = [_of_module(m, known[m], asked.most, asked.seed) for m in modules]
    return 1 if any(lived) else 0


def _of_module(name: str, tests: list[str], most: int, seed: int) -> bool:
    """Try one module in a process of its own, so that nothing of another module's tests is kept; say whether a change lived."""
    if not (child := os.fork()):
        from mutation.changes import changes
        from mutation.runner import LIVES, UNPLACED, tried

        all_of = list(changes((SOURCES / f"{name.replace('.', '/')}.py").read_text("utf-8")))
        chosen = random.Random(f"{seed} {name}").sample(all_of, min(most, len(all_of)))
        reasons = living()
        open_to = [c for c in chosen if f"{name} {c.function}: {c.what}" not in reasons]
        fates = tried(name, sorted(open_to, key=lambda c: c.line), [str(HERE.parent / t) for t in tests])
        could = [f for _, f in fates if f != UNPLACED]
        lives = sum(f.startswith(LIVES) for f in could)
        print(f"{name}: {len(could) - lives} of {len(could)} noticed ({len(all_of)} in all)", flush=True)
        os._exit(1 if lives else 0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


if __name__ == "__main__":
    os.environ["CI"] = "true"  # generated tests draw the same examples
    sys.exit(main(sys.argv[1:]))
