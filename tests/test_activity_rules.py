"""Rules as data: judged exactly over every completion, and the deciding descriptors named."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import assessments, complete_assessments, nearly_complete_assessments, rules

from sledai import (
    SEROLOGIC,
    ActivityRule,
    Assessment,
    Descriptor,
    InvalidInputError,
    Judgement,
    Verdict,
    clinical_score,
    score_bounds,
    total_score,
)
from sledai.definitions import Edition
from sledai.rules import require_edition
from sledai.scoring.variants import LABORATORY


def a_rule(**conditions: object) -> ActivityRule:
    return ActivityRule(name="example", edition=Edition.SELENA, **conditions)  # type: ignore[arg-type]


def meets(rule: ActivityRule, visit: Assessment) -> bool:
    """The rule read off its fields, without its table."""
    counted = visit.present - rule.uncounted
    total = sum(d.weight for d in counted)
    clinical = sum(d.weight for d in counted - rule.clinical_excluding)
    serologic = sum(d.weight for d in visit.present & SEROLOGIC)
    if not rule.least_total <= total <= rule.most_total:
        return False
    if serologic < rule.least_serologic:
        return False
    if rule.one_of and not rule.one_of & visit.present:
        return False
    if rule.clinical_applies == "serology scored" and not serologic:
        return True
    return clinical >= rule.least_clinical


def by_brute_force(rule: ActivityRule, visit: Assessment) -> tuple[Verdict, frozenset[Descriptor]]:
    """Try every completion, and every change of one answer in it."""
    unknown = sorted(visit.not_assessed)
    outcomes: dict[tuple[bool, ...], bool] = {}
    for answers in product([False, True], repeat=len(unknown)):
        visit_then = visit.model_copy(update=dict(zip(unknown, answers, strict=True)))
        outcomes[answers] = meets(rule, visit_then)
    deciding = frozenset(
        descriptor
        for place, descriptor in enumerate(unknown)
        for answers, met in outcomes.items()
        if outcomes[(*answers[:place], not answers[place], *answers[place + 1 :])] != met
    )
    if all(outcomes.values()):
        return Verdict.MET, deciding
    return (Verdict.UNDETERMINED if any(outcomes.values()) else Verdict.NOT_MET), deciding


@given(rules, nearly_complete_assessments())
def test_verdict_and_deciding_equal_brute_force(rule: ActivityRule, visit: Assessment) -> None:
    judgement = rule.judge(visit)
    assert (judgement.verdict, judgement.deciding) == by_brute_force(rule, visit)
    assert rule.verdict_on(visit) is judgement.verdict


@given(rules, assessments(), st.data())
def test_filling_in_an_unknown_changes_no_verdict_but_undetermined(
    rule: ActivityRule, visit: Assessment, data: st.DataObject
) -> None:
    before = rule.judge(visit)
    if not visit.not_assessed:
        assert before.verdict is not Verdict.UNDETERMINED
        return
    filled = data.draw(st.sampled_from(sorted(visit.not_assessed)))
    after = rule.judge(visit.model_copy(update={filled: data.draw(st.booleans())}))
    if before.verdict is not Verdict.UNDETERMINED:
        assert after.verdict is before.verdict
    assert after.deciding <= before.deciding


@given(rules, assessments())
def test_something_decides_exactly_when_the_verdict_is_open(
    rule: ActivityRule, visit: Assessment
) -> None:
    judgement = rule.judge(visit)
    assert bool(judgement.deciding) is (judgement.verdict is Verdict.UNDETERMINED)
    assert judgement.deciding <= visit.not_assessed


@given(rules, assessments(), st.randoms(use_true_random=False))
def test_descriptors_of_one_weight_are_interchangeable(
    rule: ActivityRule, visit: Assessment, random: Random
) -> None:
    """The proof over classes of assessments rests on this."""
    swapped: dict[str, bool | None] = {}
    renamed: dict[Descriptor, Descriptor] = {}

    def kind(d: Descriptor) -> tuple[object, ...]:
        return d.weight, d in rule.clinical_excluding, d in rule.uncounted, d in rule.one_of

    for key in {kind(d) for d in Descriptor}:
        group = [d for d in Descriptor if kind(d) == key]
        for old, new in zip(group, random.sample(group, len(group)), strict=True):
            swapped[new] = getattr(visit, old)
            renamed[old] = new
    before, after = rule.judge(visit), rule.judge(Assessment.model_validate(swapped))
    assert (after.verdict, after.reason) == (before.verdict, before.reason)
    assert after.deciding == {renamed[d] for d in before.deciding}


@given(rules, complete_assessments)
def test_the_two_scores_are_enough_where_both_are_known(
    rule: ActivityRule, visit: Assessment
) -> None:
    counted = visit.model_copy(update=dict.fromkeys(rule.uncounted, False))
    clinical = clinical_score(counted, excluding=rule.clinical_excluding)
    by_scores = rule.judge_scores(total=total_score(counted), clinical=clinical)
    judgement = rule.judge(visit)
    assert by_scores.reason == judgement.reason
    if by_scores.verdict is Verdict.UNDETERMINED:
        assert by_scores.deciding == rule.one_of != frozenset()
    else:
        assert by_scores == judgement


@given(rules, complete_assessments)
def test_the_table_says_what_the_fields_say(rule: ActivityRule, visit: Assessment) -> None:
    table = rule.least_clinical_beside
    assert list(table) == sorted(table)
    assert min(table) == 0
    counted = visit.present - rule.uncounted
    clinical = sum(d.weight for d in counted - rule.clinical_excluding)
    beside = sum(d.weight for d in counted) - clinical
    least = table[max(points for points in table if points <= beside)]
    enough = clinical >= least and clinical + beside <= rule.most_total
    one_there = not rule.one_of or bool(rule.one_of & visit.present)
    assert meets(rule, visit) is (enough and one_there)


class TestDeciding:
    """The not-assessed descriptors for which some completion of the others is on the edge."""

    def test_one_point_short_every_unknown_matters_that_can_close_it(self) -> None:
        visit = Assessment.of(
            present={"arthritis", "rash", "fever"}, not_assessed={"leukopenia", "pyuria"}
        )
        assert a_rule(least_total=8).judge(visit).deciding == {"leukopenia", "pyuria"}

    def test_an_unknown_too_light_to_matter_is_not_named(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed={"leukopenia", "pyuria"})
        assert a_rule(least_total=8).judge(visit).deciding == {"pyuria"}

    def test_serology_can_harm_where_it_calls_for_a_clinical_score(self) -> None:
        rule = a_rule(least_clinical=6, clinical_applies="serology scored")
        visit = Assessment.of(present={"arthritis"}, not_assessed={"low_complement"})
        assert rule.judge(visit).deciding == {"low_complement"}

    def test_serology_that_changes_nothing_is_not_named(self) -> None:
        rule = a_rule(least_clinical=6)
        visit = Assessment.of(present={"arthritis"}, not_assessed={"low_complement", "rash"})
        assert rule.judge(visit).deciding == {"rash"}

    def test_nothing_known_everything_decides(self) -> None:
        nothing = Assessment.of(not_assessed=list(Descriptor))
        assert a_rule(least_total=8).judge(nothing).deciding == set(Descriptor)


class TestOneOf:
    rule = a_rule(least_total=4, one_of={"rash", "arthritis"}, uncounted={"rash", "fever"})

    def test_enough_points_of_others_do_not_suffice(self) -> None:
        assert self.rule.judge(Assessment.of(present={"seizure"})).verdict is Verdict.NOT_MET

    def test_one_that_does_not_count_is_still_one(self) -> None:
        visit = Assessment.of(present={"seizure", "rash"})
        assert self.rule.judge(visit).verdict is Verdict.MET
        assert self.rule.judge(visit).reason.startswith("total 8, clinical 8; needed: ")

    def test_what_decides(self) -> None:
        visit = Assessment.of(present={"seizure"}, not_assessed={"rash", "arthritis", "fever"})
        assert self.rule.judge(visit).deciding == {"rash", "arthritis"}
        visit = Assessment.of(present={"rash"}, not_assessed={"arthritis", "fever", "leukopenia"})
        assert self.rule.judge(visit).deciding == {"arthritis"}


class TestClinicalExcluding:
    """What a rule leaves out of its clinical score counts in the total all the same."""

    rule = a_rule(least_total=6, least_clinical=4, clinical_excluding=LABORATORY)

    def test_the_points_left_out_count_in_the_total_alone(self) -> None:
        visit = Assessment.of(present={"proteinuria", "low_complement"})
        judgement = self.rule.judge(visit)
        assert judgement.verdict is Verdict.NOT_MET
        assert judgement.reason.startswith("total 6, clinical 0; needed: ")
        assert a_rule(least_total=6, least_clinical=4).judge(visit).verdict is Verdict.MET
        with_rash = Assessment.of(present={"rash", "alopecia", "low_complement"})
        assert self.rule.judge(with_rash).verdict is Verdict.MET

    def test_what_decides_on_either_side(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed={"leukopenia", "pyuria", "fever"})
        assert self.rule.judge(visit).deciding == {"leukopenia", "pyuria", "fever"}
        visit = Assessment.of(present={"arthritis"}, not_assessed={"leukopenia", "fever"})
        assert self.rule.judge(visit).deciding == {"leukopenia", "fever"}
        visit = Assessment.of(present={"proteinuria", "hematuria"}, not_assessed={"rash", "pyuria"})
        assert self.rule.judge(visit).verdict is Verdict.NOT_MET
        visit = Assessment.of(present={"proteinuria", "rash"}, not_assessed={"alopecia", "pyuria"})
        assert self.rule.judge(visit).deciding == {"alopecia"}

    def test_one_of_some_that_is_left_out(self) -> None:
        rule = a_rule(least_clinical=4, clinical_excluding=LABORATORY, one_of={"pyuria", "rash"})
        visit = Assessment.of(present={"arthritis"}, not_assessed={"pyuria", "fever"})
        assert rule.judge(visit).deciding == {"pyuria"}
        scores = rule.judge_scores(total=4, clinical=4)
        assert scores.verdict is Verdict.UNDETERMINED
        assert rule.judge_scores(total=5, clinical=4).verdict is Verdict.UNDETERMINED
        assert rule.judge_scores(total=3, clinical=3).verdict is Verdict.NOT_MET
        assert rule.judge_scores(total=105, clinical=83).verdict is Verdict.MET

    def test_the_table_has_a_row_where_something_changes(self) -> None:
        assert self.rule.least_clinical_beside == {0: 6, 1: 5, 2: 4}
        assert self.rule.beside_clinical == LABORATORY


class TestHighestTotal:
    rule = a_rule(least_total=4, most_total=12)

    def test_what_decides_on_either_side(self) -> None:
        visit = Assessment.of(present={"seizure", "arthritis"}, not_assessed={"fever", "rash"})
        judgement = self.rule.judge(visit)
        assert judgement.verdict is Verdict.UNDETERMINED
        assert judgement.deciding == {"fever", "rash"}
        visit = Assessment.of(present={"seizure"}, not_assessed={"fever", "rash"})
        assert self.rule.judge(visit).verdict is Verdict.MET
        visit = Assessment.of(present={"seizure", "psychosis"}, not_assessed={"fever"})
        assert self.rule.judge(visit).verdict is Verdict.NOT_MET


class TestParts:
    """Judging the two conditions apart and combining the answers would be wrong."""

    rule = a_rule(least_total=8, least_clinical=6, clinical_applies="serology scored")

    def test_both_parts_open_yet_no_completion_meets_the_rule(self) -> None:
        visit = Assessment.of(present={"arthritis"}, not_assessed=SEROLOGIC)
        assert a_rule(least_total=8).judge(visit).verdict is Verdict.UNDETERMINED
        part = a_rule(least_clinical=6, clinical_applies="serology scored")
        assert part.judge(visit).verdict is Verdict.UNDETERMINED
        assert self.rule.judge(visit).verdict is Verdict.NOT_MET


class TestReason:
    def test_it_gives_the_scores_and_what_was_needed(self) -> None:
        visit = Assessment.of(present={"arthritis", "rash"}, not_assessed=SEROLOGIC)
        assert a_rule(least_total=8, least_clinical=4).judge(visit).reason == (
            "total 6 to 10, clinical 6; needed: SELENA-SLEDAI total >= 8 and clinical >= 4"
        )

    @pytest.mark.parametrize(
        ("conditions", "sentence"),
        [
            ({"least_total": 6}, "SELENA-SLEDAI total >= 6"),
            ({"least_clinical": 4}, "SELENA-SLEDAI clinical >= 4"),
            (
                {"least_total": 8, "least_clinical": 6, "clinical_applies": "serology scored"},
                "SELENA-SLEDAI total >= 8 and clinical >= 6 when serology is scored",
            ),
            ({"least_total": 4, "most_total": 12}, "SELENA-SLEDAI total >= 4 and total <= 12"),
            (
                {"least_total": 10, "least_serologic": 4},
                (
                    "SELENA-SLEDAI total >= 10 and both of low_complement, increased_dna_binding "
                    "present"
                ),
            ),
            (
                {"least_serologic": 2},
                "SELENA-SLEDAI one of low_complement, increased_dna_binding present",
            ),
            (
                {"least_clinical": 4, "one_of": {"rash", "arthritis"}, "uncounted": {"fever"}},
                "SELENA-SLEDAI clinical >= 4 and one of arthritis, rash present, fever not counted",
            ),
            (
                {
                    "least_clinical": 4,
                    "uncounted": {"fever"},
                    "clinical_excluding": SEROLOGIC | {"fever", "pyuria"},
                },
                (
                    "SELENA-SLEDAI clinical >= 4, fever not counted, clinical without pyuria, "
                    "low_complement, increased_dna_binding"
                ),
            ),
            (
                {
                    "least_clinical": 4,
                    "clinical_applies": "serology scored",
                    "uncounted": {"fever"},
                    "clinical_excluding": SEROLOGIC | {"fever"},
                },
                "SELENA-SLEDAI clinical >= 4 when serology is scored, fever not counted",
            ),
        ],
    )
    def test_a_rule_is_a_sentence(self, conditions: dict[str, object], sentence: str) -> None:
        assert str(a_rule(**conditions)) == sentence


class TestJudgeScores:
    rule = a_rule(least_total=8, least_clinical=6, clinical_applies="serology scored")

    def test_it_gives_a_judgement_with_nothing_left_to_decide(self) -> None:
        judgement = self.rule.judge_scores(total=8, clinical=4)
        assert judgement == Judgement(
            Verdict.NOT_MET,
            "total 8, clinical 4; needed: SELENA-SLEDAI total >= 8 and clinical >= 6 when "
            "serology is scored",
            frozenset(),
        )

    @pytest.mark.parametrize(("total", "clinical"), [(8, 9), (8, 7), (14, 8), (105, 102), (0, 4)])
    def test_a_pair_that_no_visit_has_is_refused(self, total: int, clinical: int) -> None:
        with pytest.raises(InvalidInputError) as caught:
            self.rule.judge_scores(total=total, clinical=clinical)
        assert str(caught.value) == (
            f"no visit has total {total} with clinical score {clinical}: the difference is one of "
            "0, 2, 4, the points of low_complement, increased_dna_binding"
        )

    @pytest.mark.parametrize(("total", "clinical"), [(103, 103), (104, 102), (102, 102)])
    def test_a_clinical_score_above_101_is_refused(self, total: int, clinical: int) -> None:
        with pytest.raises(InvalidInputError) as caught:
            self.rule.judge_scores(total=total, clinical=clinical)
        assert str(caught.value) == f"clinical: found {clinical}; no visit has it as example counts"

    @pytest.mark.parametrize("score", [-1, 106, 8.0, "8", None, True])
    def test_a_score_is_a_whole_number_in_range(self, score: object) -> None:
        found = f"found {score!r}; accepted: a whole number 0 to 105"
        with pytest.raises(InvalidInputError, match=f"^total: {found}$"):
            self.rule.judge_scores(total=score, clinical=6)  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match=f"^clinical: {found}$"):
            self.rule.judge_scores(total=8, clinical=score)  # type: ignore[arg-type]

    def test_scores_alone_do_not_say_that_one_of_some_is_present(self) -> None:
        rule = a_rule(least_total=6, one_of={"rash", "arthritis"})
        judgement = rule.judge_scores(total=8, clinical=8)
        assert judgement.verdict is Verdict.UNDETERMINED
        assert judgement.deciding == {"rash", "arthritis"}
        assert rule.judge_scores(total=4, clinical=4).verdict is Verdict.NOT_MET

    def test_scores_that_need_one_or_leave_no_room_for_one(self) -> None:
        rule = a_rule(least_total=1, one_of={"vasculitis"})
        assert rule.judge_scores(total=3, clinical=3).verdict is Verdict.NOT_MET
        assert rule.judge_scores(total=101, clinical=101).verdict is Verdict.MET

    def test_scores_that_no_visit_has_as_the_rule_counts(self) -> None:
        rule = a_rule(least_total=6, uncounted={"seizure", "fever"})
        assert rule.judge_scores(total=92, clinical=92).verdict is Verdict.MET
        with pytest.raises(InvalidInputError) as caught:
            rule.judge_scores(total=93, clinical=93)
        assert str(caught.value) == "clinical: found 93; no visit has it as example counts"

    def test_a_total_above_the_highest_is_not_met(self) -> None:
        rule = a_rule(least_total=4, most_total=12)
        verdicts = [
            rule.judge_scores(total=total, clinical=total).verdict for total in (3, 4, 12, 13)
        ]
        assert verdicts == [Verdict.NOT_MET, Verdict.MET, Verdict.MET, Verdict.NOT_MET]

    def test_serologic_points_that_are_asked_for(self) -> None:
        rule = a_rule(least_total=10, least_serologic=4)
        assert rule.judge_scores(total=20, clinical=18).verdict is Verdict.NOT_MET
        assert rule.judge_scores(total=10, clinical=6).verdict is Verdict.MET

    def test_whole_numbers_of_numpy_are_whole_numbers(self) -> None:
        np = pytest.importorskip("numpy")
        scores = {"total": np.int8(101), "clinical": np.int64(101)}
        assert self.rule.judge_scores(**scores).verdict is Verdict.MET


class TestEdition:
    """A rule is about one edition: answers by any other are refused, and both are named."""

    def test_its_own(self) -> None:
        for edition in (Edition.SELENA, "SELENA", "selena-sledai"):
            require_edition(a_rule(least_total=8), edition)

    @pytest.mark.parametrize("edition", ["SLEDAI 1992", "SLEDAI-2K", "SELENA-SLEDAI hybrid"])
    def test_another(self, edition: str) -> None:
        said = f"example: found answers by {edition}; accepted: answers by SELENA-SLEDAI"
        with pytest.raises(InvalidInputError, match=f"^{said}$"):
            require_edition(a_rule(least_total=8), edition)

    def test_none_there_is(self) -> None:
        with pytest.raises(InvalidInputError, match="edition: found 'SLEDAI 3000'"):
            require_edition(a_rule(least_total=8), "SLEDAI 3000")


class TestConstruction:
    def test_its_numbers_may_be_of_numpy(self) -> None:
        np = pytest.importorskip("numpy")
        rule = a_rule(least_total=np.int64(10), least_serologic=np.int8(4))
        assert rule == a_rule(least_total=10, least_serologic=4)
        assert (type(rule.least_total), type(rule.least_serologic)) == (int, int)

    def test_a_rule_without_a_condition_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="'example' has no condition"):
            a_rule()

    @pytest.mark.parametrize("field", ["least_total", "least_clinical"])
    @pytest.mark.parametrize("least", [-1, 106, 7.5, "8", True])
    def test_a_number_out_of_range_is_refused(self, field: str, least: object) -> None:
        found = f"found {least!r}; accepted: a whole number 0 to 105"
        with pytest.raises(InvalidInputError, match=f"^{field}: {found}$"):
            a_rule(**{field: least})

    @pytest.mark.parametrize(
        ("conditions", "message"),
        [
            ({"most_total": 106}, "most_total: found 106; accepted: a whole number 0 to 105"),
            ({"least_total": 6, "most_total": 12}, "most_total: found 12; accepted only with no"),
            ({"least_total": 12, "most_total": 4}, "a least_total that is at least 7 less"),
            ({"most_total": 40, "least_clinical": 4}, "accepted only with no other condition"),
            ({"most_total": 40, "one_of": {"rash"}}, "accepted only with no other condition"),
            ({"most_total": 40, "least_serologic": 2}, "accepted only with no other condition"),
            ({"least_serologic": 3}, "least_serologic: found 3; accepted: 0, 2, 4"),
            ({"least_serologic": 2.0}, "least_serologic: found 2.0; accepted: 0, 2, 4"),
            ({"least_total": 6, "one_of": {"rashes"}}, "one_of: not one of the 24 descriptors: "),
            ({"least_total": 6, "uncounted": None}, "uncounted: "),
            (
                {"least_total": 6, "uncounted": {"low_complement"}},
                "uncounted: found low_complement; accepted: clinical descriptors",
            ),
            (
                {"least_clinical": 4, "clinical_excluding": {"rash", "low_complement"}},
                (
                    "clinical_excluding: found rash, low_complement; accepted: low_complement, "
                    "increased_dna_binding and others"
                ),
            ),
            ({"least_clinical": 4, "clinical_excluding": ()}, "clinical_excluding: found none; "),
            (
                {"least_clinical": 4, "clinical_excluding": "rash"},
                "clinical_excluding: descr",
            ),
            (
                {"least_total": 6, "clinical_excluding": LABORATORY},
                (
                    "accepted: more than low_complement, increased_dna_binding only with a "
                    "least_clinical that applies always and without a least_serologic"
                ),
            ),
            (
                {
                    "least_clinical": 4,
                    "clinical_applies": "serology scored",
                    "clinical_excluding": LABORATORY,
                },
                "clinical_excluding: found urinary_casts, hematuria, ",
            ),
            (
                {"least_clinical": 4, "least_serologic": 2, "clinical_excluding": LABORATORY},
                "clinical_excluding: found urinary_casts, hematuria, ",
            ),
            (
                {"least_clinical": 4, "most_total": 40, "clinical_excluding": LABORATORY},
                "accepted only with no other condition",
            ),
            (
                {"least_total": 6, "one_of": SEROLOGIC},
                "one_of: found low_complement, increased_dna_binding; accepted: clinical",
            ),
        ],
    )
    def test_conditions_that_cannot_be_judged_exactly_are_refused(
        self, conditions: dict[str, object], message: str
    ) -> None:
        with pytest.raises(InvalidInputError, match=message):
            a_rule(**conditions)

    @pytest.mark.parametrize("name", ["", " ", None])
    def test_a_name_is_text(self, name: object) -> None:
        with pytest.raises(InvalidInputError, match=r"name: found .*; accepted: text"):
            ActivityRule(name=name, edition=Edition.SELENA, least_total=8)  # type: ignore[arg-type]

    def test_a_highest_total_alone_and_names_as_text(self) -> None:
        low = a_rule(most_total=4)
        assert low.judge(Assessment.of(present={"arthritis"})).verdict is Verdict.MET
        visit = Assessment.of(present={"arthritis"}, not_assessed={"fever"})
        assert low.judge(visit).deciding == {"fever"}
        assert a_rule(one_of={"rash"}).one_of == frozenset({Descriptor.RASH})

    def test_the_ends_of_the_range(self) -> None:
        everything = Assessment.of(present=list(Descriptor))
        assert a_rule(least_total=105).judge(everything).verdict is Verdict.MET
        assert a_rule(least_clinical=105).judge(everything).verdict is Verdict.NOT_MET

    def test_when_the_clinical_condition_applies_is_one_of_two(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            a_rule(least_clinical=4, clinical_applies="sometimes")
        assert str(caught.value) == (
            "clinical_applies: found 'sometimes'; accepted: always, serology scored"
        )

    def test_the_edition_is_one_of_them(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            ActivityRule(name="x", edition="SELENA", least_total=8)  # type: ignore[arg-type]
        assert str(caught.value) == (
            "edition: found 'SELENA'; accepted: Edition.SLEDAI_1992, Edition.SELENA, "
            "Edition.HYBRID, Edition.SLEDAI_2K"
        )

    def test_rules_are_values(self) -> None:
        assert a_rule(least_total=8) == a_rule(least_total=8)
        assert len({a_rule(least_total=8), a_rule(least_total=8), a_rule(least_total=7)}) == 2


@given(rules, assessments())
def test_judging_does_not_touch_the_assessment(rule: ActivityRule, visit: Assessment) -> None:
    before = visit.model_dump()
    rule.judge(visit)
    score_bounds(visit)
    assert visit.model_dump() == before


class TestDecidingAtTheEdge:
    """What decides is counted from what the visit has, and never from nothing."""

    def test_where_one_of_some_is_present(self) -> None:
        some = frozenset({Descriptor.ARTHRITIS, Descriptor.RASH})
        rule = ActivityRule(name="x", edition=Edition.SELENA, least_total=12, one_of=some)
        visit = Assessment.of(
            present={"arthritis"}, not_assessed={"vasculitis", "rash", "leukopenia", "fever"}
        )
        assert rule.judge(visit).deciding == {"vasculitis"}

    def test_where_one_of_some_may_be_present(self) -> None:
        some = frozenset({Descriptor.RASH})
        rule = ActivityRule(name="x", edition=Edition.SELENA, least_total=12, one_of=some)
        visit = Assessment.of(
            present={"arthritis"}, not_assessed={"vasculitis", "rash", "leukopenia", "fever"}
        )
        assert rule.judge(visit).deciding == {"vasculitis", "rash"}

    def test_a_highest_total_with_serology(self) -> None:
        rule = ActivityRule(name="x", edition=Edition.SELENA, most_total=9)
        visit = Assessment.of(present={"vasculitis"}, not_assessed={"low_complement", "fever"})
        assert rule.judge(visit).deciding == {"low_complement"}

    def test_a_highest_total_below_the_serologic_points(self) -> None:
        rule = ActivityRule(name="x", edition=Edition.SELENA, most_total=2)
        visit = Assessment.of(not_assessed={"low_complement", "increased_dna_binding"})
        assert rule.judge(visit).deciding == {"low_complement", "increased_dna_binding"}

    def test_scores_that_all_others_make(self) -> None:
        rule = ActivityRule(
            name="x", edition=Edition.SELENA, least_total=6, one_of=frozenset({Descriptor.RASH})
        )
        assert rule.judge_scores(total=99, clinical=99).verdict is Verdict.UNDETERMINED

    def test_a_name_that_is_none(self) -> None:
        with pytest.raises(InvalidInputError, match=r"^name: found 3; accepted: text$"):
            ActivityRule(name=3, edition=Edition.SELENA, least_total=8)  # type: ignore[arg-type]
