"""In which language a ledger is written, told from its first cells without reading it."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path

from safety_rules.words.catalog import CHINESE, ENGLISH

ENOUGH = 65536
CHINESE_SIGN = re.compile(r"[\u4e00-\u9fff]|\\u[4-9][0-9a-f]{3}", re.IGNORECASE)
PARTS = ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml")
JSON = (".json", ".jsonl")
TEXTS = (".csv", ".tsv", ".txt", ".json", ".jsonl")


def written_in(path: Path) -> str:
    """Return `en` where the beginning of a ledger holds no Chinese; where that cannot be told, `zh`."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                found = [_start(book, name) for name in PARTS if name in book.namelist()]
        elif path.suffix.lower() in TEXTS:
            with path.open("rb") as file:
                found = [_text(file.read(ENOUGH))]
            if path.suffix.lower() in JSON and not found[0].lstrip().startswith(("{", "[")):
                return CHINESE  # none that can be read at all
        else:
            return CHINESE
    except (OSError, zipfile.BadZipFile, RuntimeError, UnicodeDecodeError):
        return CHINESE
    return ENGLISH if found and not any(CHINESE_SIGN.search(text) for text in found) else CHINESE


def _start(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as part:
        return part.read(ENOUGH).decode("utf-8", "ignore")


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "ignore")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:  # also where the last sign is cut in two: it is none of ASCII then
        return codecs.getincrementaldecoder("gb18030")().decode(data)
