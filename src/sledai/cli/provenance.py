"""How an output was made: version, command, codebook and choices, said with it and beside it."""

import shlex
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import sledai
from sledai.codebook import Codebook

__all__ = ["ARGUMENTS", "Provenance"]

ARGUMENTS: ContextVar[Sequence[str]] = ContextVar("ARGUMENTS", default=())
"""What the command line was called with."""

_SHOWN = 12  # characters of a hash in a line


class Provenance:
    """What one run of a command says of how it made its outputs.

    `choices` are what the analyst chose beside the codebook: edition, readings, policy, rules.
    """

    def __init__(self, book: Codebook, **choices: Any) -> None:
        command = shlex.join(["sledai", *ARGUMENTS.get()])
        # The name of a file may be no text, as bytes that UTF-8 has not.
        self._command = command.encode("utf-8", "backslashreplace").decode()
        self._book = book.lines()
        self._hash = book.sha256
        self._choices = choices

    @property
    def facts(self) -> dict[str, Any]:
        """Give what is written, ready for JSON; the same for the same run."""
        codebook = {"sha256": self._hash, "lines": self._book} if self._book else None
        return {
            "sledai": sledai.__version__,
            "command": self._command,
            "codebook": codebook,
            **self._choices,
        }

    def __str__(self) -> str:
        said = f"codebook {self._hash[:_SHOWN]}" if self._book else "no codebook"
        return f"sledai {sledai.__version__}, {said}"
