"""Do a tiny thing that an extra is for, in an environment that has it alone.

`tries.py EXTRA EXAMPLES`, where "core" is the library without extras. What has to be found was
worked out by hand: the first visit of `visits.csv` has a total of 12, `visit.json` one of 7 to 11.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep
from typing import Any
from urllib.request import Request, urlopen

EXAMPLES = Path(sys.argv[2])
VISITS = ("visits.csv", "--subject", "patient", "--date", "date")


def equal(found: object, accepted: object) -> None:
    """Stop where something else was found."""
    if found != accepted:
        sys.exit(f"found {found!r}; accepted: {accepted!r}")


def holds(found: str, accepted: str) -> None:
    """Stop where a text does not hold another."""
    if accepted not in found:
        sys.exit(f"found {found!r}; accepted: a text with {accepted!r}")


def sledai(*arguments: str) -> str:
    """Run the command, and give what it prints."""
    command = str(Path(sysconfig.get_path("scripts"), "sledai"))
    done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    equal((done.returncode, done.stderr), (0, ""))
    return done.stdout


def core() -> None:
    """Score a visit."""
    from sledai import Assessment, clinical_score, total_score

    visit = Assessment.of(present={"arthritis", "rash", "low_complement"})
    equal((total_score(visit), clinical_score(visit)), (8, 6))


def frame() -> None:
    """Score a data frame."""
    import polars as pl

    from sledai.codebook import Codebook
    from sledai.frame import score

    scored = score(pl.read_csv("visits.csv"), Codebook.load("visits.toml"))
    equal(scored["sledai_total"][0], 12)


def cli() -> None:
    """Score a file from the command line, to Parquet and back."""
    sledai("score", "visits.csv", "-o", "scored.parquet")
    holds(sledai("audit", "scored.parquet", "--recorded", "sledai_total"), "40 visits")


def excel() -> None:
    """Write and read Excel."""
    sledai("score", "visits.csv", "-o", "scored.xlsx")
    holds(sledai("score", "scored.xlsx"), "40 visits")


def stat() -> None:
    """Write and read a SAS transport file."""
    from sledai.files import read_visits

    sledai("visits", *VISITS, "--to", "adam", "-o", "adsledai.xpt")
    equal(read_visits(Path("adsledai.xpt")).height, 320)


def http() -> None:
    """Score a visit over HTTP."""
    import uvicorn
    from fastapi import FastAPI

    from sledai.http import router

    app = FastAPI()
    app.include_router(router)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    Thread(target=server.run, daemon=True).start()
    while not server.started:
        sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    asked = Request(f"http://127.0.0.1:{port}/score", Path("visit.json").read_bytes())
    with urlopen(asked, timeout=60) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    equal((found["total"], found["low"], found["high"]), (None, 7, 11))


def sheets() -> None:
    """Write a sheet as PDF."""
    from sledai import Assessment
    from sledai.sheets import pdf, visit_sheet
    from sledai.visits import Visit

    visit = Visit(date="2024-01-16", assessment=Assessment.of(present={"rash"}))
    equal(pdf(visit_sheet(visit, edition="SELENA"))[:5], b"%PDF-")


def spark() -> None:
    """Score a data frame of Spark, where there is Java."""
    from pyspark.sql import SparkSession

    from sledai.codebook import Codebook
    from sledai.frame import score

    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        print("spark: imported alone, since there is no Java")
        return
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = session.config("spark.log.level", "OFF").getOrCreate()
    visits = spark.read.csv("visits.csv", header=True)
    equal(score(visits, Codebook.load("visits.toml")).collect()[0]["sledai_total"], 12)
    spark.stop()


def pictures() -> None:
    """Draw a patient's course."""
    sledai("draw", "course", *VISITS, "--patient", "P02", "-o", "p02.svg")
    holds(Path("p02.svg").read_text(encoding="utf-8"), "Course of P02")


TRIES = {
    "core": core,
    "frame": frame,
    "cli": cli,
    "excel": excel,
    "stat": stat,
    "http": http,
    "sheets": sheets,
    "spark": spark,
    "pictures": pictures,
}


def main(extra: str) -> None:
    """Do the thing of an extra in an empty folder with the examples."""
    with TemporaryDirectory() as place:
        for example in EXAMPLES.iterdir():
            shutil.copy(example, place)
        os.chdir(place)
        TRIES[extra]()
        os.chdir(EXAMPLES)
    print(f"Python {sys.version_info[0]}.{sys.version_info[1]}, {extra}: installed and tried")


if __name__ == "__main__":
    main(sys.argv[1])
