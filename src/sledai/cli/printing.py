"""What is printed: lines and tables as wide as the terminal, 80 columns where there is none.

Color is for a terminal alone, as `rich` finds one (`NO_COLOR`, `FORCE_COLOR` and `TERM` have their
say), and says nothing that no word says.
"""

import inspect
import io
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO, cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from sledai.displays import VERDICTS
from sledai.errors import escaped
from sledai.verdict import Verdict

__all__ = [
    "ROWS_SHOWN",
    "STYLES",
    "Column",
    "Table",
    "colored",
    "first_line",
    "identifying",
    "names_said",
    "printable",
    "verdict_said",
    "width",
    "wrapped",
]

ROWS_SHOWN = 50
"""How many rows of a file are printed."""

STYLES = {Verdict.MET: "green", Verdict.NOT_MET: "red", Verdict.UNDETERMINED: "yellow"}
"""The color of each verdict, beside its word."""

_WIDTH = 80
_NARROWEST = 20
_IDENTIFYING_COLUMNS = 3
_GAP = 2
_LONGEST_WORD = 26
"""How long a word may be that is never broken: all names of ours are shorter."""
_LINES_OF_A_CELL = 4


def identifying(others: Sequence[str]) -> list[str]:
    """Choose, of the columns that hold no answer, the first few to know rows by."""
    return list(others[:_IDENTIFYING_COLUMNS])


def width(stream: TextIO | None = None) -> int:
    """Say how many columns there are: those of the terminal, 80 where there is none."""
    given = sys.stdout if stream is None else stream
    # While progress is shown rich stands before what it prints to, which alone knows its width.
    to: TextIO = getattr(given, "rich_proxied_file", given)
    return max(_NARROWEST, Console(file=to).width) if to.isatty() else _WIDTH


def _console(stream: TextIO | None) -> Console:
    to: TextIO = sys.stdout if stream is None else stream
    return Console(file=to, width=width(to), highlight=False, emoji=False, markup=False)


def first_line(command: Callable[..., object]) -> str:
    """Say what a command does, in the whole of its first line, where `typer` would cut it."""
    return (inspect.getdoc(command) or "").partition("\n")[0]


def colored(text: str, style: str, stream: TextIO | None = None) -> str:
    """Give a text of one line in color, where there is any."""
    console = _console(stream)
    if not console.is_terminal:
        return text
    shown = io.StringIO()  # what is printed to the stream itself might fail here
    Console(
        file=shown,
        force_terminal=True,
        color_system=cast("Any", console.color_system),
        no_color=console.no_color,
    ).print(Text(text, style), end="", soft_wrap=True)
    return shown.getvalue()


def wrapped(text: str, *, indent: int = 2, stream: TextIO | None = None) -> str:
    """Break a line where the terminal ends."""
    return textwrap.fill(
        text,
        width(stream),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def printable(value: object, style: str = "") -> Text:
    """Show a cell of a file as plain text, `escaped`: no markup, no control characters."""
    return Text("" if value is None else escaped(str(value)), style)


def verdict_said(verdict: Verdict) -> Text:
    """Show a verdict as its word, in its color."""
    return Text(VERDICTS[verdict].word, STYLES[verdict])


def names_said(names: Mapping[str, str]) -> list[str]:
    """Say which results have a name of their own, since the input has columns of theirs."""
    other = [f"{name} as {escaped(called)}" for name, called in names.items() if name != called]
    return [f"names that the input has already: {', '.join(other)}"] if other else []


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: at least so wide where there is room, and at most so if there is a most.

    Longer words are cut where there is a most, and say so.
    """

    name: str
    right: bool = False
    least: int = 0
    most: int = 0

    def cell(self, value: str | Text) -> Text:
        """Give a cell, cut if it is too long."""
        text = value if isinstance(value, Text) else Text(value)
        if self.most and cell_len(text.plain) > self.most:
            words = (_cut(word, self.most) for word in text.plain.split(" "))
            return Text(_cut(" ".join(words), self.most * _LINES_OF_A_CELL), text.style)
        return text


def _cut(text: str, most: int) -> str:
    return text if cell_len(text) <= most else f"{set_cell_size(text, most - 1).rstrip()}…"


@dataclass(slots=True)
class Table:
    """A table without lines, which fits the terminal; where it cannot, a row is a list.

    Between rows there may be whole lines, which are printed as they are.
    """

    columns: Sequence[Column]
    _rows: list[list[Text] | str] = field(default_factory=list[list[Text] | str])

    def add(self, *cells: str | Text) -> None:
        """Add a row."""
        self._rows.append([c.cell(one) for c, one in zip(self.columns, cells, strict=True)])

    def line(self, text: str = "") -> None:
        """Add a line that is no row."""
        self._rows.append(text)

    def print(self) -> None:
        """Print the table, in which nothing is cut that `Column` does not cut."""
        console = _console(None)
        names = [Text(escaped(c.name), "bold") for c in self.columns]
        heading = [column.cell(name) for column, name in zip(self.columns, names, strict=True)]
        widths = self._widths(heading, console.width)
        if widths is None:
            lines = self._as_lists(heading, console)
        else:
            lines = self._as_rows(heading, widths, console)
        for line in lines:
            console.print(line, soft_wrap=True)

    def _widths(self, heading: list[Text], room: int) -> list[int] | None:
        """Say how wide each column is: the widest give way first, down to their longest word."""
        rows = [heading, *(row for row in self._rows if isinstance(row, list))]
        widths: list[int] = []
        least: list[int] = []
        for n, column in enumerate(self.columns):
            texts = [row[n].plain for row in rows]
            longest = max(cell_len(line) for text in texts for line in text.split("\n"))
            word = max((cell_len(word) for text in texts for word in text.split()), default=0)
            most = column.most or longest
            widths.append(max(min(longest, most), column.least))
            least.append(min(word, _LONGEST_WORD))
        over = sum(widths) + _GAP * (len(widths) - 1) - room
        if over > sum(widths) - sum(least):
            return None
        for _ in range(over):
            widest = max(
                (n for n in range(len(widths)) if widths[n] > least[n]), key=widths.__getitem__
            )
            widths[widest] -= 1
        return widths

    def _as_rows(
        self, heading: list[Text], widths: list[int], console: Console
    ) -> Iterator[Text | str]:
        first = [heading] if any(column.name for column in self.columns) else []
        for row in (*first, *self._rows):
            if isinstance(row, str):
                yield row
                continue
            cells = [
                cell.wrap(console, room) or [Text()] for cell, room in zip(row, widths, strict=True)
            ]
            for n in range(max(map(len, cells))):
                line = Text()
                for column, lines, room in zip(self.columns, cells, widths, strict=True):
                    part = lines[n].copy() if n < len(lines) else Text()
                    part.rstrip()
                    pad = " " * (room - cell_len(part.plain))
                    line.append(pad if column.right else "").append_text(part)
                    line.append("" if column.right else pad).append(" " * _GAP)
                line.rstrip()
                yield line

    def _as_lists(self, heading: list[Text], console: Console) -> Iterator[Text | str]:
        for n, row in enumerate(self._rows):
            if isinstance(row, str):
                yield row
                continue
            if n:
                yield ""
            for name, cell in zip(heading, row, strict=True):
                if cell.plain:
                    said = Text.assemble(name, ": " if name.plain else "", cell)
                    for place, line in enumerate(said.wrap(console, console.width - _GAP)):
                        line.rstrip()
                        yield Text(" " * _GAP).append_text(line) if place else line
