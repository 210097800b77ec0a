"""The command line in a terminal: its width, its colors, names as text, how it ends, completion."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from terminals import in_terminal
from typer.main import get_command

from sledai.cli import app
from sledai.cli.printing import Column, Table, width, wrapped
from sledai.errors import InvalidInputError, file_name
from sledai.trials.nct05765006.candidate import read_candidate
from sledai.trials.nct05765006.screening import screen

EXAMPLES = Path(__file__).parents[1] / "examples"
VISITS, CODED = EXAMPLES / "visits.csv", EXAMPLES / "coded.csv"
FOLLOWED = ["--subject", "patient", "--date", "date"]

COMMANDS: dict[str, list[object]] = {
    "score": ["score", VISITS, "--trial", "NCT05765006", "--trial", "NCT05899907"],
    "audit": ["audit", EXAMPLES / "recorded.csv", "--recorded", "recorded_total"],
    "visits": ["visits", VISITS, *FOLLOWED, "--baseline", "first"],
    "check": ["codebook", CODED, "--check"],
    "screen": ["screen", EXAMPLES / "candidate.json"],
    "descriptors": ["descriptors"],
    "explain": ["explain", "proteinuria"],
    "editions": ["editions"],
    "trials": ["trials"],
    "fhir score": ["fhir", "score", EXAMPLES / "responses.ndjson"],
    "derive": ["derive", "labs.csv", "--lab", "platelets=plt 10*9/L"],
    "visit": ["visit", "--trial", "NCT05765006"],
}
CODES = {"audit": 1, "check": 1, "screen": 3}


def commands(of: Any, path: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Yield all commands, each before those under it."""
    yield [*path]
    for name, command in getattr(of, "commands", {}).items():
        yield from commands(command, (*path, name))


HELP = [*commands(get_command(app.app))]
COLOR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    """What is written to a terminal, or typed there."""

    def isatty(self) -> bool:
        return True


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in a terminal of some columns, or in a pipe."""
    for name in ("CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.chdir(tmp_path)
    Path("labs.csv").write_text("id,plt\na,92\nb,\n")

    def run(args: list[object], *, columns: int = 0) -> tuple[int, str, str]:
        out, err = (Terminal(), Terminal()) if columns else (io.StringIO(), io.StringIO())
        with monkeypatch.context() as here, pytest.raises(SystemExit) as stopped:
            if columns:
                here.setenv("COLUMNS", str(columns))
            here.setattr(sys, "stdout", out)
            here.setattr(sys, "stderr", err)
            here.setattr(sys, "stdin", io.StringIO())
            app.run([str(arg) for arg in args])
        assert isinstance(stopped.value.code, int)
        return stopped.value.code, out.getvalue(), err.getvalue()

    return run


def plain(text: str) -> str:
    return COLOR.sub("", text)


def words(text: str) -> set[str]:
    """Give the words, without what a list has in place of a table's lines."""
    return {word.rstrip(":") for word in plain(text).split()} - {""}


class TestWidth:
    """What is printed is as wide as the terminal: no line is longer, and no word is cut."""

    @pytest.mark.parametrize(("columns", "name"), list(product([60, 80, 120], COMMANDS)))
    def test_every_command(self, run: Run, columns: int, name: str) -> None:
        code, shown, _ = run(COMMANDS[name], columns=columns)
        assert code == CODES.get(name, 0)
        assert max(len(line) for line in plain(shown).splitlines()) <= columns
        # A list has no lines of what nobody said.
        assert words(run(COMMANDS[name])[1]) - words(shown) <= {"subject", "date"}

    @pytest.mark.parametrize("command", HELP, ids=lambda c: " ".join(c) or "sledai")
    def test_the_help_of_every_command(self, run: Run, command: list[str]) -> None:
        pipe = run([*command, "--help"])[1]
        assert pipe.splitlines()[0].startswith("Usage: ")
        for columns in (60, 80, 120):
            shown = run([*command, "--help"], columns=columns)[1]
            assert max(len(line) for line in shown.splitlines()) <= columns
            assert "".join(shown.split()) == "".join(pipe.split())
        assert not re.search(r"[a-z]\.\.\.$|\u2026", pipe, re.MULTILINE)

    def test_a_path_in_help_stands_on_one_line(self, run: Run) -> None:
        shown = run(["completion", "--help"], columns=60)[1]
        assert "  bash: ~/.local/share/bash-completion/completions/sledai\n" in shown

    def test_a_pipe_has_80_columns(self, run: Run) -> None:
        lengths = [len(line) for line in run(COMMANDS["explain"])[1].splitlines()]
        assert 70 < max(lengths) <= 80

    def test_a_wide_terminal_is_used(self, run: Run) -> None:
        for name in ("explain", "editions", "screen"):
            shown = plain(run(COMMANDS[name], columns=120)[1])
            assert max(len(line) for line in shown.splitlines()) > 100

    def test_the_screen_in_a_pipe_is_the_report_of_the_library(self, run: Run) -> None:
        candidate = EXAMPLES / "candidate.json"
        report = screen(read_candidate(candidate.read_text()))
        assert run(["screen", candidate])[1] == f"{report}\n"

    def test_in_a_real_terminal(self) -> None:
        shown = in_terminal("explain", "proteinuria", columns=60)
        assert shown.code == 0
        assert 50 < max(map(len, shown.lines)) <= 60

    def test_no_terminal_is_narrower_than_20_columns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "5")
        assert width(Terminal()) == 20
        assert wrapped("a b c d e f g h i j k l", stream=Terminal()) == "a b c d e f g h i j\n  k l"


class TestTable:
    """One maker makes all tables: columns fit the terminal, or each row is a list."""

    @pytest.fixture(autouse=True)
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "30")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", "1")

    def shown(self, table: Table) -> list[str]:
        out = Terminal()
        with pytest.MonkeyPatch.context() as here:
            here.setattr(sys, "stdout", out)
            table.print()
        return plain(out.getvalue()).splitlines()

    def test_the_widest_column_gives_way(self) -> None:
        table = Table([Column("n", right=True), Column("what it is called"), Column("x")])
        table.add("12", "one two three four five six", "a")
        table.line("between")
        table.add("3", "", "b")
        assert self.shown(table) == [
            " n  what it is called        x",
            "12  one two three four five  a",
            "    six",
            "between",
            " 3                           b",
        ]

    def test_where_no_column_can_a_row_is_a_list(self) -> None:
        table = Table([Column("first_column"), Column(""), Column("third_column")])
        table.add("a" * 12, "b" * 12, "c d " * 10)
        table.line("between")
        table.add("e", "", "f")
        assert self.shown(table) == [
            "first_column: aaaaaaaaaaaa",
            "bbbbbbbbbbbb",
            "third_column: c d c d c d c",
            "  d c d c d c d c d c d c d",
            "between",
            "",
            "first_column: e",
            "third_column: f",
        ]

    def test_words_that_are_too_long_for_a_column_say_so(self) -> None:
        table = Table([Column("id", most=6)])
        table.add("abcdefgh ijk")
        table.add("a b " * 20)
        assert self.shown(table) == [
            "id",
            "abcde…",
            "ijk",
            "a b a",
            "b a b",
            "a b a",
            "b a b…",  # 24 columns in all
        ]

    def test_names_of_columns_are_text(self) -> None:
        table = Table([Column("a\x1b[31m")])
        table.add("b")
        assert self.shown(table) == [r"a\x1b[31m", "b"]


class TestColor:
    """Color stands beside a word, and in a terminal alone."""

    def test_verdicts(self, run: Run) -> None:
        for name in ("score", "screen", "visits", "audit"):
            colored = run(COMMANDS[name], columns=80)[1]
            assert COLOR.search(colored)
            assert plain(colored) == run(COMMANDS[name])[1]
        assert "\x1b[32mmet\x1b[0m" in run(COMMANDS["score"], columns=120)[1]
        assert "\x1b[33mundetermined\x1b[0m" in run(COMMANDS["screen"], columns=80)[1]

    def test_errors(self, run: Run) -> None:
        code, _, err = run(["score", "none.csv"], columns=80)
        assert (code, err) == (2, "\x1b[1;31merror:\x1b[0m none.csv: No such file or directory\n")
        assert run(["score", "none.csv"])[2] == "error: none.csv: No such file or directory\n"

    @pytest.mark.parametrize(
        ("name", "value", "pattern"),
        [("NO_COLOR", "1", r"\x1b\[[0-9;]*3[0-7]m"), ("TERM", "dumb", r"\x1b")],
    )
    def test_it_is_refused(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, pattern: str
    ) -> None:
        monkeypatch.setenv(name, value)
        assert not re.search(pattern, run(COMMANDS["score"], columns=80)[1])

    def test_it_is_forced(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert COLOR.search(run(COMMANDS["score"])[1])

    def test_a_pipe_has_none(self, run: Run) -> None:
        for args in COMMANDS.values():
            assert "\x1b" not in "".join(run(args)[1:])


BAD = "a\x1b[31m\u202eb\n"


class TestNames:
    """A name of a file or column is text, whatever is in it: escaped, on one line."""

    def said(self, shown: tuple[int, str, str]) -> str:
        _, out, err = shown
        assert not re.search("[\x1b\u202e]", out + err)
        text = " ".join((out + err).split())
        assert r"a\x1b[31m\u202eb\n" in text
        return text

    @pytest.mark.parametrize(
        "args",
        [
            ["score", f"{BAD}.csv"],
            ["score", f"{BAD}.odd"],
            ["score", VISITS, "--codebook", f"{BAD}.toml"],
            ["score", VISITS, "-o", f"{BAD}/x.csv"],
            ["score", VISITS, "-o", f"{BAD}.odd"],
            ["score", VISITS, "-o", f"{BAD}.csv"],
            ["score", VISITS, "-o", f"{BAD}.csv", "--rejects", f"{BAD}.csv"],
            ["score", VISITS, "--rejects", f"{BAD}.csv"],
            ["audit", VISITS, "--recorded", BAD],
            ["visits", VISITS, *FOLLOWED, "--rejects", f"{BAD}.csv"],
            ["visits", VISITS, *FOLLOWED, "--to", "adam", "-o", f"{BAD}.json"],
            ["codebook", CODED, "-o", f"{BAD}.toml"],
            ["codebook", CODED, "-o", f"{BAD}.odd"],
            ["derive", "labs.csv", "--lab", "platelets=plt 10*9/L", "-o", f"{BAD}.csv"],
            ["fhir", "score", EXAMPLES / "responses.ndjson", "-o", f"{BAD}.csv"],
            ["fhir", "observations", EXAMPLES / "responses.ndjson", "-o", f"{BAD}.json"],
            ["fhir", "score", f"{BAD}.json"],
            ["screen", f"{BAD}.json"],
            ["visit", "-o", f"{BAD}.json"],
            ["visit", "-o", f"{BAD}.odd"],
        ],
        ids=str,
    )
    def test_in_what_is_printed(self, run: Run, args: list[object]) -> None:
        self.said(run(args))

    @pytest.mark.parametrize(
        "args", [[f"--{BAD}"], ["score", f"--{BAD}"], ["score", VISITS, "--items", BAD], [BAD]]
    )
    def test_of_options_and_commands(self, run: Run, args: list[object]) -> None:
        code, out, err = run(args)
        assert (code, out) == (2, "")
        assert not re.search("[\x1b\u202e]", err)
        assert re.fullmatch(
            r"error: .+\n  accepted: what `sledai( score)? --help` lists", err.strip(), re.DOTALL
        )
        assert "Value error" not in err

    @pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl", ".parquet", ".toml", ".gz"])
    def test_of_files_that_cannot_be_read(self, run: Run, suffix: str) -> None:
        path = Path(f"{BAD}.csv.gz" if suffix == ".gz" else f"{BAD}{suffix}")
        path.write_bytes(b"\xff{[")
        if suffix == ".toml":
            self.said(run(["score", VISITS, "--codebook", path]))
        else:
            assert run(["score", path])[0] == 2
            self.said(run(["score", path]))
        if suffix == ".json":
            self.said(run(["screen", path]))
            self.said(run(["fhir", "score", path]))

    def test_of_files_with_cells_that_are_no_answer(self, run: Run) -> None:
        path = Path(f"{BAD}.csv")
        path.write_text(VISITS.read_text().replace("yes", "perhaps"))
        self.said(run(["score", path]))

    def test_file_name_is_plain_text(self) -> None:
        assert file_name(BAD) == r"a\x1b[31m\u202eb\n"
        error = InvalidInputError.found(1, "2", Path(BAD))
        assert str(error) == r"a\x1b[31m\u202eb\n: found 1; accepted: 2"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
class TestExitCodes:
    """What cannot be printed is an error, code 2; that it cannot be said changes no code."""

    @pytest.fixture
    def full(self) -> Iterator[Any]:
        file = Path("/dev/full").open("w")  # noqa: SIM115 - closing fails
        yield file
        with suppress(OSError):
            file.close()

    @pytest.mark.parametrize(
        "args",
        [*COMMANDS.values(), ["--help"], ["--version"], ["score", "--help"], ["completion", "zsh"],
         ["fhir", "questionnaire", "--edition", "SELENA"], ["screen", "--template"],
         ["codebook", CODED]],
        ids=str,
    )  # fmt: skip
    def test_a_full_standard_output(
        self, run: Run, args: list[object], monkeypatch: pytest.MonkeyPatch, full: Any
    ) -> None:
        normal = run(args)[0]
        err = io.StringIO()
        with monkeypatch.context() as here, pytest.raises(SystemExit) as stopped:
            here.setattr(sys, "stdout", full)
            here.setattr(sys, "stderr", err)
            here.setattr(sys, "stdin", io.StringIO())
            app.run([str(arg) for arg in args])
        assert stopped.value.code == 2
        assert err.getvalue() == "error: what is printed: No space left on device\n"
        for closed in ("stdout", "stderr"):
            with monkeypatch.context() as here, pytest.raises(SystemExit) as stopped:
                here.setattr(sys, "stdout", io.StringIO())
                here.setattr(sys, "stdin", None)
                here.setattr(sys, closed, None)
                app.run([str(arg) for arg in args])
            assert stopped.value.code == normal

    def test_a_full_standard_error(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, full: Any
    ) -> None:
        assert run(["score", "none.csv"])[0] == 2
        with monkeypatch.context() as here, pytest.raises(SystemExit) as stopped:
            here.setattr(sys, "stderr", full)
            app.run(["score", "none.csv"])
        assert stopped.value.code == 2

    @pytest.mark.parametrize(
        ("command", "code"),
        [
            ("sledai screen examples/candidate.json", 3),
            ("sledai screen examples/candidate.json > /dev/full", 2),
            ("sledai screen examples/candidate.json >&-", 3),
            ("sledai screen examples/candidate.json 2>&-", 3),
            ("sledai score none.csv 2>&-", 2),
            ("sledai score none.csv > /dev/full 2> /dev/full", 2),
            ("sledai visit <&-", 0),
        ],
    )
    def test_by_a_shell(self, command: str, code: int) -> None:
        done = subprocess.run(  # noqa: S603
            ["bash", "-c", command],  # noqa: S607
            cwd=EXAMPLES.parent,
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert "Traceback" not in done.stderr


LINES = {
    "sledai s": ["score", "screen", "sheet", "serve"],
    "sledai fhir ": ["questionnaire", "codesystem", "score", "observations"],
    "sledai fhir score --tr": ["--trial"],
    "sledai score --items ": ["binary", "points"],
    "sledai visits --carry until": ["until the next visit"],
    "sledai explain a": ["arthritis", "alopecia"],
    "sledai score --absent zz": [],
    "sledai score --absent feve": ["fever"],
    "sledai derive --edition H": ["HYBRID"],
    "sledai visit --trial KR": ["KR-BELIMUMAB"],
    "sledai sheet --trial KR": ["KR-BELIMUMAB"],
    "sledai draw course --trial KR": ["KR-BELIMUMAB"],
    "sledai sheet --edition H": ["HYBRID"],
    "sledai visits --edition H": ["HYBRID"],
    "sledai form --edition H": ["HYBRID"],
    "sledai draw cohort --kind w": ["waterfall"],
    "sledai visits --state cL": ["cLLDAS"],
    "sledai completion ": ["bash", "zsh", "fish"],
}
_IN_BASH = """
COMP_LINE=$1; read -ra COMP_WORDS <<< "$1"; [[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sledai; printf '%s\\n' "${COMPREPLY[@]}"
"""
_IN_ZSH = """
compadd() { print -l -- ${(M)values:#$words[CURRENT]*} }; _files() {}; compdef() {}
"""
_AT_ZSH = """
words=(${(z)1}); [[ $1 == *' ' ]] && words+=(''); CURRENT=$#words; _sledai
"""


@pytest.fixture(scope="module")
def scripts() -> dict[str, str]:
    made: dict[str, str] = {}
    for shell in ("bash", "zsh", "fish"):
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as here, pytest.raises(SystemExit):
            here.setattr(sys, "stdout", out)
            app.run(["completion", shell])
        made[shell] = out.getvalue()
    return made


class TestCompletion:
    """A shell completes commands, options and names by a script of its own, and starts nothing."""

    def completed(self, command: list[str], path: str) -> list[str]:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=True, env={"PATH": path, "HOME": "/"}
        )
        assert done.stderr == ""
        return [line.partition("\t")[0] for line in done.stdout.splitlines() if line]

    @pytest.mark.parametrize("line", LINES)
    def test_bash(self, scripts: dict[str, str], line: str) -> None:
        bash = shutil.which("bash")
        assert bash is not None
        got = self.completed([bash, "-c", scripts["bash"] + _IN_BASH, "bash", line], "")
        assert [word.replace("\\", "") for word in got] == LINES[line]

    @pytest.mark.parametrize("line", LINES)
    def test_zsh(self, scripts: dict[str, str], line: str) -> None:
        zsh = shutil.which("zsh")
        if zsh is None:
            pytest.skip("no zsh here")
        script = _IN_ZSH + scripts["zsh"] + _AT_ZSH
        assert self.completed([zsh, "-f", "-c", script, "zsh", line], "") == LINES[line]

    @pytest.mark.parametrize("line", LINES)
    def test_fish(self, scripts: dict[str, str], line: str, tmp_path: Path) -> None:
        fish = shutil.which("fish")
        if fish is None:
            pytest.skip("no fish here")
        script = tmp_path / "sledai.fish"
        script.write_text(scripts["fish"])
        ask = f"source {script}; complete -C {line!r}"
        got = self.completed([fish, "--no-config", "-c", ask], os.environ["PATH"])
        assert sorted(word.replace("\\", "") for word in got) == sorted(LINES[line])
