"""One YAML document as a positioned tree, with what a rule file must not contain refused.

Built on PyYAML's libyaml events: composing hostile input there can crash the process, so depth
and size are bounded here, event by event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from safety_rules.language import limits
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.loading.tree import Mapping, Node, Scalar, Sequence
from safety_rules.semantics.admission.folding import INVISIBLE
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.said import said

PROBLEMS = {"',' or ']'": "yaml.list", "',' or '}'": "yaml.mapping", "expected ':'": "yaml.colon",
    "mapping values": "yaml.values", "expected key": "yaml.key", "cannot start": "yaml.start",
    "end of stream": "yaml.quote"}  # fmt: skip
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
    if len(data) > limits.FILE:
        size = {"bytes": len(data), "most": limits.FILE}
        return empty, None, [Diagnostic.of("file-too-large", Span(empty, 0, 0), **size)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = SourceText(name, data[: error.start].decode("utf-8", "replace"))
        at = Span(good, len(good.text), len(good.text))
        return good, None, [Diagnostic.of("not-utf-8.byte", at, byte=error.start)]
    source = SourceText(name, text.replace("\r\n", "\n"))
    control = CONTROL.search(source.text) or INVISIBLE.search(source.text)
    if control is not None:
        at = Span(source, control.start(), control.end())
        return source, None, [Diagnostic.of("control-character", at, number=f"{ord(control[0]):04X}")]
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
            return Diagnostic.of("tab", Span(self.source, place, place + 1))
        before = self.source.line_at(max(0, first - 1))
        for offset, written in ((first, line), before):
            colon = FULL_WIDTH_KEY.match(written)
            if colon is not None:
                at = Span(self.source, offset + colon.start(1), offset + colon.end(1))
                return Diagnostic.of("full-width-colon", at)
        kind = next((k for part, k in PROBLEMS.items() if part in problem), "yaml.other")
        at = Span(self.source, start, start + 1)
        return Diagnostic.of("yaml-syntax", at, problem=said(kind, problem=problem))

    def _too_deep(self, at: Span) -> Diagnostic:
        return Diagnostic.of("too-deep", at, most=limits.NESTED)

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
                        raise Refused(Diagnostic.of("second-document", self.span(event)))
                case _:
                    node = self.node(event, 0)
        return node

    def node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        if depth > limits.NESTED:
            raise Refused(self._too_deep(self.span(event)))
        if len(self.diagnostics) > limits.MISTAKES:
            raise Refused(Diagnostic.of("too-many-mistakes", self.span(event), most=limits.MISTAKES))
        if self.nodes > limits.NODES:
            raise Refused(Diagnostic.of("too-many-nodes", self.span(event), most=limits.NODES))
        if isinstance(event, yaml.AliasEvent):
            self.report("alias", self.span(event))
            return Scalar.of(f"*{event.anchor}", self.span(event), "*")
        if event.anchor is not None:
            self.report("anchor", self.span(event))
        if event.tag is not None and event.tag != "!":
            self.report("tag", self.span(event), tag=self._written(event))
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
        elif (unseen := CONTROL.search(str(scalar)) or INVISIBLE.search(str(scalar))) is not None:
            self.report("control-character", scalar.at, number=f"{ord(unseen[0]):04X}")
        return scalar

    def _traps(self, scalar: Scalar) -> None:
        """Report plain text that other YAML readers would take for something else."""
        text = str(scalar)
        if BOOLEAN_TRAP.match(text):
            true = text.casefold() in ("y", "yes", "on")
            self.report("ambiguous-scalar.true" if true else "ambiguous-scalar.false", scalar.at, written=text)
        elif OCTAL_TRAP.match(text):
            self.report("ambiguous-scalar.octal", scalar.at, written=text)
        elif SEXAGESIMAL_TRAP.match(text):
            self.report("ambiguous-scalar.sixty", scalar.at, written=text)
        elif UNDERSCORE_TRAP.match(text):
            self.report("ambiguous-scalar.underscore", scalar.at, written=text)
        elif re.match(r"^[^\s：]+：(\s|$)", text) and "\n" not in text:
            self.report("full-width-colon", scalar.at)

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
                raise Refused(Diagnostic.of("key.plain", self.span(inner)))
            if str(key) in first:
                self.report("duplicate-key", key.at, written=key, place=first[str(key)].place)
                continue
            first[str(key)] = key.at
            mapping[key] = value
        mapping.at = self.span(event)
        return mapping

    def span(self, event: Any) -> Span:
        return Span(self.source, event.start_mark.index, event.end_mark.index)

    def report(self, key: str, at: Span, /, **slots: Any) -> None:
        self.diagnostics.append(Diagnostic.of(key, at, **slots))
