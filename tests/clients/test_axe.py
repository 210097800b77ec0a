"""What looks at pages sees what it is to see, so that a look without findings says something."""

from typing import Any

from clients.node import ask

GOOD = (
    "<!doctype html><html lang=en><title>a page</title>"
    "<meta name=viewport content='width=device-width'>"
    "<main><h1>A page</h1>%s</main></html>"
)


def looks(*pages: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("axe", pages)
    return found


def test_faults_are_found() -> None:
    gray = "<style>@media (prefers-color-scheme: dark) { p { background: #111 } }</style>"
    gray += "<p style='color:#555'>text"
    good, bad, light, dark, printed = looks(
        {"page": GOOD % "<p>text"},
        {
            "page": GOOD % "<img src='http://elsewhere.invalid/x.png'><p style='width:600px'>text",
            "width": 390,
        },
        {"page": GOOD % gray},
        {"page": GOOD % gray, "scheme": "dark"},
        {
            "page": GOOD % "<style>@media print { p { color: #eee } }</style><p>text",
            "media": "print",
        },
    )
    assert good == light
    assert good == {"violations": [], "unsure": [], "sideways": 0, "requests": [], "errors": []}
    assert [one["rule"] for one in bad["violations"]] == ["image-alt"]
    assert bad["sideways"] > 200
    assert bad["requests"] == ["http://elsewhere.invalid/x.png"]
    assert "ERR_NAME_NOT_RESOLVED" in bad["errors"][0]
    for look in (dark, printed):
        assert [one["rule"] for one in look["violations"]] == ["color-contrast"]
