"""Outputs that are whole or absent, and text in them that no spreadsheet takes for a formula."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from safety_rules.language.errors import LedgerError
from safety_rules.loading.files import ENDINGS

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
CELL_LIMIT = 32767


def printable(text: str) -> str:
    """Return text without control characters and signs that only turn what is read, short enough for a cell."""
    clean = text if text.isprintable() else CONTROL.sub("", text)
    return clean if len(clean) <= CELL_LIMIT else clean[: CELL_LIMIT - 1] + "…"


def inert(text: str) -> str:
    """Return text for CSV; what a spreadsheet would run as a formula gets an apostrophe in front."""
    clean = CONTROL.sub("", text)
    return "'" + clean if clean.lstrip(" ").startswith(FORMULA) else clean


def beside(path: Path) -> Path:
    """Return a name that nothing has, in the folder of a file and as short as names can be."""
    return path.absolute().with_name(f".safety-rules-{token_hex(6)}.part")


def no_input(path: Path, read: Iterable[Path]) -> None:
    """Raise LedgerError where an output would overwrite what is read, by whatever name or link, or be read as a rule."""
    at = Path(os.path.realpath(path))
    for source in read:
        files: Iterable[Path] = (source,)
        if source.is_dir():
            files = (p for p in source.rglob("*") if p.suffix.lower() in ENDINGS)
            if at.suffix.lower() in ENDINGS and Path(os.path.realpath(source)) in at.parents:
                raise LedgerError(f"`{path}` would be read as a rule file of `{source}`; it would overwrite the rules")
        if any(os.path.realpath(p) == str(at) or (path.is_file() and p.exists() and p.samefile(path)) for p in files):
            raise LedgerError(f"`{path}` would overwrite `{source}`, which is read; choose another name")


@contextmanager
def replacing(path: Path, *read: Path) -> Iterator[Path]:
    """Give a temporary name beside a file, which takes the file's name only when all went well.

    Raises LedgerError where nothing can be written there, where what has the name is no file (a device, a folder),
    or where it is one of the files `read`.
    """
    no_input(path, read)
    temporary = beside(path)
    try:
        if path.exists() and not path.is_file():
            raise LedgerError(f"`{path}` cannot be written: it is no file")
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise LedgerError(f"`{path}` cannot be written: {(error.strerror or str(error)).lower()}") from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
