"""One parent for all errors; values are ValueErrors; messages quote one cell, shortened."""

import pickle

import numpy as np
import pytest

from sledai import (
    Descriptor,
    IncompleteAssessmentError,
    InvalidInputError,
    SledaiError,
    UndeterminedError,
)
from sledai.errors import shorten


@pytest.mark.parametrize("error", [InvalidInputError, IncompleteAssessmentError, UndeterminedError])
def test_errors_about_a_value_are_value_errors(error: type[Exception]) -> None:
    assert issubclass(error, SledaiError)
    assert issubclass(error, ValueError)


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(IncompleteAssessmentError("m", [Descriptor.RASH])))  # noqa: S301
    assert (str(error), error.missing) == ("m", {Descriptor.RASH})
    undetermined = pickle.loads(pickle.dumps(UndeterminedError("m", [Descriptor.RASH])))  # noqa: S301
    assert undetermined.deciding == {Descriptor.RASH}


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (8, "8"),
        ("a" * 38, f"'{'a' * 38}'"),
        ("a" * 39, f"'{'a' * 36}..."),
        ("\x1b[31mred\n", r"'\x1b[31mred\n'"),
        ("\u202e", r"'\u202e'"),
        (np.eye(2), "array([[1., 0.], [0., 1.]])"),
    ],
)
def test_a_quoted_value_is_short_and_printable(value: object, quoted: str) -> None:
    assert shorten(value) == quoted
    assert len(quoted) <= 40


def test_what_python_cannot_write_is_named_by_its_type() -> None:
    assert shorten(10**5000) == "a int"
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert shorten(nested) == "a list"
