"""Rules kept beside a log: the files of each rulebook and of its overlays, once for one digest, and read back from there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from safety_rules.formats.safe import replacing
from safety_rules.language.errors import LedgerError, SafetyRulesError
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText, digest_of, folder_files, overlay_digest
from safety_rules.loading.folders import overlay_files
from safety_rules.loading.rulebook import loaded

LONG_AGO = (1980, 1, 1, 0, 0, 0)


def folder_of(log: Path) -> Path:
    """Return where a log keeps its packs."""
    return log.with_name(log.name + ".packs")


def kept(log: Path, book: Rulebook) -> bool:
    """Keep a rulebook's files beside a log; False where they are not (or no more) what it was read from."""
    folder, wanted = folder_of(log), [d for d in (book.digest, book.overlay_digest) if d]
    if all((folder / f"{digest}.zip").is_file() for digest in wanted):
        return True
    if book.origin is None:
        return False
    try:
        found = {book.digest: folder_files(Path(book.origin[0]))}
        overlays = overlay_files(Path(o) for o in book.origin[1])
    except (OSError, SafetyRulesError):
        return False
    if (
        digest_of(found[book.digest]) != book.digest
        or (overlay_digest(overlays) if overlays else "") != book.overlay_digest
    ):
        return False
    if overlays:
        found[book.overlay_digest] = [
            replace(f, path=f"{i:04d}/{f.path.rpartition('/')[2]}") for i, f in enumerate(overlays)
        ]
    try:
        folder.mkdir(exist_ok=True)
        for digest, files in found.items():
            with replacing(folder / f"{digest}.zip") as unfinished:
                unfinished.write_bytes(_packed(files))
    except OSError as error:
        raise LedgerError(f"the rules cannot be kept in `{folder}`: {(error.strerror or str(error)).lower()}") from None
    return True


def pack(log: Path, digest: str, overlay: str) -> Rulebook | None:
    """Return the rulebook that a log keeps under its digests; None where it is not there, or not what it was."""
    try:
        files = _unpacked(folder_of(log) / f"{digest}.zip")
        overlays = _unpacked(folder_of(log) / f"{overlay}.zip") if overlay else []
        book = loaded(files, overlays)
    except (OSError, zipfile.BadZipFile, SafetyRulesError, ValueError, KeyError):
        return None
    return book if (book.digest, book.overlay_digest) == (digest, overlay) else None


def _packed(files: Sequence[RuleFileText]) -> bytes:
    """Return files as one archive, of one content always the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.path, LONG_AGO), file.data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _unpacked(path: Path) -> list[RuleFileText]:
    with zipfile.ZipFile(path) as archive:
        return [RuleFileText(name, archive.read(name)) for name in archive.namelist()]
