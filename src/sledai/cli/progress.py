"""How far a long job is: rows, rate and time left, on a terminal and nowhere else."""

import signal
import sys
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from threading import current_thread, main_thread

from rich.console import Console
from rich.progress import BarColumn, Progress, Task, TextColumn, TimeRemainingColumn

from sledai.cli.exit_codes import STOPPED, say
from sledai.files import Batch, VisitFile

__all__ = ["reading"]

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


@contextmanager
def reading(visits: VisitFile) -> Generator[Callable[[Batch], None]]:
    """Show how far `visits` are read, and take a stop by the user or the system for what it is."""
    with Progress(
        BarColumn(),
        _Rows(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=Console(file=sys.stderr),
        disable=not sys.stderr.isatty(),
        transient=True,
    ) as progress:
        task = progress.add_task("", total=visits.length, rows=0)
        rows = 0

        def show(batch: Batch) -> None:
            nonlocal rows
            rows += batch.visits.height
            progress.update(task, completed=batch.end, rows=rows)
            if stopped:
                raise KeyboardInterrupt

        try:
            with closing(visits.batches), _told_to_stop() as stopped:
                yield show
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
