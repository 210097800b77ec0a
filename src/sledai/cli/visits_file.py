"""`sledai visits`: each patient's course over the visits of a file."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - `date` names a column
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from sledai.answers import ANSWER_WORDS, find_answers, plain_name, read_numbers
from sledai.cli.options import (
    Absent,
    Columns,
    EncodingOption,
    Input,
    InputFile,
    ItemsOption,
    Missing,
    NotCollected,
    SeparatorOption,
    SheetOption,
    open_input,
    refuse_outputs,
)
from sledai.cli.printing import ROWS_SHOWN, printable, wrapped
from sledai.cli.problems import Problems
from sledai.cli.progress import reading
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.errors import InvalidInputError, shorten
from sledai.fields import measured
from sledai.files import OUTPUT_FORMATS, Batch, Dialect, open_visits, write_visits
from sledai.follow_up import FIELDS, histories, patient_row, visit_row
from sledai.indices import adjusted_mean
from sledai.indices.sfi import Flare, FlareResult
from sledai.quantities import UNITS
from sledai.scoring import score_bounds
from sledai.series import Step, course, first_flare, time_in
from sledai.verdict import Verdict
from sledai.visits import History

__all__ = ["ALIASES", "visits"]

ALIASES = {
    "pga": "physician_global",
    "clinician_global": "physician_global",
    "physician_global_assessment": "physician_global",
    "prednisone": "prednisone_mg_day",
    "weight": "weight_kg",
}
"""Other names under which fields of a visit are met in files."""

_NUMBERS = ("physician_global", "prednisone_mg_day", "weight_kg")
_AMOUNTS = tuple(name for name in FIELDS if name in UNITS)
_ANY = Descriptor.SEIZURE  # yes and no are said in the same words for each

SubjectOption = Annotated[
    str, typer.Option("--subject", metavar="COLUMN", help="The column that tells patients apart.")
]
DateOption = Annotated[
    str, typer.Option("--date", metavar="COLUMN", help="The date of the visit, as 2024-01-16.")
]
FieldOption = Annotated[
    list[str],
    typer.Option(
        "--field",
        metavar="THEIRS=FIELD",
        help="Read a field of the visit from this column, as global=physician_global; of platelets "
        "and hemoglobin with the unit of its numbers, as 'plt=platelets 10*9/L'. Columns with "
        f"the names of fields are read by themselves: {', '.join(FIELDS)}. Repeatable.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help=f"Write a row for each visit: {', '.join(OUTPUT_FORMATS)}."
    ),
]
PatientsOption = Annotated[
    Path | None, typer.Option("--patients", metavar="FILE", help="Write a row for each patient.")
]


def visits(
    source: InputFile,
    subject: SubjectOption,
    date: DateOption,
    field_: FieldOption = [],
    output: OutputOption = None,
    patients: PatientsOption = None,
    items: ItemsOption = "binary",
    column: Columns = [],
    missing: Missing = [],
    not_collected: NotCollected = [],
    absent: Absent = [],
    separator: SeparatorOption = ",",
    encoding: EncodingOption = "utf-8",
    sheet: SheetOption = None,
) -> None:
    """Follow each patient over the visits of a file: change, flare, low activity, remission.

    One row is a visit. Rows are sorted by patient and date. What an index needs and the file does
    not have leaves it open.
    """
    refuse_outputs(source, output, patients)
    dialect = Dialect(separator, encoding, sheet)
    there = open_visits(source, dialect).columns
    fields, units = _fields(there, field_, reserved={subject, date})
    input_ = open_input(
        source,
        dialect,
        column=column,
        not_collected=not_collected,
        absent=absent,
        reserved=[subject, date, *fields],
    )
    reader = _Reader(input_, subject, date, fields, units, items, missing)
    found = histories(
        reader.read(),
        subject=_SUBJECT,
        date=_DATE,
        not_collected=input_.not_collected,
        absent=input_.absent,
        place=lambda row: f"{source}: {input_.visits.place} {reader.places[row]}",
    )
    courses = {patient: course(history) for patient, history in found.items()}
    if output is not None:
        rows = (
            {subject: patient, date: step.visit.date, **visit_row(step)}
            for patient, steps in courses.items()
            for step in steps
        )
        write_visits(pl.DataFrame(list(rows), infer_schema_length=None), output)
    if patients is not None:
        rows = ({subject: patient, **patient_row(history)} for patient, history in found.items())
        write_visits(pl.DataFrame(list(rows), infer_schema_length=None), patients)
    if output is None and patients is None:
        _print_courses(courses, found)
    _print_end(input_, fields, found)


_SUBJECT, _DATE = "the patient", "the date"  # no names of fields or descriptors


def _fields(
    there: list[str], options: list[str], reserved: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Say which column holds which field, and in which unit where its cells are plain numbers.

    Options come first, then names and aliases.
    """
    fields: dict[str, str] = {}
    units: dict[str, str] = {}
    for option in options:
        theirs, equals, rest = option.rpartition("=")
        name, _, unit = rest.partition(" ")
        if not equals or name not in FIELDS or (unit and unit not in UNITS.get(name, {})):
            raise InvalidInputError(
                f"--field: found {shorten(option)}; accepted: THEIRS=FIELD, where FIELD is one of "
                f"{', '.join(FIELDS)}; with a unit for "
                + " and ".join(f"{name} ({', '.join(UNITS[name])})" for name in _AMOUNTS)
            )
        if theirs not in there:
            raise InvalidInputError(f"--field: no column {shorten(theirs)}")
        if theirs in fields or name in fields.values():
            raise InvalidInputError(f"--field: {shorten(option)} is named twice")
        fields[theirs] = name
        if unit:
            units[theirs] = unit
    named = set(fields.values())
    for theirs in there:
        plain = plain_name(theirs)
        found = plain if plain in FIELDS else ALIASES.get(plain)
        if found is None or found in named or theirs in reserved or theirs in fields:
            continue
        if others := [other for other, of in fields.items() if of == found]:
            raise InvalidInputError(
                f"columns {shorten(others[0])} and {shorten(theirs)} both go by names of {found}; "
                "say which one is meant (--field)"
            )
        fields[theirs] = found
    return fields, units


@dataclass(slots=True)
class _Reader:
    """Reads a file into one frame of answers, dates and fields, and remembers where rows stood."""

    input_: Input
    subject: str
    date: str
    fields: Mapping[str, str]
    units: Mapping[str, str]
    items: ItemsOption
    missing: list[str]
    places: list[int] = field(default_factory=list[int])

    def read(self) -> pl.DataFrame:
        problems = Problems(self.input_)
        frames: list[pl.DataFrame] = []
        with reading(self.input_.visits) as show:
            for batch in problems.until_enough():
                frames.append(self._batch(batch, problems))
                self.places += batch.places.to_list()
                show(batch)
            problems.refuse()
        return pl.concat(frames)

    def _batch(self, batch: Batch, problems: Problems) -> pl.DataFrame:
        answers = find_answers(
            batch.visits, self.input_.columns, items=self.items, missing=self.missing
        )
        problems.add(batch, answers)
        read = [answers.visits[name].alias(d.value) for name, d in self.input_.columns.items()]
        signs = {t: _ANY for t, name in self.fields.items() if name not in {*_NUMBERS, *_AMOUNTS}}
        said = find_answers(batch.visits, signs, missing=self.missing)
        other = "empty; other texts need --missing TEXT"
        problems.add(batch, said, f"; accepted: {', '.join(ANSWER_WORDS)} (any case), {other}")
        for theirs, name in self.fields.items():
            cells = batch.visits[theirs]
            if name in _NUMBERS:
                numbers, wrong = read_numbers(cells, self.missing)
                what, accepted = "cells that are no number", f"a number, {other}"
            elif name in _AMOUNTS:
                read_one = _amount_of(name, self.units.get(theirs, ""))
                numbers, wrong = _texts(cells, self.missing, read_one, pl.String)
                units = self.units.get(theirs) or f"and one of {', '.join(UNITS[name])}"
                what, accepted = "cells that are no amount", f"a number {units}, {other}"
            else:
                read.append(said.visits[theirs].alias(name))
                continue
            problems.add_cells(batch, theirs, wrong, what, accepted)
            read.append(numbers.alias(name))
        dates, wrong = _texts(batch.visits[self.date], [], _as_date, pl.Date)
        wrong |= dates.is_null()
        problems.add_cells(batch, self.date, wrong, "cells that are no date", "as 2024-01-16")
        subjects = batch.visits[self.subject].cast(pl.String)
        none = subjects.str.strip_chars().fill_null("") == ""
        problems.add_cells(batch, self.subject, none, "rows of no patient", "a name or number")
        return pl.DataFrame([subjects.alias(_SUBJECT), dates.alias(_DATE), *read])


def _texts(
    cells: pl.Series, missing: list[str], read: Callable[[object], object], dtype: type[pl.DataType]
) -> tuple[pl.Series, pl.Series]:
    """Read each cell, where nothing is null, and say which are not accepted."""
    values: list[object] = []
    wrong: list[bool] = []
    for cell in cells.to_list():
        text = cell.strip() if isinstance(cell, str) else cell
        value = None
        if text not in {None, "", *missing}:
            with suppress(ValueError):
                value = read(text)
        values.append(value)
        wrong.append(value is None and text not in {None, "", *missing})
    return pl.Series(cells.name, values, dtype=dtype), pl.Series(wrong, dtype=pl.Boolean)


def _amount_of(name: str, unit: str) -> Callable[[object], object]:
    return lambda cell: str(measured(f"{cell} {unit}" if unit else cell, name))


def _as_date(cell: object) -> Date:
    if isinstance(cell, Date):  # and so a time of day
        return Date(cell.year, cell.month, cell.day)
    return Date.fromisoformat(str(cell))


def _print_courses(
    courses: Mapping[object, tuple[Step, ...]], found: Mapping[object, History]
) -> None:
    print(f"{'date':12}{'total':>8}  {'clinical':>8}  {'change':>9}  flare   LLDAS  DORIS")
    shown = 0
    for patient, steps in courses.items():
        if shown >= ROWS_SHOWN:
            break
        print()
        print(wrapped(f"{printable(patient).plain}: {_summary(found[patient])}"))
        for step in steps:
            for line in _lines(step):
                print(line)
        shown += len(steps)
    total = sum(map(len, courses.values()))
    if shown < total:
        print(f"\n... and {total - shown:,} visits more (--output FILE writes all)")
    print()


def _summary(history: History) -> str:
    visits = len(history.visits)
    if visits == 1:
        return "1 visit"
    days = (history.visits[-1].date - history.visits[0].date).days
    states = ", ".join(f"{name} {time_in(history, name)}" for name in ("LLDAS", "DORIS"))
    return (
        f"{visits} visits, {days} days; adjusted mean {adjusted_mean.assess(history)}; "
        f"first flare: {first_flare(history)}; time in {states}"
    )


def _lines(step: Step) -> Iterable[str]:
    total = score_bounds(step.assessment)
    clinical = score_bounds(step.assessment, excluding=SEROLOGIC)
    change = "" if step.change is None else str(step.change.total)
    flare = "" if step.flare is None else _flare(step.flare)
    states = f"{_STATES[step.lldas.verdict]:5}  {_STATES[step.doris.verdict]}"
    yield f"{step.visit.date!s:12}{total!s:>8}  {clinical!s:>8}  {change:>9}  {flare:6}  {states}"
    if step.change is not None:
        said = [
            f"{word}: {listed(which)}"
            for word, which in (("new", step.change.new), ("resolved", step.change.resolved))
            if which
        ]
        if said:
            yield wrapped(f"    {'; '.join(said)}", indent=6)


def _flare(result: FlareResult) -> str:
    if result.flare is None:
        return "open" if Flare.NONE in result.possible else "flare"
    return result.flare.split("/")[0]


_STATES = {Verdict.MET: "yes", Verdict.NOT_MET: "no", Verdict.UNDETERMINED: "open"}


def _print_end(input_: Input, fields: Mapping[str, str], found: Mapping[object, History]) -> None:
    count = sum(len(history.visits) for history in found.values())
    print(f"{count:,} visits of {len(found):,} patients")
    for line in input_.said():
        print(wrapped(line))
    if fields:
        read = [
            name if theirs == name else f"{printable(theirs).plain} as {name}"
            for theirs, name in fields.items()
        ]
        print(wrapped(f"fields read: {', '.join(read)}"))
    if unknown := [name for name in FIELDS if name not in fields.values()]:
        print(wrapped(f"not in the file, so not known at any visit: {', '.join(unknown)}"))
    print(
        wrapped(
            "open: what is not known decides; flare: one that may be mild or severe; mild: "
            "mild/moderate"
        )
    )
