"""`sledai visits`: each patient's course over the visits of a file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from sledai.answers import plain_name
from sledai.cli.options import (
    Absent,
    Columns,
    EncodingOption,
    Input,
    InputFile,
    ItemsOption,
    Missing,
    NotCollected,
    SeparatorOption,
    SheetOption,
    read_input,
    refuse_outputs,
)
from sledai.cli.printing import ROWS_SHOWN, printable, wrapped
from sledai.cli.visit_cells import AMOUNTS, DATE, SUBJECT, VisitsReader
from sledai.descriptors import SEROLOGIC, listed
from sledai.errors import InvalidInputError, shorten
from sledai.files import OUTPUT_FORMATS, Dialect, open_visits, write_visits
from sledai.follow_up import by_patient, by_visit, histories, refuse_names
from sledai.indices import adjusted_mean, doris, sfi
from sledai.indices.sfi import Flare, FlareResult
from sledai.quantities import UNITS
from sledai.scoring import score_bounds
from sledai.series import Carry, Readings, Step, course, first_flare, time_in
from sledai.verdict import Verdict
from sledai.visit_rows import FIELDS
from sledai.visits import History

__all__ = ["ALIASES", "visits"]

ALIASES = {
    "pga": "physician_global",
    "clinician_global": "physician_global",
    "physician_global_assessment": "physician_global",
}
"""Other names under which fields of a visit are met in files: none whose unit would be a guess."""

SubjectOption = Annotated[
    str, typer.Option("--subject", metavar="COLUMN", help="The column that tells patients apart.")
]
DateOption = Annotated[
    str, typer.Option("--date", metavar="COLUMN", help="The date of the visit, as 2024-01-16.")
]
FieldOption = Annotated[
    list[str],
    typer.Option(
        "--field",
        metavar="THEIRS=FIELD",
        help="Read a field of the visit from this column, as global=physician_global; of platelets "
        "and hemoglobin with the unit of its numbers, as 'plt=platelets 10*9/L'. Columns with "
        f"the names of fields are read by themselves: {', '.join(FIELDS)}. Repeatable.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help=f"Write a row for each visit: {', '.join(OUTPUT_FORMATS)}."
    ),
]
VariantOption = Annotated[
    sfi.Variant, typer.Option("--flare-index", help="Which variant of the SELENA flare index.")
]
PrednisoloneOption = Annotated[
    doris.Reading,
    typer.Option(
        "--prednisolone",
        help=f"DORIS at most at (<=) or below (<) {doris.PREDNISOLONE_MG_DAY} mg a day.",
    ),
]
CarryOption = Annotated[
    Carry, typer.Option("--carry", help="For how long the state of a visit counts.")
]
PatientsOption = Annotated[
    Path | None, typer.Option("--patients", metavar="FILE", help="Write a row for each patient.")
]


def visits(
    source: InputFile,
    subject: SubjectOption,
    date: DateOption,
    field_: FieldOption = [],
    output: OutputOption = None,
    patients: PatientsOption = None,
    flare_index: VariantOption = "original",
    prednisolone: PrednisoloneOption = "<=",
    carry: CarryOption = "until the next visit",
    items: ItemsOption = "binary",
    column: Columns = [],
    missing: Missing = [],
    not_collected: NotCollected = [],
    absent: Absent = [],
    separator: SeparatorOption = ",",
    encoding: EncodingOption = "utf-8",
    sheet: SheetOption = None,
) -> None:
    """Follow each patient over the visits of a file: change, flare, low activity, remission.

    One row is a visit; a patient's visits are sorted by date. What an index needs and the file does
    not have leaves it open.
    """
    refuse_outputs(source, output, patients)
    refuse_names(subject, date)
    readings = Readings(variant=flare_index, prednisolone=prednisolone, carry=carry)
    opened = open_visits(source, Dialect(separator, encoding, sheet))
    fields, units = _fields(opened.columns, field_, reserved={subject, date})
    input_ = read_input(
        opened,
        column=column,
        not_collected=not_collected,
        absent=absent,
        reserved=[subject, date, *fields],
    )
    reader = VisitsReader(input_, subject, date, fields, units, items, missing)
    table = reader.read()
    names: dict[str, Any] = {
        "subject": SUBJECT,
        "date": DATE,
        "not_collected": input_.not_collected,
        "absent": input_.absent,
    }
    found = histories(
        table, place=lambda row: f"{input_.visits.place} {reader.places[row]}", **names
    )
    courses = {patient: course(history, readings) for patient, history in found.items()}
    if output is not None:
        write_visits(_named(by_visit(table, readings=readings, **names), subject, date), output)
    if patients is not None:
        write_visits(_named(by_patient(table, readings=readings, **names), subject, date), patients)
    if output is None and patients is None:
        _print_courses(courses, found, readings)
    _print_end(input_, fields, found, readings)


def _named(table: pl.DataFrame, subject: str, date: str) -> pl.DataFrame:
    return table.rename({SUBJECT: subject, DATE: date}, strict=False)


def _fields(
    there: list[str], options: list[str], reserved: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Say which column holds which field, and in which unit where its cells are plain numbers.

    Options come first, then names and aliases.
    """
    fields: dict[str, str] = {}
    units: dict[str, str] = {}
    for option in options:
        theirs, equals, rest = option.rpartition("=")
        name, _, unit = rest.partition(" ")
        if not equals or name not in FIELDS or (unit and unit not in UNITS.get(name, {})):
            raise InvalidInputError(
                f"--field: found {shorten(option)}; accepted: THEIRS=FIELD, where FIELD is one of "
                f"{', '.join(FIELDS)}; with a unit for "
                + " and ".join(f"{name} ({', '.join(UNITS[name])})" for name in AMOUNTS)
            )
        if theirs not in there:
            raise InvalidInputError(f"--field: no column {shorten(theirs)}")
        if theirs in fields or name in fields.values():
            raise InvalidInputError(f"--field: {shorten(option)} is named twice")
        fields[theirs] = name
        if unit:
            units[theirs] = unit
    named = set(fields.values())
    for theirs in there:
        plain = plain_name(theirs)
        found = plain if plain in FIELDS else ALIASES.get(plain)
        if found is None or found in named or theirs in reserved or theirs in fields:
            continue
        if others := [other for other, of in fields.items() if of == found]:
            raise InvalidInputError(
                f"columns {shorten(others[0])} and {shorten(theirs)} both go by names of {found}; "
                "say which one is meant (--field)"
            )
        fields[theirs] = found
    return fields, units


def _print_courses(
    courses: Mapping[object, tuple[Step, ...]],
    found: Mapping[object, History],
    readings: Readings,
) -> None:
    print(f"{'date':12}{'total':>8}  {'clinical':>8}  {'change':>12}  flare   LLDAS  DORIS")
    shown = 0
    for patient, steps in courses.items():
        if shown >= ROWS_SHOWN:
            break
        print()
        print(wrapped(f"{printable(patient).plain}: {_summary(found[patient], readings)}"))
        for step in steps:
            for line in _lines(step):
                print(line)
        shown += len(steps)
    total = sum(map(len, courses.values()))
    if shown < total:
        print(f"\n... and {total - shown:,} visits more (--output FILE writes all)")
    print()


def _summary(history: History, readings: Readings) -> str:
    visits = len(history.visits)
    if visits == 1:
        return "1 visit"
    days = (history.visits[-1].date - history.visits[0].date).days
    states = ", ".join(f"{name} {time_in(history, name, readings)}" for name in ("LLDAS", "DORIS"))
    return (
        f"{visits} visits, {days} days; adjusted mean {adjusted_mean.assess(history)}; "
        f"first flare: {first_flare(history, readings)}; time in {states}"
    )


def _lines(step: Step) -> Iterable[str]:
    total = score_bounds(step.assessment)
    clinical = score_bounds(step.assessment, excluding=SEROLOGIC)
    change = "" if step.change is None else str(step.change.total)
    flare = "" if step.flare is None else _flare(step.flare)
    states = f"{_STATES[step.lldas.verdict]:5}  {_STATES[step.doris.verdict]}"
    yield f"{step.visit.date!s:12}{total!s:>8}  {clinical!s:>8}  {change:>12}  {flare:6}  {states}"
    if step.change is not None:
        said = [
            f"{word}: {listed(which)}"
            for word, which in (("new", step.change.new), ("resolved", step.change.resolved))
            if which
        ]
        if said:
            yield wrapped(f"    {'; '.join(said)}", indent=6)


def _flare(result: FlareResult) -> str:
    if result.flare is None:
        return "open" if Flare.NONE in result.possible else "flare"
    return result.flare.split("/")[0]


_STATES = {Verdict.MET: "yes", Verdict.NOT_MET: "no", Verdict.UNDETERMINED: "open"}


def _print_end(
    input_: Input, fields: Mapping[str, str], found: Mapping[object, History], readings: Readings
) -> None:
    count = sum(len(history.visits) for history in found.values())
    patients = "1 patient" if len(found) == 1 else f"{len(found):,} patients"
    print(f"{'1 visit' if count == 1 else f'{count:,} visits'} of {patients}")
    for line in input_.said():
        print(wrapped(line))
    if fields:
        read = [
            name if theirs == name else f"{printable(theirs).plain} as {name}"
            for theirs, name in fields.items()
        ]
        print(wrapped(f"fields read: {', '.join(read)}"))
    if unknown := [name for name in FIELDS if name not in fields.values()]:
        print(wrapped(f"not in the file, so not known at any visit: {', '.join(unknown)}"))
    print(
        wrapped(
            "open: what is not known decides; flare: one that may be mild or severe; mild: "
            f"mild/moderate. Readings: {readings}; descriptors taken as SLEDAI-2K for LLDAS."
        )
    )
