"""Check the types of what changed since a commit, or the last one, and run the tests nearest to it.

A module is tested by the test file of its name; where there is none, by those that import something
defined in it; where none does, by those of the modules that import it, and so on up. A helper of
the tests, a table of `spec` or a page with examples is tested by who names it. The gate runs
everything; this is for the inner loop, and leaves out Spark and Dask, which take their time.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
PAGE = re.compile(r"README\.md|docs/.*\.md")
NO_TESTS = 5  # what pytest says where it left out all
GRAPH = grimp.build_graph("sledai")


def git(*command: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["git", *command],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def run(module: str, *arguments: str) -> int:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603


def changed_files(since: str) -> list[str]:
    """Name what is not as it was then, new files too, but not what was removed."""
    names = git("diff", "--name-only", since).splitlines()
    names += git("ls-files", "--others", "--exclude-standard").splitlines()
    return [name for name in names if (ROOT / name).is_file()]


def module_of(name: str) -> str:
    path = Path(name).relative_to("src").with_suffix("")
    return ".".join(path.parts).removesuffix(".__init__")


def imported(file: Path) -> Iterator[str]:
    """The modules that define what a file imports, or takes from that, as in `frame.score`."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            known |= {a.asname or a.name: defining(node.module, a.name) for a in node.names}
    yield from known.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield defining(known.get(node.value.id, ""), node.attr)


def defining(module: str, name: str) -> str:
    """Follow a name from the package that offers it to the module that defines it."""
    if f"{module}.{name}" in GRAPH.modules:
        return f"{module}.{name}"
    if module not in GRAPH.modules:
        return module
    home = getattr(getattr(import_module(module), name, None), "__module__", None)
    return home if home in GRAPH.modules else module


def nearest(module: str, tests: dict[Path, set[str]]) -> set[Path]:
    """The test file of a module's name, or those that import it, or its importers."""
    named = TESTS / f"test_{module.rpartition('.')[2]}.py"
    if named in tests:
        return {named}
    seen, level = {module}, {module}
    while level:
        if found := {file for file, names in tests.items() if names & level}:
            return found
        level = {up for one in level for up in GRAPH.find_modules_that_directly_import(one)} - seen
        seen |= level
    return set()


def tests_of(changed: list[str]) -> set[Path]:
    files = sorted(TESTS.glob("test_*.py"))
    tests = {file: set(imported(file)) for file in files}
    chosen: set[Path] = set()
    for name in changed:
        path = ROOT / name
        if name.startswith("src/") and path.suffix == ".py" and module_of(name) in GRAPH.modules:
            chosen |= nearest(module_of(name), tests) | {TESTS / "test_docstrings.py"}
        elif path in tests or PAGE.fullmatch(name):
            chosen.add(path)
        elif TESTS in path.parents and path.suffix == ".py":
            chosen |= {file for file, names in tests.items() if path.stem in names}
        elif TESTS / "spec" in path.parents:
            chosen |= {file for file in files if path.stem in file.read_text(encoding="utf-8")}
    return chosen


def main(since: str = "HEAD") -> int:
    changed = changed_files(since)
    sources = [name for name in changed if name.startswith("src/") and name.endswith(".py")]
    if sources and run("pyright", *sources):
        return 1
    tests = sorted(str(path.relative_to(ROOT)) for path in tests_of(changed))
    if not tests:
        print("nothing changed that has tests")
        return 0
    print("tests:", *tests, flush=True)
    # By file, for the examples of a page go on from each other.
    parallel = ["--numprocesses", "auto", "--dist", "loadfile"]
    status = run("pytest", "--quiet", *parallel, "-k", "not spark and not dask", *tests)
    return 0 if status == NO_TESTS else status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
