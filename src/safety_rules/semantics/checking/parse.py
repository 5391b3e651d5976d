"""A condition's text as Python's own syntax tree, with limits, places and friendly hints."""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from safety_rules.language import limits
from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Kind
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.said import Said, said

T = TypeVar("T")

MOST_SHOWN = 40

LOOKALIKES = {
    "≥": ">=", "≤": "<=", "≠": "!=", "＞": ">", "＜": "<", "＝": "==", "（": "(", "）": ")", "，": ",",
    "＋": "+", "－": "-", "−": "-", "×": "*", "＊": "*", "÷": "/", "／": "/", "．": ".", "【": "[", "】": "]",
    "［": "[", "］": "]", "“": "'", "”": "'", "‘": "'", "’": "'", "：": ":", "。": ".", "、": ",", "；": ",",
    "\u3000": " ", "\u00a0": " ", "㎡": "m2", "²": "2", "％": "%",
}  # fmt: skip
WORDS = {
    "且": "and", "并且": "and", "或": "or", "或者": "or", "非": "not", "不": "not", "属于": "in", "AND": "and", "OR": "or",
    "NOT": "not",
}  # fmt: skip
UNIT = re.compile(r"""'[^']*'|"[^"]*"|(?<![\w.])(\d[\d_.]*\s*\[)([^\[\]'"\n]+)(?=\])""")
CLOCK = re.compile(r"(?<!['0-9])[0-9]{1,2}:[0-9]{2}(?!['0-9])")
NEAR: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\S+) +between +(\S+) +and +(\S+)"), "{2} <= {1} and {1} <= {3}"),
    (re.compile(r"&&"), "and"),
    (re.compile(r"\|\|"), "or"),
    (re.compile(r"!(?!=)"), "not"),
    (re.compile(r"(?<!['\d-])\d{4}-\d{1,2}-\d{1,2}(?!['\d])"), "'{0}'"),
    (re.compile(r"(?<![\w.'])(\d+(?:\.\d+)?) *(?!(?:and|or|if|else|in|not|for|is)\b)([^\W\d]\w*)"), "{1}[{2}]"),
    (re.compile(r"[０-９]+"), "{0}"),
)
"""What others write, and what stands for it here: `{0}` is all of it, in ASCII digits, `{1}` its first part."""
PROBLEMS = {"was never closed": "python.unclosed", "unmatched": "python.unclosed", "does not match": "python.unclosed",
    "unterminated string": "python.quote", "invalid syntax": "python.invalid"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spelling:
    """Where a name stands in a rule file that may be written in either language."""

    at: Span
    en: str
    zh: str


@dataclass(slots=True)
class Reading:
    """One condition being read: its text, where characters stand in the file, and what was found wrong.

    `known` holds, by the id of a node of Python's tree, what it was read as where a kind was expected of it.
    """

    text: str
    locate: Callable[[int, int], Span]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    known: dict[int, list[tuple[Kind | None, Expr | None]]] = field(default_factory=dict)
    spellings: list[Spelling] | None = None
    longest: int = limits.CONDITION

    def report(self, key: str, start: int, end: int, better: Said | None = None, /, **slots: Any) -> None:
        """Add a diagnostic about a stretch of the text."""
        self.diagnostics.append(Diagnostic.of(key, self.locate(start, end), better, **slots))

    def stretch(self, node: ast.expr) -> tuple[int, int]:
        """Return the character range of a node (Python counts columns in UTF-8 bytes)."""
        data = self.text.encode()
        end = node.end_col_offset if node.end_col_offset is not None else node.col_offset + 1
        return len(data[: node.col_offset].decode()), len(data[:end].decode())

    def span(self, node: ast.expr) -> Span:
        """Return the file span of a node."""
        return self.locate(*self.stretch(node))

    def segment(self, node: ast.expr) -> str:
        """Return the text of a node."""
        start, end = self.stretch(node)
        return self.text[start:end]

    def wrong(self, key: str, node: ast.expr, better: Said | None = None, /, **slots: Any) -> T | None:
        """Return None, in place of what the caller was to return, and add a diagnostic about a node.

        The node's text is the slot `written`.
        """
        text = self.segment(node)
        written = text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
        self.report(key, *self.stretch(node), better, written=written, **slots)
        return None

    def named(self, node: ast.expr, en: str, zh: str, last: bool = False) -> None:
        """Note how a node (with `last`, its last part; of a constant, what is quoted) is spelled in both languages."""
        if self.spellings is None:
            return
        start, end = self.stretch(node)
        written = self.text[start:end]
        quoted = isinstance(node, ast.Constant)
        if quoted and written[1:-1] != getattr(node, "value", None):
            return  # joined or escaped text
        start += 1 if quoted else written.rfind(".") + 1 if last else 0
        self.spellings.append(Spelling(self.locate(start, end - quoted), en, zh))


def syntax(reading: Reading) -> ast.expr | None:
    """Return the syntax tree of the reading's text; None, with a diagnostic, when it is not one expression."""
    text = reading.text
    if not text.strip():
        reading.report("empty-condition", 0, 1)
        return None
    if len(text) > reading.longest:
        reading.report("condition-too-long", 0, 1, most=reading.longest)
        return None
    if _lookalike(reading) or _too_deep(reading):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(UNIT.sub(_letters, text), mode="eval").body
    except SyntaxError as error:
        _syntax_error(reading, error)
        return None
    except (RecursionError, MemoryError, ValueError):
        reading.report("condition-too-deep", 0, 1)
        return None
    if _height(body) > limits.CONDITION_LEVELS:
        reading.report("condition-too-deep.operations", 0, 1, most=limits.CONDITION_LEVELS)
        return None
    return body


def _letters(found: re.Match[str]) -> str:
    """Return the unit of a number as letters of as many bytes, so that Python reads every sign in it: `40[℃]`."""
    return found[0] if found[2] is None else found[1] + "u" * len(found[2].encode())


def _height(node: ast.AST) -> int:
    """Return how many nodes stand inside one another (counted without recursion)."""
    level, height = [node], 0
    while level:
        level, height = [child for parent in level for child in ast.iter_child_nodes(parent)], height + 1
    return height


def _lookalike(reading: Reading) -> bool:
    quote = ""
    found = False
    for index, character in enumerate(reading.text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in LOOKALIKES:
            key = "full-width.operator" if character.strip() else "full-width.blank"
            reading.report(key, index, index + 1, character=character, ascii=LOOKALIKES[character])
            found = True
    return found


def _too_deep(reading: Reading) -> bool:
    depth = deepest = 0
    for character in reading.text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    run = longest = 0
    for token in reading.text.replace("not ", "~").replace(" ", ""):
        run = run + 1 if token in "~-+" else 0
        longest = max(longest, run)
    deep = max(deepest, longest) > limits.BRACKETS
    if deep:
        reading.report("condition-too-deep.brackets", 0, 1, most=limits.BRACKETS)
    elif deep := reading.text.count(" not ") > limits.DENIALS:
        reading.report("condition-too-deep.denials", 0, 1, most=limits.DENIALS)
    return deep


def _bare(found: re.Match[str]) -> bool:
    """Return whether what was found stands outside quotes."""
    return found.string[: found.start()].count("'") % 2 == 0


def _syntax_error(reading: Reading, error: SyntaxError) -> None:
    start = max(0, (error.offset or 1) - 1)
    end = max(start + 1, (error.end_offset or start + 2) - 1)
    words = reading.text.split()
    word = next((w for w in words if w in WORDS), "")
    near = next(((m, right) for pattern, right in NEAR for m in pattern.finditer(reading.text) if _bare(m)), None)
    if near is not None and not word:
        word = near[0][0]
        right = near[1].format(*(str(g) for g in (unicodedata.normalize("NFKC", word), *near[0].groups())))
        reading.report("syntax.word", *near[0].span(), problem=said("python.invalid"), word=word, right=right)
        return
    if word:
        key = "syntax.word"
    elif CLOCK.search(reading.text):
        key = "syntax.time"
    elif "=" in reading.text.replace("==", "").replace(">=", "").replace("<=", "").replace("!=", ""):
        key = "syntax.equals"
    else:
        key = "syntax.percent" if "%" in reading.text else "syntax"
    kind = next((k for part, k in PROBLEMS.items() if part in error.msg), "python.other")
    problem, right = said(kind, problem=error.msg), WORDS.get(word, "")
    reading.report(key, start, min(end, len(reading.text) + 1), problem=problem, word=word, right=right)
