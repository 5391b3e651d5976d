"""A rulebook that follows its folder: new content is loaded whole or not at all, and the last good one is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from safety_rules.language.errors import RuleFileError, SafetyRulesError
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import digest_of, folder_files, overlay_digest
from safety_rules.loading.folders import PathLike, overlay_files, resolve_folder, rulebook_of
from safety_rules.words.diagnostic import Diagnostic

Content = tuple[str, str]


@dataclass(slots=True)
class LiveBook:
    """The rulebook of a folder and its overlays as they are by now; `book` is replaced in one step.

    The files are looked at when somebody asks, at most every `every` seconds, by one thread while the others go on.
    New content is taken when two looks `settle` seconds apart find it the same, so that a file that is being written
    is not taken for whole; what cannot be loaded leaves the last good rulebook, with its mistakes in `diagnostics`.
    """

    rules: PathLike | None
    overlays: tuple[Path, ...]
    every: float
    settle: float
    clock: Callable[[], float] = time.monotonic
    book: Rulebook = field(init=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    error: str = ""
    _taken: Content = field(init=False)
    _seen: Content = field(init=False)
    _seen_at: float = field(init=False)
    _looked: float = field(init=False)
    _looking: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.book = rulebook_of(self.rules, self.overlays)
        self._taken = self._seen = (self.book.digest, self.book.overlay_digest)
        self._looked = self._seen_at = self.clock()

    def now(self) -> Rulebook:
        """Return the rulebook of this moment, after a look at the files where the last one is long enough ago."""
        if self.clock() - self._looked >= self.every:
            self.look()
        return self.book

    def look(self) -> bool:
        """Look at the files; return whether another rulebook was taken. One that looks already is not waited for."""
        if not self._looking.acquire(blocking=False):
            return False
        try:
            self._looked = self.clock()
            return self._look()
        finally:
            self._looking.release()

    def _look(self) -> bool:
        try:
            found = self._content()
        except (OSError, SafetyRulesError) as wrong:
            self.error = str(wrong)
            return False
        if found != self._seen:
            self._seen, self._seen_at = found, self._looked
        if found == (self.book.digest, self.book.overlay_digest):
            self._taken, self.diagnostics, self.error = found, (), ""
        if found == self._taken or self._looked - self._seen_at < self.settle:
            return False
        try:
            made = rulebook_of(self.rules, self.overlays)
        except (OSError, SafetyRulesError) as wrong:
            self.diagnostics = wrong.diagnostics if isinstance(wrong, RuleFileError) else ()
            self._taken, self.error = found, str(wrong)
            return False
        if (made.digest, made.overlay_digest) != found:  # it was written to while it was read
            return False
        self._taken, self.book, self.diagnostics, self.error = found, made, (), ""
        return True

    def _content(self) -> Content:
        files, overlays = folder_files(resolve_folder(self.rules)), overlay_files(self.overlays)
        return digest_of(files), overlay_digest(overlays) if overlays else ""


def live_book(
    rules: PathLike | None,
    overlay: PathLike | Sequence[PathLike],
    every: float,
    settle: float,
    clock: Callable[[], float],
) -> LiveBook:
    """Return the rulebook of a folder that is followed; raises RuleFileError where it is wrong from the start."""
    overlays = tuple(Path(o) for o in ([overlay] if isinstance(overlay, str | Path) else overlay))
    return LiveBook(rules, overlays, every, settle, clock)
