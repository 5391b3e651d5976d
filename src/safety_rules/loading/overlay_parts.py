"""What overlays add to the files of the rules, or put in place of them: facts, figures, tables and derivations.

They are read with the base as if they stood there, so that everything that is asked of a rule file is asked of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from safety_rules.language.vocabulary import Vocabulary
from safety_rules.loading.models import OverlayFile
from safety_rules.loading.models_base import Model
from safety_rules.loading.models_facts import ParametersFile, SourcesFile, TableFile, VocabularyFile
from safety_rules.loading.models_rules import AreaFile, DeriveFile
from safety_rules.loading.report import Report
from safety_rules.loading.tree import Made
from safety_rules.words.near import suggestion

Files = dict[type[Model], list[tuple[str, Any]]]
Derivations = list[tuple[str, DeriveFile]]


def with_parts(files: Files, overlays: Iterable[tuple[str, OverlayFile]], report: Report) -> None:
    """Put the words, sources, figures and tables of overlays among the files of the rules; a scale stands in for its like."""
    for path, over in overlays:
        known = {str(k) for _, f in files.get(SourcesFile, []) for k in f.sources}
        own = {str(k): (k, scale) for k, scale in over.scales.items()}
        dated = files.get(ParametersFile, [])
        for key, scale in (item for _, f in dated for item in f.scales.items()):
            if str(key) in own and own[str(key)][1] == scale:
                report.error("overlay-does-nothing", own[str(key)][0])
        kept = [({k: s for k, s in f.scales.items() if str(k) not in own}, p, f) for p, f in dated]
        files[ParametersFile] = [(p, f.model_copy(update={"scales": scales})) for scales, p, f in kept]
        more: Files = {
            SourcesFile: [(path, SourcesFile(sources={k: s for k, s in over.sources.items() if str(k) not in known}))],
            VocabularyFile: [(path, VocabularyFile(choices=over.choices, facts=over.facts, formats=over.formats))],
            ParametersFile: [(path, ParametersFile(parameters=over.figures, scales=over.scales))],
            TableFile: [(path, table) for table in over.tables],
        }
        files.update({model: [*files.get(model, []), *news] for model, news in more.items()})


def with_derivations(
    files: Files, overlays: Iterable[tuple[str, OverlayFile]], words: Vocabulary, report: Report
) -> Derivations:
    """Return the derivations of the rules with those that overlays add, and put in place of one of the same key."""
    found: Derivations = files.get(DeriveFile, [])
    homes = {str(f.area): path.rpartition("/")[0] for path, f in files.get(AreaFile, [])}
    for _, over in overlays:
        found = [*_replaced(found, over.replaces, words, report)]
        for file in over.derivations:
            if str(file.area) not in homes:
                report.error("unknown-area.overlay", file.area or file.derive, suggestion(str(file.area), homes))
            else:
                found.append((f"{homes[str(file.area)]}/{file.derive}.yaml".removeprefix("/"), file))
    return found


def _replaced(
    base: Derivations, files: Sequence[DeriveFile], words: Vocabulary, report: Report
) -> Iterable[tuple[str, DeriveFile]]:
    """Yield derivations, an overlay's in place of those of the same key; the cases of those go on being asked."""
    own = {str(f.derive): f for f in files}
    written = [str(f.derive) for _, f in base if not isinstance(f.derive, Made)]
    for unknown in (f.derive for f in files if str(f.derive) not in written):
        report.error("unknown-rule.derivation", unknown, suggestion(unknown, written))
    for path, was in base:
        now = own.get(str(was.derive))
        if now is None:
            yield path, was
            continue
        (was_key, first, last), (key, since, until) = (
            (words.find(str(f.fact)), str(f.in_force.since or "0"), str(f.in_force.until or "~")) for f in (was, now)
        )
        if was_key != key or since > first or until < last:
            report.error("timeline-hole.replaced", now.derive, fact=was.fact)
        elif (since, until, was.derives) == (first, last, now.derives):
            report.error("overlay-does-nothing.derivation", now.derive)
        yield path, now.model_copy(update={"cases": [*was.cases, *now.cases]})
