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
from sledai.cli.derive_file import derive
from sledai.cli.options import TRIAL_RULES
from sledai.cli.printing import wrapped
from sledai.cli.reference import descriptors, editions, explain, trials
from sledai.cli.score_file import score
from sledai.cli.screen_file import screen
from sledai.cli.visits_file import visits
from sledai.errors import SledaiError

__all__ = ["TRIAL_RULES", "app", "run"]

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
for command in (score, audit, derive, screen, visits, descriptors, explain, editions, trials):
    app.command()(command)


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
    except Exception as error:  # noqa: BLE001 - its text may quote a record, and 1 is an answer
        _fail(f"a defect of sledai ({type(error).__name__}); please report it", code=_DEFECT)


_DEFECT = 70  # as sysexits has it


def _fail(message: str, *, code: int = 2) -> NoReturn:
    for line in f"error: {message}".splitlines():
        print(wrapped(line, indent=4), file=sys.stderr)
    raise SystemExit(code)


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
