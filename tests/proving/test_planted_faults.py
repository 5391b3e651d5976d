"""Each planted fault is found by the question that is made for it, and shown by a record where one can show it."""

from __future__ import annotations

import pytest

from proving.pack import FILES, book
from safety_rules.language.errors import RuleFileError
from safety_rules.language.rulebook import Rulebook
from safety_rules.semantics.decide import area_on
from safety_rules.services.proving.answers import Answer, Proof
from safety_rules.services.proving.asking import verdict
from safety_rules.services.proving.prove import prove


def found(rulebook: Rulebook) -> dict[tuple[str, str], Proof]:
    return {(p.question.code, p.question.of): p for p in prove(rulebook) if not p.holds}


def test_the_pack_without_a_fault_is_proved() -> None:
    proofs = list(prove(book()))
    assert {p.answer for p in proofs} == {Answer.PROVED}
    assert len(proofs) > 15


def test_a_weakened_veto_is_found_by_the_invariant() -> None:
    wrong = found(book(no_reaction=("outcome: bad, veto: true", "outcome: fair")))
    proof = wrong["invariant", "reaction_is_bad"]
    assert proof.answer is Answer.REFUTED
    record = proof.shown[0].record
    assert record.values["plant.reacts"] is True
    law = area_on(book(no_reaction=("outcome: bad, veto: true", "outcome: fair")), "area", proof.shown[0].day)
    assert verdict(law, record)[0] < 2


def test_a_rule_shadowed_by_another_is_found() -> None:
    shadow = FILES["area/not_too_much.yaml"].replace("not_too_much", "not_far_too_much")
    wrong = found(book(not_far_too_much=shadow.replace("<= limit.mass", "<= 2 * limit.mass")))
    proof = wrong["can-decide", "not_far_too_much"]
    assert "whatever violates it violates `not_too_much` too" in proof.why.en


def test_an_overlap_at_10_is_found_as_an_arm_that_is_never_reached() -> None:
    overlap = ("'middle' if plant.mass < 50[t]", "'middle' if plant.mass < 10[t]")
    proof = found(book(band=overlap))["every-arm", "band"]
    assert proof.answer is Answer.REFUTED
    assert "arm 2" in proof.why.en


def test_two_bands_that_both_hold_at_10_are_refused_by_the_loader() -> None:
    bands = "{of: plant.mass, bands: [{at_most: 10, gives: low}, {at_least: 10, gives: high}]}"
    with pytest.raises(RuleFileError, match="band-overlap"):
        book(band=("\"'low' if plant.mass < 10[t] else 'middle' if plant.mass < 50[t] else 'high'\"", bands))


def test_a_hole_in_2022_is_found() -> None:
    earlier = FILES["area/band.yaml"].replace("{from: 2020-01-01}", "{from: 2020-01-01, until: 2021-12-31}")
    later = FILES["area/band.yaml"].replace("band\nfact", "band_2023\nfact").replace("from: 2020", "from: 2023")
    proof = found(book(band=earlier, band_2023=later))["no-hole", "band"]
    assert proof.why.en == "nothing derives `plant.band` from 2022-01-01 .. 2022-12-31"


def test_a_gap_in_a_table_is_found_with_a_record() -> None:
    gap = ("'low' if plant.mass < 10[t] else", "'low' if plant.mass / (plant.mass - 7[t]) > 0 else")
    proof = found(book(band=gap))["value-when-known", "band"]
    assert proof.shown[0].record.values["plant.mass"] == 7


def test_two_rules_that_contradict_each_other_are_found() -> None:
    opposite = (
        FILES["area/not_too_much.yaml"].replace("not_too_much", "enough_mass").replace("<= limit.mass", "> limit.mass")
    )
    wrong = found(book(enough_mass=opposite))
    proof = wrong["no-contradiction", "enough_mass"]
    assert proof.answer is Answer.REFUTED
    assert "one of both is always violated" in proof.why.en
    assert ("best-is-reachable", "") in wrong


def test_a_rule_that_nothing_can_violate_is_found() -> None:
    assert ("can-be-violated", "not_too_much") in found(
        book(not_too_much=("plant.mass <= limit.mass", "plant.mass - plant.mass <= limit.mass"))
    )


def test_a_rule_that_nothing_can_satisfy_is_found() -> None:
    wrong = found(book(staffed=("plant.staff >= 3", "plant.staff >= 3 and plant.staff * 2 < 6")))
    assert ("can-be-satisfied", "staffed") in wrong


def test_a_number_that_wrongly_helps_is_found_with_two_records() -> None:
    wrong = found(book(not_too_much=("plant.mass <= limit.mass", '"plant.mass <= limit.mass or plant.mass > 90[t]"')))
    proof = wrong["invariant", "mass_never_helps"]
    less, more = (shown.record.values["plant.mass"] for shown in proof.shown)
    assert less < more
    assert less > 40


def test_an_exemption_that_exempts_nothing_is_found() -> None:
    idle = FILES["area/invariants.yaml"] + "exemptions:\n  - {question: can-decide, of: [staffed], zh: 无, en: none}\n"
    proof = found(book(invariants=idle))["can-decide", "staffed"]
    assert proof.answer is Answer.NEEDLESS


def test_an_exemption_with_a_reason_is_said_and_holds() -> None:
    gap = ("'low' if plant.mass < 10[t] else", "'low' if plant.mass / (plant.mass - 7[t]) > 0 else")
    where = "exemptions:\n  - {question: value-when-known, of: [band], where: 'plant.mass > 7[t]', zh: 无, en: none}\n"
    where += "  - {question: definite-when-known, where: 'plant.mass > 7[t]', zh: 无, en: none}\n"
    where += "  - {question: every-arm, of: [band], zh: 无, en: none}\n"
    wrong = found(book(band=gap, invariants=FILES["area/invariants.yaml"] + where))
    assert ("value-when-known", "band") not in wrong
    assert ("definite-when-known", "") not in wrong
