"""How far a long job is: rows, rate and time left, on a terminal and nowhere else."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, Task, TextColumn, TimeRemainingColumn

from sledai.files import Batch, Visits

__all__ = ["reading"]

_STOPPED = 130  # as shells have it


class _Rows(TextColumn):
    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> str:  # type: ignore[override]
        """Say the rows read, and how many a second."""
        rows = task.fields["rows"]
        return f"{rows:,} rows  {rows / task.elapsed if task.elapsed else 0:,.0f} rows/s"


@contextmanager
def reading(visits: Visits) -> Generator[Callable[[Batch], None]]:
    """Show how far `visits` are read, and take a stop by the user or the system for what it is."""
    console = Console(file=sys.stderr)
    with Progress(
        BarColumn(),
        _Rows(),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
        disable=not sys.stderr.isatty(),
        transient=True,
    ) as progress:
        task = progress.add_task("", total=visits.length, rows=0)
        rows = 0

        def show(batch: Batch) -> None:
            nonlocal rows
            rows += batch.visits.height
            progress.update(task, completed=batch.end, rows=rows)

        try:
            yield show
        except KeyboardInterrupt:
            progress.stop()
            print("stopped: nothing was written", file=sys.stderr)
            raise SystemExit(_STOPPED) from None
