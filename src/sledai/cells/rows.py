"""Rows of a file to visits: which rows are none, and one row a visit where each item has a row."""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain

import polars as pl

from sledai.cells.text import as_text
from sledai.codebook import Codebook
from sledai.codebook.layout import LongLayout
from sledai.errors import InvalidInputError, file_name, problems_listed, shorten
from sledai.files import Batch, Rejected, VisitFile

__all__ = ["RowsRead", "read_rows", "rows_where"]


@dataclass(frozen=True, slots=True)
class RowsRead:
    """A file of which the rows are visits, and how many rows conditions were true of."""

    visits: VisitFile
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def said(self) -> list[str]:
        """Say of how many rows each condition was true."""
        return [f"{what}: {count:,} rows" for what, count in self.counts.items()]


def read_rows(visits: VisitFile, book: Codebook) -> RowsRead:
    """Leave out rows that are no visits, and put the items of a visit into one row.

    Raises `InvalidInputError` for a column that is not there and, while the batches are read, for
    two different answers to one item of a visit and for an item of no visit.
    """
    for name in (*book.rows.columns, *book.long.columns):
        if name not in visits.columns:
            raise InvalidInputError(f"{file_name(visits.path)}: no column {shorten(name)}")
    read = RowsRead(visits)
    if book.rows.columns:
        read = RowsRead(
            replace(visits, batches=_visits_only(visits, book, read.counts)), read.counts
        )
    if book.long:
        return replace(read, visits=_widened(read.visits, book.long))
    return read


def rows_where(visits: pl.DataFrame, where: Mapping[str, tuple[str, ...]]) -> pl.Series:
    """Say which rows hold one of the texts in each of the columns; without columns no row does."""
    meant = pl.repeat(bool(where), visits.height, dtype=pl.Boolean, eager=True)
    for column, texts in where.items():
        meant &= as_text(visits[column]).fill_null("").is_in(texts)
    return meant


_SAID = {
    "only_where": "left out, as no visits (only_where)",
    "not_assessed_where": "nothing assessed (not_assessed_where)",
    "none_present_where": "nothing else present (none_present_where)",
}


def _visits_only(visits: VisitFile, book: Codebook, counts: dict[str, int]) -> Generator[Batch]:
    rows = book.rows
    with closing(visits.batches):
        for batch in visits.batches:
            kept = batch.visits
            if rows.only_where:
                meant = rows_where(batch.visits, rows.only_where)
                _count(counts, "only_where", ~meant)
                kept = batch.visits.filter(meant)
                batch = replace(batch, visits=kept, places=batch.places.filter(meant))  # noqa: PLW2901
            if rows.not_assessed_where:
                _count(counts, "not_assessed_where", rows_where(kept, rows.not_assessed_where))
            if rows.none_present_where:
                _count(counts, "none_present_where", rows_where(kept, rows.none_present_where))
            yield batch


def _count(counts: dict[str, int], what: str, rows: pl.Series) -> None:
    said = _SAID[what]
    counts[said] = counts.get(said, 0) + int(rows.sum())


def _widened(visits: VisitFile, long: LongLayout) -> VisitFile:
    """Read a file of one row an item, and give its visits in the order of their first rows."""
    with closing(visits.batches):
        batches = list(visits.batches)
    cells = pl.concat(batch.visits.select(long.columns) for batch in batches)
    places = pl.concat(batch.places for batch in batches)
    rejected = tuple(chain.from_iterable(batch.rejected for batch in batches))
    wide, first = _pivoted(cells, places, visits, long)
    return VisitFile(
        path=visits.path,
        columns=wide.columns,
        place=visits.place,
        length=visits.length,
        batches=_one_batch(wide, first, rejected, visits.length),
    )


def _one_batch(
    visits: pl.DataFrame, places: pl.Series, rejected: tuple[Rejected, ...], end: int
) -> Generator[Batch]:
    yield Batch(visits=visits, places=places, rejected=rejected, end=end)


def _pivoted(
    cells: pl.DataFrame, places: pl.Series, visits: VisitFile, long: LongLayout
) -> tuple[pl.DataFrame, pl.Series]:
    key = [f"visit {n}" for n in range(len(long.visit))]
    item, answer = "the item", "the answer"
    table = pl.DataFrame(
        [
            *(cells[name].alias(key[n]) for n, name in enumerate(long.visit)),
            cells[str(long.item)].cast(pl.String).alias(item),
            cells[str(long.answer)].alias(answer),
            places.alias("place"),
        ]
    ).with_columns(pl.col(item).str.strip_chars())
    _refuse(table, pl.col(item).is_null() | (pl.col(item) == ""), visits, "rows of no item")
    _refuse(table, pl.any_horizontal(pl.col(key).is_null()), visits, "rows of no visit")
    table = table.unique([*key, item, answer], keep="first", maintain_order=True)
    doubled = pl.struct([*key, item]).is_duplicated()
    _refuse(table, doubled, visits, "items with two different answers at one visit")
    taken = set(table[item].unique()) & set(long.visit)
    if taken:
        raise InvalidInputError(
            f"{file_name(visits.path)}: item {shorten(min(taken))} is called as a column of [long] "
            "is"
        )
    first = table.group_by(key, maintain_order=True).agg(pl.col("place").first())
    wide = table.pivot(item, index=key, values=answer, maintain_order=True)
    named = wide.rename(dict(zip(key, long.visit, strict=True)))
    return named, first["place"]


def _refuse(table: pl.DataFrame, wrong: pl.Expr, visits: VisitFile, what: str) -> None:
    found = table.filter(wrong)
    if found.height:
        first = [f"{visits.place} {place}" for place in found["place"].head(_SHOWN)]
        raise InvalidInputError(
            problems_listed(
                f"{file_name(visits.path)}: {what}: {found.height}", first, found.height
            )
        )


_SHOWN = 20
