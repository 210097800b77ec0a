"""Files of visits read whole, to be drawn or printed; what is wrong is said by its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from sledai.audit.agreement import recorded_columns
from sledai.cells import RowsRead, find_answers, read_numbers
from sledai.cli.options import read_items
from sledai.cli.problems import EMPTY, problems_of
from sledai.cli.visit_cells import PLACE, REASON, RECORD, visits_reader
from sledai.cli.visit_courses import Courses
from sledai.cli.whole_patients import ROW, SUBJECT
from sledai.codebook import Codebook
from sledai.errors import InvalidInputError, shorten
from sledai.frame import BaselineRows, histories
from sledai.indices.states import Readings
from sledai.visits import History

__all__ = ["VisitsRead", "read_recorded", "read_visits"]

_NAMED = 3
"""How many patients are named where another is asked for."""


@dataclass(frozen=True, slots=True)
class VisitsRead:
    """The visits of a file, and the codebook that says how they are written now."""

    path: str
    visits: pl.DataFrame
    book: Codebook
    baseline: BaselineRows | None

    def of_patient(self, name: str | None) -> tuple[str, History]:
        """Find a patient; where there is one alone, nobody needs to be named.

        Raises `InvalidInputError` for none of the file, with the names that come closest.
        """
        patients: Sequence[str] = self.visits[SUBJECT].unique(maintain_order=True).to_list()
        if name is None and len(patients) == 1:
            name = patients[0]
        if name is None or name not in patients:
            close = get_close_matches(name or "", patients, n=_NAMED, cutoff=0.5)
            some = ", ".join(map(shorten, close or patients[:_NAMED]))
            accepted = f"one of {len(patients):,} patients, such as {some}"
            found = "none" if name is None else shorten(name)
            raise InvalidInputError.in_words(found, accepted, "--patient")
        rows = self.visits.filter(pl.col(SUBJECT) == name)
        (history,) = histories(rows, self.book).values()
        return name, history


def read_visits(
    rows: RowsRead, book: Codebook, readings: Readings, baseline: BaselineRows | None
) -> VisitsRead:
    """Read the visits of an open file, whose codebook names patient and date.

    Raises `InvalidInputError` as `sledai visits` does, with lines, and for a file without a visit.
    """
    reader = visits_reader(rows, book, baseline)
    courses = Courses(reader, readings, writes_visits=False, writes_patients=False, shows=False)
    with reader.problems.batches() as batches:
        visits = pl.concat([*reader.read(batches)] or [pl.DataFrame()])
    if visits.is_empty():
        raise InvalidInputError(f"{rows.visits.path}: no visits")
    courses.follow(visits)
    courses.refuse()
    read = visits.drop(ROW, PLACE, REASON, RECORD)
    return VisitsRead(str(rows.visits.path), read, reader.as_read, reader.baseline_read)


def read_recorded(rows: RowsRead, book: Codebook) -> tuple[pl.DataFrame, Codebook]:
    """Read the answers and recorded scores of an open file, and say how they are written now.

    Raises `InvalidInputError` for cells that are neither, with lines.
    """
    scores = recorded_columns(book)
    input_ = read_items(rows, book)
    input_.require([*scores.values()])
    problems = problems_of(input_)
    frames: list[pl.DataFrame] = []
    with problems.batches() as batches:
        for batch in batches:
            answers = find_answers(batch.visits, input_.words, book.rows)
            problems.add_code(answers)
            problems.add(batch)
            problems.add_items(batch, answers)
            read: list[pl.Series] = []
            for name in scores.values():
                numbers, wrong = read_numbers(
                    batch.visits[name], book.file.missing, book.file.decimal
                )
                accepted = f"a number, {EMPTY}"
                problems.add_cells(batch, name, wrong, "cells that are no number", accepted)
                read.append(numbers)
            frames.append(answers.alone(input_.columns).with_columns(*read))
    return pl.concat(frames), input_.alone(recorded=book.recorded.lines())
