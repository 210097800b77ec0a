"""Every output says how it was made: in the summary, beside the file, in metadata of Parquet."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import spec_tables
from commands import run

import sledai
from sledai.codebook import Codebook
from sledai.files import read_visits, write_visits

BOOK = Codebook(
    visit={"subject": "id", "date": "seen"},
    answers={"present": ["ja"], "absent": ["nein"]},
    recorded={"total": "SLEDAI"},
    findings={"platelets": {"column": "plt", "unit": "10*9/L"}},
)


@pytest.fixture(autouse=True)
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cells: dict[str, Any] = dict.fromkeys(spec_tables.NAMES, "nein")
    others = {"id": "A", "seen": "2024-01-16", "SLEDAI": "0", "plt": "200"}
    pl.DataFrame({**others, **cells}).write_csv("v.csv")
    BOOK.dump("b.toml")


def made(name: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(Path(f"{name}.provenance.json").read_text(encoding="utf-8"))
    assert datetime.fromisoformat(facts.pop("made")).tzinfo is not None
    assert facts.pop("sledai") == sledai.__version__
    return facts


def test_score() -> None:
    options = ["--codebook", "b.toml", "--trial", "NCT05765006", "--rejects", "bad o.jsonl"]
    code, out, err = run("score", "v.csv", *options, "-o", "o.parquet")
    assert (code, err) == (0, "")
    facts = made("o.parquet")
    assert facts["command"] == (
        "sledai score v.csv --codebook b.toml --trial NCT05765006 --rejects 'bad o.jsonl' "
        "-o o.parquet"
    )
    assert facts["codebook"]["lines"] == BOOK.lines()
    assert (facts["policy"], [*facts["rules"]]) == ("strict", ["NCT05765006"])
    digest = facts["codebook"]["sha256"]
    assert len(digest) == 64
    assert out.endswith(f"sledai {sledai.__version__}, codebook {digest[:12]}")
    assert made("bad o.jsonl") == facts
    metadata = pl.read_parquet_metadata("o.parquet")
    assert json.loads(metadata["sledai"]) == {"sledai": sledai.__version__, **facts}


def test_the_hash_is_that_of_what_is_stated() -> None:
    stated = ["--present", "ja", "--absent-text", "nein"]
    run("score", "v.csv", *stated, "-o", "flags.csv")
    Codebook(answers={"absent": ["nein"], "present": ["ja"]}).dump("c.toml")
    run("score", "v.csv", "--codebook", "c.toml", "-o", "file.csv")
    run("score", "v.csv", "--codebook", "b.toml", "-o", "more.csv")
    flags, file, more = (made(f"{name}.csv")["codebook"] for name in ("flags", "file", "more"))
    assert flags == file
    assert flags["sha256"] != more["sha256"]


def test_no_codebook() -> None:
    pl.DataFrame({name: ["no"] for name in spec_tables.NAMES}).write_csv("w.csv")
    code, out, _ = run("score", "w.csv", "-o", "o.csv")
    assert (code, out.endswith(f"sledai {sledai.__version__}, no codebook")) == (0, True)
    assert made("o.csv")["codebook"] is None


@pytest.mark.parametrize(
    ("command", "options", "choices"),
    [
        ("audit", [], {}),
        ("derive", ["--edition", "SLEDAI-2K"], {"edition": "SLEDAI-2K"}),
        ("visits", ["--prednisolone", "<"], {"readings": {"prednisolone": "<"}}),
    ],
)
@pytest.mark.parametrize("name", ["o.csv", "o.parquet", "o.jsonl"])
def test_other_commands(
    command: str, options: list[str], choices: dict[str, Any], name: str
) -> None:
    run(command, "v.csv", "--codebook", "b.toml", *options, "-o", name)
    facts = made(name)
    assert facts["command"].startswith(f"sledai {command} v.csv")
    for key, said in choices.items():
        found = facts[key]
        assert found == said if isinstance(said, str) else said.items() <= found.items()


def test_the_summary_of_an_audit_as_json() -> None:
    run("audit", "v.csv", "--codebook", "b.toml", "-o", "o.json")
    assert made("o.json")["command"].endswith("-o o.json")


def test_a_summary_of_patients() -> None:
    run("visits", "v.csv", "--codebook", "b.toml", "--patients", "p.csv")
    assert made("p.csv")["command"].endswith("--patients p.csv")


def test_nothing_stands_beside_an_output_that_failed() -> None:
    Path("w.csv").write_text("rash\nmaybe\n")
    assert run("score", "w.csv", "-o", "o.csv")[0] == 2
    assert not [*Path().glob("*.provenance.json")]


def test_a_frame_that_is_written_without_any() -> None:
    write_visits(pl.DataFrame({"id": ["A"]}), Path("plain.parquet"))
    assert "sledai" not in pl.read_parquet_metadata("plain.parquet")
    assert not Path("plain.parquet.provenance.json").exists()
    assert read_visits(Path("plain.parquet")).rows() == [("A",)]
