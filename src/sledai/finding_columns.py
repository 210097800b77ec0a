"""Which columns of a data frame hold which findings: laboratory values and signs.

Needs the extra `frame`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw

from sledai.codes import Codes
from sledai.columns import Reading, kinds_of, misread
from sledai.definitions.clauses import NewOnset, Sign, leaves
from sledai.definitions.editions import DEFINITIONS
from sledai.descriptors import Descriptor
from sledai.errors import InvalidInputError, require, require_several, shorten
from sledai.laboratory import Lab, LabValues
from sledai.quantities import UNITS

__all__ = ["ANALYTES", "SIGNS", "read_labs", "read_signs"]

SIGNS = tuple(
    dict.fromkeys(
        leaf.finding
        for definitions in DEFINITIONS.values()
        for definition in definitions.values()
        for leaf in leaves(definition.rule)
        if isinstance(leaf, Sign | NewOnset)
    )
)
"""The findings that are yes or no."""

ANALYTES = tuple(
    analyte
    for analyte in UNITS
    if any(
        analyte in definition.findings
        for definitions in DEFINITIONS.values()
        for definition in definitions.values()
    )
)
"""The laboratory values that a definition asks for."""


def read_labs(frame: Any, engine: Any, labs: Iterable[Lab]) -> dict[str, LabValues]:
    """Find the columns of laboratory values, by analyte, or say what is wrong with them."""
    schema = frame.collect_schema()
    values: dict[str, LabValues] = {}
    require_several(labs, "labs", "a list of Lab")
    for lab in labs:
        require(lab, Lab, "labs", "a list of Lab")
        if lab.analyte not in ANALYTES:
            raise InvalidInputError(
                f"analyte: found {shorten(lab.analyte)}; accepted: {', '.join(ANALYTES)}"
            )
        if lab.analyte in values:
            raise InvalidInputError(f"analytes given twice: {lab.analyte}")
        numbers = [end for end in (lab.column, lab.lower, lab.upper) if isinstance(end, str)]
        for column in numbers:
            _find(column, lab.analyte, frame)
            if not schema[column].is_numeric():
                raise InvalidInputError(
                    f"column {shorten(column)} holds no numbers: it is of type {schema[column]}"
                )
        if len({schema[column] == nw.Float32 for column in numbers}) > 1:
            raise InvalidInputError(
                f"columns {', '.join(map(shorten, numbers))}: floats of 32 and of 64 bits differ "
                "at the limit; give both the same type"
            )
        if lab.bound is not None:
            _find(lab.bound, lab.analyte, frame)
            if schema[lab.bound].is_numeric() or schema[lab.bound] == nw.Boolean:
                raise InvalidInputError(
                    f"column {shorten(lab.bound)} holds no bounds: it is of type "
                    f"{schema[lab.bound]}"
                )
        values[lab.analyte] = LabValues.of(lab, engine, schema)
    return values


def read_signs(frame: Any, signs: Mapping[str, str], codes: Codes) -> dict[str, Reading]:
    """Find the columns of signs, or say what is wrong with them."""
    require(signs, Mapping, "signs", "a mapping of signs to columns")
    kinds = kinds_of(frame)
    readings: dict[str, Reading] = {}  # of any descriptor: its weight is not used
    for sign, column in signs.items():
        if sign not in SIGNS:
            raise InvalidInputError(f"sign: found {shorten(sign)}; accepted: {', '.join(SIGNS)}")
        _find(column, sign, frame)
        readings[sign] = Reading.of(Descriptor.SEIZURE, column, kinds[column], codes)
    return readings


def _find(column: str, finding: str, frame: Any) -> None:
    if column not in frame.collect_schema():
        raise InvalidInputError(f"no column {shorten(column)}, named for {finding}")
    if problem := misread(column, frame):
        raise InvalidInputError(problem)
