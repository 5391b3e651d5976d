"""New packs, areas, rules and overlays from templates that pass every check as they are written."""

from __future__ import annotations

import datetime
import keyword
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Standing
from safety_rules.words.near import did_you_mean

TEMPLATES = Path(__file__).parent / "templates"
KEY = re.compile(r"[a-z][a-z0-9_]*")
MARK = re.compile(r"@([a-z]+)@")
ZH = re.compile(r"[\w·]+")


def new_pack(folder: Path, area: str, zh: str) -> list[Path]:
    """Write a pack into a new folder: the project, its first area, CI; returns its files."""
    slots = {"pack": _key(folder.name.replace("-", "_"), "pack")}
    rules = f"src/{slots['pack']}/rules/{_key(area, 'area')}"
    files = {**_filled("pack", slots), **{f"{rules}/{at}": text for at, text in _area(area, zh).items()}}
    return _written(folder, files, folder)


def new_area(book: Rulebook, rules: Path, area: str, zh: str) -> list[Path]:
    """Write an area into a folder of rules, with its facts, figure, document, rule, cases and claim."""
    if area in book.areas or area in book.vocabulary.subjects:
        raise SafetyRulesError(f"there is an area or subject `{area}` already; choose another name")
    return _written(rules / area, _area(area, zh), rules / area)


def new_rule(book: Rulebook, rules: Path, area: str, rule: str, zh: str, since: datetime.date | None) -> list[Path]:
    """Write a rule into an area, with the yes-or-no fact that it asks for; its clause is the author's to fill in.

    Without a day it begins after all cases of the area, which then stay as they are.
    """
    if area not in book.areas:
        raise NotFoundError(f"there is no area `{area}`; {did_you_mean(area, book.areas)}")
    found = book.areas[area]
    subject = found.subjects[0]
    if f"{subject}.{_key(rule, 'rule')}" in book.vocabulary.facts or any(r.key == rule for r in found.rules):
        raise SafetyRulesError(f"there is a rule or fact `{rule}` already; choose another name")
    start = since or after_all_cases(found)
    slots = {
        **_names(rule, zh), "rule": rule, "subject": subject, "outcome": found.outcomes[-1].key, "source": _document(book, area),
        "from": f"{start}", "before": f"{start - datetime.timedelta(days=1)}",
    }  # fmt: skip
    folder = rules / area
    files = _filled("rule", slots)
    return _written(folder, files, *(folder / name for name in files))


def new_overlay(book: Rulebook, path: Path, figure: str | None) -> list[Path]:
    """Write an overlay that confirms an assumed figure: the one named, or the first of the rulebook."""
    weak = [k for k, p in book.parameters.items() if any(e.citation.standing > Standing.local for e in p.entries)]
    if not weak or (figure is not None and figure not in weak):
        what = f"`{figure}` is not an assumed figure" if figure else "no figure of these rules is assumed"
        raise NotFoundError(f"{what}; {did_you_mean(figure or '', weak)}".rstrip("; "))
    name = _key(path.stem.replace("-", "_"), "overlay")
    text = _filled("overlay", {"overlay": name, "figure": figure or weak[0]})[f"{name}.yaml"]
    return _written(path.parent, {path.name: text}, path)


def _document(book: Rulebook, area: str) -> str:
    """Return the document that the area's rules cite first and that is still in force."""
    for rule in book.areas[area].rules:
        for cited in rule.authority:
            if book.sources[cited.source].in_force.until is None:
                return cited.source
    raise SafetyRulesError(f"no rule of `{area}` cites a document in force; write the first rule by hand")


def after_all_cases(area: Area) -> datetime.date:
    """Return the first of January after today and after each day of the area's cases, so that these stay as they are."""
    days = [datetime.date.today(), *(c.on for c in area.cases)]
    return datetime.date(max(days).year + 1, 1, 1)


def _area(area: str, zh: str) -> Mapping[str, str]:
    return _filled("area", {**_names(_key(area, "area"), zh), "area": area})


def _names(key: str, chinese: str) -> dict[str, str]:
    if chinese and not ZH.fullmatch(chinese):
        raise SafetyRulesError(f"`{chinese}` is no name that conditions can say; write letters only, such as 仓库")
    return {"zh": chinese or key, "en": key.replace("_", " ").capitalize()}


def _key(text: str, what: str) -> str:
    """Return a name that files, Python and conditions can have; raises SafetyRulesError."""
    if not KEY.fullmatch(text) or keyword.iskeyword(text):
        raise SafetyRulesError(f"`{text}` is no name for a new {what}; write a-z, 0-9 and _, such as warehouse")
    return text


def _filled(kind: str, slots: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a template by their place, every slot filled."""
    return dict(_each(TEMPLATES / kind, slots))


def _each(folder: Path, slots: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.tmpl")):
        at = path.relative_to(folder).as_posix().removesuffix(".tmpl")
        yield MARK.sub(lambda m: slots[m[1]], at), MARK.sub(lambda m: slots[m[1]], path.read_text("utf-8"))


def _written(folder: Path, files: Mapping[str, str], *free: Path) -> list[Path]:
    """Write files, all new; raises SafetyRulesError where something is there already, and then writes none."""
    for path in free:
        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise SafetyRulesError(f"`{path}` is there already; choose another name")
    made = []
    for at, text in files.items():
        path = folder / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        made.append(path)
    return made
