"""`sledai draw`: pictures of a patient's course, of a cohort and of an audit, from files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sledai import pictures
from sledai.cli.audit_file import Clinical, Recorded, stating_scores
from sledai.cli.baseline_options import (
    BaselineBy,
    BaselineOption,
    BaselineWhere,
    baseline_rows,
    baseline_said,
)
from sledai.cli.completion import names_of
from sledai.cli.draw_input import read_recorded, read_visits
from sledai.cli.options import (
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
    read_codebook,
    refuse_outputs,
)
from sledai.cli.printing import first_line, wrapped
from sledai.cli.provenance import Provenance
from sledai.cli.visits_file import (
    CarryOption,
    DateOption,
    FieldOption,
    FirstVisitOption,
    NewSerologyOption,
    PrednisoloneOption,
    StateOption,
    SubjectOption,
    VariantOption,
    states_named,
    stating_visits,
)
from sledai.codebook.dates import DAY_ZERO
from sledai.errors import file_name
from sledai.files import together, write_provenance
from sledai.indices.states import Readings
from sledai.pictures import PICTURE_FORMATS, CohortKind, Picture
from sledai.pictures.picture import require_renderer
from sledai.trials.catalog import CATALOG, find

__all__ = ["app"]

app = typer.Typer(
    name="draw",
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(_HELP := "Pictures of a patient's course, of a cohort and of an audit."),
    short_help=_HELP,
)

OutputOption = Annotated[
    Path,
    typer.Option(
        "--output", "-o", help=f"Write the picture to this file: {', '.join(PICTURE_FORMATS)}."
    ),
]
PatientOption = Annotated[
    str | None,
    typer.Option("--patient", metavar="ID", help="Whose course, where the file has several."),
]
TrialOption = Annotated[
    str | None,
    typer.Option(
        "--trial",
        metavar="ID",
        help="Draw the thresholds of this trial's activity rule, such as NCT05765006.",
        autocompletion=names_of(trial.registry_id for trial in CATALOG),
    ),
]
KindOption = Annotated[
    CohortKind,
    typer.Option(
        "--kind",
        help="Totals of patients by visits, how often each total is there, how often each "
        "descriptor is, time in states, or change from baseline to the last visit.",
    ),
]


def course(
    source: InputFile,
    output: OutputOption,
    codebook: CodebookOption = None,
    subject: SubjectOption = None,
    date: DateOption = None,
    patient: PatientOption = None,
    trial: TrialOption = None,
    field_: FieldOption = [],
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
    """Draw a patient's course: scores, flares, states, doses and descriptors.

    One row is a visit. A visit whose total is open is drawn as a range.
    """
    _refuse(source, output)
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
    rule = None if trial is None else find(trial).rule
    readings = Readings(
        variant=flare_index,
        new_serology=new_serology,
        first_visit=first_visit,
        prednisolone=prednisolone,
        carry=carry,
        states=states_named(state),
    )
    book = stating_visits(book, subject, date, field_)
    read = read_visits(open_input(source, book), book, readings, None)
    name, history = read.of_patient(patient)
    since = None if book.visit.day is None else DAY_ZERO
    drawn = pictures.course(history, readings, name=name, rule=rule, since=since)
    rules = {} if rule is None else {"rules": {rule.name: str(rule)}}
    _write(drawn, output, Provenance(book, readings=asdict(readings), **rules))


def cohort(
    source: InputFile,
    output: OutputOption,
    kind: KindOption = "heatmap",
    codebook: CodebookOption = None,
    subject: SubjectOption = None,
    date: DateOption = None,
    field_: FieldOption = [],
    baseline: BaselineOption = None,
    baseline_where: BaselineWhere = [],
    baseline_by: BaselineBy = None,
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
    """Draw the patients of a file, in a picture of the kind that is asked for.

    One row is a visit. A change is counted from the first visit, where no other baseline is named.
    """
    _refuse(source, output)
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
    readings = Readings(
        variant=flare_index,
        new_serology=new_serology,
        first_visit=first_visit,
        prednisolone=prednisolone,
        carry=carry,
        states=states_named(state),
    )
    book = stating_visits(book, subject, date, field_)
    rows = open_input(source, book)
    beside = baseline_rows(baseline, baseline_where, baseline_by, rows.visits, book)
    said = {} if beside is None else {"baseline": baseline_said(beside, book)}
    read = read_visits(rows, book, readings, beside)
    drawn = pictures.cohort(
        read.visits, read.book, kind=kind, readings=readings, baseline=read.baseline
    )
    _write(drawn, output, Provenance(book, kind=kind, readings=asdict(readings) | said))


def audit(
    source: InputFile,
    output: OutputOption,
    codebook: CodebookOption = None,
    recorded: Recorded = None,
    clinical: Clinical = None,
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
    """Draw the recorded scores of a file against the computed ones.

    One row is a visit.
    """
    _refuse(source, output)
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
    book = stating_scores(book, recorded, clinical, {})
    visits, alone = read_recorded(open_input(source, book), book)
    _write(pictures.audit(visits, alone), output, Provenance(book))


def _refuse(source: Path, output: Path) -> None:
    """Refuse, before the work, what cannot be drawn or written."""
    refuse_outputs(source, output, formats=PICTURE_FORMATS)
    require_renderer()


def _write(drawn: Picture, output: Path, made: Provenance) -> None:
    with together():
        drawn.save(output)
        write_provenance(made.facts, output)
    print(wrapped(f"{file_name(output)}: {drawn.title}"))
    print(wrapped(drawn.description))
    print(made)


for command in (course, cohort, audit):
    app.command(short_help=first_line(command))(command)
