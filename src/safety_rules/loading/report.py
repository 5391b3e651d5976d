"""Collects diagnostics (and, where asked for, spellings of names) while files are read, and turns the shape checker's
errors into them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from safety_rules.language.diagnostic import Severity, SourceText, Span
from safety_rules.language.lookalikes import skeleton
from safety_rules.language.vocabulary import normal
from safety_rules.loading.tree import Made, Mapping, Scalar, Sequence, span_of
from safety_rules.semantics.checking.parse import Spelling
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.near import suggestion
from safety_rules.words.said import Said, said

M = TypeVar("M", bound=BaseModel)
MOST_SHOWN = 40
WANTED = {"dict_type": "wanted.mapping", "model_type": "wanted.mapping", "list_type": "wanted.list",
    "scalar": "wanted.value", "string_type": "wanted.value", "literal_error": "wanted.one-of",
    "too_short": "wanted.entry"}  # fmt: skip


@dataclass(slots=True)
class Report:
    """The diagnostics so far."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    spellings: list[Spelling] | None = None
    looks: dict[str, str] = field(default_factory=dict)

    def error(self, key: str, at: Any, better: Said | None = None, /, **slots: Any) -> None:
        """Add the error of a key at a node, or at a span; what stands there is the slot `written`."""
        where: Span = at if isinstance(at, Span) else at.at
        written = str(at) if isinstance(at, Scalar) else where.source.text[where.start : where.end][:MOST_SHOWN]
        self.diagnostics.append(Diagnostic.of(key, where, better, **{"written": written, **slots}))

    def alike(self, name: str, at: Any) -> None:
        """Add an error where a name looks like an earlier one and is none the less another."""
        twin = self.looks.setdefault(skeleton(name), name)
        if normal(twin) != normal(name):
            self.error("defined-twice.alike", at, name=name, other=twin)

    def add(self, code: str, what: Said, at: Any) -> None:
        """Add an error whose sentence somebody else found."""
        self.diagnostics.append(Diagnostic(code, what, at if isinstance(at, Span) else at.at))

    def named(self, at: Scalar, en: str, zh: str, start: int = 0, end: int | None = None) -> None:
        """Note how a scalar, or a stretch of it, is spelled in both languages, where somebody asks for it."""
        if self.spellings is not None and not isinstance(at, Made):
            self.spellings.append(Spelling(at.span(start, len(at) if end is None else end), en, zh))

    @property
    def failed(self) -> bool:
        """Whether an error keeps the rulebook from loading."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

    def sorted(self) -> list[Diagnostic]:
        """Return the diagnostics by place, each once."""
        return sorted(dict.fromkeys(self.diagnostics), key=Diagnostic.sort_key)


def start_of(name: str) -> Span:
    """Return the start of a file of which nothing more is known."""
    return Span(SourceText(name, ""), 0, 0)


def shaped(model: type[M], tree: Mapping, report: Report) -> M | None:
    """Return the tree as a file model, or None with a diagnostic for each thing that does not fit."""
    try:
        return model.model_validate(tree)
    except ValidationError as wrong:
        seen: set[tuple[Any, ...]] = set()
        for error in wrong.errors(include_url=False, include_context=False, include_input=False):
            _shape_error(model, tree, error, report, seen)
        return None


def _shape_error(model: type[BaseModel], tree: Mapping, error: Any, report: Report, seen: set[tuple[Any, ...]]) -> None:
    location = list(error["loc"])
    node, key, path = _walk(tree, location)
    kind = error["type"]
    if kind == "missing":
        name = str(location[-1])
        at = key if key is not None else span_of(node, tree.at)
        if (kind, id(node), name) not in seen:
            seen.add((kind, id(node), name))
            report.error("missing-key.inside" if path else "missing-key.top", _short(at), name=name, path=path)
        return
    mark = (kind, id(node))
    if mark in seen:
        return
    seen.add(mark)
    if kind == "extra_forbidden":
        at = key if key is not None else span_of(node, tree.at)
        report.error("unknown-key", at, suggestion(str(key), sorted(_keys_beside(model, location))), key=key)
        return
    wanted = said(WANTED.get(kind, "wanted.other"))
    report.error("shape.needs", _short(span_of(node, tree.at)), path=path or key, wanted=wanted)


def _short(at: Any) -> Span:
    """Return the first line of a place, so that a caret does not underline a whole block."""
    span: Span = at if isinstance(at, Span) else at.at
    end = span.source.text.find("\n", span.start)
    return Span(span.source, span.start, min(span.end, len(span.source.text) if end < 0 else end))


def _walk(tree: Mapping, location: list[Any]) -> tuple[Any, Scalar | None, str]:
    """Return the node that a location leads to, the key it stands under, and the path in words."""
    node: Any = tree
    key: Scalar | None = None
    path: list[str] = []
    for part in location:
        if isinstance(node, Mapping):
            found = next((k for k in node if str(k) == str(part)), None)
            if found is None:
                continue
            key, node = found, node[found]
            path.append(str(part))
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node):
            node = node[part]
            path.append(str(part + 1))
    return node, key, ".".join(path)


def _keys_beside(model: Any, location: list[Any]) -> set[str]:
    """Return the keys that are allowed where an unknown one stands."""
    for part in location[:-1]:
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = {f.alias or name: f for name, f in model.model_fields.items()}
            if str(part) not in fields:
                continue
            model = fields[str(part)].annotation
        model = _inner(model)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {f.alias or name for name, f in model.model_fields.items()}
    return set()


def _inner(annotation: Any) -> Any:
    """Return the model inside a list, mapping or optional."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(getattr(annotation, "__args__", ())):
        inner = _inner(argument)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return annotation
