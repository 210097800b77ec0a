"""The files that `sledai visits` writes: visits, patients, rows set aside, and a data set."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from sledai.cdisc import write
from sledai.cli.dataset_options import Exchange
from sledai.cli.provenance import Provenance
from sledai.cli.visit_cells import REASON
from sledai.cli.visit_courses import Courses
from sledai.cli.whole_patients import ROW, SUBJECT, Kept
from sledai.files import Output, together
from sledai.frame import BaselineRows

__all__ = ["DatasetFile", "Table", "write_files"]


@dataclass(slots=True)
class Table:
    """A file that is written, if there is a path, and what results are called in it."""

    path: Path | None
    names: dict[str, str]
    file: Output | None = None

    def open(self, files: ExitStack, made: Provenance) -> None:
        """Open the file, to be named when all went well."""
        if self.path is not None:
            self.file = files.enter_context(Output(self.path, made.facts))


@dataclass(slots=True)
class DatasetFile:
    """A data set that is written whole, since its formats want all rows at once."""

    exchange: Exchange
    path: Path
    found: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def write(self, made: Provenance) -> None:
        """Write all rows."""
        rows = pl.concat(self.found)
        write(rows, self.exchange.dataset, self.path, provenance=made.facts)

    def said(self, baseline: BaselineRows | None) -> list[str]:
        """Say what was written."""
        return self.exchange.said(sum(map(len, self.found)), self.path, baseline)


def write_files(
    courses: Courses,
    visits: Table,
    patients: Table,
    dataset: DatasetFile | None,
    made: Provenance,
) -> None:
    """Follow the patients, and write files, all of which are whole before one gets its name."""
    reader, aside = courses.reader, courses.reader.problems.rejects
    work = reader.problems.batches_and_more()
    with work as (batches, show), Kept() as kept, together(), ExitStack() as files:
        visits.open(files, made)
        patients.open(files, made)
        aside.open(files)
        for rows in reader.read(batches):
            kept.add(rows)
        for found in kept.followed(courses.follow, show):
            if found.visits is not None:
                batch, known = reader.as_in_the_file(found.visits)
                aside.add(batch.places, known[REASON])
                is_kept, rows_aside = aside.split(batch)
                aside.write(rows_aside)
                if visits.file is not None:
                    added = known.select(*visits.names).rename(visits.names)
                    visits.file.write(batch.visits.hstack(added).filter(is_kept))
            if found.patients is not None and dataset is not None:
                dataset.found.append(found.patients.drop(SUBJECT, ROW))
            if found.patients is not None and patients.file is not None:
                sums = found.patients.select(SUBJECT, *patients.names)
                patients.file.write(sums.rename({SUBJECT: reader.subject} | patients.names))
        courses.refuse()
        for file in (visits.file, patients.file, aside):
            if file is not None:
                file.finish()
        if dataset is not None:
            dataset.write(made)
