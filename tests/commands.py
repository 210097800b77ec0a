"""Running the command line in tests, in the folder where they are."""

import io
from contextlib import redirect_stderr, redirect_stdout

import pytest

from sledai.cli import app


def run(*args: object) -> tuple[int, str, str]:
    """Give the exit code, and what was printed, each text on one line."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as stopped, redirect_stdout(out), redirect_stderr(err):
        app.run([str(arg) for arg in args])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code, " ".join(out.getvalue().split()), " ".join(err.getvalue().split())
