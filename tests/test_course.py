"""A patient's course: each visit beside the one before, first flare, time in a state."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sledai import Assessment, InvalidInputError, Verdict
from sledai.indices import sfi
from sledai.indices.course import FirstFlare, TimeIn, course, first_flare, time_in
from sledai.indices.states import Readings
from sledai.visits import History, Visit
from sledai.visits.change import ScoreChange

SIGNS = [name for name in Visit.model_fields if "bool" in str(Visit.model_fields[name].annotation)]
QUIET: dict[str, Any] = {
    **dict.fromkeys(SIGNS, False),
    "stable_treatment": True,
    "maintenance_doses": True,
    "assessment": Assessment.of(),
    "physician_global": 0,
    "prednisone_mg_day": 0,
    "weight_kg": 60,
    "platelets": "250 K/uL",
    "hemoglobin": "13 g/dL",
}
START = date(2024, 1, 1)


def visit(day: int, *present: str, **changes: Any) -> Visit:
    fields = {**QUIET, "assessment": Assessment.of(present=present), **changes}
    return Visit.model_validate({"date": START + timedelta(day), **fields})


class TestCourse:
    def test_the_first_visit_has_nothing_before_it(self) -> None:
        first, second = course(History(visits=(visit(0, "rash"), visit(30))))
        assert first.change is None
        assert first.flare is None
        assert first.states["LLDAS"].verdict is Verdict.MET  # no new activity is stated
        assert second.change is not None
        assert second.change.total == ScoreChange(-2, -2)
        assert second.change.resolved == {"rash"}
        assert second.flare is not None
        assert second.flare.flare is sfi.Flare.NONE
        assert (second.states["LLDAS"].verdict, second.states["DORIS"].verdict) == (
            Verdict.MET,
            Verdict.MET,
        )

    def test_new_activity_is_held_against_the_visit_before(self) -> None:
        steps = course(History(visits=(visit(0), visit(30, "rash"), visit(60, "rash"))))
        assert [step.states["LLDAS"].verdict for step in steps] == [
            Verdict.MET,  # stated: no new activity
            Verdict.NOT_MET,
            Verdict.MET,
        ]

    def test_a_visit_without_an_assessment(self) -> None:
        (step,) = course(History(visits=(Visit(date=START),)))
        assert str(step.visit.bounds()) == "0 to 105"

    def test_the_readings_are_handed_on(self) -> None:
        visits = (visit(0), visit(30, "seizure", "psychosis", prednisone_mg_day=5))
        default = course(History(visits=visits))[1]
        others = course(History(visits=visits), Readings(variant="belimumab", prednisolone="<"))[1]
        assert default.flare is not None
        assert others.flare is not None
        assert (default.flare.flare, others.flare.flare) == (
            sfi.Flare.SEVERE,
            sfi.Flare.SEVERE,  # new lupus of the central nervous system with doubled prednisone
        )
        assert len(default.flare.severe) == len(others.flare.severe) + 1
        assert default.states["DORIS"].components[2].verdict is Verdict.MET
        assert others.states["DORIS"].components[2].verdict is Verdict.NOT_MET


class TestFirstFlare:
    @pytest.mark.parametrize(
        ("visits", "found", "said"),
        [
            ([visit(0), visit(30)], FirstFlare(None, None), "none"),
            ([visit(0)], FirstFlare(None, None), "none"),
            ([visit(0), visit(30, "arthritis")], FirstFlare(30, 30), "day 30"),
            (
                [visit(0), visit(20, new_nsaid=None), visit(50, "arthritis"), visit(80)],
                FirstFlare(20, 50),
                "day 20 to 50",
            ),
            (
                [visit(0), visit(20, new_nsaid=None), visit(50)],
                FirstFlare(20, None),
                "possible from day 20",
            ),
        ],
    )
    def test_when(self, visits: list[Visit], found: FirstFlare, said: str) -> None:
        assert first_flare(History(visits=tuple(visits))) == found
        assert str(found) == said

    def test_the_variant(self) -> None:
        """A rise of 2 to more than 12 is a flare by the original index alone."""
        twelve = ("seizure", "arthritis")
        visits = (visit(0, *twelve), visit(30, *twelve, "low_complement"))
        assert first_flare(History(visits=visits)) == FirstFlare(30, 30)
        assert first_flare(History(visits=visits), Readings(variant="belimumab")) == FirstFlare(
            None, None
        )


class TestTimeIn:
    """Between visits a rule says for how long a state counts."""

    HISTORY = History(visits=(visit(0), visit(10, "arthritis"), visit(40), visit(100)))

    @pytest.mark.parametrize(
        ("carry", "days"),
        [("until the next visit", 70), ("since the visit before", 90), ("at both ends", 60)],
    )
    def test_rules(self, carry: Any, days: int) -> None:
        found = time_in(self.HISTORY, "DORIS", Readings(carry=carry))
        assert found == TimeIn(days, days, 100)
        assert str(found) == f"{days} %"

    def test_what_is_open_gives_bounds(self) -> None:
        pending = visit(40, physician_global=None)
        found = time_in(History(visits=(visit(0), pending, visit(100))), "DORIS")
        assert found == TimeIn(40, 100, 100)
        assert found.share == (Fraction(2, 5), Fraction(1))
        assert str(found) == "40 % to 100 %"
        both = time_in(
            History(visits=(visit(0), pending, visit(100))), "DORIS", Readings(carry="at both ends")
        )
        assert both == TimeIn(0, 100, 100)

    def test_low_disease_activity(self) -> None:
        rash = History(visits=(visit(0, "rash"), visit(50, "rash"), visit(80, "rash", "alopecia")))
        assert time_in(rash, "LLDAS") == TimeIn(80, 80, 80)
        assert time_in(rash, "LLDAS", Readings(carry="since the visit before")) == TimeIn(
            50, 50, 80
        )
        assert time_in(rash, "DORIS") == TimeIn(0, 0, 80)

    def test_the_reading_of_the_dose(self) -> None:
        five = History(visits=(visit(0, prednisone_mg_day=5), visit(9, prednisone_mg_day=5)))
        assert time_in(five, "DORIS").low == 9
        assert time_in(five, "DORIS", Readings(prednisolone="<")).high == 0

    @pytest.mark.parametrize(
        ("history", "arguments", "said"),
        [
            (HISTORY, {"state": "remission"}, "state: found 'remission'; accepted: LLDAS, DORIS"),
            (History(visits=(visit(0),)), {"state": "DORIS"}, "one visit, of 2024-01-01: no time"),
        ],
    )
    def test_what_is_refused(self, history: History, arguments: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            time_in(history, **arguments)

    @given(st.lists(st.tuples(st.integers(1, 90), st.booleans(), st.booleans()), min_size=2))
    def test_the_rules_bound_each_other(self, steps: list[tuple[int, bool, bool]]) -> None:
        day, visits = 0, list[Visit]()
        for gap, active, known in steps:
            present = ("arthritis",) if active else ()
            changes = {} if known else {"physician_global": None}
            visits.append(visit(day, *present, **changes))
            day += gap
        history = History(visits=tuple(visits))
        start, end, both = (
            time_in(history, "DORIS", Readings(carry=carry))
            for carry in ("until the next visit", "since the visit before", "at both ends")
        )
        assert both.low <= min(start.low, end.low)
        assert both.high <= min(start.high, end.high)
        assert all(0 <= found.low <= found.high <= found.days for found in (start, end, both))


class TestReadings:
    def test_each_is_said(self) -> None:
        others = Readings(
            variant="belimumab",
            severe_score_needs_rise_of_3=True,
            mycophenolate=False,
            new_serology="ignored",
            first_visit="has nothing new",
            prednisolone="<",
            carry="at both ends",
        )
        assert str(others) == (
            "flare index belimumab; a severe score needs a rise of 3; mycophenolate not counted; "
            "LLDAS: new serology is ignored, a first visit has nothing new; "
            "DORIS at < 5 mg of prednisolone; a state counts at both ends"
        )

    def test_each_reaches_the_flare_index(self) -> None:
        twelve = ("seizure", "arthritis")
        rise, drug = visit(30, *twelve, "low_complement"), visit(30, new_mycophenolate=True)
        assert Readings().flare(visit(0, *twelve), rise).flare is sfi.Flare.SEVERE
        strict = Readings(severe_score_needs_rise_of_3=True)
        assert strict.flare(visit(0, *twelve), rise).flare is sfi.Flare.NONE
        assert Readings().flare(visit(0), drug).flare is sfi.Flare.SEVERE
        assert Readings(mycophenolate=False).flare(visit(0), drug).flare is sfi.Flare.NONE

    def test_each_reaches_low_disease_activity(self) -> None:
        history = History(
            visits=(visit(0, new_lupus_activity=None), visit(30, "low_complement"), visit(90))
        )
        default = [step.states["LLDAS"].verdict.value for step in course(history)]
        assert default == ["undetermined", "not_met", "met"]
        readings = Readings(new_serology="ignored", first_visit="has nothing new")
        others = [step.states["LLDAS"].verdict.value for step in course(history, readings)]
        assert others == ["met", "met", "met"]
        assert time_in(history, "LLDAS") == TimeIn(0, 30, 90)
        silent = ("new_lupus_activity",)
        assert time_in(history, "LLDAS", readings) == TimeIn(90, 90, 90, assumed=silent)

    def test_another_carry_is_refused(self) -> None:
        with pytest.raises(
            InvalidInputError, match="carry: found 'ever'; accepted: until the next"
        ):
            Readings(carry="ever")  # type: ignore[arg-type]
