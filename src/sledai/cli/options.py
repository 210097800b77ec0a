"""Options that commands share, each a line of the codebook, and the file that they describe."""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from sledai.cells import RowsRead, item_column, read_rows
from sledai.cli.completion import names_of
from sledai.cli.printing import printable
from sledai.codebook import Codebook
from sledai.codebook.columns import DescriptorSources, descriptor_sources
from sledai.codebook.names import ALSO_OTHER_COLUMNS, descriptor_named, plain_name
from sledai.codebook.words import ANSWER_WORDS, Items, Words
from sledai.definitions import Edition
from sledai.descriptors import Descriptor, listed
from sledai.errors import SHOWN, InvalidInputError, file_name, shorten
from sledai.files import OUTPUT_FORMATS, Dialect, VisitFile, open_visits, output_format
from sledai.files.formats import ACCEPTED

__all__ = [
    "Absent",
    "AbsentText",
    "CodebookOption",
    "Columns",
    "EditionOption",
    "EncodingOption",
    "Input",
    "InputFile",
    "ItemsOption",
    "Missing",
    "NoItems",
    "NotCollected",
    "Present",
    "SeparatorOption",
    "SheetOption",
    "lab_lines",
    "open_input",
    "pairs",
    "read_codebook",
    "read_items",
    "refuse_outputs",
]

InputFile = Annotated[
    Path,
    typer.Argument(
        metavar="INPUT",
        help=f"File of visits: {ACCEPTED}; or - for standard input.",
    ),
]
CodebookOption = Annotated[
    Path | None,
    typer.Option(
        "--codebook",
        metavar="FILE",
        help="How the file is written, as TOML; other options say one line of it, and win.",
    ),
]
ItemsOption = Annotated[
    Items | None,
    typer.Option(
        "--items",
        help=f"What a cell holds: binary ({', '.join(ANSWER_WORDS)}; any case), or points (0 or "
        "exactly the weight of the descriptor). By default binary.",
    ),
]
Columns = Annotated[
    list[str],
    typer.Option(
        "--column",
        metavar="THEIRS=DESCRIPTOR",
        help="Read a descriptor from this column. Repeatable.",
    ),
]
Missing = Annotated[
    list[str],
    typer.Option(
        metavar="TEXT", help="Take this text for not assessed, as empty cells are. Repeatable."
    ),
]
NoItems = Annotated[
    list[str],
    typer.Option(
        "--no-item",
        metavar="COLUMN",
        help="This column looks like a descriptor's and is none. Repeatable.",
    ),
]
Present = Annotated[
    list[str],
    typer.Option(
        "--present",
        metavar="TEXT",
        help="Cells with this text say yes, in any case, and no other text says yes. Repeatable.",
    ),
]
AbsentText = Annotated[
    list[str],
    typer.Option(
        "--absent-text",
        metavar="TEXT",
        help="Cells with this text say no, in any case, and no other text says no. Repeatable.",
    ),
]
NotCollected = Annotated[
    list[str],
    typer.Option(
        metavar="DESCRIPTOR",
        help="No column has it: not assessed at any visit. Repeatable.",
        autocompletion=names_of(Descriptor),
    ),
]
Absent = Annotated[
    list[str],
    typer.Option(
        metavar="DESCRIPTOR",
        help="No column has it: assert it absent at every visit. Repeatable.",
        autocompletion=names_of(Descriptor),
    ),
]
SeparatorOption = Annotated[
    str | None,
    typer.Option(
        "--separator",
        metavar="CHARACTER",
        help="What separates the fields of text, by default as its suffix says.",
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        "--encoding", metavar="NAME", help="How the text of CSV is encoded, by default UTF-8."
    ),
]
EditionOption = Annotated[
    str,
    typer.Option(
        "--edition",
        metavar="NAME",
        help=f"Whose definitions: {', '.join(e.name for e in Edition)}.",
        autocompletion=names_of(e.name for e in Edition),
    ),
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of an Excel workbook.")
]


BY_FLAGS = {
    "items": " (--column THEIRS=DESCRIPTOR, --no-item COLUMN)",
    "scale": "as --field '{column}=physician_global 0-3' (or 0-10, 0-100)",
    "none": "--no-item COLUMN",
    "field": "--field",
}
"""How somebody says on the command line what is meant; a codebook says it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An open file, its codebook, and what its columns are.

    `incomplete` says which descriptors nothing is known of; it is empty if there are none.
    """

    visits: VisitFile
    book: Codebook
    sources: DescriptorSources
    incomplete: str = ""
    rows: RowsRead

    @property
    def columns(self) -> Mapping[str, Descriptor]:
        """The columns of descriptors."""
        return self.sources.columns

    @property
    def words(self) -> dict[str, Words]:
        """The words of the columns of descriptors."""
        return {column: self.book.words_of(d) for column, d in self.columns.items()}

    @property
    def missing(self) -> Collection[str]:
        """The texts that stand for nothing in every column."""
        return self.book.file.missing

    @property
    def others(self) -> list[str]:
        """The columns that hold no answer."""
        return [name for name in self.visits.columns if name not in self.columns]

    def alone(self, **sections: Mapping[str, Any]) -> Codebook:
        """Describe the answers of descriptors alone, as `Answers.alone` has them."""
        descriptors: dict[str, Any] = {d: item_column(d) for d in self.columns.values()}
        descriptors["absent"] = self.sources.absent
        descriptors["not_collected"] = self.sources.not_collected
        return Codebook(descriptors=descriptors, **sections)

    def require(self, columns: Collection[str]) -> None:
        """Refuse columns that are not there."""
        for name in columns:
            if name not in self.visits.columns:
                raise InvalidInputError(f"{file_name(self.visits.path)}: no column {shorten(name)}")

    def said(self) -> list[str]:
        """Say what was read as what, and what was asserted."""
        lines: list[str] = []
        read = [
            d.value if theirs == d else f"{printable(theirs).plain} as {d}"
            for theirs, d in sorted(self.columns.items(), key=lambda pair: pair[1].number)
        ]
        if read:
            lines.append(f"columns read: {', '.join(read)}")
        lines += self.rows.said()
        if none := self.book.descriptors.no_items:
            lines.append(f"no items: {', '.join(printable(c).plain for c in none)}")
        return lines + self.sources.said()


def read_codebook(
    path: Path | None,
    *,
    missing: Collection[str] = (),
    present: Collection[str] = (),
    absent_text: Collection[str] = (),
    separator: str | None,
    encoding: str | None,
    sheet: str | None,
    items: Items | None = None,
    column: Collection[str] = (),
    not_collected: Collection[str] = (),
    absent: Collection[str] = (),
    no_item: Collection[str] = (),
) -> Codebook:
    """Read the codebook, if there is one, and put what the options say in place of its lines.

    Raises `InvalidInputError` for an open question that no option answers.
    """
    book = Codebook() if path is None else Codebook.load(path)
    descriptors: dict[str, Any] = {}
    for theirs, name in pairs("--column", column, "THEIRS=DESCRIPTOR", "joint=arthritis"):
        descriptor = descriptor_named(name)
        if descriptor in descriptors:
            raise InvalidInputError(f"--column: two columns for {descriptor}")
        descriptors[descriptor] = theirs
    sides = {"absent": absent, "not_collected": not_collected}
    for side, names in sides.items():
        descriptors[side] = [descriptor_named(name) for name in names]
    descriptors["no_items"] = list(no_item)
    lines: dict[str, dict[str, Any]] = {
        "file": {
            "separator": separator,
            "encoding": encoding,
            "sheet": sheet,
            "missing": list(missing),
        },
        "answers": {
            "present": list(present),
            "absent": list(absent_text),
            "points": None if items is None else items == "points",
        },
        "descriptors": descriptors,
    }
    stated = {
        name: {key: said for key, said in section.items() if said not in (None, [])}
        for name, section in lines.items()
    }
    return book.stating(stated).settled()


def pairs(flag: str, options: Collection[str], form: str, example: str) -> list[tuple[str, str]]:
    """Split options such as THEIRS=NAME at their last "="; the same column comes once."""
    found: dict[str, str] = {}
    for option in options:
        theirs, equals, name = option.rpartition("=")
        if not equals:
            raise InvalidInputError.found(option, f"{form}, such as {example}", flag)
        if theirs in found:
            raise InvalidInputError(f"{flag}: column {shorten(theirs)} is named twice")
        found[theirs] = name
    return list(found.items())


def open_input(source: Path, book: Codebook) -> RowsRead:
    """Open a file as its codebook says that it is written, to be read visit by visit."""
    file = book.file
    dialect = Dialect(file.separator, file.encoding, file.sheet, file.header_row)
    return read_rows(open_visits(source, dialect), book)


def read_items(rows: RowsRead, book: Codebook) -> Input:
    """Find the descriptors of an open file."""
    visits = rows.visits
    try:
        sources = descriptor_sources(visits.columns, book, BY_FLAGS)
    except InvalidInputError as error:
        raise InvalidInputError(f"{file_name(visits.path)}: {error}") from None
    incomplete = ""
    if sources.unknown:
        incomplete = _missing_columns(visits, set(sources.unknown), sources.columns)
    return Input(visits=visits, book=book, sources=sources, incomplete=incomplete, rows=rows)


def lab_lines(options: list[str], there: Collection[str]) -> dict[str, dict[str, Any]]:
    """Read 'ANALYTE=COLUMN UNIT', and lower=... or upper=... after it, as lines of a codebook.

    `there` are the columns of the file: just the one that is written is meant, spaces and all.
    """
    lines: dict[str, dict[str, Any]] = {}
    for option in options:
        analyte, line = _lab_line(option, there)
        if analyte in lines:
            raise InvalidInputError(f"--lab: {shorten(analyte)} is given twice")
        lines[analyte] = line
    return lines


def _lab_line(option: str, there: Collection[str]) -> tuple[str, dict[str, Any]]:
    analyte, equals, rest = option.partition("=")
    ways = [(rest[: way.start()], way["unit"], way["ends"]) for way in _LAB.finditer(rest)]
    known = [way for way in ways if way[0] in there]
    if not equals or not ways:
        raise InvalidInputError.found(
            option, "'ANALYTE=COLUMN UNIT', such as 'platelets=platelet_count 10*9/L'", "--lab"
        )
    if len(known) > 1:
        raise InvalidInputError(
            f"--lab: found {shorten(option)}, which may mean column "
            f"{' or '.join(shorten(column) for column, _, _ in known)}; rename one"
        )
    column, unit, ends = (known or ways)[0]
    limits: dict[str, float | str] = {}
    for end in filter(None, re.split(r" (?=(?:lower|upper)=)", ends)):
        name, _, limit = end.partition("=")
        if name in limits:
            raise InvalidInputError(f"--lab: found {shorten(option)}, with {name} twice")
        try:
            limits[name] = float(limit)
        except ValueError:
            limits[name] = limit
    return analyte.strip(), {"column": column, "unit": unit, **limits}


_LAB = re.compile(r" (?=(?P<unit>(?!lower=|upper=)\S+)(?P<ends>(?: (?:lower|upper)=.*)?)$)")


def _missing_columns(
    visits: VisitFile, descriptors: set[Descriptor], columns: Mapping[str, Descriptor]
) -> str:
    unused = [shorten(name) for name in visits.columns if name not in columns]
    more = f" and {len(unused) - SHOWN} more" if len(unused) > SHOWN else ""
    perhaps = [
        f"  {shorten(name)} may be {d} or another column; if it is: --column {quote(f'{name}={d}')}"
        for name in visits.columns
        if (d := ALSO_OTHER_COLUMNS.get(plain_name(name))) in descriptors and name not in columns
    ]
    lines = [
        f"{file_name(visits.path)}: no column for {listed(descriptors)}",
        (
            "  say which column it is (--column THEIRS=DESCRIPTOR), that nobody assessed it "
            "(--not-collected DESCRIPTOR), or that it was never present (--absent DESCRIPTOR); "
            "or say all in a codebook (--codebook FILE)"
        ),
        f"  columns not used: {', '.join(unused[:SHOWN]) or 'none'}{more}",
        *perhaps,
    ]
    if len(visits.columns) == 1:
        lines.append("  there is one column only: what separates the fields? (--separator)")
    return "\n".join(lines)


def refuse_outputs(
    source: Path, *outputs: Path | None, formats: Mapping[str, object] = OUTPUT_FORMATS
) -> None:
    """Refuse, before the work and not after, files that cannot be written."""
    named: list[str] = []
    for output in outputs:
        if output is None:
            continue
        output_format(output, formats)
        output.parent.stat()  # a folder that is not there
        if output.exists() and source.exists() and output.samefile(source):
            raise InvalidInputError(
                f"{file_name(output)}: this is the input, which is never overwritten"
            )
        target = os.path.realpath(output)  # of a link to itself too
        if target in named:
            raise InvalidInputError(f"{file_name(output)}: named for two outputs")
        named.append(target)
