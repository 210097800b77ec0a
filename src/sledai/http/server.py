"""The server of `sledai serve` and `sledai form`: it keeps nothing and logs nothing."""

import errno
import logging
import os
import signal
import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from sledai.errors import InvalidInputError
from sledai.http.loopback import app, form_app

__all__ = ["form_app", "listen", "serve"]

_ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
# A machine without the second address says one of these.
_NO_SUCH_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}
_SECONDS_TO_FINISH = 3


def listen(port: int) -> list[socket.socket]:
    """Listen on a port of the loopback addresses, or on one that is free for 0.

    On both, where there are two: `localhost` is either, and another program on the other one
    would be sent what is meant for this.

    Raises `InvalidInputError` for a port that cannot be had.

    >>> sockets = listen(0)
    >>> sockets[0].getsockname()[0]
    '127.0.0.1'
    >>> for one in sockets:
    ...     one.close()
    """
    sockets: list[socket.socket] = []
    for family, address in _ADDRESSES:
        try:
            sockets.append(socket.create_server((address, port), family=family))
        except OSError as error:
            if sockets and error.errno in _NO_SUCH_ADDRESS:
                continue
            for one in sockets:
                one.close()
            why = os.strerror(error.errno or 0)
            raise InvalidInputError(
                f"port {port}: {why}; accepted: one that is free, or 0 for any"
            ) from None
        port = sockets[0].getsockname()[1]
    return sockets


def serve(sockets: Sequence[socket.socket], application: ASGIApp = app) -> None:
    """Answer on what is listened on until the process is told to stop; nothing is printed.

    Raises `KeyboardInterrupt` where it is told so by a key.
    """
    # The command line ends when nobody reads what it prints; who asks over HTTP may leave.
    if hasattr(signal, "SIGPIPE"):  # not on Windows
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # What these would log may quote a record.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    uvicorn.Server(config).run(sockets=list(sockets))
