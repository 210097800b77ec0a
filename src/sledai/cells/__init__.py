"""Cells of a file to answers, numbers and visits, by what its codebook says of them.

A cell is an answer only by a word of the codebook; every other cell is reported. Needs the extra
`cli`.
"""

from sledai.cells.answers import Answers, Coding, find_answers, item_column
from sledai.cells.numbers import PrintedValues, read_numbers, read_printed_values
from sledai.cells.rows import RowsRead, read_rows
from sledai.cells.text import Nothing, as_text, given, python_values

__all__ = [
    "Answers",
    "Coding",
    "Nothing",
    "PrintedValues",
    "RowsRead",
    "as_text",
    "find_answers",
    "given",
    "item_column",
    "python_values",
    "read_numbers",
    "read_printed_values",
    "read_rows",
]
