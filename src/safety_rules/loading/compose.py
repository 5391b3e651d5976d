"""One YAML document as a positioned tree, with what a rule file must not contain refused.

Built on PyYAML's libyaml events: composing hostile input there can crash the process, so depth
and size are bounded here, event by event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.loading.tree import Mapping, Node, Scalar, Sequence
from safety_rules.words.diagnostic import Diagnostic, plain

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 2_000_000
MAX_MISTAKES = 100
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

BOOLEAN_TRAP = re.compile(r"(?i)^(y|yes|n|no|on|off)$")
OCTAL_TRAP = re.compile(r"^[-+]?0[0-9][0-9_]*$")
SEXAGESIMAL_TRAP = re.compile(r"^[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?$")
FULL_WIDTH_KEY = re.compile(r"^\s*(?:- )?[^\s:：'\"#]+(：)")
CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
UNDERSCORE_TRAP = re.compile(r"^[-+]?[0-9][0-9]*_[0-9_]*(\.[0-9_]*)?$")


class Refused(Exception):
    """The document stops here."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def document(name: str, data: bytes) -> tuple[Node | None, list[Diagnostic]]:
    """Return the tree of a file's bytes, and its diagnostics; no tree when it cannot be read."""
    source, text, diagnostics = _text(name, data)
    if text is None:
        return None, diagnostics
    try:
        node = _Composer(source, diagnostics).document()
    except Refused as refused:
        return None, [*diagnostics, refused.diagnostic]
    return node, diagnostics


def _text(name: str, data: bytes) -> tuple[SourceText, str | None, list[Diagnostic]]:
    empty = SourceText(name, "")
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data)} bytes; the limit is {MAX_BYTES}"
        return empty, None, [plain("file-too-large", message, Span(empty, 0, 0), "split it into several files")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = SourceText(name, data[: error.start].decode("utf-8", "replace"))
        at = Span(good, len(good.text), len(good.text))
        return good, None, [plain("not-utf-8", f"byte {error.start} is not UTF-8", at, "save the file as UTF-8")]
    source = SourceText(name, text.replace("\r\n", "\n"))
    control = CONTROL.search(source.text)
    if control is not None:
        message = f"a character that does not print stands here (U+{ord(control[0]):04X})"
        at = Span(source, control.start(), control.end())
        return source, None, [plain("control-character", message, at, "remove it")]
    return source, source.text, []


class _Composer:
    """Walks the events of one document; the state of one reading, and nothing else."""

    def __init__(self, source: SourceText, diagnostics: list[Diagnostic]) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.nodes = 0
        self.events = self._events()

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.source.text, Loader=LOADER)
        except yaml.YAMLError as error:
            raise Refused(self._syntax(error)) from None

    def _syntax(self, error: yaml.YAMLError) -> Diagnostic:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        start = mark.index if mark is not None and mark.index is not None else getattr(error, "position", 0) or 0
        start = min(start, len(self.source.text))
        problem = (getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable").lower()
        if "nesting depth" in problem:  # newer libyaml stops by itself, looking ahead of the events
            return self._too_deep(Span(self.source, start, start + 1))
        first, line = self.source.line_at(start)
        tab = line[: len(line) - len(line.lstrip())].find("\t")
        if tab >= 0 or "\\t" in problem or "'\t'" in problem:
            place = first + max(0, line.find("\t"))
            return plain(
                "tab", "a tab stands where YAML wants spaces", Span(self.source, place, place + 1), "indent with spaces"
            )
        before = self.source.line_at(max(0, first - 1))
        for offset, written in ((first, line), before):
            colon = FULL_WIDTH_KEY.match(written)
            if colon is not None:
                return self._full_width_colon(Span(self.source, offset + colon.start(1), offset + colon.end(1)))
        advice = "quote text that holds `: `, `#`, or begins with one of `[ ] { } & * ! | > ' \" % @`"
        return plain("yaml-syntax", f"not readable as YAML: {problem}", Span(self.source, start, start + 1), advice)

    def _too_deep(self, at: Span) -> Diagnostic:
        return plain("too-deep", f"nested deeper than {MAX_DEPTH} levels", at)

    def _full_width_colon(self, at: Span) -> Diagnostic:
        message = "a full-width colon `：` does not separate a key from its value"
        return plain("full-width-colon", message, at, "write `: ` (half-width, then a space)")

    def document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            match event:
                case yaml.StreamStartEvent() | yaml.StreamEndEvent() | yaml.DocumentEndEvent():
                    continue
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise Refused(self._at(event, "second-document", "the file holds a second YAML document"))
                case _:
                    node = self.node(event, 0)
        return node

    def node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise Refused(self._too_deep(self.span(event)))
        if len(self.diagnostics) > MAX_MISTAKES:
            raise Refused(
                self._at(event, "too-many-mistakes", f"more than {MAX_MISTAKES} mistakes; the rest is not read")
            )
        if self.nodes > MAX_NODES:
            raise Refused(self._at(event, "too-many-nodes", f"more than {MAX_NODES} values in one file"))
        if isinstance(event, yaml.AliasEvent):
            self.report(event, "alias", "YAML aliases (`*name`) are not allowed", "write the value out")
            return Scalar.of(f"*{event.anchor}", self.span(event), "*")
        if event.anchor is not None:
            self.report(
                event, "anchor", "YAML anchors (`&name`) are not allowed", "write the value out where it is used"
            )
        if event.tag is not None and event.tag != "!":
            self.report(event, "tag", f"YAML tags (`{self._written(event)}`) are not allowed", "remove the tag")
        match event:
            case yaml.ScalarEvent():
                return self.scalar(event)
            case yaml.SequenceStartEvent():
                return self.sequence(event, depth)
            case _:
                return self.mapping(event, depth)

    def _written(self, event: Any) -> str:
        return self.source.text[event.start_mark.index :][:40].split()[0]

    def scalar(self, event: Any) -> Scalar:
        style = event.style if event.style in ("'", '"', "|", ">") else ""
        scalar = Scalar.of(event.value, self.span(event), style)
        if scalar.plain:
            self._traps(scalar)
        return scalar

    def _traps(self, scalar: Scalar) -> None:
        """Report plain text that other YAML readers would take for something else."""
        text = str(scalar)
        if BOOLEAN_TRAP.match(text):
            says = "true" if text.casefold() in ("y", "yes", "on") else "false"
            self._trap(scalar, f"other YAML readers take `{text}` for {says}", f"write {says}, or quote it: '{text}'")
        elif OCTAL_TRAP.match(text):
            self._trap(scalar, f"other YAML readers take `{text}` for an octal number", f"quote it: '{text}'")
        elif SEXAGESIMAL_TRAP.match(text):
            self._trap(scalar, f"other YAML readers take `{text}` for a number in base 60", f"quote it: '{text}'")
        elif UNDERSCORE_TRAP.match(text):
            self._trap(scalar, f"other YAML readers drop the `_` of `{text}`", "write the number without `_`")
        elif re.match(r"^[^\s：]+：(\s|$)", text) and "\n" not in text:
            self.diagnostics.append(self._full_width_colon(scalar.at))

    def _trap(self, scalar: Scalar, message: str, advice: str) -> None:
        self.diagnostics.append(plain("ambiguous-scalar", message, scalar.at, advice))

    def sequence(self, event: Any, depth: int) -> Sequence:
        items = Sequence()
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(self.node(inner, depth + 1))
        items.at = self.span(event)
        return items

    def mapping(self, event: Any, depth: int) -> Mapping:
        mapping = Mapping()
        first: dict[str, Span] = {}
        for inner in self.events:
            if isinstance(inner, yaml.MappingEndEvent):
                break
            key = self.node(inner, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                raise Refused(self._at(inner, "key", "a key must be plain text"))
            if str(key) in first:
                message = f"`{key}` is given twice; first at {first[str(key)].place}"
                self.diagnostics.append(plain("duplicate-key", message, key.at, "keep one of the two"))
                continue
            first[str(key)] = key.at
            mapping[key] = value
        mapping.at = self.span(event)
        return mapping

    def span(self, event: Any) -> Span:
        return Span(self.source, event.start_mark.index, event.end_mark.index)

    def report(self, event: Any, code: str, message: str, advice: str) -> None:
        self.diagnostics.append(plain(code, message, self.span(event), advice))

    def _at(self, event: Any, code: str, message: str) -> Diagnostic:
        return plain(code, message, self.span(event))
