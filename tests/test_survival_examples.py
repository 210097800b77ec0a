"""The analyses of the how-to run where their library is; no other test needs one of survival."""

import doctest
import re
from pathlib import Path

import pytest

HOW_TO = Path(__file__).parents[1] / "docs/how-to/time-to-event.md"


def blocks(kind: str) -> list[str]:
    text = HOW_TO.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("number", "library"), [(0, "lifelines"), (1, "sksurv")])
@pytest.mark.filterwarnings("ignore")  # of the libraries
def test_it_prints_what_it_says(number: int, library: str) -> None:
    pytest.importorskip(library)
    text = "".join([*blocks("python"), blocks("py")[number]])
    runner = doctest.DocTestRunner()
    result = runner.run(doctest.DocTestParser().get_doctest(text, {}, library, None, 0))
    assert (result.failed, result.attempted > 0) == (0, True)


def test_there_is_one_for_each() -> None:
    assert [re.findall(r"(?:from|import) (\w+)", text)[0] for text in blocks("py")] == [
        "lifelines",
        "sksurv",
    ]
