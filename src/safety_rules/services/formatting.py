"""Rule files with their names in one language: only names are replaced, and what a file means stays the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from safety_rules.language.errors import RuleFileError, SafetyRulesError
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.compose import BOOLEAN_TRAP
from safety_rules.loading.files import RuleFileText
from safety_rules.loading.rulebook import rulebook
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.checking.parse import Spelling

AS_IT_IS = re.compile(r"""[^\s\-?:,\[\]{}#&*!|>'"%@`\\][^\s:,\[\]{}#'"\\]*""")


def in_names(
    files: Sequence[RuleFileText], overlays: Sequence[RuleFileText], names: str, shown_at: str = ""
) -> dict[str, bytes]:
    """Return the files that are written otherwise with `zh` or `en` names, by path, with their new bytes.

    Overlays are read on top of the files. Raises RuleFileError where the files do not load, and
    SafetyRulesError where they would not mean the same.
    """
    spellings: list[Spelling] = []
    book, diagnostics = rulebook(files, overlays, shown_at, spellings)
    if book is None:
        raise RuleFileError(diagnostics)
    found: dict[str, dict[tuple[int, int], str]] = {}
    for s in spellings:
        if all(AS_IT_IS.fullmatch(n) and not BOOLEAN_TRAP.match(n) for n in (s.en, s.zh)):
            found.setdefault(s.at.source.name, {})[s.at.start, s.at.end] = s.zh if names == "zh" else s.en
    new = [replace(f, data=_replaced(f.data, found.get(shown_at + f.path, {}))) for f in files]
    over = [replace(f, data=_replaced(f.data, found.get(f.path, {}))) for f in overlays]
    changed = {n.path: n.data for o, n in zip((*files, *overlays), (*new, *over), strict=True) if o.data != n.data}
    again, _ = rulebook(new, over, shown_at) if changed else (book, [])
    if again is None or _content(again) != _content(book):
        raise SafetyRulesError("with these names the rules would not mean the same; nothing is written")
    return changed


def _replaced(data: bytes, names: Mapping[tuple[int, int], str]) -> bytes:
    """Return a file's bytes with stretches replaced; places count neither a byte-order mark nor the \\r of \\r\\n."""
    text = data.decode("utf-8")
    at = [i for i, c in enumerate(text) if c != "\ufeff" or i] if "\r" not in text else _without_returns(text)
    for (start, end), name in sorted(names.items(), reverse=True):
        first, last = at[start], at[end - 1] + 1
        text = text[:first] + name + text[last:]
    return text.encode()


def _without_returns(text: str) -> list[int]:
    return [i for i, c in enumerate(text) if (c != "\ufeff" or i) and not (c == "\r" and text[i + 1 : i + 2] == "\n")]


def _content(book: Rulebook) -> Any:
    """Return everything that a rulebook says, with its cases as they are admitted; no text and no places."""
    areas = book.areas.values()
    holders: Iterable[Any] = (h for a in areas for h in (*a.rules, *a.derivations, *a.obligations, a))
    cases = [_case(c, book) for h in (*holders, *book.chains) for c in h.cases]
    claims = [(a.invariants, a.exemptions) for a in areas]
    return replace(book, digest="", overlay_digest=""), claims, cases


def _case(case: Any, book: Rulebook) -> Any:
    record = admit(dict(case.given), book.vocabulary)
    return case.title, case.on, record.values, [(p.code, p.path) for p in record.problems], str(case.expect)
