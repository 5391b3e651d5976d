"""Rulebooks kept in the user's own cache folder, by what they are read from and by the code that reads them.

A kept file is only a short cut: one that is missing, damaged, another's, or open to others is left aside, and the
rule files are read (decision 60). Nothing is kept in, or taken from, a folder of rules.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText, digest_of
from safety_rules.loading.stored import FORM, NotStored, restored, stored
from safety_rules.version import VERSION

WHERE = "SAFETY_RULES_CACHE"
ENDING = ".rulebook"
MOST_KEPT = 24
WORTH_IT = 100_000
"""Bytes of rule files from which on a rulebook is kept; fewer are read as quickly."""
READERS = ("language", "loading", "semantics", "words")


def cache_folder() -> Path | None:
    """Return the folder of kept rulebooks: of the environment's `SAFETY_RULES_CACHE`, or of the user; None for none.

    An empty `SAFETY_RULES_CACHE`, or `off`, means none.
    """
    named = os.environ.get(WHERE)
    if named is not None:
        return None if named.strip() in ("", "off") else Path(named)
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA")
        return Path(home) / "safety-rules" / "Cache" if home else None
    above = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(above):
        return Path(above) / "safety-rules"
    user = os.path.expanduser("~")
    if not os.path.isabs(user):
        return None
    return Path(user) / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "safety-rules"


def kept(files: Sequence[RuleFileText], overlays: Sequence[RuleFileText], shown_at: str) -> Rulebook | None:
    """Return the rulebook that is kept for these files; None where there is none that can be trusted."""
    folder = _folder_for(files)
    if folder is None or not folder.is_dir():
        return None
    path = folder / _name(files, overlays, shown_at)
    try:
        if not _own(folder, os.lstat(folder)):
            return None
        data = _read(path)
        return None if data is None else restored(data, _texts(files, overlays, shown_at))
    except FileNotFoundError:
        return None
    except (OSError, NotStored, ValueError, LookupError, TypeError, AttributeError) as wrong:
        _tell("cache.damaged", path, wrong)
        return None


def keep(book: Rulebook, files: Sequence[RuleFileText], overlays: Sequence[RuleFileText], shown_at: str) -> None:
    """Keep a rulebook for the next process, as far as that is possible: whole or not at all, whoever else writes."""
    folder = _folder_for(files)
    if folder is None:
        return
    from secrets import token_hex

    name = _name(files, overlays, shown_at)
    temporary = folder / f"{name}.{token_hex(6)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _own(folder, os.lstat(folder)):
            return
        data = stored(book, _texts(files, overlays, shown_at))
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
        os.replace(temporary, folder / name)
        _forget_old(folder)
    except (OSError, NotStored) as wrong:
        _tell("cache.unwritten", folder, wrong)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _folder_for(files: Sequence[RuleFileText]) -> Path | None:
    return cache_folder() if sum(len(f.data) for f in files) >= WORTH_IT else None


def _read(path: Path) -> bytes | None:
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with open(opened, "rb") as file:
        return file.read() if _own(path, os.fstat(opened)) else None


def _own(path: Path, found: os.stat_result) -> bool:
    """Return whether a folder or file is the user's own, and nobody else may write it; what is not is said."""
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        _tell("cache.foreign", path)
        return False
    if sys.platform == "win32":
        return True
    if found.st_uid == os.geteuid() and not found.st_mode & 0o022:
        return True
    _tell("cache.foreign", path)
    return False


def _tell(key: str, path: Path, wrong: object = "") -> None:
    """Log what is wrong with a cache: a warning, which Python shows; where nothing can be written, only a note."""
    import logging

    from safety_rules.words.said import refusal

    level = logging.INFO if key == "cache.unwritten" else logging.WARNING
    logging.getLogger("safety_rules.cache").log(level, "%s", refusal(key, path=path, wrong=wrong))


def _name(files: Sequence[RuleFileText], overlays: Sequence[RuleFileText], shown_at: str) -> str:
    digest = sha256(FORM + repr((VERSION, sys.version_info[:2], _readers(), shown_at)).encode())
    digest.update(f"{digest_of(files)} {digest_of(overlays)}".encode())
    return digest.hexdigest() + ENDING


def _texts(files: Iterable[RuleFileText], overlays: Iterable[RuleFileText], shown_at: str) -> dict[str, str]:
    """Return the texts of files by the names that places in them have."""
    named = [*((shown_at + f.path, f) for f in files), *((f.path, f) for f in overlays)]
    return {name: f.data.decode("utf-8-sig", "replace").replace("\r\n", "\n") for name, f in named}


@cache
def _readers() -> str:
    """Return what tells the code that reads rule files from any other: its files, their sizes and times."""
    root, digest = Path(__file__).resolve().parent.parent, sha256()
    for part in READERS:
        for folder, _, names in sorted(os.walk(root / part)):
            for name in sorted(n for n in names if n.endswith((".py", ".toml"))):
                found = os.stat(os.path.join(folder, name))
                digest.update(f"{folder}/{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _forget_old(folder: Path) -> None:
    """Delete what was kept longest ago, and what writers left behind that ended early."""
    found = [(entry.stat().st_mtime, entry.path) for entry in os.scandir(folder) if ENDING in entry.name]
    for _, path in sorted(found)[:-MOST_KEPT]:
        with suppress(OSError):
            os.unlink(path)
