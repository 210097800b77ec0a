"""What is compared in a run, shared among processes."""

import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from math import ceil
from multiprocessing import get_context
from traceback import format_exc

import numpy as np

from differential.columns import DTYPES
from differential.compared import Compared, Part, Task
from differential.findings import Derived
from differential.scores import Scores, ScoresUnknownAsAbsent
from differential.visits import Followed

PARTS: dict[str, type[Part]] = {
    "scores": Scores,
    "scores, unknown as absent": ScoresUnknownAsAbsent,
    "findings": Derived,
    "visits": Followed,
}
SHARES = {"scores": 0.5, "scores, unknown as absent": 0.15, "findings": 0.25, "visits": 0.1}
# Plans of these take minutes for a course of visits, which test_engines_follow_visits holds.
SLOW = {"DuckDB", "Ibis", "Dask", "PySpark"}
WHOLE = 500_000  # rows, from which on every dtype of every engine gets its frame


def tasks(rows: int, seed: int, engines: Iterable[str]) -> list[Task]:
    """Share rows among all that is compared; where they are few, some dtypes have to do."""
    choose = np.random.default_rng(seed)
    found: list[Task] = []
    for what, share in SHARES.items():
        chosen: list[tuple[str, str]] = []
        for engine in engines:
            if what == "visits" and engine in SLOW:
                continue
            # In a frame of visits the words of points are those of descriptors alone.
            dtypes = [d for d in DTYPES[engine] if "points" not in d or what.startswith("scores")]
            few = choose.permutation(dtypes)[: ceil(len(dtypes) * min(1, rows / WHOLE))]
            chosen += [(engine, str(dtype)) for dtype in few]
        each = round(rows * share / max(1, len(chosen)))
        found += [Task(what, engine, dtype, each, seed) for engine, dtype in chosen]
    return found


def compared(task: Task) -> Compared:
    """Compare a frame; an error is a difference in every row."""
    warnings.simplefilter("ignore")
    try:
        return PARTS[task.what](task).compared()
    except Exception:  # noqa: BLE001 - whatever it is, it is said and counted
        said = f"{task.name}: seed {task.seed}\n{format_exc()}"
        return Compared(task, task.rows, 0, task.rows, said)


def results(asked: list[Task], processes: int) -> Iterator[Compared]:
    """Compare all, on several processes; one of its own has Spark, which starts for long."""
    spark = [task for task in asked if task.engine == "PySpark"]
    others = [task for task in asked if task.engine != "PySpark"]
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(processes, mp_context=context) as many,
        ProcessPoolExecutor(1, mp_context=context) as one,
    ):
        futures = [many.submit(compared, task) for task in others]
        futures += [one.submit(compared, task) for task in spark]
        yield from (future.result() for future in as_completed(futures))
