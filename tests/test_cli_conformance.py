"""`sledai conformance`: any program by the vectors, from the command line."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import run

from sledai.conformance import CLASSES, FOLDER, vectors_of

TOY = Path(__file__).parents[1] / "examples/toy_score.py"
REFUSES = (
    "import sys, json\nfor line in sys.stdin: print(json.dumps({'id': json.loads(line)['id'], "
)


def program(code: str) -> list[str]:
    return ["--", sys.executable, "-I", "-S", "-c", code]


class TestRun:
    """It reports by class what agrees, what differs and what was not answered."""

    def test_what_agrees_and_what_is_skipped(self) -> None:
        code, out, err = run(
            *("conformance", "run", "--class", "totals", "--class", "refusals", "--"),
            *(sys.executable, TOY),
        )
        assert (code, err) == (0, "")
        assert "class agree differ skipped not answered totals 138 - - - refusals 23 - 63 -" in out
        assert "vectors 1.0: 224 asked, 161 agree, 63 skipped SHA-256 of their manifest: " in out

    def test_what_differs_is_shown_the_shortest_first(self) -> None:
        answers = program(REFUSES + "'answer': 'refused'}))")
        code, out, err = run("conformance", "run", "--class", "totals", "--shown", 1, *answers)
        assert (code, err) == (1, "")
        assert "totals - 138 - -" in out
        assert (
            'totals-7f2dd477: none present asked: total {"answers": {"others": false}} '
            'expected: 0 answered: "refused" source: Bombardier 1992, PMID 1599520; weights of '
            "the 24 descriptors ... 137 more of totals"
        ) in out

    def test_nothing_is_shown_where_nothing_is_asked_for(self) -> None:
        answers = program(REFUSES + "'answer': 'refused'}))")
        code, out, _ = run("conformance", "run", "--class", "totals", "--shown", 0, *answers)
        assert code == 1
        assert "expected" not in out

    def test_what_is_answered_is_shown_as_text(self) -> None:
        odd = "<b>\\x1b[31m\\u202e' * 1000"
        answers = program(REFUSES + f"'answer': '{odd}}}))")
        code, out, _ = run("conformance", "run", "--class", "refusals", "--shown", 1, *answers)
        assert code == 1
        assert r'answered: "<b>\u001b[31m\u202e<b>' in out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert len(out) < 4_000

    def test_what_is_not_answered(self) -> None:
        code, out, err = run(
            "conformance", "run", "--class", "bounds", *program("import sys; sys.exit(3)")
        )
        assert (code, err) == (3, "")
        assert "bounds - - - 134" in out
        assert "the command ended with exit code 3 vectors 1.0: 134 asked, 134 not answered" in out

    def test_a_program_that_hangs(self) -> None:
        hangs = program("import time; time.sleep(600)")
        code, out, _ = run("conformance", "run", "--limit", 0.5, *hangs)
        assert code == 3
        assert "the command was ended: silent for 0.5 seconds, the limit" in out
        for name in CLASSES:
            assert f"{name} - - - " in out

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--", "/no/such/program"], "error: '/no/such/program' cannot be started: No such"),
            (program("print('hello')"), "error: line 1 of what the command printed: found 'hello'"),
            (["--class", "total", "--", "true"], "error: classes: found 'total'; accepted: totals"),
            (["--limit", "0", "--", "true"], "error: limit_seconds: found 0.0; accepted: seconds"),
            ([], "error: Missing argument 'COMMAND...'"),
        ],
    )
    def test_what_is_not_accepted(self, arguments: list[str], said: str) -> None:
        code, out, err = run("conformance", "run", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith(said)

    def test_as_a_command_of_its_own(self) -> None:
        """That the program reads no more ends it with a message, and not by a signal."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "sledai", "conformance", "run", *program("print('hello')")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "found 'hello'" in done.stderr

    def test_stopped_by_the_user_it_ends_the_program_too(self, tmp_path: Path) -> None:
        said = tmp_path / "pid"
        code = f"import os, time; open({str(said)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
        command = [sys.executable, "-m", "sledai", "conformance", "run", *program(code)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:  # noqa: S603
            for _ in range(600):
                if said.exists() and said.read_text(encoding="utf-8"):
                    break
                time.sleep(0.1)
            started.send_signal(signal.SIGINT)
            out, err = started.communicate(timeout=60)
        assert (started.returncode, out, err) == (130, b"", b"")
        with pytest.raises(ProcessLookupError):
            os.kill(int(said.read_text(encoding="utf-8")), 0)


class TestVectors:
    """They are printed as they lie in the package, for whoever tests without this tool."""

    def test_a_class_is_its_file(self, capfd: pytest.CaptureFixture[str]) -> None:
        code, out, _ = run("conformance", "vectors", "--class", "verdicts")
        text = (FOLDER / "verdicts.jsonl").read_text(encoding="utf-8")
        assert (code, out) == (0, " ".join(text.split()))
        assert capfd.readouterr().err == ""

    def test_questions_say_nothing_of_answers(self) -> None:
        code, out, _ = run("conformance", "vectors", "--class", "refusals", "--questions")
        assert code == 0
        assert out == " ".join(" ".join(v.question.split()) for v in vectors_of(["refusals"]))
        assert "expect" not in out

    def test_the_schema(self) -> None:
        code, out, _ = run("conformance", "schema")
        assert code == 0
        assert json.loads(out)["title"] == "A conformance vector of the SELENA-SLEDAI"
