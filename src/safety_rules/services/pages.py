"""The pages that the wheel carries, and those made from the rules: what a code, a rule, a fact's figure or a topic is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from safety_rules.language.clock import is_time
from safety_rules.language.errors import NotFoundError
from safety_rules.language.kinds import Choice, Choices, Name, Number
from safety_rules.language.law import Parameter
from safety_rules.language.operators import FOLDS, FUNCTIONS, ORDERS, SIGNS
from safety_rules.language.rule import Case, Rule
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Citation, Period, weakest
from safety_rules.language.table import Table
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.models_base import KINDS
from safety_rules.services.diagnosis import diagnosis
from safety_rules.services.graph import graph, readers
from safety_rules.services.impact.meaning import ItemKey
from safety_rules.words.catalog import ENGLISH, LANGUAGES, sentence
from safety_rules.words.near import did_you_mean
from safety_rules.words.said import series
from safety_rules.words.values import shown, standing_words

FINDINGS = "findings"
DIAGNOSTICS = "diagnostics"
REFERENCE = "functions"
MOST_OPTIONS = 12
ReadBy = Mapping[str, Sequence[tuple[ItemKey, Name]]]


def docs_folder() -> Path:
    """Return the folder of the pages, in a wheel or in a checkout."""
    here = Path(__file__).resolve().parents[1]
    return next((f for f in (here / "docs", here.parents[1] / "docs") if f.is_dir()), here / "docs")


def topics(language: str = ENGLISH) -> Mapping[str, Path]:
    """Return the pages of a language by name: `python` for docs/python.md or python.zh.md, a code for its page among
    the diagnostics.
    """
    pages = sorted(p for at in ("", "tutorials", "diagnostics") for p in (docs_folder() / at).glob("*.md"))
    found = {p.stem: p for p in pages if p.suffixes == [".md"] and p.stem != "README"}
    own = f".{language}"
    return {**found, **{p.stem.removesuffix(own): p for p in pages if p.stem.endswith(own)}}


def page(word: str, book: Rulebook, language: str) -> str:
    """Return the page of a code, a rule, a function or a topic, in its language where it has one; raises NotFoundError."""
    found = topics(language)
    if word in found:
        text = found[word].read_text("utf-8")
        return diagnosis(text, word, language) if found[word].parent.name == DIAGNOSTICS else text
    sections = _sections(found[FINDINGS].read_text("utf-8")) if FINDINGS in found else {}
    if word in sections:
        return sections[word]
    rules = {r.key: (area, r) for area in book.areas.values() for r in area.rules}
    if word in rules:
        return rule_page(book, *rules[word], language)
    names = _functions()
    if word == REFERENCE or word in names:
        return reference(language)
    things = named(book)
    if word in things:
        return named_page(book, *things[word], readers(book), language)
    known = [*found, *sections, REFERENCE, *names, *rules, *things]
    raise NotFoundError(f"there is no page `{word}`; {did_you_mean(word, known)}")


def named(book: Rulebook) -> dict[str, tuple[str, Name]]:
    """Return the key and title of what rules read, by each of its names: derivations, facts, tables and figures."""
    titles = {i.key: (i.fact, i.title) for area in book.areas.values() for i in area.derivations}
    facts, tables, figures = book.vocabulary.facts, book.tables, book.parameters
    things: tuple[Fact | Table | Parameter, ...] = (*facts.values(), *tables.values(), *figures.values())
    return titles | {word: (t.key, t.name) for t in things for word in (t.zh_key, t.key)}


def named_page(book: Rulebook, key: str, title: Name, read_by: ReadBy, language: str) -> str:
    """Return the page of a fact, derived fact, table or figure: what it says on which days, who reads it, what overlays
    changed.
    """
    return "\n".join(_named_page(book, key, title, read_by, language)) + "\n"


def _named_page(book: Rulebook, key: str, title: Name, read_by: ReadBy, language: str) -> Iterator[str]:
    fact = book.vocabulary.facts.get(key)
    yield f"# {title.in_(language)}\n\n`{key}`" + (f" · {_kind(fact, language)}" if fact is not None else "")
    if fact is not None and fact.meaning is not None:
        yield f"\n{fact.meaning.in_(language)}"
    if fact is not None and fact.headings:
        yield f"\n{sentence('page.headings', language, headings=series(fact.headings).in_(language))}"
    for one in (d for area in book.areas.values() for d in area.derivations if d.fact == key and not d.borrowed):
        yield f"\n{one.title.in_(language)} `{one.key}` · {one.file}\n"
        yield f"{_days(one.in_force, one.authority, language)}\n\n`{one.text}`\n"
        yield from (_cited(book, c, language) for c in one.authority)
    figure = book.parameters.get(key)
    for entry in figure.entries if figure is not None else ():
        assert figure is not None
        cited, value = entry.citation, shown(entry.value, figure.kind, language)
        yield f"\n**{value}** {_days(entry.period, [cited], language)}\n\n{_cited(book, cited, language)}"
    yield f"\n## {sentence('page.read_by', language)}\n"
    if key not in read_by:
        yield sentence("page.no_reader", language)
    for at, name in read_by.get(key, ()):
        what, area = sentence(f"item.{at.kind}", language), f"`{at.area}`"
        yield f"- {sentence('page.reader', language, what=what, title=name.in_(language), area=area)} `{at.key}`"
    yield from _changed_by(book, key, language)


def _kind(fact: Fact, language: str) -> str:
    """Return what a fact is, with its unit or its choices."""
    match fact.kind:
        case Choice(choices) | Choices(choices):
            options = series(f"{o.name.in_(language)} `{o.key}`" for o in choices.options[:MOST_OPTIONS]).in_(language)
            more = len(choices.options) - MOST_OPTIONS
            key = "page.kind_choice" if more <= 0 else "page.kind_choice_more"
            return sentence(key, language, options=options, more=more)
        case Number(unit) if not is_time(fact.kind):
            return sentence("page.kind_number" if unit.symbol else "page.kind_plain", language, unit=unit.symbol)
        case _:
            name = "time" if is_time(fact.kind) else type(fact.kind).__name__.lower()
            return sentence(f"page.kind_{name}", language)


def _functions() -> list[str]:
    names = [*(f.name for f in FOLDS.values()), *(f.name for f in FUNCTIONS.values())]
    return [n for name in names for n in (name.en, name.zh)]


def _sections(text: str) -> dict[str, str]:
    """Return the sections of a page by their headings, `## code`."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0].strip(): f"# {part}" for part in parts}


def reference(language: str = ENGLISH) -> str:
    """Return the page of kinds, operators and functions, made from the tables that every engine reads."""
    return "\n".join(_reference(language)) + "\n"


def _reference(language: str) -> Iterator[str]:
    def said_here(key: str, **slots: object) -> str:
        return sentence(f"reference.{key}", language, **slots)

    yield f"# {said_here('title')}\n\n{said_here('about')}\n"
    yield said_here("orders", orders=" ".join(f"`{o}`" for o in ORDERS), signs=" ".join(f"`{s}`" for s in SIGNS)) + "\n"
    yield f"{said_here('kinds')}\n|---|---|---|"
    for kind in KINDS:
        yield f"| `{kind}` | {said_here(kind)} |"
    yield f"\n{said_here('folds')}\n|---|---|---|"
    for key, fold in FOLDS.items():
        yield f"| `{key}` | `{fold.name.zh}` | {said_here('unknown' if fold.nothing else 'known')} |"
    yield f"\n{said_here('functions')}\n|---|---|---|"
    for key, function in FUNCTIONS.items():
        taken = [said_here(f"takes_{one}") for one in function.takes]
        yield f"| `{key}` | `{function.name.zh}` | {', '.join(taken) if language == ENGLISH else '、'.join(taken)} |"


def rule_page(book: Rulebook, area: Area, rule: Rule, language: str) -> str:
    """Return the page of a rule: its law, logic, consequence, standing and cases, and what it reads."""
    return "\n".join(_rule(book, area, rule, language)) + "\n"


def _rule(book: Rulebook, area: Area, rule: Rule, language: str) -> Iterator[str]:
    def of_page(key: str, **slots: object) -> str:
        return sentence(f"page.{key}", language, **slots)

    yield f"# {rule.title.in_(language)}\n\n`{rule.key}` · {area.title.in_(language)} `{area.key}` · {rule.file}\n"
    yield _days(rule.in_force, rule.authority, language) + "\n"
    yield f"## {of_page('law')}\n"
    yield from (_cited(book, c, language) for c in rule.authority)
    for head, clauses in (("applies", rule.applies_when), ("requires", rule.requires)):
        if clauses:
            yield f"\n## {of_page(head)}\n"
        for clause in clauses:
            yield f"- {clause.sentence.in_(language)}\n  `{clause.text}`"
    outcome = rule.otherwise.outcome
    name = area.outcome(outcome).name.in_(language) if outcome is not None else of_page("advice")
    yield f"\n{of_page('otherwise', outcome=name)}{of_page('veto') if rule.otherwise.veto else ''}"
    yield f"\n## {of_page('reads')}\n"
    for node in graph(book, [area.key], [rule.key]).nodes.values():
        if node.key != rule.key:
            yield f"- {node.name.in_(language)} `{node.key}`"
    yield from _changed_by(book, rule.key, language)
    yield f"\n## {of_page('cases')}\n"
    yield from (_case(c) for c in rule.cases)


def _days(period: Period, authority: Sequence[Citation], language: str) -> str:
    standing = standing_words(weakest(*(c.standing for c in authority)), language)
    since, until = period.since or "…", period.until or "…"
    return sentence("page.since", language, since=since, until=until, standing=standing)


def _cited(book: Rulebook, c: Citation, language: str) -> str:
    title = book.sources[c.source].title.in_(language)
    quoted = f"\n  > {c.quotation}" if c.quotation else ""
    return f"- {title} {c.clause}（{standing_words(c.standing, language)}）{quoted}"


def _changed_by(book: Rulebook, key: str, language: str) -> Iterator[str]:
    """Yield what overlays change of a thing, where they do."""
    found = [c for c in book.changes if c.key == key]
    if found:
        yield f"\n## {sentence('page.changed_by', language)}\n"
    yield from (f"- {c.detail.in_(language)} `{c.overlay}`" for c in found)


def _case(case: Case) -> str:
    given = "；".join(f"{key}: {value}" for key, value in case.given.items())
    return f"- {case.title}：{given} → `{case.expect.get('expect', '')}`"


def index(book: Rulebook) -> str:
    """Return `llms.txt`: every page with its first line, for programs that read."""
    lines = ["# safety_rules\n", f"> {sentence('page.about', LANGUAGES[1])}\n", "## Pages\n"]
    top = docs_folder().parent
    for path in sorted({p for language in LANGUAGES for p in topics(language).values()}):
        title = path.read_text("utf-8").partition("\n")[0].removeprefix("# ")
        lines.append(f"- [{title}]({path.relative_to(top).as_posix()})")
    lines.append("\n## Rules\n")
    for area in book.areas.values():
        lines += [f"- `{r.key}`: {r.title.en} ({area.key})" for r in area.rules if not r.row_of]
    return "\n".join(lines) + "\n"
