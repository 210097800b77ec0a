"""Search where atheris is not there: hypothesis chooses which inputs are changed, and how.

Nothing is known of branches then. It prints what libFuzzer would.
"""

import sys
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from time import monotonic

from fuzz.doors import Door
from fuzz.held import Finding, hold
from fuzz.hostile import changed
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

__all__ = ["FOUND", "search"]

FOUND = 77
"""The exit code of a finding, as libFuzzer has it."""

_ROUND = 50


def search(door: Door, seconds: float, out: Path, plant: str | None = None) -> int:
    """Try a door; what is found is kept as libFuzzer would keep it."""
    if plant:
        import_module(plant)
    seeds = [path.read_bytes() for path in door.corpus]
    end = monotonic() + seconds
    count = 0
    found: Finding | None = None
    shows = b""

    @settings(
        max_examples=_ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(seeds), st.none() | st.integers(0, 2**32 - 1))
    def once(seed: bytes, number: int | None) -> None:
        nonlocal count, found, shows
        if found or monotonic() > end:
            return
        count += 1
        data = seed if number is None else changed(seed, number, seeds, is_json=door.is_json)
        try:
            hold(door, data)
        except Finding as finding:
            found, shows = finding, data

    while not found and monotonic() < end:
        once()
    if found:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"crash-{sha256(shows).hexdigest()[:40]}").write_bytes(shows)
        print(f"\n === Uncaught Python exception: ===\nFinding: {found}", file=sys.stderr)
    print(f"stat::number_of_executed_units: {count}", file=sys.stderr)
    return FOUND if found else 0
