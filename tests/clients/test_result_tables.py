"""What a notebook shows of each result is read by everybody: axe finds no violation."""

from typing import Any

import pytest
from clients.node import ask
from shown import EXAMPLES

from sledai.displays import Displayed
from sledai.markup import Html, element, page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_tables_of_every_result(scheme: str) -> None:
    first = {type(one): one for one in reversed(EXAMPLES) if isinstance(one, Displayed)}
    shown = (Html(one._repr_html_()) for one in first.values())  # pyright: ignore[reportPrivateUsage]
    made = page(
        "Results",
        element("main", element("h1", "Results"), *shown),
        style=f"*{{color-scheme:{scheme}}}",
    )
    found: list[dict[str, Any]] = ask("axe", [{"page": made, "scheme": scheme}])
    assert found[0]["violations"] == []
    assert found[0]["requests"] == []
    assert found[0]["errors"] == []
