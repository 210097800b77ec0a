"""The column of each descriptor: what `answer_columns` read, with the weight, by the codebook.

Needs the extra `frame`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from sledai.codebook import Codebook
from sledai.codebook.columns import descriptor_sources
from sledai.codebook.words import ONE_AND_ZERO, Words
from sledai.descriptors import Descriptor, listed
from sledai.engines import misread
from sledai.errors import InvalidInputError, require
from sledai.frame.answer_columns import AnswerColumn, Kind, kind_in, kinds_of
from sledai.frame.rows import RowsWhere, rows_where
from sledai.frame.three_valued import certain

__all__ = ["DescriptorColumn", "codebook_of", "read_descriptors", "words_of"]


_EMPTY = Codebook()


def codebook_of(codebook: Codebook | None) -> Codebook:
    """Take a codebook, or the empty one where there is none."""
    if codebook is None:
        return _EMPTY
    require(codebook, Codebook, "codebook", "a Codebook (sledai.codebook)")
    codebook.settled()
    return codebook


def words_of(codebook: Codebook | None, descriptor: Descriptor | None = None) -> Words:
    """Say in which words the cells of a descriptor, or of a sign, are read.

    Without a codebook only 1, 0 and booleans say something.
    """
    if codebook is None:
        return ONE_AND_ZERO
    return codebook.words if descriptor is None else codebook.words_of(descriptor)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptorColumn(AnswerColumn):
    """The column of a descriptor.

    In some rows nothing was assessed, and in some what is not answered is absent, whatever the
    cells hold.
    """

    descriptor: Descriptor
    not_assessed: RowsWhere | None = None
    none_present: RowsWhere | None = None

    def says_yes(self, engine: Any) -> Any:
        """Say whether a row says that the descriptor is present; null is no."""
        yes = AnswerColumn.says_yes(self, engine)
        return yes if self.not_assessed is None else yes & ~self.not_assessed.meant(engine)

    def says_something(self, engine: Any) -> Any:
        """Say whether a row says that the descriptor is present or absent; null is neither."""
        said = AnswerColumn.says_something(self, engine)
        if self.none_present is not None:
            said = certain(engine, said | self.none_present.meant(engine))
        return said if self.not_assessed is None else said & ~self.not_assessed.meant(engine)

    def says(self, row: Mapping[str, Any]) -> bool | None:
        """Give the answer of a row that was found to hold one."""
        if self.not_assessed is not None and self.not_assessed.means(row):
            return None
        said = AnswerColumn.says(self, row)
        if said is None and self.none_present is not None and self.none_present.means(row):
            return False
        return said

    def in_polars(self, kinds: Mapping[str, Kind]) -> Self | None:
        """Read the columns where polars holds them, with these kinds; None where not alike."""
        read: Any = AnswerColumn.in_polars(self, kinds)
        conditions = {"not_assessed": self.not_assessed, "none_present": self.none_present}
        there: dict[str, Any] = {
            name: rows.in_polars(kinds) for name, rows in conditions.items() if rows is not None
        }
        return None if read is None or None in there.values() else replace(read, **there)

    @property
    def columns(self) -> list[str]:
        """The columns that a row is read from."""
        conditions = [rows for rows in (self.not_assessed, self.none_present) if rows is not None]
        own = [self.column] if self.kind is not None else []
        return [*own, *(column for rows in conditions for column in rows.columns)]

    def points(self, engine: Any) -> Any:
        """Give the weight where the descriptor is present, else 0."""
        return self.scored(engine, self.descriptor.weight)


def read_descriptors(
    frame: Any, codebook: Codebook | None, used: Collection[str] = ()
) -> list[DescriptorColumn]:
    """Find the column of each descriptor, or say what is wrong with the columns.

    A column that the codebook names counts for that descriptor alone, and before one with the
    descriptor's own name. Columns that are `used` for something else hold none.
    """
    kinds = kinds_of(frame)
    others = [name for name in kinds if name not in used]
    sources = descriptor_sources(others, codebook_of(codebook))
    if sources.unknown:
        raise InvalidInputError(
            f"no column for {listed(sources.unknown)}; say in [descriptors] of a codebook which "
            "column it is, that it was not collected (not_collected) or that it is absent (absent)"
        )
    for column in sources.columns:
        if problem := misread(column, frame):
            raise InvalidInputError(problem)
    rows = codebook_of(codebook).rows
    not_assessed = rows_where(frame, rows.not_assessed_where)
    none_present = rows_where(frame, rows.none_present_where)
    found = {descriptor: column for column, descriptor in sources.columns.items()}
    columns: list[DescriptorColumn] = []
    for d in Descriptor:
        if d not in found:
            asserted = False if d in sources.absent else None
            columns.append(DescriptorColumn(descriptor=d, asserted=asserted))
            continue
        words = words_of(codebook, d)
        kind = kind_in(kinds[found[d]], words)
        columns.append(
            DescriptorColumn(
                descriptor=d,
                column=found[d],
                kind=kind,
                words=words,
                not_assessed=not_assessed,
                none_present=none_present,
            )
        )
    return columns
