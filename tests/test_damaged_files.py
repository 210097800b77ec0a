"""Files that are damaged, or made to take more than they seem to: one error each, and no memory."""

import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest
import xlsxwriter

from sledai.errors import InvalidInputError
from sledai.files import read_visits, write_visits
from sledai.files.limits import Limit

VISITS = pl.DataFrame({"id": ["a", "b"], "rash": ["yes", None], "n": [1, 2]})


def said(path: Path) -> str:
    """What a file is refused with, without its name."""
    with pytest.raises(InvalidInputError) as caught:
        read_visits(path)
    return str(caught.value).removeprefix(f"{path}: ")


def damaged(content: bytes, count: int) -> Iterator[bytes]:
    """A file cut, with bytes changed, and with bytes taken out, at places that stay the same."""
    chance = random.Random(18)  # noqa: S311 - no secret
    for n in range(count):
        place = chance.randrange(len(content))
        changed = bytearray(content)
        if n % 3 == 0:
            del changed[place:]
        elif n % 3 == 1:
            changed[place] ^= chance.randrange(1, 256)
        else:
            del changed[place : place + chance.choice([1, 4, 30])]
        yield bytes(changed)


def is_refused(path: Path) -> bool:
    """Whether a file is refused as every other is; anything else that it raises is a defect."""
    try:
        read_visits(path)
    except InvalidInputError as error:
        return str(error).startswith(f"{path}: ")
    return False


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(path: Path, content: dict[str, bytes]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, part in content.items():
            book.writestr(name, part)
    return path


SHEET = "xl/worksheets/sheet1.xml"


class TestWorkbooks:
    """docs/reference/files.md: a damaged workbook is refused, and one beyond a bound unread."""

    @pytest.fixture
    def book(self, tmp_path: Path) -> Path:
        write_visits(VISITS, path := tmp_path / "v.xlsx")
        return path

    def test_damaged_archives(self, book: Path) -> None:
        content = book.read_bytes()
        refused = 0
        for changed in damaged(content, 150):
            book.write_bytes(changed)
            refused += is_refused(book)
        assert refused > 100

    def test_damaged_parts(self, book: Path) -> None:
        content = parts(book.read_bytes())
        refused = 0
        for name, part in content.items():
            for changed in damaged(part, 12):
                refused += is_refused(packed(book, {**content, name: changed}))
            is_refused(packed(book, {one: content[one] for one in content if one != name}))
        assert refused > 10  # what the readers check is theirs

    def test_no_sheets(self, book: Path) -> None:
        content = parts(book.read_bytes())
        before, _, rest = content["xl/workbook.xml"].partition(b"<sheets>")
        _, _, after = rest.partition(b"</sheets>")
        changed = {**content, "xl/workbook.xml": before + after}
        assert said(packed(book, changed)).startswith("not readable as Excel: ")

    @pytest.mark.parametrize(
        ("row", "column", "cells"),
        [(1_048_575, 40, "42,991,616"), (9_999, 16_383, "163,840,000")],
    )
    def test_a_stray_cell_far_out(self, tmp_path: Path, row: int, column: int, cells: str) -> None:
        path = tmp_path / "v.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet: Any = book.add_worksheet()
            sheet.write_row(0, 0, ["id", "rash"])
            sheet.write(row, column, "x")
        assert said(path) == (
            f"found {cells} cells between the first and the last of a sheet; accepted: at most "
            "33,554,432 cells between the first and the last of a sheet"
        )

    def test_a_stray_row(self, book: Path) -> None:
        content = parts(book.read_bytes())
        far = content[SHEET].replace(b'<row r="2"', b'<row\n r="999999999"').replace(b"A2", b"XX2")
        assert far != content[SHEET]
        assert said(packed(book, {**content, SHEET: far})).startswith("found 647,999,999,352 cells")

    def test_a_cell_that_is_not_far_out(self, tmp_path: Path) -> None:
        path = tmp_path / "v.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet: Any = book.add_worksheet()
            sheet.write_row(70_000, 300, ["id", "rash"])
            sheet.write_row(70_001, 300, ["a", "yes"])
        assert read_visits(path).rows() == [("a", "yes")]

    def test_what_unpacks_to_more(self, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        small = Limit(most=100_000, unit="bytes, unpacked", files="", why="")
        monkeypatch.setattr("sledai.files.workbook_size.WORKBOOK", small)
        content = parts(book.read_bytes())
        packed(book, {**content, "more.xml": b" " * 200_000})
        assert said(book).startswith("found 2")
        honest = book.read_bytes()
        size = (200_000).to_bytes(4, "little")
        assert honest.count(size) == 2
        book.write_bytes(honest.replace(size, (10).to_bytes(4, "little")))
        assert said(book).startswith("found 2")

    def test_cells_of_open_document_that_are_repeated(self, tmp_path: Path) -> None:
        row = b"<table:table-row>%s</table:table-row>"
        empty = row % b'<table:table-cell table:number-columns-repeated="16384"/>'
        cell = (
            b'<table:table-cell office:value-type="string"%s><text:p>a</text:p></table:table-cell>'
        )
        filled = row % (cell % b' table:number-columns-repeated="16384"')
        content = b"<x>%s</x>"
        kind = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
        path = packed(tmp_path / "v.ods", {**kind, "content.xml": content % (filled * 2_049)})
        assert said(path).startswith("found 33,570,816 cells between")
        path = packed(tmp_path / "w.ods", {**kind, "content.xml": content % (empty * 2_049)})
        assert not said(path).startswith("found")


class TestParquet:
    """docs/reference/files.md: a damaged file is refused by its name."""

    def test_damaged_files(self, tmp_path: Path) -> None:
        write_visits(VISITS, path := tmp_path / "v.parquet")
        content = path.read_bytes()
        refused = 0
        for changed in damaged(content, 300):
            path.write_bytes(changed)
            refused += is_refused(path)
        assert refused > 200
        assert [p.name for p in tmp_path.iterdir()] == ["v.parquet"]

    @pytest.mark.parametrize("where", ["scan_parquet", "collect_batches"])
    def test_a_reader_that_panics(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        write_visits(VISITS, path := tmp_path / "v.parquet")

        def panic(*_: object, **__: object) -> None:
            raise pl.exceptions.PanicException("index out of bounds\nstack backtrace")

        owner = pl if where == "scan_parquet" else pl.LazyFrame
        monkeypatch.setattr(owner, where, panic)
        assert said(path) == "not readable as Parquet: index out of bounds"
