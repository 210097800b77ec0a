"""What is printed: tables and lines that fit 80 columns, and cells of files as plain text."""

import sys
import textwrap
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sledai.errors import escaped

__all__ = [
    "ROWS_SHOWN",
    "identifying",
    "names_said",
    "plain_table",
    "print_table",
    "printable",
    "wrapped",
]

ROWS_SHOWN = 50
"""How many rows of a file are printed."""

_WIDTH = 80
_IDENTIFYING_COLUMNS = 3


def plain_table() -> Table:
    """Begin a table without lines."""
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def identifying(others: Sequence[str]) -> list[str]:
    """Choose, of the columns that hold no answer, the first few to know rows by."""
    return list(others[:_IDENTIFYING_COLUMNS])


def print_table(table: Table) -> None:
    """Print a table, and a blank line."""
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False)
    console.print(table)
    console.print()


def printable(value: object) -> Text:
    """Show a cell of a file as plain text, `escaped`: no markup, no control characters."""
    return Text("" if value is None else escaped(str(value)), overflow="ellipsis")


def wrapped(text: str, *, indent: int = 2) -> str:
    """Break a line at 80 columns."""
    return textwrap.fill(
        text,
        _WIDTH,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def names_said(names: Mapping[str, str]) -> list[str]:
    """Say which results have a name of their own, since the input has columns of theirs."""
    other = [f"{name} as {called}" for name, called in names.items() if name != called]
    return [f"names that the input has already: {', '.join(other)}"] if other else []
