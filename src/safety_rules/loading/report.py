"""Collects diagnostics (and, where asked for, spellings of names) while files are read, and turns the shape checker's errors into them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from safety_rules.language.diagnostic import Severity, Span
from safety_rules.loading.helps import HELPS
from safety_rules.loading.tree import Mapping, Scalar, Sequence, span_of
from safety_rules.semantics.checking.parse import Spelling
from safety_rules.words.diagnostic import Diagnostic, plain
from safety_rules.words.near import did_you_mean
from safety_rules.words.said import said

M = TypeVar("M", bound=BaseModel)


@dataclass(slots=True)
class Report:
    """The diagnostics so far."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    spellings: list[Spelling] | None = None

    def error(self, code: str, message: str, at: Any, help: str = "") -> None:
        """Add an error at a node, or at a span."""
        self.diagnostics.append(plain(code, message, at if isinstance(at, Span) else at.at, help))

    def named(self, at: Scalar, en: str, zh: str, start: int = 0, end: int | None = None) -> None:
        """Note how a scalar, or a stretch of it, is spelled in both languages, where somebody asks for it."""
        if self.spellings is not None:
            self.spellings.append(Spelling(at.span(start, len(at) if end is None else end), en, zh))

    @property
    def failed(self) -> bool:
        """Whether an error keeps the rulebook from loading."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

    def sorted(self) -> list[Diagnostic]:
        """Return the diagnostics by place, each once, all with help."""
        helped = (
            d if d.help else replace(d, better=said("nothing.plain", text=HELPS.get(d.code, "")))
            for d in self.diagnostics
        )
        return sorted(dict.fromkeys(helped), key=Diagnostic.sort_key)


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
            where = f" in `{path}`" if path else ""
            report.error("missing-key", f"`{name}` is missing{where}", _short(at), f"add `{name}:`")
        return
    mark = (kind, id(node))
    if mark in seen:
        return
    seen.add(mark)
    if kind == "extra_forbidden":
        at = key if key is not None else span_of(node, tree.at)
        help = did_you_mean(str(key), sorted(_keys_beside(model, location)))
        report.error("unknown-key", f"`{key}` is not a key here", at, help)
        return
    wanted = {
        "dict_type": "a mapping (`key: value`)",
        "model_type": "a mapping (`key: value`)",
        "list_type": "a list (`- ...`)",
        "scalar": "a single value",
        "too_short": "at least one entry",
    }.get(kind, str(error["msg"]).lower())
    report.error("shape", f"`{path or key}` needs {wanted}", _short(span_of(node, tree.at)))


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
