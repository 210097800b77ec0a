"""The expressions of the form in fhirpath.js and in fhirpathpy."""

import random
from typing import Any

import pytest
from clients.node import ask
from clients.visits import drawn_visit, scores
from fhirpathpy import compile as compile_path
from fhirpathpy.models import models

from sledai.definitions import Edition
from sledai.fhir import Score, questionnaire, response

VISITS = 300
SLOW = 30  # of which fhirpathpy computes, which takes a second for five


def calculated(form: dict[str, Any]) -> dict[str, str]:
    """The expressions of a form by linkId, found by the name that SDC gives their extension."""
    return {
        item["linkId"]: extension["valueExpression"]["expression"]
        for group in form["item"]
        for item in group.get("item", [])
        for extension in item.get("extension", [])
        if extension["url"].endswith("/sdc-questionnaire-calculatedExpression")
    }


def answers_alone(written: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The response without its scores, in which some of what was not assessed is not answered."""
    for group in (groups := [g for g in written["item"] if g["linkId"] != "scores"]):
        group["item"] = [
            item
            for item in group.get("item", [])
            if item["answer"][0]["valueCoding"]["code"] != "not-assessed" or draw.random() < 0.5
        ]
    return written | {"item": groups}


@pytest.mark.parametrize("release", ["R4", "R5"])
class TestScores:
    """Each engine of FHIRPath computes the scores of the library, and leaves open what it does."""

    def test_random_visits(self, release: Any) -> None:
        draw = random.Random(release)  # noqa: S311
        visits = [drawn_visit(draw) for _ in range(VISITS)]
        resources = [answers_alone(response(visit, "SELENA"), draw) for visit in visits]
        expressions = calculated(questionnaire("SELENA", release=release))
        expected = [
            {link: [] if points is None else [points] for link, points in scores(visit).items()}
            for visit in visits
        ]
        question = {
            "release": release,
            "resources": resources,
            "expressions": list(expressions.values()),
        }
        computed = ask("expressions", question)
        assert [dict(zip(expressions, row, strict=True)) for row in computed] == expected
        model = models[release.lower()]
        compiled = {link: compile_path(text, model) for link, text in expressions.items()}
        assert [
            {link: value(resource, {"resource": resource}) for link, value in compiled.items()}
            for resource in resources[:SLOW]
        ] == expected[:SLOW]


def test_all_editions_have_the_same_expressions() -> None:
    first, *others = [calculated(questionnaire(edition)) for edition in Edition]
    assert len(first) == len(Score)
    assert others == [first] * len(others)
