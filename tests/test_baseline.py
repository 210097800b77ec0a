"""The baseline of a patient, by each rule, and each visit beside it."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import pytest
import spec_tables
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from strategies import nearly_complete_assessments

from examples import examples
from sledai import Assessment, Descriptor, InvalidInputError, Verdict
from sledai.definitions import Edition
from sledai.indices.from_baseline import FromBaseline, PercentChange, since_baseline
from sledai.visits import History, Visit
from sledai.visits.baseline import Baseline, require_baseline
from sledai.visits.change import ScoreChange

START = date(2024, 1, 1)


def visit(day: int, *present: str, **changes: Any) -> Visit:
    fields = {"assessment": Assessment.of(present=present), **changes}
    return Visit.model_validate({"date": START + timedelta(day), **fields})


THREE = History(visits=(visit(0), visit(30), visit(60)))


class TestRules:
    """A baseline is the first visit, the marked visit, or the last visit on or before a date."""

    @pytest.mark.parametrize(
        ("baseline", "day"),
        [
            (Baseline.first(), 0),
            (Baseline.marked("2024-01-01"), 0),
            (Baseline.marked("2024-01-31"), 30),
            (Baseline.marked(date(2024, 3, 1)), 60),
            (Baseline.marked("2024-02-01"), None),
            (Baseline.marked("2023-12-31"), None),
            (Baseline.last_by("2023-12-31"), None),
            (Baseline.last_by("2024-01-01"), 0),
            (Baseline.last_by("2024-01-30"), 0),
            (Baseline.last_by("2024-01-31"), 30),
            (Baseline.last_by("2024-02-01"), 30),
            (Baseline.last_by("2030-01-01"), 60),
        ],
        ids=str,
    )
    def test_each(self, baseline: Baseline, day: int | None) -> None:
        found = baseline.find(THREE)
        assert (None if found is None else (found.date - START).days) == day

    def test_a_patient_without_one_is_refused_with_what_was_looked_for(self) -> None:
        for baseline, said in (
            (Baseline.last_by("2023-12-31"), "the last visit on or before 2023-12-31"),
            (Baseline.marked("2024-02-01"), "the marked visit of 2024-02-01"),
        ):
            expected = f"baseline: found visits of 2024-01-01 to 2024-03-01; accepted: {said}"
            for ask in (require_baseline, since_baseline):
                with pytest.raises(InvalidInputError) as caught:
                    ask(THREE, baseline)
                assert str(caught.value) == expected

    def test_it_says_what_it_is(self) -> None:
        assert str(Baseline.first()) == "the first visit"
        assert Baseline.marked("2024-01-16T09:30").on == date(2024, 1, 16)
        assert Baseline("marked visit", "2024-01-16") == Baseline.marked("2024-01-16")  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (
                lambda: Baseline("nadir"),  # type: ignore[arg-type]
                "rule: found 'nadir'; accepted: first visit, marked visit, last visit on or before",
            ),
            (lambda: Baseline("marked visit"), "on: found None; accepted: a date"),
            (lambda: Baseline.last_by("soon"), "on: found 'soon'; accepted: a date"),
            (
                lambda: Baseline("first visit", START),
                "on: found datetime.date.*; accepted: no date for the first visit",
            ),
            (
                lambda: Baseline.first().find([]),  # type: ignore[arg-type]
                "history: found list; accepted: a History",
            ),
            (
                lambda: require_baseline(THREE, START),  # type: ignore[arg-type]
                "baseline: found date; accepted: a Baseline, such as",
            ),
            (
                lambda: require_baseline([], Baseline.first()),  # type: ignore[arg-type]
                "history: found list; accepted: a History",
            ),
        ],
    )
    def test_what_is_refused(self, make: Any, said: str) -> None:
        with pytest.raises(InvalidInputError, match=said):
            make()


class TestRows:
    """Each visit is held against the baseline; before it and at it there is no change."""

    HISTORY = History(
        visits=(
            visit(-14, "seizure"),
            visit(0, "seizure", "rash", "low_complement", physician_global=1.5),
            visit(28, "rash", "arthritis", physician_global="1.7"),
            visit(56, "low_complement", physician_global="1.8"),
        )
    )
    ROWS = since_baseline(HISTORY, Baseline.marked(START))

    def test_days_and_which_is_the_baseline(self) -> None:
        assert [(row.days, row.is_baseline) for row in self.ROWS] == [
            (-14, False),
            (0, True),
            (28, False),
            (56, False),
        ]
        assert tuple(row.visit for row in self.ROWS) == self.HISTORY.visits

    def test_up_to_the_baseline_there_is_no_change(self) -> None:
        for row in self.ROWS[:2]:
            assert (row.change, row.percent, dict(row.responses)) == (None, None, {})

    def test_change_and_percent(self) -> None:
        """12 points at baseline (8 + 2 + 2, clinical 10), then 6 and 2 (clinical 6 and 0)."""
        for row, total, clinical, percent in (
            (self.ROWS[2], -6, -4, Fraction(-50)),
            (self.ROWS[3], -10, -10, Fraction(-250, 3)),
        ):
            assert row.change is not None
            assert row.change.total == ScoreChange(total, total)
            assert row.change.clinical == ScoreChange(clinical, clinical)
            assert row.percent == PercentChange(percent, percent)
        assert self.ROWS[2].change is not None
        assert self.ROWS[2].change.new == {"arthritis"}
        assert self.ROWS[2].change.resolved == {"seizure", "low_complement"}

    def test_responses(self) -> None:
        """A fall of 6 reaches SRI-4 to SRI-6; a global assessment up by 0.3 is a worsening."""
        first, second = self.ROWS[2].responses, self.ROWS[3].responses
        assert [*first] == [*second] == [4, 5, 6, 7, 8]
        assert [first[n].components[0].verdict for n in first] == [
            *[Verdict.MET] * 3,
            *[Verdict.NOT_MET] * 2,
        ]
        assert first[4].components[-1].verdict is Verdict.MET
        assert {result.verdict for result in second.values()} == {Verdict.NOT_MET}

    def test_the_edition_names_the_response(self) -> None:
        row = since_baseline(self.HISTORY, Baseline.marked(START), edition="sledai_2k")[3]
        assert row.responses[4].name == "SRI-4 (SLEDAI-2K)"
        assert self.ROWS[3].responses[4].name == "SRI-4"
        for history in (self.HISTORY, History(visits=(visit(0),))):
            with pytest.raises(InvalidInputError, match="edition: found"):
                since_baseline(history, Baseline.first(), edition=Edition.SLEDAI_1992)

    def test_what_is_no_history_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="history: found list"):
            since_baseline([], Baseline.first())  # type: ignore[arg-type]


class TestPercentOfNothing:
    """Of a total of 0, and of one that may be 0, no change is a percentage."""

    def test_a_baseline_that_is_0_or_may_be(self) -> None:
        for baseline in (
            visit(0),
            visit(0, assessment=Assessment.of(not_assessed={"rash"})),
            visit(0, assessment=None),
        ):
            row = since_baseline(History(visits=(baseline, visit(9, "rash"))), Baseline.first())[1]
            assert row.percent is None
            assert row.change is not None

    def test_a_baseline_of_1_is_enough(self) -> None:
        history = History(visits=(visit(0, "fever"), visit(9, "seizure")))
        row = since_baseline(history, Baseline.first())[1]
        assert row.percent == PercentChange(Fraction(700), Fraction(700))

    def test_in_words(self) -> None:
        assert str(PercentChange(Fraction(700), Fraction(700))) == "+700.0 %"
        assert str(PercentChange(Fraction(0), Fraction(0))) == "0 %"
        assert str(PercentChange(Fraction(-50), Fraction(25, 3))) == "-50.0 % to +8.3 %"

    def test_a_recorded_total_counts(self) -> None:
        history = History(
            visits=(
                Visit(date=START, total_score=8),
                visit(9, "rash", assessment=Assessment.of(not_assessed={"rash"})),
            )
        )
        row = since_baseline(history, Baseline.first())[1]
        assert row.percent == PercentChange(Fraction(-100), Fraction(-75))


def totals(assessment: Assessment) -> set[int]:
    """The total of every completion, by the weights of the spec table."""
    unknown = sorted(assessment.not_assessed)
    more = chain.from_iterable(combinations(unknown, n) for n in range(len(unknown) + 1))
    return {spec_tables.total_of({*assessment.present, *some}) for some in more}


class TestExactness:
    """Lowest and highest percent, and each response, are those of all completions."""

    @settings(max_examples=examples(60), phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(
        nearly_complete_assessments(4),
        nearly_complete_assessments(4),
        st.sampled_from([0, 1, None]),
        st.sampled_from([0, "1.29", "1.3", None]),
    )
    def test_against_every_completion(
        self, before: Assessment, after: Assessment, start_global: Any, then_global: Any
    ) -> None:
        history = History(
            visits=(
                visit(0, assessment=before, physician_global=start_global),
                visit(70, assessment=after, physician_global=then_global),
            )
        )
        row = since_baseline(history, Baseline.first())[1]
        pairs = [(a, b) for a in totals(before) for b in totals(after)]
        if any(a == 0 for a, _ in pairs):
            assert row.percent is None
        else:
            percents = [Fraction(100 * (b - a), a) for a, b in pairs]
            assert row.percent == PercentChange(min(percents), max(percents))
        worse = then_global == "1.3" and start_global in {0, 1} and start_global is not None
        worse = worse or (start_global == 0 and then_global == "1.29")
        for n, result in row.responses.items():
            # No letters: where all else can pass, the response is open.
            possible = any(a - b >= n for a, b in pairs) and not worse
            assert result.verdict is (Verdict.UNDETERMINED if possible else Verdict.NOT_MET)


def days_apart(gaps: list[int]) -> list[int]:
    return [sum(gaps[: n + 1]) for n in range(len(gaps))]


class TestAddedVisits:
    """A visit added after the last changes no earlier row, unless it becomes the baseline."""

    @settings(max_examples=examples(40), phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(
        st.lists(st.integers(1, 60), min_size=2, max_size=5),
        st.lists(st.sets(st.sampled_from(Descriptor), max_size=4), min_size=5, max_size=5),
        st.data(),
    )
    def test_no_earlier_row_moves(
        self, gaps: list[int], present: list[set[Descriptor]], data: st.DataObject
    ) -> None:
        days = days_apart(gaps)
        visits = [visit(day, *some) for day, some in zip(days, present, strict=False)]
        whole, shorter = History(visits=tuple(visits)), History(visits=tuple(visits[:-1]))
        one = data.draw(st.sampled_from(visits[:-1])).date
        for baseline in (Baseline.first(), Baseline.marked(one), Baseline.last_by(one)):
            assert since_baseline(whole, baseline)[:-1] == since_baseline(shorter, baseline)

    def test_the_last_visit_by_a_later_date_is_another_baseline(self) -> None:
        baseline = Baseline.last_by("2025-01-01")
        before = since_baseline(History(visits=(visit(0),)), baseline)
        after = since_baseline(History(visits=(visit(0), visit(30))), baseline)
        assert [row.is_baseline for row in (*before, *after)] == [True, False, True]
        assert isinstance(before[0], FromBaseline)
