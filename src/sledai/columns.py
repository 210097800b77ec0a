"""How the 24 descriptors are read from the columns of a data frame.

Each gets a `Reading`, which knows the kind of its column and gives expressions for its points, for
what is not known, and for cells that are no answer. Needs the extra `frame`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, assert_never

import narwhals as nw

from sledai.descriptors import Descriptor, descriptor_set, listed
from sledai.errors import InvalidInputError, shorten

__all__ = [
    "ACCEPTED_VALUES",
    "Reading",
    "kinds_of",
    "misread",
    "number",
    "read_columns",
    "refuse_invalid",
]

ACCEPTED_VALUES = "true, false, 1, 0 and null"
"""What a cell of a descriptor column may hold."""

Kind = Literal["boolean", "float", "number", "object", "other"]


def kinds_of(frame: Any) -> dict[str, Kind]:
    """Say how the cells of each column of a frame are to be compared."""
    kinds: dict[str, Kind] = {
        name: "boolean"
        if dtype == nw.Boolean
        else "float"
        if dtype.is_float()
        else "number"
        if dtype.is_numeric()
        else "other"
        for name, dtype in frame.collect_schema().items()
    }
    if frame.implementation.is_pandas() or frame.implementation.is_dask():
        # Narwhals takes mixed objects for what the first are.
        for name, dtype in nw.to_native(frame).dtypes.items():
            if dtype in ("object", "category"):
                kinds[name] = "object"
    return kinds


@dataclass(frozen=True, slots=True)
class Reading:
    """How one descriptor is read: from a column, or as the same answer in every row.

    In a boolean column the cells are the answers; in a column of numbers or of mixed objects 1
    and 0 are (True equals 1); in any other column nothing is an answer but null. Without a kind
    there is no column.
    """

    descriptor: Descriptor
    column: str = ""
    kind: Kind | None = None
    not_collected: bool = False

    def absent(self, engine: Any) -> Any:
        """Say whether the descriptor is known to be absent."""
        return (self.points(engine) == 0) & (self.unknown(engine) == 0)

    def points(self, engine: Any) -> Any:
        """Give the weight where the descriptor is present, else 0."""
        weight = self.descriptor.weight
        match self.kind:
            case "boolean":
                return _flag(engine, engine.col(self.column), weight, 0)
            case "number" | "float":
                return _flag(engine, engine.col(self.column) == 1, weight, 0)
            case "object":
                return _flag(engine, engine.col(self.column).is_in([1]), weight, 0)
            case "other" | None:
                return number(engine, 0)
            case _:
                assert_never(self.kind)

    def unknown(self, engine: Any) -> Any:
        """Give 1 where the descriptor is neither present nor absent, else 0."""
        match self.kind:
            case "boolean":
                return _flag(engine, engine.col(self.column).is_null(), 1, 0)
            case "number" | "float":
                column = engine.col(self.column)
                return _flag(engine, (column == 1) | (column == 0), 0, 1)
            case "object":
                return _flag(engine, engine.col(self.column).is_in([0, 1]), 0, 1)
            case "other":
                return number(engine, 1)
            case None:
                return number(engine, int(self.not_collected))
            case _:
                assert_never(self.kind)

    def invalid(self, engine: Any) -> Any:
        """Give 1 where the cell is no answer, else 0."""
        if not self.checked:
            return number(engine, 0)
        column = engine.col(self.column)
        accepted = column.is_null()
        match self.kind:
            case "number":
                accepted = accepted | (column == 1) | (column == 0)
            case "float":
                accepted = accepted | (column == 1) | (column == 0) | column.is_nan()
            case "object":
                accepted = accepted | column.is_in([0, 1])
            case _:
                pass
        return _flag(engine, accepted, 0, 1)

    @property
    def checked(self) -> bool:
        """Whether the column can hold cells that are no answer."""
        return self.kind not in {None, "boolean"}


def number(engine: Any, value: int) -> Any:
    """Write a small whole number; `engine` is narwhals, or polars itself."""
    return engine.lit(value, dtype=engine.Int8)  # the largest score, 105, fits


def _flag(engine: Any, condition: Any, then: int, otherwise: int) -> Any:
    return engine.when(condition).then(number(engine, then)).otherwise(number(engine, otherwise))


def read_columns(
    frame: Any,
    columns: Mapping[str, Descriptor | str],
    not_collected: frozenset[Descriptor],
    absent: frozenset[Descriptor],
) -> list[Reading]:
    """Find the column of each descriptor, or say everything that is wrong with the columns.

    A column that `columns` names counts for that descriptor alone, and before one with the
    descriptor's own name.
    """
    kinds = kinds_of(frame)
    sources, problems = _named_sources(frame, kinds, columns)
    for descriptor in Descriptor:
        if descriptor in kinds and descriptor not in columns and descriptor not in sources:
            sources[descriptor] = descriptor.value
            if problem := misread(descriptor.value, frame):
                problems.append(problem)
    if both := not_collected & absent:
        problems.append(f"named both not collected and absent: {listed(both)}")
    constant = not_collected | absent
    if there := constant & sources.keys():
        problems.append(f"named not collected or absent, yet with a column: {listed(there)}")
    if missing := set(Descriptor) - constant - sources.keys():
        problems.append(
            f"no column for {listed(missing)}; say which column it is (columns), that it was not "
            "collected (not_collected) or that it is absent (absent)"
        )
    if problems:
        raise InvalidInputError("; ".join(problems))
    return [
        Reading(d, sources[d], kinds[sources[d]])
        if d in sources
        else Reading(d, not_collected=d in not_collected)
        for d in Descriptor
    ]


def _named_sources(
    frame: Any, kinds: Mapping[str, Kind], columns: Mapping[str, Descriptor | str]
) -> tuple[dict[Descriptor, str], list[str]]:
    sources: dict[Descriptor, str] = {}
    problems: list[str] = []
    for theirs, name in columns.items():
        (descriptor,) = descriptor_set([name])
        if theirs not in kinds:
            problems.append(f"no column {shorten(theirs)}, named for {descriptor}")
        if descriptor in sources:
            problems.append(
                f"two columns named for {descriptor}: "
                f"{shorten(sources[descriptor])} and {shorten(theirs)}"
            )
        if problem := misread(theirs, frame):
            problems.append(problem)
        sources[descriptor] = theirs
    return sources, problems


def misread(column: object, frame: Any) -> str:
    """Say why an engine would not find a column by its name; empty where it does."""
    name = str(column)
    if name == "*" or (name.startswith("^") and name.endswith("$")):
        return f"column {shorten(column)} would be read as a pattern; rename it"
    if frame.implementation.is_pyspark():
        if "." in name or "`" in name:
            return f"Spark would not find column {shorten(column)} by its name; rename it"
        same = [other for other in frame.collect_schema() if other.lower() == name.lower()]
        if len(same) > 1:
            return f"Spark takes columns {', '.join(map(shorten, same))} for one; drop or rename"
    return ""


def refuse_invalid(frame: Any, readings: list[Reading]) -> None:
    """Raise `InvalidInputError` for the cells of an eager frame that are no answer."""
    checked = [reading for reading in readings if reading.checked]
    if not checked:
        return
    flags = frame.select(**{str(n): r.invalid(nw) for n, r in enumerate(checked)})
    counts = flags.select(nw.all().cast(nw.Int64).sum())
    problems: list[str] = []
    for n, reading in enumerate(checked):
        if count := counts[str(n)][0]:
            row = int(flags[str(n)].to_list().index(1))
            column = frame.get_column(reading.column)
            (found,) = column[row : row + 1].to_list()
            dtype = f" (of type {column.dtype})" if reading.kind == "other" else ""
            problems.append(
                f"column {shorten(reading.column)}{dtype}: found {shorten(found)} in row {row}, "
                f"counting from 0 ({count} such {'cell' if count == 1 else 'cells'})"
            )
    if problems:
        raise InvalidInputError(f"{'; '.join(problems)}; accepted: {ACCEPTED_VALUES}")
