"""Statements as sentences, and trees of them as lines drawn with branches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import assert_never

from safety_rules.language.explanation import Amount, Cited, Place, Series, Slot, Statement
from safety_rules.language.kinds import Name
from safety_rules.language.vocabulary import Vocabulary, fact_key
from safety_rules.words.catalog import filled, pattern, sentence
from safety_rules.words.values import label, shown, standing_words


def text(slot: Slot, language: str, vocabulary: Vocabulary) -> str:
    """Return what a statement, or a part of one, says in `zh` or `en`."""
    match slot:
        case str():
            return slot
        case Statement(code, slots):
            said: dict[str, str] = {}
            for name, part in slots:
                said[name] = part if part.__class__ is str else text(part, language, vocabulary)
            return filled(pattern(code, language), said)
        case Name():
            return slot.in_(language)
        case Amount(value, kind):
            return shown(value, kind, language)
        case Place(path, brief):
            return vocabulary.facts[fact_key(path)].name.in_(language) if brief else label(path, vocabulary, language)
        case Cited():
            return _cited(slot, language)
        case Series(between, parts):
            return pattern(between, language).join([text(p, language, vocabulary) for p in parts])
        case int():
            return str(slot)
        case _:
            assert_never(slot)


def bare(slot: Cited, language: str, quoted: bool = True) -> str:
    """Return a citation as a document or a table names it: without its standing, perhaps without its words."""
    return _said("bare_titled", "bare", slot, language, quoted)


@lru_cache(4096)
def _cited(slot: Cited, language: str) -> str:
    """Return a citation with its standing, which many lines of many verdicts say."""
    return _said("titled", "line", slot, language, True)


def _said(own: str, line: str, slot: Cited, language: str, quoted: bool) -> str:
    """Return a citation by the wording for a title that has its `own` marks, or by that for any other."""
    citation, title, number, of = slot
    marked = "《" in title.zh or title.zh.startswith("（")
    return sentence(
        f"citation.{own if marked else line}",
        language,
        of=sentence("citation.of", language, name=of.in_(language)) if of else "",
        title=title.in_(language),
        number=sentence("citation.number", language, number=number) if number else "",
        clause=citation.clause,
        quotation=sentence("citation.quotation", language, text=citation.quotation)
        if quoted and citation.quotation
        else "",
        standing=standing_words(citation.standing, language),
    )


def texts(slots: Iterable[Slot], language: str, vocabulary: Vocabulary) -> list[str]:
    """Return what each of several statements says."""
    return [text(s, language, vocabulary) for s in slots]


def name_of(slot: Slot, vocabulary: Vocabulary) -> Name:
    """Return what a statement says in both languages."""
    return Name(text(slot, "zh", vocabulary), text(slot, "en", vocabulary))


def tree(top: Slot, language: str, vocabulary: Vocabulary) -> str:
    """Return a statement and all below it as a tree."""
    lines = [text(top, language, vocabulary)]
    _draw(top, language, vocabulary, "", lines)
    return "\n".join(lines)


def _draw(top: Slot, language: str, vocabulary: Vocabulary, prefix: str, lines: list[str]) -> None:
    """Add what stands below a statement, drawn with branches."""
    below = top.below if isinstance(top, Statement) else ()
    for i, part in enumerate(below, 1):
        mark, inner = ("└─ ", "   ") if i == len(below) else ("├─ ", "│  ")
        lines.append(f"{prefix}{mark}{text(part, language, vocabulary)}")
        _draw(part, language, vocabulary, prefix + inner, lines)


def html(top: Slot, language: str, vocabulary: Vocabulary) -> str:
    """Return a statement and all below it as nested lists of HTML; whatever a text holds, it stays text."""
    from html import escape

    below = top.below if isinstance(top, Statement) else ()
    inner = "".join(f"<li>{html(part, language, vocabulary)}</li>" for part in below)
    return escape(text(top, language, vocabulary)) + (f"<ul>{inner}</ul>" if inner else "")
