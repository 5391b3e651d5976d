"""`safety-rules format`: rule files with Chinese or English names, everything else byte for byte as it was."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.language import answered
from safety_rules.cli.options import PATH, Verb


@click.command("format", cls=Verb)
@click.argument("path", type=PATH)
@click.option("--names", default="zh", type=click.Choice(["zh", "en"]), help="zh (default) or en.")
@click.option("--check", is_flag=True, help="Write nothing; fail when a file would be written otherwise.")
@click.option("--rules", default=None, help="The rules that PATH is a part, or an overlay, of; built-in by default.")
def command(path: Path, names: str, check: bool, rules: str | None) -> None:
    """Write the names in conditions and cases of PATH (a rules folder, a part of one, or an overlay) in one language."""
    from safety_rules.language.errors import NotFoundError
    from safety_rules.loading.files import folder_files
    from safety_rules.loading.folders import overlay_files, resolve_folder
    from safety_rules.loading.schemas import kind_of_text
    from safety_rules.services.formatting import in_names
    from safety_rules.words.catalog import sentence

    asked = overlay_files([path])
    if not asked:
        raise NotFoundError(f"there are no rule files in `{path}`")
    is_overlay = any(kind_of_text(f.data.decode("utf-8", "replace")) == "overlay" for f in asked)
    folder = path if rules is None and path.is_dir() and not is_overlay else resolve_folder(rules)
    if not is_overlay and folder.resolve() not in (path.resolve(), *path.resolve().parents):
        raise click.UsageError(f"`{path}` is neither an overlay nor below `{folder}`; name its rules by `--rules`")
    new = in_names(folder_files(folder), asked if is_overlay else [], names, f"{folder.as_posix()}/")
    targets = {(p if is_overlay else (folder / p).as_posix()): data for p, data in new.items()}
    below = {Path(f.path).resolve() for f in asked}
    count = 0
    for target, data in sorted(targets.items()):
        if Path(target).resolve() not in below:
            continue
        count += 1
        if check:
            click.echo(sentence("lock.other_names", answered(), path=target, names=names), err=True)
        else:
            Path(target).write_bytes(data)
    key = "lock.to_format" if check else "lock.formatted"
    click.echo(sentence(key, answered(), files=len(asked), count=count, left=len(asked) - count))
    if check and count:
        sys.exit(ExitCode.RULES)
