"""See that a wheel is whole: run inside an environment that has it and no test's needs.

`wheel.py WHEEL --bare` where it is installed without extras, `wheel.py WHEEL` where with `cli` and
`http`.
"""

import importlib
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = {"cli", "excel", "frame", "http", "pictures", "sheets", "spark", "stat"}


def has_every_file(wheel: Path) -> None:
    sources = {
        str(path.relative_to(SOURCE))
        for path in (SOURCE / "sledai").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == sources, f"in one alone: {sorted(packed ^ sources)}"
    assert "sledai/py.typed" in packed
    page = {Path(name).suffix for name in packed if name.startswith("sledai/http/page/")}
    assert page == {".html", ".css", ".js"}


def says_what_it_needs() -> None:
    dist = distribution("sledai")
    core = [need for need in dist.requires or [] if "extra ==" not in need]
    assert core == ["pydantic>=2.11.2"], core
    assert set(dist.metadata.get_all("Provides-Extra") or []) == EXTRAS
    assert dist.metadata["Requires-Python"] == ">=3.11"
    assert any(str(file).endswith("licenses/LICENSE") for file in dist.files or [])
    (command,) = dist.entry_points.select(group="console_scripts")
    assert (command.name, command.value) == ("sledai", "sledai.__main__:main")
    assert callable(command.load())


def comes_from_the_wheel() -> None:
    package = importlib.import_module("sledai")
    assert Path(str(package.__file__)).is_relative_to(sys.prefix), package.__file__
    assert package.__version__ == distribution("sledai").version


def core_modules() -> list[str]:
    """What the import contract says needs pydantic alone."""
    (contract,) = (
        contract
        for contract in PROJECT["tool"]["importlinter"]["contracts"]
        if contract["type"] == "forbidden"
    )
    names = contract["source_modules"]
    return [name for name in on_disk() if any(f"{name}.".startswith(f"{n}.") for n in names)]


def on_disk() -> list[str]:
    files = (path.relative_to(SOURCE) for path in (SOURCE / "sledai").rglob("*.py"))
    return sorted(".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files)


def main(wheel: str, *bare: str) -> None:
    comes_from_the_wheel()
    has_every_file(Path(wheel))
    says_what_it_needs()
    names = core_modules() if bare == ("--bare",) else on_disk()
    for name in names:
        importlib.import_module(name)
    print(f"{Path(wheel).name}: whole; {len(names)} modules start")


if __name__ == "__main__":
    main(*sys.argv[1:])
