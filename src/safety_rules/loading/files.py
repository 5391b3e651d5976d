"""The rule files below a folder, each read whole or named: links are followed, each real folder once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ENDINGS = (".yaml", ".yml", ".csv")
OTHERS = (".#", "..")  # an editor's lock, and the folders behind a mounted volume's links


@dataclass(frozen=True, slots=True)
class RuleFileText:
    """One rule file: its path below the rules' folder, and its bytes; `unread` says why there are none."""

    path: str
    data: bytes
    unread: str = ""


def folder_files(folder: Path) -> list[RuleFileText]:
    """Return the YAML files below a folder, and the CSV files of tables, by path.

    What is named like one and cannot be read stands among them, with the reason.
    """
    return sorted(_below(folder, "", frozenset()), key=lambda f: f.path)


def digest_of(files: Iterable[RuleFileText]) -> str:
    """Return the digest of rule files: their paths and what they hold, without how lines end."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda f: f.path):
        text = file.data.replace(b"\r\n", b"\n")
        digest.update(f"{file.path}\0{len(text)}\0{file.unread}".encode() + text)
    return digest.hexdigest()


def overlay_digest(files: Iterable[RuleFileText]) -> str:
    """Return the digest of overlays in their order: their names and what they hold, wherever they lie."""
    named = ((i, f.path.rpartition("/")[2], f) for i, f in enumerate(files))
    return digest_of(RuleFileText(f"{i:04d}/{name}", f.data, f.unread) for i, name, f in named)


def _below(folder: Path, under: str, seen: frozenset[str]) -> Iterator[RuleFileText]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    for entry in os.scandir(folder):
        name = os.fsencode(entry.name).decode("utf-8", "backslashreplace")
        if name.startswith(OTHERS):
            continue
        path, named = f"{under}{name}", name.lower().endswith(ENDINGS)
        if _is_folder(entry):
            if named:
                yield RuleFileText(path, b"", "folder")
            yield from _below(Path(entry.path), f"{path}/", seen | {real})
        elif named:
            yield _file(entry, path, name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _file(entry: os.DirEntry[str], path: str, name: str) -> RuleFileText:
    try:
        if not entry.is_file():
            return RuleFileText(path, b"", "link" if entry.is_symlink() else "special")
        if name != entry.name:
            return RuleFileText(path, b"", "name")
        return RuleFileText(path, Path(entry.path).read_bytes())
    except OSError:
        return RuleFileText(path, b"", "link" if entry.is_symlink() else "denied")
