"""One of each result that a user gets, for what is to hold for all of them."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import test_results_travel as travel

from sledai import SEROLOGIC, Assessment, Descriptor
from sledai.audit import Differences, audit
from sledai.cdisc import Plan, Study
from sledai.cdisc.datasets import DATASETS
from sledai.codebook import AnswerWords, Codebook, FieldColumn, FileFormat, Lab, LabFlag
from sledai.codebook.sections import Part
from sledai.conformance import Answered, ClassReport, Report, vectors_of
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.clauses import AtLeast, IfGiven, NewOnset, Sign
from sledai.definitions.editions import DEFINITIONS
from sledai.fhir import LeftOut, ObservationsRead, Response, UsedObservation
from sledai.fhir.laboratory import LABORATORY_CODES
from sledai.fhir.read_laboratory import Why
from sledai.files import FORMATS, Rejected, open_visits
from sledai.findings import Findings, compare_editions, derive
from sledai.frame import BaselineRows
from sledai.frame.result_columns import SCORE_COLUMNS
from sledai.http import FieldProblem, FormScores, Problem, Scores
from sledai.indices import doris
from sledai.indices.course import course
from sledai.indices.report import report
from sledai.indices.sfi import CRITERIA
from sledai.indices.states import DEFAULT, STATES
from sledai.pictures import course as course_picture
from sledai.quantities import UNITS
from sledai.scoring.recorded_scores import Miscount
from sledai.scoring.variants import EXCLUSIONS
from sledai.sheets import Column, Lines, visit_sheet
from sledai.sheets.content import answered as sheet_answer
from sledai.sources import PETRI_2005
from sledai.trials.catalog import CATALOG
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import Candidate
from sledai.trials.nct05765006.screening import screen
from sledai.visits import History, Visit
from sledai.visits.change import ScoreChange

NOTHING_FOUND = Codebook(descriptors={"absent": set(Descriptor)}, recorded={"total": "recorded"})
QUIET = Visit(
    date=date(2024, 1, 1),
    assessment=Assessment.of(),
    physician_global=0,
    prednisone_mg_day=0,
    stable_treatment=True,
)
PROTEIN = DEFINITIONS[Edition.SELENA][Descriptor.PROTEINURIA].limits[0]
LONG = History(
    visits=tuple(
        Visit(
            date=date(2000, 1, 1) + timedelta(days=7 * number),
            assessment=Assessment.of(present={"rash"}, not_assessed=set(Descriptor) - {"rash"}),
        )
        for number in range(200)
    )
)


def _file() -> tuple[Any, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "visits.csv"
        path.write_text("arthritis,rash\n1,0\n", encoding="utf-8")
        visits = open_visits(path)
        batch = next(visits.batches)
        visits.batches.close()
    return visits, batch


READ = ObservationsRead(
    derivation=travel.DERIVED,
    findings=travel.FINDINGS,
    used=(UsedObservation("platelets", "Bundle.entry[0]", "777-3", date(2024, 1, 1)),),
    left_out=(),
)
ANSWERED = Response(
    visit=travel.LATER,
    edition=Edition.SELENA,
    status="completed",
    subject=None,
    author=None,
    authored=None,
)
SCORES = Scores.of(travel.LATER.answers, *CATALOG[:2])
BOOK = Codebook(
    file=FileFormat(sheet="visits"),
    answers=AnswerWords(present=("ja",)),
    descriptors={"arthritis": "Gelenke", "absent": travel.OTHERS},
)

SHEET = visit_sheet(Assessment.of(not_assessed=SEROLOGIC), edition="SELENA", subject="P01")

VECTOR = vectors_of(["bounds"])[0]
HELD = Report(
    classes=(
        ClassReport(
            of_class="bounds",
            agree=3,
            differ=(Answered(vector=VECTOR, answer="8"),),
            skipped=0,
            not_answered=1,
        ),
    ),
    remarks=("the command ended with exit code 1",),
)

EXAMPLES: list[Any] = [
    *(result for result, _ in travel.RESULTS),
    travel.FIRST,
    travel.LATER,
    travel.HISTORY,
    travel.FINDINGS,
    travel.FINDINGS.c3,
    LONG,
    course(History(visits=LONG.visits[:50])),
    report(History(visits=LONG.visits[:50])),
    Assessment.of(),
    Assessment.of(present=Descriptor),
    Assessment.of(not_assessed=Descriptor),
    Assessment.of(present=set(Descriptor) - SEROLOGIC, not_assessed=SEROLOGIC),
    ACTIVITY_RULE.judge(Assessment.of(not_assessed=Descriptor)),
    ACTIVITY_RULE.judge(Assessment.of(present=Descriptor)),
    Visit(date=date(2024, 1, 1), total_score=8),
    derive(Findings(), edition=Edition.SELENA),
    compare_editions(Findings()),
    audit(pl.DataFrame({"recorded": [0]}), NOTHING_FOUND),
    screen(Candidate(total_score=8, clinical_score=6)),
    screen(Candidate(age=12)),
    doris.assess(QUIET),
    Candidate(),
    Candidate(assessment=Assessment.of(present={"rash"})),
    screen(Candidate()),
    ScoreChange(-4, 2),
    Miscount(added=True, count=1, among=frozenset(Descriptor)),
    Differences(),
    VECTOR,
    Answered(vector=VECTOR, answer=1),
    HELD.classes[0],
    HELD,
    *CATALOG,
    *EXCLUSIONS,
    *STATES.values(),
    *(one for state in STATES.values() for one in state.requirements(DEFAULT)),
    *CRITERIA,
    IfGiven(Sign("rash")),
    AtLeast(DEFINITIONS[Edition.SELENA][Descriptor.FEVER].limits[0], Sign("rash"), Sign("fever")),
    NewOnset("proteinuria_new_onset", "previous_urine_protein_24h", PROTEIN),
    *(one for definitions in DEFINITIONS.values() for one in definitions.values()),
    *(one.rule for definitions in DEFINITIONS.values() for one in definitions.values()),
    *(limit for one in DEFINITIONS[Edition.SELENA].values() for limit in one.limits),
    OBSERVATION_WINDOW,
    PETRI_2005,
    *UNITS["platelets"].values(),
    *DATASETS.values(),
    *DATASETS["ADTTE"].variables,
    Study(name="S1"),
    Plan(windows=[travel.WEEK_8], tie="earlier"),
    LABORATORY_CODES["777-3"],
    LeftOut("Bundle.entry[0].resource", Why.UNKNOWN, "http://loinc.org|718-7"),
    READ,
    READ.used[0],
    ANSWERED,
    SCORES,
    *SCORES.verdicts,
    FormScores.of_form(ANSWERED, CATALOG[0]),
    FieldProblem(pointer="#/rahs", detail="no such field"),
    Problem(title="Unprocessable Content", status=422, detail="no such field"),
    *_file(),
    Rejected(4, "too many cells", "1,2,3"),
    *FORMATS.values(),
    BaselineRows.first(),
    *SCORE_COLUMNS.values(),
    BOOK,
    *(part for part in BOOK.__dict__.values() if isinstance(part, Part)),
    SHEET,
    *SHEET.identity,
    *SHEET.parts,
    *SHEET.signatures,
    Column("No.", numbers=True),
    Lines("Remarks", ("none",)),
    sheet_answer(None),
    Lab("white_cells", "wbc", "10*9/L"),
    LabFlag(analyte="c4", flag="c4_flag", low=("L",), normal=("N",)),
    FieldColumn.of("platelets", "plt", unit="10*9/L"),
    course_picture(History(visits=LONG.visits[:3]), name="P01"),
]
"""Instances of every public type, and of some those that have most to say."""
