"""The command line: score a file of visits, print the descriptors, explain one.

Needs the extra `cli`.
"""

import io
import sys
import textwrap
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import polars as pl
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

import sledai
from sledai import frame
from sledai.answers import (
    ANSWER_WORDS,
    Items,
    answer_columns,
    descriptor_named,
    plain_name,
    read_answers,
)
from sledai.definitions import OBSERVATION_WINDOW, Edition
from sledai.definitions.selena import SELENA_DEFINITIONS
from sledai.descriptors import SEROLOGIC, Descriptor, listed
from sledai.entry_rules import ActivityRule
from sledai.errors import InvalidInputError, SledaiError, shorten
from sledai.files import (
    FORMATS,
    SHOWN,
    file_format,
    read_visits,
    write_visits,
)
from sledai.scoring import MAX_TOTAL, ScoreBounds
from sledai.sources import BOMBARDIER_1992
from sledai.trials import nct05765006
from sledai.verdict import Verdict

__all__ = ["app", "run"]

TRIAL_RULES = {rule.name: rule for rule in (nct05765006.ACTIVITY_RULE,)}

_WIDTH = 80
_ROWS_SHOWN = 50
_IDENTIFYING_COLUMNS = 3

app = typer.Typer(
    name="sledai",
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=(
        "The SELENA-SLEDAI: exact scores, and what missing answers leave open. "
        "For research and software building; not a medical device."
    ),
)


def run(args: list[str] | None = None) -> None:
    """Run the command line; every error is one message and exit code 2."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = io.StringIO()
    stdout: object = sys.stdout
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="replace")  # a terminal may know fewer letters
    try:
        app(args)
    except SledaiError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except pl.exceptions.PolarsError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    for line in f"error: {message}".splitlines():
        print(_wrapped(line, indent=4), file=sys.stderr)
    raise SystemExit(2)


def _show_version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        print(f"sledai {sledai.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    pass


Source = Annotated[
    Path, typer.Argument(metavar="INPUT", help=f"File of visits: {', '.join(FORMATS)}.")
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write all columns and the scores to this file."),
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
Trials = Annotated[
    list[str],
    typer.Option(
        metavar="ID",
        help=f"Judge the activity rule of this trial: {', '.join(TRIAL_RULES)}. Repeatable.",
    ),
]


@app.command()
def score(
    source: Source,
    output: Output = None,
    items: ItemsOption = "binary",
    column: Columns = [],
    missing: Missing = [],
    not_collected: NotCollected = [],
    absent: Absent = [],
    trial: Trials = [],
) -> None:
    """Score a file of visits.

    One row is a visit, one column a descriptor.

    Without --output the scores are printed as a table, beside the first three other columns.
    """
    rules = list(dict.fromkeys(map(_trial_rule, trial)))
    if output is not None:
        _refuse_output(output, source)
    visits = read_visits(source)
    columns = answer_columns(visits.columns, _named_columns(column))
    constant = {
        "not_collected": [descriptor_named(name) for name in not_collected],
        "absent": [descriptor_named(name) for name in absent],
    }
    problems: list[str] = []
    unnamed = set(Descriptor).difference(columns.values(), *constant.values())
    if unnamed:
        problems.append(_missing_columns(source, visits, unnamed, columns))
    try:
        answers = read_answers(visits, columns, path=source, items=items, missing=missing)
    except InvalidInputError as error:
        problems.append(str(error))
        answers = visits
    if problems:  # of columns and of cells in one message
        raise InvalidInputError("\n".join(problems))
    scored = frame.score(answers, rules=rules, columns=columns, **constant)
    scored = scored.with_columns(visits[theirs] for theirs in columns)  # as in the file
    if output is None:
        _print_table(scored, [c for c in visits.columns if c not in columns], rules)
    else:
        write_visits(scored, output)
    _print_summary(scored, columns, constant["absent"], rules)
    if output is not None:
        print(f"{scored.height} rows written to {output}")


def _trial_rule(name: str) -> ActivityRule:
    try:
        return TRIAL_RULES[name.strip().upper()]
    except KeyError:
        raise InvalidInputError(
            f"--trial: found {shorten(name)}; accepted: {', '.join(TRIAL_RULES)}"
        ) from None


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
    source: Path,
    visits: pl.DataFrame,
    descriptors: set[Descriptor],
    columns: Mapping[str, Descriptor],
) -> str:
    unused = [shorten(name) for name in visits.columns if name not in columns]
    more = f" and {len(unused) - SHOWN} more" if len(unused) > SHOWN else ""
    lines = [
        f"{source}: no column for {listed(descriptors)}",
        (
            "  say which column it is (--column THEIRS=DESCRIPTOR), that nobody assessed it "
            "(--not-collected DESCRIPTOR), or that it was never present (--absent DESCRIPTOR)"
        ),
        f"  columns not used: {', '.join(unused[:SHOWN]) or 'none'}{more}",
    ]
    if visits.width == 1:
        lines.append("  there is one column only: are the fields separated by commas?")
    return "\n".join(lines)


def _refuse_output(output: Path, source: Path) -> None:
    file_format(output)
    output.parent.stat()  # a folder that is not there is told before the work, not after
    if output.exists() and source.exists() and output.samefile(source):
        raise InvalidInputError(f"{output}: this is the input, which is never overwritten")


def _print_table(scored: pl.DataFrame, others: list[str], rules: list[ActivityRule]) -> None:
    shown = scored.head(_ROWS_SHOWN)
    table = _table()
    identifying = others[:_IDENTIFYING_COLUMNS]
    for name in identifying:
        table.add_column(_printable(name), max_width=14)
    for name in ("total", "clinical", "not assessed"):
        table.add_column(name, justify="right")
    for rule in rules:
        table.add_column(rule.name)
    for row in shown.iter_rows(named=True):
        table.add_row(
            *(_printable(row[name]) for name in identifying),
            str(ScoreBounds(row["sledai_low"], row["sledai_high"])),
            str(ScoreBounds(row["sledai_clinical_low"], row["sledai_clinical_high"])),
            str(row["sledai_not_assessed"] or "-"),
            *(row[frame.verdict_column(rule)].replace("_", " ") for rule in rules),
        )
    _print(table)
    if scored.height > shown.height:
        print(f"  and {scored.height - shown.height} more rows; -o FILE writes all of them\n")


def _print_summary(
    scored: pl.DataFrame,
    columns: Mapping[str, Descriptor],
    absent: Collection[Descriptor],
    rules: list[ActivityRule],
) -> None:
    exact = scored["sledai_total"].count()
    visits = f"{scored.height} visits: {exact} with an exact total"
    if exact < scored.height:
        visits += f", {scored.height - exact} with a range (descriptors not assessed)"
    lines = [visits]
    for rule in rules:
        verdicts = scored[frame.verdict_column(rule)]
        counts = ", ".join(
            f"{(verdicts == verdict).sum()} {verdict.replace('_', ' ')}" for verdict in Verdict
        )
        lines.append(f"{rule.name} ({rule}): {counts}")
    renamed = [
        f"{_printable(theirs).plain} as {d}"
        for theirs, d in columns.items()
        if plain_name(theirs) != d
    ]
    if renamed:
        lines.append(f"columns read: {', '.join(renamed)}")
    if absent:
        lines.append(f"asserted absent at every visit: {listed(absent)}")
    for line in lines:
        print(_wrapped(line))


@app.command()
def descriptors() -> None:
    """Print the 24 descriptors."""
    table = _table()
    table.add_column("#", justify="right")
    for name in ("descriptor", "weight", "organ system"):
        table.add_column(name, justify="right" if name == "weight" else "left")
    for d in Descriptor:
        table.add_row(str(d.number), d.value, str(d.weight), d.system.label)
    _print(table)
    serologic = "serologic (left out of the clinical score): " + listed(SEROLOGIC)
    print(_wrapped(f"total 0 to {MAX_TOTAL}; {serologic}"))
    print(_wrapped(f"weights: {BOMBARDIER_1992.reference} {BOMBARDIER_1992.identifier}"))


@app.command()
def explain(
    descriptor: Annotated[str, typer.Argument(metavar="DESCRIPTOR", help="Name or alias.")],
) -> None:
    """Print one descriptor with its sources."""
    d = descriptor_named(descriptor)
    definition = SELENA_DEFINITIONS[d]
    weight = "1 point" if d.weight == 1 else f"{d.weight} points"
    print(f"{d.label} ({d.value}), descriptor {d.number} of {len(Descriptor)}")
    rows = {
        "weight": f"{weight}; {d.citation}",
        "counts when": f"{OBSERVATION_WINDOW}; {OBSERVATION_WINDOW.citation}",
        "organ system": f"{d.system.label}; {d.system.citation}",
        Edition.SELENA.value: f"{definition.text} {definition.citation}",
    }
    if definition.unverified:
        rows["unverified"] = f"{definition.unverified}."
    for name, text in rows.items():
        print(_wrapped(f"{name + ':':15}{text}", indent=15))


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def _print(table: Table) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False)
    console.print(table)
    console.print()


def _printable(value: object) -> Text:
    """Show a cell of a file as plain text: no markup, no control characters."""
    text = "" if value is None else str(value)
    return Text("".join(c if c.isprintable() else "?" for c in text), overflow="ellipsis")


def _wrapped(text: str, *, indent: int = 2) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
