"""Each argument of each public function by itself: what it cannot be is refused by our own errors.

The others are right, so that the call would be answered; which is tried too.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError
from test_public_api import BY_PATH, PACKAGES, public_names

from sledai import Assessment, Descriptor, SledaiError, Verdict
from sledai.cdisc import tabulation_rows
from sledai.codebook import Codebook, Lab
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.fhir import observations, response, screening_questionnaire
from sledai.files import OUTPUT_FORMATS
from sledai.findings import Findings, derive
from sledai.frame.baseline_rows import BaselineRows
from sledai.indices import doris
from sledai.indices.course import course
from sledai.indices.time_to_event import ONCE
from sledai.quantities import Quantity
from sledai.sheets import visit_sheet
from sledai.trials.nct05765006 import ACTIVITY_RULE
from sledai.trials.nct05765006.candidate import Candidate
from sledai.trials.nct05765006.screening import screen
from sledai.visits import History, Visit
from sledai.visits.baseline import Baseline
from sledai.visits.windows import Window

EXAMPLES = Path(__file__).parents[1] / "examples"
VISITS = [
    Visit.model_validate({"date": f"2024-0{month}-16", "assessment": Assessment.of()})
    for month in (1, 4)
]
HISTORY = History.of(VISITS)
BOOK = Codebook(visit={"subject": "id", "date": "seen"}, recorded={"total": "total"})
MEASURED = Codebook(findings={"platelets": {"column": "total", "unit": "K/uL"}})
AUDITED = Codebook(recorded={"total": "total"})
FRAME = pl.DataFrame(
    {d.value: [0, 1] for d in Descriptor}
    | {"id": ["a", "a"], "seen": [v.date for v in VISITS], "total": [0, 105]}
)
SCREENED = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": screening_questionnaire()["url"],
    "status": "completed",
}
RESPONSE = response(VISITS[0], "SELENA")

# What an argument of a name is, where a call is to be answered.
BY_NAME: dict[str, Any] = {
    "analyte": "platelets",
    "answers": {"week 4": Verdict.MET, "week 8": None},
    "assessment": Assessment.of(),
    "baseline": Baseline.first(),
    "carry": "at both ends",
    "clause": SELENA_DEFINITIONS[Descriptor.FEVER].rule,
    "codebook": BOOK,
    "derivation": derive(Findings(), edition="SELENA"),
    "descriptor": Descriptor.RASH,
    "df": FRAME,
    "domain": "RS",
    "earlier": Assessment.of(),
    "edition": "SELENA",
    "findings": Findings(),
    "held": ONCE,
    "history": HISTORY,
    "index": "state",
    "lab": Lab("platelets", "total", "K/uL"),
    "later": Assessment.of(),
    "n": 4,
    "previous": VISITS[0],
    "recorded": 0,
    "requirements": doris.requirements(),
    "rule": ACTIVITY_RULE,
    "rules": "NCT05765006",
    "sheet": visit_sheet(Assessment.of(), edition="SELENA"),
    "state": "LLDAS",
    "step": course(HISTORY).steps[0],
    "tie": "earlier",
    "unit": "K/uL",
    "visit": VISITS[1],
    "windows": [Window(name="week 12", target=84, first=70, last=98)],
}

# Where a name means something else than in other functions.
BY_FUNCTION: dict[str, dict[str, Any]] = {
    "sledai.audit.audit": {"codebook": AUDITED},
    "sledai.audit.compare": {"codebook": AUDITED},
    "sledai.cdisc.event_rows": {"baseline": BaselineRows.first(), "start_is_day": 1},
    "sledai.cdisc.variables": {"dataset": "RS"},
    "sledai.cdisc.write": {"rows": tabulation_rows(FRAME, BOOK, domain="RS"), "dataset": "RS"},
    "sledai.conformance.agrees": {"expected": 1, "answered": 1},
    "sledai.conformance.hold": {
        "command": [sys.executable, "-m", "sledai.conformance.answer"],
        "classes": ["bounds"],
    },
    "sledai.definitions.editions.edition_named": {"name": "SELENA"},
    "sledai.fhir.read_candidate": {"resource": SCREENED},
    "sledai.fhir.read_observations": {
        "bundle": observations(VISITS[0], "SELENA"),
        "visit_date": "2024-01-16",
    },
    "sledai.fhir.read_response": {"resource": RESPONSE},
    "sledai.fhir.rebased": {"resource": RESPONSE, "base": "https://example.org/fhir"},
    "sledai.files.open_visits": {"path": EXAMPLES / "visits.csv"},
    "sledai.files.output_format": {"formats": OUTPUT_FORMATS},
    "sledai.files.read_visits": {"path": EXAMPLES / "visits.csv"},
    "sledai.files.write_provenance": {"provenance": {"from": "visits.csv"}},
    "sledai.files.write_text": {"text": "a"},
    "sledai.files.write_visits": {"visits": FRAME},
    "sledai.frame.derive": {"codebook": MEASURED},
    "sledai.indices.ccr.requirements": {"form": "cCR"},
    "sledai.indices.course.between": {"earlier": Verdict.MET, "later": Verdict.MET},
    "sledai.indices.doris_2017.assess": {"form": "complete"},
    "sledai.indices.doris_2017.requirements": {"form": "complete"},
    "sledai.indices.missing_visits.count_missing": {"good": Verdict.MET},
    "sledai.indices.report.visit_lines": {"date": "2024-01-16"},
    "sledai.indices.report.visit_said": {"date": "2024-01-16"},
    "sledai.indices.sri.assess": {"baseline": VISITS[0]},
    "sledai.indices.bicla.assess": {"baseline": VISITS[0]},
    "sledai.indices.time_to_event.time_to": {
        "event": "SRI-4",
        "start": date(2024, 1, 16),
        "answers": [(date(2024, 4, 16), Verdict.MET)],
    },
    "sledai.pictures.audit": {"codebook": AUDITED},
    "sledai.quantities.checked": {"quantity": Quantity.parse("92 K/uL")},
    "sledai.quantities.converted": {"value": Decimal(92)},
    "sledai.quantities.glucocorticoids.daily_dose": {"drug": "prednisone", "dose": "5 mg/d"},
    "sledai.quantities.glucocorticoids.glucocorticoid_named": {"name": "prednisone"},
    "sledai.quantities.glucocorticoids.prednisone_equivalent": {"doses": {"prednisone": "5 mg/d"}},
    "sledai.quantities.written": {"value": "92"},
    "sledai.scoring.given_score": {"value": 8, "name": "total"},
    "sledai.sheets.screening_sheet": {"report": screen(Candidate())},
    "sledai.sources.registry_record": {"registry_id": "NCT05765006", "name": "a trial"},
    "sledai.trials.catalog.find": {"registry_id": "NCT05765006"},
    "sledai.trials.nct05765006.screening.screen": {"candidate": Candidate()},
    "sledai.visits.change.class_of": {"earlier": 8, "later": 4},
}
# What takes any object, and a name that stands in an error alone.
ANY = {
    ("agrees", "expected"),
    ("agrees", "answered"),
    ("given_score", "name"),
    ("written", "value"),
}
WRONG: list[Any] = [None, 7, 1.5, "nonsense", b"x", [], [1], {}, {"a": 1}, object(), Decimal("NaN")]


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each public function, by the shortest path to it."""
    found: dict[Callable[..., Any], str] = {}
    for module in sorted([*PACKAGES, *BY_PATH], key=lambda path: path.count(".")):
        for name in public_names(module):
            value = getattr(import_module(module), name)
            if inspect.isfunction(value):
                found.setdefault(value, f"{module}.{name}")
    return ((path, function) for function, path in found.items())


FUNCTIONS = dict(functions())
ARGUMENTS = [
    (path, name) for path, each in FUNCTIONS.items() for name in inspect.signature(each).parameters
]


def right(path: str, folder: Path) -> dict[str, Any]:
    """Give the arguments that a function needs."""
    known = BY_NAME | {"path": folder / "visits.csv"} | BY_FUNCTION.get(path, {})
    needed = inspect.signature(FUNCTIONS[path]).parameters.values()
    asked = (one.name for one in needed if one.default is one.empty or one.name == "codebook")
    given = {name: known[name] for name in asked}
    return given | BY_FUNCTION.get(path, {})


def answered(path: str, arguments: dict[str, Any]) -> object:
    """Call a function, and ask what it gives for all that comes of it."""
    found = FUNCTIONS[path](**arguments)
    if isinstance(found, AbstractContextManager):
        with found:
            return found
    return [*found] if isinstance(found, Iterator) else found


@pytest.mark.parametrize("path", FUNCTIONS)
def test_the_others_are_right(path: str, tmp_path: Path) -> None:
    answered(path, right(path, tmp_path))


@pytest.mark.parametrize(("path", "name"), ARGUMENTS)
def test_an_argument_of_another_type(
    path: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = right(path, tmp_path)
    refused = 0
    for wrong in WRONG:
        try:
            answered(path, arguments | {name: wrong})
        except (SledaiError, ValidationError):
            refused += 1
        except FileNotFoundError:
            refused += name == "path"
    assert refused or (path.rpartition(".")[2], name) in ANY
