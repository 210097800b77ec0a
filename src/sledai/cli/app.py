"""The command line: score, audit and follow visits, derive and explain descriptors, screen.

One module a command, and what they share in `options`, `printing` and `progress`. Needs the extra
`cli`.
"""

import io
import sys
from typing import Annotated, NoReturn

import polars as pl
import typer

import sledai
from sledai.cli.audit_file import audit
from sledai.cli.codebook_file import codebook
from sledai.cli.derive_file import derive
from sledai.cli.exit_codes import DEFECT, MISSING_EXTRA, NOT_ACCEPTED, STOPPED, say
from sledai.cli.printing import wrapped
from sledai.cli.provenance import ARGUMENTS
from sledai.cli.reference import descriptors, editions, explain, trials
from sledai.cli.score_file import score
from sledai.cli.screen_file import screen
from sledai.cli.visits_file import visits
from sledai.errors import MissingExtraError, SledaiError

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
commands = (score, audit, codebook, derive, screen, visits, descriptors, explain, editions, trials)
for command in commands:
    app.command()(command)


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
    except OSError as error:
        said = f"{error.filename or 'what is printed'}: {error.strerror or error}"
        code = _failed(said, NOT_ACCEPTED)
    except KeyboardInterrupt:
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
        app(args)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else DEFECT
        if code == 1 and not isinstance(stop.__context__, typer.Exit):
            raise stop.__context__ or RuntimeError from None
        return code
    return 0  # pragma: no cover - typer always exits


def _failed(message: str, code: int) -> int:
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        sys.stdout = io.StringIO()  # else python tries again when it ends, and exits with 120
    for line in f"error: {message}".splitlines():
        say(wrapped(line, indent=4))
    return code


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
