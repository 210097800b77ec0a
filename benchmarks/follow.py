"""Follow the visits of a Parquet file with the library, as a process of its own."""

import sys

import polars as pl
from data import BOOK

from sledai import frame

if __name__ == "__main__":
    source, target = sys.argv[1:]
    frame.by_visit(pl.read_parquet(source), BOOK).write_parquet(target)
