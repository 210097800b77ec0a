"""The vectors by which any program is held against the publications, and the door that does it.

A vector says what is asked, of what, what must come out, and where that stands. `hold` sends the
questions to a command, one JSON object a line, and compares its answers, one a line;
`python -m sledai.conformance.answer` is the library behind the same door.
"""

from sledai.conformance.exchange import hold
from sledai.conformance.report import Answered, ClassReport, Report, agrees
from sledai.conformance.vectors import CLASSES, FOLDER, VERSION, Vector, vectors_of

__all__ = [
    "CLASSES",
    "FOLDER",
    "VERSION",
    "Answered",
    "ClassReport",
    "Report",
    "Vector",
    "agrees",
    "hold",
    "vectors_of",
]


def __dir__() -> list[str]:
    return __all__
