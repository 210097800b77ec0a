"""Install a wheel with each extra alone, do what the extra is for, and list what it brought.

Run by `make installs`: `installs.py WHEEL PYTHON...`. Each environment is made by uv, with the
versions of `release/versions.txt`, and removed again before the next. Spark, which is half a
gigabyte, is tried on the Python of `.venv` alone, from which it is linked.

What an extra brings is listed as a bill of materials (SBOM, CycloneDX) by cyclonedx-py, for
`make release`. It holds what was installed on this Python and platform.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
BUILD = ROOT / "build"
VENV = ROOT / ".venv"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("", *sorted(PROJECT["optional-dependencies"]))
LARGE = {"spark": "pyspark"}
"""What is linked from `.venv`, and tried on its Python alone."""


def run(*command: str, **options: Any) -> str:
    """Run a command that has to succeed, and give what it prints; where it fails, say all of it."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def installed(wheel: Path, extra: str, python: str, folder: Path) -> str:
    """Make an environment that has a wheel with one extra, or with none, and give its Python."""
    uv, place, pins = str(VENV / "bin/uv"), str(folder / "bin/python"), str(HERE / "versions.txt")
    run(uv, "venv", "--quiet", "--python", python, str(folder))
    if extra in LARGE:
        (packages,) = VENV.glob("lib/python*/site-packages")
        for part in packages.glob(f"{LARGE[extra]}*"):
            there = folder / part.relative_to(VENV)
            shutil.copytree(part, there, copy_function=os.link)
    target = f"{wheel.resolve()}[{extra}]" if extra else str(wheel.resolve())
    run(uv, "pip", "install", "--quiet", "--python", place, "--constraints", pins, target)
    return place


def bill(python: str, version: str) -> str:
    """List what an environment has beside ours, with versions, licenses and what needs what."""
    options = ["--mc-type", "library", "--output-reproducible", "--no-validate"]
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *options]
    found = json.loads(run(*command, "--pyproject", str(ROOT / "pyproject.toml"), python))
    ours = found["metadata"]["component"]
    # It reads no version that is not written in pyproject.toml.
    ours |= {"version": version, "purl": f"pkg:pypi/{ours['name']}@{version}"}
    for one in (*found["components"], *found["metadata"]["tools"]["components"]):
        # Hosts: where something lies says nothing of what it is, which the purl does.
        one.pop("externalReferences", None)
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


@cache
def validator() -> Any:
    """Read the schema of bills, once; it stands in the group `release` alone."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6)


def refuse_bill(said: str) -> None:
    """Refuse a bill that is not valid, or says where it was made."""
    if problem := validator().validate_str(said):
        sys.exit(f"the bill of materials is not valid: {problem}")
    for word in ("file:", str(ROOT), str(Path.home()), "pypi.org"):
        if word in said:
            sys.exit(f"the bill of materials says where it was made: {word}")


def with_each_extra(wheel: Path, *pythons: str, bills: Path | None = None) -> None:
    """Install and try a wheel with each extra alone on each Python; write bills into a folder."""
    _, version, *_ = wheel.name.split("-")
    BUILD.mkdir(exist_ok=True)
    for python in pythons:
        for extra in EXTRAS:
            if extra in LARGE and Path(python) != VENV / "bin/python":
                continue
            with TemporaryDirectory(dir=BUILD) as folder:
                place = installed(wheel, extra, python, Path(folder, "env"))
                print(
                    run(
                        place, "-I", str(HERE / "tries.py"), extra or "core", str(ROOT / "examples")
                    ),
                    end="",
                )
                if bills:
                    said = bill(place, version)
                    refuse_bill(said)
                    name = "-".join(("sledai", version, *([extra] if extra else [])))
                    (bills / f"{name}.cdx.json").write_text(said, encoding="utf-8")


def main(wheel: str, *pythons: str) -> None:
    """Install and try a wheel on some Pythons."""
    with_each_extra(Path(wheel), *(str(Path(python).absolute()) for python in pythons))


if __name__ == "__main__":
    main(*sys.argv[1:])
