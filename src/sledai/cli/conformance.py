"""`sledai conformance`: hold any program against the vectors, and print the vectors."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from sledai import conformance
from sledai.cli.completion import names_of
from sledai.cli.printing import Column, Table, first_line, wrapped
from sledai.conformance import CLASSES, Answered, ClassReport, Report
from sledai.conformance.exchange import LIMIT_SECONDS
from sledai.errors import cut, escaped
from sledai.verdict import Verdict

__all__ = ["app"]

DIFFERENCES_SHOWN = 3
_LONGEST = 2_000
_EXIT_CODES = {Verdict.MET: 0, Verdict.NOT_MET: 1, Verdict.UNDETERMINED: 3}

app = typer.Typer(
    name="conformance",
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(_HELP := "Hold any program against vectors whose answers stand in publications."),
    short_help=_HELP,
)

ClassOption = Annotated[
    list[str],
    typer.Option(
        "--class",
        metavar="NAME",
        help=f"This class of vectors alone; may stand several times: {', '.join(CLASSES)}.",
        autocompletion=names_of(CLASSES),
    ),
]


def run(
    command: Annotated[
        list[str],
        typer.Argument(metavar="COMMAND...", help="The program and its arguments, after --."),
    ],
    classes: ClassOption = [],
    limit: Annotated[
        float,
        typer.Option(metavar="SECONDS", help="How long the program may be silent."),
    ] = LIMIT_SECONDS,
    shown: Annotated[
        int, typer.Option(min=0, help="How many differences of each class are printed.")
    ] = DIFFERENCES_SHOWN,
) -> None:
    """Send the questions to a program, and compare its answers by class.

    The program reads one JSON object a line on standard input and prints one a line:
    {"id": ..., "answer": ...}, or {"id": ..., "skipped": "why"} for what it does not do.

    Exit code 1 where an answer differs, and 3 where none does and one is missing.
    """
    report = conformance.hold(command, classes=classes or CLASSES, limit_seconds=limit)
    _print(report, shown)
    raise typer.Exit(_EXIT_CODES[report.verdict])


def _print(report: Report, shown: int) -> None:
    counts = ("agree", "differ", "skipped", "not answered")
    table = Table([Column("class"), *(Column(name, right=True) for name in counts)])
    for one in report.classes:
        table.add(one.of_class, *(str(count) if count else "-" for count in _counts(one)))
    table.print()
    for one in report.classes:
        # The shortest question says most of what is wrong.
        for answered in sorted(one.differ, key=lambda one: len(one.vector.question))[:shown]:
            print()
            _print_difference(answered)
        if len(one.differ) > shown:
            print(wrapped(f"... {len(one.differ) - shown} more of {one.of_class}"))
    print()
    for remark in report.remarks:
        print(wrapped(remark))
    sums = [sum(every) for every in zip(*map(_counts, report.classes), strict=True)]
    said = ", ".join(f"{n} {word}" for n, word in zip(sums, counts, strict=True) if n)
    print(wrapped(f"vectors {report.version}: {sum(sums)} asked, {said}"))
    print(wrapped(f"SHA-256 of their manifest: {report.fingerprint}"))


def _counts(one: ClassReport) -> tuple[int, int, int, int]:
    return one.agree, len(one.differ), one.skipped, one.not_answered


def _print_difference(answered: Answered) -> None:
    vector = answered.vector
    print(wrapped(f"{vector.id}: {vector.note}"))
    for name, said in (
        ("asked", f"{vector.ask} {_said(vector.input)}"),
        ("expected", _said(vector.expect)),
        ("answered", cut(escaped(_said(answered.answer)), _LONGEST)),
        ("source", f"{vector.publication}; {vector.locator}"),
    ):
        print(wrapped(f"  {name + ':':{_INDENT - 2}}{said}", indent=_INDENT))


_INDENT = 12


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def vectors(
    classes: ClassOption = [],
    questions: Annotated[
        bool,
        typer.Option("--questions", help="Print what a program is sent: nothing of the answers."),
    ] = False,
) -> None:
    """Print the vectors, one JSON object a line, as they lie in the package."""
    for vector in conformance.vectors_of(classes or CLASSES):
        print(vector.question if questions else vector.line)


def schema() -> None:
    """Print the JSON Schema of a vector."""
    print((conformance.FOLDER / "schema.json").read_text(encoding="utf-8"), end="")


commands: Sequence[Any] = (run, vectors, schema)
for command in commands:
    app.command(short_help=first_line(command))(command)
