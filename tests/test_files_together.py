"""Files that belong together get their names all at once, or none of them does."""

import os
import shutil
from errno import EACCES
from pathlib import Path

import polars as pl
import pytest
from commands import run

from sledai.files import Output, together, write_text

EXAMPLES = Path(__file__).parent.parent / "examples"
AUDIT = "audit recorded.csv --recorded recorded_total"
VISITS = "visits.csv --subject patient --date date"
# Every command that writes more than one file, a file of provenance included.
COMMANDS = {
    "score": "score visits.csv -o a.csv",
    "score and rejects": "score visits.csv -o a.csv --rejects b.csv",
    "audit": f"{AUDIT} -o a.csv --rejects b.csv",
    "audit as JSON": f"{AUDIT} -o a.json --rejects b.csv",
    "derive": "derive labs.csv --lab platelets=plt*10*9/L -o a.csv --rejects b.csv",
    "visits": f"visits {VISITS} -o a.csv --patients b.csv --rejects c.csv",
    "visits as a data set": f"visits {VISITS} --to rs --study S -o a.json",
    "fhir score": "fhir score responses.ndjson -o a.csv",
    "fhir observations": "fhir observations responses.ndjson -o a.json",
    "draw": f"draw cohort {VISITS} -o a.html",
}


class TestTogether:
    """Where one cannot get its name, the others keep what they were."""

    def test_all_are_named_in_the_end(self, tmp_path: Path) -> None:
        with together():
            write_text("a", tmp_path / "a.txt")
            with together():
                write_text("b", tmp_path / "b.txt")
            assert all(path.suffix == ".part" for path in tmp_path.iterdir())
        assert contents(tmp_path) == {"a.txt": b"a", "b.txt": b"b"}

    def test_none_is_named_after_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(KeyError), together():
            write_text("a", tmp_path / "a.txt")
            raise KeyError
        assert contents(tmp_path) == {}

    @pytest.mark.parametrize("links", [True, False])
    def test_what_was_there_is_there_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
    ) -> None:
        def cannot(*_: object) -> None:
            raise PermissionError(EACCES, "Permission denied")

        if not links:
            monkeypatch.setattr(Path, "hardlink_to", cannot)
        write_text("before", tmp_path / "a.txt")
        with pytest.raises(OSError, match=r"b\.txt"), together():
            for name in ("a.txt", "new.txt", "b.txt"):
                write_text("after", tmp_path / name)
            (tmp_path / "b.txt").mkdir()
        assert contents(tmp_path) == {"a.txt": b"before"}
        (tmp_path / "b.txt").rmdir()
        with together():
            for name in ("a.txt", "b.txt"):
                write_text("after", tmp_path / name)
        assert contents(tmp_path) == {"a.txt": b"after", "b.txt": b"after"}

    def test_a_file_and_how_it_was_made(self, tmp_path: Path) -> None:
        beside = tmp_path / "v.csv.provenance.json"
        with pytest.raises(IsADirectoryError), Output(tmp_path / "v.csv", {"x": 1}) as output:
            output.write(pl.DataFrame({"id": ["a"]}))
            beside.mkdir()
        assert contents(tmp_path) == {}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path in EXAMPLES.iterdir():
        shutil.copy(path, tmp_path)
    Path("labs.csv").write_text("id,plt\np1,92\n", encoding="utf-8")
    return tmp_path


def failing(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Let it fail that a file gets its name: the one of this number, from 1."""
    calls = iter(range(1, 99))
    replace = os.replace

    def fail(self: Path, target: Path) -> Path:
        if next(calls) == at:
            raise PermissionError(EACCES, "Permission denied", str(target))
        replace(self, target)
        return target

    monkeypatch.setattr(Path, "replace", fail)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_all_of_its_files_or_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    before = contents(folder)
    failing(monkeypatch, 2)
    code, _, err = run(*(one.replace("plt*", "plt ") for one in COMMANDS[command].split(" ")))
    assert (code, err.endswith("Permission denied")) == (2, True), err
    assert contents(folder) == before


def test_whichever_of_four_cannot_get_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv.provenance.json"):
        (folder / name).write_text("before", encoding="utf-8")
    before = contents(folder)
    for at in range(1, 5):
        with monkeypatch.context() as patched:
            failing(patched, at)
            assert run(*COMMANDS["score and rejects"].split(" "))[0] == 2
        assert contents(folder) == before
    assert run(*COMMANDS["score and rejects"].split(" "))[0] == 0
    assert len(contents(folder)) == len(before) + 2


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
