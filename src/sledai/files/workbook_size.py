"""What a workbook takes, found before it is read: one that is small when packed need not stay so.

Its reader makes a table of all cells between the first and the last, filled or not. So where they
are is looked up first in what the archive holds, which is unpacked piece by piece and not kept.
"""

import re
from collections.abc import Iterator
from typing import IO
from zipfile import ZipFile

from sledai.errors import InvalidInputError
from sledai.files.batches import unreadable
from sledai.files.limits import SHEET, WORKBOOK
from sledai.files.source import Source

__all__ = ["check_size"]

_PIECE = 2**20
_LONGEST_TAG = 2**16
_COLUMN = re.compile(rb" r=[\"']([A-Za-z]{1,7})[0-9]")
_ROW = re.compile(rb" r=[\"'][A-Za-z]{0,7}([0-9]{1,9})[\"']")  # of a cell or of a row
_SPACES = bytes.maketrans(b"\t\n\r", b"   ")
_REPEATED = re.compile(rb"<[^<>]*number-columns-repeated\s*=\s*[\"']([0-9]{1,9})[\"'][^<>]*>")
_VALUE = b"value-type"  # which a cell of OpenDocument has that is not empty
_A = ord("A") - 1


def check_size(source: Source, kind: str) -> None:
    """Raise `InvalidInputError` for a workbook beyond the bounds, and for a damaged archive."""
    try:
        with ZipFile(source.content) as book:
            members = book.infolist()
            WORKBOOK.check(sum(member.file_size for member in members), source)
            size = 0
            for member in members:
                member.file_size = WORKBOOK.most + 2 * _PIECE  # what is declared may be wrong
                with book.open(member) as file:
                    size = _check_part(source, file, size)
    except InvalidInputError:
        raise
    except Exception as error:  # noqa: BLE001 - of several kinds, and of any where it is damaged
        unreadable(source, f"not readable as {kind}: {error}")


def _check_part(source: Source, file: IO[bytes], size: int) -> int:
    """Read a part, and say how much has been read with it."""
    letters: set[bytes] = set()
    numbers: set[bytes] = set()
    repeated = 0
    for text, length in _pieces(file):
        WORKBOOK.check(size := size + length, source)
        letters.update(_COLUMN.findall(text))
        numbers.update(_ROW.findall(text))
        if b"number-columns-repeated" in text:
            repeated += sum(int(n[1]) for n in _REPEATED.finditer(text) if _VALUE in n[0])
    SHEET.check(max(repeated, _span(map(int, numbers)) * _span(map(_number, letters))), source)
    return size


def _pieces(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Give the text of a part in pieces that end where a tag does, and how long each was read."""
    kept = b""
    while piece := file.read(_PIECE):
        text = kept + piece.translate(_SPACES)
        ends = text.rfind(b"<")
        kept = text[ends:][-_LONGEST_TAG:] if ends >= 0 else b""
        yield text[:ends] if ends >= 0 else text, len(piece)
    yield kept, 0


def _span(numbers: Iterator[int]) -> int:
    """Count from the least to the greatest."""
    found = list(numbers)
    return max(found) - min(found) + 1 if found else 0


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - _A
    return number
