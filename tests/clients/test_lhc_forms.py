"""The form in LHC-Forms, which the National Library of Medicine of the United States makes."""

import random
from datetime import date
from typing import Any

import pytest
from clients.node import ask
from clients.visits import drawn_visit, scores

from sledai import Descriptor
from sledai.definitions import Edition
from sledai.fhir import questionnaire, read_candidate, read_response, screening_questionnaire
from sledai.trials.nct05765006.screening import Candidate
from sledai.visits import Visit

CODES = {True: "present", False: "absent", None: "not-assessed"}
RELEASES: tuple[Any, ...] = ("R4", "R5")


def day(visit: Visit) -> tuple[str, dict[str, str]]:
    """The date of a visit, as it is typed."""
    return "visit_date", {"text": f"{visit.date:%m/%d/%Y}"}


def clicks(visit: Visit, draw: random.Random) -> list[tuple[str, dict[str, str]]]:
    """Clicks in any order; some not assessed are left out, and some answers are changed."""
    answers = [(d.value, getattr(visit.assessment, d.value)) for d in Descriptor]
    draw.shuffle(answers)
    first = [(link, draw.choice(list(CODES.values()))) for link, _ in answers[:3]]
    changed = {link for link, _ in first}
    last = [
        (link, CODES[said])
        for link, said in answers
        if said is not None or link in changed or draw.random() < 0.5
    ]
    return [(link, {"code": code}) for link, code in first + last]


class TestScores:
    """Who clicks answers sees the scores that the library computes, and sends what was clicked."""

    @pytest.mark.parametrize(
        ("edition", "release", "number"),
        [*((e, "R4", 8) for e in Edition), (Edition.SELENA, "R5", 2)],
    )
    def test_random_visits(self, edition: Edition, release: Any, number: int) -> None:
        draw = random.Random(f"{edition.name} {release}")  # noqa: S311
        visits = [drawn_visit(draw) for _ in range(number)]
        form = {"form": questionnaire(edition, release=release), "release": release}
        question = [form | {"steps": [day(visit), *clicks(visit, draw)]} for visit in visits]
        for visit, seen in zip(visits, ask("lhc_forms", question), strict=True):
            assert not seen["errors"]
            expected = scores(visit)
            assert seen["shown"] == {
                link: "" if points is None else str(points) for link, points in expected.items()
            }
            response = read_response(seen["response"])
            assert response.visit == visit
            assert response.edition is edition
            assert sent_scores(seen["response"]) == {
                link: points for link, points in expected.items() if points is not None
            }


def sent_scores(response: Any) -> dict[str, int]:
    """The scores in a response; its last group has them."""
    return {
        item["linkId"]: answer["valueInteger"]
        for item in response["item"][-1]["item"]
        for answer in item["answer"]
    }


class TestSilence:
    """What is not answered, or no longer, leaves the scores empty and the bounds apart."""

    def test_nothing_clicked(self) -> None:
        visit = Visit(date=date(2024, 1, 16))
        form = {"form": questionnaire("SELENA"), "release": "R4", "steps": [day(visit)]}
        (seen,) = ask("lhc_forms", [form])
        assert seen["shown"] == {
            "total_score": "",
            "clinical_score": "",
            "lowest_total": "0",
            "highest_total": "105",
            "lowest_clinical": "0",
            "highest_clinical": "101",
        }
        assert read_response(seen["response"]).visit == visit

    def test_an_answer_taken_back(self) -> None:
        answers = dict.fromkeys(Descriptor, "absent") | {Descriptor.RASH: "present"}
        complete = [(link.value, {"code": code}) for link, code in answers.items()]
        form = {"form": questionnaire("SELENA"), "release": "R4"}
        taken_back = [*complete, ("fever", {"code": "not-assessed"})]
        answered = [*taken_back, ("fever", {"code": "present"})]
        steps = [complete, taken_back, answered]
        seen = ask("lhc_forms", [form | {"steps": each} for each in steps])
        assert [list(each["shown"].values()) for each in seen] == [
            ["2", "2", "2", "2", "2", "2"],
            ["", "", "2", "3", "2", "3"],
            ["3", "3", "3", "3", "3", "3"],
        ]


class TestScreening:
    """Who answers the questions of NCT05765006 describes the candidate that the library reads."""

    def test_each_kind_of_answer(self) -> None:
        steps = [
            ("informed_consent", {"code": "true"}),
            ("age", {"text": "34"}),
            ("disease_duration", {"text": "26"}),
            ("unit_disease_duration", {"text": "mo"}),
            ("oral_corticosteroids", {"code": "prednisone"}),
            ("oral_corticosteroids.prednisone", {"text": "7.5"}),
            ("oral_corticosteroids", {"code": "cortisone"}),
            ("oral_corticosteroids.cortisone", {"text": "5"}),
            ("oral_corticosteroids", {"code": "cortisone"}),  # again, which takes it back
            ("oral_corticosteroids", {"code": "dexamethasone"}),
            ("rash", {"code": "present"}),
            ("arthritis", {"code": "absent"}),
            ("fever", {"code": "not-assessed"}),
            ("urine_protein_24h", {"text": "1.2"}),
            ("severe_vasculitis", {"code": "false"}),
            ("pulmonary_hemorrhage", {"code": "true"}),
            ("pulmonary_hemorrhage", {"code": "null"}),
            ("iga", {"text": "0.9"}),
            ("unit_iga", {"text": "g/L"}),
        ]
        unknown = dict.fromkeys(Descriptor)
        expected = Candidate.model_validate(
            {
                "informed_consent": True,
                "age": 34,
                "disease_duration": "26 mo",
                "oral_corticosteroids": {"prednisone": "7.5 mg/d", "dexamethasone": None},
                "assessment": unknown | {"rash": True, "arthritis": False},
                "urine_protein_24h": "1.2 g/(24.h)",
                "severe_vasculitis": False,
                "iga": "0.9 g/L",
            }
        )
        forms = [
            {"form": screening_questionnaire(release=release), "release": release, "steps": steps}
            for release in RELEASES
        ]
        for seen in ask("lhc_forms", forms):
            assert not seen["errors"]
            assert read_candidate(seen["response"]) == expected
