"""What is held of each door for each input: an answer or an error of the library, and no trace.

No other exception, no panic of a library, none that takes longer than `SECONDS`; no raw control
character in what is said, and nothing left in the folder in which it works.
"""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fuzz.doors import Door

from sledai.errors import SledaiError, escaped

__all__ = ["SECONDS", "Finding", "hold"]

SECONDS = 20
"""How long one input may take; the inputs are of some kilobytes."""


class Finding(AssertionError):  # noqa: N818 - a finding of ours, no error of the caller's
    """What a door did with an input that it must not do."""


def hold(door: Door, data: bytes, *, timed: bool = True) -> None:
    """Hand an input to a door, in an empty folder; raise `Finding` where a promise is broken.

    `timed` is false where somebody else watches the time.
    """
    kept = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        tempfile.tempdir = name
        try:
            with _within(SECONDS if timed else 0):
                door.read(data, folder)
        except SledaiError as error:
            raw = [line for line in str(error).split("\n") if escaped(line) != line]
            if raw:
                raise Finding(f"{door.name}: said raw: {raw[0]!r}") from error
        except (Finding, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise Finding(f"{door.name}: {type(error).__name__}: {error}") from error
        finally:
            tempfile.tempdir = kept
        if left := sorted(path.name for path in folder.iterdir()):
            raise Finding(f"{door.name}: left over: {left}")


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    if not seconds or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise Finding(f"no answer within {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
