"""How far a long job is: rows, rate and time left, on a terminal and nowhere else."""

import signal
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import current_thread, main_thread

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from sledai.cli.exit_codes import STOPPED, say
from sledai.files import Batch, VisitFile

__all__ = ["Shown", "reading"]

_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)  # the last is not on Windows
]


class _Rows(TextColumn):
    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> str:  # type: ignore[override]
        """Say the rows read, and how many a second."""
        rows = task.fields["rows"]
        return f"{rows:,} rows  {rows / task.elapsed if task.elapsed else 0:,.0f} rows/s"


@dataclass(slots=True)
class Shown:
    """How far a job is that reads a file and may go over its rows again."""

    progress: Progress
    task: TaskID
    length: int
    stopped: list[int]
    rows: int = 0

    def read(self, batch: Batch) -> None:
        """Show that the file is read to the end of a batch."""
        self.rows += batch.visits.height
        self._show(batch.end)

    def again(self, share: float) -> None:
        """Show which share of what comes after reading is done."""
        self._show(self.length * (1 + share))

    def _show(self, completed: float) -> None:
        self.progress.update(self.task, completed=completed, rows=self.rows)
        if self.stopped:
            raise KeyboardInterrupt


@contextmanager
def reading(visits: VisitFile, *, goes_on: bool = False) -> Generator[Shown]:
    """Show how far `visits` are read, and take a stop by the user or the system for what it is.

    Where the job `goes_on` when they are read, that is half of it.
    """
    with Progress(
        BarColumn(),
        _Rows(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=Console(file=sys.stderr),
        disable=not sys.stderr.isatty(),
        transient=True,
    ) as progress:
        total = visits.length * (2 if goes_on else 1)
        task = progress.add_task("", total=total, rows=0)
        try:
            with closing(visits.batches), _told_to_stop() as stopped:
                yield Shown(progress, task, visits.length, stopped)
        except KeyboardInterrupt:
            progress.stop()
            say("stopped: nothing was written")
            raise SystemExit(STOPPED) from None


@contextmanager
def _told_to_stop() -> Generator[list[int]]:
    """Note signals to stop instead of being interrupted by them anywhere, cleaning up included.

    Polars is interrupted by SIGINT all the same, in whichever thread it works.
    """
    signals: list[int] = []
    if current_thread() is not main_thread():
        yield signals
        return
    before = {number: signal.signal(number, lambda n, _: signals.append(n)) for number in _SIGNALS}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
