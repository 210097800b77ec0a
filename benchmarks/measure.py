"""Time two ways to do the same thing, in turns, and say which took longer."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CHILD = Path(__file__).with_name("child.py")
GIB = 2**30


class Result(NamedTuple):
    """The median seconds of ours and of the rival, and the ratio that we aim at."""

    what: str
    rival: str
    ours: float
    theirs: float
    aim: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


class Alone(NamedTuple):
    """What a process of its own needed: seconds, and bytes of memory at most."""

    seconds: float
    peak: int


class Large(NamedTuple):
    """What one process needed for many rows."""

    what: str
    rows_per_second: float
    peak: int
    aim: int | None = None


class Growth(NamedTuple):
    rows: int
    seconds: float


class Measured(NamedTuple):
    results: list[Result]
    large: list[Large]
    growth: list[Growth]


def seconds(call: Callable[[], object], repeat: int = 1) -> float:
    started = time.perf_counter()
    for _ in range(repeat):
        call()
    return (time.perf_counter() - started) / repeat


def compare(
    what: str,
    ours: Callable[[], object],
    rival: str,
    theirs: Callable[[], object],
    *,
    repeat: int = 1,
    rounds: int = 15,
    aim: float | None = None,
) -> Result:
    """Time both in turns, after one round that does not count."""
    ours()
    theirs()
    pairs = [(seconds(ours, repeat), seconds(theirs, repeat)) for _ in range(rounds)]
    medians = [statistics.median(times) for times in zip(*pairs, strict=True)]
    return said(Result(what, rival, medians[0], medians[1], aim))


def said(result: Result) -> Result:
    """Print a result as soon as it is there."""
    print(
        f"{result.what} / {result.rival}: {result.ratio:.2f} "
        f"({human(result.ours)} / {human(result.theirs)})",
        flush=True,
    )
    return result


def alone(command: list[str]) -> Alone:
    """Run a command as a process of its own."""
    output = subprocess.run(  # noqa: S603
        [sys.executable, str(CHILD), *command], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    took, peak = output.split()
    return Alone(float(took), int(peak))


def turns(ours: list[str], theirs: list[str], rounds: int) -> tuple[list[float], list[int]]:
    """Run two commands in turns: the median seconds, and the most memory, of each."""
    runs = []
    for _ in range(rounds):
        runs.append((alone(ours), alone(theirs)))
        print(
            "  " + " / ".join(f"{r.seconds:.2f} s, {r.peak / GIB:.2f} GiB" for r in runs[-1]),
            flush=True,
        )
    both = list(zip(*runs, strict=True))
    return [statistics.median(r.seconds for r in of_one) for of_one in both], [
        max(r.peak for r in of_one) for of_one in both
    ]


def grown(rows: int, call: Callable[[], object], rounds: int) -> Growth:
    """Time a call on so many rows."""
    growth = Growth(rows, statistics.median(seconds(call) for _ in range(rounds)))
    print(f"{rows:,} rows: {growth.seconds / rows * 1e9:.0f} ns a row", flush=True)
    return growth


def human(duration: float) -> str:
    for unit, factor in (("s", 1), ("ms", 1e3)):
        if duration * factor >= 1:
            return f"{duration * factor:.3g} {unit}"
    return f"{duration * 1e6:.3g} us"


def millions(rows: int) -> str:
    return f"{rows / 1e6:g} million"
