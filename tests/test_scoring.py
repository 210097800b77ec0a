"""Scores equal sums over the spec table; bounds are the hull of all completions."""

from itertools import product

import pytest
import spec_tables
from hypothesis import given
from hypothesis import strategies as st
from strategies import assessments, complete_assessments, nearly_complete_assessments

from sledai import (
    SEROLOGIC,
    Assessment,
    Descriptor,
    IncompleteAssessmentError,
    InvalidInputError,
    OrganSystem,
    ScoreBounds,
    clinical_score,
    points_by_system,
    score_bounds,
    total_score,
)
from sledai.scoring import MAX_TOTAL
from sledai.scoring.variants import EXCLUSIONS, LABORATORY

EXAMPLES = spec_tables.rows("worked_examples.csv")


def completions(visit: Assessment) -> list[set[str]]:
    """The present descriptors of every completion of the not-assessed ones."""
    unknown = sorted(visit.not_assessed)
    return [
        set(visit.present) | {d for d, present in zip(unknown, answers, strict=True) if present}
        for answers in product([False, True], repeat=len(unknown))
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=[e["id"] for e in EXAMPLES])
def test_published_worked_examples(example: dict[str, str]) -> None:
    visit = Assessment.of(present=example["present"].split())
    assert total_score(visit) == int(example["stated_score"])


@pytest.mark.parametrize("name", spec_tables.NAMES)
def test_one_descriptor_alone_scores_its_published_weight(name: str) -> None:
    visit = Assessment.of(present={name})
    assert total_score(visit) == spec_tables.WEIGHTS[name]
    expected = 0 if name in spec_tables.SEROLOGIC else spec_tables.WEIGHTS[name]
    assert clinical_score(visit) == expected


def test_none_and_all() -> None:
    assert total_score(Assessment.of()) == 0
    everything = Assessment.of(present=list(Descriptor))
    assert (total_score(everything), clinical_score(everything), MAX_TOTAL) == (105, 101, 105)


@given(complete_assessments)
def test_scores_equal_the_sums_over_the_spec_table(visit: Assessment) -> None:
    present = {d.value for d in visit.present}
    assert total_score(visit) == spec_tables.total_of(present)
    assert clinical_score(visit) == spec_tables.clinical_of(present)
    assert 0 <= clinical_score(visit) <= total_score(visit) <= 105


@given(complete_assessments, st.sampled_from(Descriptor))
def test_one_more_descriptor_never_lowers_a_score(visit: Assessment, added: Descriptor) -> None:
    more = visit.model_copy(update={added: True})
    assert total_score(more) >= total_score(visit)
    assert clinical_score(more) >= clinical_score(visit)


@given(complete_assessments, complete_assessments)
def test_inclusion_and_exclusion(a: Assessment, b: Assessment) -> None:
    either = Assessment.of(present=a.present | b.present)
    both = Assessment.of(present=a.present & b.present)
    assert total_score(either) + total_score(both) == total_score(a) + total_score(b)
    assert clinical_score(either) + clinical_score(both) == clinical_score(a) + clinical_score(b)


class TestIncomplete:
    """A score is given only when every descriptor that it counts was assessed."""

    visit = Assessment.of(present={"arthritis"}, not_assessed={"low_complement", "fever"})

    def test_the_total_names_all_that_is_missing(self) -> None:
        with pytest.raises(
            IncompleteAssessmentError, match="not assessed: low_complement, fever"
        ) as caught:
            total_score(self.visit)
        assert caught.value.missing == {"low_complement", "fever"}

    def test_the_clinical_score_names_only_what_it_counts(self) -> None:
        with pytest.raises(IncompleteAssessmentError) as caught:
            clinical_score(self.visit)
        assert caught.value.missing == {"fever"}

    def test_what_is_left_out_need_not_be_assessed(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed=SEROLOGIC)
        assert clinical_score(visit) == 4
        assert clinical_score(self.visit, excluding={"low_complement", "fever"}) == 4

    def test_points_by_system_names_all_that_is_missing(self) -> None:
        with pytest.raises(IncompleteAssessmentError) as caught:
            points_by_system(self.visit)
        assert caught.value.missing == {"low_complement", "fever"}


@given(assessments())
def test_a_total_is_given_exactly_when_nothing_is_missing(visit: Assessment) -> None:
    if visit.not_assessed:
        with pytest.raises(IncompleteAssessmentError) as caught:
            total_score(visit)
        assert caught.value.missing == visit.not_assessed
    else:
        assert total_score(visit) == spec_tables.total_of({d.value for d in visit.present})


class TestExcluding:
    def test_members_names_and_any_collection(self) -> None:
        visit = Assessment.of(present={"arthritis", "fever"})
        for excluding in (
            {"fever"},
            ["fever"],
            (Descriptor.FEVER,),
            frozenset({"fever"}),
            iter(["fever"]),
        ):
            assert clinical_score(visit, excluding=excluding) == 4

    def test_an_unknown_name_is_refused(self) -> None:
        for excluding in ({"serology"}, frozenset({"serology"}), "fever"):
            with pytest.raises(InvalidInputError):
                clinical_score(Assessment.of(), excluding=excluding)
            with pytest.raises(InvalidInputError):
                score_bounds(Assessment.of(), excluding=excluding)

    @given(complete_assessments)
    def test_each_published_set_leaves_out_its_descriptors_alone(self, visit: Assessment) -> None:
        for exclusion in EXCLUSIONS:
            counted = {d.value for d in visit.present} - exclusion.excluded
            score = clinical_score(visit, excluding=exclusion.excluded)
            assert score == spec_tables.total_of(counted)

    def test_everything_left_out(self) -> None:
        nothing_known = Assessment.of(not_assessed=list(Descriptor))
        assert clinical_score(nothing_known, excluding=list(Descriptor)) == 0


@given(nearly_complete_assessments(), st.sampled_from([frozenset(), SEROLOGIC, LABORATORY]))
def test_bounds_are_the_hull_of_all_completions(
    visit: Assessment, excluding: frozenset[Descriptor]
) -> None:
    scores = [spec_tables.total_of(present - excluding) for present in completions(visit)]
    assert score_bounds(visit, excluding=excluding) == ScoreBounds(min(scores), max(scores))


def test_bounds_in_words() -> None:
    assert str(ScoreBounds(6, 10)) == "6 to 10"
    assert str(ScoreBounds(8, 8)) == "8"


@given(complete_assessments)
def test_points_by_system_add_up_to_the_total(visit: Assessment) -> None:
    points = points_by_system(visit)
    assert list(points) == list(OrganSystem)
    assert sum(points.values()) == total_score(visit)
    for row in spec_tables.DESCRIPTORS:
        if row["descriptor"] in visit.present:
            assert points[OrganSystem(row["organ_system"])] >= int(row["weight"])


def test_points_by_system_of_one_visit() -> None:
    points = points_by_system(Assessment.of(present={"arthritis", "myositis", "fever"}))
    assert {s.value: p for s, p in points.items() if p} == {
        "musculoskeletal": 8,
        "constitutional": 1,
    }


class TestMistakesSeenElsewhere:
    """Each was found in a public implementation of the index."""

    @pytest.mark.parametrize(
        ("present", "total"),
        [
            ({"pyuria"}, 4),  # seen as 2
            ({"lupus_headache"}, 8),  # seen added twice
            ({"fever"}, 1),  # seen as 2
            ({"thrombocytopenia"}, 1),  # seen as 2
            ({"leukopenia"}, 1),  # seen as 2
            ({"alopecia"}, 2),  # seen as 1
            ({"low_complement"}, 2),  # seen as 4: C3 and C4 apart
        ],
    )
    def test_weights(self, present: set[str], total: int) -> None:
        assert total_score(Assessment.of(present=present)) == total

    def test_an_empty_form_is_not_remission(self) -> None:
        empty = Assessment.of(not_assessed=list(Descriptor))
        assert score_bounds(empty) == ScoreBounds(0, 105)

    def test_one_missing_item_does_not_make_the_total_0(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed={"fever"})
        assert score_bounds(visit) == ScoreBounds(4, 5)
