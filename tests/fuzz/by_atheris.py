"""Search by coverage: new inputs are made of those that reached new branches of the library.

atheris drives libFuzzer, which ends the process with what it found or when the time is over. Half
of the changes are libFuzzer's own, half are those of `fuzz.hostile`.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import atheris
from fuzz.doors import Door
from fuzz.hostile import changed

__all__ = ["search"]

_LONGEST = 4096
_MEMORY = 4096  # MB


def _beside(follows: Sequence[str]) -> list[str]:
    """Name the modules that are not followed: to follow all of them takes half a minute."""
    spec = find_spec("sledai")
    assert spec is not None
    assert spec.submodule_search_locations
    root = Path(spec.submodule_search_locations[0])
    parts = [path.relative_to(root.parent).with_suffix("").parts for path in root.rglob("*.py")]
    names = [".".join(part).removesuffix(".__init__") for part in parts]
    return [one for one in names if not f"{one}.".startswith(tuple(f"{f}." for f in follows))]


def search(door: Door, seconds: float, out: Path, plant: str | None = None) -> int:
    """Try a door; what libFuzzer prints says how much was tried and reached."""
    followed = atheris.instrument_imports(
        include=["sledai"], exclude=_beside(door.follows), enable_loader_override=False
    )
    with followed:
        held = import_module("fuzz.held")
        if plant:
            import_module(plant)
        _ = door.read
    others = [path.read_bytes() for path in door.corpus]

    def change(data: bytes, longest: int, seed: int) -> bytes:
        if seed % 2:
            return bytes(atheris.Mutate(data, longest))
        return changed(data, seed, others, is_json=door.is_json)[:longest]

    def once(data: bytes) -> None:
        held.hold(door, data, timed=False)

    grown = out / "corpus"
    grown.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={max(1, round(seconds))}",
        f"-max_len={max(_LONGEST, *(2 * len(one) for one in others))}",
        f"-timeout={held.SECONDS}",
        f"-rss_limit_mb={_MEMORY}",
        f"-artifact_prefix={out}/",
        "-print_final_stats=1",
        str(grown),
        str(door.corpus[0].parent),
    ]
    atheris.Setup([sys.argv[0], *options], once, custom_mutator=change)
    atheris.Fuzz()
    return 0
