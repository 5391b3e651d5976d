"""Builds the documentation site: `make docs`. The pages of this folder, a page a rule, the reference, the API, llms.txt.

Each page is there in English and, below `zh/`, in Chinese: `NAME.md` and `NAME.zh.md` of this folder, or made in both. The sources are
made anew below `build/`; a link to a file that is no page of the site becomes its name.
"""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import safety_rules as sr
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.services.graph import readers
from safety_rules.services.pages import (
    DIAGNOSTICS,
    docs_folder,
    index,
    named,
    named_page,
    page,
    reference,
    rule_page,
    topics,
)  # fmt: skip
from safety_rules.words.catalog import CHINESE, ENGLISH, sentence

ROOT = Path(__file__).resolve().parents[1]
DOCS = docs_folder()
MADE = ROOT / "build" / "site"
BESIDE = ("DECISIONS.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/RESULTS.md")
RECORDS = {name.rpartition("/")[2].lower() for name in BESIDE}
READER = re.compile(r"^- ([^：:]+[：:] ?)(.+?)( ?[（(]`(\w+)`[）)] `(\w+)`)$", re.MULTILINE)
FOLDED = re.compile(
    r"(?<=[\u2018-\u201d\u3000-\u9fff\uff00-\uffef])\n *(?=[\u2018-\u201d\u3000-\u9fff\uff00-\uffef\[`])"
)
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
OTHER = {CHINESE: ENGLISH, ENGLISH: CHINESE}
FOLDER = {CHINESE: "zh/", ENGLISH: ""}
CONFIG = """[project]
site_name = "safety_rules"
site_url = "http://localhost/{folder}"
site_description = "{about}"
docs_dir = "docs/{language}"
site_dir = "html/{folder}"
use_directory_urls = true
nav = {nav}

[project.theme]
language = "{language}"
features = ["content.code.copy", "navigation.indexes", "navigation.top", "search.highlight"]
"""


def main() -> int:
    """Write the sources and build them, English first, for Chinese lies within; warnings are errors."""
    shutil.rmtree(MADE, ignore_errors=True)
    book = sr.load().rulebook
    for language in (ENGLISH, CHINESE):
        write(book, language)
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", f"{language}.toml"]
        if failed := subprocess.run(command, cwd=MADE, check=False).returncode:
            return failed
    return 0


def write(book: Rulebook, language: str) -> None:
    """Write the sources of the site in a language."""
    pages = dict(sources(book, language))
    for at, text in pages.items():
        path = MADE / "docs" / language / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(linked(text, at, pages, language) if path.suffix == ".md" else text, "utf-8")
    about = sentence("page.about", language)
    config = CONFIG.format(folder=FOLDER[language], language=language, about=about, nav=contents(pages))
    (MADE / f"{language}.toml").write_text(config, "utf-8")


def contents(pages: Mapping[str, str]) -> str:
    """Return what stands at the side of every page, in TOML: the links of the first page, row by row.

    A row is a section; rows of one link make one together, named by their table. Every other page is reached from one of these.
    """
    sections: dict[str, list[str]] = {}
    headed = ""
    for line in pages["index.md"].splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        links = [(name, _place("index.md", target)) for name, target in LINK.findall(line)]
        links = [(name, at) for name, at in links if at in pages]
        headed = cells[-1] if line.startswith("|") and not links and cells[-1].strip("-") else headed
        if line.startswith("|") and len(links) == 1:
            sections.setdefault(headed, []).append(f"{{{_text(cells[0])} = {_text(links[0][1])}}}")
        elif line.startswith("|") and links:
            sections[cells[0]] = [f"{{{_text(name)} = {_text(at)}}}" for name, at in links]
    listed = [f"{{{_text(title)} = [{', '.join(entries)}]}}" for title, entries in sections.items()]
    return f"[{', '.join([_text('index.md'), *listed])}]"


def _text(written: str) -> str:
    return json.dumps(written, ensure_ascii=False)


def sources(book: Rulebook, language: str) -> Iterator[tuple[str, str]]:
    """Yield each page of a language by its place: those of this folder, then those that are made."""
    for name, path in topics(language).items():
        if path.parent.name != DIAGNOSTICS:
            yield (path.parent.relative_to(DOCS) / f"{name}.md").as_posix(), path.read_text("utf-8")
    for at, text in made(book, language):
        yield at, headed(text, at, language)
    if language == ENGLISH:
        for name in BESIDE:
            yield name.rpartition("/")[2].lower(), (ROOT / name).read_text("utf-8")
        yield "llms.txt", index(book)


def made(book: Rulebook, language: str) -> Iterator[tuple[str, str]]:
    """Yield each page that is made, by its place: the reference, the API, a page a code, an area and a rule."""
    yield "functions.md", reference(language)
    yield "api.md", api(language)
    rows = [f"# {sentence('page.codes', language)}\n"]
    for code in (name for name, path in topics(language).items() if path.parent.name == DIAGNOSTICS):
        text = page(code, book, language)
        rows.append(f"- [`{code}`]({code}.md) {text.split(chr(10) * 2)[1]}")
        yield f"{DIAGNOSTICS}/{code}.md", text
    yield f"{DIAGNOSTICS}/index.md", "\n".join(rows) + "\n"
    yield from read(book, language)
    for area in book.areas.values():
        yield f"rules/{area.key}/index.md", area_page(area, language)
        for rule in area.rules:
            yield f"rules/{area.key}/{rule.key}.md", reading(rule_page(book, area, rule, language), book)


def read(book: Rulebook, language: str) -> Iterator[tuple[str, str]]:
    """Yield the pages of what rules read: one a subject with its facts, one a figure or table, and a list of each."""
    read_by, facts = readers(book), dict[str, list[str]]()
    figures = [f"# {sentence('page.figures', language)}\n"]
    for key, title in named(book).values():
        text = READER.sub(r"- \1[\2](../rules/\4/\5.md)\3", named_page(book, key, title, read_by, language))
        subject = key.partition(".")[0]
        if key not in book.vocabulary.facts:
            figures.append(f"- [{title.in_(language)}]({key}.md) `{key}`")
            yield f"figures/{key}.md", text
        elif text not in facts.setdefault(subject, []):
            facts[subject].append(text)
    yield "figures/index.md", "\n".join(dict.fromkeys(figures)) + "\n"
    listed = [f"# {sentence('page.all_facts', language)}\n"]
    for subject, texts in facts.items():
        title = sentence("page.facts", language, subject=book.vocabulary.subjects[subject].name.in_(language))
        listed.append(f"- [{title}]({subject}.md)")
        yield f"facts/{subject}.md", f"# {title}\n\n" + "\n".join(map(_section, texts))
    yield "facts/index.md", "\n".join(listed) + "\n"


def _section(text: str) -> str:
    """Return the page of a fact as a part of its subject's, which is found by its key."""
    head, _, rest = text.partition("\n\n`")
    anchor = rest.partition("`")[0].replace(".", "-")
    return f"#{head} {{ #{anchor} }}\n\n`{rest}".replace("\n## ", "\n### ")


def reading(text: str, book: Rulebook) -> str:
    """Return a rule's page with links to the pages of what it reads."""

    def one(found: re.Match[str]) -> str:
        name, key = found.groups()
        fact = key in book.vocabulary.facts
        if not fact and key not in book.parameters and key not in book.tables:
            return found[0]
        place = f"facts/{key.partition('.')[0]}.md#{key.replace('.', '-')}" if fact else f"figures/{key}.md"
        return f"- [{name}](../../{place}) `{key}`"

    return re.sub(r"^- (.+) `([\w.]+)`$", one, text, flags=re.MULTILINE)


def area_page(area: Area, language: str) -> str:
    """Return the page of an area: its rules, the days on which each is in force, and what follows where it is not met."""
    rows = [f"# {area.title.in_(language)}\n", sentence("page.area_heads", language)]
    for rule in area.rules:
        outcome = rule.otherwise.outcome
        name = sentence("page.advice", language) if outcome is None else area.outcome(outcome).name.in_(language)
        since, until = rule.in_force.since or "", rule.in_force.until or ""
        rows.append(f"| [{rule.title.in_(language)}]({rule.key}.md) | `{rule.key}` | {since} | {until} | {name} |")
    return "\n".join(rows) + "\n"


def headed(text: str, at: str, language: str) -> str:
    """Return a page that is made with the link to the same page in the other language below its title."""
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{sentence('page.other', language, link=away(at, at, language))}\n{rest}"


def away(at: str, target: str, language: str) -> str:
    """Return the address, from a page of one language, of a page of the other."""
    depth = len(_url(at).split("/")) - 1 + (language == CHINESE)
    return f"{'../' * depth}{FOLDER[OTHER[language]]}{_url(target)}" or "./"


def _url(at: str) -> str:
    return at.removesuffix("index.md") if at.rpartition("/")[2] == "index.md" else f"{at.removesuffix('.md')}/"


def api(language: str) -> str:
    """Return the page of the public names with their docstrings."""
    parts = [f"# {sentence('page.api_title', language)}\n\n{sentence('page.api', language)}\n"]
    for name in sorted(n for n in sr.__all__ if not n.startswith("_")):
        found = getattr(sr, name)
        parts.append(f"## `{name}`\n\n{inspect.getdoc(found) or ''}\n")
        for key, member in sorted(vars(found).items()) if inspect.isclass(found) else ():
            doc = inspect.getdoc(member.fget if isinstance(member, property) else member)
            if not key.startswith("_") and doc and (inspect.isfunction(member) or isinstance(member, property)):
                parts.append(f"**`{name}.{key}`** {doc.partition(chr(10) * 2)[0]}\n")
    return "\n".join(parts)


def linked(text: str, at: str, pages: Mapping[str, str], language: str) -> str:
    """Return a page with links that hold on the site: to pages of its language, to those of the other, else the name alone."""
    up = "../" * at.count("/")

    def one(found: re.Match[str]) -> str:
        name, target = found[1], found[2]
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, mark, anchor = target.partition("#")
        whole, key = "/".join(_flat([*at.split("/")[:-1], *path.split("/")])), _place(at, path)
        twin = (DOCS / key.replace(".md", ".zh.md")).is_file()
        own = whole.endswith(".zh.md") == (language == CHINESE)
        if key in pages and (own or not twin):
            return f"[{name}]({up}{key}{mark}{anchor})"
        return f'<a href="{away(at, key, language)}">{name}</a>' if twin or key in RECORDS else name

    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    parts[::2] = [
        LINK.sub(one, FOLDED.sub("", part)) for part in parts[::2]
    ]  # between Chinese signs an end of line is no blank
    return "".join(parts)


def _place(at: str, target: str) -> str:
    """Return the page of the site to which a link of a page leads: that of the same language."""
    whole = "/".join(_flat([*at.split("/")[:-1], *target.split("/")]))
    record = whole.rpartition("/")[2].lower()
    key = record if record in RECORDS else whole.replace("README.md", "index.md").replace(".zh.md", ".md")
    return key if key.endswith(".md") else f"{key.removeprefix('../')}/index.md"


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
