"""The tables typed from the publications, and scores computed from them alone.

Nothing here imports the library: it is the second, independent copy of every number.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

SPEC = Path(__file__).parent / "spec"


def rows(name: str) -> list[dict[str, str]]:
    with (SPEC / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def editions_of(row: dict[str, str], every: Iterable[str]) -> list[str]:
    """The editions that a row is about: "all", or names between semicolons."""
    named = row["edition"].split(";")
    return [*every] if named == ["all"] else named


DESCRIPTORS = rows("descriptors.csv")
NAMES = [row["descriptor"] for row in DESCRIPTORS]
WEIGHTS = {row["descriptor"]: int(row["weight"]) for row in DESCRIPTORS}
SEROLOGIC = {row["descriptor"] for row in rows("exclusions.csv") if row["name"] == "serologic"}


def total_of(present: set[str]) -> int:
    return sum(WEIGHTS[name] for name in present)


def clinical_of(present: set[str]) -> int:
    return total_of(present - SEROLOGIC)


def meets_nct05765006(total: int, clinical: int) -> bool:
    """Inclusion criterion 6, as a reader of the registry would type it."""
    if total < 8:
        return False
    serology_scored = total != clinical
    return clinical >= 6 if serology_scored else True
