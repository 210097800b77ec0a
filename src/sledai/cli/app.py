"""The command line: score, audit and follow visits, derive and explain descriptors, screen.

One module a command, and what they share in `options`, `printing` and `progress`. Needs the extra
`cli`.
"""

import io
import sys
from typing import Annotated, Any, NoReturn

import polars as pl
import typer

import sledai
from sledai.cli.audit_file import audit
from sledai.cli.codebook_file import codebook
from sledai.cli.completion import completion
from sledai.cli.conformance import app as conformance
from sledai.cli.derive_file import derive
from sledai.cli.draw import app as draw
from sledai.cli.enter_visit import visit
from sledai.cli.exit_codes import DEFECT, MISSING_EXTRA, NOT_ACCEPTED, STOPPED, say
from sledai.cli.fhir_file import app as fhir
from sledai.cli.printing import colored, first_line, width, wrapped
from sledai.cli.provenance import ARGUMENTS
from sledai.cli.reference import descriptors, editions, explain, trials
from sledai.cli.score_file import score
from sledai.cli.screen_file import screen
from sledai.cli.serve import form, serve
from sledai.cli.sheet_file import sheet
from sledai.cli.visits_file import visits
from sledai.errors import MissingExtraError, SledaiError, escaped, file_name
from sledai.files import formulas_quoted

__all__ = ["app", "run"]

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
commands = (
    *(form, visit, score, audit, codebook, derive, screen, visits, sheet),
    *(descriptors, explain, editions, trials, serve, completion),
)
for command in commands:
    app.command(short_help=first_line(command))(command)
app.add_typer(conformance)
app.add_typer(draw)
app.add_typer(fhir)


_UsageError: Any = typer.BadParameter.__base__
"""What typer raises for options and values that are none, which has no name in `typer`."""


def run(args: list[str] | None = None) -> NoReturn:
    """Run the command line, and exit: what is not accepted is one message and exit code 2."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, io.StringIO())
    stdout: object = sys.stdout
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="replace")  # a terminal may know fewer letters
    raise SystemExit(_exit_code(args))


def _exit_code(args: list[str] | None) -> int:
    try:
        code = _verdict(args)
        sys.stdout.flush()  # what cannot be written is an error, and not one of python's
    except MissingExtraError as error:
        code = _failed(str(error), MISSING_EXTRA)
    except (SledaiError, pl.exceptions.PolarsError) as error:
        code = _failed(str(error), NOT_ACCEPTED)
    except _UsageError as error:
        code = _misused(error)
    except OSError as error:
        where = file_name(error.filename) if error.filename else "what is printed"
        said = f"{where}: {error.strerror or error}"
        code = _failed(said, NOT_ACCEPTED)
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except BaseException as error:  # noqa: BLE001 - a panic of polars is no Exception
        # Its text may quote a record.
        said = f"a defect of sledai ({type(error).__name__}); please report it"
        code = _failed(said, DEFECT)
    return code


def _verdict(args: list[str] | None) -> int:
    """Run a command for its exit code; 1 is what the command says, and no accident."""
    ARGUMENTS.set(tuple(sys.argv[1:] if args is None else args))
    try:
        code: object = app(args, prog_name="sledai", standalone_mode=False, terminal_width=width())
    except SystemExit as stop:
        if stop.code == 1:
            raise stop.__context__ or RuntimeError from None
        code = stop.code
    return code if isinstance(code, int) else 0


def _misused(error: Any) -> int:
    """Say what is no option or value of a command, as every other error is said."""
    message, context = error.format_message().replace(": Value error, ", ": "), error.ctx
    if message == context.get_help():  # nothing was asked
        say(message)
        return NOT_ACCEPTED
    how = f"{context.command_path} --help"
    return _failed(f"{message}\n  accepted: what `{how}` lists", NOT_ACCEPTED)


def _failed(message: str, code: int) -> int:
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        sys.stdout = io.StringIO()  # else python tries again when it ends, and exits with 120
    word = "error:"
    for n, line in enumerate(f"{word} {message}".split("\n")):
        said = wrapped(escaped(line), indent=4, stream=sys.stderr)
        if n == 0:
            said = colored(word, "bold red", sys.stderr) + said.removeprefix(word)
        say(said)
    return code


def _show_version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        print(f"sledai {sledai.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    context: typer.Context,
    quote_formulas: Annotated[
        bool,
        typer.Option(
            "--quote-formulas",
            help="Put ' before text of CSV and TSV that a spreadsheet would run as a formula.",
        ),
    ] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    if quote_formulas:
        context.with_resource(formulas_quoted())
