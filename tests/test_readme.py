"""What README and documentation show is what the code does; their examples run by themselves."""

import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from sledai.cli.app import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


SVG = "{http://www.w3.org/2000/svg}"


def said(picture: Path) -> list[str]:
    """What a picture says: fonts differ between machines, and with them where panels stand."""
    return [text.strip() for text in ET.parse(picture).getroot().itertext() if text.strip()]  # noqa: S314


def drawn(picture: Path) -> list[tuple[str, str | None, str | None, str | None]]:
    """Where each mark stands in its panel, whose size does not depend on fonts."""
    return [
        (group.attrib["class"], one.get("transform"), one.get("d"), one.get("y2"))
        for group in ET.parse(picture).getroot().iter(f"{SVG}g")  # noqa: S314
        if "role-mark" in group.get("class", "")
        for one in group
    ]


def test_its_picture_is_what_its_command_draws(tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    shown = ROOT / "docs/images/course.svg"
    assert f'src="{shown.relative_to(ROOT)}"' in README
    (line,) = [line for line in README.splitlines() if line.startswith("$ sledai draw course")]
    words = shlex.split(line)[2:]
    words[words.index("p02.svg")] = str(tmp_path / "p02.svg")
    words[words.index("examples/visits.csv")] = str(ROOT / "examples/visits.csv")
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert said(shown) == said(tmp_path / "p02.svg")
    assert drawn(shown) == drawn(tmp_path / "p02.svg")
    assert len(drawn(shown)) > 100
    assert {"Course of P02", "4 to 20", "Proteinuria (4)", "total >= 8"} <= set(said(shown))


class TestFirstScreen:
    """The first screen says what it is, how to begin, and shows one picture."""

    def test_two_commands_and_a_picture_stand_in_it(self) -> None:
        screen = README.splitlines()[:20]
        assert sum(line.startswith("    make ") for line in screen) == 2
        assert any(line.startswith("<img ") for line in screen)
