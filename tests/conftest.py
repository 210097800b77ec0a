"""Profiles of hypothesis, signals, and modules that are to be imported anew."""

import signal
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from examples import examples

# Where a shell starts the tests in the background they ignore SIGINT, and so would what they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A slow machine is not a failing test.
settings.register_profile("default", deadline=None, max_examples=examples(100))
# mutmut runs the tests more than once in one process, and wants the same examples each time.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Trace no property: tracing doubles its time, and a line that only chance reaches is not held.

    So each line and branch is gone through by a test whose input stands there.
    """
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker("no_cover")


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Forget a module and what is in it until the test ends, in its package too.

    What is imported anew would else stay there, and be another than other tests have.
    """

    def forget(module: str) -> None:
        known = {n: m for n, m in sys.modules.items() if f"{n}.".startswith(f"{module}.")}
        for name, found in known.items():
            package, _, child = name.rpartition(".")
            monkeypatch.setattr(sys.modules[package], child, found)
        for name in known:
            monkeypatch.delitem(sys.modules, name)

    return forget
