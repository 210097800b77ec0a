"""What an index says of a visit, word for word: names, what is asked, reasons, and the place."""

from typing import Any

import pytest

from sledai import Assessment, InvalidInputError
from sledai.indices import doris, lldas, sfi, sri
from sledai.indices.components import Component
from sledai.sources import FRANKLYN_2016
from sledai.visits import Visit

MAJOR = (
    "seizure, psychosis, organic_brain_syndrome, visual_disturbance, cranial_nerve_disorder, "
    "lupus_headache, cerebrovascular_accident, vasculitis, urinary_casts, hematuria, "
    "proteinuria, pyuria, pleurisy, pericarditis, fever"
)
MAINTENANCE = "well tolerated standard maintenance doses, no investigational drug"


def visit(month: int, assessment: Assessment | None = None, **known: Any) -> Visit:
    return Visit(date=f"2024-{month:02}-01", assessment=assessment, **known)  # type: ignore[arg-type]


def said(components: tuple[Component, ...]) -> list[tuple[str, str, str, str, str]]:
    return [
        (c.name, c.statement, c.verdict.value, c.reason, c.citation.locator) for c in components
    ]


class TestLowDiseaseActivity:
    """Franklyn 2016, Table 1, items 1 to 5."""

    def test_a_quiet_visit(self) -> None:
        quiet = Assessment.of(present={"rash"})
        found = lldas.assess(
            visit(1, quiet),
            visit(
                3,
                quiet,
                hemolytic_anemia=False,
                gastrointestinal_activity=False,
                physician_global=0.5,
                prednisone_mg_day=5,
                maintenance_doses=True,
            ),
        )
        assert said(found.components) == [
            ("score", "SLEDAI-2K <= 4", "met", "total 2", "Table 1, item 1"),
            ("major organs", f"none of {MAJOR}", "met", "none present", "Table 1, item 1"),
            (
                "hemolytic anemia",
                "no hemolytic anemia",
                "met",
                "hemolytic_anemia: no",
                "Table 1, item 1",
            ),
            (
                "gastrointestinal activity",
                "no gastrointestinal activity",
                "met",
                "gastrointestinal_activity: no",
                "Table 1, item 1",
            ),
            (
                "new activity",
                "no new lupus activity since the previous assessment",
                "met",
                "new activity not stated, no descriptor is new; counted as no: new_lupus_activity",
                "Table 1, item 2",
            ),
            (
                "physician global",
                "physician_global <= 1 on 0 to 3",
                "met",
                "physician_global 0.5 <= 1 on 0 to 3",
                "Table 1, item 3",
            ),
            (
                "prednisolone",
                "prednisone_mg_day <= 7.5 mg/d",
                "met",
                "prednisone_mg_day 5 <= 7.5 mg/d",
                "Table 1, item 4",
            ),
            ("maintenance", MAINTENANCE, "met", "maintenance_doses: yes", "Table 1, item 5"),
        ]
        assert {c.citation.source for c in found.components} == {FRANKLYN_2016}
        assert str(found).splitlines()[0] == "LLDAS: met (counted as no: new_lupus_activity)"

    def test_an_active_visit_of_which_little_is_known(self) -> None:
        now = Assessment.of(present={"vasculitis"}, not_assessed={"fever", "rash"})
        found = lldas.assess(None, visit(3, now, hemolytic_anemia=True, physician_global=2))
        assert [(c.name, c.verdict.value, c.reason) for c in found.components] == [
            ("score", "not_met", "total 8 to 11"),
            ("major organs", "not_met", "present: vasculitis"),
            ("hemolytic anemia", "not_met", "hemolytic_anemia: yes"),
            ("gastrointestinal activity", "undetermined", "gastrointestinal_activity: not known"),
            ("new activity", "undetermined", "new activity not stated, no previous visit"),
            ("physician global", "not_met", "physician_global 2 is not <= 1 on 0 to 3"),
            ("prednisolone", "undetermined", "prednisone_mg_day is not known"),
            ("maintenance", "undetermined", "maintenance_doses: not known"),
        ]
        assert str(found).splitlines()[0] == "LLDAS: not met"

    def test_organs_that_nobody_assessed(self) -> None:
        now = Assessment.of(not_assessed={"fever", "rash"})
        (organs,) = (c for c in lldas.assess(None, visit(3, now)).components if "organs" in c.name)
        assert (organs.verdict.value, organs.reason) == ("undetermined", "not assessed: fever")

    def test_serology_that_is_not_counted(self) -> None:
        now = Assessment.of(present={"low_complement"})
        found = lldas.assess(visit(1, Assessment.of()), visit(3, now), new_serology="ignored")
        assert found.components[4].statement == (
            "no new lupus activity since the previous assessment (low_complement, "
            "increased_dna_binding not counted)"
        )

    def test_a_visit_that_is_not_after_the_previous(self) -> None:
        with pytest.raises(InvalidInputError, match="previous"):
            lldas.assess(visit(3), visit(1))


class TestRemission:
    """Van Vollenhoven 2021, abstract and Table 2."""

    def test_a_visit(self) -> None:
        now = Assessment.of(present={"rash"}, not_assessed={"fever"})
        found = doris.assess(visit(1, now, physician_global=0.5, prednisone_mg_day=5))
        assert said(found.components) == [
            (
                "clinical score",
                "clinical SLEDAI = 0",
                "not_met",
                "clinical score 2 to 3",
                "abstract, results",
            ),
            (
                "physician global",
                "physician_global < 0.5 on 0 to 3",
                "not_met",
                "physician_global 0.5 is not < 0.5 on 0 to 3",
                "abstract, results",
            ),
            (
                "prednisolone",
                "prednisone_mg_day <= 5 mg/d",
                "met",
                "prednisone_mg_day 5 <= 5 mg/d",
                "abstract, results",
            ),
            (
                "treatment",
                "antimalarials, immunosuppressants and biologics stable",
                "undetermined",
                "stable_treatment: not known",
                "abstract, results",
            ),
        ]


class TestResponse:
    """Furie 2009, abstract."""

    def test_a_response(self) -> None:
        before = visit(1, Assessment.of(present={"arthritis"}), physician_global="1.20")
        after = visit(3, Assessment.of(not_assessed={"fever"}), physician_global=1)
        found = sri.assess(before, after, new_bilag_a=0)
        assert said(found.components) == [
            (
                "score",
                "total falls by >= 4",
                "undetermined",
                "total 4 at baseline, then 0 to 1",
                "abstract, results",
            ),
            ("new_bilag_a", "new_bilag_a <= 0", "met", "new_bilag_a 0", "abstract, results"),
            (
                "new_bilag_b",
                "new_bilag_b <= 1",
                "undetermined",
                "new_bilag_b is not known",
                "abstract, results",
            ),
            (
                "physician global",
                "physician_global does not rise by >= 0.3 on 0 to 3",
                "met",
                "physician_global from 1.20 to 1",
                "abstract, results",
            ),
        ]

    def test_an_edition_by_which_no_response_is_defined(self) -> None:
        with pytest.raises(InvalidInputError, match=r"edition: found <Edition\.SLEDAI_1992"):
            sri.assess(visit(1), visit(3), edition="SLEDAI_1992")


class TestFlare:
    """Petri 2005, Table 1 (the SELENA flare index), and what of it is not known."""

    def test_what_is_asked_and_what_was_found(self) -> None:
        before = visit(1, Assessment.of(), physician_global=1, prednisone_mg_day=5)
        after = visit(
            3,
            Assessment.of(present={"mucosal_ulcers"}, not_assessed={"fever"}),
            physician_global=2,
            prednisone_mg_day=10,
            weight_kg=60,
            platelets="90 K/uL",
            hospitalized_for_lupus=False,
            new_nsaid=True,
        )
        found = sfi.assess(before, after)
        severe = {c.name: (c.verdict.value, c.reason) for c in found.severe}
        assert severe["score"] == ("not_met", "total 0, then 2 to 3")
        assert severe["prednisone"] == (
            "not_met",
            "prednisone 5, then 10 mg/d; weight 60 kg",
        )
        assert severe["hospitalization"] == ("not_met", "no: hospitalized_for_lupus")
        assert severe["physician global"] == ("not_met", "physician_global 1, then 2")
        assert severe["signs"][1].endswith(
            "platelets 90 K/uL, hemoglobin not known, then not known, hemolytic_anemia: not known"
        )
        assert severe["drugs"][0] == "undetermined"
        assert severe["drugs"][1].startswith("not known: ")
        mild = {c.name: (c.verdict.value, c.reason) for c in found.mild_moderate}
        assert mild["score"] == ("undetermined", "total 0, then 2 to 3")
        assert mild["signs"][0] == "met"
        assert mild["signs"][1].startswith("newly present: mucosal_ulcers; not known: ")
        assert mild["prednisone"] == ("met", "prednisone 5, then 10 mg/d; weight 60 kg")
        assert mild["drugs"][0] == "met"
        assert mild["drugs"][1].startswith("yes: new_nsaid; not known: ")
        assert mild["physician global"] == ("met", "physician_global 1, then 2")

    def test_a_dose_that_only_falls(self) -> None:
        before = visit(1, prednisone_mg_day=60)
        found = sfi.assess(before, visit(3, prednisone_mg_day=50, weight_kg=60))
        doses = [c for c in (*found.severe, *found.mild_moderate) if c.name == "prednisone"]
        assert [c.verdict.value for c in doses] == ["not_met", "not_met"]

    def test_a_dose_that_rises_to_a_high_one(self) -> None:
        found = sfi.assess(
            visit(1, prednisone_mg_day=5), visit(3, prednisone_mg_day=50, weight_kg=60)
        )
        doses = [c for c in (*found.severe, *found.mild_moderate) if c.name == "prednisone"]
        assert [c.verdict.value for c in doses] == ["met", "not_met"]


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (doris.assess(visit(1)), "an IndexResult has three values: ask `.verdict is Verdict.MET`"),
        (
            doris.assess(visit(1)).components[0],
            "a Component has three values: ask `.verdict is Verdict.MET`",
        ),
        (
            sfi.assess(visit(1), visit(3)),
            "a FlareResult has three outcomes: ask for its `flare` or `possible`",
        ),
    ],
)
def test_a_truth_value_says_what_to_ask_for(result: object, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        bool(result)
    assert str(caught.value) == message
