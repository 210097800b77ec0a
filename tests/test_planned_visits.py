"""Planned visits: which visit stands for which, and how an answer that is missing counts."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sledai import InvalidInputError, Verdict
from sledai.indices.missing_visits import WAYS, Counted, count_missing
from sledai.visits import History, Visit
from sledai.visits.baseline import Baseline
from sledai.visits.windows import PlannedVisits, Tie, Window, planned_visits

START = date(2024, 1, 1)
WEEK_4 = Window(name="week 4", target=28, first=21, last=35)
WEEK_8 = Window(name="week 8", target=56, first=36, last=70)
MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
LOCF = "last observation carried forward"


def found(*days: int, tie: Tie = "earlier", windows: Any = (WEEK_4, WEEK_8)) -> PlannedVisits:
    history = History.of(Visit(date=START + timedelta(day)) for day in {0, *days})
    return planned_visits(history, Baseline.marked(START), windows, tie=tie)


def day_of(visit: Visit | None) -> int | None:
    return None if visit is None else (visit.date - START).days


class TestWindows:
    """Of the visits in a window the one closest to the target day stands for the planned visit."""

    @pytest.mark.parametrize(
        ("days", "week_4", "week_8"),
        [
            ([], None, None),
            ([20, 71], None, None),
            ([21], 21, None),
            ([35], 35, None),
            ([36], None, 36),
            ([70], None, 70),
            ([28, 56], 28, 56),
            ([27, 30, 33], 27, None),
            ([21, 30], 30, None),
            ([35, 36], 35, 36),
        ],
    )
    def test_on_the_bounds_and_beside_them(
        self, days: list[int], week_4: int | None, week_8: int | None
    ) -> None:
        visits = found(*days).visits
        assert {name: day_of(visit) for name, visit in visits.items()} == {
            "week 4": week_4,
            "week 8": week_8,
        }

    @pytest.mark.parametrize(("tie", "day"), [("earlier", 26), ("later", 30)])
    def test_of_two_that_are_equally_close(self, tie: Any, day: int) -> None:
        planned = found(24, 26, 30, 32, tie=tie)
        assert day_of(planned.visits["week 4"]) == day
        assert [day_of(visit) for visit in planned.beside] == sorted({24, 26, 30, 32} - {day})

    def test_days_before_the_baseline_can_be_planned(self) -> None:
        screening = Window(name="screening", target=-14, first=-28, last=-1)
        planned = found(-29, -20, -1, windows=[WEEK_4, screening])
        assert [*planned.visits] == ["screening", "week 4"]
        assert day_of(planned.visits["screening"]) == -20
        assert [day_of(visit) for visit in planned.beside] == [-1]
        assert [day_of(visit) for visit in planned.outside] == [-29]

    def test_without_windows_every_visit_is_outside(self) -> None:
        planned = found(5, 9, windows=[])
        assert (dict(planned.visits), planned.beside) == ({}, ())
        assert [day_of(visit) for visit in planned.outside] == [5, 9]
        assert day_of(planned.baseline) == 0

    @given(st.sets(st.integers(-40, 90), max_size=9), st.sampled_from(["earlier", "later"]))
    def test_no_visit_is_lost(self, days: set[int], tie: Any) -> None:
        """The baseline, those that stand for one, those beside and those outside are all."""
        planned = found(*days, tie=tie)
        standing = [visit for visit in planned.visits.values() if visit is not None]
        every = [planned.baseline, *standing, *planned.beside, *planned.outside]
        assert sorted(map(str, map(day_of, every))) == sorted(map(str, {0, *days}))

    @given(st.sets(st.integers(1, 90), max_size=9), st.sampled_from(["earlier", "later"]))
    def test_no_other_visit_of_the_window_is_closer(self, days: set[int], tie: Any) -> None:
        for window, standing in zip(
            (WEEK_4, WEEK_8), found(*days, tie=tie).visits.values(), strict=True
        ):
            inside = {day for day in days if window.first <= day <= window.last}
            least = {
                day
                for day in inside
                if all(abs(day - window.target) <= abs(other - window.target) for other in inside)
            }
            expected = None if not least else min(least) if tie == "earlier" else max(least)
            assert day_of(standing) == expected

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (
                lambda: Window(name="week 4", target=20, first=21, last=35),
                "week 4, target: found day 20; accepted: one of 21 to 35",
            ),
            (
                lambda: Window(name="week 4", target=36, first=21, last=35),
                "week 4, target: found day 36",
            ),
            (
                lambda: Window(name="day 1", target=1, first=0, last=7),
                "day 1: found 0 to 7; accepted: days without 0, the baseline",
            ),
            (lambda: Window(name="x", target=-1, first=-7, last=0), "x: found -7 to 0"),
            (
                lambda: Window(name="x", target=2.5, first=1, last=7),  # type: ignore[arg-type]
                "target: found 2.5; accepted: a whole number of days",
            ),
            (
                lambda: Window(name=4, target=2, first=1, last=7),  # type: ignore[arg-type]
                "name: found int; accepted: a text",
            ),
            (lambda: found(windows=WEEK_4), "windows: found Window; accepted: a list of windows"),
            (lambda: found(windows=[28]), "windows: found int; accepted: a Window each"),
            (
                lambda: found(windows=[Window(name="b", target=35, first=35, last=36), WEEK_4]),
                (
                    "windows: found week 4: day 28, 21 to 35 and b: day 35, 35 to 36; accepted: "
                    "windows that share no day"
                ),
            ),
            (
                lambda: found(
                    windows=[WEEK_4, Window(name="week 4", target=56, first=50, last=60)]
                ),
                "windows: found 'week 4'; accepted: each name once",
            ),
            (
                lambda: found(tie="closest"),  # type: ignore[arg-type]
                "tie: found 'closest'; accepted: earlier, later",
            ),
            (
                lambda: planned_visits(
                    History(visits=(Visit(date=START),)),
                    Baseline.last_by("2023-01-01"),
                    [WEEK_4],
                    tie="later",
                ),
                "baseline: found visits of 2024-01-01 to 2024-01-01",
            ),
        ],
    )
    def test_what_is_refused(self, make: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            make()


def counted(answers: Sequence[Verdict | None], **choices: Any) -> list[Verdict]:
    planned = {f"visit {n}": answer for n, answer in enumerate(answers)}
    arguments: dict[str, Any] = {"good": MET, **choices}
    result = count_missing(planned, **arguments)
    assert [one.answer for one in result.values()] == [*answers]
    return [one.verdict for one in result.values()]


class TestMissing:
    """A missing answer is open, not met, the one carried forward, or bad, by what is chosen."""

    ANSWERS: list[Verdict | None] = [None, MET, OPEN, None, NOT_MET, None]  # noqa: RUF012

    @pytest.mark.parametrize(
        ("choices", "verdicts"),
        [
            ({}, [OPEN, MET, OPEN, OPEN, NOT_MET, OPEN]),
            ({"missing": "open", "good": NOT_MET}, [OPEN, MET, OPEN, OPEN, NOT_MET, OPEN]),
            ({"missing": "non-responder"}, [NOT_MET, MET, NOT_MET, NOT_MET, NOT_MET, NOT_MET]),
            ({"missing": LOCF}, [OPEN, MET, MET, MET, NOT_MET, NOT_MET]),
            ({"missing": LOCF, "good": NOT_MET}, [OPEN, MET, MET, MET, NOT_MET, NOT_MET]),
            ({"missing": "worst case"}, [NOT_MET, MET, NOT_MET, NOT_MET, NOT_MET, NOT_MET]),
            ({"missing": "worst case", "good": NOT_MET}, [MET, MET, MET, MET, NOT_MET, MET]),
        ],
        ids=str,
    )
    def test_each_way(self, choices: dict[str, Any], verdicts: list[Verdict]) -> None:
        assert counted(self.ANSWERS, **choices) == verdicts

    @pytest.mark.parametrize(
        ("missing", "how"),
        [
            ("open", ["visit missed", "observed", "answer open"]),
            (
                "non-responder",
                ["visit missed; non-responder", "observed", "answer open; non-responder"],
            ),
            (
                LOCF,
                [
                    f"visit missed; {LOCF}: nothing before it",
                    "observed",
                    f"answer open; {LOCF}: week 4",
                ],
            ),
            ("worst case", ["visit missed; worst case", "observed", "answer open; worst case"]),
        ],
    )
    def test_how_it_came_about_is_said(self, missing: Any, how: list[str]) -> None:
        answers = {"week 2": None, "week 4": NOT_MET, "week 8": OPEN}
        result = count_missing(answers, good=Verdict.MET, missing=missing)
        assert [*result] == [*answers]
        assert [one.how for one in result.values()] == how

    def test_in_words(self) -> None:
        assert str(Counted(answer=None, verdict=NOT_MET, how="visit missed; non-responder")) == (
            "not met (visit missed; non-responder)"
        )

    @given(st.lists(st.sampled_from([None, *Verdict]), max_size=5))
    def test_against_every_completion(self, answers: list[Verdict | None]) -> None:
        """Open is what all completions agree on; the worst case and the non-responder are one."""
        ways = [[a] if a in {MET, NOT_MET} else [MET, NOT_MET] for a in answers]
        columns = [set(column) for column in zip(*product(*ways), strict=True)]
        agreed = [column.pop() if len(column) == 1 else OPEN for column in columns]
        assert counted(answers) == agreed
        worst = [NOT_MET if NOT_MET in way else MET for way in ways]
        assert counted(answers, missing="worst case") == worst
        assert counted(answers, missing="non-responder") == worst
        worst_flare = [MET if MET in way else NOT_MET for way in ways]
        assert counted(answers, missing="worst case", good=NOT_MET) == worst_flare

    @given(st.lists(st.sampled_from([None, *Verdict]), min_size=1, max_size=6))
    def test_carried_forward_is_the_last_that_is_not_open(
        self, answers: list[Verdict | None]
    ) -> None:
        observed = [a for a in answers if a in {MET, NOT_MET}]
        last = observed[-1] if observed else OPEN
        assert counted(answers, missing=LOCF)[-1] is last

    @given(st.lists(st.sampled_from([None, *Verdict]), min_size=1, max_size=5))
    def test_a_visit_added_after_the_last_changes_none_before(
        self, answers: list[Verdict | None]
    ) -> None:
        for missing in WAYS:
            before = counted(answers[:-1], missing=missing)
            assert counted(answers, missing=missing)[:-1] == before

    def test_the_ways_and_where_they_are_in_use(self) -> None:
        assert {name: way.citation is not None for name, way in WAYS.items()} == {
            "open": False,
            "non-responder": True,
            LOCF: True,
            "worst case": False,
        }
        assert {str(way.citation) for way in WAYS.values() if way.citation} == {
            "Kim 2019 (doi 10.1136/lupus-2019-000348), abstract, methods [abstract read]"
        }
        assert all(name == way.name and way.meaning for name, way in WAYS.items())

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (
                {"missing": "zero"},
                "missing: found 'zero'; accepted: open, non-responder, last observation carried",
            ),
            (
                {"missing": "non-responder", "good": NOT_MET},
                (
                    "missing: found 'non-responder'; accepted: an endpoint that is good to meet; "
                    'of others "worst case"'
                ),
            ),
            ({"good": OPEN}, "good: found <Verdict.UNDETERMINED: 'undetermined'>; accepted: met"),
            ({"good": "met"}, "good: found 'met'; accepted: met, not_met"),
            ({"answers": [MET]}, "answers: found list; accepted: verdicts by planned visit"),
            (
                {"answers": {"week 4": "met"}},
                "answers, week 4: found str; accepted: a Verdict, or None for a missed visit",
            ),
        ],
    )
    def test_what_is_refused(self, arguments: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            count_missing(**{"answers": {}, "good": MET, **arguments})
