"""Builds the documentation site: `make docs`. The pages of this folder, a page a rule, the reference, the API, llms.txt.

The sources of the site are made anew below `build/`; a link to a file that is no page of the site becomes its name.
"""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import safety_rules as sr
from safety_rules.language.rulebook import Rulebook
from safety_rules.services.pages import index, reference, rule_page

ROOT = Path(__file__).resolve().parents[1]
MADE = ROOT / "build" / "site"
PAGES = MADE / "docs"
BESIDE = ("DECISIONS.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/RESULTS.md")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
CONFIG = """[project]
site_name = "safety_rules"
site_url = "http://localhost/"
site_description = "Exact, explained safety rules · 精确、可解释的安全规则"
docs_dir = "docs"
site_dir = "html"
use_directory_urls = true

[project.theme]
language = "zh"
features = ["content.code.copy", "navigation.indexes", "navigation.top", "search.highlight"]
"""


def main() -> int:
    """Write the sources and build them; warnings are errors."""
    shutil.rmtree(MADE, ignore_errors=True)
    write()
    return subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=MADE, check=False).returncode


def write() -> None:
    """Write the sources of the site."""
    book = sr.load().rulebook
    texts = dict(sources(book))
    for at, text in texts.items():
        path = PAGES / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if path.suffix != ".md" else linked(text, at, texts), "utf-8")
    (MADE / "zensical.toml").write_text(CONFIG, "utf-8")


def sources(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield each page of the site by its place."""
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.md")):
        at = path.relative_to(here).as_posix()
        yield at.replace("README.md", "index.md"), path.read_text("utf-8")
    for name in BESIDE:
        yield name.rpartition("/")[2].lower(), (ROOT / name).read_text("utf-8")
    yield "functions.md", reference()
    yield "api.md", api()
    yield "llms.txt", index(book)
    for area in book.areas.values():
        rows = [f"# {area.title.zh} · {area.title.en}\n"]
        for rule in area.rules:
            rows.append(f"- [{rule.title.zh}]({rule.key}.md)")
            both = f"{rule_page(book, area, rule, 'zh')}\n---\n\n{rule_page(book, area, rule, 'en')}"
            yield f"rules/{area.key}/{rule.key}.md", both.replace("\n# ", "\n## ")
        yield f"rules/{area.key}/index.md", "\n".join(rows) + "\n"


def api() -> str:
    """Return the page of the public names with their docstrings."""
    parts = ["# In Python: the names of `safety_rules`\n"]
    for name in sorted(n for n in sr.__all__ if not n.startswith("_")):
        found = getattr(sr, name)
        parts.append(f"## `{name}`\n\n{inspect.getdoc(found) or ''}\n")
        for key, member in sorted(vars(found).items()) if inspect.isclass(found) else ():
            doc = inspect.getdoc(member.fget if isinstance(member, property) else member)
            if not key.startswith("_") and doc and (inspect.isfunction(member) or isinstance(member, property)):
                parts.append(f"**`{name}.{key}`** {doc.partition(chr(10) * 2)[0]}\n")
    return "\n".join(parts)


def linked(text: str, at: str, pages: dict[str, str]) -> str:
    """Return a page with links that hold on the site: to its own pages, else the name alone."""

    def one(found: re.Match[str]) -> str:
        name, target = found[1], found[2]
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, mark, anchor = target.partition("#")
        whole = "/".join(_flat([*at.split("/")[:-1], *path.split("/")]))
        beside = path.rpartition("/")[2].lower()
        for key in (whole.replace("README.md", "index.md"), f"{whole.rstrip('/')}/index.md"):
            if key in pages:
                return f"[{name}]({'../' * at.count('/')}{key}{mark}{anchor})"
        if path.startswith("../") and beside in pages:
            return f"[{name}]({'../' * at.count('/')}{beside})"
        return name

    return "".join(
        part if i % 2 else LINK.sub(one, part) for i, part in enumerate(re.split(r"(```.*?```)", text, flags=re.DOTALL))
    )


def _flat(parts: list[str]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if part == "..":
            found = found[:-1] if found else [".."]
        elif part not in ("", "."):
            found.append(part)
    return found


if __name__ == "__main__":
    sys.exit(main())
