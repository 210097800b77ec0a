"""Try every door in turn: `make fuzz FOR=60`, the seconds of all doors together.

For each door a line: how many inputs, how many a second, the branches that were reached at the
start and in the end, by how many inputs the corpus grew. A finding is written to
build/fuzz/DOOR/ as the input that shows it, and makes the exit code 1.
"""

import os
import re
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from fuzz.doors import DOORS

from sledai.errors import escaped

__all__ = ["Tried", "main", "tried"]

_TESTS = Path(__file__).parents[1]
_STARTING = 120  # seconds that a door has beyond its own, before it is stopped
_SHOWN = 300
_FINDING = r"^(?:[\w.]*(?:Finding|Error)\b.*|==\d+== ?ERROR.*)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of trying a door: counts, and the finding as text where there is one."""

    door: str
    executions: int
    seconds: float
    branches: tuple[int, int] | None
    grown: int
    finding: str = ""

    def __str__(self) -> str:
        reached = "{:,} -> {:,}".format(*self.branches) if self.branches else "not followed"
        each = self.executions / self.seconds
        said = f"{self.door:<10}{self.executions:>9,}{each:>9,.1f}  {reached:<18}{self.grown:>6}  "
        return said + ("FINDING" if self.finding else "nothing")


def main(arguments: list[str] | None = None) -> int:
    """Try the doors, print a line for each, and give the exit code: 1 where something was found."""
    asked = _arguments(arguments)
    if asked.engine == "atheris" and not find_spec("atheris"):
        print("atheris is not there for this Python: hypothesis chooses the inputs")
        asked.engine = "hypothesis"
    print("door       inputs  a second  branches           corpus  found", flush=True)
    findings: list[Tried] = []
    for name in asked.door:
        one = tried(
            name,
            asked.seconds / len(asked.door),
            asked.out / name,
            engine=asked.engine,
            plant=asked.plant,
        )
        print(one, flush=True)
        findings += [one] if one.finding else []
    for one in findings:
        print(f"\n{one.door}: {one.finding}")
    return 1 if findings else 0


def _arguments(arguments: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m fuzz")
    parser.add_argument("--for", type=float, default=60, dest="seconds")
    parser.add_argument("--door", action="append", choices=DOORS, help="By default all of them.")
    parser.add_argument("--engine", choices=["atheris", "hypothesis"], default="atheris")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--plant", help="A module that plants a fault, to see it found.")
    asked = parser.parse_args(arguments)
    asked.door = asked.door or list(DOORS)
    return asked


def tried(name: str, seconds: float, out: Path, *, engine: str, plant: str | None = None) -> Tried:
    """Try a door in a process of its own, which may crash or hang as it likes."""
    out.mkdir(parents=True, exist_ok=True)
    before = {path.name for path in out.iterdir()}
    log = out / "log.txt"
    command = [sys.executable, "-m", "fuzz.one_door", name, f"--seconds={seconds}"]
    command += [f"--out={out}", f"--engine={engine}", *([f"--plant={plant}"] if plant else [])]
    paths = os.pathsep.join(filter(None, [str(_TESTS), os.environ.get("PYTHONPATH")]))
    # One thread: an input is small, and the others would be waited for.
    environment = os.environ | {"PYTHONPATH": paths, "POLARS_MAX_THREADS": "1"}
    begun = monotonic()
    stopped = ""
    with log.open("wb") as file:
        try:
            code = subprocess.run(  # noqa: S603
                command,
                env=environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=seconds + _STARTING,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code, stopped = 1, f"no end after {seconds + _STARTING:.0f} s"
    said = log.read_text(encoding="utf-8", errors="replace")
    executions = int(_last(r"stat::number_of_executed_units: *(\d+)", said) or 0)
    executions = executions or int(_last(r"^#(\d+)", said) or 0)
    if not stopped and code:
        first = re.search(_FINDING, said, re.MULTILINE)
        stopped = first[0] if first else f"exit code {code}"
    if not stopped and not executions:
        stopped = "nothing was tried"
    covered = [int(found) for found in re.findall(r"cov: (\d+)", said)]
    lengths = re.findall(r"corp: (\d+)/", said)
    inputs = [path for path in sorted(out.iterdir()) if path.name not in {*before, "corpus"}]
    shown = "".join(_shown(path) for path in inputs if path != log)
    return Tried(
        door=name,
        executions=executions,
        seconds=max(monotonic() - begun, 0.001) if engine != "atheris" else max(seconds, 0.001),
        branches=(covered[0], covered[-1]) if covered else None,
        grown=int(lengths[-1]) - int(lengths[0]) if lengths else 0,
        finding=f"{escaped(stopped)}\n{shown}  the rest: {log}" if stopped else "",
    )


def _last(pattern: str, text: str) -> str:
    found = [match[match.lastindex or 0] for match in re.finditer(pattern, text, re.MULTILINE)]
    return found[-1] if found else ""


def _shown(path: Path) -> str:
    """Show an input as it may be printed."""
    data = path.read_bytes()
    said = ascii(data[:_SHOWN])
    return f"  {path} ({len(data):,} bytes): {said}{'...' if len(data) > _SHOWN else ''}\n"


if __name__ == "__main__":
    sys.exit(main())
