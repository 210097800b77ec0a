"""Questions to a command and its answers, a line each: read and written at the same time.

The command may answer each question as it comes, or read all of them before it says a word. What it
prints to standard error is not looked at.
"""

import os
import signal
import subprocess
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from math import isfinite
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO, Any, cast

from sledai.conformance.report import Reply, Report, report_on
from sledai.conformance.vectors import CLASSES, Vector, vectors_of
from sledai.errors import InvalidInputError, is_number, require_several, shorten
from sledai.strict_json import JSON

__all__ = ["LIMIT_SECONDS", "LONGEST_LINE", "hold"]

LIMIT_SECONDS = 60.0
"""How long a command may be silent before it is ended, in seconds."""
_DAY = 86_400
LONGEST_LINE = 1_000_000
"""How many bytes a line may have that a command prints."""
_ACCEPTED = 'a JSON object with "id", and with "answer" or "skipped"'


def hold(
    command: Sequence[str],
    *,
    classes: Iterable[str] = CLASSES,
    limit_seconds: float = LIMIT_SECONDS,
) -> Report:
    """Hold a program against the vectors of some classes, or of all.

    `command` is the program and its arguments; no shell reads them. It reads questions on standard
    input and prints answers. Where it is silent for longer than `limit_seconds` it is ended, and
    what it has not answered is counted so.

    Raises `InvalidInputError` for a command that cannot be started, another class, a limit that is
    none, and for a line that is no answer, with its number.

    >>> import sys
    >>> ours = [sys.executable, "-m", "sledai.conformance.answer"]
    >>> report = hold(ours, classes=["verdicts"])
    >>> report.verdict, report.classes[0].agree
    (<Verdict.MET: 'met'>, 311)
    """
    limited = is_number(limit_seconds) and isfinite(limit_seconds)
    if not limited or not 0 < limit_seconds <= _DAY:
        accepted = f"seconds, more than 0 and no more than {_DAY:,}"
        raise InvalidInputError.found(limit_seconds, accepted, "limit_seconds")
    require_several(command, "command", "a program and its arguments, each a text")
    vectors = vectors_of(classes)
    asked = {vector.id: vector for vector in vectors}
    remarks: list[str] = []
    replies: dict[str, Reply] = {}
    with closing(_printed(command, vectors, float(limit_seconds), remarks)) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                name, reply = _read(line, number, asked)
                if name in replies:
                    raise _no_answer(number, f"{shorten(name)} again", "each id once")
                replies[name] = reply
    return report_on(vectors, replies, remarks)


def _read(line: bytes, number: int, asked: Mapping[str, Vector]) -> tuple[str, Reply]:
    """Read a line that was printed."""
    if len(line) > LONGEST_LINE:
        raise _no_answer(number, f"more than {LONGEST_LINE:,} bytes", _ACCEPTED)
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        decoded: object = JSON.decode(text.strip())
    except InvalidInputError as error:
        raise _no_answer(number, str(error), _ACCEPTED) from None
    except (ValueError, RecursionError):
        found = shorten(line.decode(errors="replace").strip())
        raise _no_answer(number, found, _ACCEPTED) from None
    said = cast("dict[str, Any]", decoded if isinstance(decoded, dict) else {})
    kinds = {"answer", "skipped"} & said.keys()
    if len(kinds) != 1 or "id" not in said:
        raise _no_answer(number, shorten(text.strip()), _ACCEPTED)
    if not isinstance(said["id"], str) or said["id"] not in asked:
        raise _no_answer(number, f"id {shorten(said['id'])}", "the id of a question")
    (kind,) = kinds
    return said["id"], cast("Reply", (kind, said[kind]))


def _no_answer(number: int, found: str, accepted: str) -> InvalidInputError:
    return InvalidInputError.in_words(found, accepted, f"line {number} of what the command printed")


@dataclass(slots=True)
class _Running:
    """A command that runs, the lines that it has printed, and the threads that write and read."""

    process: "subprocess.Popen[bytes]"
    vectors: Sequence[Vector]
    lines: "Queue[bytes | None]" = field(default_factory=lambda: Queue(maxsize=1000))

    def start(self) -> list[Thread]:
        threads = [Thread(target=work, daemon=True) for work in (self._write, self._take)]
        for thread in threads:
            thread.start()
        return threads

    def _write(self) -> None:
        if hasattr(signal, "pthread_sigmask"):  # pragma: no branch - not on Windows
            # That nobody reads is no end of ours, as the command line has it of its own output.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
        to = cast("IO[bytes]", self.process.stdin)
        with suppress(OSError):  # it reads no more
            for vector in self.vectors:
                to.write(vector.question.encode() + b"\n")
                to.flush()
        with suppress(OSError):
            to.close()

    def _take(self) -> None:
        read = cast("IO[bytes]", self.process.stdout)
        while line := read.readline(LONGEST_LINE + 1):
            self.lines.put(line)
        self.lines.put(None)

    def end(self, threads: Sequence[Thread]) -> None:
        """End the command and what it has started, and the threads with it."""
        if self.process.returncode is None:  # else its number may be another's by now
            if hasattr(os, "killpg"):
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
            else:  # pragma: no cover - on Windows
                self.process.kill()
            self.process.wait()
        until = monotonic() + _GRACE_SECONDS
        while any(thread.is_alive() for thread in threads) and monotonic() < until:
            with suppress(Empty):  # who reads may wait for room
                self.lines.get(timeout=0.01)
        cast("IO[bytes]", self.process.stdout).close()


_GRACE_SECONDS = 5.0


def _printed(
    command: Sequence[str], vectors: Sequence[Vector], limit: float, remarks: list[str]
) -> Generator[bytes, None, None]:
    """Give what a command prints, line by line, and leave in `remarks` how it ended."""
    running = _Running(_started(command), vectors)
    threads = running.start()
    try:
        while (line := running.lines.get(timeout=limit)) is not None:
            yield line
        if code := running.process.wait(limit):
            remarks.append(f"the command ended with exit code {code}")
    except (Empty, subprocess.TimeoutExpired):
        remarks.append(f"the command was ended: silent for {limit:g} seconds, the limit")
    finally:
        running.end(threads)


def _started(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - what the caller asks for, and no shell
            [*command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # so that it can be ended with all that it has started
        )
    except OSError as error:
        said = error.strerror or str(error)
        raise InvalidInputError(f"{shorten(command[0])} cannot be started: {said}") from None
    except (ValueError, TypeError, IndexError):
        accepted = "a program and its arguments, each a text"
        raise InvalidInputError.found([*command], accepted, "command") from None
