"""Visits and histories: nothing defaults to normal, and no date stands twice."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from pydantic import BaseModel, ValidationError

from sledai import Assessment
from sledai.trials.nct05765006.candidate import Candidate
from sledai.visits import History, Visit

DAY = date(2024, 1, 16)


def test_nothing_defaults_to_normal() -> None:
    visit = Visit(date=date(2024, 1, 16))
    given = visit.model_dump(exclude={"date"})
    assert len(given) == 44
    assert set(given.values()) == {None}


def test_every_field_says_what_it_is() -> None:
    fields = Visit.model_fields
    assert all(fields[name].description for name in fields if name not in {"date", "assessment"})


@pytest.mark.parametrize("value", [1.2, "1.2", Decimal("1.2")])
def test_numbers_are_the_decimals_that_were_written(value: Any) -> None:
    """In binary floats 1.5 - 1.2 is a little more than 0.3."""
    visit = Visit(date=DAY, physician_global=value)
    assert visit.physician_global == Decimal("1.2")
    assert Decimal("1.5") - visit.physician_global == Decimal("0.3")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("1.123456789", "1.123456789"),
        ("1.1234567894", "1.123456789"),
        ("1.1234567896", "1.12345679"),
        ("1.20000000000000004", "1.2"),
    ],
)
def test_numbers_are_held_to_nine_decimals(written: str, held: str) -> None:
    assert str(Visit(date=DAY, physician_global=Decimal(written)).physician_global) == held


@pytest.mark.parametrize(("field", "most"), [("total_score", 105), ("clinical_score", 101)])
def test_recorded_scores(field: str, most: int) -> None:
    for accepted in (0, most):
        assert getattr(Visit.model_validate({"date": DAY, field: accepted}), field) == accepted
    for refused in (-1, 106, 0.5, "8", True):
        said = f"found {refused!r}; accepted: a whole number 0 to 105, or null"
        with pytest.raises(ValidationError, match=said):
            Visit.model_validate({"date": DAY, field: refused})
    whole, null = Visit.model_json_schema()["properties"][field]["anyOf"]
    assert whole == {"type": "integer", "minimum": 0, "maximum": 105}
    assert null == {"type": "null"}


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("physician_global", 0, 3), ("prednisone_mg_day", 0, 10_000), ("weight_kg", 1, 400)],
)
def test_ranges(field: str, least: float, most: float) -> None:
    for accepted in (least, most):
        Visit.model_validate({"date": DAY, field: accepted})
    for refused in (least - 0.01, most + 0.01):
        said = f"found {refused}; accepted: " + (
            f"{least} to {most:,} " if refused > 0 else "a number or null"
        )
        with pytest.raises(ValidationError, match=said):
            Visit.model_validate({"date": DAY, field: refused})


@pytest.mark.parametrize(
    "value",
    [True, "two", float("nan"), float("inf"), [1], "0_1", "\N{FULLWIDTH DIGIT ONE}", 10**400],
)
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(ValidationError, match=r"found .*; accepted: a number or null"):
        Visit(date=DAY, physician_global=value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"date": DAY, "platelets": "92"}, "found '92'; accepted: text of a number and a unit"),
        ({"date": DAY, "new_nsaid": "no"}, "found 'no'; accepted: true, false or null"),
        ({"date": DAY, "pga": 1}, "pga"),
    ],
)
def test_what_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Visit.model_validate(given)


@pytest.mark.parametrize("value", ["2024-01-16", DAY, datetime(2024, 1, 16, 9, 30)])  # noqa: DTZ001
def test_dates(value: Any) -> None:
    assert Visit(date=value).date == DAY
    assert type(Visit(date=value).date) is date


@pytest.mark.parametrize(
    "value",
    [0, "0", 1705363200, "1705363200", "20240116", "2024-W03-2", "2024-13-01", "16.1.2024", None],
)
def test_what_is_no_date(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Visit(date=value)
    (line,) = caught.value.errors()
    assert line["msg"] == (f"Value error, found {value!r}; accepted: a date, such as 2024-01-16")


def test_a_time_that_is_none_is_no_date() -> None:
    with pytest.raises(ValidationError, match="found NaT; accepted: a date"):
        Visit.model_validate({"date": pd.NaT})


def test_it_survives_json() -> None:
    visit = Visit(
        date=DAY,
        assessment=Assessment.of(present={"rash"}, not_assessed={"fever"}),
        physician_global=1.2,
        hemoglobin="91 g/L",
        new_nsaid=False,
    )
    assert Visit.model_validate_json(visit.model_dump_json()) == visit


class TestHistory:
    A, B, C = (Visit(date=date(2024, month, 1)) for month in (1, 2, 3))

    def test_in_order(self) -> None:
        assert History(visits=(self.A, self.B)).visits == (self.A, self.B)
        assert History.of([self.C, self.A, self.B]).visits == (self.A, self.B, self.C)

    @pytest.mark.parametrize(
        ("visits", "said"),
        [
            ((A, C, B), "found 2024-03-01 before 2024-02-01; accepted: in order"),
            ((A, A), "found two of 2024-01-01; accepted: one of a date"),
            ((), "found none; accepted: at least one visit"),
        ],
    )
    def test_refused_with_the_dates(self, visits: tuple[Visit, ...], said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            History(visits=visits)

    def test_sorting_does_not_hide_a_date_that_stands_twice(self) -> None:
        with pytest.raises(ValidationError, match="found two of 2024-01-01"):
            History.of([self.A, self.B, self.A])


class TestNestedAssessment:
    """What has no answer is one error, whatever model holds the assessment."""

    MODELS = pytest.mark.parametrize(
        ("model", "given"), [(Visit, {"date": DAY}), (Candidate, {})], ids=["visit", "candidate"]
    )

    @MODELS
    def test_what_is_missing_is_one_error(
        self, model: type[BaseModel], given: dict[str, object]
    ) -> None:
        answers = Assessment.of(present={"rash"}).model_dump()
        del answers["fever"], answers["seizure"]
        with pytest.raises(ValidationError) as caught:
            model.model_validate({**given, "assessment": answers})
        (line,) = caught.value.errors()
        assert (line["loc"], line["msg"]) == (
            ("assessment",),
            (
                "no answer for 2 of the 24 descriptors: seizure, fever; accepted: true (present), "
                "false (absent) or null (not assessed)"
            ),
        )

    @MODELS
    def test_others_keep_their_place(
        self, model: type[BaseModel], given: dict[str, object]
    ) -> None:
        answers = Assessment.of(present={"rash"}).model_dump() | {"rash": 1, "rashes": True}
        with pytest.raises(ValidationError) as caught:
            model.model_validate({**given, "assessment": answers})
        assert [line["loc"] for line in caught.value.errors()] == [
            ("assessment", "rash"),
            ("assessment", "rashes"),
        ]
        del answers["fever"]
        with pytest.raises(ValidationError) as caught:
            model.model_validate({**given, "assessment": answers})
        assert [(line["loc"], line["msg"][:15]) for line in caught.value.errors()] == [
            (("assessment",), "no answer for 1"),
            (("assessment", "rash"), "found 1; accept"),
            (("assessment", "rashes"), "not one of the "),
        ]

    @MODELS
    def test_what_is_none(self, model: type[BaseModel], given: dict[str, object]) -> None:
        assert model.model_validate({**given, "assessment": None}) == model.model_validate(given)
        with pytest.raises(ValidationError, match="found 5; accepted: the 24 descriptors with"):
            model.model_validate({**given, "assessment": 5})
