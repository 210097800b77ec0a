"""Files that are written batch by batch and get their final name only when they are complete.

Files that belong `together` get their names all at once, or none of them does.
"""

import json
import os
import re
import shutil
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from errno import EISDIR
from os import PathLike
from pathlib import Path
from queue import Empty, Full, Queue
from secrets import token_hex
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, Self, TextIO, TypeVar

import polars as pl
from polars.io.plugins import register_io_source

from sledai.errors import InvalidInputError, as_path, file_name, require, shorten
from sledai.files.batches import unreadable
from sledai.files.formats import OUTPUT_FORMATS, OutputFormat

__all__ = [
    "Output",
    "complete_file",
    "open_text",
    "output_format",
    "together",
    "write_bytes",
    "write_provenance",
    "write_text",
    "write_visits",
]

_WAITING = 2  # batches that may wait to be written
_PATIENCE = 0.1  # seconds between two looks whether the writer is still there


_Format = TypeVar("_Format")


def output_format(path: str | PathLike[str], formats: Mapping[str, _Format]) -> _Format:
    """Find the format in which a file is written, by its suffix.

    Raises `InvalidInputError` for an unknown one, and `MissingExtraError` where the library that
    writes it is not there.
    """
    path = as_path(path)
    require(formats, Mapping, "formats", "formats by their suffixes")
    try:
        found = formats[path.suffix.lower()]
    except KeyError:
        raise InvalidInputError(
            f"{file_name(path)}: cannot write suffix {shorten(path.suffix)}; accepted: "
            f"{', '.join(formats)}"
        ) from None
    if isinstance(found, OutputFormat) and found.writes_with is not None:
        found.writes_with.require(path, f"writing {found.name}")
    return found


@contextmanager
def _named(path: Path) -> Generator[None]:
    """Let errors of the system name the file that was meant."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


class _Complete(NamedTuple):
    """A file that is complete but for its name."""

    part: Path
    target: Path
    path: Path  # as it was called

    def name(self) -> None:
        """Give it its name."""
        with _named(self.path):
            if self.target.exists():
                shutil.copymode(self.target, self.part)
            self.part.replace(self.target)


_TOGETHER: ContextVar[list[_Complete] | None] = ContextVar("_TOGETHER", default=None)
"""The files that are complete, and wait for others."""


@contextmanager
def together() -> Generator[None]:
    """Name the files that are written meanwhile when all of them are complete, or none of them.

    After an error nothing of them is left, and what was there before is there. Only a process that
    is killed while they get their names may leave the first of them.
    """
    if _TOGETHER.get() is not None:  # a part of what belongs together already
        yield
        return
    files: list[_Complete] = []
    token = _TOGETHER.set(files)
    try:
        yield
        _name_all(files)
    finally:
        _TOGETHER.reset(token)
        for file in files:
            file.part.unlink(missing_ok=True)


def _name_all(files: list[_Complete]) -> None:
    before: list[tuple[Path, Path | None]] = []
    try:
        for file in files:
            if file is not files[-1]:
                before.append((file.target, _kept(file)))
            file.name()
    except BaseException:
        for target, kept in reversed(before):
            if kept is not None:
                kept.replace(target)
            else:
                target.unlink(missing_ok=True)
        raise
    finally:
        for _, kept in before:
            if kept is not None:
                kept.unlink(missing_ok=True)


def _kept(file: _Complete) -> Path | None:
    """Keep what has the name of a file already under another one, for the case of an error."""
    if not file.target.exists():
        return None
    kept = _beside(file.target)
    with _named(file.path):
        try:
            kept.hardlink_to(file.target)
        except OSError:  # of a file system without links
            file.target.rename(kept)
    return kept


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{token_hex(4)}.part")


@contextmanager
def complete_file(path: Path) -> Generator[Path]:
    """Give a file beside `path` to write to, and name it `path` when all went well.

    After an error nothing of it is left. A file that is there already keeps its permissions, and a
    link goes on pointing to it. Raises `OSError` where there can be no such file.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise InvalidInputError(f"{file_name(path)}: not a regular file")
    part = _beside(target)
    with _named(path):
        if target.is_dir():
            raise IsADirectoryError(EISDIR, "Is a directory")
        part.touch(mode=0o600 if target.exists() else 0o666, exist_ok=False)
    waiting: bool = False
    try:
        yield part
        others = _TOGETHER.get()
        if others is None:
            _Complete(part, target, path).name()
        else:
            others.append(_Complete(part, target, path))
            waiting = True
    finally:
        if not waiting:
            part.unlink(missing_ok=True)


class Output:
    """A file of visits that is written batch by batch, beside its final name.

    A context manager: on leaving it the file gets its name, and after an error nothing of it is
    left. Batches are encoded in a thread of their own, while the next one is made.

    `provenance` says how the file was made. It is written beside it, as NAME.provenance.json with
    the time, and into the metadata of a format that has any. Both get their names, or none.

    Raises `InvalidInputError` for an unknown suffix and for cells that the format cannot hold, and
    `OSError` where nothing can be written.
    """

    def __init__(self, path: Path, provenance: Mapping[str, Any] | None = None) -> None:
        if provenance is not None:
            require(provenance, Mapping, "provenance", _PROVENANCE)
        self.path = path
        self._provenance = provenance
        self._format = output_format(path, OUTPUT_FORMATS)
        try:
            str(path).encode()
        except UnicodeEncodeError:
            raise InvalidInputError(f"{shorten(str(path))}: not a name in UTF-8") from None
        self._file = complete_file(path)
        self._part = Path()
        self._batches: Queue[pl.DataFrame | None] = Queue(_WAITING)
        self._thread: Thread | None = None
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        """Create the file beside its final name."""
        self._part = self._file.__enter__()
        return self

    def write(self, visits: pl.DataFrame) -> None:
        """Add a batch; all have the same columns."""
        visits = self._format.cells(self.path, visits)
        if self._thread is None:
            self._refuse_types(visits.schema)
            self._thread = Thread(target=self._write, args=[visits.schema], daemon=True)
            self._thread.start()
        if not self._put(visits):
            self.finish()

    def finish(self) -> None:
        """Wait until all is written, without naming the file yet."""
        self._end()
        if self._error is not None:
            self._refuse(self._error)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Name the file, or remove what there is of it."""
        failed = error
        with together():
            try:
                if error is None:
                    self.finish()
                else:
                    self._abandon()
            except BaseException as failure:
                failed = failure
                raise
            finally:
                self._file.__exit__(type(failed) if failed else None, failed, traceback)
            if error is None and self._provenance is not None:
                write_provenance(self._provenance, self.path)

    def _put(self, batch: pl.DataFrame | None) -> bool:
        """Hand a batch to the thread; say no where it has ended, which it does after an error."""
        while self._thread is not None and self._thread.is_alive():
            try:
                self._batches.put(batch, timeout=_PATIENCE)
            except Full:
                continue
            return True
        return False

    def _refuse_types(self, schema: pl.Schema) -> None:
        for name, dtype in schema.items():
            if not self._format.holds(dtype):
                what = f"column {shorten(name)} of type {dtype}"
                unreadable(self.path, f"{self._format.name} cannot hold {what}")

    def _abandon(self) -> None:
        with suppress(Empty):
            while True:  # what waits need not be written
                self._batches.get_nowait()
        self._end()

    def _end(self) -> None:
        if self._thread is not None:
            self._put(None)
            self._thread.join()

    def _write(self, schema: pl.Schema) -> None:
        ended = False

        # Polars calls it in a thread of its own, which coverage does not see.
        def source(*_: object) -> Iterator[pl.DataFrame]:  # pragma: no cover
            nonlocal ended
            while (batch := self._batches.get()) is not None:
                yield batch
            ended = True

        frame = register_io_source(source, schema=schema)
        try:
            self._format.write(frame, self._part, self._metadata)
        except BaseException as error:  # noqa: BLE001 - raised again where it is noticed
            self._error = error
        else:
            if not ended:
                self._error = RuntimeError("the writer stopped before the end")

    @property
    def _metadata(self) -> dict[str, str]:
        if self._provenance is None:
            return {}
        return {"sledai": json.dumps(self._provenance, ensure_ascii=False)}

    def _refuse(self, error: BaseException) -> NoReturn:
        number = error.errno if isinstance(error, OSError) else None
        if number is None and (said := re.search(r"\(os error (\d+)\)", str(error))):
            number = int(said[1])  # polars hands it on as text
        if number is not None:
            raise OSError(number, os.strerror(number), str(self.path)) from None
        if isinstance(error, ValueError | pl.exceptions.PolarsError | pl.exceptions.PanicException):
            unreadable(self.path, f"{self._format.name} cannot hold these visits: {error}")
        raise error


def write_visits(
    visits: pl.DataFrame,
    path: str | PathLike[str],
    provenance: Mapping[str, Any] | None = None,
) -> None:
    """Write a file of visits, by its suffix, under its final name only when it is complete.

    Raises as `Output` does.
    """
    require(visits, pl.DataFrame, "visits", "a data frame of polars")
    with Output(as_path(path), provenance) as output:
        output.write(visits)


_PROVENANCE = "a mapping that says how the file was made"


def write_provenance(provenance: Mapping[str, Any], path: str | PathLike[str]) -> None:
    """Write how a file was made, and when, beside it."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    require(provenance, Mapping, "provenance", _PROVENANCE)
    path = as_path(path)
    text = json.dumps({**provenance, "made": made}, ensure_ascii=False, indent=2)
    write_text(text + "\n", path.with_name(f"{path.name}.provenance.json"))


def write_text(text: str, path: str | PathLike[str]) -> None:
    """Write a file of text under its final name only when it is complete.

    Raises `OSError` where it cannot be written.
    """
    require(text, str, "text", "a text")
    with open_text(path) as file:
        file.write(text)


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file of bytes under its final name only when it is complete.

    Raises `OSError` where it cannot be written.
    """
    with complete_file(path) as part, _named(path):
        part.write_bytes(content)


@contextmanager
def open_text(path: str | PathLike[str]) -> Generator[TextIO]:
    """Open a file of text, in UTF-8, that gets its final name only when all is written.

    After an error nothing of it is left. Raises `OSError` where it cannot be written.
    """
    path = as_path(path)
    with complete_file(path) as part:
        try:
            with part.open("w", encoding="utf-8") as file:
                yield file
        except OSError as error:
            if error.filename not in {None, str(part)}:  # of another file that is read meanwhile
                raise
            raise OSError(error.errno, error.strerror, str(path)) from None
