"""Platforms on which the tests do not run, simulated as far as a Linux can be made to look so.

Windows has no SIGPIPE and no SIGHUP, none of the modules of Unix, a console in cp1252, and opens
files in it where no encoding is said; macOS and it have folders in which a file has one name in
any case. What is simulated stands in docs/explanation/versions.md.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
FOREIGN = """
import json, os, signal, sys, warnings
del signal.SIGPIPE, signal.SIGHUP
for name in ("fcntl", "grp", "pty", "pwd", "readline", "resource", "termios", "tty"):
    sys.modules[name] = None
warnings.filterwarnings("error", category=EncodingWarning, module="sledai")
from sledai.__main__ import main
for command in json.load(sys.stdin):
    sys.argv = ["sledai", *command]
    try:
        main()
    except SystemExit as ended:
        print(f"exit code {ended.code}")
"""
VISITS = ("visits.csv", "--subject", "patient", "--date", "date")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for example in EXAMPLES.iterdir():
        if example.is_file():
            (tmp_path / example.name).write_bytes(example.read_bytes())
    return tmp_path


def shown(folder: Path, *commands: tuple[str, ...]) -> tuple[list[str], str]:
    """What the commands print, one after the other in one process, each up to its exit code."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", FOREIGN],
        input=json.dumps(commands).encode(),
        env={
            **kept,
            "LC_ALL": "C",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONIOENCODING": "cp1252",
            "PYTHONUTF8": "0",
            "PYTHONWARNDEFAULTENCODING": "1",
        },
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("cp1252").split("exit code ")[:-1], done.stderr.decode("cp1252")


class TestWindows:
    """Windows is not run: what it lacks is taken away, and what it does otherwise is set so."""

    def test_the_commands_work(self, folder: Path) -> None:
        """Letters that the console does not know are question marks there; files hold them all."""
        rows = (folder / "visits.csv").read_text("utf-8")
        (folder / "named.csv").write_text(rows.replace("P01", "Zoé Łuk"), encoding="utf-8")
        out, err = shown(
            folder,
            ("score", "visits.csv", "--trial", "NCT05765006", "-o", "scored.csv"),
            ("score", "visits.csv", "--codebook", "visits.toml"),
            ("audit", "recorded.csv", "--recorded", "recorded_total"),
            ("visits", *VISITS, "-o", "followed.parquet", "--patients", "patients.csv"),
            ("screen", "candidate.json"),
            ("sheet", *VISITS, "--patient", "P01", "--visit", "2024-06-11", "-o", "sheet.html"),
            ("codebook", "visits.csv", "-o", "own.toml"),
            ("explain", "proteinuria"),
            ("fhir", "questionnaire", "--edition", "SELENA"),
            ("score", "named.csv"),
            ("score", "named.csv", "-o", "known.csv"),
        )
        assert err == ""
        assert len(out) == 11
        assert "40 visits" in out[0]
        assert "total (recorded_total): 12 agree, 2 possible, 2 disagree" in out[2]
        assert '"resourceType": "Questionnaire"' in out[8]
        assert "Zoé ?uk" in out[9]
        assert "Zoé Łuk" in (folder / "known.csv").read_text("utf-8")
        assert (folder / "scored.csv").read_text("utf-8").count("\n") == 41
        for written in ("followed.parquet", "patients.csv", "sheet.html", "own.toml"):
            assert (folder / written).stat().st_size
