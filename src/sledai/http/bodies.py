"""The body of a request: one object of JSON, read no further than to a limit.

`curl -d` calls whatever it sends a form, so a body is read as JSON under that name too, and under
none. What is called anything else is refused.
"""

import json
from typing import Any, cast

from fastapi import Request

from sledai.errors import InvalidInputError
from sledai.http.problems import ProblemError, problem
from sledai.strict_json import decoder, refuse_halves

__all__ = ["MAX_BODY", "JsonRequest"]

MAX_BODY = 256 * 1024
"""How many bytes a body may have; the template of a candidate has about 10,000."""

_JSON = "application/json"
_OF_CURL = "application/x-www-form-urlencoded"
_ACCEPTED_TYPES = f"{_JSON}, one that ends in +json, {_OF_CURL} (as curl -d has it), or none"
# Keys that begin with "#" are remarks, as in a candidate that `sledai screen` reads.
_DECODER = decoder(remarks="#")


class JsonRequest(Request):
    """A request whose body has been read as one object of JSON."""

    def __init__(self, request: Request, body: bytes) -> None:
        headers = [one for one in request.scope["headers"] if one[0] != b"content-type"]
        headers.append((b"content-type", _JSON.encode()))
        super().__init__({**request.scope, "headers": headers}, request.receive)
        self._read = body
        self.document = _document(body)

    async def body(self) -> bytes:
        """Give the bytes that were sent."""
        return self._read

    async def json(self) -> dict[str, Any]:
        """Give the object."""
        return self.document

    @classmethod
    async def of(cls, request: Request) -> "JsonRequest":
        """Read the body, or raise `ProblemError` for what is too long or no object of JSON."""
        _refuse_type(request)
        return cls(request, await _bytes(request))


def _refuse_type(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in {_JSON, _OF_CURL} and not kind.endswith("+json"):
        raise _not_read(kind, _ACCEPTED_TYPES, "Content-Type")
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity"}:
        raise _not_read(encoding, "none", "Content-Encoding")


def _not_read(found: str, accepted: str, header: str) -> ProblemError:
    return ProblemError(problem(415, str(InvalidInputError.found(found, accepted, header))))


async def _bytes(request: Request) -> bytes:
    """Read the body; one that says or turns out to be too long is not read to its end."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and float(length) > MAX_BODY:
        raise _too_long()
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MAX_BODY:
            raise _too_long()
    return bytes(read)


def _too_long() -> ProblemError:
    return ProblemError(problem(413, f"the body is too long; accepted: {MAX_BODY:,} bytes"))


def _document(body: bytes) -> dict[str, Any]:
    try:
        document: object = _DECODER.decode(body.decode("utf-8-sig"))
        if rb"\u" in body:
            refuse_halves(document)
    except UnicodeDecodeError:
        raise _no_json("no text in UTF-8") from None
    except UnicodeEncodeError:
        raise _no_json("half a character, escaped") from None
    except InvalidInputError as error:
        raise _no_json(str(error)) from None
    except RecursionError:
        raise _no_json("nested too deep") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _no_json(f"{where}: {error.msg}") from None
    except ValueError:  # of int
        raise _no_json("a number has too many digits") from None
    if not isinstance(document, dict):
        said = InvalidInputError.in_words(_KINDS[type(document)], "one object of fields")
        raise ProblemError(problem(422, f"the body: {said}"))
    return cast("dict[str, Any]", document)


_KINDS: dict[type, str] = {
    **dict.fromkeys((int, float), "a number"),
    bool: "true or false",
    list: "an array",
    str: "a text",
    type(None): "null",
}


def _no_json(what: str) -> ProblemError:
    return ProblemError(problem(400, f"the body is no JSON: {what}"))
