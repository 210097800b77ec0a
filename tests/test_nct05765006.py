"""The activity criterion of NCT05765006: a class a clause, at and beside each threshold."""

from collections.abc import Callable

import pytest
import spec_tables
from hypothesis import given
from strategies import complete_assessments

from sledai import (
    SEROLOGIC,
    Assessment,
    Descriptor,
    UndeterminedError,
    Verdict,
    clinical_score,
    meets_activity_criterion,
    meets_clinical_threshold,
    meets_total_threshold,
    total_score,
)
from sledai.definitions import Edition
from sledai.trials.nct05765006 import ACTIVITY_RULE

BOUNDARY = spec_tables.rows("trial_nct05765006.csv")


def test_the_rule_as_registered() -> None:
    assert str(ACTIVITY_RULE) == (
        "SELENA-SLEDAI total >= 8 and clinical >= 6 when serology is scored"
    )
    assert ACTIVITY_RULE.edition is Edition.SELENA
    assert str(ACTIVITY_RULE.citation) == "NCT05765006, inclusion criterion 6"
    assert ACTIVITY_RULE.least_clinical_beside == {0: 8, 2: 6}
    assert ACTIVITY_RULE.beside_clinical == {"low_complement", "increased_dna_binding"}


@pytest.mark.parametrize(
    "row", BOUNDARY, ids=[f"{r['total']} with clinical {r['clinical']}" for r in BOUNDARY]
)
def test_boundaries_worked_by_hand(row: dict[str, str]) -> None:
    verdict = ACTIVITY_RULE.judge_scores(
        total=int(row["total"]), clinical=int(row["clinical"])
    ).verdict
    assert verdict is (Verdict.MET if row["meets"] == "yes" else Verdict.NOT_MET)


class TestTotalThreshold:
    """NCT05765006, inclusion criterion 6: SELENA-SLEDAI of at least 8."""

    @pytest.mark.parametrize(
        ("present", "met"),
        [
            ({"arthritis", "rash", "fever"}, False),  # 7
            ({"arthritis", "myositis"}, True),  # 8
            ({"arthritis", "myositis", "fever"}, True),  # 9
            (set(), False),
            (set(Descriptor), True),
            ({"arthritis", "low_complement", "increased_dna_binding"}, True),  # 8, clinical 4
        ],
    )
    def test_at_least_8(self, present: set[str], met: bool) -> None:
        assert meets_total_threshold(Assessment.of(present=present)) is met


class TestClinicalThreshold:
    """The same, second part: clinical score of at least 6 if a serologic descriptor scores."""

    @pytest.mark.parametrize("serologic", ["low_complement", "increased_dna_binding"])
    @pytest.mark.parametrize(
        ("clinical", "met"),
        [
            ({"arthritis", "fever"}, False),  # 5
            ({"arthritis", "rash"}, True),  # 6
            ({"arthritis", "rash", "fever"}, True),  # 7
            (set(), False),
        ],
    )
    def test_at_least_6_when_serology_is_scored(
        self, clinical: set[str], met: bool, serologic: str
    ) -> None:
        assert meets_clinical_threshold(Assessment.of(present=clinical | {serologic})) is met

    def test_it_does_not_apply_when_serology_is_not_scored(self) -> None:
        assert meets_clinical_threshold(Assessment.of(present={"arthritis"})) is True
        assert meets_clinical_threshold(Assessment.of()) is True


class TestActivityCriterion:
    """Both parts."""

    @pytest.mark.parametrize(
        ("present", "met"),
        [
            ({"arthritis", "rash", "low_complement"}, True),  # 8, clinical 6
            ({"arthritis", "low_complement", "increased_dna_binding"}, False),  # 8, clinical 4
            ({"arthritis", "fever", *SEROLOGIC}, False),  # 9, clinical 5
            ({"arthritis", "rash", *SEROLOGIC}, True),  # 10, clinical 6
            ({"arthritis", "rash", "fever"}, False),  # 7
            ({"seizure"}, True),  # 8, nothing serologic
        ],
    )
    def test_both(self, present: set[str], met: bool) -> None:
        assert meets_activity_criterion(Assessment.of(present=present)) is met

    @given(complete_assessments)
    def test_the_clinical_condition_may_as_well_apply_always(self, visit: Assessment) -> None:
        """Without serologic points the clinical score is the total, which is 8 or more."""
        at_least = total_score(visit) >= 8 and clinical_score(visit) >= 6
        assert meets_activity_criterion(visit) is at_least

    @given(complete_assessments)
    def test_it_is_the_conjunction_of_the_two_thresholds(self, visit: Assessment) -> None:
        parts = meets_total_threshold(visit) and meets_clinical_threshold(visit)
        assert meets_activity_criterion(visit) is parts


class TestUndetermined:
    """A question is answered only when every completion gives the same answer."""

    @pytest.mark.parametrize(
        "predicate", [meets_total_threshold, meets_clinical_threshold, meets_activity_criterion]
    )
    def test_the_error_names_what_decides(self, predicate: Callable[[Assessment], bool]) -> None:
        # Clinical 5 or 6, serologic 0, 2 or 4: each of the three can tip each of the questions.
        unknown = {*SEROLOGIC, "leukopenia"}
        visit = Assessment.of(present={"arthritis", "fever"}, not_assessed=unknown)
        with pytest.raises(UndeterminedError) as caught:
            predicate(visit)
        assert caught.value.deciding == unknown

    def test_the_message_says_why(self) -> None:
        visit = Assessment.of(present={"arthritis", "rash"}, not_assessed=SEROLOGIC)
        with pytest.raises(
            UndeterminedError,
            match=r"^NCT05765006: total 6 to 10, clinical 6; needed: .* it depends on what was not "
            r"assessed: low_complement, increased_dna_binding$",
        ):
            meets_activity_criterion(visit)

    def test_unknowns_that_cannot_matter_do_not_hinder(self) -> None:
        active = Assessment.of(present={"seizure"}, not_assessed=SEROLOGIC)
        assert meets_activity_criterion(active) is True
        quiet = Assessment.of(present={"arthritis"}, not_assessed=SEROLOGIC)
        assert meets_activity_criterion(quiet) is False
