"""What happens to files where the machine fails: kills, full disks, two writers, odd names.

`make faults TIMES=200` kills and writes at once that many times; here it is done a few times. What
one command says of it, and how what it kept is removed, stands with the tests of that command.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

import polars as pl
import pytest
from commands import run

from sledai.errors import InvalidInputError, escaped
from sledai.files import read_visits, write_text, write_visits

TIMES = int(os.environ.get("TIMES", "1"))
EXAMPLES = Path(__file__).parents[1] / "examples"
VISITS = EXAMPLES / "visits.csv"
ROWS = 20_000


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Where a process dies: at a share of the time that the whole takes, or at the naming of a file.
KILLED = """
import io, os, pathlib, signal, sys, threading, time
from contextlib import redirect_stdout, suppress
from sledai.cli import app

def score(to):
    with redirect_stdout(io.StringIO()), suppress(SystemExit):
        app.run(["score", "v.csv", "-o", to])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

when, to = sys.argv[1:]
replace = pathlib.Path.replace
if when == "before naming":
    pathlib.Path.replace = lambda *_: die()
elif when == "after naming":
    pathlib.Path.replace = lambda *names: (replace(*names), die())
else:
    begun = time.monotonic()
    score("whole" + pathlib.Path(to).suffix)
    pause = float(when) * (time.monotonic() - begun)
    threading.Thread(target=lambda: (time.sleep(pause), die()), daemon=True).start()
score(to)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
class TestKills:
    """A process that is killed leaves what was there before or the whole file, and maybe a part.

    A part is called .NAME.XXXXXXXX.part; nobody who looks for NAME finds it.
    """

    @pytest.mark.parametrize("suffix", [".csv", ".parquet"][:TIMES])
    @pytest.mark.parametrize("number", range(TIMES))
    def test_at_any_moment(self, here: Path, number: int, suffix: str) -> None:
        when = str((number + 0.5) / TIMES)
        self.kill(here, when, f"scored{suffix}")

    @pytest.mark.parametrize(
        ("when", "is_whole"), [("before naming", False), ("after naming", True)]
    )
    def test_at_the_naming(self, here: Path, when: str, *, is_whole: bool) -> None:
        assert self.kill(here, when, "scored.csv") is is_whole

    def kill(self, here: Path, when: str, to: str) -> bool:
        lines = VISITS.read_text(encoding="utf-8").splitlines()
        several = [lines[0], *(lines[1 + n % (len(lines) - 1)] for n in range(ROWS))]
        (here / "v.csv").write_text("\n".join(several) + "\n", encoding="utf-8")
        (here / to).write_text("before", encoding="utf-8")
        command = [sys.executable, "-c", KILLED, when, to]
        done = subprocess.run(command, cwd=here, check=False, stderr=subprocess.DEVNULL)  # noqa: S603
        assert done.returncode == -signal.SIGKILL
        whole = (here / to).read_bytes() != b"before"
        if whole:
            assert read_visits(here / to).height == ROWS
        others = {"v.csv", to, f"{to}.provenance.json"}
        others |= {name for name in names(here) if name.startswith("whole")}
        for name in set(names(here)) - others:
            assert name.startswith(f".{to}") and name.endswith(".part")  # noqa: PT018
        return whole


@contextmanager
def full(size: int) -> Iterator[None]:
    """As good as a full disk: the system lets no file grow beyond so many bytes."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


NAMES = ("--subject", "patient", "--date", "date")
WRITING = {
    "score .csv": ("score", VISITS, "-o", "o.csv"),
    "score .parquet": ("score", VISITS, "-o", "o.parquet"),
    "score .jsonl": ("score", VISITS, "-o", "o.jsonl"),
    "visits": ("visits", VISITS, *NAMES, "-o", "o.csv"),
    "patients": ("visits", VISITS, *NAMES, "--patients", "o.csv"),
    "sheet": ("sheet", VISITS, *NAMES, "--patient", "P01", "--visit", "2024-01-16",
              "-o", "o.html"),
    "codebook": ("codebook", VISITS, "-o", "o.toml"),
    "observations": ("fhir", "observations", EXAMPLES / "responses.ndjson", "-o", "o.json"),
}  # fmt: skip


class TestNoRoom:
    """What cannot be written whole is not there, what was there stays, and the message names it."""

    @pytest.mark.parametrize("command", WRITING.values(), ids=WRITING)
    def test_a_full_disk(self, here: Path, command: tuple[object, ...]) -> None:
        with full(100):
            code, out, err = run(*command)
        assert (code, names(here)) == (2, []), (out, err)
        # Of Parquet so small polars says another reason.
        assert err.startswith(f"error: {command[-1]}: ")
        assert "File too large" in err or "Parquet cannot hold" in err

    @pytest.mark.parametrize("command", [WRITING["score .csv"], WRITING["sheet"]])
    def test_what_was_there_stays(self, here: Path, command: tuple[object, ...]) -> None:
        (here / str(command[-1])).write_text("before", encoding="utf-8")
        with full(100):
            assert run(*command)[0] == 2
        assert names(here) == [command[-1]]
        assert (here / str(command[-1])).read_text(encoding="utf-8") == "before"

    @pytest.mark.skipif(not hasattr(os, "seteuid"), reason="no users on this system")
    @pytest.mark.parametrize("command", WRITING.values(), ids=WRITING)
    def test_a_folder_that_may_only_be_read(
        self, command: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with TemporaryDirectory() as name:
            folder = Path(name)
            monkeypatch.chdir(folder)
            assert run(*command)[0] == 0  # and what is imported late is there
            for path in folder.iterdir():
                path.unlink()
            folder.chmod(0o555)
            with nobody():
                code, _, err = run(*command)
            folder.chmod(0o755)
            monkeypatch.undo()
            assert (code, names(folder)) == (2, [])
            assert err == f"error: {command[-1]}: Permission denied"


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user who may not do all; root may write anywhere."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


class TestTwoWriters:
    """Of several who write one file at once each writes all of it, and the last one counts."""

    WRITERS = 4

    @pytest.mark.parametrize("number", range(TIMES))
    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
    def test_visits(self, here: Path, number: int, suffix: str) -> None:
        path, together = here / f"v{suffix}", Barrier(self.WRITERS)

        def write(writer: int) -> None:
            rows = pl.DataFrame({"writer": [f"w{writer}"] * (1_000 + number), "n": "0"})
            together.wait()
            write_visits(rows, path)

        self.at_once(write)
        visits = read_visits(path)
        assert visits["writer"].n_unique() == 1
        assert visits.height == 1_000 + number
        assert names(here) == [path.name]

    def test_text(self, here: Path) -> None:
        texts = [f"{writer}" * 100_000 for writer in range(self.WRITERS)]
        self.at_once(lambda writer: write_text(texts[writer], here / "v.txt"))
        assert (here / "v.txt").read_text(encoding="utf-8") in texts
        assert names(here) == ["v.txt"]

    def at_once(self, write: Callable[[int], None]) -> None:
        with ThreadPoolExecutor(self.WRITERS) as pool:
            list(pool.map(write, range(self.WRITERS)))


ODD = {
    "a line break": "a\nb.csv",
    "an escape": "a\x1b[31mb.csv",
    "a direction": "a\u202eb.csv",
    "a dash": "-o.csv",
    "a quote": "a'\"b.csv",
    "a pattern": "a*[b]?.csv",
    "a formula": "=1+1.csv",
    "a percent sign": "a%s{}b.csv",
    "no ASCII": "M\u00fcller \u60a3\u8005.csv",
    "spaces": " a b .csv",
}


class TestOddNames:
    """A file may be called as its owner likes; in what is printed the name is plain text."""

    @pytest.mark.parametrize("name", ODD.values(), ids=ODD)
    def test_of_input_and_output(self, here: Path, name: str) -> None:
        (here / name).write_bytes(VISITS.read_bytes())
        (here / "to").mkdir()
        code, out, err = run("score", "-o", f"to/{name}", "--", name)
        assert (code, err) == (0, "")
        assert escaped(out) == out
        assert names(here / "to") == sorted([name, f"{name}.provenance.json"])
        assert read_visits(here / "to" / name).height == 40

    @pytest.mark.parametrize("name", ODD.values(), ids=ODD)
    def test_of_what_is_refused(self, here: Path, name: str) -> None:
        (here / name).write_bytes(b"a,a\n1,2\n")
        code, out, err = run("score", "--", name)
        assert (code, out) == (2, "")
        assert escaped(err) == err

    @pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
    def test_no_text(self, here: Path) -> None:
        name = os.fsdecode(b"a\xffb.csv")
        (here / name).write_bytes(VISITS.read_bytes())
        code, out, err = run("score", "-o", "o.csv", "--", name)
        assert (code, escaped(out + err)) == (0, out + err)
        code, out, err = run("score", VISITS, "-o", name)
        assert (code, out) == (2, "")
        assert "not a name in UTF-8" in err

    @pytest.mark.parametrize("length", [200, 240, 241, 256, 5_000])
    def test_long(self, here: Path, length: int) -> None:
        """A part has a longer name than its file; where that is too long the system says so."""
        path = here / ("a" * (length - 4) + ".csv")
        visits = pl.DataFrame({"rash": [1]})
        if length <= 255 - len("..12345678.part"):
            write_visits(visits, path)
            assert names(here) == [path.name]
            return
        with pytest.raises(OSError, match="File name too long") as caught:
            write_visits(visits, path)
        assert caught.value.filename == str(path)
        assert names(here) == []

    def test_nothing_is_made_beside_a_folder(self, here: Path) -> None:
        (here / "v.csv").mkdir()
        with pytest.raises(IsADirectoryError):
            write_visits(pl.DataFrame({"rash": [1]}), here / "v.csv")
        os.mkfifo(here / "w.csv")
        with pytest.raises(InvalidInputError, match="not a regular file"):
            write_visits(pl.DataFrame({"rash": [1]}), here / "w.csv")
        assert names(here) == ["v.csv", "w.csv"]
