"""Time to first flare, to a response or state that lasts, and to its loss: bounds and rows."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from quiet_visits import START, visit

from examples import examples
from sledai import Assessment, InvalidInputError, Verdict
from sledai.indices.course import time_in
from sledai.indices.states import STATES, Readings
from sledai.indices.time_to_event import (
    CITATION,
    ONCE,
    EventRow,
    Held,
    TimeToEvent,
    time_to,
    time_to_flare,
    time_to_loss,
    time_to_response,
    time_to_state,
)
from sledai.visits import History
from sledai.visits.baseline import Baseline

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
FIRST = Baseline.first()


def days(found: TimeToEvent | None) -> tuple[int | None, int | None]:
    assert found is not None
    earliest, latest = (
        None if one is None else (one - found.start).days for one in (found.earliest, found.latest)
    )
    return earliest, latest


def timed(answers: dict[int, Verdict], held: Held = ONCE) -> TimeToEvent:
    pairs = [(START + timedelta(day), verdict) for day, verdict in answers.items()]
    return time_to("event", START, pairs, held=held)


class TestTimeTo:
    """The earliest visit at which it is possible, and the first at which it is certain."""

    @pytest.mark.parametrize(
        ("answers", "bounds", "said"),
        [
            ({}, (None, None), "event: none by day 0"),
            ({0: MET}, (None, None), "event: none by day 0"),
            ({30: NOT_MET, 60: NOT_MET}, (None, None), "event: none by day 60"),
            ({30: MET}, (30, 30), "event: day 30"),
            ({30: NOT_MET, 60: MET, 90: NOT_MET}, (60, 60), "event: day 60"),
            ({30: OPEN, 60: MET}, (30, 60), "event: day 30 to 60"),
            (
                {30: NOT_MET, 60: OPEN, 90: NOT_MET},
                (60, None),
                "event: possible from day 60, not certain by day 90",
            ),
        ],
    )
    def test_once(
        self, answers: dict[int, Verdict], bounds: tuple[int | None, int | None], said: str
    ) -> None:
        assert days(timed(answers)) == bounds
        assert str(timed(answers)) == said

    LASTING = {30: MET, 60: NOT_MET, 90: MET, 100: MET, 160: MET}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("visits", "over", "onset", "confirmation"),
        [
            (1, 0, 30, 30),
            (2, 0, 90, 100),
            (3, 0, 90, 160),
            (4, 0, None, None),
            (1, 10, 90, 100),
            (1, 11, 90, 160),
            (1, 70, 90, 160),
            (1, 71, None, None),
            (2, 10, 90, 100),
            (2, 11, 90, 160),
            (3, 5, 90, 160),
        ],
    )
    def test_held(
        self, visits: int, over: int, onset: int | None, confirmation: int | None
    ) -> None:
        held = Held(visits=visits, days=over, dated="onset")
        assert days(timed(self.LASTING, held)) == (onset, onset)
        held = Held(visits=visits, days=over, dated="confirmation")
        assert days(timed(self.LASTING, held)) == (confirmation, confirmation)

    def test_a_visit_that_is_open_may_join_or_part_what_lasts(self) -> None:
        held = Held(visits=2, dated="onset")
        assert days(timed({30: MET, 60: OPEN, 90: MET}, held)) == (30, None)
        assert days(timed({30: MET, 60: OPEN, 90: MET, 120: MET}, held)) == (30, 90)

    @settings(max_examples=examples(200), phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(
        st.lists(st.tuples(st.integers(1, 40), st.sampled_from(Verdict)), max_size=6),
        st.integers(1, 4),
        st.sampled_from([0, 1, 20, 40, 60]),
        st.sampled_from(["onset", "confirmation"]),
    )
    def test_against_every_completion(
        self, steps: list[tuple[int, Verdict]], visits: int, over: int, dated: Any
    ) -> None:
        at = [sum(gap for gap, _ in steps[: n + 1]) for n in range(len(steps))]
        verdicts = [verdict for _, verdict in steps]
        found = timed(
            dict(zip(at, verdicts, strict=True)), Held(visits=visits, days=over, dated=dated)
        )
        ways = [{MET: [True], NOT_MET: [False], OPEN: [True, False]}[v] for v in verdicts]
        outcomes = [by_hand(at, met, visits, over, dated) for met in product(*ways)]
        happened = [one for one in outcomes if one is not None]
        assert days(found) == (
            min(happened) if happened else None,
            max(happened) if len(happened) == len(outcomes) else None,
        )
        assert (found.last - START).days == (at[-1] if at else 0)

    @given(
        st.lists(st.sampled_from(Verdict), min_size=1, max_size=6),
        st.integers(1, 3),
    )
    def test_a_visit_added_after_the_last_moves_no_event(
        self, verdicts: list[Verdict], visits: int
    ) -> None:
        answers = {30 * (n + 1): verdict for n, verdict in enumerate(verdicts)}
        held = Held(visits=visits, dated="onset")
        before = days(timed(dict([*answers.items()][:-1]), held))
        after = days(timed(answers, held))
        for earlier, later in zip(before, after, strict=True):
            assert earlier in {None, later}

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda: Held(visits=0, dated="onset"), "visits: found 0; accepted: a whole number"),
            (lambda: Held(days=-1, dated="onset"), "days: found -1; accepted: a whole number of"),
            (lambda: Held(visits=1.5, dated="onset"), "visits: found 1.5"),  # type: ignore[arg-type]
            (lambda: Held(dated="end"), "dated: found 'end'; accepted: onset, confirmation"),  # type: ignore[arg-type]
            (lambda: timed({30: "met"}), "answers: found str; accepted: pairs of a date and"),  # type: ignore[dict-item]
            (lambda: timed({30: MET}, held=2), "held: found int; accepted: a Held, such as ONCE"),  # type: ignore[arg-type]
            (
                lambda: timed({30: MET, 20: MET}),
                "answers: found 2024-01-21 after 2024-01-31; accepted: in order",
            ),
            (
                lambda: time_to("event", START, {}, held=ONCE),
                "answers: found dict; accepted: pairs of a date and a Verdict",
            ),
        ],
    )
    def test_what_is_refused(self, make: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            make()

    def test_held_in_words(self) -> None:
        assert str(ONCE) == ""
        assert str(Held(days=84, dated="confirmation")) == "over 84 days, dated at confirmation"


def by_hand(
    at: Sequence[int], met: Sequence[bool], visits: int, over: int, dated: str
) -> int | None:
    """Try every row of visits, from each to each."""
    rows = [
        (at[i], at[j])
        for i in range(len(at))
        for j in range(i, len(at))
        if all(met[i : j + 1]) and j - i + 1 >= visits and at[j] - at[i] >= over
    ]
    return min((row[0 if dated == "onset" else 1] for row in rows), default=None)


class TestRows:
    """ADaM's names: AVAL in days, CNSR 0 for an event, STARTDT and ADT; the first day by choice."""

    def test_an_event(self) -> None:
        found = timed({30: NOT_MET, 60: MET, 90: MET})
        expected = EventRow(
            PARAM="time to event",
            STARTDT=START,
            ADT=START + timedelta(60),
            AVAL=60,
            CNSR=0,
            EVNTDESC="event",
        )
        assert found.row(bound="earliest", start_is_day=0) == expected
        assert found.row(bound="latest", start_is_day=0) == expected
        assert found.row(bound="latest", start_is_day=1).AVAL == 61

    @pytest.mark.parametrize(
        ("answers", "bound", "aval", "cnsr", "said"),
        [
            ({30: OPEN, 60: MET}, "earliest", 30, 0, "event, possible"),
            ({30: OPEN, 60: MET}, "latest", 60, 0, "event"),
            ({30: OPEN, 60: NOT_MET}, "earliest", 30, 0, "event, possible"),
            ({30: OPEN, 60: NOT_MET}, "latest", 60, 1, "event not certain by the last visit"),
            ({30: NOT_MET}, "earliest", 30, 1, "no event by the last visit"),
            ({30: NOT_MET}, "latest", 30, 1, "no event by the last visit"),
            ({}, "latest", 0, 1, "no event by the last visit"),
        ],
    )
    def test_each_end(
        self, answers: dict[int, Verdict], bound: Any, aval: int, cnsr: int, said: str
    ) -> None:
        row = timed(answers).row(bound=bound, start_is_day=0)
        assert (aval, cnsr, said) == (row.AVAL, row.CNSR, row.EVNTDESC)
        assert (row.ADT - row.STARTDT).days == aval
        assert aval + 1 == timed(answers).row(bound=bound, start_is_day=1).AVAL

    @pytest.mark.parametrize(
        ("choices", "said"),
        [
            ({"bound": "middle", "start_is_day": 0}, "bound: found 'middle'; accepted: earliest"),
            ({"bound": "latest", "start_is_day": 2}, "start_is_day: found 2; accepted: 0, 1"),
            ({"bound": "latest", "start_is_day": True}, "start_is_day: found True"),
            ({"bound": "latest", "start_is_day": "1"}, "start_is_day: found '1'"),
        ],
    )
    def test_what_is_refused(self, choices: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            timed({}).row(**choices)

    def test_neither_choice_has_a_default(self) -> None:
        for choices in ({"bound": "latest"}, {"start_is_day": 0}):
            with pytest.raises(TypeError, match="required keyword"):
                timed({}).row(**choices)

    def test_the_source(self) -> None:
        assert str(CITATION) == (
            "ADaM time-to-event variables (cdisc.org/standards/foundational/adam), Table 3.3.6.1 "
            "[as reproduced in the draft of CDISC's wiki]"
        )


class TestFlare:
    """A flare is by the flare index, each visit against the one before, after the baseline."""

    def test_when(self) -> None:
        history = History(
            visits=(visit(0), visit(20, new_nsaid=None), visit(50, "arthritis"), visit(80))
        )
        found = time_to_flare(history, FIRST)
        assert (found.event, days(found), (found.last - START).days) == ("flare", (20, 50), 80)

    def test_flares_up_to_the_baseline_do_not_count(self) -> None:
        visits = (visit(0), visit(30, "arthritis"), visit(60, "arthritis"), visit(90, "seizure"))
        by_day = {0: 30, 30: 60, 60: 30}
        for day, after in by_day.items():
            baseline = Baseline.marked(START + timedelta(day))
            assert days(time_to_flare(History(visits=visits), baseline)) == (after, after)

    def test_severe(self) -> None:
        """A severe flare is no other than the index has; a mild one does not count."""
        visits = (
            visit(0),
            visit(30, "arthritis"),
            visit(60, "arthritis", prednisone_mg_day=None),
            visit(90, hospitalized_for_lupus=True),
        )
        history = History(visits=visits)
        assert days(time_to_flare(history, FIRST)) == (30, 30)
        found = time_to_flare(history, FIRST, severe=True)
        assert (found.event, days(found)) == ("severe flare", (60, 90))

    def test_the_readings_are_handed_on(self) -> None:
        """A rise of 2 to more than 12 is a flare by the original index alone."""
        twelve = ("seizure", "arthritis")
        history = History(visits=(visit(0, *twelve), visit(30, *twelve, "low_complement")))
        assert days(time_to_flare(history, FIRST)) == (30, 30)
        assert days(time_to_flare(history, FIRST, Readings(variant="belimumab"))) == (None, None)

    @pytest.mark.parametrize(
        ("arguments", "choices", "said"),
        [
            (([], FIRST), {}, "history: found list"),
            ((History(visits=(visit(0),)), "first"), {}, "baseline: found str"),
            ((History(visits=(visit(0),)), FIRST, "original"), {}, "readings: found str"),
            ((History(visits=(visit(0),)), FIRST), {"severe": "yes"}, "severe: found str"),
        ],
    )
    def test_what_is_refused(self, arguments: Any, choices: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            time_to_flare(*arguments, **choices)

    @settings(max_examples=examples(25), phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), max_size=4))
    def test_every_completion_is_within_the_bounds(
        self, steps: list[tuple[bool, bool | None]]
    ) -> None:
        """New hydroxychloroquine and arthritis, each known or not, at visits a month apart."""

        def history(drugs: Sequence[bool | None]) -> History:
            each = zip(steps, drugs, strict=True)
            return History(
                visits=(
                    visit(0),
                    *(
                        visit(30 * n, *(["arthritis"] if sore else []), new_hydroxychloroquine=drug)
                        for n, ((sore, _), drug) in enumerate(each, start=1)
                    ),
                )
            )

        found = days(time_to_flare(history([drug for _, drug in steps]), FIRST))
        outcomes: list[int | None] = []
        for drugs in product(*([d] if d is not None else [True, False] for _, d in steps)):
            sore = [False, *(s for s, _ in steps)]
            flares = [
                30 * n
                for n, drug in enumerate(drugs, start=1)
                if drug or (sore[n] and not sore[n - 1])
            ]
            outcomes.append(min(flares, default=None))
        happened = [one for one in outcomes if one is not None]
        # Each drug is asked for at one visit alone, so that here the bounds are exact.
        assert found == (
            min(happened, default=None),
            max(happened) if len(happened) == len(outcomes) else None,
        )


class TestState:
    """A state is met at the visit as its index has it; a history's visits complete apart."""

    @settings(max_examples=examples(40), phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(
        st.lists(
            st.tuples(st.sampled_from([True, False, None]), st.sampled_from([0, 2, None])),
            min_size=1,
            max_size=5,
        ),
        st.sampled_from([ONCE, Held(visits=2, dated="onset"), Held(days=60, dated="confirmation")]),
    )
    def test_against_every_completion(
        self, steps: list[tuple[bool | None, int | None]], held: Held
    ) -> None:
        """DORIS: no arthritis, and a global assessment below 0.5."""
        visits = [
            visit(
                30 * n,
                assessment=Assessment.of().model_copy(update={"arthritis": sore}),
                physician_global=score,
            )
            for n, (sore, score) in enumerate(steps)
        ]
        found = time_to_state(History(visits=tuple(visits)), FIRST, "DORIS", held=held)
        later = [
            product([True, False] if sore is None else [sore], [0, 2] if g is None else [g])
            for sore, g in steps[1:]
        ]
        at = [30 * n for n in range(1, len(steps))]
        outcomes = [
            by_hand(
                at, [not sore and g == 0 for sore, g in way], held.visits, held.days, held.dated
            )
            for way in product(*later)
        ]
        happened = [one for one in outcomes if one is not None]
        assert days(found) == (
            min(happened, default=None),
            max(happened) if happened and len(happened) == len(outcomes) else None,
        )

    def test_what_is_assumed_is_said(self) -> None:
        visits = (visit(0, "seizure"), visit(30, new_lupus_activity=None), visit(60))
        found = time_to_state(History(visits=visits), FIRST, "LLDAS", held=ONCE)
        assert (found.event, days(found), found.assumed) == (
            "LLDAS",
            (30, 30),
            ("new_lupus_activity",),
        )

    @pytest.mark.parametrize("state", STATES)
    def test_any_state_is_timed_whichever_are_followed(self, state: str) -> None:
        """It used to be a KeyError where the readings do not follow it, which they do by two."""
        history = History(visits=(visit(0, "seizure"), visit(30)))
        alone = Readings(states=(state,))
        found = time_to_state(history, FIRST, state, held=ONCE)
        assert found == time_to_state(history, FIRST, state, alone, held=ONCE)
        assert time_to_loss(history, FIRST, state) == time_to_loss(history, FIRST, state, alone)

    @pytest.mark.parametrize("readings", [None, "DORIS"])
    def test_readings_that_are_none_are_refused(self, readings: Any) -> None:
        history = History(visits=(visit(0),))
        with pytest.raises(InvalidInputError, match="readings: found"):
            time_to_state(history, FIRST, "DORIS", readings, held=ONCE)
        with pytest.raises(InvalidInputError, match="readings: found"):
            time_to_flare(history, FIRST, readings)

    def test_another_state_is_refused(self) -> None:
        history = History(visits=(visit(0),))
        said = "state: found 'remission'; accepted: LLDAS"
        with pytest.raises(InvalidInputError, match=said):
            time_to_state(history, FIRST, "remission", held=ONCE)
        with pytest.raises(InvalidInputError, match=said):
            time_to_loss(history, FIRST, "remission")


class TestLoss:
    """Time in a state runs from the first visit that is certainly in it to the first out of it."""

    @pytest.mark.parametrize(
        ("globals_", "start", "bounds", "last"),
        [
            ([0, 0, 2, 0], 0, (60, 60), 90),
            ([2, 0, 0, 0], 30, (None, None), 90),
            ([2, 0, None, 2], 30, (30, 60), 90),
            ([None, 0, 0, None], 30, (60, None), 90),
            ([2, 2, 2, 0], 90, (None, None), 90),
        ],
    )
    def test_when(self, globals_: list[int | None], start: int, bounds: Any, last: int) -> None:
        visits = [visit(30 * n, physician_global=g) for n, g in enumerate(globals_)]
        found = time_to_loss(History(visits=tuple(visits)), FIRST, "DORIS")
        assert found is not None
        assert (found.event, days(found)) == ("loss of DORIS", bounds)
        assert ((found.start - START).days, (found.last - START).days) == (start, last)

    def test_who_is_never_certainly_in_it_has_none(self) -> None:
        history = History(visits=(visit(0), visit(30, physician_global=None)))
        assert time_to_loss(history, Baseline.marked(START + timedelta(30)), "DORIS") is None
        assert days(time_to_loss(history, FIRST, "DORIS")) == (30, None)

    def test_one_stay_is_as_long_as_the_time_in_the_state(self) -> None:
        history = History(
            visits=(visit(0), visit(30), visit(70, "arthritis"), visit(90, "seizure"))
        )
        found = time_to_loss(history, FIRST, "DORIS")
        assert days(found) == (70, 70)
        assert time_in(history, "DORIS").low == 70

    def test_what_is_assumed_is_said(self) -> None:
        visits = (visit(0, new_lupus_activity=None), visit(30), visit(60, new_lupus_activity=None))
        found = time_to_loss(History(visits=visits), FIRST, "LLDAS")
        assert found is not None
        assert ((found.start - START).days, found.assumed) == (30, ("new_lupus_activity",))


class TestResponse:
    """A response is SRI-n from the baseline; without BILAG letters it is never certain."""

    VISITS = (visit(0, "seizure", "rash"), visit(30, "seizure"), visit(60, "rash"), visit(90))

    @pytest.mark.parametrize(("n", "earliest"), [(4, 60), (5, 60), (6, 60), (7, 60), (8, 60)])
    def test_when(self, n: int, earliest: int) -> None:
        found = time_to_response(History(visits=self.VISITS), FIRST, n=n, held=ONCE)
        assert (found.event, days(found)) == (f"SRI-{n}", (earliest, None))

    def test_held_and_named(self) -> None:
        held = Held(visits=2, days=30, dated="confirmation")
        history = History(visits=self.VISITS)
        found = time_to_response(history, FIRST, n=4, held=held, edition="sledai_2k")
        assert days(found) == (90, None)
        assert found.event == (
            "SRI-4 (SLEDAI-2K) at 2 visits in a row, over 30 days, dated at confirmation"
        )

    def test_a_baseline_below_n_never_responds(self) -> None:
        history = History(visits=(visit(0, "rash"), visit(30)))
        assert days(time_to_response(history, FIRST, n=4, held=ONCE)) == (None, None)

    def test_without_a_visit_after_the_baseline(self) -> None:
        baseline = Baseline.last_by("2030-01-01")
        found = time_to_response(History(visits=self.VISITS), baseline, n=4, held=ONCE)
        assert (days(found), found.start) == ((None, None), found.last)

    def test_another_fall_is_refused_with_or_without_a_later_visit(self) -> None:
        for visits in (self.VISITS, self.VISITS[:1]):
            with pytest.raises(InvalidInputError, match="n: found 3; accepted: 4 to 8"):
                time_to_response(History(visits=visits), FIRST, n=3, held=ONCE)
