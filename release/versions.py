"""Write down the newest versions of what the extras bring: `make versions`.

They are in agreement with what the groups of tests name exactly, so that what is listed and
installed is what was tested.
"""

import subprocess
from pathlib import Path
from tempfile import NamedTemporaryFile

HERE = Path(__file__).parent
ROOT = HERE.parent
COMPILE = (
    *(str(ROOT / ".venv/bin/uv"), "pip", "compile", "--quiet", "--no-header", "--no-annotate"),
    *("--universal", "--python-version", "3.11", "--all-extras", "pyproject.toml"),
)
HEAD = """\
# The newest versions that what is released was tried with, and that its bills of materials name.
# Made by: make versions
"""


def compiled(*options: str) -> str:
    """Give the versions that uv resolves."""
    done = subprocess.run([*COMPILE, *options], cwd=ROOT, check=True, stdout=-1, text=True)  # noqa: S603
    return done.stdout


def main() -> None:
    """Resolve with the tests, and keep what the extras need."""
    with NamedTemporaryFile("w", suffix=".txt") as tested:
        tested.write(compiled("--group", "test", "--group", "spark"))
        tested.flush()
        said = compiled("--constraints", tested.name)
    (HERE / "versions.txt").write_text(HEAD + said, encoding="utf-8")


if __name__ == "__main__":
    main()
