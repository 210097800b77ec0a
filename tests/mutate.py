"""Change the code in one place at a time, and see that the tests notice.

    python tests/mutate.py numbers [--shard 1/8] [--jobs 2] [--only indices/sri.py]
    python tests/mutate.py numbers --page

A module has a process of its own. It imports what the tests need, stops where the module is about
to be executed, and forks there: for the module as it is, and for each change of it. So a change
costs what stands on the module, and its tests up to the first that fails; src stays untouched.

What each change came to is kept in build/mutants, by the module, its tests and their tables:
another run goes on from there, and the files of shards put one behind the other are that of one
run. What other modules say is not in the key: delete the folder to begin anew. Exit code 1: a
change that no test noticed is not explained in tests/mutants.toml, or an explanation there
explains nothing.
"""

import argparse
import ast
import gc
import hashlib
import json
import os
import signal
import subprocess
import sys
import tomllib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Any, ClassVar, TextIO

import pytest
from mutations import KINDS, Mutant, mutants

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SOURCE = ROOT / "src" / "sledai"
KEPT = ROOT / "build" / "mutants"
OPTIONS = (
    *("-x", "-q", "--assert=plain", "--hypothesis-profile=mutants"),
    *(
        "-o",
        "markers=no_cover",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:unraisableexception",
        "-p",
        "no:threadexception",
    ),
)
# What tests import that is not ours, is slow, and starts no thread; polars and pyarrow do.
PRELOADED = ("hypothesis.strategies", "numpy", "pint", "pydantic")
UNCHANGED = "the module as it is"
PAGE = ROOT / "docs" / "explanation" / "mutants.md"


@dataclass(frozen=True, eq=False)
class Module:
    """A module whose changes are tried, and the tests that are to notice them."""

    kind: str
    path: str
    tests: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        return (SOURCE / self.path).read_text(encoding="utf-8")

    @cached_property
    def mutants(self) -> list[Mutant]:
        return list(mutants(self.kind, self.path, self.text))

    @cached_property
    def files(self) -> set[Path]:
        """The files of the tests, and the files of ours that they import."""
        return {file for test in self.tests for file in helped(ROOT / test.partition("::")[0])}

    @cached_property
    def key(self) -> str:
        """What the outcomes hang on: the module, its tests, and the tables typed by hand."""
        told = hashlib.sha256(repr((self.path, self.text, self.tests)).encode())
        for file in sorted({*self.files, TESTS / "conftest.py", *(TESTS / "spec").iterdir()}):
            told.update(file.read_bytes())
        return told.hexdigest()[:16]


def modules(kind: str) -> list[Module]:
    tests = tomllib.loads((TESTS / "mutants.toml").read_text(encoding="utf-8"))[kind]["tests"]
    return [Module(kind, path, tuple(f"tests/{t}" for t in of)) for path, of in tests.items()]


def explained(kind: str) -> dict[str, str]:
    """Why nothing can notice a change, by its name."""
    config = tomllib.loads((TESTS / "mutants.toml").read_text(encoding="utf-8"))
    return dict(config[kind].get("explained", {}))


def helped(test: Path) -> Iterator[Path]:
    yield test
    for name in imported(test):
        if (helper := TESTS / f"{name}.py").exists():
            yield from helped(helper)


def imported(file: Path) -> list[str]:
    """The modules that a file imports at its head, in order."""
    found: list[str] = []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        match node:
            case ast.ImportFrom(module=str(name)):
                found.append(name)
            case ast.Import(names=names):
                found += [one.name for one in names]
            case _:
                pass
    return found


# ---- outcomes ----------------------------------------------------------------------------------


def outcomes(kind: str) -> dict[str, dict[str, str]]:
    """What is known of the changes of modules and tests as they are now, by their names."""
    keys = {module.path: module.key for module in modules(kind)}
    found: dict[str, dict[str, str]] = {}
    if (file := KEPT / f"{kind}.jsonl").exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            if keys.get(one["module"]) == one["key"]:
                found[one["name"]] = one
    return found


def faults(
    names: set[str], noticed: Mapping[str, bool], reasons: Mapping[str, str]
) -> Iterator[str]:
    """Say what is wrong: changes that nothing noticed or explains, explanations of nothing."""
    for name, by in noticed.items():
        if not by and name not in reasons:
            yield f"NOT NOTICED  {name}"
        if by and name in reasons:
            yield f"EXPLAINED, AND YET NOTICED  {name}"
    for name in reasons:
        if name not in names:
            yield f"EXPLAINED, AND NO CHANGE  {name}"


def page(kind: str) -> str:
    """What was made of each module, tried, and noticed, when and at which commit; what is open."""
    known = outcomes(kind)
    lines = ["| module | made | tried | noticed | last run |", "|---|--:|--:|--:|---|"]
    counts: Counter[str] = Counter()
    for module in modules(kind):
        tried = [known[one.name] for one in module.mutants if one.name in known]
        noticed = sum(bool(line["by"]) for line in tried)
        last = f"{tried[-1]['date']}, {tried[-1]['commit']}" if tried else "never"
        row = {"made": len(module.mutants), "tried": len(tried), "noticed": noticed}
        counts.update(row)
        lines.append(f"| `{module.path}` | {' | '.join(map(str, row.values()))} | {last} |")
    lines.append(f"| all | {' | '.join(str(counts[name]) for name in row)} | |")
    lines += ["", "| not noticed | why nothing can notice it |", "|---|---|"]
    why = explained(kind)
    quiet = {name: "not explained yet" for name, line in known.items() if not line["by"]} | why
    lines += [f"| `{name.replace('|', chr(92) + '|')}` | {said} |" for name, said in quiet.items()]
    return "\n".join(lines)


def write_page(kind: str) -> None:
    """Put the tables of a kind into the page, between its marks."""
    begin, end = f"<!-- {kind}: made by tests/mutate.py -->\n", f"<!-- end of {kind} -->"
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n{page(kind)}\n\n{end}{after}", encoding="utf-8")


def run(kind: str, shard: str, jobs: int, only: str) -> int:
    """Try the changes of a kind that were not tried yet, and say what they came to."""
    part, parts = map(int, shard.split("/"))
    every = [module for module in modules(kind) if only in {"", module.path}]
    names = [mutant.name for module in every for mutant in module.mutants]
    wanted = set(names[part - 1 :: parts])
    known = outcomes(kind)
    todo = {m.path: [n.name for n in m.mutants if n.name in wanted - {*known}] for m in every}
    KEPT.mkdir(parents=True, exist_ok=True)
    with (
        ThreadPoolExecutor(jobs) as pool,
        (KEPT / f"{kind}.jsonl").open("a", encoding="utf-8", buffering=1) as file,
    ):

        def one(module: Module) -> str:
            return attempt(module, todo[module.path], file.write)

        # The longest first, so that none is alone at the end.
        largest = sorted(every, key=lambda module: -len(todo[module.path]))
        problems = [said for said in pool.map(one, (m for m in largest if todo[m.path])) if said]
    known = {name: line for name, line in outcomes(kind).items() if name in wanted}
    noticed = {name: bool(line["by"]) for name, line in known.items()}
    reasons = {n: why for n, why in explained(kind).items() if only in {"", n.partition(":")[0]}}
    problems += faults({*names}, noticed, reasons)
    if len(known) < len(wanted):
        problems.append(f"NOT TRIED  {len(wanted) - len(known)} changes")
    caught = sum(noticed.values())
    print(
        f"{len(wanted)} of {len(names)} changes of {kind}: {caught} noticed,"
        f" {len(known) - caught} not, {len(reasons)} explained"
    )
    print("\n".join(problems))
    return 1 if problems else 0


def attempt(module: Module, names: Sequence[str], keep: Callable[[str], object]) -> str:
    """Have a process try changes of a module, keep each outcome as it comes; say what failed."""
    begun = datetime.now(UTC)
    told = {"module": module.path, "key": module.key, "date": f"{begun:%Y-%m-%d}"}
    told["commit"] = _commit()
    command = [sys.executable, __file__, module.kind, "--only", module.path, "--serve"]
    environment = os.environ | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "_hypothesis_pytestplugin",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPYCACHEPREFIX": str(KEPT / "compiled"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(names))
        server.stdin.close()
        for line in server.stdout:
            keep(json.dumps(told | json.loads(line)) + "\n")
    took = (datetime.now(UTC) - begun).total_seconds()
    print(f"{took:4.0f} s  {module.path}: {len(names)}", flush=True)
    return "" if server.returncode == 0 else f"NO CHANGE TRIED  {module.path}: see {log(module)}"


@cache
def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(  # noqa: S603
        command, cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


def log(module: Module) -> Path:
    return KEPT / f"{module.kind}-{module.path.replace('/', '-')}.log"


# ---- one module, in a process of its own -------------------------------------------------------


class Forking(SourceFileLoader):
    """Where a module would be executed, a process for each change of it executes it changed."""

    changes: Sequence[Mutant] = ()
    report: TextIO = sys.stdout

    def exec_module(self, module: ModuleType) -> None:
        """Return in the children alone, with the module of each, and report their outcomes."""
        for name in imported(Path(self.path)):
            import_module(name)
        # A thread of the parent is none in the child, and what waits for it there waits for ever.
        if len([*Path("/proc/self/task").iterdir()]) > 1:
            raise RuntimeError("there are threads before the fork")
        noticed: Counter[str] = Counter()
        timeout = 0  # for the module as it is none
        for mutant in self.changes:
            begun = monotonic()
            read, write = os.pipe()
            if (child := os.fork()) == 0:
                signal.alarm(timeout)
                Child.order, Child.told, Child.failures = (
                    noticed,
                    write,
                    "no" if timeout else "short",
                )
                exec(compile(mutant.source, self.path, "exec"), module.__dict__)  # noqa: S102
                return
            os.close(write)
            with os.fdopen(read) as told:
                test, _, by = told.read().partition("\t")
            _, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status):
                if os.WTERMSIG(status) != signal.SIGALRM:
                    os._exit(1)
                by = f"it did not end within {timeout} s"
            if mutant.name == UNCHANGED:
                if by:
                    os._exit(1)
                timeout = 30 + 5 * int(monotonic() - begun)
            else:
                noticed[test] += 1
                print(json.dumps({"name": mutant.name, "by": by}), file=self.report, flush=True)
        os._exit(0)


class Finder:
    """Finds the module that is changed, to be executed so."""

    def __init__(self, path: str) -> None:
        dotted = f"sledai/{path}".removesuffix(".py").removesuffix("/__init__")
        self.name = dotted.replace("/", ".")

    def find_spec(self, name: str, path: Any, _target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name == self.name else None
        if spec is not None and spec.origin is not None:
            spec.loader = Forking(name, spec.origin)
        return spec


class Child:
    """Runs the tests, those first that noticed most before, up to the first that fails."""

    order: ClassVar[Counter[str]] = Counter()
    told: int
    failures: str
    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the first test that failed."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def run(self, tests: Sequence[str]) -> str:
        """Give the entry of the tests that noticed the change and the test, or nothing."""
        for test in sorted(tests, key=lambda test: -self.order[test]):
            if code := pytest.main([*OPTIONS, f"--tb={self.failures}", test], plugins=[self]):
                return f"{test}\t{self.failed or f'{test}: {code!r}'}"
        return ""


def serve(module: Module, wanted: set[str]) -> None:
    """Try the changes of a module whose names are wanted, after the module as it is."""
    chosen = [mutant for mutant in module.mutants if mutant.name in wanted]
    Forking.changes = [Mutant(UNCHANGED, module.text), *chosen]
    Forking.report = os.fdopen(os.dup(1), "w")
    file = os.open(log(module), os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    pytest.main([*OPTIONS, "--collect-only", __file__])  # so that all that it needs is there
    for name in PRELOADED:
        import_module(name)
    gc.freeze()
    finder = Finder(module.path)
    sys.meta_path.insert(0, finder)
    try:
        import_module(finder.name)
        said = Child().run(module.tests)
    except BaseException as error:  # noqa: BLE001
        traceback.print_exc()
        said = f"import\timport: {type(error).__name__}"
    if not hasattr(Child, "told"):
        os._exit(1)
    os.write(Child.told, said.encode())
    os._exit(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--shard", default="1/1", help="which part of how many, such as 1/8")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="modules at a time")
    parser.add_argument("--only", default="", help="one module, such as indices/sri.py")
    parser.add_argument("--page", action="store_true", help="write what is known into the page")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        (module,) = (module for module in modules(asked.kind) if module.path == asked.only)
        serve(module, set(json.load(sys.stdin)))
    if asked.page:
        write_page(asked.kind)
        return 0
    return run(asked.kind, asked.shard, asked.jobs, asked.only)


if __name__ == "__main__":
    sys.exit(main())
