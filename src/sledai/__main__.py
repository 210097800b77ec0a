"""`python -m sledai`, and the `sledai` command."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say what is missing to run it."""
    try:
        from sledai.cli import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "sledai":
            raise
        sys.exit(f"error: the command line needs {error.name}: pip install 'sledai[cli]'")
    run()


if __name__ == "__main__":
    main()
