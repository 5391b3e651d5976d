"""A ledger that is killed while it is written loses nothing that was acknowledged."""

from __future__ import annotations

from pathlib import Path
from random import Random

from safety_rules.services.rectification.recording import dangers
from trust.ledger_kills import TABLE, TODAY, campaign, losses, workbooks, works


def test_kills_lose_nothing_that_was_acknowledged() -> None:
    done = campaign(kills=30, seed=20201005)
    assert set(done) == {"record", "import", "correct", "export"}


def test_the_check_notices_what_is_lost(tmp_path: Path) -> None:
    books, store = workbooks(tmp_path), tmp_path / "home" / "台账.db"
    store.parent.mkdir()
    said = [line.split(" ") for line, _ in zip(works(store, books, Random(1), "手"), range(12), strict=False)]
    assert list(losses(store, said)) == []
    assert dangers(store, TABLE, TODAY)
    never = [["record", "YH-0-0", "无"], ["correct", "YH-0-0", "无"], ["import", "YH-99-0"], ["export", "无"]]
    assert len(list(losses(store, [*said, *never]))) == 4
    for output in store.parent.glob("*.xlsx"):
        output.write_bytes(output.read_bytes()[:200])
    assert any("not whole" in loss for loss in losses(store, said))
