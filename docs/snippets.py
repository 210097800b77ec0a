"""Write the Python of README and docs as modules, for type checkers to read as a user's code."""

import doctest
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(
    r"^```(?:python|\{code-cell\} python(?:\n:[^\n]*)*)\n(.*?)^```", re.MULTILINE | re.DOTALL
)


def module(text: str) -> str:
    """Join the examples of a page; those that show an error are meant to be wrong."""
    parser = doctest.DocTestParser()
    code: list[str] = []
    for block in _BLOCK.findall(text):
        examples = parser.get_examples(block)
        code += [one.source for one in examples if one.exc_msg is None] if examples else [block]
    return "".join(code)


def main(folder: Path) -> None:
    """Write a module for each page that has examples."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if code := module(page.read_text(encoding="utf-8")):
            name = re.sub(r"\W+", "_", str(page.relative_to(ROOT).with_suffix("")))
            (folder / f"{name}.py").write_text(code, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
