"""`safety-rules schemas`: the JSON Schemas of rule files, for completion in an editor and for CI."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.language import answered
from safety_rules.cli.options import PATH, Verb


@click.command("schemas", cls=Verb)
@click.argument("folder", type=PATH)
@click.option("--refer", is_flag=True, help="FOLDER holds rules: write FOLDER/schemas and name it in each file.")
@click.option("--check", is_flag=True, help="Write nothing; fail when a schema, or a reference, is not fresh.")
def command(folder: Path, refer: bool, check: bool) -> None:
    """Write the JSON Schema of every kind of rule file into FOLDER."""
    from safety_rules.loading.schemas import FOLDER, referring, schema_texts
    from safety_rules.words.catalog import sentence

    target = folder / FOLDER if refer else folder
    wanted = {target / name: text for name, text in schema_texts().items()}
    if refer:
        rules = sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
        if not rules:
            raise click.UsageError(f"there are no rule files in `{folder}`")
        for path in rules:
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                raise click.UsageError(f"`{path}` is not UTF-8") from None
            wanted[path] = referring(path.relative_to(folder).as_posix(), text)
    stale = [p for p, text in wanted.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
    if check and stale:
        for path in stale:
            click.echo(sentence("lock.stale_schema", answered(), path=path), err=True)
        sys.exit(ExitCode.RULES)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    counts = {"files": len(wanted), "written": len(stale), "fresh": len(wanted) - len(stale)}
    click.echo(sentence("lock.schemas", answered(), **counts))
