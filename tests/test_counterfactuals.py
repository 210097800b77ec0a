"""The smallest changes that change a verdict, against a rule read off its fields."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import complete_assessments, rules

from examples import examples
from sledai import SEROLOGIC, ActivityRule, Assessment, Descriptor, InvalidInputError, Verdict
from sledai.rules.counterfactuals import Counterfactual, counterfactuals
from sledai.trials.catalog import find
from sledai.trials.nct05765006 import ACTIVITY_RULE


def meets(rule: ActivityRule, present: frozenset[Descriptor]) -> bool:
    counted = present - rule.uncounted
    total = sum(d.weight for d in counted)
    clinical = sum(d.weight for d in counted - rule.clinical_excluding)
    serologic = sum(d.weight for d in present & SEROLOGIC)
    conditional = rule.clinical_applies == "serology scored" and not serologic
    return (
        rule.least_total <= total <= rule.most_total
        and (conditional or clinical >= rule.least_clinical)
        and serologic >= rule.least_serologic
        and (not rule.one_of or bool(rule.one_of & present))
    )


@settings(max_examples=examples(30), deadline=None)
@given(rules, complete_assessments, st.integers(1, 2))
def test_all_the_smallest_sets_and_no_others(
    rule: ActivityRule, visit: Assessment, most: int
) -> None:
    before = meets(rule, visit.present)
    found = counterfactuals(rule, visit, most=most)
    for size in range(1, most + 1):
        expected = {
            frozenset(changed)
            for changed in combinations(Descriptor, size)
            if meets(rule, visit.present ^ frozenset(changed)) is not before
        }
        if expected:
            assert {one.present | one.absent for one in found} == expected
            assert {one.verdict for one in found} == {Verdict.NOT_MET if before else Verdict.MET}
            assert all(not one.present & visit.present for one in found)
            assert all(one.absent <= visit.present for one in found)
            return
    assert found == ()


class TestAtTheEdge:
    def test_one_point_short(self) -> None:
        visit = Assessment.of(present={"arthritis", "rash", "fever"})
        found = counterfactuals(ACTIVITY_RULE, visit)
        assert {one.verdict for one in found} == {Verdict.MET}
        assert all(len(one.present) == 1 and not one.absent for one in found)
        assert {d for one in found for d in one.present} == set(Descriptor) - visit.present

    def test_two_changes_at_once(self) -> None:
        visit = Assessment.of(present={"seizure", "arthritis"})
        found = counterfactuals(ACTIVITY_RULE, visit)
        assert [str(one) for one in found] == ["not met with seizure absent"]
        visit = Assessment.of(present={"seizure", "psychosis"})
        assert [str(one) for one in counterfactuals(ACTIVITY_RULE, visit)] == [
            "not met with seizure, psychosis absent"
        ]

    def test_present_and_absent_together(self) -> None:
        one = Counterfactual(
            frozenset({Descriptor.RASH}), frozenset({Descriptor.FEVER}), Verdict.NOT_MET
        )
        assert str(one) == "not met with rash present and fever absent"

    def test_what_was_not_assessed_is_not_changed(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed={"rash", "alopecia"})
        found = counterfactuals(ACTIVITY_RULE, visit)
        assert found
        changed = {d for one in found for d in one.present | one.absent}
        assert not {Descriptor.RASH, Descriptor.ALOPECIA} & changed
        assert {one.verdict for one in found} == {Verdict.MET, Verdict.NOT_MET}

    def test_far_from_the_edge_there_is_none(self) -> None:
        assert counterfactuals(ACTIVITY_RULE, Assessment.of(present=list(Descriptor))) == ()
        assert counterfactuals(find("NCT06360068").rule, Assessment.of(), most=1) != ()

    @pytest.mark.parametrize("most", [0, 5, 1.5, True, "2"])
    def test_how_many_changes_is_a_number_of_1_to_4(self, most: Any) -> None:
        with pytest.raises(InvalidInputError, match=r"most: found .*; accepted: a whole number of"):
            counterfactuals(ACTIVITY_RULE, Assessment.of(), most=most)
