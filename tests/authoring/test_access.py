"""The example of access: its cases and its overlay's hold, its ledgers are those that are generated, and rows come out
as counted by hand.
"""

from __future__ import annotations

import csv
import importlib.util
import pickle
from pathlib import Path

import pytest

import safety_rules as sr
from conformance.suite import with_rules
from safety_rules.engines.smt.unsupported import UNSUPPORTED, NotLowered
from safety_rules.services.cases import run_cases
from safety_rules.services.proving.answers import Answer
from safety_rules.services.proving.asking import Limits
from safety_rules.services.proving.prove import prove_built_in

ACCESS = Path(__file__).parents[2] / "examples" / "access"
LEDGERS = ("来访登记.csv", "禁入记录.csv", "培训记录.csv")


@pytest.mark.parametrize("overlay", [(), (ACCESS / "overlays",)], ids=["rules", "overlay"])
def test_every_case_holds(overlay: tuple[Path, ...]) -> None:
    found = list(run_cases(sr.load(ACCESS / "rules", overlay=overlay).rulebook))
    assert len(found) > 70
    assert [r for r in found if r.failures] == []


def test_the_ledgers_are_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("generate_access", ACCESS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.setattr(made, "HERE", tmp_path)
    made.main()
    assert all((tmp_path / name).read_bytes() == (ACCESS / name).read_bytes() for name in LEDGERS)


def test_rows_come_out_as_the_ledgers_say() -> None:
    """Who is banned, or comes at night without being on duty, by reading the ledgers here; the engine is asked beside."""
    area = sr.load(ACCESS / "rules").area("access").on("2024-06-01")
    joined = area.with_ledger(*(ACCESS / name for name in LEDGERS[1:]))
    visits, bans, _ = (list(csv.DictReader((ACCESS / n).read_text("utf-8-sig").splitlines())) for n in LEDGERS)
    banned = {b["身份证号"] for b in bans if b["起始日期"] <= "2024-06-01" <= b["截止日期"]}
    known = {f.zh_key.rpartition(".")[2] for f in area.law.rulebook.vocabulary.of_subject("visit")}
    assert banned
    for visit in visits:
        data = {f"来访.{k.partition('(')[0]}": v for k, v in visit.items() if k.partition("(")[0] in known}
        violated = set(joined.decide(data).violated())
        assert ("nobody_who_is_banned" in violated) is (visit["身份证号"] in banned), visit
        time = visit["进入时刻"]
        late = bool(time) and (time >= "22:00" or time < "06:00") and visit["岗位"] != "应急人员"
        assert ("nights_are_for_those_on_duty" in violated) is late, visit


def test_what_is_not_put_into_a_formula_is_said_wherever_it_is_found() -> None:
    for reason in UNSUPPORTED:
        assert pickle.loads(pickle.dumps(NotLowered(reason))).reason == reason
    book = with_rules({"plate": {"requires": "matches(project.code, 'plate')", "outcome": "rejected"}})
    answers = {p.answer for p in prove_built_in(book, "base", Limits(1, 1.0)) if p.question.code == "best-is-reachable"}
    assert answers == {Answer.UNDECIDED}
