"""Every door on inputs that were made to break it, and whether the harness would notice.

`make fuzz` makes more of these inputs, for as long as it is told to.
"""

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest
from fuzz.__main__ import main
from fuzz.by_hypothesis import search
from fuzz.doors import CORPUS, DOORS, Door
from fuzz.held import Finding, hold
from fuzz.hostile import changed

from examples import examples
from sledai.errors import InvalidInputError
from sledai.files import write_visits

INPUTS = [(door, path) for door in DOORS.values() for path in door.corpus]
ENGINES = ["hypothesis", *(["atheris"] if find_spec("atheris") else [])]


class TestDoors:
    """An answer or an error of the library, within a bound of time, and nothing left over."""

    @pytest.mark.parametrize(
        ("door", "path"), INPUTS, ids=[f"{door.name}-{path.name}" for door, path in INPUTS]
    )
    def test_the_corpus(self, door: Door, path: Path) -> None:
        hold(door, path.read_bytes())

    @pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
    def test_changed_inputs(self, door: Door) -> None:
        """Some, the same each time; `make fuzz` tries many, and others."""
        seeds = [path.read_bytes() for path in door.corpus]
        for number in range(examples(100)):
            seed = seeds[number % len(seeds)]
            hold(door, changed(seed, number, seeds, is_json=door.is_json))

    def test_every_door_has_a_corpus_and_no_other_has(self) -> None:
        assert {path.name for path in CORPUS.iterdir()} == DOORS.keys()

    def test_the_corpus_is_small(self) -> None:
        sizes = [path.stat().st_size for _, path in INPUTS]
        assert max(sizes) < 5_000
        assert sum(sizes) < 100_000


def door_of(monkeypatch: pytest.MonkeyPatch, read: Callable[[bytes, Path], None]) -> Door:
    """A door of our own, in the place of the one of dates."""
    monkeypatch.setattr("fuzz.of_cells.dates", read)
    return DOORS["dates"]


class TestFaults:
    """Each way to break the promise is reported: a check that cannot fail holds nothing."""

    @pytest.mark.parametrize(
        "error", [KeyError("x"), RecursionError(), OSError(28, "full"), SystemExit(1), ValueError()]
    )
    def test_another_error(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        def read(_: bytes, __: Path) -> None:
            raise error

        with pytest.raises(Finding, match=f"dates: {type(error).__name__}"):
            hold(door_of(monkeypatch, read), b"")

    def test_an_error_of_the_library_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(_: bytes, __: Path) -> None:
            raise InvalidInputError.found("\x1b", "\u202e")

        with pytest.raises(Finding, match="said raw"):
            hold(door_of(monkeypatch, read), b"")

        def refused(_: bytes, __: Path) -> None:
            raise InvalidInputError.found("\x1b", "a name")

        hold(door_of(monkeypatch, refused), b"")

    def test_a_file_left_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(_: bytes, folder: Path) -> None:
            (folder / ".scored.csv.part").touch()
            raise InvalidInputError

        with pytest.raises(Finding, match=r"left over: \['.scored.csv.part'\]"):
            hold(door_of(monkeypatch, read), b"")

    def test_no_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(_: bytes, __: Path) -> None:
            while True:
                pass

        monkeypatch.setattr("fuzz.held.SECONDS", 0.1)
        with pytest.raises(Finding, match=r"no answer within 0.1 s"):
            hold(door_of(monkeypatch, read), b"")

    @pytest.mark.parametrize(
        ("door", "name", "planted"),
        [
            ("csv", "fuzz.of_files.write_visits", lambda v, path: write_visits(v.head(1), path)),
            ("dates", "fuzz.of_cells.read_date", lambda *_: None),
            ("amounts", "sledai.frame.lab_columns._REVERSED", {"<": "<", ">": ">"}),
            ("columns", "fuzz.of_cells.score_bounds", None),
            ("score", "fuzz.of_cells._answer", lambda *_: False),
            ("response", "fuzz.of_json.score_bounds", None),
            ("shown", "fuzz.of_shown.escaped", str),
            ("http", "sledai.http.routes.judge_candidate", None),
        ],
    )
    def test_a_fault_in_a_door(
        self, monkeypatch: pytest.MonkeyPatch, door: str, name: str, planted: object
    ) -> None:
        """Where one of two paths that are compared is wrong, some input of the corpus shows it."""
        monkeypatch.setattr(name, planted, raising=False)
        found = 0
        for path in DOORS[door].corpus:
            try:
                hold(DOORS[door], path.read_bytes())
            except Finding:
                found += 1
        assert found


class TestChanges:
    """What is tried is told by a number, and JSON mostly stays JSON."""

    def test_the_same_again(self) -> None:
        for seed in range(50):
            assert changed(b"a,b\n1,2\n", seed) == changed(b"a,b\n1,2\n", seed)
        assert len({changed(b"a,b\n1,2\n", seed) for seed in range(50)}) > 40

    def test_of_nothing(self) -> None:
        assert any(changed(b"", seed) for seed in range(10))
        assert any(changed(b"", seed, is_json=True) for seed in range(10))

    def test_json(self) -> None:
        document = b'{"a": [1, {"b": "x"}], "c": null}\n'
        kept = 0
        for seed in range(200):
            try:
                json.loads(changed(document, seed, is_json=True))
            except ValueError:
                continue
            kept += 1
        assert kept > 80

    def test_parts_of_others(self) -> None:
        assert any(b"other" in changed(b"0" * 20, seed, [b"-other-" * 9]) for seed in range(200))


class TestCommand:
    """`make fuzz`: a line a door, and exit code 1 where something was found, which is kept."""

    @pytest.fixture
    def planted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        """A fault in how texts are quoted, in a module that the process of the door imports."""
        text = (
            "import sledai.errors as errors\n"
            "def shorten(value):\n    raise KeyError('\\x1b')\n"
            "errors.shorten = shorten\n"
        )
        name = f"planted{Random().randrange(10**9)}"  # noqa: S311 - imported once
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return name

    @pytest.mark.parametrize("engine", ENGINES)
    def test_a_fault_is_found(
        self, tmp_path: Path, planted: str, engine: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out"
        command = ["--for=1", "--door=shown", f"--engine={engine}", f"--out={out}"]
        assert main([*command, f"--plant={planted}"]) == 1
        said = capsys.readouterr().out
        assert "FINDING" in said
        assert "KeyError" in said
        assert "\x1b" not in said
        (crash,) = (out / "shown").glob("crash-*")
        assert f"{crash} (" in said

    @pytest.mark.parametrize("engine", ENGINES[-1:])
    def test_nothing_is_found(
        self, tmp_path: Path, engine: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--for=1", "--door=shown", f"--engine={engine}", f"--out={tmp_path}"]) == 0
        line = capsys.readouterr().out.splitlines()[-1].split()
        assert (line[0], line[-1]) == ("shown", "nothing")
        assert int(line[1].replace(",", "")) > 0

    def test_what_cannot_start_is_a_finding(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = ["--for=1", "--door=shown", "--engine=hypothesis", f"--out={tmp_path}"]
        assert main([*command, "--plant=no_such_module"]) == 1
        assert "No module named" in capsys.readouterr().out

    def test_what_hypothesis_finds_is_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def read(data: bytes, _: Path) -> None:
            assert b"1" not in data

        assert search(door_of(monkeypatch, read), 5, tmp_path) == 77
        (crash,) = tmp_path.iterdir()
        assert b"1" in crash.read_bytes()
