"""How the 24 descriptors are read from the columns of a data frame.

Each gets a `Reading`, which knows the kind of its column and gives expressions for its points, for
what is not known, and for cells that are no answer. Needs the extra `frame`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, assert_never

import narwhals as nw

from sledai.codes import ONE_AND_ZERO, Codes
from sledai.descriptors import Descriptor, descriptor_set, listed
from sledai.errors import InvalidInputError, shorten
from sledai.laboratory import any_of, column_of
from sledai.names import refuse_no_items, refuse_two_families

__all__ = [
    "Layout",
    "Reading",
    "kinds_of",
    "misread",
    "number",
    "read_columns",
    "refuse_cells",
    "refuse_invalid",
    "selected",
]

Kind = Literal["boolean", "float", "number", "object", "text", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How descriptors stand in the columns of a frame, as callers of `sledai.frame` state it."""

    columns: Mapping[str, Descriptor | str] | None = None
    not_collected: Iterable[Descriptor | str] = ()
    absent: Iterable[Descriptor | str] = ()
    no_items: Iterable[str] = ()
    words: Mapping[Any, bool | None] | None = None


def kinds_of(frame: Any) -> dict[str, Kind]:
    """Say how the cells of each column of a frame are to be compared."""
    kinds: dict[str, Kind] = {
        name: "boolean"
        if dtype == nw.Boolean
        else "text"
        if isinstance(dtype, nw.String | nw.Categorical | nw.Enum)
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
    """How one yes-or-no column is read, or the same answer in every row.

    In a boolean column the cells are the answers; in a column of numbers, of mixed objects or of
    text those that the codes name (True equals 1); in any other column nothing is an answer but
    null. Without a kind there is no column.
    """

    descriptor: Descriptor
    column: str = ""
    kind: Kind | None = None
    not_collected: bool = False
    codes: Codes = ONE_AND_ZERO

    @classmethod
    def of(cls, descriptor: Descriptor, column: str, kind: Kind, codes: Codes) -> Self:
        """Read a column in codes; text in which none is stated holds no answer."""
        texts = any(isinstance(code, str) for code in codes)
        return cls(
            descriptor, column, "other" if kind == "text" and not texts else kind, codes=codes
        )

    def absent(self, engine: Any) -> Any:
        """Say whether the descriptor is known to be absent."""
        return (self.points(engine) == 0) & (self.unknown(engine) == 0)

    def points(self, engine: Any) -> Any:
        """Give the weight where the descriptor is present, else 0."""
        weight = self.descriptor.weight
        match self.kind:
            case "boolean":
                return _flag(engine, column_of(engine, self.column), weight, 0)
            case "number" | "float" | "object" | "text":
                return _flag(engine, self._is_one_of(engine, self.codes.present), weight, 0)
            case "other" | None:
                return number(engine, 0)
            case _:
                assert_never(self.kind)

    def unknown(self, engine: Any) -> Any:
        """Give 1 where the descriptor is neither present nor absent, else 0."""
        match self.kind:
            case "boolean":
                return _flag(engine, column_of(engine, self.column).is_null(), 1, 0)
            case "number" | "float" | "object" | "text":
                known = (*self.codes.present, *self.codes.absent)
                return _flag(engine, self._is_one_of(engine, known), 0, 1)
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
        column = column_of(engine, self.column)
        accepted = column.is_null()
        if self.kind != "other":
            accepted = accepted | self._is_one_of(engine, self.codes)
        if self.kind == "float":
            accepted = accepted | column.is_nan()
        return _flag(engine, accepted, 0, 1)

    def _is_one_of(self, engine: Any, codes: Iterable[object]) -> Any:
        column = column_of(engine, self.column)
        texts = [code for code in codes if isinstance(code, str)]
        numbers = [code for code in codes if not isinstance(code, str)]
        match self.kind:
            case "object":  # of which some may be text
                spelled = [s for t in texts for s in (t, t.upper(), t.capitalize())]
                return column.is_in([*numbers, *spelled])
            case "text":
                return column.cast(engine.String).str.strip_chars().str.to_lowercase().is_in(texts)
            case _:
                equal: list[Any] = [column == one for one in numbers]
                return any_of(*equal or [column.is_null() & ~column.is_null()])

    def says(self, row: Mapping[str, Any]) -> bool | None:
        """Give the answer of a row that was found to hold one."""
        if self.kind is None:
            return None if self.not_collected else False
        said = self.codes.meaning(row[self.column])
        return None if said is None else said is True

    @property
    def checked(self) -> bool:
        """Whether the column can hold cells that are no answer."""
        return self.kind not in {None, "boolean"}


def number(engine: Any, value: int) -> Any:
    """Write a small whole number; `engine` is narwhals, or polars itself."""
    return engine.lit(value, dtype=engine.Int8)  # the largest score, 105, fits


def _flag(engine: Any, condition: Any, then: int, otherwise: int) -> Any:
    return engine.when(condition).then(number(engine, then)).otherwise(number(engine, otherwise))


def read_columns(frame: Any, layout: Layout) -> list[Reading]:
    """Find the column of each descriptor, or say everything that is wrong with the columns.

    A column that the layout names counts for that descriptor alone, and before one with the
    descriptor's own name.
    """
    columns = layout.columns or {}
    not_collected, absent = descriptor_set(layout.not_collected), descriptor_set(layout.absent)
    no_items = _names(layout.no_items)
    codes = Codes.of(layout.words)
    kinds = kinds_of(frame)
    sources, problems = _named_sources(frame, kinds, columns)
    refuse_no_items(kinds, columns, no_items)
    bare = {
        descriptor.value: descriptor
        for descriptor in Descriptor
        if descriptor in kinds
        and descriptor.value not in {*columns, *no_items}
        and descriptor not in sources
    }
    refuse_two_families(kinds, bare, columns, no_items, how=" (columns, no_items)")
    for column, descriptor in bare.items():
        sources[descriptor] = column
        if problem := misread(column, frame):
            problems.append(problem)
    if both := not_collected & absent:
        problems.append(f"named both not collected and absent: {listed(both)}")
    constant = not_collected | absent
    if there := constant & sources.keys():
        problems.append(
            f"named not collected or absent, yet with a column: {listed(there)}; a column that is "
            "no item is named in no_items"
        )
    if missing := set(Descriptor) - constant - sources.keys():
        problems.append(
            f"no column for {listed(missing)}; say which column it is (columns), that it was not "
            "collected (not_collected) or that it is absent (absent)"
        )
    if problems:
        raise InvalidInputError("; ".join(problems))
    return [
        Reading.of(d, sources[d], kinds[sources[d]], codes)
        if d in sources
        else Reading(d, not_collected=d in not_collected)
        for d in Descriptor
    ]


def _names(names: Iterable[str]) -> list[str]:
    if isinstance(names, str):
        raise InvalidInputError("no_items: expected names of columns, found a text")
    return list(names)


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
    if frame.implementation.is_pyspark():
        if "." in name or "`" in name:
            return f"Spark would not find column {shorten(column)} by its name; rename it"
        same = [other for other in frame.collect_schema() if other.lower() == name.lower()]
        if len(same) > 1:
            return f"Spark takes columns {', '.join(map(shorten, same))} for one; drop or rename"
    return ""


def selected(frame: Any, make: Callable[[Any], Mapping[str, Any]]) -> Any:
    """Select from an eager frame what `make` gives as expressions of an engine."""
    if frame.implementation.is_polars():  # in its own words, in which every column can be named
        engine: Any = frame.implementation.to_native_namespace()
        return nw.from_native(frame.to_native().select(**make(engine)))
    return frame.select(**make(nw))


def refuse_invalid(frame: Any, readings: list[Reading]) -> None:
    """Raise `InvalidInputError` for cells of an eager frame that are no answer, or may be another.

    Where most columns hold 1 and never say absent, 1 may mean no.
    """
    refuse_cells(frame, readings)
    checked = [reading for reading in readings if reading.checked]
    if not checked or checked[0].codes.stated or any(_has_booleans(frame, r) for r in readings):
        return  # who writes booleans uses no code
    if _mostly_ones(frame, checked):
        raise InvalidInputError(
            "this looks like a coding that is not stated: most columns hold 1 and never say "
            "absent, so 1 may mean no; state it in words, as {1: True} or {1: False, 2: True}"
        )


def refuse_cells(frame: Any, readings: list[Reading]) -> None:
    """Raise `InvalidInputError` for the cells of an eager frame that are no answer."""
    checked = [reading for reading in readings if reading.checked]
    if not checked:
        return
    for reading in checked:
        if reading.codes.stated and _has_booleans(frame, reading):
            raise InvalidInputError(
                f"column {shorten(reading.column)} holds true and false beside codes that are "
                "stated in words; accepted: one or the other, in a column of one type"
            )
    flags = selected(
        frame, lambda engine: {str(n): r.invalid(engine) for n, r in enumerate(checked)}
    )
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
        raise InvalidInputError(
            f"{'; '.join(problems)}; accepted: {checked[0].codes} (others are stated in words)"
        )


def _mostly_ones(frame: Any, readings: list[Reading]) -> bool:
    """Whether more columns have cells of 1, and none that says absent, than have one that does."""
    said = selected(
        frame,
        lambda engine: {
            f"{n} {answer}": condition
            for n, reading in enumerate(readings)
            for answer, condition in (
                ("yes", reading.points(engine) > 0),
                ("no", reading.absent(engine)),
            )
        },
    )
    absent = [n for n, _ in enumerate(readings) if said[f"{n} no"].any()]
    ones = [n for n, _ in enumerate(readings) if n not in absent and said[f"{n} yes"].any()]
    return len(ones) > len(absent)


def _has_booleans(frame: Any, reading: Reading) -> bool:
    """Whether a column of mixed objects holds true or false, which is 1 or 0 to the engine."""
    if reading.kind != "object":
        return reading.kind == "boolean"
    return any(isinstance(cell, bool) for cell in frame[reading.column].to_list())
