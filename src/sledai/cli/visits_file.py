"""`sledai visits`: each patient's course over the visits of a file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import polars as pl
import typer

from sledai.cli.options import (
    Absent,
    AbsentText,
    Columns,
    EncodingOption,
    Input,
    InputFile,
    ItemsOption,
    Missing,
    NoItems,
    NotCollected,
    Present,
    SeparatorOption,
    SheetOption,
    read_input,
    refuse_outputs,
)
from sledai.cli.printing import ROWS_SHOWN, printable, wrapped
from sledai.cli.visit_cells import DATE, SUBJECT, VisitsReader
from sledai.descriptors import SEROLOGIC, listed
from sledai.errors import InvalidInputError, shorten
from sledai.files import OUTPUT_FORMATS, Dialect, open_visits, write_visits
from sledai.follow_up import PATIENT_COLUMNS, VISIT_COLUMNS, by_patient, by_visit, histories
from sledai.indices import adjusted_mean, doris, lldas, sfi
from sledai.indices.sfi import Flare, FlareResult
from sledai.names import plain_name
from sledai.parts import refuse_collisions
from sledai.scoring import score_bounds
from sledai.series import Carry, Readings, Step, course, first_flare, time_in
from sledai.verdict import Verdict
from sledai.visit_fields import ALIASES, FIELDS, FieldColumn, field_column, fields_listed
from sledai.visits import RANGES, History
from sledai.words import stated_words

__all__ = ["visits"]

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
        help="Read a field of the visit from this column, such as pred=prednisone_mg_day; of a "
        "global assessment with its scale, as 'pga=physician_global 0-10', and of platelets and "
        "hemoglobin with the unit of the numbers, as 'plt=platelets 10*9/L'. Columns with the "
        f"names of fields are read by themselves: {', '.join(FIELDS)}. Repeatable.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write all columns, and those of each visit, to this file: "
        f"{', '.join(OUTPUT_FORMATS)}.",
    ),
]
VariantOption = Annotated[
    sfi.Variant, typer.Option("--flare-index", help="Which variant of the SELENA flare index.")
]
NewSerologyOption = Annotated[
    lldas.NewSerology,
    typer.Option(
        "--new-serology",
        help="Whether serology that is newly present is new activity for LLDAS by itself.",
    ),
]
FirstVisitOption = Annotated[
    lldas.FirstVisit,
    typer.Option(
        "--first-visit", help="Whether a first visit needs new_lupus_activity stated for LLDAS."
    ),
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
    new_serology: NewSerologyOption = "counts",
    first_visit: FirstVisitOption = "needs a statement",
    prednisolone: PrednisoloneOption = "<=",
    carry: CarryOption = "until the next visit",
    items: ItemsOption = "binary",
    column: Columns = [],
    missing: Missing = [],
    not_collected: NotCollected = [],
    absent: Absent = [],
    no_item: NoItems = [],
    present: Present = [],
    absent_text: AbsentText = [],
    separator: SeparatorOption = ",",
    encoding: EncodingOption = "utf-8",
    sheet: SheetOption = None,
) -> None:
    """Follow each patient over the visits of a file: change, flare, low activity, remission.

    One row is a visit; a patient's visits are sorted by date. What an index needs and the file does
    not have leaves it open.
    """
    refuse_outputs(source, output, patients)
    if subject == date:
        raise InvalidInputError(f"column {shorten(subject)} is named for patient and date")
    readings = Readings(
        variant=flare_index,
        new_serology=new_serology,
        first_visit=first_visit,
        prednisolone=prednisolone,
        carry=carry,
    )
    opened = open_visits(source, Dialect(separator, encoding, sheet))
    if output is not None:
        refuse_collisions(opened.columns, VISIT_COLUMNS)
    if patients is not None:
        refuse_collisions([subject], PATIENT_COLUMNS)
    fields = _fields(opened.columns, field_, {subject, date, *no_item})
    input_ = read_input(
        opened,
        column=column,
        not_collected=not_collected,
        absent=absent,
        no_item=no_item,
        reserved=[subject, date, *fields],
    )
    words = stated_words(present, absent_text)
    reader = VisitsReader(input_, subject, date, fields, items, missing, words)
    table = reader.read()
    names: dict[str, Any] = {
        "subject": SUBJECT,
        "date": DATE,
        "not_collected": input_.not_collected,
        "absent": input_.absent,
        "fields": {f.name: str(f) for f in fields.values() if f.name in RANGES},
    }
    found = histories(
        table, place=lambda row: f"{input_.visits.place} {reader.places[row]}", **names
    )
    courses = {patient: course(history, readings) for patient, history in found.items()}
    if output is not None:
        made = by_visit(table, readings=readings, **names).select(*VISIT_COLUMNS)
        write_visits(pl.concat(reader.cells).hstack(made), output)
    if patients is not None:
        summary = by_patient(table, readings=readings, **names)
        write_visits(summary.rename({SUBJECT: subject}), patients)
    if output is None and patients is None:
        _print_courses(courses, found, readings)
    _print_end(input_, fields, courses, readings)


def _fields(there: list[str], options: list[str], reserved: set[str]) -> dict[str, FieldColumn]:
    """Say which column holds which field, on which scale or in which unit.

    Options come first, then names; a name that leaves the scale open is an error.
    """
    fields: dict[str, FieldColumn] = {}
    for option in options:
        theirs, equals, said = option.rpartition("=")
        if not equals:
            raise InvalidInputError(
                f"--field: found {shorten(option)}; accepted: THEIRS=FIELD, where FIELD is one of "
                f"{fields_listed(FIELDS)}"
            )
        if theirs not in there:
            raise InvalidInputError(f"--field: no column {shorten(theirs)}")
        read = field_column(said, column=theirs)
        if theirs in fields or read.name in _names(fields):
            raise InvalidInputError(f"--field: {shorten(option)} is named twice")
        fields[theirs] = read
    named = _names(fields)
    for theirs in there:
        plain = plain_name(theirs)
        found = plain if plain in FIELDS else ALIASES.get(plain)
        if found is None or found in named or theirs in reserved or theirs in fields:
            continue
        if others := [other for other, of in fields.items() if of.name == found]:
            raise InvalidInputError(
                f"columns {shorten(others[0])} and {shorten(theirs)} both go by names of {found}; "
                "say which one is meant (--field)"
            )
        if plain != found:
            raise InvalidInputError(
                f"column {shorten(theirs)} goes by a name of {found}; say on which scale it is, as "
                f"--field {quote(f'{theirs}={found} 0-3')} (or 0-10, 0-100), or that it is none "
                "(--no-item COLUMN)"
            )
        fields[theirs] = field_column(found, column=found)
    return fields


def _names(fields: Mapping[str, FieldColumn]) -> set[str]:
    return {field.name for field in fields.values()}


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
    input_: Input,
    fields: Mapping[str, FieldColumn],
    courses: Mapping[object, tuple[Step, ...]],
    readings: Readings,
) -> None:
    count = sum(map(len, courses.values()))
    patients = "1 patient" if len(courses) == 1 else f"{len(courses):,} patients"
    print(f"{'1 visit' if count == 1 else f'{count:,} visits'} of {patients}")
    for line in input_.said():
        print(wrapped(line))
    if fields:
        read = [
            str(field) if theirs == field.name else f"{printable(theirs).plain} as {field}"
            for theirs, field in fields.items()
        ]
        print(wrapped(f"fields read: {', '.join(read)}"))
    if unknown := [name for name in FIELDS if name not in _names(fields)]:
        print(wrapped(f"not in the file, so not known at any visit: {', '.join(unknown)}"))
    assumed = [step.lldas.assumed for steps in courses.values() for step in steps]
    if at := sum(map(bool, assumed)):
        names = ", ".join(dict.fromkeys(name for one in assumed for name in one))
        visits = "1 visit" if at == 1 else f"{at:,} visits"
        print(wrapped(f"LLDAS at {visits} counts as no what nobody answered: {names}"))
    print(
        wrapped(
            "open: what is not known decides; flare: one that may be mild or severe; mild: "
            f"mild/moderate. Readings: {readings}; descriptors taken as SLEDAI-2K for LLDAS."
        )
    )
