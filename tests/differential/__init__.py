"""Data frames of every engine and dtype against the scalar library and against brute force.

`make differential ROWS=1000000 SEED=1` draws frames by a seed, computes scores, descriptors and the
course of patients on each engine, and compares every row with two others: what the library says of
one visit at a time, and what is typed in tests/spec and tried out in plain code.
"""

import os

# Several processes run at once, each of which would take all cores.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
