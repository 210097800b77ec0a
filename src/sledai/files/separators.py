"""Text whose suffix does not say what separates its fields."""

import csv

from sledai.errors import InvalidInputError
from sledai.files.batches import VisitFile
from sledai.files.delimited import open_delimited, text_encoding
from sledai.files.limits import LINES_ABOVE, bounded_lines
from sledai.files.source import Source

__all__ = ["open_text"]

_NAMES = {"\t": "tab", ",": "','", ";": "';'", "|": "'|'"}
_NO_NAMES = "".join(_NAMES) + '" '  # of which a line of no names may be


def open_text(source: Source, encoding: str, header_row: int) -> VisitFile:
    """Open a file whose separator was not stated: it is the only usual one that splits the header.

    Raises `InvalidInputError`, with what was found, where none or several do.
    """
    name = text_encoding(encoding)
    header = ""
    with source.content.open("rb") as file:
        for number, line in enumerate(bounded_lines(file), 1):
            if number > header_row + LINES_ABOVE.most:
                break
            text = line.decode(name, errors="replace").strip("\ufeff\r\n")
            if number >= header_row and text.strip(_NO_NAMES):
                header = text
                break
    found = [one for one in _NAMES if _splits(one, header)]
    if header and len(found) != 1:
        several = " and ".join(_NAMES[one] for one in found)
        raise InvalidInputError.in_words(
            f"{several or 'no usual separator'} in the header",
            f"one of {', '.join(_NAMES.values())}; say which it is (--separator)",
            source,
        )
    separator = found[0] if found else ","  # and there is no header, which is said there
    return open_delimited(source, separator, encoding, header_row)


def _splits(separator: str, header: str) -> bool:
    try:
        return len(next(csv.reader([header], delimiter=separator, strict=True))) > 1
    except csv.Error:
        return False
