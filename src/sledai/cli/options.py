"""Options that commands share: how a file is read, and which column holds which descriptor."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from sledai.cli.printing import printable
from sledai.descriptors import Descriptor, listed
from sledai.errors import SHOWN, InvalidInputError, shorten
from sledai.files import FORMATS, OUTPUT_FORMATS, Visits, output_format
from sledai.laboratory import Lab
from sledai.names import ALSO_OTHER_COLUMNS, answer_columns, descriptor_named, plain_name
from sledai.trials.catalog import CATALOG
from sledai.words import ANSWER_WORDS, Items

__all__ = [
    "TRIAL_RULES",
    "Absent",
    "AbsentText",
    "Columns",
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
    "read_input",
    "read_lab",
    "refuse_outputs",
]

TRIAL_RULES = {trial.registry_id: trial.rule for trial in CATALOG}

InputFile = Annotated[
    Path, typer.Argument(metavar="INPUT", help=f"File of visits: {', '.join(FORMATS)}.")
]
ItemsOption = Annotated[
    Items,
    typer.Option(
        "--items",
        help=f"What a cell holds: binary ({', '.join(ANSWER_WORDS)}; any case), or points (0 or "
        "exactly the weight of the descriptor).",
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
        metavar="DESCRIPTOR", help="No column has it: not assessed at any visit. Repeatable."
    ),
]
Absent = Annotated[
    list[str],
    typer.Option(
        metavar="DESCRIPTOR", help="No column has it: assert it absent at every visit. Repeatable."
    ),
]
SeparatorOption = Annotated[
    str,
    typer.Option("--separator", metavar="CHARACTER", help="What separates the fields of CSV."),
]
EncodingOption = Annotated[
    str, typer.Option("--encoding", metavar="NAME", help="How the text of CSV is encoded.")
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of an Excel workbook.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An open file, and what its columns and the options say of the descriptors.

    `incomplete` says which descriptors nothing is known of; it is empty if there are none.
    """

    visits: Visits
    columns: Mapping[str, Descriptor]
    not_collected: Collection[Descriptor]
    absent: Collection[Descriptor]
    no_items: Collection[str] = ()
    incomplete: str

    @property
    def others(self) -> list[str]:
        """The columns that hold no answer."""
        return [name for name in self.visits.columns if name not in self.columns]

    def said(self) -> list[str]:
        """Say what was read as what, and what was asserted."""
        lines: list[str] = []
        read = [
            d.value if theirs == d else f"{printable(theirs).plain} as {d}"
            for theirs, d in sorted(self.columns.items(), key=lambda pair: pair[1].number)
        ]
        if read:
            lines.append(f"columns read: {', '.join(read)}")
        if self.no_items:
            lines.append(f"no items: {', '.join(printable(c).plain for c in self.no_items)}")
        if self.not_collected:
            lines.append(f"not collected: {listed(self.not_collected)}")
        if self.absent:
            lines.append(f"asserted absent at every visit: {listed(self.absent)}")
        return lines


def read_input(
    visits: Visits,
    *,
    column: list[str],
    not_collected: list[str],
    absent: list[str],
    no_item: list[str],
    reserved: Collection[str] = (),
) -> Input:
    """Find the descriptors of an open file; columns `reserved` for other use hold none."""
    named = _named_columns(column)
    for name in reserved:
        if name not in visits.columns:
            raise InvalidInputError(f"{visits.path}: no column {shorten(name)}")
        if name in named:
            raise InvalidInputError(
                f"column {shorten(name)} is named both for {named[name]} and as a number"
            )
    try:
        columns = answer_columns(
            [name for name in visits.columns if name not in reserved],
            named,
            [name for name in no_item if name not in reserved],
            how=" (--column THEIRS=DESCRIPTOR, --no-item COLUMN)",
        )
    except InvalidInputError as error:
        raise InvalidInputError(f"{visits.path}: {error}") from None
    missing = [descriptor_named(name) for name in not_collected]
    asserted = [descriptor_named(name) for name in absent]
    for theirs, descriptor in columns.items():
        if descriptor in {*missing, *asserted}:
            how = "--not-collected" if descriptor in missing else "--absent"
            raise InvalidInputError(
                f"{visits.path}: {how} {descriptor}, yet column {shorten(theirs)} holds it; if "
                "that is no item, say so (--no-item COLUMN)"
            )
    unnamed = set(Descriptor).difference(columns.values(), missing, asserted)
    return Input(
        visits=visits,
        columns=columns,
        not_collected=missing,
        absent=asserted,
        no_items=no_item,
        incomplete=_missing_columns(visits, unnamed, columns) if unnamed else "",
    )


def read_lab(option: str, there: Collection[str]) -> Lab:
    """Read 'ANALYTE=COLUMN UNIT', and lower=... or upper=... after it.

    `there` are the columns of the file: just the one that is written is meant, spaces and all.
    """
    analyte, equals, rest = option.partition("=")
    ways = [(rest[: way.start()], way["unit"], way["ends"]) for way in _LAB.finditer(rest)]
    known = [way for way in ways if way[0] in there]
    if not equals or not ways:
        raise InvalidInputError(
            f"--lab: found {shorten(option)}; accepted: 'ANALYTE=COLUMN UNIT', such as "
            "'platelets=platelet_count 10*9/L'"
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
    return Lab(analyte.strip(), column, unit, limits.get("lower"), limits.get("upper"))


_LAB = re.compile(r" (?=(?P<unit>(?!lower=|upper=)\S+)(?P<ends>(?: (?:lower|upper)=.*)?)$)")


def _named_columns(options: list[str]) -> dict[str, Descriptor]:
    named: dict[str, Descriptor] = {}
    for option in options:
        theirs, equals, name = option.rpartition("=")
        if not equals:
            raise InvalidInputError(
                f"--column: found {shorten(option)}; accepted: THEIRS=DESCRIPTOR, such as "
                "joint_swelling=arthritis"
            )
        if theirs in named:
            raise InvalidInputError(f"--column: column {shorten(theirs)} is named twice")
        named[theirs] = descriptor_named(name)
    return named


def _missing_columns(
    visits: Visits, descriptors: set[Descriptor], columns: Mapping[str, Descriptor]
) -> str:
    unused = [shorten(name) for name in visits.columns if name not in columns]
    more = f" and {len(unused) - SHOWN} more" if len(unused) > SHOWN else ""
    perhaps = [
        f"  {shorten(name)} may be {d} or another column; if it is: --column {quote(f'{name}={d}')}"
        for name in visits.columns
        if (d := ALSO_OTHER_COLUMNS.get(plain_name(name))) in descriptors and name not in columns
    ]
    lines = [
        f"{visits.path}: no column for {listed(descriptors)}",
        (
            "  say which column it is (--column THEIRS=DESCRIPTOR), that nobody assessed it "
            "(--not-collected DESCRIPTOR), or that it was never present (--absent DESCRIPTOR)"
        ),
        f"  columns not used: {', '.join(unused[:SHOWN]) or 'none'}{more}",
        *perhaps,
    ]
    if len(visits.columns) == 1:
        lines.append("  there is one column only: what separates the fields? (--separator)")
    return "\n".join(lines)


def refuse_outputs(
    source: Path, *outputs: Path | None, formats: Mapping[str, str] = OUTPUT_FORMATS
) -> None:
    """Refuse, before the work and not after, files that cannot be written."""
    named: list[Path] = []
    for output in outputs:
        if output is None:
            continue
        output_format(output, formats)
        output.parent.stat()  # a folder that is not there
        if output.exists() and source.exists() and output.samefile(source):
            raise InvalidInputError(f"{output}: this is the input, which is never overwritten")
        if output.resolve() in named:
            raise InvalidInputError(f"{output}: named for two outputs")
        named.append(output.resolve())
