"""The texts of sources, in which quotations are looked up."""

from __future__ import annotations

from pathlib import Path

from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.rulebook import Rulebook
from safety_rules.words.near import aside
from safety_rules.words.said import refusal


def texts_in(folder: Path) -> list[Path]:
    """Return the files of texts of law that stand in a rules folder."""
    return sorted((folder / "texts").glob("*.txt"))


def source_texts(folder: Path, book: Rulebook) -> dict[str, str]:
    """Return the texts of a folder by source: `SOURCE.txt` each.

    Raises NotFoundError where there is none, or one of no source, and LedgerError where one is not UTF-8.
    """
    files = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    if not files:
        raise NotFoundError(refusal("absent.texts", path=folder))
    found = {}
    for file in files:
        if file.stem not in book.sources:
            raise NotFoundError(refusal("absent.source", name=file.name, near=aside(file.stem, book.sources)))
        try:
            found[file.stem] = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise LedgerError(refusal("absent.utf-8", path=file)) from None
    return found
