"""`sledai serve` and `sledai form`: programs and people on this machine ask over HTTP."""

import threading
import webbrowser
from types import ModuleType
from typing import Annotated
from urllib.parse import urlencode

import typer

from sledai.cli.completion import names_of
from sledai.definitions import Edition
from sledai.definitions.editions import edition_named
from sledai.errors import MissingExtraError, extra_advice

__all__ = ["form", "serve"]

_Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for one that is free.")]
_PORT = 8123


def _server(command: str) -> ModuleType:
    try:
        from sledai.http import server  # noqa: PLC0415 - of an extra that few have
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] == "sledai":
            raise
        raise MissingExtraError(extra_advice(command, error.name, "http")) from None
    return server


def serve(*, port: _Port = _PORT) -> None:
    """Answer over HTTP on the loopback address, until it is stopped; nothing is kept or logged.

    Needs the extra `http`.
    """
    server = _server("sledai serve")
    sockets = server.listen(port)
    where = f"http://localhost:{sockets[0].getsockname()[1]}"
    # Not folded: a program reads the address in the first line.
    print(f"{where}, for this machine alone; {where}/openapi.json says what it answers", flush=True)
    server.serve(sockets)


def form(
    *,
    port: _Port = _PORT,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    edition: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The edition that the page begins with: "
            f"{', '.join(edition.name for edition in Edition)}.",
            autocompletion=names_of(edition.name for edition in Edition),
        ),
    ] = Edition.SELENA.name,
) -> None:
    """Fill in a visit on a page in the browser, on this machine alone; nothing is kept or logged.

    Until it is stopped by Ctrl-C. Needs the extra `http`.
    """
    asked = urlencode({"edition": edition_named(edition).name})
    server = _server("sledai form")
    sockets = server.listen(port)
    where = f"http://localhost:{sockets[0].getsockname()[1]}/?{asked}"
    print(f"{where}, for this machine alone; Ctrl-C ends it", flush=True)
    if browser:
        # A browser in the terminal would keep the server waiting.
        threading.Thread(target=webbrowser.open, args=(where,), daemon=True).start()
    server.serve(sockets, server.form_app)
