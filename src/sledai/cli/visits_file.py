"""`sledai visits`: each patient's course over the visits of a file."""

import re
from contextlib import ExitStack
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from sledai.cli.options import (
    BY_FLAGS,
    Absent,
    AbsentText,
    CodebookOption,
    Columns,
    EncodingOption,
    InputFile,
    ItemsOption,
    Missing,
    NoItems,
    NotCollected,
    Present,
    SeparatorOption,
    SheetOption,
    open_input,
    pairs,
    read_codebook,
    read_items,
    refuse_outputs,
)
from sledai.cli.printing import names_said, wrapped
from sledai.cli.provenance import Provenance
from sledai.cli.rejects import Rejects, rejects_option
from sledai.cli.visit_cells import DATE, SUBJECT, VisitsReader, recorded_column
from sledai.cli.visits_report import print_courses, print_end
from sledai.codebook import Codebook
from sledai.codebook.columns import field_sources
from sledai.codebook.fields import FIELDS
from sledai.engines import result_names
from sledai.errors import InvalidInputError, require_one_of
from sledai.files import OUTPUT_FORMATS, Output
from sledai.frame import patient_columns, visit_columns
from sledai.frame.history_rows import patient_row, visit_row
from sledai.frame.visit_rows import read_visit_rows
from sledai.indices import doris, sfi
from sledai.indices.course import course
from sledai.indices.requirements import FirstVisit, NewSerology
from sledai.indices.states import DEFAULT, STATES, Carry, Readings

__all__ = ["visits"]

SubjectOption = Annotated[
    str | None,
    typer.Option("--subject", metavar="COLUMN", help="The column that tells patients apart."),
]
DateOption = Annotated[
    str | None,
    typer.Option("--date", metavar="COLUMN", help="The date of the visit, as 2024-01-16."),
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
RejectsOption = Annotated[
    Path | None,
    rejects_option(
        "Write the rows that cannot be read, and all others of their patients, to this file, with "
        "line and reason, and follow all other patients."
    ),
]
VariantOption = Annotated[
    sfi.Variant, typer.Option("--flare-index", help="Which variant of the SELENA flare index.")
]
NewSerologyOption = Annotated[
    NewSerology,
    typer.Option(
        "--new-serology",
        help="Whether serology that is newly present is new activity for LLDAS by itself.",
    ),
]
FirstVisitOption = Annotated[
    FirstVisit,
    typer.Option(
        "--first-visit", help="Whether a first visit needs new_lupus_activity stated for LLDAS."
    ),
]
PrednisoloneOption = Annotated[
    doris.Prednisolone,
    typer.Option(
        "--prednisolone",
        help=f"DORIS at most at (<=) or below (<) {doris.PREDNISOLONE_MG_DAY} mg a day.",
    ),
]
CarryOption = Annotated[
    Carry, typer.Option("--carry", help="For how long the state of a visit counts.")
]
StateOption = Annotated[
    list[str],
    typer.Option(
        "--state",
        metavar="NAME",
        help=f"Follow this state, in place of {' and '.join(DEFAULT.states)}: {', '.join(STATES)}. "
        "Repeatable.",
    ),
]
PatientsOption = Annotated[
    Path | None, typer.Option("--patients", metavar="FILE", help="Write a row for each patient.")
]


def visits(
    source: InputFile,
    codebook: CodebookOption = None,
    subject: SubjectOption = None,
    date: DateOption = None,
    field_: FieldOption = [],
    output: OutputOption = None,
    patients: PatientsOption = None,
    rejects: RejectsOption = None,
    flare_index: VariantOption = "original",
    new_serology: NewSerologyOption = "counts",
    first_visit: FirstVisitOption = "needs a statement",
    prednisolone: PrednisoloneOption = "<=",
    carry: CarryOption = "until the next visit",
    state: StateOption = [],
    items: ItemsOption = None,
    column: Columns = [],
    missing: Missing = [],
    not_collected: NotCollected = [],
    absent: Absent = [],
    no_item: NoItems = [],
    present: Present = [],
    absent_text: AbsentText = [],
    separator: SeparatorOption = None,
    encoding: EncodingOption = None,
    sheet: SheetOption = None,
) -> None:
    """Follow each patient over the visits of a file: change, flare, low activity, remission.

    One row is a visit; a patient's visits are sorted by date. What an index needs and the file does
    not have leaves it open.
    """
    book = read_codebook(
        codebook,
        items=items,
        column=column,
        missing=missing,
        not_collected=not_collected,
        absent=absent,
        no_item=no_item,
        present=present,
        absent_text=absent_text,
        separator=separator,
        encoding=encoding,
        sheet=sheet,
    )
    refuse_outputs(source, output, patients, rejects)
    named = {"subject": subject, "date": date}
    stated = {name: column for name, column in named.items() if column is not None}
    book = book.stating({"visit": stated, "fields": _field_lines(field_)})
    patient, day = book.visit.subject, book.visit.when
    if patient is None or day is None:
        lacking = "subject" if patient is None else "date"
        raise InvalidInputError(
            f"no column of the {lacking}; accepted: --{lacking} COLUMN, or {lacking} in [visit] of "
            "a codebook"
        )
    readings = Readings(
        variant=flare_index,
        new_serology=new_serology,
        first_visit=first_visit,
        prednisolone=prednisolone,
        carry=carry,
        states=_states(state),
    )
    made = Provenance(book, readings=asdict(readings))
    rows = open_input(source, book)
    opened = rows.visits
    input_ = read_items(rows, book)
    scores = book.recorded.scores
    input_.require(
        [patient, day, *(field.column for field in book.fields.columns), *scores.values()]
    )
    fields = field_sources(opened.columns, book, BY_FLAGS)
    aside = Rejects(opened, rejects, made)
    reader = VisitsReader(input_, patient, day, fields, aside)
    table = reader.read()
    as_read = Codebook(
        visit={"subject": SUBJECT, "date": DATE, "same_day": book.visit.same_day},
        descriptors={
            "absent": book.descriptors.absent,
            "not_collected": book.descriptors.not_collected,
        },
        fields={
            **{f.name: {"column": f.name, "scale": [0, f.most]} for f in fields if f.scaled},
            **book.fields.asserted,
        },
        recorded={score.removesuffix("_score"): recorded_column(score) for score in scores},
    )
    found = read_visit_rows(
        table, as_read, SUBJECT, DATE, lambda row: f"{input_.visits.place} {reader.places[row]}"
    )
    histories = {patient: history for patient, (history, _) in found.patients.items()}
    courses = {patient: course(history, readings) for patient, history in histories.items()}
    visit_types, patient_types = visit_columns(readings), patient_columns(readings)
    renamed: dict[str, str] = {}
    written: list[tuple[Path, pl.DataFrame]] = []
    if output is not None:
        values = map(visit_row, chain.from_iterable(courses.values()))
        of_visits = found.of_visits(values, visit_types).select(*visit_types)
        renamed = result_names(opened.columns, visit_types)
        written.append((output, reader.cells.hstack(of_visits.rename(renamed))))
    if patients is not None:
        sums = map(patient_row, courses.values())
        summary = found.of_patients(sums, patient_types)
        names = result_names([patient], patient_types)
        written.append((patients, summary.rename({SUBJECT: patient} | names)))
        renamed |= {name: called for name, called in names.items() if name != called}
    if rejects is not None:
        written.append((rejects, reader.aside))
        renamed |= aside.names
    _write(written, made)
    if output is None and patients is None:
        print_courses(courses, histories, readings, book)
    print_end(input_, fields, courses, readings)
    for line in (*names_said(renamed), *_aside_said(aside, reader)):
        print(wrapped(line))
    print(made)
    if aside.count:
        raise typer.Exit(1)


def _states(chosen: list[str]) -> tuple[str, ...]:
    for name in chosen:
        require_one_of(name, list(STATES), "--state")
    return tuple(chosen) or DEFAULT.states


def _write(written: list[tuple[Path, pl.DataFrame]], made: Provenance) -> None:
    """Write files, all of which are whole before one gets its name."""
    with ExitStack() as files:
        outputs = [
            (files.enter_context(Output(path, made.facts)), frame) for path, frame in written
        ]
        for file, frame in outputs:
            file.write(frame)
        for file, _ in outputs:
            file.finish()


def _aside_said(aside: Rejects, reader: VisitsReader) -> list[str]:
    """Say which rows were set aside; whose visits some of them are nobody knows."""
    if not aside.wanted:
        return []
    wrong = aside.count - reader.others
    said = f"{aside.count:,} rows written to {aside.path}: {wrong:,} that cannot be read"
    lines = [f"{said}, {reader.others:,} others of their patients"]
    if reader.nameless:
        lines.append(
            f"{reader.nameless:,} of them of no patient that can be read: they may be visits of "
            "any patient followed here"
        )
    return lines


def _field_lines(options: list[str]) -> dict[str, dict[str, Any]]:
    """Read THEIRS=FIELD, with a scale or a unit behind the field, as lines of a codebook."""
    lines: dict[str, dict[str, Any]] = {}
    for theirs, said in pairs("--field", options, "THEIRS=FIELD", "pred=prednisone_mg_day"):
        name, _, rest = said.partition(" ")
        if name in lines:
            raise InvalidInputError(f"--field: two columns for {name}")
        lines[name] = {"column": theirs}
        if scale := re.fullmatch(r"([0-9]{1,4})-([0-9]{1,4})", rest):
            lines[name]["scale"] = [int(scale[1]), int(scale[2])]
        elif rest:
            lines[name]["unit"] = rest
    return lines
