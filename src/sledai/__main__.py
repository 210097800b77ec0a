"""`python -m sledai`, and the `sledai` command."""

import signal

from sledai.cli.exit_codes import DEFECT, MISSING_EXTRA, STOPPED, say
from sledai.errors import extra_advice

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say what is missing to run it."""
    if hasattr(signal, "SIGPIPE"):  # not on Windows
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `sledai score FILE | head` is no error
    try:
        from sledai.cli.app import run
    except KeyboardInterrupt:
        raise SystemExit(STOPPED) from None
    except Exception as error:  # noqa: BLE001 - its traceback would end with 1, an answer
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing is None or missing.partition(".")[0] == "sledai":
            say(f"error: a defect of sledai ({type(error).__name__}); please report it")
            raise SystemExit(DEFECT) from None
        say(f"error: {extra_advice('the command line', missing, 'cli')}")
        raise SystemExit(MISSING_EXTRA) from None
    run()


if __name__ == "__main__":
    main()
