"""`sledai audit`: recorded totals of a file against recomputed ones, batch by batch."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from sledai.answers import find_answers, item_columns, read_numbers
from sledai.audit import LAB_LIMITS, Check
from sledai.audit import audit as audit_frame
from sledai.cli.options import (
    Absent,
    AbsentText,
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
    read_input,
    read_lab,
    refuse_outputs,
)
from sledai.cli.problems import Problems
from sledai.cli.progress import reading
from sledai.cli.report import Report
from sledai.files import OUTPUT_FORMATS, Dialect, Output, open_visits, write_text
from sledai.words import stated_words

__all__ = ["audit"]

_JSON = ".json"

Recorded = Annotated[
    str, typer.Option("--recorded", metavar="COLUMN", help="The column of recorded totals.")
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


def audit(
    source: InputFile,
    recorded: Recorded,
    clinical: Clinical = None,
    lab: Labs = [],
    output: OutputOption = None,
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
    """Recompute the recorded totals of a file of visits.

    Each row that disagrees is reported with the smallest sets of descriptors that explain it, and
    each recorded total of a row with descriptors not assessed with what it implies. Laboratory
    values give queries, never corrections.

    Exit code 1 when a recorded score disagrees; queries do not change it.
    """
    words = stated_words(present, absent_text)
    scores = {Check.TOTAL: recorded} | ({} if clinical is None else {Check.CLINICAL: clinical})
    as_json = output is not None and output.suffix.lower() == _JSON
    refuse_outputs(source, output, formats={**OUTPUT_FORMATS, _JSON: "JSON"})
    visits = open_visits(source, Dialect(separator, encoding, sheet))
    labs = [read_lab(option, visits.columns) for option in lab]
    input_ = read_input(
        visits,
        column=column,
        not_collected=not_collected,
        absent=absent,
        no_item=no_item,
        reserved=[*scores.values(), *(one.column for one in labs)],
    )
    problems = Problems(input_)
    report = Report(input_, scores, keep=as_json)
    with reading(input_.visits) as show, ExitStack() as files:
        table = files.enter_context(Output(output)) if output and not as_json else None
        for batch in problems.until_enough():
            answers = find_answers(
                batch.visits, input_.columns, items=items, missing=missing, words=words
            )
            problems.add_code(answers)
            problems.add(batch, answers)
            numbers: dict[str, pl.Series] = {}
            for name in scores.values():
                numbers[name], wrong = read_numbers(batch.visits[name], missing)
                problems.add_cells(
                    batch,
                    name,
                    wrong,
                    "recorded scores that are no number",
                    "a number, empty; other texts need --missing TEXT",
                )
            for one in labs:
                numbers[one.column], wrong = read_numbers(batch.visits[one.column], missing)
                report.add_unreadable(one.column, batch.visits[one.column].filter(wrong))
            if not problems.found:  # else read on to find the others
                found = audit_frame(
                    answers.items_alone.with_columns(*numbers.values()),
                    recorded=recorded,
                    clinical=clinical,
                    labs=labs,
                    columns=item_columns(input_.columns),
                    not_collected=input_.not_collected,
                    absent=input_.absent,
                )
                rows = report.add(batch, found)
                if table is not None:
                    table.write(rows)
            show(batch)
        problems.refuse()
        if output and as_json:
            write_text(report.json() + "\n", output)
    report.print()
    if output:
        print(f"{report.findings} findings written to {output}")
    if report.disagreements:
        raise typer.Exit(1)
