"""Where the content of a file is: in the file itself, or in one that is there while it is read.

What is packed or comes through a pipe cannot be read from several places, as the readers do. So it
is put into a temporary file, piece by piece and never whole in memory.
"""

import gzip
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir, mkstemp
from typing import BinaryIO, NamedTuple, Self, cast
from weakref import finalize

from sledai.errors import InvalidInputError, file_name

if sys.version_info >= (3, 14):  # pragma: no cover
    from compression import zstd
else:  # pragma: no cover
    from backports import zstd

__all__ = ["PACKINGS", "STANDARD_INPUT", "Packing", "Source", "piped", "unpacked"]

STANDARD_INPUT = Path("-")
"""What stands for standard input in place of a path."""

_PIECE = 2**20
_BEGINNING = 512
_OPEN_FILES = Path("/proc/self/fd")


class _State(NamedTuple):
    """Which file a name stands for, how long it is, and when it was last written."""

    file: tuple[int, int]
    size: int
    written: int

    @classmethod
    def of(cls, path: Path) -> Self:
        found = path.stat()
        return cls((found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class Source:
    """A file of visits: the `path` by which it is called, and the file that has its `content`.

    A temporary file is there until nobody holds its source any more. Of another `opened` says what
    it was when it was opened: whoever cuts, adds to or replaces it then makes rows come and go.
    """

    path: Path
    content: Path
    opened: _State | None = None

    @classmethod
    def at(cls, path: Path) -> Self:
        """Hold a file as it is now; raises `OSError` where there is none."""
        return cls(path=path, content=path, opened=_State.of(path))

    def __str__(self) -> str:
        return str(self.path)

    def require_unchanged(self) -> None:
        """Raise `InvalidInputError` where the file is not what it was when it was opened."""
        if self.opened is None:
            return
        try:
            now = _State.of(self.content)
        except FileNotFoundError:
            found = "no file any more"
        else:
            if now == self.opened:
                return
            found = f"{now.size:,} bytes where there were {self.opened.size:,}"
            if now.size == self.opened.size:
                found = "another content than before"
        accepted = "a file that stays as it is while it is read; read it again"
        raise InvalidInputError.in_words(found, accepted, self)

    def beginning(self) -> bytes:
        """Read the first bytes."""
        with self.content.open("rb") as file:
            return file.read(_BEGINNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """A way to pack a file: its name, how such files begin, and what unpacks them."""

    name: str
    begins: bytes
    open: Callable[[Path], BinaryIO]


def _gzip(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(path))


def _zstd(path: Path) -> BinaryIO:
    return cast("BinaryIO", zstd.ZstdFile(path))


PACKINGS = {
    ".gz": Packing(name="gzip", begins=b"\x1f\x8b", open=_gzip),
    ".zst": Packing(name="zstd", begins=b"\x28\xb5\x2f\xfd", open=_zstd),
}
"""Packings of files that are read, by suffix."""


def unpacked(path: Path, packing: Packing) -> Source:
    """Unpack a file, piece by piece.

    Raises `InvalidInputError` for what is not packed so, is damaged, ends early or changes
    meanwhile, and `OSError`
    where it cannot be read or there is no room for its content.
    """
    packed = Source.at(path)
    if not packed.beginning().startswith(packing.begins):
        raise InvalidInputError(
            f"{file_name(path)}: not packed by {packing.name}, as its suffix says"
        )
    with packing.open(path) as file:
        source = _kept(path, _pieces(path, packing, file))
    packed.require_unchanged()  # one that is cut where a part of it ends looks whole
    return source


def _pieces(path: Path, packing: Packing, file: BinaryIO) -> Iterator[bytes]:
    try:
        while piece := file.read(_PIECE):
            yield piece
    except EOFError:
        why = f"ends early: packed by {packing.name}, and the end is not there"
        raise InvalidInputError(f"{file_name(path)}: {why}") from None
    except (gzip.BadGzipFile, zlib.error, zstd.ZstdError) as error:
        why = f"damaged: packed by {packing.name}, and cannot be unpacked ({error})"
        raise InvalidInputError(f"{file_name(path)}: {why}") from None


def piped(path: Path, pipe: BinaryIO) -> Source:
    """Read a pipe to its end, piece by piece; `path` is what it is called."""
    return _kept(path, iter(lambda: pipe.read(_PIECE), b""))


def _kept(path: Path, pieces: Iterator[bytes]) -> Source:
    number, name = mkstemp(prefix="sledai-")
    content = _OPEN_FILES / str(number)
    if content.exists():
        # Without a name nothing of it is left even where the process is killed.
        Path(name).unlink()
    else:
        content = Path(name)
    source = Source(path=path, content=content)
    finalize(source, _remove, number, Path(name))
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            try:
                rest = rest[os.write(number, rest) :]
            except OSError as error:
                raise OSError(error.errno, error.strerror, gettempdir()) from None
    return source


def _remove(number: int, path: Path) -> None:
    os.close(number)
    path.unlink(missing_ok=True)
