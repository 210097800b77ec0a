"""Answers to the form in FHIR: a visit goes there and comes back, and nothing is taken on trust."""

from contextlib import suppress
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
import strategies
from fhir_models import JSON, places, validated
from hypothesis import given
from hypothesis import strategies as st

from sledai import Assessment, Descriptor, InvalidInputError, __version__
from sledai.definitions import Edition
from sledai.fhir import questionnaire, read_response, rebased, response
from sledai.fhir.canonical import FORM_VERSIONS
from sledai.visits import Visit

DAY = date(2024, 1, 16)
QUIET = Assessment.of(present={"rash"})
OPEN = Assessment.of(present={"rash"}, not_assessed={"fever", "low_complement"})
ANSWERS = "https://sledai.invalid/fhir/CodeSystem/sledai-answers"
DESCRIPTORS = "https://sledai.invalid/fhir/CodeSystem/sledai-descriptors"
SELENA = "https://sledai.invalid/fhir/Questionnaire/selena-sledai"


def written(assessment: Assessment | None = QUIET, **choices: Any) -> dict[str, Any]:
    return response(Visit(date=DAY, assessment=assessment), "SELENA", **choices)


def items(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for item in resource["item"]:
        found |= {item["linkId"]: item} | items({"item": item.get("item", [])})
    return found


def coded(code: str) -> dict[str, Any]:
    return {"valueCoding": {"system": ANSWERS, "code": code}}


def refused(resource: Any, **choices: Any) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        read_response(resource, **choices)
    return str(caught.value).splitlines()


VISITS = st.builds(
    Visit,
    date=st.dates(),
    assessment=st.none() | strategies.assessments() | strategies.complete_assessments,
)


class TestRoundTrip:
    """What a visit says of the date and the 24 answers is written, and read back the same."""

    @given(VISITS, st.sampled_from(Edition))
    def test_it_comes_back(self, visit: Visit, edition: Edition) -> None:
        back = read_response(response(visit, edition))
        assert back.visit == visit
        assert back.edition is edition
        assert (back.status, back.subject, back.author, back.authored) == (
            "completed",
            None,
            None,
            None,
        )

    @given(VISITS)
    def test_flat_and_in_answers_of_others_too(self, visit: Visit) -> None:
        grouped = response(visit, "SELENA")
        questions = [item for item in items(grouped).values() if "item" not in item]
        flat = grouped | {"item": questions}
        nested: list[dict[str, Any]] = []
        for question in reversed(questions):
            (answer,) = question["answer"]
            nested = [question | {"answer": [answer | {"item": nested}]}]
        assert read_response(flat).visit == visit
        assert read_response(grouped | {"item": nested}).visit == visit

    @pytest.mark.parametrize("release", ["R4", "R5"])
    @pytest.mark.parametrize("assessment", [None, QUIET, OPEN])
    def test_it_is_a_response(self, assessment: Assessment | None, release: str) -> None:
        resource = written(
            assessment,
            subject="Patient/7",
            author={"reference": "Practitioner/2", "display": "Dr. A"},
            authored=datetime(2024, 1, 17, 9, 30, tzinfo=UTC),
        )
        validated(resource, release)

    def test_other_fields_of_a_visit_stay_behind(self) -> None:
        visit = Visit(date=DAY, assessment=QUIET, total_score=2, prednisone_mg_day=5)
        back = read_response(response(visit, "SELENA"))
        assert back.visit == Visit(date=DAY, assessment=QUIET)


class TestWhatIsWritten:
    """The answers of the form and the scores that they give, each under its linkId."""

    def test_the_items(self) -> None:
        found = items(written(OPEN))
        answers = {link: item["answer"] for link, item in found.items() if "answer" in item}
        assert len(answers) == 1 + 24 + 4
        assert answers["visit_date"] == [{"valueDate": "2024-01-16"}]
        display = {"present": "Present", "absent": "Absent", "not-assessed": "Not assessed"}
        for link, code in [
            ("rash", "present"),
            ("alopecia", "absent"),
            ("fever", "not-assessed"),
            ("low_complement", "not-assessed"),
        ]:
            coding = {"system": ANSWERS, "code": code, "display": display[code]}
            assert answers[link] == [{"valueCoding": coding}]
        assert {link: a for link, a in answers.items() if "valueInteger" in a[0]} == {
            "lowest_total": [{"valueInteger": 2}],
            "highest_total": [{"valueInteger": 5}],
            "lowest_clinical": [{"valueInteger": 2}],
            "highest_clinical": [{"valueInteger": 3}],
        }

    def test_the_scores_of_a_complete_visit(self) -> None:
        visit = Assessment.of(present={"arthritis", "rash", "low_complement"})
        scores = written(visit)["item"][-1]["item"]
        assert [(item["linkId"], item["answer"][0]["valueInteger"]) for item in scores] == [
            ("total_score", 8),
            ("clinical_score", 6),
            ("lowest_total", 8),
            ("highest_total", 8),
            ("lowest_clinical", 6),
            ("highest_clinical", 6),
        ]

    def test_serology_alone_leaves_the_clinical_score(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed={"low_complement"})
        scores = written(visit)["item"][-1]["item"]
        assert [item["linkId"] for item in scores] == [
            "clinical_score",
            "lowest_total",
            "highest_total",
            "lowest_clinical",
            "highest_clinical",
        ]

    def test_where_nobody_rated_it_no_answers(self) -> None:
        assert [item["linkId"] for item in written(None)["item"]] == ["visit_date", "scores"]

    def test_who_and_when(self) -> None:
        resource = written(
            subject={"identifier": {"value": "007"}}, author="Practitioner/2", authored=DAY
        )
        assert resource["questionnaire"].partition("|")[0] == SELENA
        assert resource["status"] == "completed"
        assert resource["subject"] == {"identifier": {"value": "007"}}
        assert resource["author"] == {"reference": "Practitioner/2"}
        assert resource["authored"] == "2024-01-16"
        back = read_response(resource)
        assert back.subject == {"identifier": {"value": "007"}}
        assert back.author == {"reference": "Practitioner/2"}
        assert back.authored == "2024-01-16"
        assert "007" not in repr(back)

    @pytest.mark.parametrize(
        ("authored", "text"),
        [
            ("2024-01-17T09:30:00+02:00", "2024-01-17T09:30:00+02:00"),
            (datetime(2024, 1, 17, 9, 30, tzinfo=UTC), "2024-01-17T09:30:00+00:00"),
            ("2024-01-17T09:30:00.25Z", "2024-01-17T09:30:00.25Z"),
        ],
    )
    def test_times(self, authored: Any, text: str) -> None:
        assert written(authored=authored)["authored"] == text

    @pytest.mark.parametrize(
        ("authored", "said"),
        [
            (datetime(2024, 1, 17, 9, 30), "authored: found '2024-01-17T09:30:00'; "),  # noqa: DTZ001
            ("17.1.2024", "authored: found '17.1.2024'; accepted: a date, or a time with"),
            ("2024-02-30", "found '2024-02-30'; accepted: a date"),
            (5, "authored: found int; accepted: a date, or a time with"),
        ],
    )
    def test_what_is_no_time(self, authored: Any, said: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            written(authored=authored)
        assert said in str(caught.value)

    @pytest.mark.parametrize(
        ("subject", "said"),
        [
            ({}, "subject: found one that names nobody; accepted: a Reference with reference,"),
            ({"type": "Patient"}, "subject: found one that names nobody"),
            ("", "subject: found str; accepted: a Reference"),
            (7, "subject: found int; accepted: a Reference"),
            ({"reference": 5}, "subject.reference: found 5; accepted: text"),
            ({"display": object()}, "subject.display: found .*; accepted: text"),
            ({"display": "J.", "type": 3}, "subject.type: found 3; accepted: text"),
            ({"identifier": "7"}, "subject.identifier: found str; accepted: an object"),
            ({"identifier": {"system": "urn:a"}}, "subject.identifier.value: found no value"),
            ({"identifier": {"system": 1, "value": "7"}}, "subject.identifier.system: found 1"),
            ({"reference": "#p"}, "subject.reference: found a contained resource; accepted: a R"),
            ({"display": "J.", "x": object()}, "subject: found what JSON does not have"),
        ],
    )
    def test_what_names_nobody(self, subject: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            written(subject=subject)

    def test_other_arguments(self) -> None:
        with pytest.raises(InvalidInputError, match="visit: found Assessment; accepted: a Visit"):
            response(QUIET, "SELENA")  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="edition: found 'BILAG'"):
            response(Visit(date=DAY), "BILAG")


class TestSilence:
    """A question without an answer was not assessed, whatever the response looks like."""

    @pytest.mark.parametrize("descriptor", Descriptor)
    def test_each(self, descriptor: Descriptor) -> None:
        resource = written(Assessment.of(present=set(Descriptor) - {descriptor}))
        resource["item"].pop()  # the scores
        del items(resource)[descriptor]["answer"]
        answers = read_response(resource).visit.answers
        assert answers.not_assessed == {descriptor}
        assert answers.absent == frozenset()

    def test_an_empty_list_of_answers(self) -> None:
        resource = written(None)
        resource["item"][1] = {"linkId": "rash", "answer": []}
        assert read_response(resource).visit.assessment is None

    def test_an_empty_response(self) -> None:
        resource = written(authored=DAY)
        del resource["item"]
        assert read_response(resource).visit == Visit(date=DAY)


class TestDate:
    """The date of the visit is the answer to its question or, without one, that of `authored`."""

    def test_the_answer_goes_before_the_time_of_the_form(self) -> None:
        assert read_response(written(authored="2024-03-01")).visit.date == DAY

    def test_the_time_of_the_form(self) -> None:
        resource = written(authored="2024-03-01T23:30:00-05:00")
        del resource["item"][0]
        assert read_response(resource).visit.date == date(2024, 3, 1)

    @pytest.mark.parametrize("zone", ["Z", "+00:00", "-00:00"])
    def test_of_a_time_in_utc_the_local_day_is_not_known(self, zone: str) -> None:
        resource = written(authored=f"2024-01-17T03:30:00{zone}")
        assert read_response(resource).visit.date == DAY
        del resource["item"][0]
        assert refused(resource) == [
            (
                f"QuestionnaireResponse.authored: found '2024-01-17T03:30:00{zone}'; "
                "accepted: its local day, as an answer to visit_date"
            )
        ]

    @pytest.mark.parametrize(
        ("authored", "said"),
        [
            (
                None,
                (
                    "QuestionnaireResponse.authored: found None; accepted: the date of the visit, "
                    "there or as an answer to visit_date"
                ),
            ),
            ("2024-03", "QuestionnaireResponse.authored: found '2024-03'; accepted: the date"),
            (20240301, "QuestionnaireResponse.authored: found int; accepted: a time as text"),
        ],
    )
    def test_neither(self, authored: Any, said: str) -> None:
        resource = written() | {"authored": authored}
        del resource["item"][0]
        (problem,) = refused(resource)
        assert problem.startswith(said)

    def test_an_answer_that_is_none(self) -> None:
        resource = written(authored=DAY)
        resource["item"][0]["answer"] = [{"valueDate": "soon"}]
        (problem,) = refused(resource)
        assert problem.startswith(
            "QuestionnaireResponse.item[0].answer[0].valueDate: found 'soon'; accepted: the date"
        )


RASH = "QuestionnaireResponse.item[5].item[0]"


class TestWrongAnswers:
    """Every wrong or unknown answer is named: its place, what was found, what is accepted."""

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (
                [coded("maybe")],
                (
                    f"{RASH}.answer[0].valueCoding.code: found 'maybe'; "
                    "accepted: present, absent, not-assessed"
                ),
            ),
            (
                [{"valueCoding": {"code": "present"}}],
                f"{RASH}.answer[0].valueCoding.system: found None; accepted: {ANSWERS}",
            ),
            (
                [{"valueCoding": {"system": ANSWERS}}],
                (
                    f"{RASH}.answer[0].valueCoding.code: found None; "
                    "accepted: present, absent, not-assessed"
                ),
            ),
            (
                [{"valueCoding": "present"}],
                f"{RASH}.answer[0].valueCoding: found str; accepted: a Coding",
            ),
            (
                [{"valueBoolean": True}],
                f"{RASH}.answer[0]: found valueBoolean; accepted: valueCoding",
            ),
            ([{}], f"{RASH}.answer[0]: found no value; accepted: valueCoding"),
            (
                [coded("present") | {"valueBoolean": False}],
                f"{RASH}.answer[0]: found valueCoding, valueBoolean; accepted: valueCoding",
            ),
            (
                [coded("present"), coded("absent")],
                f"{RASH}.answer: found 2 answers; accepted: one",
            ),
            ([True], f"{RASH}.answer[0]: found bool; accepted: an object"),
            (True, f"{RASH}.answer: found bool; accepted: a list"),
        ],
    )
    def test_each(self, answer: Any, said: str) -> None:
        resource = written(authored=DAY)
        resource["item"].pop()
        items(resource)["rash"]["answer"] = answer
        assert refused(resource) == [said]

    def test_the_display_is_no_answer(self) -> None:
        resource = written()
        items(resource)["rash"]["answer"][0]["valueCoding"]["display"] = "Absent"
        assert read_response(resource).visit.answers == QUIET

    def test_a_question_that_stands_twice(self) -> None:
        resource = written()
        resource["item"].append({"linkId": "rash", "answer": [coded("absent")]})
        assert refused(resource) == [
            (
                f"QuestionnaireResponse.item[11]: found rash again, as in {RASH}; "
                "accepted: each question once"
            )
        ]

    @pytest.mark.parametrize("link", ["rahs", None, 7, ["rash"]])
    def test_an_unknown_question(self, link: Any) -> None:
        resource = written()
        items(resource)["rash"]["linkId"] = link
        del resource["item"][-1]
        assert refused(resource) == [
            f"{RASH}.linkId: found {link!r}; accepted: a linkId of the form"
        ]

    def test_an_answer_to_what_is_no_question(self) -> None:
        resource = written()
        resource["item"][5]["answer"] = [coded("present")]
        assert refused(resource) == [
            f"{RASH[:-8]}: found an answer; accepted: none, since it is no question"
        ]

    def test_a_text_of_the_form_is_no_matter(self) -> None:
        resource = written()
        resource["item"].append({"linkId": "rash.help"})
        assert read_response(resource).visit.answers == QUIET

    def test_items_that_are_none(self) -> None:
        assert refused(written(authored=DAY) | {"item": "rash"}) == [
            "QuestionnaireResponse.item: found str; accepted: a list"
        ]

    def test_items_that_are_nested_without_end(self) -> None:
        nested: dict[str, Any] = {"linkId": "renal"}
        for _ in range(20_000):
            nested = {"linkId": "renal", "item": [nested]}
        assert refused(written(authored=DAY) | {"item": [nested]}) == [
            "QuestionnaireResponse.item: found items; accepted: items that are not nested so deep"
        ]

    def test_all_problems_are_named_at_once(self) -> None:
        resource = written() | {"subject": "Patient/7"}
        items(resource)["rash"]["answer"] = [coded("yes")]
        items(resource)["fever"]["linkId"] = "temperature"
        resource["item"][0]["answer"] = [{"valueDate": "2024-13-01"}]
        places = [problem.partition(": ")[0] for problem in refused(resource)]
        assert places == [
            "QuestionnaireResponse.item[8].item[0].linkId",
            f"{RASH}.answer[0].valueCoding.code",
            "QuestionnaireResponse.item[0].answer[0].valueDate",
            "QuestionnaireResponse.subject",
        ]


class TestScores:
    """A score in the response is never taken: it is what the answers give, or an error."""

    @pytest.mark.parametrize(
        ("score", "accepted"),
        [
            ("total_score", "2, which the answers give"),
            ("clinical_score", "2, which the answers give"),
            ("lowest_total", "2, which the answers give"),
            ("highest_total", "2, which the answers give"),
            ("lowest_clinical", "2, which the answers give"),
            ("highest_clinical", "2, which the answers give"),
        ],
    )
    @pytest.mark.parametrize("value", [3, True, 2.0, "2", None])
    def test_another_number(self, score: str, accepted: str, value: Any) -> None:
        resource = written()
        items(resource)[score]["answer"] = [{"valueInteger": value}]
        (problem,) = refused(resource)
        assert problem.endswith(f"valueInteger: found {value!r}; accepted: {accepted}")

    @pytest.mark.parametrize("score", ["total_score", "clinical_score"])
    @pytest.mark.parametrize("value", [2, 5])
    def test_a_score_that_counts_silence(self, score: str, value: int) -> None:
        resource = written(OPEN)
        scores = resource["item"][-1]["item"]
        scores.append({"linkId": score, "answer": [{"valueInteger": value}]})
        assert refused(resource) == [
            (
                f"QuestionnaireResponse.item[10].item[4].answer[0].valueInteger: found {value}; "
                "accepted: none until all that it counts are answered"
            )
        ]

    def test_a_response_without_scores(self) -> None:
        resource = written()
        resource["item"].pop()
        assert read_response(resource).visit.answers == QUIET

    def test_a_decimal_is_no_score(self) -> None:
        resource = written()
        items(resource)["total_score"]["answer"] = [{"valueDecimal": 2}]
        assert refused(resource) == [
            (
                "QuestionnaireResponse.item[10].item[0].answer[0]: found valueDecimal; "
                "accepted: valueInteger"
            )
        ]


class TestWrongResponse:
    """A response to another form, another resource, and one entered in error are refused."""

    def test_no_dict(self) -> None:
        assert refused(["item"]) == [
            "response: found list; accepted: a QuestionnaireResponse as a dict"
        ]

    def test_another_resource(self) -> None:
        assert refused({"resourceType": "Observation"}) == [
            "resourceType: found 'Observation'; accepted: QuestionnaireResponse"
        ]

    @pytest.mark.parametrize(
        "form", ["https://example.org/Questionnaire/selena-sledai|1", None, 7, f"{SELENA}-2"]
    )
    def test_another_form(self, form: Any) -> None:
        (problem,) = refused(written() | {"questionnaire": form})
        assert problem.startswith("QuestionnaireResponse.questionnaire: found ")
        assert SELENA in problem

    def test_the_version_of_the_form(self) -> None:
        for form in (SELENA, f"{SELENA}|0.1.0", f"{SELENA}|1.0.0rc1"):
            assert read_response(written() | {"questionnaire": form}).edition is Edition.SELENA
        assert refused(written() | {"questionnaire": f"{SELENA}|99.0"}) == [
            (
                f"QuestionnaireResponse.questionnaire, version of {SELENA}: found '99.0'; "
                "accepted: 0.1.0, 1.0.0rc1"
            )
        ]

    def test_todays_form_is_one_of_those_that_are_read(self) -> None:
        assert __version__ in FORM_VERSIONS

    @pytest.mark.parametrize("name", ["implicitRules", "modifierExtension"])
    def test_what_may_mean_something_else(self, name: str) -> None:
        assert refused(written() | {name: [{"url": "https://example.org/negated"}]}) == [
            (
                f"QuestionnaireResponse.{name}: found one; "
                "accepted: none, since it may change the meaning"
            )
        ]

    def test_a_part_that_may_mean_something_else(self) -> None:
        resource = written()
        rash = items(resource)["rash"]
        for part in (rash, rash["answer"][0]):
            part["modifierExtension"] = [{"url": "https://example.org/negated"}]
        places = [problem.partition(": ")[0] for problem in refused(resource)]
        assert places == [f"{RASH}.modifierExtension", f"{RASH}.answer[0].modifierExtension"]

    @pytest.mark.parametrize("status", ["completed", "amended", "in-progress", "stopped"])
    def test_what_is_read(self, status: str) -> None:
        assert read_response(written() | {"status": status}).status == status

    @pytest.mark.parametrize("status", ["entered-in-error", None, "done"])
    def test_what_says_nothing(self, status: Any) -> None:
        assert refused(written() | {"status": status}) == [
            (
                f"QuestionnaireResponse.status: found {status!r}; "
                "accepted: completed, amended, in-progress, stopped"
            )
        ]

    @pytest.mark.parametrize("name", ["subject", "author"])
    def test_what_is_no_reference(self, name: str) -> None:
        assert refused(written() | {name: "Patient/7"}) == [
            f"QuestionnaireResponse.{name}: found str; accepted: a Reference"
        ]

    @pytest.mark.parametrize("name", ["subject", "author"])
    def test_a_reference_of_another_shape(self, name: str) -> None:
        assert refused(written() | {name: {"reference": 5}}) == [
            f"QuestionnaireResponse.{name}.reference: found 5; accepted: text"
        ]

    def test_the_input_stays_as_it_is(self) -> None:
        resource = written(OPEN, subject="Patient/7")
        before = deepcopy(resource)
        read_response(resource)
        assert resource == before


THEIRS: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "https://hospital.example/Questionnaire/lupus",
    "status": "active",
    "derivedFrom": ["https://hospital.example/Questionnaire/old", f"{SELENA}|0.1.0"],
    "item": [
        {
            "linkId": "1",
            "type": "group",
            "item": [
                {
                    "linkId": "1.1",
                    "type": "open-choice",
                    "code": [
                        {"system": "http://loinc.org", "code": "x"},
                        {"system": DESCRIPTORS, "code": "rash"},
                    ],
                },
                {"linkId": "1.2", "type": "text"},
            ],
        },
        {
            "linkId": "2",
            "type": "decimal",
            "code": [
                {
                    "system": "https://sledai.invalid/fhir/CodeSystem/sledai-scores",
                    "code": "lowest_total",
                }
            ],
        },
        {"linkId": "visit_date", "type": "date"},
    ],
}


RASHES: dict[str, Any] = {
    "linkId": "1",
    "type": "choice",
    "code": [{"system": DESCRIPTORS, "code": "rash"}],
}
SELENA_2K = "https://sledai.invalid/fhir/Questionnaire/sledai-2k"


def theirs(*given: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{THEIRS['url']}|7",
        "status": "completed",
        "authored": "2024-01-16",
        "item": list(given),
    }


class TestFormOfSomebodyElse:
    """A form with other linkIds is read by its codes, and says by `derivedFrom` what it is."""

    def read(self, *given: dict[str, Any], **changes: Any) -> Any:
        return read_response(theirs(*given), questionnaire=THEIRS | changes)

    def test_by_code(self) -> None:
        back = self.read(
            {
                "linkId": "1",
                "item": [
                    {"linkId": "1.1", "answer": [coded("present")]},
                    {"linkId": "1.2", "answer": [{"valueString": "malar"}]},
                ],
            },
            {"linkId": "2", "answer": [{"valueInteger": 2}]},
        )
        assert back.edition is Edition.SELENA
        assert back.visit.date == DAY
        assert back.visit.answers.present == {"rash"}
        assert len(back.visit.answers.not_assessed) == 23

    def test_its_date(self) -> None:
        back = self.read({"linkId": "visit_date", "answer": [{"valueDate": "2024-01-02"}]})
        assert back.visit == Visit(date=date(2024, 1, 2))

    def test_our_linkIds_are_not_its(self) -> None:  # noqa: N802
        with pytest.raises(InvalidInputError, match=r"item\[0\]\.linkId: found 'rash'"):
            self.read({"linkId": "rash", "answer": [coded("present")]})

    def test_one_descriptor_under_two_links(self) -> None:
        again = {"linkId": "9", "type": "choice", "code": [{"system": DESCRIPTORS, "code": "rash"}]}
        with pytest.raises(InvalidInputError, match="rash again, as in Questionn"):
            self.read({"linkId": "1.1"}, {"linkId": "9"}, item=[*THEIRS["item"], again])

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"url": None}, "Questionnaire.url: found NoneType; accepted: a canonical URL"),
            (
                {"url": "https://hospital.example/Questionnaire/other"},
                "QuestionnaireResponse.questionnaire: found ",
            ),
            ({"derivedFrom": []}, "Questionnaire.derivedFrom: found []; accepted: https://"),
            (
                {"derivedFrom": [SELENA.replace("selena-", ""), SELENA, SELENA_2K]},
                "Questionnaire.derivedFrom: found [",
            ),
            (
                {"derivedFrom": [f"{SELENA}|99.0"]},
                (
                    f"Questionnaire.derivedFrom, version of {SELENA}: found '99.0'; "
                    "accepted: 0.1.0, 1.0.0rc1"
                ),
            ),
            (
                {"version": "8"},
                "QuestionnaireResponse.questionnaire, version of https://hospital.example/Quest",
            ),
            ({"implicitRules": "x"}, "Questionnaire.implicitRules: found one; accepted: none"),
            (
                {"item": [RASHES, RASHES | {"code": [{"system": DESCRIPTORS, "code": "fever"}]}]},
                "Questionnaire.item: found '1'; accepted: each linkId once",
            ),
            (
                {"item": [{"linkId": "rash", "type": "choice"}]},
                "Questionnaire.item: found none; accepted: the code of a descriptor",
            ),
            (
                {"item": [RASHES | {"code": [*RASHES["code"], *RASHES["code"]]}]},
                "Questionnaire, 1: found 2 codes; accepted: one of ours",
            ),
            (
                {"item": [RASHES | {"modifierExtension": [{"url": "x"}]}]},
                "Questionnaire, 1.modifierExtension: found one; accepted: none",
            ),
            ({"derivedFrom": [7]}, "Questionnaire.derivedFrom: found [7]; accepted: https://"),
            ({"derivedFrom": SELENA}, "Questionnaire.derivedFrom: found str; accepted: a list"),
            (
                {"item": [{"linkId": "1", "code": [{"system": DESCRIPTORS, "code": "rahs"}]}]},
                "Questionnaire, 1, code: found 'rahs'; accepted: seizure, psychosis",
            ),
            ({"item": [{"linkId": "1"}]}, "Questionnaire.item: found none; accepted: a list of"),
            ({"item": ["rash"]}, "Questionnaire.item: found none; accepted: a list of items"),
            ({"item": None}, "Questionnaire.item: found none; accepted: a list of items"),
        ],
    )
    def test_a_form_that_cannot_be_read(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            self.read(**changes)
        assert str(caught.value).startswith(said)

    def test_no_dict(self) -> None:
        with pytest.raises(InvalidInputError, match="questionnaire: found str; accepted: a Q"):
            read_response(theirs(), questionnaire="form")  # type: ignore[arg-type]


class TestRebased:
    """Our URLs stand under another base after `rebased`, those of others stay, and it goes back."""

    BASE = "https://fhir.hospital.example/"

    def test_a_response_from_there(self) -> None:
        moved = rebased(written(OPEN), self.BASE)
        assert moved["questionnaire"].startswith(f"{self.BASE}Questionnaire/selena-sledai|")
        with pytest.raises(InvalidInputError, match=r"QuestionnaireResponse\.questionnaire"):
            read_response(moved)
        back = rebased(moved, "https://sledai.invalid/fhir", of=self.BASE)
        assert back == written(OPEN)

    def test_what_is_no_base(self) -> None:
        with pytest.raises(InvalidInputError, match="base: found NoneType; accepted: the begin"):
            rebased(written(), None)  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="of: found int; accepted: the begin of a URL"):
            rebased(written(), self.BASE, of=3)  # type: ignore[arg-type]

    def test_urls_of_others_stay(self) -> None:
        form = rebased(questionnaire("SELENA"), self.BASE)
        assert "sledai.invalid" not in str(form)
        assert "http://hl7.org/fhir/StructureDefinition/ordinalValue" in str(form)


class TestWhateverComes:
    """Whatever JSON comes in place of any part, it is read or refused, and nothing else happens."""

    @given(st.data(), JSON)
    def test_a_response(self, data: st.DataObject, other: Any) -> None:
        resource = written(OPEN, subject="Patient/7", authored=DAY)
        container, key = data.draw(st.sampled_from(places(resource)))
        container[key] = other
        with suppress(InvalidInputError):
            assert read_response(resource).visit.answers.present <= {"rash"}

    @given(st.data(), JSON)
    def test_a_form_of_somebody_else(self, data: st.DataObject, other: Any) -> None:
        form = deepcopy(THEIRS)
        container, key = data.draw(st.sampled_from(places(form)))
        container[key] = other
        given = theirs({"linkId": "1.1", "answer": [coded("present")]})
        with suppress(InvalidInputError):
            assert read_response(given, questionnaire=form).visit.answers.present <= {"rash"}
