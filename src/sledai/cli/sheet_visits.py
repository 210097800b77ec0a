"""The visits of one patient of a file, for `sledai sheet`."""

from datetime import date
from pathlib import Path

from sledai.cli.draw_input import read_visits
from sledai.cli.options import open_input
from sledai.codebook import Codebook
from sledai.codebook.dates import read_date
from sledai.errors import SHOWN, InvalidInputError, shorten
from sledai.indices.states import DEFAULT
from sledai.visits import History, Visit

__all__ = ["patient_visits", "visit_of"]


def patient_visits(source: Path, book: Codebook, patient: str | None) -> tuple[str, History]:
    """Read the visits of a patient; where there is one alone, nobody needs to be named.

    Raises `InvalidInputError` for whatever in the file cannot be read, for a codebook that says
    study days in place of dates, and for a patient who is not there, with some who are.
    """
    if book.visit.day is not None:
        raise InvalidInputError.in_words("study days", "a column of dates", "[visit] day")
    return read_visits(open_input(source, book), book, DEFAULT, None).of_patient(patient)


def visit_of(history: History, when: str, book: Codebook) -> Visit:
    """Find the visit of a date, written as the file has dates or as 2024-01-16.

    Raises `InvalidInputError` for another date, with those that there are.
    """
    days = {visit.date: visit for visit in history.visits}
    if (visit := days.get(_date(when, book))) is None:
        there = [*map(str, days)]
        more = f", and {len(there) - SHOWN:,} more" if len(there) > SHOWN else ""
        accepted = ", ".join(there[:SHOWN]) + more
        raise InvalidInputError.in_words(shorten(when), accepted, "--visit")
    return visit


def _date(when: str, book: Codebook) -> date:
    try:
        return date.fromisoformat(when)
    except ValueError:
        try:
            return read_date(when, book.visit)
        except InvalidInputError as error:
            raise InvalidInputError(f"--visit: {error}") from None
