"""Profiles of hypothesis."""

from hypothesis import HealthCheck, settings

# A slow machine is not a failing test.
settings.register_profile("default", deadline=None)
# mutmut runs the tests more than once in one process, and wants the same examples each time.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("default")
