"""Running the command line in a terminal of some width, as a person does."""

import os
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from select import select
from time import monotonic
from typing import NamedTuple

import pytest

fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

_PATIENCE = 30
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_COLORS = {"CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "TERM"}


class Shown(NamedTuple):
    """The exit code, what was shown, and the same without colors."""

    code: int
    raw: str

    @property
    def text(self) -> str:
        return _ESCAPE.sub("", self.raw).replace("\r\n", "\n")

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def _sit_down() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it may be ignored where tests run


def in_terminal(
    *args: object,
    columns: int = 80,
    typed: str = "",
    until: str = "",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Shown:
    """Run `sledai` in a terminal, and type when `until` is shown."""
    terminal, inside = os.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    plain = {name: value for name, value in os.environ.items() if name not in _COLORS}
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "sledai", *map(str, args)],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        cwd=folder,
        env={**plain, "TERM": "xterm-256color", **(environment or {})},
        start_new_session=True,
        preexec_fn=_sit_down,  # noqa: PLW1509
    ) as process:
        os.close(inside)
        shown = b""
        waits = bool(typed)
        end = monotonic() + _PATIENCE
        while True:
            if waits and until.encode() in shown:
                os.write(terminal, typed.encode())
                waits = False
            if not select([terminal], [], [], max(end - monotonic(), 0))[0]:
                process.kill()
                raise AssertionError(f"it waits: {shown.decode()[-1000:]}")
            try:
                part = os.read(terminal, 10_000)
            except OSError:  # nobody holds it open any more
                break
            if not part:
                break
            shown += part
    os.close(terminal)
    return Shown(process.returncode, shown.decode())
