"""A patient's course: each visit beside the one before, first flare, time in a state."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quiet_visits import START, visit

from sledai import Descriptor, InvalidInputError, Verdict
from sledai.indices import adjusted_mean, doris, lldas, sfi
from sledai.indices.course import FirstFlare, TimeIn, course, first_flare, time_in
from sledai.indices.report import report
from sledai.indices.states import Readings
from sledai.visits import History, Visit
from sledai.visits.change import ScoreChange


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


class TestJudgedOnce:
    """A course is a sequence of its steps; what follows from them is not judged again."""

    HISTORY = History(
        visits=(visit(0), visit(20, new_nsaid=None), visit(50, "arthritis"), visit(80))
    )

    def test_it_is_a_sequence(self) -> None:
        followed = course(self.HISTORY)
        first, *others = followed
        assert (len(followed), followed[0], followed[1:]) == (4, first, tuple(others))
        assert followed == course(self.HISTORY)
        assert followed != course(self.HISTORY, Readings(carry="at both ends"))
        assert followed.history == self.HISTORY
        assert followed.days == 80
        with pytest.raises(AttributeError):
            followed.steps = ()  # type: ignore[misc]

    @pytest.mark.parametrize("readings", [Readings(), Readings(carry="at both ends")])
    def test_what_follows_is_as_of_the_history(self, readings: Readings) -> None:
        followed = course(self.HISTORY, readings)
        assert followed.first_flare == first_flare(self.HISTORY, readings) == FirstFlare(20, 50)
        assert first_flare(followed) == followed.first_flare
        for state, days in {"LLDAS": 50, "DORIS": 50}.items():
            low = days if readings.carry == "until the next visit" else 20
            assert followed.time_in(state) == TimeIn(low, low, 80)
            assert time_in(followed, state, readings) == time_in(self.HISTORY, state, readings)
        assert followed.adjusted_mean == adjusted_mean.assess(self.HISTORY)
        assert str(followed.adjusted_mean) == "1.50"  # 4 points over 30 of 80 days, as triangles

    def test_no_visit_is_judged_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        followed = course(self.HISTORY)
        monkeypatch.setattr(sfi, "assess", None)
        monkeypatch.setattr(doris, "assess", None)
        monkeypatch.setattr(lldas, "assess", None)
        assert report(followed).first_flare == followed.first_flare

    def test_other_readings_beside_a_course_are_refused(self) -> None:
        followed = course(self.HISTORY)
        said = "readings: found others beside a course; accepted: none, since it is judged by"
        others = Readings(mycophenolate=False)
        with pytest.raises(InvalidInputError, match=said):
            first_flare(followed, others)
        with pytest.raises(InvalidInputError, match=said):
            time_in(followed, "DORIS", others)
        with pytest.raises(InvalidInputError, match=said):
            report(followed, others)

    def test_a_single_visit_has_no_mean(self) -> None:
        alone = course(History(visits=(visit(0),)))
        assert alone.first_flare == FirstFlare(None, None)
        with pytest.raises(InvalidInputError, match="one visit, of 2024-01-01"):
            _ = alone.adjusted_mean


class TestReport:
    """One call gives a patient's whole report as text of 80 columns and as data."""

    def test_text(self) -> None:
        visits = (
            visit(0, "rash", "fever"),
            visit(40, "rash", "alopecia", "seizure", new_lupus_activity=None),
            visit(70, physician_global=None, new_lupus_activity=None),
            visit(100, new_nsaid=None, physician_global=None, new_lupus_activity=None),
        )
        assert str(report(History(visits=visits))) == (
            "date           total  clinical        change  flare   LLDAS  DORIS\n"
            "2024-01-01         3         3                        no     no\n"
            "2024-02-10        12        12            +9  mild    no     no\n"
            "    new: seizure, alopecia; resolved: fever\n"
            "2024-03-11         0         0           -12  open    open   open\n"
            "    resolved: seizure, rash, alopecia\n"
            "2024-04-10         0         0             0  open    open   open\n"
            "\n"
            "first flare: day 40\n"
            "adjusted mean: 4.80\n"
            "time in LLDAS: 0 % to 30 % of 100 days\n"
            "time in DORIS: 0 % to 30 % of 100 days\n"
            "readings: flare index original; LLDAS: new serology counts, a first visit needs\n"
            "  a statement; DORIS at <= 5 mg of prednisolone; a state counts until the next\n"
            "  visit"
        )

    def test_what_counts_as_no_is_said(self) -> None:
        silent = {"new_lupus_activity": None}
        made = report(History(visits=(visit(0), visit(10, **silent), visit(20, **silent))))
        assert made.time_in["LLDAS"] == TimeIn(20, 20, 20, ("new_lupus_activity",))
        assert "time in LLDAS: 100 % of 20 days; counted as no: new_lupus_activity\n" in str(made)

    def test_a_flare_that_may_be_mild_or_severe(self) -> None:
        worse = visit(30, "arthritis", hospitalized_for_lupus=None)
        assert "+4  flare " in str(report(History(visits=(visit(0), worse))))

    def test_a_single_visit(self) -> None:
        made = report(History(visits=(visit(0),)), Readings(prednisolone="<"))
        assert (made.adjusted_mean, made.time_in) == (None, {})
        assert str(made).splitlines()[1:4] == [
            "2024-01-01         0         0                        yes    yes",
            "",
            "first flare: none",
        ]
        assert "mean" not in str(made)
        assert "DORIS at < 5 mg" in str(made)

    def test_no_line_is_longer_than_80(self) -> None:
        everything = [d.value for d in Descriptor]
        visits = (visit(0), visit(30, *everything), visit(60), Visit(date=START + timedelta(90)))
        text = str(report(History(visits=visits)))
        assert max(map(len, text.splitlines())) <= 80
        for name in everything:
            assert name in text.replace("\n", " ")


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
