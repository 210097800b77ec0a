"""The catalog of trials: each rule is the published one, found by its number, and a sentence."""

from datetime import date
from typing import Any

import pytest
import spec_tables

from sledai import Assessment, Descriptor, InvalidInputError, Verdict, sources
from sledai.scoring import MAX_TOTAL
from sledai.sources import Read, Source
from sledai.trials import nct05765006
from sledai.trials.catalog import CATALOG, Trial, find, rule_of, rules_of

ROWS = {row["registry_id"]: row for row in spec_tables.rows("trials.csv")}


READ_ONCE = {"NCT00424476", "NCT04895241", "NCT07509892"}


def names(cell: str) -> set[str]:
    return {name for name in cell.split(";") if name}


@pytest.mark.parametrize("trial", CATALOG, ids=lambda trial: trial.registry_id)
class TestEachTrial:
    def test_its_rule_is_the_published_one(self, trial: Trial) -> None:
        row, rule = ROWS[trial.registry_id], trial.rule
        assert rule.edition == row["instrument"]
        assert rule.least_total == int(row["least_total"] or 0)
        assert rule.most_total == int(row["most_total"] or MAX_TOTAL)
        assert rule.least_clinical == int(row["least_clinical"] or 0)
        assert rule.clinical_applies == (row["clinical_applies"] or "always")
        assert rule.clinical_excluding == (
            names(row["clinical_excluding"]) or spec_tables.SEROLOGIC
        )
        assert trial.clinical_meaning == row["clinical_meaning"]
        assert rule.least_serologic == int(row["least_serologic"] or 0)
        assert rule.uncounted == names(row["uncounted"])
        assert rule.one_of == names(row["one_of"])

    def test_it_has_a_source_and_is_found(self, trial: Trial) -> None:
        assert trial.rule.name == trial.registry_id
        assert trial.rule.citation is not None
        assert trial.rule.citation.source.reference.endswith(".")
        if trial.registry_id.startswith("NCT"):
            assert trial.rule.citation.source.registry_id == trial.registry_id
        assert find(f" {trial.registry_id.lower()}") is trial

    def test_it_says_what_clinical_leaves_out_and_what_stands_beside_the_score(
        self, trial: Trial
    ) -> None:
        has_condition = bool(ROWS[trial.registry_id]["least_clinical"])
        assert (trial.clinical_meaning == "no clinical condition") is not has_condition
        left_out = names(ROWS[trial.registry_id]["clinical_excluding"])
        left_out |= names(ROWS[trial.registry_id]["uncounted"]) if has_condition else set()
        assert {name for name in spec_tables.NAMES if name in trial.clinical} == left_out
        assert trial.clinical_meaning in trial.clinical
        assert trial.note.strip()
        assert trial.name != "trial in lupus"

    def test_it_says_how_and_when_its_record_was_read(self, trial: Trial) -> None:
        assert trial.rule.citation is not None
        in_force = trial.registry_id != "KR-BELIMUMAB"
        assert trial.rule.citation.read is (Read.IN_WORK if in_force else Read.IN_REPRODUCTION)
        read_once = trial.registry_id in READ_ONCE
        on = date(2026, 11, 23) if read_once else date(2026, 11, 26)
        assert trial.read_on == (on if in_force else None)
        assert not read_once or "not read again" in trial.note


def test_every_published_row_is_in_the_catalog_once() -> None:
    assert [trial.registry_id for trial in CATALOG] == list(ROWS)


def test_a_record_that_is_cited_elsewhere_too_is_the_same_source() -> None:
    cited = {s.registry_id: s for s in vars(sources).values() if isinstance(s, Source)}
    both = [t for t in CATALOG if t.registry_id in cited]
    assert len(both) == 7
    for trial in both:
        assert trial.rule.citation is not None
        assert trial.rule.citation.source == cited[trial.registry_id]


def test_the_project_s_own_rule() -> None:
    assert find("NCT05765006").rule is nct05765006.ACTIVITY_RULE


@pytest.mark.parametrize(
    ("registry_id", "asked"),
    [
        ("NCT04877691", ["BILAG-2004", "physician's global assessment", "autoantibodies"]),
        ("NCT05648500", ["B in 2 organ systems or A in 1", "global assessment >= 1.0"]),
        ("NCT04961567", ["1 A or 2 B", "again at randomization"]),
        ("NCT06456567", ["1 A or 2 B", "again on day 0", "one positive serology"]),
        ("NCT05617677", ["cutaneous vasculitis, the rule can see vasculitis only"]),
        ("NCT06360068", ["two time points", ">= 4 at enrollment", "proteinuria < 3 g/24 h"]),
        ("NCT02446912", ["clinical >= 4 again on day 1"]),
        ("NCT04060888", ["clinical >= 4 at week 0"]),
        ("KR-BELIMUMAB", ["adults", "standard therapy for 3 months", "nephritis"]),
    ],
)
def test_what_beside_the_score_is_asked_for_is_named(registry_id: str, asked: list[str]) -> None:
    assert all(said in find(registry_id).note for said in asked)


def test_the_korean_notice_is_dated_and_marked_as_read_in_newspapers() -> None:
    citation = find("KR-BELIMUMAB").rule.citation
    assert citation is not None
    for said in ("18 December 2020", "1 February 2021", "two newspapers"):
        assert said in citation.source.reference


class TestMeaningsOfClinical:
    """NCT02446912, NCT02446899: "clinical" is without any urine or laboratory result.

    NCT03517722, NCT04060888: without headache and laboratory abnormalities.
    """

    @pytest.mark.parametrize("registry_id", ["NCT02446912", "NCT02446899", "NCT04877691"])
    @pytest.mark.parametrize(
        ("present", "verdict"),
        [
            ({"proteinuria", "low_complement"}, Verdict.NOT_MET),
            ({"hematuria", "pyuria", "fever"}, Verdict.NOT_MET),
            ({"arthritis", "low_complement"}, Verdict.MET),
            ({"lupus_headache"}, Verdict.MET),
            ({"rash", "fever", "proteinuria"}, Verdict.NOT_MET),
            ({"rash", "alopecia", "leukopenia"}, Verdict.NOT_MET),
            ({"rash", "alopecia", "leukopenia", "thrombocytopenia"}, Verdict.MET),
        ],
    )
    def test_anifrolumab(self, registry_id: str, present: set[str], verdict: Verdict) -> None:
        assert find(registry_id).rule.judge(Assessment.of(present=present)).verdict is verdict

    @pytest.mark.parametrize("registry_id", ["NCT03517722", "NCT04060888"])
    def test_ustekinumab(self, registry_id: str) -> None:
        rule = find(registry_id).rule
        headache = Assessment.of(present={"lupus_headache"})
        assert rule.judge(headache).verdict is Verdict.NOT_MET
        both = Assessment.of(present={"lupus_headache", "arthritis"})
        assert rule.judge(both).verdict is Verdict.MET
        open_ = Assessment.of(present={"proteinuria", "rash"}, not_assessed={"seizure", "fever"})
        assert rule.judge(open_).deciding == {"seizure"}

    def test_proteinuria_counts_where_the_record_leaves_out_serology_alone(self) -> None:
        visit = Assessment.of(present={"proteinuria", "low_complement"})
        assert find("NCT06456567").rule.judge(visit).verdict is Verdict.MET

    def test_scores_alone_are_read_by_the_trial_s_meaning(self) -> None:
        rule = find("NCT02446912").rule
        assert rule.judge_scores(total=6, clinical=0).verdict is Verdict.NOT_MET
        assert rule.judge_scores(total=7, clinical=4).verdict is Verdict.MET
        assert rule.judge_scores(total=105, clinical=83).verdict is Verdict.MET
        with pytest.raises(InvalidInputError, match="no visit has total 27 with clinical score 4"):
            rule.judge_scores(total=27, clinical=4)
        with pytest.raises(InvalidInputError, match="clinical: found 84; no visit has it"):
            rule.judge_scores(total=84, clinical=84)


class TestRulesAsTheyAreAskedFor:
    def test_a_rule_a_number_or_several(self) -> None:
        bliss, tulip = find("NCT00424476").rule, find("NCT04877691").rule
        assert rule_of("nct00424476") is bliss
        assert rule_of(bliss) is bliss
        assert rules_of("NCT00424476") == rules_of(bliss) == (bliss,)
        assert rules_of(["NCT00424476", tulip]) == (bliss, tulip)
        assert rules_of(iter(())) == ()

    @pytest.mark.parametrize("wrong", [None, 5765006, 8.0, [None], [find("NCT00424476")]])
    def test_what_is_neither_is_refused(self, wrong: Any) -> None:
        with pytest.raises(
            InvalidInputError,
            match=r"^rules?: found \w+; accepted: an ActivityRule or the registry number",
        ):
            rules_of(wrong)

    def test_a_number_that_is_not_known_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="did you mean NCT04877691"):
            rules_of(["NCT04877692"])


def test_two_points_of_the_skin_or_the_joints_are_one_descriptor_of_them() -> None:
    """Cenerimod phase 3 asks for 2 points; each descriptor of these systems scores 2 at least."""
    rule = find("NCT05648500").rule
    assert min(spec_tables.WEIGHTS[name] for name in rule.one_of) == 2
    assert not rule.one_of & rule.uncounted


@pytest.mark.parametrize(
    ("registry_id", "message"),
    [
        ("NCT04877692", "trial: found 'NCT04877692'; did you mean NCT04877691"),
        # Of five that are close the two closest are offered.
        ("NCT05617567", "trial: found 'NCT05617567'; did you mean NCT05617677 or NCT06456567?"),
        ("belimumab", "trial: found 'belimumab'; did you mean KR-BELIMUMAB?"),
        ("BLISS-52", "trial: found 'BLISS-52'; accepted: NCT05765006, NCT00424476, "),
        ("", "trial: found ''; accepted: NCT05765006"),
    ],
)
def test_an_unknown_one_is_refused(registry_id: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        find(registry_id)
    assert str(caught.value).startswith(message)


def test_the_sentence_of_a_rule() -> None:
    assert str(find("NCT05617677").rule) == (
        "SLEDAI-2K total >= 6 and clinical >= 4 and one of vasculitis, arthritis, rash present, "
        "organic_brain_syndrome, lupus_headache, alopecia, mucosal_ulcers not counted"
    )
    assert set(Descriptor) > find("NCT05617677").rule.uncounted
