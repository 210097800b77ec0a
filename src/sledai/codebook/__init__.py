"""How a data set says what it says: the codebook, and the names and words it is read by.

`Codebook` is what a user makes, or lets the library propose with each `Question` that is open; each
of its sections has a class, and a column of laboratory values is a `Lab`.
"""

from sledai.codebook.codebook import Codebook
from sledai.codebook.contents import (
    AnswerWords,
    DescriptorColumns,
    FieldColumns,
    FindingColumns,
    RecordedColumns,
)
from sledai.codebook.fields import FieldColumn
from sledai.codebook.lab import Lab, LabFlag
from sledai.codebook.layout import FileFormat, LongLayout, RowConditions, VisitColumns
from sledai.codebook.questions import Question

__all__ = [
    "AnswerWords",
    "Codebook",
    "DescriptorColumns",
    "FieldColumn",
    "FieldColumns",
    "FileFormat",
    "FindingColumns",
    "Lab",
    "LabFlag",
    "LongLayout",
    "Question",
    "RecordedColumns",
    "RowConditions",
    "VisitColumns",
]


def __dir__() -> list[str]:
    return __all__
