"""`sledai visits`: each patient's course over the visits of a file."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from sledai.cdisc import Study
from sledai.cdisc.study_visits import unread_scores
from sledai.cdisc.writing import DATASET_FORMATS
from sledai.cli.baseline_options import (
    BaselineBy,
    BaselineOption,
    BaselineWhere,
    baseline_rows,
    baseline_said,
)
from sledai.cli.completion import names_of
from sledai.cli.dataset_options import (
    EditionOption,
    ReasonOption,
    ReferenceOption,
    StartOption,
    StudyOption,
    ToOption,
    VisitNumberOption,
    VisitOption,
    exchange,
)
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
from sledai.cli.problems import Problems
from sledai.cli.provenance import Provenance
from sledai.cli.rejects import Rejects, rejects_option
from sledai.cli.visit_cells import VisitsReader, subject_and_date
from sledai.cli.visit_courses import Courses
from sledai.cli.visits_output import DatasetFile, Table, write_files
from sledai.cli.visits_report import print_courses, print_end
from sledai.codebook import Codebook
from sledai.codebook.columns import field_sources
from sledai.codebook.fields import FIELDS
from sledai.definitions import Edition
from sledai.engines import result_names
from sledai.errors import InvalidInputError, file_name, require_one_of
from sledai.files import OUTPUT_FORMATS
from sledai.frame import BASELINE_COLUMNS, patient_columns, visit_columns
from sledai.indices import doris, sfi
from sledai.indices.requirements import FirstVisit, NewSerology
from sledai.indices.states import DEFAULT, STATES, Carry, Readings

__all__ = [
    "CarryOption",
    "DateOption",
    "FieldOption",
    "FirstVisitOption",
    "NewSerologyOption",
    "PrednisoloneOption",
    "StateOption",
    "SubjectOption",
    "VariantOption",
    "states_named",
    "stating_visits",
    "visits",
]

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
    Carry,
    typer.Option(
        "--carry",
        metavar="TEXT",
        help=f"For how long the state of a visit counts: {', '.join(get_args(Carry))}.",
    ),
]
StateOption = Annotated[
    list[str],
    typer.Option(
        "--state",
        metavar="NAME",
        help=f"Follow this state, in place of {' and '.join(DEFAULT.states)}: {', '.join(STATES)}. "
        "Repeatable.",
        autocompletion=names_of(STATES),
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
    baseline: BaselineOption = None,
    baseline_where: BaselineWhere = [],
    baseline_by: BaselineBy = None,
    rejects: RejectsOption = None,
    to: ToOption = None,
    study: StudyOption = None,
    edition: EditionOption = Edition.SELENA.name,
    visit: VisitOption = None,
    visit_number: VisitNumberOption = None,
    reference: ReferenceOption = None,
    reason: ReasonOption = None,
    start_is_day: StartOption = None,
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
    if to is None:
        refuse_outputs(source, output, patients, rejects)
    else:
        refuse_outputs(source, output, formats=DATASET_FORMATS)
        refuse_outputs(source, rejects)
    book = stating_visits(book, subject, date, field_)
    patient, day = subject_and_date(book)
    readings = Readings(
        variant=flare_index,
        new_serology=new_serology,
        first_visit=first_visit,
        prednisolone=prednisolone,
        carry=carry,
        states=states_named(state),
    )
    rows = open_input(source, book)
    opened = rows.visits
    beside = baseline_rows(baseline, baseline_where, baseline_by, opened, book)
    said = {} if beside is None else {"baseline": baseline_said(beside, book)}
    asked = exchange(
        to,
        Study(
            name=study,
            edition=edition,
            visit=visit,
            visit_number=visit_number,
            reference=reference,
            reason=reason,
        ),
        readings,
        start_is_day,
        book=book,
        output=output,
        patients=patients,
        baseline=beside,
    )
    chosen = {} if asked is None else asked.choices
    made = Provenance(book, readings=asdict(readings) | said, **chosen)
    input_ = read_items(rows, book)
    scores = book.recorded.scores
    of_study = {} if asked is None else asked.study.named
    named_fields = [field.column for field in book.fields.columns]
    input_.require([patient, day, *named_fields, *scores.values(), *of_study.values()])
    fields = field_sources(opened.columns, book, BY_FLAGS)
    aside = Rejects(opened, rejects, made)
    visits_to = output if asked is None else None
    cells = visits_to is not None or rejects is not None
    reader = VisitsReader(
        input_,
        patient,
        day,
        fields,
        Problems(input_, aside),
        baseline=beside,
        study=None if asked is None else asked.study,
        cells=cells,
    )
    courses = Courses(
        reader,
        readings,
        writes_visits=cells,
        writes_patients=patients is not None or asked is not None,
        shows=output is None and patients is None,
        exchange=asked,
    )
    columns = visit_columns(readings) | ({} if beside is None else BASELINE_COLUMNS)
    of_visits = Table(visits_to, result_names(opened.columns, columns) if visits_to else {})
    sums = patient_columns(readings)
    of_patients = Table(patients, result_names([patient], sums) if patients else {})
    dataset = DatasetFile(asked, output) if asked is not None and output is not None else None
    write_files(courses, of_visits, of_patients, dataset, made)
    if courses.shows:
        print_courses(courses, book)
    print_end(input_, fields, courses)
    names = {n: called for n, called in of_patients.names.items() if n != called}
    renamed = of_visits.names | names | aside.names
    rows_said = [] if dataset is None else dataset.said(beside)
    unread = _unread_said(opened.columns, book)
    for line in (*names_said(renamed), *unread, *_aside_said(aside, courses), *rows_said):
        print(wrapped(line))
    print(made)
    if aside.count:
        raise typer.Exit(1)


def _unread_said(columns: Sequence[str], book: Codebook) -> list[str]:
    unread = unread_scores(columns, book)
    return [f"recorded scores that were not read: {unread}"] * bool(unread)


def states_named(chosen: list[str]) -> tuple[str, ...]:
    """Read the names of states, by default those that are followed by default."""
    for name in chosen:
        require_one_of(name, list(STATES), "--state")
    return tuple(chosen) or DEFAULT.states


def _aside_said(aside: Rejects, courses: Courses) -> list[str]:
    """Say which rows were set aside; whose visits some of them are nobody knows."""
    if aside.path is None:
        return []
    wrong = aside.count - courses.others
    said = f"{aside.count:,} rows written to {file_name(aside.path)}: {wrong:,} that cannot be read"
    lines = [f"{said}, {courses.others:,} others of their patients"]
    if courses.nameless:
        lines.append(
            f"{courses.nameless:,} of them of no patient that can be read: they may be visits of "
            "any patient followed here"
        )
    return lines


def stating_visits(
    book: Codebook, subject: str | None, date: str | None, fields: list[str]
) -> Codebook:
    """State the columns of the patient, of the date and of fields, where options name them."""
    named = {"subject": subject, "date": date}
    stated = {name: column for name, column in named.items() if column is not None}
    return book.stating({"visit": stated, "fields": _field_lines(fields)})


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
