"""The questions of NCT05765006 in FHIR, and the candidate that a response to them describes."""

from contextlib import suppress
from typing import Any

import pytest
from fhir_models import JSON, places, validated
from hypothesis import given
from hypothesis import strategies as st

from sledai import Descriptor, InvalidInputError, Verdict
from sledai.fhir import read_candidate, screening_questionnaire
from sledai.trials.nct05765006.screening import Candidate, screen

ANSWERS = "https://sledai.invalid/fhir/CodeSystem/sledai-answers"
DRUG_CODES = "https://sledai.invalid/fhir/CodeSystem/sledai-glucocorticoids"
AMOUNTS = {
    "disease_duration": (["d", "wk", "mo", "a"], "26 mo"),
    "regimen_duration": (["d", "wk", "mo", "a"], "9 wk"),
    "corticosteroid_duration": (["d", "wk", "mo", "a"], "10 wk"),
    "corticosteroid_dose_stable_for": (["d", "wk", "mo", "a"], "20 d"),
    "urine_protein_24h": (["g/(24.h)", "mg/(24.h)"], "1.2 g/(24.h)"),
    "serum_creatinine": (["mg/dL", "umol/L"], "88 umol/L"),
    "nephritis_high_dose_duration": (["d", "wk", "mo", "a"], "0 d"),
    "iga": (["mg/dL", "g/L"], "0.9 g/L"),
}
DRUGS = [
    "prednisone",
    "prednisolone",
    "methylprednisolone",
    "hydrocortisone",
    "cortisone",
    "triamcinolone",
    "dexamethasone",
    "betamethasone",
    "deflazacort",
]
NUMBERS = ["age", "total_score", "clinical_score"]
QUESTIONS = [
    field
    for field in Candidate.model_fields
    if field not in {*AMOUNTS, *NUMBERS, "oral_corticosteroids", "assessment"}
]


def quantity(text: str) -> dict[str, Any]:
    number, unit = text.split()
    value = {"value": float(number), "unit": unit, "system": "http://unitsofmeasure.org"}
    return {"valueQuantity": value | {"code": unit}}


def item(link: str, *answers: Any) -> dict[str, Any]:
    return {"linkId": link, "answer": list(answers)}


def drugs(*names: str) -> dict[str, Any]:
    coded = [{"valueCoding": {"system": DRUG_CODES, "code": name}} for name in names]
    return item("oral_corticosteroids", *coded)


def response(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://sledai.invalid/fhir/Questionnaire/nct05765006-screening|0.1.0",
        "status": "completed",
        "item": list(items),
    } | changes


def refused(*items: dict[str, Any], **changes: Any) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        read_candidate(response(*items, **changes))
    return str(caught.value).splitlines()


def asked(release: Any = "R4") -> dict[str, dict[str, Any]]:
    return {one["linkId"]: one for one in screening_questionnaire(release=release)["item"]}


class TestWhatItAsks:
    """A question for each field of a candidate, of the kind that the field holds."""

    @pytest.mark.parametrize("release", ["R4", "R5"])
    def test_it_is_a_questionnaire(self, release: Any) -> None:
        validated(screening_questionnaire(release=release), release)

    def test_each_field(self) -> None:
        doses = [f"oral_corticosteroids.{drug}" for drug in DRUGS]
        assert [link for link in asked() if link not in doses] == list(Candidate.model_fields)
        kinds = {link: one["type"] for link, one in asked().items()}
        assert {kinds[field] for field in QUESTIONS} == {"boolean"}
        assert {kinds[field] for field in NUMBERS} == {"integer"}
        assert {kinds[field] for field in [*AMOUNTS, *doses]} == {"quantity"}
        assert kinds["assessment"] == "group"

    @pytest.mark.parametrize(("release", "kind"), [("R4", "choice"), ("R5", "coding")])
    def test_drugs(self, release: str, kind: str) -> None:
        question = asked(release)["oral_corticosteroids"]
        options = [option["valueCoding"] for option in question["answerOption"]]
        assert [option["code"] for option in options] == ["none", *DRUGS]
        assert {option["system"] for option in options} == {DRUG_CODES}
        shown = question["extension"][0]["valueCodeableConcept"]["coding"][0]["code"]
        assert shown == "check-box"
        assert (question["type"], question["repeats"]) == (kind, True)
        dose = asked(release)["oral_corticosteroids.cortisone"]
        cortisone = {"system": DRUG_CODES, "code": "cortisone", "display": "cortisone"}
        assert dose["enableWhen"] == [
            {"question": "oral_corticosteroids", "operator": "=", "answerCoding": cortisone}
        ]

    @pytest.mark.parametrize("field", AMOUNTS)
    def test_units(self, field: str) -> None:
        options = [extension["valueCoding"] for extension in asked()[field]["extension"]]
        assert [option["code"] for option in options] == AMOUNTS[field][0]
        assert {option["system"] for option in options} == {"http://unitsofmeasure.org"}

    def test_the_descriptors(self) -> None:
        groups = asked()["assessment"]["item"]
        assert [one["linkId"] for group in groups for one in group["item"]] == list(Descriptor)

    def test_the_criterion_stands_in_the_help(self) -> None:
        assert asked()["iga"]["item"][0]["text"].endswith("[exclusion 6]")

    def test_nothing_is_answered_in_advance_or_has_to_be(self) -> None:
        for one in asked().values():
            assert not {"initial", "required"} & one.keys()

    def test_an_unknown_release_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="release: found 'R6'; accepted: R4, R5"):
            screening_questionnaire(release="R6")  # type: ignore[arg-type]


DOSES = st.none() | st.dictionaries(
    st.sampled_from(DRUGS), st.sampled_from([None, "8 mg/d", "7.5 mg/d"]), max_size=3
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        **{field: st.booleans() for field in QUESTIONS},
        **{field: st.just(text) for field, (_, text) in AMOUNTS.items()},
        "age": st.integers(0, 130),
        "oral_corticosteroids": DOSES,
        "assessment": st.none() | st.just(dict.fromkeys(Descriptor, False)),
    },
)


def items_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A response by hand, from the record that a candidate would be made of."""
    items = [item(f, {"valueBoolean": record[f]}) for f in QUESTIONS if f in record]
    items += [item(f, quantity(record[f])) for f in AMOUNTS if f in record]
    items += [item(f, {"valueInteger": record[f]}) for f in NUMBERS if f in record]
    if (doses := record.get("oral_corticosteroids")) is not None:
        items.append(drugs(*(doses or ["none"])))
        items += [
            item(f"oral_corticosteroids.{drug}", quantity(dose))
            for drug, dose in doses.items()
            if dose
        ]
    if answers := record.get("assessment"):
        coded = [item(d, {"valueCoding": {"system": ANSWERS, "code": "absent"}}) for d in answers]
        items.append({"linkId": "assessment", "item": [{"linkId": "renal", "item": coded}]})
    return items


class TestReading:
    """A response says the same of a candidate as a record of it; what is left out is not known."""

    @given(RECORDS)
    def test_as_the_record(self, record: dict[str, Any]) -> None:
        assert read_candidate(response(*items_of(record))) == Candidate.model_validate(record)

    def test_nothing_answered(self) -> None:
        assert read_candidate(response()) == Candidate()

    def test_not_assessed_is_not_absent(self) -> None:
        answers = [
            item("rash", {"valueCoding": {"system": ANSWERS, "code": "present"}}),
            item("fever", {"valueCoding": {"system": ANSWERS, "code": "not-assessed"}}),
        ]
        candidate = read_candidate(response(*answers))
        assert candidate.assessed is not None
        assert candidate.assessed.present == {"rash"}
        assert len(candidate.assessed.not_assessed) == 23

    def test_a_bound(self) -> None:
        bound = {"value": 10, "comparator": "<", "unit": "mg/dL"}
        candidate = read_candidate(response(item("iga", {"valueQuantity": bound})))
        assert str(candidate.iga) == "<10 mg/dL"

    def test_it_is_screened(self) -> None:
        candidate = read_candidate(response(item("age", {"valueInteger": 17})))
        assert screen(candidate).verdict is Verdict.NOT_MET


OTHER_UNIT = {"unit": "g/L"}
ITEM = "QuestionnaireResponse.item[0]"


class TestWrongAnswers:
    """Every answer that a candidate cannot have is named with its place."""

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (
                item("age", {"valueInteger": 200}),
                (
                    f"{ITEM}.answer[0].valueInteger: found 200; accepted: a whole number 0 to 130, "
                    "or null"
                ),
            ),
            (
                item("ana_positive", {"valueBoolean": 1}),
                f"{ITEM}.answer[0].valueBoolean: found 1; accepted: true, false or null",
            ),
            (
                item("ana_positive", {"valueInteger": 1}),
                f"{ITEM}.answer[0]: found valueInteger; accepted: valueBoolean",
            ),
            (
                item("iga", {"valueQuantity": {"value": 90}}),
                f"{ITEM}.answer[0].valueQuantity.unit: found None; accepted: mg/dL, g/L",
            ),
            (
                item("iga", {"valueQuantity": {"value": 8, "unit": "mg/dL", "code": "mg/dL"}}),
                (
                    f"{ITEM}.answer[0].valueQuantity.system: found None; accepted: "
                    "http://unitsofmeasure.org"
                ),
            ),
            (
                item("iga", {"valueQuantity": quantity("8 mg/dL")["valueQuantity"] | OTHER_UNIT}),
                (
                    f"{ITEM}.answer[0].valueQuantity.unit: found 'g/L'; accepted: the unit of the "
                    "code, mg/dL"
                ),
            ),
            (
                item("ana_positive", {"valueBoolean": True, "valueInteger": 0}),
                f"{ITEM}.answer[0]: found valueBoolean, valueInteger; accepted: valueBoolean",
            ),
            (
                item("iga", {"valueQuantity": 90}),
                (
                    f"{ITEM}.answer[0].valueQuantity: found 90; accepted: text of a number and a "
                    "unit: mg/dL, g/L"
                ),
            ),
            (
                drugs("aspirin"),
                f"{ITEM}.answer[0].valueCoding.code: found 'aspirin'; accepted: none, "
                + ", ".join(DRUGS),
            ),
            (
                item("oral_corticosteroids", {"valueCoding": {"code": "prednisone"}}),
                f"{ITEM}.answer[0].valueCoding.system: found None; accepted: {DRUG_CODES}",
            ),
            (
                drugs("prednisone", "none"),
                f"{ITEM}.answer[1].valueCoding: found 'none'; accepted: no drug beside it",
            ),
            (
                item("oral_corticosteroids.cortisone", quantity("25 mg/d")),
                (
                    f"{ITEM}.answer[0].valueQuantity: found a dose; accepted: none without "
                    "cortisone in oral_corticosteroids"
                ),
            ),
            (
                item("age", {"valueInteger": 34}, {"valueInteger": 35}),
                f"{ITEM}.answer: found 2 answers; accepted: one",
            ),
            (item("weight"), f"{ITEM}.linkId: found 'weight'; accepted: a linkId of the form"),
            (
                item("rash", {"valueCoding": {"system": ANSWERS, "code": "yes"}}),
                (
                    f"{ITEM}.answer[0].valueCoding.code: found 'yes'; accepted: present, absent, "
                    "not-assessed"
                ),
            ),
        ],
        ids=lambda value: value["linkId"] if isinstance(value, dict) else "",
    )
    def test_each(self, given: dict[str, Any], said: str) -> None:
        assert refused(given) == [said]

    def test_the_assessment_and_the_scores(self) -> None:
        answer = item("rash", {"valueCoding": {"system": ANSWERS, "code": "present"}})
        (problem,) = refused(answer, item("total_score", {"valueInteger": 2}))
        assert problem.startswith(
            "QuestionnaireResponse: found an assessment and total_score; accepted: the assessment"
        )

    def test_several(self) -> None:
        problems = refused(item("age", {"valueInteger": -1}), item("iga", quantity("1 kg")))
        assert [problem.partition(": ")[0] for problem in problems] == [
            "QuestionnaireResponse.item[1].answer[0].valueQuantity.code",
            f"{ITEM}.answer[0].valueInteger",
        ]

    def test_another_form(self) -> None:
        (problem,) = refused(questionnaire="https://example.org/q")
        assert problem.startswith("QuestionnaireResponse.questionnaire: found 'https://example")

    @given(st.data(), JSON)
    def test_whatever_comes(self, data: st.DataObject, other: Any) -> None:
        record: dict[str, Any] = {f: text for f, (_, text) in AMOUNTS.items()} | {"age": 34}
        record |= {"ana_positive": True, "oral_corticosteroids": {"prednisone": "10 mg/d"}}
        resource = response(*items_of(record))
        container, key = data.draw(st.sampled_from(places(resource)))
        container[key] = other
        with suppress(InvalidInputError):
            read_candidate(resource)
