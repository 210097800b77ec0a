"""`sledai screen`: a report, its exit code, and a form to fill in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spec_tables

from sledai.cli import app as cli
from sledai.cli import screen_file

ROOT = Path(__file__).parents[1]
BASELINE: dict[str, Any] = json.loads(
    (spec_tables.SPEC / "screening_baseline.json").read_text(encoding="utf-8")
)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(*args: object, **changes: Any) -> tuple[int, str, str]:
        Path("c.json").write_text(json.dumps({**BASELINE, **changes}), encoding="utf-8")
        with pytest.raises(SystemExit) as stopped:
            cli.run(["screen", *map(str, args)])
        out, err = capsys.readouterr()
        code = stopped.value.code
        assert isinstance(code, int)
        return code, out, err

    return run


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({}, 0, "NCT05765006: met (criteria: 12 passed)\n"),
        ({"age": 17, "iga": None}, 1, "NCT05765006: not met (criteria: 10 passed, 1 failed, 1"),
        ({"iga": None}, 3, "NCT05765006: undetermined (criteria: 11 passed, 1 open)\n"),
    ],
)
def test_the_exit_code_is_the_verdict(
    run: Run, changes: dict[str, Any], code: int, said: str
) -> None:
    found, out, err = run("c.json", **changes)
    assert (found, err) == (code, "")
    assert out.startswith(said)
    assert all(len(line) <= 80 for line in out.splitlines())


def test_the_form_leaves_everything_open(run: Run, tmp_path: Path) -> None:
    code, out, err = run("--template")
    assert (code, err) == (0, "")
    (tmp_path / "form.json").write_text(out, encoding="utf-8")
    code, out, _ = run("form.json")
    assert code == 3
    assert out.startswith("NCT05765006: undetermined (criteria: 12 open)\n")
    assert (
        "\nmissing, by the fewest answers, this one among them, that could settle it:\n   1  inf"
        in out
    )


def test_the_example(run: Run) -> None:
    code, out, _ = run(ROOT / "examples" / "candidate.json")
    assert code == 3
    assert "   1  iga (exclusion 6)\n   2  assessment (inclusion 6): low_comp" in out
    assert "methylprednisolone 8 mg/d, as prednisone 10 mg/d" in " ".join(out.split())


def test_json(run: Run) -> None:
    code, out, _ = run("c.json", "--json", iga=None)
    assert code == 3
    assert json.loads(out)["missing"][0]["field"] == "iga"


def test_a_byte_order_mark_is_no_obstacle(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bom.json").write_text(json.dumps(BASELINE), encoding="utf-8-sig")
    assert run("bom.json")[0] == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "accepted: either CANDIDATE.json or --template"),
        (("c.json", "--template"), "accepted: either CANDIDATE.json or --template"),
        (("--template", "--json"), "accepted: either CANDIDATE.json or --template"),
        (("nowhere.json",), "nowhere.json: No such file or directory"),
        (("bytes.json",), "bytes.json: no text in UTF-8; save it as UTF-8"),
        (("bad.json",), "bad.json: age: found 'x'; accepted: a whole number 0 to 130, or null"),
    ],
)
def test_what_is_refused(run: Run, tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    (tmp_path / "bytes.json").write_bytes(b'{"age": "\xff"}')
    (tmp_path / "bad.json").write_text('{"age": "x"}', encoding="utf-8")
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")


def test_a_defect_is_no_verdict(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit codes 0, 1 and 3 are answers; a defect has another, and quotes nothing."""

    def broken(_: object) -> None:
        raise KeyError("private")

    monkeypatch.setattr(screen_file, "judge", broken)
    code, out, err = run("c.json")
    assert (code, out) == (70, "")
    assert err == "error: a defect of sledai (KeyError); please report it\n"
