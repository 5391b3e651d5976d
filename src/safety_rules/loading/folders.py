"""Folders and packs of rules: where they are, and the rulebook that each holds, loaded once for one content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.rulebook import RuleFileText, folder_files, loaded
from safety_rules.words.near import aside
from safety_rules.words.said import refusal

RULEPACKS = "safety_rules.rulepacks"
PathLike = str | Path


def rules_folder() -> Path:
    """Return the folder of the built-in rules, in a wheel, an editable install or a checkout."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here / "rules", here.parent.parent / "rules"):
        if (folder / "vocabulary.yaml").is_file():
            return folder
    raise SafetyRulesError(refusal("absent.built-in"))


def pack_folder(name: str) -> Path:
    """Return the folder of an installed rule pack (entry-point group `safety_rules.rulepacks`)."""
    packs = {e.name: e for e in entry_points(group=RULEPACKS)}
    if name not in packs:
        raise NotFoundError(refusal("absent.pack", name=name, near=aside(name, packs)))
    module = packs[name].load()
    return Path(getattr(module, "RULES", None) or Path(module.__file__).parent)


def resolve_folder(rules: PathLike | None) -> Path:
    """Return the folder of rules that a path or a rule pack's name means; the built-in rules for None."""
    if rules is None:
        return rules_folder()
    return Path(rules) if Path(rules).is_dir() else pack_folder(str(rules))


def rulebook_of(rules: PathLike | None = None, overlay: PathLike | Sequence[PathLike] = ()) -> Rulebook:
    """Return the rulebook of a folder or installed rule pack, the built-in one by default, with overlays on top.

    Raises RuleFileError, with every diagnostic, when a file holds an error.
    """
    folder = resolve_folder(rules)
    overlays = [overlay] if isinstance(overlay, str | Path) else list(overlay)
    return _loaded(_fingerprint(folder), folder, tuple(Path(o) for o in overlays), _stamps(overlays))


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    paths = (p for p in sorted(folder.rglob("*")) if p.suffix in (".yaml", ".yml", ".csv"))
    return tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in paths)


def _stamps(overlays: Iterable[PathLike]) -> tuple[tuple[int, int], ...]:
    stats = [Path(o).stat() for o in overlays if Path(o).exists()]
    return tuple((s.st_mtime_ns, s.st_size) for s in stats)


@cache
def _loaded(_fingerprint: Any, folder: Path, overlays: tuple[Path, ...], _stamps: Any) -> Rulebook:
    return loaded(folder_files(folder), overlay_files(overlays), f"{folder.as_posix()}/")


def overlay_files(overlays: Iterable[Path]) -> list[RuleFileText]:
    """Return the files of overlays: each a YAML file, or a folder of them."""
    found: list[RuleFileText] = []
    for overlay in overlays:
        if overlay.is_dir():
            if not folder_files(overlay):
                raise NotFoundError(refusal("absent.overlays", path=overlay))
            found += [RuleFileText(f"{overlay.as_posix()}/{f.path}", f.data) for f in folder_files(overlay)]
        elif overlay.is_file():
            found.append(RuleFileText(overlay.as_posix(), overlay.read_bytes()))
        else:
            raise NotFoundError(refusal("absent.overlay", path=overlay))
    return found
