"""`sledai audit`: recorded totals of a file against recomputed ones, batch by batch."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from sledai.audit import LAB_LIMITS
from sledai.audit import audit as audit_frame
from sledai.audit.agreement import checked_labs, recorded_columns
from sledai.cells import Answers, find_answers, read_numbers
from sledai.cli.audit_report import Report
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
    lab_lines,
    open_input,
    read_codebook,
    read_items,
    refuse_outputs,
)
from sledai.cli.printing import names_said, printable, wrapped
from sledai.cli.problems import Problems
from sledai.cli.provenance import Provenance
from sledai.cli.rejects import Rejects, rejects_option
from sledai.codebook import Codebook, Lab
from sledai.errors import InvalidInputError, file_name
from sledai.files import (
    OUTPUT_FORMATS,
    Batch,
    Output,
    together,
    write_provenance,
    write_text,
)

__all__ = ["Clinical", "Recorded", "audit", "stating_scores"]

_JSON = ".json"

Recorded = Annotated[
    str | None,
    typer.Option("--recorded", metavar="COLUMN", help="The column of recorded totals."),
]
Clinical = Annotated[
    str | None,
    typer.Option("--clinical", metavar="COLUMN", help="The column of recorded clinical scores."),
]
Labs = Annotated[
    list[str],
    typer.Option(
        "--lab",
        metavar="'ANALYTE=COLUMN UNIT'",
        help="Hold items against laboratory values, such as 'platelets=plt 10*9/L'; analytes: "
        f"{', '.join(LAB_LIMITS)}. Repeatable.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help=f"Write the findings to this file: {', '.join(OUTPUT_FORMATS)}, or, with the summary, "
        f"{_JSON}.",
    ),
]
RejectsOption = Annotated[
    Path | None,
    rejects_option(
        "Write the records that are no row to this file, with line and reason, and audit all rows."
    ),
]


def audit(
    source: InputFile,
    codebook: CodebookOption = None,
    recorded: Recorded = None,
    clinical: Clinical = None,
    lab: Labs = [],
    output: OutputOption = None,
    rejects: RejectsOption = None,
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
    """Recompute the recorded totals of a file of visits.

    Each row that disagrees is reported with the smallest sets of descriptors that explain it, and
    each recorded total of a row with descriptors not assessed with what it implies. Laboratory
    values give queries, never corrections. A cell that cannot be read is reported, and counts as
    not known.

    Exit code 1 when a recorded score disagrees, or an answer or a recorded score cannot be read;
    queries do not change it.
    """
    as_json = output is not None and output.suffix.lower() == _JSON
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
    refuse_outputs(source, rejects)
    refuse_outputs(source, output, rejects, formats={**OUTPUT_FORMATS, _JSON: "JSON"})
    rows = open_input(source, book)
    book = stating_scores(book, recorded, clinical, lab_lines(lab, rows.visits.columns))
    scores, labs = recorded_columns(book), checked_labs(book)
    input_ = read_items(rows, book)
    input_.require([*scores.values(), *(one.column for one in labs)])
    alone = input_.alone(
        recorded=book.recorded.lines(),
        findings={one.analyte: {"column": one.column, "unit": one.unit} for one in labs},
    )
    made = Provenance(book)
    aside = Rejects(rows.visits, rejects, made)
    problems = Problems(input_, aside)
    report = Report(input_, scores, keep=as_json)
    checked = [*scores.items(), *((one.analyte, one.column) for one in labs)]
    with problems.batches() as batches, together(), ExitStack() as files:
        table = files.enter_context(Output(output, made.facts)) if output and not as_json else None
        aside.open(files)
        for batch in batches:
            answers = find_answers(batch.visits, input_.words, book.rows)
            problems.add_code(answers)
            problems.add(batch)
            if problems.found:  # read on to find the others
                continue
            findings = _audited(batch, answers, checked, alone, report)
            aside.write(aside.split(batch)[1])
            if table is not None:
                table.write(findings)
        if table is not None:
            table.finish()  # both are whole before either gets its name
        aside.finish()
        if output and as_json:
            write_text(report.json() + "\n", output)
            write_provenance(made.facts, output)
    report.print()
    for line in (*_passed_over(book, labs), *names_said(aside.names)):
        print(wrapped(line))
    if output:
        print(wrapped(f"{report.findings} findings written to {file_name(output)}"))
    for line in aside.said():
        print(wrapped(line))
    print(made)
    if report.disagreements or report.unread or aside.count:
        raise typer.Exit(1)


def _audited(
    batch: Batch,
    answers: Answers,
    checked: list[tuple[str, str]],
    alone: Codebook,
    report: Report,
) -> pl.DataFrame:
    """Audit a batch, in which what cannot be read is not known, and give the findings as rows."""
    report.add_answers(answers)
    file = report.input_.book.file
    numbers: dict[str, pl.Series] = {}
    for check, name in checked:
        numbers[name], wrong = read_numbers(batch.visits[name], file.missing, file.decimal)
        report.add_numbers(check, batch.visits[name], wrong)
    visits = answers.alone(report.input_.columns).with_columns(*numbers.values())
    return report.add(batch, audit_frame(visits, alone))


def _passed_over(book: Codebook, labs: Sequence[Lab]) -> list[str]:
    """Say which laboratory values of the codebook no item was held against."""
    held = {lab.analyte for lab in labs}
    others = [lab for lab in book.findings.labs if lab.analyte not in held]
    said = [f"{printable(lab.column).plain} as {lab.analyte}" for lab in others]
    return [f"held against no item: {', '.join(said)}"] if said else []


def stating_scores(
    book: Codebook, total: str | None, clinical: str | None, labs: dict[str, dict[str, Any]]
) -> Codebook:
    """Put what the options say of scores and laboratory values in place of lines.

    Raises `InvalidInputError` for an analyte without a limit, and where nothing names a total.
    """
    for analyte in labs:
        if analyte not in LAB_LIMITS:
            raise InvalidInputError.found(analyte, ", ".join(LAB_LIMITS), "--lab")
    scores = {"total": total, "clinical": clinical}
    stated = {check: name for check, name in scores.items() if name is not None}
    book = book.stating({"recorded": stated, "findings": labs})
    if book.recorded.total is None:
        raise InvalidInputError(
            "no recorded total; accepted: --recorded COLUMN, or total in [recorded] of a codebook"
        )
    return book
