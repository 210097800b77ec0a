"""The screen of NCT05765006: each criterion at its limits, and exact under what is not known."""

import json
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import pytest
import screening_oracle as oracle
import spec_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from sledai import SEROLOGIC, ActivityRule, Assessment, Descriptor, InvalidInputError, Verdict
from sledai.trials import nct05765006
from sledai.trials.criteria import Past, leaves
from sledai.trials.nct05765006.candidate import explained, read_candidate, template
from sledai.trials.nct05765006.report import ScreeningReport
from sledai.trials.nct05765006.screening import (
    CRITERIA,
    FACTS,
    SCORED_YET_EXCLUDING,
    Candidate,
    screen,
)

BASELINE: dict[str, Any] = json.loads(
    (spec_tables.SPEC / "screening_baseline.json").read_text(encoding="utf-8")
)
ROWS = spec_tables.rows("screening.csv")


NO_SCORES = {"total_score": None, "clinical_score": None}


def candidate(**changes: Any) -> Candidate:
    return Candidate.model_validate({**BASELINE, **changes})


def verdict_on(criterion: str, report: ScreeningReport) -> Verdict:
    return next(r.verdict for r in report.criteria if r.criterion == criterion)


class TestCriteria:
    """Each is registered under a number, has its source, and is tested at its limits."""

    def test_they_are_the_registered_ones_in_order(self) -> None:
        assert [criterion.name for criterion in CRITERIA] == list(oracle.NAMES)
        assert {row["criterion"] for row in ROWS} == set(oracle.NAMES)

    @pytest.mark.parametrize("criterion", CRITERIA, ids=[c.name for c in CRITERIA])
    def test_each_has_a_statement_a_source_and_cases_of_each_verdict(self, criterion: Any) -> None:
        assert criterion.statement
        assert criterion.citation.read == "in the work itself"
        assert str(criterion.citation) == (
            f"NCT05765006, {criterion.kind} criterion {criterion.number}"
        )
        verdicts = {row["verdict"] for row in ROWS if row["criterion"] == criterion.name}
        assert verdicts == {"met", "not_met", "undetermined"}

    def test_the_limits_are_the_registered_ones(self) -> None:
        limits = {
            (criterion.name, leaf.field, leaf.limit.operator, leaf.limit.value, leaf.limit.unit)
            for criterion in CRITERIA
            if not isinstance(criterion.clause, ActivityRule)
            for leaf in leaves(criterion.clause)
            if isinstance(leaf, Past)
        }
        assert limits == {
            ("inclusion 2", "age", ">=", 18, "years"),
            ("inclusion 2", "age", "<=", 70, "years"),
            ("inclusion 4", "disease_duration", ">=", 6, "months"),
            ("inclusion 4", "regimen_duration", ">=", 2, "months"),
            ("inclusion 4", "oral_corticosteroids", ">=", Decimal("7.5"), "mg/d"),
            ("inclusion 4", "oral_corticosteroids", "<=", 30, "mg/d"),
            ("inclusion 4", "corticosteroid_duration", ">=", 8, "wk"),
            ("inclusion 4", "corticosteroid_dose_stable_for", ">", 2, "wk"),
            ("exclusion 1", "urine_protein_24h", ">", 6, "g/24h"),
            ("exclusion 1", "serum_creatinine", ">", Decimal("2.5"), "mg/dL"),
            ("exclusion 1", "nephritis_high_dose_duration", ">=", 14, "d"),
            ("exclusion 6", "iga", "<", 10, "mg/dL"),
        }

    def test_the_high_dose_is_the_registered_one(self) -> None:
        said = next(c.statement for c in CRITERIA if c.name == "exclusion 1")
        assert "a prednisone equivalent >= 100 mg/d for >= 14 d" in said

    def test_every_field_is_asked_for_by_one_criterion(self) -> None:
        asked = [
            field for field in Candidate.model_fields if explained(field).count("clusion ") == 1
        ]
        assert asked == list(Candidate.model_fields)

    def test_the_facts_of_the_trial(self) -> None:
        assert (FACTS.registry_id, FACTS.phase, FACTS.country) == ("NCT05765006", "1", "China")
        assert FACTS.sponsor == "Shanghai Ming Ju Biotechnology"
        assert FACTS.design.startswith("open-label, single-arm, multicenter")
        assert FACTS.dose_levels == ("15 (back-up)", "25 (starting)", "50", "100 (or 150)")
        assert FACTS.dose_unit == "10^6 CAR+ T cells"

    def test_the_package_offers_no_other_names(self) -> None:
        with pytest.raises(AttributeError, match="has no attribute 'screening_report'"):
            nct05765006.screening_report  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{r['criterion']} {i}" for i, r in enumerate(ROWS, start=2)]
)
def test_cases_typed_from_the_record(row: dict[str, str]) -> None:
    """On each limit, beside it and well past it, in each unit, and each field not known."""
    changes = json.loads(row["changes"])
    report = screen(candidate(**changes))
    assert verdict_on(row["criterion"], report) == row["verdict"], row["note"]
    assert (
        oracle.verdict(oracle.outcomes(row["criterion"], {**BASELINE, **changes}))
        == (row["verdict"])
    )


def test_the_baseline_meets_all() -> None:
    report = screen(candidate())
    assert report.verdict is Verdict.MET
    assert {result.verdict for result in report.criteria} == {Verdict.MET}
    assert report.missing == ()
    (note,) = report.notes
    assert note.startswith("only scores are known: whether they count a descriptor that may be a")


FIELDS = [name for name in BASELINE if name != "assessment"]
CHANGES: dict[str, list[Any]] = {}
for _row in ROWS:
    for _field, _value in json.loads(_row["changes"]).items():
        if _value not in CHANGES.setdefault(_field, []) and _field not in {
            "total_score",
            "clinical_score",
        }:
            CHANGES[_field].append(_value)


@st.composite
def partial_candidates(draw: st.DrawFn) -> dict[str, Any]:
    """Candidates with some fields changed to values at limits, and some not known."""
    changed = draw(st.lists(st.sampled_from(sorted(CHANGES)), max_size=5, unique=True))
    changes = {name: draw(st.sampled_from(CHANGES[name])) for name in changed if CHANGES[name]}
    unknown = draw(st.lists(st.sampled_from(FIELDS), max_size=6, unique=True))
    known = {**BASELINE, **changes, **dict.fromkeys(unknown)}
    if draw(st.booleans()):
        open_ = draw(st.sets(st.sampled_from(Descriptor), max_size=5))
        present = draw(st.sets(st.sampled_from(Descriptor), max_size=6)) - open_
        visit = Assessment.of(present=present, not_assessed=open_)
        known |= {"total_score": None, "clinical_score": None, "assessment": visit.model_dump()}
    return known


class TestExactness:
    """Against every completion, by code that shares nothing with the library."""

    @given(partial_candidates())
    def test_every_verdict(self, known: dict[str, Any]) -> None:
        report = screen(Candidate.model_validate(known))
        for name in oracle.NAMES:
            expected = oracle.verdict(oracle.outcomes(name, known))
            assert verdict_on(name, report) == expected, name
        assert report.verdict == oracle.overall(known)

    @settings(max_examples=examples(40))
    @given(partial_candidates())
    def test_only_what_matters_is_missing(self, known: dict[str, Any]) -> None:
        report = screen(Candidate.model_validate(known))
        for result in report.criteria:
            expected = {
                name
                for name in Candidate.model_fields
                if known.get(name) is None and matters(name, result.criterion, known)
            }
            partly = {"assessment", "oral_corticosteroids", *FIELDS_OF_TIME}
            assert set(result.missing) - partly <= expected <= set(result.missing)

    @given(partial_candidates(), st.data())
    def test_an_answer_never_turns_a_verdict(self, known: dict[str, Any], data: Any) -> None:
        before = screen(Candidate.model_validate(known)).verdict
        unknown = sorted(
            name
            for name in known
            if known[name] is None and name not in {"assessment", "total_score", "clinical_score"}
        )
        if not unknown:
            return
        name = data.draw(st.sampled_from(unknown))
        value = data.draw(st.sampled_from(stands_for(name)))
        after = screen(Candidate.model_validate({**known, name: value})).verdict
        assert before in {after, Verdict.UNDETERMINED}


SCORES = ("total_score", "clinical_score")
FIELDS_OF_TIME = {name for name in FIELDS if name.endswith(("duration", "_for"))}


def stands_for(name: str) -> tuple[Any, ...]:
    return oracle.NULL_STANDS_FOR.get(name, (False, True))


def matters(name: str, criterion: str, known: dict[str, Any]) -> bool:
    """Whether for some answers to the other fields of the criterion this one changes it."""
    asked = [f for f in Candidate.model_fields if f"[{criterion}]" in explained(f)]
    if name not in asked or name == "assessment":
        return False
    if name in SCORES:
        one_is_known = sum(known[score] is None for score in SCORES) == 1
        return one_is_known and len(oracle.outcomes(criterion, known)) > 1
    others = [f for f in asked if f != name and known[f] is None]
    for values in product(*(stands_for(other) for other in others)):
        filled = {**known, **dict(zip(others, values, strict=True))}
        outcomes = [
            frozenset(oracle.outcomes(criterion, {**filled, name: value}))
            for value in stands_for(name)
        ]
        if len(set(outcomes)) > 1:
            return True
    return False


class TestMissing:
    """What is missing stands in the order in which answers could settle the verdict."""

    @settings(max_examples=examples(60))
    @given(
        st.lists(
            st.sampled_from(
                [
                    "oral_corticosteroids",
                    "antimalarial",
                    "immunosuppressant",
                    "nsaid",
                    "corticosteroid_duration",
                    "age",
                    "ana_positive",
                    "nephritis_high_dose_duration",
                    "hemodialysis",
                    "iga",
                ]
            ),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    def test_no_fewer_answers_could_settle_it(self, unknown: list[str]) -> None:
        known = {**BASELINE, **dict.fromkeys(unknown)}
        report = screen(Candidate.model_validate(known))
        numbers = {missing.field: missing.answers for missing in report.missing}
        assert list(numbers.values()) == sorted(numbers.values())
        assert numbers == fewest_answers(known, unknown)

    def test_one_that_can_fail_alone_comes_before_one_that_cannot(self) -> None:
        report = screen(candidate(ana_positive=None, anti_dsdna_positive=None, iga=None))
        assert [(m.field, m.criterion, m.answers) for m in report.missing] == [
            ("iga", "exclusion 6", 1),
            ("ana_positive", "inclusion 5", 2),
            ("anti_dsdna_positive", "inclusion 5", 2),
        ]

    def test_all_that_are_open_have_to_be_passed(self) -> None:
        """One positive antibody passes inclusion 5, but two negative ones are as few answers."""
        alone = screen(candidate(ana_positive=None, anti_dsdna_positive=None)).missing
        assert [m.answers for m in alone] == [1, 1]

    def test_once_it_is_settled_nothing_is_missing(self) -> None:
        report = screen(candidate(age=17, iga=None))
        assert report.verdict is Verdict.NOT_MET
        assert report.missing == ()
        assert verdict_on("exclusion 6", report) is Verdict.UNDETERMINED
        assert next(r for r in report.criteria if r.missing).missing == ("iga",)

    def test_descriptors_stand_by_weight(self) -> None:
        visit = Assessment.of(
            present={"arthritis", "rash"}, not_assessed={"fever", "pyuria", "alopecia"}
        )
        (missing,) = screen(candidate(assessment=visit, **NO_SCORES)).missing
        assert missing.descriptors == ("pyuria", "alopecia")
        assert (missing.field, missing.answers) == ("assessment", 1)

    def test_serology_that_both_have_to_be_absent(self) -> None:
        visit = Assessment.of(present={"arthritis", "rash", "fever"}, not_assessed=SEROLOGIC)
        first, second = screen(candidate(assessment=visit, iga=None, **NO_SCORES)).missing
        assert (first.field, first.answers) == ("iga", 1)
        assert (second.field, second.answers) == ("assessment", 2)

    def test_no_activity_at_all(self) -> None:
        nothing = {**NO_SCORES, "assessment": None}
        (missing,) = screen(candidate(**nothing)).missing
        assert (missing.field, missing.answers) == ("assessment", 1)  # seizure alone is enough
        assert set(missing.descriptors) == set(Descriptor)
        (missing,) = screen(candidate(**nothing | {"total_score": 9})).missing
        assert (missing.field, missing.answers) == ("clinical_score", 1)
        (missing,) = screen(candidate(**nothing | {"clinical_score": 6})).missing
        assert (missing.field, missing.answers) == ("total_score", 1)


def fewest_answers(known: dict[str, Any], unknown: list[str]) -> dict[str, int]:
    """By trying sets of answers: the smallest, all of them needed, that settles the verdict."""

    def settled(answers: dict[str, Any]) -> bool:
        return oracle.overall({**known, **answers}) != "undetermined"

    found: dict[str, int] = {}
    for size in range(1, len(unknown) + 1):
        for chosen in combinations(unknown, size):
            for values in product(*(stands_for(name) for name in chosen)):
                answers = dict(zip(chosen, values, strict=True))
                if not settled(answers):
                    continue
                for name in chosen:
                    if name not in found and not settled(
                        {other: value for other, value in answers.items() if other != name}
                    ):
                        found[name] = size
    return found


class TestNotes:
    """A descriptor that scores for what may exclude: shown, and not resolved."""

    def test_the_descriptors_that_may_be_what_excludes(self) -> None:
        assert {
            "active_cns_lupus": (
                "exclusion 2",
                frozenset(
                    {
                        "seizure",
                        "psychosis",
                        "organic_brain_syndrome",
                        "visual_disturbance",
                        "cranial_nerve_disorder",
                        "lupus_headache",
                        "cerebrovascular_accident",
                    }
                ),
            ),
            "severe_vasculitis": ("exclusion 2", frozenset({"vasculitis"})),
            "other_cns_disease": (
                "exclusion 3",
                frozenset(
                    {"seizure", "psychosis", "organic_brain_syndrome", "cerebrovascular_accident"}
                ),
            ),
        } == SCORED_YET_EXCLUDING

    @pytest.mark.parametrize(
        ("answer", "said", "verdict"),
        [
            (None, "is not known, and does not follow from it", Verdict.UNDETERMINED),
            (False, "is stated not to be there", Verdict.MET),
            (True, "is stated to be there", Verdict.NOT_MET),
        ],
    )
    def test_a_lupus_headache(self, answer: bool | None, said: str, verdict: Verdict) -> None:
        visit = Assessment.of(present={"lupus_headache", "rash"})
        report = screen(candidate(assessment=visit, active_cns_lupus=answer, **NO_SCORES))
        assert report.verdict is verdict
        pulls, without = report.notes
        assert pulls == (
            "lupus_headache: 8 points towards inclusion 6, while active_cns_lupus, which excludes "
            f"by exclusion 2, {said}"
        )
        assert without == "without lupus_headache, inclusion 6 would be: not met"

    def test_what_pulls_is_taken_away_together(self) -> None:
        """Without either the other is enough; without both nothing is."""
        visit = Assessment.of(present={"seizure", "vasculitis"})
        report = screen(candidate(assessment=visit, other_cns_disease=True, **NO_SCORES))
        assert report.notes[2].endswith(
            "other_cns_disease, which excludes by exclusion 3, is stated to be there"
        )
        assert report.notes[3:] == ("without seizure, vasculitis, inclusion 6 would be: not met",)

    def test_points_that_are_not_needed(self) -> None:
        visit = Assessment.of(present={"vasculitis", "arthritis", "myositis"})
        notes = screen(candidate(assessment=visit, **NO_SCORES)).notes
        assert notes[-1] == "without vasculitis, inclusion 6 would be: met"

    @pytest.mark.parametrize("score", ["total_score", "clinical_score"])
    def test_scores_do_not_show_it(self, score: str) -> None:
        (note,) = screen(candidate(**{**NO_SCORES, score: 12})).notes
        assert note.startswith("only scores are known")

    def test_times_that_cannot_both_be_meant(self) -> None:
        visit = Assessment.of(present={"arthritis", "myositis"})
        changes = {**NO_SCORES, "assessment": visit}
        odd = {"corticosteroid_duration": "8 wk", "corticosteroid_dose_stable_for": "10 years"}
        (note,) = screen(candidate(**changes, **odd)).notes
        assert note == (
            "a dose that is stable for 10 years cannot be one that is taken for 8 wk: "
            "corticosteroid_dose_stable_for, corticosteroid_duration"
        )
        same = {"corticosteroid_duration": "8 wk", "corticosteroid_dose_stable_for": "56 d"}
        assert not screen(candidate(**changes, **same)).notes
        (note,) = screen(candidate(**changes, oral_corticosteroids={})).notes
        assert note == "no oral corticosteroid is taken, and yet corticosteroid_duration is given"


class TestReport:
    def test_it_has_no_truth_value(self) -> None:
        with pytest.raises(TypeError, match=r"ask `\.verdict is Verdict\.MET`"):
            bool(screen(candidate()))

    def test_text_fits_80_columns_and_says_all(self) -> None:
        report = screen(candidate(iga=None, age=71, oral_corticosteroids=None, ana_positive=None))
        text = str(report)
        assert max(map(len, text.splitlines())) <= 80
        assert text.startswith(
            "NCT05765006: not met (criteria: 8 passed, 1 failed, 3 open)\n\ninclusion 1  passes  "
        )
        assert (
            "inclusion 2  fails   age 71 is not <= 70 years\n"
            "                     (asked: age >= 18 years and <= 70 years at consent, any\n"
        ) in text
        assert "inclusion 5  open    not known: ana_positive\n" in text
        readings = [reading for criterion in CRITERIA for reading in criterion.readings]
        assert len(readings) > 8
        told = " ".join(text.split())
        assert all(reading in told for reading in readings)

    def test_missing_and_notes_are_in_the_text(self) -> None:
        visit = Assessment.of(present={"seizure"}, not_assessed={"fever"})
        text = str(screen(candidate(assessment=visit, active_cns_lupus=None, **NO_SCORES)))
        assert (
            "\nmissing, by the fewest answers, this one among them, that could settle it:\n"
            "   1  active_cns_lupus (exclusion 2)\n"
        ) in text
        assert "(excludes: another lupus crisis before screening: active" in text
        assert "\nnotes:\n  seizure: 8 points towards inclusion 6" in text
        ana = str(screen(candidate(ana_positive=None, anti_smith_positive=None, iga=None)))
        assert "   2  ana_positive (inclusion 5)\n" in ana
        pending = Assessment.of(present={"arthritis", "rash"}, not_assessed={"pyuria"})
        assert "(inclusion 6): pyuria\n" in str(screen(candidate(assessment=pending, **NO_SCORES)))

    def test_json_holds_the_same(self) -> None:
        report = screen(candidate(iga=None))
        data = json.loads(report.model_dump_json())
        assert data["verdict"] == "undetermined"
        assert data["missing"] == [
            {"field": "iga", "criterion": "exclusion 6", "answers": 1, "descriptors": []}
        ]
        assert data["criteria"][1]["statement"] == (
            "age >= 18 years and <= 70 years at consent, any sex"
        )
        assert ScreeningReport.model_validate_json(report.model_dump_json()) == report

    @pytest.mark.parametrize(
        ("doses", "said"),
        [
            ({"prednisone": "31 mg/d"}, "prednisone 31 mg/d is not <= 30 mg/d"),
            (
                {"methylprednisolone": "28 mg/d"},
                "methylprednisolone 28 mg/d, as prednisone 35 mg/d is not <= 30 mg/d",
            ),
            (
                {"prednisone": "31 mg/d", "cortisone": None},
                "prednisone 31 mg/d, cortisone (dose not known) is not <= 30 mg/d",
            ),
        ],
    )
    def test_the_reason_says_the_dose_in_prednisone(
        self, doses: dict[str, str | None], said: str
    ) -> None:
        report = screen(candidate(oral_corticosteroids=doses))
        result = report.criteria[3]
        assert result.verdict is Verdict.NOT_MET
        assert result.reason == f"yes: oral_corticosteroids; oral_corticosteroids {said}"

    def test_a_dose_just_past_the_limit_is_not_rounded_to_it(self) -> None:
        report = screen(candidate(oral_corticosteroids={"methylprednisolone": "24.000001 mg/d"}))
        assert "as prednisone 30.00000125 mg/d is not <= 30 mg/d" in report.criteria[3].reason

    @pytest.mark.parametrize(
        ("changes", "criterion", "reason"),
        [
            ({"iga": None}, 11, "not known: iga"),
            ({"iga": "<25 mg/dL"}, 11, "iga <25 mg/dL may or may not be < 10 mg/dL"),
            (
                {"disease_duration": "26 wk", "regimen_duration": None},
                3,
                (
                    "not known: regimen_duration; disease_duration 26 wk may or may not be >= 6 "
                    "months"
                ),
            ),
            ({"iga": "<10 mg/dL"}, 11, "iga <10 mg/dL, which is < 10 mg/dL"),
            ({"iga": ">=10 mg/dL"}, 11, "iga >=10 mg/dL is not < 10 mg/dL"),
        ],
    )
    def test_reasons(self, changes: dict[str, Any], criterion: int, reason: str) -> None:
        assert screen(candidate(**changes)).criteria[criterion].reason == reason

    @pytest.mark.parametrize(
        ("scores", "said"),
        [
            ({"total_score": 10}, "total 10, clinical 6 to 10; needed: "),
            ({"clinical_score": 3}, "total 3 to 7, clinical 3; needed: "),
            ({"clinical_score": 6}, "not known: total_score; total 6 to 10, clinical 6; needed: "),
            ({"total_score": 12, "clinical_score": 10}, "total 12, clinical 10; needed: "),
        ],
    )
    def test_scores_that_nobody_gave_are_a_range(self, scores: dict[str, int], said: str) -> None:
        reason = screen(candidate(**{**NO_SCORES, **scores})).criteria[5].reason
        assert reason.startswith(said)

    def test_a_failure_that_no_single_answer_makes_has_a_reason(self) -> None:
        """Without a corticosteroid there is no regimen, and with one it is too short."""
        others = {"antimalarial": False, "nsaid": False, "immunosuppressant": False}
        unknown = {"oral_corticosteroids": None, "corticosteroid_duration": "5 wk"}
        result = screen(candidate(**others, **unknown)).criteria[3]
        assert result.verdict is Verdict.NOT_MET
        assert result.reason == (
            "no: antimalarial, nsaid, immunosuppressant; "
            "corticosteroid_duration 5 wk is not >= 8 wk"
        )

    @given(partial_candidates())
    def test_every_verdict_has_a_reason(self, known: dict[str, Any]) -> None:
        assert all(result.reason for result in screen(Candidate.model_validate(known)).criteria)

    def test_a_dose_of_nothing_is_no_drug(self) -> None:
        """Then nothing is asked of it, and the regimen needs another drug."""
        none = {"oral_corticosteroids": {"prednisone": "0 mg/d"}, "corticosteroid_duration": "0 d"}
        assert verdict_on("inclusion 4", screen(candidate(**none))) is Verdict.MET
        others = {"antimalarial": False, "nsaid": False, "immunosuppressant": False}
        assert verdict_on("inclusion 4", screen(candidate(**none, **others))) is Verdict.NOT_MET

    def test_a_bound_may_be_enough(self) -> None:
        assert verdict_on("exclusion 6", screen(candidate(iga="<7 mg/dL"))) is Verdict.NOT_MET
        assert verdict_on("exclusion 6", screen(candidate(iga="<10 mg/dL"))) is Verdict.NOT_MET
        assert verdict_on("exclusion 6", screen(candidate(iga=">=10 mg/dL"))) is Verdict.MET
        open_ = screen(candidate(iga="<=10 mg/dL"))
        assert verdict_on("exclusion 6", open_) is Verdict.UNDETERMINED
        assert open_.missing[0].field == "iga"


class TestCandidate:
    def test_nothing_is_known_by_default(self) -> None:
        report = screen(Candidate())
        assert report.verdict is Verdict.UNDETERMINED
        assert {result.verdict for result in report.criteria} == {Verdict.UNDETERMINED}
        assert len(report.missing) == len(Candidate.model_fields) - 2  # the two scores

    def test_the_template_is_a_candidate_of_whom_nothing_is_known(self) -> None:
        form = template()
        known = read_candidate(form)
        assert known.assessed is None
        assert screen(known) == screen(Candidate())
        lines = form.splitlines()
        for name in Candidate.model_fields:
            (remark,) = (line for line in lines if line.startswith(f'  "# {name}": '))
            assert lines[lines.index(remark) + 1].startswith(f'  "{name}": ')
            assert json.loads("{" + remark.rstrip(",") + "}")[f"# {name}"] == explained(name)

    @pytest.mark.parametrize(
        ("field", "accepted"),
        [
            ("hemodialysis", "true or false."),
            ("age", "A whole number."),
            (
                "disease_duration",
                "d, day, days, wk, week, weeks, mo, month, months, a, year or years.",
            ),
            (
                "nephritis_high_dose_duration",
                ">= 100 mg/d (methylprednisolone >= 80 mg/d), within 8 weeks before screening; 0 d",
            ),
            ("serum_creatinine", "mg/dL or umol/L."),
            ("assessment", "Each true or false."),
            ("oral_corticosteroids", "betamethasone, deflazacort."),
        ],
    )
    def test_each_field_says_what_it_accepts(self, field: str, accepted: str) -> None:
        assert accepted in explained(field)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "line 1, column 2: no JSON: "),
            ("[1]", "found [1]; accepted: one object of fields"),
            ('{"age": 34, "age": 35}', "'age': stands twice"),
            ("[" * 100_000, "no candidate: objects nested too deep"),
            ('{"agee": 34}', "'agee': no such field; did you mean age?"),
            ('{"zzz": 34}', "'zzz': no such field; accepted: see the template"),
            ('{"\\u001b[31mx": 34}', "'\\x1b[31mx': no such field"),
            ('{"' + "x" * 300 + '": 1}', "'" + "x" * 35 + "...': no such field"),
            ('{"age": ' + "9" * 5000 + "}", "no candidate: a number has too many digits"),
            ('{"age": 34.5}', "age: found 34.5; accepted: a whole number 0 to 130, or null"),
            ('{"age": true}', "age: found True; accepted: a whole number 0 to 130, or null"),
            ('{"age": 131}', "age: found 131; accepted: a whole number 0 to 130, or null"),
            ('{"iga": 9}', "iga: found 9; accepted: text of a number and a unit: mg/dL, g/L"),
            ('{"hemodialysis": "no"}', "hemodialysis: found 'no'; accepted: true, false or null"),
            ('{"total_score": 106}', "total_score: found 106; accepted: a whole number 0 to 105"),
            (
                '{"clinical_score": 102}',
                "clinical_score: found 102; accepted: a whole number 0 to",
            ),
            (
                '{"disease_duration": "6"}',
                "disease_duration: found '6'; accepted: text of a",
            ),
            ('{"iga": "<0 mg/dL"}', "iga: found '<0 mg/dL', which no patient has"),
            ('{"total_score": true}', "total_score: found True; accepted: a whole number 0 to"),
            (
                '{"disease_duration": "8 moons"}',
                "disease_duration: unit of duration: found 'moons'",
            ),
            ('{"oral_corticosteroids": 5}', "oral_corticosteroids: found 5; accepted: drugs and"),
            (
                '{"oral_corticosteroids": {"prednisone": ">5 mg/d"}}',
                "oral_corticosteroids: prednisone: found '>5 mg/d'; accepted: no bound",
            ),
            (
                '{"oral_corticosteroids": {"prednisone": "10 mg", "cortisone": "5 mg/d"}}',
                "oral_corticosteroids: prednisone: unit of glucocorticoid_dose: found 'mg'",
            ),
            (
                '{"oral_corticosteroids": {"aspirin": "5 mg/d"}}',
                "oral_corticosteroids: glucocorticoid: found 'aspirin'; accepted: prednisone, ",
            ),
            ('{"assessment": {"rash": 2}}', "assessment.rash: found 2; accepted: true (present)"),
            ('{"assessment": 5}', "assessment: found 5; accepted: the 24 descriptors with their"),
            ('{"assessment": "rash"}', "assessment: found 'rash'; accepted: the 24 descriptors"),
            ('{"total_score": 8, "clinical_score": 7}', "candidate: no visit has total 8 with"),
        ],
    )
    def test_what_is_refused(self, text: str, message: str) -> None:
        with pytest.raises(InvalidInputError) as caught:
            read_candidate(text)
        assert any(line.startswith(message) for line in str(caught.value).splitlines())

    def test_an_assessment_and_scores_are_not_both_taken(self) -> None:
        with pytest.raises(ValueError, match="found an assessment and total_score; accepted: the"):
            Candidate(assessment=Assessment.of(present={"rash"}), total_score=2)
        empty = Assessment.of(not_assessed=Descriptor)
        assert Candidate(assessment=empty, total_score=2).assessed is None

    @pytest.mark.parametrize("depth", range(900, 1001, 5))
    def test_depth_is_no_traceback(self, depth: int) -> None:
        nested = '{"rash":' * depth + "1" + "}" * depth
        with pytest.raises(InvalidInputError):
            read_candidate(f'{{"assessment": {nested}}}')

    def test_it_survives_json(self) -> None:
        known = candidate(oral_corticosteroids={"prednisone": "10 mg/d", "cortisone": None})
        assert Candidate.model_validate_json(known.model_dump_json()) == known
        assert read_candidate(Candidate().model_dump_json()) == Candidate()


def test_all_criteria_at_once() -> None:
    report = screen(candidate(informed_consent=False, other_autoimmune_disease=True))
    failed = [r.criterion for r in report.criteria if r.verdict is Verdict.NOT_MET]
    assert failed == ["inclusion 1", "exclusion 4"]
