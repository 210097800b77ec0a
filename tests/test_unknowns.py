"""What two visits leave possible, against going through every completion one by one."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import pairwise, product
from typing import Any

import pytest
import spec_tables
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import nearly_complete_assessments

from examples import examples
from sledai import Assessment, Descriptor, Verdict
from sledai.definitions.clauses import Limit
from sledai.indices import sfi
from sledai.indices.components import past, verdict_of
from sledai.indices.unknowns import pairs_where, points, transitions
from sledai.visits import Visit

KINDS = {
    Descriptor.ARTHRITIS: frozenset({"joints"}),
    Descriptor.MYOSITIS: frozenset({"muscle"}),
    Descriptor.LOW_COMPLEMENT: frozenset({"serology"}),
    Descriptor.FEVER: frozenset({"joints", "muscle"}),
}
FIRST, SECOND = date(2024, 1, 16), date(2024, 2, 13)


def completions(visit: Visit) -> Iterator[frozenset[str]]:
    """Give what is present in each completion that has the recorded scores."""
    answers = visit.answers
    open_ = sorted(answers.not_assessed)
    for values in product([False, True], repeat=len(open_)):
        more = {d.value for d, there in zip(open_, values, strict=True) if there}
        present = frozenset({d.value for d in answers.present} | more)
        if visit.total_score in (None, spec_tables.total_of(set(present))) and (
            visit.clinical_score in (None, spec_tables.clinical_of(set(present)))
        ):
            yield present


def ways_by_hand(earlier: Visit, later: Visit) -> set[tuple[int, int, frozenset[str]]]:
    """Go through all completions of both visits: totals, and the kinds that are new."""
    return {
        (
            spec_tables.total_of(set(was)),
            spec_tables.total_of(set(now)),
            frozenset(kind for d in now - was for kind in KINDS.get(Descriptor(d), ())),
        )
        for was in completions(earlier)
        for now in completions(later)
    }


@st.composite
def visits(draw: st.DrawFn, day: date, most_unknown: int = 4) -> Visit:
    answers = draw(nearly_complete_assessments(most_unknown))
    recorded: dict[str, int] = {}
    present = {d.value for d in answers.present}
    present |= {d.value for d in sorted(answers.not_assessed) if draw(st.booleans())}
    if draw(st.booleans()):
        recorded["total_score"] = spec_tables.total_of(present)
    if draw(st.booleans()):
        recorded["clinical_score"] = spec_tables.clinical_of(present)
    return Visit.model_validate({"date": day, "assessment": answers, **recorded})


class TestTransitions:
    """Every way in which answers and recorded scores may come out is given, and no other."""

    @settings(max_examples=examples(100))
    @given(visits(FIRST), visits(SECOND))
    def test_every_completion(self, earlier: Visit, later: Visit) -> None:
        found = {
            (was, now, new)
            for new, pairs in transitions(earlier, later, KINDS).items()
            for was, now, _ in ways_by_hand(earlier, later)
            if pairs & pairs_where(lambda a, b, was=was, now=now: (a, b) == (was, now))  # type: ignore[misc]
        }
        assert found == ways_by_hand(earlier, later)
        bits = sum(pairs.bit_count() for pairs in transitions(earlier, later, KINDS).values())
        assert bits == len(found)

    def test_by_hand(self) -> None:
        was = Assessment.of(present={"rash"}, not_assessed={"fever"})
        now = Assessment.of(present={"rash"}, not_assessed={"arthritis"})
        ways = transitions(
            Visit(date=FIRST, assessment=was),
            Visit(date=SECOND, assessment=now),
            {Descriptor.ARTHRITIS: frozenset({"joints"})},
        )
        none, joints = frozenset[str](), frozenset({"joints"})
        assert ways == {
            none: pairs_where(lambda a, b: a in {2, 3} and b == 2),
            joints: pairs_where(lambda a, b: a in {2, 3} and b == 6),
        }

    def test_nothing_known(self) -> None:
        """Every pair of totals is possible, and each kind may be new or not."""
        ways = transitions(Visit(date=FIRST), Visit(date=SECOND), KINDS)
        assert len(ways) == 8  # joints, muscle and serology, each or not; fever is two of them
        assert reduce(int.__or__, ways.values()) == pairs_where(lambda _, __: True)


NUMBERS = st.none() | st.integers(0, 80).map(lambda n: Decimal(n) / 2)
GLOBALS = st.none() | st.integers(0, 30).map(lambda n: Decimal(n) / 10)
WEIGHTS = st.none() | st.integers(2, 160).map(lambda n: Decimal(n) / 2)


def sides(known: Decimal | None, most: int, limits: Iterable[Fraction], least: int = 0) -> Any:
    """A known number, or one on, between and beyond all limits, within the range."""
    if known is not None:
        return [Fraction(known)]
    edges = sorted({Fraction(least), Fraction(most), *limits})
    some = {*edges, *((a + b) / 2 for a, b in pairwise(edges))}
    return [number for number in some if least <= number <= most]


class TestNumbers:
    """Doses by weight and global assessments: each number that is not known on every side of all
    limits at once, beside visits at which nothing else is a flare.
    """

    def outcomes(self, earlier: dict[str, Any], later: dict[str, Any]) -> frozenset[sfi.Flare]:
        signs = [n for n in Visit.model_fields if n.startswith("new_or_worse") or "new_" in n]
        rest = {
            "assessment": Assessment.of(),
            "hospitalized_for_lupus": False,
            "hemolytic_anemia": False,
            "platelets": "250 K/uL",
            **dict.fromkeys(signs, False),
        }
        before = Visit.model_validate({"date": FIRST, **rest, **earlier})
        return sfi.assess(before, Visit.model_validate({"date": SECOND, **rest, **later})).possible

    @settings(max_examples=examples(60))
    @given(NUMBERS, NUMBERS, WEIGHTS)
    def test_doses(
        self, before: Decimal | None, now: Decimal | None, weight: Decimal | None
    ) -> None:
        expected: set[sfi.Flare] = set()
        near = [Fraction(n) for n in (before, now) if n is not None]
        for kg in sides(weight, 400, [2 * n for n in near], least=1):
            for was in sides(before, 10_000, [*near, kg / 2]):
                for dose in sides(now, 10_000, [*near, kg / 2, was]):
                    if dose > was:
                        severe = dose > kg / 2
                        expected.add(sfi.Flare.SEVERE if severe else sfi.Flare.MILD_MODERATE)
                    else:
                        expected.add(sfi.Flare.NONE)
        found = self.outcomes(
            {"prednisone_mg_day": before, "physician_global": 0},
            {"prednisone_mg_day": now, "weight_kg": weight, "physician_global": 0},
        )
        assert found == expected

    @settings(max_examples=examples(60))
    @given(NUMBERS, NUMBERS, WEIGHTS)
    def test_signs_with_doses(
        self, before: Decimal | None, now: Decimal | None, weight: Decimal | None
    ) -> None:
        """A severe sign counts with doubled prednisone, and with more than 0.5 mg/kg/day."""
        expected: set[bool] = set()
        near = [Fraction(n) for n in (before, now) if n is not None]
        for kg in sides(weight, 400, [2 * n for n in near], least=1):
            for was in sides(before, 10_000, [*near, *(n / 2 for n in near), kg / 2, kg / 4]):
                for dose in sides(now, 10_000, [*near, kg / 2, was, 2 * was]):
                    doubled = dose > was and dose >= 2 * was
                    expected.add(doubled or dose > kg / 2)
        fields = {"new_or_worse_nephritis": True, "hospitalized_for_lupus": False}
        result = sfi.assess(
            Visit.model_validate({"date": FIRST, "prednisone_mg_day": before}),
            Visit.model_validate(
                {"date": SECOND, "prednisone_mg_day": now, "weight_kg": weight, **fields}
            ),
        )
        (signs,) = (one for one in result.severe if one.name == "signs")
        assert signs.verdict is verdict_of(expected)

    @settings(max_examples=examples(60))
    @given(GLOBALS, GLOBALS)
    def test_global_assessments(self, before: Decimal | None, now: Decimal | None) -> None:
        assume(before is not None or now is not None)
        expected: set[sfi.Flare] = set()
        grid = [Fraction(n, 20) for n in range(61)]
        for was in grid if before is None else [Fraction(before)]:
            for value in grid if now is None else [Fraction(now)]:
                if value > was and value > Fraction(5, 2):
                    expected.add(sfi.Flare.SEVERE)
                elif value - was >= 1:
                    expected.add(sfi.Flare.MILD_MODERATE)
                else:
                    expected.add(sfi.Flare.NONE)
        doses = {"prednisone_mg_day": 0}
        found = self.outcomes(
            {"physician_global": before, **doses}, {"physician_global": now, **doses}
        )
        assert found == expected


def test_points_stand_for_every_side_of_each_limit() -> None:
    found = points(None, Fraction(0), Fraction(10), [Fraction(3), Fraction(20)])
    assert found == [0, Fraction(3, 2), 3, Fraction(13, 2), 10]
    assert points(Decimal("2.5"), Fraction(0), Fraction(3), []) == [Fraction(5, 2)]


@pytest.mark.parametrize(
    ("operator", "below", "on", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
    ],
)
def test_a_number_is_past_a_limit(operator: Any, below: bool, on: bool, above: bool) -> None:
    limit = Limit("physician_global", operator, Decimal("0.3"), "on 0 to 3")
    for number in (Decimal, Fraction):
        answers = [past(number(text), limit) for text in ("0.29", "0.3", "0.31")]
        assert answers == [below, on, above]


def test_verdicts_on_several_answers() -> None:
    answers: list[list[bool | None]] = [[True], [False], [None], [True, False], [False, None]]
    assert [verdict_of(some) for some in answers] == [
        Verdict.MET,
        Verdict.NOT_MET,
        *[Verdict.UNDETERMINED] * 3,
    ]
