"""Findings to descriptors: each clause by its table, each laboratory value about its limit."""

import json
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import spec_tables
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sledai import Assessment, Descriptor, InvalidInputError
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.findings import (
    Derivation,
    Evidence,
    Findings,
    LabResult,
    NotUsed,
    compare_editions,
    derive,
)
from sledai.findings.evaluation import asked_by
from sledai.findings.observations import OBSERVED
from sledai.quantities import UNITS, Quantity, converted

ANSWERS = {"present": True, "absent": False, "not_assessed": None}
FINDINGS = spec_tables.rows("findings.csv")
LABORATORY = spec_tables.rows("laboratory.csv")


def by_edition(rows: Iterable[dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    return [(edition, row) for row in rows for edition in spec_tables.editions_of(row, Edition)]


def ids(rows: list[tuple[str, dict[str, str]]], name: str) -> list[str]:
    return [f"{row['descriptor']} {edition}: {row[name]}" for edition, row in rows]


def typed(text: str) -> object:
    """What a cell of the table of findings holds: yes, no, a count or an amount."""
    if text in {"yes", "no"}:
        return text == "yes"
    return int(text) if text.isdigit() else text


class TestClauses:
    """Each clause of each compound definition has its rows in the table, by edition."""

    CASES = by_edition(FINDINGS)

    @pytest.mark.parametrize(("edition", "row"), CASES, ids=ids(CASES, "findings"))
    def test_table(self, edition: str, row: dict[str, str]) -> None:
        cells = dict(cell.split("=", 1) for cell in row["findings"].split(";") if cell)
        findings = Findings.model_validate({name: typed(cell) for name, cell in cells.items()})
        derivation = derive(findings, edition=edition)
        answer = ANSWERS[row["expected"]]
        assert getattr(derivation.assessment, row["descriptor"]) is answer, row["locator"]
        reason = derivation.reasons[Descriptor(row["descriptor"])]
        assert reason.answer is answer
        assert bool(reason.missing) is (answer is None)
        assert answer is None or reason.evidence

    def test_the_table_holds_every_descriptor_of_every_edition_in_each_state(self) -> None:
        rows = {(e, r["descriptor"], r["expected"]) for e, r in (*self.CASES, *TestLimits.CASES)}
        for edition in Edition:
            for descriptor in Descriptor:
                states = {s for s in ANSWERS if (edition, descriptor, s) in rows}
                if descriptor is not Descriptor.LOW_COMPLEMENT:  # below, in TestComplement
                    assert states == set(ANSWERS), (edition, descriptor)


class TestLimits:
    """Each laboratory value: on the limit, beside it, each unit, bounds, flags, what is missing."""

    CASES = by_edition(LABORATORY)

    @pytest.mark.parametrize(("edition", "row"), CASES, ids=ids(CASES, "case"))
    def test_table(self, edition: str, row: dict[str, str]) -> None:
        result = {name: row[name] for name in ("value", "lower", "upper", "flag") if row[name]}
        field = Findings.model_fields[row["finding"]]
        laboratory = "LabResult" in str(field.annotation)
        given = {row["finding"]: result if laboratory else result.get("value")} if result else {}
        if row["expected"] == "error":
            with pytest.raises(
                ValidationError, match=rf"{row['finding']}(\.\w+)?\n.*(found|cannot|is above)"
            ):
                Findings.model_validate(given)
            return
        derivation = derive(Findings.model_validate(given), edition=edition)
        answer = ANSWERS[row["expected"]]
        assert getattr(derivation.assessment, row["descriptor"]) is answer
        others = set(Descriptor) - {Descriptor(row["descriptor"])}
        assert derivation.assessment.not_assessed >= others

    def test_every_unit_of_every_analyte_is_in_the_tables(self) -> None:
        used = {(row["finding"], row["value"].split(" ")[-1]) for row in LABORATORY}
        used |= {(row["finding"], row[end].split(" ")[-1]) for row in LABORATORY for end in ENDS}
        casts = {"heme_granular_casts", "red_cell_casts"}
        used = {("urine_casts" if finding in casts else finding, unit) for finding, unit in used}
        elsewhere = {
            "previous_urine_protein_24h",
            "urine_protein_creatinine_ratio",
            "serum_creatinine",  # of the trial's criteria
            "iga",
            "duration",
            "glucocorticoid_dose",
            "hemoglobin",  # of indices
            "c4",  # as c3
        }
        for analyte in UNITS.keys() - elsewhere:
            assert {(analyte, unit) for unit in UNITS[analyte]} <= used


ENDS = ("lower", "upper")


class TestComplement:
    """Bombardier 1992, descriptor 20: CH50, C3 or C4 low; one is enough, and it counts once."""

    LOW = LabResult(flag="low")
    NORMAL = LabResult(flag="normal")

    @pytest.mark.parametrize("edition", Edition)
    @pytest.mark.parametrize(
        ("c3", "c4", "ch50", "expected"),
        [
            (LOW, NORMAL, None, True),
            (NORMAL, LOW, None, True),
            (NORMAL, NORMAL, LOW, True),
            (LOW, LOW, LOW, True),
            (LOW, None, None, True),
            (NORMAL, NORMAL, NORMAL, False),
            (NORMAL, NORMAL, None, False),
            (NORMAL, None, None, None),
            (None, NORMAL, NORMAL, None),
            (None, None, NORMAL, None),
            (None, None, None, None),
        ],
    )
    def test_low(
        self,
        edition: Edition,
        c3: LabResult | None,
        c4: LabResult | None,
        ch50: LabResult | None,
        expected: bool | None,
    ) -> None:
        derivation = derive(Findings(c3=c3, c4=c4, ch50=ch50), edition=edition)
        assert derivation.assessment.low_complement is expected

    @pytest.mark.parametrize(
        "ch50", [LabResult(value="<60 U/mL", lower="50 U/mL"), LabResult(value="10 U/mL")]
    )
    def test_a_measured_ch50_that_decides_nothing_leaves_it_open(self, ch50: LabResult) -> None:
        findings = Findings(c3=self.NORMAL, c4=self.NORMAL, ch50=ch50)
        for edition in Edition:
            assert derive(findings, edition=edition).assessment.low_complement is None

    def test_that_ch50_was_not_measured_is_said(self) -> None:
        reason = derive(Findings(c3=self.NORMAL, c4=self.NORMAL), edition=Edition.SELENA).reasons[
            Descriptor.LOW_COMPLEMENT
        ]
        assert reason.assumed == ("ch50",)
        assert str(reason).startswith(
            "absent: c3: flagged normal by the laboratory; c4: flagged normal by the laboratory; "
            "not given, so no evidence: ch50 ["
        )

    def test_that_the_flag_was_not_used_is_said(self) -> None:
        result = LabResult(value="0.4 g/L", lower="90 mg/dL", flag="normal")
        reason = derive(Findings(c3=result), edition="selena").reasons[Descriptor.LOW_COMPLEMENT]
        assert str(reason).startswith(
            "present: c3 0.4 g/L < 0.9 g/L (the flag normal is not used) ["
        )


class TestProteinAgainstRatio:
    """Where both exist the 24 h amount decides; a ratio alone needs a limit that is asked for."""

    def answer(self, derivation: Derivation) -> bool | None:
        return derivation.assessment.proteinuria

    def test_the_24_hour_amount_decides(self) -> None:
        findings = Findings(urine_protein_24h="0.4 g/d", urine_protein_creatinine_ratio="0.9 g/g")
        derivation = derive(findings, edition=Edition.SLEDAI_2K, ratio_limit="0.5 g/g")
        assert self.answer(derivation) is False
        assert "the ratio is not used beside it" in str(derivation.reasons[Descriptor.PROTEINURIA])

    def test_a_ratio_alone_is_not_used_unless_asked_for(self) -> None:
        findings = Findings(urine_protein_creatinine_ratio="0.9 g/g")
        derivation = derive(findings, edition=Edition.SLEDAI_2K)
        assert self.answer(derivation) is None
        assert derivation.reasons[Descriptor.PROTEINURIA].missing == (
            "urine_protein_24h (or ratio_limit, to use urine_protein_creatinine_ratio)",
        )

    @pytest.mark.parametrize(
        ("ratio", "limit", "expected"),
        [
            ("0.5 g/g", "0.5 g/g", False),
            ("0.51 g/g", "0.5 g/g", True),
            ("500 mg/g", "0.5 mg/mg", False),
            ("501 mg/g", "0.5 mg/mg", True),
            ("56.56 mg/mmol", "0.5 g/g", False),
            ("56.57 mg/mmol", "0.5 g/g", True),
            ("50 g/mol", "50 mg/mmol", False),
            ("0.45 g/g", "50 mg/mmol", True),
            ("0.44 g/g", "50 mg/mmol", False),
            ("<0.5 g/g", "0.5 g/g", False),
            ("<0.6 g/g", "0.5 g/g", None),
        ],
    )
    def test_a_ratio_with_its_limit(self, ratio: str, limit: str, expected: bool | None) -> None:
        findings = Findings(urine_protein_creatinine_ratio=ratio)
        derivation = derive(findings, edition=Edition.SLEDAI_2K, ratio_limit=limit)
        assert self.answer(derivation) is expected

    def test_a_ratio_that_is_not_new_is_no_selena_proteinuria(self) -> None:
        for new, expected in ((True, True), (False, None), (None, None)):
            findings = Findings(urine_protein_creatinine_ratio="2 g/g", proteinuria_new_onset=new)
            derivation = derive(findings, edition=Edition.SELENA, ratio_limit="0.5 g/g")
            assert self.answer(derivation) is expected

    @pytest.mark.parametrize("limit", ["0.5", "0.5 g/d", ">0.5 g/g", 0.5])
    def test_a_limit_that_is_none_is_refused(self, limit: Any) -> None:
        with pytest.raises(InvalidInputError, match=r"found .*accepted: "):
            derive(Findings(), edition=Edition.SELENA, ratio_limit=limit)


class TestOtherCauses:
    def test_past_the_limit_with_another_cause_is_absent_and_says_so(self) -> None:
        findings = Findings(
            urine_white_cells="12 /[HPF]", other_cause={"pyuria": "urinary infection"}
        )
        reason = derive(findings, edition=Edition.SELENA).reasons[Descriptor.PYURIA]
        assert reason.answer is False
        assert reason.other_cause == "urinary infection"
        assert str(reason) == (
            "absent: urine_white_cells 12 /[HPF] > 5 /[HPF]; due to another cause: urinary "
            "infection [SELENA-SLEDAI: Bombardier 1992 (PMID 1599520), definition of descriptor 14 "
            "[as reproduced in public forms]]"
        )

    def test_within_the_limit_the_limit_is_the_reason(self) -> None:
        findings = Findings(urine_white_cells="2 /[HPF]", other_cause={"pyuria": "infection"})
        reason = derive(findings, edition=Edition.SELENA).reasons[Descriptor.PYURIA]
        assert (reason.answer, reason.other_cause) == (False, "")

    def test_without_a_finding_it_is_not_assessed(self) -> None:
        derivation = derive(Findings(other_cause={"pyuria": "infection"}), edition=Edition.SELENA)
        assert derivation.assessment.pyuria is None

    @pytest.mark.parametrize(
        ("given", "cause", "expected"),
        [
            ({"rash_new_or_recurrent": True}, "rash", False),
            ({"altered_mental_function": True}, "organic_brain_syndrome", False),
            ({"previous_urine_protein_24h": "0.2 g/d"}, "proteinuria", None),
            ({"pericardial_rub": False}, "pericarditis", None),
            ({"temperature": "<39 Cel"}, "fever", None),
        ],
    )
    def test_it_takes_something_that_was_found(
        self, given: dict[str, object], cause: str, expected: bool | None
    ) -> None:
        findings = Findings.model_validate({**given, "other_cause": {cause: "drugs"}})
        for edition in Edition:
            assert getattr(derive(findings, edition=edition).assessment, cause) is expected

    def test_a_ratio_with_another_cause(self) -> None:
        findings = Findings(
            urine_protein_creatinine_ratio="3 g/g", other_cause={"proteinuria": "diabetes"}
        )
        derivation = derive(findings, edition=Edition.SLEDAI_2K, ratio_limit="0.5 g/g")
        assert derivation.assessment.proteinuria is False

    def test_what_is_open_is_absent_with_another_cause(self) -> None:
        findings = Findings(urine_protein_24h="3 g/d", other_cause={"proteinuria": "diabetes"})
        assert derive(findings, edition=Edition.SELENA).assessment.proteinuria is False

    def test_whether_the_excluded_causes_were_ruled_out_is_said(self) -> None:
        white = Findings(white_cells="2.1 10*9/L")
        reason = derive(white, edition=Edition.SELENA).reasons[Descriptor.LEUKOPENIA]
        assert not reason.exclusions_stated
        assert "; assumed not to be the cause: drugs [" in str(reason)
        white = Findings(white_cells="2.1 10*9/L", no_other_cause={"leukopenia"})
        reason = derive(white, edition=Edition.SELENA).reasons[Descriptor.LEUKOPENIA]
        assert reason.exclusions_stated
        assert "; ruled out: drugs [" in str(reason)

    def test_an_edition_that_names_no_cause_says_none(self) -> None:
        findings = Findings(platelets="20 K/uL")
        said = {
            e: str(derive(findings, edition=e).reasons[Descriptor.THROMBOCYTOPENIA])
            for e in Edition
        }
        assert "drugs" not in said[Edition.SELENA]
        assert "assumed not to be the cause: drugs" in said[Edition.SLEDAI_2K]


class TestWindow:
    """Bombardier 1992: at the visit or in the 10 days before it; Touma 2010: 30 days."""

    VISIT = date(2026, 3, 31)

    def platelets(self, observed: date, window_days: int = 10) -> Derivation:
        findings = Findings(
            platelets="20 K/uL", visit_date=self.VISIT, dates={"platelets": observed}
        )
        return derive(findings, edition=Edition.SELENA, window_days=window_days)

    @pytest.mark.parametrize(
        ("observed", "window", "used"),
        [
            (date(2026, 3, 31), 10, True),
            (date(2026, 3, 21), 10, True),
            (date(2026, 3, 20), 10, False),
            (date(2026, 3, 20), 30, True),
            (date(2026, 3, 1), 30, True),
            (date(2026, 2, 28), 30, False),
            (date(2026, 4, 1), 10, False),
            (date(2025, 3, 31), 30, False),
        ],
    )
    def test_days_before_the_visit(self, observed: date, window: int, used: bool) -> None:
        derivation = self.platelets(observed, window)
        assert derivation.assessment.thrombocytopenia is (True if used else None)
        assert bool(derivation.not_used) is not used

    def test_what_is_not_used_is_listed(self) -> None:
        assert self.platelets(date(2026, 2, 1)).not_used == (
            NotUsed("platelets", date(2026, 2, 1), 58),
        )
        assert str(self.platelets(date(2026, 4, 2)).not_used[0]) == (
            "platelets of 2026-04-02, 2 days after the visit"
        )
        assert str(self.platelets(date(2026, 3, 20)).not_used[0]) == (
            "platelets of 2026-03-20, 11 days before the visit"
        )

    def test_a_finding_without_a_date_is_of_the_visit(self) -> None:
        findings = Findings(rash=True, visit_date=self.VISIT)
        assert derive(findings, edition=Edition.SELENA).assessment.rash is True

    def test_the_earlier_protein_may_be_of_any_earlier_date(self) -> None:
        findings = Findings(
            urine_protein_24h="0.8 g/d",
            previous_urine_protein_24h="0.2 g/d",
            visit_date=self.VISIT,
            dates={"previous_urine_protein_24h": date(2025, 9, 1)},
        )
        derivation = derive(findings, edition=Edition.SELENA)
        assert derivation.assessment.proteinuria is True
        assert not derivation.not_used

    @pytest.mark.parametrize("window", [0, 11, 28, -10])
    def test_another_window_is_refused(self, window: int) -> None:
        with pytest.raises(InvalidInputError, match=r"window_days: found .*; accepted: 10, 30"):
            derive(Findings(), edition=Edition.SELENA, window_days=window)


class TestEditionsSideBySide:
    def test_scores_and_the_descriptors_that_differ(self) -> None:
        findings = Findings(
            rash=True,
            rash_new_or_recurrent=False,
            scleritis=True,
            retinal_changes=False,
            episcleritis=False,
            pericardial_rub=True,
            pericardial_pain=False,
            urine_protein_24h="2 g/d",
            previous_urine_protein_24h="2 g/d",
            proteinuria_new_onset=False,
            platelets="20 K/uL",
        )
        compared = compare_editions(findings)
        assert [d.value for d in compared.differing] == [
            "visual_disturbance",
            "proteinuria",
            "rash",
            "pericarditis",
        ]
        assert {e.name: compared.totals[e].low for e in Edition} == {
            "SLEDAI_1992": 1,
            "SELENA": 8 + 2 + 2 + 1,
            "HYBRID": 8 + 4 + 2 + 2 + 1,
            "SLEDAI_2K": 4 + 2 + 1,
        }
        high = {e.name: compared.totals[e].high for e in Edition}
        clinical = {e.name: compared.clinical[e].high for e in Edition}
        assert {name: high[name] - clinical[name] for name in high} == dict.fromkeys(high, 4)
        assert compared.derivations[Edition.SELENA].edition is Edition.SELENA

    def test_nothing_found_is_open_under_each(self) -> None:
        compared = compare_editions(Findings())
        assert compared.differing == ()
        assert {(b.low, b.high) for b in compared.totals.values()} == {(0, 105)}

    def test_window_and_ratio_are_passed_on(self) -> None:
        findings = Findings(
            urine_protein_creatinine_ratio="2 g/g",
            platelets="20 K/uL",
            visit_date=date(2026, 3, 31),
            dates={"platelets": date(2026, 3, 11)},
        )
        compared = compare_editions(findings, window_days=30, ratio_limit="0.5 g/g")
        assert compared.totals[Edition.SLEDAI_2K].low == 4 + 1


def test_a_date_that_is_text_is_read() -> None:
    """pydantic before 2.11.2 took what stands in a mapping as it is."""
    dated = {"platelets": "92 K/uL", "visit_date": "2026-03-11"}
    read = Findings.model_validate({**dated, "dates": {"platelets": "2026-02-27"}})
    assert read.dates == {"platelets": date(2026, 2, 27)}
    with pytest.raises(ValidationError, match="found 'soon'; accepted: a date"):
        Findings.model_validate({**dated, "dates": {"platelets": "soon"}})


class TestBadFindings:
    """Each error names the field, what was found and what is accepted."""

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"rash": "yes"}, "found 'yes'; accepted: true, false or null"),
            ({"rash": 1}, "found 1; accepted: true, false or null"),
            ({"inflamed_painful_joints": -1}, "found -1; accepted: a whole number of at least 0"),
            ({"inflamed_painful_joints": True}, "found True; accepted: a whole number"),
            ({"inflamed_painful_joints": 2.5}, "found 2.5; accepted: a whole number"),
            ({"platelets": 92}, "found 92; accepted: text of a number and a unit: /mm3, /uL"),
            ({"platelets": "many"}, "found 'many'; accepted: text of a number and a unit: "),
            ({"red_cell_casts": 2}, "found 2; accepted: text of a number and a unit: /[LPF]"),
            ({"c3": "1 U/mL"}, "unit of c3: found 'U/mL'; accepted: g/L, mg/dL, mg/L"),
            ({"c3": {"lower": "0.9 g/L"}}, "neither a value nor a flag"),
            (
                {"c3": {"flag": "A"}},
                "found 'A'; accepted: low, l, ll, normal, n, high, h, hh (any case) or null",
            ),
            ({"c3": {"flag": True}}, "found True; accepted: low, l, ll, normal, n, high"),
            ({"c3": {"flag": ""}}, "found ''; accepted: low, l, ll, normal, n, high"),
            (
                {"c3": {"value": "0.9", "lower": "0.7 g/L"}},
                "value: found '0.9'; accepted: text of a number and a unit: g/L, mg/dL, mg/L",
            ),
            (
                {"c3": {"value": "0.9 g/L", "lower": "0.7"}},
                "lower: found '0.7'; accepted: text of a number and a unit: g/L, mg/dL, mg/L",
            ),
            (
                {"c3": "0.9"},
                "found '0.9'; accepted: text of a number and a unit: g/L, mg/dL, mg/L",
            ),
            (
                {"white_cells": "2.9"},
                "found '2.9'; accepted: text of a number and a unit: /mm3, /uL, 10*9/L",
            ),
            ({"platelets": "1e5"}, "found '1e5'; accepted: text of a number and a unit: /mm3"),
            ({"platelets": {"value": 92}}, "found {'value': 92}; accepted: text of a number and a"),
            (
                {"platelets": {"value": 92, "unit": "K/uL", "low": 150}},
                "accepted: text of a number and a unit: /mm3",
            ),
            (
                {"platelets": {"value": True, "unit": "K/uL"}},
                "value: found True; accepted: a number of at least 0",
            ),
            ({"platelets": {"value": 92, "unit": "g/L"}}, "unit of platelets: found 'g/L'"),
            ({"c3": {"value": "1 g/L", "lower": "<1 g/L"}}, "lower: found '<1 g/L'; accepted: a"),
            ({"c3": {"value": "1 g/L", "upper": ">1 g/L"}}, "upper: found '>1 g/L'; accepted: a"),
            (
                {"c3": {"value": "1 g/L", "lower": "2 g/L", "upper": "1 g/L"}},
                "c3: the lower limit 2 g/L is above the upper one 1 g/L",
            ),
            (
                {"anti_dsdna": {"value": "31 %", "upper": "30 IU/mL"}},
                "anti_dsdna: value and limits in units that cannot be compared: %, IU/mL",
            ),
            (
                {"anti_dsdna": "31 %", "anti_dsdna_method": "ELISA"},
                "anti_dsdna in %, which only the Farr assay gives, but another method",
            ),
            ({"c3": 5}, "found 5; accepted: text of a number and a unit: g/L, mg/dL, mg/L"),
            (
                {"anti_dsdna": "31 %{binding}", "anti_dsdna_method": "ELISA"},
                "anti_dsdna in %, which only the Farr assay gives, but another method",
            ),
            ({"platelets": "<400 /uL"}, "found '<400 /uL', which no patient has"),
            ({"platelets": "<0 /uL"}, "found '<0 /uL', which no patient has"),
            ({"platelets": "1e1000000 K/uL"}, "accepted: text of a number and a unit: "),
            ({"anti_dsdna": "3000 %"}, "accepted: 0 or 0.01 to 100 %"),
            ({"urine_red_cells": "1e30 /[HPF]"}, "accepted: 0 or 0.01 to 10,000 /[HPF]"),
            (
                {"rash": False, "rash_new_or_recurrent": True},
                "rash_new_or_recurrent is true and rash false; the first is a case of the second",
            ),
            ({"rashes": True}, "rashes\n"),
            ({"other_cause": {"rashes": "x"}}, "not one of the 24 descriptors: 'rashes'"),
            ({"other_cause": {"rash": " "}}, "other_cause of rash: no cause given"),
            ({"other_cause": "rash"}, "other_cause"),
            ({"no_other_cause": ["rashes"]}, "not one of the 24 descriptors: 'rashes'"),
            ({"no_other_cause": 3}, "no_other_cause"),
            (
                {"no_other_cause": ["rash"], "other_cause": {"rash": "x"}},
                "both due to another cause and not: rash",
            ),
            ({"rash": True, "dates": {"rash": date(2026, 1, 1)}}, "dates without visit_date"),
            (
                {"visit_date": date(2026, 1, 1), "dates": {"rash": date(2026, 1, 1)}},
                "dates: rash is dated but not given",
            ),
            (
                {"visit_date": date(2026, 1, 1), "dates": {"visit": date(2026, 1, 1)}},
                "dates: found 'visit'; accepted: names of findings",
            ),
            (
                {
                    "visit_date": date(2026, 1, 1),
                    "urine_protein_24h": "1 g/d",
                    "previous_urine_protein_24h": "1 g/d",
                    "dates": {"previous_urine_protein_24h": date(2026, 1, 1)},
                },
                "previous_urine_protein_24h of 2026-01-01 is not earlier than urine_protein_24h of",
            ),
        ],
    )
    def test_refused(self, given: dict[str, object], said: str) -> None:
        with pytest.raises(ValidationError) as caught:
            Findings.model_validate(given)
        assert said in str(caught.value)
        assert str(caught.value).count("\n") < 8

    def test_quantities_and_results_are_taken_as_they_are(self) -> None:
        findings = Findings(
            platelets=Quantity(92, "K/uL"),
            c3=Quantity(1, "g/L"),
            c4=LabResult(flag="low"),
            red_cell_casts=Quantity(2, "/[LPF]"),
            heme_granular_casts=False,
        )
        assert findings.platelets == Quantity.parse("92 K/uL")
        assert findings.c3 == LabResult(value="1 g/L")

    def test_what_is_not_given_is_not_known(self) -> None:
        assert Findings().given == frozenset()
        assert Findings(rash=False).given == {"rash"}
        derivation = derive(Findings(), edition=Edition.SELENA)
        assert derivation.assessment.not_assessed == frozenset(Descriptor)
        assert all(reason.missing for reason in derivation.reasons.values())

    def test_json_there_and_back(self) -> None:
        findings = Findings(
            platelets="92 K/uL",
            anti_dsdna=LabResult(value=">200 [IU]/mL", upper="30 [IU]/mL"),
            red_cell_casts="2 /[LPF]",
            heme_granular_casts=True,
            other_cause={"pyuria": "infection"},
            no_other_cause={"leukopenia"},
            visit_date=date(2026, 3, 1),
            dates={"platelets": date(2026, 2, 27)},
        )
        text = findings.model_dump_json(exclude_none=True)
        assert json.loads(text)["platelets"] == "92 K/uL"
        assert json.loads(text)["anti_dsdna"] == {
            "value": ">200 [IU]/mL",
            "upper": "30 [IU]/mL",
        }
        assert Findings.model_validate_json(text) == findings


@pytest.mark.parametrize(
    ("edition", "name"), [("SLEDAI 2000", "SLEDAI 2000"), ("", "")], ids=["2000", "empty"]
)
def test_an_unknown_edition_is_refused(edition: str, name: str) -> None:
    with pytest.raises(InvalidInputError, match=f"edition: found '{name}'; accepted: SLEDAI_1992"):
        derive(Findings(), edition=edition)


class TestWords:
    def test_reasons(self) -> None:
        findings = Findings(
            inflamed_painful_joints=2,
            urine_protein_24h="0.8 g/d",
            previous_urine_protein_24h="300 mg/d",
            temperature="101 [degF]",
            no_other_cause={"fever"},
            severe_pericardial_pain=True,
            pericardial_rub=True,
            red_cell_casts="0 /[LPF]",
            heme_granular_casts=False,
            anti_dsdna="40 [IU]/mL",
            pleuritic_pain=False,
        )
        reasons = derive(findings, edition=Edition.SLEDAI_1992).reasons
        said = {d: str(reasons[d]).split(" [")[0] for d in Descriptor}
        assert said[Descriptor.ARTHRITIS] == "absent: inflamed_painful_joints 2 is not > 2"
        assert said[Descriptor.PROTEINURIA] == (
            "present: urine_protein_24h 0.8 g/d > 0.5 g/d; "
            "previous_urine_protein_24h 300 mg/d is not > 500 mg/d (a new onset)"
        )
        assert str(reasons[Descriptor.FEVER]).startswith(
            "present: temperature 101 [degF] > 100.4 [degF]; ruled out: infection [SLEDAI 1992: "
        )
        assert said[Descriptor.PERICARDITIS] == (
            "present: pericardial_pain: yes (severe_pericardial_pain); pericardial_rub: yes"
        )
        assert str(reasons[Descriptor.URINARY_CASTS]).startswith(
            "absent: heme_granular_casts: no; red_cell_casts 0 /[LPF] is not > 0 /[LPF] ["
        )
        assert str(reasons[Descriptor.INCREASED_DNA_BINDING]).startswith(
            "not assessed: not known: the laboratory's upper limit of anti_dsdna ["
        )
        assert said[Descriptor.PLEURISY] == "absent: pleuritic_pain: no"
        severe = derive(findings, edition=Edition.SELENA).reasons[Descriptor.PLEURISY]
        assert "severe_pleuritic_pain" not in str(severe)  # what is missing is the other three
        assert severe.missing == ("pleural_rub", "pleural_effusion", "new_pleural_thickening")

    def test_a_bound_that_decides_nothing_says_what_is_needed(self) -> None:
        reason = derive(Findings(platelets="<150 K/uL"), edition="selena").reasons[
            Descriptor.THROMBOCYTOPENIA
        ]
        assert reason.missing == ("platelets as a number (<150 K/uL leaves it open)",)

    def test_what_is_missing_is_named_in_order(self) -> None:
        findings = Findings(urine_protein_24h="2 g/d", psychosis=True, rash=None)
        assert Findings(platelets=None, c3=None, red_cell_casts=None).given == frozenset()
        reasons = derive(findings, edition=Edition.SELENA).reasons
        assert reasons[Descriptor.PROTEINURIA].missing == (
            "proteinuria_new_onset",
            "previous_urine_protein_24h",
        )
        assert "not known: proteinuria_new_onset, previous_urine_protein_24h [" in str(
            reasons[Descriptor.PROTEINURIA]
        )
        assert "; assumed not to be the cause: uremia, drugs [" in str(
            reasons[Descriptor.PSYCHOSIS]
        )

    def test_an_increase_that_a_bound_leaves_open_names_the_bound(self) -> None:
        bounded = Findings(urine_protein_24h=">1.2 g/d", previous_urine_protein_24h="1 g/d")
        missing = derive(bounded, edition="SELENA").reasons[Descriptor.PROTEINURIA].missing
        assert missing == ("urine_protein_24h as a number (from 1 g/d to >1.2 g/d leaves it open)",)
        bounded = Findings(urine_protein_24h="0.8 g/d", previous_urine_protein_24h="<0.6 g/d")
        missing = derive(bounded, edition="SELENA").reasons[Descriptor.PROTEINURIA].missing
        assert missing == (
            (
                "proteinuria_new_onset (or previous_urine_protein_24h as a number: <0.6 g/d leaves "
                "it open)"
            ),
            "previous_urine_protein_24h as a number (from <0.6 g/d to 0.8 g/d leaves it open)",
        )

    def test_the_date_of_the_earlier_protein_is_said(self) -> None:
        findings = Findings(
            urine_protein_24h="0.8 g/d",
            previous_urine_protein_24h="0.2 g/d",
            visit_date=date(2026, 3, 1),
            dates={"previous_urine_protein_24h": date(2025, 11, 3)},
        )
        reason = derive(findings, edition="SELENA").reasons[Descriptor.PROTEINURIA]
        assert "> 0.5 g/d (the earlier one of 2025-11-03) [" in str(reason)
        assert "> 0.5 g/d (a new onset, the earlier one of 2025-11-03); " in str(reason)

    def test_an_onset_that_is_not_new_is_said(self) -> None:
        findings = Findings(urine_protein_24h="2 g/d", previous_urine_protein_24h="2 g/d")
        reason = derive(findings, edition="SELENA").reasons[Descriptor.PROTEINURIA]
        assert str(reason).split(" [")[0] == (
            "absent: previous_urine_protein_24h 2 g/d > 0.5 g/d (no new onset); increase of "
            "urine_protein_24h from 2 g/d to 2 g/d is not > 0.5 g/d"
        )

    def test_a_statement_is_said_in_place_of_the_earlier_value(self) -> None:
        findings = Findings(
            urine_protein_24h="2 g/d",
            previous_urine_protein_24h="2 g/d",
            proteinuria_new_onset=True,
        )
        reason = derive(findings, edition="SELENA").reasons[Descriptor.PROTEINURIA]
        assert str(reason).split(" [")[0] == (
            "present: urine_protein_24h 2 g/d > 0.5 g/d; proteinuria_new_onset: yes"
        )

    def test_a_limit_is_said_in_full(self) -> None:
        result = LabResult(value="0.9000001 g/L", lower="0.9000002 g/L")
        reason = derive(Findings(c3=result), edition="SELENA").reasons[Descriptor.LOW_COMPLEMENT]
        assert str(reason).startswith("present: c3 0.9000001 g/L < 0.9000002 g/L [")

    def test_equal_limits_are_a_range(self) -> None:
        result = LabResult(value="1 g/L", lower="1 g/L", upper="1 g/L")
        assert Findings(c3=result).c3 == result

    def test_the_machine_readable_parts(self) -> None:
        reason = derive(Findings(platelets="92 K/uL"), edition=Edition.SELENA).reasons[
            Descriptor.THROMBOCYTOPENIA
        ]
        assert reason.evidence == (
            Evidence(finding="platelets", value="92 K/uL", operator="<", limit="100 K/uL"),
        )
        assert reason.definition is DEFINITIONS[Edition.SELENA][Descriptor.THROMBOCYTOPENIA]


# Amounts that are about as likely on either side of the limit, in the first unit.
AMOUNTS = {
    "platelets": (1_000, 200_000),
    "white_cells": (10, 6_000),
    "temperature": (36, 40),
    "urine_protein_24h": (1, 2),
    "previous_urine_protein_24h": (1, 2),
}


@given(st.sampled_from(sorted(AMOUNTS)), st.data())
def test_a_change_of_unit_never_changes_a_descriptor(analyte: str, data: st.DataObject) -> None:
    least, most = AMOUNTS[analyte]
    amount = Fraction(data.draw(st.integers(least * 10, most * 10)), 10)
    others = Findings(urine_protein_24h="1.0 g/d") if analyte.startswith("previous") else Findings()
    assessments: set[Assessment] = set()
    for unit in UNITS[analyte]:
        value = converted(analyte, amount, unit)
        if value.denominator % 3:  # else it has no end as a decimal
            text = f"{float(value)!r} {unit}"
            findings = Findings.model_validate(
                {**others.model_dump(exclude_none=True), analyte: text}
            )
            assessments.add(derive(findings, edition=Edition.SELENA).assessment)
    assert len(assessments) == 1


SIGNS = [name for name in OBSERVED if "bool" in str(Findings.model_fields[name].annotation)]


@given(st.dictionaries(st.sampled_from(SIGNS), st.booleans(), max_size=12), st.data())
def test_one_more_finding_never_changes_an_answer(
    given_: dict[str, bool], data: st.DataObject
) -> None:
    """An answer is given only when nothing that is missing could change it."""
    more = data.draw(st.sampled_from([name for name in SIGNS if name not in given_]))
    value = data.draw(st.booleans())
    for edition in Edition:
        try:
            before = derive(Findings.model_validate(given_), edition=edition).assessment
            after = derive(
                Findings.model_validate({**given_, more: value}), edition=edition
            ).assessment
        except ValidationError:  # a special case without the general one
            return
        assert before.present <= after.present
        assert before.absent <= after.absent


class TestFlags:
    """L, LL, N, H and HH as laboratories print them, and words, in any case."""

    @pytest.mark.parametrize(
        ("flag", "meant"),
        [
            *((flag, "low") for flag in ("L", "l", "LL", "ll", "low", "Low", "LOW", " L ")),
            *((flag, "normal") for flag in ("N", "n", "normal", "NORMAL")),
            *((flag, "high") for flag in ("H", "h", "HH", "Hh", "high", "High")),
        ],
    )
    def test_a_flag_is_read_as_it_is_meant(self, flag: Any, meant: str) -> None:
        assert LabResult(flag=flag).flag == meant

    @pytest.mark.parametrize("flag", ["A", "AA", "U", "", "lo", "low!", 1, True])
    def test_another_flag_is_refused(self, flag: Any) -> None:
        with pytest.raises(
            ValidationError, match=r"flag\n .*found .*; accepted: low, l, ll, normal"
        ):
            LabResult(flag=flag)

    def test_it_decides(self) -> None:
        findings = Findings.model_validate({"c4": {"flag": "LL"}, "anti_dsdna": {"flag": "hh"}})
        present = derive(findings, edition="SELENA").assessment.present
        assert present == {"low_complement", "increased_dna_binding"}


def test_a_result_of_no_analyte_names_what_is_missing() -> None:
    for value in ("0.9", "92", 5):
        with pytest.raises(ValidationError) as caught:
            LabResult.model_validate({"value": value})
        assert f"found {value!r}; accepted: text of a number and a unit, such as" in str(
            caught.value
        )


def test_the_booleans_of_numpy_are_answers() -> None:
    given = Findings.model_validate({"rash": np.True_, "red_cell_casts": np.False_})
    assert (given.rash, given.red_cell_casts) == (True, False)


SOME_AMOUNTS: dict[str, list[Any]] = {
    "platelets": ["92 K/uL", "<120 K/uL", "150 K/uL"],
    "urine_protein_24h": ["0.7 g/24h", "300 mg/24h"],
    "previous_urine_protein_24h": ["0.1 g/24h", "0.6 g/24h"],
    "urine_protein_creatinine_ratio": ["0.9 g/g"],
    "heme_granular_casts": ["0 /[LPF]", "2 /[LPF]"],
    "inflamed_painful_joints": [0, 1, 2, 3],
    "c3": [LabResult(value="0.7 g/L", lower="90 mg/dL"), LabResult(flag="low")],
    "anti_dsdna": [LabResult(value="30 %"), LabResult(value="40 [IU]/mL", upper="30 [IU]/mL")],
}


@given(
    st.dictionaries(st.sampled_from(SIGNS), st.booleans(), max_size=20),
    st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(some) for name, some in SOME_AMOUNTS.items()}
    ),
    st.sampled_from(Edition),
)
def test_a_reason_depends_on_what_its_definition_asks_for_alone(
    signs: dict[str, bool], amounts: dict[str, Any], edition: Edition
) -> None:
    """So that what else was found of a patient need not be looked at."""
    found = {**signs, **amounts}
    try:
        findings = Findings.model_validate(found)
    except ValidationError:  # a special case without the general one
        return
    reasons = derive(findings, edition=edition).reasons
    for descriptor, definition in DEFINITIONS[edition].items():
        asked = asked_by(definition.rule)
        alone = Findings.model_validate({n: value for n, value in found.items() if n in asked})
        assert derive(alone, edition=edition).reasons[descriptor] == reasons[descriptor]


def test_equal_amounts_are_said_as_each_is_written() -> None:
    """92 and 92.0 are one amount, and two texts."""
    for text in ("92 K/uL", "92.0 K/uL", "92.00 K/uL"):
        reason = derive(Findings(platelets=text), edition=Edition.SELENA).reasons[
            Descriptor.THROMBOCYTOPENIA
        ]
        assert reason.evidence[0].value == text
    for count in (1, 2):
        joints = Findings(inflamed_painful_joints=count)
        assert derive(joints, edition=Edition.SELENA).reasons[Descriptor.ARTHRITIS].evidence[
            0
        ].value == str(count)
