"""The built-in rules: their cases hold, leave nothing untried, notice every change; their index is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.services.cases import run_cases
from safety_rules.services.coverage import untried
from safety_rules.services.mutant_fate import survives
from safety_rules.services.mutants import mutants
from safety_rules.services.rule_index import index_page

ROOT = Path(__file__).parents[1]
BOOK = sr.load().rulebook
OVERLAYS = sorted((ROOT / "examples" / "overlays").glob("*.yaml"))


def test_every_case_holds() -> None:
    results = list(run_cases(BOOK))
    assert len(results) > 1500
    assert [(r.at.place, r.case, r.failures) for r in results if not r.passed] == []


def test_every_clause_is_tried() -> None:
    assert [one.text() for one in untried(BOOK)] == []


@pytest.mark.parametrize("area", list(BOOK.areas))
def test_every_change_of_a_rule_is_noticed(area: str) -> None:
    made = list(mutants(BOOK, area))
    assert made
    assert [m.text() for m in made if survives(m)] == []


def test_every_change_of_a_figure_is_noticed() -> None:
    made = [m for m in mutants(BOOK, "") if not m.area]
    assert made
    assert [m.text() for m in made if survives(m)] == []


def test_the_index_is_fresh() -> None:
    assert index_page(BOOK) == (ROOT / "rules" / "README.md").read_text(encoding="utf-8")


def test_the_lock_is_that_of_the_rules() -> None:
    done = CliRunner().invoke(cli, ["lock", str(ROOT / "rules"), "--check"])
    assert done.exit_code == 0, f"{done.output}\nsafety-rules lock rules --accept WHY"


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda p: p.stem)
def test_example_overlays_load_and_say_what_they_change(overlay: Path) -> None:
    book = sr.load(overlay=overlay).rulebook
    assert book.changes
    assert book.overlay_digest


def test_the_other_reading_of_456_changes_who_is_admitted() -> None:
    project = {
        "site": "land",
        "land_area": 20,
        "fixed_asset_investment": 9000,
        "annual_sales": 12000,
        "annual_tax": 900,
    }
    rules = [
        sr.load(overlay=o).area("admission").on("2020-10-01")
        for o in ((), ROOT / "examples/overlays/456-另一口径.yaml")
    ]
    violated = [area.decide({"project": project}).violated() for area in rules]
    assert violated == [("land_investment_per_mu",), ("land_tax_per_mu",)]


def test_a_confirmed_figure_counts_as_the_districts_own() -> None:
    overlay = ROOT / "examples/overlays/本区确认示例.yaml"
    project = {"site": "land", "land_area": 20, "fixed_asset_investment": 9000}
    before = sr.load().area("admission").on("2020-10-01", "local").decide({"project": project})
    after = sr.load(overlay=overlay).area("admission").on("2020-10-01").decide({"project": project})
    assert "land_investment_per_mu" not in before.violated()
    assert "limit.land_investment_per_mu" in {r.name for r in before.needs.can_change}
    citation = after.finding("land_investment_per_mu").parameters["limit.land_investment_per_mu"]
    assert citation.standing.name == "local"


def test_no_verdict_is_given_by_no_rules() -> None:
    with pytest.raises(sr.NotFoundError):
        sr.load().area("admission").on("2019-12-31")


def test_every_source_that_is_cited_has_a_title_and_every_quotation_a_standing_that_was_read() -> None:
    for area in BOOK.areas.values():
        for holder in (*area.rules, *area.derivations, *area.obligations):
            for citation in holder.authority:
                assert BOOK.sources[citation.source].title.zh
                if citation.quotation:
                    assert citation.standing.name in ("statute", "local", "secondary")


def test_a_folder_without_overlays_is_no_overlay(tmp_path: Path) -> None:
    with pytest.raises(sr.NotFoundError, match="no overlay"):
        sr.load(overlay=tmp_path)


@pytest.mark.parametrize("folder", ["rules", "examples"])
def test_lines_of_rule_files_are_under_120_characters(folder: str) -> None:
    files = [p for p in (ROOT / folder).rglob("*.yaml") if "hidden_danger" not in p.parts]
    rows = [(p.name, i, row) for p in files for i, row in enumerate(p.read_text("utf-8").splitlines(), 1)]
    assert [(name, i) for name, i, row in rows if len(row) >= 120] == []
