"""Change between two assessments: what is new, what resolved, by how much, and of which class."""

import spec_tables
from hypothesis import given
from strategies import assessments, complete_assessments, nearly_complete_assessments

from sledai import SEROLOGIC, Assessment, Descriptor, clinical_score, total_score
from sledai.scoring import possible_scores
from sledai.visits.change import CLASS_CITATION, ChangeClass, ScoreChange, change_of, class_of


class TestClasses:
    """Gladman 2000, abstract: flare > 3, improvement > 3, persistent +/- 3, remission 0."""

    def test_on_the_limit_and_beside_it(self) -> None:
        before = 10
        classes = {change: class_of(before, before + change) for change in range(-10, 12)}
        assert {c for c, of in classes.items() if of is ChangeClass.FLARE} == set(range(4, 12))
        assert {c for c, of in classes.items() if of is ChangeClass.PERSISTENT} == set(range(-3, 4))
        assert {c for c, of in classes.items() if of is ChangeClass.IMPROVEMENT} == set(
            range(-9, -3)
        )
        assert classes[-10] is ChangeClass.REMISSION

    def test_remission_is_a_total_of_0_whatever_it_was(self) -> None:
        assert {class_of(before, 0) for before in (0, 2, 3, 4, 105)} == {ChangeClass.REMISSION}

    def test_its_source(self) -> None:
        assert str(CLASS_CITATION) == (
            "Gladman 2000 (PMID 10685800), abstract, conclusion [abstract read]"
        )


@given(assessments(), assessments())
def test_every_descriptor_is_in_one_place(earlier: Assessment, later: Assessment) -> None:
    change = change_of(earlier, later)
    absent_at_both = earlier.absent & later.absent
    parts = [change.new, change.resolved, change.persisting, change.unknown, absent_at_both]
    assert sum(map(len, parts)) == 24
    assert frozenset[Descriptor]().union(*parts) == set(Descriptor)
    back = change_of(later, earlier)
    assert (back.new, back.resolved) == (change.resolved, change.new)
    assert (back.total.low, back.total.high) == (-change.total.high, -change.total.low)


@given(complete_assessments, complete_assessments)
def test_complete_assessments_have_a_number_and_a_class(
    earlier: Assessment, later: Assessment
) -> None:
    change = change_of(earlier, later)
    total = spec_tables.total_of(set(later.present)) - spec_tables.total_of(set(earlier.present))
    clinical = clinical_score(later) - clinical_score(earlier)
    assert change.total == ScoreChange(total, total)
    assert change.clinical == ScoreChange(clinical, clinical)
    assert change.classes == {class_of(total_score(earlier), total_score(later))}


@given(nearly_complete_assessments(5), nearly_complete_assessments(5))
def test_exact_over_every_completion(earlier: Assessment, later: Assessment) -> None:
    change = change_of(earlier, later)
    pairs = [(a, b) for a in totals_by_hand(earlier) for b in totals_by_hand(later)]
    differences = [b - a for a, b in pairs]
    assert (change.total.low, change.total.high) == (min(differences), max(differences))
    assert change.classes == {class_of(a, b) for a, b in pairs}


@given(nearly_complete_assessments(6))
def test_possible_scores(visit: Assessment) -> None:
    assert possible_scores(visit) == totals_by_hand(visit)
    without = visit.model_copy(update=dict.fromkeys((d.value for d in SEROLOGIC), False))
    assert possible_scores(visit, excluding=SEROLOGIC) == totals_by_hand(without)


def totals_by_hand(visit: Assessment) -> set[int]:
    totals = {spec_tables.total_of(set(visit.present))}
    for name in visit.not_assessed:
        totals |= {total + spec_tables.WEIGHTS[name] for total in totals}
    return totals


def test_a_descriptor_that_was_not_assessed_is_not_new() -> None:
    pending = Assessment.of(not_assessed={"rash"})
    change = change_of(pending, Assessment.of(present={"rash"}))
    assert not change.new
    assert change.unknown == {Descriptor.RASH}
    assert (str(change.total), str(change.clinical)) == ("0 to +2", "0 to +2")
