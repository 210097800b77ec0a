"""What explains a recorded score, and what a possible one implies, by brute force."""

from itertools import combinations, product

import pytest
import spec_tables
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import assessments, nearly_complete_assessments

from examples import examples
from sledai import SEROLOGIC, Assessment, Descriptor, total_score
from sledai.scoring.recorded_scores import Miscount, explain, imply

CLINICAL = {name for name in spec_tables.NAMES if name not in spec_tables.SEROLOGIC}


def completions(unknown: list[str]) -> list[set[str]]:
    """Every choice of which not-assessed descriptors are present."""
    return [
        {name for name, chosen in zip(unknown, choice, strict=True) if chosen}
        for choice in product([True, False], repeat=len(unknown))
    ]


def smallest_by_trying(visit: Assessment, recorded: float, most: int) -> set[frozenset[str]] | None:
    """The smallest sets of descriptors to count the other way round, None beyond `most`."""
    present = {d.value for d in visit.present}
    unknown = [d.value for d in visit.not_assessed]
    possible = [spec_tables.total_of(chosen) for chosen in completions(unknown)]
    known = [name for name in spec_tables.NAMES if name not in unknown]
    for size in range(most + 1):
        found = {
            frozenset(flipped)
            for flipped in combinations(known, size)
            if any(
                spec_tables.total_of(present ^ set(flipped)) + points == recorded
                for points in possible
            )
        }
        if found:
            return found
    return None


@settings(max_examples=examples(150))
@given(nearly_complete_assessments(most_unknown=3), st.integers(-6, 6))
def test_the_smallest_sets_are_all_found_and_no_others(visit: Assessment, off: int) -> None:
    recorded = spec_tables.total_of({d.value for d in visit.present}) + off
    expected = smallest_by_trying(visit, recorded, most=2)
    found = explain(visit, recorded)
    if expected is None:
        assert found.size > 2 or not found.alternatives
        return
    sets = list(found.sets())
    assert set(sets) == expected
    assert len(sets) == found.number == len(expected)
    assert {len(s) for s in sets} == {found.size}
    assert found.single == (next(iter(expected)) if len(expected) == 1 else None)


def test_each_set_of_one_descriptor() -> None:
    found = explain(Assessment.of(present={"arthritis"}), 6)
    of_two_points = {name for name, points in spec_tables.WEIGHTS.items() if points == 2}
    assert [*found.sets()] == [frozenset({Descriptor(name)}) for name in sorted(of_two_points)]


@settings(max_examples=examples(100))
@given(assessments(st.booleans()), st.integers(-200, 300))
def test_every_set_gives_the_recorded_total(visit: Assessment, recorded: int) -> None:
    found = explain(visit, recorded)
    assert bool(found.alternatives) == (0 <= recorded <= 105)
    for changes in found.alternatives[:5]:
        flipped = {d for change in changes for d in sorted(change.among)[: change.count]}
        update = {d.value: d in visit.absent for d in flipped}
        assert total_score(visit.model_copy(update=update)) == recorded


@settings(max_examples=examples(100))
@given(nearly_complete_assessments(most_unknown=6), st.data())
def test_what_is_implied_holds_in_every_completion(visit: Assessment, data: st.DataObject) -> None:
    present = {d.value for d in visit.present}
    unknown = [d.value for d in visit.not_assessed]
    recorded = data.draw(st.integers(-1, 106))
    ways = [
        chosen
        for chosen in completions(unknown)
        if spec_tables.total_of(present | chosen) == recorded
    ]
    found = imply(visit, recorded)
    if not ways:
        assert found is None
        return
    assert found is not None
    assert found.present == set.intersection(*ways)
    assert found.absent == set(unknown) - set[str]().union(*ways)
    among = {name for _, group in found.some for name in group}
    assert found.present | found.absent | among | found.undecided == set(unknown)
    for count, group in found.some:
        assert {len(group & chosen) for chosen in ways} == {count}
        assert 0 < count < len(group)
    for weight in {d.weight for d in found.undecided}:
        open_ones = {d for d in found.undecided if d.weight == weight}
        assert len({len(open_ones & chosen) for chosen in ways}) > 1


@given(nearly_complete_assessments(most_unknown=4), st.integers(0, 20))
def test_a_score_that_leaves_descriptors_out(visit: Assessment, recorded: int) -> None:
    """The answers left out neither explain nor follow from it."""
    found = explain(visit, recorded, excluding=SEROLOGIC)
    assert all(change.among <= CLINICAL for way in found.alternatives for change in way)
    blank = visit.model_copy(update=dict.fromkeys(SEROLOGIC, False))
    implied, of_blank = (imply(v, recorded, excluding=SEROLOGIC) for v in (visit, blank))
    assert implied == of_blank
    assume(not SEROLOGIC & visit.not_assessed)
    assert found == explain(blank, recorded, excluding=SEROLOGIC)


class TestWords:
    visit = Assessment.of(present={"arthritis", "leukopenia"})

    def said(self, recorded: float, visit: Assessment | None = None) -> str:
        return str(explain(visit or self.visit, recorded))

    def test_one_that_was_not_added(self) -> None:
        assert self.said(4) == "leukopenia present but not added"
        assert explain(self.visit, 4).single == frozenset({Descriptor.LEUKOPENIA})

    def test_several_of_which_one_was_added_are_not_narrowed_down(self) -> None:
        assert self.said(6) == "1 of fever, thrombocytopenia absent but added"
        assert explain(self.visit, 6).single is None

    def test_two_at_once(self) -> None:
        assert self.said(0) == (
            "arthritis present but not added and leukopenia present but not added"
        )
        both = {Descriptor.ARTHRITIS, Descriptor.LEUKOPENIA}
        assert explain(self.visit, 0).single == frozenset(both)

    def test_more_ways_than_one(self) -> None:
        visit = Assessment.of(present={"rash", "fever", "arthritis", "seizure"})
        assert self.said(12, visit) == (
            "arthritis present but not added and 1 of thrombocytopenia, leukopenia absent but added"
            "; or rash present but not added and fever present but not added"
        )
        assert explain(visit, 12).number == 3

    def test_what_was_left_out_comes_first(self) -> None:
        all_but = Assessment.of(present=set(Descriptor) - {Descriptor.ARTHRITIS})
        assert str(explain(all_but, 104)) == (
            "1 of fever, thrombocytopenia, leukopenia present but not added and "
            "arthritis absent but added"
        )

    def test_the_heaviest_comes_first(self) -> None:
        absent = {Descriptor.SEIZURE, Descriptor.FEVER, Descriptor.LEUKOPENIA}
        all_but = Assessment.of(present=set(Descriptor) - absent)
        assert str(explain(all_but, 105)) == (
            "seizure absent but added and fever, leukopenia absent but added"
        )
        unknown = {"seizure", "psychosis", "fever", "leukopenia"}
        assert str(imply(Assessment.of(not_assessed=unknown), 9)) == (
            "implies 1 of seizure, psychosis present; 1 of fever, leukopenia present"
        )

    def test_what_nothing_explains(self) -> None:
        for recorded in (106, -1, 7.5):
            assert self.said(recorded) == "no descriptors explain it"
            assert explain(self.visit, recorded).size == 0
            assert explain(self.visit, recorded).single is None

    def test_what_needs_no_explanation(self) -> None:
        found = explain(self.visit, 5)
        assert (found.size, found.number, found.single) == (0, 1, frozenset())

    def test_a_range_that_is_not_reached(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed={"rash"})
        assert self.said(5, visit) == ("1 of fever, thrombocytopenia, leukopenia absent but added")

    def test_all_of_a_weight(self) -> None:
        change = Miscount(
            added=True, count=2, among=frozenset({Descriptor.FEVER, Descriptor.LEUKOPENIA})
        )
        assert str(change) == "fever, leukopenia absent but added"

    def test_what_is_implied(self) -> None:
        visit = Assessment.of(not_assessed={"rash", "alopecia", "fever", "seizure"})
        assert str(imply(visit, 3)) == (
            "implies fever present; 1 of rash, alopecia present; seizure absent"
        )
        assert str(imply(visit, 0)) == "implies seizure, rash, alopecia, fever absent"
        assert imply(visit, 6) is None
        visit = Assessment.of(not_assessed={"arthritis", "rash", "alopecia"})
        assert str(imply(visit, 4)) == "implies arthritis, rash, alopecia left open"

    @pytest.mark.parametrize("recorded", [7.5, 10**30])
    def test_numbers_of_any_kind(self, recorded: float) -> None:
        assert imply(self.visit, recorded) is None
