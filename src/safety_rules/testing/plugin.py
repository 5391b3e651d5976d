"""A pytest plugin: the cases and properties of rule folders as tests, with failures at the YAML line.

It does nothing until a folder is named: `safety_rules = rules` in pytest's settings, or `--rules FOLDER`.
"""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from safety_rules.testing.items import Folder

PROPERTIES = ("properties.py", "*_properties.py")
LOADED: pytest.StashKey[dict[Path, Folder]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--rules` and the setting `safety_rules`."""
    group = parser.getgroup("safety_rules", "rule folders")
    group.addoption("--rules", action="append", default=[], metavar="FOLDER", help="test a folder of rules, too")
    parser.addini("safety_rules", "folders of rules whose cases and properties are tested", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Load the folders that are named; without one nothing is done."""
    named = [Path(p) for p in config.getini("safety_rules")]
    named += [(config.invocation_params.dir / p) for p in config.getoption("--rules")]
    folders = list(dict.fromkeys(p.resolve() for p in named))
    for folder in folders:
        if not folder.is_dir():
            raise pytest.UsageError(f"there is no folder of rules `{folder}`")
    if not folders:
        return
    from safety_rules.testing.items import Folder

    config.stash[LOADED] = {folder: Folder(folder) for folder in folders}
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args += [str(f) for f in folders if not any(f.is_relative_to(Path(a).resolve()) for a in config.args)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a rule file, or a file of properties, below a folder that is named."""
    loaded = parent.config.stash.get(LOADED, {})
    folder = next((f for f in loaded.values() if file_path.resolve().is_relative_to(f.path)), None)
    if folder is None:
        return None
    from safety_rules.testing.items import PropertyFile, RuleFile

    if file_path.suffix in (".yaml", ".yml"):
        return RuleFile.of(folder, parent, file_path)
    if any(fnmatch(file_path.name, form) for form in PROPERTIES):
        return PropertyFile.of(folder, parent, file_path)
    return None
