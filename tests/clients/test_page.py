"""The page that says what was seen in the clients."""

import json
from importlib.metadata import version

from clients.node import HERE

PAGE = HERE.parents[1] / "docs/explanation/fhir-clients.md"


def test_it_names_the_versions_that_are_held() -> None:
    packages = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    ours = {name: version(name) for name in ("fhirpathpy", "fhir.resources")}
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for name, number in (packages | ours).items():
        if name not in {"axe-core", "playwright-core"}:
            (row,) = [row for row in rows if f"`{name}`" in row]
            assert f"| {number} |" in row


def test_the_lock_says_no_host() -> None:
    assert "resolved" not in (HERE / "package-lock.json").read_text(encoding="utf-8")
