"""The JSON Schemas of rule files: fresh, named in every file, and never stricter than the loader."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator

from diagnostics.reading import BASE, bad_files, diagnosed
from safety_rules.cli.main import cli
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.loading.schemas import MODELINE, kind_of_text, schema_texts, schemas
from trust.yaml_reading import as_an_editor_reads

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
FILES = sorted(RULES.rglob("*.yaml"))
OVERLAYS = sorted((ROOT / "examples" / "overlays").glob("*.yaml"))
VALIDATORS = {kind: Draft7Validator(schema) for kind, schema in schemas().items()}
GOOD = Path(__file__).parent / "one_of_each"


def validator(text: str) -> Draft7Validator:
    kind = kind_of_text(text)
    assert kind is not None
    return VALIDATORS[kind]


def test_each_schema_is_itself_valid() -> None:
    assert len(VALIDATORS) >= 13
    for each in VALIDATORS.values():
        Draft7Validator.check_schema(each.schema)


def test_the_schemas_beside_the_rules_are_those_generated() -> None:
    written = {p.name: p.read_text("utf-8") for p in (RULES / "schemas").iterdir()}
    assert schema_texts() == written


@pytest.mark.parametrize("folder", [RULES, BASE], ids=["built-in", "conformance"])
def test_every_rule_file_fits_its_schema(folder: Path) -> None:
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_text("utf-8")
        assert [e.message for e in validator(text).iter_errors(as_an_editor_reads(text))] == [], path


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda p: p.stem)
def test_every_overlay_fits_its_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [e.message for e in validator(text).iter_errors(as_an_editor_reads(text))] == []


def test_every_rule_file_names_the_schema_that_it_fits() -> None:
    for path in FILES:
        text = path.read_text("utf-8")
        first = text.partition("\n")[0]
        assert first.startswith(MODELINE), f"{path}: run `safety-rules schemas --refer rules`"
        named = (path.parent / first.removeprefix(MODELINE)).resolve()
        assert named == RULES / "schemas" / f"{kind_of_text(text)}.schema.json"
        assert named.is_file()


def test_a_schema_refuses_many_of_the_bad_files_and_none_that_loads() -> None:
    refused = set()
    for code, path in bad_files().items():
        if path.is_dir():
            continue
        try:
            text = path.read_text("utf-8")
            data = as_an_editor_reads(text)
        except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
            continue
        kind = kind_of_text(text)
        if kind is not None and not VALIDATORS[kind].is_valid(data):
            refused.add(code)
            assert diagnosed(path)[0] is None
    assert {"unknown-key", "missing-key", "flag", "standing", "unknown-kind", "format"} <= refused


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside a document."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(data: Any, rng: random.Random) -> Any:
    """Return a copy of a document with one thing removed, renamed, added or replaced."""
    made = copy.deepcopy(data)
    *outer, last = rng.choice(list(places(made)))
    holder = made
    for key in outer:
        holder = holder[key]
    match rng.randrange(4):
        case 0:
            del holder[last]
        case 1 if isinstance(holder, dict):
            holder[f"{last}x"] = holder.pop(last)
        case 2 if isinstance(holder, dict):
            holder[rng.choice(["note", "extra", "from", "standing"])] = rng.choice(["·", None, []])
        case _:
            holder[last] = rng.choice([None, "", [], {}, ["a"], {"a": "b"}, True, 3, "2020-13-01", "statue", "Key!"])
    return made


def test_what_a_schema_refuses_the_loader_refuses() -> None:
    files = {f.path: f for f in folder_files(GOOD)}
    overlay = files.pop("overlay.yaml")
    assert rulebook(list(files.values()), [overlay])[0] is not None
    refused = dict.fromkeys((kind_of_text(f.data.decode()) for f in files.values() if f.path.endswith(".yaml")), 0)
    refused["overlay"] = 0
    for path, file in [*files.items(), (overlay.path, overlay)]:
        if not path.endswith(".yaml"):
            continue
        text = file.data.decode()
        rng = random.Random(path)
        for _ in range(25):
            data = changed(as_an_editor_reads(text), rng)
            written = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
            if kind_of_text(written) != kind_of_text(text) or validator(text).is_valid(data):
                continue
            refused[kind_of_text(text)] += 1
            made = RuleFileText(path, written.encode())
            over = [made if path == overlay.path else overlay]
            book, _ = rulebook([made if p == path else f for p, f in files.items()], over)
            assert book is None, f"{path}: the schema refuses what the loader takes:\n{written}"
    assert min(refused.values()) >= 3, refused


def test_a_folder_without_rule_files_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["schemas", str(tmp_path / "nowhere"), "--refer"])
    assert ran.exit_code == 2
    assert "there are no rule files in" in ran.output
    assert list(tmp_path.iterdir()) == []


def test_a_rule_file_in_another_encoding_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("rule: a  # 注释\n".encode("gb18030"))
    ran = CliRunner().invoke(cli, ["schemas", str(tmp_path), "--refer"])
    assert ran.exit_code == 2
    assert "a.yaml` is not UTF-8" in ran.output
    assert [p.name for p in tmp_path.iterdir()] == ["a.yaml"]


def test_the_verb_writes_the_schemas_and_a_reference_in_each_file(tmp_path: Path) -> None:
    (tmp_path / "area").mkdir()
    rule = tmp_path / "area" / "a.yaml"
    rule.write_text("# 注释\nrule: a\n", "utf-8")
    run = CliRunner().invoke
    assert run(cli, ["schemas", str(tmp_path), "--refer", "--check"]).exit_code == 3
    assert run(cli, ["schemas", str(tmp_path), "--refer"]).exit_code == 0
    assert f"{MODELINE}../schemas/rule.schema.json\n# 注释\nrule: a\n" == rule.read_text("utf-8")
    assert run(cli, ["schemas", str(tmp_path), "--refer", "--check"]).exit_code == 0
    assert json.loads((tmp_path / "schemas" / "rule.schema.json").read_text("utf-8")) == schemas()["rule"]
