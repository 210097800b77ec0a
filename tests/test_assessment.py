"""Assessment: 24 answers, each given; nothing else is taken for an answer."""

import json
import pickle
from typing import Any

import numpy as np
import pytest
import spec_tables
from hypothesis import given
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from strategies import assessments

from sledai import (
    SEROLOGIC,
    Assessment,
    Descriptor,
    IncompleteAssessmentError,
    InvalidInputError,
    ScoreBounds,
    score_bounds,
    total_score,
)
from sledai.definitions.selena import SELENA_DEFINITIONS

ABSENT = dict.fromkeys(spec_tables.NAMES, False)


def refusal(data: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Assessment.model_validate(data)
    return str(caught.value)


def test_fields_are_the_descriptors_in_form_order() -> None:
    assert list(Assessment.model_fields) == spec_tables.NAMES


@pytest.mark.parametrize("name", spec_tables.NAMES)
def test_a_missing_field_is_named(name: str) -> None:
    said = refusal({k: v for k, v in ABSENT.items() if k != name})
    assert f"{name}\n  no answer given" in said
    assert said.startswith("1 validation error")


def test_an_unknown_field_is_named() -> None:
    assert "hemolytic_anemia\n  not one of the 24" in refusal({**ABSENT, "hemolytic_anemia": True})


@pytest.mark.parametrize("value", [1, 0, 8, 1.0, "yes", "true", "", [], float("nan")])
def test_only_true_false_and_none_are_answers(value: object) -> None:
    said = refusal({**ABSENT, "rash": value})
    assert f"rash\n  found {value!a}; accepted: true (present), false (absent) or null" in said


def test_an_error_quotes_the_offending_cell_and_nothing_else_of_the_record() -> None:
    record: dict[str, Any] = {**ABSENT, "rash": "x" * 200, "patient_name": "Jane Doe"}
    del record["fever"]
    said = refusal(record)
    assert "Jane" not in said
    assert "'seizure'" not in said
    assert "x" * 41 not in said


def test_errors_keep_their_place_inside_a_larger_model() -> None:
    class Request(BaseModel):
        visit: Assessment

    with pytest.raises(ValidationError) as caught:
        Request.model_validate({"visit": {**ABSENT, "rash": 8}})
    (error,) = caught.value.errors(include_url=False)
    assert error["loc"] == ("visit", "rash")


def test_the_errors_for_programs() -> None:
    record: dict[str, Any] = {**ABSENT, "rash": 8, "patient_name": "Jane Doe"}
    del record["fever"]
    with pytest.raises(ValidationError) as caught:
        Assessment.model_validate(record)
    assert caught.value.title == "Assessment"
    assert "input_value" not in str(caught.value)
    accepted = "accepted: true (present), false (absent) or null (not assessed)"
    assert [(e["type"], e["loc"], e["msg"], e["input"]) for e in caught.value.errors()] == [
        ("not_an_answer", ("rash",), f"found 8; {accepted}", 8),
        ("missing", ("fever",), f"no answer given; {accepted}", None),
        ("extra_forbidden", ("patient_name",), "not one of the 24 descriptors", "Jane Doe"),
    ]


def test_what_is_no_mapping_is_refused() -> None:
    assert "valid dictionary or instance of Assessment" in refusal(7)


def test_a_model_built_on_it_keeps_the_errors_of_its_own_fields() -> None:
    class Visit(Assessment):
        subject: str = Field(min_length=2)
        number: int = Field(gt=0)

        @field_validator("subject")
        @classmethod
        def check(cls, _: str) -> str:
            raise PydanticCustomError("bad_subject", "bad subject")

    with pytest.raises(ValidationError) as caught:
        Visit.model_validate({**ABSENT, "rash": 8, "subject": "xyz"})
    assert [(e["type"], e["loc"]) for e in caught.value.errors()] == [
        ("bool_type", ("rash",)),
        ("bad_subject", ("subject",)),
        ("missing", ("number",)),
    ]
    assert "xyz" not in str(caught.value)


def test_it_never_changes() -> None:
    visit = Assessment(**ABSENT)
    with pytest.raises(ValidationError, match="frozen"):
        visit.rash = True
    assert hash(visit) == hash(Assessment(**ABSENT))


class TestOf:
    def test_all_others_are_absent(self) -> None:
        visit = Assessment.of(present={"arthritis", Descriptor.RASH}, not_assessed=SEROLOGIC)
        assert visit.present == {"arthritis", "rash"}
        assert visit.not_assessed == SEROLOGIC
        assert visit.absent == set(Descriptor) - {"arthritis", "rash"} - SEROLOGIC

    def test_nothing_named_is_a_visit_without_activity(self) -> None:
        assert Assessment.of() == Assessment(**ABSENT)

    def test_present_and_not_assessed_at_once_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="both present and not assessed: rash, fever"):
            Assessment.of(present={"fever", "rash"}, not_assessed=["rash", "fever"])

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="'joint_pain'"):
            Assessment.of(present={"joint_pain"})


class TestModelCopy:
    def test_an_update_is_validated(self) -> None:
        visit = Assessment.of(present={"rash"})
        assert visit.model_copy(update={"fever": True}).present == {"rash", "fever"}
        assert visit.model_copy() == visit
        with pytest.raises(ValidationError, match="fever"):
            visit.model_copy(update={"fever": "no"})
        with pytest.raises(ValidationError, match="feever"):
            visit.model_copy(update={"feever": True})


def test_what_slipped_past_validation_is_taken_as_not_assessed() -> None:
    record: dict[str, Any] = {**ABSENT, "rash": "no", "fever": 1}
    slipped = Assessment.model_construct(None, **record)
    assert slipped.not_assessed == {"rash", "fever"}
    assert score_bounds(slipped) == ScoreBounds(0, 3)
    with pytest.raises(IncompleteAssessmentError):
        total_score(slipped)


def test_what_slipped_past_validation_equals_no_answer() -> None:
    """Results that are kept by assessment would be another's: 1 equals True."""
    record: dict[str, Any] = {**ABSENT, "rash": 1}
    slipped, present = Assessment.model_construct(None, **record), Assessment.of(present={"rash"})
    assert slipped != present
    assert slipped == Assessment.model_construct(None, **record)
    assert present != "rash"
    assert Assessment.model_construct() != present


@given(assessments())
def test_the_three_sets_part_the_24(visit: Assessment) -> None:
    assert visit.present | visit.absent | visit.not_assessed == set(Descriptor)
    assert len(visit.present) + len(visit.absent) + len(visit.not_assessed) == 24


@given(assessments())
def test_round_trips(visit: Assessment) -> None:
    assert Assessment.model_validate_json(visit.model_dump_json()) == visit
    assert Assessment.model_validate(visit.model_dump()) == visit
    assert Assessment.of(present=visit.present, not_assessed=visit.not_assessed) == visit
    assert pickle.loads(pickle.dumps(visit)) == visit  # noqa: S301


class TestJsonSchema:
    @property
    def schema(self) -> dict[str, Any]:
        return Assessment.model_json_schema()

    def test_all_24_are_required_and_nothing_else_is_allowed(self) -> None:
        assert self.schema["required"] == spec_tables.NAMES
        assert self.schema["additionalProperties"] is False

    @pytest.mark.parametrize("descriptor", Descriptor)
    def test_each_field_carries_label_and_definition(self, descriptor: Descriptor) -> None:
        field = self.schema["properties"][descriptor]
        assert field["title"] == descriptor.label
        assert field["description"] == (
            f"{SELENA_DEFINITIONS[descriptor].text} "
            f"(SELENA-SLEDAI {SELENA_DEFINITIONS[descriptor].citation.mark}; "
            f"weight {descriptor.weight}; null: not assessed)"
        )
        assert field["anyOf"] == [{"type": "boolean"}, {"type": "null"}]
        assert "default" not in field

    def test_it_says_how_a_definition_was_read(self) -> None:
        said = {name: field["description"] for name, field in self.schema["properties"].items()}
        assert "(SELENA-SLEDAI [not read]; weight 2; " in said["pleurisy"]
        assert "(SELENA-SLEDAI [as reproduced in hokuto.app]; weight 2; " in said["rash"]

    def test_it_says_when_a_descriptor_counts(self) -> None:
        assert self.schema["description"] == (
            "The 24 descriptors of the SELENA-SLEDAI at one visit, each true (present), false "
            "(absent) or null (not assessed). A descriptor counts when present at the visit or in "
            "the 10 days before it, and due to lupus."
        )

    def test_it_is_json(self) -> None:
        assert json.loads(json.dumps(self.schema)) == self.schema


def test_the_booleans_of_numpy_are_answers() -> None:
    row = {d.value: np.bool_(d == "rash") for d in Descriptor} | {"fever": None}
    assert Assessment(**row) == Assessment.of(present={"rash"}, not_assessed={"fever"})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1, 0, "yes", 1.0, np.int64(1), np.float64(0), np.str_("yes")])
def test_nothing_else_of_numpy_is_an_answer(value: object) -> None:
    row = {d.value: np.False_ for d in Descriptor} | {"rash": value}
    with pytest.raises(ValidationError, match=r"rash\n  found .*; accepted: true"):
        Assessment.model_validate(row)
