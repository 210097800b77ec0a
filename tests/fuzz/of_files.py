"""Doors of files: what is read comes out whole, and again from every text format it is written in.

Rows are counted by a second way, of plain lines and of Python's own JSON.
"""

import gzip
import io
import json as plain_json
import zipfile
from itertools import dropwhile
from pathlib import Path

import polars as pl

from sledai.errors import InvalidInputError
from sledai.files import open_visits, read_visits, write_visits

__all__ = ["csv", "excel", "json", "jsonl", "packed", "parquet", "sheet", "tsv"]


def csv(data: bytes, folder: Path) -> None:
    _plain_lines(data, _read(".csv", data, folder))


def tsv(data: bytes, folder: Path) -> None:
    _plain_lines(data, _read(".tsv", data, folder))


def jsonl(data: bytes, folder: Path) -> None:
    rows = _read(".jsonl", data, folder)
    try:
        lines = [line for line in data.decode("utf-8-sig").split("\n") if line.strip()]
        objects = [plain_json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return
    if all(isinstance(one, dict) for one in objects):
        assert rows == len(objects), (rows, len(objects))


def json(data: bytes, folder: Path) -> None:
    rows = _read(".json", data, folder)
    objects = plain_json.loads(data.decode("utf-8-sig"))
    assert rows == len(objects), (rows, len(objects))


def parquet(data: bytes, folder: Path) -> None:
    _read(".parquet", data, folder)


def excel(data: bytes, folder: Path) -> None:
    _read(".xlsx", data, folder)


def sheet(data: bytes, folder: Path) -> None:
    """The XML of a sheet, in a workbook that is whole: else its check sum refuses every change."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for name, text in _WORKBOOK.items():
            book.writestr(name, text)
        book.writestr("xl/worksheets/sheet1.xml", data)
    _read(".xlsx", packed.getvalue(), folder)


def packed(data: bytes, folder: Path) -> None:
    """An archive as it is; what is none is packed, so that its content is tried."""
    zipped = data if data[:2] == b"\x1f\x8b" else gzip.compress(data, 1)
    _read(".csv.gz", zipped, folder)


def _read(suffix: str, data: bytes, folder: Path) -> int:
    """Count the rows and the records that are none, and read what is written of them again."""
    path = folder / f"visits{suffix}"
    path.write_bytes(data)
    try:
        opened = open_visits(path)
        count = 0
        for batch in opened.batches:
            assert batch.visits.columns == opened.columns
            assert len(batch.places) == batch.visits.height
            assert batch.places.is_unique().all()
            count += batch.visits.height + len(batch.rejected)
        assert path.read_bytes() == data
        visits = read_visits(path)
        assert visits.height == count
        _written_again(visits, folder)
        return count
    finally:
        path.unlink()


def _written_again(visits: pl.DataFrame, folder: Path) -> None:
    for suffix in (".parquet", ".jsonl", ".csv"):
        path = folder / f"again{suffix}"
        try:
            write_visits(visits, path)
        except InvalidInputError:
            continue  # it cannot hold them, and says so
        try:
            again = read_visits(path)
        finally:
            path.unlink()
        assert again.height == visits.height, f"{suffix}: {again.height} of {visits.height} rows"
        assert again.columns == visits.columns[: again.width], suffix
        for name in visits.columns[again.width :]:  # the end of a line after a last separator
            assert not name, suffix
            assert all(cell in {None, ""} for cell in visits[name]), suffix


def _plain_lines(data: bytes, rows: int) -> None:
    """Count rows by lines where nothing is quoted, and no line break but one is there."""
    text = data.decode("utf-8-sig", "replace")
    if not set('"\r\ufffd') & set(text):
        lines = [line for line in text.split("\n") if line]
        # Above the header stands what has no content, and lines of separators have none.
        below = [*dropwhile(lambda line: not line.strip(",;\t|"), lines)]
        assert rows in {len(lines) - 1, len(below) - 1}, (rows, len(lines) - 1)


_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORKBOOK = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override '
        'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_PARTS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_SHEET}" xmlns:r="{_PARTS}"><sheets>'
        '<sheet name="visits" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_PARTS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
