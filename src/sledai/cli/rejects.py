"""Rows that are set aside, in a file of their own, with the reason of each (`--rejects`)."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import typer

from sledai.cells.text import plain_text
from sledai.cli.provenance import Provenance
from sledai.engines import result_names
from sledai.errors import file_name
from sledai.files import Batch, Output, VisitFile

__all__ = ["Rejects", "rejects_option"]


def rejects_option(what: str) -> Any:
    """Make the option that names the file; `what` says which rows go there."""
    return typer.Option(
        "--rejects", metavar="FILE", help=f"{what} Exit code 1 if any row was set aside."
    )


@dataclass(slots=True)
class Rejects:
    """The rows of a file that are set aside, and their reasons, gathered batch by batch.

    Where there is no `path` nothing is.
    """

    visits: VisitFile
    path: Path | None
    made: Provenance
    count: int = 0
    names: dict[str, str] = field(default_factory=dict[str, str])
    _reasons: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    _file: Output | None = None

    def __post_init__(self) -> None:
        if self.path is not None:
            added = (f"sledai_{self.visits.place}", "sledai_reason", "sledai_record")
            self.names = result_names(self.visits.columns, added)

    @property
    def wanted(self) -> bool:
        """Whether rows are set aside; else what is wrong with one is an error."""
        return self.path is not None

    def open(self, files: ExitStack) -> None:
        """Create the file beside its final name, which it gets with the other `files`."""
        if self.path is not None:
            self._file = files.enter_context(Output(self.path, self.made.facts))

    def add(self, places: pl.Series, reasons: pl.Series) -> None:
        """Take up a reason for each of some rows, known by their places; null is none."""
        there = reasons.is_not_null()
        places, reasons = places.filter(there), reasons.filter(there)
        if places.len():
            self._reasons.append(pl.DataFrame({"place": places, "reason": reasons}))

    def add_cells(self, batch: Batch, column: str, wrong: pl.Series, accepted: str) -> None:
        """Take up the cells of a column that are not accepted, and say what is."""
        found = plain_text(batch.visits[column].filter(wrong)).alias("found")
        reason = pl.format(
            "{}: found {}; accepted: {}",
            pl.lit(column),
            pl.format("'{}'", pl.col("found")).fill_null("nothing"),
            pl.lit(accepted),
        )
        self.add(batch.places.filter(wrong), found.to_frame().select(reason).to_series())

    def reasons(self, places: pl.Series) -> pl.Series:
        """Give all reasons of each row, null where there is none."""
        if not self._reasons:
            return pl.repeat(None, places.len(), dtype=pl.String, eager=True)
        said = pl.concat(self._reasons).group_by("place", maintain_order=True)
        rows = places.alias("place").to_frame()
        return rows.join(
            said.agg(pl.col("reason").str.join("; ")), on="place", how="left", maintain_order="left"
        )["reason"]

    def taken(self, places: pl.Series) -> pl.Series:
        """Give all reasons of each row, and forget them."""
        reasons = self.reasons(places)
        self._reasons.clear()
        return reasons

    def split(self, batch: Batch) -> tuple[pl.Series, pl.DataFrame]:
        """Say which rows of a batch stay, and give the others and the records that are no row.

        These come in their order in the file, with their cells as they stand there.
        """
        if not self.wanted:
            everyone = pl.repeat(value=True, n=batch.visits.height, dtype=pl.Boolean, eager=True)
            return everyone, batch.visits.clear()
        reasons = self.taken(batch.places)
        aside = reasons.is_not_null()
        place, reason, record = self.names.values()
        rows = batch.visits.filter(aside)
        rows = pl.DataFrame(
            {
                place: batch.places.filter(aside),
                reason: reasons.filter(aside),
                record: pl.repeat(None, rows.height, dtype=pl.String, eager=True),
                **rows.to_dict(),
            }
        )
        records = pl.DataFrame(
            list(batch.rejected),
            schema={place: pl.Int64, reason: pl.String, record: pl.String},
            orient="row",
        )
        together = pl.concat([rows, records], how="diagonal").sort(place)
        self.count += together.height
        return ~aside, together

    def write(self, rows: pl.DataFrame) -> None:
        """Write rows to the file, where there is one."""
        if self._file is not None:
            self._file.write(rows)

    def finish(self) -> None:
        """Wait until all is written, without naming the file yet."""
        if self._file is not None:
            self._file.finish()

    def said(self) -> list[str]:
        """Say in the end how many were set aside."""
        if self.path is None:
            return []
        return [f"{self.count} rows that cannot be read written to {file_name(self.path)}"]
