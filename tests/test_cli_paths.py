"""What a command reads is a file, or open already; what it prints may be lost, and that is said."""

import io
import os
import shutil
import sys
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from commands import run

from sledai.cli import app
from sledai.errors import InvalidInputError, require_file
from sledai.trials.nct05765006.candidate import read_candidate

EXAMPLES = Path(__file__).parent.parent / "examples"
VISITS = "--subject patient --date date"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("visits.csv", "visit.json", "candidate.json", "recorded.csv", "responses.ndjson"):
        shutil.copy(EXAMPLES / name, tmp_path)
    Path("labs.csv").write_text("id,plt\np1,92\n", encoding="utf-8")
    return tmp_path


READING = {
    "screen x.json": ".json",
    "score x.csv": ".csv",
    "score x.csv.gz": ".csv.gz",
    "score visits.csv --codebook x.toml": ".toml",
    "audit x.csv --recorded total": ".csv",
    "codebook x.csv": ".csv",
    "derive x.csv --lab platelets=plt_K/uL": ".csv",
    f"visits x.csv {VISITS}": ".csv",
    "sheet x.json -o s.html": ".json",
    "fhir score x.ndjson": ".ndjson",
    "fhir observations x.json": ".json",
}


class TestWhatIsRead:
    """A named pipe and a device are refused, since nobody may ever write to one, or end."""

    @pytest.mark.parametrize("command", READING)
    def test_a_pipe(self, command: str) -> None:
        os.mkfifo(f"x{READING[command]}")
        code, _, err = run(*(one.replace("_", " ") for one in command.split(" ")))
        assert code == 2
        assert "a pipe or a device" in err or "not a regular file" in err

    @pytest.mark.parametrize("command", READING)
    def test_a_link_to_itself(self, command: str) -> None:
        name = f"x{READING[command]}"
        Path(name).symlink_to(name)
        code, _, err = run(*(one.replace("_", " ") for one in command.split(" ")))
        assert (code, err) == (2, f"error: {name}: Too many levels of symbolic links")

    def test_a_device(self) -> None:
        code, _, err = run("screen", "/dev/zero")
        assert (code, err) == (
            2,
            "error: /dev/zero: found a pipe or a device; accepted: a file, or /dev/stdin",
        )

    def test_what_is_open_already(self) -> None:
        reads, writes = os.pipe()
        try:
            os.write(writes, Path("candidate.json").read_bytes())
            os.close(writes)
            assert run("screen", f"/dev/fd/{reads}")[0] == 3
        finally:
            os.close(reads)

    def test_files_and_folders_and_what_is_not_there_are_for_who_opens_them(self) -> None:
        for path in ("visits.csv", ".", "nothing", "/dev/stdin"):
            require_file(path)
        with pytest.raises(InvalidInputError, match="found a pipe or a device"):
            require_file(Path("/dev/null"))

    def test_an_output_that_is_a_link_to_itself(self) -> None:
        Path("o.csv").symlink_to("o.csv")
        assert run("score", "visits.csv", "-o", "o.csv", "--rejects", "r.csv")[0] == 0
        assert Path("o.csv").is_file()
        code, _, err = run("score", "visits.csv", "-o", "o.csv", "--rejects", "./o.csv")
        assert (code, err) == (2, "error: o.csv: named for two outputs")


class TestUnknownFields:
    """Fields that a candidate has not are listed up to a number, and the rest counted."""

    def test_a_thousand_of_them(self) -> None:
        fields = ", ".join(f'"x{n}": 1' for n in range(1000))
        Path("c.json").write_text(f"{{{fields}}}", encoding="utf-8")
        code, _, err = run("screen", "c.json")
        assert code == 2
        assert err.count("no such field") == 20
        assert err.endswith("and 980 more")
        with pytest.raises(InvalidInputError) as caught:
            read_candidate('{"x": 1}')
        assert str(caught.value) == "'x': no such field; accepted: see the template"


PRINTING = {
    "--version": 0,
    "--help": 0,
    "score visits.csv": 0,
    "audit recorded.csv --recorded recorded_total": 1,
    "codebook visits.csv": 0,
    "derive labs.csv --lab platelets=plt_K/uL": 0,
    "screen candidate.json": 3,
    "screen candidate.json --json": 3,
    "screen --template": 0,
    f"visits visits.csv {VISITS}": 0,
    "sheet visit.json -o s.html": 0,
    "descriptors": 0,
    "explain arthritis": 0,
    "editions": 0,
    "trials": 0,
    "completion bash": 0,
    "fhir questionnaire --edition SELENA": 0,
    "fhir codesystem": 0,
    "fhir score responses.ndjson": 0,
    "fhir observations responses.ndjson": 0,
}


def exit_code(command: str) -> int | str | None:
    with pytest.raises(SystemExit) as stopped:
        app.run([one.replace("_K", " K") for one in command.split(" ")])
    return stopped.value.code


class FullDisk(io.RawIOBase):
    """What cannot be written to until there is room."""

    room = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self.room:
            raise OSError(ENOSPC, "No space left on device")
        return len(data)


@pytest.fixture
def full_disk() -> Iterator[io.TextIOWrapper]:
    disk = FullDisk()
    stream = io.TextIOWrapper(io.BufferedWriter(disk), encoding="utf-8")
    yield stream
    disk.room = True
    stream.close()


class TestWhatIsPrinted:
    """Exit code 2 where what is printed cannot be; what is closed by the caller is no error."""

    @pytest.mark.parametrize("command", PRINTING)
    def test_a_full_disk(
        self, command: str, monkeypatch: pytest.MonkeyPatch, full_disk: io.TextIOWrapper
    ) -> None:
        err = io.StringIO()
        monkeypatch.setattr(sys, "stderr", err)
        monkeypatch.setattr(sys, "stdout", full_disk)
        assert exit_code(command) == 2
        assert " ".join(err.getvalue().split()) == (
            "error: what is printed: No space left on device"
        )

    @pytest.mark.parametrize("command", PRINTING)
    def test_closed_by_the_caller(self, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        monkeypatch.setattr(sys, "stderr", None)
        assert exit_code(command) == PRINTING[command]

    def test_errors_that_cannot_be_printed(
        self, monkeypatch: pytest.MonkeyPatch, full_disk: io.TextIOWrapper
    ) -> None:
        monkeypatch.setattr(sys, "stderr", full_disk)
        assert exit_code("screen nothing.json") == 2
        monkeypatch.setattr(sys, "stderr", full_disk)
        assert exit_code("score visits.csv -o scored.csv") == 0
