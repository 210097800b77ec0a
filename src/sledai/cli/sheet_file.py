"""`sledai sheet`: a visit, a patient's course, a screen or a derivation on a sheet of paper."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sledai.cli.completion import names_of
from sledai.cli.options import (
    Absent,
    AbsentText,
    CodebookOption,
    Columns,
    EncodingOption,
    ItemsOption,
    Missing,
    NoItems,
    NotCollected,
    Present,
    SeparatorOption,
    SheetOption,
    read_codebook,
    refuse_outputs,
)
from sledai.cli.printing import wrapped
from sledai.cli.provenance import Provenance
from sledai.cli.sheet_record import Asked, record_sheet, record_text
from sledai.cli.sheet_visits import patient_visits, visit_of
from sledai.cli.visits_file import DateOption, FieldOption, SubjectOption, stating_visits
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.errors import InvalidInputError, file_name
from sledai.files.output import write_bytes
from sledai.sheets import Paper, Sheet, course_sheet, html, pdf
from sledai.trials.catalog import CATALOG, find
from sledai.visits.visit import day

__all__ = ["sheet"]


def _webpage(made: Sheet, paper: Paper) -> bytes:
    return html(made, paper=paper).encode()


def _printed(made: Sheet, paper: Paper) -> bytes:
    return pdf(made, paper=paper)


_FORMATS: Mapping[str, Callable[[Sheet, Paper], bytes]] = {".html": _webpage, ".pdf": _printed}

Source = Annotated[
    Path,
    typer.Argument(
        metavar="VISIT|FILE",
        help="A record of JSON: a visit, findings, a candidate, or a QuestionnaireResponse of "
        "FHIR; or a file of visits, as of `sledai visits`.",
    ),
]
OutputOption = Annotated[
    Path,
    typer.Option("--output", "-o", help=f"Write the sheet to this file: {', '.join(_FORMATS)}."),
]
PatientOption = Annotated[
    str | None,
    typer.Option("--patient", metavar="NAME", help="Whose sheet it is: of a file, which patient."),
]
VisitOption = Annotated[
    str | None,
    typer.Option(
        "--visit",
        metavar="DATE",
        help="The date of the visit: of a file, which visit. Without it the course is printed.",
    ),
]
RaterOption = Annotated[
    str | None, typer.Option("--rater", metavar="NAME", help="Who rated, by default a blank line.")
]
EditionOption = Annotated[
    str | None,
    typer.Option(
        "--edition",
        metavar="NAME",
        help="By whose definitions a visit was rated or is derived, by default SELENA: "
        f"{', '.join(edition.name for edition in Edition)}.",
        autocompletion=names_of(edition.name for edition in Edition),
    ),
]
Trials = Annotated[
    list[str],
    typer.Option(
        metavar="ID",
        help="Judge the activity rule of this trial on a visit. Repeatable.",
        autocompletion=names_of(trial.registry_id for trial in CATALOG),
    ),
]
PaperOption = Annotated[Paper, typer.Option("--paper", help="The size of the paper.")]


def sheet(
    source: Source,
    output: OutputOption,
    patient: PatientOption = None,
    visit: VisitOption = None,
    rater: RaterOption = None,
    edition: EditionOption = None,
    trial: Trials = [],
    paper: PaperOption = "a4",
    codebook: CodebookOption = None,
    subject: SubjectOption = None,
    date: DateOption = None,
    field_: FieldOption = [],
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
    """Print a visit, a course, a screen or a derivation on a sheet, to be signed.

    What is not known is printed as not assessed; a name or a date that nobody says is a line to be
    filled in. PDF needs the extra `sheets`.
    """
    refuse_outputs(source, output, formats=_FORMATS)
    trials = tuple(dict.fromkeys(map(find, trial)))
    asked = Asked(subject=patient, rater=rater, edition=edition, trials=trials)
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
    book = stating_visits(book, subject, date, field_)
    if (text := record_text(source)) is None:
        kind, made = _of_file(source, book, asked, visit)
    else:
        kind, made = _of_record(source, text, book, asked, visit)
    whole = _FORMATS[output.suffix.lower()](made, paper)
    write_bytes(whole, output)
    print(wrapped(f"{made.title} of {kind} written to {file_name(output)}"))
    print(Provenance(book))


def _of_file(source: Path, book: Codebook, asked: Asked, visit: str | None) -> tuple[str, Sheet]:
    name, history = patient_visits(source, book, asked.subject)
    asked = replace(asked, subject=name)
    if visit is not None:
        found = visit_of(history, visit, book)
        return "a visit", asked.sheet_of(found, asked.rated_by, codebook=book)
    if asked.trials:
        raise InvalidInputError("--trial: accepted with --visit DATE")
    return "a patient", course_sheet(
        history,
        edition=asked.rated_by,
        subject=asked.subject,
        rater=asked.rater,
        codebook=book,
    )


def _of_record(
    source: Path, text: str, book: Codebook, asked: Asked, visit: str | None
) -> tuple[str, Sheet]:
    if book.lines():
        said = ", ".join(f"[{section}]" for section in book.lines())
        raise InvalidInputError.in_words(
            f"a codebook with {said}", "none beside a record of JSON, which says itself what it is"
        )
    try:
        when = None if visit is None else day(visit)
    except InvalidInputError as error:
        raise InvalidInputError(f"--visit: {error}") from None
    try:
        return record_sheet(text, asked, when)
    except InvalidInputError as error:
        raise InvalidInputError(f"{file_name(source)}: {error}") from None
