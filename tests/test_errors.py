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
from sledai.errors import shorten, whole_number


@pytest.mark.parametrize("error", [InvalidInputError, IncompleteAssessmentError, UndeterminedError])
def test_errors_about_a_value_are_value_errors(error: type[Exception]) -> None:
    assert issubclass(error, SledaiError)
    assert issubclass(error, ValueError)


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(IncompleteAssessmentError("m", [Descriptor.RASH])))  # noqa: S301
    assert (str(error), error.missing) == ("m", {Descriptor.RASH})
    undetermined = pickle.loads(pickle.dumps(UndeterminedError("m", [Descriptor.RASH])))  # noqa: S301
    assert undetermined.deciding == {Descriptor.RASH}


class TestFoundAndAccepted:
    """Each message says where, what was found, shortened, and what is accepted."""

    def test_several_are_listed(self) -> None:
        accepted = (descriptor for descriptor in (Descriptor.RASH, Descriptor.FEVER))
        error = InvalidInputError.found("x" * 60, accepted, "descriptor")
        assert str(error) == f"descriptor: found '{'x' * 35}...'; accepted: rash, fever"

    def test_numbers_are_listed_and_nowhere_is_not_said(self) -> None:
        assert str(InvalidInputError.found(3, range(0, 5, 2))) == "found 3; accepted: 0, 2, 4"

    def test_words_are_not_quoted(self) -> None:
        error = InvalidInputError.in_words("two of 2024-01-16", "one of a date", "visits")
        assert str(error) == "visits: found two of 2024-01-16; accepted: one of a date"


class Strange:
    """Its text is its own, and not escaped."""

    def __repr__(self) -> str:
        return "Strange\x1b[31m\n Müller\u202e"


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (8, "8"),
        ("a" * 38, f"'{'a' * 38}'"),
        ("a" * 39, f"'{'a' * 35}...'"),
        ("a" * 34 + "\x1b" * 9, f"'{'a' * 34}...'"),
        ("a" * 31 + "\x1b" * 9, rf"'{'a' * 31}\x1b...'"),
        ("a" * 26 + "\U000e0041" * 9, f"'{'a' * 26}...'"),
        ("a" * 25 + "\U000e0041" * 9, rf"'{'a' * 25}\U000e0041...'"),
        ("\\" * 40, "'" + "\\" * 34 + "...'"),
        ([1] * 40, "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ..."),
        ("\u0301x", r"'\u0301x'"),
        ("e\u0301", "'e\u0301'"),
        (["\u0301"], r"['\u0301']"),
        ("\x1b[31mred\n", r"'\x1b[31mred\n'"),
        ("\u202e", r"'\u202e'"),
        ("Müller", "'Müller'"),
        ("関節炎", "'関節炎'"),
        ("مریم", "'مریم'"),
        ("é", "'é'"),
        ("\u00a0x", r"'\xa0x'"),
        ("a\u200bb", r"'a\u200bb'"),
        ("\u2066x\u2069", r"'\u2066x\u2069'"),
        ("\u2028", r"'\u2028'"),
        ("\x85", r"'\x85'"),
        ("\ud800", r"'\ud800'"),
        ("\ue000", r"'\ue000'"),
        ("\U000e0041", r"'\U000e0041'"),
        ("\u0378", r"'\u0378'"),
        ("\u3164", r"'\u3164'"),
        ("x\ufe0f", r"'x\ufe0f'"),
        (Strange(), r"Strange\x1b[31m Müller\u202e"),
        (np.eye(2), "array([[1., 0.], [0., 1.]])"),
    ],
)
def test_a_quoted_value_is_short_and_printable(value: object, quoted: str) -> None:
    assert shorten(value) == quoted
    assert len(quoted) <= 40


class Broken:
    """Its text cannot be had."""

    def __repr__(self) -> str:
        raise KeyError("no text")


def test_a_text_that_raises_is_named_by_its_type() -> None:
    assert shorten(Broken()) == "a Broken"


@pytest.mark.parametrize("value", [4, np.int64(4), np.uint8(4)])
def test_whole_numbers_of_any_library(value: object) -> None:
    found = whole_number(value)
    assert (found, type(found)) == (4, int)


@pytest.mark.parametrize(
    "value", [4.0, True, np.True_, np.float64(4), "4", None, np.array([4]), np.array([4.0, 1])]
)
def test_nothing_else_is_a_whole_number(value: object) -> None:
    assert whole_number(value) is None


def test_what_python_cannot_write_is_named_by_its_type() -> None:
    assert shorten(10**5000) == "a int"
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert shorten(nested) == "a list"
