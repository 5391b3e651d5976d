"""Cases proposed for what is untried: each tries it, and none passes before its author has filled it in."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from safety_rules.cli.main import cli
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import loaded
from safety_rules.services.cases import run_cases
from safety_rules.services.coverage import untried

RULES = Path(__file__).parents[2] / "examples" / "rulepack" / "src" / "example_district_rules" / "rules"
CAME = re.compile(r"came to (\w+)")


def stripped(folder: Path) -> None:
    """Copy the example rules without any case."""
    for file in folder_files(RULES):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.data.decode().split("\ncases:")[0].rstrip() + "\n", "utf-8")
    (folder / "warehouse" / "cases.yaml").unlink()


def test_what_is_proposed_tries_all_that_was_untried_once_it_is_filled_in(tmp_path: Path) -> None:
    stripped(tmp_path)
    done = CliRunner().invoke(cli, ["test", str(tmp_path), "--propose"])
    assert done.exit_code == 4
    blocks = done.output.split("\n# ")[1:]
    assert len(blocks) == len(list(untried(loaded(folder_files(tmp_path)))))
    for block in blocks:
        file, _, rest = block.partition(".yaml: ")
        path = Path(f"{file}.yaml")
        text = path.read_text("utf-8")
        body = rest.partition("\n")[2].rstrip("\n")
        path.write_text(text + ("" if "\ncases:" in text else "cases:\n") + body + "\n", "utf-8")
    files = folder_files(tmp_path)
    blank = list(run_cases(loaded(files)))
    assert len(blank) == len(blocks)
    assert not any(r.passed for r in blank)
    filled = []
    for file in files:
        text = file.data.decode()
        came = [CAME.search(r.failures[0]) for r in blank if r.at.source.name == file.path]
        for match in came:
            assert match is not None
            text = re.sub(r"expect: 待填写 .*", f"expect: {match[1]}", text, count=1)
        filled.append(RuleFileText(file.path, text.encode()))
    book = loaded(filled)
    assert [r.failures for r in run_cases(book) if not r.passed] == []
    assert list(untried(book)) == []


def test_where_nothing_is_untried_nothing_is_proposed() -> None:
    done = CliRunner().invoke(cli, ["test", str(RULES), "--propose"])
    assert (done.exit_code, done.output.strip().endswith("0 cases proposed")) == (0, True)
