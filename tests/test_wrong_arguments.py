"""What is no assessment and no rule is refused, with what is taken instead."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pydantic import ValidationError

from sledai import (
    ActivityRule,
    Assessment,
    Descriptor,
    InvalidInputError,
    Verdict,
    clinical_score,
    frame,
    meets_activity_criterion,
    meets_clinical_threshold,
    meets_total_threshold,
    points_by_system,
    score_bounds,
    total_score,
)
from sledai.audit import compare as compare_totals
from sledai.codebook import Codebook, Lab, LabFlag
from sledai.definitions import Edition
from sledai.definitions.editions import wordings
from sledai.findings import Findings, compare_editions, derive
from sledai.frame import score
from sledai.indices import adjusted_mean, doris, lldas, sfi, sri
from sledai.indices.course import course, first_flare, time_in
from sledai.indices.report import report
from sledai.indices.states import Readings
from sledai.quantities import Quantity, checked, converted, scale_of
from sledai.quantities.fields import measured
from sledai.quantities.glucocorticoids import prednisone_equivalent
from sledai.rules.counterfactuals import counterfactuals
from sledai.scoring import possible_scores
from sledai.scoring.recorded_scores import explain, imply
from sledai.trials.catalog import rules_of
from sledai.trials.nct05765006.candidate import explained, read_candidate
from sledai.trials.nct05765006.screening import screen
from sledai.visits import History, Visit
from sledai.visits.change import change_of, class_of


class TestWrongArguments:
    """Whatever asks for an assessment or a rule refuses another thing by its type alone."""

    rule = ActivityRule(name="example", edition=Edition.SELENA, least_total=8)

    @pytest.mark.parametrize("wrong", [{"arthritis": True}, "arthritis", None, 8, object()])
    def test_an_assessment_is_an_assessment(self, wrong: Any) -> None:
        for asked in (
            self.rule.judge,
            total_score,
            clinical_score,
            score_bounds,
            possible_scores,
            points_by_system,
            meets_activity_criterion,
            meets_total_threshold,
            meets_clinical_threshold,
            lambda visit: change_of(visit, Assessment.of()),
            lambda visit: change_of(Assessment.of(), visit),
            lambda visit: counterfactuals(self.rule, visit),
            lambda visit: explain(visit, 8),
            lambda visit: imply(visit, 8),
        ):
            with pytest.raises(InvalidInputError) as caught:
                asked(wrong)
            assert str(caught.value) == (
                f"assessment: found {type(wrong).__name__}; accepted: an Assessment "
                "(Assessment.model_validate reads a dict, sledai.frame a data frame)"
            )

    def test_a_data_frame_and_what_looks_like_an_assessment(self) -> None:
        alike = SimpleNamespace(**dict.fromkeys(Descriptor, False))
        wrong: Any
        for wrong in (pl.DataFrame({"arthritis": [True]}), alike):
            with pytest.raises(InvalidInputError, match=r"^assessment: found (Data|SimpleN)"):
                total_score(wrong)

    def test_a_model_built_on_an_assessment_is_one(self) -> None:
        class Visit(Assessment):
            site: str

        visit = Visit(**Assessment.of(present={"arthritis"}).model_dump(), site="01")
        assert total_score(visit) == 4
        assert self.rule.judge(visit).verdict is Verdict.NOT_MET

    @pytest.mark.parametrize("wrong", ["NCT05765006", None, {"least_total": 8}])
    def test_a_rule_is_a_rule(self, wrong: Any) -> None:
        with pytest.raises(InvalidInputError) as caught:
            counterfactuals(wrong, Assessment.of())
        assert str(caught.value) == (
            f"rule: found {type(wrong).__name__}; accepted: an ActivityRule (a trial of the "
            "catalog has one)"
        )


VISIT = Visit.model_validate({"date": "2024-01-16"})
LATER = Visit.model_validate({"date": "2024-04-16"})
HISTORY = History.of([VISIT, LATER])
FRAME = pd.DataFrame({"rash": [0, 1]})


def section_of(name: str) -> Callable[[Any], Codebook]:
    return lambda section: Codebook(**{name: section})


RASH_ALONE = Codebook(descriptors={"absent": [d for d in Descriptor if d != "rash"]})


TAKES: dict[str, tuple[Callable[[Any], object], str]] = {
    "lldas previous": (lambda x: lldas.assess(x, VISIT), "a Visit"),
    "lldas visit": (lambda x: lldas.assess(None, x), "a Visit"),
    "lldas new_serology": (
        lambda x: lldas.assess(None, VISIT, new_serology=x),
        "counts, ignored",
    ),
    "lldas first_visit": (
        lambda x: lldas.assess(None, VISIT, first_visit=x),
        "needs a statement, has nothing new",
    ),
    "sri baseline": (lambda x: sri.assess(x, VISIT), "a Visit"),
    "sri visit": (lambda x: sri.assess(VISIT, x), "a Visit"),
    "sri n": (lambda x: sri.assess(VISIT, LATER, n=x), "4 to 8"),
    "sri bilag": (lambda x: sri.assess(VISIT, LATER, new_bilag_a=x), "a whole number"),
    "sri edition": (lambda x: sri.assess(VISIT, LATER, edition=x), "SLEDAI_1992, SELENA"),
    "sfi previous": (lambda x: sfi.assess(x, VISIT), "a Visit"),
    "sfi visit": (lambda x: sfi.assess(VISIT, x), "a Visit"),
    "sfi variant": (lambda x: sfi.assess(VISIT, LATER, variant=x), "original, belimumab"),
    "sfi rise": (lambda x: sfi.assess(VISIT, LATER, severe_score_needs_rise_of_3=x), "True, False"),
    "sfi mycophenolate": (lambda x: sfi.assess(VISIT, LATER, mycophenolate=x), "True, False"),
    "doris visit": (doris.assess, "a Visit"),
    "doris prednisolone": (lambda x: doris.assess(VISIT, prednisolone=x), "<=, <"),
    "adjusted mean": (adjusted_mean.assess, "a History"),
    "area": (adjusted_mean.area, "a History"),
    "course": (course, "a History"),
    "course readings": (lambda x: course(HISTORY, x), "Readings"),
    "first_flare": (first_flare, "a History"),
    "report": (report, "a History"),
    "report readings": (lambda x: report(HISTORY, x), "Readings"),
    "time_in": (lambda x: time_in(x, "LLDAS"), "a History"),
    "time_in state": (lambda x: time_in(HISTORY, x), "LLDAS, DORIS"),
    "carry": (lambda x: Readings(carry=x), "until the next visit, since the visit before, at both"),
    "History.of": (History.of, "a "),
    "derive": (lambda x: derive(x, edition="SELENA"), "Findings"),
    "derive edition": (lambda x: derive(Findings(), edition=x), "SLEDAI_1992, SELENA"),
    "derive window": (lambda x: derive(Findings(), edition="SELENA", window_days=x), "10, 30"),
    "compare_editions": (compare_editions, "Findings"),
    "screen": (screen, "a Candidate"),
    "read_candidate": (read_candidate, "text of JSON|no JSON"),
    "explained": (explained, "informed_consent, age"),
    "class_of": (lambda x: class_of(8, x), "later: .* 0 to 105"),
    "class_of earlier": (lambda x: class_of(x, 8), "earlier: .* 0 to 105"),
    "converted": (lambda x: converted("platelets", x, "K/uL"), "a number"),
    "measured analyte": (lambda x: measured(None, x), "analyte: .* platelets, white_cells"),
    "most counterfactuals": (
        lambda x: counterfactuals(TestWrongArguments.rule, Assessment.of(), most=x),
        "1 to 4",
    ),
    "prednisone_equivalent": (prednisone_equivalent, "prednisone"),
    "Quantity.parse": (Quantity.parse, "a number of at least 0 and a unit"),
    "Quantity bound": (lambda x: Quantity(92, "K/uL", x), "accepted: <, <=, >, >="),
    "checked": (lambda x: checked("platelets", x), "a Quantity"),
    "checked analyte": (lambda x: checked(x, Quantity(92, "K/uL")), "platelets, white_cells"),
    "scale_of": (lambda x: scale_of("platelets", x), "/mm3, /uL"),
    "explain": (lambda x: explain(Assessment.of(), x), "a number"),
    "imply": (lambda x: imply(Assessment.of(), x), "a number"),
    "wordings": (wordings, "descriptor"),
    "Lab unit": (lambda x: Lab("platelets", "plt", x), "/mm3, /uL"),
    "Lab column": (lambda x: Lab("platelets", x, "K/uL"), "the name of a column"),
    "score codebook": (lambda x: score(FRAME, x), "a Codebook"),
    "derive codebook": (lambda x: frame.derive(FRAME, x, edition="SELENA"), "a Codebook|nothing"),
    "compare codebook": (lambda x: compare_totals(FRAME, x), "a Codebook"),
    "by_visit codebook": (lambda x: frame.by_visit(FRAME, x), "a Codebook|no subject; accepted"),
    **{
        f"codebook {section}": (section_of(section), rf"\[{section}\] .*accepted: ")
        for section in Codebook.model_fields
    },
    "codebook lines": (RASH_ALONE.stating, "a table of|no section 'rash'; accepted"),
    "policy": (lambda x: score(FRAME, RASH_ALONE, policy=x), "strict, absent"),
    "rules": (lambda x: score(FRAME, RASH_ALONE, rules=[x]), "ActivityRule|NCT05765006"),
    "clinical_applies": (
        lambda x: ActivityRule(
            name="x", edition=Edition.SELENA, least_clinical=4, clinical_applies=x
        ),
        "always, serology scored",
    ),
    "excluding": (lambda x: clinical_score(Assessment.of(), excluding=[x]), "descriptor"),
    "present": (lambda x: Assessment.of(present=x), "descriptor"),
}
WRONG: dict[str, Any] = {
    "dict": {"rash": True},
    "text": "x",
    "list": ["x"],
    "None": None,
    "pandas": FRAME,
    "polars": pl.DataFrame({"rash": [0, 1]}),
    "number": True,
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("function", TAKES)
def test_what_is_taken_is_said(function: str, kind: str) -> None:
    allowed = {
        ("lldas previous", "None"),
        ("sfi rise", "number"),  # which is true
        ("sfi mycophenolate", "number"),
        ("sri bilag", "None"),
        ("report readings", "None"),
        ("Lab column", "text"),
        ("score codebook", "None"),
    }
    if (function, kind) in allowed:
        return
    asked, said = TAKES[function]
    with pytest.raises(InvalidInputError, match=said):
        asked(WRONG[kind])


@pytest.mark.parametrize("wrong", [{}, "NCT05765006x", FRAME, None, 5])
def test_rules_are_one_or_several(wrong: Any) -> None:
    with pytest.raises(InvalidInputError):
        rules_of(wrong)


@pytest.mark.parametrize("wrong", ["rash", ["rash"], FRAME, pl.DataFrame({"rash": ["x"]})])
def test_signs_are_a_mapping(wrong: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"\[findings\] found .*; accepted: a table of"):
        Codebook(findings=wrong)


@pytest.mark.parametrize("wrong", [["<"], FRAME, 5])
def test_the_bound_and_the_limits_of_a_column(wrong: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"bound: found .*; accepted: the name of a column"):
        Lab("platelets", "plt", "K/uL", bound=wrong)
    wrong_end: Any
    for wrong_end in (["5"], FRAME, True):
        with pytest.raises(InvalidInputError, match=r"c3, lower: found .*; accepted: a column or"):
            Lab("c3", "c3", "g/L", lower=wrong_end)


def test_names_from_columns_of_text_are_names() -> None:
    for names in (["rash"], pd.Series(["rash"]), pl.Series(["rash"]), np.array(["rash"])):
        assert Assessment.of(present=names).present == {Descriptor.RASH}


def test_counts_of_numpy_and_editions_by_name() -> None:
    n: Any = np.int64(4)
    found = sri.assess(VISIT, LATER, n=n, new_bilag_a=n - 4, edition="SELENA")
    assert (found.name, found.components[1].reason) == ("SRI-4", "new_bilag_a 0")
    assert sri.assess(VISIT, LATER, n=5, edition="sledai-2k").name == "SRI-5 (SLEDAI-2K)"
    with pytest.raises(InvalidInputError, match=r"n: found 4\.0; accepted: 4 to 8"):
        sri.assess(VISIT, LATER, n=4.0)  # type: ignore[arg-type]
    assert len(counterfactuals(TestWrongArguments.rule, Assessment.of(), most=n)) == 8
    assert class_of(n, n + 4) == "flare"
    made = derive(Findings(), edition="SELENA", window_days=np.int64(30))  # type: ignore[arg-type]
    assert (made.window_days, type(made.window_days)) == (30, int)


SIGNALING: Any = Decimal("sNaN")


class TestSignalingNaN:
    """A signaling NaN, which raises where it is compared, is no number wherever one is taken."""

    @pytest.mark.parametrize(
        "ask",
        [
            lambda: explain(Assessment.of(), SIGNALING),
            lambda: imply(Assessment.of(), SIGNALING),
            lambda: TestWrongArguments.rule.judge_scores(total=SIGNALING, clinical=SIGNALING),
            lambda: class_of(SIGNALING, 8),
            lambda: class_of(8, SIGNALING),
            lambda: Lab("c3", "c3", "g/L", lower=SIGNALING),
            lambda: Quantity(SIGNALING, "g/L"),
            lambda: converted("platelets", SIGNALING, "K/uL"),
            lambda: measured({"value": SIGNALING, "unit": "K/uL"}, "platelets"),
            lambda: sri.assess(VISIT, LATER, n=SIGNALING),
            lambda: counterfactuals(
                TestWrongArguments.rule,
                Assessment.of(),
                most=SIGNALING,
            ),
            lambda: LabFlag(analyte=SIGNALING, flag="x", low=("L",), normal=("N",)),
            lambda: score(pd.DataFrame({"rash": [SIGNALING, 1]}), RASH_ALONE),
        ],
    )
    def test_it_is_refused(self, ask: Callable[[], object]) -> None:
        with pytest.raises(InvalidInputError):
            ask()

    def test_records(self) -> None:
        for record, fields in (
            (Visit, {"date": "2024-01-16", "physician_global": SIGNALING}),
            (Findings, {"inflamed_painful_joints": SIGNALING}),
            (Findings, {"platelets": SIGNALING}),
            (Assessment, dict.fromkeys(Descriptor, SIGNALING)),
        ):
            with pytest.raises(ValidationError):
                record.model_validate(fields)


@pytest.mark.parametrize("wrong", [None, 5, ["x"], {"x": 1}, b"x", object()])
def test_a_path_is_a_path(wrong: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"file: found .*; accepted: a path"):
        Codebook.load(wrong)


def test_an_analyte_that_cannot_be_looked_up() -> None:
    wrong: Any
    for wrong in (["c4"], {"c4": 1}, FRAME):
        with pytest.raises(InvalidInputError, match=r"flag: found .*; accepted: c3, c4"):
            LabFlag(analyte=wrong, flag="x", low=("L",), normal=("N",))


def test_floats_of_16_bits_of_pyarrow() -> None:
    """Pyarrow compares none: as answers they are refused, as other columns they stay."""
    arrow: Any = pa
    halves = arrow.array(np.array([0, 1], dtype=np.float16))
    with pytest.raises(InvalidInputError, match=r"column 'rash' \(of type Float16\): found 0"):
        score(arrow.table({"rash": halves}), RASH_ALONE)
    with pytest.raises(InvalidInputError, match=r"column 'rash' \(of type Float16\): found 0"):
        compare_totals(
            arrow.table({"rash": halves, "total": [0, 2]}),
            RASH_ALONE.stating({"recorded": {"total": "total"}}),
        )
    there = score(arrow.table({"rash": [0, 1], "weight": halves}), RASH_ALONE)
    assert there["sledai_total"].to_pylist() == [0, 2]
