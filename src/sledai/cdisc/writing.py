"""Files of a data set: SAS transport of version 5, Dataset-JSON 1.1, and all that visits go into.

A file gets its name only when it is complete. What a format does not hold is refused: in SAS
transport texts that are not ASCII, since it does not say how text is encoded, and those that end in
a blank or hold a NUL, which it would lose. SAS transport needs the extra `stat`, and all the others
`cli`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

import sledai
from sledai.cdisc.datasets import Dataset, dataset_named
from sledai.cdisc.tables import require_dataset
from sledai.cdisc.variables import Type, Variable
from sledai.errors import InvalidInputError, as_path
from sledai.files import (
    OUTPUT_FORMATS,
    output_format,
    together,
    write_provenance,
    write_text,
    write_visits,
)
from sledai.files.batches import Extra
from sledai.files.output import complete_file

__all__ = ["DATASET_FORMATS", "dataset_json", "write"]

_TRANSPORT, _JSON = ".xpt", ".json"
_STAT = Extra("pyreadstat", "stat")
DATASET_FORMATS: Mapping[str, object] = {
    _TRANSPORT: "SAS transport",
    _JSON: "Dataset-JSON",
    **OUTPUT_FORMATS,
}
"""The formats in which a data set is written, by suffix."""

_DATE = "DATE9."
"""How SAS shows a day."""
_DATA_TYPES: dict[Type, str] = {
    "text": "string",
    "integer": "integer",
    "float": "double",
    "ISO 8601": "date",
    "date": "date",
}


def write(
    rows: pl.DataFrame,
    dataset: str,
    path: str | PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
) -> None:
    """Write the rows of a data set, by its name, in the format of the suffix.

    `provenance` says how they were made, and is written beside the file with the time. In SAS
    transport and Dataset-JSON each variable has its label, and a date is one; in other formats the
    rows are as they are.

    Raises `InvalidInputError` for rows that are not those of the data set, for an unknown suffix
    and for what the format cannot hold, `MissingExtraError` where the library that writes it is not
    there, and `OSError` where nothing can be written.

    Source: Dataset-JSON 1.1, top-level and column metadata.
    """
    found, target = dataset_named(dataset), as_path(path)
    require_dataset(rows, found.name)
    output_format(target, DATASET_FORMATS)
    suffix = target.suffix.lower()
    if suffix not in {_TRANSPORT, _JSON}:
        write_visits(rows, target, provenance)
        return
    with together():
        if suffix == _JSON:
            said = json.dumps(dataset_json(rows, found), ensure_ascii=False, allow_nan=False)
            write_text(said + "\n", target)
        else:
            _write_transport(rows, found, target)
        if provenance is not None:
            write_provenance(provenance, target)


def _write_transport(rows: pl.DataFrame, dataset: Dataset, path: Path) -> None:
    _STAT.require(path, "writing SAS transport")
    for column in rows.select(pl.col(pl.String)):
        for text in column.drop_nulls().unique(maintain_order=True):
            if not text.isascii() or "\0" in text or text != text.rstrip():
                raise InvalidInputError.found(
                    text, "ASCII without NUL that ends in no blank", f"{path}: {column.name}"
                )
    with complete_file(path) as part:
        import_module("pyreadstat").write_xport(
            rows,
            str(part),
            file_label=dataset.label,
            column_labels={variable.name: variable.label for variable in dataset.variables},
            table_name=dataset.name,
            file_format_version=5,
            variable_format={v.name: _DATE for v in dataset.variables if v.type == "date"},
        )


def dataset_json(rows: pl.DataFrame, dataset: Dataset) -> dict[str, Any]:
    """Give rows as an object of Dataset-JSON 1.1, made now.

    A date is text; in an analysis data set it is marked as one that becomes a number of SAS.

    Source: Dataset-JSON 1.1, top-level and column metadata, supported column data types.
    """
    studies = rows["STUDYID"].drop_nulls().unique().to_list()
    study = {"studyOID": studies[0]} if len(studies) == 1 else {}
    days = [variable.name for variable in dataset.variables if variable.type == "date"]
    return {
        "datasetJSONCreationDateTime": datetime.now(UTC).isoformat(timespec="seconds"),
        "datasetJSONVersion": "1.1.0",
        "sourceSystem": {"name": "sledai", "version": sledai.__version__},
        **study,
        "itemGroupOID": f"IG.{dataset.name}",
        "records": rows.height,
        "name": dataset.name,
        "label": dataset.label,
        "columns": [_column(variable, dataset) for variable in dataset.variables],
        "rows": rows.with_columns(pl.col(days).dt.to_string("%Y-%m-%d")).rows(),
    }


def _column(variable: Variable, dataset: Dataset) -> dict[str, Any]:
    column: dict[str, Any] = {
        "itemOID": f"IT.{dataset.name}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
        "dataType": _DATA_TYPES[variable.type],
    }
    if variable.type == "date":
        column |= {"targetDataType": "integer", "displayFormat": _DATE}
    if variable.type == "text":
        column["length"] = variable.length
    if variable.name in dataset.keys:
        column["keySequence"] = dataset.keys.index(variable.name) + 1
    return column
