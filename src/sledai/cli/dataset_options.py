"""The options of a data set of CDISC, and what `sledai visits` makes of whole patients for it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import polars as pl
import typer

from sledai.cdisc import Study, analysis_rows, event_rows, tabulation_rows
from sledai.cdisc.datasets import dataset_named
from sledai.cdisc.study_visits import require_dates
from sledai.cdisc.variables import require_domain
from sledai.cdisc.writing import DATASET_FORMATS
from sledai.cli.completion import names_of
from sledai.cli.visit_cells import NUMBER, REASON_GIVEN, REFERENCE, VISIT
from sledai.codebook import Codebook
from sledai.definitions import Edition
from sledai.errors import InvalidInputError, file_name
from sledai.frame import BaselineRows
from sledai.indices.states import Readings
from sledai.indices.time_to_event import ONCE

__all__ = [
    "EditionOption",
    "Exchange",
    "ReasonOption",
    "ReferenceOption",
    "StartOption",
    "StudyOption",
    "ToOption",
    "VisitNumberOption",
    "VisitOption",
    "exchange",
]

To = Literal["rs", "qs", "adam", "adtte"]
_DATASETS: dict[To, str] = {"rs": "RS", "qs": "QS", "adam": "ADSLEDAI", "adtte": "ADTTE"}
_SAID = ", ".join(DATASET_FORMATS)

ToOption = Annotated[
    To | None,
    typer.Option(
        "--to",
        help="Write a data set of CDISC to --output in place of the visits: rows of SDTM in RS or "
        f"QS, analysis rows, or times to events: {_SAID}.",
    ),
]
StudyOption = Annotated[
    str | None, typer.Option("--study", metavar="NAME", help="With --to: STUDYID.")
]
EditionOption = Annotated[
    str,
    typer.Option(
        "--edition",
        help="With --to: the edition by which the visits were rated: "
        f"{', '.join(edition.name for edition in Edition)}.",
        autocompletion=names_of(edition.name for edition in Edition),
    ),
]
VisitOption = Annotated[
    str | None,
    typer.Option(
        "--visit",
        metavar="COLUMN",
        help="With --to: the column of the visit's name, one for each number.",
    ),
]
VisitNumberOption = Annotated[
    str | None,
    typer.Option(
        "--visit-number", metavar="COLUMN", help="With --to: the column of the visit's number."
    ),
]
ReferenceOption = Annotated[
    str | None,
    typer.Option(
        "--reference",
        metavar="COLUMN",
        help="With --to: the column of the date that is study day 1, such as RFSTDTC.",
    ),
]
ReasonOption = Annotated[
    str | None,
    typer.Option(
        "--reason",
        metavar="COLUMN",
        help="With --to rs or qs: the column that says why items were not assessed.",
    ),
]
StartOption = Annotated[
    Literal["0", "1"] | None,
    typer.Option(
        "--start-is-day", help="With --to adtte: the number of the day from which time runs."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A data set that is made of whole patients, and what is stated of the study."""

    to: To
    study: Study
    readings: Readings
    start_is_day: Literal[0, 1]

    @property
    def dataset(self) -> str:
        """The name of the data set."""
        return _DATASETS[self.to]

    def rows(
        self, visits: pl.DataFrame, book: Codebook, baseline: BaselineRows | None
    ) -> pl.DataFrame:
        """Give the rows of some patients, whose visits are there as `VisitsReader` reads them."""
        columns = {
            "visit": VISIT,
            "visit_number": NUMBER,
            "reference": REFERENCE,
            "reason": REASON_GIVEN,
        }
        study = replace(self.study, **{field: columns[field] for field in self.study.named})
        if self.to == "adam":
            return analysis_rows(visits, book, study, baseline=baseline, readings=self.readings)
        if self.to != "adtte":
            return tabulation_rows(visits, book, study, domain=require_domain(self.dataset))
        return event_rows(
            visits,
            book,
            study,
            baseline=baseline or BaselineRows.first(),
            held=ONCE,
            start_is_day=self.start_is_day,
            readings=self.readings,
        )

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen, for the provenance."""
        said = {"name": self.study.name, "edition": self.study.rated_by.value, **self.study.named}
        start = {"start_is_day": self.start_is_day} if self.to == "adtte" else {}
        return {"dataset": self.dataset, "study": said, **start}

    def said(self, rows: int, path: Path, baseline: BaselineRows | None) -> list[str]:
        """Say what was written, and which variables are empty since nothing was stated."""
        dataset = dataset_named(self.dataset)
        empty: list[str] = []
        if self.study.name is None:
            empty.append("STUDYID (--study)")
        if self.to != "adtte" and self.study.visit is not None and not self.study.visit_number:
            number = "AVISITN" if self.to == "adam" else "VISITNUM"
            empty.append(f"{number} (--visit-number)")
        if self.to == "adam" and baseline is None:
            empty.append("BASE, CHG, PCHG, ABLFL and CRITy (--baseline)")
        lines = [f"{rows:,} rows of {dataset.name} written to {file_name(path)}"]
        return lines + [f"empty: {'; '.join(empty)}"] * bool(empty)


def exchange(
    to: To | None,
    study: Study,
    readings: Readings,
    start_is_day: str | None,
    *,
    book: Codebook,
    output: Path | None,
    patients: Path | None,
    baseline: BaselineRows | None,
) -> Exchange | None:
    """Read the options, or give None where no data set is asked for.

    Raises `InvalidInputError` for what is stated without a data set, for one without an output or
    beside a file of patients, for days in place of dates, and for times to events without a
    baseline or a first day.
    """
    if to is None:
        stated = [study.name, *study.named.values(), start_is_day]
        if any(one is not None for one in stated) or study.edition is not Edition.SELENA:
            accepted = f"--to {', '.join(get_args(To))} beside them"
            raise InvalidInputError.in_words("options of a data set", accepted)
        return None
    if output is None:
        raise InvalidInputError.in_words("no --output", _SAID, f"--to {to}")
    if patients is not None:
        raise InvalidInputError.in_words("--patients", "--output alone", f"--to {to}")
    require_dates(book)
    if to != "adtte":
        if start_is_day is not None:
            raise InvalidInputError.in_words("--start-is-day", "it with adtte", f"--to {to}")
    elif start_is_day is None:
        raise InvalidInputError.in_words("no --start-is-day", "0, 1", "--to adtte")
    elif baseline is None:
        accepted = "--baseline, --baseline-where or --baseline-by"
        raise InvalidInputError.in_words("no baseline", accepted, "--to adtte")
    return Exchange(
        to=to, study=study, readings=readings, start_is_day=1 if start_is_day == "1" else 0
    )
