"""The form in FHIR: what it asks, and the scores that it computes by itself."""

from functools import cache
from itertools import product
from typing import Any

import pytest
import spec_tables
import strategies
from fhir_models import validated
from fhirpathpy import compile as compiled
from fhirpathpy.models import models
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import (
    SEROLOGIC,
    Assessment,
    Descriptor,
    InvalidInputError,
    clinical_score,
    score_bounds,
    total_score,
)
from sledai.definitions import Edition
from sledai.definitions.editions import DEFINITIONS
from sledai.fhir import Score, questionnaire
from sledai.fhir.questionnaire import expression

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
ITEM_WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
WEIGHTS = spec_tables.rows("descriptors.csv")
FORMS = pytest.mark.parametrize(("edition", "release"), list(product(Edition, ["R4", "R5"])))


def flat(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for item in items for one in [item, *flat(item.get("item", []))]]


def form(edition: Edition | str = "SELENA", release: Any = "R4") -> dict[str, Any]:
    return questionnaire(edition, release=release)


def items(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["linkId"]: item for item in flat(form["item"])}


class TestWhatItAsks:
    """An item for each descriptor of the edition, with its weight, definition and three answers."""

    @FORMS
    def test_it_is_a_questionnaire(self, edition: Edition, release: str) -> None:
        validated(form(edition, release), release)

    @FORMS
    def test_each_link_leads_to_one_item(self, edition: Edition, release: str) -> None:
        links = [item["linkId"] for item in flat(form(edition, release)["item"])]
        assert len(links) == len(set(links)) == 1 + 9 + 24 * 2 + 1 + 6

    @pytest.mark.parametrize("row", WEIGHTS, ids=[row["descriptor"] for row in WEIGHTS])
    @pytest.mark.parametrize(("release", "url"), [("R4", ORDINAL), ("R5", ITEM_WEIGHT)])
    def test_the_published_weight_stands_with_present_alone(
        self, row: dict[str, str], release: str, url: str
    ) -> None:
        item = items(form("SELENA", release))[row["descriptor"]]
        assert item["text"] == f"{Descriptor(row['descriptor']).label} ({row['weight']})"
        present, *others = item["answerOption"]
        assert present["extension"] == [{"url": url, "valueDecimal": int(row["weight"])}]
        assert [sorted(option) for option in others] == [["valueCoding"]] * 2

    def test_the_answers(self) -> None:
        for release, kind in [("R4", "choice"), ("R5", "coding")]:
            item = items(form("SELENA", release))["rash"]
            codings = [option["valueCoding"] for option in item["answerOption"]]
            assert codings == [
                {
                    "system": "https://sledai.invalid/fhir/CodeSystem/sledai-answers",
                    "code": code,
                    "display": label,
                }
                for code, label in [
                    ("present", "Present"),
                    ("absent", "Absent"),
                    ("not-assessed", "Not assessed"),
                ]
            ]
            assert item["type"] == kind
            button, orientation = item["extension"]
            assert button["valueCodeableConcept"]["coding"][0]["code"] == "radio-button"
            assert orientation["valueCode"] == "horizontal"
            assert item["code"] == [
                {
                    "system": "https://sledai.invalid/fhir/CodeSystem/sledai-descriptors",
                    "code": "rash",
                    "display": "Rash",
                }
            ]

    @FORMS
    def test_nothing_is_answered_in_advance_or_has_to_be(
        self, edition: Edition, release: str
    ) -> None:
        for item in flat(form(edition, release)["item"]):
            assert not {"initial", "required", "enableWhen"} & item.keys()
            assert not any("initialSelected" in o for o in item.get("answerOption", []))

    def test_the_groups_are_the_organ_systems_in_form_order(self) -> None:
        groups = {
            item["linkId"]: [inner["linkId"] for inner in item["item"]]
            for item in form()["item"][1:-1]
        }
        assert list(groups) == [
            "central_nervous_system",
            "vascular",
            "musculoskeletal",
            "renal",
            "mucocutaneous",
            "serosal",
            "immunologic",
            "constitutional",
            "hematologic",
        ]
        assert groups["renal"] == ["urinary_casts", "hematuria", "proteinuria", "pyuria"]
        assert [link for links in groups.values() for link in links] == list(Descriptor)

    @pytest.mark.parametrize("edition", Edition)
    def test_the_definition_of_the_edition_is_the_help(self, edition: Edition) -> None:
        asked = items(form(edition))
        for descriptor in Descriptor:
            definition = DEFINITIONS[edition][descriptor]
            said = asked[f"{descriptor}.help"]
            assert said["text"].startswith(definition.text)
            assert said["text"].endswith(f"Source: {definition.citation}.")
            assert definition.unverified in said["text"]
            assert said["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "help"

    @pytest.mark.parametrize(
        ("edition", "url"),
        [
            ("SLEDAI_1992", "https://sledai.invalid/fhir/Questionnaire/sledai-1992"),
            ("SELENA", "https://sledai.invalid/fhir/Questionnaire/selena-sledai"),
            ("HYBRID", "https://sledai.invalid/fhir/Questionnaire/selena-sledai-hybrid"),
            ("SLEDAI_2K", "https://sledai.invalid/fhir/Questionnaire/sledai-2k"),
        ],
    )
    def test_each_edition_has_a_form_of_its_own(self, edition: str, url: str) -> None:
        assert form(edition)["url"] == url

    def test_an_unknown_edition_or_release_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="edition: found 'BILAG'; accepted: SLEDAI_19"):
            form("BILAG")
        with pytest.raises(InvalidInputError, match="release: found 'R3'; accepted: R4, R5"):
            form("SELENA", "R3")


ANSWERED = {True: "present", False: "absent", None: "not-assessed"}


def filled_in(said: dict[str, str]) -> dict[str, Any]:
    """A response as a renderer makes it: groups, and in them what was answered."""
    groups = [
        {
            "linkId": group["linkId"],
            "item": [
                {
                    "linkId": item["linkId"],
                    "answer": [{"valueCoding": {"code": said[item["linkId"]]}}],
                }
                for item in group["item"]
                if item["linkId"] in said
            ],
        }
        for group in form()["item"][1:-1]
    ]
    return {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": groups}


@cache
def fhirpath(path: str) -> Any:
    return compiled(path, models["r4"])


def shown(response: dict[str, Any]) -> list[int | None]:
    """Evaluate the expressions of the form itself, in the order in which they stand."""
    computed = form()["item"][-1]["item"]
    values = []
    for item in computed:
        (extension,) = item["extension"]
        assert extension["url"] == CALCULATED
        assert extension["valueExpression"]["language"] == "text/fhirpath"
        assert item["type"] == "integer"
        assert item["readOnly"] is True
        found = fhirpath(extension["valueExpression"]["expression"])(
            response, {"resource": response}
        )
        values.append(found[0] if found else None)
    return values


ALL = dict.fromkeys(map(str, Descriptor), "absent")


class TestWhatItComputes:
    """Total and clinical only when all that they count is answered; lowest and highest always."""

    def test_the_scores(self) -> None:
        assert [item["linkId"] for item in form()["item"][-1]["item"]] == [
            "total_score",
            "clinical_score",
            "lowest_total",
            "highest_total",
            "lowest_clinical",
            "highest_clinical",
        ]

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ({}, [None, None, 0, 105, 0, 101]),
            (ALL, [0, 0, 0, 0, 0, 0]),
            (dict.fromkeys(ALL, "present"), [105, 101, 105, 105, 101, 101]),
            (dict.fromkeys(ALL, "not-assessed"), [None, None, 0, 105, 0, 101]),
            (
                ALL | {"arthritis": "present", "rash": "present", "low_complement": "present"},
                [8, 6, 8, 8, 6, 6],
            ),
            (
                ALL | {"arthritis": "present", "low_complement": "not-assessed"},
                [None, 4, 4, 6, 4, 4],
            ),
            (
                ALL | {"seizure": "present", "fever": "not-assessed"},
                [None, None, 8, 9, 8, 9],
            ),
            ({"seizure": "present", "fever": "absent"}, [None, None, 8, 104, 8, 100]),
            (
                {k: v for k, v in ALL.items() if k != "leukopenia"},
                [None, None, 0, 1, 0, 1],
            ),
        ],
        ids=[
            "silence",
            "all absent",
            "all present",
            "none assessed",
            "present",
            "serology open",
            "one not assessed",
            "two answered",
            "23 answered",
        ],
    )
    def test_by_hand(self, said: dict[str, str], expected: list[int | None]) -> None:
        assert shown(filled_in(said)) == expected

    @settings(max_examples=examples(15), phases=[Phase.generate])
    @given(strategies.assessments() | strategies.nearly_complete_assessments(3), st.booleans())
    def test_as_the_library_does(self, visit: Assessment, silent: bool) -> None:
        said = {
            d: ANSWERED[a] for d, a in visit.model_dump().items() if not silent or a is not None
        }
        complete = not visit.not_assessed
        total, clinical = score_bounds(visit), score_bounds(visit, excluding=SEROLOGIC)
        assert shown(filled_in(said)) == [
            total_score(visit) if complete else None,
            clinical_score(visit) if visit.not_assessed <= SEROLOGIC else None,
            total.low,
            total.high,
            clinical.low,
            clinical.high,
        ]

    def test_no_terminology_server_is_asked(self) -> None:
        for score in Score:
            path = expression(score)
            assert not any(f"{name}(" in path for name in ("weight", "ordinal", "memberOf"))
