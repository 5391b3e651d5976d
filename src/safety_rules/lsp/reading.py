"""A folder of rules with a file as the editor has it: its mistakes, what may be written, what a name means, where it stands."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from safety_rules.language.clock import is_time
from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.operators import FOLDS, FUNCTIONS
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.models import FIRST_KEYS
from safety_rules.loading.rulebook import rulebook
from safety_rules.services.case_words import inside
from safety_rules.services.cases import run_cases
from safety_rules.services.graph import readers
from safety_rules.words.catalog import LANGUAGES, sentence
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.values import shown, standing_words

MARKS = ("units.yaml", "vocabulary.yaml", "sources.yaml")
FIRST = re.compile(rf"^(?:{'|'.join(FIRST_KEYS)})[:：]", re.MULTILINE)
OVERLAY = re.compile(r"^overlay:", re.MULTILINE)
WORD = re.compile(r"[\w.]+")
SLIPS = {"&&": "and", "||": "or", "\t": "  ", "null": "unknown"}
FULL_WIDTH = {ord(wide): narrow for wide, narrow in zip("｛｝［］，：（）＞＜＝", "{}[],:()><=", strict=True)}
ASKED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Read:
    """What a folder holds with the open buffers in it: the rulebook where there is one, and every diagnostic."""

    book: Rulebook | None
    diagnostics: tuple[Diagnostic, ...]


def rules_folder_of(path: Path, top: Path | None = None) -> Path:
    """Return the folder of rules that a file belongs to: the uppermost above it that holds units, facts or sources."""
    found = path.parent
    for folder in path.parents:
        if any((folder / mark).is_file() for mark in MARKS):
            found = folder
        if folder == top:
            break
    return found


def is_rule_file(path: Path, text: str, top: Path | None = None) -> bool:
    """Return whether a file lies in a folder of rules, or begins as one of theirs does: other YAML is none of ours."""
    folder = rules_folder_of(path, top)
    return any((folder / mark).is_file() for mark in MARKS) or FIRST.search(text) is not None


def read(folder: Path, buffers: Mapping[Path, str]) -> Read:
    """Read a folder with the buffers in place of their files; an overlay is read on top of the built-in rules."""
    files = {f.path: f for f in folder_files(folder)}
    over = []
    for path, text in buffers.items():
        file = RuleFileText(path.relative_to(folder).as_posix(), text.encode("utf-8", "surrogatepass"))
        if OVERLAY.search(text):
            over.append(RuleFileText(path.as_posix(), file.data))
            files.pop(file.path, None)
        else:
            files[file.path] = file
    if over and not any(f.path.endswith("area.yaml") for f in files.values()):
        from safety_rules.loading.folders import rules_folder

        files, folder = {f.path: f for f in folder_files(rules_folder())}, rules_folder()
    book, diagnostics = rulebook([files[k] for k in sorted(files)], over, f"{folder.as_posix()}/")
    return Read(book, tuple(diagnostics))


def failing(book: Rulebook, file: str, language: str) -> list[tuple[Span, str]]:
    """Return the cases of a file that fail, each with why."""
    return [(r.at, inside(r.told).in_(language)) for r in run_cases(book, file=file) if not r.passed]


@dataclass(frozen=True, slots=True)
class Fix:
    """A text in place of a stretch of a file."""

    at: Span
    text: str

    @property
    def whole(self) -> str:
        """The whole file with it."""
        source = self.at.source.text
        return source[: self.at.start] + self.text + source[self.at.end :]


def fixes(diagnostic: Diagnostic) -> Iterator[Fix]:
    """Yield what may be meant: each text that the help names, signs of other languages, full-width signs of the line.

    Whether one mends the file is seen by reading it again.
    """
    at = diagnostic.at
    source, line = at.source, at.source.line_at(at.start)
    yield from (Fix(at, text) for text in ASKED.findall(diagnostic.help) if text != source.text[at.start : at.end])
    for written, meant in SLIPS.items():
        start = source.text.find(written, max(at.start - len(written) + 1, 0), at.end + len(written))
        if start >= 0:
            yield Fix(Span(source, start, start + len(written)), meant)
    plain = line[1].translate(FULL_WIDTH)
    if plain != line[1]:
        yield Fix(Span(source, line[0], line[0] + len(line[1])), plain)


def word_at(line: str, column: int) -> str:
    """Return the name that stands at a column of a line."""
    return next((m[0] for m in WORD.finditer(line) if m.start() <= column <= m.end()), "")


def offered(book: Rulebook, before: str) -> Iterator[tuple[str, str]]:
    """Yield what may be written after the beginning of a line, each with what it is, in both languages."""
    if re.search(r"source:\s*[\w]*$", before):
        yield from ((key, s.title.zh) for key, s in book.sources.items())
    elif re.search(r"\[[^\]]*$", before) and "[" in before.rpartition(":")[2]:
        yield from ((u.symbol, u.symbol) for u in book.vocabulary.units.units.values())
    elif before.count("'") % 2:
        for choices in book.vocabulary.choices.values():
            yield from ((name, option.key) for option in choices.options for name in (option.name.zh, option.name.en))
    else:
        for fact in book.vocabulary.facts.values():
            yield from ((name, fact.name.zh) for name in (fact.zh_key, fact.key))
        for parameter in book.parameters.values():
            yield from ((name, parameter.name.zh) for name in (parameter.zh_key, parameter.key))
        for table in book.tables.values():
            yield from ((name, table.name.zh) for name in (table.zh_key, table.key))
        names = [*(f.name for f in FOLDS.values()), *(f.name for f in FUNCTIONS.values())]
        yield from ((said, name.en) for name in names for said in (name.zh, name.en))


def told(book: Rulebook, word: str, day: datetime.date) -> str:
    """Return what a name means, in both languages: its title, kind and unit, the figure of the day with its clause, who
    reads it.
    """
    fact = book.vocabulary.find(word)
    if fact is not None:
        return "\n\n".join(
            [f"**{fact.name.zh}** · {fact.name.en}", f"`{fact.key}` {_kind(fact)}", *_readers(book, fact.key)]
        )
    for parameter in book.parameters.values():
        if word in (parameter.key, parameter.zh_key):
            lines = [f"**{parameter.name.zh}** · {parameter.name.en}"]
            for entry in (e for e in parameter.entries if e.period.holds(day)):
                cited, source = entry.citation, book.sources[entry.citation.source]
                standing = standing_words(cited.standing, LANGUAGES[0])
                value = shown(entry.value, parameter.kind, LANGUAGES[0])
                lines.append(f"{value}（{entry.period.since} 起）{source.title.zh} {cited.clause}（{standing}）")
            return "\n\n".join([*lines, *_readers(book, parameter.key)])
    named = book.sources.get(word)
    return f"**{named.title.zh}** · {named.title.en}\n\n{named.number}" if named is not None else ""


def _kind(fact: Fact) -> str:
    match fact.kind:
        case Number(unit):
            return "time" if is_time(fact.kind) else unit.symbol
        case Choice(choices) | Choices(choices):
            return "、".join(f"{o.name.zh} `{o.key}`" for o in choices.options[:12])
        case Boolean() | Date() | Text() | Records():
            return type(fact.kind).__name__.lower()


def _readers(book: Rulebook, key: str) -> list[str]:
    titles = [title.zh for _, title in readers(book).get(key, ())]
    both = [sentence("page.read_by", at) for at in LANGUAGES]
    return [f"{' · '.join(both)}：{'；'.join(titles[:8])}"] if titles else []


def place_of(book: Rulebook, word: str) -> Span | None:
    """Return where a fact, figure or rule is written."""
    fact = book.vocabulary.find(word)
    if fact is not None:
        return fact.at
    for parameter in book.parameters.values():
        if word in (parameter.key, parameter.zh_key):
            return parameter.at
    return next((r.at for area in book.areas.values() for r in area.rules if r.key == word), None)
