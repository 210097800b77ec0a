"""What is wrong with a file, gathered batch by batch and said in one message."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import polars as pl

from sledai.cells import Answers, Coding, as_text, python_values
from sledai.cli.options import Input
from sledai.cli.progress import Shown, reading
from sledai.cli.provenance import Provenance
from sledai.cli.rejects import Rejects
from sledai.errors import SHOWN, InvalidInputError, file_name, problems_listed, shorten
from sledai.files import Batch

__all__ = ["EMPTY", "Problems", "problems_of"]

_TEXTS = "; other texts need --missing TEXT"
EMPTY = f"empty{_TEXTS}"
"""The cells that say nothing, as the rest of what is accepted."""


@dataclass(slots=True)
class _Kind:
    count: int = 0
    first: list[str] = field(default_factory=list[str])
    more: str = ""


@dataclass(slots=True)
class Problems:
    """The first problems of each kind, and how many there are.

    Where `rejects` are wanted, a row with a problem is one of them, and the file is not refused.
    """

    input_: Input
    rejects: Rejects
    _rows: int = 0
    _read_to: int = 0
    _kinds: dict[str, _Kind] = field(default_factory=dict[str, _Kind])
    _coding: Coding = field(default_factory=Coding)
    _points: int = 0  # cells that are no answer, and hold the weight of their descriptor
    _no_points: int = 0

    @contextmanager
    def batches(self) -> Generator[Iterator[Batch]]:
        """Give the batches of the file, and show how far it is; in the end refuse what is wrong.

        Reading stops where it would only add to the count.
        """
        with reading(self.input_.visits) as shown:
            yield self._until_enough(shown)

    @contextmanager
    def batches_and_more(self) -> Generator[tuple[Iterator[Batch], Callable[[float], None]]]:
        """Give the batches too, and what shows which share of the work after them is done."""
        with reading(self.input_.visits, goes_on=True) as shown:
            yield self._until_enough(shown), shown.again

    def _until_enough(self, shown: Shown) -> Iterator[Batch]:
        for batch in self.input_.visits.batches:
            yield batch
            shown.read(batch)
            seen = bool(self.input_.incomplete) and self._rows > 0
            if seen or any(kind.count >= SHOWN for kind in self._kinds.values()):
                break
        self.refuse()

    def add(self, batch: Batch) -> None:
        """Take up the records of a batch that are no row."""
        self._rows += batch.visits.height
        self._read_to = batch.end
        if not self._aside:
            place = self.input_.visits.place
            records = [f"{place} {one.place}: {one.reason}" for one in batch.rejected[:SHOWN]]
            self._add("records that are no row", len(batch.rejected), records)

    def add_code(self, answers: Answers) -> None:
        """Take up what the answers of a batch say of how they are coded."""
        self._coding.add(answers)
        for flags in answers.wrong:
            descriptor = self.input_.columns.get(flags.name)
            text = as_text(answers.cells[flags.name].filter(flags))
            points = 0 if descriptor is None else int((text == str(descriptor.weight)).sum())
            self._points += points
            self._no_points += text.len() - points

    def add_items(self, batch: Batch, answers: Answers) -> None:
        """Take up the cells of descriptors that are no answer."""
        self._add_answers(batch, answers, "cells that are no answer", answers.accepted, "")

    def add_answers(self, batch: Batch, answers: Answers, what: str, accepted: str) -> None:
        """Take up the cells of other answers that are none, and say what is."""
        accepted = f"; accepted: {accepted}"
        self._add_answers(batch, answers, what, accepted, accepted.replace(_TEXTS, ""))

    def _add_answers(
        self, batch: Batch, answers: Answers, what: str, accepted: str, of_cell: str
    ) -> None:
        if self._aside:
            wrong = answers.wrong_rows
            self.rejects.add(batch.places.filter(wrong), answers.reasons(of_cell).filter(wrong))
        elif count := answers.wrong_cells:
            cells = answers.problems([f"{self.input_.visits.place} {n}" for n in batch.places])
            self._add(what, count, cells, accepted)

    def add_cells(
        self, batch: Batch, column: str, wrong: pl.Series, what: str, accepted: str
    ) -> None:
        """Take up the cells of a column of numbers that are not accepted, and say what is."""
        if self._aside:
            self.rejects.add_cells(batch, column, wrong, accepted.replace(_TEXTS, ""))
            return
        place = self.input_.visits.place
        cells = (
            f"{place} {batch.places[row]}, column {shorten(column)}: "
            f"found {shorten(*python_values(batch.visits[column].slice(row, 1)))}"
            for row in wrong.arg_true().head(SHOWN)
        )
        self._add(what, int(wrong.sum()), cells, f"; accepted: {accepted}")

    def add_rows(self, batch: Batch, wrong: pl.Series, what: str) -> None:
        """Take up rows that are not accepted, where nothing is said of them yet."""
        if self._aside:
            places = batch.places.filter(wrong & self.rejects.reasons(batch.places).is_null())
            self.rejects.add(places, pl.repeat(what, places.len(), eager=True))
            return
        place = self.input_.visits.place
        rows = (f"{place} {batch.places[row]}" for row in wrong.arg_true().head(SHOWN))
        self._add(f"rows with {what}", int(wrong.sum()), rows)

    def _add(self, name: str, count: int, said: Iterable[str], more: str = "") -> None:
        if count:
            kind = self._kinds.setdefault(name, _Kind(more=more))
            kind.count += count
            kind.first += said

    @property
    def _aside(self) -> bool:
        """Whether rows are set aside; missing columns are no reason to do so with every row."""
        return self.rejects.wanted and not self.input_.incomplete

    @property
    def found(self) -> bool:
        """Whether the file is refused."""
        return bool(self.input_.incomplete or self._kinds)

    def refuse(self) -> None:
        """Raise `InvalidInputError` for all that was found, and for a code nobody stated."""
        coding = self._coding.found(_HOW)
        if self._points > 1 and not self._no_points:
            coding = (
                "this looks like a coding that is not stated: all cells that are no answer hold "
                f"the points of their descriptor ({self._points:,} of them); if so: --items points"
            )
        if not self.found and not coding:
            return
        visits = self.input_.visits
        where = ""
        if self._read_to < visits.length:
            where = f" in the first {self._rows:,} rows, after which reading stopped"
        said: Sequence[str] = [
            problems_listed(
                f"{file_name(visits.path)}: {name}{where}: {kind.count}{kind.more}",
                kind.first,
                kind.count,
            )
            for name, kind in self._kinds.items()
        ]
        incomplete = [self.input_.incomplete] if self.input_.incomplete else []
        codes = [f"{file_name(visits.path)}: {coding}"] if coding else []
        raise InvalidInputError("\n".join([*incomplete, *said, *codes]))


def problems_of(input_: Input) -> Problems:
    """Gather what is wrong with a file of which no row is set aside."""
    return Problems(input_, Rejects(input_.visits, None, Provenance(input_.book)))


_HOW = (
    "say which texts mean present and absent (--present TEXT, --absent-text TEXT), or stand for a "
    "missing answer (--missing TEXT)"
)
