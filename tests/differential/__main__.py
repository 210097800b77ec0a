"""Draw frames by a seed, compare them, and print what was compared: see the package."""

import argparse
import os
import sys
import time

from differential.columns import DTYPES
from differential.runs import results, tasks


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="differential", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", action="append", choices=DTYPES, help="several: once each")
    parser.add_argument("--without", action="append", choices=DTYPES, default=[])
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    engines = [one for one in asked.engine or DTYPES if one not in asked.without]
    began, places = time.monotonic(), {engine: n for n, engine in enumerate(DTYPES)}
    print(f"seed {asked.seed}, {asked.rows:,} rows, {', '.join(engines)}", flush=True)
    found = [*results(tasks(asked.rows, asked.seed, engines), asked.processes)]
    found.sort(key=lambda one: (places[one.task.engine], one.task.what, one.task.dtype))
    head = f"{'engine':<12} {'dtype':<22} {'what':<26}"
    print(head, f"{'rows':>9} {'different':>9} {'differences':>11}")
    for one in found:
        task, counts = one.task, (one.rows, one.different, one.differences)
        numbers = " ".join(f"{n:>{w},}" for n, w in zip(counts, (9, 9, 11), strict=True))
        print(f"{task.engine:<12} {task.dtype:<22} {task.what:<26} {numbers}")
    wrong = [one for one in found if one.differences]
    rows, different, differences = (
        sum(getattr(one, name) for one in found) for name in ("rows", "different", "differences")
    )
    for one in wrong:
        print(f"\n{one.smallest}")
    print(
        f"\n{rows:,} rows in {len(found)} frames, {different:,} of them different, compared with "
        f"one visit at a time and with brute force in {time.monotonic() - began:.0f} s: "
        f"{differences:,} rows differ"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
