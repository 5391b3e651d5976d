"""A folder of rule files as one rulebook, or every diagnostic at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from safety_rules.language.chain import ChainRule
from safety_rules.language.errors import RuleFileError
from safety_rules.language.lint import Silence
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.loading import models_rules as shapes
from safety_rules.loading.areas import area, derivation, obligation, rule
from safety_rules.loading.cases import facts_of
from safety_rules.loading.chains import chain, stratified
from safety_rules.loading.compose import document
from safety_rules.loading.context import Context
from safety_rules.loading.criteria import facts_written, with_criteria
from safety_rules.loading.decisions import derivations, row_facts, rows_of
from safety_rules.loading.derivations import consistent
from safety_rules.loading.files import RuleFileText, digest_of, overlay_digest
from safety_rules.loading.invariants import exemptions, invariants
from safety_rules.loading.models import FIRST_KEYS, OverlayFile
from safety_rules.loading.models_base import Model
from safety_rules.loading.models_criteria import CriteriaFile
from safety_rules.loading.models_decisions import DecisionFile
from safety_rules.loading.models_facts import ParametersFile, SourcesFile, TableFile, UnitsFile, VocabularyFile
from safety_rules.loading.must_be_given import must_be_given
from safety_rules.loading.named import named_parts
from safety_rules.loading.overlay import overlaid
from safety_rules.loading.overlay_parts import with_derivations, with_parts
from safety_rules.loading.parameters import dated_by_sources, not_covered, parameters, sources
from safety_rules.loading.pause import no_collecting
from safety_rules.loading.report import Report, shaped, start_of
from safety_rules.loading.scalars import silences
from safety_rules.loading.scales import with_scales
from safety_rules.loading.tables import tables
from safety_rules.loading.tree import Made, Mapping, Scalar
from safety_rules.loading.vocabulary import unit_table, vocabulary
from safety_rules.semantics.checking.parse import Spelling
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.near import suggestion

M = TypeVar("M", bound=Model)


@dataclass(slots=True)
class _Files:
    """Rule files by shape, each with its path."""

    by_model: dict[type[Model], list[tuple[str, Any]]] = field(default_factory=dict)
    broken: set[type[Model]] = field(default_factory=set)
    texts: dict[str, bytes] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)

    def of(self, model: type[M]) -> list[tuple[str, M]]:
        return self.by_model.get(model, [])

    def below(self, folder: str, model: type[M]) -> list[tuple[str, M]]:
        return [(path, file) for path, file in self.of(model) if path.startswith(folder)]


@no_collecting()
def rulebook(
    files: Sequence[RuleFileText],
    overlays: Sequence[RuleFileText] = (),
    shown_at: str = "",
    spellings: list[Spelling] | None = None,
) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return the rulebook of rule files, with the overlays applied in order, and all diagnostics.

    With an error there is no rulebook. `shown_at` is put before each path in diagnostics. Into `spellings`
    goes where each name of a condition or case stands that can be written in either language.
    """
    report = Report(spellings=spellings)
    if not files:
        report.error("no-rules.files", start_of(shown_at or "rules"))
        return None, report.sorted()
    read = _read(files, shown_at, report)
    over = _read(overlays, "", report)
    more = over.of(OverlayFile)
    with_parts(read.by_model, more, report)
    read.texts |= over.texts
    book = _build(read, more, digest_of(files), report)
    if book is not None and over.by_model:
        book = _with_overlays(book, over, overlays, report)
    if book is not None and not report.failed and not any(a.rules for a in book.areas.values()):
        report.error("no-rules.rules", start_of(shown_at or "rules"))
    return (None if report.failed or book is None else dated_by_sources(book)), report.sorted()


def loaded(files: Sequence[RuleFileText], overlays: Sequence[RuleFileText] = (), shown_at: str = "") -> Rulebook:
    """Return the rulebook; raises RuleFileError with every diagnostic."""
    book, diagnostics = rulebook(files, overlays, shown_at)
    if book is None:
        raise RuleFileError(diagnostics)
    return book


def _read(files: Iterable[RuleFileText], shown_at: str, report: Report) -> _Files:
    found = _Files()
    for file in files:
        if file.unread:
            report.error(f"unreadable-file.{file.unread}", start_of(shown_at + file.path))
            continue
        if file.path.lower().endswith(".csv"):
            found.texts[file.path] = file.data
            continue
        tree, wrong = document(shown_at + file.path, file.data)
        report.diagnostics.extend(wrong)
        if tree is None and not wrong:
            report.error("empty-file.rule", start_of(shown_at + file.path))
        if not isinstance(tree, Mapping):
            found.broken.update(ECHOES)
            if tree is not None:
                report.error("shape.file", tree)
            continue
        model = _model(tree, report)
        shape = shaped(model, tree, report) if model is not None else None
        if shape is None and model is not None:
            found.broken.add(model)
        if shape is not None:
            found.by_model.setdefault(type(shape), []).append((file.path, shape))
            found.silences += silences(getattr(shape, "silence", ()), report)
    return found


def _model(tree: Mapping, report: Report) -> type[Model] | None:
    for first in tree:
        if str(first) in FIRST_KEYS:
            return FIRST_KEYS[str(first)]
    at = next(iter(tree), None)
    report.error("unknown-file", at if at is not None else tree, suggestion(str(at), FIRST_KEYS))
    return None


def _build(files: _Files, over: list[tuple[str, OverlayFile]], digest: str, report: Report) -> Rulebook | None:
    names = [f for _, f in files.of(shapes.NamedFile)]
    for model, more in with_criteria(files.of(CriteriaFile), files.of(VocabularyFile), names, report).items():
        files.by_model[model] = more if model is VocabularyFile else [*files.by_model.get(model, []), *more]
    decided = [(p, f, rows_of(p, f, files.texts, report)) for p, f in files.of(DecisionFile)]
    files.by_model[VocabularyFile] = [*files.of(VocabularyFile), *row_facts(decided)]
    units = unit_table([f for _, f in files.of(UnitsFile)], report)
    words = vocabulary([f for _, f in files.of(VocabularyFile)], units, report)
    files.by_model[shapes.DeriveFile] = [*files.of(shapes.DeriveFile), *derivations(decided, words, report)]
    files.by_model[shapes.DeriveFile] = with_derivations(files.by_model, over, words, report)
    known = sources([f for _, f in files.of(SourcesFile)], report)
    dated = [f for _, f in files.of(ParametersFile)]
    figures = with_scales(dated, parameters(dated, words, known, report), words, known, report)
    reference = tables(files.of(TableFile), files.texts, words, known, report)
    derived = frozenset(str(f.fact) for _, f in files.of(shapes.DeriveFile))
    context = Context(words, known, figures, derived, report, reference)
    context = replace(context, named=named_parts(names, context))
    _identities(files, context)
    for written in facts_written(files.of(CriteriaFile)):
        facts_of(written, context)
    areas: dict[str, Area] = {}
    for path, file in files.of(shapes.AreaFile):
        made = _area(path, file, files, context)
        if made.key in areas:
            report.error("defined-twice.area", file.area)
        areas[made.key] = made
    _borrow(files, areas, report)
    _homeless(files, report)
    chained = _chains(files, context)
    needed = must_be_given([f for _, f in files.of(VocabularyFile)], areas, context)
    _without_echoes(files.broken, report)
    return Rulebook(
        words, known, figures, areas, digest, reference, chains=chained, named=context.named,
        silences=tuple(files.silences), must_be_given=needed,
        not_covered=not_covered([f for _, f in files.of(SourcesFile)], areas, report),
    )  # fmt: skip


def _chains(files: _Files, c: Context) -> tuple[ChainRule, ...]:
    """Return the chaining rules by key; an area whose folder holds one gives its cases their day."""
    made: list[ChainRule] = []
    for path, file in files.of(shapes.ChainFile):
        _named_as_file(path, file.chain, c.report)
        home = [(len(p), a) for p, a in files.of(shapes.AreaFile) if path.startswith(_folder(p))]
        rule_ = chain(file, max(home, key=lambda h: h[0])[1] if home else None, c, path)
        made += [] if rule_ is None else [rule_]
    made.sort(key=lambda r: r.key)
    stratified(made, c)
    return tuple(made)


def _borrow(files: _Files, areas: dict[str, Area], report: Report) -> None:
    """Give an area the derivations of the areas that it `uses`."""
    for _, file in files.of(shapes.AreaFile):
        for used in file.uses:
            other = areas.get(str(used))
            if other is None or str(used) == str(file.area):
                report.error("unknown-area.other", used, suggestion(used, [a for a in areas if a != str(file.area)]))
                continue
            own = areas[str(file.area)]
            cased = tuple(replace(d, cases=(), borrowed=True) for d in other.derivations)
            areas[own.key] = replace(own, derivations=(*own.derivations, *cased))


def _identities(files: _Files, c: Context) -> None:
    for _, file in files.of(VocabularyFile):
        for subject in file.subjects.values():
            for fact in subject.identity:
                if str(fact) not in c.vocabulary.facts:
                    c.report.error("unknown-name.vocabulary", fact, suggestion(fact, c.vocabulary.facts))


def _folder(path: str) -> str:
    return path.rpartition("/")[0] + "/" if "/" in path else ""


def _area(path: str, file: shapes.AreaFile, files: _Files, c: Context) -> Area:
    folder = _folder(path)
    rules = [(p, f, rule(f, file, c, p)) for p, f in files.below(folder, shapes.RuleFile)]
    derivations = [derivation(f, file, c, p) for p, f in files.below(folder, shapes.DeriveFile)]
    duties = [obligation(f, file, c, p) for p, f in files.below(folder, shapes.ObligationFile)]
    for model in (shapes.RuleFile, shapes.DeriveFile, shapes.ObligationFile, CriteriaFile, DecisionFile):
        for p, f in files.below(folder, model):
            _named_as_file(p, getattr(f, model.kind), c.report)
    cases = [case for _, f in files.below(folder, shapes.CasesFile) for case in f.cases]
    made = [d for d in derivations if d is not None]
    consistent(made, c.report)
    _ids([*(f.rule for _, f, _ in rules), *(f.derive for _, f in files.below(folder, shapes.DeriveFile))], c.report)
    _ids([f.obligation for _, f in files.below(folder, shapes.ObligationFile)], c.report)
    whole = area(file, [r for _, _, r in rules if r is not None], made, [d for d in duties if d is not None], cases, c)
    claims = [f for _, f in files.below(folder, shapes.InvariantsFile)]
    return replace(whole, invariants=invariants(claims, whole, c), exemptions=exemptions(claims, whole, c))


def _ids(keys: Iterable[Scalar], report: Report) -> None:
    """Report an id that two files of an area share."""
    first: dict[str, Scalar] = {}
    for key in keys:
        other = first.setdefault(str(key), key)
        if other is not key:
            report.error("defined-twice.first", key, name=key, place=other.at.place)


def _named_as_file(path: str, key: Scalar, report: Report) -> None:
    stem = path.rpartition("/")[2].rpartition(".")[0]
    if stem != str(key) and not isinstance(key, Made):
        report.error("file-name", key, stem=stem)


def _homeless(files: _Files, report: Report) -> None:
    """Report rules that no area holds."""
    folders = [_folder(path) for path, _ in files.of(shapes.AreaFile)]
    for model in (shapes.RuleFile, shapes.DeriveFile, shapes.ObligationFile, CriteriaFile, DecisionFile):
        for path, file in files.of(model):
            at = getattr(file, model.kind)
            if not isinstance(at, Made) and not any(path.startswith(folder) for folder in folders):
                report.error("no-area", at, path=path)
    for path, claims in files.of(shapes.InvariantsFile):
        if not any(path.startswith(folder) for folder in folders):
            first = next(iter((*claims.invariants, *(e.question for e in claims.exemptions))), None)
            at = first if first is not None else start_of(path)
            report.error("no-area", at, path=path)


ECHOES: dict[type[Model], frozenset[str]] = {
    SourcesFile: frozenset({"unknown-source"}),
    UnitsFile: frozenset({"unknown-unit", "unknown-name", "unit"}),
    VocabularyFile: frozenset({"unknown-name", "unknown-choices", "fact-key", "unknown-subject", "unknown-choice"}),
    ParametersFile: frozenset({"unknown-name"}),
    TableFile: frozenset({"unknown-name"}),
    shapes.AreaFile: frozenset({"no-area"}),
    shapes.NamedFile: frozenset({"unknown-clause", "unknown-duty", "unknown-citation"}),
}


def _without_echoes(broken: set[type[Model]], report: Report) -> None:
    """Drop what only follows from a file that could not be read, so that the cause stands out."""
    codes: frozenset[str] = frozenset().union(*(ECHOES.get(model, frozenset()) for model in broken))
    report.diagnostics = [d for d in report.diagnostics if d.code not in codes]


def _with_overlays(book: Rulebook, over: _Files, texts: Sequence[RuleFileText], report: Report) -> Rulebook:
    for model, found in over.by_model.items():
        if model is not OverlayFile:
            for path, file in found:
                named = getattr(file, str(getattr(model, "kind", "")), None)
                report.error("no-overlay", named if isinstance(named, Scalar) else start_of(path))
    for path, overlay in over.of(OverlayFile):
        book = overlaid(book, overlay, path, report)
    return replace(book, overlay_digest=overlay_digest(texts), silences=(*book.silences, *over.silences))
