"""The vectors as they are shipped: JSON Lines, a class a file, with a manifest of their hashes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sledai.displays import Value
from sledai.errors import InvalidInputError, require_one_of, require_several

__all__ = ["CLASSES", "FINGERPRINT", "FOLDER", "VERSION", "Vector", "vectors_of"]

FOLDER = Path(__file__).parent / "data"
"""Where the files of vectors, their schema and their manifest lie."""
_MANIFEST = (FOLDER / "manifest.json").read_bytes()
_LISTED: Mapping[str, Any] = json.loads(_MANIFEST)
_SUFFIX = ".jsonl"
VERSION: str = _LISTED["version"]
"""The version of the vectors, which is their own."""
CLASSES = tuple(name.removesuffix(_SUFFIX) for name in _LISTED["files"] if name.endswith(_SUFFIX))
"""The classes of vectors, each a file."""
FINGERPRINT = sha256(_MANIFEST).hexdigest()
"""The SHA-256 of the manifest, which holds that of every file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector(Value):
    """What is asked, of what, what must come out, and where that stands.

    `expect` is a value of JSON. `note` says in words what the case is about, and `publication` and
    `locator` where the expected value comes from.

    >>> first = vectors_of(["totals"])[0]
    >>> print(first.question)
    {"id":"totals-7f2dd477","ask":"total","input":{"answers":{"others":false}}}
    >>> first.expect, first.locator
    (0, 'weights of the 24 descriptors')
    """

    id: str
    ask: str
    input: Mapping[str, Any]
    expect: Any
    note: str
    publication: str
    locator: str

    @property
    def of_class(self) -> str:
        """The class of the vector.

        >>> vectors_of(["bounds"])[0].of_class
        'bounds'
        """
        return self.id.partition("-")[0]

    @property
    def question(self) -> str:
        """What is sent to a program: all but what must come out, as one line of JSON."""
        return _written({"id": self.id, "ask": self.ask, "input": self.input})

    @property
    def line(self) -> str:
        """The whole vector, as its line in the file."""
        source = {"publication": self.publication, "locator": self.locator}
        whole = {"expect": self.expect, "note": self.note, "source": source}
        return _written({"id": self.id, "ask": self.ask, "input": self.input, **whole})


def _written(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def vectors_of(classes: Iterable[str] = CLASSES) -> tuple[Vector, ...]:
    """Read the vectors of some classes, or of all, in the order of the classes.

    Raises `InvalidInputError` for another class, and for a file that is not as it was shipped.

    >>> len(vectors_of(["verdicts"])), len(vectors_of()) > 4000
    (311, True)
    """
    require_several(classes, "classes", f"names of classes, of {', '.join(CLASSES)}")
    wanted = list(classes)
    for name in wanted:
        require_one_of(name, CLASSES, "classes")
    return tuple(vector for name in CLASSES if name in wanted for vector in _read(name))


def _read(name: str) -> Iterator[Vector]:
    file = f"{name}{_SUFFIX}"
    read = (FOLDER / file).read_bytes()
    if sha256(read).hexdigest() != _LISTED["files"][file]["sha256"]:
        raise InvalidInputError(f"{file}: not the file of vectors {VERSION}, by its SHA-256")
    for line in read.splitlines():
        vector = json.loads(line)
        yield Vector(**vector.pop("source"), **vector)
