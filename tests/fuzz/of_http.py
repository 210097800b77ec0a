"""The door of HTTP: whatever a body says, the answer is one of those that are described."""

import asyncio
import json
from pathlib import Path
from typing import Any

from starlette.types import Message, Scope

from sledai.http.loopback import form_app

__all__ = ["http"]

_ASKED = {
    "/score": b"trial=NCT05765006",
    "/derive": b"edition=SELENA&window_days=30",
    "/screen": b"",
    "/questionnaire": b"",
    "/form/score": b"",
    "/form/sheet": b"",
    "/form/fhir": b"",
    "/form/csv": b"",
}
_ANSWERED = 200
_REFUSED = (400, 413, 422)


def http(data: bytes, _: Path) -> None:
    """A body, to each address that takes one."""
    for path, query in _ASKED.items():
        status, kind, body = asyncio.run(_ask(path, query, data))
        if status == _ANSWERED:
            continue
        assert status in _REFUSED, (path, status, body[:200])
        assert kind == "application/problem+json", (path, kind)
        said = json.loads(body)
        assert said["status"] == status, (path, said)
        assert said["detail"].isprintable() or "\n" in said["detail"], (path, said)


async def _ask(path: str, query: bytes, body: bytes) -> tuple[int, str, bytes]:
    sent: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    await form_app(scope, receive, send)
    start = next(one for one in sent if one["type"] == "http.response.start")
    headers = {name.lower(): value for name, value in start["headers"]}
    content = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    kind = headers.get(b"content-type", b"").decode().partition(";")[0]
    return start["status"], kind, content
