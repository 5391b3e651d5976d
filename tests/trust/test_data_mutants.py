"""What rules read by is changed one thing at a time: rows of tables are held by a second transcription, spellings by cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

import safety_rules as sr
from major_hazard import test_tables as second
from safety_rules.cli.main import cli
from safety_rules.language.rulebook import Rulebook
from safety_rules.services.data_mutants import CasesByText, DataMutant, data_mutants
from trust.test_planted_faults import copied

BOOK = sr.load().rulebook
SEED, SAMPLE = 20261130, 60
YEARS = ("2009", "2018")
UNHELD = {
    "danger_matter": (253, "their words are the criteria's own, which the quotations hold; cases name them by key")
}
"""How many Chinese spellings of a list neither a case nor the second reading holds, and why; the numbers only shrink.

English labels are left out: ledgers of a zone do not write them.
"""
CHECKS: tuple[Callable[[], None], ...] = (
    partial(second.test_named_substances_are_those_of_table_1, "2009", 78),
    partial(second.test_named_substances_are_those_of_table_1, "2018", 85),
    second.test_aliases_and_cas_numbers_of_2018_lead_to_their_rows,
    second.test_rows_beside_table_1_are_only_what_its_qualifiers_leave_out,
    second.test_rows_that_share_a_spelling_differ_in_their_qualifier,
    partial(second.test_categories_are_those_of_table_2, "2009", 18),
    partial(second.test_categories_are_those_of_table_2, "2018", 24),
    second.test_betas_of_categories_are_those_of_table_4,
    second.test_class_betas_of_categories_of_2009_are_those_of_order_40,
    *(partial(second.test_common_names_lead_to_the_rows_that_bear_them, *common) for common in second.COMMON),
    second.test_only_order_40_gives_betas_by_class_and_only_to_named_substances,
    second.test_class_betas_of_2009_are_those_of_order_40,
    second.test_rows_of_2009_have_the_numbers_and_names_of_their_rows_of_2018,
    *(partial(second.test_gases_are_those_of_table_3, year) for year in YEARS),
    *(partial(second.test_bounds_by_name_follow_from_rows_of_one_name, year) for year in YEARS),
    *(partial(second.test_a_substance_is_called_as_its_first_row, year) for year in YEARS),
)


@cache
def changes() -> tuple[DataMutant, ...]:
    return tuple(data_mutants(BOOK))


def differs(book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether a rulebook's tables differ from their second transcription."""
    monkeypatch.setattr(second, "BOOK", book)
    for check in CHECKS:
        try:
            check()
        except (AssertionError, KeyError):
            return True
    return False


def test_a_second_transcription_notices_changed_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [m for m in changes() if m.of in BOOK.tables]
    assert not differs(BOOK, monkeypatch)
    drawn = Random(SEED).sample(made, SAMPLE)
    assert [m.text() for m in drawn if not differs(m.rulebook, monkeypatch)] == []


@cache
def read_again() -> dict[tuple[str, str], str]:
    """Return where each word of the second reading leads, by its list."""
    found: dict[tuple[str, str], str] = {}
    for line in (Path(__file__).with_name("spellings.txt")).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            key, _, words = line.partition(": ")
            listed, _, option = key.partition(" ")
            found |= {(listed, word): option for word in words.split()}
    return found


def test_words_of_data_lead_where_a_second_reading_leads_them() -> None:
    choices = BOOK.vocabulary.choices
    led = {(listed, word): choices[listed].find(word) for listed, word in read_again()}
    assert read_again() == {key: option.key if option is not None else None for key, option in led.items()}


def test_what_holds_no_spelling_is_listed_and_only_shrinks() -> None:
    cases, counted = CasesByText(BOOK), dict[str, int]()
    for mutant in changes():
        (spelling,) = mutant.written[:1]
        chinese = not spelling.isascii() and mutant.of in BOOK.vocabulary.choices
        if chinese and (mutant.of, spelling) not in read_again() and not cases.write(mutant.written):
            counted[mutant.of] = counted.get(mutant.of, 0) + 1
    assert counted == {listed: count for listed, (count, _) in UNHELD.items()}


def test_labels_of_hazard_categories_begin_with_their_symbols() -> None:
    for option in BOOK.vocabulary.choices["hazard_category"].options:
        symbol = f"2009-{int(option.key[1:])}" if option.key.startswith("G") else option.key
        assert option.name.zh.startswith(symbol)


def test_a_case_that_writes_a_spelling_notices_where_it_leads() -> None:
    cases = CasesByText(BOOK)
    made = [m for m in changes() if m.of == "catalogue_class" and cases.write(m.written)]
    assert [m.text() for m in made if not cases.notice(m)] == []
    assert len(made) > 3


def test_the_command_names_the_words_and_rows_that_no_case_writes(tmp_path: Path) -> None:
    pack = copied(tmp_path / "pack")
    done = CliRunner().invoke(cli, ["test", str(pack), "--mutate-data"])
    assert done.exit_code != 0
    assert "no case notices: `低`" in done.output, done.output
