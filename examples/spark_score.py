"""Score Parquet with Spark: a file or folder of visits in, a folder with the scores out.

    python examples/spark_score.py examples/visits.parquet spark_out

The same file goes to a cluster: `spark-submit spark_score.py IN OUT`. The scores are expressions of
Spark, so its workers need nothing installed; only the driver needs sledai[spark].
"""

import argparse
import sys

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql import functions as fn

from sledai import SledaiError, frame
from sledai.trials.nct05765006 import ACTIVITY_RULE


def main() -> None:
    """Score what the first argument names into the folder that the second one names."""
    parser = argparse.ArgumentParser(description="Score Parquet with Spark.")
    parser.add_argument("input", help="Parquet: a column for each descriptor, true, false or null")
    parser.add_argument("output", help="folder to write; it must not be there yet")
    arguments = parser.parse_args()

    # Where spark-submit has named a master this one does not count.
    spark = SparkSession.builder.appName("sledai").getOrCreate()
    try:
        visits = spark.read.parquet(arguments.input)
        scored = frame.score(visits, rules=[ACTIVITY_RULE])
        scored.write.parquet(arguments.output)
    except (AnalysisException, SledaiError) as error:
        sys.exit(f"error: {str(error).splitlines()[0]}")

    # Spark checks no cell while it scores; those that are no answer are counted in a column.
    verdict = frame.verdict_column(ACTIVITY_RULE)
    written = spark.read.parquet(arguments.output)
    (counts,) = written.agg(
        fn.count("*").alias("visits"),
        fn.count("sledai_total").alias("exact"),
        fn.sum((fn.col(frame.INVALID_COLUMN) > 0).cast("int")).alias("invalid"),
        fn.sum((fn.col(verdict) == "met").cast("int")).alias("met"),
    ).collect()
    print(f"{counts.visits} visits: {counts.exact} with an exact total")
    print(f"{ACTIVITY_RULE.name}: {counts.met or 0} met")
    print(f"visits with cells that are no answer: {counts.invalid or 0}")
    spark.stop()


if __name__ == "__main__":
    main()
