"""How the program ends where it has no verdict to say: codes, and a last word to standard error.

0, 1 and 3 are said by a verdict alone, whatever happens.
"""

import io
import sys

__all__ = ["DEFECT", "MISSING_EXTRA", "NOT_ACCEPTED", "STOPPED", "say"]

NOT_ACCEPTED = 2
MISSING_EXTRA, DEFECT = 69, 70  # as sysexits has them
STOPPED = 130  # as shells have it


def say(text: str) -> None:
    """Print to standard error; where nothing can be printed, the exit code has to say it."""
    try:
        print(text, file=sys.stderr or io.StringIO(), flush=True)
    except (OSError, ValueError):
        sys.stderr = io.StringIO()  # else python tries again when it ends, and exits with 120
