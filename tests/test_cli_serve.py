"""`sledai serve` and `form`: for this machine alone, and neither keeps nor prints records."""

import json
import logging
import re
import signal
import socket
import struct
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import suppress
from errno import EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT
from http.client import HTTPConnection
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import uvicorn
from commands import run

from sledai import Assessment, InvalidInputError
from sledai.http import loopback, server

ROOT = Path(__file__).parents[1]
VISIT = Assessment.of(present={"rash"}).model_dump()


class Served:
    """A process that serves, at the port that it says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "sledai", "serve", "--port", "0"]
        self.process = subprocess.Popen(  # noqa: S603
            command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdout
        self.said = self.process.stdout.readline()
        found = re.match(r"http://localhost:(\d+), for this machine alone; ", self.said)
        assert found, self.said
        self.port = int(found[1])

    def asked(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        with_body = answer.status, answer.read()
        assert "server" not in answer.headers
        connection.close()
        return with_body

    def stopped(self, by: int) -> tuple[int, str, str]:
        self.process.send_signal(by)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.process.kill()
    served.process.communicate()


class TestServer:
    """It answers on the loopback addresses, until it is stopped."""

    def test_a_day_of_it(self, served: Served) -> None:
        """Right, wrong and broken requests; not a word of them is printed, nor a file left."""
        form = {"content-type": "application/x-www-form-urlencoded"}
        body = (ROOT / "examples" / "visit.json").read_bytes()
        status, answer = served.asked("POST", "/score?trial=NCT05765006", body, **form)
        assert (status, json.loads(answer)["low"]) == (200, 7)
        assert served.asked("POST", "/score", json.dumps(VISIT | {"rash": "Miller"}))[0] == 422
        assert served.asked("POST", "/Miller")[0] == 404
        assert served.asked("GET", "/openapi.json", host="evil.example")[0] == 421
        too_long = (b" " * 100_000 for _ in range(3))
        assert served.asked("POST", "/score", too_long)[0] == 413
        with socket.create_connection(("127.0.0.1", served.port)) as broken:
            broken.sendall(b"Miller\r\n\r\n")
            assert broken.recv(100).startswith(b"HTTP/1.1 400 ")
        with socket.create_connection(("127.0.0.1", served.port)) as left:
            left.sendall(b"POST /score HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{")
        assert served.asked("POST", "/score", json.dumps(VISIT))[0] == 200
        assert served.stopped(signal.SIGINT) == (130, "", "")
        assert list(served.folder.iterdir()) == []

    def test_it_outlives_who_leaves_before_the_answer_is_read(self, served: Served) -> None:
        """Elsewhere in the command line a pipe that is closed ends the program, as others' do."""
        for lingers in (False, True) * 5:
            with socket.create_connection(("127.0.0.1", served.port)) as left:
                if not lingers:
                    at_once = struct.pack("ii", 1, 0)
                    left.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                left.sendall(b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n" * 20)
                left.recv(10)
        assert served.asked("POST", "/score", json.dumps(VISIT))[0] == 200
        assert served.stopped(signal.SIGINT) == (130, "", "")

    def test_it_ends_while_somebody_is_sending(self, served: Served) -> None:
        with socket.create_connection(("127.0.0.1", served.port)) as slow:
            slow.sendall(b"POST /score HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{")
            assert served.asked("POST", "/score", json.dumps(VISIT))[0] == 200
            assert served.stopped(signal.SIGTERM) == (-signal.SIGTERM, "", "")

    def test_nobody_else_reaches_it(self, served: Served) -> None:
        assert b"sledai" in greeting("127.0.0.1", served.port)
        # Another program may listen at that port of another address.
        assert b"sledai" not in greeting(address_of_this_machine(), served.port)

    def test_a_port_in_use(self, served: Served) -> None:
        code, out, err = run("serve", "--port", served.port)
        assert (code, out) == (2, "")
        assert err == (
            f"error: port {served.port}: Address already in use; accepted: one that is free, or 0 "
            "for any"
        )


def greeting(address: str, port: int) -> bytes:
    """What is answered there, if anything."""
    answer = b""
    with (
        suppress(OSError),
        socket.create_connection((address, port), timeout=5) as connection,
    ):
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n")
        while b"sledai" not in answer and (more := connection.recv(4096)):
            answer += more
    return answer


def address_of_this_machine() -> str:
    """Its address in a network, without sending anything; skips where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("no network")
        address: str = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("no network")
    return address


class TestListening:
    """It listens on both loopback addresses: whoever asks for localhost may come by either."""

    def test_on_loopback_alone(self) -> None:
        sockets = server.listen(0)
        names = [one.getsockname()[:2] for one in sockets]
        for one in sockets:
            one.close()
        port = names[0][1]
        assert names in ([("127.0.0.1", port)], [("127.0.0.1", port), ("::1", port)])

    @pytest.mark.parametrize("number", [EADDRNOTAVAIL, EAFNOSUPPORT])
    def test_a_machine_with_one_address(self, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        made = with_one_address(monkeypatch, number)
        assert server.listen(0) == made
        made[0].close()

    def test_the_other_address_belongs_to_another_program(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = with_one_address(monkeypatch, EADDRINUSE)
        with pytest.raises(
            InvalidInputError, match=r"port \d+: Address already in use; accepted: "
        ):
            server.listen(0)
        assert made[0].fileno() == -1


def with_one_address(monkeypatch: pytest.MonkeyPatch, number: int) -> list[socket.socket]:
    """Let the second address fail with an error of the system; gives what is opened."""
    made: list[socket.socket] = []
    real = socket.create_server

    def create(address: tuple[str, int], *, family: int) -> socket.socket:
        if made:
            raise OSError(number, "as said")
        made.append(real(address, family=family))
        return made[0]

    monkeypatch.setattr(socket, "create_server", create)
    return made


class TestCommand:
    """`sledai serve` says where, and what it needs."""

    @pytest.fixture
    def ran(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """What the server was made of, and the sockets that it was given."""
        ran: list[Any] = []

        def note(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
            ran.extend([server.config, sockets])
            for one in sockets:
                one.close()
            raise KeyboardInterrupt

        monkeypatch.setattr(uvicorn.Server, "run", note)
        return ran

    def test_nothing_is_logged(self, ran: list[Any]) -> None:
        code, out, err = run("serve", "--port", 0)
        assert (code, err) == (130, "")
        where, said = out.split(", ")
        assert re.fullmatch(r"http://localhost:\d+", where)
        assert said == f"for this machine alone; {where}/openapi.json says what it answers"
        config, sockets = ran
        assert config.app is loopback.app
        assert config.access_log is False
        assert not config.proxy_headers
        for name in ("uvicorn.error", "uvicorn.access", "asyncio"):
            assert not logging.getLogger(name).isEnabledFor(logging.ERROR)
        assert 1 <= len(sockets) <= 2

    def test_a_system_without_signals_of_pipes(
        self, ran: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(signal, "SIGPIPE")
        assert run("serve", "--port", 0)[0] == 130
        assert ran

    def test_the_form_is_opened_in_the_browser(
        self, ran: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not before it can be answered, and without waiting for a browser in the terminal."""
        opened: Queue[str] = Queue()
        monkeypatch.setattr(webbrowser, "open", opened.put)
        code, out, err = run("form", "--port", 0, "--edition", "sledai-2k")
        assert (code, err) == (130, "")
        where, said = out.split(", ")
        assert re.fullmatch(r"http://localhost:\d+/\?edition=SLEDAI_2K", where)
        assert said == "for this machine alone; Ctrl-C ends it"
        assert opened.get(timeout=10) == where
        assert ran[0].app is loopback.form_app

    def test_or_is_not(self, ran: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(webbrowser, "open")
        code, out, _ = run("form", "--port", 0, "--no-browser")
        assert code == 130
        assert "/?edition=SELENA, " in out
        assert ran

    def test_the_form_of_an_edition_that_is_none(self, ran: list[Any]) -> None:
        code, out, err = run("form", "--edition", "SLEDAI")
        assert (code, out) == (2, "")
        accepted = "SLEDAI_1992, SELENA, HYBRID, SLEDAI_2K"
        assert err == f"error: edition: found 'SLEDAI'; accepted: {accepted}"
        assert not ran

    @pytest.mark.parametrize("port", [-1, 65536, "http"])
    def test_no_port(self, port: object) -> None:
        code, _, err = run("serve", "--port", port)
        assert code == 2
        assert "--port" in err

    @pytest.mark.parametrize("library", ["fastapi", "uvicorn"])
    @pytest.mark.parametrize("command", ["serve", "form"])
    def test_without_the_extra(
        self,
        monkeypatch: pytest.MonkeyPatch,
        forget: Callable[[str], None],
        library: str,
        command: str,
    ) -> None:
        forget("sledai.http")
        monkeypatch.setitem(sys.modules, library, None)
        code, out, err = run(command)
        assert (code, out) == (69, "")
        advice = "pip install 'sledai[http]', or in a clone pip install '.[http]'"
        assert err == f"error: sledai {command} needs {library}: {advice}"

    def test_a_fault_of_our_own_is_not_taken_for_it(
        self, monkeypatch: pytest.MonkeyPatch, forget: Callable[[str], None]
    ) -> None:
        forget("sledai.http")
        monkeypatch.setitem(sys.modules, "sledai.http.routes", None)
        code, _, err = run("serve")
        assert code == 70
        assert "a defect of sledai (ModuleNotFoundError)" in err
