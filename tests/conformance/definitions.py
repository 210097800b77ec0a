"""Descriptors from findings: each clause of each edition, and each limit in each unit."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import spec_tables
from conformance.vector import INSTRUMENT, Vector

SELENA, HYBRID = "SELENA-SLEDAI", "SELENA-SLEDAI hybrid"
EDITIONS = (SELENA, "SLEDAI 1992", HYBRID, "SLEDAI-2K")
ANSWERS = {"present": "present", "absent": "absent", "not_assessed": "not assessed"}
NUMBER = {row["descriptor"]: row["number"] for row in spec_tables.DESCRIPTORS}
LIMITS = spec_tables.rows("limits.csv")
UNITS = spec_tables.rows("units.csv")
SOURCE = {
    (edition, row["descriptor"]): {"publication": row["source"], "locator": row["locator"]}
    for row in LIMITS
    for edition in row["edition"].split(";")
}
OF_THE_LABORATORY = ("c3", "c4", "ch50", "anti_dsdna")


def asked(
    kind: str, edition: str, descriptor: str, findings: dict[str, Any], expect: str, note: str
) -> Vector:
    defined = {
        "publication": INSTRUMENT,
        "locator": f"definition of descriptor {NUMBER[descriptor]}, by the wording of {edition}",
    }
    return Vector(
        kind=kind,
        ask="descriptor",
        input={"edition": edition, "descriptor": descriptor, "findings": findings},
        expect=expect,
        note=note,
        **SOURCE.get((edition, descriptor), defined),
    )


def typed(cell: str) -> Any:
    """What a cell of the table of findings holds: yes, no, a count or an amount."""
    if cell in {"yes", "no"}:
        return cell == "yes"
    return int(cell) if cell.isdigit() else cell


def asked_by(row: dict[str, str], said: set[tuple[str, str, str]]) -> Iterator[str]:
    """The editions by which a row is asked, that are too many to ask all of them of all rows.

    What all editions say is asked by the first, and by the others once for each answer. The hybrid
    is SELENA but for proteinuria.
    """
    named = spec_tables.editions_of(row, EDITIONS)
    for edition in named:
        answer = edition, row["descriptor"], row["expected"]
        own = len(named) < len(EDITIONS)
        if edition == HYBRID:
            own = row["descriptor"] == "proteinuria"
        if own or edition == SELENA or answer not in said:
            said.add(answer)
            yield edition


def clauses() -> Iterator[Vector]:
    said: set[tuple[str, str, str]] = set()
    for row in spec_tables.rows("findings.csv"):
        cells = dict(cell.split("=", 1) for cell in row["findings"].split(";") if cell)
        findings = {name: typed(cell) for name, cell in cells.items()}
        expect = ANSWERS[row["expected"]]
        for edition in asked_by(row, said):
            d = row["descriptor"]
            yield asked("definitions", edition, d, findings, expect, row["locator"])
    low, normal = {"flag": "low"}, {"flag": "normal"}
    for c3, c4, ch50, expect, note in (
        (low, normal, None, "present", "C3 low"),
        (normal, low, None, "present", "C4 low"),
        (normal, normal, low, "present", "CH50 low"),
        (low, None, None, "present", "C3 low, C4 not measured"),
        (normal, normal, normal, "absent", "none low"),
        (normal, normal, None, "absent", "C3 and C4 not low, CH50 not measured"),
        (normal, None, None, "not assessed", "C3 not low, C4 not measured"),
        (None, normal, normal, "not assessed", "C3 not measured"),
        (None, None, normal, "not assessed", "CH50 alone not low"),
        (None, None, None, "not assessed", "nothing measured"),
    ):
        measured = {"c3": c3, "c4": c4, "ch50": ch50}
        findings = {name: result for name, result in measured.items() if result is not None}
        for edition in EDITIONS:
            yield asked("definitions", edition, "low_complement", findings, expect, note)


def limits() -> Iterator[Vector]:
    yield from edges()
    said: set[tuple[str, str, str]] = set()
    for row in spec_tables.rows("laboratory.csv"):
        result: Any = {n: row[n] for n in ("value", "lower", "upper", "flag") if row[n]}
        if row["finding"] not in OF_THE_LABORATORY:
            result = result.get("value")
        findings = {row["finding"]: result} if result else {}
        expect = ANSWERS.get(row["expected"], "refused")
        for edition in asked_by(row, said):
            yield asked("limits", edition, row["descriptor"], findings, expect, row["case"])


def edges() -> Iterator[Vector]:
    """On each limit and beside it, in each unit of its table."""
    sides = ((-1, "next value below"), (0, "on the limit"), (1, "next value above"))
    for row in LIMITS:
        for edition in row["edition"].split(";"):
            for unit, limit, step in units_of(row["quantity"], Fraction(row["value"])):
                for side, note in sides:
                    value = limit + side * step
                    past = holds(value, row["operator"], limit)
                    findings = findings_of(row["quantity"], decimal(value), unit)
                    yield asked(
                        "limits",
                        edition,
                        row["descriptor"],
                        findings,
                        "present" if past else "absent",
                        f"{note}, {row['operator']} {row['value']} {row['unit']}",
                    )


def holds(value: Fraction, operator: str, limit: Fraction) -> bool:
    match operator:
        case ">":
            return value > limit
        case ">=":
            return value >= limit
        case "<":
            return value < limit
        case _:
            raise AssertionError(operator)


ANALYTE = {
    "urine_protein_24h_new_onset": "urine_protein_24h",
    "urine_protein_24h_recent_increase": "urine_protein_24h",
    "anti_dsdna_farr_binding": "anti_dsdna",
}
# By which the next value differs, as such values are reported.
STEPS = {
    "/mm3": "1",
    "/uL": "1",
    "Cel": "0.1",
    "C": "0.1",
    "°C": "0.1",
    "[degF]": "0.1",
    "°F": "0.1",
    "F": "0.1",
    "g/(24.h)": "0.01",
    "g/d": "0.01",
    "g/24h": "0.01",
    "mg/(24.h)": "1",
    "mg/d": "1",
    "mg/24h": "1",
    "%": "1",
    "/[HPF]": "1",
    "/HPF": "1",
    "/hpf": "1",
}
THOUSANDS = Fraction("0.1")


def units_of(quantity: str, limit: Fraction) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Each unit, the limit in it, and the step to the next value; counts have none."""
    analyte = ANALYTE.get(quantity, quantity)
    rows = [row for row in UNITS if row["analyte"] == analyte]
    if quantity == "anti_dsdna_farr_binding":
        rows = [row for row in rows if row["unit"] == "%"]
    if not rows:
        yield "", limit, Fraction(1)
    for row in rows:
        zero, one = (Fraction(row[f"in_first_unit_of_{n}"]) for n in ("zero", "one"))
        step = Fraction(STEPS[row["unit"]]) if row["unit"] in STEPS else THOUSANDS
        yield row["unit"], (limit - zero) / (one - zero), step


def decimal(value: Fraction) -> str:
    """A number as it is printed; every limit in every unit has few decimals."""
    text = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
    if Fraction(text) != value:
        raise AssertionError(value)
    return text


FEATURES = (
    "perceptual_disturbance",
    "incoherent_speech",
    "insomnia_or_daytime_drowsiness",
    "psychomotor_activity_changed",
)


def findings_of(quantity: str, number: str, unit: str) -> dict[str, Any]:
    """Findings in which nothing but this quantity is left to decide."""
    value = f"{number} {unit}"
    match quantity:
        case "additional_features_of_four":
            features = {name: place < int(number) for place, name in enumerate(FEATURES)}
            return {"altered_mental_function": True, "clouded_consciousness": True, **features}
        case "inflamed_painful_joints":
            return {quantity: int(number)}
        case "urine_protein_24h_new_onset":
            return {"urine_protein_24h": value, "proteinuria_new_onset": True}
        case "urine_protein_24h_recent_increase":
            before = "1000" if unit.startswith("mg") else "1"
            now = decimal(Fraction(number) + Fraction(before))
            return {
                "urine_protein_24h": f"{now} {unit}",
                "previous_urine_protein_24h": f"{before} {unit}",
                "proteinuria_new_onset": False,
            }
        case "anti_dsdna_farr_binding":
            # The laboratory's own range ends above, so that the share bound is what decides.
            result = {"value": value, "upper": f"40 {unit}"}
            return {"anti_dsdna": result, "anti_dsdna_method": "Farr"}
        case _:
            return {quantity: value}
