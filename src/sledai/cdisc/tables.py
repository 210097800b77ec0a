"""Rows as a data set has them: its variables in their order and types, and what none can hold.

Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping

import polars as pl

from sledai.cdisc.datasets import dataset_named, variables
from sledai.cdisc.variables import MOST_TEXT, Type, Variable
from sledai.errors import InvalidInputError, require, shorten

__all__ = ["as_dataset", "dataset_of", "require_dataset", "require_pairs"]

_TYPES: dict[Type, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "ISO 8601": pl.String(),
    "date": pl.Date(),
}


def as_dataset(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give rows the variables of a data set, those that are not there empty."""
    there = rows.columns
    return rows.select(
        (pl.col(v.name) if v.name in there else pl.lit(None)).cast(_TYPES[v.type]).alias(v.name)
        for v in variables(name)
    )


def dataset_of(rows: Iterable[Mapping[str, object]], name: str) -> pl.DataFrame:
    """Make the rows of a data set of records, of which there may be none."""
    schema = {variable.name: _TYPES[variable.type] for variable in variables(name)}
    return pl.DataFrame([*rows], schema=schema)


def require_dataset(rows: pl.DataFrame, name: str) -> None:
    """Refuse rows that are not those of a data set, by their variables and by what they hold.

    Those are other variables or types, longer texts, numbers that are none, names of visits that
    do not belong to their numbers one to one, and rows that the keys do not tell apart.

    Raises `InvalidInputError` that names the variable.

    >>> require_dataset(pl.DataFrame({"STUDYID": ["S1"]}), "ADTTE")
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: ADTTE: found variables STUDYID; accepted: STUDYID, USUBJID, \
ASEQ, PARAMCD, PARAM, STARTDT, ADT, AVAL, AVALU, CNSR, EVNTDESC
    """
    dataset = dataset_named(name)
    require(rows, pl.DataFrame, dataset.name, "a data frame of polars, as the functions give it")
    named = [variable.name for variable in dataset.variables]
    if rows.columns != named:
        found = f"variables {', '.join(rows.columns)}"
        raise InvalidInputError.in_words(found, named, dataset.name)
    for variable in dataset.variables:
        column, where = rows[variable.name], f"{dataset.name}, {variable.name}"
        if column.dtype != _TYPES[variable.type]:
            raise InvalidInputError.in_words(
                f"type {column.dtype}", str(_TYPES[variable.type]), where
            )
        if column.dtype == pl.String:
            _require_length(column, variable, where)
        if column.dtype == pl.Float64:
            for odd in column.filter(~column.is_finite()).head(1):
                raise InvalidInputError.found(odd, "a number, or nothing", where)
    require_pairs(rows)
    twice = rows.select(dataset.keys).is_duplicated()
    for row in rows.select(dataset.keys).filter(twice).head(1).rows():
        said = ", ".join(shorten(cell) for cell in row if cell is not None)
        accepted = f"rows that {', '.join(dataset.keys)} tell apart"
        raise InvalidInputError.in_words(f"two rows of {said}", accepted, dataset.name)


_PAIRS = (("VISIT", "VISITNUM"), ("AVISIT", "AVISITN"))


def require_pairs(rows: pl.DataFrame) -> None:
    """Refuse two numbers of one name of a visit, and two names of one number, where both are there.

    >>> require_pairs(pl.DataFrame({"VISIT": ["Week 4", "Week 8"], "VISITNUM": [2.0, 2.0]}))
    Traceback (most recent call last):
    sledai.errors.InvalidInputError: VISITNUM: found 2.0 with VISIT 'Week 4' and 'Week 8'; \
accepted: one for each
    """
    for pair in _PAIRS:
        if not {*pair} <= {*rows.columns}:
            continue
        pairs = rows.select(pair).drop_nulls().unique(maintain_order=True)
        for one, other in (pair, pair[::-1]):
            for (same,) in pairs.filter(pl.col(one).is_duplicated()).select(one).head(1).rows():
                first, second, *_ = pairs.filter(pl.col(one) == same)[other].to_list()
                found = f"{shorten(same)} with {other} {shorten(first)} and {shorten(second)}"
                raise InvalidInputError.in_words(found, "one for each", one)


def _require_length(column: pl.Series, variable: Variable, where: str) -> None:
    most = variable.length or MOST_TEXT
    for text in column.filter(column.str.len_chars() > most).head(1):
        raise InvalidInputError.found(text, f"at most {most} characters", where)
