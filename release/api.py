"""Hold the public names against those of the last release, by griffe.

`release/api.txt` has the public names as they were released: what a module lists, parameters with
kinds and defaults, fields, members, and of which errors an error is one. `api.py` fails where one
of them breaks, as griffe sees it, and the first section of CHANGELOG.md does not name it under
"What breaks"; what is new needs no word. `api.py --exact` fails where anything differs, and
`api.py --write` (`make api`) writes the names down as they are now.

What is public is what tests/test_public_api.py says.
"""

import builtins
import enum
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import isclass, isroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import griffe
from pydantic import BaseModel

import sledai

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))

from test_public_api import BY_PATH, PACKAGES, public_names  # noqa: E402 - from the folder above

SNAPSHOT = ROOT / "release/api.txt"
HEAD = """\
# The public names of sledai {version}, a section a module: what breaks is held against them.
# Made by: make api
"""
SECTION = re.compile(r"^# (sledai\S*\.py)\n((?:(?!# ).*\n)*)", re.MULTILINE)
SPECIAL = {"__call__", "__contains__", "__getitem__", "__iter__", "__len__", "__lt__"}
PLAIN = (bool, int, str, type(None))


def parameters(function: griffe.Function) -> str:
    """Write the parameters of a function as Python does, without their types."""
    said: list[str] = []
    star = False
    for one in function.parameters:
        kind = griffe.ParameterKind
        if one.kind is kind.keyword_only and not star:
            said.append("*")
        star = star or one.kind in {kind.keyword_only, kind.var_positional}
        stars = {kind.var_positional: "*", kind.var_keyword: "**"}.get(one.kind, "")
        plain = one.default is None or stars
        said.append(f"{stars}{one.name}" if plain else f"{one.name}={one.default}")
        if one.kind is kind.positional_only:
            said = [*(p for p in said if p != "/"), "/"]
    return ", ".join(said)


def fields(model: type[BaseModel]) -> str:
    """Write the fields of a model as the parameters that they are."""
    said = ["self", "*"]
    for name, field in model.model_fields.items():
        default = field.get_default()
        shown = repr(default) if isinstance(default, PLAIN) else "..."
        said.append(name if field.is_required() else f"{name}={shown}")
    return ", ".join(said)


def members(found: Any, value: type) -> Iterator[str]:
    """Write what a class has that is public: members of an enumeration, how it is made, methods."""
    taken: set[str] = set()
    if issubclass(value, enum.Enum):
        for name, member in value.__members__.items():
            yield f"{name} = {member.value!r}"
        taken |= {*value.__members__}
    elif issubclass(value, BaseModel):
        yield f"def __init__({fields(value)}): ..."
        taken |= {"__init__", *value.model_fields}
    elif isinstance(made := found.all_members.get("__init__"), griffe.Function):
        yield f"def __init__({parameters(made)}): ..."
        taken |= {"__init__", *(one.name for one in made.parameters)}
    for name, member in sorted(found.all_members.items()):
        if name in taken or (name.startswith("_") and name not in SPECIAL):
            continue
        if name == "model_config":
            continue
        is_method = member.is_function and "property" not in member.labels
        yield f"def {name}({parameters(member)}): ..." if is_method else f"{name}: ..."


def parents(value: type, public: set[str]) -> list[str]:
    """Name what a class is one of: the nearest classes that are public or Python's own."""
    known = [
        one
        for one in value.__mro__[1:-1]
        if one.__name__ in public or getattr(builtins, one.__name__, None) is one
    ]
    return [
        one.__name__
        for one in known
        if not any(issubclass(other, one) for other in known if other is not one)
    ]


def section(module: str, package: griffe.Module, places: dict[tuple[str, int], str]) -> str:
    """Write the public names of a module; what is public by a shorter path too stands there."""
    lines: list[str] = []
    public = {name for name, _ in places}
    for name in sorted(public_names(module)):
        value = getattr(import_module(module), name)
        place = places[name, id(value)]
        if place != f"{module}.{name}":
            lines.append(f"from {place.rpartition('.')[0]} import {name}")
            continue
        found: Any = package[f"{module}.{name}".removeprefix("sledai.")]
        found = found.final_target if found.is_alias else found
        if isclass(value) and found.is_class:
            above = ", ".join(parents(value, public))
            body = [*members(found, value)] or ["..."]
            lines += [f"class {name}({above}):" if above else f"class {name}:"]
            lines += [f"    {line}" for line in body]
        elif isroutine(value) and found.is_function:
            lines.append(f"def {name}({parameters(found)}): ...")
        else:
            lines.append(f"{name}: ...")
    file = "/__init__.py" if hasattr(import_module(module), "__path__") else ".py"
    return "".join(f"{line}\n" for line in (f"# {module.replace('.', '/')}{file}", *lines))


def names_now() -> str:
    """Write the public names as they are now."""
    package: Any = griffe.load("sledai", search_paths=[str(ROOT / "src")])
    modules = sorted({*PACKAGES, *BY_PATH}, key=lambda path: (path.count("."), path))
    places: dict[tuple[str, int], str] = {}
    for module in modules:
        for name in public_names(module):
            value = getattr(import_module(module), name)
            places.setdefault((name, id(value)), f"{module}.{name}")
    sections = [section(module, package, places) for module in sorted(modules)]
    return "\n".join([HEAD.format(version=sledai.__version__), *sections])


def loaded(names: str) -> Any:
    """Read names that were written down, as griffe reads a package."""
    with TemporaryDirectory() as folder:
        for place, body in re.findall(
            r"^# (sledai\S*\.py)\n((?:(?!# ).*\n)*)", names, re.MULTILINE
        ):
            file = Path(folder, place)
            file.parent.mkdir(parents=True, exist_ok=True)
            public = re.findall(r"^(?:def |class |from \S+ import )?(\w+)", body, re.MULTILINE)
            file.write_text(f"{body}\n__all__ = {public}\n", encoding="utf-8")
        for parent in {file.parent for file in Path(folder).rglob("*.py")}:
            (parent / "__init__.py").touch()
        return griffe.load("sledai", search_paths=[folder], resolve_aliases=True)


def other_values(before: str, now: str) -> Iterator[str]:
    """Give the members of enumerations with another value now, of which griffe says nothing."""
    old, new = (
        {
            f"{module}.{name}.{member}".removeprefix("sledai."): value
            for place, body in SECTION.findall(names)
            for module in [re.sub(r"(/__init__)?\.py$", "", place).replace("/", ".")]
            for name, members in re.findall(r"^class (\w+).*\n((?:    .*\n)+)", body, re.MULTILINE)
            for member, value in re.findall(r"^    (\w+) = (.+)$", members, re.MULTILINE)
        }
        for names in (before, now)
    )
    yield from (path for path in old.keys() & new.keys() if old[path] != new[path])


def breaks(before: str, now: str) -> dict[str, str]:
    """Give what breaks from names to names: each path, and what of it."""
    found = dict.fromkeys(other_values(before, now), "another value")
    for one in griffe.find_breaking_changes(loaded(before), loaded(now)):
        path = one.obj.path.removeprefix("sledai.")
        found[path] = f"{found[path]}; {one.kind.value}" if path in found else one.kind.value
    return found


def announced(changelog: str) -> set[str]:
    """Give what the first section of the changelog names under "What breaks"."""
    first = changelog.split("\n## ")[1]
    _, _, said = first.partition("\n### What breaks\n")
    return set(re.findall(r"`([\w.]+)`", said.partition("\n### ")[0]))


def main(*options: str) -> str | None:
    """Say what is wrong, if anything is."""
    now = names_now()
    if "--write" in options:
        SNAPSHOT.write_text(now, encoding="utf-8")
        return None
    before = SNAPSHOT.read_text(encoding="utf-8")
    if "--exact" in options and now != before:
        return "release/api.txt is not what is public now: make api"
    told = announced((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    untold = {path: said for path, said in breaks(before, now).items() if path not in told}
    return (
        "".join(
            f'{path}: {said}\n  to be named under "### What breaks" of CHANGELOG.md, as `{path}`\n'
            for path, said in untold.items()
        )
        or None
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
