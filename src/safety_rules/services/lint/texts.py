"""The texts of sources, in which quotations are looked up."""

from __future__ import annotations

from pathlib import Path

from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.rulebook import Rulebook
from safety_rules.words.near import did_you_mean


def source_texts(folder: Path, book: Rulebook) -> dict[str, str]:
    """Return the texts of a folder by source: `SOURCE.txt` each.

    Raises NotFoundError where there is none, or one of no source, and LedgerError where one is not UTF-8.
    """
    files = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    if not files:
        raise NotFoundError(f"there is no text `SOURCE.txt` in the folder `{folder}`")
    found = {}
    for file in files:
        if file.stem not in book.sources:
            raise NotFoundError(f"`{file.name}` is the text of no source; {did_you_mean(file.stem, book.sources)}")
        try:
            found[file.stem] = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise LedgerError(f"`{file}` is not UTF-8; save it as UTF-8") from None
    return found
