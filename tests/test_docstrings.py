"""The examples in the docstrings print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import sledai

MODULES = ["sledai"] + [
    module.name
    for module in pkgutil.walk_packages(sledai.__path__, "sledai.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert not failed


def test_there_are_examples_to_run() -> None:
    counts = [doctest.testmod(importlib.import_module(name)).attempted for name in MODULES]
    assert sum(counts) > 40
