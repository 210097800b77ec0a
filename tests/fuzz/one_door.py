"""Try one door for some seconds, in a process of its own that a finding ends.

    python -m fuzz.one_door csv --seconds 10 --out build/fuzz/csv

It imports nothing of the library, so that atheris can follow all that is imported after it.
"""

from argparse import ArgumentParser, Namespace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from fuzz.doors import DOORS

__all__ = ["main"]


def main() -> None:
    """Try a door with the engine that is there, and exit as libFuzzer does."""
    asked = _arguments()
    engine = import_module(f"fuzz.by_{asked.engine}")
    raise SystemExit(engine.search(DOORS[asked.door], asked.seconds, asked.out, asked.plant))


def _arguments() -> Namespace:
    parser = ArgumentParser()
    parser.add_argument("door", choices=DOORS)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--out", type=Path, required=True)
    there = "atheris" if find_spec("atheris") else "hypothesis"
    parser.add_argument("--engine", choices=["atheris", "hypothesis"], default=there)
    parser.add_argument("--plant", help="A module to import first, which plants a fault.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
