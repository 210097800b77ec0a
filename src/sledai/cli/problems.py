"""What is wrong with a file, gathered batch by batch and said in one message."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import polars as pl

from sledai.cells import Answers, Coding, python_values
from sledai.cli.options import Input
from sledai.cli.progress import reading
from sledai.errors import SHOWN, InvalidInputError, problems_listed, shorten
from sledai.files import Batch

__all__ = ["Problems"]


@dataclass(slots=True)
class _Kind:
    count: int = 0
    first: list[str] = field(default_factory=list[str])
    more: str = ""


@dataclass(slots=True)
class Problems:
    """The first problems of each kind, and how many there are."""

    input_: Input
    _rows: int = 0
    _read_to: int = 0
    _kinds: dict[str, _Kind] = field(default_factory=dict[str, _Kind])
    _coding: Coding = field(default_factory=Coding)

    @contextmanager
    def batches(self) -> Generator[Iterator[Batch]]:
        """Give the batches of the file, and show how far it is; in the end refuse what is wrong.

        Reading stops where it would only add to the count.
        """
        with reading(self.input_.visits) as show:
            yield self._until_enough(show)

    def _until_enough(self, show: Callable[[Batch], None]) -> Iterator[Batch]:
        for batch in self.input_.visits.batches:
            yield batch
            show(batch)
            seen = bool(self.input_.incomplete) and self._rows > 0
            if seen or any(kind.count >= SHOWN for kind in self._kinds.values()):
                break
        self.refuse()

    def add(self, batch: Batch, answers: Answers, accepted: str = "") -> None:
        """Take up what is wrong with a batch, of which `answers` were read."""
        self._rows += batch.visits.height
        self._read_to = batch.end
        place = self.input_.visits.place
        records = [f"{place} {record.place}: {record.reason}" for record in batch.rejected[:SHOWN]]
        self._add("records that are no row", len(batch.rejected), records)
        self.add_answers(batch, answers, "cells that are no answer", accepted or answers.accepted)

    def add_code(self, answers: Answers) -> None:
        """Take up what the answers of a batch say of how they are coded."""
        self._coding.add(answers)

    def add_answers(self, batch: Batch, answers: Answers, what: str, accepted: str) -> None:
        """Take up the cells of answers that are none, of a batch which is taken up already."""
        if count := answers.wrong_cells:
            cells = answers.problems([f"{self.input_.visits.place} {n}" for n in batch.places])
            self._add(what, count, cells, accepted)

    def add_cells(
        self, batch: Batch, column: str, wrong: pl.Series, what: str, accepted: str
    ) -> None:
        """Take up the cells of a column of numbers that are not accepted, and say what is."""
        place = self.input_.visits.place
        cells = (
            f"{place} {batch.places[row]}, column {shorten(column)}: "
            f"found {shorten(*python_values(batch.visits[column].slice(row, 1)))}"
            for row in wrong.arg_true().head(SHOWN)
        )
        self._add(what, int(wrong.sum()), cells, f"; accepted: {accepted}")

    def add_rows(self, batch: Batch, wrong: pl.Series, what: str) -> None:
        """Take up rows that are not accepted."""
        place = self.input_.visits.place
        rows = (f"{place} {batch.places[row]}" for row in wrong.arg_true().head(SHOWN))
        self._add(what, int(wrong.sum()), rows)

    def _add(self, name: str, count: int, said: Iterable[str], more: str = "") -> None:
        if count:
            kind = self._kinds.setdefault(name, _Kind(more=more))
            kind.count += count
            kind.first += said

    @property
    def found(self) -> bool:
        """Whether there is any."""
        return bool(self.input_.incomplete or self._kinds)

    def refuse(self) -> None:
        """Raise `InvalidInputError` for all that was found, and for a code nobody stated."""
        coding = self._coding.found(_HOW)
        if not self.found and not coding:
            return
        visits = self.input_.visits
        where = ""
        if self._read_to < visits.length:
            where = f" in the first {self._rows:,} rows, after which reading stopped"
        said: Sequence[str] = [
            problems_listed(
                f"{visits.path}: {name}{where}: {kind.count}{kind.more}", kind.first, kind.count
            )
            for name, kind in self._kinds.items()
        ]
        incomplete = [self.input_.incomplete] if self.input_.incomplete else []
        codes = [f"{visits.path}: {coding}"] if coding else []
        raise InvalidInputError("\n".join([*incomplete, *said, *codes]))


_HOW = (
    "say which texts mean present and absent (--present TEXT, --absent-text TEXT), or stand for a "
    "missing answer (--missing TEXT)"
)
