"""The visits of a frame as plain rows, patient by patient and by date, to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sledai import frame
from sledai.codebook import Codebook
from sledai.codebook.dates import read_date
from sledai.descriptors import Descriptor
from sledai.engines import opened, result_names
from sledai.errors import InvalidInputError
from sledai.frame import BASELINE_COLUMNS, BaselineRows, visit_columns
from sledai.frame.descriptor_columns import codebook_of
from sledai.frame.row_points import (
    ANSWER_OF_CODE,
    add_columns,
    coded_answer,
    coded_answers,
)
from sledai.frame.visit_rows import stating_visit, visit_columns_of
from sledai.indices.states import STATES, Readings
from sledai.pictures.frames import plain_values
from sledai.pictures.picture import Row
from sledai.pictures.style import LEFT, Layer, counted, short
from sledai.scoring import ScoreBounds

__all__ = ["Cohort", "Drawn", "read_cohort"]

MANY = 40
"""Of more patients than these no line has a name, and no cell a number."""
_ROW = 17
_TALL = 720
_TITLE, _CHARACTER = 30, 7  # the widths of a title on its side, and of a character of a name


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a kind of picture makes of a cohort."""

    title: str
    panels: list[Layer]
    data: Mapping[str, list[Row]]
    notes: list[str]
    said: list[str] = field(default_factory=list[str])
    description: list[str] = field(default_factory=list[str])
    left: int = LEFT


@dataclass(frozen=True, slots=True)
class Cohort:
    """The visits of each patient in order, under the names by which patients are drawn.

    A visit has its number, the day since the first, the bounds of its total, the verdict on each
    state, and what `BASELINE_COLUMNS` say of its change.
    """

    patients: Mapping[str, list[Row]]
    readings: Readings
    baseline: BaselineRows | None
    df: Any
    codebook: Codebook | None

    @property
    def visits(self) -> list[Row]:
        """The visits of all patients."""
        return [visit for visits in self.patients.values() for visit in visits]

    @property
    def said(self) -> str:
        """How many there are."""
        return f"{counted(len(self.patients), 'patient')}, {counted(len(self.visits), 'visit')}"

    @property
    def many(self) -> bool:
        """Whether there are so many that each is a thin line without a name."""
        return len(self.patients) > MANY

    @property
    def height(self) -> int:
        """How high the lines of all patients are together."""
        count = len(self.patients)
        return max(_TALL, count) if self.many else _ROW * count

    @property
    def left(self) -> int:
        """How wide their names are."""
        longest = max(map(len, self.patients))
        return _TITLE if self.many else min(LEFT, 14 + _CHARACTER * longest)

    def lines(self) -> Layer:
        """Place something in the line of its patient."""
        title = f"{len(self.patients):,} patients, in the order of the data" if self.many else None
        axis: Layer = {
            "title": title,
            "titlePadding": 0,
            "domain": False,
            "ticks": False,
            "labels": not self.many,
            "labelPadding": 8,
        }
        return {
            "field": "patient",
            "type": "nominal",
            "sort": None,
            "scale": {"domain": list(self.patients), "padding": 0 if self.many else 0.15},
            "axis": axis,
        }

    def answers(self) -> list[Mapping[Descriptor, bool | None]]:
        """Give the answers of each row that is a visit."""
        added = opened(
            add_columns(
                self.df,
                coded_answers,
                integers=[],
                added=[],
                codebook=self.codebook,
                policy="strict",
                reads_more=True,
            )
        )
        columns = {d: plain_values(added, coded_answer(d)) for d in Descriptor}
        numbers = [visit["row"] for visit in self.visits]
        return [{d: ANSWER_OF_CODE[column[n]] for d, column in columns.items()} for n in numbers]


def read_cohort(
    df: Any,
    codebook: Codebook | None,
    subject: str | None,
    date: str | None,
    readings: Readings,
    baseline: BaselineRows | None,
) -> Cohort:
    """Follow the patients of a frame in memory.

    Raises `InvalidInputError` as `sledai.frame.by_visit` does, and for a frame without a visit.
    """
    visits: Any = opened(
        frame.by_visit(
            df, codebook, subject=subject, date=date, readings=readings, baseline=baseline
        )
    )
    book = stating_visit(codebook_of(codebook), subject, date)
    patients, dates = visit_columns_of(book)
    wanted = {
        "low": "sledai_low",
        "high": "sledai_high",
        **{name: STATES[name].column for name in readings.states},
    }
    if baseline is not None:
        wanted |= {"change_low": _CHANGE.format("low"), "change_high": _CHANGE.format("high")}
    results = visit_columns(readings) | ({} if baseline is None else BASELINE_COLUMNS)
    names = result_names([n for n in visits.columns if n not in results], results)
    columns = {name: plain_values(visits, names[column]) for name, column in wanted.items()}
    found: dict[Any, list[tuple[Any, Row]]] = {}
    for number, (patient, day) in enumerate(
        zip(plain_values(visits, patients), plain_values(visits, dates), strict=True)
    ):
        row = {name: values[number] for name, values in columns.items()}
        if row["low"] is not None:  # else another row of a day, which does not count
            found.setdefault(patient, []).append(
                (read_date(day, book.visit), row | {"row": number})
            )
    if not found:
        raise InvalidInputError.in_words("none", "one at least", "visits")
    drawn: dict[str, list[Row]] = {}
    for patient, rows in found.items():
        name = _name(patient, drawn)
        drawn[name] = _in_order(name, rows)
    return Cohort(drawn, readings, baseline, df, codebook)


_CHANGE = "sledai_baseline_change_{}"


def _name(patient: object, taken: Mapping[str, object]) -> str:
    """Give a patient a name in the picture that no other has."""
    name, number = short(patient), 2
    while name in taken:
        name, number = f"{short(patient)} ({number})", number + 1
    return name


def _in_order(name: str, rows: list[tuple[Any, Row]]) -> list[Row]:
    rows = sorted(rows, key=lambda one: one[0])
    first = rows[0][0]
    return [
        {
            "patient": name,
            "visit": number,
            "day": (day - first).days,
            "said": str(ScoreBounds(row["low"], row["high"])),
            **row,
        }
        for number, (day, row) in enumerate(rows, 1)
    ]
