"""Results can be sent on: pickled, copied, written by pydantic, returned by an endpoint."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from codebooks import labs_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from sledai import Assessment, Descriptor, ScoreBounds, Verdict, score_bounds
from sledai.audit import Audit, CountedWeight, Differences, audit
from sledai.audit.agreement import Check
from sledai.codebook import Codebook, Lab
from sledai.definitions import Definition, Edition
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.findings import (
    Derivation,
    EditionComparison,
    Evidence,
    Findings,
    LabResult,
    NotUsed,
    Reason,
    compare_editions,
    derive,
)
from sledai.findings.evaluation import Outcome
from sledai.indices import adjusted_mean, change_grade, doris, lldas, sfi, sri, steroid_sparing
from sledai.indices.components import Component, IndexResult
from sledai.indices.course import Course, FirstFlare, Step, TimeIn, course, first_flare, time_in
from sledai.indices.from_baseline import FromBaseline, PercentChange, since_baseline
from sledai.indices.missing_visits import WAYS, Counted, Way, count_missing
from sledai.indices.report import CourseReport, report
from sledai.indices.states import Readings
from sledai.indices.time_to_event import ONCE, EventRow, Held, TimeToEvent, time_to_flare
from sledai.quantities import Interval, Quantity, checked
from sledai.quantities.glucocorticoids import GLUCOCORTICOIDS, Glucocorticoid
from sledai.records import FrozenDict
from sledai.rules.activity import ActivityRule, Judgement
from sledai.rules.counterfactuals import Counterfactual, counterfactuals
from sledai.scoring.recorded_scores import Explanation, Implication, explain, imply
from sledai.sources import Citation
from sledai.trials.catalog import CATALOG, Trial
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import Candidate
from sledai.trials.nct05765006.report import CriterionResult, MissingAnswer, ScreeningReport
from sledai.trials.nct05765006.screening import screen
from sledai.visits import History, Visit
from sledai.visits.baseline import Baseline
from sledai.visits.change import Change, change_of
from sledai.visits.windows import PlannedVisits, Window, planned_visits

FIRST, LATER = (
    Visit(date=date(2024, 1, 1), assessment=Assessment.of(present={"rash", "low_complement"})),
    Visit(
        date=date(2024, 3, 1),
        assessment=Assessment.of(present={"arthritis"}, not_assessed={"fever"}),
        physician_global=1.25,
        platelets="92 K/uL",
    ),
)
HISTORY = History(visits=(FIRST, LATER))
FINDINGS = Findings(
    platelets="92 K/uL",
    temperature="101 [degF]",
    c3=LabResult(value="0.7 g/L", lower="90 mg/dL"),
    rash=True,
    visit_date=date(2024, 3, 1),
    dates={"platelets": date(2023, 1, 1)},
)
DERIVED = derive(FINDINGS, edition=Edition.SELENA)
REPORT = screen(Candidate(age=34))
AT_THE_EDGE = Assessment.of(present={"arthritis", "rash", "low_complement"})
FRAME = pl.DataFrame(
    {"arthritis": [True, True, None], "recorded": [4, 5, 4], "wbc": [2.0, 3.0, 1.0]}
)
OTHERS = [d for d in Descriptor if d != "arthritis"]
AUDITED = audit(
    FRAME,
    Codebook(
        descriptors={"absent": OTHERS},
        findings=labs_of([Lab("white_cells", "wbc", "10*9/L")]),
        recorded={"total": "recorded"},
    ),
)
OTHER_WEIGHT = audit(
    pl.DataFrame({"arthritis": [True] * 3, "recorded": [2, 2, 2]}),
    Codebook(descriptors={"absent": OTHERS}, recorded={"total": "recorded"}),
)
WEEK_8 = Window(name="week 8", target=56, first=49, last=63)
BESIDE = since_baseline(HISTORY, Baseline.first())[1]
COUNTED = count_missing({"week 8": None}, good=Verdict.MET)["week 8"]
TO_FLARE = time_to_flare(HISTORY, Baseline.first())
EXPLAINED = explain(Assessment.of(present={"rash"}), 7)

RESULTS: list[tuple[Any, type]] = [
    (DERIVED, Derivation),
    (DERIVED.reasons[Descriptor.LOW_COMPLEMENT], Reason),
    (DERIVED.reasons[Descriptor.FEVER].evidence[0], Evidence),
    (DERIVED.not_used[0], NotUsed),
    (Outcome(answer=True), Outcome),
    (compare_editions(FINDINGS), EditionComparison),
    (SELENA_DEFINITIONS[Descriptor.PROTEINURIA], Definition),
    (change_of(AT_THE_EDGE, Assessment.of(present={"fever"})), Change),
    (course(HISTORY)[0], Step),
    (course(HISTORY)[1], Step),
    (course(HISTORY), Course),
    (report(HISTORY), CourseReport),
    (report(History(visits=(FIRST,))), CourseReport),
    (first_flare(HISTORY), FirstFlare),
    (time_in(HISTORY, "LLDAS"), TimeIn),
    (Readings(), Readings),
    (Baseline.marked("2024-01-01"), Baseline),
    (BESIDE, FromBaseline),
    (BESIDE.percent, PercentChange),
    (WEEK_8, Window),
    (planned_visits(HISTORY, Baseline.first(), [WEEK_8], tie="later"), PlannedVisits),
    (WAYS["non-responder"], Way),
    (COUNTED, Counted),
    (ONCE, Held),
    (TO_FLARE, TimeToEvent),
    (TO_FLARE.row(bound="latest", start_is_day=0), EventRow),
    (sfi.assess(FIRST, LATER), sfi.FlareResult),
    (sri.assess(FIRST, LATER), IndexResult),
    (lldas.assess(FIRST, LATER), IndexResult),
    (doris.assess(LATER), IndexResult),
    (doris.assess(LATER).components[0], Component),
    (change_grade.assess(FIRST, LATER), change_grade.GradeResult),
    (steroid_sparing.assess(HISTORY), IndexResult),
    (adjusted_mean.assess(HISTORY), adjusted_mean.AdjustedMean),
    (ACTIVITY_RULE, ActivityRule),
    (ACTIVITY_RULE.judge(Assessment.of(not_assessed={"seizure"})), Judgement),
    (counterfactuals(ACTIVITY_RULE, AT_THE_EDGE)[0], Counterfactual),
    (EXPLAINED, Explanation),
    (imply(Assessment.of(not_assessed={"rash", "fever"}), 1), Implication),
    (REPORT, ScreeningReport),
    (REPORT.criteria[0], CriterionResult),
    (REPORT.missing[0], MissingAnswer),
    (AUDITED, Audit),
    (OTHER_WEIGHT, Audit),
    (OTHER_WEIGHT.differences[Check.TOTAL], Differences),
    (OTHER_WEIGHT.weights[Check.TOTAL][0], CountedWeight),
    *((finding, type(finding)) for finding in AUDITED.findings),
    (score_bounds(Assessment.of(not_assessed={"rash"})), ScoreBounds),
    (Quantity(92, "K/uL", "<"), Quantity),
    (checked("platelets", Quantity(92, "K/uL", ">")), Interval),
    (CATALOG[0], Trial),
    (GLUCOCORTICOIDS["prednisone"], Glucocorticoid),
    (DERIVED.reasons[Descriptor.FEVER].definition.citation, Citation),
]
EACH = pytest.mark.parametrize(
    ("result", "kind"), RESULTS, ids=[f"{i} {kind.__name__}" for i, (_, kind) in enumerate(RESULTS)]
)


@EACH
def test_it_can_be_pickled_and_copied(result: Any, kind: type) -> None:
    assert type(result) is kind
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result  # noqa: S301
    assert copy.deepcopy(result) == result
    assert copy.copy(result) == result


@EACH
def test_pydantic_writes_it(result: Any, kind: type) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    written = adapter.dump_python(result, mode="json")
    assert json.loads(adapter.dump_json(result)) == json.loads(json.dumps(written))
    assert adapter.json_schema(mode="serialization")


@EACH
def test_an_endpoint_returns_it(result: Any, kind: type) -> None:
    app = FastAPI()

    def endpoint() -> object:
        return result

    endpoint.__annotations__["return"] = kind
    app.get("/result")(endpoint)
    assert "/result" in app.openapi()["paths"]
    answer = TestClient(app).get("/result")
    assert answer.json() == TypeAdapter(kind).dump_python(result, mode="json")


def test_all_of_them_in_one_app() -> None:
    """Their names in the schema do not meet."""
    app = FastAPI()
    for number, (_, kind) in enumerate(RESULTS):

        def endpoint() -> None: ...

        endpoint.__annotations__["return"] = kind
        app.get(f"/{number}")(endpoint)
    assert len(app.openapi()["paths"]) == len(RESULTS)


def test_what_is_written_says_why() -> None:
    written = TypeAdapter(Derivation).dump_python(DERIVED, mode="json")
    assert written["assessment"]["low_complement"] is True
    assert written["reasons"]["low_complement"]["evidence"][0] == {
        "finding": "c3",
        "value": "0.7 g/L",
        "operator": "<",
        "limit": "0.9 g/L",
        "holds": True,
        "note": "",
    }
    assert written["not_used"] == [{"finding": "platelets", "observed": "2023-01-01", "days": 425}]


def test_what_is_written_of_an_index_has_its_answer() -> None:
    result = TypeAdapter(IndexResult).dump_python(doris.assess(LATER), mode="json")
    assert (result["verdict"], result["assumed"]) == ("not_met", [])
    flare = TypeAdapter(sfi.FlareResult).dump_python(sfi.assess(FIRST, LATER), mode="json")
    assert (flare["flare"], sorted(flare["possible"])) == (None, ["mild/moderate", "severe"])
    made = TypeAdapter(CourseReport).dump_python(report(HISTORY), mode="json")
    assert made["first_flare"] == {"earliest": 60, "latest": 60}
    assert made["adjusted_mean"] == {"low": "4", "high": "9/2", "days": 60, "mean": None}
    assert made["time_in"]["LLDAS"] == {"low": 0, "high": 60, "days": 60, "assumed": []}
    assert [step["visit"]["date"] for step in made["steps"]] == ["2024-01-01", "2024-03-01"]
    assert made["readings"]["carry"] == "until the next visit"
    mean = adjusted_mean.AdjustedMean(Fraction(4, 3), Fraction(4, 3), 90)
    written = TypeAdapter(adjusted_mean.AdjustedMean).dump_python(mean, mode="json")
    assert written == {"low": "4/3", "high": "4/3", "days": 90, "mean": 4 / 3}


CHANGES: list[Callable[[FrozenDict[str, int]], object]] = [
    lambda frozen: frozen.__setitem__("rash", 0),
    lambda frozen: frozen.__delitem__("rash"),
    lambda frozen: frozen.__ior__({"rash": 0}),
    lambda frozen: frozen.clear(),
    lambda frozen: frozen.pop("rash"),
    lambda frozen: frozen.popitem(),
    lambda frozen: frozen.setdefault("fever", 1),
    lambda frozen: frozen.update(rash=0),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_mappings_in_a_result_never_change(change: Callable[[Any], object]) -> None:
    frozen = FrozenDict({"rash": 2})
    for one in (frozen, copy.deepcopy(frozen), pickle.loads(pickle.dumps(frozen))):  # noqa: S301
        with pytest.raises(TypeError, match="a result never changes"):
            change(one)
        assert one == {"rash": 2}
    assert isinstance(DERIVED.reasons, FrozenDict)
