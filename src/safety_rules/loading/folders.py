"""Folders and packs of rules: where they are, and the rulebook that each holds, loaded once for one content."""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.kept import keep, kept
from safety_rules.semantics.admission.objects import shown
from safety_rules.words.near import aside
from safety_rules.words.said import refusal

RULEPACKS = "safety_rules.rulepacks"
MOST_KEPT = 32
PathLike = str | Path
Origin = tuple[str, tuple[str, ...]]


def rules_folder() -> Path:
    """Return the folder of the built-in rules, in a wheel, an editable install or a checkout."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here / "rules", here.parent.parent / "rules"):
        if (folder / "vocabulary.yaml").is_file():
            return folder
    raise SafetyRulesError(refusal("absent.built-in"))


def pack_folder(name: str) -> Path:
    """Return the folder of an installed rule pack (entry-point group `safety_rules.rulepacks`)."""
    from importlib.metadata import entry_points

    packs = {e.name: e for e in entry_points(group=RULEPACKS)}
    if name not in packs:
        raise NotFoundError(refusal("absent.pack", name=shown(name), near=aside(name, packs)))
    module = packs[name].load()
    return Path(getattr(module, "RULES", None) or Path(module.__file__).parent)


def resolve_folder(rules: PathLike | None) -> Path:
    """Return the folder of rules that a path, a pack's project or an installed pack's name means; the built-in rules for None."""
    if rules is None:
        return rules_folder()
    return _rules_within(Path(rules)) if Path(rules).is_dir() else pack_folder(str(rules))


def _rules_within(folder: Path) -> Path:
    """Return the rules of a pack's own project, which its pyproject.toml names by one module; else the folder itself."""
    project = folder / "pyproject.toml"
    if not project.is_file():
        return folder
    import tomllib

    try:
        said: Any = tomllib.loads(project.read_text("utf-8"))
        modules = [*said["project"]["entry-points"][RULEPACKS].values()]
        at = [p for m in modules for p in (folder / "src" / m / "rules", folder / m / "rules") if p.is_dir()]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return folder
    return at[0] if len(modules) == len(at) == 1 else folder


def rulebook_of(rules: PathLike | None = None, overlay: PathLike | Sequence[PathLike] = ()) -> Rulebook:
    """Return the rulebook of a folder or installed rule pack, the built-in one by default, with overlays on top.

    Raises RuleFileError, with every diagnostic, when a file holds an error.
    """
    folder = resolve_folder(rules)
    overlays = tuple(Path(o) for o in ([overlay] if isinstance(overlay, str | Path) else overlay))
    origin = (str(folder.resolve()), tuple(str(o.resolve()) for o in overlays))
    return _loaded(tuple(folder_files(folder)), tuple(overlay_files(overlays)), f"{folder.as_posix()}/", origin)


@lru_cache(maxsize=MOST_KEPT)
def _loaded(
    files: tuple[RuleFileText, ...], overlays: tuple[RuleFileText, ...], shown_at: str, origin: Origin
) -> Rulebook:
    """Return the rulebook of files, once for one content: nothing else decides whether they are read again."""
    book = kept(files, overlays, shown_at)
    if book is None:
        from safety_rules.loading.rulebook import loaded

        book = loaded(files, overlays, shown_at)
        keep(book, files, overlays, shown_at)
    return replace(book, origin=origin)


def _reduced(book: Rulebook) -> str | tuple[Any, ...]:
    """Pickle a rulebook that was read from files as where it was read, and the digests that it must have there."""
    if book.origin is None:
        return book.__reduce_ex__(4)
    return _read_again, (book.origin, book.digest, book.overlay_digest)


def _read_again(origin: Origin, digest: str, overlay_digest: str) -> Rulebook:
    """Return the rulebook that a pickle names; raises SafetyRulesError where its files say something else by now."""
    book = rulebook_of(*origin)
    if (book.digest, book.overlay_digest) != (digest, overlay_digest):
        raise SafetyRulesError(refusal("changed.pickled", path=origin[0]))
    return book


copyreg.pickle(Rulebook, _reduced)


def overlay_files(overlays: Iterable[Path]) -> list[RuleFileText]:
    """Return the files of overlays: each a YAML file with the tables beside it that it names, or a folder of them."""
    found: list[RuleFileText] = []
    for overlay in overlays:
        if overlay.is_dir():
            below = folder_files(overlay)
            if not below:
                raise NotFoundError(refusal("absent.overlays", path=overlay))
            found += [replace(f, path=f"{overlay.as_posix()}/{f.path}") for f in below]
        elif overlay.is_file():
            text, beside = overlay.read_bytes(), sorted(overlay.parent.glob("*.csv"))
            found.append(RuleFileText(overlay.as_posix(), text))
            found += [RuleFileText(f.as_posix(), f.read_bytes()) for f in beside if f.name.encode() in text]
        else:
            raise NotFoundError(refusal("absent.overlay", path=overlay))
    return found
