"""The code of the README and of the pages beside it runs, the rule is one of ours and the verbs exist."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.main import VERBS, cli

ROOT = Path(__file__).parents[1]
NAMES = (
    "README.md",
    "README.zh.md",
    "docs/python.md",
    "docs/decision-log.md",
    "docs/verdict.md",
    "docs/tables.md",
    "docs/command-line.md",
    "docs/service.md",
    "docs/tutorials/developer.md",
    "docs/tutorials/officer.md",
    "docs/tutorials/author.md",
    "docs/tutorials/ci.md",
    "docs/editors.md",
    "docs/assistants.md",
    "docs/writing-rules.md",
)
TWINS = {
    page: page.with_suffix(".zh.md")
    for page in [*ROOT.glob("docs/*.md"), *ROOT.glob("docs/tutorials/*.md")]
    if page.suffixes == [".md"]
}
CHINESE = [page.relative_to(ROOT).as_posix() for page in TWINS.values()]
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in (*NAMES, *CHINESE)}
MADE = {"functions.md", "api.md", "facts/index.md", "figures/index.md"}  # pages of the site that are made, and no files
LINKS = [
    (page.relative_to(ROOT).as_posix(), link)
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/tutorials/*.md")]
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    if link not in MADE
]


def blocks(language: str, page: str = "README.md") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGES[page], re.DOTALL)


TYPED = "docs/tutorials/developer.md"  # run as a whole beside the tests of `new`
CODE = [(page, i, code) for page in NAMES if page != TYPED for i, code in enumerate(blocks("python", page))]
VERB_LINES = sorted({x for page in PAGES.values() for x in page.splitlines() if x.startswith("safety-rules ")})


def snippets(page: Path) -> list[tuple[str, list[str]]]:
    """Return the snippets of a page by their language, without what is said beside them."""
    found = re.findall(r"^ *```(\w*)\n(.*?)```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    aside = re.compile(r"(?<=\S) {2,}.*|  ?# .*")
    return [(kind, [aside.sub("", line).strip() for line in code.splitlines()]) for kind, code in found]


def ran(code: str) -> str:
    """Return what a program prints, run as a user of the checkout would."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", [c for _, _, c in CODE], ids=[f"{p}-{i}" for p, i, _ in CODE])
def test_the_python_code_runs(code: str) -> None:
    printed = ran(code)
    if "assert" not in code:
        assert printed


@pytest.mark.parametrize("page", TWINS, ids=[p.stem for p in TWINS])
def test_a_page_is_there_in_both_languages_with_the_same_snippets(page: Path) -> None:
    twin = TWINS[page]
    assert page.read_text("utf-8").splitlines()[2] == f"[中文]({twin.name})"
    assert twin.read_text("utf-8").splitlines()[2] == f"[English]({page.name})"
    assert snippets(page) == snippets(twin)


def test_the_tutorial_for_authors_holds_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written (`# park/…`, added to: `# + park/…`), those that are shown are ours, and commands find no fault."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    for kind, code in re.findall(r"^```(\w*)\n(.*?)```", PAGES["docs/tutorials/author.md"], re.DOTALL | re.MULTILINE):
        first, _, text = code.partition("\n")
        file = tmp_path / first.lstrip("# +")
        if kind == "yaml" and first.startswith("# examples/"):
            assert text in file.read_text("utf-8"), first
        elif kind == "yaml":
            with file.open("a" if "+" in first else "x", encoding="utf-8") as out:
                out.write(text)
        else:
            for line in code.splitlines():
                program, *words = shlex.split(line)
                if program == "cp":
                    shutil.copytree(words[-2], words[-1])
                    continue
                done = CliRunner().invoke(cli, words)
                assert (program, done.exit_code) == ("safety-rules", 0), line + done.output


def test_the_first_code_says_what_is_missing() -> None:
    assert "尚差固定资产投资 0.01 万元" in ran(blocks("python")[0])


def test_the_rule_is_one_of_ours() -> None:
    shown = next(b for b in blocks("yaml", "docs/writing-rules.md") if b.startswith("rule: "))
    written = shown.strip().splitlines()
    ours = (ROOT / "rules/admission/standards/land_investment_per_mu.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in written if line not in ours] == []


@pytest.mark.parametrize("line", VERB_LINES)
def test_every_verb_exists(line: str) -> None:
    assert line.split()[1] in VERBS


def test_every_exit_code_is_in_the_table() -> None:
    rows = {int(n) for n in re.findall(r"^\| (\d+) \|", PAGES["docs/command-line.md"], re.MULTILINE)}
    assert rows == {int(code) for code in ExitCode}


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{p}-{i}" for i, (p, _) in enumerate(LINKS)])
def test_a_link_leads_to_a_file(page: str, link: str) -> None:
    assert ((ROOT / page).parent / link).exists()


def test_what_the_readme_shows_is_what_comes_out() -> None:
    command = re.findall(r"`safety-rules (explain [^`]*)`", PAGES["README.md"])[0].split()
    done = subprocess.run(
        [sys.executable, "-m", "safety_rules.cli.main", *command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    for page in ("README.md", "README.zh.md"):
        assert done.stdout.startswith(blocks("text", page)[0]), done.stderr


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_a_readme_fits_under_150_lines(page: str) -> None:
    assert len(PAGES[page].splitlines()) < 150


@pytest.mark.parametrize("program", ["import_in_another_system.py", "screen_projects.py", "check_in_ci.py"])
def test_the_example_programs_run(program: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / program)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
