"""Run a command and print the seconds that it took and the bytes of memory that it had at most.

A script of its own, that holds next to nothing: on Linux what a process had at most counts for its
children too, so a large process cannot measure a small one.
"""

import os
import subprocess
import sys
import time


def main(command: list[str]) -> None:
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    print(seconds, usage.ru_maxrss * 1024)
    sys.exit(child.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
