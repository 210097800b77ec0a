"""Visits of a quiet patient, of whom everything is known, and what is changed of them by hand."""

from datetime import date, timedelta
from typing import Any

from sledai import Assessment
from sledai.visits import Visit

SIGNS = [name for name in Visit.model_fields if "bool" in str(Visit.model_fields[name].annotation)]
QUIET: dict[str, Any] = {
    **dict.fromkeys(SIGNS, False),
    "stable_treatment": True,
    "maintenance_doses": True,
    "assessment": Assessment.of(),
    "physician_global": 0,
    "prednisone_mg_day": 0,
    "weight_kg": 60,
    "platelets": "250 K/uL",
    "hemoglobin": "13 g/dL",
}
START = date(2024, 1, 1)


def visit(day: int, *present: str, **changes: Any) -> Visit:
    fields = {**QUIET, "assessment": Assessment.of(present=present), **changes}
    return Visit.model_validate({"date": START + timedelta(day), **fields})
