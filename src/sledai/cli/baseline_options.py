"""The options that say which visit of a patient is the baseline."""

from typing import Annotated, Literal

import typer

from sledai.cli.options import pairs
from sledai.codebook import Codebook
from sledai.codebook.dates import accepted_dates, date_said, read_date
from sledai.errors import InvalidInputError, file_name
from sledai.files import VisitFile
from sledai.frame import BaselineRows

__all__ = [
    "BaselineBy",
    "BaselineOption",
    "BaselineWhere",
    "baseline_rows",
    "baseline_said",
]

BaselineOption = Annotated[
    Literal["first"] | None,
    typer.Option(
        "--baseline",
        help="Hold each visit against the first of its patient: days, change, SRI-4 to SRI-8.",
    ),
]
BaselineWhere = Annotated[
    list[str],
    typer.Option(
        "--baseline-where",
        metavar="COLUMN=TEXT",
        help="Or against the one with this text in this column, in any case, such as "
        "visit=baseline. Repeatable: all have to hold.",
    ),
]
BaselineBy = Annotated[
    str | None,
    typer.Option(
        "--baseline-by",
        metavar="DATE|COLUMN",
        help="Or against the last on or before this date, or the date in this column, such as that "
        "of the first dose.",
    ),
]


def baseline_rows(
    first: str | None, where: list[str], by: str | None, visits: VisitFile, book: Codebook
) -> BaselineRows | None:
    """Read the options, of which one is given at most; None without any.

    Raises `InvalidInputError` for several, for columns that are not there, and for what is neither
    a date nor a column.
    """
    marks = dict(pairs("--baseline-where", where, "COLUMN=TEXT", "visit=baseline"))
    given = {"--baseline": first, "--baseline-where": marks, "--baseline-by": by}
    flags = [flag for flag, said in given.items() if said]
    if len(flags) > 1:
        raise InvalidInputError(f"found {' and '.join(flags)}; accepted: one of {', '.join(given)}")
    for column in marks:
        if column not in visits.columns:
            raise InvalidInputError.no_column(column, f"{file_name(visits.path)}, --baseline-where")
    if marks:
        return BaselineRows.marked(marks)
    if by is None:
        return None if first is None else BaselineRows.first()
    try:
        return BaselineRows.last_by(read_date(by, book.visit))
    except InvalidInputError:
        if by in visits.columns:
            return BaselineRows.last_by(by)
        accepted = f"{accepted_dates(book.visit)}, or a column of {file_name(visits.path)}"
        raise InvalidInputError.found(by, accepted, "--baseline-by") from None


def baseline_said(rows: BaselineRows, book: Codebook) -> str:
    """Say which visit is the baseline, with a date as the data set means it."""
    if rows.by_date is None:
        return str(rows)
    return f"the last visit on or before {date_said(rows.by_date, book.visit)}"
