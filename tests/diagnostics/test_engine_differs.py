"""A wrong engine, planted, is found by the cases of a rule, at the clause; the engines that there are, are not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from diagnostics.reading import BASE, HERE, PAGES, with_files
from safety_rules.cli.test import command
from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.expr import FactRef
from safety_rules.language.record import Record
from safety_rules.loading.files import RuleFileText
from safety_rules.semantics.decide import AreaOn
from safety_rules.services.agreement import differences
from safety_rules.services.cases import run_cases
from safety_rules.services.readers import COMPILED, Found, Reader, exactly, readers
from safety_rules.words.diagnostic import Diagnostic

BAD = HERE / "bad-engine-differs.yaml"


def found(*engines: Reader) -> list[Diagnostic]:
    book, wrong = with_files([RuleFileText("area/bad.yaml", BAD.read_bytes())])
    assert book is not None, wrong
    results = list(run_cases(book))
    assert all(r.passed for r in results)
    return list(differences(results, engines))


def reads_clean_wrongly(law: AreaOn, records: Sequence[Record]) -> Sequence[Found | None]:
    """Take a project that is not clean for one that is."""
    return exactly(law, [Record({**r.values, "project.clean": True}) for r in records])


def raises_on(fact: str) -> Callable[[AreaOn, Sequence[Record]], Sequence[Found | None]]:
    def masks(law: AreaOn, records: Sequence[Record]) -> Sequence[Found | None]:
        clauses = [c for r in law.rules for c in (*r.applies_when, *r.requires)]
        if any(c.that == FactRef(fact, c.that.kind) for c in clauses if isinstance(c.that, FactRef)):
            raise RecursionError("maximum recursion depth exceeded")
        return exactly(law, records)

    return masks


def test_a_planted_wrong_engine_is_found_at_the_clause_as_it_is_written_beside_it(accept: bool) -> None:
    expected = HERE / "bad-engine-differs.txt"
    came = "\n\n".join(d.text() for d in found(Reader("planted", reads_clean_wrongly))) + "\n"
    if accept:
        expected.write_text(came, "utf-8")
    assert expected.read_text("utf-8") == came
    assert "area/bad.yaml:8:" in came


def test_the_page_shows_what_the_planted_engine_gives() -> None:
    first = (HERE / "bad-engine-differs.txt").read_text("utf-8").split("\n\n")[0].rstrip("\n")
    assert f"```text\n{first}\n```" in (PAGES / "engine-differs.md").read_text("utf-8")


@pytest.mark.parametrize(("fact", "line"), [("project.ready", 6), ("project.clean", 8)])
def test_an_exception_of_an_engine_is_told_at_the_clause(fact: str, line: int) -> None:
    [told] = found(Reader("planted", raises_on(fact)))
    assert told.code == "engine-differs"
    assert f"area/bad.yaml:{line}:" in told.text()
    assert "`planted` cannot work it out: maximum recursion depth exceeded" in told.message


def test_what_decides_records_agrees_and_has_answered() -> None:
    answered = Counter[str]()
    book, _ = with_files([RuleFileText("area/bad.yaml", BAD.read_bytes())])
    assert book is not None
    results = [r for r in run_cases(book) if r.of == "bad"]
    assert list(differences(results, readers("all"), answered)) == []
    assert (answered["exact"], answered["fast"], answered["duckdb, full"]) == (3, 2, 3)
    assert "duckdb, short" in answered  # which leaves rows to the full query where a derived fact is open


def test_the_command_tells_a_difference_and_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for file in BASE.rglob("*.*"):
        target = tmp_path / file.relative_to(BASE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    (tmp_path / "area" / "bad.yaml").write_bytes(BAD.read_bytes())
    well = CliRunner().invoke(command, [str(tmp_path)])
    assert "none differs" in well.output

    def broken(law: AreaOn) -> Any:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr("safety_rules.services.readers.compiled", broken)
    came = CliRunner().invoke(command, [str(tmp_path)])
    assert came.exit_code == 4
    assert re.search(r"area/bad\.yaml:\d+:\d+: error\[engine-differs\]", came.output)
    assert "Traceback" not in came.output


def test_a_missing_extra_is_told_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safety_rules.services.readers.find_spec", lambda name: None)
    for engine in ("all", "duckdb"):
        with pytest.raises(SafetyRulesError, match=r"install `safety-rules\[tables\]`"):
            readers(engine)
    assert readers("compiled") == COMPILED
