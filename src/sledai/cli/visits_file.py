"""`sledai visits`: each patient's course over the visits of a file."""

import re
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from sledai.cli.baseline_options import (
    BaselineBy,
    BaselineOption,
    BaselineWhere,
    baseline_rows,
    baseline_said,
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
from sledai.cli.visit_cells import REASON, VisitsReader
from sledai.cli.visit_courses import Courses
from sledai.cli.visits_report import print_courses, print_end
from sledai.cli.whole_patients import SUBJECT, Kept
from sledai.codebook.columns import field_sources
from sledai.codebook.fields import FIELDS
from sledai.engines import result_names
from sledai.errors import InvalidInputError, require_one_of
from sledai.files import OUTPUT_FORMATS, Output
from sledai.frame import BASELINE_COLUMNS, patient_columns, visit_columns
from sledai.indices import doris, sfi
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
    baseline: BaselineOption = None,
    baseline_where: BaselineWhere = [],
    baseline_by: BaselineBy = None,
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
    rows = open_input(source, book)
    opened = rows.visits
    beside = baseline_rows(baseline, baseline_where, baseline_by, opened, book)
    said = {} if beside is None else {"baseline": baseline_said(beside, book)}
    made = Provenance(book, readings=asdict(readings) | said)
    input_ = read_items(rows, book)
    scores = book.recorded.scores
    input_.require(
        [patient, day, *(field.column for field in book.fields.columns), *scores.values()]
    )
    fields = field_sources(opened.columns, book, BY_FLAGS)
    aside = Rejects(opened, rejects, made)
    cells = output is not None or rejects is not None
    reader = VisitsReader(
        input_, patient, day, fields, Problems(input_, aside), baseline=beside, cells=cells
    )
    courses = Courses(
        reader,
        readings,
        writes_visits=cells,
        writes_patients=patients is not None,
        shows=output is None and patients is None,
    )
    columns = visit_columns(readings) | ({} if beside is None else BASELINE_COLUMNS)
    of_visits = _Table(output, result_names(opened.columns, columns) if output else {})
    sums = patient_columns(readings)
    of_patients = _Table(patients, result_names([patient], sums) if patients else {})
    _write(courses, of_visits, of_patients, made)
    if courses.shows:
        print_courses(courses, book)
    print_end(input_, fields, courses)
    names = {n: called for n, called in of_patients.names.items() if n != called}
    renamed = of_visits.names | names | aside.names
    for line in (*names_said(renamed), *_aside_said(aside, courses)):
        print(wrapped(line))
    print(made)
    if aside.count:
        raise typer.Exit(1)


def _states(chosen: list[str]) -> tuple[str, ...]:
    for name in chosen:
        require_one_of(name, list(STATES), "--state")
    return tuple(chosen) or DEFAULT.states


@dataclass(slots=True)
class _Table:
    """A file that is written, if there is a path, and what results are called in it."""

    path: Path | None
    names: dict[str, str]
    file: Output | None = None

    def open(self, files: ExitStack, made: Provenance) -> None:
        if self.path is not None:
            self.file = files.enter_context(Output(self.path, made.facts))


def _write(courses: Courses, visits: _Table, patients: _Table, made: Provenance) -> None:
    """Follow the patients, and write files, all of which are whole before one gets its name."""
    reader, aside = courses.reader, courses.reader.problems.rejects
    work = reader.problems.batches_and_more()
    with work as (batches, show), Kept() as kept, ExitStack() as files:
        visits.open(files, made)
        patients.open(files, made)
        aside.open(files)
        for rows in reader.read(batches):
            kept.add(rows)
        for found in kept.followed(courses.follow, show):
            if found.visits is not None:
                batch, known = reader.as_in_the_file(found.visits)
                aside.add(batch.places, known[REASON])
                is_kept, rows_aside = aside.split(batch)
                aside.write(rows_aside)
                if visits.file is not None:
                    added = known.select(*visits.names).rename(visits.names)
                    visits.file.write(batch.visits.hstack(added).filter(is_kept))
            if found.patients is not None and patients.file is not None:
                sums = found.patients.select(SUBJECT, *patients.names)
                patients.file.write(sums.rename({SUBJECT: reader.subject} | patients.names))
        courses.refuse()
        for file in (visits.file, patients.file, aside):
            if file is not None:
                file.finish()


def _aside_said(aside: Rejects, courses: Courses) -> list[str]:
    """Say which rows were set aside; whose visits some of them are nobody knows."""
    if not aside.wanted:
        return []
    wrong = aside.count - courses.others
    said = f"{aside.count:,} rows written to {aside.path}: {wrong:,} that cannot be read"
    lines = [f"{said}, {courses.others:,} others of their patients"]
    if courses.nameless:
        lines.append(
            f"{courses.nameless:,} of them of no patient that can be read: they may be visits of "
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
