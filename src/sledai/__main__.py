"""`python -m sledai`, and the `sledai` command."""

import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say what is missing to run it."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `sledai score FILE | head` is no error
    try:
        from sledai.cli import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "sledai":
            raise
        sys.exit(f"error: the command line needs {error.name}: pip install 'sledai[cli]'")
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
